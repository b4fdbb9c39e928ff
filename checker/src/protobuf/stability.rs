//! How settled a package is: what breaks in `shop.v1alpha1` may count for less than in `shop.v1`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::model::File;
use super::tree::Tree;
use crate::model::{Finding, Severity};
use crate::pattern::Pattern;

/// What errors in a package weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// As everywhere.
    Error,
    /// They are warnings.
    Warning,
    /// Nothing is reported of the package.
    Off,
}

impl Weight {
    /// The word in configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Off => "off",
        }
    }
}

impl FromStr for Weight {
    type Err = ParseStabilityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Error, Self::Warning, Self::Off]
            .into_iter()
            .find(|weight| weight.name() == text)
            .ok_or_else(|| {
                ParseStabilityError(format!(
                    "`{text}` is no weight; they are error, warning and off"
                ))
            })
    }
}

/// Which packages a weight is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packages {
    /// `@alpha`: the last part of the name is a version such as `v1alpha`, `v1alpha2`, `v1p1alpha1`.
    Alpha,
    /// `@beta`: likewise `v1beta1`.
    Beta,
    /// `@test`: likewise `v1test`, `v1testing2`.
    Test,
    /// `@unstable`: any of the three.
    Unstable,
    /// `shop.internal.**`: a pattern of names.
    Named(Pattern),
    /// `(acme.stability)=EXPERIMENTAL`: files that set this custom option to this value.
    Option {
        /// The option's full name.
        name: String,
        /// The value, as the text format has it; strings without quotes.
        value: String,
    },
}

/// The text says neither packages nor a weight; says what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseStabilityError(String);

impl FromStr for Packages {
    type Err = ParseStabilityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "@alpha" => return Ok(Self::Alpha),
            "@beta" => return Ok(Self::Beta),
            "@test" => return Ok(Self::Test),
            "@unstable" => return Ok(Self::Unstable),
            _ => {}
        }
        if text.starts_with('@') {
            return Err(ParseStabilityError(format!(
                "`{text}` is no level; they are @alpha, @beta, @test and @unstable"
            )));
        }
        if let Some(rest) = text.strip_prefix('(') {
            let (name, value) = rest.split_once(")=").ok_or_else(|| {
                ParseStabilityError(format!(
                    "`{text}` is no option with its value, such as `(acme.stability)=ALPHA`"
                ))
            })?;
            return Ok(Self::Option {
                name: name.trim_start_matches('.').to_owned(),
                value: value.to_owned(),
            });
        }
        let pattern = text.parse::<Pattern>();
        pattern
            .map(Self::Named)
            .map_err(|error| ParseStabilityError(error.to_string()))
    }
}

impl fmt::Display for Packages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alpha => f.write_str("@alpha"),
            Self::Beta => f.write_str("@beta"),
            Self::Test => f.write_str("@test"),
            Self::Unstable => f.write_str("@unstable"),
            Self::Named(pattern) => pattern.fmt(f),
            Self::Option { name, value } => write!(f, "({name})={value}"),
        }
    }
}

impl Packages {
    fn contains(&self, file: &File) -> bool {
        if let Self::Option { name, value } = self {
            let set = file.options.get(&format!("({name})"));
            return set.is_some_and(|set| set.text() == value);
        }
        self.names(&file.package)
    }

    /// Whether the package is meant, as far as its name tells.
    fn names(&self, package: &str) -> bool {
        match self {
            Self::Alpha => level(package) == Some("alpha"),
            Self::Beta => level(package) == Some("beta"),
            Self::Test => level(package) == Some("test"),
            Self::Unstable => level(package).is_some(),
            Self::Named(pattern) => pattern.matches(package),
            Self::Option { .. } => false,
        }
    }
}

/// `alpha`, `beta` or `test`, if the last part of a package of at least two is such a version:
/// `v<number>[p<number>]`, then `alpha[<number>]`, `beta[<number>]` or `test[<anything>]`.
fn level(package: &str) -> Option<&'static str> {
    let (_, version) = package.rsplit_once('.')?;
    let rest = version.strip_prefix('v')?;
    let number = |text: &'_ str| text.bytes().take_while(u8::is_ascii_digit).count();
    let major = number(rest);
    let mut rest = rest.get(major..).filter(|_| major > 0)?;
    if let Some(patch) = rest.strip_prefix('p') {
        let minor = number(patch);
        rest = patch.get(minor..).filter(|_| minor > 0)?;
    }
    let numbered = |level: &&str| {
        let behind = rest.strip_prefix(level);
        behind.is_some_and(|behind| behind.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let level = ["alpha", "beta"].into_iter().find(numbered);
    level.or_else(|| rest.starts_with("test").then_some("test"))
}

/// The weights of packages: of the rows that contain a package the first one counts; a package in
/// none is settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stability {
    /// In the order in which they were written.
    pub rows: Vec<(Packages, Weight)>,
}

impl Stability {
    /// The patterns of names that fit no package of these trees. That no package is of a level, or
    /// sets an option, is no mistake.
    pub fn unused(&self, trees: [&Tree; 2]) -> impl Iterator<Item = &Packages> {
        let packages: BTreeSet<&str> = trees.into_iter().flat_map(Tree::packages).collect();
        let rows = self.rows.iter().map(|(packages, _)| packages);
        rows.filter(move |row| {
            let pattern = matches!(row, Packages::Named(_));
            pattern && !packages.iter().any(|package| row.names(package))
        })
    }

    fn weight(&self, file: &File) -> Weight {
        let row = self
            .rows
            .iter()
            .find(|(packages, _)| packages.contains(file));
        row.map_or(Weight::Error, |(_, weight)| *weight)
    }

    /// Weighs the findings of one change by the files that it is in: the old and the new one, of
    /// which the more settled one counts, so that a package cannot leave its promises by a new name.
    pub(crate) fn apply(&self, findings: &mut Vec<Finding>, files: &[&File]) {
        if self.rows.is_empty() {
            return;
        }
        let weights = files.iter().map(|file| self.weight(file));
        match weights.min().unwrap_or(Weight::Error) {
            Weight::Error => {}
            Weight::Warning => {
                for finding in findings {
                    finding.severity = Severity::Warning;
                }
            }
            Weight::Off => findings.clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_say_how_settled_a_package_is() {
        let rows = [
            ("a.v1alpha", Some("alpha")),
            ("a.v1alpha12", Some("alpha")),
            ("a.v1p2beta1", Some("beta")),
            ("a.b.v0beta", Some("beta")),
            ("a.v1testing", Some("test")),
            ("a.v1", None),
            ("v1alpha1", None),
            ("a.v1alphabet", None),
            ("a.valpha", None),
            ("a.v1palpha", None),
            ("a.v1p1", None),
            ("a.alpha", None),
            ("", None),
        ];
        for (package, expected) in rows {
            assert_eq!(level(package), expected, "{package}");
        }
    }

    #[test]
    fn packages_are_read_back_from_their_text() {
        for text in [
            "@alpha",
            "@beta",
            "@test",
            "@unstable",
            "a.**",
            "(acme.level)=LOW",
        ] {
            let packages: Packages = text.parse().expect(text);
            assert_eq!(packages.to_string(), text);
        }
        let error = |text: &str| text.parse::<Packages>().expect_err(text).to_string();
        assert_eq!(
            error("@gamma"),
            "`@gamma` is no level; they are @alpha, @beta, @test and @unstable"
        );
        assert!(error("(a.b)").contains("no option with its value"));
        assert!(error("").contains("not empty"));
        assert!("warn".parse::<Weight>().is_err());
    }
}

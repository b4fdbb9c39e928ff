//! What a configuration asks for: which rules count, and where they do not.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::{RULES, Rule, Version};

/// Rules and what they leave out.
#[derive(Clone, Debug)]
pub struct Settings {
    rules: BTreeSet<&'static str>,
    /// Paths that no rule looks at: files, or folders with what is below them.
    ignore: Vec<String>,
    /// The same for single rules.
    ignore_only: BTreeMap<&'static str, Vec<String>>,
    /// Whether packages such as `v1beta1` may change.
    pub ignore_unstable_packages: bool,
    /// Whether files that are only imported may change.
    pub exclude_imports: bool,
    /// What to tell of ids that should no longer be used.
    pub warnings: Vec<String>,
}

/// Why a configuration makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Neither a rule nor a category.
    #[error("\"{0}\" is not a known rule or category ID")]
    UnknownId(String),
    /// Everything that is asked for is excepted.
    #[error("no rule is left: `except` takes away everything that `use` asks for")]
    NoRule,
}

impl Settings {
    /// The rules of `use` (ids and categories; by default those of `FILE`) without those of `except`.
    pub fn new(
        version: Version,
        asked: &[String],
        except: &[String],
    ) -> Result<Self, SettingsError> {
        let mut settings = Self::empty();
        let mut asked = asked.iter().filter(|id| !id.is_empty()).peekable();
        if asked.peek().is_none() {
            settings.rules.extend(version.defaults());
        }
        for id in asked {
            let rules = settings.expand(version, id)?;
            settings.rules.extend(rules);
        }
        settings.without(version, except)
    }

    /// The rules of ids that somebody asks for beside a configuration of that version. They are read as
    /// v2 has them, which knows the most, and what v2 does not know as the configuration has it.
    pub fn of_ids(
        version: Version,
        ids: &[String],
        except: &[String],
    ) -> Result<Self, SettingsError> {
        let mut settings = Self::empty();
        for id in ids {
            let known = Version::V2.expand(id).map_or(version, |_| Version::V2);
            let rules = settings.expand(known, id)?;
            settings.rules.extend(rules);
        }
        settings.without(version, except)
    }

    fn empty() -> Self {
        Self {
            rules: BTreeSet::new(),
            ignore: Vec::new(),
            ignore_only: BTreeMap::new(),
            ignore_unstable_packages: false,
            exclude_imports: false,
            warnings: Vec::new(),
        }
    }

    fn without(mut self, version: Version, except: &[String]) -> Result<Self, SettingsError> {
        for id in except.iter().filter(|id| !id.is_empty()) {
            let rules = self.expand(version, id)?;
            self.rules.retain(|rule| !rules.contains(rule));
        }
        if self.rules.is_empty() {
            return Err(SettingsError::NoRule);
        }
        Ok(self)
    }

    /// Paths that no rule looks at, relative to the module's root.
    pub fn ignore(&mut self, paths: impl IntoIterator<Item = String>) {
        self.ignore.extend(paths);
    }

    /// Paths that one rule, or the rules of a category, do not look at.
    pub fn ignore_only(
        &mut self,
        version: Version,
        id: &str,
        paths: &[String],
    ) -> Result<(), SettingsError> {
        for rule in self.expand(version, id)? {
            self.ignore_only
                .entry(rule)
                .or_default()
                .extend_from_slice(paths);
        }
        Ok(())
    }

    fn expand(&mut self, version: Version, id: &str) -> Result<Vec<&'static str>, SettingsError> {
        let rules = version.expand(id);
        let rules = rules.ok_or_else(|| SettingsError::UnknownId(id.to_owned()))?;
        if let Some(warning) = version.deprecation(id)
            && !self.warnings.contains(&warning)
        {
            self.warnings.push(warning);
        }
        Ok(rules)
    }

    /// The rules that count.
    pub(super) fn rules(&self) -> Vec<&'static Rule> {
        let asked = |rule: &&Rule| self.rules.contains(rule.id);
        RULES.iter().filter(asked).collect()
    }

    /// Whether a rule does not look at a file.
    pub(super) fn ignores(&self, rule: &str, path: &str, package: &str, import: bool) -> bool {
        let below = |paths: &[String]| paths.iter().any(|ignored| is_below(path, ignored));
        (self.exclude_imports && import)
            || below(&self.ignore)
            || self.ignore_only.get(rule).is_some_and(|paths| below(paths))
            || (self.ignore_unstable_packages && is_unstable(package))
    }
}

/// Whether a path is a file or stands in a folder.
fn is_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    folder == "." || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether the last part of a package is a version that promises nothing: `v1alpha`, `v1beta2`,
/// `v1p1beta1`, `v1test…`.
fn is_unstable(package: &str) -> bool {
    let Some((_, version)) = package.rsplit_once('.') else {
        return false;
    };
    let Some(version) = version.strip_prefix('v') else {
        return false;
    };
    if let Some((major, _)) = version.split_once("test") {
        return is_number(major);
    }
    let (level, other) = if version.contains("alpha") {
        ("alpha", "beta")
    } else {
        ("beta", "alpha")
    };
    let Some((major, minor)) = version.split_once(level) else {
        return false;
    };
    let major = match major.split_once('p') {
        Some((major, patch)) => is_number(major) && is_number(patch),
        None => is_number(major),
    };
    major && !version.contains(other) && (minor.is_empty() || is_number(minor))
}

/// Whether a text is a number from 1 on.
fn is_number(text: &str) -> bool {
    text.parse::<i32>().is_ok_and(|number| number >= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(asked: &[&str], except: &[&str]) -> Result<Settings, SettingsError> {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        Settings::new(Version::V2, &owned(asked), &owned(except))
    }

    #[test]
    fn categories_and_rules_add_up_and_exceptions_are_taken_away() {
        let count = |asked: &[&str], except: &[&str]| {
            settings(asked, except).map(|settings| settings.rules().len())
        };
        assert_eq!(count(&[], &[]), Ok(51));
        assert_eq!(count(&["WIRE", "FILE_NO_DELETE"], &[]), Ok(16));
        assert_eq!(count(&["WIRE", "FILE_NO_DELETE"], &["WIRE"]), Ok(1));
        assert_eq!(count(&["WIRE"], &["WIRE"]), Err(SettingsError::NoRule));
        let unknown = SettingsError::UnknownId("BOGUS".to_owned());
        assert_eq!(count(&["BOGUS"], &[]), Err(unknown));
    }

    #[test]
    fn ids_beside_a_configuration_are_those_of_v2() {
        let ids = ["CSR".to_owned(), "FIELD_SAME_LABEL".to_owned()];
        let except = ["FIELD_SAME_LABEL".to_owned()];
        let settings = Settings::of_ids(Version::V1, &ids, &except).expect("are known");
        assert_eq!(settings.rules().len(), 31, "CSR has one of the three");
    }

    #[test]
    fn paths_are_ignored_with_what_is_below_them() {
        let mut settings = settings(&[], &[]).expect("is known");
        settings.ignore(["a/b".to_owned()]);
        let only = ["c.proto".to_owned()];
        settings
            .ignore_only(Version::V2, "WIRE", &only)
            .expect("is known");
        let ignores = |rule: &str, path: &str| settings.ignores(rule, path, "", false);
        assert!(ignores("FILE_NO_DELETE", "a/b"));
        assert!(ignores("FILE_NO_DELETE", "a/b/c.proto"));
        assert!(!ignores("FILE_NO_DELETE", "a/bc.proto"));
        assert!(ignores("FIELD_SAME_ONEOF", "c.proto"));
        assert!(!ignores("FILE_NO_DELETE", "c.proto"));
    }

    #[test]
    fn a_package_is_unstable_by_its_last_part() {
        for unstable in [
            "a.v1alpha",
            "a.v1beta2",
            "a.b.v1p1beta1",
            "a.v1test",
            "a.v2testfoo",
        ] {
            assert!(is_unstable(unstable), "{unstable}");
        }
        for stable in [
            "",
            "v1alpha",
            "a.v1",
            "a.v0beta",
            "a.v1alphabeta",
            "a.v1dev",
            "a.v1betax",
            "a.valpha",
            "a.v1p0beta1",
        ] {
            assert!(!is_unstable(stable), "{stable}");
        }
    }
}

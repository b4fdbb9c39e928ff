//! Where the xtask of a struct repository gets our library from.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// The directory of this crate as it was built.
const SOURCE: &str = env!("CARGO_MANIFEST_DIR");

/// The repository of this project, where it names one.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// A dependency of cargo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependency {
    /// A directory.
    Path(String),
    /// A git repository, at a branch, tag or commit where one is given.
    Git {
        /// The URL.
        url: String,
        /// `tag`, `branch` or `rev`, and its value.
        at: Option<(&'static str, String)>,
    },
    /// A version in a registry of crates.
    Version(String),
}

impl Dependency {
    /// The repository of this project, or the directory that this program was built from; `None`
    /// where neither is known.
    pub fn sensible() -> Option<Self> {
        if !REPOSITORY.is_empty() {
            return Some(Self::Git {
                url: REPOSITORY.to_owned(),
                at: None,
            });
        }
        let manifest = Path::new(SOURCE).join("Cargo.toml");
        manifest.is_file().then(|| Self::Path(SOURCE.to_owned()))
    }
}

impl FromStr for Dependency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let good = |text: &str| !text.is_empty() && !text.contains(['"', '\\', '\n', '\r']);
        let parsed = match text.split_once(':') {
            Some(("path", path)) if good(path) => Some(Self::Path(path.to_owned())),
            Some(("version", version)) if good(version) => Some(Self::Version(version.to_owned())),
            Some(("git", url)) if good(url) => Some(git(url)),
            _ => None,
        };
        parsed.ok_or_else(|| {
            format!(
                "`{text}` is none of path:DIR, git:URL, git:URL#tag=v1.0 (or branch=, rev=) and \
                 version:1.0"
            )
        })
    }
}

fn git(text: &str) -> Dependency {
    let at = text.rsplit_once('#').and_then(|(url, at)| {
        let (key, value) = at.split_once('=')?;
        let keys = ["tag", "branch", "rev"];
        let key = keys.into_iter().find(|known| *known == key)?;
        Some((url, (key, value.to_owned())))
    });
    match at {
        Some((url, at)) => Dependency::Git {
            url: url.to_owned(),
            at: Some(at),
        },
        None => Dependency::Git {
            url: text.to_owned(),
            at: None,
        },
    }
}

impl fmt::Display for Dependency {
    /// As `Cargo.toml` has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{{ path = \"{}\" }}", path.replace('\\', "/")),
            Self::Git { url, at: None } => write!(f, "{{ git = \"{url}\" }}"),
            Self::Git {
                url,
                at: Some((key, value)),
            } => write!(f, "{{ git = \"{url}\", {key} = \"{value}\" }}"),
            Self::Version(version) => write!(f, "\"{version}\""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_written_as_cargo_reads_them() {
        for (given, written) in [
            ("path:../registry/cli", r#"{ path = "../registry/cli" }"#),
            (
                "git:https://x.example/r",
                r#"{ git = "https://x.example/r" }"#,
            ),
            (
                "git:https://x.example/r#tag=v1.2",
                r#"{ git = "https://x.example/r", tag = "v1.2" }"#,
            ),
            (
                "git:git@x.example:r.git#rev=0123",
                r#"{ git = "git@x.example:r.git", rev = "0123" }"#,
            ),
            ("version:0.1", r#""0.1""#),
        ] {
            let parsed: Dependency = given.parse().expect("is good");
            assert_eq!(parsed.to_string(), written);
            let line = format!("cli = {parsed}");
            assert!(toml::de::DeTable::parse(&line).is_ok(), "{written}");
        }
        for bad in ["", "cli", "path:", "version:1\"", "git:a\nb", "svn:x"] {
            assert!(bad.parse::<Dependency>().is_err(), "{bad}");
        }
        assert!(
            Dependency::sensible().is_some(),
            "tests run from the source"
        );
    }
}

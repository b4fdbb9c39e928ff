//! What the new version is held against, as a user writes it.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use crate::client::access::shown;
use crate::error::Error;

/// The old version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// A file or a directory.
    Path(PathBuf),
    /// A commit of the repository that the new version is in.
    Git {
        /// A branch, tag or commit.
        revision: String,
        /// Another path than that of the new version, from the top of the repository.
        path: Option<String>,
    },
    /// The versions of a subject.
    Registry {
        /// The base URL.
        url: String,
        /// The subject.
        subject: String,
    },
}

impl Baseline {
    /// Reads `FILE`, `DIR`, `git:REF`, `git:REF:PATH`, or the URL of a registry, whose subject is
    /// given or part of the URL.
    pub fn parse(text: &str, subject: Option<&str>) -> Result<Self, Error> {
        if text.starts_with("http://") || text.starts_with("https://") {
            return Self::registry(text, subject);
        }
        if subject.is_some() {
            return Err(Error::usage(
                format!("--subject goes with a registry, and `{text}` is none"),
                "--against http://127.0.0.1:8081 --subject SUBJECT",
            ));
        }
        let Some(git) = text.strip_prefix("git:") else {
            return Ok(Self::Path(text.into()));
        };
        let (revision, path) = match git.split_once(':') {
            Some((revision, path)) => (revision, Some(path.to_owned())),
            None => (git, None),
        };
        Ok(Self::Git {
            revision: revision.to_owned(),
            path,
        })
    }

    fn registry(url: &str, subject: Option<&str>) -> Result<Self, Error> {
        let (base, named) = match url.split_once("/subjects/") {
            Some((base, rest)) => (base, rest.split('/').next().filter(|name| !name.is_empty())),
            None => (url, None),
        };
        let named = named.map(|name| percent_decode_str(name).decode_utf8_lossy().into_owned());
        let subject = match (named, subject) {
            (Some(named), Some(given)) if named != given => {
                return Err(Error::usage(
                    format!("the URL names the subject `{named}`, --subject says `{given}`"),
                    "leave one of them out",
                ));
            }
            (Some(named), _) => named,
            (None, Some(given)) => given.to_owned(),
            (None, None) => {
                return Err(Error::usage(
                    format!("which subject of `{}` is meant?", shown(base)),
                    format!(
                        "--subject SUBJECT; `schemactl list --registry {}` prints the \
                         subjects that there are",
                        shown(base)
                    ),
                ));
            }
        };
        Ok(Self::Registry {
            url: base.to_owned(),
            subject,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(url: &str, subject: &str) -> Baseline {
        Baseline::Registry {
            url: url.to_owned(),
            subject: subject.to_owned(),
        }
    }

    #[test]
    fn a_registry_is_named_with_its_subject_in_either_way() {
        let base = "http://h:1/prefix";
        let expected = registry(base, "a/b");
        assert_eq!(
            Baseline::parse(base, Some("a/b")).expect("is good"),
            expected
        );
        for url in [
            "http://h:1/prefix/subjects/a%2Fb",
            "http://h:1/prefix/subjects/a%2Fb/versions",
        ] {
            assert_eq!(Baseline::parse(url, None).expect("is good"), expected);
            assert_eq!(
                Baseline::parse(url, Some("a/b")).expect("is good"),
                expected
            );
            assert!(Baseline::parse(url, Some("other")).is_err());
        }
        assert!(Baseline::parse(base, None).is_err());
        assert!(Baseline::parse("http://h:1/subjects/", None).is_err());
    }

    #[test]
    fn a_git_ref_may_name_another_path() {
        let git = |revision: &str, path: Option<&str>| Baseline::Git {
            revision: revision.to_owned(),
            path: path.map(str::to_owned),
        };
        let parse = |text| Baseline::parse(text, None).expect("is good");
        assert_eq!(parse("git:main"), git("main", None));
        assert_eq!(
            parse("git:main:old/a.avsc"),
            git("main", Some("old/a.avsc"))
        );
        assert_eq!(parse("old.avsc"), Baseline::Path("old.avsc".into()));
        assert!(Baseline::parse("git:main", Some("s")).is_err());
    }
}

//! Which earlier versions count, and how they are read from git: no checkout, each text once.

use std::collections::BTreeMap;
use std::str::FromStr;

use checker::protobuf::{Tree, TreeFile, Version};
use checker::{Format, Problem, Source};

use crate::error::Error;
use crate::files::{Snapshot, format_of};
use crate::git::Repository;
use crate::roots::Roots;

/// The most earlier versions that are read.
pub const MAX_PAST_VERSIONS: usize = 1_000;

/// Which earlier versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Past {
    /// The last commits that touched the directory, so many of them.
    Commits(usize),
    /// All commits since this one.
    Since(String),
    /// The tags whose names match a pattern of git.
    Tags(String),
}

impl FromStr for Past {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(since) = text.strip_suffix("..").filter(|since| !since.is_empty()) {
            return Ok(Self::Since(since.to_owned()));
        }
        match text.split_once(':') {
            None if text == "tags" => return Ok(Self::Tags("*".to_owned())),
            Some(("tags", pattern)) if !pattern.is_empty() => {
                return Ok(Self::Tags(pattern.to_owned()));
            }
            _ => {}
        }
        let count = text.parse::<usize>().ok();
        let count = count.filter(|count| (1..=MAX_PAST_VERSIONS).contains(count));
        count.map(Self::Commits).ok_or_else(|| {
            format!(
                "`{text}` names no earlier versions; write a number of commits up to \
                 {MAX_PAST_VERSIONS}, REV.. for all commits since REV, tags, or tags:v*"
            )
        })
    }
}

/// An earlier version.
#[derive(Debug)]
pub struct PastVersion {
    /// The tag, or the beginning of the commit's id.
    pub name: String,
    /// Its files.
    pub tree: Tree,
}

impl PastVersion {
    /// What the checker takes.
    pub fn view(&self) -> Version<'_> {
        Version {
            name: &self.name,
            tree: &self.tree,
        }
    }
}

impl Past {
    /// Reads the versions before an old state, which must be a commit, oldest first.
    pub fn versions(&self, old: &Snapshot, roots: &Roots) -> Result<Vec<PastVersion>, Error> {
        let Snapshot::Commit {
            repository, commit, ..
        } = old
        else {
            return Err(Error::usage(
                "earlier versions are read from git, and the old state is none of git's",
                "--against git:REF, or no history",
            ));
        };
        self.read(repository, commit, roots)
    }

    /// Says why there are none, or fewer than asked for, where that may not be meant.
    pub fn missing(&self, found: &[PastVersion], old: &Snapshot) -> Result<Option<Problem>, Error> {
        let Snapshot::Commit { repository, .. } = old else {
            return Ok(None);
        };
        let told = match self {
            Self::Tags(pattern) if found.is_empty() => format!(
                "no tag `{pattern}` stands before the old state, so no earlier versions were looked \
                 at; in CI the checkout may be without tags: fetch them (fetch-depth: 0)"
            ),
            Self::Commits(count) if found.len() < *count && repository.is_shallow()? => format!(
                "only {} of {count} earlier versions were looked at, since the clone is shallow; \
                 fetch the whole history (fetch-depth: 0)",
                found.len()
            ),
            Self::Tags(_) | Self::Commits(_) | Self::Since(_) => return Ok(None),
        };
        Ok(Some(Problem::whole(told)))
    }

    /// Reads the versions before a commit, oldest first, as the repository's directory has them.
    /// A text that is too large is left out; so nothing is known of what it had.
    fn read(
        &self,
        repository: &Repository,
        base: &str,
        roots: &Roots,
    ) -> Result<Vec<PastVersion>, Error> {
        let commits = self.commits(repository, base)?;
        let prefix = repository.path_from_top("");
        let mut files = Vec::new();
        for (_, commit) in &commits {
            let mut entries = repository.files_at(commit, &prefix)?;
            entries.retain(|entry| format_of(&entry.path) == Some(Format::Protobuf));
            files.push(entries);
        }
        let mut objects: Vec<&str> = files.iter().flatten().map(|entry| &*entry.object).collect();
        objects.sort_unstable();
        objects.dedup();
        let contents = repository.read(&objects)?.into_iter().map(|bytes| {
            let text = bytes.map(checker::protobuf::text_of)?;
            Some(Source::new("", text))
        });
        // Most texts are the same in many versions.
        let texts: BTreeMap<&str, Option<Source>> = objects.into_iter().zip(contents).collect();
        let versions = commits.into_iter().zip(&files).map(|((name, _), entries)| {
            let paths = entries.iter().filter_map(|entry| {
                let path = entry.path.strip_prefix(&prefix)?;
                Some(path.to_owned())
            });
            let roots = roots.for_state(&paths.collect::<Vec<String>>());
            let trees = entries.iter().filter_map(|entry| {
                let text = texts.get(&*entry.object)?.as_ref()?;
                let path = entry.path.strip_prefix(&prefix)?;
                let placed = roots.place(path);
                Some(TreeFile {
                    import_path: placed.import_path.into_owned(),
                    source: text.named(format!("git:{name}:{}", entry.path)),
                    import_only: placed.import_only,
                })
            });
            let tree = Tree::new(trees);
            PastVersion { name, tree }
        });
        Ok(versions.collect())
    }

    /// Names and ids, oldest first.
    fn commits(&self, repository: &Repository, base: &str) -> Result<Vec<(String, String)>, Error> {
        let limit = MAX_PAST_VERSIONS;
        let found = match self {
            Self::Commits(count) => repository.commits_before(base, *count)?,
            Self::Since(revision) => repository.commits_since(revision, base, limit + 1)?,
            Self::Tags(pattern) => repository.tags_before(base, pattern, limit + 1)?,
        };
        if found.len() > limit {
            return Err(Error::Limit(format!(
                "there are more than {limit} earlier versions; ask for fewer: --history {limit}, \
                 a later REV.., or a narrower tags:PATTERN"
            )));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_named_in_four_ways() {
        let parse = |text: &str| text.parse::<Past>();
        assert_eq!(parse("20"), Ok(Past::Commits(20)));
        assert_eq!(parse("v1.0.."), Ok(Past::Since("v1.0".to_owned())));
        assert_eq!(parse("tags"), Ok(Past::Tags("*".to_owned())));
        assert_eq!(parse("tags:v*"), Ok(Past::Tags("v*".to_owned())));
        for bad in ["", "0", "1001", "..", "tags:", "main"] {
            let told = parse(bad).expect_err(bad);
            assert!(told.contains("tags:v*"), "{told}");
        }
    }
}

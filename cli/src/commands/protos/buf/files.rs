//! Files of the disk or of a commit, found by path. All that is there counts: what is hidden, and what
//! `.gitignore` names, as buf has it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use checker::{Problem, Source};

use crate::error::Error;
use crate::files::{Text, read, text};
use crate::git::Repository;
use crate::listing::MAX_ENTRIES;

/// Where files are. Paths have no `/` in front: they start at the root of the disk, or at the top of
/// the repository.
#[derive(Debug)]
pub(super) enum Files {
    /// The disk; names are shown relative to a directory, or in full where there is none.
    Disk {
        /// As a path from the root.
        shown_from: Option<String>,
    },
    /// A commit.
    Commit {
        /// From its top.
        repository: Repository,
        /// Objects by path.
        objects: BTreeMap<String, String>,
    },
}

impl Files {
    /// All files of a commit.
    pub(super) fn commit(repository: &Repository, revision: &str) -> Result<Self, Error> {
        let repository = repository.top()?;
        let commit = repository.resolve(revision)?;
        let entries = repository.files_at(&commit, "")?.into_iter();
        let objects = entries.map(|entry| (entry.path, entry.object)).collect();
        Ok(Self::Commit {
            repository,
            objects,
        })
    }

    /// The text of a file, `None` where there is none.
    pub(super) fn read(&self, path: &str) -> Result<Option<Text>, Error> {
        match self {
            Self::Disk { .. } => {
                let file = from_root(path);
                if !file.is_file() {
                    return Ok(None);
                }
                read(&file, &self.name(path)).map(Some)
            }
            Self::Commit {
                repository,
                objects,
            } => {
                let Some(object) = objects.get(path) else {
                    return Ok(None);
                };
                let contents = repository.read(&[object.as_str()])?;
                let content = contents.into_iter().next().flatten();
                Ok(Some(text(content, &self.name(path))))
            }
        }
    }

    /// The texts of many files that are there.
    pub(super) fn read_all(&self, paths: &[String]) -> Result<Vec<Text>, Error> {
        match self {
            Self::Disk { .. } => {
                let read = |path: &String| read(&from_root(path), &self.name(path));
                paths.iter().map(read).collect()
            }
            Self::Commit {
                repository,
                objects,
            } => {
                let known = paths.iter().filter_map(|path| objects.get(path));
                let known: Vec<&str> = known.map(String::as_str).collect();
                let contents = repository.read(&known)?.into_iter();
                let texts = contents.zip(paths);
                Ok(texts
                    .map(|(content, path)| text(content, &self.name(path)))
                    .collect())
            }
        }
    }

    /// The `.proto` files in a folder and below, sorted.
    pub(super) fn protos(&self, folder: &str) -> Result<Vec<String>, Error> {
        match self {
            Self::Disk { .. } => {
                let mut files = on_disk(folder)?;
                files.sort();
                Ok(files)
            }
            Self::Commit { objects, .. } => {
                let inside = objects.keys().filter(|path| is_within(path, folder));
                Ok(inside.filter(|path| is_proto(path)).cloned().collect())
            }
        }
    }

    /// The name of a file as buf prints it.
    pub(super) fn name(&self, path: &str) -> String {
        match self {
            Self::Disk {
                shown_from: Some(directory),
            } => relative(directory, path),
            Self::Disk { shown_from: None } => format!("/{path}"),
            Self::Commit { .. } => path.to_owned(),
        }
    }
}

/// Whether a path is a folder or stands in it.
pub(super) fn is_within(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path from a folder that it stands in.
pub(super) fn within<'p>(path: &'p str, folder: &str) -> &'p str {
    let rest = path.strip_prefix(folder).unwrap_or(path);
    rest.strip_prefix('/').unwrap_or(rest)
}

/// A path below a folder.
pub(super) fn below(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("" | ".", path) => path.to_owned(),
        (folder, "" | ".") => folder.to_owned(),
        (folder, path) => format!("{folder}/{path}"),
    }
}

/// A path from the root of the disk, without its `/`, of what a path of the system names; `.` and `..`
/// are taken away without asking the disk.
pub(super) fn absolute(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            std::path::Component::ParentDir => {
                parts.pop();
            }
            std::path::Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            std::path::Component::CurDir
            | std::path::Component::RootDir
            | std::path::Component::Prefix(_) => {}
        }
    }
    parts.join("/")
}

fn relative(directory: &str, path: &str) -> String {
    let mut around = directory;
    let mut ups = String::new();
    while !is_within(path, around) {
        around = around.rsplit_once('/').map_or("", |(outer, _)| outer);
        ups.push_str("../");
    }
    format!("{ups}{}", within(path, around))
}

fn from_root(path: &str) -> PathBuf {
    Path::new("/").join(path)
}

fn is_proto(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|end| end == "proto")
}

/// The `.proto` files below a folder of the disk. Links are followed, no folder twice.
fn on_disk(folder: &str) -> Result<Vec<String>, Error> {
    let mut files = Vec::new();
    let mut entered = BTreeSet::new();
    let mut seen = 0_usize;
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let path = from_root(&folder);
        let failed = |source| Error::Read {
            path: path.clone(),
            source,
        };
        if !entered.insert(fs::canonicalize(&path).map_err(failed)?) {
            continue;
        }
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            seen += 1;
            if seen > MAX_ENTRIES {
                let shown = path.display();
                let message = format!("`{shown}` has more than {MAX_ENTRIES} entries");
                return Err(Error::Limit(format!(
                    "{message}; check a smaller directory"
                )));
            }
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let inside = below(&folder, name);
            // A link that leads nowhere is no file.
            let Ok(kind) = fs::metadata(entry.path()) else {
                continue;
            };
            if kind.is_dir() {
                open.push(inside);
            } else if kind.is_file() && is_proto(name) {
                files.push(inside);
            }
        }
    }
    Ok(files)
}

/// The text of a configuration; one that cannot be read is an error, not a finding.
pub(super) fn configuration(text: Text) -> Result<Source, Error> {
    text.map_err(|problem: Problem| Error::usage(problem.to_string(), "mend the configuration"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_to_a_directory() {
        assert_eq!(relative("a/b", "a/b/c.proto"), "c.proto");
        assert_eq!(relative("a/b", "a/c/d.proto"), "../c/d.proto");
        assert_eq!(relative("a/b", "x.proto"), "../../x.proto");
        assert_eq!(relative("", "x.proto"), "x.proto");
    }

    #[test]
    fn paths_are_cleaned_by_their_words() {
        assert_eq!(absolute(Path::new("/a/./b/../c/")), "a/c");
        assert_eq!(absolute(Path::new("/..")), "");
    }

    #[test]
    fn a_folder_holds_whole_names() {
        assert!(is_within("a/b", "a"));
        assert!(is_within("a", "a"));
        assert!(!is_within("ab", "a"));
        assert!(is_within("a", ""));
    }
}

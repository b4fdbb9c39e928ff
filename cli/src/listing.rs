//! Which files a directory has on the disk: by git those that it knows or would add, without git all
//! but hidden ones. It reads none of them.

use std::fs;
use std::path::Path;

use checker::Problem;

use crate::error::Error;
use crate::files::format_of;
use crate::git::{self, Repository};

/// The most entries of a directory tree that are looked at.
pub const MAX_ENTRIES: usize = 1_000_000;

/// The most files that an error names.
const MAX_NAMED: usize = 3;

/// What a directory has of schema files, by path relative to it.
#[derive(Debug, Default)]
pub struct Listing {
    /// Regular files: what is looked at.
    pub files: Vec<String>,
    /// What is called as a schema file and is none: a symbolic link, a pipe, a socket.
    pub passed_over: Vec<String>,
    /// Files that a sparse checkout leaves out.
    pub left_out: Vec<String>,
    /// Repositories in the repository, all of whose files are their own affair.
    pub submodules: Vec<String>,
}

impl Listing {
    /// Lists a directory.
    pub fn of(root: &Path, repository: Option<&Repository>) -> Result<Self, Error> {
        match repository {
            Some(repository) => Self::by_git(root, repository),
            None => walk(root, MAX_ENTRIES),
        }
    }

    fn by_git(root: &Path, repository: &Repository) -> Result<Self, Error> {
        let mut listing = Self::default();
        for file in repository.working_files()? {
            let there = fs::symlink_metadata(root.join(&file.path));
            let path = file.path.to_string_lossy().into_owned();
            if there.as_ref().is_ok_and(fs::Metadata::is_dir) {
                listing
                    .submodules
                    .push(path.trim_end_matches('/').to_owned());
                continue;
            }
            if format_of(&path).is_none() {
                continue;
            }
            match there {
                Ok(_) if file.path.to_str().is_none() => {
                    return Err(git::Error::BadPath(path).into());
                }
                Ok(metadata) if metadata.is_file() => listing.files.push(path),
                Ok(_) => listing.passed_over.push(path),
                Err(_) if file.is_left_out => listing.left_out.push(path),
                // Deleted, and git does not know yet.
                Err(_) => {}
            }
        }
        Ok(listing)
    }

    /// Refuses a listing that is not the whole: what is left out would count as removed.
    pub fn whole(self) -> Result<Self, Error> {
        if self.left_out.is_empty() {
            return Ok(self);
        }
        let named = self.left_out.iter().take(MAX_NAMED);
        let named: Vec<String> = named.map(|path| format!("`{path}`")).collect();
        let more = match self.left_out.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Err(Error::usage(
            format!("the sparse checkout leaves out {}{more}", named.join(", ")),
            "they would count as removed: check them out (`git sparse-checkout add` or `disable`), \
             or name a directory that is there as a whole",
        ))
    }

    /// Says what was not looked at, though it is called as a file that would be.
    pub fn warnings(&self, name: impl Fn(&str) -> String) -> Vec<Problem> {
        let told = self.passed_over.iter().map(|path| {
            Problem::whole(format!(
                "`{}` is a symbolic link or no regular file, and was not looked at; put the file \
                 itself there",
                name(path)
            ))
        });
        told.collect()
    }
}

/// All files but hidden ones. Symbolic links are not followed.
fn walk(root: &Path, limit: usize) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    let mut seen = 0_usize;
    let mut open = vec![String::new()];
    while let Some(directory) = open.pop() {
        let path = root.join(&directory);
        let failed = |source| Error::Read {
            path: path.clone(),
            source,
        };
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            seen += 1;
            if seen > limit {
                let root = root.display();
                return Err(Error::Limit(format!(
                    "`{root}` has more than {limit} entries; check a smaller directory"
                )));
            }
            let name = entry.file_name();
            let shown = name.to_string_lossy();
            if shown.starts_with('.') || !kind.is_dir() && format_of(&shown).is_none() {
                continue;
            }
            let Some(name) = name.to_str() else {
                return Err(git::Error::BadPath(format!("{directory}{shown}")).into());
            };
            if kind.is_dir() {
                open.push(format!("{directory}{name}/"));
            } else if kind.is_file() {
                listing.files.push(format!("{directory}{name}"));
            } else {
                listing.passed_over.push(format!("{directory}{name}"));
            }
        }
    }
    Ok(listing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_with_too_many_entries_is_not_read() {
        let directory = tempfile::tempdir().expect("has a temporary directory");
        fs::create_dir(directory.path().join("sub")).expect("is writable");
        for name in ["a.proto", "sub/b.proto", "sub/README.md"] {
            fs::write(directory.path().join(name), "").expect("is writable");
        }
        // Folders and other files take their time as well.
        assert_eq!(walk(directory.path(), 4).expect("fits").files.len(), 2);
        let told = walk(directory.path(), 3).expect_err("is too much").chain();
        assert!(
            told.ends_with("has more than 3 entries; check a smaller directory"),
            "{told}"
        );
    }
}

//! The two things that are compared: folders of the disk, or of commits.
//!
//! Understood are our own words for an old state (`git:REF`) and buf's for a repository on this disk
//! (`PATH.git#branch=main,subdir=proto`). Archives, images and modules of a remote registry are not.

use std::path::Path;

use super::files::{Files, absolute, below};
use crate::commands::protos::tree::revision_of;
use crate::context::Context;
use crate::error::Error;
use crate::git::Repository;

/// A folder, and where it is.
#[derive(Debug)]
pub(super) struct Input {
    pub files: Files,
    pub folder: String,
    /// The folder that paths of the command line start from.
    pub from: String,
}

impl Input {
    /// A directory of the disk.
    pub(super) fn directory(directory: &Path, context: &Context) -> Result<Self, Error> {
        let current = current(context)?;
        let full = current.join(directory);
        if !full.is_dir() {
            let shown = directory.display();
            return Err(Error::usage(
                format!("`{shown}` is no directory"),
                "with --buf directories and commits are compared; paths are relative to the current \
                 directory",
            ));
        }
        let from = absolute(&current);
        Ok(Self {
            folder: absolute(&full),
            files: Files::Disk {
                shown_from: directory.is_relative().then(|| from.clone()),
            },
            from,
        })
    }

    /// What `--against` names, for a directory.
    pub(super) fn against(
        against: &str,
        directory: &Path,
        context: &mut Context,
    ) -> Result<Self, Error> {
        if let Some(revision) = against.strip_prefix("git:") {
            return Self::commit(revision, directory, context);
        }
        let (path, fragment) = against.split_once('#').unwrap_or((against, ""));
        if path.contains("://") {
            return Err(Error::usage(
                format!("`{against}` is not on this machine"),
                "clone it, and name the directory",
            ));
        }
        let is_git = Path::new(path).extension().is_some_and(|end| end == "git")
            || path.rsplit('/').next() == Some(".git");
        if is_git {
            return Self::repository(Path::new(path), fragment, context);
        }
        if fragment.is_empty() {
            return Self::directory(Path::new(path), context);
        }
        Err(Error::usage(
            format!("`{against}` is no input that is understood"),
            "name a directory, git:REF, or a repository such as .git#branch=main,subdir=proto",
        ))
    }

    /// A directory as a commit has it.
    fn commit(revision: &str, directory: &Path, context: &mut Context) -> Result<Self, Error> {
        let repository = Repository::discover(&context.path(directory))?;
        let folder = repository.path_from_top("");
        let (commit, _) = revision_of(revision, &repository, context)?;
        let here = Repository::discover(&context.path(Path::new("")));
        let from = here.map(|here| here.path_from_top("")).unwrap_or_default();
        Ok(Self {
            files: Files::commit(&repository, &commit)?,
            folder: folder.trim_end_matches('/').to_owned(),
            from: from.trim_end_matches('/').to_owned(),
        })
    }

    /// buf's words for a commit of a repository.
    fn repository(path: &Path, fragment: &str, context: &Context) -> Result<Self, Error> {
        let mut revision = "HEAD";
        let mut folder = String::new();
        for option in fragment.split(',').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("branch" | "tag" | "commit" | "ref", value)) => revision = value,
                Some(("subdir", value)) => {
                    folder = super::configuration::normal(value).ok_or_else(|| {
                        let message = format!("`{value}` leads out of the repository");
                        Error::usage(message, "name a folder in the repository")
                    })?;
                }
                Some(("format", "git") | ("depth" | "recurse_submodules" | "filter", _)) => {}
                _ => {
                    return Err(Error::usage(
                        format!("`{option}` is no option of a git input that is understood"),
                        "they are branch, tag, commit, ref and subdir",
                    ));
                }
            }
        }
        let directory = context.path(path);
        // A work tree is asked from its top, a bare repository from within.
        let top = if path.file_name().is_some_and(|name| name == ".git") {
            directory.parent().unwrap_or(&directory)
        } else {
            &directory
        };
        let top = if top.as_os_str().is_empty() {
            Path::new(".")
        } else {
            top
        };
        Ok(Self {
            files: Files::commit(&Repository::discover(top)?, revision)?,
            folder,
            from: String::new(),
        })
    }

    /// A path of the command line, as the files have it.
    pub(super) fn path(&self, path: &str) -> String {
        if path.starts_with('/') {
            return absolute(Path::new(path));
        }
        absolute(Path::new(&below(&self.from, path)))
    }
}

fn current(context: &Context) -> Result<std::path::PathBuf, Error> {
    let directory = context.path(Path::new(""));
    std::path::absolute(if directory.as_os_str().is_empty() {
        Path::new(".")
    } else {
        &directory
    })
    .map_err(|source| Error::Read {
        path: ".".into(),
        source,
    })
}

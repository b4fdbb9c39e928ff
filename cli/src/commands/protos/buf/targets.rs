//! `--path`, `--exclude-path` and `--limit-to-input-files`: which files of a module are meant.

use std::collections::BTreeSet;

use super::files::is_within;
use super::input::Input;

/// Which files are meant; what is left out is still there to be imported.
#[derive(Clone, Debug, Default)]
pub(super) struct Targets {
    /// Files and folders; all where there are none.
    paths: Vec<String>,
    excluded: Vec<String>,
    /// Import paths; all where it is not asked for.
    imports: Option<BTreeSet<String>>,
}

impl Targets {
    /// From the paths of the command line.
    pub(super) fn new(input: &Input, paths: &[String], excluded: &[String]) -> Self {
        let resolve = |paths: &[String]| paths.iter().map(|path| input.path(path)).collect();
        Self {
            paths: resolve(paths),
            excluded: resolve(excluded),
            imports: None,
        }
    }

    /// Only what other files are called as well, whatever the paths say.
    pub(super) fn limited_to(self, imports: BTreeSet<String>) -> Self {
        Self {
            paths: Vec::new(),
            imports: Some(imports),
            ..self
        }
    }

    /// Whether files of a folder can be meant.
    pub(super) fn concern(&self, folder: &str) -> bool {
        let meets = |path: &String| is_within(path, folder) || is_within(folder, path);
        self.paths.is_empty() || self.paths.iter().any(meets)
    }

    /// Whether a file is meant, given also its import path.
    pub(super) fn have(&self, path: &str, import: &str) -> bool {
        let below = |folders: &[String]| folders.iter().any(|folder| is_within(path, folder));
        let limited = self.imports.as_ref();
        (self.paths.is_empty() || below(&self.paths))
            && !below(&self.excluded)
            && limited.is_none_or(|imports| imports.contains(import))
    }
}

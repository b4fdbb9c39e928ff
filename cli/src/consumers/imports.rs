//! What a service uses, told by the imports of its own `.proto` files.

use std::collections::BTreeSet;
use std::path::Path;

use checker::Problem;
use checker::protobuf::{Tree, imports};

use crate::context::Context;
use crate::error::Error;
use crate::files::Snapshot;
use crate::roots::Roots;

/// The files that a folder imports.
#[derive(Debug, Default)]
pub(super) struct Imported {
    /// By import path.
    pub files: BTreeSet<String>,
    /// Texts that cannot be read.
    pub problems: Vec<Problem>,
}

/// The files of these trees that the `.proto` files of a folder import. A copy of such a file in the
/// folder is no use of what it imports itself.
pub(super) fn of(folder: &Path, trees: [&Tree; 2], context: &Context) -> Result<Imported, Error> {
    let snapshot = Snapshot::Disk {
        root: context.path(folder),
        shown: folder.to_owned(),
        repository: None,
    };
    let mut paths = snapshot.proto_files()?;
    let roots = Roots::guessed(&paths);
    let ours = |path: &str| trees.iter().any(|tree| tree.has(path));
    let is_copy = |path: &str| ours(path) || ours(&roots.place(path).import_path);
    paths.retain(|path| !is_copy(path));
    let names: Vec<&str> = paths.iter().map(String::as_str).collect();
    let mut imported = Imported::default();
    for text in snapshot.read(&names)? {
        match text {
            Ok(source) => match imports(source.text()) {
                Some(paths) => {
                    let paths = paths.into_iter().filter(|path| ours(path));
                    imported.files.extend(paths.map(str::to_owned));
                }
                None => imported.problems.push(Problem::at(
                    source.span(0..0),
                    "the imports of this file cannot be told; write each as one plain string",
                )),
            },
            Err(problem) => imported.problems.push(problem),
        }
    }
    Ok(imported)
}

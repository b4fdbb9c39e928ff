//! A whole tree as a model. What does not compile is left out: that a file nobody touched is invalid
//! must not hide who is affected by the others.

use std::collections::BTreeSet;

use crate::model::Problem;
use crate::protobuf::model::Model;
use crate::protobuf::tree::{Tree, with_importers};

/// A model, and what it lacks.
#[derive(Debug)]
pub(super) struct Whole {
    pub model: Model,
    /// The import paths of files that are invalid, or import one that is.
    pub left_out: BTreeSet<String>,
}

/// Reads all files that compile. Fails where it cannot tell which ones do not.
pub(super) fn read(tree: &Tree) -> Result<Whole, Vec<Problem>> {
    let mut roots: BTreeSet<&str> = tree.own().into_iter().collect();
    let mut left_out = BTreeSet::new();
    let importers = tree.importers();
    loop {
        let paths: Vec<&str> = roots.iter().copied().collect();
        let problems = match tree.model(&paths, &|_| true) {
            Ok(model) => return Ok(Whole { model, left_out }),
            Err(problems) => problems,
        };
        let broken = with_importers(named(tree, &problems), &importers);
        let known = left_out.len();
        left_out.extend(broken.iter().map(|path| (*path).to_owned()));
        roots.retain(|path| !broken.contains(path));
        // Every round leaves something out, so there are not more rounds than files.
        if left_out.len() == known {
            return Err(problems);
        }
    }
}

/// The files that problems are in.
fn named<'t>(tree: &'t Tree, problems: &[Problem]) -> BTreeSet<&'t str> {
    let spans = problems.iter().filter_map(|problem| problem.span.as_ref());
    let names: BTreeSet<&str> = spans.map(|span| &*span.file).collect();
    let files = tree.files();
    let broken = files.filter(|file| names.contains(file.source.file()));
    broken.map(|file| &*file.import_path).collect()
}

//! What is pushed, and in which order: a file comes after all that it imports.

use std::collections::{BTreeMap, BTreeSet};

use checker::protobuf::{Tree, imports};
use checker::{Reference, Source};

use crate::client::wire;
use crate::commands::protos::subjects::SubjectTemplate;
use crate::error::Error;

/// One file to push.
#[derive(Debug)]
pub(super) struct Step {
    /// The import path.
    pub path: String,
    pub source: Source,
    pub subject: String,
    /// The indexes of the files of the tree that it imports, in the order of the text.
    pub imports: Vec<usize>,
}

/// All files, each after what it imports. The tree is valid, so no imports are cyclic.
pub(super) fn steps(tree: &Tree, template: &SubjectTemplate) -> Result<Vec<Step>, Error> {
    let mut imported: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in tree.files() {
        let Some(imports) = imports(file.source.text()) else {
            let shown = file.source.file();
            return Err(Error::usage(
                format!("the imports of `{shown}` cannot be told"),
                "write each import as one plain string",
            ));
        };
        let ours = imports.into_iter().filter(|path| tree.has(path));
        imported.insert(&file.import_path, ours.collect());
    }
    let order = order(&imported);
    let indexes: BTreeMap<&str, usize> = order.iter().copied().zip(0..).collect();
    let mut sources: BTreeMap<&str, &Source> = BTreeMap::new();
    for file in tree.files() {
        sources.insert(&file.import_path, &file.source);
    }
    let mut steps = Vec::new();
    for path in &order {
        let Some(source) = sources.get(path) else {
            continue;
        };
        let imports = imported.get(path).into_iter().flatten();
        steps.push(Step {
            path: (*path).to_owned(),
            source: (*source).clone(),
            subject: subject(path, template)?,
            imports: imports
                .filter_map(|path| indexes.get(path).copied())
                .collect(),
        });
    }
    Ok(steps)
}

fn subject(path: &str, template: &SubjectTemplate) -> Result<String, Error> {
    template.subject(path).ok_or_else(|| {
        Error::usage(
            format!("`{path}` has no name for `{template}`"),
            "use {path}, or let the file end in .proto",
        )
    })
}

/// The paths, each after what it imports; otherwise in the order of the alphabet.
fn order<'a>(imported: &BTreeMap<&'a str, Vec<&'a str>>) -> Vec<&'a str> {
    let mut order = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for start in imported.keys() {
        // A path stands on the stack with the imports that are still to be looked at.
        let mut open: Vec<(&'a str, usize)> = Vec::new();
        if seen.insert(start) {
            open.push((start, 0));
        }
        while let Some((path, at)) = open.pop() {
            let next = imported.get(path).and_then(|imports| imports.get(at));
            match next {
                Some(next) => {
                    open.push((path, at + 1));
                    if seen.insert(next) {
                        open.push((next, 0));
                    }
                }
                None => order.push(path),
            }
        }
    }
    order
}

/// The texts that a file refers to, directly or not, each after what it refers to itself.
pub(super) fn closure(steps: &[Step], of: usize) -> Vec<Reference> {
    let mut wanted: BTreeSet<usize> = BTreeSet::new();
    let mut open = vec![of];
    while let Some(at) = open.pop() {
        for import in steps.get(at).into_iter().flat_map(|step| &step.imports) {
            if wanted.insert(*import) {
                open.push(*import);
            }
        }
    }
    // Steps are in order, so their indexes are.
    let wanted = wanted.into_iter().filter_map(|at| steps.get(at));
    let references = wanted.map(|step| Reference {
        name: step.path.clone(),
        source: step.source.clone(),
    });
    references.collect()
}

/// The references of a file, where the versions of all that it imports are known.
pub(super) fn references(
    steps: &[Step],
    step: &Step,
    versions: &[Option<i32>],
) -> Option<Vec<wire::Reference>> {
    let references = step.imports.iter().map(|import| {
        let imported = steps.get(*import)?;
        Some(wire::Reference {
            name: imported.path.clone(),
            subject: imported.subject.clone(),
            version: versions.get(*import).copied().flatten()?,
        })
    });
    references.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use checker::protobuf::TreeFile;

    fn tree(files: &[(&str, &str)]) -> Tree {
        Tree::new(files.iter().map(|(path, text)| TreeFile {
            import_path: (*path).to_owned(),
            source: Source::new(*path, *text),
            import_only: false,
        }))
    }

    #[test]
    fn a_file_comes_after_what_it_imports_and_refers_to_nothing_else() {
        let tree = tree(&[
            ("a.proto", "import \"z.proto\"; import \"m.proto\";"),
            ("m.proto", "import public \"z.proto\";"),
            ("q.proto", "import \"google/protobuf/any.proto\";"),
            ("z.proto", ""),
        ]);
        let steps = steps(&tree, &SubjectTemplate::default()).expect("is good");
        let paths: Vec<&str> = steps.iter().map(|step| &*step.path).collect();
        assert_eq!(paths, ["z.proto", "m.proto", "a.proto", "q.proto"]);
        assert_eq!(steps[2].imports, [0, 1]);
        assert_eq!(steps[3].imports, [0_usize; 0]);
        let names = closure(&steps, 2).into_iter().map(|found| found.name);
        assert_eq!(names.collect::<Vec<_>>(), ["z.proto", "m.proto"]);
        let versions = [Some(3), None, None, None];
        assert_eq!(references(&steps, &steps[2], &versions), None);
        let found = references(&steps, &steps[1], &versions).expect("all are known");
        assert_eq!((&*found[0].subject, found[0].version), ("z.proto", 3));
    }

    #[test]
    fn a_long_chain_of_imports_needs_no_stack() {
        let files: Vec<(String, String)> = (0..20_000)
            .map(|at| {
                (
                    format!("{at:05}.proto"),
                    format!("import \"{:05}.proto\";", at + 1),
                )
            })
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (&**a, &**b)).collect();
        let steps = steps(&tree(&files), &SubjectTemplate::default()).expect("is good");
        assert_eq!(steps[0].path, "19999.proto");
        assert_eq!(closure(&steps, 19_999).len(), 19_999);
    }
}

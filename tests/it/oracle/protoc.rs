//! Descriptors, places and comments against `protoc`: of the protos that the Python packages bring, of the
//! fixtures, and of whatever folder `PROTO_CORPUS` names.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use checker::Source;
use checker::protobuf::{Tree, TreeFile};
use harness::{python, repository, run_python};

#[test]
fn descriptors_and_places_are_those_of_protoc() {
    let Some(python) = python() else { return };
    let roots = run_python(&python, "descriptors.py", &["roots"], "").expect("runs");
    let roots: Vec<(String, Vec<String>)> =
        serde_json::from_str(&roots.stdout).expect("are folders and files");
    let mut compared = 0;
    for (root, paths) in roots {
        compared += compare(&python, Path::new(&root), &paths).expect("are compared");
    }
    assert!(compared >= 15, "of the packages' protos only {compared}");
}

#[test]
fn fixtures_are_described_as_protoc_does() {
    let Some(python) = python() else { return };
    let root = repository().join("fixtures/struct-repo/proto");
    let wanted = paths(&root).expect("are listed");
    let compared = compare(&python, &root, &wanted).expect("are compared");
    assert!(compared >= 9, "of the fixtures only {compared}");
}

#[test]
fn a_corpus_is_described_as_protoc_does() {
    let Some(root) = std::env::var_os("PROTO_CORPUS").map(PathBuf::from) else {
        println!("skipped: PROTO_CORPUS names no folder of protos");
        return;
    };
    let Some(python) = python() else { return };
    let wanted = paths(&root).expect("are listed");
    let compared = compare(&python, &root, &wanted).expect("are compared");
    println!("{compared} files of the corpus are equal");
}

/// Fails where our descriptors of files differ from those of `protoc`; says how many were compared.
fn compare(python: &Path, root: &Path, wanted: &[String]) -> Result<usize> {
    if wanted.is_empty() {
        return Ok(0);
    }
    let roots: HashSet<&str> = wanted.iter().map(String::as_str).collect();
    let mut files = Vec::new();
    for path in paths(root)? {
        let text = fs::read(root.join(&path)).with_context(|| path.clone())?;
        files.push(TreeFile {
            source: Source::new(&*path, String::from_utf8_lossy(&text).into_owned()),
            import_only: !roots.contains(&*path),
            import_path: path,
        });
    }
    let set = Tree::new(files).descriptor_set();
    let set = set.map_err(|problems| anyhow!("{problems:#?}"))?;
    let ours = tempfile::NamedTempFile::new()?;
    fs::write(ours.path(), set)?;
    let (ours, root) = (ours.path().to_string_lossy(), root.to_string_lossy());
    let arguments = ["compare", &*ours, &*root];
    let output = run_python(python, "descriptors.py", &arguments, &wanted.join("\n"))?;
    assert_eq!(output.code, Some(0), "{root}: {}", output.stderr);
    assert_eq!(output.stdout.trim(), "", "{root}");
    Ok(wanted.len())
}

/// The import paths of all protos below a folder.
fn paths(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "proto")
            {
                found.push(path.strip_prefix(root)?.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

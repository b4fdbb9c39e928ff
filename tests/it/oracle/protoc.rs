//! Descriptors, places and comments against `protoc`: of the protos that the Python packages bring, of the
//! fixtures, and of whatever folder `PROTO_CORPUS` names. And its verdict on descriptors that are changed at
//! random.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use checker::protobuf::{Tree, TreeFile};
use checker::{Format, Schema, SchemaInput, Source};
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

/// Spellings of values, of which the descriptors keep what they mean.
#[test]
fn odd_values_are_described_as_protoc_does() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("is made");
    let text = odd_values();
    fs::write(folder.path().join("odd.proto"), text).expect("is written");
    let wanted = ["odd.proto".to_owned()];
    let compared = compare(&python, folder.path(), &wanted).expect("are compared");
    assert_eq!(compared, 1);
}

/// A file with a field, and an option in each place, for every value.
fn odd_values() -> String {
    const STRINGS: &str = r"\ud800 \udc00\ud800 \ud83d\ude00 \U0000d83d\ude00 \U00110000 \U001fffff \777 \08 \X41
        \xff\xfe \xed\xa0\x80 \0 \?\a\v \x4g é \u00e9 \xc3\xa9";
    const INTEGERS: &str = "-0 -2147483648 0x7fffffff -0x80000000 017777777777 00 -0777";
    const NUMBERS: &str = "inf -inf nan -nan 1e400 -1e400 1e-400 1e39 3.4028236e38 .5 5. 1.e3 0 -0 -0.0 \
        99999999999999999999999 18446744073709551616 0xffffffffffffffff 16777217 9007199254740993 \
        0.1 123456789.123456789 1.7976931348623157e308";
    let types = [
        ("string", STRINGS, "\""),
        ("bytes", STRINGS, "\""),
        ("int32", INTEGERS, ""),
        ("sfixed64", INTEGERS, ""),
        ("float", NUMBERS, ""),
        ("double", NUMBERS, ""),
    ];
    let mut texts = [(); 3].map(|()| String::new());
    let mut number = 0;
    for (ty, values, quote) in types {
        for value in values.split_whitespace() {
            number += 1;
            let parts = odd_value(number, ty, &format!("{quote}{value}{quote}"));
            for (text, part) in texts.iter_mut().zip(parts) {
                text.push_str(&part);
            }
        }
    }
    let [fields, members, options] = texts;
    format!(
        "syntax = \"proto2\";\nimport \"google/protobuf/descriptor.proto\";\nmessage M {{\n{fields}}}\n\
         message O {{\n{members}}}\nextend google.protobuf.FileOptions {{\n  optional O o = 50000;\n  \
         repeated O p = 50001;\n}}\n{options}"
    )
}

/// A value as a default, a member of an option that can have it, and there in both spellings.
fn odd_value(number: usize, ty: &str, value: &str) -> [String; 3] {
    let option = format!("option (o).m{number} = {value};\n");
    // Text format has no hexadecimal floats.
    let in_text = if matches!(ty, "float" | "double") && value.starts_with("0x") {
        String::new()
    } else {
        format!("option (p) = {{ m{number}: {value} }};\n")
    };
    [
        format!("  optional {ty} f{number} = {number} [default = {value}];\n"),
        format!("  optional {ty} m{number} = {number};\n"),
        option + &in_text,
    ]
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

#[test]
fn changed_descriptors_are_judged_as_protoc_does() {
    const COUNT: usize = 1_000;
    let Some(python) = python() else { return };
    let arguments = ["1", &COUNT.to_string()];
    let output = run_python(&python, "mutants.py", &arguments, "").expect("runs");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let mutants: Vec<(Vec<String>, String, Option<String>)> =
        serde_json::from_str(&output.stdout).expect("are changes, descriptors and errors");
    let mut accepted = 0;
    let mut differing = Vec::new();
    for (changes, descriptor, errors) in mutants {
        let input = SchemaInput::new(Format::Protobuf, Source::new("case.proto", descriptor));
        let ours = Schema::parse(&input).err();
        accepted += usize::from(errors.is_none());
        if ours.is_some() != errors.is_some() {
            differing.push(format!(
                "{changes:?}\n  protoc: {errors:?}\n  ours: {ours:?}"
            ));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    let refused = COUNT - accepted;
    assert!(
        accepted > COUNT / 8 && refused > COUNT / 4,
        "{accepted} are valid"
    );
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

//! Cases that buf 1.75 was run on, read in place where `CONFORMANCE_DIR` says.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::{Failure, Line, Settings, Version, check};
use crate::conformance::rows;
use crate::model::Source;
use crate::protobuf::{Tree, TreeFile};

fn tree(files: &[(String, String)]) -> Tree {
    Tree::new(files.iter().map(|(path, text)| TreeFile {
        import_path: path.clone(),
        source: Source::new(path.as_str(), text.as_str()),
        import_only: false,
    }))
}

fn files(row: &Value, side: &str) -> Vec<(String, String)> {
    let files = row[side].as_object().into_iter().flatten();
    let protos = files.filter(|(path, _)| path.ends_with("proto"));
    protos
        .map(|(path, text)| (path.clone(), text.as_str().unwrap_or_default().to_owned()))
        .collect()
}

/// Rule, path and span of a finding, and what its message names.
fn key(finding: &Value) -> String {
    let number = |name: &str| finding[name].as_u64().unwrap_or(0).max(1);
    format!(
        "{} {} {}:{}-{}:{} {}",
        finding["rule"].as_str().unwrap_or_default(),
        finding["path"].as_str().unwrap_or("-"),
        number("start_line"),
        number("start_col"),
        number("end_line"),
        number("end_col"),
        names(finding["message"].as_str().unwrap_or_default()),
    )
}

fn key_of(line: &Line) -> String {
    format!(
        "{} {} {}:{}-{}:{} {}",
        line.rule,
        line.path.as_deref().unwrap_or("-"),
        line.line.max(1),
        line.column.max(1),
        line.end_line.max(1),
        line.end_column.max(1),
        names(&line.message),
    )
}

/// The content of a message: what it names in quotes.
fn names(message: &str) -> String {
    let quoted: Vec<&str> = message.split('"').skip(1).step_by(2).collect();
    quoted.join(" ")
}

#[test]
fn findings_agree_with_buf() {
    let (mut counted, mut findings) = (0, 0);
    let mut differing = BTreeSet::new();
    for file in ["buf-breaking.jsonl", "proto-probes.jsonl"] {
        for row in rows(file) {
            let name = row["name"].as_str().unwrap_or_default();
            let configuration = |side: &str| row[side].to_string().contains("roots:");
            if configuration("old") || configuration("new") {
                println!("{name}: has roots, which a configuration has to be read for");
                continue;
            }
            let (old, new) = (tree(&files(&row, "old")), tree(&files(&row, "new")));
            if row["expected"]
                .as_object()
                .is_none_or(serde_json::Map::is_empty)
            {
                let refused = check(
                    &old,
                    &new,
                    &Settings::new(Version::V2, &[], &[]).expect("is"),
                );
                assert!(matches!(refused, Err(Failure::Unsupported(_))), "{name}");
                continue;
            }
            for category in ["FILE", "PACKAGE", "WIRE_JSON", "WIRE", "CSR"] {
                let Some(expected) = row["expected"][category].as_array() else {
                    continue;
                };
                let expected: BTreeSet<String> = expected.iter().map(key).collect();
                let settings = Settings::new(Version::V2, &[category.to_owned()], &[]);
                let settings = settings.expect("is a category");
                let lines = match check(&old, &new, &settings) {
                    Ok(lines) => lines,
                    Err(Failure::Compile(lines)) => {
                        println!("{name}: does not compile, {:?}", lines.first());
                        differing.insert(name.to_owned());
                        break;
                    }
                    Err(failure) => panic!("{name}: {failure:?}"),
                };
                let ours: BTreeSet<String> = lines.iter().map(key_of).collect();
                counted += 1;
                findings += expected.len();
                for line in expected.difference(&ours) {
                    println!("{name} {category}: missing {line}");
                    differing.insert(name.to_owned());
                }
                for line in ours.difference(&expected) {
                    println!("{name} {category}: too much {line}");
                    differing.insert(name.to_owned());
                }
            }
        }
    }
    println!("{counted} comparisons with {findings} findings");
    assert_eq!(differing, BTreeSet::new());
}

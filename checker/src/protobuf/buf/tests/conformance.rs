//! Cases that buf 1.75 was run on, read in place where `CONFORMANCE_DIR` says.

use std::collections::BTreeSet;

use prost::Message as _;
use prost_reflect::ReflectMessage as _;
use serde_json::Value;

use super::super::{Line, Settings, Side, Version, compare};
use crate::conformance::rows;
use crate::model::{Problem, Source};
use crate::protobuf::descriptor::FileDescriptorProto;
use crate::protobuf::features::Features;
use crate::protobuf::parse;
use crate::protobuf::places::Places;
use crate::protobuf::pool::{File, Pool};

fn pool(files: &[(String, String)]) -> Result<Pool, Vec<Problem>> {
    let roots: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    let find = |path: &str| {
        let found = files.iter().find(|(name, _)| name == path);
        found.map(|(name, text)| Source::new(name.as_str(), text.as_str()))
    };
    let mut linked = parse::link(&roots, &find)?;
    let mut pool = Pool::default();
    let all: Vec<_> = linked.pool.files().collect();
    for file in all {
        let proto = FileDescriptorProto::decode(&*file.encode_to_vec()).expect("is one");
        let loaded = linked.files.remove(file.name());
        let (source, places) = match loaded {
            Some(loaded) => (loaded.source, loaded.places),
            None => (Source::new(file.name(), ""), Places::none()),
        };
        pool.add(File {
            features: Features::of_file(&proto),
            proto,
            source,
            places,
            encoded: false,
        });
    }
    Ok(pool)
}

fn files(row: &Value, side: &str) -> Vec<(String, String)> {
    let files = row[side].as_object().into_iter().flatten();
    let protos = files.filter(|(path, _)| path.ends_with(".proto"));
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
    let (mut counted, mut findings, mut unread) = (0, 0, 0);
    let mut differing = BTreeSet::new();
    for file in ["buf-breaking.jsonl", "proto-probes.jsonl"] {
        for row in rows(file) {
            let name = row["name"].as_str().unwrap_or_default();
            let (old, new) = match (pool(&files(&row, "old")), pool(&files(&row, "new"))) {
                (Ok(old), Ok(new)) => (old, new),
                (old, new) => {
                    let problem = old.err().or(new.err()).unwrap_or_default();
                    println!("{name}: {:?}", problem.first().map(ToString::to_string));
                    unread += 1;
                    continue;
                }
            };
            for category in ["FILE", "PACKAGE", "WIRE_JSON", "WIRE", "CSR"] {
                let Some(expected) = row["expected"][category].as_array() else {
                    continue;
                };
                let expected: BTreeSet<String> = expected.iter().map(key).collect();
                let version = if row["new"]["buf.yaml"].as_str().unwrap_or_default().contains("version: v1\n") && category != "CSR" { Version::V1 } else { Version::V2 };
                let settings = Settings::new(version, &[category.to_owned()], &[]);
                let settings = settings.expect("is a category");
                let side = |pool| Side {
                    pool,
                    is_import: &|path| path.starts_with("google/protobuf/"),
                };
                let lines = compare(&side(&old), &side(&new), &settings);
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
    println!("{counted} comparisons with {findings} findings, {unread} rows not read");
    assert_eq!(differing, BTreeSet::new());
}

//! The pairs in `fixtures/avro`: hand-written expectations, each with its source of truth.
//!
//! A case is a directory with `old.avsc`, `new.avsc` and `expect.toml`; the latter holds strings and
//! one list of strings, which is all that is read of TOML here.

use std::collections::BTreeMap;
use std::path::Path;

use crate::model::{Direction, Finding, Reader, Writer};
use crate::{Options, Profile};

use super::super::{Schema, diff};
use super::compare;
use super::{BOTH, parse_as};

struct Case {
    name: String,
    old: Schema,
    new: Schema,
    expect: BTreeMap<String, Vec<String>>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "fixtures are files, and tests may read them"
)]
fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/avro");
    let entries = std::fs::read_dir(folder).expect("the folder");
    let cases = entries.map(|entry| {
        let folder = entry.expect("an entry").path();
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).expect("a case's file");
        Case {
            name: folder.display().to_string(),
            old: parse_as("old.avsc", &read("old.avsc")),
            new: parse_as("new.avsc", &read("new.avsc")),
            expect: strings(&read("expect.toml")),
        }
    });
    cases.collect()
}

/// Old and new of every case.
pub(super) fn pairs() -> impl Iterator<Item = (Schema, Schema)> {
    cases().into_iter().map(|case| (case.old, case.new))
}

/// The quoted strings of each key.
fn strings(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines() {
        if let Some((name, _)) = line.split_once(" = ") {
            name.clone_into(&mut key);
        }
        let quoted = line.split('"').skip(1).step_by(2).map(str::to_owned);
        found.entry(key.clone()).or_default().extend(quoted);
    }
    found
}

fn line(finding: &Finding) -> String {
    let rule = finding.rule.id;
    let json = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let severity = json(serde_json::to_value(finding.severity).expect("is JSON"));
    let direction = json(serde_json::to_value(finding.direction).expect("is JSON"));
    format!("{direction} {severity} {rule} {}", finding.path)
}

#[test]
fn every_pair_is_judged_as_expected() {
    let cases = cases();
    assert!(cases.len() >= 16, "{} cases", cases.len());
    for case in cases {
        let Case { name, old, new, .. } = &case;
        let mut comparison = compare(old, new, &BOTH, &Options::default());
        comparison.sort();
        let lines: Vec<String> = comparison.findings.iter().map(line).collect();
        assert_eq!(lines, case.expect["findings"], "{name}");
        for (key, direction) in [
            ("backward", Direction::Backward),
            ("forward", Direction::Forward),
        ] {
            let verdict = compare(old, new, &[direction], &Options::default()).verdict();
            let verdict = format!("{verdict:?}").to_lowercase();
            assert_eq!([verdict], *case.expect[key], "{name}: {key}");
        }
        assert_eq!(
            case.expect["source"].len(),
            1,
            "{name} names its source of truth"
        );
    }
}

#[test]
fn the_other_way_round_the_directions_are_swapped() {
    for Case { name, old, new, .. } in &cases() {
        for (one, other) in [
            (Direction::Backward, Direction::Forward),
            (Direction::Forward, Direction::Backward),
        ] {
            let verdict = compare(old, new, &[one], &Options::default()).verdict();
            let swapped = compare(new, old, &[other], &Options::default()).verdict();
            assert_eq!(verdict, swapped, "{name}");
        }
    }
}

#[test]
fn every_schema_reads_itself_in_silence() {
    for Case { name, old, new, .. } in &cases() {
        for schema in [old, new] {
            let (reader, writer) = (Reader(schema), Writer(schema));
            let walk = diff::walk(reader, writer, Direction::Backward, Profile::Proven, None);
            assert!(walk.changes.is_empty(), "{name}");
        }
    }
}

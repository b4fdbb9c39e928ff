//! The pairs in `fixtures/json`: hand-written expectations, each with its source of truth.
//!
//! A case is a directory with `old.json`, `new.json` and `expect.toml`; the latter holds strings and
//! one list of strings, which is all that is read of TOML here.

use std::collections::BTreeMap;
use std::path::Path;

use super::schema;
use crate::model::{Direction, Finding};
use crate::{Options, Schema, compare};

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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/json");
    let entries = std::fs::read_dir(folder).expect("the folder");
    let cases = entries.map(|entry| {
        let folder = entry.expect("an entry").path();
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).expect("a case's file");
        Case {
            name: folder.display().to_string(),
            old: schema(&read("old.json")),
            new: schema(&read("new.json")),
            expect: strings(&read("expect.toml")),
        }
    });
    cases.collect()
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
    let json = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let severity = json(serde_json::to_value(finding.severity).expect("is JSON"));
    let direction = json(serde_json::to_value(finding.direction).expect("is JSON"));
    format!(
        "{direction} {severity} {} {}",
        finding.rule.id, finding.path
    )
}

#[test]
fn every_pair_is_judged_as_expected() {
    let cases = cases();
    assert!(cases.len() >= 7, "{} cases", cases.len());
    for case in cases {
        let Case { name, old, new, .. } = &case;
        let both = [Direction::Backward, Direction::Forward];
        let comparison = compare(old, new, &both, &Options::default());
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
        assert_eq!(case.expect["source"].len(), 1, "{name}");
    }
}

//! Tests of the whole: pairs of schemas in, findings out. The rules' own tests stand with them and
//! use [`check`].

use crate::model::{Comparison, Direction, Finding, Verdict};
use crate::{Format, Options, Policy, Profile, Reference, SchemaInput, Source};

use super::{Schema, compare};

pub(super) const BOTH: [Direction; 2] = [Direction::Forward, Direction::Backward];

#[track_caller]
pub(super) fn parse_as(file: &str, text: &str) -> Schema {
    let input = SchemaInput::new(Format::Avro, Source::new(file, text));
    match Schema::parse(&input) {
        Ok(schema) => schema,
        Err(problems) => panic!("{text} is not valid: {problems:?}"),
    }
}

#[track_caller]
pub(super) fn findings(old: &str, new: &str) -> Comparison {
    compared(old, new, Profile::Proven)
}

#[track_caller]
pub(super) fn compared(old: &str, new: &str, profile: Profile) -> Comparison {
    let (old, new) = (parse_as("old.avsc", old), parse_as("new.avsc", new));
    let options = Options {
        profile,
        policy: Policy::default(),
    };
    let mut comparison = compare(&old, &new, &BOTH, &options);
    comparison.sort();
    comparison
}

/// Compares in both directions and expects exactly these findings, a line each:
/// `backward avro/field-type-changed /fields/0/type`, with the message below it, indented.
#[track_caller]
pub(super) fn check(old: &str, new: &str, expected: &[&str]) {
    let comparison = findings(old, new);
    assert_eq!(comparison.undecided, []);
    let lines: Vec<String> = comparison.findings.iter().map(line).collect();
    assert_eq!(lines, expected);
    let back: Vec<String> = findings(new, old).findings.iter().map(turned).collect();
    let mut forth: Vec<String> = comparison.findings.iter().map(direction_of).collect();
    let mut back: Vec<String> = back;
    back.sort();
    forth.sort();
    assert_eq!(
        forth, back,
        "(old, new) one way is (new, old) the other way"
    );
    for finding in &comparison.findings {
        assert!(finding.message.len() < 200, "{}", finding.message);
    }
}

fn line(finding: &Finding) -> String {
    format!(
        "{} {} `{}`: {}",
        finding.direction.level_name().to_lowercase(),
        finding.rule.id,
        finding.path,
        finding.message
    )
}

fn direction_of(finding: &Finding) -> String {
    format!("{:?} {:?}", finding.direction, finding.severity)
}

fn turned(finding: &Finding) -> String {
    let direction = match finding.direction {
        Direction::Backward => Direction::Forward,
        Direction::Forward => Direction::Backward,
    };
    format!("{direction:?} {:?}", finding.severity)
}

#[track_caller]
pub(super) fn witness(old: &str, new: &str, direction: Direction) -> String {
    let comparison = findings(old, new);
    let finding = comparison
        .findings
        .iter()
        .find(|finding| finding.direction == direction)
        .expect("a finding in that direction");
    let witness = finding.witness.as_ref().expect("a witness");
    let hex = witness.bytes_hex.as_deref().expect("bytes");
    format!("{} = {hex}: {}", witness.input, witness.outcome)
}

const ORDER_OLD: &str = r#"{
  "type": "record",
  "name": "Order",
  "namespace": "shop",
  "doc": "One order.",
  "fields": [
    {"name": "amount", "type": "long"}
  ]
}"#;

#[test]
fn the_example_of_the_product_comes_out_to_the_letter() {
    let old = parse_as("git:main:order.avsc", ORDER_OLD);
    let new = parse_as("order.avsc", &ORDER_OLD.replace("long", "string"));
    let mut comparison = compare(&old, &new, &BOTH, &Options::default());
    comparison.sort();
    let [backward, forward] = &*comparison.findings else {
        panic!("two findings are expected: {:?}", comparison.findings);
    };
    assert_eq!(backward.rule.id, "avro/field-type-changed");
    assert_eq!(
        backward.message,
        "field `amount` was long and is now string"
    );
    assert_eq!(forward.message, backward.message);
    assert_eq!(backward.path.as_str(), "/fields/0/type");
    let span = |finding: &Finding| {
        [&finding.new, &finding.old].map(|span| {
            let span = span.as_ref().expect("a span");
            format!("{span}-{}", span.end_column)
        })
    };
    assert_eq!(
        span(backward),
        ["order.avsc:7:32-40", "git:main:order.avsc:7:32-38"]
    );
    assert_eq!(
        backward.new_label.as_deref(),
        Some("a reader with this schema expects a string")
    );
    assert_eq!(
        backward.old_label.as_deref(),
        Some("stored data and old producers hold a long")
    );
    let witness = backward.witness.as_ref().expect("a witness");
    assert_eq!(witness.input, r#"{"amount": 1}"#);
    assert_eq!(witness.bytes_hex.as_deref(), Some("02"));
    assert_eq!(
        witness.outcome,
        "reading it with the new schema fails, a long is no string"
    );
    assert_eq!(
        backward.hint.as_ref().map(|hint| &*hint.text),
        Some(
            "keep `long`; or add a new field with a default, write both, and retire `amount` when \
             nobody reads it"
        )
    );
    assert_eq!(
        backward.wire_message.as_deref(),
        Some(
            "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0/type') of a field \
             in the new schema does not match with the old schema', additionalInfo:'reader type: \
             STRING not compatible with writer type: LONG'}"
        )
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "conformance data are files outside of the project"
)]
fn conformance_rows(name: &str) -> Vec<serde_json::Value> {
    let Ok(folder) = std::env::var("CONFORMANCE_DIR") else {
        println!("skipped: CONFORMANCE_DIR is not set, so {name} is not read");
        return Vec::new();
    };
    let text = std::fs::read_to_string(format!("{folder}/{name}")).expect("conformance data");
    let rows = text.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>()
        .expect("a JSON object a line")
}

fn text(row: &serde_json::Value, key: &str) -> String {
    match &row[key] {
        serde_json::Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

#[test]
fn the_resolution_rows_agree() {
    let mut differing = Vec::new();
    for row in conformance_rows("avro-resolution.jsonl") {
        let (writer, reader) = (text(&row, "writer"), text(&row, "reader"));
        let (old, new) = (parse_as("old", &writer), parse_as("new", &reader));
        let verdict = compare(&old, &new, &[Direction::Backward], &Options::default()).verdict();
        let expected = if row["expected"] == true {
            Verdict::Compatible
        } else {
            Verdict::Incompatible
        };
        if verdict != expected {
            println!(
                "{}: {verdict:?} (disputed: {})",
                row["name"], row["disputed"]
            );
            if row["disputed"].is_null() {
                differing.push(row["name"].clone());
            }
        }
    }
    assert_eq!(differing, Vec::<serde_json::Value>::new());
}

#[test]
fn the_rows_of_the_contract_agree() {
    let contract = Options {
        profile: Profile::Contract,
        policy: Policy::default(),
    };
    let mut differing = Vec::new();
    for row in conformance_rows("confluent-java-compat.jsonl") {
        if row["format"] != "AVRO" {
            continue;
        }
        let inputs = |key: &str| row[key].as_array().cloned().unwrap_or_default();
        let references = |key: &str| -> Vec<Reference> {
            inputs(key)
                .iter()
                .map(|reference| Reference {
                    name: text(reference, "name"),
                    source: Source::new("reference", text(reference, "schema")),
                })
                .collect()
        };
        let parse = |text: String, key: &str| {
            let mut input = SchemaInput::new(Format::Avro, Source::new("t", text));
            input.references = references(key);
            crate::Schema::parse(&input).expect("valid")
        };
        let new = parse(text(&row, "new"), "references_new");
        let (level, history, expected) = if row["level"].is_null() {
            let old = parse(text(&row, "old"), "references_old");
            (
                "BACKWARD".to_owned(),
                vec![old],
                &row["backward_compatible"],
            )
        } else {
            let history = inputs("history");
            let parsed = history.iter().map(|old| {
                let old = old.as_str().map_or_else(|| old.to_string(), str::to_owned);
                parse(old, "references_old")
            });
            (text(&row, "level"), parsed.collect(), &row["compatible"])
        };
        let history: Vec<&crate::Schema> = history.iter().collect();
        let level = level.parse().expect("a level");
        let report = crate::check(&new, &history, level, &contract);
        if (report.verdict() == Verdict::Compatible) != (*expected == true) {
            differing.push(format!("{}: {:?}", row["name"], report.verdict()));
        }
    }
    assert_eq!(differing, Vec::<String>::new());
}

//! Tests of the whole: pairs of schemas in, findings out. The rules' own tests stand with them and
//! use [`check`].

mod aliases;
mod conformance;
mod contract;
mod cover;
mod fingerprints;
mod fixtures;
mod hints;
mod history;
mod limits;
mod mistakes;
mod parse;
mod property;
mod references;
mod silent;
mod stored;
mod tags;
mod texts;

use crate::model::{Comparison, Direction, Finding};
use crate::{Format, Options, Profile, Reference, SchemaInput, Source};

use super::{Memory, Schema, rules};

pub(super) const BOTH: [Direction; 2] = [Direction::Forward, Direction::Backward];

/// A text with references, in their order.
pub(super) fn input_with(file: &str, text: &str, references: &[(&str, &str)]) -> SchemaInput {
    let mut input = SchemaInput::new(Format::Avro, Source::new(file, text));
    let references = references.iter().map(|(name, text)| Reference {
        name: (*name).to_owned(),
        source: Source::new(*name, *text),
    });
    input.references.extend(references);
    input
}

#[track_caller]
pub(super) fn parse_as(file: &str, text: &str) -> Schema {
    let input = SchemaInput::new(Format::Avro, Source::new(file, text));
    match Schema::parse(&input) {
        Ok(schema) => schema,
        Err(problems) => panic!("{text} is not valid: {problems:?}"),
    }
}

pub(super) fn compare(
    old: &Schema,
    new: &Schema,
    directions: &[Direction],
    options: &Options,
) -> Comparison {
    super::compare(old, new, directions, options, Some(&mut Memory::default()))
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
        ..Options::default()
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
    // Only who loses a default is warned, not who gets one.
    let mirrored = |finding: &&Finding| finding.rule != &rules::default_removed::RULE;
    let turned_round = findings(new, old);
    let back = turned_round.findings.iter().filter(mirrored);
    let forth = comparison.findings.iter().filter(mirrored);
    let mut forth: Vec<String> = forth.map(direction_of).collect();
    let mut back: Vec<String> = back.map(turned).collect();
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
        comparison.wire_messages().last().copied(),
        Some(
            "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0/type') of a field \
             in the new schema does not match with the old schema', additionalInfo:'reader type: \
             STRING not compatible with writer type: LONG'}"
        )
    );
}

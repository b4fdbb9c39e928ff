//! What the tests of the rules share.

use super::diff::Scope;
use super::rules::Context;
use super::tests::reflected;
use super::{Schema, findings_of};
use crate::model::{Direction, Finding, Source};
use crate::{Format, SchemaInput};

/// A proto3 file with these declarations.
pub(crate) fn proto(body: &str) -> String {
    format!("syntax = \"proto3\"; package p; {body}")
}

/// A proto3 file with one message.
pub(crate) fn message(body: &str) -> String {
    proto(&format!("message M {{ {body} }}"))
}

/// A proto2 file with one message.
pub(crate) fn message2(body: &str) -> String {
    format!("syntax = \"proto2\"; package p; message M {{ {body} }}")
}

/// Reads a schema that is valid.
#[track_caller]
pub(crate) fn schema(text: &str) -> Schema {
    let input = SchemaInput::new(Format::Protobuf, Source::new("t.proto", text));
    Schema::parse(&input).expect("is valid")
}

/// What all rules say. What they show is read by another library.
#[track_caller]
pub(crate) fn findings(old: &str, new: &str) -> Vec<Finding> {
    let (old_schema, new_schema) = (schema(old), schema(new));
    let cx = Context {
        old: old_schema.side(),
        new: new_schema.side(),
        scope: Scope::Registry,
    };
    let found = findings_of(&cx);
    for finding in &found {
        reflected::confirm(old, new, finding);
    }
    found
}

/// Asserts what one rule says, as `direction path` in the order of the walk, and that it is silent
/// where nothing changed.
#[track_caller]
pub(crate) fn only(rule: &str, old: &str, new: &str, expected: &[&str]) {
    for text in [old, new] {
        let found: Vec<String> = findings(text, text).iter().map(line).collect();
        assert_eq!(found, [""; 0], "nothing changed");
    }
    let found = findings(old, new);
    let found = found.iter().filter(|finding| finding.rule.id == rule);
    assert_eq!(found.map(line).collect::<Vec<_>>(), expected);
}

fn line(finding: &Finding) -> String {
    let direction = match finding.direction {
        Direction::Backward => "backward",
        Direction::Forward => "forward",
    };
    format!("{direction} {}", finding.path)
}

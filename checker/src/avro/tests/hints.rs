//! Hints: the edits that they offer are carried out, and the finding is gone.

use crate::model::{Direction, Edit};

use super::{findings, parse_as};

/// Carries out the edits of the only finding of a direction and expects it to be gone.
#[track_caller]
fn mends(old: &str, new: &str, direction: Direction) {
    let comparison = findings(old, new);
    let mut errors = comparison
        .findings
        .iter()
        .filter(|f| f.direction == direction);
    let finding = errors.next().expect("a finding");
    let hint = finding.hint.as_ref().expect("a hint");
    let [edit] = &*hint.edits else {
        panic!("one edit is expected: {hint:?}");
    };
    let mended = apply(new, edit);
    parse_as("mended", &mended);
    let left = findings(old, &mended);
    let same = left
        .findings
        .iter()
        .find(|other| other.direction == direction && other.rule == finding.rule);
    assert_eq!(same.map(|finding| &finding.message), None, "{mended}");
}

fn apply(text: &str, edit: &Edit) -> String {
    let at = |line: u32, column: u32| {
        let before: usize = text
            .split_inclusive('\n')
            .take(line as usize - 1)
            .map(str::len)
            .sum();
        before + column as usize - 1
    };
    let start = at(edit.span.line, edit.span.column);
    let end = at(edit.span.end_line, edit.span.end_column);
    format!("{}{}{}", &text[..start], edit.replacement, &text[end..])
}

fn record(fields: &str) -> String {
    format!("{{\"type\": \"record\", \"name\": \"R\", \"fields\": [\n{fields}]}}")
}

#[test]
fn a_default_for_every_kind_of_type() {
    for ty in [
        r#""int""#,
        r#""string""#,
        r#""double""#,
        r#"["null", "int"]"#,
        r#"{"type": "array", "items": "int"}"#,
        r#"{"type": "map", "values": "int"}"#,
        r#"{"type": "enum", "name": "E", "symbols": ["A"]}"#,
        r#"{"type": "record", "name": "S", "fields": []}"#,
    ] {
        let new = record(&format!(r#"{{"name": "a", "type": {ty}}}"#));
        mends(&record(""), &new, Direction::Backward);
    }
}

#[test]
fn a_type_is_put_back() {
    let field = |ty: &str| record(&format!(r#"{{"name": "a", "type": {ty}}}"#));
    mends(
        &field("\"long\""),
        &field("\"string\""),
        Direction::Backward,
    );
    mends(&field("\"long\""), &field("\"string\""), Direction::Forward);
    mends(
        &field(r#"["null", "int"]"#),
        &field("\"int\""),
        Direction::Backward,
    );
    mends(
        &field(r#"["null", "int"]"#),
        &field(r#"["null"]"#),
        Direction::Backward,
    );
    let long = |logical: &str| {
        field(&format!(
            r#"{{"type": "long", "logicalType": "{logical}"}}"#
        ))
    };
    mends(
        &long("timestamp-millis"),
        &long("timestamp-micros"),
        Direction::Backward,
    );
}

#[test]
fn symbols_sizes_and_names_are_put_back() {
    let symbols = |list: &str| format!(r#"{{"type": "enum", "name": "E", "symbols": [{list}]}}"#);
    mends(
        &symbols(r#""A", "B", "C""#),
        &symbols(r#""A""#),
        Direction::Backward,
    );
    let fixed =
        |name: &str, size: u8| format!(r#"{{"type": "fixed", "name": "{name}", "size": {size}}}"#);
    mends(&fixed("F", 1), &fixed("F", 2), Direction::Backward);
    mends(&fixed("a.F", 1), &fixed("b.G", 1), Direction::Backward);
    mends(&fixed("F", 1), &fixed("G", 1), Direction::Backward);
}

//! Hints: the edits that they offer are carried out, and the finding is gone.

use std::collections::BTreeMap;

use crate::model::{Comparison, Direction, Edit, Severity};

use super::property::{parsed, related};
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

#[test]
fn a_renamed_field_gets_an_alias_and_a_removed_one_is_put_back() {
    let field = |name: &str| record(&format!(r#"{{"name": "{name}", "type": "long"}}"#));
    mends(&field("a"), &field("b"), Direction::Backward);
    mends(&field("a"), &field("b"), Direction::Forward);
    let with_default = record(r#"{"name": "b", "type": "long", "default": 0}"#);
    mends(
        &record(r#"{"name": "a", "type": "long", "default": 0}"#),
        &with_default,
        Direction::Backward,
    );
    let symbols = |list: &str| {
        format!(r#"{{"type": "enum", "name": "E", "symbols": [{list}], "default": "A"}}"#)
    };
    mends(
        &symbols(r#""A", "B""#),
        &symbols(r#""A""#),
        Direction::Backward,
    );
}

#[test]
fn what_old_readers_do_not_know_is_left_out() {
    let symbols = |list: &str| format!(r#"{{"type": "enum", "name": "E", "symbols": [{list}]}}"#);
    let old = symbols(r#""A", "D""#);
    for list in [
        r#""A", "D", "B", "C""#,
        r#""A", "B", "C", "D""#,
        r#""B", "A", "D""#,
    ] {
        mends(&old, &symbols(list), Direction::Forward);
        let old = old.replace("]}", r#"], "default": "A"}"#);
        mends(&old, &symbols(list), Direction::Forward);
    }
    mends(
        r#"["null", "int"]"#,
        r#"["null", "int", "string"]"#,
        Direction::Forward,
    );
    mends(
        r#"["null", "int"]"#,
        r#"["string", "null", "int"]"#,
        Direction::Forward,
    );
    mends(r#""int""#, r#"["null", "int"]"#, Direction::Forward);
    let fixed = |name: &str| format!(r#"{{"type": "fixed", "name": "{name}", "size": 1}}"#);
    mends(&fixed("F"), &fixed("G"), Direction::Forward);
    mends(&fixed("a.F"), &fixed("b.G"), Direction::Forward);
}

#[test]
fn what_a_default_or_a_reference_needs_is_not_left_out() {
    let unedited = |old: &str, new: &str| {
        let comparison = findings(old, new);
        let mut forward = comparison
            .findings
            .iter()
            .filter(|f| f.direction == Direction::Forward);
        let hint = forward.next().and_then(|finding| finding.hint.as_ref());
        assert_eq!(hint.expect("a hint").edits, [], "{new}");
    };
    let field = |ty: &str, rest: &str| record(&format!(r#"{{"name": "a", "type": {ty}{rest}}}"#));
    let symbols = |list: &str| format!(r#"{{"type": "enum", "name": "E", "symbols": [{list}]}}"#);
    let (old, new) = (symbols(r#""A""#), symbols(r#""A", "B""#));
    unedited(&field(&old, ""), &field(&new, r#", "default": "B""#));
    unedited(&old, &new.replace("]}", r#"], "default": "B"}"#));
    unedited(&old, &symbols(r#""B""#));
    unedited(&symbols(r#""A", "D""#), &symbols(r#""B", "A", "C""#));
    unedited(
        &field("\"int\"", ""),
        &field(r#"["null", "int"]"#, r#", "default": null"#),
    );
    unedited(
        &field("\"int\"", ""),
        &field(&format!("[\"int\", {old}]"), ""),
    );
    let twice = |name: &str| {
        let fixed = format!(r#"{{"type": "fixed", "name": "{name}", "size": 1}}"#);
        record(&format!(
            r#"{{"name": "a", "type": {fixed}}}, {{"name": "b", "type": "{name}"}}"#
        ))
    };
    unedited(&twice("F"), &twice("G"));
}

/// How many errors each rule has in a direction.
fn errors(comparison: &Comparison, direction: Direction) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    let errors = comparison
        .findings
        .iter()
        .filter(|finding| finding.direction == direction && finding.severity == Severity::Error);
    for finding in errors {
        *counts.entry(finding.rule.id).or_default() += 1;
    }
    counts
}

#[test]
fn the_edits_of_grown_pairs_mend_and_break_nothing() {
    let mut applied: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..3_000 {
        let (old, new) = related(seed);
        if parsed(&old).is_none() || parsed(&new).is_none() {
            continue;
        }
        let comparison = findings(&old, &new);
        for finding in &comparison.findings {
            let edits = finding.hint.as_ref().map(|hint| &*hint.edits);
            let Some([edit]) = edits else {
                continue;
            };
            let mended = apply(&new, edit);
            let rule = finding.rule.id;
            assert!(parsed(&mended).is_some(), "{rule}\n{old}\n{new}\n{mended}");
            let left = findings(&old, &mended);
            let same = left.findings.iter().any(|other| {
                (other.rule, other.direction, &other.path, &other.message)
                    == (
                        finding.rule,
                        finding.direction,
                        &finding.path,
                        &finding.message,
                    )
            });
            assert!(!same, "{rule}\n{old}\n{new}\n{mended}");
            let before = errors(&comparison, finding.direction);
            for (rule, count) in errors(&left, finding.direction) {
                let allowed = before.get(rule).copied().unwrap_or_default();
                assert!(count <= allowed, "{rule} is new\n{old}\n{new}\n{mended}");
            }
            *applied.entry(rule).or_default() += 1;
        }
    }
    assert!(applied.len() >= 9, "{applied:?}");
    assert!(applied.values().sum::<usize>() > 300, "{applied:?}");
}

/// Expects the only finding of a direction to give advice alone.
#[track_caller]
fn has_no_edit(old: &str, new: &str, direction: Direction) {
    let comparison = findings(old, new);
    let mut all = comparison.findings.iter();
    let finding = all.find(|f| f.direction == direction).expect("a finding");
    let hint = finding.hint.as_ref().expect("a hint");
    assert_eq!(hint.edits, [], "{}", hint.text);
}

#[test]
fn no_type_is_restored_that_a_default_would_not_fit() {
    let field = |ty: &str, default: &str| {
        record(&format!(
            r#"{{"name": "a", "type": {ty}, "default": {default}}}"#
        ))
    };
    let (null_string, floats) = (
        r#"["null", "string"]"#,
        r#"{"type": "array", "items": "float"}"#,
    );
    let old = field(null_string, "null");
    has_no_edit(&old, &field(floats, "[]"), Direction::Backward);
    let map = r#"{"type": "map", "values": "int"}"#;
    has_no_edit(
        &field(&map.replace("int", "string"), "{}"),
        &field(map, r#"{"k": 1}"#),
        Direction::Backward,
    );
    let decimal = |default: &str, scale| {
        let decimal = format!(
            r#"{{"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": {scale}}}"#
        );
        field(&format!(r#"["null", {decimal}]"#), default)
    };
    mends(
        &decimal("null", 2),
        &decimal("null", 1),
        Direction::Backward,
    );
}

#[test]
fn no_size_is_restored_that_a_default_does_not_have() {
    let fixed = |size, default: &str| {
        let ty = format!(r#"{{"type": "fixed", "name": "F", "size": {size}}}"#);
        record(&format!(r#"{{"name": "a", "type": {ty}{default}}}"#))
    };
    let [one, two] = [r#", "default": "x""#, r#", "default": "xy""#];
    has_no_edit(&fixed(1, one), &fixed(2, two), Direction::Backward);
    mends(&fixed(1, ""), &fixed(2, ""), Direction::Backward);
}

#[test]
fn no_default_is_restored_that_the_new_type_does_not_take() {
    let old = record(r#"{"name": "a", "type": "int", "default": 1}"#);
    let new = record(r#"{"name": "a", "type": "string", "default": "x"}"#);
    let comparison = findings(&old, &new);
    let mut all = comparison.findings.iter();
    let finding = all.find(|f| f.rule.id == "avro/default-changed");
    let hint = finding.and_then(|f| f.hint.as_ref()).expect("a hint");
    assert_eq!(hint.edits, []);
}

#[test]
fn no_alias_is_added_that_another_type_has() {
    let fixed = |name: &str, aliases: &str| {
        format!(r#"{{"type": "fixed", "name": "{name}", "size": 1{aliases}}}"#)
    };
    let pair = |one: &str, two: &str| {
        record(&format!(
            r#"{{"name": "a", "type": {one}}}, {{"name": "b", "type": {two}}}"#
        ))
    };
    let old = pair(&fixed("A", ""), &fixed("B", ""));
    let taken = fixed("B", r#", "aliases": ["A"]"#);
    has_no_edit(&old, &pair(&fixed("C", ""), &taken), Direction::Backward);
}

#[test]
fn an_alias_goes_into_the_list_that_is_there() {
    let field =
        |name: &str, rest: &str| record(&format!(r#"{{"name": "{name}"{rest}, "type": "long"}}"#));
    for list in ["[]", r#"["x"]"#, "[\"x\"\n ]"] {
        let new = field("b", &format!(r#", "aliases": {list}"#));
        mends(&field("a", ""), &new, Direction::Backward);
    }
    let fixed = |name: &str, rest: &str| {
        format!(r#"{{"type": "fixed", "name": "{name}", "size": 1{rest}}}"#)
    };
    for list in ["[]", r#"["x", "y"]"#] {
        let new = fixed("n.G", &format!(r#", "aliases": {list}"#));
        mends(&fixed("F", ""), &new, Direction::Backward);
        mends(&fixed("m.F", ""), &new, Direction::Backward);
    }
}

#[test]
fn no_default_is_proposed_that_might_lead_back_to_its_field() {
    // The default of `b` fits `A` as soon as `d` has a default, which makes a `D` with a `b` again.
    let text = |added: &str| {
        format!(
            r#"{{"type": "record", "name": "D", "fields": [{{"name": "b", "type": [
                {{"type": "record", "name": "A", "fields": [{{"name": "a", "type": "int"}}{added}]}},
                {{"type": "record", "name": "B", "fields": [{{"name": "a", "type": "int"}}]}}],
                "default": {{"a": 2}}}}]}}"#
        )
    };
    let (old, new) = (text(""), text(r#", {"name": "d", "type": "D"}"#));
    let comparison = findings(&old, &new);
    let missing = comparison
        .findings
        .iter()
        .find(|finding| finding.rule.id == "avro/field-added-without-default");
    let hint = missing.and_then(|finding| finding.hint.as_ref());
    assert_eq!(hint.map(|hint| hint.edits.len()), Some(0));
    let edited = new.replace(r#""type": "D"}"#, r#""type": "D", "default": {}}"#);
    assert!(parsed(&edited).is_none());
}

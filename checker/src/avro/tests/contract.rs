//! The lines of the wire contract, to the letter.

use crate::model::Direction;
use crate::{Options, Profile};

use super::super::compare;
use super::{BOTH, compared, parse_as};

/// The lines of one direction, in the contract's profile.
fn messages(old: &str, new: &str, direction: Direction) -> Vec<String> {
    let (old, new) = (parse_as("old", old), parse_as("new", new));
    let options = Options {
        profile: Profile::Contract,
        ..Options::default()
    };
    let comparison = compare(&old, &new, &[direction], &options);
    let findings = comparison.findings.into_iter();
    findings
        .filter_map(|finding| finding.wire_message)
        .collect()
}

fn record(fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "ns.R", "fields": [{fields}]}}"#)
}

#[test]
fn a_field_without_default() {
    let (old, new) = (
        record(r#"{"name": "f1", "type": "string"}"#),
        record(r#"{"name": "f1", "type": "string"}, {"name": "f2", "type": "string"}"#),
    );
    assert_eq!(
        messages(&old, &new, Direction::Backward),
        [
            "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'f2' at path \
          '/fields/1' in the new schema has no default value and is missing in the old schema', \
          additionalInfo:'f2'}"
        ]
    );
    assert_eq!(
        messages(&new, &old, Direction::Forward),
        [
            "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'f2' at path \
          '/fields/1' in the old schema has no default value and is missing in the new schema', \
          additionalInfo:'f2'}"
        ]
    );
}

#[test]
fn types_names_sizes_and_symbols() {
    assert_eq!(
        messages("\"string\"", "\"int\"", Direction::Backward),
        [
            "{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the new \
          schema does not match with the old schema', additionalInfo:'reader type: INT not \
          compatible with writer type: STRING'}"
        ]
    );
    assert_eq!(
        messages(
            r#"{"type": "fixed", "name": "ns.Name", "size": 8}"#,
            r#"{"type": "fixed", "name": "Other", "size": 4}"#,
            Direction::Backward
        ),
        [
            "{errorType:'NAME_MISMATCH', description:'The name of the schema has changed (path \
             '/name')', additionalInfo:'expected: ns.Name'}",
            "{errorType:'FIXED_SIZE_MISMATCH', description:'The size of FIXED type field at path \
             '/size' in the new schema does not match with the old schema', \
             additionalInfo:'expected: 8, found: 4'}",
        ]
    );
    let field = |symbols: &str| {
        record(&format!(
            r#"{{"name": "e", "type": {{"type": "enum", "name": "E", "symbols": [{symbols}]}}}}"#
        ))
    };
    assert_eq!(
        messages(
            &field(r#""C", "B", "A""#),
            &field(r#""B""#),
            Direction::Backward
        ),
        [
            "{errorType:'MISSING_ENUM_SYMBOLS', description:'The new schema is missing enum symbols \
          '[A, C]' at path '/fields/0/type/symbols' in the old schema', additionalInfo:'[A, C]'}"
        ]
    );
}

#[test]
fn a_branch_is_missing_whatever_is_wrong_inside_of_it() {
    assert_eq!(
        messages(
            r#"["null", "string", "int"]"#,
            r#"["null", "string"]"#,
            Direction::Backward
        ),
        [
            "{errorType:'MISSING_UNION_BRANCH', description:'The new schema is missing a type inside \
          a union field at path '/2' in the old schema', additionalInfo:'reader union lacking \
          writer type: INT'}"
        ]
    );
    let inside = |types: [&str; 2]| {
        let [x, y] = types;
        record(&format!(
            r#"{{"name": "u", "type": ["null", {{"type": "record", "name": "N", "fields": [
                {{"name": "x", "type": "{x}"}}, {{"name": "y", "type": "{y}"}}]}}]}}"#
        ))
    };
    assert_eq!(
        messages(
            &inside(["int", "int"]),
            &inside(["string", "string"]),
            Direction::Backward
        ),
        [
            "{errorType:'MISSING_UNION_BRANCH', description:'The new schema is missing a type inside \
          a union field at path '/fields/0/type/1' in the old schema', additionalInfo:'reader \
          union lacking writer type: RECORD'}"
        ],
        "said once for two changes within the branch"
    );
    assert_eq!(
        messages("\"string\"", r#"["null", "long"]"#, Direction::Backward),
        [
            "{errorType:'MISSING_UNION_BRANCH', description:'The new schema is missing a type inside \
          a union field at path '/' in the old schema', additionalInfo:'reader union lacking \
          writer type: STRING'}"
        ]
    );
    assert_eq!(
        messages(r#"["null", "int"]"#, "\"int\"", Direction::Backward),
        [
            "{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the new \
          schema does not match with the old schema', additionalInfo:'reader type: INT not \
          compatible with writer type: UNION'}"
        ]
    );
}

#[test]
fn the_contract_takes_any_branch_that_reads() {
    let (old, new) = (
        r#"{"type": "record", "name": "p.A", "fields": [{"name": "x", "type": "int"}]}"#,
        r#"[{"type": "record", "name": "q.A", "fields": [{"name": "x", "type": "string"}]},
            {"type": "record", "name": "r.A", "fields": [{"name": "x", "type": "int"}]}]"#,
    );
    assert_eq!(
        messages(old, new, Direction::Backward),
        Vec::<String>::new()
    );
    let proven = compared(old, new, Profile::Proven);
    assert!(
        proven
            .errors()
            .any(|finding| finding.direction == Direction::Backward)
    );
}

#[test]
fn the_contract_does_not_look_at_logical_types() {
    let decimal = |scale: u8| {
        format!(
            r#"{{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": {scale}}}"#
        )
    };
    let comparison = compared(&decimal(2), &decimal(3), Profile::Contract);
    assert_eq!(comparison.findings.len(), 0);
    for direction in BOTH {
        assert_eq!(
            messages(&decimal(2), "\"bytes\"", direction),
            Vec::<String>::new()
        );
    }
}

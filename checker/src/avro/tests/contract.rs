//! The lines of the wire contract, to the letter.

use crate::model::{Comparison, Direction, Finding, Verdict};
use crate::{Options, Profile};

use super::super::MAX_LINES;
use super::super::contract::Answer;
use super::compare;
use super::{BOTH, compared, parse_as};

/// The lines of one direction, in the contract's profile.
fn messages(old: &str, new: &str, direction: Direction) -> Vec<String> {
    let (old, new) = (parse_as("old", old), parse_as("new", new));
    let options = Options {
        profile: Profile::Contract,
        ..Options::default()
    };
    let comparison = compare(&old, &new, &[direction], &options);
    let messages = comparison.wire_messages().into_iter();
    messages.map(str::to_owned).collect()
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
            "{errorType:'TYPE_MISMATCH', description:'The type (path '/0') of a field in the \
          new schema does not match with the old schema', additionalInfo:'reader type: INT not \
          compatible with writer type: NULL'}"
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

/// Type, path and information of each line.
#[track_caller]
fn told(old: &str, new: &str, expected: &[&str]) {
    let lines = messages(old, new, Direction::Backward);
    let told: Vec<String> = lines.iter().map(|line| brief(line)).collect();
    assert_eq!(told, expected);
}

/// `{errorType:'T', description:'… path 'P' …', additionalInfo:'I'}` as `T P I`.
fn brief(line: &str) -> String {
    let between = |start: &str, end: &str| {
        let rest = line.split_once(start).map_or("", |(_, rest)| rest);
        rest.split_once(end).map_or("", |(inner, _)| inner)
    };
    let parts = [
        between("errorType:'", "'"),
        between("path '", "'"),
        between("additionalInfo:'", "'}"),
    ];
    parts.join(" ")
}

#[test]
fn types_that_are_met_again_repeat_their_lines_with_the_first_path() {
    let used_twice = |ty: &str| {
        record(&format!(
            r#"{{"name": "a", "type": {{"type": "record", "name": "N", "fields": [
                {{"name": "x", "type": "{ty}"}}]}}}}, {{"name": "b", "type": "N"}}"#
        ))
    };
    let line = "TYPE_MISMATCH /fields/0/type/fields/0/type reader type: STRING not compatible with \
                writer type: INT";
    told(&used_twice("int"), &used_twice("string"), &[line, line]);
}

#[test]
fn what_was_first_met_within_a_union_keeps_the_path_from_there() {
    let first_within = |ty: &str| {
        record(&format!(
            r#"{{"name": "a", "type": ["null", {{"type": "record", "name": "N", "fields": [
                {{"name": "x", "type": "{ty}"}}]}}]}}, {{"name": "b", "type": "N"}}"#
        ))
    };
    told(
        &first_within("int"),
        &first_within("string"),
        &[
            "MISSING_UNION_BRANCH /fields/0/type/1 reader union lacking writer type: RECORD",
            "TYPE_MISMATCH /fields/0/type reader type: STRING not compatible with writer type: INT",
        ],
    );
}

#[test]
fn every_branch_of_a_union_before_a_type_that_is_none_has_a_line() {
    told(
        r#"["int", "string", "null"]"#,
        "\"long\"",
        &[
            "TYPE_MISMATCH /1 reader type: LONG not compatible with writer type: STRING",
            "TYPE_MISMATCH /2 reader type: LONG not compatible with writer type: NULL",
        ],
    );
    told(r#"["int", "long"]"#, "\"double\"", &[]);
    told("[]", "\"int\"", &[]);
    told(
        "\"int\"",
        "[]",
        &["MISSING_UNION_BRANCH / reader union lacking writer type: INT"],
    );
}

#[test]
fn a_missing_field_with_an_enum_default_is_compared_with_the_record() {
    told(
        &record(""),
        &record(
            r#"{"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A"], "default": "A"}}"#,
        ),
        &["TYPE_MISMATCH /fields/0/type reader type: ENUM not compatible with writer type: RECORD"],
    );
}

#[test]
fn a_field_that_matches_two_ends_the_check() {
    let (old, new) = (
        record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#),
        record(r#"{"name": "b", "type": "int", "aliases": ["a"]}"#),
    );
    assert_eq!(
        messages(&old, &new, Direction::Backward),
        [
            "Unexpected exception during compatibility check: Reader record field b type:INT pos:0 \
             matches multiple fields in writer record schema {\"type\":\"record\",\"name\":\"R\",\
             \"namespace\":\"ns\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\
             \"type\":\"int\"}]}"
        ]
    );
    let comparison = compared(&old, &new, Profile::Contract);
    let backward = |finding: &&Finding| finding.direction == Direction::Backward;
    let errors = comparison.errors().filter(backward);
    let errors: Vec<&str> = errors.map(|finding| finding.rule.id).collect();
    assert_eq!(errors, ["avro/field-alias-unclear"]);
}

#[test]
fn lines_are_bounded_though_they_double_with_each_type() {
    let levels = |ty: &str| {
        let level = |inner: String, at: usize| {
            format!(
                r#"{{"type": "record", "name": "R{at}", "fields": [
                    {{"name": "a", "type": {inner}}}, {{"name": "b", "type": "R{}"}}]}}"#,
                at - 1
            )
        };
        let first = format!(
            r#"{{"type": "record", "name": "R0", "fields": [{{"name": "x", "type": "{ty}"}}]}}"#
        );
        (1..=40).fold(first, level)
    };
    let lines = messages(&levels("int"), &levels("string"), Direction::Backward);
    assert_eq!(lines.len(), MAX_LINES);
}

#[test]
fn the_profile_proven_has_the_contract_s_lines_for_the_direction_that_it_refuses() {
    let (old, new) = (r#"["int", "string"]"#, "\"int\"");
    let comparison = compared(old, new, Profile::Proven);
    let lines: Vec<String> = comparison.wire_messages().into_iter().map(brief).collect();
    assert_eq!(
        lines,
        ["TYPE_MISMATCH /1 reader type: INT not compatible with writer type: STRING"]
    );
}

#[test]
fn what_the_contract_refuses_is_never_compatible() {
    let int = parse_as("t", "\"int\"");
    let answer = |incompatible| Answer {
        incompatible,
        lines: vec!["refused".to_owned()],
        ambiguous: None,
    };
    let options = Options {
        profile: Profile::Contract,
        ..Options::default()
    };
    let verdict = |incompatible| {
        let mut comparison = Comparison::default();
        let answer = answer(incompatible);
        super::super::settle(
            answer,
            [&int, &int],
            Direction::Backward,
            &options,
            &mut comparison,
        );
        comparison.verdict()
    };
    assert_eq!(verdict(true), Verdict::Undecided);
    assert_eq!(verdict(false), Verdict::Compatible);
}

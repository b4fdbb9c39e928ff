//! Schemas that a registry holds already: what would be refused today is read, and a default that
//! stands for no value is none to whoever needs one.

use crate::model::{Direction, Finding, Verdict};
use crate::{Format, Options, Problem, Profile, Reference, SchemaInput, Source, Stored};

use super::super::Schema;
use super::super::fuzzing::compare_in_full;
use super::{BOTH, compare, line, parse_as};

fn input(text: &str, stored: Stored) -> SchemaInput {
    SchemaInput {
        stored,
        ..SchemaInput::new(Format::Avro, Source::new("t", text))
    }
}

#[track_caller]
fn stored(text: &str) -> Schema {
    Schema::parse(&input(text, Stored::Everything)).expect("readable once it is stored")
}

fn shown(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

/// A record `R` of a field `a` and what follows it.
fn record(fields: &str) -> String {
    format!(
        r#"{{"type": "record", "name": "R", "fields": [{{"name": "a", "type": "int"}}{fields}]}}"#
    )
}

const NULL_FOR_A_STRING: &str = r#", {"name": "b", "type": "string", "default": null}"#;

#[test]
fn what_is_an_error_in_a_new_text_is_a_warning_in_a_stored_one() {
    let texts = [
        record(NULL_FOR_A_STRING),
        record(r#", {"name": "b", "type": "R", "default": {"a": 1}}"#),
        r#"{"type": "fixed", "name": "F", "namespace": "foo-bar.x", "size": 1}"#.to_owned(),
        r#"{"type": "fixed", "name": "foo-bar.x.F", "size": 1}"#.to_owned(),
        r#"{"type": "fixed", "name": "F", "namespace": "shop.", "size": 1}"#.to_owned(),
    ];
    for text in texts {
        let errors = Schema::parse(&input(&text, Stored::Nothing)).expect_err("strict");
        let warnings = shown(stored(&text).warnings());
        assert_eq!(errors.len(), 1, "{text}");
        assert!(
            warnings.contains(&shown(&errors)[0]),
            "{text}: {warnings:?}"
        );
    }
}

#[test]
fn everything_else_is_as_strict() {
    let texts = [
        r#"{"type": "fixed", "name": "bad-fixed", "size": 1}"#,
        r#"{"type": "fixed", "name": "x.bad-fixed", "size": 1}"#,
        r#"{"type": "fixed", "name": ".int", "size": 1}"#,
        r#"{"type": "fixed", "name": "F", "namespace": ".x", "size": 1}"#,
        r#"{"type": "fixed", "name": "F", "namespace": 7, "size": 1}"#,
        r#"{"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}"#,
        r#"{"type": "record", "name": "R", "fields": [{"name": "a-b", "type": "int"}]}"#,
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "itn"}]}"#,
    ];
    for text in texts {
        let strict = Schema::parse(&input(text, Stored::Nothing)).expect_err("strict");
        let lax = Schema::parse(&input(text, Stored::Everything)).expect_err("strict");
        assert_eq!(shown(&lax), shown(&strict));
    }
}

#[test]
fn only_the_texts_that_are_stored_may_be_lax() {
    let lax = r#"{"type": "fixed", "name": "F", "namespace": "a-b", "size": 1}"#;
    let parse = |own: &str, stored| {
        let mut input = input(own, stored);
        input.references = vec![Reference {
            name: "a-b.F".to_owned(),
            source: Source::new("reference", lax),
        }];
        Schema::parse(&input).is_ok()
    };
    let own = r#"{"type": "array", "items": "a-b.F"}"#;
    let lax_own = r#"{"type": "fixed", "name": "G", "namespace": "a-b", "size": 1}"#;
    assert!(!parse(own, Stored::Nothing));
    assert!(parse(own, Stored::References));
    assert!(!parse(lax_own, Stored::References));
    assert!(parse(lax_own, Stored::Everything));
}

#[test]
fn its_text_forms_can_be_read_again() {
    let text = r#"{"type": "record", "name": "R", "namespace": "a \"b\".x", "fields": [
        {"name": "a", "type": ["null", {"type": "fixed", "name": "F", "size": 1}], "default": 7},
        {"name": "b", "type": {"type": "array", "items": "F"}, "default": [1, "b"]},
        {"name": "c", "type": "float", "default": "1"}]}"#;
    let schema = stored(text);
    let canonical = schema.canonical_text();
    assert_eq!(stored(canonical).canonical_text(), canonical);
    let normalized = schema.normalized_text();
    assert_eq!(stored(&normalized).normalized_text(), normalized);
    let form = schema.parsing_canonical_form().expect("not deep");
    assert_eq!(stored(&form).parsing_canonical_form(), Some(form));
}

fn lines(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(line).collect()
}

/// Compares in both directions, with the short cuts and without.
fn compared(old: &Schema, new: &Schema, profile: Profile) -> Vec<Finding> {
    let options = Options {
        profile,
        ..Options::default()
    };
    let mut comparison = compare(old, new, &BOTH, &options);
    let mut in_full = compare_in_full(old, new, &BOTH, &options);
    comparison.sort();
    in_full.sort();
    assert_eq!(lines(&comparison.findings), lines(&in_full.findings));
    comparison.findings
}

#[test]
fn old_readers_that_need_an_unfit_default_fail() {
    let old = stored(&record(NULL_FOR_A_STRING));
    let new = parse_as("new", &record(""));
    let found = compared(&old, &new, Profile::Proven);
    assert_eq!(
        lines(&found),
        [
            "forward avro/field-removed-without-default `/fields/1`: field `b` was removed, and the default that old readers have for it does not fit its type"
        ]
    );
    let witness = found[0].witness.as_ref().expect("a witness");
    assert_eq!(
        witness.outcome,
        "reading it with the old schema fails, field `b` is missing and its default does not fit its type"
    );
    let hint = found[0].hint.as_ref().expect("a hint");
    assert_eq!(hint.edits, [], "the old text must not be copied");
}

#[test]
fn new_readers_that_need_an_unfit_default_fail() {
    let (old, new) = (parse_as("old", &record("")), record(NULL_FOR_A_STRING));
    let found = compared(&old, &stored(&new), Profile::Proven);
    assert_eq!(
        lines(&found),
        [
            "backward avro/field-added-without-default `/fields/1`: field `b` was added with a default that does not fit its type"
        ]
    );
    assert!(found[0].witness.is_some());
}

#[test]
fn to_the_contract_any_default_is_one() {
    let (with, without) = (
        stored(&record(NULL_FOR_A_STRING)),
        parse_as("t", &record("")),
    );
    assert_eq!(
        lines(&compared(&with, &without, Profile::Contract)),
        [""; 0]
    );
    assert_eq!(
        lines(&compared(&without, &with, Profile::Contract)),
        [""; 0]
    );
}

#[test]
fn a_default_that_nobody_needs_harms_nobody() {
    let old = stored(&record(NULL_FOR_A_STRING));
    for new in [
        NULL_FOR_A_STRING.replace("\"b\"", "\"b\", \"doc\": \"text\""),
        NULL_FOR_A_STRING.replace("null", "\"\""),
    ] {
        let new = stored(&record(&new));
        assert_eq!(lines(&compared(&old, &new, Profile::Proven)), [""; 0]);
    }
}

#[test]
fn a_default_that_leads_to_an_unfit_one_is_unfit() {
    let inner = |default: &str| {
        format!(
            r#", {{"name": "b", "default": {{}}, "type": {{"type": "record", "name": "S", "fields": [
                {{"name": "x", "type": "int", "default": {default}}}]}}}},
                {{"name": "c", "type": ["S", "null"], "default": {{}}}}"#
        )
    };
    let verdict = |old: &Schema| {
        let options = Options::default();
        let new = parse_as("new", &record(""));
        compare(old, &new, &[Direction::Forward], &options).verdict()
    };
    assert_eq!(verdict(&stored(&record(&inner("1")))), Verdict::Compatible);
    let unfit = stored(&record(&inner("\"1\"")));
    assert_eq!(verdict(&unfit), Verdict::Incompatible);
    assert_eq!(
        shown(unfit.warnings())
            .iter()
            .filter(
                |warning| warning.ends_with("it leaves out a field whose own default does not fit")
            )
            .count(),
        2
    );
}

#[test]
fn a_new_text_may_not_rely_on_an_unfit_default_of_a_stored_one() {
    let own = r#"{"type": "record", "name": "T", "fields": [{"name": "s", "type": "R", "default": {"a": 1}}]}"#;
    let mut input = input(own, Stored::References);
    input.references = vec![Reference {
        name: "R".to_owned(),
        source: Source::new("reference", record(NULL_FOR_A_STRING)),
    }];
    assert_eq!(
        shown(&Schema::parse(&input).expect_err("of no use")),
        ["t:1:82: the default of field `s`: it leaves out a field whose own default does not fit"]
    );
}

#[test]
fn a_default_without_end_is_read_and_fails_where_it_is_needed() {
    let old = stored(&record(
        r#", {"name": "b", "type": "R", "default": {"a": 1}}"#,
    ));
    let new = parse_as("new", &record(""));
    let found = compared(&old, &new, Profile::Proven);
    assert_eq!(
        found.iter().map(|it| it.rule.id).collect::<Vec<_>>(),
        ["avro/field-removed-without-default"]
    );
}

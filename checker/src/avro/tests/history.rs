//! What was compared with one version changes no answer about another.

use crate::model::{Level, Verdict};
use crate::{Options, Profile, Schema};

use super::parse_as;

/// The fields are of two types that read each other, unlike the union's branches of equal names.
fn record(types: [&str; 2], rest: &str) -> Schema {
    let [first, second] = types;
    Schema::Avro(parse_as(
        "t.avsc",
        &format!(
            r#"{{"type": "record", "name": "R", "fields": [
                {{"name": "a", "type": {first}}}, {{"name": "b", "type": {second}}}{rest}]}}"#
        ),
    ))
}

#[test]
fn a_branch_that_another_place_reads_is_compared_although_those_in_its_place_are_silent() {
    let old = [
        r#"{"type": "record", "name": "p.A", "fields": [{"name": "x", "type": "int"}, {"name": "y", "type": "string"}]}"#,
        r#"{"type": "record", "name": "q.A", "fields": [{"name": "x", "type": "int"}]}"#,
    ];
    let new = [
        old[1],
        r#"{"type": "record", "name": "p.A", "fields": [{"name": "x", "type": "int"}, {"name": "y", "type": "int", "default": 0}]}"#,
    ];
    let first = record(old, r#", {"name": "u", "type": ["p.A", "q.A"]}"#);
    let second = record(old, "");
    let candidate = record(
        new,
        r#", {"name": "u", "type": ["q.A", "p.A"], "default": {"x": 1}}"#,
    );
    let verdict = |history: &[&Schema]| {
        let level = Level::BackwardTransitive;
        crate::check(&candidate, history, level, &Options::default()).verdict()
    };
    assert_eq!(verdict(&[&second]), Verdict::Compatible);
    assert_eq!(verdict(&[&first]), Verdict::Incompatible);
    assert_eq!(verdict(&[&first, &second]), Verdict::Incompatible);
}

#[test]
fn the_contract_refuses_unclear_aliases_even_of_the_same_schema() {
    let text = r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": "int"}, {"name": "b", "type": "int", "aliases": ["a"]}]}"#;
    let schema = Schema::Avro(parse_as("t.avsc", text));
    for (profile, expected) in [
        (Profile::Proven, Verdict::Compatible),
        (Profile::Contract, Verdict::Incompatible),
    ] {
        let options = Options {
            profile,
            ..Options::default()
        };
        let report = crate::check(&schema, &[&schema], Level::Full, &options);
        assert_eq!(report.verdict(), expected, "{profile:?}");
    }
}

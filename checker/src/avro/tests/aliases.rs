//! Field aliases: where libraries agree they are applied, where they differ nothing is decided.

use crate::Profile;
use crate::model::{Direction, Verdict};

use super::{check, compared, findings, witness};

fn record(fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#)
}

#[track_caller]
fn undecided(old: &str, new: &str, field: &str) {
    let comparison = findings(old, new);
    let open: Vec<_> = comparison
        .undecided
        .iter()
        .filter(|open| open.direction == Direction::Backward)
        .collect();
    assert!(!open.is_empty());
    assert!(
        open.iter().any(|open| open.reason.contains(field)),
        "{open:?}"
    );
    assert_eq!(
        comparison.errors().next().map(|finding| &finding.message),
        None
    );
    assert_eq!(comparison.verdict(), Verdict::Undecided);
    let contract = compared(old, new, Profile::Contract);
    assert_eq!(
        contract.undecided,
        [],
        "the contract takes the name first, then the alias"
    );
}

#[test]
fn a_renamed_field_is_read_under_its_alias_with_its_type() {
    check(
        &record(r#"{"name": "a", "type": "string"}"#),
        &record(r#"{"name": "b", "aliases": ["x", "a"], "type": "int", "default": 0}"#),
        &[
            "forward avro/field-removed-without-default `/fields/0`: field `a` was removed, and old readers have no default for it",
            "backward avro/field-type-changed `/fields/0/type`: field `b` was string and is now int",
        ],
    );
}

#[test]
fn exchanged_aliases_of_other_types_are_undecided() {
    let old = record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "string"}"#);
    let new = record(
        r#"{"name": "a", "aliases": ["b"], "type": "int"}, {"name": "b", "aliases": ["a"], "type": "string"}"#,
    );
    undecided(&old, &new, "field `a`");
}

#[test]
fn an_alias_of_a_field_that_another_one_reads_is_undecided() {
    let old = record(r#"{"name": "a", "type": "int"}"#);
    let new = record(
        r#"{"name": "a", "type": "int"}, {"name": "b", "aliases": ["a"], "type": "int", "default": 0}"#,
    );
    undecided(&old, &new, "field `b`");
}

#[test]
fn an_alias_that_leaves_another_field_its_default_is_a_warning() {
    let old = record(r#"{"name": "a", "type": "int"}"#);
    let new = record(
        r#"{"name": "a", "type": "int", "default": 7}, {"name": "b", "aliases": ["a"], "type": "int", "default": 8}"#,
    );
    assert_eq!(
        witness(&old, &new, Direction::Backward),
        r#"{"a": 1} = 02: reading it with the new schema gives {"a": 7, "b": 1} if aliases rewrite the data"#
    );
}

#[test]
fn two_aliases_of_one_field_that_both_find_a_value_are_undecided() {
    let old = record(r#"{"name": "x", "type": "int"}, {"name": "y", "type": "int"}"#);
    let new = record(r#"{"name": "b", "aliases": ["x", "y"], "type": "int"}"#);
    let comparison = findings(&old, &new);
    let open = comparison.undecided.iter().map(|open| open.direction);
    assert_eq!(open.collect::<Vec<_>>(), [Direction::Backward]);
}

#[test]
fn aliases_of_fields_that_are_not_in_the_data_do_nothing() {
    let old = record(r#"{"name": "a", "type": "int"}"#);
    let new = record(r#"{"name": "a", "aliases": ["a", "z"], "type": "int"}"#);
    check(&old, &new, &[]);
}

#[test]
fn an_alias_with_a_dot_in_front_reads_a_type_of_the_null_namespace() {
    let old = r#"{"type": "record", "name": "S", "fields": []}"#;
    let new = |alias: &str| {
        format!(r#"{{"type": "record", "name": "n.R", "aliases": ["{alias}"], "fields": []}}"#)
    };
    let errors = |alias: &str| {
        let comparison = findings(old, &new(alias));
        let errors = comparison.errors();
        errors
            .filter(|it| it.direction == Direction::Backward)
            .count()
    };
    assert_eq!([errors(".S"), errors("S")], [0, 1]);
}

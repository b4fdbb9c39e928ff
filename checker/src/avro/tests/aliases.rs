//! Field aliases: where libraries agree they are applied, where they differ nothing is decided.

use crate::Profile;
use crate::model::{Direction, Verdict};

use super::{check, compared, findings};

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
fn exchanged_aliases_are_undecided() {
    let old = record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#);
    let new = record(
        r#"{"name": "a", "aliases": ["b"], "type": "int"}, {"name": "b", "aliases": ["a"], "type": "int"}"#,
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
fn two_claims_on_one_field_are_undecided() {
    let old = record(r#"{"name": "a", "type": "int", "default": 0}"#);
    let new = record(
        r#"{"name": "b", "aliases": ["a"], "type": "int", "default": 0}, {"name": "c", "aliases": ["a"], "type": "int", "default": 0}"#,
    );
    undecided(&old, &new, "field `c`");
}

#[test]
fn aliases_of_fields_that_are_not_in_the_data_do_nothing() {
    let old = record(r#"{"name": "a", "type": "int"}"#);
    let new = record(r#"{"name": "a", "aliases": ["a", "z"], "type": "int"}"#);
    check(&old, &new, &[]);
}

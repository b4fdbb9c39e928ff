//! A type that does not match, within a field.
//!
//! Not for the schema as a whole ([`super::type_changed`]), nor for single branches of a writer's
//! union ([`super::union_branch_removed`]).

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{quoted, restore, with_edit};
use super::super::model::Slot;
use super::super::words::{a_kind, describe, subject};
use super::in_field;

/// `avro/field-type-changed`
pub static RULE: Rule = Rule {
    id: "avro/field-type-changed",
    format: Some(Format::Avro),
    summary: "The type of a field, or of what it contains, is one that the reader cannot make of what was written.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution",
    docs: include_str!("field_type_changed.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    if change.kind != ChangeKind::Type || !in_field(&change.new_side()) {
        return None;
    }
    Some(mismatch(change, &RULE))
}

/// The finding for types that do not match, wherever they stand.
pub(super) fn mismatch(change: &Change<'_>, rule: &'static Rule) -> Finding {
    let (old, new) = (change.old_side(), change.new_side());
    let subject = subject(new.schema, new.site);
    let message = format!(
        "{subject} was {} and is now {}",
        describe(old.schema, old.id),
        describe(new.schema, new.id)
    );
    let mut finding = change.finding(rule, message);
    label(change, &mut finding);
    let text = match new.site.slot {
        Slot::Field(_) => format!(
            "keep {}; or add a new field with a default, write both, and retire {} when nobody \
             reads it",
            quoted(&old),
            subject.trim_start_matches("field "),
        ),
        _ => format!("keep {}", quoted(&old)),
    };
    finding.hint = Some(with_edit(text, restore(&old, &new)));
    finding
}

fn label(change: &Change<'_>, finding: &mut Finding) {
    let (writer, reader) = (a_kind(change.writer.kind()), a_kind(change.reader.kind()));
    let (writer, reader) = match change.direction {
        Direction::Backward => (
            format!("stored data and old producers hold {writer}"),
            format!("a reader with this schema expects {reader}"),
        ),
        Direction::Forward => (
            format!("new producers write {writer}"),
            format!("readers with this schema expect {reader}"),
        ),
    };
    change.label(finding, writer, reader);
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, findings, witness};
    use crate::model::Direction;

    const OLD: &str =
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}]}"#;

    fn with(ty: &str) -> String {
        OLD.replace("\"long\"", ty)
    }

    #[test]
    fn a_type_without_a_promotion_breaks_both_directions() {
        check(
            OLD,
            &with("\"boolean\""),
            &[
                "backward avro/field-type-changed `/fields/0/type`: field `a` was long and is now boolean",
                "forward avro/field-type-changed `/fields/0/type`: field `a` was long and is now boolean",
            ],
        );
        assert_eq!(
            witness(OLD, &with("\"boolean\""), Direction::Forward),
            r#"{"a": true} = 01: reading it with the old schema fails, a boolean is no long"#
        );
    }

    #[test]
    fn a_promotion_breaks_the_way_back_only() {
        check(
            &with("\"int\""),
            OLD,
            &[
                "forward avro/field-type-changed `/fields/0/type`: field `a` was int and is now long",
            ],
        );
    }

    #[test]
    fn items_values_and_unions_count_as_part_of_the_field() {
        let [ints, texts] = ["int", "string"].map(|inner| {
            with(&format!(
                r#"{{"type": "array", "items": {{"type": "map", "values": "{inner}"}}}}"#
            ))
        });
        let message = "a value of an item of field `a` was int and is now string";
        check(
            &ints,
            &texts,
            &[
                &*format!(
                    "backward avro/field-type-changed `/fields/0/type/items/values`: {message}"
                ),
                &*format!(
                    "forward avro/field-type-changed `/fields/0/type/items/values`: {message}"
                ),
            ],
        );
        assert_eq!(
            witness(&ints, &texts, Direction::Backward),
            r#"{"a": [{"k": 1}]} = 0202026b020000: reading it with the new schema fails, an int is no string"#
        );
        check(
            OLD,
            &with(r#"["null", "string"]"#),
            &[
                "backward avro/field-type-changed `/fields/0/type`: field `a` was long and is now a union of null and string",
                "forward avro/union-branch-added `/fields/0/type/0`: field `a` was long and may now hold null",
                "forward avro/union-branch-added `/fields/0/type/1`: field `a` was long and may now hold a string",
            ],
        );
    }

    #[test]
    fn look_alikes_are_silent() {
        check(OLD, OLD, &[]);
        check(&with("\"int\""), &with(r#"{"type": "int", "x": 1}"#), &[]);
        check(
            &with(r#"["null", "int"]"#),
            &with(r#"["int", "null"]"#),
            &[],
        );
    }

    #[test]
    fn a_problem_behind_a_recursion_is_found() {
        let list = |ty: &str| {
            format!(
                r#"{{"type": "record", "name": "L", "fields": [
                    {{"name": "next", "type": ["null", "L"]}}, {{"name": "v", "type": "{ty}"}}]}}"#
            )
        };
        let message = "field `v` was string and is now int";
        check(
            &list("string"),
            &list("int"),
            &[
                &*format!("backward avro/field-type-changed `/fields/1/type`: {message}"),
                &*format!("forward avro/field-type-changed `/fields/1/type`: {message}"),
            ],
        );
    }

    #[test]
    fn a_named_reference_is_compared_by_its_definition() {
        let old = r#"{"type": "record", "name": "R", "fields": [
            {"name": "w", "type": {"type": "record", "name": "N", "fields": [{"name": "x", "type": "int"}]}},
            {"name": "b", "type": "N"}]}"#;
        let new = r#"{"type": "record", "name": "R", "fields": [
            {"name": "r", "type": {"type": "record", "name": "N", "fields": [{"name": "x", "type": "string"}]},
             "default": {"x": ""}},
            {"name": "b", "type": "N"}]}"#;
        check(
            old,
            new,
            &[
                "forward avro/field-removed-without-default `/fields/0`: field `w` was removed, and old readers have no default for it",
                "backward avro/field-type-changed `/fields/0/type/fields/0/type`: field `x` was int and is now string",
                "forward avro/field-type-changed `/fields/0/type/fields/0/type`: field `x` was int and is now string",
            ],
        );
    }

    #[test]
    fn what_nobody_can_write_breaks_without_a_witness() {
        // No datum of `E` ends, and yet libraries refuse the two schemas when they meet.
        let endless = |ty: &str| {
            format!(
                r#"{{"type": "record", "name": "E", "fields": [
                    {{"name": "e", "type": "E"}}, {{"name": "v", "type": "{ty}"}}]}}"#
            )
        };
        let comparison = findings(&endless("string"), &endless("int"));
        assert_eq!(comparison.findings.len(), 2);
        assert!(
            comparison
                .findings
                .iter()
                .all(|finding| finding.witness.is_none())
        );
    }
}

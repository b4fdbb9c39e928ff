//! A type that does not match, outside of any field.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::{field_type_changed, in_field};

/// `avro/type-changed`
pub static RULE: Rule = Rule {
    id: "avro/type-changed",
    format: Some(Format::Avro),
    summary: "The type of the schema as a whole is one that the reader cannot make of what was written.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution",
    docs: include_str!("type_changed.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    if change.kind != ChangeKind::Type || in_field(&change.new_side()) {
        return None;
    }
    Some(field_type_changed::mismatch(change, &RULE))
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    #[test]
    fn the_root_counts_and_so_does_what_it_contains() {
        check(
            "\"long\"",
            "\"int\"",
            &["backward avro/type-changed ``: the schema was long and is now int"],
        );
        check(
            r#"{"type": "array", "items": "int"}"#,
            r#"{"type": "map", "values": "int"}"#,
            &[
                "backward avro/type-changed ``: the schema was an array of int and is now a map of int",
                "forward avro/type-changed ``: the schema was an array of int and is now a map of int",
            ],
        );
        assert_eq!(
            witness("\"long\"", "\"int\"", Direction::Backward),
            "1 = 02: reading it with the new schema fails, a long is no int"
        );
    }

    #[test]
    fn look_alikes_are_silent() {
        check(
            "\"string\"",
            r#"{"type": "string", "avro.java.string": "String"}"#,
            &[],
        );
        check("[]", "[]", &[]);
    }
}

//! Logical types that differ, two decimals apart ([`super::decimal_changed`]).

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind, Side};
use super::super::hint::{restore, with_edit};
use super::super::words::subject;

/// `avro/logical-type-changed`
pub static RULE: Rule = Rule {
    id: "avro/logical-type-changed",
    format: Some(Format::Avro),
    summary: "A value has another logical type: it is read without an error and means something else.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Logical Types",
    docs: include_str!("logical_type_changed.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    if change.kind != ChangeKind::Logical {
        return None;
    }
    let (old, new) = (change.old_side(), change.new_side());
    let message = format!(
        "{} was {} and is now {}",
        subject(new.schema, new.site),
        meaning(&old),
        meaning(&new)
    );
    let mut finding = change.finding(&RULE, message);
    finding.hint = Some(with_edit(
        format!(
            "keep {}; or add a new field with a default for the other meaning",
            meaning(&old)
        ),
        restore(&old, &new),
    ));
    Some(finding)
}

fn meaning(side: &Side<'_>) -> String {
    match side.schema.get(side.id).logical {
        Some(logical) => format!("`{logical}`"),
        None => format!("a plain {}", side.kind().word()),
    }
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    fn long(logical: &str) -> String {
        format!(r#"{{"type": "long", "logicalType": "{logical}"}}"#)
    }

    #[test]
    fn a_value_that_means_something_else_is_a_warning() {
        check(
            &long("timestamp-millis"),
            &long("timestamp-micros"),
            &[
                "backward avro/logical-type-changed ``: the schema was `timestamp-millis` and is now `timestamp-micros`",
                "forward avro/logical-type-changed ``: the schema was `timestamp-millis` and is now `timestamp-micros`",
            ],
        );
        assert_eq!(
            witness(
                &long("timestamp-millis"),
                &long("timestamp-micros"),
                Direction::Backward
            ),
            "1 = 02: reading it with the new schema gives the same value, taken as \
             `timestamp-micros` instead of `timestamp-millis`"
        );
    }

    #[test]
    fn meaning_that_is_dropped_or_added_counts() {
        check(
            r#"{"type": "int", "logicalType": "date"}"#,
            r#""long""#,
            &[
                "backward avro/logical-type-changed ``: the schema was `date` and is now a plain long",
                "forward avro/type-changed ``: the schema was int and is now long",
            ],
        );
    }

    #[test]
    fn unknown_and_misplaced_logical_types_are_ignored() {
        check(&long("moon-phase"), r#""long""#, &[]);
        check(&long("date"), r#""long""#, &[]);
    }

    #[test]
    fn a_big_decimal_is_neither_bytes_nor_a_decimal() {
        let big = r#"{"type": "bytes", "logicalType": "big-decimal"}"#;
        let findings = |from: &str, old: &str| {
            let line = |direction: &str| {
                format!(
                    "{direction} avro/logical-type-changed ``: the schema was {from} and is now `big-decimal`"
                )
            };
            check(old, big, &[&line("backward"), &line("forward")]);
        };
        findings("a plain bytes", r#""bytes""#);
        findings(
            "`decimal(4,2)`",
            r#"{"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}"#,
        );
        assert_eq!(
            witness(big, r#""bytes""#, Direction::Backward),
            "\"\\u0002\\u0001\\u0000\" = 06020100: reading it with the new schema gives the same \
             value, taken as a plain value instead of `big-decimal`"
        );
    }
}

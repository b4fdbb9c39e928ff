//! Decimals of different precision or scale, which the specification does not let match.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{restore, with_edit};
use super::super::words::subject;

/// `avro/decimal-changed`
pub static RULE: Rule = Rule {
    id: "avro/decimal-changed",
    format: Some(Format::Avro),
    summary: "A decimal has another precision or scale, so that numbers are read as other numbers.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Logical Types, Decimal: schema resolution",
    docs: include_str!("decimal_changed.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    if change.kind != ChangeKind::Decimal {
        return None;
    }
    let (old, new) = (change.old_side(), change.new_side());
    let old_logical = old.schema.get(old.id).logical?;
    let new_logical = new.schema.get(new.id).logical?;
    let message = format!(
        "{} was {old_logical} and is now {new_logical}",
        subject(new.schema, new.site)
    );
    let mut finding = change.finding(&RULE, message);
    finding.hint = Some(with_edit(
        format!("keep {old_logical}; or add a new field with a default for the other decimal"),
        restore(&old, &new),
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    fn decimal(precision: usize, scale: usize) -> String {
        format!(
            r#"{{"type": "bytes", "logicalType": "decimal", "precision": {precision}, "scale": {scale}}}"#
        )
    }

    #[test]
    fn another_scale_reads_another_number() {
        check(
            &decimal(9, 2),
            &decimal(9, 3),
            &[
                "backward avro/decimal-changed ``: the schema was decimal(9,2) and is now decimal(9,3)",
                "forward avro/decimal-changed ``: the schema was decimal(9,2) and is now decimal(9,3)",
            ],
        );
        assert_eq!(
            witness(&decimal(9, 2), &decimal(9, 3), Direction::Backward),
            r#""{" = 027b: reading it with the new schema gives 0.123 where 1.23 was written"#
        );
    }

    #[test]
    fn a_smaller_precision_does_not_hold_every_number() {
        assert_eq!(
            witness(&decimal(9, 2), &decimal(3, 2), Direction::Backward),
            r#""\u0003è" = 0403e8: reading it with the new schema gives 10.00, which has more than the 3 digits that it allows"#
        );
    }

    #[test]
    fn look_alikes_are_silent() {
        check(&decimal(9, 2), &decimal(9, 2), &[]);
        // A scale above the precision is no decimal at all.
        check(&decimal(2, 3), &decimal(2, 4), &[]);
    }
}

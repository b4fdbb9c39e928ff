//! The promotion of bytes to a string: legal, and not for every datum.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{quoted, restore, with_edit};
use super::super::words::subject;

/// `avro/bytes-read-as-string`
pub static RULE: Rule = Rule {
    id: "avro/bytes-read-as-string",
    format: Some(Format::Avro),
    summary: "Bytes are read as a string, which fails unless they are UTF-8.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: promotion of bytes to string",
    docs: include_str!("bytes_read_as_string.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    if change.kind != ChangeKind::BytesAsString {
        return None;
    }
    let new = change.new_side();
    let message = format!(
        "{} was {} and is now {}: bytes that are not UTF-8 are no string",
        subject(new.schema, new.site),
        change.old_side().kind().word(),
        new.kind().word()
    );
    let mut finding = change.finding(&RULE, message);
    finding.hint = Some(with_edit(
        format!(
            "keep {}, unless all data are text",
            quoted(&change.old_side())
        ),
        restore(&change.old_side(), &new),
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    #[test]
    fn bytes_that_are_not_utf_8_are_no_string() {
        check(
            r#""bytes""#,
            r#""string""#,
            &[
                "backward avro/bytes-read-as-string ``: the schema was bytes and is now string: bytes that are not UTF-8 are no string",
            ],
        );
        assert_eq!(
            witness(r#""bytes""#, r#""string""#, Direction::Backward),
            r#""ÿ" = 02ff: reading it with the new schema fails, the bytes are not UTF-8"#
        );
    }
}

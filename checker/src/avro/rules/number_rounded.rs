//! The promotions of whole numbers to floats that do not hold all of them: legal, and lossy.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind, Side};
use super::super::hint::{quoted, restore, with_edit};
use super::super::model::{Site, Slot};
use super::super::words::{a_kind, subject};

/// `avro/number-rounded`
pub static RULE: Rule = Rule {
    id: "avro/number-rounded",
    format: Some(Format::Avro),
    summary: "A whole number is read as a float or double, which rounds large ones.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: promotions",
    docs: include_str!("number_rounded.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    if change.kind != ChangeKind::Rounded {
        return None;
    }
    let (old, new) = (change.old_side(), change.new_side());
    let (reader, writer) = (change.reader.kind(), change.writer.kind());
    let what = match entered_union(&change.reader, &change.writer) {
        Some(union) => format!(
            "{}: {} is read as branch `{}`",
            subject(change.reader.schema, union),
            a_kind(writer),
            reader.word()
        ),
        None => format!(
            "{} was {} and is now {}",
            subject(new.schema, new.site),
            old.kind().word(),
            new.kind().word()
        ),
    };
    let (a_reader, writer) = (a_kind(reader), writer.word());
    let message = format!("{what}: {a_reader} does not hold every {writer}");
    let mut finding = change.finding(&RULE, message);
    finding.hint = Some(with_edit(
        format!("keep {}, unless all numbers are small", quoted(&old)),
        restore(&old, &new),
    ));
    Some(finding)
}

/// The reader's union of which one branch reads what was no branch.
fn entered_union(reader: &Side<'_>, writer: &Side<'_>) -> Option<Site> {
    let is_branch = |side: &Side<'_>| matches!(side.site.slot, Slot::Branch(_));
    if !is_branch(reader) || is_branch(writer) {
        return None;
    }
    Some(reader.schema.get(reader.site.owner?).site)
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    #[test]
    fn large_numbers_are_rounded() {
        check(
            "\"long\"",
            "\"double\"",
            &[
                "backward avro/number-rounded ``: the schema was long and is now double: a double does not hold every long",
                "forward avro/type-changed ``: the schema was long and is now double",
            ],
        );
        assert_eq!(
            witness("\"long\"", "\"double\"", Direction::Backward),
            "9007199254740993 = 8280808080808020: reading it with the new schema gives 9007199254740992 where 9007199254740993 was written"
        );
        assert_eq!(
            witness("\"int\"", "\"float\"", Direction::Backward),
            "16777217 = 82808010: reading it with the new schema gives 16777216 where 16777217 was written"
        );
    }

    #[test]
    fn an_int_fits_a_double_and_a_float_too() {
        let only_back = |old: &str, new: &str| {
            let message =
                format!("forward avro/type-changed ``: the schema was {old} and is now {new}");
            check(&format!("\"{old}\""), &format!("\"{new}\""), &[&*message]);
        };
        only_back("int", "double");
        only_back("int", "long");
        only_back("float", "double");
    }
}

//! Types of one wire type read each other's bytes, but some values come out as others: the cases
//! that the language guide calls compatible "with truncation". Data is lost without an error.

use super::{BOTH, Context, finding, kept, names};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Reader, Rule, Severity, Writer};
use crate::protobuf::diff::Change;
use crate::protobuf::wire::{Reading, reading};
use crate::protobuf::witness;

/// `protobuf/field-range-narrowed`
pub static RULE: Rule = Rule {
    id: "protobuf/field-range-narrowed",
    format: Some(Format::Protobuf),
    summary: "A field's type cannot hold every value that the other type writes.",
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: updating a message type, truncation",
    docs: include_str!("field_range_narrowed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Some((message, old, new, _)) = kept(change, cx) else {
        return Vec::new();
    };
    let narrowed = |direction: &Direction| {
        let (Reader(reader), Writer(writer)) = direction.roles(old, new);
        let (readers, writers) = cx.roles(*direction);
        reading(&writer.kind, &reader.kind, writers, readers) == Reading::Altered
    };
    let report = |direction: Direction| {
        let (Reader(reader), Writer(writer)) = direction.roles(old, new);
        Finding {
            new_label: Some(format!("{} here", new.kind)),
            old_label: Some(format!("{} before", old.kind)),
            hint: Some(Hint {
                text: format!("keep `{}`, or add a new field for the new type", old.kind),
                edits: Vec::new(),
            }),
            witness: witness::field(cx, direction, names(message), old.number),
            ..finding(
                &RULE,
                direction,
                message.old.path_of(old),
                (
                    old.type_span.as_ref().or(old.span.as_ref()),
                    new.type_span.as_ref().or(new.span.as_ref()),
                ),
                format!(
                    "field `{}` was {} and is now {}: some values of {} come out of {} as others",
                    old.name, old.kind, new.kind, writer.kind, reader.kind
                ),
            )
        }
    };
    BOTH.into_iter().filter(narrowed).map(report).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, message, only};

    const ID: &str = "protobuf/field-range-narrowed";

    #[test]
    fn widening_breaks_only_old_code_and_narrowing_only_new_code() {
        let (small, large) = (message("int32 a = 1;"), message("int64 a = 1;"));
        only(ID, &small, &large, &["forward p.M.a"]);
        only(ID, &large, &small, &["backward p.M.a"]);
    }

    #[test]
    fn a_change_of_sign_breaks_both_directions() {
        for (old, new) in [("int32", "uint32"), ("fixed64", "sfixed64")] {
            only(
                ID,
                &message(&format!("{old} a = 1;")),
                &message(&format!("{new} a = 1;")),
                &["backward p.M.a", "forward p.M.a"],
            );
        }
    }

    #[test]
    fn a_bool_is_a_number_but_a_number_is_no_bool() {
        only(
            ID,
            &message("bool a = 1;"),
            &message("int32 a = 1;"),
            &["forward p.M.a"],
        );
    }

    #[test]
    fn repeated_entries_collapse_in_a_map() {
        let entry = "message E { string key = 1; int32 value = 2; }";
        only(
            ID,
            &message(&format!("{entry} repeated E a = 1;")),
            &message(&format!("{entry} map<string, int32> a = 1;")),
            &["backward p.M.a"],
        );
    }

    #[test]
    fn the_witness_names_both_values() {
        let found = findings(&message("int64 a = 1;"), &message("int32 a = 1;"));
        let finding = found
            .iter()
            .find(|finding| finding.rule.id == ID)
            .expect("is found");
        let witness = finding.witness.as_ref().expect("was executed");
        assert_eq!(witness.input, "a: 4294967297");
        assert_eq!(
            witness.outcome,
            "reading it with the new schema finds 1 where 4294967297 was written"
        );
    }
}

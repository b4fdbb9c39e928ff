//! A reader of one value keeps the last of many, or none where they are packed.

use super::{BOTH, Context, finding, kept, names};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Reader, Rule, Severity, Writer};
use crate::protobuf::diff::Change;
use crate::protobuf::model::{Cardinality, Field};
use crate::protobuf::wire::packable;
use crate::protobuf::{witness, wording};

/// `protobuf/field-cardinality-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/field-cardinality-changed",
    format: Some(Format::Protobuf),
    summary: "A field holds one value where the other version holds several.",
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: updating a message type, optional and repeated",
    docs: include_str!("field_cardinality_changed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Some((message, old, new, _)) = kept(change, cx) else {
        return Vec::new();
    };
    let breaks = |direction: &Direction| {
        let (Reader(reader), Writer(writer)) = direction.roles(old, new);
        repeated(writer) && !repeated(reader)
    };
    let report = |direction: Direction| {
        let (readers, _) = cx.roles(direction);
        let (Reader(reader), _) = direction.roles(old, new);
        let (Reader(holder), _) = direction.roles(message.old, message.new);
        let path = wording::field_path(readers, holder, reader);
        let numeric = packable(&reader.kind);
        Finding {
            hint: Some(Hint {
                text: format!("keep it {}, or add a new field", word(old)),
                edits: Vec::new(),
            }),
            witness: witness::field(cx, direction, names(message), old.number),
            wire_message: numeric
                .then(|| wording::Kind::FieldNumericLabelChanged.message(&path, direction)),
            ..finding(
                &RULE,
                direction,
                message.old.path_of(old),
                (old.span.as_ref(), new.span.as_ref()),
                format!(
                    "field `{}` was {} and is now {}",
                    old.name,
                    word(old),
                    word(new)
                ),
            )
        }
    };
    BOTH.into_iter().filter(breaks).map(report).collect()
}

fn repeated(field: &Field) -> bool {
    field.cardinality == Cardinality::Repeated
}

fn word(field: &Field) -> &'static str {
    match field.cardinality {
        Cardinality::Optional => "a single value",
        Cardinality::Required => "required",
        Cardinality::Repeated => "repeated",
    }
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, message, only};

    const ID: &str = "protobuf/field-cardinality-changed";

    #[test]
    fn one_value_loses_the_others_but_a_list_reads_one_value() {
        for kind in ["string", "int32", "M"] {
            let one = message(&format!("{kind} a = 1;"));
            let many = message(&format!("repeated {kind} a = 1;"));
            only(ID, &one, &many, &["forward p.M.a"]);
            only(ID, &many, &one, &["backward p.M.a"]);
        }
    }

    #[test]
    fn packing_is_the_same_to_every_reader() {
        only(
            ID,
            &message("repeated int32 a = 1;"),
            &message("repeated int32 a = 1 [packed = false];"),
            &[],
        );
    }

    #[test]
    fn the_loss_was_executed() {
        let found = findings(
            &message("repeated string a = 1;"),
            &message("string a = 1;"),
        );
        let finding = found
            .iter()
            .find(|finding| finding.rule.id == ID)
            .expect("is found");
        assert!(finding.witness.is_some());
    }
}

//! Older code refuses a message without the field that it requires.

use super::{BOTH, Context, finding, names};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::{Change, Pair};
use crate::protobuf::model::{Cardinality, Field};
use crate::protobuf::{witness, wording};

/// `protobuf/required-field-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/required-field-removed",
    format: Some(Format::Protobuf),
    summary: "A field is no longer required, and older code refuses data without it.",
    // The profile `contract` has it both ways.
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, proto2 guide: required fields",
    docs: include_str!("required_field_removed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    match change {
        Change::FieldRemoved { message, old } if required(old) => report(cx, message, old, None),
        Change::Field {
            message, old, new, ..
        } if required(old) && !required(new) => report(cx, message, old, Some(new)),
        _ => Vec::new(),
    }
}

fn required(field: &Field) -> bool {
    field.cardinality == Cardinality::Required
}

fn report(cx: &Context, pair: &Pair, old: &Field, new: Option<&Field>) -> Vec<Finding> {
    let direction = Direction::Forward;
    let path = wording::field_path(cx.old.model, pair.old, old);
    let message = match new {
        Some(_) => format!("field `{}` is no longer required", old.name),
        None => format!("required field `{}` is removed", old.name),
    };
    vec![Finding {
        old_label: Some("code with this schema refuses data that lacks it".to_owned()),
        hint: Some(Hint {
            text: "keep it `required` and write it, until no code of the old version is left"
                .to_owned(),
            edits: Vec::new(),
        }),
        witness: witness::absent(cx, direction, names(pair), old.number),
        // To the old code, which reads, the field is one that it has in addition.
        wire_message: Some(wording::Kind::RequiredFieldAdded.message(&path, direction)),
        ..finding(
            &RULE,
            direction,
            pair.old.path_of(old),
            (
                old.span.as_ref(),
                new.map_or(pair.new.name_span.as_ref(), |new| new.span.as_ref()),
            ),
            message,
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, message2, only};

    const ID: &str = "protobuf/required-field-removed";

    #[test]
    fn old_code_refuses_data_without_its_required_field() {
        let old = message2("required int32 a = 1;");
        for new in ["optional int32 a = 1;", "reserved 1; reserved \"a\";"] {
            only(ID, &old, &message2(new), &["forward p.M.a"]);
            assert!(
                findings(&old, &message2(new))
                    .iter()
                    .any(|found| found.rule.id == ID && found.witness.is_some())
            );
        }
    }

    #[test]
    fn an_optional_field_may_go() {
        only(
            ID,
            &message2("optional int32 a = 1;"),
            &message2("reserved 1;"),
            &[],
        );
    }
}

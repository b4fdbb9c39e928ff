//! A message without a required field is refused, and older data may lack it.

use super::{BOTH, Context, finding, names};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::{Change, Pair};
use crate::protobuf::model::{Cardinality, Field};
use crate::protobuf::{witness, wording};

/// `protobuf/required-field-added`
pub static RULE: Rule = Rule {
    id: "protobuf/required-field-added",
    format: Some(Format::Protobuf),
    summary: "A field became required that the older version may leave out.",
    // The profile `contract` has it both ways.
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, proto2 guide: required fields",
    docs: include_str!("required_field_added.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    match change {
        Change::FieldAdded { message, new } if required(new) => report(cx, message, None, new),
        Change::Field {
            message, old, new, ..
        } if required(new) && !required(old) => report(cx, message, Some(old), new),
        _ => Vec::new(),
    }
}

fn required(field: &Field) -> bool {
    field.cardinality == Cardinality::Required
}

fn report(cx: &Context, pair: &Pair, old: Option<&Field>, new: &Field) -> Vec<Finding> {
    let direction = Direction::Backward;
    let path = wording::field_path(cx.new.model, pair.new, new);
    let message = match old {
        Some(_) => format!("field `{}` is now required", new.name),
        None => format!("required field `{}` is added", new.name),
    };
    vec![Finding {
        new_label: Some("data that lacks it is refused".to_owned()),
        hint: Some(Hint {
            text: "make it `optional`, and check it in code".to_owned(),
            edits: Vec::new(),
        }),
        witness: witness::absent(cx, direction, names(pair), new.number),
        wire_message: Some(wording::Kind::RequiredFieldAdded.message(&path, direction)),
        ..finding(
            &RULE,
            direction,
            pair.new.path_of(new),
            (old.and_then(|old| old.span.as_ref()), new.span.as_ref()),
            message,
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, message2, only};

    const ID: &str = "protobuf/required-field-added";

    #[test]
    fn old_data_may_lack_a_new_required_field() {
        for old in [
            "optional int32 b = 2;",
            "optional int32 b = 2; optional int32 a = 1;",
        ] {
            let new = message2("optional int32 b = 2; required int32 a = 1;");
            only(ID, &message2(old), &new, &["backward p.M.a"]);
            assert!(findings(&message2(old), &new)[0].witness.is_some());
        }
    }

    #[test]
    fn a_field_that_was_required_before_or_is_optional_is_well() {
        let required = message2("required int32 a = 1;");
        only(
            ID,
            &required,
            &message2("required int32 a = 1; optional int32 b = 2;"),
            &[],
        );
        only(ID, &required, &message2("optional int32 a = 1;"), &[]);
    }
}

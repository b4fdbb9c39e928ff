//! A message that travels by itself cannot be read by code that does not have it.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::wording;

/// `protobuf/message-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/message-removed",
    format: Some(Format::Protobuf),
    summary: "A message that no other message holds is removed.",
    directions: &[Direction::Backward],
    categories: &[
        Category::Wire,
        Category::WireJson,
        Category::Package,
        Category::File,
    ],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Confluent Schema Registry, Protobuf differences: MESSAGE_REMOVED",
    docs: include_str!("message_removed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::MessageRemoved {
        old,
        embedded: false,
    } = change
    else {
        return Vec::new();
    };
    let path = wording::message_path(cx.old.model, old);
    vec![Finding {
        old_label: Some("what was written as this message cannot be read any more".to_owned()),
        hint: Some(Hint {
            text: "keep the message until no data and no code of it is left".to_owned(),
            edits: Vec::new(),
        }),
        wire_message: Some(wording::Kind::MessageRemoved.message(&path, Direction::Backward)),
        ..finding(
            &RULE,
            Direction::Backward,
            old.name.clone(),
            (old.name_span.as_ref(), None),
            format!("message `{}` is removed", old.name),
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    const ID: &str = "protobuf/message-removed";

    #[test]
    fn a_record_that_is_gone_cannot_be_read() {
        let old = proto("message A { int32 x = 1; } message B { int32 y = 1; }");
        only(
            ID,
            &old,
            &proto("message A { int32 x = 1; }"),
            &["backward p.B"],
        );
    }

    #[test]
    fn a_part_of_another_message_is_judged_there() {
        let old = proto("message A { B b = 1; } message B { int32 y = 1; }");
        only(ID, &old, &proto("message A { reserved 1; }"), &[]);
    }

    #[test]
    fn a_renamed_or_nested_message_is_still_there() {
        let old = proto("message A { int32 x = 1; }");
        only(ID, &old, &proto("message B { int32 x = 1; }"), &[]);
        only(
            ID,
            &old,
            &proto("message O { message A { int32 x = 1; } int32 q = 7; }"),
            &[],
        );
    }
}

//! A record of a type that old code does not have cannot be read by it.

use super::{Context, finding};
use crate::Format;
use crate::model::{Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::{Change, Scope};
use crate::protobuf::wording;

/// `protobuf/message-added`
pub static RULE: Rule = Rule {
    id: "protobuf/message-added",
    format: Some(Format::Protobuf),
    summary: "A schema of a registry holds a further message, whose records old code cannot read.",
    directions: &[Direction::Forward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Confluent Schema Registry, Protobuf differences: MESSAGE_REMOVED",
    docs: include_str!("message_added.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::MessageAdded {
        new,
        embedded: false,
    } = change
    else {
        return Vec::new();
    };
    if cx.scope == Scope::Tree {
        return Vec::new();
    }
    let path = wording::message_path(cx.new.model, new);
    vec![Finding {
        new_label: Some("old code cannot read a record of this type".to_owned()),
        hint: Some(Hint {
            text: "register the message under a subject of its own, or hold it in a field"
                .to_owned(),
            edits: Vec::new(),
        }),
        wire_message: Some(wording::Kind::MessageRemoved.message(&path, Direction::Forward)),
        ..finding(
            &RULE,
            Direction::Forward,
            new.name.clone(),
            (None, new.name_span.as_ref()),
            format!(
                "message `{}` is added, whose records old code cannot read",
                new.name
            ),
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    const ID: &str = "protobuf/message-added";

    #[test]
    fn old_code_cannot_read_a_further_kind_of_record() {
        let old = proto("message A { int32 x = 1; }");
        let new = proto("message A { int32 x = 1; } message B { int32 y = 1; }");
        only(ID, &old, &new, &["forward p.B"]);
    }

    #[test]
    fn a_new_part_of_a_message_is_skipped() {
        let old = proto("message A { int32 x = 1; }");
        let new = proto("message A { int32 x = 1; B b = 2; } message B { int32 y = 1; }");
        only(ID, &old, &new, &[]);
    }
}

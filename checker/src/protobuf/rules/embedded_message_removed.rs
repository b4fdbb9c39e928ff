//! A message that only travels inside others: its data is judged at the fields that held it.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/embedded-message-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/embedded-message-removed",
    format: Some(Format::Protobuf),
    summary: "A message that other messages held is removed.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: MESSAGE_NO_DELETE",
    docs: include_str!("embedded_message_removed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::MessageRemoved {
        old,
        embedded: true,
    } = change
    else {
        return Vec::new();
    };
    vec![finding(
        &RULE,
        Direction::Backward,
        old.name.clone(),
        (old.name_span.as_ref(), None),
        format!(
            "message `{}` is removed; code that names it does not compile",
            old.name
        ),
    )]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    #[test]
    fn a_part_that_is_gone_with_its_field_is_named() {
        only(
            "protobuf/embedded-message-removed",
            &proto("message A { B b = 1; } message B { int32 y = 1; }"),
            &proto("message A { reserved 1; }"),
            &["backward p.B"],
        );
    }
}

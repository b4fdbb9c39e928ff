//! The bytes do not know the name of a message; generated code and `Any` do.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/message-renamed`
pub static RULE: Rule = Rule {
    id: "protobuf/message-renamed",
    format: Some(Format::Protobuf),
    summary: "A message has the same fields under another name.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, encoding: message structure",
    docs: include_str!("message_renamed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::MessageMoved { old, new } = change else {
        return Vec::new();
    };
    vec![finding(
        &RULE,
        Direction::Backward,
        old.name.clone(),
        (old.name_span.as_ref(), new.name_span.as_ref()),
        format!(
            "message `{}` is now called `{}`; code and `Any` values that name it break, its bytes \
             do not",
            old.name, new.name
        ),
    )]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    #[test]
    fn the_same_fields_under_another_name_are_a_rename() {
        let old = proto("message A { int32 x = 1; }");
        let check = |new: &str, expected: &[&str]| {
            only("protobuf/message-renamed", &old, &proto(new), expected);
        };
        check("message B { int32 x = 1; }", &["backward p.A"]);
        check("message B { int64 x = 1; }", &[]);
    }
}

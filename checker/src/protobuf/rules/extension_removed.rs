//! An extension is a field that stands elsewhere; its number belongs to the message that it extends.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/extension-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/extension-removed",
    format: Some(Format::Protobuf),
    summary: "An extension field is removed.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: EXTENSION_NO_DELETE, PACKAGE_EXTENSION_NO_DELETE",
    docs: include_str!("extension_removed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::ExtensionRemoved { old } = change else {
        return Vec::new();
    };
    vec![finding(
        &RULE,
        Direction::Backward,
        old.name.clone(),
        (old.span.as_ref(), None),
        format!(
            "extension `{}` ({}) is removed; code that names it does not compile, and what was \
             written as number {} is unknown",
            old.name, old.kind, old.number
        ),
    )]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::only;

    #[test]
    fn an_extension_that_is_gone_is_named_and_one_that_moved_to_another_scope_is_not() {
        let with = |more: &str| {
            format!("syntax = \"proto2\"; package p; message M {{ extensions 5; }} {more}")
        };
        let old = with("extend M { optional int32 x = 5; }");
        only(
            "protobuf/extension-removed",
            &old,
            &with(""),
            &["backward p.x"],
        );
        let nested = with("message N { extend M { optional int32 x = 5; } }");
        only("protobuf/extension-removed", &old, &nested, &[]);
    }
}

//! `features.utf8_validation`: whether parsers refuse a string that is not UTF-8.

use super::{BOTH, Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::model::{Kind, Scalar};

/// `protobuf/utf8-validation-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/utf8-validation-changed",
    format: Some(Format::Protobuf),
    summary: "Strings are checked for UTF-8 where they were not, or the reverse.",
    directions: &BOTH,
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, feature settings: utf8_validation; buf breaking rules: FIELD_SAME_UTF8_VALIDATION",
    docs: include_str!("utf8_validation_changed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::Field {
        message, old, new, ..
    } = change
    else {
        return Vec::new();
    };
    let string = |kind: &Kind| *kind == Kind::Scalar(Scalar::String);
    if !(string(&old.kind) && string(&new.kind)) || old.utf8 == new.utf8 {
        return Vec::new();
    }
    // Who checks refuses; who does not reads what it always read.
    let (direction, text) = if new.utf8 {
        let text = "is now checked for UTF-8: new parsers refuse what old code may have written \
                    against the rules";
        (Direction::Backward, text)
    } else {
        let text = "is not checked for UTF-8 any more: old parsers refuse what new code may write \
                    against the rules";
        (Direction::Forward, text)
    };
    vec![finding(
        &RULE,
        direction,
        message.old.path_of(old),
        (old.span.as_ref(), new.span.as_ref()),
        format!("field `{}` {text}", old.name),
    )]
}

#[cfg(test)]
mod tests {
    use crate::model::Audience;
    use crate::protobuf::testing::{findings, only, over};

    #[test]
    fn a_check_that_comes_or_goes_is_named() {
        let text = |syntax: &str| {
            format!(
                "syntax = \"{syntax}\"; package p; \
                 message M {{ repeated string a = 1; repeated bytes b = 2; }}"
            )
        };
        let (yes, no) = (text("proto3"), text("proto2"));
        only(
            "protobuf/utf8-validation-changed",
            &yes,
            &no,
            &["forward p.M.a"],
        );
        only(
            "protobuf/utf8-validation-changed",
            &no,
            &yes,
            &["backward p.M.a"],
        );
        let feature = |value: &str| {
            format!(
                "edition = \"2023\"; package p; \
                 message M {{ string a = 1 [features.utf8_validation = {value}]; bytes b = 2; }}"
            )
        };
        let (yes, no) = (feature("VERIFY"), feature("NONE"));
        let found = over("protobuf/utf8-validation-changed", &[&yes, &no]);
        assert_eq!(found, ["forward p.M.a"]);
    }

    #[test]
    fn data_are_refused_not_code() {
        let text = |syntax: &str| {
            format!("syntax = \"{syntax}\"; package p; message M {{ optional string a = 1; }}")
        };
        let found = findings(&text("proto2"), &text("proto3"));
        let found = found.iter().find(|found| found.rule.id == super::RULE.id);
        assert_eq!(
            found.map(|found| &*found.audience),
            Some(&[Audience::StoredData][..])
        );
    }
}

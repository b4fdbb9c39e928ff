//! `features.json_format`: whether a JSON form is promised and checked, or a best effort.

use super::{Context, finding};
use crate::Format;
use crate::model::{Audience, Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/json-format-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/json-format-changed",
    format: Some(Format::Protobuf),
    summary: "A message or enum no longer promises a JSON form.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, feature settings: json_format; buf breaking rules: MESSAGE_SAME_JSON_FORMAT, ENUM_SAME_JSON_FORMAT",
    docs: include_str!("json_format_changed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let (kind, name, spans, json) = match change {
        Change::Message { old, new } => (
            "message",
            &old.name,
            (old.name_span.as_ref(), new.name_span.as_ref()),
            (old.json, new.json),
        ),
        Change::Enum { old, new } => (
            "enum",
            &old.name,
            (old.name_span.as_ref(), new.name_span.as_ref()),
            (old.json, new.json),
        ),
        _ => return Vec::new(),
    };
    if json != (true, false) {
        return Vec::new();
    }
    vec![Finding {
        audience: vec![Audience::Json],
        ..finding(
            &RULE,
            Direction::Backward,
            name.clone(),
            spans,
            format!("{kind} `{name}` promised a JSON form, and its JSON form is now a best effort"),
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, over};

    #[test]
    fn a_promise_that_is_taken_back_is_named_and_one_that_is_given_is_not() {
        let text = |syntax: &str| {
            format!("syntax = \"{syntax}\"; package p; message M {{ repeated int32 a = 1; }}")
        };
        let (yes, no) = (text("proto3"), text("proto2"));
        only("protobuf/json-format-changed", &yes, &no, &["backward p.M"]);
        only("protobuf/json-format-changed", &no, &yes, &[]);
        let feature = |value: &str| {
            format!(
                "edition = \"2023\"; package p; \
                 message M {{ option features.json_format = {value}; int32 a = 1; }}"
            )
        };
        let (yes, no) = (feature("ALLOW"), feature("LEGACY_BEST_EFFORT"));
        let found = over("protobuf/json-format-changed", &[&yes, &no]);
        assert_eq!(found, ["backward p.M"]);
    }
}

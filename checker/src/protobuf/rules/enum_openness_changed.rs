//! A closed enum reads a number that it does not declare as absent; an open one keeps it.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/enum-openness-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/enum-openness-changed",
    format: Some(Format::Protobuf),
    summary: "An enum was open and is now closed, or the reverse.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, enum behavior; buf breaking rules: ENUM_SAME_TYPE",
    docs: include_str!("enum_openness_changed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::Enum { old, new } = change else {
        return Vec::new();
    };
    if old.closed == new.closed {
        return Vec::new();
    }
    let word = |closed: bool| if closed { "closed" } else { "open" };
    vec![finding(
        &RULE,
        Direction::Backward,
        old.name.clone(),
        (old.name_span.as_ref(), new.name_span.as_ref()),
        format!(
            "enum `{}` was {} and is now {}: numbers that it does not declare are read otherwise",
            old.name,
            word(old.closed),
            word(new.closed)
        ),
    )]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::only;

    #[test]
    fn the_syntax_of_the_file_opens_and_closes_enums() {
        let text = |syntax: &str| format!("syntax = \"{syntax}\"; package p; enum E {{ A = 0; }}");
        let (open, closed) = (text("proto3"), text("proto2"));
        only(
            "protobuf/enum-openness-changed",
            &open,
            &closed,
            &["backward p.E"],
        );
        only(
            "protobuf/enum-openness-changed",
            &closed,
            &open,
            &["backward p.E"],
        );
    }
}

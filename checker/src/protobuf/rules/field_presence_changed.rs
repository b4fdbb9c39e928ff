//! `optional` in proto3, or `features.field_presence`: the same bytes but for a default that is set, and
//! other accessors.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::model::Cardinality;

/// `protobuf/field-presence-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/field-presence-changed",
    format: Some(Format::Protobuf),
    summary: "A field gains or loses presence: whether a default that is set differs from nothing.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, field presence; buf breaking rules: FIELD_SAME_CARDINALITY",
    docs: include_str!("field_presence_changed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::Field {
        message, old, new, ..
    } = change
    else {
        return Vec::new();
    };
    let single = |cardinality| cardinality == Cardinality::Optional;
    let other = old.presence != new.presence && old.oneof.is_some() == new.oneof.is_some();
    if !(single(old.cardinality) && single(new.cardinality) && other) {
        return Vec::new();
    }
    let message_text = if new.presence {
        format!(
            "field `{}` gains presence: a default that is set is told from nothing",
            old.name
        )
    } else {
        format!(
            "field `{}` loses presence: code cannot ask any more whether it is set",
            old.name
        )
    };
    vec![finding(
        &RULE,
        Direction::Backward,
        message.old.path_of(old),
        (old.span.as_ref(), new.span.as_ref()),
        message_text,
    )]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{message, only};

    const ID: &str = "protobuf/field-presence-changed";

    #[test]
    fn optional_comes_and_goes() {
        let (plain, optional) = (message("int32 a = 1;"), message("optional int32 a = 1;"));
        only(ID, &plain, &optional, &["backward p.M.a"]);
        only(ID, &optional, &plain, &["backward p.M.a"]);
        only(ID, &plain, &message("oneof x { int32 a = 1; }"), &[]);
        only(ID, &plain, &message("repeated int32 a = 1;"), &[]);
    }
}

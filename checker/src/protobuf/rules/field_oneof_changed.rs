//! A oneof is a way of generated code to group fields; the bytes do not know it.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/field-oneof-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/field-oneof-changed",
    format: Some(Format::Protobuf),
    summary: "A field stands in another oneof, or in one at all, for generated code.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: FIELD_SAME_ONEOF",
    docs: include_str!("field_oneof_changed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::Field {
        message, old, new, ..
    } = change
    else {
        return Vec::new();
    };
    let before = message.old.oneof_of(old).map(|oneof| &oneof.name);
    let now = message.new.oneof_of(new).map(|oneof| &oneof.name);
    let text = match (before, now) {
        (None, Some(now)) => format!("field `{}` now stands in oneof `{now}`", old.name),
        (Some(before), None) => {
            format!(
                "field `{}` does not stand in oneof `{before}` any more",
                old.name
            )
        }
        (Some(before), Some(now)) if before != now => {
            format!(
                "field `{}` stood in oneof `{before}` and now stands in `{now}`",
                old.name
            )
        }
        _ => return Vec::new(),
    };
    vec![finding(
        &RULE,
        Direction::Backward,
        message.old.path_of(old),
        (old.span.as_ref(), new.span.as_ref()),
        format!("{text}; generated code has other accessors"),
    )]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{message, only};

    const ID: &str = "protobuf/field-oneof-changed";

    #[test]
    fn a_field_that_enters_leaves_or_changes_a_oneof_has_other_accessors() {
        let (plain, x) = (
            message("string a = 1;"),
            message("oneof x { string a = 1; }"),
        );
        only(ID, &plain, &x, &["backward p.M.a"]);
        only(ID, &x, &plain, &["backward p.M.a"]);
        only(
            ID,
            &x,
            &message("oneof y { string a = 1; }"),
            &["backward p.M.a"],
        );
        only(ID, &plain, &message("optional string a = 1;"), &[]);
    }
}

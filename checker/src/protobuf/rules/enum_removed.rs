//! An enum is no message: what used it is judged field by field. Code that names it breaks.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/enum-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/enum-removed",
    format: Some(Format::Protobuf),
    summary: "An enum is removed.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: ENUM_NO_DELETE",
    docs: include_str!("enum_removed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::EnumRemoved { old } = change else {
        return Vec::new();
    };
    vec![finding(
        &RULE,
        Direction::Backward,
        old.name.clone(),
        (old.name_span.as_ref(), None),
        format!(
            "enum `{}` is removed; code that names it does not compile",
            old.name
        ),
    )]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    #[test]
    fn a_removed_enum_is_named() {
        only(
            "protobuf/enum-removed",
            &proto("enum E { A = 0; } enum F { B = 0; }"),
            &proto("enum E { A = 0; }"),
            &["backward p.F"],
        );
    }
}

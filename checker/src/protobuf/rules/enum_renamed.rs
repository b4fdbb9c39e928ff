//! Bytes and documents do not know the name of an enum; generated code does.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/enum-renamed`
pub static RULE: Rule = Rule {
    id: "protobuf/enum-renamed",
    format: Some(Format::Protobuf),
    summary: "An enum has the same values under another name.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, encoding: message structure",
    docs: include_str!("enum_renamed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::EnumMoved { old, new } = change else {
        return Vec::new();
    };
    vec![finding(
        &RULE,
        Direction::Backward,
        old.name.clone(),
        (old.name_span.as_ref(), new.name_span.as_ref()),
        format!(
            "enum `{}` is now called `{}`; code that names it breaks, what is sent does not",
            old.name, new.name
        ),
    )]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, only, proto};

    const ID: &str = "protobuf/enum-renamed";

    #[test]
    fn an_enum_that_a_field_leads_to_or_that_has_the_same_values_is_still_there() {
        let old = proto("enum E { A = 0; B = 1; C = 2; }");
        only(
            ID,
            &old,
            &proto("enum F { A = 0; B = 1; C = 2; }"),
            &["backward p.E"],
        );
        only(
            ID,
            &old,
            &proto("message M { enum E { A = 0; B = 1; C = 2; } }"),
            &["backward p.E"],
        );
        let old = proto("enum E { A = 0; } message M { E e = 1; }");
        only(
            ID,
            &old,
            &proto("enum F { B = 0; } message M { F e = 1; }"),
            &["backward p.E"],
        );
    }

    #[test]
    fn its_values_are_compared_all_the_same() {
        let old = proto("enum E { A = 0; B = 1; C = 2; D = 3; }");
        let new = proto("enum F { A = 0; B = 1; C = 2; D = 4; }");
        let found = findings(&old, &new);
        assert!(
            found
                .iter()
                .any(|found| found.rule.id == "protobuf/enum-value-number-changed")
        );
    }
}

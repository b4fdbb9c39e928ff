//! In JSON an enum value is known by its name.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/enum-value-name-not-reserved`
pub static RULE: Rule = Rule {
    id: "protobuf/enum-value-name-not-reserved",
    format: Some(Format::Protobuf),
    summary: "An enum value is removed and its name is not reserved.",
    directions: &[Direction::Backward],
    categories: &[Category::WireJson],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: enum, reserved values",
    docs: include_str!("enum_value_name_not_reserved.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::EnumValueRemoved { old, new, value } = change else {
        return Vec::new();
    };
    let number_free = !new.has_number(value.number) && !new.reserved.has_number(value.number);
    // `enum-value-removed` and `enum-value-renamed` speak of the other cases.
    if number_free || new.has_number(value.number) || new.reserved.has_name(&value.name) {
        return Vec::new();
    }
    vec![Finding {
        hint: Some(Hint {
            text: format!("reserve the name: `reserved \"{}\";`", value.name),
            edits: Vec::new(),
        }),
        ..finding(
            &RULE,
            Direction::Backward,
            format!("{}.{}", old.name, value.name),
            (value.span.as_ref(), new.name_span.as_ref()),
            format!(
                "value `{}` is removed and its name is not reserved",
                value.name
            ),
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    #[test]
    fn number_and_name_are_reserved_apart() {
        let old = proto("enum E { A = 0; B = 1; }");
        let check = |new: &str, expected: &[&str]| {
            only(
                "protobuf/enum-value-name-not-reserved",
                &old,
                &proto(new),
                expected,
            );
        };
        check("enum E { reserved 1; A = 0; }", &["backward p.E.B"]);
        check("enum E { reserved 1; reserved \"B\"; A = 0; }", &[]);
    }
}

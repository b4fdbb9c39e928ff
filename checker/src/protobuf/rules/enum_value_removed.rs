//! A number of an enum that is not reserved will be used again for something else.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::witness::{self, Names};

/// `protobuf/enum-value-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/enum-value-removed",
    format: Some(Format::Protobuf),
    summary: "An enum value is removed and its number is not reserved.",
    directions: &[Direction::Backward],
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: enum, reserved values",
    docs: include_str!("enum_value_removed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::EnumValueRemoved { old, new, value } = change else {
        return Vec::new();
    };
    // Where the number has another name, the value is renamed.
    if new.has_number(value.number) || new.reserved.has_number(value.number) {
        return Vec::new();
    }
    let mut statement = format!("reserved {};", value.number);
    if !new.reserved.has_name(&value.name) {
        statement = format!("{statement} reserved \"{}\";", value.name);
    }
    let names = Names {
        old: &old.name,
        new: &new.name,
    };
    vec![Finding {
        hint: Some(Hint {
            text: format!("reserve the number: `{statement}`"),
            edits: Vec::new(),
        }),
        witness: witness::enum_number(cx, Direction::Backward, names, value.number),
        ..finding(
            &RULE,
            Direction::Backward,
            format!("{}.{}", old.name, value.name),
            (value.span.as_ref(), new.name_span.as_ref()),
            format!(
                "value `{}` is removed and its number {} is not reserved",
                value.name, value.number
            ),
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    #[test]
    fn a_free_number_is_named_and_a_reserved_one_is_well() {
        let old = proto("enum E { A = 0; B = 1; }");
        let check = |new: &str, expected: &[&str]| {
            only("protobuf/enum-value-removed", &old, &proto(new), expected);
        };
        check("enum E { A = 0; }", &["backward p.E.B"]);
        check("enum E { reserved 1; A = 0; }", &[]);
        check("enum E { A = 0; C = 1; }", &[]);
        check("enum E { A = 0; B = 1; C = 2; }", &[]);
    }
}

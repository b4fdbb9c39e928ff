//! The bytes know only the number of an enum value; JSON knows its name.

use super::{BOTH, Context, finding};
use crate::Format;
use crate::model::{Category, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/enum-value-renamed`
pub static RULE: Rule = Rule {
    id: "protobuf/enum-value-renamed",
    format: Some(Format::Protobuf),
    summary: "An enum value has another name under the same number.",
    directions: &BOTH,
    categories: &[Category::WireJson],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, ProtoJSON format: enum",
    docs: include_str!("enum_value_renamed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::EnumValueRemoved { old, new, value } = change else {
        return Vec::new();
    };
    let Some(now) = new.values.numbered(value.number).next() else {
        return Vec::new();
    };
    // Where the new name had another number, `enum-value-number-changed` speaks.
    if old
        .values
        .named(&now.name)
        .is_some_and(|known| known.number != now.number)
    {
        return Vec::new();
    }
    let report = |direction| Finding {
        hint: Some(Hint {
            text: format!(
                "keep the name `{0}`, or keep it as an alias: `option allow_alias = true; {0} = {1};`",
                value.name, value.number
            ),
            edits: Vec::new(),
        }),
        ..finding(
            &RULE,
            direction,
            format!("{}.{}", old.name, value.name),
            (value.span.as_ref(), now.span.as_ref()),
            format!(
                "value `{}` ({}) is now called `{}`",
                value.name, value.number, now.name
            ),
        )
    };
    BOTH.into_iter().map(report).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    #[test]
    fn another_name_breaks_json_and_an_alias_does_not() {
        let old = proto("enum E { A = 0; B = 1; }");
        let check = |new: &str, expected: &[&str]| {
            only("protobuf/enum-value-renamed", &old, &proto(new), expected);
        };
        check(
            "enum E { A = 0; C = 1; }",
            &["backward p.E.B", "forward p.E.B"],
        );
        check(
            "enum E { option allow_alias = true; A = 0; C = 1; B = 1; }",
            &[],
        );
        check("enum E { A = 0; B = 1; C = 2; }", &[]);
    }
}

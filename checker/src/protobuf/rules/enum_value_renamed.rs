//! The bytes know only the number of an enum value; JSON knows its name.

use super::{BOTH, Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::model::{Enum, EnumValue};

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
    match change {
        Change::EnumValueRemoved { old, new, value } => renamed(old, new, value),
        Change::EnumValueAdded { old, new, value } => put_first(old, new, value),
        _ => Vec::new(),
    }
}

/// No value has the name any more, and the number has another one.
fn renamed(old: &Enum, new: &Enum, value: &EnumValue) -> Vec<Finding> {
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
    let message = format!(
        "value `{}` ({}) is now called `{}`",
        value.name, value.number, now.name
    );
    let report = |direction| report(direction, old, (value, now), message.clone());
    BOTH.into_iter().map(report).collect()
}

/// The old name is kept as an alias, behind the new one: JSON is written with the first name of a
/// number, and old readers do not know it.
fn put_first(old: &Enum, new: &Enum, value: &EnumValue) -> Vec<Finding> {
    let written = new.values.numbered(value.number).next();
    if written.is_none_or(|written| written.name != value.name) {
        return Vec::new();
    }
    let kept = |known: &&EnumValue| {
        let kept = new.values.named(&known.name);
        kept.is_some_and(|kept| kept.number == known.number)
    };
    let Some(known) = old.values.numbered(value.number).find(kept) else {
        return Vec::new();
    };
    let message = format!(
        "value {} is now written as `{}` in JSON, which is declared before `{}`",
        value.number, value.name, known.name
    );
    vec![report(Direction::Forward, old, (known, value), message)]
}

fn report(
    direction: Direction,
    holder: &Enum,
    (old, new): (&EnumValue, &EnumValue),
    message: String,
) -> Finding {
    Finding {
        hint: Some(Hint {
            text: format!(
                "keep the name `{0}`, or declare it first and the new name behind it: `option \
                 allow_alias = true; {0} = {1}; {2} = {1};`; JSON is written with the first name",
                old.name, old.number, new.name
            ),
            edits: Vec::new(),
        }),
        ..finding(
            &RULE,
            direction,
            format!("{}.{}", holder.name, old.name),
            (old.span.as_ref(), new.span.as_ref()),
            message,
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    #[test]
    fn another_name_breaks_json_and_an_alias_behind_it_does_not() {
        let old = proto("enum E { A = 0; B = 1; }");
        let check = |new: &str, expected: &[&str]| {
            only("protobuf/enum-value-renamed", &old, &proto(new), expected);
        };
        check(
            "enum E { A = 0; C = 1; }",
            &["backward p.E.B", "forward p.E.B"],
        );
        check(
            "enum E { option allow_alias = true; A = 0; B = 1; C = 1; }",
            &[],
        );
        // Writers take the first name, which old readers do not know.
        check(
            "enum E { option allow_alias = true; A = 0; C = 1; B = 1; }",
            &["forward p.E.B"],
        );
        check("enum E { A = 0; B = 1; C = 2; }", &[]);
    }
}

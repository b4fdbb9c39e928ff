//! The bytes hold the number: under another number a value is another value.

use super::{BOTH, Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Edit, Finding, Hint, Rule, Severity, Witness};
use crate::protobuf::diff::Change;
use crate::protobuf::model::{Enum, EnumValue};
use crate::protobuf::witness::{self, Names};

/// `protobuf/enum-value-number-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/enum-value-number-changed",
    format: Some(Format::Protobuf),
    summary: "An enum value keeps its name but has another number.",
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: enum",
    docs: include_str!("enum_value_number_changed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::Enum { old, new } = change else {
        return Vec::new();
    };
    let moved = old.values.iter().filter_map(|value| {
        let now = new.values.named(&value.name)?;
        (now.number != value.number).then_some((value, now))
    });
    let judge = |(index, (value, now))| {
        BOTH.map(|direction| Finding {
            // Looking for a message that holds the enum is dear; the first value shows it.
            witness: (index == 0)
                .then(|| executed(cx, direction, old, new, value, now))
                .flatten(),
            ..report(direction, old, value, now)
        })
    };
    moved.enumerate().flat_map(judge).collect()
}

fn executed(
    cx: &Context,
    direction: Direction,
    old: &Enum,
    new: &Enum,
    value: &EnumValue,
    now: &EnumValue,
) -> Option<Witness> {
    let names = Names {
        old: &old.name,
        new: &new.name,
    };
    let written = match direction {
        Direction::Backward => value.number,
        Direction::Forward => now.number,
    };
    witness::enum_number(cx, direction, names, written)
}

fn report(direction: Direction, old: &Enum, value: &EnumValue, now: &EnumValue) -> Finding {
    let replacement = format!("{} = {};", value.name, value.number);
    // Options would be lost by an edit of the whole line.
    let span = now
        .span
        .as_ref()
        .cloned()
        .filter(|_| now.options.is_empty());
    Finding {
        hint: Some(Hint {
            text: format!("keep `{replacement}`"),
            edits: span
                .map(|span| Edit { span, replacement })
                .into_iter()
                .collect(),
        }),
        ..finding(
            &RULE,
            direction,
            format!("{}.{}", old.name, value.name),
            (value.span.as_ref(), now.span.as_ref()),
            format!(
                "value `{}` was {} and is now {}",
                value.name, value.number, now.number
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, only, proto};

    const ID: &str = "protobuf/enum-value-number-changed";

    #[test]
    fn a_name_under_another_number_breaks_both_directions() {
        let old = proto("message M { E e = 1; } enum E { A = 0; B = 1; C = 2; }");
        let new = proto("message M { E e = 1; } enum E { A = 0; C = 1; B = 2; }");
        only(
            ID,
            &old,
            &new,
            &[
                "backward p.E.B",
                "forward p.E.B",
                "backward p.E.C",
                "forward p.E.C",
            ],
        );
        let found = findings(&old, &new);
        let witness = found[0].witness.as_ref().expect("was executed");
        assert_eq!(
            witness.outcome,
            "reading it with the new schema finds C where B was written"
        );
    }

    #[test]
    fn the_order_of_values_is_free() {
        only(
            ID,
            &proto("enum E { A = 0; B = 1; C = 2; }"),
            &proto("enum E { A = 0; C = 2; B = 1; }"),
            &[],
        );
    }
}

//! The bytes hold the number: under another number a value is another value, and so is the value that had
//! that number before.

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
    summary: "An enum value keeps its name but has another number, maybe one that another value had.",
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: enum",
    docs: include_str!("enum_value_number_changed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    match change {
        Change::Enum { old, new } => moved(cx, old, new),
        Change::EnumValueRemoved { old, new, value } => {
            let found = given_away(cx, old, new, value);
            found.into_iter().collect()
        }
        Change::EnumValueAdded { old, new, value } => {
            let found = taken_over(cx, old, new, value);
            found.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Names that are there on both sides.
fn moved(cx: &Context, old: &Enum, new: &Enum) -> Vec<Finding> {
    let moved = old.values.iter().filter_map(|value| {
        let now = new.values.named(&value.name)?;
        (now.number != value.number).then_some((value, now))
    });
    let judge = |(value, now): (&EnumValue, &EnumValue)| {
        let mut message = format!(
            "value `{}` was {} and is now {}",
            value.name, value.number, now.number
        );
        if let Some(heir) = other(old, new, value.number) {
            message = format!("{message}; number {} is now `{}`", value.number, heir.name);
        }
        if let Some(owner) = other(new, old, now.number) {
            message = format!("{message}; number {} was `{}`", now.number, owner.name);
        }
        BOTH.map(|direction| {
            let written = match direction {
                Direction::Backward => value.number,
                Direction::Forward => now.number,
            };
            Finding {
                hint: Some(keep(value, now)),
                witness: executed(cx, direction, (old, new), written),
                ..finding(
                    &RULE,
                    direction,
                    format!("{}.{}", old.name, value.name),
                    (value.span.as_ref(), now.span.as_ref()),
                    message.clone(),
                )
            }
        })
    };
    moved.flat_map(judge).collect()
}

/// A name is gone, and its number went to a name that had another one.
fn given_away(cx: &Context, old: &Enum, new: &Enum, value: &EnumValue) -> Option<Finding> {
    let heir = other(old, new, value.number)?;
    let before = old.values.named(&heir.name)?;
    Some(Finding {
        hint: Some(keep(before, heir)),
        witness: executed(cx, Direction::Backward, (old, new), value.number),
        ..finding(
            &RULE,
            Direction::Backward,
            format!("{}.{}", old.name, value.name),
            (value.span.as_ref(), heir.span.as_ref()),
            format!(
                "number {} was `{}`, which is gone, and is now `{}`, which was {}",
                value.number, value.name, heir.name, before.number
            ),
        )
    })
}

/// A name is new, and has the number of a name that has another one now.
fn taken_over(cx: &Context, old: &Enum, new: &Enum, value: &EnumValue) -> Option<Finding> {
    let owner = other(new, old, value.number)?;
    let now = new.values.named(&owner.name)?;
    Some(Finding {
        hint: Some(keep(owner, now)),
        witness: executed(cx, Direction::Forward, (old, new), value.number),
        ..finding(
            &RULE,
            Direction::Forward,
            format!("{}.{}", new.name, value.name),
            (owner.span.as_ref(), value.span.as_ref()),
            format!(
                "number {} is now `{}`, which is new, and was `{}`, which is now {}",
                value.number, value.name, owner.name, now.number
            ),
        )
    })
}

/// What a number is called there, if none of those names is one that it has here.
fn other<'e>(here: &Enum, there: &'e Enum, number: i32) -> Option<&'e EnumValue> {
    let same = |value: &EnumValue| {
        let named = here.values.named(&value.name);
        named.is_some_and(|named| named.number == number)
    };
    let mut called = there.values.numbered(number);
    if there.values.numbered(number).any(same) {
        return None;
    }
    called.next()
}

fn executed(
    cx: &Context,
    direction: Direction,
    (old, new): (&Enum, &Enum),
    written: i32,
) -> Option<Witness> {
    let names = Names {
        old: &old.name,
        new: &new.name,
    };
    witness::enum_number(cx, direction, names, written)
}

/// Gives a value its number back.
fn keep(value: &EnumValue, now: &EnumValue) -> Hint {
    let replacement = format!("{} = {};", value.name, value.number);
    // Options would be lost by an edit of the whole line.
    let span = now
        .span
        .as_ref()
        .cloned()
        .filter(|_| now.options.is_empty());
    Hint {
        text: format!("keep `{replacement}`"),
        edits: span
            .map(|span| Edit { span, replacement })
            .into_iter()
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Category;
    use crate::protobuf::testing::{findings, only, proto, trees};

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

    #[test]
    fn a_shift_tells_all_four_readings_of_the_two_numbers() {
        let text = |values: &str| {
            proto(&format!(
                "message M {{ E e = 1; }} enum E {{ Z = 0; {values} }}"
            ))
        };
        let (old, new) = (text("EUR = 1; USD = 2;"), text("EURO = 1; EUR = 2;"));
        let found = findings(&old, &new);
        let told: Vec<(String, &str)> = found
            .iter()
            .map(|found| (found.path.to_string(), &*found.message))
            .collect();
        let moved = "value `EUR` was 1 and is now 2; number 1 is now `EURO`; number 2 was `USD`";
        assert_eq!(
            told,
            [
                ("p.E.EUR".to_owned(), moved),
                ("p.E.EUR".to_owned(), moved),
                (
                    "p.E.USD".to_owned(),
                    "number 2 was `USD`, which is gone, and is now `EUR`, which was 1"
                ),
                (
                    "p.E.EURO".to_owned(),
                    "number 1 is now `EURO`, which is new, and was `EUR`, which is now 2"
                ),
            ]
        );
        let shown = found.iter().map(|found| {
            let witness = found.witness.as_ref().expect("was executed");
            (&*witness.input, witness.output.as_deref())
        });
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                ("e: EUR", Some("e: EURO")),
                ("e: EUR", Some("e: USD")),
                ("e: USD", Some("e: EUR")),
                ("e: EURO", Some("e: EUR")),
            ]
        );
        // It is an error to who asks for the bytes only.
        let errors = trees(&[("t.proto", &old)], &[("t.proto", &new)], Category::Wire);
        assert_eq!(errors.len(), 4, "{errors:?}");
    }

    #[test]
    fn an_alias_that_keeps_the_number_keeps_the_meaning() {
        let text = |values: &str| {
            proto(&format!(
                "enum E {{ option allow_alias = true; Z = 0; {values} }}"
            ))
        };
        let (old, new) = (text("A = 1; B = 1;"), text("A = 2; B = 1; C = 1;"));
        only(ID, &old, &new, &["backward p.E.A", "forward p.E.A"]);
    }
}

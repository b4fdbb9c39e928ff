//! A closed enum reads a number that it does not declare as absent; an open one keeps it.

use super::{BOTH, Context, finding};
use crate::Format;
use crate::model::{Audience, Category, Direction, Finding, Hint, Reader, Rule, Severity, Writer};
use crate::protobuf::diff::Change;
use crate::protobuf::model::Enum;
use crate::protobuf::witness::{self, Names};

/// `protobuf/enum-openness-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/enum-openness-changed",
    format: Some(Format::Protobuf),
    summary: "An enum was open and is now closed, or the reverse.",
    directions: &BOTH,
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, enum behavior; buf breaking rules: ENUM_SAME_TYPE",
    docs: include_str!("enum_openness_changed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::Enum { old, new } = change else {
        return Vec::new();
    };
    if old.closed == new.closed {
        return Vec::new();
    }
    let report = |direction: Direction| {
        let (Reader(reader), Writer(_)) = direction.roles(*old, *new);
        if reader.closed {
            Some(to_data(cx, direction, old, new))
        } else {
            // What a closed enum writes an open one reads, so only code is left, and it is new.
            (direction == Direction::Backward).then(|| to_code(old, new))
        }
    };
    BOTH.into_iter().filter_map(report).collect()
}

/// An open enum may hold any number. That needs someone who writes one that is not declared, or passes
/// one on: declared values are read by both, and where they are not `closed-enum-value-unknown` speaks.
fn to_data(cx: &Context, direction: Direction, old: &Enum, new: &Enum) -> Finding {
    let names = Names {
        old: &old.name,
        new: &new.name,
    };
    let undeclared = undeclared(old, new);
    Finding {
        hint: Some(Hint {
            text: format!("keep the enum {}", word(old)),
            edits: Vec::new(),
        }),
        witness: undeclared.and_then(|number| witness::enum_number(cx, direction, names, number)),
        ..report(
            direction,
            old,
            new,
            "of the open enum the closed one loses numbers that it does not declare",
        )
    }
}

fn to_code(old: &Enum, new: &Enum) -> Finding {
    Finding {
        audience: vec![Audience::SourceCode],
        ..report(
            Direction::Backward,
            old,
            new,
            "code meets numbers that the enum does not declare",
        )
    }
}

fn report(direction: Direction, old: &Enum, new: &Enum, what: &str) -> Finding {
    finding(
        &RULE,
        direction,
        old.name.clone(),
        (old.name_span.as_ref(), new.name_span.as_ref()),
        format!(
            "enum `{}` was {} and is now {}: {what}",
            old.name,
            word(old),
            word(new)
        ),
    )
}

const fn word(found: &Enum) -> &'static str {
    if found.closed { "closed" } else { "open" }
}

/// The number behind the largest that one of the enums declares.
fn undeclared(old: &Enum, new: &Enum) -> Option<i32> {
    let values = old.values.iter().chain(&new.values);
    values.map(|value| value.number).max()?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, only};

    const ID: &str = "protobuf/enum-openness-changed";

    fn text(openness: &str, field: &str) -> String {
        format!(
            "edition = \"2023\"; package p; \
             enum E {{ option features.enum_type = {openness}; A = 0; B = 4; }} \
             message M {{ {field} }}"
        )
    }

    #[test]
    fn the_reader_with_the_closed_enum_loses_what_it_does_not_declare() {
        let field = "E e = 1;";
        let (open, closed) = (text("OPEN", field), text("CLOSED", field));
        only(ID, &open, &closed, &["backward p.E"]);
        only(ID, &closed, &open, &["backward p.E", "forward p.E"]);
    }

    #[test]
    fn the_syntax_of_the_file_opens_and_closes_enums() {
        let text = |syntax: &str| format!("syntax = \"{syntax}\"; package p; enum E {{ A = 0; }}");
        let (open, closed) = (text("proto3"), text("proto2"));
        only(ID, &open, &closed, &["backward p.E"]);
        only(ID, &closed, &open, &["backward p.E", "forward p.E"]);
    }

    /// The outcomes are those of Google's parsers (Python with upb, 7.36): an unset field, a shorter
    /// list, a map without the entry.
    #[test]
    fn fields_lists_and_maps_show_the_loss() {
        for (field, bytes, outcome) in [
            (
                "E e = 1;",
                "0805",
                "reading it with the new schema finds no `e`",
            ),
            (
                "repeated E e = 1;",
                "0a0105",
                "reading it with the new schema finds [] where [the undeclared number 5] was written",
            ),
            (
                "map<int32, E> e = 1;",
                "0a0408011005",
                "reading it with the new schema finds [] where [{ key: 1 value: 5 }] was written",
            ),
        ] {
            let found = findings(&text("OPEN", field), &text("CLOSED", field));
            let witness = found.iter().find_map(|found| found.witness.clone());
            let witness = witness.unwrap_or_else(|| panic!("{field}: {found:?}"));
            assert_eq!(
                (witness.bytes_hex.as_deref(), &*witness.outcome),
                (Some(bytes), outcome)
            );
            // What a closed enum writes an open one reads: code alone is left there.
            let found = findings(&text("CLOSED", field), &text("OPEN", field));
            let shown = found.iter().filter(|found| found.witness.is_some());
            let shown: Vec<_> = shown.map(|found| found.direction).collect();
            assert_eq!(shown, [crate::Direction::Forward]);
        }
    }
}

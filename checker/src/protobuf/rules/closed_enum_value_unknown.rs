//! A closed enum (proto2) takes a number that it does not declare for an absent value.

use super::{BOTH, Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Reader, Rule, Severity, Writer};
use crate::protobuf::diff::Change;
use crate::protobuf::witness::{self, Names};

/// `protobuf/closed-enum-value-unknown`
pub static RULE: Rule = Rule {
    id: "protobuf/closed-enum-value-unknown",
    format: Some(Format::Protobuf),
    summary: "A closed enum lacks a value that the other version writes.",
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, enum behavior: closed enums",
    docs: include_str!("closed_enum_value_unknown.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::Enum { old, new } = change else {
        return Vec::new();
    };
    let names = Names {
        old: &old.name,
        new: &new.name,
    };
    let mut findings = Vec::new();
    for direction in BOTH {
        let (Reader(reader), Writer(writer)) = direction.roles(*old, *new);
        let unknown = writer
            .values
            .iter()
            .filter(|value| !reader.has_number(value.number));
        for value in unknown.filter(|_| reader.closed) {
            let (before, now) = match direction {
                Direction::Backward => (value.span.as_ref(), new.name_span.as_ref()),
                Direction::Forward => (old.name_span.as_ref(), value.span.as_ref()),
            };
            findings.push(Finding {
                hint: Some(Hint {
                    text: "declare the value in all readers before anyone writes it, or move the \
                           enum to a proto3 file, where enums are open"
                        .to_owned(),
                    edits: Vec::new(),
                }),
                witness: witness::enum_number(cx, direction, names, value.number),
                ..finding(
                    &RULE,
                    direction,
                    format!("{}.{}", old.name, value.name),
                    (before, now),
                    format!(
                        "value `{}` ({}) is unknown to the closed enum `{}` of the other version, \
                         which reads it as absent",
                        value.name, value.number, reader.name
                    ),
                )
            });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    const ID: &str = "protobuf/closed-enum-value-unknown";

    fn proto2(body: &str) -> String {
        format!("syntax = \"proto2\"; package p; {body}")
    }

    #[test]
    fn a_closed_enum_loses_what_it_does_not_declare() {
        let (less, more) = (
            proto2("enum E { A = 0; }"),
            proto2("enum E { A = 0; B = 1; }"),
        );
        only(ID, &less, &more, &["forward p.E.B"]);
        only(ID, &more, &less, &["backward p.E.B"]);
    }

    #[test]
    fn an_open_enum_keeps_the_number() {
        only(
            ID,
            &proto("enum E { A = 0; }"),
            &proto("enum E { A = 0; B = 1; }"),
            &[],
        );
    }
}

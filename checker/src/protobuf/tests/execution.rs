//! The table of types against execution: a finding where, and only where, a value that was written
//! with the one type comes out of the other otherwise.

use super::super::rules::{BOTH, Context};
use super::super::testing::{findings, proto, schema};
use super::super::witness::{self, Names};
use crate::model::Category;
use crate::protobuf::diff::Scope;

/// Types of a field, with their label.
const TYPES: [&str; 34] = [
    "double",
    "float",
    "int32",
    "int64",
    "uint32",
    "uint64",
    "sint32",
    "sint64",
    "fixed32",
    "fixed64",
    "sfixed32",
    "sfixed64",
    "bool",
    "string",
    "bytes",
    "E",
    "P",
    "repeated double",
    "repeated float",
    "repeated int32",
    "repeated int64",
    "repeated uint32",
    "repeated uint64",
    "repeated sint32",
    "repeated sint64",
    "repeated fixed32",
    "repeated fixed64",
    "repeated bool",
    "repeated string",
    "repeated bytes",
    "repeated E",
    "repeated P",
    "map<string, int32>",
    "map<bool, P>",
];

/// A map and a message or a list are told apart by the number of entries only, which says too
/// little here.
fn incomparable(old: &str, new: &str) -> bool {
    let map = |kind: &str| kind.starts_with("map");
    map(old) != map(new)
}

#[test]
fn a_type_breaks_exactly_where_a_value_is_lost_or_altered() {
    let mut differing = Vec::new();
    for old in TYPES {
        for new in TYPES {
            let text = |kind: &str| {
                proto(&format!(
                    "message M {{ {kind} a = 1; }} message P {{ string s = 1; int64 n = 200; }} \
                     enum E {{ A = 0; B = 1; C = 2; }}"
                ))
            };
            let (old_text, new_text) = (text(old), text(new));
            let (old_schema, new_schema) = (schema(&old_text), schema(&new_text));
            let cx = Context {
                old: old_schema.side(),
                new: new_schema.side(),
                scope: Scope::Registry,
            };
            let found = findings(&old_text, &new_text);
            for direction in BOTH {
                let errors = found.iter().filter(|finding| {
                    finding.direction == direction
                        && finding.rule.categories.contains(&Category::Wire)
                });
                let judged = errors.count() > 0;
                let names = Names {
                    old: "p.M",
                    new: "p.M",
                };
                let executed = witness::field(&cx, direction, names, 1);
                if judged != executed.is_some() && !incomparable(old, new) {
                    differing.push(format!(
                        "{direction:?} {old} -> {new}: {judged} {executed:?}"
                    ));
                }
            }
        }
    }
    assert_eq!(differing, [""; 0], "{}", differing.join("\n"));
}

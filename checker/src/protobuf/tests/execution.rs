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
            let cx = Context::new(old_schema.side(), new_schema.side(), Scope::Registry);
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

/// Pairs, each with the rules that show data in it.
const SHOWN: [(&str, &str, &[&str]); 9] = [
    ("int32 a = 1;", "", &["field-removed"]),
    ("int32 a = 1;", "string b = 1;", &["field-number-reused"]),
    ("int64 a = 1;", "int32 a = 1;", &["field-range-narrowed"]),
    (
        "repeated int32 a = 1;",
        "int32 a = 1;",
        &["field-cardinality-changed"],
    ),
    (
        "int32 a = 1; int32 b = 2;",
        "oneof o { int32 a = 1; int32 b = 2; }",
        &["field-moved-into-oneof"],
    ),
    (
        "enum E { A = 0; B = 1; } E e = 1;",
        "enum E { A = 0; } E e = 1;",
        &["enum-value-removed"],
    ),
    (
        "enum E { A = 0; B = 1; } E e = 1;",
        "enum E { A = 0; C = 1; B = 2; } E e = 1;",
        &["enum-value-number-changed"],
    ),
    (
        "map<string, int32> m = 1;",
        "map<int32, int32> m = 1;",
        &["field-type-changed"],
    ),
    ("M m = 1;", "bytes m = 1; int32 b = 2;", &[]),
];

/// The same for proto2.
const SHOWN2: [(&str, &str, &[&str]); 5] = [
    (
        "optional int32 a = 1;",
        "required int32 a = 1;",
        &["required-field-added"],
    ),
    (
        "required int32 a = 1;",
        "optional int32 a = 1;",
        &["required-field-removed"],
    ),
    (
        "optional int32 a = 1 [default = 1];",
        "optional int32 a = 1 [default = 2];",
        &["field-default-changed"],
    ),
    (
        "enum E { A = 0; B = 1; } optional E e = 1;",
        "enum E { A = 0; reserved 1; } optional E e = 1;",
        &["closed-enum-value-unknown"],
    ),
    (
        "required R r = 1; message R { required int32 x = 1; } optional int32 a = 2;",
        "required R r = 1; message R { required int32 x = 1; } optional string a = 2;",
        &["field-type-changed"],
    ),
];

#[test]
fn every_wire_finding_shows_what_was_read() {
    use super::super::testing::{message, message2};
    let proto3 = SHOWN
        .iter()
        .map(|(old, new, rules)| (message(old), message(new), rules));
    let proto2 = SHOWN2
        .iter()
        .map(|(old, new, rules)| (message2(old), message2(new), rules));
    for (old, new, rules) in proto3.chain(proto2) {
        let found = findings(&old, &new);
        let wire = found
            .iter()
            .filter(|finding| finding.rule.categories.contains(&Category::Wire));
        let mut seen = std::collections::BTreeSet::new();
        for finding in wire {
            let id = finding.rule.id.trim_start_matches("protobuf/");
            assert!(finding.witness.is_some(), "{id}: {old} -> {new}");
            seen.insert(id);
        }
        for rule in *rules {
            assert!(
                seen.contains(rule),
                "{rule} is not among {seen:?}: {old} -> {new}"
            );
        }
    }
}

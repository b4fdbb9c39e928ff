//! Parsing canonical form and fingerprints. What other implementations get wrong stands here, row by
//! row; Avro Java is held against both in the end-to-end tests.

use crate::avro::FingerprintKind::{Crc64Avro, Md5, Sha256};
use crate::avro::Schema;
use crate::avro::canonical::MAX_INLINE_DEPTH;

use super::{input_with, parse_as};

#[track_caller]
fn form(text: &str, expected: &str) {
    let schema = parse_as("t", text);
    assert_eq!(schema.parsing_canonical_form().as_deref(), Some(expected));
}

#[track_caller]
fn same_form(one: &str, other: &str) {
    let [one, other] = [one, other].map(|text| parse_as("t", text).parsing_canonical_form());
    assert!(one.is_some());
    assert_eq!(one, other);
}

/// The schema of `text` with references, in their order.
fn with_references(text: &str, references: &[(&str, &str)]) -> Schema {
    Schema::parse(&input_with("t", text, references)).expect("is valid")
}

#[test]
fn keys_are_ordered_names_are_full_and_all_else_is_stripped() {
    form(
        r#"{"fields": [
            {"type": {"size": 16, "type": "fixed", "aliases": ["Old"], "name": "F"}, "name": "a",
             "default": "0123456789abcdef", "doc": "d"},
            {"type": {"symbols": ["X", "Y"], "default": "X", "type": "enum", "name": "b.E"}, "name": "c"},
            {"type": ["null", "F", {"items": "b.E", "type": "array"}], "name": "u", "default": null},
            {"type": {"values": {"type": "long"}, "type": "map", "x": 1}, "name": "m"}],
          "namespace": "n", "doc": "d", "name": "R", "type": "record"}"#,
        r#"{"name":"n.R","type":"record","fields":[{"name":"a","type":{"name":"n.F","type":"fixed","size":16}},{"name":"c","type":{"name":"b.E","type":"enum","symbols":["X","Y"]}},{"name":"u","type":["null","n.F",{"type":"array","items":"b.E"}]},{"name":"m","type":{"type":"map","values":"long"}}]}"#,
    );
}

#[test]
fn the_order_of_a_field_is_dropped() {
    form(
        r#"{"type": "record", "name": "R", "fields": [
            {"name": "a", "type": "int", "order": "descending"}]}"#,
        r#"{"name":"R","type":"record","fields":[{"name":"a","type":"int"}]}"#,
    );
}

#[test]
fn logical_types_and_their_parameters_are_dropped() {
    let decimal = |scale: u8| {
        format!(
            r#"{{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": {scale}}}"#
        )
    };
    form(&decimal(2), "\"bytes\"");
    same_form(&decimal(2), &decimal(3));
    form(
        r#"{"type": "fixed", "name": "D", "size": 4, "logicalType": "decimal", "precision": 9}"#,
        r#"{"name":"D","type":"fixed","size":4}"#,
    );
}

#[test]
fn a_primitive_with_attributes_is_its_word() {
    form(
        r#"{"type": "string", "avro.java.string": "String"}"#,
        "\"string\"",
    );
}

#[test]
fn schemas_that_read_differently_can_have_one_form() {
    same_form(
        r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#,
        r#"{"type": "enum", "name": "E", "symbols": ["A", "B"], "default": "B", "aliases": ["F"], "doc": "d"}"#,
    );
    same_form(
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#,
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": 7, "aliases": ["b"]}]}"#,
    );
}

#[test]
fn a_type_without_a_namespace_keeps_none_within_another() {
    form(
        r#"{"type": "record", "name": "a.b.R", "fields": [
            {"name": "s", "type": {"type": "fixed", "name": "S", "namespace": "", "size": 1}},
            {"name": "again", "type": "S"}]}"#,
        r#"{"name":"a.b.R","type":"record","fields":[{"name":"s","type":{"name":"S","type":"fixed","size":1}},{"name":"again","type":"S"}]}"#,
    );
}

#[test]
fn escapes_are_undone_before_hashing() {
    let escaped = r#"{"type": "\u0065num", "name": "\u0045", "symbols": ["\u0041"]}"#;
    form(escaped, r#"{"name":"E","type":"enum","symbols":["A"]}"#);
}

#[test]
fn recursion_ends_at_the_name() {
    form(
        r#"{"type": "record", "name": "n.L", "fields": [{"name": "next", "type": ["null", "L"]}]}"#,
        r#"{"name":"n.L","type":"record","fields":[{"name":"next","type":["null","n.L"]}]}"#,
    );
}

#[test]
fn references_are_written_out_so_that_the_spread_over_texts_does_not_count() {
    let money = r#"{"type": "record", "name": "shop.Money", "fields": [
        {"name": "unit", "type": {"type": "enum", "name": "Unit", "symbols": ["EUR"]}}]}"#;
    let order = |first: &str| {
        format!(
            r#"{{"type": "record", "name": "shop.Order", "fields": [
                {{"name": "net", "type": {first}}}, {{"name": "gross", "type": "Money"}},
                {{"name": "unit", "type": "Unit"}}]}}"#
        )
    };
    let spread = with_references(&order("\"Money\""), &[("shop.Money", money)]);
    let whole = with_references(&order(money), &[]);
    assert_eq!(
        spread.parsing_canonical_form().as_deref(),
        Some(
            r#"{"name":"shop.Order","type":"record","fields":[{"name":"net","type":{"name":"shop.Money","type":"record","fields":[{"name":"unit","type":{"name":"shop.Unit","type":"enum","symbols":["EUR"]}}]}},{"name":"gross","type":"shop.Money"},{"name":"unit","type":"shop.Unit"}]}"#
        )
    );
    assert_eq!(spread.fingerprint(Sha256), whole.fingerprint(Sha256));
}

#[test]
fn a_form_that_would_nest_too_deeply_is_none() {
    let chain = |links: usize| {
        let link = |at: usize| {
            let inner = match at {
                0 => "int".to_owned(),
                _ => format!("L{}", at - 1),
            };
            let text = format!(
                r#"{{"type": "record", "name": "L{at}", "fields": [{{"name": "f", "type": "{inner}"}}]}}"#
            );
            (format!("L{at}"), text)
        };
        let links: Vec<(String, String)> = (0..links).map(link).collect();
        let borrowed: Vec<(&str, &str)> = links
            .iter()
            .map(|(name, text)| (&**name, &**text))
            .collect();
        let root = format!("\"L{}\"", links.len() - 1);
        with_references(&root, &borrowed).fingerprint(Md5).is_some()
    };
    // The innermost `int` is a level too.
    assert!(chain(MAX_INLINE_DEPTH - 1));
    assert!(!chain(MAX_INLINE_DEPTH));
}

#[test]
fn fingerprints_of_a_primitive() {
    let schema = parse_as("t", "\"int\"");
    let hex = |kind| schema.fingerprint(kind).map(|it| it.to_string());
    assert_eq!(hex(Crc64Avro).as_deref(), Some("8f5c393f1ad57572"));
    assert_eq!(
        hex(Md5).as_deref(),
        Some("ef524ea1b91e73173d938ade36c1db32")
    );
    assert_eq!(
        hex(Sha256).as_deref(),
        Some("3f2b87a9fe7cc9b13835598c3981cd45e3e355309e5090aa0933d7becb6fba45")
    );
    let numbers = [Crc64Avro, Md5].map(|kind| schema.fingerprint(kind).and_then(|it| it.number()));
    assert_eq!(numbers, [Some(0x7275_d51a_3f39_5c8f), None]);
}

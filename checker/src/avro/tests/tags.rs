//! Inline tags: found, added and removed in the text as it was sent.

use crate::model::{Entity, EntityKind, Tagged};
use crate::{Format, Reference, SchemaInput, Source};

use super::super::{Schema, TagOrder};
use super::parse_as;

const ORDER: &str = r#"{
  "type": "record", "name": "Order", "namespace": "shop", "confluent:tags": ["A"],
  "fields": [
    {"name": "customer", "type": {
      "type": "record",
      "name": "Customer",
      "fields": [{"name":"mail","type":"string"}]
    }},
    {"confluent:tags": ["B", "C", "B"], "name": "lines", "type": {"type": "array", "items": {
      "type": "map", "values": ["null", {"type": "record", "name": "other.Line", "fields": [
        {"name": "price", "type": "long", "confluent:tags": ["D"], "default": 0}]}]}}}
  ]
}"#;

fn record(path: &str, tags: &[&str]) -> Tagged {
    tagged(EntityKind::Record, path, tags)
}

fn field(path: &str, tags: &[&str]) -> Tagged {
    tagged(EntityKind::Field, path, tags)
}

fn tagged(kind: EntityKind, path: &str, tags: &[&str]) -> Tagged {
    Tagged {
        entity: Entity {
            kind,
            path: path.to_owned(),
        },
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    }
}

fn messages(schema: &Schema, add: &[Tagged]) -> Vec<String> {
    let done = schema.with_tags(add, &[], TagOrder::AddBeforeRemove);
    let problems = done.expect_err("a wrong path");
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn tags_are_found_wherever_records_stand() {
    let schema = parse_as("t", ORDER);
    assert_eq!(
        schema.tagged_entities(),
        [
            record("shop.Order", &["A"]),
            field("shop.Order.lines", &["B", "C"]),
            field("other.Line.price", &["D"]),
        ]
    );
    assert!(schema.tags().iter().eq(["A", "B", "C", "D"]));
}

#[test]
fn the_text_keeps_its_layout() {
    let schema = parse_as("t", ORDER);
    let add = [
        record("shop.Customer", &["X", "Y"]),
        field("shop.Customer.mail", &["X"]),
        field("other.Line.price", &["X"]),
        record("other.Line", &["\"q\""]),
        record("shop.Order", &["A"]),
    ];
    let remove = [field("shop.Order.lines", &["C", "B"])];
    let text = schema
        .with_tags(&add, &remove, TagOrder::AddBeforeRemove)
        .expect("right paths");
    assert_eq!(
        text,
        r#"{
  "type": "record", "name": "Order", "namespace": "shop", "confluent:tags": ["A"],
  "fields": [
    {"name": "customer", "type": {
      "type": "record",
      "name": "Customer",
      "fields": [{"name":"mail","type":"string","confluent:tags":["X"]}],
      "confluent:tags": ["X", "Y"]
    }},
    {"name": "lines", "type": {"type": "array", "items": {
      "type": "map", "values": ["null", {"type": "record", "name": "other.Line", "fields": [
        {"name": "price", "type": "long", "confluent:tags": ["D","X"], "default": 0}], "confluent:tags": ["\"q\""]}]}}}
  ]
}"#
    );
    let found = parse_as("t", &text).tagged_entities();
    let expected = [
        record("shop.Order", &["A"]),
        record("shop.Customer", &["X", "Y"]),
        field("shop.Customer.mail", &["X"]),
        record("other.Line", &["\"q\""]),
        field("other.Line.price", &["D", "X"]),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_tag_that_is_added_and_removed_depends_on_the_order() {
    let schema = parse_as("t", ORDER);
    let price = |tags: &[&str]| [field("other.Line.price", tags)];
    for (order, left) in [
        (TagOrder::AddBeforeRemove, &["Y"][..]),
        (TagOrder::RemoveBeforeAdd, &["X", "Y"]),
    ] {
        let text = schema.with_tags(&price(&["X", "Y"]), &price(&["X", "D"]), order);
        let found = parse_as("t", &text.expect("right paths")).tagged_entities();
        assert_eq!(found.last(), Some(&field("other.Line.price", left)));
    }
}

#[test]
fn a_key_that_stands_twice_is_gone_with_its_tags() {
    for (text, expected) in [
        (
            r#"{"confluent:tags": [], "confluent:tags": ["A"], "type": "record", "name": "R", "fields": []}"#,
            r#"{"type": "record", "name": "R", "fields": []}"#,
        ),
        (
            r#"{"type": "record", "confluent:tags": ["B"], "confluent:tags": ["A"], "name": "R", "fields": []}"#,
            r#"{"type": "record", "name": "R", "fields": []}"#,
        ),
        (
            r#"{"confluent:tags": ["B"], "type": "record", "name": "R", "fields": [], "confluent:tags": ["A"]}"#,
            r#"{"type": "record", "name": "R", "fields": []}"#,
        ),
    ] {
        let schema = parse_as("t", text);
        let remove = [record("R", &["A", "none"])];
        let done = schema.with_tags(&[], &remove, TagOrder::AddBeforeRemove);
        assert_eq!(done.as_deref(), Ok(expected));
    }
}

#[test]
fn every_wrong_path_is_told() {
    let schema = parse_as(
        "t",
        r#"["null", {"type": "record", "name": "a.R", "fields": [{"name": "x", "type": "int"}, {"name": "y", "type": {"type": "fixed", "name": "F", "size": 1}}]}]"#,
    );
    let add = [
        record("R", &["T"]),
        record("a.F", &["T"]),
        record("a.R.x", &["T"]),
        field("x", &["T"]),
        field("a.R", &["T"]),
        field("a.R.z", &["T"]),
    ];
    assert_eq!(
        messages(&schema, &add),
        [
            "the schema defines no record `R`; it defines a.R",
            "`a.F` is no record, it is a fixed",
            "the schema defines no record `a.R.x`; it defines a.R",
            "the schema defines no record `a`; it defines a.R",
            "record `a.R` has no field `z`; it has x and y",
            "`x` is no path of a field; write the full name of its record, a dot, and its name",
        ]
    );
}

#[test]
fn a_referenced_record_is_tagged_where_it_is_registered() {
    let mut input = SchemaInput::new(
        Format::Avro,
        Source::new("t", r#"{"type": "array", "items": "a.R"}"#),
    );
    input.references.push(Reference {
        name: "a.R".to_owned(),
        source: Source::new(
            "r",
            r#"{"type": "record", "name": "a.R", "fields": [], "confluent:tags": ["A"]}"#,
        ),
    });
    let schema = Schema::parse(&input).expect("valid");
    assert_eq!(schema.tagged_entities(), []);
    assert_eq!(
        messages(&schema, &[record("a.R", &["T"])]),
        ["`a.R` is defined in a referenced schema; tag it there"]
    );
}

#[test]
fn tags_that_are_none_are_not_replaced() {
    for tags in [r#""A""#, r#"["A", 1]"#] {
        let text =
            format!(r#"{{"type": "record", "name": "R", "fields": [], "confluent:tags": {tags}}}"#);
        assert_eq!(
            messages(&parse_as("t", &text), &[record("R", &["T"])]),
            ["the `confluent:tags` of `R` is no array of strings; mend it first"]
        );
    }
}

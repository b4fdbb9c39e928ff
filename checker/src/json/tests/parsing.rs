//! What is refused, with which words and where.

use super::{json, schema, schema_as};
use crate::json::Draft;
use crate::{Format, Reference, Schema, SchemaInput, Source};

#[track_caller]
fn refused(text: &str, expected: &str) {
    let problems = schema_as(text, Draft::default()).expect_err("is no schema");
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(
        texts.iter().any(|text| text.contains(expected)),
        "{texts:?}"
    );
}

#[test]
fn a_root_must_be_an_object_or_a_boolean() {
    refused(
        "[]",
        "t.json:1:1: a schema is an object, `true` or `false`, not an array",
    );
    refused("\"x\"", "not a string");
    schema("true");
    schema("{}");
}

#[test]
fn violations_of_the_meta_schema_have_a_place() {
    refused("{\n  \"type\": \"strin\"\n}", "t.json:2:11: at `#/type`");
    refused(r#"{"minLength": -1}"#, "t.json:1:15: at `#/minLength`");
    refused(r#"{"properties": {"a": 1}}"#, "at `#/properties/a`");
}

#[test]
fn patterns_must_be_ecma_262() {
    refused(
        r#"{"pattern": "(a"}"#,
        "t.json:1:13: `(a` is no regular expression",
    );
    refused(
        r#"{"patternProperties": {"[": {}}}"#,
        "`[` is no regular expression",
    );
    schema(r#"{"pattern": "(?=a)\\p{L}"}"#);
}

#[test]
fn a_reference_to_an_unknown_document_is_named() {
    refused(
        r#"{"properties": {"a": {"$ref": "other.json"}}}"#,
        "t.json:1:31: `$ref` names `other.json`, which is not among the references",
    );
    refused(
        r##"{"$ref": "#/definitions/a"}"##,
        "nothing stands at `#/definitions/a`",
    );
}

#[test]
fn references_are_found_under_their_names() {
    let mut input = SchemaInput::new(
        Format::Json,
        Source::new(
            "t.json",
            r#"{"$id": "http://example.com/a.json", "properties": {"a": {"$ref": "b.json#/definitions/b"}}}"#,
        ),
    );
    input.references = vec![Reference {
        name: "b.json".to_owned(),
        source: Source::new("b.json", r#"{"definitions": {"b": {"type": "string"}}}"#),
    }];
    let referring = Schema::parse(&input).expect("is a schema");
    assert_eq!(json(&referring).admits(r#"{"a": "x"}"#), Some(true));
    assert_eq!(json(&referring).admits(r#"{"a": 1}"#), Some(false));
    let inlined = schema(r#"{"properties": {"a": {"type": "string"}}}"#);
    for (old, new) in [(&referring, &inlined), (&inlined, &referring)] {
        assert_eq!(
            super::backward(old, new, crate::Policy::Strict).verdict(),
            crate::Verdict::Compatible
        );
    }
}

#[test]
fn a_schema_that_only_refers_to_itself_is_refused() {
    refused(
        r##"{"$ref": "#"}"##,
        "without stepping into a property or an item",
    );
    refused(
        r##"{"definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"allOf": [{"$ref": "#/definitions/a"}]}}, "$ref": "#/definitions/a"}"##,
        "without stepping into a property or an item",
    );
    schema(r##"{"properties": {"next": {"$ref": "#"}}}"##);
}

#[test]
fn long_chains_and_deep_nesting_are_refused_not_overflowed() {
    let definition = |index: i32| {
        format!(
            r##""d{index}": {{"$ref": "#/definitions/d{}"}},"##,
            index + 1
        )
    };
    let definitions: String = (0..5_000).map(definition).collect();
    let text = format!(
        r##"{{"definitions": {{{definitions} "d5000": {{}}}}, "$ref": "#/definitions/d0"}}"##
    );
    refused(&text, "are chained by `$ref`");
    let deep = format!("{}{{}}{}", r#"{"items":"#.repeat(250), "}".repeat(250));
    let deep = schema(&deep);
    let comparison = super::backward(&deep, &schema("{}"), crate::Policy::Strict);
    assert_eq!(comparison.verdict(), crate::Verdict::Compatible);
}

#[test]
fn the_draft_comes_from_the_schema_or_from_the_caller() {
    let text = r#"{"minimum": 1, "exclusiveMinimum": true}"#;
    assert!(schema_as(text, Draft::Draft4).is_ok());
    assert!(schema_as(text, Draft::Draft7).is_err());
    let named = schema(
        r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "prefixItems": [false]}"#,
    );
    assert_eq!(json(&named).draft(), Draft::Draft202012);
    assert_eq!(json(&named).admits("[1]"), Some(false));
    let unknown = schema(r#"{"$schema": "https://example.com/own"}"#);
    assert_eq!(json(&unknown).draft(), Draft::Draft7);
}

#[test]
fn what_a_text_stands_for_is_an_annotation() {
    for draft in Draft::ALL {
        for encoding in [
            "base16",
            "base32",
            "base32hex",
            "base64",
            "base64url",
            "7bit",
        ] {
            let text = format!(
                r#"{{"contentEncoding": "{encoding}", "contentMediaType": "application/json"}}"#
            );
            let schema = schema_as(&text, draft).expect("is a schema");
            assert_eq!(
                json(&schema).admits(r#""{?""#),
                Some(true),
                "{draft:?} {text}"
            );
        }
    }
}

//! Everyday changes of schemas, as data. What they mean is not said here: libraries of others tell.

/// Two versions of a schema.
pub(super) struct Pair {
    pub(super) name: &'static str,
    pub(super) format: &'static str,
    pub(super) old: &'static str,
    pub(super) new: &'static str,
}

const fn avro(name: &'static str, old: &'static str, new: &'static str) -> Pair {
    Pair {
        name,
        format: "AVRO",
        old,
        new,
    }
}

const fn json(name: &'static str, old: &'static str, new: &'static str) -> Pair {
    Pair {
        name,
        format: "JSON",
        old,
        new,
    }
}

const fn protobuf(name: &'static str, old: &'static str, new: &'static str) -> Pair {
    Pair {
        name,
        format: "PROTOBUF",
        old,
        new,
    }
}

pub(super) const PAIRS: &[Pair] = &[
    avro("int becomes long", r#""int""#, r#""long""#),
    avro("long becomes string", r#""long""#, r#""string""#),
    avro("string becomes bytes", r#""string""#, r#""bytes""#),
    avro("float becomes double", r#""float""#, r#""double""#),
    avro(
        "type becomes a union",
        r#""string""#,
        r#"["null", "string"]"#,
    ),
    avro(
        "union loses a branch",
        r#"["null", "string", "int"]"#,
        r#"["null", "string"]"#,
    ),
    avro(
        "union in another order",
        r#"["int", "string"]"#,
        r#"["string", "int"]"#,
    ),
    avro(
        "symbol added without default",
        r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#,
        r#"{"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}"#,
    ),
    avro(
        "symbol removed with default",
        r#"{"type": "enum", "name": "E", "symbols": ["A", "B", "C"], "default": "A"}"#,
        r#"{"type": "enum", "name": "E", "symbols": ["A", "B"], "default": "A"}"#,
    ),
    avro(
        "default changed",
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": 1}]}"#,
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": 2}]}"#,
    ),
    avro(
        "default removed",
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": 1}]}"#,
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#,
    ),
    avro(
        "default removed within",
        r#"{"type": "record", "name": "R", "fields": [{"name": "s", "type": {"type": "record", "name": "S",
            "fields": [{"name": "a", "type": "string", "default": "x"}, {"name": "b", "type": "int"}]}}]}"#,
        r#"{"type": "record", "name": "R", "fields": [{"name": "s", "type": {"type": "record", "name": "S",
            "fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "int"}]}}]}"#,
    ),
    avro(
        "decimal of another scale",
        r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}"#,
        r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 3}"#,
    ),
    avro(
        "decimal of a smaller precision",
        r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}"#,
        r#"{"type": "bytes", "logicalType": "decimal", "precision": 3, "scale": 2}"#,
    ),
    avro(
        "fixed grows",
        r#"{"type": "fixed", "name": "F", "size": 2}"#,
        r#"{"type": "fixed", "name": "F", "size": 3}"#,
    ),
    avro(
        "items widen",
        r#"{"type": "array", "items": "int"}"#,
        r#"{"type": "array", "items": "double"}"#,
    ),
    avro(
        "values change",
        r#"{"type": "map", "values": "int"}"#,
        r#"{"type": "map", "values": "boolean"}"#,
    ),
    avro(
        "field renamed with an alias",
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#,
        r#"{"type": "record", "name": "R", "fields": [{"name": "b", "type": "int", "aliases": ["a"]}]}"#,
    ),
    avro(
        "list of records gains a field with default",
        r#"{"type": "record", "name": "N", "fields": [{"name": "v", "type": "int"}, {"name": "next", "type": ["null", "N"], "default": null}]}"#,
        r#"{"type": "record", "name": "N", "fields": [{"name": "v", "type": "long"}, {"name": "next", "type": ["null", "N"], "default": null}, {"name": "w", "type": "string", "default": "x"}]}"#,
    ),
    json(
        "integer becomes number",
        r#"{"type": "integer"}"#,
        r#"{"type": "number"}"#,
    ),
    json(
        "string becomes integer",
        r#"{"type": "string"}"#,
        r#"{"type": "integer"}"#,
    ),
    json(
        "type becomes a list",
        r#"{"type": "string"}"#,
        r#"{"type": ["string", "null"]}"#,
    ),
    json(
        "property becomes required",
        r#"{"type": "object", "properties": {"a": {"type": "string"}}}"#,
        r#"{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}"#,
    ),
    json(
        "closed object gains a property",
        r#"{"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false}"#,
        r#"{"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "additionalProperties": false}"#,
    ),
    json(
        "open object is closed",
        r#"{"type": "object", "properties": {"a": {"type": "string"}}}"#,
        r#"{"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false}"#,
    ),
    json(
        "property changes its type",
        r#"{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}"#,
        r#"{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}"#,
    ),
    json(
        "value leaves an enum",
        r#"{"enum": ["a", "b", 3]}"#,
        r#"{"enum": ["a", "b"]}"#,
    ),
    json(
        "minimum rises",
        r#"{"type": "integer", "minimum": 1}"#,
        r#"{"type": "integer", "minimum": 5}"#,
    ),
    json(
        "maximum becomes exclusive",
        r#"{"type": "number", "maximum": 5}"#,
        r#"{"type": "number", "exclusiveMaximum": 5}"#,
    ),
    json(
        "text gets shorter",
        r#"{"type": "string", "maxLength": 10}"#,
        r#"{"type": "string", "maxLength": 3}"#,
    ),
    json(
        "items narrow",
        r#"{"type": "array", "items": {"type": "number"}}"#,
        r#"{"type": "array", "items": {"type": "integer"}}"#,
    ),
    json(
        "list may be empty no more",
        r#"{"type": "array"}"#,
        r#"{"type": "array", "minItems": 1}"#,
    ),
    json("everything becomes nothing", "true", "false"),
    json(
        "definition changes behind a reference",
        r##"{"definitions": {"d": {"type": "string"}}, "type": "object", "properties": {"a": {"$ref": "#/definitions/d"}}}"##,
        r##"{"definitions": {"d": {"type": "string", "minLength": 2}}, "type": "object", "properties": {"a": {"$ref": "#/definitions/d"}}}"##,
    ),
    protobuf(
        "field added",
        "syntax = \"proto3\"; package p; message M { int32 a = 1; }",
        "syntax = \"proto3\"; package p; message M { int32 a = 1; string b = 2; }",
    ),
    protobuf(
        "int32 becomes int64",
        "syntax = \"proto3\"; package p; message M { int32 a = 1; }",
        "syntax = \"proto3\"; package p; message M { int64 a = 1; }",
    ),
    protobuf(
        "int32 becomes string",
        "syntax = \"proto3\"; package p; message M { int32 a = 1; }",
        "syntax = \"proto3\"; package p; message M { string a = 1; }",
    ),
    protobuf(
        "int32 becomes sint32",
        "syntax = \"proto3\"; package p; message M { int32 a = 1; }",
        "syntax = \"proto3\"; package p; message M { sint32 a = 1; }",
    ),
    protobuf(
        "int32 becomes fixed32",
        "syntax = \"proto3\"; package p; message M { int32 a = 1; }",
        "syntax = \"proto3\"; package p; message M { fixed32 a = 1; }",
    ),
    protobuf(
        "bytes become string",
        "syntax = \"proto3\"; package p; message M { bytes a = 1; }",
        "syntax = \"proto3\"; package p; message M { string a = 1; }",
    ),
    protobuf(
        "number reused",
        "syntax = \"proto3\"; package p; message M { int32 a = 1; string b = 2; }",
        "syntax = \"proto3\"; package p; message M { int32 a = 1; double c = 2; }",
    ),
    protobuf(
        "field repeated no more",
        "syntax = \"proto3\"; package p; message M { repeated int32 a = 1; }",
        "syntax = \"proto3\"; package p; message M { int32 a = 1; }",
    ),
    protobuf(
        "message becomes a number",
        "syntax = \"proto3\"; package p; message M { N n = 1; } message N { int32 v = 1; }",
        "syntax = \"proto3\"; package p; message M { int32 n = 1; } message N { int32 v = 1; }",
    ),
    protobuf(
        "fields move into a oneof",
        "syntax = \"proto3\"; package p; message M { string a = 1; string b = 2; }",
        "syntax = \"proto3\"; package p; message M { oneof o { string a = 1; string b = 2; } }",
    ),
    protobuf(
        "enum value removed",
        "syntax = \"proto3\"; package p; enum E { A = 0; B = 1; C = 2; } message M { E e = 1; }",
        "syntax = \"proto3\"; package p; enum E { A = 0; B = 1; } message M { E e = 1; }",
    ),
    protobuf(
        "required field added",
        "syntax = \"proto2\"; package p; message M { optional int32 a = 1; }",
        "syntax = \"proto2\"; package p; message M { optional int32 a = 1; required int32 b = 2; }",
    ),
];

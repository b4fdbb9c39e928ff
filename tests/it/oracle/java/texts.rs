//! Texts in which notation matters, as data: numbers, escapes, names, attributes, references.

/// A text, and the texts that it refers to, in order.
pub(super) type Text = (&'static str, &'static [&'static str]);

const MONEY: &str = r#"{"type": "record", "name": "shop.Money", "fields": [
    {"name": "unit", "type": {"type": "enum", "name": "Unit", "symbols": ["EUR"]}}]}"#;
const PRICE: &str = r#"{"type": "record", "name": "shop.Price", "fields": [
    {"name": "net", "type": "Money"}, {"name": "gross", "type": "shop.Money"}]}"#;

pub(super) const TEXTS: &[Text] = &[
    (
        r#"{"type": "string", "z": [1E5, -0, -0.0, 1.10, 1e-7, 100000000.5, "\u0001\u007f\u2028/\/"]}"#,
        &[],
    ),
    (r#"{"type": "int", "z": 12345678901234567890}"#, &[]),
    (r#" "in\u0074" "#, &[]),
    (
        r#"{"type": "int", "size": 3, "name": "q", "symbols": 1, "items": 2, "default": 5, "order": "x"}"#,
        &[],
    ),
    (
        r#"{"type": "array", "items": "int", "default": [], "name": "q", "foo": 1, "logicalType": "x"}"#,
        &[],
    ),
    (
        r#"{"type": "fixed", "name": "F", "size": 1, "default": "x", "fields": 3, "order": 1}"#,
        &[],
    ),
    (r#"{"type": "fixed", "name": "F", "size": 0}"#, &[]),
    (r#"{"type": "enum", "name": "E", "symbols": []}"#, &[]),
    (
        r#"{"type": "record", "name": "R", "fields": [], "x": 1, "y": 2, "x": 3}"#,
        &[],
    ),
    (
        r#"{"type": "record", "name": "R", "name": "S", "fields": []}"#,
        &[],
    ),
    (r#"{"type": "record", "name": ".R", "fields": []}"#, &[]),
    (
        r#"{"type": "record", "name": "R", "namespace": null, "fields": []}"#,
        &[],
    ),
    (
        r#"{"type": "record", "name": "R", "doc": "", "fields": [{"name": "a", "type": "int", "doc": null}]}"#,
        &[],
    ),
    (
        r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": "int", "namespace": "q", "logicalType": "date", "symbols": 3}]}"#,
        &[],
    ),
    (
        r#"{"type": "record", "name": "q.R", "fields": [
        {"name": "a", "type": {"type": "record", "name": "N", "namespace": "", "fields": []}},
        {"name": "b", "type": "N"}]}"#,
        &[],
    ),
    (
        r#"{"type": "record", "name": "n.int", "fields": [{"name": "a", "type": ["null", "n.int"]}]}"#,
        &[],
    ),
    (
        r#"{"type": "record", "name": "record", "fields": [{"name": "a", "type": ["null", "record"]}]}"#,
        &[],
    ),
    (
        r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": "int", "aliases": ["b", "b"]}, {"name": "c", "type": "int", "aliases": []}]}"#,
        &[],
    ),
    (
        r#"{"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": 3}"#,
        &[],
    ),
    (PRICE, &[MONEY]),
    (
        r#"{"type": "array", "items": ["null", "shop.Price", "shop.Money"]}"#,
        &[MONEY, PRICE],
    ),
    (r#""shop.Money""#, &[MONEY]),
    (
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "shop.Price"}]}"#,
        &[MONEY, PRICE],
    ),
];

/// Texts that both refuse.
pub(super) const REFUSED: &[&str] = &[
    r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": 1.0}]}"#,
    r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": 3000000000}]}"#,
    r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "long", "default": 1e3}]}"#,
    r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "default": "1"}]}"#,
    r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "boolean", "default": 0}]}"#,
    r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": ["int", "string"], "default": true}]}"#,
    r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": {"type": "record", "name": "N",
        "fields": [{"name": "x", "type": "int"}]}, "default": {}}]}"#,
    r#"{"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}"#,
    r#"{"type": "enum", "name": "E", "symbols": ["A", "A"]}"#,
    r#"{"type": "enum", "name": "E", "symbols": ["a-b"]}"#,
    r#"{"type": "fixed", "name": "F", "size": -1}"#,
    r#"{"type": "fixed", "name": "F", "size": 1.0}"#,
    r#"{"type": "fixed", "name": "F", "size": 2147483648}"#,
    r#"["int", "int"]"#,
    r#"[["int"]]"#,
    r#"["int", {"type": "int", "logicalType": "date"}]"#,
    r#"[{"type": "array", "items": "int"}, {"type": "array", "items": "long"}]"#,
    r#"{"type": {"type": "record", "name": "X", "fields": []}}"#,
    r#"{"type": "record", "name": "int", "fields": []}"#,
    r#"{"type": "record", "name": "a..R", "fields": []}"#,
    r#"{"type": "record", "name": "R.", "fields": []}"#,
    r#"{"type": "record", "name": "R", "namespace": "a-b", "fields": []}"#,
    r#"{"type": "record", "name": "R"}"#,
    r#"{"type": "record", "fields": []}"#,
    r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}, {"name": "a", "type": "long"}]}"#,
    r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "order": "up"}]}"#,
    r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int", "aliases": "b"}]}"#,
    r#"{"type": "union"}"#,
    r#"{"type": "array"}"#,
    r#""int" x"#,
    r#""unknown""#,
];

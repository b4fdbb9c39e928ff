//! Canonical and normalised texts.

use super::parse_as;

#[track_caller]
fn canonical(text: &str, expected: &str) {
    assert_eq!(parse_as("t", text).canonical_text(), expected);
}

#[track_caller]
fn normalized(text: &str, expected: &str) {
    assert_eq!(parse_as("t", text).normalized_text(), expected);
}

#[test]
fn keys_have_a_fixed_order_and_attributes_stay() {
    canonical(
        r#"{"fields": [{"x": 1, "aliases": ["g"], "order": "descending", "default": 1.50,
            "doc": "f", "type": {"y": true, "type": "double"}, "name": "f"}],
            "z": {"b": 1, "a": 2}, "doc": "d", "aliases": ["Q", "o.P"], "namespace": "n", "name": "R",
            "type": "record"}"#,
        r#"{"type":"record","name":"R","namespace":"n","doc":"d","fields":[{"name":"f","type":{"type":"double","y":true},"doc":"f","default":1.5,"order":"descending","aliases":["g"],"x":1}],"z":{"b":1,"a":2},"aliases":["Q","o.P"]}"#,
    );
    canonical(
        r#"{"symbols": ["A"], "default": "A", "doc": "d", "name": "a.E", "type": "enum"}"#,
        r#"{"type":"enum","name":"E","namespace":"a","doc":"d","symbols":["A"],"default":"A"}"#,
    );
    canonical(
        r#"{"size": 2, "name": "F", "logicalType": "x", "type": "fixed"}"#,
        r#"{"type":"fixed","name":"F","size":2,"logicalType":"x"}"#,
    );
}

#[test]
fn primitives_without_attributes_are_words() {
    canonical(r#"{"type": "int"}"#, "\"int\"");
    canonical(r#"{"type": "int", "x": 1}"#, r#"{"type":"int","x":1}"#);
    canonical(r#"["null", {"type": "string"}]"#, r#"["null","string"]"#);
}

#[test]
fn namespaces_are_written_where_they_change() {
    canonical(
        r#"{"type": "record", "name": "a.R", "fields": [
            {"name": "same", "type": {"type": "fixed", "name": "a.S", "size": 1}},
            {"name": "other", "type": {"type": "fixed", "name": "b.T", "size": 1}},
            {"name": "none", "type": {"type": "fixed", "name": "U", "namespace": "", "size": 1}},
            {"name": "again", "type": ["a.S", "b.T"]}]}"#,
        r#"{"type":"record","name":"R","namespace":"a","fields":[{"name":"same","type":{"type":"fixed","name":"S","size":1}},{"name":"other","type":{"type":"fixed","name":"T","namespace":"b","size":1}},{"name":"none","type":{"type":"fixed","name":"U","namespace":"","size":1}},{"name":"again","type":["S","b.T"]}]}"#,
    );
}

#[test]
fn the_normalised_text_sorts_what_has_no_order() {
    normalized(
        r#"{"type": "bytes", "z": {"b": 1, "a": 2}, "scale": 2, "a": 1, "logicalType": "decimal", "precision": 9}"#,
        r#"{"type":"bytes","logicalType":"decimal","precision":9,"scale":2,"a":1,"z":{"a":2,"b":1}}"#,
    );
    normalized(
        r#"{"type": "fixed", "name": "F", "size": 1, "aliases": ["b", "a"]}"#,
        r#"{"type":"fixed","name":"F","size":1,"aliases":["a","b"]}"#,
    );
}

#[test]
fn the_normalised_text_has_one_notation_for_a_default() {
    normalized(
        r#"{"type": "record", "name": "R", "doc": "", "fields": [
            {"name": "d", "type": ["null", "double", "string"], "default": 1, "doc": ""},
            {"name": "m", "type": {"type": "map", "values": {"type": "array", "items": "float"}},
             "default": {"b": [1e1, 0.1], "a": []}},
            {"name": "r", "type": {"type": "record", "name": "S", "fields": [
                {"name": "y", "type": "long", "default": 5}, {"name": "x", "type": "double"}]},
             "default": {"y": 2, "x": 2}}]}"#,
        r#"{"type":"record","name":"R","fields":[{"name":"d","type":["null","double","string"],"doc":"","default":1.0},{"name":"m","type":{"type":"map","values":{"type":"array","items":"float"}},"default":{"a":[],"b":[10.0,0.1]}},{"name":"r","type":{"type":"record","name":"S","fields":[{"name":"y","type":"long","default":5},{"name":"x","type":"double"}]},"default":{"x":2.0,"y":2}}]}"#,
    );
}

#[test]
fn a_name_that_is_a_word_for_types_is_written_in_full() {
    canonical(
        r#"{"type": "record", "name": "n.map", "aliases": ["array", "n.Old", "Old"], "fields": [
            {"name": "again", "type": ["null", "n.map"]}]}"#,
        r#"{"type":"record","name":"map","namespace":"n","fields":[{"name":"again","type":["null","n.map"]}],"aliases":["n.array","Old"]}"#,
    );
}

#[test]
fn a_name_of_the_null_namespace_keeps_its_dot_where_another_would_be_read() {
    canonical(
        r#"{"type": "record", "name": "n.R", "aliases": [".S", "S", "n.S"], "fields": []}"#,
        r#"{"type":"record","name":"R","namespace":"n","fields":[],"aliases":[".S","S"]}"#,
    );
    let record = |name: &str, fields: &str| {
        format!(r#"{{"type": "record", "name": "{name}", "fields": [{fields}]}}"#)
    };
    let hidden = [
        record("S", ""),
        record("n.S", ""),
        record("n.R", r#"{"name": "s", "type": ".S"}"#),
    ];
    let text = parse_as("t", &format!("[{}]", hidden.join(", ")));
    let text = text.canonical_text();
    assert!(
        text.ends_with(r#""fields":[{"name":"s","type":".S"}]}]"#),
        "{text}"
    );
    assert_eq!(parse_as("t", text).canonical_text(), text);
    let plain = [
        record("S", ""),
        record("n.R", r#"{"name": "s", "type": ".S"}"#),
    ];
    let text = parse_as("t", &format!("[{}]", plain.join(", ")));
    let text = text.canonical_text();
    assert!(
        text.ends_with(r#""fields":[{"name":"s","type":"S"}]}]"#),
        "{text}"
    );
}

#[test]
fn aliases_are_sorted_by_their_full_names() {
    normalized(
        r#"{"type": "fixed", "name": "a.F", "size": 1, "aliases": ["z", "b.c", "B", "z"]}"#,
        r#"{"type":"fixed","name":"F","namespace":"a","size":1,"aliases":["B","z","b.c"]}"#,
    );
}

#[test]
fn a_scale_of_zero_is_an_attribute_like_others() {
    normalized(
        r#"{"type": "bytes", "scale": 0, "z": 1, "precision": 4, "logicalType": "decimal", "a": 1}"#,
        r#"{"type":"bytes","logicalType":"decimal","precision":4,"a":1,"scale":0,"z":1}"#,
    );
    normalized(
        r#"{"type": "bytes", "a": 1, "logicalType": "big-decimal"}"#,
        r#"{"type":"bytes","logicalType":"big-decimal","a":1}"#,
    );
}

#[test]
fn texts_that_differ_only_in_layout_are_one_schema() {
    let texts = [
        r#"{"type":"record","name":"n.R","fields":[{"name":"f","type":["null","int"],"default":null}]}"#,
        "{ \"namespace\": \"n\", \"name\": \"\\u0052\",\n \"fields\": [{\"default\": null, \"order\": \"ascending\", \
         \"type\": [\"null\", {\"type\": \"int\"}], \"name\": \"f\"}], \"type\": \"record\"}",
    ];
    let [one, other] = texts.map(|text| parse_as("t", text).canonical_text().to_owned());
    assert_eq!(one, other);
}

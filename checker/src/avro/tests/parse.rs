//! What is no valid schema, and what is said about it where.

use crate::{Format, SchemaInput, Source};

use super::super::Schema;

/// All problems, one a line.
fn problems(text: &str) -> Vec<String> {
    let input = SchemaInput::new(Format::Avro, Source::new("t", text));
    let problems = Schema::parse(&input).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn refused(text: &str, expected: &[&str]) {
    assert_eq!(problems(text), expected, "{text}");
}

#[track_caller]
fn accepted(text: &str) {
    assert_eq!(problems(text), Vec::<String>::new(), "{text}");
}

/// A record with one field of that type and the rest of the field's members.
fn field(rest: &str) -> String {
    format!(r#"{{"type": "record", "name": "R", "fields": [{{"name": "f", "type": {rest}}}]}}"#)
}

#[test]
fn all_problems_are_reported_with_their_places() {
    refused(
        "{\"type\": \"record\", \"name\": \"a-b\",\n \"fields\": []}",
        &["t:1:28: `a-b` is no name: letters, digits and `_` only, and no digit first"],
    );
    refused(
        "{\"type\": \"record\", \"name\": \"R\", \"fields\": [\n\
         {\"name\": \"1\", \"type\": \"int\"},\n\
         {\"name\": \"a\", \"type\": \"itn\"},\n\
         {\"name\": \"b\", \"type\": \"int\"},\n\
         {\"name\": \"b\", \"type\": \"int\"},\n\
         {\"name\": \"c\"},\n\
         7]}",
        &[
            "t:2:10: `1` is no name: letters, digits and `_` only, and no digit first",
            "t:3:23: type `itn` is not defined up to here; define it before its first use, or add a reference to the schema that does",
            "t:5:10: the record has a second field `b`; rename one",
            "t:6:1: field `c` needs a `type`",
            "t:7:1: a field is an object with `name` and `type`, not a number",
        ],
    );
}

#[test]
fn what_is_no_type_says_what_one_is() {
    refused(
        "7",
        &["t:1:1: a type is a name, an object, or an array (a union), not a number"],
    );
    refused(
        "{}",
        &["t:1:1: an object that is a type needs a `type`, such as `\"type\": \"record\"`"],
    );
    refused(
        r#"{"type": {"type": "int"}}"#,
        &[
            "t:1:10: `type` is an object here, a name is expected; put its content in the place of the object around it",
        ],
    );
    refused(
        r#"{"type": "error", "name": "E", "fields": []}"#,
        &["t:1:10: `error` types belong to protocols; in a schema write `record`"],
    );
    refused(
        &field(r#""enum", "symbols": ["A"]"#),
        &[
            r#"t:1:66: `enum` stands for a whole type: write an object, `"type": {"type": "enum", …}`"#,
        ],
    );
    refused(
        r#"{"type": "array"}"#,
        &["t:1:1: `items` is missing: the type of what it holds"],
    );
    refused(
        r#"{"type": "record", "name": "R"}"#,
        &["t:1:28: record `R` needs `fields`, an array"],
    );
}

#[test]
fn names_are_defined_once_and_before_their_use() {
    refused(
        r#"[{"type": "fixed", "name": "F", "size": 1}, {"type": "fixed", "name": "F", "size": 1}]"#,
        &[
            "t:1:71: `F` is already defined at t:1:2; refer to it by its name, or choose another one",
        ],
    );
    refused(
        r#"["F", {"type": "fixed", "name": "F", "size": 1}]"#,
        &[
            "t:1:2: type `F` is not defined up to here; define it before its first use, or add a reference to the schema that does",
        ],
    );
    refused(
        r#"{"type": "fixed", "name": "int", "size": 1}"#,
        &["t:1:27: `int` is a primitive type; choose another name"],
    );
    refused(
        r#"{"type": "fixed", "name": "F", "namespace": "foo-bar.x", "size": 1}"#,
        &[
            r#"t:1:45: "foo-bar.x" is no namespace: names joined by dots, or an empty string"#,
            "t:1:27: `foo-bar` is no name: letters, digits and `_` only, and no digit first",
        ],
    );
    // Keywords are no primitives, a dotted name brings its namespace, aliases may be anything.
    accepted(r#"{"type": "record", "name": "enum", "fields": []}"#);
    accepted(
        r#"{"type": "fixed", "name": "x.int", "namespace": "y", "aliases": ["a-b"], "size": 1}"#,
    );
    accepted(
        r#"{"type": "record", "name": "a.R", "fields": [{"name": "s", "type":
            {"type": "record", "name": "S", "namespace": "", "fields": [{"name": "r", "type": ["null", "a.R"]}]}},
            {"name": "t", "type": "S"}]}"#,
    );
}

#[test]
fn unions_have_no_branch_twice_and_no_union() {
    refused(
        r#"["null", ["int"], "null", {"type": "int", "logicalType": "date"}, "int"]"#,
        &[
            "t:1:10: a union may not directly contain a union; list the inner branches in the outer",
            "t:1:19: the union has a second branch `null`; remove one of the two",
            "t:1:67: the union has a second branch `int`; remove one of the two",
        ],
    );
    accepted("[]");
}

#[test]
fn enums_have_symbols_that_are_names_and_differ() {
    refused(
        r#"{"type": "enum", "name": "E", "symbols": ["A", "A", "b-", 1], "default": "C"}"#,
        &[
            "t:1:48: the enum has symbol `A` twice; remove one",
            "t:1:53: `b-` is no name: letters, digits and `_` only, and no digit first",
            "t:1:59: a name is expected here, not a number",
            r#"t:1:74: the default "C" of the enum is none of its symbols"#,
        ],
    );
    accepted(r#"{"type": "enum", "name": "E", "symbols": []}"#);
}

#[test]
fn a_fixed_has_a_size() {
    for size in ["-1", "1.0", "\"1\"", "2147483648"] {
        let text = format!(r#"{{"type": "fixed", "name": "F", "size": {size}}}"#);
        refused(
            &text,
            &["t:1:40: fixed `F` needs a `size`, a whole number from 0 to 2147483647"],
        );
    }
    accepted(r#"{"type": "fixed", "name": "F", "size": 0}"#);
}

#[test]
fn orders_docs_and_aliases_are_checked() {
    refused(
        &field(r#""int", "order": "up""#),
        &["t:1:82: `order` is `ascending`, `descending` or `ignore`"],
    );
    refused(
        &field(r#""int", "aliases": "g""#),
        &["t:1:84: `aliases` is an array of strings"],
    );
}

#[track_caller]
fn misfit(rest: &str, expected: &str) {
    let found = problems(&field(rest));
    let [problem] = &*found else {
        panic!("one problem is expected: {found:?}");
    };
    let message = problem
        .split_once(": the default of field `f`: ")
        .map(|(_, m)| m);
    assert_eq!(message, Some(expected), "{problem}");
}

#[test]
fn defaults_fit_their_types() {
    let int = "a whole number of 32 bits (int)";
    misfit(
        r#""int", "default": "x""#,
        &format!("`\"x\"` stands where {int} is expected"),
    );
    misfit(
        r#""int", "default": 3000000000"#,
        &format!("`3000000000` stands where {int} is expected"),
    );
    misfit(
        r#""int", "default": 1.0"#,
        &format!("`1.0` stands where {int} is expected"),
    );
    misfit(
        r#""double", "default": "NaN""#,
        "`\"NaN\"` stands where a number (double) is expected",
    );
    misfit(
        r#""bytes", "default": "\u0100""#,
        "`\"Ā\"` stands where a string of U+0000 to U+00FF (bytes) is expected",
    );
    misfit(
        r#"{"type": "fixed", "name": "F", "size": 2}, "default": "a""#,
        "it has 1 bytes, `F` has 2",
    );
    misfit(
        r#"{"type": "enum", "name": "E", "symbols": ["A"]}, "default": "B""#,
        "`\"B\"` stands where a symbol of `E` is expected",
    );
    misfit(
        r#"["null", "int"], "default": "x""#,
        "`\"x\"` fits no branch of the union",
    );
    misfit(
        r#"{"type": "map", "values": "int"}, "default": {"a": null}"#,
        &format!("`null` stands where {int} is expected"),
    );
    misfit(
        r#"{"type": "record", "name": "S", "fields": [{"name": "x", "type": "int"}]}, "default": {}"#,
        "field `x` is missing and has no default itself",
    );
}

#[test]
fn defaults_of_any_branch_and_of_partial_records_are_valid() {
    accepted(&field(r#"["null", "int"], "default": 1"#));
    accepted(&field(r#"["null", "string"], "default": null"#));
    accepted(&field(r#""float", "default": 1"#));
    accepted(&field(r#""bytes", "default": "\u00ff""#));
    accepted(&field(
        r#"{"type": "record", "name": "S", "fields": [{"name": "x", "type": "int", "default": 1}]}, "default": {}"#,
    ));
    accepted(&field(r#"["null", "R"], "default": null"#));
}

#[test]
fn a_default_that_needs_itself_never_ends() {
    misfit(
        r#""R", "default": {}"#,
        "it never ends: it leaves out a field whose default leads back to it",
    );
}

#[test]
fn misplaced_logical_types_and_unknown_attributes_are_kept() {
    let text = r#"{"type":"string","logicalType":"date","x":{"b":1,"a":[null]}}"#;
    let schema = super::parse_as("t", text);
    assert_eq!(schema.canonical_text(), text);
}

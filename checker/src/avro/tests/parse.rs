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
pub(super) fn refused(text: &str, expected: &[&str]) {
    assert_eq!(problems(text), expected, "{text}");
}

#[track_caller]
pub(super) fn accepted(text: &str) {
    assert_eq!(problems(text), Vec::<String>::new(), "{text}");
}

/// Valid, with these warnings.
#[track_caller]
pub(super) fn warned(text: &str, expected: &[&str]) {
    let schema = super::parse_as("t", text);
    let warnings: Vec<String> = schema.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(warnings, expected, "{text}");
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
            "t:3:23: type `itn` is not defined up to here; is `int` meant? If not, define it before its first use, or add a reference to the schema that does",
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
            "t:1:71: `F` is already defined at t:1:2 with the same content; write only its name here",
        ],
    );
    refused(
        r#"[{"type": "fixed", "name": "F", "size": 1}, {"type": "fixed", "name": "F", "size": 2}]"#,
        &[
            "t:1:71: `F` is already defined at t:1:2 with other content; refer to it by its name, or choose another one",
        ],
    );
    refused(
        r#"["F", {"type": "fixed", "name": "F", "size": 1}]"#,
        &[
            "t:1:2: `F` is used before its definition at t:1:7; write the definition where the name is used first",
        ],
    );
    refused(
        r#"{"type": "fixed", "name": "int", "size": 1}"#,
        &["t:1:27: `int` is a primitive type; choose another name"],
    );
    refused(
        r#"{"type": "fixed", "name": "F", "namespace": "foo-bar.x", "size": 1}"#,
        &[r#"t:1:45: "foo-bar.x" is no namespace: names joined by dots, or an empty string"#],
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
fn misplaced_logical_types_are_kept_with_a_warning() {
    let text = r#"{"type":"string","logicalType":"date","x":{"b":1,"a":[null]}}"#;
    let schema = super::parse_as("t", text);
    assert_eq!(schema.canonical_text(), text);
    for (ty, message) in [
        (
            r#"{"type": "string", "logicalType": "date"}"#,
            "t:1:35: `date` is ignored: it is for an int, not for a string",
        ),
        (
            r#"{"type": "int", "logicalType": "uuid"}"#,
            "t:1:32: `uuid` is ignored: it is for a string or a fixed of size 16, not for an int",
        ),
        (
            r#"{"type": "fixed", "name": "F", "size": 8, "logicalType": "duration"}"#,
            "t:1:58: `duration` is ignored: it is for a fixed of size 12, not for a fixed of size 8",
        ),
        (
            r#"{"type": "array", "items": "long", "logicalType": "timestamp-millis"}"#,
            "t:1:51: `timestamp-millis` is ignored: it is for a long, not for an array",
        ),
        (
            r#"{"type": "double", "logicalType": "decimal", "precision": 4}"#,
            "t:1:35: `decimal` is ignored: it is for bytes or a fixed, not for a double",
        ),
        (
            r#"{"type": "bytes", "logicalType": "decimal"}"#,
            "t:1:34: `decimal` is ignored: it needs a `precision`",
        ),
        (
            r#"{"type": "bytes", "logicalType": "decimal", "precision": 0}"#,
            "t:1:58: `decimal` is ignored: its `precision` is a whole number of at least 1",
        ),
        (
            r#"{"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": 3}"#,
            "t:1:70: `decimal` is ignored: its `scale` is a whole number from 0 to the `precision`, 2",
        ),
        (
            r#"{"type": "fixed", "name": "F", "size": 4, "logicalType": "decimal", "precision": 10}"#,
            "t:1:82: `decimal` is ignored: 4 bytes hold every number of 9 digits, not of 10; enlarge the fixed or lower the `precision`",
        ),
        (
            r#"{"type": "int", "logicalType": 1}"#,
            "t:1:32: `logicalType` is a string; a number is ignored",
        ),
        (
            r#"{"type": "record", "name": "R", "fields": [{"name": "f", "type": "int", "logicalType": "date"}]}"#,
            r#"t:1:88: `date` is ignored: a logical type stands within the type, `"type": {"type": …, "logicalType": "date"}`"#,
        ),
    ] {
        warned(ty, &[message]);
    }
}

#[test]
fn logical_types_of_others_and_those_that_fit_are_no_warning() {
    for ty in [
        r#"{"type": "string", "logicalType": "shop.money", "precision": "high"}"#,
        r#"{"type": "fixed", "name": "F", "size": 4, "logicalType": "decimal", "precision": 9, "scale": 9}"#,
        r#"{"type": "fixed", "name": "F", "size": 16, "logicalType": "uuid"}"#,
        r#"{"type": "record", "name": "R", "fields": [{"name": "f", "logicalType": "date",
            "type": ["null", {"type": "int", "logicalType": "date"}]}]}"#,
    ] {
        warned(ty, &[]);
    }
    // What could not be read is not said to be of a wrong type.
    refused(
        r#"{"type": "itn", "logicalType": "date"}"#,
        &[
            "t:1:10: type `itn` is not defined up to here; is `int` meant? If not, define it before its first use, or add a reference to the schema that does",
        ],
    );
}

#[test]
fn unknown_attributes_survive_everywhere() {
    let text = r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"int","x":1},"default":1,"x":null},{"name":"b","type":[{"type":"null","x":[1.5]},{"type":"array","items":{"type":"string","x":"s"},"x":{}},{"type":"map","values":{"type":"fixed","name":"F","size":1,"x":true},"x":false},{"type":"enum","name":"E","symbols":["A"],"default":"A","x":12345678901234567890123}]}],"x":{"y":[{}]},"default":7}"#;
    warned(text, &[]);
    let schema = super::parse_as("t", text);
    assert_eq!(schema.canonical_text(), text);
    let again = super::parse_as("t", schema.canonical_text());
    assert_eq!(again.canonical_text(), text);
}

#[test]
fn keys_that_stand_twice_are_a_warning() {
    warned(
        r#"{"type": "string", "type": "int", "x": {"a": 1, "a": 2}}"#,
        &[
            "t:1:20: the key `type` stands twice in this object; the last value counts, remove the other",
            "t:1:49: the key `a` stands twice in this object; the last value counts, remove the other",
        ],
    );
    warned(
        r#"{"type": "int", "1": 1, "2": 1, "3": 1, "4": 1, "5": 1, "6": 1, "7": 1, "8": 1, "3": 2}"#,
        &[
            "t:1:81: the key `3` stands twice in this object; the last value counts, remove the other",
        ],
    );
}

#[test]
fn an_error_is_a_record_that_keeps_its_word() {
    let text = r#"{"type":"error","name":"E","fields":[{"name":"cause","type":["null","E"]}]}"#;
    warned(
        text,
        &[
            "t:1:9: `error` belongs to protocols; it is read as a record here, and some libraries refuse it: write `record`",
        ],
    );
    let schema = super::parse_as("t", text);
    assert_eq!(schema.canonical_text(), text);
    assert_eq!(schema.normalized_text(), text);
    super::check(text, &text.replace("error", "record"), &[]);
}

#[test]
fn what_is_ignored_is_a_warning() {
    warned(
        r#"{"type": "fixed", "name": "a.F", "namespace": "1", "size": 1, "doc": 7}"#,
        &[
            "t:1:47: this namespace is ignored, since `a.F` has a dot and so brings its own; remove one",
            "t:1:70: `doc` is a string; a number is ignored",
        ],
    );
    warned(
        r#"{"type": "fixed", "name": "a.F", "namespace": "a", "size": 1, "doc": ""}"#,
        &[],
    );
    warned(
        r#"{"type": "fixed", "name": "a.int", "size": 1}"#,
        &[
            "t:1:27: `int` is a primitive type, whose name the specification allows in no namespace; some libraries refuse it",
        ],
    );
}

#[test]
fn a_name_without_a_dot_may_be_meant_in_the_null_namespace() {
    accepted(
        r#"[{"type": "fixed", "name": ".F", "namespace": "ignored", "size": 1},
            {"type": "record", "name": "a.R", "fields": [{"name": "f", "type": "F"}]}]"#,
    );
    accepted(
        r#"{"type": "record", "name": "a.R", "fields": [
            {"name": "s", "type": {"type": "fixed", "name": "F", "namespace": null, "size": 1}},
            {"name": "t", "type": "a.F"}]}"#,
    );
}

#[test]
fn an_alias_that_is_no_name_is_a_warning() {
    warned(
        r#"{"type": "fixed", "name": "F", "size": 1, "aliases": ["x.G", "a-b"]}"#,
        &[
            "t:1:62: the alias `a-b` is no name: legal, to mend illegal names, but some libraries refuse the schema",
        ],
    );
}

#[test]
fn empty_names_are_no_names() {
    let empty = "a name, or a part of one between dots, is empty";
    for (name, place) in [
        (r#""""#, "t:1:28"),
        (r#""R.""#, "t:1:28"),
        (r#""a..R""#, "t:1:28"),
    ] {
        let text = format!(r#"{{"type": "record", "name": {name}, "fields": []}}"#);
        refused(&text, &[&format!("{place}: {empty}")]);
    }
    refused(
        &field(r#""int"}, {"name": "", "type": "int""#),
        &[&format!("t:1:83: {empty}")],
    );
    for namespace in ["a..b", "a.", ".a"] {
        refused(
            &format!(r#"{{"type": "fixed", "name": "F", "namespace": "{namespace}", "size": 1}}"#),
            &[&format!(
                "t:1:45: \"{namespace}\" is no namespace: names joined by dots, or an empty string"
            )],
        );
    }
}

#[test]
fn what_stands_for_texts_is_text() {
    refused(
        r#"{"type": "record", "name": 1, "namespace": true, "fields": [{"name": null, "type": "int"}]}"#,
        &[
            "t:1:28: `name` of a type `record` is a string, not a number",
            "t:1:44: true is no namespace: names joined by dots, or an empty string",
            "t:1:70: `name` of a field is a string, not null",
        ],
    );
    refused(
        &field(r#""int", "aliases": ["a", 1, null]"#),
        &[
            "t:1:90: an alias is a string, not a number",
            "t:1:93: an alias is a string, not null",
        ],
    );
    refused(
        &field(r#""int", "order": 1"#),
        &["t:1:82: `order` is `ascending`, `descending` or `ignore`"],
    );
}

//! One mistake is one error: it neither hides others nor causes any.

use super::parse::{accepted, refused, warned};

#[test]
fn a_second_field_of_a_name_is_seen_whatever_the_first_one_lacks() {
    refused(
        r#"{"type": "record", "name": "R", "fields": [
{"name": "a", "type": "itn"},
{"name": "a", "type": "int"},
{"name": "b"},
{"name": "b", "type": "int", "default": "x"}]}"#,
        &[
            "t:2:23: type `itn` is not defined up to here; is `int` meant? If not, define it before its first use, or add a reference to the schema that does",
            "t:3:10: the record has a second field `a`; rename one",
            "t:4:1: field `b` needs a `type`",
            "t:5:10: the record has a second field `b`; rename one",
            "t:5:41: the default of field `b`: `\"x\"` stands where a whole number of 32 bits (int) is expected",
        ],
    );
}

#[test]
fn a_faulty_definition_defines_its_name() {
    let uses = |definition: &str| {
        format!(
            r#"{{"type": "record", "name": "R", "fields": [
{{"name": "a", "type": {definition}}},
{{"name": "b", "type": "T"}}, {{"name": "c", "type": ["null", "T"], "default": {{}}}}]}}"#
        )
    };
    refused(
        &uses(r#"{"type": "record", "name": "T"}"#),
        &["t:2:50: record `T` needs `fields`, an array"],
    );
    refused(
        &uses(r#"{"type": "enum", "name": "T", "symbols": "A"}"#),
        &["t:2:64: enum `T` needs `symbols`, an array of strings"],
    );
    refused(
        &uses(r#"{"type": "fixed", "name": "T"}"#),
        &["t:2:49: fixed `T` needs a `size`, a whole number from 0 to 2147483647"],
    );
    refused(
        &uses(
            r#"{"type": "record", "name": "T", "fields": [{"name": "x", "default": 1}, {"name": "y", "type": "u", "default": 1}]}"#,
        ),
        &[
            "t:2:66: field `x` needs a `type`",
            "t:2:117: type `u` is not defined up to here; define it before its first use, or add a reference to the schema that does",
        ],
    );
}

#[test]
fn a_name_that_is_none_is_still_a_name() {
    refused(
        r#"[{"type": "record", "name": "a-b", "fields": [{"name": "x", "type": "itn"}]}, {"type": "array", "items": "a-b"}]"#,
        &[
            "t:1:29: `a-b` is no name: letters, digits and `_` only, and no digit first",
            "t:1:69: type `itn` is not defined up to here; is `int` meant? If not, define it before its first use, or add a reference to the schema that does",
        ],
    );
    refused(
        r#"[{"type": "record", "fields": [{"name": "x", "type": "itn"}]}, {"type": "enum", "symbols": ["1"]}]"#,
        &[
            "t:1:2: a type `record` needs a `name`",
            "t:1:54: type `itn` is not defined up to here; is `int` meant? If not, define it before its first use, or add a reference to the schema that does",
            "t:1:64: a type `enum` needs a `name`",
            "t:1:93: `1` is no name: letters, digits and `_` only, and no digit first",
        ],
    );
}

#[test]
fn a_namespace_that_is_none_is_one_error_however_many_types_are_in_it() {
    refused(
        r#"{"type": "record", "name": "R", "namespace": "1", "fields": [
            {"name": "s", "type": {"type": "fixed", "name": "F", "size": 1}}, {"name": "t", "type": "F"}]}"#,
        &[r#"t:1:46: "1" is no namespace: names joined by dots, or an empty string"#],
    );
}

#[test]
fn a_repeated_definition_is_one_error() {
    let inner = r#"{"type": "record", "name": "S", "fields": [{"name": "x", "type": {"type": "fixed", "name": "F", "size": 1}}]}"#;
    let spread = inner.replace(", ", ",\n ");
    refused(
        &format!("[{inner}, {spread}]"),
        &[
            "t:2:10: `S` is already defined at t:1:2 with the same content; write only its name here",
        ],
    );
    // Another body is read, since it may have faults of its own.
    let other = r#"{"type": "record", "name": "S", "fields": [{"name": "y", "type": "itn"}]}"#;
    refused(
        &format!("[{inner},\n{other}]"),
        &[
            "t:2:28: `S` is already defined at t:1:2 with other content; refer to it by its name, or choose another one",
            "t:2:66: type `itn` is not defined up to here; is `int` meant? If not, define it before its first use, or add a reference to the schema that does",
        ],
    );
    // White space within strings is content.
    refused(
        r#"[{"type": "enum", "name": "E", "symbols": [], "doc": "a\" b"}, {"type": "enum", "name": "E", "symbols": [], "doc": "a\"b"}]"#,
        &[
            "t:1:89: `E` is already defined at t:1:2 with other content; refer to it by its name, or choose another one",
        ],
    );
}

#[test]
fn all_faults_of_a_default_are_told() {
    refused(
        r#"{"type": "record", "name": "R", "fields": [{"name": "f", "type": {"type": "array", "items": "int"},
"default": [1, "x", 2.5, null]}]}"#,
        &[
            "t:2:16: the default of field `f`: `\"x\"` stands where a whole number of 32 bits (int) is expected",
            "t:2:21: the default of field `f`: `2.5` stands where a whole number of 32 bits (int) is expected",
            "t:2:26: the default of field `f`: `null` stands where a whole number of 32 bits (int) is expected",
        ],
    );
}

#[test]
fn an_unreadable_reference_leaves_no_name_unknown() {
    use crate::{Format, Reference, SchemaInput, Source};
    let mut input = SchemaInput::new(Format::Avro, Source::new("t", r#"["ref.T", "ref.U"]"#));
    input.references.push(Reference {
        name: "ref.T".to_owned(),
        source: Source::new("ref", "{"),
    });
    let problems = crate::Schema::parse(&input).expect_err("invalid");
    let [problem] = &*problems else {
        panic!("one problem is expected: {problems:?}");
    };
    assert!(problem.to_string().starts_with("ref:1:2: "), "{problem}");
}

#[test]
fn an_alias_belongs_to_one() {
    refused(
        r#"{"type": "record", "name": "R", "fields": [
{"name": "a", "type": "int", "aliases": ["x", "x"]},
{"name": "b", "type": "int", "aliases": ["y", "x"]}]}"#,
        &[
            "t:3:47: field `b` has the alias `x`, which field `a` has too at t:2:42; remove one of the two",
        ],
    );
    refused(
        r#"[{"type": "fixed", "name": "p.F", "size": 1, "aliases": ["x"]},
{"type": "fixed", "name": "G", "size": 1, "aliases": ["p.x"]}]"#,
        &[
            "t:2:55: type `G` has the alias `p.x`, which type `p.F` has too at t:1:58; remove one of the two",
        ],
    );
    // Records do not share the aliases of their fields, nor types those of fields.
    accepted(
        r#"[{"type": "record", "name": "R", "aliases": ["x"], "fields": [{"name": "a", "type": "int", "aliases": ["x"]}]},
            {"type": "record", "name": "S", "aliases": ["y"], "fields": [{"name": "a", "type": "int", "aliases": ["x"]}]}]"#,
    );
}

#[test]
fn an_alias_that_is_a_name_is_a_warning() {
    warned(
        r#"{"type": "record", "name": "R", "aliases": ["R"], "fields": [
{"name": "a", "type": "int", "aliases": ["b", "a"]},
{"name": "b", "type": {"type": "fixed", "name": "F", "size": 1, "aliases": ["R"]}, "aliases": ["a"]}]}"#,
        &[
            "t:2:42: the alias `b` of field `a` is the name of another field: libraries differ on which of the two takes what was written as `b`",
            "t:3:77: the alias `R` of type `F` is the name of another type: libraries differ on which of the two takes what was written as `R`",
            "t:3:96: the alias `a` of field `b` is the name of another field: libraries differ on which of the two takes what was written as `a`",
        ],
    );
}

//! `schemactl validate`: the fixed JSON, and the exit codes.

use serde_json::{Value, json};

use super::world::{ORDER, World};

#[test]
fn the_json_form_is_the_fixed_one() {
    let world = World::new();
    world.write("good.avsc", ORDER).write("bad.avsc", "[\n");
    let ran = world.run(&["validate", "good.avsc", "bad.avsc", "--format", "json"]);
    assert_eq!(ran.exit, 1);
    let json: Value = serde_json::from_str(&ran.out).expect("is JSON");
    assert_eq!(
        json["files"][0],
        json!({"file": "good.avsc", "valid": true, "errors": [], "warnings": []})
    );
    assert_eq!(json["files"][1]["valid"], false);
    let error = &json["files"][1]["errors"][0];
    assert_eq!(error["span"]["file"], "bad.avsc");
    assert!(error["message"].is_string());
}

#[test]
fn exit_codes_tell_valid_invalid_and_failed_apart() {
    let world = World::new();
    world
        .write("good.avsc", ORDER)
        .write("bad.avsc", "{\"type\": 1}");
    assert_eq!(world.run(&["validate", "good.avsc"]).exit, 0);
    assert_eq!(world.run(&["validate", "good.avsc", "bad.avsc"]).exit, 1);
    assert_eq!(world.run(&["validate", "gone.avsc"]).exit, 2);
    assert_eq!(world.run(&["validate"]).exit, 2);
}

#[test]
fn protos_import_from_the_given_directories() {
    let world = World::new();
    world.write(
        "proto/money/v1/money.proto",
        "syntax = \"proto3\"; package money.v1; message Money {}",
    );
    world.write(
        "proto/shop/order.proto",
        "syntax = \"proto3\";\nimport \"money/v1/money.proto\";\nmessage Order { money.v1.Money of = 1; }\n",
    );
    let ran = world.run(&["validate", "proto/shop/order.proto", "-I", "proto"]);
    assert_eq!((ran.exit, &*ran.out), (0, "checked 1 file: all valid\n"));
    let alone = world.run(&["validate", "proto/shop/order.proto"]);
    assert_eq!(alone.exit, 1);
    assert_eq!(
        alone.err,
        "note: name the directory that .proto files import from: -I DIR\n"
    );
    assert!(
        alone.out.contains("--> proto/shop/order.proto:2:"),
        "{}",
        alone.out
    );
}

const MONEY: &str = r#"{"type": "record", "name": "shop.Money", "fields": []}"#;

fn order() -> String {
    ORDER.replace("\"long\"", "\"Money\"")
}

#[test]
fn files_refer_to_those_given_with_them_and_to_those_beside_them() {
    let world = World::new();
    world
        .write("a/order.avsc", &order())
        .write("b/money.avsc", MONEY);
    let together = world.run(&["validate", "a/order.avsc", "b/money.avsc"]);
    assert_eq!(
        (together.exit, &*together.out),
        (0, "checked 2 files: all valid\n")
    );
    let alone = world.run(&["validate", "a/order.avsc"]);
    assert_eq!(alone.exit, 1);
    assert_eq!(
        alone.err,
        "note: name the file that defines it: --reference shop.Money=FILE\n"
    );
    world.write("a/money.avsc", MONEY);
    assert_eq!(world.run(&["validate", "./a/order.avsc"]).exit, 0);
}

#[test]
fn a_note_names_ten_missing_types_at_most() {
    let world = World::new();
    let types: Vec<String> = (10..21).map(|number| format!("T{number}")).collect();
    world.write("a.avsc", &json!(types).to_string());
    let ran = world.run(&["validate", "a.avsc"]);
    assert!(ran.out.contains("type `T20` is not defined"), "{}", ran.out);
    assert!(ran.err.ends_with(" --reference T19=FILE\n"), "{}", ran.err);
}

#[test]
fn a_reference_that_is_the_file_itself_is_no_second_definition() {
    let world = World::new();
    world
        .write("a/order.avsc", &order())
        .write("b/money.avsc", MONEY);
    for command in ["validate", "fingerprint"] {
        let ran = world.run(&[
            command,
            "a/order.avsc",
            "b/money.avsc",
            "--reference",
            "shop.Money=./b/money.avsc",
        ]);
        assert_eq!((ran.exit, &*ran.err), (0, ""), "{command}");
    }
}

#[test]
fn a_directory_stands_for_its_schema_files() {
    let world = World::new();
    world
        .write("s/order.avsc", &order())
        .write("s/common/money.avsc", MONEY)
        .write("s/package.json", "{}")
        .write(
            "s/proto/a.proto",
            "syntax = \"proto3\";\nimport \"b.proto\";\nmessage A { B b = 1; }\n",
        )
        .write("s/proto/b.proto", "syntax = \"proto3\";\nmessage B {}\n");
    let ran = world.run(&["validate", "s"]);
    assert_eq!(
        (ran.exit, &*ran.out, &*ran.err),
        (
            0,
            "checked 4 files: all valid\n",
            "note: `s/package.json` is not looked at, since it has no `$schema`\n"
        )
    );
    world.write("s/proto/b.proto", "syntax = \"proto3\";\nmessage C {}\n");
    world.write("s/order.avsc", "[");
    let ran = world.run(&["validate", "s", "--format", "json"]);
    assert_eq!(ran.exit, 1);
    let json: Value = serde_json::from_str(&ran.out).expect("is JSON");
    let valid = json["files"].as_array().expect("is an array").iter();
    let valid: Vec<(&str, bool)> = valid
        .map(|file| (file["file"].as_str().unwrap_or(""), file["valid"] == true))
        .collect();
    assert_eq!(
        valid,
        [
            ("s/common/money.avsc", true),
            ("s/order.avsc", false),
            ("s/proto/a.proto", false),
            ("s/proto/b.proto", true)
        ]
    );
    world.write("empty/README.md", "");
    let empty = world.run(&["validate", "empty"]);
    assert_eq!(empty.exit, 2);
    assert!(
        empty.err.contains("no schema files in `empty"),
        "{}",
        empty.err
    );
}

#[test]
fn what_cannot_be_read_does_not_silence_the_others() {
    let world = World::new();
    world
        .write("good.avsc", ORDER)
        .write("bad.avsc", "[")
        .write("a.txt", "");
    let files = ["validate", "gone.avsc", "good.avsc", "bad.avsc", "a.txt"];
    let ran = world.run(&files);
    assert_eq!(ran.exit, 2);
    assert!(ran.out.contains("--> bad.avsc:1:2"), "{}", ran.out);
    assert!(
        ran.out
            .ends_with("checked 4 files: 1 invalid, 2 failed (exit code 2)\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.err
            .contains("error: cannot read `gone.avsc`: No such file"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("`a.txt` does not tell"), "{}", ran.err);
    let ran = world.run(&[&files[..], &["--format", "json"]].concat());
    assert_eq!((ran.exit, &*ran.err), (2, ""));
    let json: Value = serde_json::from_str(&ran.out).expect("is JSON");
    let gone = &json["files"][0];
    assert_eq!(
        (&gone["file"], &gone["valid"]),
        (&json!("gone.avsc"), &json!(false))
    );
    assert_eq!(gone["errors"][0]["span"], Value::Null);
    assert!(
        gone["errors"][0]
            .as_object()
            .is_some_and(|error| error.len() == 2)
    );
    assert_eq!(json["files"][1]["valid"], true);
}

#[test]
fn standard_input_is_validated_as_the_given_type() {
    let world = World::new();
    world.write("money.avsc", MONEY);
    let ran = world.run_with_input(&["validate", "-", "--type", "avro"], &order());
    assert_eq!((ran.exit, &*ran.out), (0, "checked 1 file: all valid\n"));
    let untold = world.run_with_input(&["validate", "-"], &order());
    assert_eq!(untold.exit, 2);
    assert!(untold.err.contains("--type AVRO"), "{}", untold.err);
}

#[test]
fn warnings_are_shown_and_leave_a_file_valid() {
    let world = World::new();
    world.write(
        "a.avsc",
        "{\"type\": \"string\",\n \"logicalType\": \"date\"}\n",
    );
    let ran = world.run(&["validate", "a.avsc"]);
    assert_eq!(ran.exit, 0);
    assert_eq!(
        ran.out,
        "\
warning: `date` is ignored: it is for an int, not for a string
  --> a.avsc:2:17
   |
 2 |  \"logicalType\": \"date\"}
   |                 ^^^^^^

checked 1 file: all valid (1 warning)
"
    );
    let ran = world.run(&["validate", "a.avsc", "--format", "json"]);
    let json: Value = serde_json::from_str(&ran.out).expect("is JSON");
    assert_eq!(json["files"][0]["valid"], true);
    assert_eq!(
        json["files"][0]["warnings"],
        json!([{
            "message": "`date` is ignored: it is for an int, not for a string",
            "span": {"file": "a.avsc", "line": 2, "column": 17, "end_line": 2, "end_column": 23}
        }])
    );
}

#[test]
fn a_check_shows_the_warnings_of_the_new_version() {
    let world = World::new();
    world.write("old.avsc", "\"string\"").write(
        "new.avsc",
        "{\"type\": \"string\", \"logicalType\": \"date\"}",
    );
    let ran = world.run(&["check", "new.avsc", "--against", "old.avsc"]);
    assert_eq!(ran.exit, 0, "{}", ran.out);
    let heading = "warning: `date` is ignored: it is for an int, not for a string\n";
    assert!(ran.out.contains(heading), "{}", ran.out);
    let ran = world.run(&["check", "old.avsc", "--against", "new.avsc"]);
    assert!(!ran.out.contains("is ignored"), "{}", ran.out);
    let ran = world.run(&[
        "check",
        "new.avsc",
        "--against",
        "old.avsc",
        "--format",
        "json",
    ]);
    let json: Value = serde_json::from_str(&ran.out).expect("is JSON");
    assert_eq!(json["warnings"][0]["span"]["column"], 35);
}

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
        "proto/order.proto",
        "syntax = \"proto3\";\nimport \"money/v1/money.proto\";\nmessage Order { money.v1.Money of = 1; }\n",
    );
    let ran = world.run(&["validate", "proto/order.proto", "-I", "proto"]);
    assert_eq!((ran.exit, &*ran.out), (0, "checked 1 file: all valid\n"));
    let alone = world.run(&["validate", "proto/order.proto"]);
    assert_eq!(alone.exit, 1);
    assert_eq!(
        alone.err,
        "note: name the directory that .proto files import from: -I DIR\n"
    );
    assert!(
        alone.out.contains("--> proto/order.proto:2:"),
        "{}",
        alone.out
    );
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

checked 1 file: all valid
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

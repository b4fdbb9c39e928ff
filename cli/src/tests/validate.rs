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
        json!({"file": "good.avsc", "valid": true, "errors": []})
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

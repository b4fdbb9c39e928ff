//! `schemactl text` and `schemactl fingerprint`.

use serde_json::{Value, json};

use super::world::{ORDER, World};

const MONEY: &str = r#"{"type": "record", "name": "shop.Money", "doc": "An amount.",
 "fields": [{"name": "cents", "type": "long", "default": 0}]}"#;
const INVOICE: &str = r#"{"type": "record", "name": "Invoice", "namespace": "shop", "b": 1, "a": 2,
 "fields": [{"name": "net", "type": "Money"}, {"name": "gross", "type": "shop.Money"}]}"#;

fn shop() -> World {
    let world = World::new();
    world
        .write("invoice.avsc", INVOICE)
        .write("money.avsc", MONEY);
    world
}

#[track_caller]
fn form(world: &World, form: &str, expected: &str) {
    let ran = world.run(&[
        "text",
        "invoice.avsc",
        "--form",
        form,
        "--reference",
        "shop.Money=money.avsc",
    ]);
    assert_eq!((ran.exit, &*ran.err), (0, ""));
    assert_eq!(ran.out, format!("{expected}\n"));
}

#[test]
fn each_text_form_is_printed_as_one_line() {
    let world = shop();
    form(
        &world,
        "canonical",
        r#"{"type":"record","name":"Invoice","namespace":"shop","fields":[{"name":"net","type":"Money"},{"name":"gross","type":"Money"}],"b":1,"a":2}"#,
    );
    form(
        &world,
        "normalized",
        r#"{"type":"record","name":"Invoice","namespace":"shop","fields":[{"name":"net","type":"Money"},{"name":"gross","type":"Money"}],"a":2,"b":1}"#,
    );
    form(
        &world,
        "resolved",
        r#"{"type":"record","name":"Invoice","namespace":"shop","fields":[{"name":"net","type":{"type":"record","name":"Money","doc":"An amount.","fields":[{"name":"cents","type":"long","default":0}]}},{"name":"gross","type":"Money"}],"b":1,"a":2}"#,
    );
    form(
        &world,
        "parsing",
        r#"{"name":"shop.Invoice","type":"record","fields":[{"name":"net","type":{"name":"shop.Money","type":"record","fields":[{"name":"cents","type":"long"}]}},{"name":"gross","type":"shop.Money"}]}"#,
    );
}

#[test]
fn fingerprints_are_printed_as_sums_are() {
    let world = World::new();
    world
        .write("int.avsc", "\"int\"")
        .write("order.avsc", ORDER);
    let all = world.run(&["fingerprint", "int.avsc"]);
    assert_eq!((all.exit, &*all.err), (0, ""));
    assert_eq!(
        all.out,
        "crc-64-avro  8f5c393f1ad57572  int.avsc\n\
         md5          ef524ea1b91e73173d938ade36c1db32  int.avsc\n\
         sha-256      3f2b87a9fe7cc9b13835598c3981cd45e3e355309e5090aa0933d7becb6fba45  int.avsc\n"
    );
    let one = world.run(&[
        "fingerprint",
        "int.avsc",
        "order.avsc",
        "--algorithm",
        "md5",
    ]);
    let lines: Vec<&str> = one.out.lines().collect();
    assert_eq!(lines[0], "ef524ea1b91e73173d938ade36c1db32  int.avsc");
    assert!(
        lines[1].ends_with("  order.avsc") && lines.len() == 2,
        "{}",
        one.out
    );
}

#[test]
fn the_json_forms_have_the_file_and_the_number_of_the_crc() {
    let world = World::new();
    world.write("int.avsc", "\"int\"");
    let json =
        |args: &[&str]| -> Value { serde_json::from_str(&world.run(args).out).expect("is JSON") };
    assert_eq!(
        json(&[
            "fingerprint",
            "int.avsc",
            "--algorithm",
            "crc-64-avro",
            "--format",
            "json"
        ]),
        json!({"files": [{"file": "int.avsc", "fingerprints": [
            {"algorithm": "crc-64-avro", "hex": "8f5c393f1ad57572", "number": "0x7275d51a3f395c8f"}]}]})
    );
    assert_eq!(
        json(&["text", "int.avsc", "--form", "parsing", "--format", "json"]),
        json!({"file": "int.avsc", "form": "parsing", "text": "\"int\""})
    );
}

#[test]
fn what_is_no_schema_is_told_on_standard_error_with_its_place() {
    let world = shop();
    for command in ["text", "fingerprint"] {
        let ran = world.run(&[command, "invoice.avsc"]);
        assert_eq!((ran.exit, &*ran.out), (1, ""));
        assert!(ran.err.contains("--> invoice.avsc:2:37"), "{}", ran.err);
        let remedy = "note: name the file that defines it: --reference shop.Money=FILE\n";
        assert!(ran.err.ends_with(remedy), "{}", ran.err);
        assert_eq!(world.run(&[command, "gone.avsc"]).exit, 2);
    }
}

#[test]
fn one_invalid_file_does_not_hide_the_fingerprints_of_the_others() {
    let world = World::new();
    world.write("int.avsc", "\"int\"").write("bad.avsc", "[");
    let ran = world.run(&["fingerprint", "bad.avsc", "int.avsc", "--algorithm", "md5"]);
    assert_eq!(ran.exit, 1);
    assert_eq!(ran.out, "ef524ea1b91e73173d938ade36c1db32  int.avsc\n");
}

#[test]
fn the_json_forms_say_what_is_wrong_with_a_file() {
    let world = World::new();
    world.write("int.avsc", "\"int\"").write("bad.avsc", "[");
    let ran = world.run(&[
        "fingerprint",
        "gone.avsc",
        "bad.avsc",
        "int.avsc",
        "--algorithm",
        "md5",
        "--format",
        "json",
    ]);
    assert_eq!((ran.exit, &*ran.err), (2, ""));
    let json: Value = serde_json::from_str(&ran.out).expect("is JSON");
    let files = json["files"].as_array().expect("is an array");
    assert_eq!(files.len(), 3);
    assert_eq!(files[0]["errors"][0]["span"], Value::Null);
    assert_eq!(files[1]["errors"][0]["span"]["file"], "bad.avsc");
    assert_eq!(files[1]["fingerprints"], json!([]));
    assert!(files[2].get("errors").is_none());
    let ran = world.run(&["text", "bad.avsc", "--format", "json"]);
    assert_eq!((ran.exit, &*ran.err), (1, ""));
    let json: Value = serde_json::from_str(&ran.out).expect("is JSON");
    assert_eq!(json["errors"][0]["span"]["line"], 1);
    assert!(json.get("text").is_none());
}

#[test]
fn the_texts_of_a_proto_file_are_printed_and_its_descriptor_is_one_of_them() {
    let world = World::new();
    let text = "syntax = \"proto3\";\npackage p;\n// said\nmessage M {\n  .p.M m = 2;\n  int32 a = 1;\n}\n";
    world.write("a.proto", text);
    let form = |file: &str, form: &str| {
        let ran = world.run(&["text", file, "--form", form]);
        assert_eq!((ran.exit, &*ran.err), (0, ""));
        ran.out
    };
    let head = "syntax = \"proto3\";\npackage p;\n\nmessage M {\n";
    let written = format!("{head}  .p.M m = 2;\n  int32 a = 1;\n}}\n");
    let normalized = format!("{head}  int32 a = 1;\n  .p.M m = 2;\n}}\n");
    assert_eq!(form("a.proto", "canonical"), written);
    assert_eq!(form("a.proto", "normalized"), normalized);
    world.write("descriptor.proto", &form("a.proto", "serialized"));
    let described = format!("{head}  M m = 2;\n  int32 a = 1;\n}}\n");
    assert_eq!(form("descriptor.proto", "canonical"), described);
    assert_eq!(form("descriptor.proto", "normalized"), normalized);
    world.write("int.avsc", "\"int\"");
    let refused = world.run(&["text", "int.avsc", "--form", "serialized"]);
    assert_eq!(refused.exit, 2);
    assert!(refused.err.contains("only Protobuf"), "{}", refused.err);
}

#[test]
fn what_only_avro_has_is_refused_for_others_with_a_remedy() {
    let world = World::new();
    world.write("a.proto", "syntax = \"proto3\";\nmessage M {}\n");
    let canonical = world.run(&["text", "a.proto"]);
    assert_eq!(
        (canonical.exit, &*canonical.out),
        (0, "syntax = \"proto3\";\n\nmessage M {}\n")
    );
    for args in [
        &["fingerprint", "a.proto"][..],
        &["text", "a.proto", "--form", "parsing"],
    ] {
        let ran = world.run(args);
        assert_eq!(ran.exit, 2);
        assert!(ran.err.contains("only Avro schemas have"), "{}", ran.err);
        assert!(ran.err.contains("= help"), "{}", ran.err);
    }
}

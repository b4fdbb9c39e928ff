//! `schemactl check` of two files.

use insta::assert_snapshot;

use super::world::{ORDER, World, order_changed};

#[test]
fn a_changed_type_is_incompatible_and_quoted() {
    let world = World::new();
    world
        .write("old.avsc", ORDER)
        .write("order.avsc", &order_changed());
    let ran = world.run(&["check", "order.avsc", "--against", "old.avsc"]);
    assert_eq!((ran.exit, &*ran.err), (1, ""));
    assert_snapshot!(ran.out);
}

#[test]
fn the_same_schema_is_compatible() {
    let world = World::new();
    world.write("old.avsc", ORDER).write("new.avsc", ORDER);
    let ran = world.run(&[
        "check",
        "new.avsc",
        "--against",
        "old.avsc",
        "--level",
        "FULL",
    ]);
    assert_eq!(
        (ran.exit, &*ran.out),
        (0, "checked 1 schema: 1 compatible\n")
    );
}

#[test]
fn the_level_decides_which_direction_counts() {
    let added = ORDER.replace(
        "\"long\"}",
        "\"long\"},\n    {\"name\": \"note\", \"type\": \"string\"}",
    );
    let world = World::new();
    world.write("old.avsc", ORDER).write("new.avsc", &added);
    let exit = |level| {
        world
            .run(&[
                "check",
                "new.avsc",
                "--against",
                "old.avsc",
                "--level",
                level,
            ])
            .exit
    };
    assert_eq!(
        ["backward", "FORWARD", "FULL", "NONE"].map(exit),
        [1, 0, 1, 0]
    );
}

#[test]
fn the_json_form_has_the_finding_objects_of_every_interface() {
    let world = World::new();
    world
        .write("old.avsc", ORDER)
        .write("order.avsc", &order_changed());
    let args = [
        "check",
        "order.avsc",
        "--against",
        "old.avsc",
        "--format",
        "json",
    ];
    let ran = world.run(&args);
    assert_eq!((ran.exit, &*ran.err), (1, ""));
    assert_snapshot!(ran.out);
}

#[test]
fn an_invalid_schema_is_quoted_and_nothing_is_compared() {
    let world = World::new();
    world
        .write("old.avsc", ORDER)
        .write("new.avsc", "{\n  \"type\": \"recrod\"\n}\n");
    let ran = world.run(&["check", "new.avsc", "--against", "old.avsc"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.out.contains("--> new.avsc:2:11"), "{}", ran.out);
    assert!(
        ran.out
            .ends_with("checked 1 schema: 1 invalid (exit code 2)\n"),
        "{}",
        ran.out
    );
    let json = world.run(&[
        "check",
        "new.avsc",
        "--against",
        "old.avsc",
        "--format",
        "json",
    ]);
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("is JSON");
    assert_eq!(json["verdict"], serde_json::Value::Null);
    assert_eq!(json["checks"][0]["errors"][0]["in"], "new");
    assert_eq!(json["checks"][0]["errors"][0]["span"]["line"], 2);
}

#[test]
fn another_schema_language_is_incompatible() {
    let world = World::new();
    world.write("old.avsc", ORDER).write("new.json", "{}");
    let ran = world.run(&["check", "new.json", "--against", "old.avsc"]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.out.contains("error[schema/format-changed]"),
        "{}",
        ran.out
    );
}

#[test]
fn references_are_read_from_named_files() {
    let money = r#"{"type": "record", "name": "Money", "namespace": "shop", "fields": []}"#;
    let price = r#"{"type": "record", "name": "Price", "namespace": "shop",
        "fields": [{"name": "of", "type": "shop.Money"}]}"#;
    let order = ORDER.replace("\"long\"", "\"shop.Price\"");
    let world = World::new();
    world
        .write("shared/money.avsc", money)
        .write("shared/price.avsc", price);
    world
        .write("a/old.avsc", &order)
        .write("a/new.avsc", &order);
    let files = ["check", "a/new.avsc", "--against", "a/old.avsc"];
    // In the wrong order on purpose: a price needs money.
    let references = [
        "--reference",
        "shop.Price=shared/price.avsc",
        "--reference",
        "shop.Money=shared/money.avsc",
    ];
    let ran = world.run(&[&files[..], &references[..]].concat());
    assert_eq!(
        (ran.exit, &*ran.out),
        (0, "checked 1 schema: 1 compatible\n")
    );
    let without = world.run(&files);
    assert_eq!(without.exit, 2);
    assert_eq!(
        without.err,
        "note: name the file that defines it: --reference shop.Price=FILE\n"
    );
}

/// An order of the schema `Money` that a file beside it defines, in another namespace too.
fn shop(world: &World, directory: &str) {
    let money = |space: &str, of: &str| {
        format!(
            r#"{{"type": "record", "name": "Money", "namespace": "{space}", "doc": "Order",
            "fields": [{{"name": "cents", "type": "{of}"}}]}}"#
        )
    };
    let order = ORDER.replace("\"long\"", "\"Money\"");
    world.write(&format!("{directory}/order.avsc"), &order);
    world.write(&format!("{directory}/a.avsc"), &money("bank", "string"));
    world.write(&format!("{directory}/money.avsc"), &money("shop", "long"));
}

#[test]
fn a_file_refers_to_those_beside_it_on_both_sides() {
    let world = World::new();
    shop(&world, "old");
    shop(&world, "new");
    let check = || world.run(&["check", "new/order.avsc", "--against", "old/order.avsc"]);
    let same = check();
    assert_eq!(
        (same.exit, &*same.out),
        (0, "checked 1 schema: 1 compatible\n"),
        "{}",
        same.err
    );
    let text = std::fs::read_to_string(world.path("new/money.avsc")).expect("is there");
    world.write("new/money.avsc", &text.replace("long", "string"));
    let changed = check();
    assert_eq!(changed.exit, 1, "{}", changed.out);
    assert!(
        changed.out.contains("--> new/money.avsc:2:") && changed.out.contains("::: old/money.avsc"),
        "{}",
        changed.out
    );
}

#[test]
fn two_versions_in_one_directory_do_not_define_each_others_types() {
    let world = World::new();
    shop(&world, "a");
    let order = std::fs::read_to_string(world.path("a/order.avsc")).expect("is there");
    world.write("a/before.avsc", &order);
    let ran = world.run(&["check", "a/order.avsc", "--against", "a/before.avsc"]);
    assert_eq!(ran.exit, 0, "{}", ran.out);
}

#[test]
fn a_document_beside_a_json_schema_is_read_and_one_above_is_not() {
    let world = World::new();
    let cart = |target: &str| {
        format!(
            r#"{{"$schema": "http://json-schema.org/draft-07/schema#",
            "properties": {{"total": {{"$ref": "{target}#/definitions/cents"}}}}}}"#
        )
    };
    let money = r#"{"definitions": {"cents": {"type": "integer"}}}"#;
    world.write("a/cart.json", &cart("b/money.json"));
    world.write("a/b/money.json", money);
    let check = || world.run(&["check", "a/cart.json", "--against", "a/cart.json"]);
    assert_eq!(check().exit, 0);
    world
        .write("a/cart.json", &cart("../money.json"))
        .write("a/money.json", money)
        .write("money.json", money);
    assert_eq!(check().exit, 2);
}

#[test]
fn standard_input_is_checked_like_a_file() {
    let world = World::new();
    world.write("old.avsc", ORDER).commit();
    let check = |args: &[&str]| {
        let args = [&["check", "-"][..], args].concat();
        world.run_with_input(&args, &order_changed())
    };
    let ran = check(&["--against", "old.avsc", "--type", "AVRO"]);
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert!(ran.out.contains("--> <stdin>:7:32"), "{}", ran.out);
    let untold = check(&["--against", "old.avsc"]);
    assert!(untold.err.contains("--type AVRO"), "{}", untold.err);
    let git = check(&["--against", "git:main", "--type", "AVRO"]);
    assert_eq!(git.exit, 2);
    assert!(git.err.contains("git:main:PATH"), "{}", git.err);
}

#[test]
fn severities_decide_what_counts() {
    let world = World::new();
    let field = |default: u8| {
        format!(
            r#"{{"type": "record", "name": "R", "fields": [
                {{"name": "a", "type": "int", "default": {default}}}]}}"#
        )
    };
    world
        .write("old.avsc", &field(0))
        .write("new.avsc", &field(1));
    let check = |more: &[&str]| {
        let args = ["check", "new.avsc", "--against", "old.avsc"];
        world.run(&[&args[..], more].concat())
    };
    assert_eq!(check(&[]).exit, 0);
    let raised = check(&["--severity", "avro/default-changed=error"]);
    assert_eq!(raised.exit, 1);
    assert!(
        raised.out.contains("error[avro/default-changed]"),
        "{}",
        raised.out
    );
    let off = check(&["--severity", "avro/default-changed=off"]);
    assert_eq!(off.out, "checked 1 schema: 1 compatible\n");
    let both = check(&[
        "--severity",
        "avro/number-rounded=off,avro/default-changed=error",
    ]);
    assert_eq!(both.exit, 1, "{}", both.err);
    let contract = [
        "--severity",
        "avro/default-changed=off",
        "--profile",
        "contract",
    ];
    assert_eq!(check(&contract).exit, 2);
    let question = serde_json::json!({"format": "AVRO", "old": field(0), "new": field(1)});
    let asked = world.run_with_input(
        &[
            "check",
            "--jsonl",
            "--severity",
            "avro/default-changed=error",
        ],
        &format!("{question}\n"),
    );
    assert!(
        asked.out.contains(r#""verdict":"incompatible""#),
        "{}",
        asked.out
    );
}

#[test]
fn mistakes_get_remedies() {
    let world = World::new();
    world
        .write("a.avsc", ORDER)
        .write("a.txt", ORDER)
        .write("dir/b.avsc", ORDER);
    let tell = |args: &[&str]| {
        let ran = world.run(&[&["check"], args].concat());
        assert_eq!((ran.exit, &*ran.out), (2, ""), "{args:?}");
        let err = ran.err.replace(
            world.path("").to_string_lossy().trim_end_matches('/'),
            "DIR",
        );
        format!("$ schemactl check {}\n{err}\n", args.join(" "))
    };
    let told: Vec<String> = [
        &["gone.avsc", "--against", "a.avsc"][..],
        &["a.avsc", "--against", "gone.avsc"],
        &["a.avsc", "--against", "main"],
        &["a.avsc", "--against", "origin/v1.4.0"],
        &["a.avsc", "--against", "git:main"],
        &["a.txt", "--against", "a.avsc"],
        &["a.avsc", "--against", "dir"],
        &["dir", "--against", "a.avsc"],
        &["dir", "--against", "http://127.0.0.1:1", "--subject", "s"],
        &["a.avsc", "--against", "http://127.0.0.1:1"],
        &[
            "a.avsc",
            "--against",
            "http://127.0.0.1:1",
            "--subject",
            "s",
        ],
        &["a.avsc", "--against", "a.avsc", "--subject", "s"],
        &["a.avsc", "--against", "a.avsc", "--level", "BACKWARDS"],
        &["a.avsc", "--against", "a.avsc", "--reference", "x"],
        &[
            "a.avsc",
            "--against",
            "a.avsc",
            "--severity",
            "avro/type-change=error",
        ],
        &[
            "a.avsc",
            "--against",
            "a.avsc",
            "--severity",
            "avro/type-changed=off",
        ],
        &["a.avsc"],
    ]
    .into_iter()
    .map(tell)
    .collect();
    assert_snapshot!(told.concat());
}

#[test]
fn a_file_without_a_telling_name_is_read_as_the_given_type() {
    let world = World::new();
    world.write("a.txt", ORDER).write("b.txt", ORDER);
    let ran = world.run(&["check", "a.txt", "--against", "b.txt", "--type", "avro"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
}

//! Directories: what is looked at, what is matched, what is reported.

use super::world::{ORDER, World, order_changed};

#[test]
fn schema_files_are_matched_by_their_path() {
    let world = World::new();
    world
        .write("old/a/order.avsc", ORDER)
        .write("old/gone.avsc", ORDER);
    world
        .write("new/a/order.avsc", &order_changed())
        .write("new/added.avsc", ORDER);
    let ran = world.run(&["check", "new", "--against", "old"]);
    assert_eq!((ran.exit, &*ran.err), (1, ""));
    assert!(ran.out.contains("--> new/a/order.avsc:7:32"), "{}", ran.out);
    assert!(
        ran.out.contains("warning: `old/gone.avsc` is gone"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .ends_with("checked 2 schemas: 1 incompatible, 1 new, 1 deleted (exit code 1)\n"),
        "{}",
        ran.out
    );
}

#[test]
fn json_files_that_are_no_schemas_are_named_and_left_alone() {
    let schema = r#"{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}"#;
    let world = World::new();
    for side in ["old", "new"] {
        world.write(&format!("{side}/package.json"), r#"{"type": "module"}"#);
        world.write(&format!("{side}/a.json"), schema);
        world.write(&format!("{side}/b.schema.json"), "true");
        world.write(&format!("{side}/.hidden/c.avsc"), "broken");
        world.write(&format!("{side}/README.md"), "text");
    }
    let ran = world.run(&["check", "new", "--against", "old"]);
    assert_eq!(
        (ran.exit, &*ran.out),
        (
            0,
            "not looked at, since they have no `$schema`: new/package.json\n\n\
             checked 2 schemas: 2 compatible\n"
        )
    );
}

#[test]
fn a_directory_without_schemas_is_a_mistake_not_a_success() {
    let world = World::new();
    world.write("new/a.avsc", ORDER).write("old/README.md", "");
    for (new, old) in [("new", "old"), ("old", "new")] {
        let ran = world.run(&["check", new, "--against", old]);
        assert_eq!((ran.exit, &*ran.out), (2, ""));
        assert!(
            ran.err.contains("there are no schema files in `old"),
            "{}",
            ran.err
        );
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let world = World::new();
    world.write("old/a.avsc", ORDER).write("new/a.avsc", ORDER);
    std::os::unix::fs::symlink(world.path("new"), world.path("new/loop")).expect("is writable");
    let ran = world.run(&["check", "new", "--against", "old"]);
    assert_eq!(
        (ran.exit, &*ran.out),
        (0, "checked 1 schema: 1 compatible\n")
    );
}

#[test]
fn a_new_schema_that_is_not_valid_is_no_success() {
    let world = World::new();
    world
        .write("old/a.avsc", ORDER)
        .write("new/a.avsc", ORDER)
        .write("new/b.avsc", "{}");
    let ran = world.run(&["check", "new", "--against", "old"]);
    assert_eq!(ran.exit, 2, "{}", ran.out);
    assert!(ran.out.contains("--> new/b.avsc:1:1"), "{}", ran.out);
}

#[test]
fn schemas_refer_to_those_beside_them() {
    let line = r#"{"type": "record", "name": "Line", "namespace": "shop",
        "fields": [{"name": "price", "type": "shop.Money"}]}"#;
    let money = r#"{"type": "record", "name": "Money", "namespace": "shop",
        "fields": [{"name": "cents", "type": "long"}]}"#;
    let cart = r#"{"$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"total": {"$ref": "money.schema.json#/definitions/cents"}}}"#;
    let json_money = r#"{"definitions": {"cents": {"type": "integer"}}}"#;
    let world = World::new();
    for side in ["old", "new"] {
        let order = ORDER.replace("\"long\"", "{\"type\": \"array\", \"items\": \"Line\"}");
        world.write(&format!("{side}/order.avsc"), &order);
        world.write(&format!("{side}/a/line.avsc"), line);
        world.write(&format!("{side}/money.avsc"), money);
        world.write(&format!("{side}/cart.json"), cart);
        world.write(&format!("{side}/money.schema.json"), json_money);
    }
    let ran = world.run(&["check", "new", "--against", "old"]);
    assert_eq!(
        (ran.exit, &*ran.out),
        (0, "checked 5 schemas: 5 compatible\n")
    );
    world.write("new/money.avsc", &money.replace("long", "string"));
    world.write(
        "new/money.schema.json",
        &json_money.replace("integer", "string"),
    );
    let ran = world.run(&["check", "new", "--against", "old"]);
    assert_eq!(ran.exit, 1);
    // The break reaches every schema that uses the type.
    assert!(
        ran.out
            .ends_with("checked 5 schemas: 4 incompatible, 1 compatible (exit code 1)\n"),
        "{}",
        ran.out
    );
}

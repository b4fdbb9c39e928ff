//! `schemactl` against a running server: register, get, list, check.

use std::fs;

use harness::{Database, Output, Schemad, schemactl};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A server and a directory with schema files.
struct World {
    server: Schemad,
    dir: TempDir,
    _database: Database,
}

impl World {
    fn new() -> Self {
        let database = Database::sqlite().unwrap();
        Self {
            server: Schemad::start(&database).unwrap(),
            dir: TempDir::new().unwrap(),
            _database: database,
        }
    }

    /// Writes a file and gives its path.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn register(&self, subject: &str, file: &str) -> Output {
        let url = ["--registry", self.server.url()];
        let arguments = [&["register", "--subject", subject, file][..], &url].concat();
        schemactl(&arguments, "").unwrap()
    }
}

fn order(amount: &str) -> String {
    json!({"type": "record", "name": "Order", "fields": [{"name": "amount", "type": amount}]})
        .to_string()
}

#[test]
fn registered_schemas_are_listed_and_given_back() {
    let world = World::new();
    let file = world.file("order.avsc", &order("long"));
    world.register("orders-value", &file).assert_success();
    let url = world.server.url();
    let listed = schemactl(&["list", "--registry", url], "")
        .unwrap()
        .success();
    assert!(listed.stdout.contains("orders-value"), "{}", listed.stdout);
    let got = schemactl(&["get", "orders-value", "--registry", url], "");
    let got: Value = serde_json::from_str(&got.unwrap().success().stdout).unwrap();
    assert_eq!(got, serde_json::from_str::<Value>(&order("long")).unwrap());
}

#[test]
fn an_incompatible_schema_is_refused_by_check_and_by_register() {
    let world = World::new();
    let file = world.file("order.avsc", &order("long"));
    world.register("orders-value", &file).assert_success();
    let broken = world.file("order.avsc", &order("string"));
    let url = world.server.url();
    let arguments = [
        "check",
        &broken,
        "--against",
        url,
        "--subject",
        "orders-value",
    ];
    let checked = schemactl(&arguments, "").unwrap();
    assert_eq!(checked.code, Some(1), "{checked:?}");
    assert!(
        checked.stdout.contains("avro/field-type-changed"),
        "{checked:?}"
    );
    let registered = world.register("orders-value", &broken);
    assert_eq!(registered.code, Some(1), "{registered:?}");
    let details = registered.stderr.lines();
    let details = details.filter(|line| line.starts_with("  - {")).count();
    // The contract's words, ours, the old version and its text, the settings.
    assert_eq!(details, 5, "{registered:?}");
    let versions = world.server.client().get("/subjects/orders-value/versions");
    assert_eq!(versions.unwrap().ok().json().unwrap(), json!([1]));
}

#[test]
fn an_invalid_schema_is_refused_with_a_line_for_each_problem() {
    let world = World::new();
    let file = world.file("bad.avsc", r#"["itn", "lnog"]"#);
    let registered = world.register("orders-value", &file);
    assert_eq!(registered.code, Some(2), "{registered:?}");
    let problems = registered.stderr.lines().skip(1);
    let problems: Vec<&str> = problems.collect();
    assert!(
        problems.len() == 2
            && problems[0].starts_with("  - line 1, column 2: type `itn`")
            && problems[1].starts_with("  - line 1, column 9: type `lnog`"),
        "{registered:?}"
    );
}

#[test]
fn the_level_comes_from_the_registry() {
    let world = World::new();
    let file = world.file("order.avsc", &order("int"));
    world.register("orders-value", &file).assert_success();
    // Reading ints as longs works, reading longs as ints does not.
    let wider = world.file("wider.avsc", &order("long"));
    let url = world.server.url();
    let arguments = [
        "check",
        &wider,
        "--against",
        url,
        "--subject",
        "orders-value",
    ];
    assert_eq!(schemactl(&arguments, "").unwrap().code, Some(0));
    let forward = json!({"compatibility": "FORWARD"});
    let client = world.server.client();
    client
        .put("/config/orders-value", &forward)
        .unwrap()
        .assert_ok();
    assert_eq!(schemactl(&arguments, "").unwrap().code, Some(1));
}

#[test]
fn an_unreachable_registry_is_a_failure_and_no_verdict() {
    let world = World::new();
    let file = world.file("order.avsc", &order("long"));
    let url = world.server.url().to_owned();
    let arguments = [
        "check",
        &file,
        "--against",
        &url,
        "--subject",
        "orders-value",
    ];
    world.server.stop().unwrap();
    let output = schemactl(&arguments, "").unwrap();
    assert_eq!(output.code, Some(2), "{output:?}");
    assert!(!output.stderr.is_empty());
}

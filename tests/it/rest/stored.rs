//! Schemas that a registry was given long ago, when it was less strict: they are read, and they block
//! nothing that comes after them.

use serde_json::{Value, json};

use super::Registry;

/// Refused today: the namespace is no name, and the default of `b` is no string.
const LAX: &str = r#"{"type":"record","name":"Order","namespace":"foo-bar.x","fields":[{"name":"a","type":"int"},{"name":"b","type":"string","default":null}]}"#;

/// A registry that holds [`LAX`] as version 1 of the subject `lax`, with the id 70.
fn registry() -> Registry {
    let registry = Registry::new();
    registry.register("other", &json!({"schema": "\"int\""}));
    let insert = format!(
        "INSERT INTO schemas (context, id, schema_type, guid, text, canonical_text, reference_list) \
         VALUES ('.', 70, 'AVRO', '8d0d5f4e-6a3f-4a8e-9d7b-1f2c3b4a5d6e', '{LAX}', '{LAX}', '[]'); \
         INSERT INTO scopes (kind, context, subject, revision) VALUES ('subject', '.', 'lax', 1); \
         INSERT INTO versions (context, subject, version, schema_id, deleted, time_ms) \
         VALUES ('.', 'lax', 1, 70, FALSE, 0); \
         UPDATE contexts SET last_schema_id = 70 WHERE name = '.'"
    );
    registry.database.execute(&insert).unwrap();
    registry
}

fn order(fields: &Value) -> Value {
    let schema = json!({"type": "record", "name": "Order", "namespace": "x", "fields": fields});
    json!({"schema": schema.to_string()})
}

#[test]
fn a_stored_schema_that_would_be_refused_today_blocks_no_new_version() {
    let registry = registry();
    registry.refuses(
        "POST /subjects/strict/versions",
        &json!({"schema": LAX}),
        42201,
        &registry.refusal(
            "POST /subjects/lax2/versions",
            &json!({"schema": LAX}),
            42201,
        ),
    );
    let next = order(&json!([
        {"name": "a", "type": "int"}, {"name": "c", "type": "int", "default": 0}
    ]));
    assert_eq!(registry.register("lax", &next), 71);
    registry.gives("/subjects/lax/versions", &json!([1, 2]));
}

#[test]
fn it_is_compared_like_any_other() {
    let registry = registry();
    let broken = order(&json!([{"name": "a", "type": "string"}]));
    let message = registry.refusal("POST /subjects/lax/versions", &broken, 40901);
    assert!(message.contains("{oldSchemaVersion: 1}"), "{message}");
    assert!(message.contains("TYPE_MISMATCH"), "{message}");
    // Old readers need the default of `b`, which is none; to the contract any default is one.
    registry.ok("PUT /config/lax", &json!({"compatibility": "FORWARD"}));
    let without_b = order(&json!([{"name": "a", "type": "int"}]));
    let check = "POST /compatibility/subjects/lax/versions?verbose=true";
    let reply = registry.ok(check, &without_b);
    assert_eq!(reply["is_compatible"], false, "{reply}");
    let reply = registry.ok(&format!("{check}&profile=contract"), &without_b);
    assert_eq!(reply["is_compatible"], true, "{reply}");
}

#[test]
fn it_is_found_and_registered_again_in_any_layout() {
    let registry = registry();
    for schema in [LAX.to_owned(), LAX.replace(',', ", ")] {
        let body = json!({"schema": schema});
        let found = registry.ok("POST /subjects/lax", &body);
        assert_eq!((&found["id"], &found["version"]), (&json!(70), &json!(1)));
        assert_eq!(registry.register("lax", &body), 70);
    }
    registry.gives("/subjects/lax/versions", &json!([1]));
}

#[test]
fn new_schemas_may_refer_to_it() {
    let registry = registry();
    let list = json!({
        "schema": r#"{"type": "array", "items": "foo-bar.x.Order"}"#,
        "references": [{"name": "foo-bar.x.Order", "subject": "lax", "version": 1}],
    });
    assert_eq!(registry.register("list", &list), 71);
    let resolved = registry.get("/subjects/list/versions/1?format=resolved");
    let text = resolved["schema"].as_str().unwrap();
    assert!(text.contains("foo-bar.x"), "{text}");
}

//! JSON Schema through the API.

use serde_json::{Value, json};

use super::{Registry, json_schema};

fn object(property: &Value) -> Value {
    json_schema(&json!({"type": "object", "properties": {"a": property}}))
}

#[test]
fn what_is_no_json_schema_is_refused() {
    let registry = Registry::new();
    for text in ["[1]", "42", "\"object\"", "{\"type\": 1}"] {
        let body = json!({"schemaType": "JSON", "schema": text});
        let message = registry.refusal("POST /subjects/a/versions", &body, 42201);
        assert!(
            message.starts_with("Invalid schema of type JSON, details: line 1, column "),
            "{message}"
        );
    }
    registry.register("a", &json!({"schemaType": "JSON", "schema": "true"}));
}

#[test]
fn normalizing_settles_the_order_of_keys() {
    let registry = Registry::new();
    let texts = [
        "{\"type\":\"object\",\"title\":\"t\"}",
        "{\"title\":\"t\",\"type\":\"object\"}",
    ];
    let [one, other] = texts.map(|text| json!({"schemaType": "JSON", "schema": text}));
    let path = "POST /subjects/a/versions?normalize=true";
    assert_eq!(registry.ok(path, &one)["version"], 1);
    assert_eq!(registry.ok(path, &other)["version"], 1);
}

#[test]
fn a_refusal_names_the_keyword_and_shows_a_document() {
    let registry = Registry::new();
    registry.register("a", &object(&json!({"type": "integer"})));
    let breaks = object(&json!({"type": "string"}));
    let message = registry.refusal("POST /subjects/a/versions", &breaks, 40901);
    assert!(
        message.contains("{errorType:\"TYPE_CHANGED\", description:\""),
        "{message}"
    );
    for part in [
        "{rule:'json/",
        "path:'/properties/a",
        "witness:'",
        "{oldSchemaVersion: 1}",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    registry.register("a", &object(&json!({"type": "number"})));
}

#[test]
fn a_reference_is_followed_and_nothing_is_fetched() {
    let registry = Registry::new();
    let body = object(&json!({"$ref": "http://127.0.0.1:9/amount.json"}));
    registry.refusal("POST /subjects/a/versions", &body, 42201);
    registry.register("amount", &json_schema(&json!({"type": "integer"})));
    let mut body = body;
    body["references"] = json!([{
        "name": "http://127.0.0.1:9/amount.json", "subject": "amount", "version": 1,
    }]);
    registry.register("a", &body);
}

#[test]
fn the_policy_is_configured_or_asked_for() {
    let registry = Registry::new();
    // An open model gets a property: a document that had it with another type breaks.
    let properties =
        |properties: &Value| json_schema(&json!({"type": "object", "properties": properties}));
    registry.register("a", &properties(&json!({"b": {}})));
    let adds = properties(&json!({"a": {"type": "integer"}, "b": {}}));
    let check = "POST /compatibility/subjects/a/versions/latest";
    assert_eq!(registry.ok(check, &adds)["is_compatible"], false);
    let lenient = format!("{check}?policy=lenient");
    assert_eq!(registry.ok(&lenient, &adds)["is_compatible"], true);
    registry.ok("PUT /config/a", &json!({"compatibilityPolicy": "LENIENT"}));
    assert_eq!(registry.ok(check, &adds)["is_compatible"], true);
    let strict = format!("{check}?policy=strict");
    assert_eq!(registry.ok(&strict, &adds)["is_compatible"], false);
}

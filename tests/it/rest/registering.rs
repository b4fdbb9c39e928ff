//! `POST /subjects/{subject}/versions`, and looking up what was registered.

use serde_json::{Value, json};

use super::{Registry, json_schema, order, order_text, proto};

#[test]
fn the_same_schema_again_gives_the_same_answer_and_no_new_version() {
    let registry = Registry::new();
    let v1 = order(&["id:string"]);
    let first = registry.ok("POST /subjects/a/versions", &v1);
    assert_eq!((&first["id"], &first["version"]), (&json!(1), &json!(1)));
    assert_eq!(registry.ok("POST /subjects/a/versions", &v1), first);
    let spaced = json!({"schema": format!("  {}\n", order_text(&["id:string"]))});
    let again = registry.ok("POST /subjects/a/versions", &spaced);
    assert_eq!((&again["id"], &again["version"]), (&json!(1), &json!(1)));
    registry.gives("/subjects/a/versions", &json!([1]));
    assert_eq!(registry.register("a", &order(&["id:string", "n:int?"])), 2);
    assert_eq!(registry.register("a", &v1), 1);
    registry.gives("/subjects/a/versions", &json!([1, 2]));
}

#[test]
fn one_content_has_one_id_in_all_subjects_and_unequal_content_has_not() {
    let registry = Registry::new();
    let v1 = order(&["id:string"]);
    assert_eq!(registry.register("a", &v1), 1);
    assert_eq!(registry.register("b", &v1), 1);
    let mut with_metadata = v1.clone();
    with_metadata["metadata"] = json!({"properties": {"owner": "x"}});
    assert_eq!(registry.register("c", &with_metadata), 2);
    let mut with_empty = v1;
    with_empty["metadata"] = json!({});
    assert_eq!(registry.register("d", &with_empty), 3);
}

#[test]
fn a_registration_is_answered_with_all_that_is_stored() {
    let registry = Registry::new();
    let reply = registry.ok("POST /subjects/a/versions", &order(&["id:string"]));
    let object = reply.as_object().unwrap();
    let names: Vec<_> = object.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["guid", "id", "schema", "schemaType", "ts", "version"]
    );
    assert_eq!(reply["schemaType"], "AVRO");
    assert_eq!(reply["schema"], json!(order_text(&["id:string"])));
}

#[test]
fn every_format_is_registered_and_returned_as_it_was_sent() {
    let registry = Registry::new();
    let texts = [
        (
            "AVRO",
            "{ \"type\" : \"record\",\n\t\"name\":\"R\", \"fields\":[ ] }\n",
        ),
        (
            "PROTOBUF",
            "// kept\nsyntax = \"proto3\";\n\n\nmessage M { int32 a = 1; } // kept too\n",
        ),
        (
            "JSON",
            "{ \"type\": \"object\", \"title\": \"Bestellung – größer\" }",
        ),
    ];
    for (schema_type, text) in texts {
        let body = json!({"schemaType": schema_type, "schema": text});
        let id = registry.register(schema_type, &body);
        let version = registry.get(&format!("/subjects/{schema_type}/versions/latest"));
        assert_eq!(version["schema"], text);
        assert_eq!(version["schemaType"], schema_type);
        for path in [
            format!("/subjects/{schema_type}/versions/1/schema"),
            format!("/schemas/ids/{id}/schema"),
        ] {
            let raw = registry.client.get(&path).unwrap().ok();
            assert_eq!(raw.text, text, "{path}");
        }
    }
}

#[test]
fn each_version_keeps_the_text_that_was_sent_for_it() {
    let registry = Registry::new();
    let compact = json!({"schema": "{\"type\":\"string\"}"});
    let spaced = json!({"schema": "{ \"type\": \"string\" }"});
    assert_eq!(
        registry.register("a", &compact),
        registry.register("b", &spaced)
    );
    assert_eq!(
        registry.get("/subjects/a/versions/1")["schema"],
        compact["schema"]
    );
    assert_eq!(
        registry.get("/subjects/b/versions/1")["schema"],
        spaced["schema"]
    );
    assert_eq!(
        registry.get("/schemas/ids/1?subject=b")["schema"],
        spaced["schema"]
    );
    assert_eq!(registry.get("/schemas/ids/1")["schema"], compact["schema"]);
}

#[test]
fn canonical_texts_are_returned_where_the_server_is_told_so() {
    let registry = Registry::with(&["--schema-text", "canonical"]);
    registry.register("a", &json!({"schema": "{ \"type\": \"string\" }"}));
    assert_eq!(
        registry.get("/subjects/a/versions/1")["schema"],
        "\"string\""
    );
    assert_eq!(registry.get("/schemas/ids/1")["schema"], "\"string\"");
}

/// The same schema, with its attributes in two orders.
fn reordered() -> [Value; 2] {
    let texts = [
        r#"{"type":"int","b":1,"a":2}"#,
        r#"{"type":"int","a":2,"b":1}"#,
    ];
    texts.map(|text| json!({"schema": text}))
}

#[test]
fn normalized_texts_are_one_version() {
    let registry = Registry::new();
    let [one, other] = reordered();
    let path = "POST /subjects/a/versions";
    let id = registry.ok(&format!("{path}?normalize=true"), &one)["id"].clone();
    let again = registry.ok(&format!("{path}?normalize=True"), &other);
    assert_eq!(again["id"], id);
    let found = registry.ok("POST /subjects/a?normalize=true", &one);
    assert_eq!((&found["id"], &found["version"]), (&id, &json!(1)));
    registry.gives("/subjects/a/versions", &json!([1]));
}

#[test]
fn normalizing_can_be_configured() {
    let registry = Registry::new();
    registry.ok("PUT /config/a", &json!({"normalize": true}));
    let [one, other] = reordered();
    assert_eq!(registry.register("a", &one), registry.register("a", &other));
    assert_ne!(registry.register("b", &one), registry.register("b", &other));
}

#[test]
fn a_schema_is_found_by_its_text_with_everything_written_out() {
    let registry = Registry::new();
    let currency = r#"{"type":"enum","name":"Currency","symbols":["EUR"]}"#;
    registry.register("currency", &json!({"schema": currency}));
    let price = |field_type: &str| {
        format!(r#"{{"type":"record","name":"P","fields":[{{"name":"c","type":{field_type}}}]}}"#)
    };
    let reference = json!([{"name": "Currency", "subject": "currency", "version": 1}]);
    let body = json!({"schema": price("\"Currency\""), "references": reference});
    let id = registry.register("price", &body);
    let alone = json!({"schema": price(currency)});
    assert_eq!(registry.ok("POST /subjects/price", &alone)["version"], 1);
    assert_eq!(registry.register("price", &alone), id);
    let resolved = registry.get("/subjects/price/versions/1?format=resolved");
    assert_eq!(resolved["schema"], alone["schema"]);
}

#[test]
fn texts_that_are_no_schemas_are_refused_with_the_place() {
    let registry = Registry::new();
    let path = "POST /subjects/a/versions";
    for (body, place) in [
        (
            json!({"schema": "{\n  \"type\": \"recor\"}"}),
            "line 2, column",
        ),
        (json!({"schema": "{"}), "line 1, column"),
        (proto("message M {\n  int32 a = 0;\n}"), "line 3, column"),
    ] {
        let message = registry.refusal(path, &body, 42201);
        assert!(message.starts_with("Invalid schema of type "), "{message}");
        assert!(message.contains(place), "{message}");
    }
    registry.refuses(path, &json!({"schema": ""}), 42201, "Empty schema");
    registry.refuses(path, &json!({}), 42201, "Empty schema");
    let message = registry.refusal(path, &json!({"schema": "x", "schemaType": "XML"}), 42201);
    assert!(message.starts_with("Invalid schema type XML"), "{message}");
    registry.gives("/subjects", &json!([]));
}

#[test]
fn a_missing_text_is_taken_from_the_latest_version() {
    let registry = Registry::new();
    registry.register("a", &order(&["id:string"]));
    let body = json!({"metadata": {"properties": {"owner": "x"}}});
    let reply = registry.ok("POST /subjects/a/versions", &body);
    assert_eq!(reply["version"], 2);
    assert_eq!(reply["schema"], json!(order_text(&["id:string"])));
}

#[test]
fn subjects_that_cannot_be_are_refused() {
    let registry = Registry::new();
    for (path, name) in [
        ("__GLOBAL", "__GLOBAL"),
        ("__EMPTY", "__EMPTY"),
        ("a%01b", "a\u{1}b"),
        (":.__GLOBAL:a", ":.__GLOBAL:a"),
    ] {
        let message = format!("The specified subject '{name}' is not a valid.");
        let request = format!("POST /subjects/{path}/versions");
        registry.refuses(&request, &order(&["id:string"]), 42208, &message);
    }
    let long = format!("POST /subjects/{}/versions", "x".repeat(2_000));
    registry.refusal(&long, &order(&["id:string"]), 42208);
}

#[test]
fn a_version_can_be_asked_for_if_it_is_the_next_one() {
    let registry = Registry::new();
    let mut body = order(&["id:string"]);
    body["version"] = json!(2);
    let path = "POST /subjects/a/versions";
    registry.refuses(
        path,
        &body,
        42201,
        "Version is not one more than previous version",
    );
    body["version"] = json!(1);
    let reply = registry.ok(path, &body);
    assert_eq!(reply["version"], 1);
    assert_eq!(
        reply["metadata"],
        json!({"properties": {"confluent:version": "1"}})
    );
    // The number is no difference, so this is no new schema.
    assert_eq!(registry.ok(path, &order(&["id:string"]))["version"], 1);
    let found = registry.ok("POST /subjects/a", &order(&["id:string"]));
    assert_eq!(found["version"], 1);
    registry.register("a", &order(&["id:string", "n:int?"]));
    let v2 = registry.get("/subjects/a/versions/2");
    assert_eq!(v2["metadata"]["properties"]["confluent:version"], "2");
}

#[test]
fn an_id_can_be_asked_for_only_if_it_is_the_schemas_own() {
    let registry = Registry::new();
    let mut body = order(&["id:string"]);
    body["id"] = json!(7);
    let path = "POST /subjects/a/versions";
    let message = "Subject a in context  is not in import mode";
    registry.refuses(path, &body, 42205, message);
    registry.register("a", &order(&["id:string"]));
    registry.refuses(path, &body, 42205, message);
    body["id"] = json!(1);
    assert_eq!(registry.ok(path, &body)["id"], 1);
}

#[test]
fn metadata_and_rules_are_kept_and_inherited() {
    let registry = Registry::new();
    let rule = json!({"name": "check", "kind": "CONDITION", "mode": "WRITE", "type": "CEL",
        "expr": "message.n > 0", "params": {"a": "b"}, "tags": ["PII"]});
    let metadata = json!({"tags": {"Order.id": ["PII"]}, "properties": {"owner": "x"},
        "sensitive": ["owner"]});
    let mut body = order(&["id:string"]);
    body["metadata"] = metadata.clone();
    body["ruleSet"] = json!({"domainRules": [rule]});
    registry.register("a", &body);
    let v1 = registry.get("/subjects/a/versions/1");
    assert_eq!(
        (&v1["metadata"], &v1["ruleSet"]),
        (&metadata, &body["ruleSet"])
    );
    // Left out, they are those of the version before.
    registry.register("a", &order(&["id:string", "n:int?"]));
    let v2 = registry.get("/subjects/a/versions/2");
    assert_eq!(
        (&v2["metadata"], &v2["ruleSet"]),
        (&metadata, &body["ruleSet"])
    );
    // Emptied, they are gone.
    let mut bare = order(&["id:string", "n:int?", "m:int?"]);
    bare["metadata"] = json!({});
    bare["ruleSet"] = json!({});
    registry.register("a", &bare);
    let v3 = registry.get("/subjects/a/versions/3");
    assert_eq!(
        (&v3["metadata"], &v3["ruleSet"]),
        (&Value::Null, &Value::Null)
    );
    // Looking up finds what was inherited, too.
    let found = registry.ok("POST /subjects/a", &body);
    assert_eq!(found["version"], 1);
}

#[test]
fn rule_sets_that_no_client_could_run_are_refused() {
    let registry = Registry::new();
    let mut body = order(&["id:string"]);
    body["ruleSet"] = json!({"domainRules": [{"name": "a", "type": "CEL", "mode": "UPGRADE"}]});
    let message = "Domain rules can only be WRITE, READ, WRITEREAD";
    registry.refuses("POST /subjects/a/versions", &body, 42210, message);
}

#[test]
fn what_is_not_supported_is_refused_and_not_ignored() {
    let registry = Registry::new();
    let mut body = order(&["id:string"]);
    body["schemaTagsToAdd"] = json!([{"schemaEntity": {}, "tags": ["PII"]}]);
    registry.refusal("POST /subjects/a/versions", &body, 422);
    registry.register("a", &order(&["id:string"]));
    registry.refusal("GET /subjects/a/versions/1?findTags=PII", &Value::Null, 422);
    // What cannot be answered is not done either.
    let mut body = proto("import \"m.proto\"; message N { M m = 1; }");
    body["references"] = json!([{"name": "m.proto", "subject": "m", "version": 1}]);
    registry.register("m", &proto("message M {}"));
    let unanswerable = "POST /subjects/p/versions?format=resolved";
    registry.refusal(unanswerable, &body, 422);
    registry.refusal("GET /subjects/p/versions", &Value::Null, 40401);
}

#[test]
fn references_are_resolved_and_returned() {
    let registry = Registry::new();
    registry.register(
        "currency",
        &json!({"schema":
        "{\"type\":\"enum\",\"name\":\"Currency\",\"symbols\":[\"EUR\"]}"}),
    );
    let price = "{\"type\":\"record\",\"name\":\"Price\",\
        \"fields\":[{\"name\":\"c\",\"type\":\"Currency\"}]}";
    let reference = |version: i32| {
        json!([{"name": "Currency", "subject": "currency", "version": version,
            "properties": null, "tags": null}])
    };
    let body = json!({"schema": price, "references": reference(-1)});
    let id = registry.register("price", &body);
    let stored = json!([{"name": "Currency", "subject": "currency", "version": 1}]);
    assert_eq!(
        registry.get(&format!("/schemas/ids/{id}"))["references"],
        stored
    );
    assert_eq!(
        registry.get("/subjects/price/versions/1")["references"],
        stored
    );
    let again = json!({"schema": price, "references": reference(1)});
    assert_eq!(registry.register("price", &again), id);
    assert_eq!(registry.ok("POST /subjects/price", &body)["version"], 1);
    registry.gives("/subjects/currency/versions/1/referencedby", &json!([id]));
    // Without the reference the name means nothing.
    registry.refusal(
        "POST /subjects/price/versions",
        &json!({"schema": price}),
        42201,
    );
}

#[test]
fn references_reach_through_references_in_every_format() {
    let registry = Registry::new();
    let reference =
        |name: &str, subject: &str| json!({"name": name, "subject": subject, "version": 1});
    registry.register(
        "money",
        &proto("package m; message Money { int64 amount = 1; }"),
    );
    let mut price =
        proto("package p; import \"money.proto\"; message Price { m.Money money = 1; }");
    price["references"] = json!([reference("money.proto", "money")]);
    registry.register("price", &price);
    let mut order =
        proto("package o; import \"price.proto\"; message Order { p.Price price = 1; }");
    order["references"] = json!([reference("price.proto", "price")]);
    registry.register("order", &order);

    registry.register("amount", &json_schema(&json!({"type": "integer"})));
    let mut item = json_schema(&json!({"properties": {"amount": {"$ref": "amount.json"}}}));
    item["references"] = json!([reference("amount.json", "amount")]);
    registry.register("item", &item);
}

#[test]
fn references_that_do_not_resolve_are_refused() {
    let registry = Registry::new();
    registry.register("currency", &json!({"schema": "\"string\""}));
    let with = |subject: &str, version: i32| {
        json!({"schema": "\"string\"", "references":
            [{"name": "x", "subject": subject, "version": version}]})
    };
    let path = "POST /subjects/a/versions";
    for (subject, version) in [
        ("currency", 2),
        ("nobody", 1),
        ("nobody", -1),
        ("currency", 0),
    ] {
        let message = registry.refusal(path, &with(subject, version), 42201);
        assert!(
            message.contains(&format!("subject \"{subject}\" and version {version}")),
            "{message}"
        );
    }
    registry.ok("DELETE /subjects/currency/versions/1", &Value::Null);
    registry.refusal(path, &with("currency", 1), 42201);
    registry.refusal(
        path,
        &json!({"schema": "\"string\"", "references": [{"name": "x"}]}),
        42201,
    );
}

#[test]
fn a_refused_registration_leaves_nothing_behind() {
    let registry = Registry::new();
    registry.register("a", &order(&["n:long"]));
    registry.refusal("POST /subjects/a/versions", &order(&["n:string"]), 40901);
    registry.gives("/subjects/a/versions", &json!([1]));
    registry.refuses(
        "GET /schemas/ids/2",
        &Value::Null,
        40403,
        "Schema 2 not found",
    );
    assert_eq!(registry.register("a", &order(&["n:long", "m:long?"])), 2);
}

#[test]
fn looking_up_tells_missing_subjects_from_missing_schemas() {
    let registry = Registry::new();
    let v1 = order(&["id:string"]);
    registry.refuses("POST /subjects/a", &v1, 40401, "Subject 'a' not found.");
    registry.register("a", &v1);
    let found = registry.ok("POST /subjects/a?normalize=False&deleted=False", &v1);
    assert_eq!(
        (&found["subject"], &found["version"], &found["id"]),
        (&json!("a"), &json!(1), &json!(1))
    );
    assert_eq!(found["deleted"], false);
    registry.refuses(
        "POST /subjects/a",
        &order(&["n:int"]),
        40403,
        "Schema not found",
    );
    registry.ok("DELETE /subjects/a", &Value::Null);
    registry.refuses("POST /subjects/a", &v1, 40401, "Subject 'a' not found.");
    assert_eq!(
        registry.ok("POST /subjects/a?deleted=true", &v1)["deleted"],
        true
    );
}

#[test]
fn protobuf_may_come_and_go_as_a_descriptor() {
    let registry = Registry::new();
    registry.register("a", &proto("package p;\nmessage M { int32 a = 1; }"));
    let serialized = registry.get("/subjects/a/versions/1?format=serialized")["schema"].clone();
    let by_id = registry.get("/schemas/ids/1?subject=a&format=serialized");
    assert_eq!(by_id["schema"], serialized);
    let body = json!({"schemaType": "PROTOBUF", "schema": serialized});
    assert_eq!(registry.ok("POST /subjects/a", &body)["version"], 1);
}

#[test]
fn bundled_imports_need_no_reference() {
    let registry = Registry::new();
    registry.register(
        "a",
        &proto(
            "import \"google/protobuf/timestamp.proto\";\n\
        message M { google.protobuf.Timestamp at = 1; }",
        ),
    );
}

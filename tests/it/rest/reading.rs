//! What is read: versions, schemas by id and guid, lists, paging.

use serde_json::{Value, json};

use super::{Registry, order, order_text, proto};

#[test]
fn a_version_is_found_by_number_latest_and_minus_one() {
    let registry = Registry::new();
    registry.register("a", &order(&["id:string"]));
    registry.register("a", &order(&["id:string", "n:int?"]));
    for version in ["2", "latest", "LATEST", "-1"] {
        let got = registry.get(&format!("/subjects/a/versions/{version}"));
        assert_eq!(got["version"], 2, "{version}");
    }
    let got = registry.get("/subjects/a/versions/1");
    let names: Vec<_> = got
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "deleted",
        "guid",
        "id",
        "schema",
        "schemaType",
        "subject",
        "ts",
        "version",
    ];
    assert_eq!(names, expected);
    assert_eq!(got["schema"], json!(order_text(&["id:string"])));
}

#[test]
fn missing_subjects_and_versions_are_told_apart() {
    let registry = Registry::new();
    registry.register("a", &order(&["id:string"]));
    let none = &Value::Null;
    for path in ["", "/schema"] {
        let missing = format!("GET /subjects/b/versions/1{path}");
        registry.refuses(&missing, none, 40401, "Subject 'b' not found.");
        let latest = format!("GET /subjects/b/versions/latest{path}");
        registry.refuses(&latest, none, 40401, "Subject 'b' not found.");
        let version = format!("GET /subjects/a/versions/9{path}");
        registry.refuses(&version, none, 40402, "Version 9 not found.");
        for bad in ["0", "-2", "x", "2147483648"] {
            let request = format!("GET /subjects/a/versions/{bad}{path}");
            let message = format!(
                "The specified version '{bad}' is not a valid version id. Allowed values are \
                 between [1, 2^31-1] and the string \"latest\""
            );
            registry.refuses(&request, none, 42202, &message);
        }
    }
    registry.refuses(
        "GET /subjects/b/versions",
        none,
        40401,
        "Subject 'b' not found.",
    );
    let referenced = "GET /subjects/b/versions/1/referencedby";
    registry.refuses(referenced, none, 40401, "Subject 'b' not found.");
    let referenced = "GET /subjects/a/versions/2/referencedby";
    registry.refuses(referenced, none, 40402, "Version 2 not found.");
}

#[test]
fn a_schema_is_found_by_id() {
    let registry = Registry::new();
    let id = registry.register("a", &order(&["id:string"]));
    let got = registry.get(&format!("/schemas/ids/{id}"));
    let names: Vec<_> = got
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    // Which subject and version it would be is arbitrary, so they are told only when asked for.
    assert_eq!(names, ["guid", "schema", "schemaType"]);
    let got = registry.get(&format!("/schemas/ids/{id}?subject=a&fetchMaxId=false"));
    assert_eq!((&got["subject"], &got["version"]), (&json!("a"), &json!(1)));
    registry.register("b", &order(&["n:int"]));
    let got = registry.get(&format!("/schemas/ids/{id}?fetchMaxId=true"));
    assert_eq!(got["maxId"], 2);
    for (id, message) in [("7", "Schema 7 not found"), ("0", "Schema 0 not found")] {
        for path in ["", "/schema", "/subjects", "/versions"] {
            registry.refuses(
                &format!("GET /schemas/ids/{id}{path}"),
                &Value::Null,
                40403,
                message,
            );
        }
    }
    registry.refuses(
        "GET /schemas/ids/abc",
        &Value::Null,
        404,
        "HTTP 404 Not Found",
    );
}

#[test]
fn the_uses_of_an_id_are_listed() {
    let registry = Registry::new();
    let id = registry.register("a", &order(&["id:string"]));
    registry.register("b", &order(&["id:string"]));
    registry.register("c", &order(&["n:int"]));
    let path = |tail: &str| format!("/schemas/ids/{id}/{tail}");
    registry.gives(&path("subjects?offset=0&limit=-1"), &json!(["a", "b"]));
    registry.gives(&path("subjects?offset=1"), &json!(["b"]));
    registry.gives(&path("subjects?subject=b"), &json!(["b"]));
    let b = json!({"subject": "b", "version": 1});
    registry.gives(
        &path("versions"),
        &json!([{"subject": "a", "version": 1}, b]),
    );
    registry.ok("DELETE /subjects/a", &Value::Null);
    registry.gives(&path("versions"), &json!([b]));
    registry.gives(&path("subjects?deleted=true"), &json!(["a", "b"]));
}

#[test]
fn a_schema_is_found_by_guid() {
    let registry = Registry::new();
    let reply = registry.ok("POST /subjects/a/versions", &order(&["id:string"]));
    let guid = reply["guid"].as_str().unwrap();
    let got = registry.get(&format!("/schemas/guids/{guid}"));
    assert_eq!(got["schema"], reply["schema"]);
    assert_eq!(
        (&got["subject"], &got["version"], &got["id"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let hex = guid.replace('-', "").to_uppercase();
    assert_eq!(
        registry.get(&format!("/schemas/guids/{hex}?deleted=true")),
        got
    );
    registry.gives(
        &format!("/schemas/guids/{guid}/ids"),
        &json!([{"context": ".", "id": 1}]),
    );
    let unknown = "00000000-0000-0000-0000-000000000000";
    let message = format!("Schema {unknown} not found");
    registry.refuses(
        &format!("GET /schemas/guids/{unknown}"),
        &Value::Null,
        40403,
        &message,
    );
    registry.refuses(
        "GET /schemas/guids/x",
        &Value::Null,
        40403,
        "Schema x not found",
    );
    registry.gives(&format!("/schemas/guids/{unknown}/ids"), &json!([]));
}

#[test]
fn lists_are_sorted_and_paged() {
    let registry = Registry::new();
    for subject in ["b", "a", "c"] {
        registry.register(subject, &order(&["id:string"]));
    }
    registry.gives("/subjects", &json!(["a", "b", "c"]));
    registry.gives("/subjects?offset=1&limit=1", &json!(["b"]));
    registry.gives(
        "/subjects?offset=0&limit=-1&deleted_only=false",
        &json!(["a", "b", "c"]),
    );
    registry.gives("/subjects?limit=0", &json!(["a", "b", "c"]));
    registry.gives("/subjects?subjectPrefix=%3A%2A%3Ab", &json!(["b"]));
    registry.gives("/subjects?subjectPrefix=c", &json!(["c"]));
    registry.refuses(
        "GET /subjects?offset=x",
        &Value::Null,
        404,
        "HTTP 404 Not Found",
    );
    registry.register("a", &order(&["id:string", "n:int?"]));
    registry.gives("/subjects/a/versions?offset=1", &json!([2]));
    let search = registry.get("/schemas?latestOnly=true&limit=2");
    let found: Vec<_> = search
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["subject"].as_str().unwrap(),
                it["version"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(found, [("a", 2), ("b", 1)]);
    assert_eq!(
        registry
            .get("/schemas?subjectPrefix=a")
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn deleted_things_are_listed_where_asked_for() {
    let registry = Registry::new();
    registry.register("a", &order(&["id:string"]));
    registry.register("a", &order(&["id:string", "n:int?"]));
    registry.register("b", &order(&["id:string"]));
    registry.ok("DELETE /subjects/a/versions/1", &Value::Null);
    registry.ok("DELETE /subjects/b", &Value::Null);
    for (path, expected) in [
        ("/subjects", json!(["a"])),
        ("/subjects?deleted=True", json!(["a", "b"])),
        ("/subjects?deletedOnly=true", json!(["b"])),
        ("/subjects?deletedOnly=true&deleted=true", json!(["b"])),
        ("/subjects/a/versions", json!([2])),
        ("/subjects/a/versions?deleted=true", json!([1, 2])),
        ("/subjects/a/versions?deletedOnly=true", json!([1])),
        (
            "/subjects/a/versions?deletedAsNegative=true",
            json!([-1, 2]),
        ),
        ("/subjects/b/versions?deleted=true", json!([1])),
    ] {
        registry.gives(path, &expected);
    }
    registry.refuses(
        "GET /subjects/b/versions",
        &Value::Null,
        40401,
        "Subject 'b' not found.",
    );
    registry.refuses(
        "GET /subjects/a/versions/1",
        &Value::Null,
        40402,
        "Version 1 not found.",
    );
    assert_eq!(
        registry.get("/subjects/a/versions/1?deleted=true")["deleted"],
        true
    );
}

#[test]
fn a_version_is_found_by_its_metadata() {
    let registry = Registry::new();
    for (field, owner) in [("a:int?", "x"), ("b:int?", "y")] {
        let mut body = order(&[field]);
        body["metadata"] = json!({"properties": {"owner": owner, "team": "t"}});
        registry.register("s", &body);
    }
    let version =
        |query: &str| registry.get(&format!("/subjects/s/metadata?{query}"))["version"].clone();
    assert_eq!(version("deleted=false&&key=owner&value=x"), 1);
    assert_eq!(version("key=team&value=t"), 2);
    assert_eq!(version("key=team&value=t&key=owner&value=x"), 1);
    let none = "GET /subjects/s/metadata?key=owner&value=z";
    registry.refuses(none, &Value::Null, 40403, "Schema not found");
    let none = "GET /subjects/nobody/metadata?key=owner&value=z";
    registry.refuses(none, &Value::Null, 40401, "Subject 'nobody' not found.");
}

#[test]
fn unknown_formats_mean_the_canonical_text() {
    let registry = Registry::new();
    registry.register("a", &json!({"schema": "{ \"type\": \"string\" }"}));
    registry.register("p", &proto("message M {}"));
    for format in ["resolved", "serialized", "nonsense"] {
        let got = registry.get(&format!("/subjects/a/versions/1?format={format}"));
        assert_eq!(got["schema"], "\"string\"", "{format}");
    }
}

#[test]
fn extensions_and_custom_options_can_be_left_out() {
    let registry = Registry::new();
    let text = "syntax = \"proto2\"; package p;\n\
        import \"google/protobuf/descriptor.proto\"; import \"confluent/meta.proto\";\n\
        extend google.protobuf.FieldOptions { optional string note = 50000; }\n\
        message M { extensions 100 to max; extend M { optional int32 more = 100; }\n\
        optional string a = 1 [(note) = \"x\", deprecated = true, \
        (confluent.field_meta).doc = \"y\"]; }";
    let id = registry.register("p", &json!({"schema": text, "schemaType": "PROTOBUF"}));
    let expected = "syntax = \"proto2\";\npackage p;\n\n\
        import \"google/protobuf/descriptor.proto\";\nimport \"confluent/meta.proto\";\n\n\
        message M {\n  optional string a = 1 [\n    deprecated = true,\n    \
        (confluent.field_meta).doc = \"y\"\n  ];\n}\n";
    for path in [
        "/subjects/p/versions/1".to_owned(),
        format!("/schemas/ids/{id}"),
    ] {
        let got = registry.get(&format!("{path}?format=ignore_extensions"));
        assert_eq!(got["schema"], expected, "{path}");
    }
    // What was left out makes no other schema, but what is left is one.
    registry.register("q", &json!({"schema": expected, "schemaType": "PROTOBUF"}));
}

#[test]
fn what_says_who_the_server_is_is_answered() {
    let registry = Registry::new();
    registry.gives("/", &json!({}));
    assert_eq!(registry.ok("POST /", &json!({"any": 1})), json!({}));
    let mut types: Vec<String> = serde_json::from_value(registry.get("/schemas/types")).unwrap();
    types.sort();
    assert_eq!(types, ["AVRO", "JSON", "PROTOBUF"]);
    registry.gives("/contexts", &json!(["."]));
    assert!(registry.get("/v1/metadata/id")["scope"]["clusters"].is_object());
    assert!(registry.get("/v1/metadata/version")["version"].is_string());
    registry.gives("/v1/metadata/deployment", &json!({"attributes": []}));
    // Any other refusal than 404 makes serializers fail.
    let path = "GET /associations/resources/-/topic?resourceType=topic&associationType=value";
    registry.refuses(path, &Value::Null, 404, "HTTP 404 Not Found");
}

#[test]
fn contexts_keep_ids_and_subjects_apart() {
    let registry = Registry::new();
    registry.register("filler", &order(&["n:int"]));
    registry.register("a", &order(&["id:string"]));
    let id = registry.register(":.ctx:a", &order(&["id:string"]));
    assert_eq!(id, 1);
    assert_eq!(
        registry.get("/subjects/:.ctx:a/versions/1")["subject"],
        ":.ctx:a"
    );
    let by_id = registry.get("/schemas/ids/1?subject=:.ctx:");
    assert_eq!(by_id["schema"], json!(order_text(&["id:string"])));
    assert_eq!(
        registry.get("/schemas/ids/1")["schema"],
        json!(order_text(&["n:int"]))
    );
    registry.gives("/contexts", &json!([".", ".ctx"]));
    registry.gives("/subjects", &json!(["a", "filler", ":.ctx:a"]));
    registry.gives("/subjects?subjectPrefix=", &json!(["a", "filler"]));
    registry.gives("/subjects?subjectPrefix=:.ctx:", &json!([":.ctx:a"]));
}

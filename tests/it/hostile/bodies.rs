//! Bodies that are no JSON, JSON of the wrong shape, and schemas that are meant to hurt.

use serde_json::{Value, json};

use super::{Target, assert_client_error};

/// Deeper than any parser may follow on its stack.
const DEEP: usize = 100_000;
const REGISTER: &str = "/subjects/target/versions";
const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";
/// Routes that take a body, with the method.
const ROUTES: &[(&str, &str)] = &[
    ("POST", REGISTER),
    ("POST", "/subjects/alive"),
    ("POST", "/compatibility/subjects/alive/versions/latest"),
    ("POST", "/compatibility/subjects/alive/versions"),
    ("PUT", "/config"),
    ("PUT", "/config/alive"),
];

#[test]
fn bodies_that_are_no_json_objects_are_refused_on_every_route() {
    let target = Target::new();
    let client = target.client();
    let nested = "[".repeat(1_000_000);
    let closed = format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP));
    let deep = format!("{}1{}", "{\"a\":".repeat(DEEP), "}".repeat(DEEP));
    // Each route knows one of the two fields; what it does not know may hold anything.
    let objects = format!("{{\"schema\": {deep}, \"compatibility\": {deep}}}");
    let bodies: Vec<(&str, &[u8])> = vec![
        ("empty", b""),
        ("blank", b"   "),
        ("truncated", b"{\"schema\": \"{"),
        ("text", b"hello"),
        ("null", b"null"),
        ("number", b"42"),
        ("list", b"[]"),
        ("string", b"\"{}\""),
        ("two objects", b"{}{}"),
        ("trailing comma", b"{\"schema\": \"\\\"int\\\"\",}"),
        ("invalid UTF-8", b"{\"schema\": \"\xff\xfe\"}"),
        ("invalid UTF-8 outside", b"\xff\xfe{}"),
        ("raw NUL", b"{\"schema\": \"\0\"}"),
        ("a million open lists", nested.as_bytes()),
        ("deep lists", closed.as_bytes()),
        ("deep objects", objects.as_bytes()),
    ];
    for (method, path) in ROUTES {
        for (name, body) in &bodies {
            let reply = client
                .send_bytes(method, path, Some(MEDIA_TYPE), body)
                .unwrap();
            assert_client_error(&reply, &format!("{method} {path}: {name}"));
        }
    }
}

#[test]
fn fields_of_wrong_types_are_refused() {
    let target = Target::new();
    let client = target.client();
    let odd = [
        json!(true),
        json!(-1.5),
        json!([[]]),
        json!({"tags": 1}),
        json!("\u{0}"),
        serde_json::from_str("1e308").unwrap(),
    ];
    for field in ["schema", "schemaType", "references", "metadata"] {
        for value in &odd {
            let mut body = json!({"schema": "\"string\""});
            body[field] = value.clone();
            let reply = client.post(REGISTER, &body).unwrap();
            assert_client_error(&reply, &format!("{field}: {value}"));
        }
    }
    // No Unicode text, though JSON's grammar lets it pass.
    let surrogate = br#"{"schema": "\ud800"}"#;
    let reply = client.send_bytes("POST", REGISTER, Some(MEDIA_TYPE), surrogate);
    assert_client_error(&reply.unwrap(), "lone surrogate");
    for references in [
        json!([1]),
        json!([{}]),
        json!([{"name": "a", "subject": "b"}]),
        json!([{"name": "a", "subject": "b", "version": "one"}]),
        json!([{"name": "a", "subject": "b", "version": 0}]),
        json!([{"name": "a", "subject": "nobody", "version": 1}]),
        json!([{"name": "\u{0}", "subject": "alive", "version": 99}]),
    ] {
        let body = json!({"schema": "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"a\"}]}", "references": references});
        let reply = client.post(REGISTER, &body).unwrap();
        assert_client_error(&reply, &references.to_string());
    }
    for level in [
        json!("SOMETIMES"),
        json!(1),
        json!(["FULL"]),
        json!({"level": "FULL"}),
    ] {
        let reply = client
            .put("/config", &json!({"compatibility": level}))
            .unwrap();
        assert_client_error(&reply, &level.to_string());
    }
}

#[test]
fn numbers_beyond_every_type_are_refused_or_ignored() {
    let target = Target::new();
    let client = target.client();
    let digits = "9".repeat(10_000);
    for number in ["1e999999999", "-0", "99999999999999999999", digits.as_str()] {
        for field in ["version", "id"] {
            let body = format!("{{\"schema\": \"no schema\", \"{field}\": {number}}}");
            let reply = client.send_bytes("POST", REGISTER, Some(MEDIA_TYPE), body.as_bytes());
            assert_client_error(
                &reply.unwrap(),
                &format!("{field}, {} digits", number.len()),
            );
        }
    }
}

#[test]
fn schemas_that_are_meant_to_hurt_are_refused() {
    let target = Target::new();
    let client = target.client();
    for (name, format, schema) in hurting_schemas() {
        for path in [
            REGISTER,
            "/subjects/alive",
            "/compatibility/subjects/alive/versions/latest",
        ] {
            let body = json!({"schemaType": format, "schema": schema});
            let reply = client.post(path, &body).unwrap();
            assert_client_error(&reply, &format!("{path}: {name}"));
        }
    }
}

/// None of them is valid, or none may be accepted.
fn hurting_schemas() -> Vec<(&'static str, &'static str, String)> {
    let lists = |open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(DEEP), close.repeat(DEEP))
    };
    let deep_array = lists(r#"{"type":"array","items":"#, r#""int""#, "}");
    let deep_message = format!("syntax = \"proto3\"; {}", lists("message M {", "", "}"));
    let deep_option = format!(
        "syntax = \"proto3\"; option (o) = {};",
        lists("{ a ", "a: 1", "}")
    );
    let deep_json = lists(r#"{"not":"#, "true", "}");
    vec![
        ("empty text", "AVRO", String::new()),
        ("no such type", "AVRO", r#""nothing""#.to_owned()),
        ("no such format", "XML", r#""string""#.to_owned()),
        (
            "NUL in a name",
            "AVRO",
            r#"{"type":"fixed","name":"a\u0000","size":1}"#.to_owned(),
        ),
        (
            "negative size",
            "AVRO",
            r#"{"type":"fixed","name":"F","size":-1}"#.to_owned(),
        ),
        (
            "union in a union",
            "AVRO",
            r#"["null",["null"]]"#.to_owned(),
        ),
        (
            "itself as alias of nothing",
            "AVRO",
            r#"{"type":"R"}"#.to_owned(),
        ),
        ("deep lists", "AVRO", lists("[", "", "]")),
        ("deep arrays", "AVRO", deep_array),
        ("no proto", "PROTOBUF", "message {".to_owned()),
        (
            "self import",
            "PROTOBUF",
            "syntax = \"proto3\"; import \"default\";".to_owned(),
        ),
        (
            "missing import",
            "PROTOBUF",
            "syntax = \"proto3\"; import \"../../etc/passwd\";".to_owned(),
        ),
        (
            "number 0",
            "PROTOBUF",
            "syntax = \"proto3\"; message M { int32 a = 0; }".to_owned(),
        ),
        ("deep messages", "PROTOBUF", deep_message),
        ("deep option", "PROTOBUF", deep_option),
        ("deep parentheses", "PROTOBUF", "(".repeat(DEEP)),
        ("a number as schema", "JSON", "42".to_owned()),
        (
            "type of no name",
            "JSON",
            r#"{"type":"nothing"}"#.to_owned(),
        ),
        (
            "remote reference",
            "JSON",
            r#"{"$ref":"http://127.0.0.1:1/a.json"}"#.to_owned(),
        ),
        ("deep negation", "JSON", deep_json),
    ]
}

#[test]
fn cycles_of_references_are_refused() {
    let target = Target::new();
    let client = target.client();
    // A reference to a version that would be this very registration.
    let schema = r#"{"type":"record","name":"Own","fields":[{"name":"a","type":"Other"}]}"#;
    let reference = json!([{"name": "Other", "subject": "own", "version": 1}]);
    let body = json!({"schema": schema, "references": reference});
    let reply = client.post("/subjects/own/versions", &body).unwrap();
    assert_client_error(&reply, "a reference to itself");
    assert_eq!(
        (reply.status, reply.error_code()),
        (422, Some(42201)),
        "{reply:?}"
    );
}

#[test]
fn unfit_content_types_are_refused_and_fit_ones_are_not() {
    let target = Target::new();
    let client = target.client();
    let body = json!({"schema": "\"string\""}).to_string();
    let send = |content_type: Option<&str>| {
        let path = "/subjects/alive/versions";
        client
            .send_bytes("POST", path, content_type, body.as_bytes())
            .unwrap()
    };
    for content_type in [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "json",
    ] {
        let reply = send(Some(content_type));
        assert_client_error(&reply, content_type);
        assert_eq!(reply.status, 415, "{content_type}: {reply:?}");
    }
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "application/vnd.schemaregistry+json",
        "application/octet-stream",
    ] {
        send(Some(content_type)).assert_ok();
    }
    send(None).assert_ok();
}

#[test]
fn schemas_up_to_the_limit_are_taken_and_come_back_as_sent() {
    let target = Target::new();
    let client = target.client();
    let doc = "d".repeat(5_000_000);
    let schema = json!({"type": "fixed", "name": "Big", "size": 1, "doc": doc}).to_string();
    let reply = client.post("/subjects/big/versions", &json!({"schema": &schema}));
    let id = reply.unwrap().ok().json().unwrap()["id"].clone();
    let stored: Value = client
        .get(&format!("/schemas/ids/{id}"))
        .unwrap()
        .ok()
        .json()
        .unwrap();
    assert!(
        stored["schema"].as_str() == Some(schema.as_str()),
        "another text came back"
    );
}

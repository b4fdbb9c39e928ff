//! Around the contract's routes: content types, request ids, odd paths, shapes for old clients,
//! limits.

use std::time::Duration;

use harness::Client;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

use super::{Registry, order};

const NONE: &Value = &Value::Null;

/// Sends a request with these headers and no others of ours.
fn send(
    registry: &Registry,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, HeaderMap, String) {
    let agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_mins(1)))
        .build()
        .new_agent();
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", registry.server.url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = if body.is_empty() {
        agent.run(request.body(()).unwrap()).unwrap()
    } else {
        agent.run(request.body(body).unwrap()).unwrap()
    };
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), response.headers().clone(), text)
}

#[test]
fn answers_are_called_what_the_client_likes_best() {
    let registry = Registry::new();
    for (accept, expected) in [
        ("*/*", "application/vnd.schemaregistry.v1+json"),
        ("application/json", "application/json"),
        ("text/html", "application/vnd.schemaregistry.v1+json"),
        (
            "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, \
             application/json",
            "application/vnd.schemaregistry.v1+json",
        ),
    ] {
        for path in ["/subjects", "/nothing"] {
            let (_, headers, _) = send(&registry, "GET", path, &[("accept", accept)], "");
            assert_eq!(headers["content-type"], expected, "{path} {accept}");
        }
    }
}

#[test]
fn a_request_keeps_its_id_or_gets_one() {
    let registry = Registry::new();
    let (_, headers, _) = send(&registry, "GET", "/", &[("x-request-id", "mine")], "");
    assert_eq!(headers["x-request-id"], "mine");
    let fresh = |headers: &[(&str, &str)]| {
        let (_, headers, _) = send(&registry, "GET", "/nothing", headers, "");
        headers["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(fresh(&[]).len(), 36);
    assert_ne!(fresh(&[]), fresh(&[]));
    assert_eq!(
        fresh(&[("x-request-id", "a"), ("x-request-id", "b")]).len(),
        36
    );
}

#[test]
fn old_java_clients_get_the_answers_that_they_can_read() {
    let registry = Registry::new();
    let old = ("user-agent", "Java/1.8.0_292");
    let json_type = ("content-type", "application/vnd.schemaregistry.v1+json");
    let body = order(&["id:string"]).to_string();
    let answer = |method: &str, path: &str, headers: &[(&str, &str)], body: &str| -> Value {
        let (status, _, text) = send(&registry, method, path, headers, body);
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    };
    let headers = [old, json_type];
    assert_eq!(
        answer("POST", "/subjects/a/versions", &headers, &body),
        json!({"id": 1})
    );
    let text = order(&["id:string"])["schema"].clone();
    assert_eq!(
        answer("GET", "/schemas/ids/1", &headers, ""),
        json!({"schema": text})
    );
    let version = json!({"subject": "a", "version": 1, "id": 1, "schema": text});
    assert_eq!(
        answer("GET", "/subjects/a/versions/1", &headers, ""),
        version
    );
    assert_eq!(answer("POST", "/subjects/a", &headers, &body), version);
    // Those that have learned to ignore what they do not know say so.
    let tolerant = [
        old,
        json_type,
        ("confluent-accept-unknown-properties", "true"),
    ];
    assert!(answer("POST", "/subjects/a/versions", &tolerant, &body)["guid"].is_string());
    let tolerant = answer("POST", "/subjects/a?normalize=false", &headers, &body);
    assert!(tolerant["guid"].is_string());
}

#[test]
fn the_shape_of_answers_can_be_fixed() {
    let registry = Registry::with(&["--answer-shape", "legacy"]);
    assert_eq!(
        registry.ok("POST /subjects/a/versions", &order(&["id:string"])),
        json!({"id": 1})
    );
}

#[test]
fn odd_paths_find_their_route() {
    let registry = Registry::new();
    let subject = "google%2Fprotobuf%2Fany.proto";
    registry.register(subject, &order(&["id:string"]));
    registry.gives("/subjects/", &json!(["google/protobuf/any.proto"]));
    for path in [
        "/subjects/google%2Fprotobuf%2Fany.proto/versions",
        "/subjects/google/protobuf/any.proto/versions",
        "//subjects//google/protobuf/any.proto/versions/",
    ] {
        registry.gives(path, &json!([1]));
    }
    assert_eq!(
        registry.get("/subjects/google/protobuf/any.proto/versions/latest")["version"],
        1
    );
    registry.ok(
        "PUT /config/google/protobuf/any.proto",
        &json!({"compatibility": "FULL"}),
    );
    registry.gives(
        &format!("/config/{subject}"),
        &json!({"compatibilityLevel": "FULL"}),
    );
}

#[test]
fn subjects_may_have_any_letters() {
    let registry = Registry::new();
    for (path, name) in [
        ("%E8%AE%A2%E5%8D%95-value", "订单-value"),
        ("a%20b", "a b"),
        ("*", "*"),
        ("a%25b", "a%b"),
        ("a+b", "a+b"),
        (":ctx:a", ":ctx:a"),
    ] {
        registry.register(path, &order(&["id:string"]));
        let got = registry.get(&format!("/subjects/{path}/versions/1"));
        assert_eq!(got["subject"], name);
    }
}

#[test]
fn unknown_paths_and_methods_are_json_errors() {
    let registry = Registry::new();
    for path in [
        "/nothing",
        "/subjects/a/versions/1/nothing/x",
        "/schemas/nothing",
        "/config/a/b/c/d/e?",
    ] {
        let reply = registry.client.get(path).unwrap();
        assert_eq!(reply.content_type, "application/vnd.schemaregistry.v1+json");
        assert_eq!(reply.status, 404, "{path}: {}", reply.text);
    }
    let message = "HTTP 405 Method Not Allowed";
    registry.refuses("PATCH /subjects", NONE, 405, message);
    registry.refuses("PUT /subjects/a/versions", &json!({}), 405, message);
    registry.refuses("DELETE /schemas/ids/1", NONE, 405, message);
}

#[test]
fn head_gives_the_head_only() {
    let registry = Registry::new();
    registry.register("a", &order(&["id:string"]));
    let (status, headers, body) = send(&registry, "HEAD", "/schemas/ids/1", &[], "");
    assert_eq!((status, body.as_str()), (200, ""));
    assert!(
        headers["content-length"]
            .to_str()
            .unwrap()
            .parse::<usize>()
            .unwrap()
            > 50
    );
}

#[test]
fn bodies_may_be_as_long_as_the_limit_and_no_longer() {
    let registry = Registry::with(&["--max-body-size", "100KB"]);
    let limit = 100 * 1024;
    let of_length = |length: usize| {
        let body = |doc: &str| json!({"schema": json!({"type": "string", "doc": doc}).to_string()});
        let frame = body("").to_string().len();
        body(&"d".repeat(length - frame)).to_string()
    };
    let json_type = [("content-type", "application/json")];
    let post = |body: &str| send(&registry, "POST", "/subjects/a/versions", &json_type, body);
    let (status, _, text) = post(&of_length(limit));
    assert_eq!(status, 200, "{text}");
    let (status, _, text) = post(&of_length(limit + 1));
    assert_eq!(status, 413, "{text}");
    let error: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(error["error_code"], 413);
    assert!(
        error["message"].as_str().unwrap().contains("102400 bytes"),
        "{error}"
    );
}

#[test]
fn a_body_of_ten_megabytes_is_taken_and_given_back() {
    let registry = Registry::new();
    let doc = "d".repeat(10_000_000);
    let text = json!({"type": "fixed", "name": "F", "size": 1, "doc": doc}).to_string();
    let id = registry.register("a", &json!({"schema": text}));
    let agent = Agent::config_builder().build().new_agent();
    let url = format!("{}/schemas/ids/{id}/schema", registry.server.url());
    let mut response = agent.get(&url).call().unwrap();
    let got = response
        .body_mut()
        .with_config()
        .limit(20_000_000)
        .read_to_string()
        .unwrap();
    assert!(got == text, "another text of {} bytes came back", got.len());
}

#[test]
fn a_request_that_takes_too_long_is_given_up() {
    let registry = Registry::with(&["--request-timeout", "500ms"]);
    let _lock = registry.database.hold_writes().unwrap();
    let reply = registry.send("POST /subjects/a/versions", &order(&["id:long"]));
    assert_eq!(
        (reply.status, reply.error_code()),
        (500, Some(50002)),
        "{}",
        reply.text
    );
}

#[test]
fn many_requests_go_over_one_connection() {
    let registry = Registry::with(&["--max-connections", "1"]);
    let client: &Client = &registry.client;
    for _ in 0..20 {
        client.get("/subjects").unwrap().assert_ok();
    }
}

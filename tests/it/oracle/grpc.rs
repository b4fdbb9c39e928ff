//! What is said of gRPC calls, shown by real servers and clients of two versions
//! (`tests/clients/grpc_calls.py`).

use harness::{python, run_python};
use serde_json::{Value, json};

use super::{both, check, lines};

/// Name, old and new text of a service, without the lines that all have.
const PAIRS: &[(&str, &str, &str)] = &[
    (
        "service deleted",
        "service S { rpc R(A) returns (A); } service Kept { rpc R(A) returns (A); }",
        "service Kept { rpc R(A) returns (A); }",
    ),
    (
        "service renamed",
        "service S { rpc R(A) returns (A); }",
        "service T { rpc R(A) returns (A); }",
    ),
    (
        "RPC deleted",
        "service S { rpc R(A) returns (A); rpc Kept(A) returns (A); }",
        "service S { rpc Kept(A) returns (A); }",
    ),
    (
        "RPC renamed",
        "service S { rpc R(A) returns (A); }",
        "service S { rpc Q(A) returns (A); }",
    ),
    (
        "streaming RPC deleted",
        "service S { rpc R(stream A) returns (stream A); rpc Kept(A) returns (A); }",
        "service S { rpc Kept(A) returns (A); }",
    ),
    (
        "requests stream",
        "service S { rpc R(A) returns (A); }",
        "service S { rpc R(stream A) returns (A); }",
    ),
    (
        "responses stream",
        "service S { rpc R(A) returns (A); }",
        "service S { rpc R(A) returns (stream A); }",
    ),
    (
        "both stream",
        "service S { rpc R(A) returns (A); }",
        "service S { rpc R(stream A) returns (stream A); }",
    ),
    (
        "another request",
        "service S { rpc R(A) returns (A); }",
        "service S { rpc R(B) returns (A); }",
    ),
    (
        "another response",
        "service S { rpc R(A) returns (A); }",
        "service S { rpc R(A) returns (B); }",
    ),
    (
        "a request that cannot be read",
        "service S { rpc R(Bytes) returns (A); }",
        "service S { rpc R(Text) returns (A); }",
    ),
    (
        "a response that cannot be read",
        "service S { rpc R(A) returns (Bytes); }",
        "service S { rpc R(A) returns (Text); }",
    ),
    (
        "a stream of requests that cannot be read",
        "service S { rpc R(stream Bytes) returns (stream A); }",
        "service S { rpc R(stream Text) returns (stream A); }",
    ),
];

/// Of what breaks in one direction alone, the other one: nothing that its clients call is gone, and
/// they read what they get. A unary client of a method that streams requests sends a stream of one.
const HARMLESS: [&str; 11] = [
    "service deleted FORWARD",
    "service renamed FORWARD",
    "RPC deleted FORWARD",
    "RPC renamed FORWARD",
    "streaming RPC deleted FORWARD",
    "requests stream BACKWARD",
    "responses stream FORWARD",
    "a request that cannot be read FORWARD",
    "a response that cannot be read FORWARD",
    "a stream of requests that cannot be read FORWARD",
    "package moved FORWARD",
];

const MESSAGES: &str = "message A { int32 x = 1; } message B { string y = 1; int32 z = 2; } \
                        message Bytes { bytes b = 1; } message Text { string b = 1; }";

/// The pairs, and one whose package moved.
fn requests() -> Vec<Value> {
    let text = |package: &str, services: &str| {
        format!("syntax = \"proto3\"; package {package}; {MESSAGES} {services}")
    };
    let pairs = PAIRS
        .iter()
        .map(|(name, old, new)| ((*name).to_owned(), text("p", old), text("p", new)));
    let service = "service S { rpc R(A) returns (A); }";
    let moved = (
        "package moved".to_owned(),
        text("p.v1", service),
        text("p.v2", service),
    );
    pairs
        .chain([moved])
        .flat_map(|pair| both("PROTOBUF", pair))
        .collect()
}

#[test]
fn clients_get_the_status_that_findings_say() {
    let Some(python) = python() else { return };
    let requests = requests();
    let answers = check(&requests);
    let mut silent = Vec::new();
    for (request, answer) in requests.iter().zip(&answers) {
        let findings = answer["findings"].as_array().unwrap();
        let said = findings
            .iter()
            .filter(|finding| finding["witness"]["kind"] == "grpc_call");
        if said.count() == 0 {
            silent.push(request["id"].as_str().unwrap());
        }
    }
    assert_eq!(silent, HARMLESS);
    let judged = requests.iter().zip(&answers);
    let input =
        lines(judged.map(|(request, answer)| json!({"request": request, "answer": answer})));
    let output = run_python(&python, "grpc_calls.py", &[], &input)
        .unwrap()
        .success();
    let result: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(result["disagreements"], json!([]), "{result:#}");
    for (kind, at_least) in [
        ("protobuf/service-removed UNIMPLEMENTED", 3),
        ("protobuf/rpc-removed UNIMPLEMENTED", 3),
        ("protobuf/rpc-streaming-changed UNIMPLEMENTED", 4),
        ("protobuf/rpc-request-type-changed OK", 2),
        ("protobuf/rpc-request-type-changed INTERNAL", 2),
        ("protobuf/rpc-response-type-changed OK", 2),
        ("protobuf/rpc-response-type-changed INTERNAL", 1),
    ] {
        let count = result["executed"][kind].as_u64().unwrap_or(0);
        assert!(count >= at_least, "only {count} of `{kind}` in {result:#}");
    }
}

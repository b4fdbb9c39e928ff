//! Confluent's Python client and its serializers. The scripts stand in `tests/clients`; they hold
//! the expectations and fail where the client does not get what it expects.

use harness::{Database, Schemad, python, run_python};

#[track_caller]
fn run_against_new_server(script: &str) {
    let Some(python) = python() else { return };
    let database = Database::sqlite().unwrap();
    let server = Schemad::start(&database).unwrap();
    let output = run_python(&python, script, &[server.url()], "").unwrap();
    assert_eq!(
        output.code,
        Some(0),
        "{script} failed\n{}{}\n--- the server said\n{}",
        output.stdout,
        output.stderr,
        server.log()
    );
}

#[test]
fn registry_client_registers_fetches_checks_configures_and_deletes() {
    run_against_new_server("registry_client.py");
}

#[test]
fn avro_values_with_references_round_trip() {
    run_against_new_server("avro_serializer.py");
}

#[test]
fn json_values_with_references_round_trip() {
    run_against_new_server("json_serializer.py");
}

#[test]
fn protobuf_messages_with_imports_round_trip() {
    run_against_new_server("protobuf_serializer.py");
}

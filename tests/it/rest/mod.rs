//! The wire contract, route by route: status codes, error codes, message texts, shapes of bodies.
//!
//! Every expectation is the contract's, except where a test says that we differ on purpose. What
//! hostile clients send is in `hostile`, what real clients make of the answers in `clients`.

mod compatibility;
mod configuring;
mod deleting;
mod http;
mod json_schema;
mod reading;
mod registering;
mod stored;

use harness::{Client, Database, Reply, Schemad};
use serde_json::{Value, json};

/// A server of a test's own.
struct Registry {
    client: Client,
    server: Schemad,
    database: Database,
}

impl Registry {
    fn new() -> Self {
        Self::with(&[])
    }

    /// With these further options.
    fn with(options: &[&str]) -> Self {
        let database = Database::sqlite().unwrap();
        let url = database.url();
        let options = [&["--database-url", &url], options].concat();
        let server = Schemad::start_with(&options).unwrap();
        Self {
            client: server.client(),
            server,
            database,
        }
    }

    /// Sends `METHOD /path`, with a body unless it is `null`.
    fn send(&self, request: &str, body: &Value) -> Reply {
        let (method, path) = request.split_once(' ').unwrap();
        let reply = match (method, body) {
            (method, Value::Null) => self.client.send(method, path),
            ("PUT", body) => self.client.put(path, body),
            ("POST", body) => self.client.post(path, body),
            (method, _) => panic!("{method} takes no body"),
        };
        reply.unwrap()
    }

    /// The answer of a request that succeeds.
    #[track_caller]
    fn ok(&self, request: &str, body: &Value) -> Value {
        let reply = self.send(request, body);
        assert_eq!(reply.status, 200, "{request} {body}: {}", reply.text);
        reply.json().unwrap()
    }

    /// The answer of a `GET` that succeeds.
    #[track_caller]
    fn get(&self, path: &str) -> Value {
        self.ok(&format!("GET {path}"), &Value::Null)
    }

    /// Fails the test unless a `GET` gives exactly this.
    #[track_caller]
    fn gives(&self, path: &str, expected: &Value) {
        assert_eq!(self.get(path), *expected, "GET {path}");
    }

    /// Registers a schema and gives its id.
    #[track_caller]
    fn register(&self, subject: &str, body: &Value) -> u64 {
        let reply = self.ok(&format!("POST /subjects/{subject}/versions"), body);
        reply["id"].as_u64().unwrap()
    }

    /// Fails the test unless a request is refused with exactly this code and message.
    #[track_caller]
    fn refuses(&self, request: &str, body: &Value, code: u64, message: &str) {
        let reply = self.send(request, body);
        let status = if code < 1_000 { code } else { code / 100 };
        let expected = json!({"error_code": code, "message": message});
        let got = (u64::from(reply.status), reply.json().unwrap());
        assert_eq!(got, (status, expected), "{request} {body}");
    }

    /// The message of a refusal with this code, which has no further members.
    #[track_caller]
    fn refusal(&self, request: &str, body: &Value, code: u64) -> String {
        let reply = self.send(request, body);
        assert_eq!(
            reply.error_code(),
            Some(code),
            "{request} {body}: {}",
            reply.text
        );
        let status = if code < 1_000 { code } else { code / 100 };
        assert_eq!(
            u64::from(reply.status),
            status,
            "{request} {body}: {}",
            reply.text
        );
        let body = reply.json().unwrap();
        assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
        body["message"].as_str().unwrap().to_owned()
    }
}

/// A record `Order` with these fields, each `name:type`; a `?` after the type gives it a default.
fn order(fields: &[&str]) -> Value {
    json!({"schema": order_text(fields)})
}

fn order_text(fields: &[&str]) -> String {
    let fields: Vec<Value> = fields.iter().map(|field| order_field(field)).collect();
    json!({"type": "record", "name": "Order", "fields": fields}).to_string()
}

fn order_field(text: &str) -> Value {
    let (name, field_type) = text.split_once(':').unwrap();
    match field_type.strip_suffix('?') {
        Some("string") => json!({"name": name, "type": "string", "default": ""}),
        Some(number) => json!({"name": name, "type": number, "default": 0}),
        None => json!({"name": name, "type": field_type}),
    }
}

/// A proto3 file.
fn proto(text: &str) -> Value {
    json!({"schemaType": "PROTOBUF", "schema": format!("syntax = \"proto3\";\n{text}")})
}

/// A JSON Schema.
fn json_schema(schema: &Value) -> Value {
    json!({"schemaType": "JSON", "schema": schema.to_string()})
}

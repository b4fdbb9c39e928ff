//! Input that no client should send: the server answers every bit of it with the right kind of
//! error in the contract's shape, never with a 5xx, and lives on.

mod bodies;
mod wire;

use harness::{Client, Database, Reply, Schemad};
use serde_json::json;

/// A server whose end the test would notice.
struct Target {
    server: Schemad,
    _database: Database,
}

impl Target {
    fn new() -> Self {
        let database = Database::sqlite().unwrap();
        let server = Schemad::start(&database).unwrap();
        let target = Self {
            server,
            _database: database,
        };
        target.assert_alive();
        target
    }

    fn client(&self) -> Client {
        self.server.client()
    }

    /// Registers and reads something, as a well-behaved client would.
    #[track_caller]
    fn assert_alive(&self) {
        let schema = json!({"schema": "\"string\""});
        let client = self.client();
        client
            .post("/subjects/alive/versions", &schema)
            .unwrap()
            .assert_ok();
        client
            .get("/subjects/alive/versions/1")
            .unwrap()
            .assert_ok();
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(
                self.server.is_running(),
                "the server died:\n{}",
                self.server.log()
            );
            self.assert_alive();
        }
    }
}

/// A client's mistake, answered in the contract's shape: JSON, a code that fits the status, a text.
#[track_caller]
fn assert_client_error(reply: &Reply, case: &str) {
    assert!((400..500).contains(&reply.status), "{case}: {reply:?}");
    let body = reply
        .json()
        .unwrap_or_else(|error| panic!("{case}: {error:#}"));
    let code = body["error_code"].as_u64().unwrap_or(0);
    let of_code = if code < 1000 { code } else { code / 100 };
    assert_eq!(of_code, u64::from(reply.status), "{case}: {reply:?}");
    let message = body["message"].as_str().unwrap_or_default();
    assert!(!message.is_empty(), "{case}: {reply:?}");
    assert!(
        message.len() < 100_000,
        "{case}: a message of {} bytes",
        message.len()
    );
}

#[test]
fn unknown_routes_and_wrong_methods_are_json_errors() {
    let target = Target::new();
    let client = target.client();
    for (method, path, status) in [
        ("GET", "/nothing", 404),
        ("GET", "/schemas/ids/abc", 404),
        ("GET", "/schemas/ids/99999999999999999999", 404),
        ("GET", "/schemas/ids/-1", 404),
        ("GET", "/subjects/alive/versions/0", 422),
        ("GET", "/subjects/alive/versions/99999999999", 422),
        ("GET", "/subjects/alive/versions/one", 422),
        ("PUT", "/subjects", 405),
        ("DELETE", "/schemas/ids/1", 405),
        ("PATCH", "/config", 405),
        ("GET", "/subjects/a/b/c/d", 404),
        ("GET", "/compatibility/subjects/alive/versions/latest", 405),
    ] {
        let reply = client.send(method, path).unwrap();
        let case = format!("{method} {path}");
        assert_client_error(&reply, &case);
        assert_eq!(reply.status, status, "{case}: {reply:?}");
    }
}

#[test]
fn odd_subjects_and_queries_are_answered() {
    let target = Target::new();
    let client = target.client();
    let long = "x".repeat(5_000);
    for path in [
        "/subjects/%00/versions",
        "/subjects/%FF%FE/versions",
        "/subjects/%/versions",
        "/subjects/%zz/versions",
        "/subjects/../../etc/passwd/versions",
        "/subjects/%2E%2E%2F%2E%2E%2Fetc/versions",
        "/subjects/';DROP TABLE schemas;--/versions"
            .replace(' ', "%20")
            .as_str(),
        "/subjects/:.__GLOBAL:/versions",
        "/subjects/:.:/versions",
        format!("/subjects/{long}/versions").as_str(),
    ] {
        let reply = client.get(path).unwrap();
        assert_client_error(&reply, path);
    }
    for query in [
        "limit=-99999999999999999999",
        "offset=abc",
        "deleted=%00",
        "&&&",
        "=",
        "limit=1&limit=2",
        "subjectPrefix=%FF",
        "subjectPrefix=%25",
        "a=b;c=d",
        "?",
        "%",
    ] {
        let reply = client.get(&format!("/subjects?{query}")).unwrap();
        let fine = reply.status == 200;
        assert!(
            fine || (400..500).contains(&reply.status),
            "{query}: {reply:?}"
        );
    }
}

//! What is compatible at which level, how a check answers, and what a refusal says.

use serde_json::{Value, json};

use super::{Registry, order, proto};

const CHECK_LATEST: &str = "POST /compatibility/subjects/a/versions/latest";
const CHECK_ALL: &str = "POST /compatibility/subjects/a/versions";

fn is_compatible(registry: &Registry, request: &str, body: &Value) -> bool {
    registry.ok(request, body)["is_compatible"]
        .as_bool()
        .unwrap()
}

#[test]
fn levels_decide_directions_and_versions() {
    let registry = Registry::new();
    // A field is added with a default, then without one, then removed.
    registry.ok("PUT /config/a", &json!({"compatibility": "NONE"}));
    registry.register("a", &order(&["id:string"]));
    registry.register("a", &order(&["id:string", "n:int?"]));
    let adds = order(&["id:string", "n:int?", "m:int"]);
    let removes = order(&["n:int?"]);
    // Compatible with the latest version, where `n` has a default, but not with the first.
    let requires = order(&["id:string", "n:int"]);
    for (level, adding, removing, requiring) in [
        ("NONE", true, true, true),
        ("BACKWARD", false, true, true),
        ("BACKWARD_TRANSITIVE", false, true, false),
        ("FORWARD", true, false, true),
        ("FORWARD_TRANSITIVE", true, false, true),
        ("FULL", false, false, true),
        ("FULL_TRANSITIVE", false, false, false),
    ] {
        registry.ok("PUT /config/a", &json!({"compatibility": level}));
        for (body, expected) in [
            (&adds, adding),
            (&removes, removing),
            (&requires, requiring),
        ] {
            let got = is_compatible(&registry, CHECK_ALL, body);
            assert_eq!(got, expected, "{level}: {body}");
        }
    }
}

#[test]
fn a_check_against_one_version_looks_at_that_one_only() {
    let registry = Registry::new();
    registry.ok(
        "PUT /config/a",
        &json!({"compatibility": "BACKWARD_TRANSITIVE"}),
    );
    registry.register("a", &order(&["id:string"]));
    registry.register("a", &order(&["id:string", "n:int?"]));
    let requires = order(&["id:string", "n:int"]);
    assert!(is_compatible(&registry, CHECK_LATEST, &requires));
    assert!(!is_compatible(
        &registry,
        "POST /compatibility/subjects/a/versions/1",
        &requires
    ));
    let missing = "POST /compatibility/subjects/a/versions/9";
    registry.refuses(missing, &requires, 40402, "Version 9 not found.");
    let missing = "POST /compatibility/subjects/b/versions/1";
    registry.refuses(missing, &requires, 40402, "Version 1 not found.");
    let bad = "POST /compatibility/subjects/a/versions/0";
    registry.refusal(bad, &requires, 42202);
}

#[test]
fn everything_is_compatible_with_nothing() {
    let registry = Registry::new();
    let body = order(&["id:string"]);
    assert!(is_compatible(&registry, CHECK_LATEST, &body));
    assert!(is_compatible(&registry, CHECK_ALL, &body));
    // As the Java client writes it.
    assert!(is_compatible(
        &registry,
        "POST /compatibility/subjects/a/versions/",
        &body
    ));
}

#[test]
fn messages_are_given_where_asked_for() {
    let registry = Registry::new();
    registry.register("a", &order(&["n:long"]));
    let verbose = format!("{CHECK_LATEST}?normalize=False&verbose=True");
    let fine = registry.ok(&verbose, &order(&["n:long", "m:int?"]));
    assert_eq!(fine, json!({"is_compatible": true, "messages": []}));
    let fine = registry.ok(CHECK_LATEST, &order(&["n:long", "m:int?"]));
    assert_eq!(fine, json!({"is_compatible": true}));
    let breaks = registry.ok(CHECK_LATEST, &order(&["n:string"]));
    assert_eq!(breaks, json!({"is_compatible": false}));
    let breaks = registry.ok(&verbose, &order(&["n:string"]));
    assert_eq!(breaks["is_compatible"], false);
    let messages: Vec<String> = serde_json::from_value(breaks["messages"].clone()).unwrap();
    let position = |start: &str| {
        messages
            .iter()
            .position(|it| it.starts_with(start))
            .unwrap()
    };
    // The contract's words, then ours, then what it was compared with.
    assert_eq!(position("{errorType:'TYPE_MISMATCH'"), 0);
    assert_eq!(position("{rule:'avro/field-type-changed'"), 1);
    assert_eq!(position("{oldSchemaVersion: 1}"), 2);
    let old = r#"{"type":"record","name":"Order","fields":[{"name":"n","type":"long"}]}"#;
    assert_eq!(messages[3], format!("{{oldSchema: '{old}'}}"));
    assert_eq!(
        messages[4],
        "{validateFields: 'false', compatibility: 'BACKWARD'}"
    );
    for part in [
        "path:'/fields/0/type'",
        "place:'1:",
        "message:'",
        "witness:'",
        "help:'",
    ] {
        assert!(messages[1].contains(part), "{part}: {}", messages[1]);
    }
}

#[test]
fn a_text_that_is_no_schema_is_an_error_or_a_message() {
    let registry = Registry::new();
    registry.register("a", &order(&["n:long"]));
    let body = json!({"schema": "{\"type\":\"nonsense\"}"});
    let message = registry.refusal(CHECK_LATEST, &body, 42201);
    let reply = registry.ok(&format!("{CHECK_LATEST}?verbose=true"), &body);
    assert_eq!(
        reply,
        json!({"is_compatible": false, "messages": [message]})
    );
}

#[test]
fn a_refusal_says_what_breaks_in_each_format() {
    let registry = Registry::new();
    let cases = [
        (order(&["n:long"]), order(&["n:string"]), "TYPE_MISMATCH"),
        (
            proto("message M { int32 a = 1; }"),
            proto("message M { string a = 1; }"),
            "FIELD_SCALAR_KIND_CHANGED",
        ),
    ];
    for (number, (old, new, kind)) in cases.iter().enumerate() {
        registry.register(&format!("s{number}"), old);
        let path = format!("POST /subjects/s{number}/versions");
        let message = registry.refusal(&path, new, 40901);
        let start = format!(
            "Schema being registered is incompatible with an earlier schema for subject \
             \"s{number}\", details: [{{errorType:"
        );
        assert!(message.starts_with(&start), "{message}");
        assert!(message.contains(kind), "{kind}: {message}");
        assert!(
            message.ends_with("{validateFields: 'false', compatibility: 'BACKWARD'}]"),
            "{message}"
        );
        registry.gives(&format!("/subjects/s{number}/versions"), &json!([1]));
    }
}

#[test]
fn another_schema_language_is_incompatible_unless_nothing_is_promised() {
    let registry = Registry::new();
    registry.register("a", &order(&["n:long"]));
    let other = proto("message M {}");
    let message = registry.refusal("POST /subjects/a/versions", &other, 40901);
    assert!(
        message.contains("Incompatible because of different schema type"),
        "{message}"
    );
    registry.ok("PUT /config/a", &json!({"compatibility": "NONE"}));
    registry.register("a", &other);
}

#[test]
fn a_check_can_be_left_out_on_request() {
    let registry = Registry::new();
    registry.register("a", &order(&["n:long"]));
    registry.ok(
        "POST /subjects/a/versions?force=true",
        &order(&["n:string"]),
    );
}

#[test]
fn the_old_schema_is_shortened_in_messages() {
    let registry = Registry::new();
    let doc = "d".repeat(20_000);
    let text = json!({"type": "fixed", "name": "F", "size": 1, "doc": doc}).to_string();
    registry.register("a", &json!({"schema": text}));
    let other = json!({"schema": "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}"});
    let message = registry.refusal("POST /subjects/a/versions", &other, 40901);
    assert!(message.contains("{oldSchema: <truncated> '"), "{message}");
    assert!(message.len() < 15_000, "{}", message.len());
}

/// A field goes from one ring of types to another: the pairs of types that lie in each other's place are
/// too many to look into, so this stays open.
fn undecided() -> (Value, Value) {
    let ring = |name: &str, length: usize| -> String {
        let link = |n| {
            format!(
                "message {name}{n} {{ {name}{} n = 1; }}\n",
                (n + 1) % length
            )
        };
        (0..length).map(link).collect()
    };
    let types = ring("A", 101) + &ring("B", 103);
    let with = |kind: &str| proto(&format!("message M {{ {kind} a = 1; }}\n{types}"));
    (with("A0"), with("B0"))
}

#[test]
fn what_cannot_be_decided_is_refused_and_not_called_incompatible() {
    let registry = Registry::new();
    let (old, new) = undecided();
    registry.register("a", &old);
    let message = registry.refusal("POST /subjects/a/versions", &new, 40901);
    assert!(message.contains("could not be decided"), "{message}");
    assert!(!message.contains("is incompatible"), "{message}");
    assert!(message.contains("{undecided:'"), "{message}");
    let reply = registry.ok(&format!("{CHECK_LATEST}?verbose=true"), &new);
    assert_eq!(reply["is_compatible"], false);
    assert!(
        reply["messages"][0]
            .as_str()
            .unwrap()
            .starts_with("{undecided:'"),
        "{reply}"
    );
}

#[test]
fn what_cannot_be_decided_is_accepted_where_the_server_is_told_so() {
    let registry = Registry::with(&["--accept-undecided"]);
    let (old, new) = undecided();
    registry.register("a", &old);
    assert!(is_compatible(&registry, CHECK_LATEST, &new));
    registry.register("a", &new);
}

#[test]
fn the_profile_can_be_chosen_by_the_server_and_by_a_check() {
    let renamed = |name: &str| proto(&format!("message M {{ int32 {name} = 1; }}"));
    let registry = Registry::with(&["--profile", "contract"]);
    registry.register("a", &renamed("a"));
    for profile in ["proven", "contract"] {
        let request = format!("{CHECK_LATEST}?profile={profile}");
        assert!(
            is_compatible(&registry, &request, &renamed("b")),
            "{profile}"
        );
    }
    registry.refusal(&format!("{CHECK_LATEST}?profile=odd"), &renamed("b"), 422);
}

#[test]
fn what_is_about_several_versions_names_them_by_their_numbers() {
    let registry = Registry::new();
    registry.ok("PUT /config/a", &json!({"compatibility": "NONE"}));
    let with = |more: &str| proto(&format!("message M {{ string a = 1; {more} }}"));
    for more in [
        "",
        "string note = 2;",
        "string b = 3;",
        "string b = 3; string c = 4;",
    ] {
        registry.register("a", &with(more));
    }
    // Without it, positions are no numbers any more.
    registry.ok("DELETE /subjects/a/versions/1", &Value::Null);
    let level = json!({"compatibility": "BACKWARD_TRANSITIVE"});
    registry.ok("PUT /config/a", &level);
    let reuses = with("string b = 3; string c = 4; string comment = 2;");
    let answer = registry.ok(&format!("{CHECK_ALL}?verbose=true"), &reuses);
    let told = "number 2 was field `note` (string) up to version 2, was given up in version 3, and is \
                used again for `comment` (string)";
    assert!(answer.to_string().contains(told), "{answer}");
}

//! `/config`: what is set where, what holds, and how it is changed.

use serde_json::{Value, json};

use super::{Registry, order};

const NONE: &Value = &Value::Null;

#[test]
fn the_global_level_is_the_servers_until_it_is_set() {
    let registry = Registry::new();
    registry.gives("/config", &json!({"compatibilityLevel": "BACKWARD"}));
    let update = json!({"compatibility": "full_transitive"});
    let answer = json!({"compatibility": "FULL_TRANSITIVE"});
    assert_eq!(registry.ok("PUT /config", &update), answer);
    registry.gives("/config", &json!({"compatibilityLevel": "FULL_TRANSITIVE"}));
    let deleted = json!({"compatibilityLevel": "FULL_TRANSITIVE"});
    assert_eq!(registry.ok("DELETE /config", NONE), deleted);
    registry.gives("/config", &json!({"compatibilityLevel": "BACKWARD"}));
    let registry = Registry::with(&["--compatibility-level", "none"]);
    registry.gives("/config", &json!({"compatibilityLevel": "NONE"}));
}

#[test]
fn a_subject_has_its_own_level_or_the_global_one() {
    let registry = Registry::new();
    let message = "Subject 'a' does not have subject-level compatibility configured";
    registry.refuses("GET /config/a", NONE, 40408, message);
    let inherited = "/config/a?defaultToGlobal=True";
    registry.gives(inherited, &json!({"compatibilityLevel": "BACKWARD"}));
    registry.ok("PUT /config", &json!({"compatibility": "FORWARD"}));
    registry.gives(inherited, &json!({"compatibilityLevel": "FORWARD"}));
    registry.ok("PUT /config/a", &json!({"compatibility": "NONE"}));
    registry.gives("/config/a", &json!({"compatibilityLevel": "NONE"}));
    registry.gives(inherited, &json!({"compatibilityLevel": "NONE"}));
    assert_eq!(
        registry.ok("DELETE /config/a", NONE),
        json!({"compatibilityLevel": "NONE"})
    );
    registry.refuses("DELETE /config/a", NONE, 40401, "Subject 'a' not found.");
    registry.gives(inherited, &json!({"compatibilityLevel": "FORWARD"}));
}

#[test]
fn a_row_without_a_level_means_the_servers_level_and_not_the_global_one() {
    let registry = Registry::new();
    registry.ok(
        "PUT /config",
        &json!({"compatibility": "FULL", "compatibilityGroup": "g"}),
    );
    registry.ok("PUT /config/a", &json!({"normalize": true}));
    let expected = json!({"compatibilityLevel": "BACKWARD", "compatibilityGroup": "g",
        "normalize": true});
    registry.gives("/config/a?defaultToGlobal=true", &expected);
    registry.gives("/config/a", &json!({"normalize": true}));
}

#[test]
fn an_update_keeps_what_it_does_not_name_and_clears_what_is_null() {
    let registry = Registry::new();
    registry.ok(
        "PUT /config/a",
        &json!({"compatibility": "FULL", "compatibilityGroup": "g"}),
    );
    let answer = registry.ok("PUT /config/a", &json!({"normalize": true, "unknown": 1}));
    let expected = json!({"compatibility": "FULL", "compatibilityGroup": "g", "normalize": true});
    assert_eq!(answer, expected);
    let answer = registry.ok("PUT /config/a", &json!({"compatibilityGroup": null}));
    assert_eq!(answer, json!({"compatibility": "FULL", "normalize": true}));
    registry.ok("PUT /config/a", &json!({"compatibilityPolicy": "LENIENT"}));
    assert_eq!(registry.get("/config/a")["compatibilityPolicy"], "LENIENT");
}

#[test]
fn invalid_settings_are_refused() {
    let registry = Registry::new();
    let message = "Invalid compatibility level. Valid values are none, backward, forward, full, \
                   backward_transitive, forward_transitive, and full_transitive";
    for path in ["PUT /config", "PUT /config/a"] {
        registry.refuses(path, &json!({"compatibility": "SIDEWAYS"}), 42203, message);
        registry.refusal(path, &json!({"compatibilityPolicy": "odd"}), 422);
        // What would not be obeyed is not stored.
        registry.refusal(path, &json!({"validateFields": true}), 422);
        registry.refusal(path, &json!({"alias": "b"}), 422);
    }
    registry.refusal(
        "PUT /config/__EMPTY",
        &json!({"compatibility": "FULL"}),
        42208,
    );
    registry.refusal(
        "PUT /config/:.a%00:",
        &json!({"compatibility": "FULL"}),
        42208,
    );
    registry.refusal("PUT /config/a", &json!({"defaultMetadata": []}), 400);
    registry.refusal("GET /config/a", NONE, 40408);
}

#[test]
fn the_default_context_is_the_global_scope() {
    let registry = Registry::new();
    registry.ok("PUT /config/:.:", &json!({"compatibility": "FULL"}));
    registry.gives("/config", &json!({"compatibilityLevel": "FULL"}));
    registry.ok("PUT /config/:.ctx:", &json!({"compatibility": "NONE"}));
    registry.gives(
        "/config/:.ctx:a?defaultToGlobal=true",
        &json!({"compatibilityLevel": "NONE"}),
    );
    registry.gives(
        "/config/a?defaultToGlobal=true",
        &json!({"compatibilityLevel": "FULL"}),
    );
    registry.ok("DELETE /config/:.ctx:", NONE);
    let message = "Subject ':.ctx:' not found.";
    registry.refuses("DELETE /config/:.ctx:", NONE, 40401, message);
    // The global scope always has an answer.
    registry.ok("DELETE /config", NONE);
    registry.ok("DELETE /config", NONE);
}

#[test]
fn metadata_and_rules_are_laid_under_and_over_those_of_a_request() {
    let registry = Registry::new();
    registry.ok(
        "PUT /config/a",
        &json!({
            "defaultMetadata": {"properties": {"owner": "default", "team": "t"}},
            "overrideMetadata": {"properties": {"zone": "eu"}},
        }),
    );
    let mut body = order(&["id:string"]);
    body["metadata"] = json!({"properties": {"owner": "x", "zone": "us"}});
    let reply = registry.ok("POST /subjects/a/versions", &body);
    let expected = json!({"properties": {"owner": "x", "team": "t", "zone": "eu"}});
    assert_eq!(reply["metadata"], expected);
    assert_eq!(
        registry.ok("POST /subjects/a/versions", &body)["version"],
        1
    );
    assert_eq!(registry.ok("POST /subjects/a", &body)["version"], 1);
}

#[test]
fn versions_of_other_groups_are_not_compared() {
    let registry = Registry::new();
    registry.ok("PUT /config/a", &json!({"compatibilityGroup": "major"}));
    let of_major = |fields: &[&str], major: &str| {
        let mut body = order(fields);
        body["metadata"] = json!({"properties": {"major": major}});
        body
    };
    registry.register("a", &of_major(&["n:long"], "1"));
    registry.refusal(
        "POST /subjects/a/versions",
        &of_major(&["n:string"], "1"),
        40901,
    );
    registry.register("a", &of_major(&["n:string"], "2"));
    registry.refusal(
        "POST /subjects/a/versions",
        &of_major(&["n:string"], "1"),
        40901,
    );
    registry.register("a", &of_major(&["n:long", "m:int?"], "1"));
    // Left out, the group is that of the latest version, also for a check.
    let check = "POST /compatibility/subjects/a/versions";
    for (field, expected) in [("n:long", true), ("n:string", false)] {
        assert_eq!(
            registry.ok(check, &order(&[field]))["is_compatible"],
            expected,
            "{field}"
        );
    }
}

#[test]
fn the_level_may_be_written_back_under_the_name_that_get_gives_it() {
    let registry = Registry::new();
    let written = registry.ok("PUT /config/a", &json!({"compatibilityLevel": "FULL"}));
    assert_eq!(written, json!({"compatibility": "FULL"}));
    registry.gives("/config/a", &json!({"compatibilityLevel": "FULL"}));
}

#[test]
fn a_body_that_names_no_setting_is_refused_and_sets_nothing() {
    let registry = Registry::new();
    for body in [json!({}), json!({"compatibilty": "FULL"})] {
        let message = registry.refusal("PUT /config/a", &body, 422);
        assert!(message.contains("No setting is named"), "{message}");
    }
    registry.refusal("GET /config/a", &Value::Null, 40408);
}

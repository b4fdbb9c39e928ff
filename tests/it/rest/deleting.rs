//! Soft and hard deletes, and what comes back after them.

use serde_json::{Value, json};

use super::{Registry, order};

const NONE: &Value = &Value::Null;

/// A subject with two versions.
fn two_versions() -> Registry {
    let registry = Registry::new();
    registry.register("a", &order(&["id:string"]));
    registry.register("a", &order(&["id:string", "n:int?"]));
    registry
}

#[test]
fn a_version_is_hidden_first_and_removed_then() {
    let registry = two_versions();
    let soft = "DELETE /subjects/a/versions/1";
    let hard = "DELETE /subjects/a/versions/1?permanent=true";
    let message = "Subject 'a' Version 1 was not deleted first before being permanently deleted";
    registry.refuses(hard, NONE, 40407, message);
    assert_eq!(registry.ok(soft, NONE), 1);
    let message = "Subject 'a' Version 1 was soft deleted.Set permanent=true to delete permanently";
    registry.refuses(soft, NONE, 40406, message);
    // Hidden, but whoever has the id can still read the data.
    registry.refuses(
        "GET /subjects/a/versions/1",
        NONE,
        40402,
        "Version 1 not found.",
    );
    assert_eq!(registry.get("/schemas/ids/1")["schemaType"], "AVRO");
    assert_eq!(registry.ok(hard, NONE), 1);
    registry.refuses("GET /schemas/ids/1", NONE, 40403, "Schema 1 not found");
    registry.refuses(
        "GET /schemas/ids/1/schema",
        NONE,
        40403,
        "Schema 1 not found",
    );
    registry.gives("/subjects/a/versions?deleted=true", &json!([2]));
    registry.refuses(soft, NONE, 40402, "Version 1 not found.");
}

#[test]
fn the_latest_version_can_be_deleted_by_name() {
    let registry = two_versions();
    assert_eq!(registry.ok("DELETE /subjects/a/versions/latest", NONE), 2);
    assert_eq!(registry.ok("DELETE /subjects/a/versions/-1", NONE), 1);
    let message = "Subject 'a' not found.";
    registry.refuses("DELETE /subjects/a/versions/latest", NONE, 40401, message);
    registry.refuses(
        "DELETE /subjects/b/versions/1",
        NONE,
        40401,
        "Subject 'b' not found.",
    );
    let message = "The specified version 'x' is not a valid version id. Allowed values are between \
                   [1, 2^31-1] and the string \"latest\"";
    registry.refuses("DELETE /subjects/a/versions/x", NONE, 42202, message);
}

#[test]
fn a_subject_is_hidden_first_and_removed_then() {
    let registry = two_versions();
    registry.ok("PUT /config/a", &json!({"compatibility": "FULL"}));
    let message = "Subject 'a' was not deleted first before being permanently deleted";
    registry.refuses("DELETE /subjects/a?permanent=true", NONE, 40405, message);
    assert_eq!(registry.ok("DELETE /subjects/a", NONE), json!([1, 2]));
    let message = "Subject 'a' was soft deleted.Set permanent=true to delete permanently";
    registry.refuses("DELETE /subjects/a", NONE, 40404, message);
    registry.gives("/config/a", &json!({"compatibilityLevel": "FULL"}));
    assert_eq!(
        registry.ok("DELETE /subjects/a?permanent=True", NONE),
        json!([1, 2])
    );
    registry.gives("/subjects?deleted=true", &json!([]));
    registry.refusal("GET /config/a", NONE, 40408);
    registry.refuses("DELETE /subjects/a", NONE, 40401, "Subject 'a' not found.");
}

#[test]
fn ids_are_never_given_twice() {
    let registry = two_versions();
    registry.ok("DELETE /subjects/a", NONE);
    registry.ok("DELETE /subjects/a?permanent=true", NONE);
    let reply = registry.ok("POST /subjects/a/versions", &order(&["id:string"]));
    assert_eq!((&reply["id"], &reply["version"]), (&json!(3), &json!(1)));
}

#[test]
fn what_was_hidden_comes_back_with_its_id_under_a_new_number() {
    let registry = two_versions();
    registry.ok("DELETE /subjects/a/versions/1", NONE);
    let reply = registry.ok("POST /subjects/a/versions", &order(&["id:string"]));
    assert_eq!((&reply["id"], &reply["version"]), (&json!(1), &json!(3)));
    registry.gives("/subjects/a/versions?deleted=true", &json!([2, 3]));
}

#[test]
fn numbers_go_on_after_a_soft_delete_and_start_again_after_a_hard_one() {
    let registry = two_versions();
    registry.ok("DELETE /subjects/a", NONE);
    let reply = registry.ok("POST /subjects/a/versions", &order(&["other:int?"]));
    assert_eq!(reply["version"], 3);
    registry.ok("DELETE /subjects/a/versions/3", NONE);
    registry.ok("DELETE /subjects/a?permanent=true", NONE);
    let reply = registry.ok("POST /subjects/a/versions", &order(&["other:int?"]));
    assert_eq!(reply["version"], 1);
}

#[test]
fn hidden_versions_do_not_count_for_compatibility() {
    let registry = two_versions();
    registry.refusal("POST /subjects/a/versions", &order(&["id:long"]), 40901);
    registry.ok("DELETE /subjects/a", NONE);
    registry.register("a", &order(&["id:long"]));
}

#[test]
fn what_is_referred_to_stays() {
    let registry = Registry::new();
    registry.register(
        "e",
        &json!({"schema":
        "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}"}),
    );
    let referrer = json!({
        "schema": "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"e\",\"type\":\"E\"}]}",
        "references": [{"name": "E", "subject": "e", "version": 1}],
    });
    let id = registry.register("r", &referrer);
    let message = "One or more references exist to the schema \
                   {magic=1,keytype=SCHEMA,subject=e,version=1}.";
    registry.refuses("DELETE /subjects/e/versions/1", NONE, 42206, message);
    registry.refuses("DELETE /subjects/e", NONE, 42206, message);
    // A hidden referrer no longer keeps its target from being hidden, but from being removed.
    registry.ok("DELETE /subjects/r", NONE);
    registry.gives("/subjects/e/versions/1/referencedby", &json!([]));
    registry.gives(
        "/subjects/e/versions/1/referencedby?deleted=true",
        &json!([id]),
    );
    registry.ok("DELETE /subjects/e/versions/1", NONE);
    registry.refuses(
        "DELETE /subjects/e/versions/1?permanent=true",
        NONE,
        42206,
        message,
    );
    registry.ok("DELETE /subjects/r?permanent=true", NONE);
    registry.ok("DELETE /subjects/e/versions/1?permanent=true", NONE);
}

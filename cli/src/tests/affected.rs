//! `schemactl protos affected`: consumers, as teams name them.

use super::world::{Ran, World};
use crate::consumers::MAX_CONSUMERS;

const MONEY: &str =
    "syntax = \"proto3\";\npackage pricing.v1;\nmessage Money {\n  int64 units = 1;\n}\n";
const ORDERS: &str = "syntax = \"proto3\";
package orders.v1;
import \"pricing/v1/money.proto\";
message GetRequest { string id = 1; }
message Order { pricing.v1.Money total = 1; }
service Orders {
  rpc Get(GetRequest) returns (Order);
  rpc Drop(GetRequest) returns (GetRequest);
}
";
const CONSUMERS: &str = "[consumers.checkout]
owner = \"team-orders\"
client = [\"orders.v1.Orders.Get\"]

[consumers.shelf]
client = [\"orders.v1.Orders.Drop\"]

[consumers.orders]
server = [\"orders.v1.Orders\"]
";

/// A repository with three consumers, committed.
fn shop() -> World {
    let world = World::new();
    world
        .write("proto/pricing/v1/money.proto", MONEY)
        .write("proto/orders/v1/orders.proto", ORDERS)
        .write("consumers.toml", CONSUMERS)
        .commit();
    world
}

fn affected(world: &World, args: &[&str]) -> Ran {
    let command = ["protos", "affected", "--against", "git:main"];
    world.run(&[&command[..], args].concat())
}

/// Another type of a field, which breaks the answer of one RPC.
fn break_money(world: &World) {
    let broken = MONEY.replace("int64 units", "string units");
    world.write("proto/pricing/v1/money.proto", &broken);
}

#[test]
fn only_those_who_meet_the_break_are_listed() {
    let world = shop();
    let ran = affected(&world, &[]);
    assert_eq!((ran.exit, &*ran.out), (0, ""));
    assert_eq!(ran.err, "note: none of 3 consumers is affected\n");
    break_money(&world);
    let ran = affected(&world, &[]);
    assert_eq!((ran.exit, &*ran.out), (1, "checkout\n"));
    assert_eq!(
        ran.err,
        "note: 1 of 3 consumers is affected; the other 2 need no re-test\n"
    );
}

#[test]
fn the_json_form_says_by_what_and_on_which_way() {
    let world = shop();
    break_money(&world);
    let ran = affected(&world, &["--format", "json"]);
    assert_eq!((ran.exit, &*ran.err), (1, ""));
    let found: serde_json::Value = serde_json::from_str(&ran.out).expect("is JSON");
    assert_eq!(found["affected"], serde_json::json!(["checkout"]));
    assert_eq!(found["unaffected"], serde_json::json!(["orders", "shelf"]));
    let cause = &found["causes"][0];
    assert_eq!(cause["rule"], "protobuf/field-type-changed");
    assert_eq!(cause["path"], "pricing.v1.Money.units");
    assert_eq!(
        cause["directions"],
        serde_json::json!(["backward", "forward"])
    );
    assert_eq!(
        cause["rpcs"],
        serde_json::json!({"names": ["orders.v1.Orders.Get"], "total": 1})
    );
    let consumer = &found["consumers"][0];
    assert_eq!(consumer["owner"], "team-orders");
    assert_eq!(
        consumer["touched_by"],
        serde_json::json!([{"cause": 0, "more": 0, "via": [{
            "element": "orders.v1.Orders.Get",
            "role": "client",
            "part": "response",
            "way": ["orders.v1.Order.total"],
        }]}])
    );
}

#[test]
fn compatible_changes_count_where_they_are_asked_for() {
    let world = shop();
    let more = MONEY.replace("units = 1;", "units = 1;\n  string currency = 2;");
    world.write("proto/pricing/v1/money.proto", &more);
    assert_eq!(affected(&world, &[]).exit, 0);
    let ran = affected(&world, &["--changed"]);
    assert_eq!((ran.exit, &*ran.out), (1, "checkout\norders\n"));
}

#[test]
fn each_consumer_may_have_a_file_of_its_own() {
    let world = shop();
    std::fs::remove_file(world.path("consumers.toml")).expect("is there");
    world
        .write("consumers/checkout.toml", "client = \"orders.v1.*\"\n")
        .write("consumers/README.md", "not looked at")
        .write(
            "consumers/shelf.toml",
            "client = \"orders.v1.Orders/Drop\"\n",
        );
    break_money(&world);
    let ran = affected(&world, &[]);
    assert_eq!((ran.exit, &*ran.out), (1, "checkout\n"), "{}", ran.err);
    world.write(
        "more.toml",
        "[consumers.other]\nmessages = \"pricing.v1\"\n",
    );
    let ran = affected(&world, &["--consumers", "more.toml"]);
    assert_eq!((ran.exit, &*ran.out), (1, "other\n"), "{}", ran.err);
    let ran = affected(&world, &["--consumers", "consumers"]);
    assert_eq!((ran.exit, &*ran.out), (1, "checkout\n"), "{}", ran.err);
}

#[test]
fn imports_of_a_service_say_what_it_uses() {
    let world = World::new();
    world
        .write("repo/proto/pricing/v1/money.proto", MONEY)
        .write("repo/proto/orders/v1/orders.proto", ORDERS)
        .write("repo/consumers.toml", "[consumers.b]\nprotos = \"../b\"\n")
        .write(
            "a/proto/api.proto",
            "syntax = \"proto3\"; import \"orders/v1/orders.proto\";",
        )
        // A copy of a shared file uses nothing for itself.
        .write("a/proto/orders/v1/orders.proto", ORDERS)
        .write(
            "b/api.proto",
            "syntax = \"proto3\"; import \"pricing/v1/money.proto\"; import \"own.proto\";",
        )
        .commit();
    let no_drop = ORDERS.replace("  rpc Drop(GetRequest) returns (GetRequest);\n", "");
    world.write("repo/proto/orders/v1/orders.proto", &no_drop);
    let args = ["repo", "--consumer", "a=a"];
    let ran = affected(&world, &args);
    assert_eq!((ran.exit, &*ran.out), (1, "a\n"), "{}", ran.err);
    world.write(
        "repo/proto/pricing/v1/money.proto",
        &MONEY.replace("int64 units", "string units"),
    );
    let ran = affected(&world, &args);
    assert_eq!((ran.exit, &*ran.out), (1, "a\nb\n"), "{}", ran.err);
}

#[test]
fn a_name_that_exists_nowhere_is_a_failure_and_no_empty_list() {
    let world = shop();
    let typo = CONSUMERS.replace("v1.Orders.Get", "v1.Order.Get");
    world.write("consumers.toml", &typo);
    let ran = affected(&world, &[]);
    assert_eq!((ran.exit, &*ran.out), (2, ""));
    assert!(ran.err.contains("--> consumers.toml:3:11"), "{}", ran.err);
    assert!(
        ran.err.contains("is `orders.v1.Orders.Get` meant?"),
        "{}",
        ran.err
    );
    world.write("consumers.toml", "[consumers.a]\nclint = \"orders.v1\"\n");
    let ran = affected(&world, &["--format", "json"]);
    assert_eq!(ran.exit, 2);
    let found: serde_json::Value = serde_json::from_str(&ran.out).expect("is JSON");
    assert_eq!(found["problems"][0]["span"]["line"], 2);
}

#[test]
fn what_cannot_be_answered_gets_a_remedy() {
    let world = shop();
    world
        .write("consumers.toml", "[consumers.a]\nprotos = \"gone\"\n")
        .write("consumers/a.toml", "client = \"orders.v1\"\n");
    let ran = affected(&world, &[]);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("`a` is there twice"), "{}", ran.err);
    assert!(ran.err.contains("there is no folder `gone`"), "{}", ran.err);
    std::fs::remove_file(world.path("consumers.toml")).expect("is there");
    std::fs::remove_dir_all(world.path("consumers")).expect("is there");
    let ran = affected(&world, &[]);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("docs/CONSUMERS.md"), "{}", ran.err);
    let ran = affected(&world, &["--consumers", "gone.toml"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("cannot read `gone.toml`"), "{}", ran.err);
    world.write("consumers.toml", CONSUMERS);
    world.write("proto/pricing/v1/money.proto", "message {");
    let ran = affected(&world, &[]);
    assert_eq!((ran.exit, &*ran.out), (2, ""));
    assert!(
        ran.err.contains("--> proto/pricing/v1/money.proto:1:"),
        "{}",
        ran.err
    );
}

#[test]
fn too_many_consumers_are_refused() {
    let world = shop();
    let list = |count: usize| {
        let names = (0..count).map(|at| format!("[consumers.c{at}]\nclient = \"orders.v1\""));
        names.collect::<Vec<_>>().join("\n")
    };
    world.write("consumers.toml", &list(MAX_CONSUMERS));
    assert_eq!(affected(&world, &[]).exit, 0);
    world.write("consumers.toml", &list(MAX_CONSUMERS + 1));
    let ran = affected(&world, &[]);
    assert_eq!((ran.exit, &*ran.out), (2, ""));
    assert!(ran.err.contains("more than 10000 consumers"), "{}", ran.err);
}

#[test]
fn a_check_names_the_affected_beside_each_finding_and_in_a_list() {
    let world = shop();
    break_money(&world);
    let check = ["protos", "check", "--against", "git:main"];
    let ran = world.run(&check);
    assert_eq!((ran.exit, &*ran.err), (1, ""));
    assert!(
        ran.out.contains("   = affects  checkout (team-orders)\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.ends_with(
            "affected: checkout (team-orders)\n  \
             - protobuf/field-type-changed at pricing.v1.Money.units: it calls \
             orders.v1.Orders.Get, in its response by orders.v1.Order.total\n\n\
             1 of 3 consumers is affected; the other 2 need no re-test\n\
             checked 2 schemas: 1 incompatible, 1 compatible (exit code 1)\n"
        ),
        "{}",
        ran.out
    );
    let json = world.run(&[&check[..], &["--format", "json"]].concat());
    let found: serde_json::Value = serde_json::from_str(&json.out).expect("is JSON");
    assert_eq!(found["impact"]["consumers"][0]["name"], "checkout");
    let markdown = world.run(&[&check[..], &["--format", "markdown"]].concat());
    assert!(
        markdown.out.contains("checkout (team-orders)"),
        "{}",
        markdown.out
    );
}

#[test]
fn what_is_wrong_with_consumers_warns_a_check_and_changes_no_verdict() {
    let world = shop();
    world.write(
        "consumers.toml",
        "[consumers.a]\nclient = \"orders.v1.Order.Get\"\n",
    );
    let ran = world.run(&["protos", "check", "--against", "git:main"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(
        ran.out.contains("warning: `orders.v1.Order.Get`"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("--> consumers.toml:2:10"), "{}", ran.out);
    let (gone, empty) = (World::new(), "syntax = \"proto3\";");
    gone.write("proto/a.proto", empty)
        .write("proto/b.proto", "this is no proto")
        .write("consumers.toml", "")
        .commit();
    gone.write("proto/a.proto", &format!("{empty} message A {{}}"));
    let ran = gone.run(&["protos", "check", "--against", "git:main"]);
    assert_eq!(ran.exit, 0, "{}", ran.out);
    let left_out = "they are invalid or import what is: b.proto; `schemactl validate` says why";
    assert!(ran.out.contains(left_out), "{}", ran.out);
    let ran = affected(&gone, &[]);
    assert_eq!((ran.exit, &*ran.out), (0, ""), "{}", ran.err);
    assert!(ran.err.contains(left_out), "{}", ran.err);
}

#[test]
fn many_consumers_are_counted_beside_a_finding_and_listed_below() {
    let world = shop();
    let names = (0..20).map(|at| format!("[consumers.c{at:02}]\nclient = \"orders.v1\"\n"));
    world.write("consumers.toml", &names.collect::<String>());
    break_money(&world);
    let ran = world.run(&["protos", "check", "--against", "git:main"]);
    assert!(
        ran.out
            .contains("= affects  c00, c01, c02, c03, c04, c05, c06, c07, and 12 more\n"),
        "{}",
        ran.out
    );
    assert_eq!(ran.out.matches("\naffected: c").count(), 20);
    assert!(ran.out.contains("all 20 consumers are affected\n"));
}

#[test]
fn deployed_consumers_use_what_the_earlier_file_says() {
    let world = shop();
    world
        .write("consumers/till.toml", "client = \"orders.v1\"\n")
        .git(&["add", "--all"])
        .git(&["commit", "--quiet", "--message", "More"]);
    // The package and all that name it get another name in one change.
    let renamed = ORDERS.replace("orders.v1", "orders.v2");
    world
        .write("proto/orders/v1/orders.proto", &renamed)
        .write(
            "consumers.toml",
            &CONSUMERS.replace("orders.v1", "orders.v2"),
        )
        .write("consumers/till.toml", "client = \"orders.v2\"\n");
    let ran = affected(&world, &[]);
    assert_eq!(
        (ran.exit, &*ran.out),
        (1, "checkout\nshelf\ntill\n"),
        "{}",
        ran.err
    );
    world
        .git(&["add", "--all"])
        .git(&["commit", "--quiet", "--message", "Renamed"]);
    let ran = affected(&world, &[]);
    assert_eq!((ran.exit, &*ran.out), (0, ""), "{}", ran.err);
}

#[test]
fn a_check_tells_nobody_where_a_consumer_uses_what_is_nowhere() {
    let world = shop();
    let wrong = CONSUMERS.replace("orders.v1.Orders.Get", "orders.v1.Order_s");
    world.write("consumers.toml", &wrong);
    world.git(&["commit", "--quiet", "--all", "--message", "Wrong"]);
    let gone = ORDERS.replace("  rpc Get(GetRequest) returns (Order);\n", "");
    world.write("proto/orders/v1/orders.proto", &gone);
    let ran = world.run(&["protos", "check", "--against", "git:main"]);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("orders.v1.Order_s"), "{}", ran.out);
    assert!(
        ran.out.contains("who is affected could not be told"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("no consumer"), "{}", ran.out);
    assert!(!ran.out.contains("not affected"), "{}", ran.out);
    let ran = world.run(&[
        "protos",
        "check",
        "--against",
        "git:main",
        "--format",
        "json",
    ]);
    let found: serde_json::Value = serde_json::from_str(&ran.out).expect("is JSON");
    assert!(found.get("impact").is_none(), "{found}");
}

//! Who is affected, from texts to consumers.

use super::{
    Asked, Consumer, Impact, MAX_NAMES, MAX_UNKNOWN, MAX_VIAS, MAX_WAY, Reach, Role, Use, Used,
};
use crate::Source;
use crate::protobuf::{Tree, TreeFile, TreeOptions, compare_trees};

const MONEY: &str = "syntax = \"proto3\"; package pricing.v1;
    message Money { int64 units = 1; } message Unused { int64 x = 1; }";
const ORDERS: &str = "syntax = \"proto3\"; package orders.v1; import \"pricing.proto\";
    message Line { pricing.v1.Money price = 1; }
    message Order { map<string, Line> lines = 1; Status status = 2; }
    message Placed { Order order = 1; }
    message GetRequest { string id = 1; }
    message PingRequest {} message PingResponse {}
    enum Status { STATUS_UNSPECIFIED = 0; STATUS_PAID = 1; }
    service Orders {
      rpc Place(Order) returns (PingResponse);
      rpc Get(GetRequest) returns (Order);
      rpc Ping(PingRequest) returns (PingResponse);
    }";

fn tree(files: &[(&str, &str)]) -> Tree {
    Tree::new(files.iter().map(|(path, text)| TreeFile {
        import_path: (*path).to_owned(),
        source: Source::new(*path, *text),
        import_only: false,
    }))
}

fn shop(from: &str, to: &str) -> (Tree, Tree) {
    let old = [("pricing.proto", MONEY), ("orders.proto", ORDERS)];
    let (money, orders) = (MONEY.replace(from, to), ORDERS.replace(from, to));
    assert_ne!((&*money, &*orders), (MONEY, ORDERS), "{from}");
    let new = [("pricing.proto", &*money), ("orders.proto", &*orders)];
    (tree(&old), tree(&new))
}

fn consumer(name: &str, role: Role, what: &str) -> Consumer {
    let what = match what.strip_prefix("file:") {
        Some(path) => Used::File(path.to_owned()),
        None => Used::Named(what.to_owned()),
    };
    let span = Some(Source::new("consumers.toml", name).span(0..1));
    Consumer {
        name: name.to_owned(),
        owner: None,
        uses: vec![Use { what, role, span }],
    }
}

fn impact((old, new): &(Tree, Tree), consumers: &[Consumer], asked: Asked) -> Impact {
    let found = compare_trees(old, new, &TreeOptions::default()).expect("both compile");
    let reach = Reach::of(old, new).expect("both compile");
    assert_eq!(reach.unknown(consumers), []);
    reach.impact(&found, consumers, asked)
}

/// The affected consumers, each with all that it uses of what broke.
fn affected(trees: &(Tree, Tree), consumers: &[Consumer]) -> Vec<String> {
    lines(&impact(trees, consumers, Asked::Errors))
}

fn lines(impact: &Impact) -> Vec<String> {
    let mut lines = Vec::new();
    for consumer in impact.affected() {
        for touch in &consumer.touched_by {
            let path = &impact.causes[touch.cause].path;
            for via in &touch.via {
                let part = via.part.unwrap_or("-");
                let way = via.way.join(" ");
                lines.push(format!(
                    "{}: {path} by {} {} {part} {way}",
                    consumer.name, via.role, via.element
                ));
            }
        }
    }
    lines
}

#[test]
fn a_break_deep_inside_reaches_the_callers_through_maps_and_messages() {
    let consumers = [
        consumer("reader", Role::Client, "orders.v1.Orders.Get"),
        consumer("pinger", Role::Client, "orders.v1.Orders/Ping"),
        consumer("archive", Role::Messages, "orders.v1.Placed"),
        consumer("bank", Role::Messages, "pricing.v1"),
        consumer("other", Role::Messages, "orders.v1.GetRequest"),
    ];
    let found = affected(&shop("int64 units", "string units"), &consumers);
    assert_eq!(
        found,
        [
            "reader: pricing.v1.Money.units by client orders.v1.Orders.Get response \
             orders.v1.Order.lines orders.v1.Line.price",
            "archive: pricing.v1.Money.units by messages orders.v1.Placed - \
             orders.v1.Placed.order orders.v1.Order.lines orders.v1.Line.price",
            "bank: pricing.v1.Money.units by messages pricing.v1.Money - ",
        ]
    );
}

#[test]
fn servers_are_affected_by_what_they_read_and_clients_by_both_sides_of_a_call() {
    let consumers = [
        consumer("get client", Role::Client, "orders.v1.Orders.Get"),
        consumer("get server", Role::Server, "orders.v1.Orders.Get"),
        consumer("place client", Role::Client, "orders.v1.Orders.Place"),
        consumer("place server", Role::Server, "orders.v1.Orders.Place"),
    ];
    let found = affected(&shop("int64 units", "string units"), &consumers);
    let names: Vec<_> = found.iter().map(|line| line.split(':').next()).collect();
    assert_eq!(
        names,
        [
            Some("get client"),
            Some("place client"),
            Some("place server")
        ]
    );
}

#[test]
fn an_rpc_that_is_gone_affects_its_clients_alone() {
    let consumers = [
        consumer("client", Role::Client, "orders.v1"),
        consumer("server", Role::Server, "orders.v1"),
        consumer("getter", Role::Client, "**.Get"),
        consumer("both", Role::Any, "orders.v1.Orders"),
    ];
    let removed = shop("rpc Ping(PingRequest) returns (PingResponse);", "");
    let ping = |name: &str, role: &str| {
        format!("{name}: orders.v1.Orders.Ping by {role} orders.v1.Orders.Ping - ")
    };
    assert_eq!(
        affected(&removed, &consumers),
        [ping("client", "client"), ping("both", "any")]
    );
    let streams = shop("rpc Ping(PingRequest)", "rpc Ping(stream PingRequest)");
    assert_eq!(
        affected(&streams, &consumers),
        [
            ping("client", "client"),
            ping("server", "server"),
            ping("both", "any")
        ]
    );
}

#[test]
fn a_service_that_is_gone_affects_whoever_calls_any_of_it() {
    let gone = shop("service Orders", "service Orders2");
    let consumers = [
        consumer("pinger", Role::Client, "orders.v1.Orders.Ping"),
        consumer("server", Role::Server, "orders.v1.Orders"),
    ];
    let found = affected(&gone, &consumers);
    assert_eq!(
        found,
        ["pinger: orders.v1.Orders by client orders.v1.Orders.Ping - "]
    );
}

#[test]
fn an_enum_reaches_those_whose_messages_hold_it() {
    let consumers = [
        consumer("getter", Role::Client, "orders.v1.Orders.Get"),
        consumer("bank", Role::Messages, "pricing.v1.Money"),
    ];
    let renumbered = shop("STATUS_PAID = 1", "STATUS_PAID = 2");
    let found = affected(&renumbered, &consumers);
    assert!(!found.is_empty(), "no error was found");
    for line in &found {
        let start = "getter: orders.v1.Status";
        assert!(line.starts_with(start), "{line}");
        assert!(line.ends_with("response orders.v1.Order.status"), "{line}");
    }
}

#[test]
fn extensions_reach_what_holds_the_extended_message_even_in_files_that_did_not_change() {
    let base = "syntax = \"proto2\"; package p; message Base { extensions 100 to 200; }";
    let api = "syntax = \"proto2\"; package p; import \"base.proto\";
        service S { rpc Get(Base) returns (Base); }";
    let ext = "syntax = \"proto2\"; package p; import \"base.proto\";
        message X { optional int64 n = 1; } extend Base { optional X x = 100; }";
    let changed = ext.replace("int64 n", "string n");
    let trees = (
        tree(&[("base.proto", base), ("api.proto", api), ("ext.proto", ext)]),
        tree(&[
            ("base.proto", base),
            ("api.proto", api),
            ("ext.proto", &changed),
        ]),
    );
    let found = affected(&trees, &[consumer("c", Role::Server, "p.S")]);
    assert_eq!(found, ["c: p.X.n by server p.S.Get request p.x"]);
}

#[test]
fn types_that_hold_each_other_end() {
    let file = |kind: &str| {
        format!(
            "syntax = \"proto3\"; package p; message A {{ B b = 1; A a = 2; {kind} n = 3; }}
             message B {{ A a = 1; }} service S {{ rpc Get(B) returns (B); }}"
        )
    };
    let (old, new) = (file("int64"), file("string"));
    let trees = (tree(&[("a.proto", &old)]), tree(&[("a.proto", &new)]));
    let impact = impact(&trees, &[consumer("c", Role::Client, "p")], Asked::Errors);
    assert_eq!(impact.causes.len(), 1);
    assert_eq!(impact.causes[0].messages.names, ["p.A", "p.B"]);
    assert_eq!(impact.causes[0].rpcs.names, ["p.S.Get"]);
    assert_eq!(impact.causes[0].services.names, ["p.S"]);
    assert_eq!(lines(&impact).len(), 1, "request and response are one use");
}

#[test]
fn a_file_that_is_imported_stands_for_all_that_it_declares() {
    let trees = shop("int64 x", "string x");
    let of = |file: &str| affected(&trees, &[consumer("c", Role::Any, file)]);
    assert_eq!(
        of("file:pricing.proto"),
        ["c: pricing.v1.Unused.x by any pricing.v1.Unused - "]
    );
    assert_eq!(of("file:orders.proto"), [""; 0]);
}

#[test]
fn asked_for_changes_compatible_ones_count_as_well() {
    let consumers = [
        consumer("getter", Role::Client, "orders.v1.Orders.Get"),
        consumer("server", Role::Server, "orders.v1.Orders.Get"),
        consumer("pinger", Role::Client, "orders.v1.Orders.Ping"),
    ];
    let added = shop("int64 units = 1;", "int64 units = 1; string currency = 2;");
    assert_eq!(affected(&added, &consumers), [""; 0]);
    let found = impact(&added, &consumers, Asked::Changes);
    assert_eq!(found.causes.len(), 1);
    assert_eq!(
        found.causes[0].message,
        "message `pricing.v1.Money` is changed"
    );
    let names: Vec<&str> = found.affected().map(|found| &*found.name).collect();
    assert_eq!(names, ["getter", "server"]);
    let rpc = shop(
        "rpc Ping(PingRequest)",
        "rpc List(PingRequest) returns (PingResponse); rpc Ping(PingRequest)",
    );
    let whole = [consumer("all", Role::Client, "orders.v1.Orders")];
    let found = impact(&rpc, &whole, Asked::Changes);
    assert_eq!(
        found.causes[0].message,
        "RPC `orders.v1.Orders.List` is added"
    );
    assert_eq!(found.affected().count(), 1);
    let same = shop("message Unused", "/* */ message Unused");
    assert_eq!(impact(&same, &whole, Asked::Changes).causes.len(), 0);
}

#[test]
fn names_that_exist_nowhere_are_told_with_the_nearest_one() {
    let (old, new) = shop("message Unused", "message Used");
    let reach = Reach::of(&old, &new).expect("both compile");
    let told = |role, name: &str| {
        let problems = reach.unknown(&[consumer("c", role, name)]);
        problems.into_iter().map(|problem| problem.message).next()
    };
    assert_eq!(told(Role::Messages, "pricing.v1.Unused"), None, "was there");
    assert_eq!(told(Role::Messages, "pricing.v1.Used"), None, "is there");
    for (role, name, message) in [
        (
            Role::Client,
            "orders.v1.Order.Get",
            "`orders.v1.Order.Get` is no package with services, service or RPC of either state; \
             is `orders.v1.Orders.Get` meant?",
        ),
        (
            Role::Client,
            "orders.v1.Order",
            "`orders.v1.Order` is a message; list it under `messages`",
        ),
        (
            Role::Messages,
            "orders.v1.Orders.Get",
            "`orders.v1.Orders.Get` is an RPC; list it under `client` or `server`",
        ),
        (
            Role::Server,
            "order.*",
            "`order.*` matches no package with services, service or RPC of either state",
        ),
        (
            Role::Any,
            "file:x.proto",
            "`x.proto` is no file of this repository",
        ),
    ] {
        assert_eq!(told(role, name).as_deref(), Some(message));
    }
}

#[test]
fn what_is_told_is_bounded_and_the_rest_is_counted() {
    let (fields, rpcs): (String, String) = (0..=MAX_NAMES)
        .map(|at| {
            (
                format!("message M{at} {{ Money m = 1; }} "),
                format!("rpc R{at}(M{at}) returns (M{at}); "),
            )
        })
        .unzip();
    let chain = (1..=MAX_WAY + 1).map(|at| format!("message C{at} {{ C{} c = 1; }}", at - 1));
    let chain = chain.collect::<Vec<_>>().join(" ");
    let file = |kind: &str| {
        format!(
            "syntax = \"proto3\"; package p; message Money {{ {kind} units = 1; }} {fields} \
             message C0 {{ Money m = 1; }} {chain} service S {{ {rpcs} }}"
        )
    };
    let (old, new) = (file("int64"), file("string"));
    let trees = (tree(&[("a.proto", &old)]), tree(&[("a.proto", &new)]));
    let consumers = [
        consumer("c", Role::Client, "p.S"),
        consumer("last", Role::Messages, &format!("p.C{}", MAX_WAY + 1)),
    ];
    let found = impact(&trees, &consumers, Asked::Errors);
    let cause = &found.causes[0];
    assert_eq!(
        (cause.rpcs.names.len(), cause.rpcs.total),
        (MAX_NAMES, MAX_NAMES + 1)
    );
    let touch = &found.consumers[0].touched_by[0];
    assert_eq!(
        (touch.via.len(), touch.more),
        (MAX_VIAS, MAX_NAMES + 1 - MAX_VIAS)
    );
    assert_eq!(found.consumers[1].touched_by[0].via[0].way.len(), MAX_WAY);
    let reach = Reach::of(&trees.0, &trees.1).expect("both compile");
    let unknown = vec![consumer("c", Role::Client, "gone"); MAX_UNKNOWN + 1];
    assert_eq!(reach.unknown(&unknown).len(), MAX_UNKNOWN);
}

#[test]
fn invalid_files_that_did_not_change_are_left_out_with_what_imports_them() {
    let bad = "syntax = \"proto3\"; package x; message X { Gone g = 1; }";
    let on_bad = "syntax = \"proto3\"; package y; import \"bad.proto\"; message Y { x.X x = 1; }";
    let on_that =
        "syntax = \"proto3\"; package z; import \"on_bad.proto\"; import \"pricing.proto\";
        message Z { y.Y y = 1; pricing.v1.Money m = 2; }";
    let more = [
        ("bad.proto", bad),
        ("on_bad.proto", on_bad),
        ("worse.proto", "this is no proto"),
    ];
    let changed = MONEY.replace("int64 units", "string units");
    let with = |money, last: &[(&'static str, &'static str)]| {
        let files = [("pricing.proto", money), ("orders.proto", ORDERS)];
        let files: Vec<(&str, &str)> = files.into_iter().chain(more).collect();
        tree(&[&files[..], last].concat())
    };
    let trees = (with(MONEY, &[]), with(&*changed, &[]));
    let reach = Reach::of(&trees.0, &trees.1).expect("some compile");
    let left_out: Vec<&str> = reach.left_out().collect();
    assert_eq!(left_out, ["bad.proto", "on_bad.proto", "worse.proto"]);
    let getter = [consumer("getter", Role::Client, "orders.v1.Orders.Get")];
    assert_eq!(affected(&trees, &getter).len(), 1);
    let last = [("on_that.proto", on_that)];
    let (old, new) = (with(MONEY, &last), with(&*changed, &last));
    let refused = compare_trees(&old, &new, &TreeOptions::default());
    assert!(refused.is_err(), "what a change reaches has to compile");
}

//! `protos.toml` and the options beside it: what counts, what is accepted, what earlier versions
//! say, and everything that changed. The day of these tests is 2026-03-01.

use serde_json::Value;

use super::world::World;
use crate::policy::MAX_PAST_VERSIONS;

const OLD: &str = "syntax = \"proto3\";
package shop.v1;
message Order {
  int64 amount = 1;
  string note = 2;
}
service Orders {
  rpc Get(Order) returns (Order);
  rpc Cancel(Order) returns (Order);
}
";

/// A repository in which an RPC is removed.
fn without_rpc() -> World {
    let world = World::new();
    world.write("proto/order.proto", OLD).commit();
    let new = OLD.replace("  rpc Cancel(Order) returns (Order);\n", "");
    world.write("proto/order.proto", &new);
    world
}

fn allow(rule: &str, element: &str, expires: &str) -> String {
    format!(
        "[[allow]]\nelement = \"{element}\"\nrule = \"{rule}\"\nreason = \"nobody calls it\"\n\
         expires = {expires}\n"
    )
}

fn check(world: &World, arguments: &[&str]) -> super::world::Ran {
    let base = ["protos", "check", "--against", "git:main"];
    world.run(&[&base, arguments].concat())
}

#[test]
fn an_accepted_break_is_shown_and_counts_for_nothing() {
    let world = without_rpc();
    assert_eq!(check(&world, &[]).exit, 1);
    let entry = allow("protobuf/rpc-removed", "shop.v1.Orders.*", "2026-03-01");
    world.write("protos.toml", &entry);
    let ran = check(&world, &[]);
    assert_eq!((ran.exit, &*ran.err), (0, ""), "{}", ran.out);
    assert!(
        ran.out.contains(
            "accepted[protobuf/rpc-removed]: RPC `Cancel` of `shop.v1.Orders` is removed (until \
             2026-03-01: nobody calls it)\n"
        ),
        "{}",
        ran.out
    );
    let json: Value =
        serde_json::from_str(&check(&world, &["--format", "json"]).out).expect("is JSON");
    assert_eq!(json["verdict"], "compatible");
    assert_eq!(
        json["accepted"][0]["finding"]["rule"],
        "protobuf/rpc-removed"
    );
    assert_eq!(json["accepted"][0]["expires"], "2026-03-01");
    let sarif: Value =
        serde_json::from_str(&check(&world, &["--format", "sarif"]).out).expect("is JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(
        result["suppressions"][0]["justification"],
        "until 2026-03-01: nobody calls it"
    );
    let github = check(&world, &["--format", "github"]).out;
    assert_eq!(github, "checked 1 schema: 1 compatible\n");
    let markdown = check(&world, &["--format", "markdown"]).out;
    assert!(
        markdown.contains("\nAccepted:\n\n- RPC `Cancel` of "),
        "{markdown}"
    );
}

#[test]
fn an_entry_that_ended_accepts_nothing_and_says_so() {
    let world = without_rpc();
    let entry = allow(
        "protobuf/rpc-removed",
        "shop.v1.Orders.Cancel",
        "\"2026-02-28\"",
    );
    world.write("protos.toml", &entry);
    let ran = check(&world, &[]);
    assert_eq!(ran.exit, 1, "{}", ran.out);
    assert!(
        ran.out.contains(
            "warning: this entry ended on 2026-02-28, so `protobuf/rpc-removed` of \
             `shop.v1.Orders.Cancel` counts again;"
        ),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("--> protos.toml:1:1"), "{}", ran.out);
}

#[test]
fn an_entry_that_says_what_another_one_says_is_named() {
    let world = without_rpc();
    let element = "shop.v1.Orders.Cancel";
    let entry = |day| allow("protobuf/rpc-removed", element, day);
    world.write("protos.toml", &(entry("2026-03-02") + &entry("2026-03-03")));
    let ran = check(&world, &[]);
    assert_eq!(ran.exit, 0, "{}", ran.out);
    let told = "warning: an entry for `protobuf/rpc-removed` of `shop.v1.Orders.Cancel` is there \
                already, in line 1; remove one\n  --> protos.toml:6:1\n";
    assert!(ran.out.contains(told), "{}", ran.out);
}

#[cfg(unix)]
#[test]
fn what_stands_in_the_place_of_a_configuration_is_not_passed_over() {
    let world = without_rpc();
    std::fs::create_dir(world.path("protos.toml")).expect("is writable");
    let ran = check(&world, &[]);
    assert_eq!((ran.exit, &*ran.out), (2, ""));
    assert!(
        ran.err
            .contains("error: `protos.toml` is no file that can be read\n"),
        "{}",
        ran.err
    );
    std::fs::remove_dir(world.path("protos.toml")).expect("is empty");
    for file in ["consumers.toml", "consumers/shop.toml"] {
        let path = world.path(file);
        std::fs::create_dir_all(path.parent().expect("has one")).expect("is writable");
        std::os::unix::fs::symlink("gone", &path).expect("is writable");
        let base = ["protos", "affected", "--against", "git:main"];
        let ran = world.run(&base);
        assert_eq!((ran.exit, &*ran.out), (2, ""), "{file}");
        let told = format!("error: `{file}` is no file that can be read\n");
        assert!(ran.err.contains(&told), "{}", ran.err);
        std::fs::remove_file(path).expect("is there");
    }
}

#[test]
fn entries_that_nothing_needs_are_named() {
    let world = without_rpc();
    let accepted = allow(
        "protobuf/rpc-removed",
        "shop.v1.Orders.Cancel",
        "2026-03-01",
    );
    let unused = allow("protobuf/rpc-removed", "shop.v1.Orders.Get", "2026-03-01");
    let ended = allow("protobuf/rpc-removed", "shop.v1.Orders.Put", "2020-01-01");
    world.write("protos.toml", &format!("{accepted}\n{unused}\n{ended}"));
    let ran = check(&world, &[]);
    assert_eq!(ran.exit, 0, "{}", ran.out);
    for expected in [
        "warning: nothing breaks that this entry accepts (`protobuf/rpc-removed` of \
         `shop.v1.Orders.Get`); remove it\n",
        "--> protos.toml:7:1",
        "warning: this entry ended on 2020-01-01, and nothing breaks that it accepted; remove it\n",
    ] {
        assert!(ran.out.contains(expected), "{expected}: {}", ran.out);
    }
}

#[test]
fn a_policy_that_cannot_be_understood_stops_the_command() {
    let world = without_rpc();
    world.write(
        "protos.toml",
        "[check]\nuses = \"WIRE\"\n[severity]\nx = 1\n",
    );
    let ran = check(&world, &[]);
    assert_eq!((ran.exit, &*ran.out), (2, ""));
    assert!(
        ran.err.contains(
            "error: `protos.toml` cannot be understood\n  - protos.toml:2:1: `uses` is unknown \
             here; is `use` meant?\n  - protos.toml:4:5: a text is expected, in quotes\n"
        ),
        "{}",
        ran.err
    );
    let ran = check(&world, &["--config", "gone.toml"]);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("cannot read `gone.toml`"), "{}", ran.err);
}

#[test]
fn what_must_not_break_is_asked_for() {
    let world = without_rpc();
    assert_eq!(check(&world, &["--use", "WIRE,WIRE_JSON"]).exit, 0);
    assert_eq!(check(&world, &["--use", "WIRE", "--use", "GRPC"]).exit, 1);
    assert_eq!(check(&world, &["--use", "protobuf/rpc-removed"]).exit, 1);
    assert_eq!(check(&world, &["--except", "protobuf/rpc-removed"]).exit, 0);
    world.write("protos.toml", "[check]\nuse = \"WIRE\"\n");
    let ran = check(&world, &[]);
    assert!(
        ran.exit == 0 && ran.out.contains("warning[protobuf/rpc-removed]"),
        "{}",
        ran.out
    );
    let ran = check(&world, &["--errors-only"]);
    assert_eq!(ran.out, "checked 1 schema: 1 compatible\n");
    assert_eq!(check(&world, &["--use", "GRPC"]).exit, 1);
    let ran = check(&world, &["--use", "GRCP"]);
    assert_eq!(ran.exit, 2);
    assert!(
        ran.err.contains("categories are WIRE, WIRE_JSON, GRPC"),
        "{}",
        ran.err
    );
}

#[test]
fn packages_that_are_not_settled_may_break() {
    let world = World::new();
    let old = OLD.replace("shop.v1", "shop.v1alpha1");
    world.write("proto/order.proto", &old).commit();
    world.write("proto/order.proto", &old.replace("int64", "string"));
    assert_eq!(check(&world, &[]).exit, 1);
    let stability = "[[stability]]\npackages = \"@unstable\"\nweight = \"warning\"\n";
    world.write("protos.toml", stability);
    assert_eq!(check(&world, &[]).exit, 0);
}

/// A field that one commit removes and another one brings back with another meaning.
fn reused() -> World {
    reused_since(OLD.as_bytes())
}

/// The same with another text of the first commit.
fn reused_since(first: &[u8]) -> World {
    let world = World::new();
    world.write("proto/order.proto", "");
    std::fs::write(world.path("proto/order.proto"), first).expect("is writable");
    world.commit();
    world.git(&["tag", "v1"]);
    let commit = |text: &str| {
        world.write("proto/order.proto", text);
        world.git(&["add", "--all"]);
        world.git(&["commit", "--quiet", "--message", "More"]);
    };
    let without = OLD.replace("  string note = 2;\n", "  reserved 2;\n");
    commit(&without);
    commit(&without.replace("reserved 2;", ""));
    let new = OLD.replace("string note = 2;", "int32 count = 2;");
    world.write("proto/order.proto", &new);
    world
}

#[test]
fn a_number_that_any_earlier_version_had_must_not_come_back() {
    let world = reused();
    assert_eq!(
        check(&world, &[]).exit,
        0,
        "the last version had no number 2"
    );
    for history in ["2", "100", "v1..", "tags", "tags:v*"] {
        let ran = check(&world, &["--history", history]);
        assert_eq!(ran.exit, 1, "{history}: {}", ran.out);
        assert!(
            ran.out.contains("error[protobuf/deleted-number-reused]"),
            "{history}: {}",
            ran.out
        );
    }
    for history in ["1", "tags:w*"] {
        assert_eq!(check(&world, &["--history", history]).exit, 0, "{history}");
    }
    world.write("protos.toml", "[check]\nhistory = \"tags\"\n");
    assert_eq!(check(&world, &[]).exit, 1);
    let ran = world.run(&["protos", "check", "--against", "proto", "--history", "5"]);
    assert_eq!(ran.exit, 2);
    assert!(
        ran.err.contains("earlier versions are read from git"),
        "{}",
        ran.err
    );
    let ran = check(&world, &["--history", "gone.."]);
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("`gone` is no commit"), "{}", ran.err);
}

/// A repository with a tag for each of so many commits.
fn tagged(count: usize) -> World {
    let world = World::new();
    world.git(&["init", "--quiet", "--initial-branch", "main"]);
    let commits: String = (0..count).map(commit).collect();
    world.git_with_input(&["fast-import", "--quiet"], &commits);
    world.git(&["reset", "--quiet", "--hard"]);
    world
}

/// One commit as `git fast-import` takes it.
fn commit(number: usize) -> String {
    let text = format!("syntax = \"proto3\";\nmessage M {{}} // {number}\n");
    let length = text.len();
    format!(
        "commit refs/heads/main\ncommitter T <t@example.com> {} +0000\ndata 0\n\
         M 644 inline proto/a.proto\ndata {length}\n{text}\n\
         reset refs/tags/v{number}\nfrom refs/heads/main\n\n",
        number + 1
    )
}

#[test]
fn more_earlier_versions_than_the_limit_are_refused() {
    // The old state itself, which has the last tag, is none that is earlier.
    for (count, past, exit) in [
        (MAX_PAST_VERSIONS + 1, "tags", 0),
        (MAX_PAST_VERSIONS + 2, "tags:v*", 2),
        (MAX_PAST_VERSIONS + 1, "v0..", 0),
        (MAX_PAST_VERSIONS + 2, "v0..", 2),
    ] {
        let world = tagged(count);
        let ran = check(&world, &["--history", past]);
        assert_eq!(ran.exit, exit, "{count} {past}: {}{}", ran.out, ran.err);
        let told =
            "error: there are more than 1000 earlier versions; ask for fewer: --history 1000";
        assert_eq!(ran.err.starts_with(told), exit == 2, "{}", ran.err);
    }
}

#[test]
fn a_version_counts_once_however_many_tags_it_has() {
    let world = World::new();
    world.write("proto/order.proto", OLD).commit();
    world.git(&["tag", "v1"]);
    let deprecated = OLD.replace("note = 2;", "note = 2 [deprecated = true];");
    world.write("proto/order.proto", &deprecated).commit();
    for tag in ["v2", "v2.0"] {
        world.git(&["tag", tag]);
    }
    world.git(&["tag", "--annotate", "--message", "Two", "v2.0.0"]);
    let gone = OLD.replace("  string note = 2;", "  reserved 2; reserved \"note\";");
    world.write("proto/order.proto", &gone);
    for (versions, exit) in [(1, 0), (2, 1)] {
        let policy = format!("[check]\nhistory = \"tags\"\ndeprecated-for = {versions}\n");
        world.write("protos.toml", &policy);
        let ran = world.run(&["protos", "check", "--against", "git:v2"]);
        assert_eq!(ran.exit, exit, "{versions}: {}", ran.out);
    }
}

#[test]
fn history_that_only_the_file_asks_for_is_no_error_where_there_is_none() {
    let world = World::new();
    world
        .write("old/order.proto", OLD)
        .write("new/order.proto", &OLD.replace("string note", "int32 note"))
        .write("new/protos.toml", "[check]\nhistory = 3\n");
    let against = ["protos", "check", "new", "--against", "old"];
    let ran = world.run(&against);
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert!(
        ran.out
            .contains("warning: `history` of protos.toml was not looked at"),
        "{}",
        ran.out
    );
    let ran = world.run(&[&against[..], &["--history", "3"]].concat());
    assert_eq!((ran.exit, &*ran.out), (2, ""), "{}", ran.err);
}

#[test]
fn an_earlier_version_whose_comments_are_not_utf_8_counts_too() {
    let world = reused_since(&[OLD.as_bytes(), b"// caf\xe9\n"].concat());
    let ran = check(&world, &["--history", "tags"]);
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
}

#[test]
fn everything_that_changed_is_listed_with_the_version_that_it_asks_for() {
    let world = without_rpc();
    let ran = world.run(&["protos", "diff", "--against", "git:main"]);
    assert_eq!((ran.exit, &*ran.err), (0, ""), "{}", ran.out);
    assert!(
        ran.out.starts_with(
            "Breaking:\n  proto/order.proto:7:9: RPC `shop.v1.Orders.Cancel` is \
                             removed [protobuf/rpc-removed]\n"
        ),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .ends_with("1 change (1 breaking): a major version by semantic versioning\n"),
        "{}",
        ran.out
    );
}

#[test]
fn what_is_added_asks_for_a_minor_version_and_a_comment_for_a_patch() {
    let world = World::new();
    world.write("proto/order.proto", OLD).commit();
    let note = "  string note = 2;\n";
    let added = OLD.replace(note, &format!("{note}  int32 count = 3;\n"));
    world.write("proto/order.proto", &added);
    let diff = |arguments: &[&str]| {
        let base = ["protos", "diff", "--against", "git:main"];
        world.run(&[&base, arguments].concat())
    };
    let ran = diff(&["--format", "json"]);
    let json: Value = serde_json::from_str(&ran.out).expect("is JSON");
    assert_eq!(json["bump"], "minor");
    let change = &json["changes"][0];
    assert_eq!(
        (
            &change["kind"],
            &change["element"],
            &change["path"],
            &change["severity"]
        ),
        (
            &Value::from("added"),
            &Value::from("field"),
            &Value::from("shop.v1.Order.count"),
            &Value::Null
        )
    );
    let ran = check(&world, &["--all-changes", "--format", "markdown"]);
    assert!(
        ran.out
            .contains("\n1 change (1 harmless): a minor version by semantic versioning\n")
            && ran
                .out
                .contains("\n- field `shop.v1.Order.count` is added\n"),
        "{}",
        ran.out
    );
    let ran = check(&world, &["--all-changes"]);
    assert!(
        ran.out
            .contains("Harmless:\n  proto/order.proto:6:3: field `shop.v1.Order.count` is added\n"),
        "{}",
        ran.out
    );
    let ran = diff(&["--to", "git:HEAD"]);
    assert_eq!(ran.out, "no changes: no version is needed\n");
    world.write("proto/order.proto", &format!("// A comment.\n{OLD}"));
    let ran = world.run(&["protos", "diff", "--format", "markdown"]);
    assert_eq!(
        ran.out,
        "0 changes: a patch version by semantic versioning\n"
    );
}

//! `schemactl protos push`, and a registry as the state to compare with: the real programs.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;

use harness::{Database, Output, Schemad, schemactl};
use serde_json::{Value, json};
use tempfile::TempDir;

const MONEY: &str = "syntax = \"proto3\";
package pricing.v1;

message Money {
  int64 units = 1;
}
";

const ORDERS: &str = "syntax = \"proto3\";
package orders.v1;

import \"google/protobuf/timestamp.proto\";
import \"pricing/v1/money.proto\";

message Order {
  pricing.v1.Money total = 1;
  google.protobuf.Timestamp at = 2;
}

message Note {
  string text = 1;
}
";

/// A server, and a directory with two files, one of which imports the other.
struct World {
    server: Schemad,
    dir: TempDir,
    _database: Database,
}

impl World {
    fn new(options: &[&str]) -> Self {
        let database = Database::sqlite().unwrap();
        let url = ["--database-url", &database.url()].map(str::to_owned);
        let url = [&url[0][..], &url[1]];
        let world = Self {
            server: Schemad::start_with(&[&url, options].concat()).unwrap(),
            dir: TempDir::new().unwrap(),
            _database: database,
        };
        world.write("pricing/v1/money.proto", MONEY);
        world.write("orders/v1/orders.proto", ORDERS);
        world
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.dir.path().join("proto").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, subcommand: &str, target: &str, more: &[&str]) -> Output {
        let dir = self.dir.path().display().to_string();
        let command = ["protos", subcommand, &dir, target, self.server.url()];
        schemactl(&[&command, more].concat(), "").unwrap()
    }

    fn push(&self, more: &[&str]) -> Output {
        self.run("push", "--to", more)
    }

    fn check(&self, more: &[&str]) -> Output {
        self.run("check", "--against", more)
    }

    fn get(&self, path: &str) -> Value {
        self.server.client().get(path).unwrap().ok().json().unwrap()
    }

    fn versions(&self) -> [Value; 2] {
        ["orders%2Fv1%2Forders.proto", "pricing%2Fv1%2Fmoney.proto"].map(|subject| {
            let path = format!("/subjects/{subject}/versions");
            let reply = self.server.client().get(&path).unwrap();
            if reply.status == 404 {
                json!([])
            } else {
                reply.json().unwrap()
            }
        })
    }
}

#[track_caller]
fn assert_code(output: &Output, code: i32) {
    assert_eq!(
        output.code,
        Some(code),
        "{}\n{}",
        output.stdout,
        output.stderr
    );
}

#[test]
fn a_tree_is_pushed_in_the_order_of_its_imports_and_pushing_again_adds_nothing() {
    let world = World::new(&[]);
    let dry = world.push(&["--dry-run"]);
    assert_code(&dry, 0);
    assert!(dry.stdout.contains("would add 2 versions to "), "{dry:?}");
    assert_eq!(world.get("/subjects"), json!([]));
    let first = world.push(&[]);
    assert_code(&first, 0);
    let url = world.server.url();
    assert_eq!(
        first.stdout,
        format!(
            "pricing/v1/money.proto: version 1 of `pricing/v1/money.proto`\n\
             orders/v1/orders.proto: version 1 of `orders/v1/orders.proto`\n\
             added 2 versions to {url}; 0 unchanged\n"
        )
    );
    let order = world.get("/subjects/orders%2Fv1%2Forders.proto/versions/latest");
    let money = "pricing/v1/money.proto";
    assert_eq!(
        order["references"],
        json!([{"name": money, "subject": money, "version": 1}])
    );
    assert_eq!(order["schema"], ORDERS);
    let again = world.push(&["--format", "json"]);
    assert_code(&again, 0);
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(
        (&again["added"], &again["unchanged"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(again["files"][0]["version"], 1);
    assert_eq!(world.versions(), [json!([1]), json!([1])]);
}

#[test]
fn what_imports_a_changed_file_refers_to_its_new_version() {
    let world = World::new(&[]);
    world.push(&[]).assert_success();
    let more = MONEY.replace("units = 1;", "units = 1;\n  string currency = 2;");
    world.write("pricing/v1/money.proto", &more);
    world.push(&[]).assert_success();
    assert_eq!(world.versions(), [json!([1, 2]), json!([1, 2])]);
    let order = world.get("/subjects/orders%2Fv1%2Forders.proto/versions/2");
    assert_eq!(order["references"][0]["version"], 2);
}

#[test]
fn a_registry_is_a_state_to_compare_with() {
    let world = World::new(&[]);
    let empty = world.check(&[]);
    assert_code(&empty, 2);
    assert!(empty.stderr.contains("schemactl protos push"), "{empty:?}");
    world.push(&[]).assert_success();
    let same = world.check(&[]);
    assert_code(&same, 0);
    assert_eq!(same.stdout, "checked 2 schemas: 2 compatible\n");
    let broken = MONEY.replace("int64 units", "string units");
    world.write("pricing/v1/money.proto", &broken);
    let found = world.check(&[]);
    assert_code(&found, 1);
    let url = world.server.url();
    let place = format!("::: {url}/subjects/pricing/v1/money.proto/versions/1:5:3");
    assert!(found.stdout.contains(&place), "{}", found.stdout);
    let consumers = "[consumers.till]\nmessages = \"orders.v1.Order\"\n";
    fs::write(world.dir.path().join("consumers.toml"), consumers).unwrap();
    let affected = world.run("affected", "--against", &[]);
    assert_code(&affected, 1);
    assert_eq!(affected.stdout, "till\n");
    let one = format!("{url}/subjects/pricing");
    let dir = world.dir.path().display().to_string();
    let one = schemactl(&["protos", "check", &dir, "--against", &one], "").unwrap();
    assert_code(&one, 2);
    assert!(one.stderr.contains("name the base URL"), "{one:?}");
}

#[test]
fn a_renamed_file_is_retired_with_the_versions_that_import_it() {
    let world = World::new(&[]);
    world.push(&[]).assert_success();
    let proto = world.dir.path().join("proto");
    let (old, new) = ("pricing/v1/money.proto", "pricing/v1/price.proto");
    fs::rename(proto.join(old), proto.join(new)).unwrap();
    world.write("orders/v1/orders.proto", &ORDERS.replace("money", "price"));
    let left = world.push(&[]);
    assert_code(&left, 0);
    let note = format!("counts them: `{old}`; `--retire` deletes them");
    assert!(left.stderr.contains(&note), "{left:?}");
    let wedged = world.check(&[]);
    assert_code(&wedged, 1);
    let removed = format!("file `{old}` is removed");
    assert!(wedged.stdout.contains(&removed), "{wedged:?}");
    let dry = world.push(&["--retire", "--dry-run"]);
    assert_code(&dry, 0);
    let gone = format!("version 1 of `{old}`: would be deleted\n");
    assert!(dry.stdout.contains(&gone), "{dry:?}");
    assert_code(&world.check(&[]), 1);
    let mended = world.push(&["--retire"]);
    assert_code(&mended, 0);
    let lines: Vec<&str> = mended.stdout.lines().take(2).collect();
    assert_eq!(
        lines,
        [
            "version 1 of `orders/v1/orders.proto`: deleted",
            "version 1 of `pricing/v1/money.proto`: deleted"
        ]
    );
    let same = world.check(&[]);
    assert_code(&same, 0);
    assert_eq!(same.stdout, "checked 2 schemas: 2 compatible\n");
    let again = world.push(&["--retire", "--format", "json"]);
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(
        (&again["gone"], &again["retired"]),
        (&json!([]), &json!([]))
    );
}

#[test]
fn a_file_that_another_subject_imports_is_not_retired() {
    let world = World::new(&[]);
    let template = ["--subject-template", "structs/{path}"];
    world.push(&template).assert_success();
    let money = "structs/pricing/v1/money.proto";
    let other = json!({
        "schemaType": "PROTOBUF",
        "schema": "syntax = \"proto3\"; import \"pricing/v1/money.proto\";",
        "references": [{"name": "pricing/v1/money.proto", "subject": money, "version": 1}]
    });
    let client = world.server.client();
    client
        .post("/subjects/till/versions", &other)
        .unwrap()
        .assert_ok();
    fs::remove_file(world.dir.path().join("proto/pricing/v1/money.proto")).unwrap();
    let alone = "syntax = \"proto3\"; package orders.v1; message Order { string note = 3; }";
    world.write("orders/v1/added.proto", &alone.replace("Order", "Added"));
    fs::remove_file(world.dir.path().join("proto/orders/v1/orders.proto")).unwrap();
    let refused = world.push(&[&template[..], &["--retire"]].concat());
    assert_code(&refused, 2);
    let reason = format!("`{money}` cannot be retired: version 1 of `till` refers to it");
    assert!(refused.stderr.contains(&reason), "{refused:?}");
    let subjects = world.get("/subjects?subjectPrefix=structs/");
    assert_eq!(subjects.as_array().unwrap().len(), 2);
}

#[test]
fn an_incompatible_tree_is_refused_before_anything_is_written() {
    let world = World::new(&[]);
    world.push(&[]).assert_success();
    world.write("added.proto", "syntax = \"proto3\"; message Added {}");
    world.write(
        "pricing/v1/money.proto",
        &MONEY.replace("int64 units", "string units"),
    );
    for more in [&[][..], &["--dry-run"]] {
        let refused = world.push(more);
        assert_code(&refused, 1);
        let told = refused.stdout.matches("error[protobuf/field-type-changed]");
        assert_eq!(told.count(), 1, "{refused:?}");
        let too = "import what is told above: `orders/v1/orders.proto`";
        assert!(refused.stderr.contains(too), "{refused:?}");
        assert!(
            refused.stderr.contains("nothing was written"),
            "{refused:?}"
        );
    }
    assert_eq!(world.versions(), [json!([1]), json!([1])]);
    assert_eq!(world.get("/subjects").as_array().unwrap().len(), 2);
    world.write("pricing/v1/money.proto", "syntax = \"proto3\"; message {");
    let invalid = world.push(&[]);
    assert_code(&invalid, 2);
    assert!(invalid.stderr.contains("money.proto:1:"), "{invalid:?}");
}

#[test]
fn what_was_added_is_taken_back_where_the_registry_refuses_a_later_file() {
    // This registry judges by other rules: a message that is gone is no break of the encoding, so
    // it is refused only when the registry sees it, after the file that it imports.
    let world = World::new(&["--profile", "contract"]);
    world.push(&[]).assert_success();
    world.write(
        "pricing/v1/money.proto",
        &MONEY.replace("units = 1;", "units = 1;\n  string currency = 2;"),
    );
    world.write("orders/v1/orders.proto", &ORDERS.replace("Note", "Remark"));
    let broken = world.push(&[]);
    assert_code(&broken, 2);
    assert!(
        broken
            .stderr
            .contains("the registry did not take `orders/v1/orders.proto`"),
        "{broken:?}"
    );
    assert!(
        broken
            .stderr
            .contains("the one version that was added is deleted again"),
        "{broken:?}"
    );
    assert_eq!(world.versions(), [json!([1]), json!([1])]);
    // Asked for its verdict, the check sees it before anything is written.
    let refused = world.push(&["--profile", "contract"]);
    assert_code(&refused, 1);
    assert!(
        refused.stderr.contains("nothing was written"),
        "{refused:?}"
    );
    world.write("orders/v1/orders.proto", ORDERS);
    let mended = world.push(&[]);
    assert_code(&mended, 0);
    assert_eq!(world.versions()[0], json!([1, 2]));
}

/// A way to a server that ends: all of what is asked gets there, and so many registrations are
/// answered; the next one is not, nor is anything after it where `for_good`.
fn cut_off(server: &Schemad, answered: usize, for_good: bool) -> String {
    let target = server.url().strip_prefix("http://").unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let mut registrations = 0;
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (head, answer) = pass_on(&mut stream, &target);
            if head.starts_with("POST /subjects/") && head.contains("/versions HTTP") {
                registrations += 1;
                if registrations == answered + 1 {
                    if for_good {
                        return;
                    }
                    continue;
                }
            }
            stream.write_all(&answer).unwrap();
        }
    });
    url
}

/// Passes a request on to a server, and gives its head and the answer.
fn pass_on(stream: &mut TcpStream, target: &str) -> (String, Vec<u8>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0);
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.parse::<usize>().unwrap())
    });
    let mut body = vec![0; length.unwrap_or_default()];
    reader.read_exact(&mut body).unwrap();
    let mut server = TcpStream::connect(target).unwrap();
    let closing = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    server.write_all(closing.as_bytes()).unwrap();
    server.write_all(&body).unwrap();
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).unwrap();
    (head, answer)
}

fn push_to(world: &World, url: &str) -> Output {
    let dir = world.dir.path().display().to_string();
    schemactl(&["protos", "push", &dir, "--to", url], "").unwrap()
}

#[test]
fn a_version_whose_answer_was_lost_is_taken_back_with_the_others() {
    let world = World::new(&[]);
    let broken = push_to(&world, &cut_off(&world.server, 1, false));
    assert_code(&broken, 2);
    let told = "the 2 versions that were added are deleted again";
    assert!(broken.stderr.contains(told), "{broken:?}");
    assert_eq!(world.get("/subjects"), json!([]));
}

#[test]
fn what_is_left_where_the_registry_dies_is_told_and_pushing_again_goes_on() {
    let world = World::new(&[]);
    let broken = push_to(&world, &cut_off(&world.server, 1, true));
    assert_code(&broken, 2);
    for told in [
        "the registry did not take `orders/v1/orders.proto`: cannot reach the registry",
        "of the versions that were added 0 are deleted again and others are left; pushing again \
         goes on from there",
        "whether `orders/v1/orders.proto` was added cannot be told: cannot reach the registry",
        "version 1 of `pricing/v1/money.proto` could not be deleted: cannot reach the registry",
    ] {
        assert!(broken.stderr.contains(told), "{told}: {broken:?}");
    }
    assert_eq!(world.get("/subjects").as_array().unwrap().len(), 2);
    let again = world.push(&[]);
    assert_code(&again, 0);
    assert!(again.stdout.contains("added 0 versions"), "{again:?}");
    assert_eq!(world.versions(), [json!([1]), json!([1])]);
}

#[test]
fn a_password_in_the_url_is_nowhere_shown() {
    let world = World::new(&[]);
    let secret = world.server.url().replace("http://", "http://ann:s3cret@");
    let dir = world.dir.path().display().to_string();
    for format in ["json", "text"] {
        let pushed = schemactl(
            &["protos", "push", &dir, "--to", &secret, "--format", format],
            "",
        );
        assert_code(&pushed.unwrap(), 0);
    }
    world.write(
        "orders/v1/orders.proto",
        &ORDERS.replace("total = 1", "total = 3"),
    );
    let commands: [&[&str]; 6] = [
        &["protos", "push", &dir, "--to", &secret],
        &["protos", "check", &dir, "--against", &secret],
        &[
            "protos",
            "check",
            &dir,
            "--against",
            &secret,
            "--format",
            "json",
        ],
        &[
            "protos",
            "check",
            &dir,
            "--against",
            &secret,
            "--format",
            "sarif",
        ],
        &[
            "protos",
            "push",
            &dir,
            "--to",
            &format!("{secret}/subjects/x"),
        ],
        &[
            "list",
            "--registry",
            &secret.replace("127.0.0.1", "host.invalid"),
        ],
    ];
    for command in commands {
        let ran = schemactl(command, "").unwrap();
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!all.is_empty() && !all.contains("s3cret"), "{ran:?}");
    }
}

#[test]
fn subjects_are_called_as_the_template_says_and_others_are_left_alone() {
    let world = World::new(&[]);
    let other = json!({"schema": "\"int\""});
    let client = world.server.client();
    let path = "/subjects/structs%2Fnumber.proto/versions";
    client.post(path, &other).unwrap().assert_ok();
    let template = ["--subject-template", "structs/{path}"];
    world.push(&template).assert_success();
    assert_eq!(
        world.get("/subjects?subjectPrefix=structs/"),
        json!([
            "structs/number.proto",
            "structs/orders/v1/orders.proto",
            "structs/pricing/v1/money.proto"
        ])
    );
    let same = world.check(&template);
    assert_code(&same, 0);
    assert_eq!(same.stdout, "checked 2 schemas: 2 compatible\n");
    assert_code(&world.check(&["--subject-template", "other/{path}"]), 2);
    assert_code(&world.push(&["--subject-template", "structs"]), 2);
}

#[test]
fn files_are_where_protos_toml_has_them() {
    let world = World::new(&[]);
    let path = |name| world.dir.path().join(name);
    fs::rename(path("proto"), path("api")).unwrap();
    fs::write(path("protos.toml"), "[check]\nroots = [\"api\"]\n").unwrap();
    let pushed = world.push(&[]);
    assert_code(&pushed, 0);
    assert_eq!(world.versions(), [json!([1]), json!([1])]);
    let same = world.check(&[]);
    assert_code(&same, 0);
    assert_eq!(same.stdout, "checked 2 schemas: 2 compatible\n");
}

#[test]
fn the_sample_repository_goes_there_and_back() {
    let world = World::new(&[]);
    fs::remove_dir_all(world.dir.path().join("proto")).unwrap();
    copy(
        &harness::repository().join("fixtures/struct-repo/proto"),
        &world.dir.path().join("proto"),
    );
    let pushed = world.push(&[]);
    assert_code(&pushed, 0);
    assert!(pushed.stdout.contains("added 10 versions"), "{pushed:?}");
    let same = world.check(&[]);
    assert_code(&same, 0);
    assert_eq!(same.stdout, "checked 10 schemas: 10 compatible\n");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

//! `cargo xtask validate-protos` in a repository of shared structs, as a team runs it: the sample
//! repository, copied, under git, with its real xtask built by the real cargo.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use harness::schemactl_path;
use serde_json::Value;
use tempfile::TempDir;

/// A copy of the sample repository. It stands at the same path in every run, so that cargo builds
/// its xtask once; the lock keeps other tests away from it.
struct StructRepo {
    root: PathBuf,
    _lock: File,
}

impl StructRepo {
    /// The sample repository without git.
    fn new() -> Self {
        let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let lock = File::create(tmp.join("struct-repo.lock")).unwrap();
        lock.lock().unwrap();
        let root = tmp.join("struct-repo");
        for leftover in ["proto", ".git"] {
            let leftover = root.join(leftover);
            if leftover.exists() {
                fs::remove_dir_all(leftover).unwrap();
            }
        }
        let sample = harness::repository().join("fixtures/struct-repo");
        copy(&sample, &root);
        Self { root, _lock: lock }
    }

    /// What `schemactl protos init` makes of the sample's `.proto` files, committed to `main`.
    fn made() -> Self {
        let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let lock = File::create(tmp.join("struct-repo-made.lock")).unwrap();
        lock.lock().unwrap();
        let root = tmp.join("struct-repo-made");
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        let sample = harness::repository().join("fixtures/struct-repo");
        let protos = root.join("given");
        copy(&sample.join("proto"), &protos);
        let dependency = format!("path:{}", harness::repository().join("cli").display());
        let (from, to) = (protos.display().to_string(), root.display().to_string());
        let init = ["protos", "init", &to, "--source", &from];
        let dependency = ["--dependency", &dependency];
        harness::schemactl(&[&init[..], &dependency].concat(), "")
            .unwrap()
            .assert_success();
        fs::remove_dir_all(protos).unwrap();
        // So that cargo builds the versions that are there already.
        fs::copy(sample.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
        let repo = Self { root, _lock: lock };
        repo.git(&["init", "--quiet", "--initial-branch", "main"]);
        repo.commit();
        repo
    }

    /// The sample repository with all of it committed to `main`.
    fn committed() -> Self {
        let repo = Self::new();
        repo.git(&["init", "--quiet", "--initial-branch", "main"]);
        repo.commit();
        repo
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "Change the structs"]);
    }

    fn git(&self, arguments: &[&str]) {
        harness::git(&self.root, arguments);
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.root.join("proto").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from} in {file}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    /// A field's type, an RPC, and a number.
    fn break_in_three_ways(&self) {
        let money = "pricing/v1/money.proto";
        self.edit(money, "int64 minor_units = 2;", "string minor_units = 2;");
        let cancel = "  rpc CancelOrder(CancelOrderRequest) returns (CancelOrderResponse);\n";
        self.edit("orders/v1/orders_service.proto", cancel, "");
        let customer = "customers/v1/customer.proto";
        self.edit(customer, "string postal_code = 3;", "bool is_business = 3;");
    }

    /// Runs `cargo xtask validate-protos` with these arguments.
    fn validate(&self, arguments: &[&str]) -> Output {
        let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command
            .args(["xtask", "validate-protos"])
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", tmp.parent().unwrap())
            // The copy may stand in a working tree, which is not the repository that is meant.
            .env("GIT_CEILING_DIRECTORIES", tmp);
        command.output().unwrap()
    }
}

/// Copies a directory; a file that is the same already keeps its time stamp.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, name) = entry
            .map(|entry| (entry.path(), entry.file_name()))
            .unwrap();
        let to = to.join(&name);
        if name == "target" {
            continue;
        }
        if from.is_dir() {
            copy(&from, &to);
            continue;
        }
        let cli = harness::repository().join("cli");
        let text = fs::read_to_string(&from).unwrap();
        let text = text.replace("../../../cli", &cli.display().to_string());
        if fs::read_to_string(&to).ok().as_ref() != Some(&text) {
            fs::write(&to, text).unwrap();
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_owned()).unwrap()
}

#[track_caller]
fn assert_code(output: &Output, code: i32) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
}

#[test]
fn unchanged_structs_are_compatible() {
    let repo = StructRepo::committed();
    let output = repo.validate(&[]);
    assert_code(&output, 0);
    assert_eq!(text(&output.stdout), "checked 10 schemas: 10 compatible\n");
    assert!(text(&output.stderr).contains("where HEAD left main"));
}

#[test]
fn three_breaks_are_reported_with_place_witness_and_remedy() {
    let repo = StructRepo::committed();
    repo.break_in_three_ways();
    let output = repo.validate(&["--against", "main"]);
    assert_code(&output, 1);
    let report = text(&output.stdout);
    for expected in [
        "error[protobuf/field-type-changed]: field `minor_units` was int64 and is now string",
        "--> proto/pricing/v1/money.proto:9:",
        "::: git:main:proto/pricing/v1/money.proto:9:",
        "= witness  minor_units: 1, which the old schema writes as 1001:",
        "error[protobuf/rpc-removed]: RPC `CancelOrder` of `orders.v1.OrdersService` is removed",
        "::: git:main:proto/orders/v1/orders_service.proto:14:",
        "error[protobuf/field-number-reused]: number 3 was field `postal_code`",
        "--> proto/customers/v1/customer.proto:36:",
        "= help     ",
        "checked 10 schemas: 3 incompatible, 7 compatible (exit code 1)\n",
    ] {
        assert!(report.contains(expected), "{expected}\n---\n{report}");
    }
}

/// What the README shows behind a command: its next block.
fn shown_behind(command: &str) -> String {
    let readme = fs::read_to_string(harness::repository().join("README.md")).unwrap();
    let (_, behind) = readme.split_once(command).unwrap();
    let block = behind.split("```").nth(2).unwrap();
    block.trim_start().to_owned()
}

#[test]
fn the_readme_shows_what_is_printed() {
    let repo = StructRepo::committed();
    let order = "orders/v1/order.proto";
    repo.edit(order, "  uint32 quantity = 2;", "  string quantity = 2;");
    let cancel = "  rpc CancelOrder(CancelOrderRequest) returns (CancelOrderResponse);\n";
    repo.edit("orders/v1/orders_service.proto", cancel, "");
    let output = repo.validate(&["--against", "main"]);
    assert_code(&output, 1);
    let shown = shown_behind("cargo xtask validate-protos\n");
    let (note, report) = shown.split_once('\n').unwrap();
    let commit = note.strip_prefix("note: compared with ").unwrap();
    let commit = commit
        .strip_suffix(", where HEAD left origin/HEAD")
        .unwrap();
    // There the sample is a folder of a clone, here the whole repository.
    let report = report.replace(&format!("git:{commit}:fixtures/struct-repo/"), "git:main:");
    assert_eq!(text(&output.stdout), report);
}

#[test]
fn the_json_report_names_the_same_breaks() {
    let repo = StructRepo::committed();
    repo.break_in_three_ways();
    let output = repo.validate(&["--against", "HEAD", "--format", "json"]);
    assert_code(&output, 1);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["verdict"], "incompatible");
    let findings = report["checks"][0]["findings"].as_array().unwrap();
    let errors = findings
        .iter()
        .filter(|finding| finding["severity"] == "error");
    let mut broken: Vec<(&str, &str)> = errors
        .map(|finding| {
            (
                finding["rule"].as_str().unwrap(),
                finding["path"].as_str().unwrap(),
            )
        })
        .collect();
    broken.sort_unstable();
    broken.dedup();
    assert_eq!(
        broken,
        [
            (
                "protobuf/field-number-reused",
                "customers.v1.Address.postal_code"
            ),
            (
                "protobuf/field-type-changed",
                "pricing.v1.Money.minor_units"
            ),
            (
                "protobuf/rpc-removed",
                "orders.v1.OrdersService.CancelOrder"
            ),
        ]
    );
}

#[test]
fn a_branch_is_compared_with_the_commit_at_which_it_left_main() {
    let repo = StructRepo::committed();
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    let field = "string idempotency_key = 5;";
    repo.edit(
        "orders/v1/orders_service.proto",
        field,
        &format!("{field}\n  string channel = 6;"),
    );
    repo.commit();
    repo.git(&["switch", "--quiet", "main"]);
    repo.break_in_three_ways();
    repo.commit();
    repo.git(&["switch", "--quiet", "feature"]);
    // What main became meanwhile is not this branch's doing.
    assert_code(&repo.validate(&[]), 0);
    assert_code(&repo.validate(&["--against", "main"]), 1);
}

#[test]
fn what_cannot_be_compared_is_a_failure_with_a_remedy() {
    let repo = StructRepo::new();
    let output = repo.validate(&[]);
    assert_code(&output, 2);
    assert!(text(&output.stderr).contains("not in a git repository"));
    repo.git(&["init", "--quiet", "--initial-branch", "trunk"]);
    repo.commit();
    let output = repo.validate(&[]);
    assert_code(&output, 2);
    let told = text(&output.stderr);
    assert!(
        told.contains("looked for origin/HEAD, origin/main, main, master"),
        "{told}"
    );
    assert!(told.contains("--against git:REF"), "{told}");
    assert_code(&repo.validate(&["--against", "gone"]), 2);
    repo.edit("pricing/v1/money.proto", "message Money {", "message Money");
    let output = repo.validate(&["--against", "trunk"]);
    assert_code(&output, 2);
    assert!(text(&output.stdout).contains("--> proto/pricing/v1/money.proto:"));
}

#[test]
fn what_init_writes_runs_in_a_fresh_repository() {
    let repo = StructRepo::made();
    let output = repo.validate(&[]);
    assert_code(&output, 0);
    assert_eq!(text(&output.stdout), "checked 10 schemas: 10 compatible\n");
    repo.break_in_three_ways();
    fs::write(
        repo.root.join("consumers.toml"),
        "[consumers.checkout]\nclient = \"orders.v1.OrdersService.CancelOrder\"\n\
         [consumers.shelf]\nserver = \"inventory.v1\"\n",
    )
    .unwrap();
    let output = repo.validate(&[]);
    assert_code(&output, 1);
    let report = text(&output.stdout);
    for expected in [
        "error[protobuf/rpc-removed]: RPC `CancelOrder` of `orders.v1.OrdersService` is removed",
        "= affects  checkout\n",
        "1 of 2 consumers is affected; the other one needs no re-test\n",
        "checked 10 schemas: 3 incompatible, 7 compatible (exit code 1)\n",
    ] {
        assert!(report.contains(expected), "{expected}\n---\n{report}");
    }
}

#[test]
fn init_writes_nothing_where_there_is_no_git() {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("proto")).unwrap();
    fs::write(dir.path().join("proto/a.proto"), "syntax = \"proto3\";\n").unwrap();
    let ran = Command::new(schemactl_path().unwrap())
        .args(["protos", "init", "--dependency", "version:1.0"])
        .current_dir(dir.path())
        .env("PATH", dir.path())
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(2), "{ran:?}");
    let told = text(&ran.stderr);
    assert!(told.starts_with("error: cannot start `git`: "), "{told}");
    let left = fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(left, 1, "only what was there");
}

#[test]
fn a_registry_may_be_what_is_compared_with() {
    let database = harness::Database::sqlite().unwrap();
    let server = harness::Schemad::start(&database).unwrap();
    let repo = StructRepo::committed();
    let root = repo.root.display().to_string();
    let push = ["protos", "push", &root, "--to", server.url()];
    harness::schemactl(&push, "").unwrap().assert_success();
    assert_code(&repo.validate(&["--against", server.url()]), 0);
    repo.break_in_three_ways();
    let output = repo.validate(&["--against", server.url()]);
    assert_code(&output, 1);
    assert!(text(&output.stdout).contains("3 incompatible, 7 compatible"));
}

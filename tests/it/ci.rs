//! What CI and developers hook in: the steps of the GitHub Action, run in a fresh clone as a runner
//! would, and the hooks, run by the real `pre-commit`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::{Output, git, python, repository, schemactl_path};
use tempfile::TempDir;

const TEXT: &str =
    "syntax = \"proto3\";\npackage shop.v1;\nmessage Order {\n  int64 amount = 1;\n}\n";

/// A repository with protos on `main`, and a clone of it with a branch, as CI has it.
struct World {
    dir: TempDir,
    python: PathBuf,
}

impl World {
    /// `None`, said loudly, where there is no Python with the tools.
    fn new() -> Option<Self> {
        let world = Self {
            dir: TempDir::new().unwrap(),
            python: python()?,
        };
        let origin = world.path("origin");
        fs::create_dir_all(origin.join("proto")).unwrap();
        fs::write(origin.join("proto/order.proto"), TEXT).unwrap();
        git(&origin, &["init", "--quiet", "--initial-branch", "main"]);
        commit(&origin);
        fs::create_dir(world.path("runner")).unwrap();
        Some(world)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A branch of the origin with another text, cloned with one commit of history.
    fn branch(&self, text: &str) -> PathBuf {
        let (origin, clone) = (self.path("origin"), self.path("clone"));
        git(&origin, &["switch", "--quiet", "--create", "change"]);
        fs::write(origin.join("proto/order.proto"), text).unwrap();
        commit(&origin);
        git(&origin, &["switch", "--quiet", "main"]);
        let url = format!("file://{}", origin.display());
        let target = clone.display().to_string();
        let options = ["clone", "--quiet", "--depth", "1", "--branch", "change"];
        git(self.dir.path(), &[&options[..], &[&url, &target]].concat());
        clone
    }

    /// Runs the action's steps for a pull request to `main`.
    fn action(&self, clone: &Path, inputs: &[&str]) -> Output {
        let schemactl = format!("schemactl={}", schemactl_path().unwrap().display());
        let mut command = Command::new(&self.python);
        command
            .arg(repository().join("tests/clients/action.py"))
            .arg(repository().join("action.yml"))
            .arg(self.path("runner"))
            .arg(schemactl)
            .args(inputs)
            .current_dir(clone)
            .env("GITHUB_BASE_REF", "main");
        finish(&mut command)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

fn commit(directory: &Path) {
    git(directory, &["add", "--all"]);
    git(directory, &["commit", "--quiet", "--message", "Change"]);
}

fn finish(command: &mut Command) -> Output {
    let output = command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    Output {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn the_action_annotates_a_pull_request_that_breaks() {
    let Some(world) = World::new() else { return };
    let clone = world.branch(&TEXT.replace("int64", "string"));
    let ran = world.action(&clone, &[]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let annotation = "::error file=proto/order.proto,line=4,endLine=4,col=3,endColumn=9,\
                      title=protobuf/field-type-changed::field `amount` was int64";
    assert!(ran.stdout.starts_with(annotation), "{ran:?}");
    assert!(
        ran.stderr.contains("where HEAD left origin/main"),
        "{ran:?}"
    );
    let summary = world.read("runner/summary.md");
    assert!(
        summary.starts_with("### schemactl protos check\n"),
        "{summary}"
    );
    let outputs = world.read("runner/output.txt");
    let sarif = world.path("runner/protos.sarif").display().to_string();
    assert!(
        outputs.starts_with(&format!("exit-code=1\nsarif={sarif}\n")),
        "{outputs}"
    );
    assert!(world.read("runner/protos.sarif").contains("\"2.1.0\""));
}

#[test]
fn the_action_passes_what_is_compatible_and_takes_arguments_by_line() {
    let Some(world) = World::new() else { return };
    let clone = world.branch(&TEXT.replace("amount = 1;", "amount = 1;\n  string note = 2;"));
    let ran = world.action(&clone, &["directory=.", "arguments=--proto-root\nproto\n"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.stdout, "checked 1 schema: 1 compatible\n");
    // Nothing of an input is run.
    let ran = world.action(&clone, &["directory=$(touch hacked); touch hacked"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(!clone.join("hacked").exists());
    assert!(world.read("runner/output.txt").ends_with("protos.md\n"));
}

/// Runs `pre-commit` for what is staged, which is all that there is, in a repository that uses our
/// hooks.
fn pre_commit(world: &World, work: &Path, hook: &str) -> Output {
    let hooks = world.path("hooks");
    if !hooks.exists() {
        fs::create_dir(&hooks).unwrap();
        let file = ".pre-commit-hooks.yaml";
        fs::copy(repository().join(file), hooks.join(file)).unwrap();
        git(&hooks, &["init", "--quiet", "--initial-branch", "main"]);
        commit(&hooks);
        git(&hooks, &["tag", "v1"]);
    }
    let url = hooks.display();
    let config = format!("repos:\n- repo: {url}\n  rev: v1\n  hooks:\n  - id: {hook}\n");
    fs::write(work.join(".pre-commit-config.yaml"), config).unwrap();
    git(work, &["add", "--all"]);
    let program = schemactl_path().unwrap();
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let mut command = Command::new(&world.python);
    command
        .args(["-m", "pre_commit", "run", "--color=never"])
        .current_dir(work)
        .env("PATH", path)
        .env("PRE_COMMIT_HOME", world.path("cache"));
    finish(&mut command)
}

#[test]
fn pre_commit_refuses_a_commit_that_breaks_protos() {
    let Some(world) = World::new() else { return };
    let work = world.path("origin");
    let ran = pre_commit(&world, &work, "protos-check");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stdout.contains("check protos for breaking changes"),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("Passed"), "{ran:?}");
    fs::write(
        work.join("proto/order.proto"),
        TEXT.replace("int64", "string"),
    )
    .unwrap();
    let ran = pre_commit(&world, &work, "protos-check");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stdout.contains("error[protobuf/field-type-changed]"),
        "{ran:?}"
    );
}

#[test]
fn pre_commit_refuses_to_remove_a_file_that_others_use() {
    let Some(world) = World::new() else { return };
    let work = world.path("origin");
    fs::write(work.join("proto/left.proto"), "syntax = \"proto3\";\n").unwrap();
    commit(&work);
    // pre-commit names no file that is gone.
    fs::remove_file(work.join("proto/order.proto")).unwrap();
    let ran = pre_commit(&world, &work, "protos-check");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stdout.contains("message `shop.v1.Order` is removed"),
        "{ran:?}"
    );
}

#[test]
fn pre_commit_takes_no_file_name_for_an_option() {
    let Some(world) = World::new() else { return };
    let work = world.path("origin");
    fs::write(work.join("--help.avsc"), "\"itn\"").unwrap();
    fs::write(work.join("-h.avsc"), "\"itn\"").unwrap();
    let ran = pre_commit(&world, &work, "schemas-validate");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("--> -h.avsc:1:1"), "{ran:?}");
}

#[test]
fn pre_commit_refuses_schemas_that_are_not_valid() {
    let Some(world) = World::new() else { return };
    let work = world.path("origin");
    fs::write(work.join("good.avsc"), "\"int\"").unwrap();
    let ran = pre_commit(&world, &work, "schemas-validate");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    fs::write(work.join("bad.avsc"), "\"itn\"").unwrap();
    let ran = pre_commit(&world, &work, "schemas-validate");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("--> bad.avsc:1:1"), "{ran:?}");
}

//! `schemactl protos check --buf` beside the real `buf`, and beside what it once said: the same rules,
//! paths, spans and order, the same names in messages, the same exit codes.

mod changes;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::{Output, schemactl_in};
use serde_json::Value;
use tempfile::TempDir;

use changes::Change;

/// The real `buf`, or `None`, said loudly, where this run has none.
fn buf() -> Option<PathBuf> {
    let buf = std::env::var_os("TEST_BUF").map(PathBuf::from);
    if buf.is_none() {
        harness::missing("the real buf (TEST_BUF)");
    }
    buf
}

/// Two directories, `old` and `new`.
fn directory(old: &[(String, String)], new: &[(String, String)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (side, files) in [("old", old), ("new", new)] {
        for (name, text) in files {
            let path = dir.path().join(side).join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    dir
}

fn ours(directory: &Path) -> Output {
    let args = ["protos", "check", "new", "--against", "old", "--buf"];
    schemactl_in(directory, &[&args[..], &["--format", "buf-json"]].concat()).unwrap()
}

fn theirs(buf: &Path, directory: &Path) -> Output {
    let mut command = Command::new(buf);
    command.args([
        "breaking",
        "new",
        "--against",
        "old",
        "--error-format",
        "json",
    ]);
    let output = command.current_dir(directory).output().unwrap();
    Output {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The lines, of messages only what they name: wording is each program's own.
fn content(output: &Output) -> Vec<String> {
    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let message = line["message"].take();
        let message = message.as_str().unwrap();
        let named: Vec<&str> = message.split('"').skip(1).step_by(2).collect();
        line["message"] = named.join(" ").into();
        line.to_string()
    };
    output.stdout.lines().map(line).collect()
}

fn differences(name: &str, ours: &Output, theirs: &Output) -> Vec<String> {
    let mut found = Vec::new();
    if ours.code != theirs.code {
        let (our, their) = (&ours.stderr, &theirs.stderr);
        found.push(format!(
            "{name}: exit {:?} {our}, buf {:?} {their}",
            ours.code, theirs.code
        ));
    }
    let (our, their) = (content(ours), content(theirs));
    let lacking = their.iter().filter(|line| !our.contains(line));
    found.extend(lacking.map(|line| format!("{name}: lacks {line}")));
    let extra = our.iter().filter(|line| !their.contains(line));
    found.extend(extra.map(|line| format!("{name}: has {line} too much")));
    if found.is_empty() && our != their {
        found.push(format!("{name}: the order differs"));
    }
    found
}

#[test]
fn changes_of_all_kinds_are_told_as_the_real_buf_tells_them() {
    let Some(buf) = buf() else { return };
    let mut found = Vec::new();
    let (mut changes, mut lines) = (0, 0);
    for Change { name, old, new } in changes::all() {
        let dir = directory(&old, &new);
        let theirs = theirs(&buf, dir.path());
        found.extend(differences(&name, &ours(dir.path()), &theirs));
        changes += 1;
        lines += theirs.stdout.lines().count();
    }
    println!("{changes} changes with {lines} findings of buf");
    assert!(lines > 500, "the changes break things");
    assert_eq!(found, [""; 0]);
}

/// The cases of a file of conformance data; `None` where there are no such data.
fn rows(file: &str) -> Option<Vec<Value>> {
    let folder = std::env::var("CONFORMANCE_DIR").ok()?;
    let text = fs::read_to_string(Path::new(&folder).join(file)).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str(line).unwrap());
    Some(rows.collect())
}

/// Path, span and rule of a finding as the data have it.
fn recorded(finding: &Value, root: &str) -> String {
    let number = |key: &str| finding[key].as_u64().unwrap_or(0).max(1);
    let span = ["start_line", "start_col", "end_line", "end_col"].map(number);
    let path = finding["path"]
        .as_str()
        .map(|path| format!("new/{root}{path}"));
    let rule = finding["rule"].as_str().unwrap();
    format!("{} {span:?} {rule}", path.unwrap_or_default())
}

fn printed(line: &str) -> String {
    let line: Value = serde_json::from_str(line).unwrap();
    let number = |key: &str| line[key].as_u64().unwrap();
    let span = ["start_line", "start_column", "end_line", "end_column"].map(number);
    let path = line["path"].as_str().unwrap_or_default();
    format!("{path} {span:?} {}", line["type"].as_str().unwrap())
}

/// Policies are programs of buf's and are not run.
const WITH_POLICIES: &str = "breaking_policy_empty";

#[test]
fn configurations_of_others_find_what_buf_found() {
    let mut differing = Vec::new();
    let mut counted = 0;
    let Some(rows) = rows("buf-breaking.jsonl") else {
        println!("skipped: CONFORMANCE_DIR is not set, so buf-breaking.jsonl is not read");
        return;
    };
    for row in rows {
        let name = row["name"].as_str().unwrap();
        let Some(expected) = row["expected"]["own_config"].as_array() else {
            continue;
        };
        if name == WITH_POLICIES {
            continue;
        }
        let files = |side: &str| -> Vec<(String, String)> {
            let files = row[side].as_object().unwrap().iter();
            files
                .map(|(path, text)| (path.clone(), text.as_str().unwrap().to_owned()))
                .collect()
        };
        let dir = directory(&files("old"), &files("new"));
        let output = ours(dir.path());
        let mut ours: Vec<String> = output.stdout.lines().map(printed).collect();
        // The data have paths from the root of the imports.
        let roots = row["new"]["buf.yaml"]
            .as_str()
            .unwrap_or_default()
            .contains("roots:");
        let root = if roots { "root/" } else { "" };
        let mut theirs: Vec<String> = expected
            .iter()
            .map(|finding| recorded(finding, root))
            .collect();
        ours.sort();
        theirs.sort();
        counted += 1;
        let code = if theirs.is_empty() { 0 } else { 100 };
        if ours != theirs || output.code != Some(code) {
            println!(
                "{name}: {ours:#?} instead of {theirs:#?}; {}",
                output.stderr
            );
            differing.push(name.to_owned());
        }
    }
    println!("{counted} configurations");
    assert!(counted > 0, "no row has a configuration of its own");
    assert_eq!(differing, [""; 0]);
}

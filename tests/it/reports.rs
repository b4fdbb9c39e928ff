//! Reports for other programs, read as those programs read them (`tests/clients/reports.py`): every
//! format tells of the same notes, though file names and schemas hold what the formats use as marks.

use std::fs;
use std::path::Path;

use harness::{git, python, run_python, schemactl_in};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A name that ends commands, cells, properties and elements, if it is not escaped.
const HOSTILE: &str =
    "a|b`c\n::error::d%0A,e:f<b>&amp;\"'\u{1}\u{7f}@g#1 ]]> --> *h* _i_ [j](k) \\";

/// A file name of the same kind, as far as file systems go.
const ODD_FILE: &str = "odd, 100%: a|b `c` <d> &e.schema.json";

const FORMATS: [&str; 5] = ["github", "gitlab", "junit", "sarif", "markdown"];

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn order(amount: &str) -> String {
    let name = "\"type\": \"record\", \"name\": \"Order\"";
    format!("{{{name},\n\"fields\": [\n{{\"name\": \"amount\", \"type\": \"{amount}\"}}]}}")
}

fn odd(ty: &str) -> String {
    let schema = "http://json-schema.org/draft-07/schema#";
    let properties = json!({HOSTILE: {"type": ty}});
    json!({"$schema": schema, "type": "object", "properties": properties}).to_string()
}

/// A repository with schemas in a folder: one breaks, one breaks and is oddly named, one warns,
/// one is not valid, one is gone, one is fine.
fn repository() -> TempDir {
    let dir = TempDir::new().unwrap();
    let root = dir.path();
    let millis = "{\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}";
    for name in [
        "api/order.avsc",
        "api/gone.avsc",
        "api/fine.avsc",
        "api/bad.avsc",
    ] {
        write(root, name, &order("long"));
    }
    write(root, "api/time.avsc", millis);
    write(root, &format!("api/{ODD_FILE}"), &odd("integer"));
    git(root, &["init", "--quiet", "--initial-branch", "main"]);
    git(root, &["add", "--all"]);
    git(root, &["commit", "--quiet", "--message", "All"]);
    write(root, "api/order.avsc", &order("string"));
    write(root, "api/bad.avsc", "{\n\"type\": \"recrd\"}");
    write(root, "api/time.avsc", &millis.replace("millis", "micros"));
    write(root, &format!("api/{ODD_FILE}"), &odd("string"));
    fs::remove_file(root.join("api/gone.avsc")).unwrap();
    dir
}

/// The notes that another program finds in a report.
fn notes(python: &Path, format: &str, report: &str) -> Vec<(String, String, u64, String)> {
    let read = run_python(python, "reports.py", &[format], report).unwrap();
    assert_eq!(read.code, Some(0), "{format}\n{}\n{report}", read.stderr);
    let lines = read.stdout.lines();
    let mut notes: Vec<_> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    notes.sort();
    notes
}

#[test]
fn every_format_tells_the_same_to_the_program_that_it_is_for() {
    let Some(python) = python() else { return };
    let dir = repository();
    let run = |format: &str| {
        let arguments = ["check", ".", "--against", "git:main", "--format", format];
        let ran = schemactl_in(&dir.path().join("api"), &arguments).unwrap();
        assert_eq!(ran.code, Some(1), "{ran:?}");
        ran.stdout
    };
    let all = FORMATS.map(|format| notes(&python, format, &run(format)));
    let told: Vec<(&str, &str, u64)> = all[0]
        .iter()
        .map(|(level, path, line, _)| (&**level, &**path, *line))
        .collect();
    let odd_path = format!("api/{ODD_FILE}");
    assert_eq!(
        told,
        [
            ("error", "api/bad.avsc", 2),
            ("error", odd_path.as_str(), 1),
            ("error", "api/order.avsc", 3),
            ("warning", "api/gone.avsc", 1),
            ("warning", "api/time.avsc", 1),
        ]
    );
    for (format, notes) in FORMATS.iter().zip(&all).skip(1) {
        assert_eq!(shown(notes, format), shown(&all[0], format), "{format}");
    }
}

/// Notes, without the backticks where Markdown shows code instead.
fn shown(notes: &[(String, String, u64, String)], format: &str) -> Vec<String> {
    let shown = notes.iter().map(|(level, path, line, text)| {
        let text = match format {
            "markdown" => text.replace('`', ""),
            _ => text.clone(),
        };
        format!("{level} {path}:{line} {text}")
    });
    shown.collect()
}

#[test]
fn validate_reports_what_is_not_valid_in_every_format() {
    let Some(python) = python() else { return };
    let dir = repository();
    for format in FORMATS {
        let ran = schemactl_in(dir.path(), &["validate", "api", "--format", format]).unwrap();
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let notes = notes(&python, format, &ran.stdout);
        let [(level, path, line, text)] = &notes[..] else {
            panic!("{format}: {notes:?}");
        };
        assert_eq!(
            (&**level, &**path, *line),
            ("error", "api/bad.avsc", 2),
            "{format}"
        );
        assert!(text.contains("recrd"), "{format}: {text}");
    }
}

#[test]
fn a_finding_keeps_its_fingerprint_when_lines_move() {
    let dir = repository();
    let fingerprints = || {
        let arguments = [
            "check",
            "api",
            "--against",
            "git:main",
            "--format",
            "gitlab",
        ];
        let ran = schemactl_in(dir.path(), &arguments).unwrap();
        let issues: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
        let issues = issues.into_iter();
        issues
            .map(|issue| {
                (
                    issue["location"]["lines"]["begin"].clone(),
                    issue["fingerprint"].clone(),
                )
            })
            .unzip::<_, _, Vec<_>, Vec<_>>()
    };
    let (lines, before) = fingerprints();
    let moved = format!("\n\n\n{}", order("string"));
    write(dir.path(), "api/order.avsc", &moved);
    let (moved, after) = fingerprints();
    assert_ne!(lines, moved);
    assert_eq!(before, after);
}

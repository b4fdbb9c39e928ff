//! Independent truth for the checker: what `schemactl` says about pairs of schemas is executed by
//! libraries of others (`tests/clients/oracle.py`).
//!
//! The pairs are those of `fixtures/` and a table of everyday changes. The expected verdicts of the
//! fixtures are the checker's own tests' concern; here only execution counts.

mod apache;
mod grow;
mod grpc;
mod java;
mod pairs;
mod protoc;
mod random;

use std::fs;
use std::path::Path;

use harness::{Output, python, repository, run_python, schemactl};
use serde_json::{Value, json};

#[test]
fn avro_verdicts_hold_when_fastavro_executes_them() {
    let kinds = [
        ("avro witness", 5),
        ("avro generated", 5),
        ("avro default compared", 2),
        ("avro default removed", 2),
        ("avro decimal compared", 2),
    ];
    confirm("AVRO", "avro", &kinds);
}

/// How many pairs are grown; `ORACLE_PAIRS` asks for more, `ORACLE_SEED` for others.
const GROWN_PAIRS: u64 = 600;

/// How many pairs of `.proto` texts are grown, editions among them.
const GROWN_PROTO_PAIRS: u64 = 200;

#[test]
fn avro_verdicts_on_grown_pairs_hold_when_fastavro_executes_them() {
    let number = |name: &str, default: u64| {
        let text = std::env::var(name).ok();
        text.map_or(default, |text| text.parse().unwrap())
    };
    let (first, count) = (
        number("ORACLE_SEED", 0),
        number("ORACLE_PAIRS", GROWN_PAIRS),
    );
    let pairs = (first..first + count).map(|seed| {
        let (old, new) = grow::pair(seed);
        (format!("grown {seed}"), old, new)
    });
    let requests: Vec<Value> = pairs.flat_map(|pair| both("AVRO", pair)).collect();
    let kinds = [
        ("avro witness", 200),
        ("avro generated", 200),
        ("avro default compared", 5),
    ];
    execute(&requests, &kinds);
}

#[test]
fn json_verdicts_hold_when_jsonschema_validates_them() {
    confirm(
        "JSON",
        "json",
        &[("json witness", 5), ("json generated", 5)],
    );
}

#[test]
fn protobuf_verdicts_hold_when_googles_library_executes_them() {
    confirm(
        "PROTOBUF",
        "protobuf",
        &[("protobuf witness", 5), ("protobuf generated", 5)],
    );
}

#[test]
fn protobuf_verdicts_on_grown_pairs_hold_when_googles_library_executes_them() {
    let pairs = (0..GROWN_PROTO_PAIRS).map(|seed| {
        let mut random = random::Random::new(seed);
        let bytes: Vec<u8> = (0..120)
            .map(|_| u8::try_from(random.below(256)).unwrap())
            .collect();
        let [old, new] = fuzz::proto_pairs::pair(&mut fuzz::choices::Choices::new(&bytes));
        (format!("grown {seed}"), old, new)
    });
    let requests: Vec<Value> = pairs.flat_map(|pair| both("PROTOBUF", pair)).collect();
    let kinds = [("protobuf witness", 200), ("protobuf generated", 200)];
    execute(&requests, &kinds);
}

#[test]
fn bundled_files_are_those_of_the_packages_that_publish_them() {
    let Some(python) = python() else { return };
    let dir = tempfile::TempDir::new().unwrap();
    let written = dir.path().join("bundled.binpb");
    let output = written.to_str().unwrap();
    run_python(&python, "bundle.py", &[output], "")
        .unwrap()
        .assert_success();
    let kept = repository().join("checker/src/protobuf/bundled/bundled.binpb");
    assert!(fs::read(&written).unwrap() == fs::read(kept).unwrap());
}

/// Scripts that write what the checker's own tests demand: what each of them reads, and what it writes.
const WRITERS: [(&str, &str, &str); 3] = [
    ("protoc.py", "link/cases.txt", "json"),
    ("options.py", "link/options/cases.txt", "json"),
    ("messages.py", "dynamic/golden.proto", "jsonl"),
];

#[test]
fn expectations_of_the_checker_are_what_protoc_and_googles_library_say() {
    let Some(python) = python() else { return };
    let protobuf = repository().join("checker/src/protobuf");
    for (script, read, extension) in WRITERS {
        let kept = protobuf.join(read);
        let dir = tempfile::TempDir::new().unwrap();
        let copy = dir.path().join(kept.file_name().unwrap());
        fs::copy(&kept, &copy).unwrap();
        run_python(&python, script, &[copy.to_str().unwrap()], "")
            .unwrap()
            .assert_success();
        let written = fs::read_to_string(copy.with_extension(extension)).unwrap();
        let kept = fs::read_to_string(kept.with_extension(extension)).unwrap();
        assert!(written == kept, "{script} writes something else for {read}");
    }
}

/// Checks all pairs of a format in both directions and has the answers executed. Each kind of
/// execution must have come up, or the test would show nothing.
fn confirm(format: &str, dir: &str, kinds: &[(&str, u64)]) {
    let requests = requests(format, &repository().join("fixtures").join(dir));
    execute(&requests, kinds);
}

/// `kinds` are those that must have been executed, each with how often.
fn execute(requests: &[Value], kinds: &[(&str, u64)]) {
    let Some(python) = python() else { return };
    let answers = check(requests);
    let judged = requests.iter().zip(&answers).map(|(request, answer)| {
        assert!(answer["errors"].is_null(), "{request}\n{answer}");
        json!({"request": request, "answer": answer})
    });
    let lines = lines(judged);
    let output = run_python(&python, "oracle.py", &[], &lines)
        .unwrap()
        .success();
    let result: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(result["disagreements"], json!([]), "{result:#}");
    for (kind, at_least) in kinds {
        let count = result["executed"][kind].as_u64().unwrap_or(0);
        assert!(count >= *at_least, "only {count} of `{kind}` in {result}");
    }
}

/// The answers of `schemactl check --jsonl`, one per request.
fn check(requests: &[Value]) -> Vec<Value> {
    let lines = lines(requests.iter().cloned());
    let output: Output = schemactl(&["check", "--jsonl"], &lines).unwrap().success();
    let answers: Vec<Value> = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), requests.len(), "{}", output.stderr);
    answers
}

fn lines(values: impl Iterator<Item = Value>) -> String {
    values.fold(String::new(), |lines, value| format!("{lines}{value}\n"))
}

/// Both directions of every pair.
fn requests(format: &str, dir: &Path) -> Vec<Value> {
    let mut pairs = fixture_pairs(dir);
    let table = pairs::PAIRS.iter().filter(|pair| pair.format == format);
    pairs.extend(table.map(|pair| {
        (
            pair.name.to_owned(),
            pair.old.to_owned(),
            pair.new.to_owned(),
        )
    }));
    pairs
        .into_iter()
        .flat_map(|pair| both(format, pair))
        .collect()
}

/// A pair in both directions.
fn both(format: &str, (name, old, new): (String, String, String)) -> [Value; 2] {
    ["BACKWARD", "FORWARD"].map(|level| {
        json!({"id": format!("{name} {level}"), "format": format, "level": level, "old": &old, "new": &new})
    })
}

/// Name, old text and new text of every case in the directory that needs no references.
fn fixture_pairs(dir: &Path) -> Vec<(String, String, String)> {
    let mut pairs = Vec::new();
    // A format whose fixtures are still to come has its table alone.
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let case = entry.unwrap().path();
        let texts = ["old", "new"].map(|side| {
            let mut files = fs::read_dir(&case)
                .into_iter()
                .flatten()
                .map(|file| file.unwrap().path());
            let text = files.find(|file| file.file_stem().is_some_and(|stem| stem == side));
            text.map(|file| fs::read_to_string(file).unwrap())
        });
        if let [Some(old), Some(new)] = texts {
            let name = case
                .strip_prefix(repository())
                .unwrap_or(&case)
                .display()
                .to_string();
            pairs.push((name, old, new));
        }
    }
    pairs.sort();
    pairs
}

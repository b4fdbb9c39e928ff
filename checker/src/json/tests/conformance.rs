//! Peers' containment suites, read in place (`CONFORMANCE_DIR`): counted, and contradicted only by a
//! document that was executed or by a proof.

use std::path::PathBuf;

use serde_json::Value;

use super::{backward, schema_as};
use crate::json::Draft;
use crate::model::Verdict;
use crate::{Policy, Schema};

#[derive(Debug, Default)]
struct Tally {
    agree: usize,
    undecided: usize,
    /// We say compatible, the peer says incompatible: `suite: name`.
    proven: Vec<String>,
    /// The peer says compatible; we have a document.
    refuted: Vec<String>,
    unreadable: Vec<String>,
}

fn rows(file: &str) -> Option<Vec<Value>> {
    let Some(dir) = option_env!("CONFORMANCE_DIR")
        .map(PathBuf::from)
        .or_else(from_environment)
    else {
        println!("skipped: CONFORMANCE_DIR is not set, {file} was not read");
        return None;
    };
    let text = read(&dir.join(file));
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).expect("rows are JSON"))
            .collect(),
    )
}

fn from_environment() -> Option<PathBuf> {
    std::env::var_os("CONFORMANCE_DIR").map(PathBuf::from)
}

#[expect(clippy::disallowed_methods, reason = "tests may read files")]
fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).expect("the file is there")
}

fn side(row: &Value, key: &str, draft: Draft) -> Result<Schema, String> {
    let text = match &row[key] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    schema_as(&text, draft).map_err(|problems| problems[0].to_string())
}

fn tally(file: &str, expected: &str, policy: Policy) -> Option<Tally> {
    let mut tally = Tally::default();
    for row in rows(file)? {
        let draft = serde_json::from_value(row["draft"].clone()).unwrap_or_default();
        let name = format!("{}: {}", row["suite"].as_str().unwrap_or(""), row["name"]);
        let (old, new) = match (side(&row, "old", draft), side(&row, "new", draft)) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(problem), _) | (_, Err(problem)) => {
                tally.unreadable.push(format!("{name}: {problem}"));
                continue;
            }
        };
        let Some(expected) = row[expected].as_bool() else {
            continue;
        };
        let comparison = backward(&old, &new, policy);
        match (comparison.verdict(), expected) {
            (Verdict::Compatible, true) | (Verdict::Incompatible, false) => tally.agree += 1,
            (Verdict::Undecided, _) => {
                tally.undecided += 1;
                println!("undecided {name}: {:?}", comparison.undecided[0].reason);
            }
            (Verdict::Compatible, false) => tally.proven.push(name),
            (Verdict::Incompatible, true) => {
                let witness = comparison.findings[0].witness.as_ref();
                let input = witness.map(|witness| witness.input.clone());
                tally
                    .refuted
                    .push(format!("{name}: {}", input.unwrap_or_default()));
            }
        }
    }
    let decided = tally.agree + tally.proven.len() + tally.refuted.len();
    let total = decided + tally.undecided;
    println!(
        "{file} {policy:?}: {total} pairs, {}.{} % decided, {} agree, {} undecided, {} proven against the \
         peer, {} refuted by a document, {} unreadable",
        decided * 100 / total.max(1),
        decided * 1000 / total.max(1) % 10,
        tally.agree,
        tally.undecided,
        tally.proven.len(),
        tally.refuted.len(),
        tally.unreadable.len(),
    );
    for line in tally.proven.iter().map(|name| format!("proven {name}")) {
        println!("{line}");
    }
    for line in tally.refuted.iter().map(|name| format!("refuted {name}")) {
        println!("{line}");
    }
    for line in tally
        .unreadable
        .iter()
        .map(|name| format!("unreadable {name}"))
    {
        println!("{line}");
    }
    Some(tally)
}

#[test]
fn handcrafted_pairs_agree() {
    let Some(tally) = tally(
        "containment-handcrafted.jsonl",
        "backward_compatible",
        Policy::Strict,
    ) else {
        return;
    };
    assert_eq!(tally.proven, Vec::<String>::new());
    assert_eq!(tally.refuted, Vec::<String>::new());
}

/// Per file: how many pairs may stay undecided, and how many we prove to be compatible where the
/// peer says otherwise. Each of the latter was looked at: anything into `true`, `false` into
/// anything, patterns that match everything, dependencies that exclude objects, equal unions,
/// annotations (`contentEncoding`), integers between bounds that are none.
const PEERS: [(&str, usize, usize); 5] = [
    ("containment-confluent.jsonl", 0, 1),
    ("containment-apicurio.jsonl", 0, 10),
    ("containment-karapace.jsonl", 0, 85),
    ("containment-redpanda.jsonl", 0, 4),
    ("containment-jsonsubschema.jsonl", 5, 0),
];

#[test]
fn peers_suites_are_decided_and_contradicted_only_where_they_are_wrong() {
    for (file, undecided, proven) in PEERS {
        let Some(tally) = tally(file, "backward_compatible", Policy::Strict) else {
            return;
        };
        assert!(tally.undecided <= undecided, "{file}: {tally:?}");
        assert!(tally.proven.len() <= proven, "{file}: {tally:?}");
    }
}

#[test]
fn the_contracts_pairs_are_counted() {
    tally(
        "confluent-json-diff.jsonl",
        "backward_compatible",
        Policy::Strict,
    );
    tally(
        "confluent-json-diff.jsonl",
        "compatible_lenient",
        Policy::Lenient,
    );
}

//! Options against `protoc`: `cases.txt` are texts, `cases.json` is what `protoc` 35.1 makes of them
//! (`tests/clients/options.py` writes it).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::super::{Wanted, link_all};
use super::*;
use crate::model::{Problem, Source};

/// The path of a case's text.
const CASE: &str = "case.proto";

/// How many of the cases `protoc` accepts and refuses.
const ACCEPTED: usize = 13;
const REFUSED: usize = 44;

/// What we tell at the option: `protoc` tells it at the file's first statement behind the edition.
const ELSEWHERE: [&str; 1] = ["rejected: a feature of a later edition"];

/// What `protoc` says of a case.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Expected {
    Rejected {
        /// Line and column; nothing where it gives no place.
        rejected: Vec<u32>,
    },
    Accepted {
        /// By descriptor path, in hexadecimal.
        options: BTreeMap<String, String>,
        /// The paths within options in source info.
        paths: Vec<String>,
    },
}

fn cases() -> Vec<(&'static str, &'static str, Expected)> {
    let mut expected: BTreeMap<String, Expected> =
        serde_json::from_str(include_str!("cases.json")).expect("is JSON");
    let texts = include_str!("cases.txt").split("--- ").skip(1);
    let cases = texts.map(|case| {
        let (name, text) = case.split_once('\n').expect("has a name");
        (
            name,
            text,
            expected.remove(name).expect("was run through protoc"),
        )
    });
    let cases = cases.collect();
    assert!(expected.is_empty(), "cases that are no more: {expected:?}");
    cases
}

/// What the linker makes of a text.
struct Linked {
    outcome: Result<Pool, Vec<Problem>>,
    /// The fields that options set, as source info has their places.
    paths: BTreeSet<String>,
}

fn linked(text: &str) -> Linked {
    let find = |path: &str| (path == CASE).then(|| Source::new(CASE, text));
    let mut set = BTreeSet::new();
    let wanted = Wanted {
        paths: true,
        ..Wanted::default()
    };
    let outcome = link_all(&[CASE], &find, wanted, &mut |_, file, paths| {
        if file.path() == CASE {
            set.extend(paths.values().map(|path| dotted(path)));
        }
    });
    Linked {
        outcome,
        paths: set,
    }
}

fn dotted(path: &[i32]) -> String {
    let steps: Vec<String> = path.iter().map(i32::to_string).collect();
    steps.join(".")
}

fn hex(bytes: &[u8]) -> String {
    let bytes = bytes.iter().map(|byte| format!("{byte:02x}"));
    bytes.collect::<Vec<_>>().concat()
}

#[test]
fn options_are_encoded_as_protoc_encodes_them() {
    let mut run = 0;
    for (name, text, expected) in cases() {
        let Expected::Accepted { options, paths } = expected else {
            continue;
        };
        let linked = linked(text);
        let pool = linked
            .outcome
            .unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        let mut proto = pool.file(CASE).expect("is linked").proto.clone();
        let mut found = BTreeMap::new();
        sites::each(&mut proto, &mut |site, options| {
            found.insert(dotted(site.path), hex(&options.encoded));
        });
        assert_eq!(found, options, "{name}");
        assert_eq!(linked.paths, paths.into_iter().collect(), "{name}");
        run += 1;
    }
    assert_eq!(run, ACCEPTED);
}

#[test]
fn what_protoc_refuses_is_refused_at_the_same_place() {
    let mut run = 0;
    let mut elsewhere = Vec::new();
    for (name, text, expected) in cases() {
        let Expected::Rejected { rejected } = expected else {
            continue;
        };
        let problems = linked(text).outcome.err().unwrap_or_default();
        let [problem] = &*problems else {
            panic!("{name}: {problems:?}");
        };
        let span = problem.span.as_ref();
        let span = span.unwrap_or_else(|| panic!("{name}: no place of {problem}"));
        if let [line, column] = *rejected
            && (span.line, span.column) != (line, column)
        {
            println!("{name}: {problem}\nprotoc: {line}:{column}");
            elsewhere.push(name);
        }
        run += 1;
    }
    assert_eq!(run, REFUSED);
    assert_eq!(elsewhere, ELSEWHERE);
}

/// Milliseconds where every option is found at once, minutes where each one is searched.
#[test]
fn thousands_of_options_are_looked_up_at_once() {
    let numbers = (1..=20_000).filter(|number| !(19_000..20_000).contains(number));
    let fields = numbers
        .clone()
        .map(|at| format!("optional int32 r{at} = {at};"));
    let set = numbers.map(|at| format!("option (o).r{at} = 1;"));
    let (fields, set) = (fields.collect::<String>(), set.collect::<String>());
    let text = format!(
        "syntax = \"proto2\"; import \"google/protobuf/descriptor.proto\"; message O {{ {fields} }} \
         extend google.protobuf.FileOptions {{ optional O o = 50000; }} {set}"
    );
    assert_eq!(linked(&text).outcome.err(), None);
}

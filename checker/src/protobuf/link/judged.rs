//! Verdicts and places against `protoc`: `cases.txt` are texts, `cases.json` is what `protoc` 35.1 says of
//! them (`tests/clients/protoc.py` writes it).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::Source;
use crate::protobuf::{Tree, TreeFile};

/// A file, line and column.
type Place = (String, u32, u32);

/// Where we tell more or less than `protoc`, with the reason.
const KNOWN: [(&str, &str); 14] = [
    (
        "default of a number: octal cut off",
        "a number is wrong once",
    ),
    (
        "default of a number: octal with an eight",
        "a number is wrong once",
    ),
    (
        "extension range to the largest number",
        "at the number, not behind it",
    ),
    ("import missing", "what only follows is not told"),
    ("import of a broken file", "what only follows is not told"),
    ("imports in a circle", "the circle is told once"),
    ("map and message of one name", "the clash is told once"),
    ("mistakes in two files", "what only follows is not told"),
    (
        "number of an option: infinity",
        "at the word, not behind it",
    ),
    ("number of an option: octal eight", "a number is wrong once"),
    (
        "option of a wrong type",
        "all options are told, not the first of an element",
    ),
    (
        "several mistakes at once",
        "what needs no names is told with what does",
    ),
    (
        "tabs before a mistake",
        "columns are characters, as for all formats",
    ),
    (
        "tokens: comment not closed",
        "where it starts is told, not where the text ends",
    ),
];

#[test]
fn verdicts_and_places_are_those_of_protoc() {
    let mut expected: BTreeMap<String, Option<Vec<Vec<Value>>>> =
        serde_json::from_str(include_str!("cases.json")).expect("is JSON");
    let mut differing = BTreeSet::new();
    let mut count = 0;
    for case in include_str!("cases.txt").split("--- ").skip(1) {
        let (name, text) = case.split_once('\n').expect("has a name");
        let expected = expected.remove(name).expect("was run through protoc");
        count += 1;
        let problems = tree(text).problems();
        assert_eq!(
            problems.is_empty(),
            expected.is_none(),
            "{name}: {problems:?}"
        );
        let same = match &expected {
            None => true,
            Some(expected) => {
                let placed: Vec<Place> = expected
                    .iter()
                    .filter_map(|place| self::place(place))
                    .collect();
                let unplaced = placed.len() < expected.len();
                let ours = problems.iter().filter_map(|problem| problem.span.as_ref());
                let ours: BTreeSet<Place> = ours
                    .map(|span| (span.file.to_string(), span.line, span.column))
                    .collect();
                let told = placed.iter().all(|place| ours.contains(place));
                let extra = ours.iter().any(|place| !placed.contains(place));
                told && (unplaced || !extra)
            }
        };
        if !same {
            let problems = problems.iter().map(ToString::to_string);
            println!(
                "{name}: {:#?}\nprotoc: {expected:?}",
                problems.collect::<Vec<_>>()
            );
            differing.insert(name);
        }
    }
    println!(
        "{} of {count} cases are judged alike",
        count - differing.len()
    );
    assert!(count > 200, "{count}");
    assert_eq!(differing, KNOWN.map(|(name, _)| name).into());
    assert!(expected.is_empty(), "cases that are no more: {expected:?}");
}

fn tree(text: &str) -> Tree {
    let files = text.split("+++ ").enumerate().map(|(index, part)| {
        let (path, text) = match index {
            0 => ("case.proto", part),
            _ => part.split_once('\n').expect("has a path"),
        };
        TreeFile {
            import_path: path.to_owned(),
            source: Source::new(path, text),
            import_only: false,
        }
    });
    Tree::new(files)
}

/// What `protoc` gives a place for; some errors have none.
fn place(place: &[Value]) -> Option<Place> {
    let [file, line, column] = place else {
        return None;
    };
    let number = |value: &Value| value.as_u64().and_then(|value| u32::try_from(value).ok());
    Some((file.as_str()?.to_owned(), number(line)?, number(column)?))
}

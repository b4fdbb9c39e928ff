//! The schema files of two states of a directory, matched by their path and compared one by one.
//! `.proto` files are not among them.

use std::collections::{BTreeMap, BTreeSet};

use checker::text::json;
use checker::{Format, SchemaInput, Source};

use super::Args;
use super::file::{add, problems, texts};
use super::judge::{DEFAULT_LEVEL, judge};
use super::siblings::Siblings;
use crate::error::Error;
use crate::files::{Snapshot, Text, format_of};
use crate::results::{Checked, Outcome, Results};

/// One state of a directory, read.
#[derive(Debug)]
pub struct Side<'a> {
    snapshot: &'a Snapshot,
    texts: BTreeMap<&'a str, Text>,
    siblings: Siblings,
}

impl<'a> Side<'a> {
    /// Reads the files that stand alone.
    pub fn read(snapshot: &'a Snapshot, files: &'a BTreeSet<String>) -> Result<Self, Error> {
        let paths = files.iter().map(String::as_str);
        let alone = |path: &&str| format_of(path) != Some(Format::Protobuf);
        let paths: Vec<&str> = paths.filter(alone).collect();
        let texts: BTreeMap<&str, Text> =
            paths.iter().copied().zip(snapshot.read(&paths)?).collect();
        let mut siblings = Siblings::default();
        for (path, text) in &texts {
            if let (Some(format), Ok(source)) = (format_of(path), text) {
                siblings.add(path, format, source);
            }
        }
        Ok(Self {
            snapshot,
            texts,
            siblings,
        })
    }

    /// Whether there is a file of that path that is meant as a schema.
    fn has_schema(&self, path: &str) -> bool {
        self.texts
            .get(path)
            .is_some_and(|text| is_schema(path, text))
    }

    /// What the checker reads, with what it refers to in this state.
    fn input(&self, path: &str, source: &Source, args: &Args) -> SchemaInput {
        let format = format_of(path).unwrap_or_default();
        let input = SchemaInput {
            draft: args.schema.draft,
            ..SchemaInput::new(format, source.clone())
        };
        self.siblings.complete(path, input)
    }
}

/// Compares everything that either side has.
pub fn check(new: &Side<'_>, old: &Side<'_>, args: &Args, results: &mut Results) {
    let paths: BTreeSet<&str> = new.texts.keys().chain(old.texts.keys()).copied().collect();
    for path in paths {
        if new.has_schema(path) || old.has_schema(path) {
            check_one(path, new, old, args, results);
        } else if new.texts.contains_key(path) {
            results.ignored.push(new.snapshot.name(path));
        }
    }
}

fn check_one(path: &str, new: &Side<'_>, old: &Side<'_>, args: &Args, results: &mut Results) {
    let level = args.judge.level.unwrap_or(DEFAULT_LEVEL);
    let (new_name, old_name) = (new.snapshot.name(path), old.snapshot.name(path));
    let (outcome, against) = match (new.texts.get(path), old.texts.get(path)) {
        (Some(Ok(new_text)), Some(Ok(old_text))) => {
            let new = new.input(path, new_text, args);
            let old = old.input(path, old_text, args);
            results.quote(texts(&new).chain(texts(&old)));
            let history = std::slice::from_ref(&old);
            let options = args.judge.options();
            let outcome = judge(&new, history, level, &options, &mut results.warnings);
            (outcome, vec![old_name])
        }
        (Some(Ok(text)), None) => {
            return add(new_name, Ok(new.input(path, text, args)), results);
        }
        (None, _) => return results.deleted.push(old_name),
        (Some(new), old) => {
            let problem = |text: &Text| text.as_ref().err().map(|problem| vec![problem.clone()]);
            let found = problems(problem(new), old.and_then(problem));
            (
                Outcome::Invalid(found),
                old.map(|_| old_name).into_iter().collect(),
            )
        }
    };
    results.checked.push(Checked {
        schema: new_name,
        against,
        directions: level.directions(),
        outcome,
    });
}

/// Whether a file is meant as a schema. Most `.json` files of a repository are something else; those
/// that say `$schema` or are named `.schema.json` are not.
pub fn is_schema(path: &str, text: &Text) -> bool {
    if format_of(path) != Some(Format::Json) || path.ends_with(".schema.json") {
        return true;
    }
    let Ok(source) = text else {
        return false;
    };
    source.text().contains("\"$schema\"")
        && json::parse(source).is_ok_and(|node| node.get("$schema").is_some())
}

//! One file against the versions of a subject, as the registry itself would check it.

use std::collections::BTreeSet;

use checker::{Against, Format, Level, Reference, SchemaInput, Source, Stored};

use super::Args;
use super::file::{Input, add, problems, texts};
use super::judge::judge;
use super::references::in_order;
use crate::client::Client;
use crate::client::wire::{self, VersionBody};
use crate::context::Context;
use crate::error::Error;
use crate::results::{Checked, Outcome, Results};

/// The most schemas that are fetched because others refer to them.
const MAX_REFERENCES: usize = 1_000;

/// Checks a file against a subject, at the registry's level unless one is given.
pub fn check(
    shown: String,
    new: Input,
    url: &str,
    subject: &str,
    args: &Args,
    context: &mut Context,
) -> Result<Results, Error> {
    let client = Client::new(url)?;
    let level = level(&client, subject, args)?;
    let mut results = Results {
        level: Some(level),
        ..Results::default()
    };
    let versions = versions(&client, subject, level)?;
    if versions.is_empty() && level != Level::None {
        context.output.note(&format!(
            "the subject `{subject}` has no version at {} yet, so there is nothing to compare \
             with",
            client.base()
        ));
        add(shown, new, &mut results);
        return Ok(results);
    }
    let mut against = Vec::new();
    let mut history = Vec::new();
    for version in versions {
        let schema = fetch(&client, subject, version, args)?;
        against.push(schema.source.file().to_owned());
        history.push(schema);
    }
    results.quote(history.iter().flat_map(texts));
    let outcome = match new {
        Ok(new) => {
            results.quote(texts(&new));
            let options = args.judge.options();
            judge(&new, &history, level, &options, &mut results.warnings)
        }
        Err(found) => Outcome::Invalid(problems(Some(found), None)),
    };
    results.checked.push(Checked {
        schema: shown,
        against,
        directions: level.directions(),
        outcome,
    });
    Ok(results)
}

fn level(client: &Client, subject: &str, args: &Args) -> Result<Level, Error> {
    if let Some(level) = args.judge.level {
        return Ok(level);
    }
    let answer = client.level(subject)?.compatibility_level;
    Ok(answer.parse().map_err(|error| client.senseless(&error))?)
}

/// The versions that the level asks for, oldest first.
pub fn versions(client: &Client, subject: &str, level: Level) -> Result<Vec<i32>, Error> {
    let mut versions = match client.versions(subject) {
        Ok(versions) => versions,
        Err(error) if error.is_subject_not_found() => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    versions.sort_unstable();
    if level == Level::None {
        versions.clear();
    }
    if level.against() == Against::Latest {
        versions.drain(..versions.len().saturating_sub(1));
    }
    Ok(versions)
}

fn fetch(client: &Client, subject: &str, version: i32, args: &Args) -> Result<SchemaInput, Error> {
    let body = client.version(subject, &version.to_string())?;
    Ok(in_order(SchemaInput {
        draft: args.schema.draft,
        ..input(client, &body)?
    }))
}

/// A version with all that it refers to.
pub fn input(client: &Client, body: &VersionBody) -> Result<SchemaInput, Error> {
    let format = match &body.schema_type {
        None => Format::Avro,
        Some(name) => name
            .parse()
            .map_err(|error: String| client.senseless(&error))?,
    };
    Ok(SchemaInput {
        references: references(client, &body.references)?,
        stored: Stored::Everything,
        ..SchemaInput::new(format, source(client, body))
    })
}

/// Everything that a schema with these references refers to, directly or not; what is referred to
/// comes first.
pub fn references(
    client: &Client,
    references: &[wire::Reference],
) -> Result<Vec<Reference>, Error> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = references.to_vec();
    while let Some(reference) = open.pop() {
        if !seen.insert(reference.name.clone()) {
            continue;
        }
        if seen.len() > MAX_REFERENCES {
            return Err(Error::Limit(format!(
                "a version refers to more than {MAX_REFERENCES} schemas"
            )));
        }
        let body = client.referenced(&reference.subject, reference.version)?;
        found.push(Reference {
            name: reference.name,
            source: source(client, &body),
        });
        open.extend(body.references);
    }
    found.reverse();
    Ok(found)
}

fn source(client: &Client, body: &VersionBody) -> Source {
    let VersionBody {
        subject,
        version,
        schema,
        ..
    } = body;
    let name = format!("{}/subjects/{subject}/versions/{version}", client.base());
    Source::new(name, schema.as_str())
}

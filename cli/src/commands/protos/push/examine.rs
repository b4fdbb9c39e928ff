//! What a registry has of the files, and whether it would take the others. Nothing is written.

use std::collections::HashSet;

use checker::{Finding, Format, Level, Options, SchemaInput, Severity, Span};

use super::plan::{self, Step};
use crate::client::Client;
use crate::client::wire::RegisterBody;
use crate::commands::check::judge::judge;
use crate::commands::check::registry::{input, versions};
use crate::commands::protos::progress::Progress;
use crate::context::Context;
use crate::error::Error;
use crate::results::{Checked, Outcome, Results};

/// The mode in which a registry takes schemas.
const READ_WRITE: &str = "READWRITE";

/// What a registry has.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// By step: the version that has the file as it is; `None` where it has to be registered.
    pub versions: Vec<Option<i32>>,
    /// The ids of those versions.
    pub ids: Vec<Option<i64>>,
    /// What would be refused as incompatible.
    pub refused: Results,
    /// The files that would be refused for nothing but what is told of a file that they import.
    pub for_the_same: Vec<String>,
    /// What is told of files so far.
    told: HashSet<Told>,
}

/// A finding, whichever file shows it: rule, direction, element, message and new place.
type Told = (&'static str, &'static str, String, String, Option<Span>);

/// Looks all files up and checks those that are new.
pub(super) fn examine(
    steps: &[Step],
    options: &Options,
    client: &Client,
    context: &mut Context,
) -> Result<Known, Error> {
    let mut known = Known::default();
    let mut progress = Progress::new("looked up", steps.len());
    for step in steps {
        let found = match plan::references(steps, step, &known.versions) {
            Some(references) => client.look_up(&step.subject, &body(step, references))?,
            // What it imports gets a new version, so it refers to another one.
            None => None,
        };
        known.ids.push(found.as_ref().map(|found| found.id));
        known.versions.push(found.map(|found| found.version));
        progress.step(&mut context.output);
    }
    let mut progress = Progress::new("checked", steps.len());
    for (at, step) in steps.iter().enumerate() {
        if known.versions.get(at).copied().flatten().is_none() {
            writable(step, client)?;
            check(steps, at, options, client, &mut known)?;
        }
        progress.step(&mut context.output);
    }
    Ok(known)
}

/// What is sent to register or look up a file.
pub(super) fn body(step: &Step, references: Vec<crate::client::wire::Reference>) -> RegisterBody {
    RegisterBody {
        schema: step.source.text().to_owned(),
        schema_type: Format::Protobuf.name(),
        references,
    }
}

fn writable(step: &Step, client: &Client) -> Result<(), Error> {
    match client.mode(&step.subject)? {
        Some(mode) if mode != READ_WRITE => Err(Error::usage(
            format!("the subject `{}` is in mode {mode}", step.subject),
            format!("set its mode to {READ_WRITE} in the registry, then push again"),
        )),
        Some(_) | None => Ok(()),
    }
}

/// Holds a file against the versions of its subject: here, since the registry cannot read a file
/// whose imports it does not have yet, and there where it can.
fn check(
    steps: &[Step],
    at: usize,
    options: &Options,
    client: &Client,
    known: &mut Known,
) -> Result<(), Error> {
    let Some(step) = steps.get(at) else {
        return Ok(());
    };
    let level = client.level(&step.subject)?.compatibility_level;
    let level: Level = level.parse().map_err(|error| client.senseless(&error))?;
    let numbers = versions(client, &step.subject, level)?;
    if numbers.is_empty() {
        return Ok(());
    }
    let mut history = Vec::new();
    for number in numbers {
        let version = client.version(&step.subject, &number.to_string())?;
        history.push(input(client, &version)?);
    }
    let candidate = SchemaInput {
        references: plan::closure(steps, at),
        ..SchemaInput::new(Format::Protobuf, step.source.clone())
    };
    let outcome = judge(&candidate, &history, level, options, &mut Vec::new());
    let mut checked = Checked {
        schema: step.source.file().to_owned(),
        against: names(&history),
        directions: level.directions(),
        outcome,
    };
    if checked.is_refused() {
        if !leave_new(&mut checked.outcome, &mut known.told) {
            known.for_the_same.push(step.path.clone());
            return Ok(());
        }
        let texts = |input: &'_ SchemaInput| {
            let references = input.references.iter();
            let references = references.map(|reference| reference.source.clone());
            references.chain([input.source.clone()]).collect::<Vec<_>>()
        };
        for source in history.iter().chain([&candidate]).flat_map(texts) {
            known.refused.sources.insert(&source);
        }
        known.refused.checked.push(checked);
        return Ok(());
    }
    let Some(references) = plan::references(steps, step, &known.versions) else {
        return Ok(());
    };
    ask(step, client, &body(step, references))
}

/// Leaves what no file before it told, since a break is seen from all files that import the one that
/// has it. Whether an error is among that.
fn leave_new(outcome: &mut Outcome, told: &mut HashSet<Told>) -> bool {
    let Outcome::Compared(report) = outcome else {
        return true;
    };
    let mut seen = Vec::new();
    let mut is_new = false;
    for (_, comparison) in &mut report.comparisons {
        comparison.findings.retain(|finding| {
            let key = key(finding);
            let new = !told.contains(&key);
            seen.push(key);
            is_new |= new && finding.severity == Severity::Error;
            new
        });
    }
    told.extend(seen);
    is_new
}

fn key(finding: &Finding) -> Told {
    (
        finding.rule.id,
        finding.direction.level_name(),
        finding.path.as_str().to_owned(),
        finding.message.clone(),
        finding.new.clone(),
    )
}

fn names(history: &[SchemaInput]) -> Vec<String> {
    let names = history.iter().map(|version| version.source.file());
    names.map(str::to_owned).collect()
}

/// Asks the registry itself, which may have rules of its own.
fn ask(step: &Step, client: &Client, body: &RegisterBody) -> Result<(), Error> {
    let answer = client.compatible(&step.subject, body)?;
    if answer.is_compatible {
        return Ok(());
    }
    Err(Error::Unacceptable {
        message: format!(
            "the registry would refuse `{}` under `{}` as incompatible",
            step.path, step.subject
        ),
        details: answer.messages,
    })
}

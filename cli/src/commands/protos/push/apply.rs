//! Registers files in order, and takes back what it registered where it cannot go on.

use super::examine::{Known, body};
use super::plan::{self, Step};
use crate::client::{self, Client};
use crate::commands::protos::progress::Progress;
use crate::context::Context;

/// A version that this push added.
#[derive(Debug)]
struct Added {
    step: usize,
    version: i32,
}

/// Why a push ended before its end, and what became of the files before.
#[derive(Debug)]
pub(super) struct Broken {
    /// The file that was refused.
    pub path: String,
    /// What the registry said.
    pub error: client::Error,
    /// How many versions were added and deleted again.
    pub undone: usize,
    /// The versions that were added and are still there, each with the reason.
    pub left: Vec<String>,
}

/// Registers what the registry does not have. Fills in versions and ids.
pub(super) fn apply(
    steps: &[Step],
    known: &mut Known,
    client: &Client,
    context: &mut Context,
) -> Result<(), Box<Broken>> {
    let missing = known.versions.iter().filter(|version| version.is_none());
    let mut progress = Progress::new("registered", missing.count());
    let mut added = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if known.versions.get(at).copied().flatten().is_some() {
            continue;
        }
        match register(steps, step, known, client) {
            Ok((id, version)) => {
                set(&mut known.versions, at, version);
                set(&mut known.ids, at, id);
                added.push(Added { step: at, version });
            }
            Err(error) => {
                let mut left = Vec::new();
                match in_doubt(steps, step, known, &error, client) {
                    Ok(version) => added.extend(version.map(|version| Added { step: at, version })),
                    Err(doubt) => left.push(format!(
                        "whether `{}` was added cannot be told: {doubt}",
                        step.path
                    )),
                }
                return Err(Box::new(undo(steps, step, error, &added, left, client)));
            }
        }
        progress.step(&mut context.output);
    }
    Ok(())
}

fn set<T>(all: &mut [Option<T>], at: usize, value: T) {
    if let Some(place) = all.get_mut(at) {
        *place = Some(value);
    }
}

fn register(
    steps: &[Step],
    step: &Step,
    known: &Known,
    client: &Client,
) -> Result<(i64, i32), client::Error> {
    // Steps are in order, so the versions of all imports are known by now.
    let references = plan::references(steps, step, &known.versions);
    let references = references.ok_or_else(|| client.senseless(&"no version of an import"))?;
    let body = body(step, references);
    let registered = client.register(&step.subject, &body)?;
    if let Some(version) = registered.version {
        return Ok((registered.id, version));
    }
    // Registries of the older contract do not tell the version.
    let found = client.look_up(&step.subject, &body)?;
    let found = found.ok_or_else(|| client.senseless(&"no version of what it just registered"))?;
    Ok((found.id, found.version))
}

/// The version that was added all the same where the answer was lost on the way.
fn in_doubt(
    steps: &[Step],
    step: &Step,
    known: &Known,
    error: &client::Error,
    client: &Client,
) -> Result<Option<i32>, client::Error> {
    let references = plan::references(steps, step, &known.versions);
    let Some(references) = references.filter(|_| error.is_in_doubt()) else {
        return Ok(None);
    };
    let found = client.look_up(&step.subject, &body(step, references))?;
    Ok(found.map(|found| found.version))
}

/// Deletes what was added, last first, so that nothing is deleted that something still refers to.
/// Once nothing answers, no further answer is waited for.
fn undo(
    steps: &[Step],
    failed: &Step,
    error: client::Error,
    added: &[Added],
    left: Vec<String>,
    client: &Client,
) -> Broken {
    let mut broken = Broken {
        path: failed.path.clone(),
        error,
        undone: 0,
        left,
    };
    let mut gone = false;
    for Added { step, version } in added.iter().rev() {
        let Some(step) = steps.get(*step) else {
            continue;
        };
        if gone {
            let subject = &step.subject;
            let told = format!("version {version} of `{subject}` was not tried to delete");
            broken.left.push(told);
            continue;
        }
        match client.delete_version(&step.subject, *version) {
            Ok(()) => broken.undone += 1,
            Err(error) => {
                gone = error.is_unreachable();
                broken.left.push(format!(
                    "version {version} of `{}` could not be deleted: {error}",
                    step.subject
                ));
            }
        }
    }
    broken
}

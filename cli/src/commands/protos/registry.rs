//! A registry as a state of a tree: the files that were pushed to it, in their latest versions, with
//! what they refer to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use checker::report::json::{Side, SidedProblem};
use checker::{Format, Source};

use super::progress::Progress;
use super::subjects::SubjectTemplate;
use crate::client::Client;
use crate::client::access::shown;
use crate::client::wire::{Reference, VersionBody};
use crate::context::Context;
use crate::error::Error;
use crate::files::Snapshot;

/// The most subjects of a registry that are read as files of a tree.
const MAX_SUBJECTS: usize = 50_000;

/// Reads the files of a registry. `root` is the folder in which the tree has its files.
pub fn snapshot(
    url: &str,
    template: &SubjectTemplate,
    root: &str,
    context: &mut Context,
) -> Result<Snapshot, Error> {
    let client = client(url)?;
    let subjects = files_of(client.subjects_from(template.prefix())?, template)?;
    if subjects.is_empty() {
        return Err(Error::usage(
            format!("`{}` has no subject called `{template}`", client.base()),
            "push the files first: schemactl protos push --to URL; or say how its subjects are \
             called: --subject-template",
        ));
    }
    let mut progress = Progress::new("read", subjects.len());
    let mut texts = BTreeMap::new();
    let mut open: Vec<Reference> = Vec::new();
    for (path, subject) in &subjects {
        let body = client.version(subject, "latest")?;
        progress.step(&mut context.output);
        if format(&body, &client)? == Format::Protobuf {
            open.extend(body.references.iter().cloned());
            texts.insert(path.clone(), source(&client, body));
        }
    }
    referenced(&client, open, &mut texts)?;
    let prefixed = texts.into_iter();
    let prefixed = prefixed.map(|(path, source)| match root {
        "" => (path, source),
        root => (format!("{root}/{path}"), source),
    });
    Ok(Snapshot::Memory {
        shown: client.base().to_owned(),
        texts: prefixed.collect(),
    })
}

/// A registry for a whole tree.
pub fn client(url: &str) -> Result<Client, Error> {
    if url.contains("/subjects/") {
        return Err(Error::usage(
            format!("`{}` is one subject, and a tree has many", shown(url)),
            "name the base URL; --subject-template says which subjects are meant",
        ));
    }
    Ok(Client::new(url)?)
}

/// The files and the subjects that hold them.
pub fn files_of(
    subjects: Vec<String>,
    template: &SubjectTemplate,
) -> Result<BTreeMap<String, String>, Error> {
    let subjects = subjects.into_iter();
    let files = subjects.filter_map(|subject| Some((template.path(&subject)?, subject)));
    let files: BTreeMap<String, String> = files.collect();
    if files.len() > MAX_SUBJECTS {
        return Err(Error::Limit(format!(
            "the registry has more than {MAX_SUBJECTS} files; name fewer by --subject-template"
        )));
    }
    Ok(files)
}

/// Adds what files refer to under other subjects; a file of the tree itself goes before.
fn referenced(
    client: &Client,
    mut open: Vec<Reference>,
    texts: &mut BTreeMap<String, Source>,
) -> Result<(), Error> {
    while let Some(reference) = open.pop() {
        if texts.contains_key(&reference.name) {
            continue;
        }
        if texts.len() >= MAX_SUBJECTS {
            return Err(Error::Limit(format!(
                "the files of the registry refer to more than {MAX_SUBJECTS}"
            )));
        }
        let body = client.referenced(&reference.subject, reference.version)?;
        open.extend(body.references.iter().cloned());
        texts.insert(reference.name, source(client, body));
    }
    Ok(())
}

/// Whether the latest version of a subject is a `.proto` file.
pub fn is_protobuf(subject: &str, client: &Client) -> Result<bool, Error> {
    let body = client.version(subject, "latest")?;
    Ok(format(&body, client)? == Format::Protobuf)
}

/// Says of names that the files of a registry declare twice which subject to delete: one whose file
/// is there no longer.
pub fn name_stale(
    problems: &mut [SidedProblem],
    new: &Snapshot,
    old: &Snapshot,
) -> Result<(), Error> {
    let Snapshot::Memory { texts, .. } = old else {
        return Ok(());
    };
    let kept: BTreeSet<String> = new.schema_files()?.into_iter().collect();
    let twice = problems.iter_mut().filter(|problem| {
        problem.side == Side::Old && problem.problem.message.contains("is declared already")
    });
    for SidedProblem { problem, .. } in twice {
        let at = problem.span.as_ref().map(|span| &*span.file);
        let stale = texts.iter().find(|(path, source)| {
            !kept.contains(*path)
                && (at == Some(source.file()) || names_file(&problem.message, path))
        });
        if let Some((path, source)) = stale {
            let _ = write!(
                problem.message,
                "; `{path}` is in the registry and no longer in the directory: push with \
                 --retire, or delete the subject `{}`",
                subject_of(source.file())
            );
        }
    }
    Ok(())
}

/// Whether a message names a file, which it does by its import path.
fn names_file(message: &str, path: &str) -> bool {
    let mut named = message.split('`').skip(1).step_by(2);
    named.any(|name| {
        let before = path.strip_suffix(name);
        !name.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    })
}

/// The subject of a text that was read from a registry, see [`source`].
fn subject_of(name: &str) -> &str {
    let behind = name.split_once("/subjects/").map_or(name, |(_, rest)| rest);
    behind
        .rsplit_once("/versions/")
        .map_or(behind, |(subject, _)| subject)
}

fn format(body: &VersionBody, client: &Client) -> Result<Format, Error> {
    let Some(name) = &body.schema_type else {
        return Ok(Format::Avro);
    };
    let format: Result<Format, String> = name.parse();
    Ok(format.map_err(|error| client.senseless(&error))?)
}

fn source(client: &Client, body: VersionBody) -> Source {
    let VersionBody {
        subject, version, ..
    } = body;
    let name = format!("{}/subjects/{subject}/versions/{version}", client.base());
    Source::new(name, body.schema)
}

#[cfg(test)]
mod tests {
    use super::*;
    use checker::Problem;

    #[test]
    fn a_name_that_is_declared_twice_comes_with_the_subject_to_delete() {
        let state = |paths: &[&str]| {
            let texts = paths.iter().map(|path| {
                let name = format!("http://r/subjects/s%2F{path}/versions/3");
                (format!("proto/{path}"), Source::new(name, ""))
            });
            Snapshot::Memory {
                shown: "http://r".to_owned(),
                texts: texts.collect(),
            }
        };
        let (old, new) = (
            state(&["a/old.proto", "a/new.proto"]),
            state(&["a/new.proto"]),
        );
        let message = "`M` is declared already, as a message in `a/old.proto`; rename one";
        let problem = || Problem::whole(message);
        let told = |side| {
            let mut problems = SidedProblem::all(side, vec![problem()]);
            name_stale(&mut problems, &new, &old).expect("both can be listed");
            problems.swap_remove(0).problem.message
        };
        assert!(
            told(Side::Old).ends_with("delete the subject `s%2Fa/old.proto`"),
            "{}",
            told(Side::Old)
        );
        assert_eq!(told(Side::New), message);
    }

    #[test]
    fn a_registry_of_too_many_files_is_not_read() {
        let subjects = |count: usize| (0..count).map(|at| format!("{at}.proto")).collect();
        let template = SubjectTemplate::default();
        assert!(files_of(subjects(MAX_SUBJECTS), &template).is_ok());
        let refused = files_of(subjects(MAX_SUBJECTS + 1), &template);
        assert!(matches!(refused, Err(Error::Limit(_))), "{refused:?}");
    }
}

//! A registry as a state of a tree: the files that were pushed to it, in their latest versions, with
//! what they refer to.

use std::collections::BTreeMap;

use checker::{Format, Source};

use super::progress::Progress;
use super::subjects::SubjectTemplate;
use crate::client::Client;
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
    if url.contains("/subjects/") {
        return Err(Error::usage(
            format!("`{url}` is one subject, and a tree has many"),
            "name the base URL; --subject-template says which subjects are meant",
        ));
    }
    let client = Client::new(url)?;
    let subjects = files_of(client.subjects_from(template.prefix())?, template)?;
    if subjects.is_empty() {
        return Err(Error::usage(
            format!("`{url}` has no subject called `{template}`"),
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

/// The files and the subjects that hold them.
fn files_of(
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

    #[test]
    fn a_registry_of_too_many_files_is_not_read() {
        let subjects = |count: usize| (0..count).map(|at| format!("{at}.proto")).collect();
        let template = SubjectTemplate::default();
        assert!(files_of(subjects(MAX_SUBJECTS), &template).is_ok());
        let refused = files_of(subjects(MAX_SUBJECTS + 1), &template);
        assert!(matches!(refused, Err(Error::Limit(_))), "{refused:?}");
    }
}

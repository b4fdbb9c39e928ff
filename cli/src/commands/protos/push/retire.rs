//! Files that a registry has under the template and the tree has no longer: which versions would
//! have to go, and their deletion. It judges nothing.
//!
//! A registry refuses to delete what a live version refers to. So the earlier versions of files
//! that are still there go too where they import a file that is gone, each before what it refers
//! to; where a subject outside the tree does so, nothing is deleted at all.

use std::collections::{BTreeMap, BTreeSet};

use super::examine::Known;
use super::plan::Step;
use crate::client::Client;
use crate::client::wire::SubjectVersion;
use crate::commands::protos::registry;
use crate::commands::protos::subjects::SubjectTemplate;
use crate::error::Error;

/// The subjects of a registry that fit the template and hold no file of the tree.
pub(super) fn gone(
    steps: &[Step],
    template: &SubjectTemplate,
    client: &Client,
) -> Result<Vec<String>, Error> {
    let listed = client.subjects_from(template.prefix())?;
    let kept: BTreeSet<&str> = steps.iter().map(|step| &*step.subject).collect();
    let mut gone = Vec::new();
    for subject in registry::files_of(listed, template)?.into_values() {
        if !kept.contains(&*subject) && registry::is_protobuf(&subject, client)? {
            gone.push(subject);
        }
    }
    Ok(gone)
}

/// What would have to be deleted for the subjects to go, each version before what it refers to.
pub(super) fn plan(
    gone: &[String],
    steps: &[Step],
    known: &Known,
    client: &Client,
) -> Result<Vec<SubjectVersion>, Error> {
    let mut open = Vec::new();
    for subject in gone {
        for version in client.versions(subject)? {
            let subject = subject.clone();
            open.push(SubjectVersion { subject, version });
        }
    }
    let mut referrers: BTreeMap<SubjectVersion, Vec<SubjectVersion>> = BTreeMap::new();
    while let Some(version) = open.pop() {
        if referrers.contains_key(&version) {
            continue;
        }
        let found = referring(&version, client)?;
        for referrer in &found {
            if !gone.contains(&referrer.subject) && !is_past(referrer, steps, known) {
                return Err(still_needed(&version, referrer));
            }
        }
        open.extend(found.iter().cloned());
        referrers.insert(version, found);
    }
    Ok(order(&referrers))
}

/// Deletes them, softly. What is deleted stays deleted where a later one is refused.
pub(super) fn apply(versions: &[SubjectVersion], client: &Client) -> Result<(), Error> {
    for (at, SubjectVersion { subject, version }) in versions.iter().enumerate() {
        if let Err(error) = client.delete_version(subject, *version) {
            return Err(Error::Unacceptable {
                message: format!(
                    "the files are pushed, but version {version} of `{subject}` could not be \
                     deleted: {error}; {at} of {} are deleted, push again with --retire for the \
                     others",
                    versions.len()
                ),
                details: error.details().to_vec(),
            });
        }
    }
    Ok(())
}

/// The live versions that refer to a version.
fn referring(version: &SubjectVersion, client: &Client) -> Result<Vec<SubjectVersion>, Error> {
    let mut found = BTreeSet::new();
    for id in client.referrers(&version.subject, version.version)? {
        found.extend(client.versions_of(id, &version.subject)?);
    }
    Ok(found.into_iter().collect())
}

/// Whether it is a version of a file of the tree that is not what the tree has now.
fn is_past(referrer: &SubjectVersion, steps: &[Step], known: &Known) -> bool {
    let step = steps
        .iter()
        .position(|step| step.subject == referrer.subject);
    step.is_some_and(|at| known.versions.get(at).copied().flatten() != Some(referrer.version))
}

fn still_needed(version: &SubjectVersion, referrer: &SubjectVersion) -> Error {
    Error::usage(
        format!(
            "`{}` cannot be retired: version {} of `{}` refers to it",
            version.subject, referrer.version, referrer.subject
        ),
        "push what uses it without it first, or keep the file; nothing was written",
    )
}

/// Each version behind all that refer to it.
fn order(referrers: &BTreeMap<SubjectVersion, Vec<SubjectVersion>>) -> Vec<SubjectVersion> {
    let mut order = Vec::new();
    let mut seen: BTreeSet<&SubjectVersion> = BTreeSet::new();
    for start in referrers.keys() {
        // A version stands on the stack with how many of its referrers were looked at.
        let mut open = Vec::new();
        if seen.insert(start) {
            open.push((start, 0));
        }
        while let Some((version, at)) = open.pop() {
            match referrers.get(version).and_then(|found| found.get(at)) {
                Some(next) => {
                    open.push((version, at + 1));
                    if seen.insert(next) {
                        open.push((next, 0));
                    }
                }
                None => order.push(version.clone()),
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_goes_after_all_that_refer_to_it() {
        let version = |subject: &str, version| SubjectVersion {
            subject: subject.to_owned(),
            version,
        };
        let (a, b, c) = (version("a", 1), version("b", 2), version("c", 1));
        let referrers = BTreeMap::from([
            (a.clone(), vec![b.clone(), c.clone()]),
            (b.clone(), vec![c.clone()]),
            (c.clone(), vec![]),
        ]);
        assert_eq!(order(&referrers), [c, b, a]);
    }
}

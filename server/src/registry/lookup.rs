//! Looking up: which version of a subject has this schema.

use super::Registry;
use super::error::Error;
use super::register::{contracts, has_text};
use super::request::{Candidate, SchemaRequest};
use crate::store::{StoredVersion, SubjectName, SubjectState};

impl Registry {
    /// The newest version that has this schema; soft-deleted ones too if `deleted`.
    pub async fn look_up(
        &self,
        subject: &SubjectName,
        request: &SchemaRequest,
        normalize: bool,
        deleted: bool,
    ) -> Result<StoredVersion, Error> {
        let state = self.store.subject_state(subject).await?;
        let config = self.effective(&state)?;
        let normalize = normalize || config.normalize == Some(true);
        let visible = visible(&state, deleted);
        if !normalize {
            for version in &visible {
                if has_text(version, &subject.context, request)? {
                    return Ok((*version).clone());
                }
            }
        }
        let mut candidate = self.candidate(&subject.context, request, normalize).await?;
        if let Some(version) = find(&visible, &candidate)? {
            return Ok(version.clone());
        }
        let (metadata, rule_set) = contracts(&state, &config, request)?;
        if metadata != request.metadata || rule_set != request.rule_set {
            candidate.attach(metadata, rule_set.as_ref())?;
            if let Some(version) = find(&visible, &candidate)? {
                return Ok(version.clone());
            }
        }
        if visible.is_empty() {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        Err(Error::SchemaNotFound)
    }
}

/// Newest first.
fn visible(state: &SubjectState, deleted: bool) -> Vec<&StoredVersion> {
    let versions = state.versions.iter().rev();
    versions
        .filter(|version| deleted || !version.deleted)
        .collect()
}

/// The version with the same identity, else one that differs only in what does not count.
fn find<'a>(
    visible: &[&'a StoredVersion],
    candidate: &Candidate,
) -> Result<Option<&'a StoredVersion>, Error> {
    if let Some(version) = visible.iter().find(|version| candidate.is(version)) {
        return Ok(Some(version));
    }
    for version in visible {
        if candidate.finds(version)? {
            return Ok(Some(version));
        }
    }
    Ok(None)
}

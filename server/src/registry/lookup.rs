//! Looking up: which version of a subject has this schema.

use checker::{Schema, Stored};

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
        // It becomes no new version, so it may be as lax as a stored one.
        let mut candidate = self
            .candidate(&subject.context, request, normalize, Stored::Everything)
            .await?;
        if let Some(version) = self.find(&visible, &candidate).await? {
            return Ok(version.clone());
        }
        let (metadata, rule_set) = contracts(&state, &config, request)?;
        if metadata != request.metadata || rule_set != request.rule_set {
            candidate.attach(metadata, rule_set.as_ref())?;
            if let Some(version) = self.find(&visible, &candidate).await? {
                return Ok(version.clone());
            }
        }
        if visible.is_empty() {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        Err(Error::SchemaNotFound)
    }

    /// The version with the same identity, else one that differs only in what does not count.
    pub(super) async fn find<'a>(
        &self,
        newest_first: &[&'a StoredVersion],
        candidate: &Candidate,
    ) -> Result<Option<&'a StoredVersion>, Error> {
        if let Some(version) = newest_first.iter().find(|version| candidate.is(version)) {
            return Ok(Some(version));
        }
        for version in newest_first {
            if candidate.finds(version)? || self.stands_alone_for(candidate, version).await? {
                return Ok(Some(version));
            }
        }
        Ok(None)
    }

    /// Whether a schema without references is a version's with everything written out.
    async fn stands_alone_for(
        &self,
        candidate: &Candidate,
        version: &StoredVersion,
    ) -> Result<bool, Error> {
        let content = &version.schema.content;
        if !candidate.content.references.is_empty()
            || content.references.is_empty()
            || !candidate.has_contracts_of(version)?
        {
            return Ok(false);
        }
        let Schema::Avro(alone) = &*candidate.schema else {
            return Ok(false);
        };
        let resolved = self.resolve_stored(content).await?;
        let prepared = resolved.prepare(content.schema_type, version.text(), Stored::Everything);
        let alone = alone.resolved_text();
        let is_same = self
            .engine
            .run(move |parsed| match parsed.parse(&prepared).as_deref() {
                Ok(Schema::Avro(stored)) => alone.is_some() && stored.resolved_text() == alone,
                Ok(Schema::Protobuf(_) | Schema::Json(_)) | Err(_) => false,
            });
        is_same.await
    }
}

/// Newest first.
fn visible(state: &SubjectState, deleted: bool) -> Vec<&StoredVersion> {
    let versions = state.versions.iter().rev();
    versions
        .filter(|version| deleted || !version.deleted)
        .collect()
}

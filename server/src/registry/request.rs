//! A schema as a request has it, and what it becomes: a [`Candidate`] that was parsed and has its
//! identity.

use std::sync::Arc;

use checker::{Format, Schema, Stored};
use uuid::Uuid;

use super::data_contract::{Metadata, RuleSet, VERSION_PROPERTY, from_json, to_json};
use super::error::Error;
use super::references::{ReferenceRequest, Resolved};
use super::{Registry, identity};
use crate::store::{Content, StoredVersion};

/// What a client asks to register, to look up or to check.
#[derive(Clone, Debug, Default)]
pub struct SchemaRequest {
    /// The text.
    pub text: String,
    /// The schema language.
    pub format: Format,
    /// What the text refers to.
    pub references: Vec<ReferenceRequest>,
    /// The metadata; `None` is not the same as empty.
    pub metadata: Option<Metadata>,
    /// The rule set; `None` is not the same as empty.
    pub rule_set: Option<RuleSet>,
    /// The version that the schema is to get; `None` for the next one.
    pub version: Option<u32>,
    /// The id that the schema has already.
    pub id: Option<u32>,
}

/// A schema that was parsed.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) schema: Arc<Schema>,
    pub(super) resolved: Resolved,
    pub(super) content: Content,
    pub(super) metadata: Option<Metadata>,
}

impl Candidate {
    /// Whether a version has the same identity.
    pub(super) fn is(&self, version: &StoredVersion) -> bool {
        let content = &version.schema.content;
        self.content.guid == content.guid
            && self.content.schema_type == content.schema_type
            && self.content.canonical_text == content.canonical_text
    }

    /// Whether a version would be found by this schema: the same but for a version number in the
    /// metadata that only one of the two has.
    pub(super) fn finds(&self, version: &StoredVersion) -> Result<bool, Error> {
        let content = &version.schema.content;
        Ok(self.content.schema_type == content.schema_type
            && self.content.canonical_text == content.canonical_text
            && self.content.references == content.references
            && self.has_contracts_of(version)?)
    }

    /// Whether metadata and rules are a version's, but for its number.
    pub(super) fn has_contracts_of(&self, version: &StoredVersion) -> Result<bool, Error> {
        let same_rules = self.content.rule_set == version.schema.content.rule_set;
        Ok(same_rules && self.metadata_finds(version)?)
    }

    fn metadata_finds(&self, version: &StoredVersion) -> Result<bool, Error> {
        let json = version.schema.content.metadata.as_deref();
        let (mut own, mut other) = (self.metadata.clone(), from_json::<Metadata>(json)?);
        let number = |metadata: &mut Option<Metadata>| {
            metadata
                .as_mut()
                .and_then(|metadata| metadata.properties.remove(VERSION_PROPERTY))
        };
        let numbers_agree = match (number(&mut own), number(&mut other)) {
            (Some(own), Some(other)) => own == other,
            (Some(own), None) => own == version.number.to_string(),
            (None, _) => true,
        };
        let bare = |metadata: Option<Metadata>| metadata.filter(|metadata| !metadata.is_empty());
        Ok(numbers_agree && bare(own) == bare(other))
    }
}

impl Registry {
    /// Resolves and parses a request, and gives it its identity.
    pub(super) async fn candidate(
        &self,
        context: &str,
        request: &SchemaRequest,
        normalize: bool,
        stored: Stored,
    ) -> Result<Candidate, Error> {
        if request.text.is_empty() {
            return Err(Error::EmptySchema);
        }
        let mut references = request.references.clone();
        if normalize {
            references.sort();
            references.dedup();
        }
        let resolved = self.resolve(context, request.format, &references).await?;
        let prepared = resolved.prepare(request.format, &request.text, stored);
        let schema = self.engine.parse(prepared).await?;
        let (text, canonical_text) = if normalize {
            let parsed = Arc::clone(&schema);
            let normalized = self.engine.run(move |_| parsed.normalized_text()).await?;
            (normalized.clone(), normalized)
        } else {
            (request.text.clone(), schema.canonical_text().to_owned())
        };
        let mut candidate = Candidate {
            schema,
            content: Content {
                schema_type: request.format,
                guid: Uuid::nil(),
                text,
                canonical_text,
                references: resolved.references.clone(),
                metadata: None,
                rule_set: None,
            },
            resolved,
            metadata: None,
        };
        candidate.attach(request.metadata.clone(), request.rule_set.as_ref())?;
        Ok(candidate)
    }
}

impl Candidate {
    /// Gives it metadata and rules, and the identity that it has with them.
    pub(super) fn attach(
        &mut self,
        metadata: Option<Metadata>,
        rule_set: Option<&RuleSet>,
    ) -> Result<(), Error> {
        let content = &mut self.content;
        content.guid = identity::guid(
            &content.canonical_text,
            &content.references,
            metadata.as_ref(),
            rule_set,
        );
        content.metadata = to_json(metadata.as_ref())?;
        content.rule_set = to_json(rule_set)?;
        self.metadata = metadata;
        Ok(())
    }
}

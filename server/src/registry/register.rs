//! Registering: the same schema again gives the same answer, another one becomes the next version
//! if it is compatible with what its subject promises.
//!
//! Parsing and comparing happen outside of any transaction, against one snapshot of the subject.
//! The store then writes only if the subject has not moved since; else everything is done again.

use std::sync::Arc;

use checker::report::escape;
use checker::{Schema, Stored};

use super::config::Config;
use super::data_contract::{Metadata, RuleSet, VERSION_PROPERTY, from_json};
use super::error::Error;
use super::references::ReferenceRequest;
use super::request::{Candidate, SchemaRequest};
use super::{CheckOptions, MOVES_MAX, QUEUES, Registry, names};
use crate::store::{
    Content, Origin, Reference, Refusal, Registered, Registration, StoreError, StoredSchema,
    StoredVersion, SubjectName, SubjectState, VersionNumber, VersionSelector, Visibility,
};

/// How to register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RegisterOptions {
    /// Whether to settle the order of what has no order.
    pub normalize: bool,
    /// Whether to leave out the compatibility check.
    pub force: bool,
}

/// A registration that was accepted.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The version that has the schema, new or not.
    pub version: StoredVersion,
    /// Whether metadata or rules are others than those that were sent.
    pub amended: bool,
}

impl Registry {
    /// Registers a schema under a subject.
    pub async fn register(
        &self,
        subject: &SubjectName,
        request: &SchemaRequest,
        options: RegisterOptions,
        origin: &Origin,
    ) -> Result<Accepted, Error> {
        names::check(subject)?;
        if let Some(rules) = &request.rule_set {
            rules.check()?;
        }
        if let Some(accepted) = self.attempt(subject, request, options, origin).await? {
            return Ok(accepted);
        }
        // Somebody was faster. Those of this process now take turns: each check is then in vain
        // only if another node writes meanwhile.
        let _turn = self.queues[queue(subject)].lock().await;
        for _ in 0..MOVES_MAX {
            if let Some(accepted) = self.attempt(subject, request, options, origin).await? {
                return Ok(accepted);
            }
        }
        Err(Error::Contended(subject.to_string()))
    }

    /// Tries once; `None` if the subject moved in between.
    async fn attempt(
        &self,
        subject: &SubjectName,
        request: &SchemaRequest,
        options: RegisterOptions,
        origin: &Origin,
    ) -> Result<Option<Accepted>, Error> {
        let state = self.store.subject_state(subject).await?;
        let config = self.effective(&state)?;
        let normalize = options.normalize || config.normalize == Some(true);
        if !normalize
            && config.leaves_contracts_alone()
            && let Some(version) = same_text(&state, subject, request)?
        {
            return Ok(Some(Accepted::as_sent(version.clone())));
        }
        let request = completed(&state, request)?;
        // Only an import has an id: what another registry accepted before.
        let stored = match request.id {
            Some(_) => Stored::Everything,
            None => Stored::References,
        };
        let fitting: Vec<_> = state.live().rev().filter(|it| fits(it, &request)).collect();
        let candidate = self.candidate(&subject.context, &request, normalize, stored);
        let mut candidate = match candidate.await {
            Err(error @ Error::InvalidSchema { .. }) => {
                let before = self.accepted_before(&subject.context, &request, normalize, &fitting);
                let version = before.await?.ok_or(error)?;
                return Ok(Some(Accepted::as_sent(version)));
            }
            candidate => candidate?,
        };
        if config.leaves_contracts_alone()
            && let Some(version) = self.find(&fitting, &candidate).await?
        {
            return Ok(Some(Accepted::as_sent(version.clone())));
        }
        if request.id.is_some() {
            return Err(Error::NotInImportMode(subject.clone()));
        }
        let amended = amend(&mut candidate, &state, &config, &request)?;
        if let Some(version) = self.find(&fitting, &candidate).await? {
            let version = version.clone();
            return Ok(Some(Accepted { version, amended }));
        }
        if !options.force {
            let check = CheckOptions::default();
            self.require_compatible(subject, &candidate, &state, &config, check)
                .await?;
        }
        if request
            .version
            .is_some_and(|version| version != state.next_version().0)
        {
            return Err(Error::NotNextVersion);
        }
        let registered = self
            .store_candidate(subject, &candidate, &state, origin)
            .await?;
        let Some(registered) = registered else {
            return Ok(None);
        };
        if registered.created {
            log_warnings(subject, registered.version, &candidate);
        }
        let version = self
            .registered_version(subject, candidate.content, registered)
            .await?;
        Ok(version.map(|version| Accepted { version, amended }))
    }

    /// The version with a schema that would be refused today.
    async fn accepted_before(
        &self,
        context: &str,
        request: &SchemaRequest,
        normalize: bool,
        fitting: &[&StoredVersion],
    ) -> Result<Option<StoredVersion>, Error> {
        let candidate = self.candidate(context, request, normalize, Stored::Everything);
        match candidate.await {
            Ok(candidate) => Ok(self.find(fitting, &candidate).await?.cloned()),
            Err(Error::InvalidSchema { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `None` if something that was checked has changed since.
    async fn store_candidate(
        &self,
        subject: &SubjectName,
        candidate: &Candidate,
        state: &SubjectState,
        origin: &Origin,
    ) -> Result<Option<Registered>, Error> {
        let registration = Registration {
            subject: subject.clone(),
            content: candidate.content.clone(),
            resolved: candidate.resolved.ids.clone(),
            expected: state.revision,
        };
        match self.store.register(registration, origin.clone()).await {
            Ok(registered) => Ok(Some(registered)),
            // What was referred to is gone: resolving again says so, with the right words.
            Err(StoreError::Refused(Refusal::Moved | Refusal::ReferenceUnresolved(_))) => Ok(None),
            Err(StoreError::Refused(refusal @ Refusal::NulCharacter(_))) => {
                Err(Error::InvalidSchema {
                    format: candidate.content.schema_type,
                    details: refusal.to_string(),
                })
            }
            Err(StoreError::Refused(refusal @ Refusal::GuidCollision(_))) => {
                Err(Error::InvalidSchema {
                    format: candidate.content.schema_type,
                    details: format!("{refusal}; change the text, for instance a comment or `doc`"),
                })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What was written, or the version that had the same content already; `None` if that one is
    /// gone again.
    async fn registered_version(
        &self,
        subject: &SubjectName,
        content: Content,
        registered: Registered,
    ) -> Result<Option<StoredVersion>, Error> {
        if !registered.created {
            let selector = VersionSelector::Number(registered.version);
            return Ok(self
                .store
                .version(subject, selector, Visibility::Live)
                .await?);
        }
        let schema = StoredSchema {
            context: subject.context.clone(),
            id: registered.id,
            content,
        };
        Ok(Some(StoredVersion {
            subject: subject.clone(),
            number: registered.version,
            schema: Arc::new(schema),
            own_text: None,
            deleted: false,
            time_ms: registered.time_ms,
        }))
    }
}

impl Accepted {
    const fn as_sent(version: StoredVersion) -> Self {
        Self {
            version,
            amended: false,
        }
    }
}

/// Warnings hinder no registration, and the answer has no place for them.
fn log_warnings(subject: &SubjectName, version: VersionNumber, candidate: &Candidate) {
    if let Some(warnings) = warnings(&candidate.schema) {
        tracing::warn!(subject.name = %subject, version = version.0, "{warnings}");
    }
}

/// The warnings of a schema in one line.
fn warnings(schema: &Schema) -> Option<String> {
    let warnings = schema.warnings().iter().map(ToString::to_string);
    let warnings: Vec<String> = warnings.collect();
    let line = format!("registered with warnings: {}", warnings.join("; "));
    (!warnings.is_empty()).then(|| escape(&line).into_owned())
}

fn queue(subject: &SubjectName) -> usize {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    subject.hash(&mut hasher);
    usize::try_from(hasher.finish() % QUEUES as u64).unwrap_or_default()
}

/// The fast way out, without parsing: a live version with this very text, references and all.
fn same_text<'a>(
    state: &'a SubjectState,
    subject: &SubjectName,
    request: &SchemaRequest,
) -> Result<Option<&'a StoredVersion>, Error> {
    for version in state.live().rev() {
        if fits(version, request) && has_text(version, &subject.context, request)? {
            return Ok(Some(version));
        }
    }
    Ok(None)
}

/// Whether a version has the very text, references, metadata and rules of a request.
pub(super) fn has_text(
    version: &StoredVersion,
    context: &str,
    request: &SchemaRequest,
) -> Result<bool, Error> {
    let stored = &version.schema.content;
    let same_text = version.text() == request.text || stored.text == request.text;
    if !same_text || request.text.is_empty() || stored.schema_type != request.format {
        return Ok(false);
    }
    Ok(
        has_references(&stored.references, context, &request.references)
            && from_json::<Metadata>(stored.metadata.as_deref())? == request.metadata
            && from_json::<RuleSet>(stored.rule_set.as_deref())? == request.rule_set,
    )
}

fn has_references(stored: &[Reference], context: &str, sent: &[ReferenceRequest]) -> bool {
    stored.len() == sent.len()
        && stored.iter().zip(sent).all(|(stored, sent)| {
            stored.name == sent.name
                && stored.subject == sent.subject
                && i64::from(stored.version.0) == i64::from(sent.version)
                && stored.target == names::parse_in(context, &sent.subject)
        })
}

/// Whether the version and id that a request insists on, if any, are those of a version.
fn fits(version: &StoredVersion, request: &SchemaRequest) -> bool {
    let fits_id = request.id.is_none_or(|id| id == version.schema.id.0);
    let fits_version = match request.version {
        None => true,
        Some(number) => request.id.is_some() && number == version.number.0,
    };
    fits_id && fits_version
}

/// A request without a text takes that of the latest live version, with its references.
fn completed(state: &SubjectState, request: &SchemaRequest) -> Result<SchemaRequest, Error> {
    let mut request = request.clone();
    if request.text.is_empty() {
        let latest = state.live().next_back().ok_or(Error::EmptySchema)?;
        let content = &latest.schema.content;
        latest.text().clone_into(&mut request.text);
        request.format = content.schema_type;
        request.references = content.references.iter().map(as_sent).collect();
    }
    Ok(request)
}

fn as_sent(reference: &Reference) -> ReferenceRequest {
    ReferenceRequest {
        name: reference.name.clone(),
        subject: reference.subject.clone(),
        version: i32::try_from(reference.version.0).unwrap_or(i32::MAX),
    }
}

/// Gives the candidate the metadata and rules that it will be stored with: its own, else those of
/// the latest version, between the defaults and overrides of the configuration. Whether these are
/// others than its own.
fn amend(
    candidate: &mut Candidate,
    state: &SubjectState,
    config: &Config,
    request: &SchemaRequest,
) -> Result<bool, Error> {
    let (mut metadata, rule_set) = contracts(state, config, request)?;
    let numbered = metadata.as_ref();
    let numbered = numbered.is_some_and(|it| it.properties.contains_key(VERSION_PROPERTY));
    if numbered || request.version.is_some() {
        let number = request.version.map_or(state.next_version(), VersionNumber);
        let properties = &mut metadata.get_or_insert_default().properties;
        properties.insert(VERSION_PROPERTY.to_owned(), number.to_string());
    }
    let amended = metadata != request.metadata || rule_set != request.rule_set;
    candidate.attach(metadata, rule_set.as_ref())?;
    Ok(amended)
}

/// The metadata and rules that a request comes to.
pub(super) fn contracts(
    state: &SubjectState,
    config: &Config,
    request: &SchemaRequest,
) -> Result<(Option<Metadata>, Option<RuleSet>), Error> {
    let latest = state
        .live()
        .next_back()
        .map(|version| &version.schema.content);
    let inherited = |json: fn(&Content) -> Option<&str>| latest.and_then(json);
    let metadata = match request.metadata.clone() {
        Some(own) => Some(own),
        None => from_json(inherited(|content| content.metadata.as_deref()))?,
    };
    let rule_set = match request.rule_set.clone() {
        Some(own) => Some(own),
        None => from_json(inherited(|content| content.rule_set.as_deref()))?,
    };
    let metadata = Metadata::merge(config.default_metadata.clone(), metadata);
    let rule_set = RuleSet::merge(config.default_rule_set.clone(), rule_set);
    Ok((
        Metadata::merge(metadata, config.override_metadata.clone()),
        RuleSet::merge(rule_set, config.override_rule_set.clone()),
    ))
}

#[cfg(test)]
mod tests {
    use checker::{Format, SchemaInput, Source};

    use super::*;

    #[test]
    fn warnings_are_one_line_of_the_log() {
        let line = |text: &str| {
            let input = SchemaInput::new(Format::Avro, Source::new("schema", text));
            warnings(&Schema::parse(&input).unwrap())
        };
        assert_eq!(line("\"int\""), None);
        let doubtful = "[{\"type\": \"int\", \"logicalType\": \"uuid\"},\n\
             {\"type\": \"string\", \"\\u001bkey\": 1, \"\\u001bkey\": 2}]";
        assert_eq!(
            line(doubtful).as_deref(),
            Some(
                "registered with warnings: schema:1:33: `uuid` is ignored: it is for a string or a \
                 fixed of size 16, not for an int; schema:2:36: the key `\\u{1b}key` stands twice \
                 in this object; the last value counts, remove the other"
            )
        );
    }
}

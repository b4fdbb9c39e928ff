//! What the store keeps, as plain data: names, schemas, versions, settings, log entries.
//!
//! Not wire forms (those are the API's) and not parsed schemas (those are the checker's): texts are
//! kept as they are, and configurations, metadata and rule sets are JSON texts that the store never
//! looks into.

use std::fmt;
use std::sync::Arc;

use checker::Format;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The context that a subject without one belongs to.
pub const DEFAULT_CONTEXT: &str = ".";

/// The greatest schema id and version number that the wire contract can carry.
pub const NUMBER_MAX: u32 = i32::MAX as u32;

/// How long the name of a subject or a context may be, in bytes: what the index of every database
/// takes, twice.
pub const NAME_BYTES_MAX: usize = 1_024;

/// A schema's number, unique in its context and never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SchemaId(pub u32);

impl fmt::Display for SchemaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A version's ordinal in its subject, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VersionNumber(pub u32);

impl fmt::Display for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A subject with the context that it lives in. Sorts by context, then name, by bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SubjectName {
    /// The context, with its leading dot; [`DEFAULT_CONTEXT`] where none was named.
    pub context: String,
    /// The name within the context. May be empty.
    pub name: String,
}

impl SubjectName {
    /// A subject of the given context.
    pub fn new(context: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            context: context.into(),
            name: name.into(),
        }
    }

    /// A subject of the default context.
    pub fn unqualified(name: impl Into<String>) -> Self {
        Self::new(DEFAULT_CONTEXT, name)
    }
}

impl fmt::Display for SubjectName {
    /// The qualified form, `:.context:name`, or the bare name in the default context.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.context == DEFAULT_CONTEXT {
            f.write_str(&self.name)
        } else {
            write!(f, ":{}:{}", self.context, self.name)
        }
    }
}

/// What a configuration or mode row holds for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Every context: the row above all others (`:.__GLOBAL:`).
    AllContexts,
    /// One context. The row of the default context is what clients call the global one.
    Context(String),
    /// One subject, which need not have a version.
    Subject(SubjectName),
}

/// A reference from one schema to a version of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The name by which the referring text calls it.
    pub name: String,
    /// The subject as it was written, qualified or not.
    pub subject: String,
    /// The subject that is meant.
    pub target: SubjectName,
    /// The version of the subject; never "latest", which is resolved before anything is stored.
    pub version: VersionNumber,
}

/// All that makes up a schema. Two schemas are the same when their type, guid, canonical text and
/// references are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The schema language.
    pub schema_type: Format,
    /// The hash over canonical text, references, metadata and rule set.
    pub guid: Uuid,
    /// The text as it was sent.
    pub text: String,
    /// The text that gives identity.
    pub canonical_text: String,
    /// The references, in the order in which they were given.
    pub references: Vec<Reference>,
    /// The metadata as JSON, `None` where there is none (which is not the same as `{}`).
    pub metadata: Option<String>,
    /// The rule set as JSON, `None` where there is none.
    pub rule_set: Option<String>,
}

/// A stored schema. Immutable: an id stands for one content for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSchema {
    /// The context in which the id counts.
    pub context: String,
    /// The id.
    pub id: SchemaId,
    /// The content; its text is the one that was sent first.
    pub content: Content,
}

/// A version of a subject with its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredVersion {
    /// The subject.
    pub subject: SubjectName,
    /// The ordinal.
    pub number: VersionNumber,
    /// The schema.
    pub schema: Arc<StoredSchema>,
    /// The text as it was sent for this version, where it differs from that of the schema.
    pub own_text: Option<String>,
    /// Whether the version is soft-deleted.
    pub deleted: bool,
    /// When it was registered, in milliseconds since 1970.
    pub time_ms: i64,
}

impl StoredVersion {
    /// The text as it was sent for this version.
    pub fn text(&self) -> &str {
        self.own_text
            .as_deref()
            .unwrap_or(&self.schema.content.text)
    }
}

/// A version of a subject without its schema's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionSummary {
    /// The subject.
    pub subject: SubjectName,
    /// The ordinal.
    pub number: VersionNumber,
    /// The schema, in the subject's context.
    pub schema_id: SchemaId,
    /// Whether the version is soft-deleted.
    pub deleted: bool,
    /// When it was registered, in milliseconds since 1970.
    pub time_ms: i64,
}

/// A point in the history of a scope: whoever read it can have a later write refused if anything
/// that counts for compatibility has changed since. Only good for comparing.
///
/// It covers the versions, configuration and mode of the scope itself and the configuration and
/// mode of the scopes above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Revision {
    pub(super) all_contexts: i64,
    pub(super) context: i64,
    pub(super) subject: i64,
}

/// The configuration and mode that are set at one scope.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Settings {
    /// The scope's revision, for [`SettingsChange::expected`].
    pub revision: Revision,
    /// The configuration as JSON, if set.
    pub config: Option<String>,
    /// The mode, if set.
    pub mode: Option<String>,
}

/// Everything that one registration or compatibility check needs, from one snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SubjectState {
    /// What the snapshot stands for, for [`Registration::expected`].
    pub revision: Revision,
    /// Every version, soft-deleted ones too, in ascending order.
    pub versions: Vec<StoredVersion>,
    /// What is set for the subject.
    pub subject: Settings,
    /// What is set for its context.
    pub context: Settings,
    /// What is set for all contexts.
    pub all_contexts: Settings,
}

impl SubjectState {
    /// The versions that are not deleted, in ascending order.
    pub fn live(&self) -> impl DoubleEndedIterator<Item = &StoredVersion> {
        self.versions.iter().filter(|version| !version.deleted)
    }

    /// The number that the next new version gets as long as the revision holds.
    pub fn next_version(&self) -> VersionNumber {
        let last = self.versions.last().map_or(0, |version| version.number.0);
        VersionNumber(last.saturating_add(1))
    }
}

/// Who changes something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Origin {
    /// The authenticated caller, if there is one.
    pub actor: Option<String>,
    /// The caller's clock, in milliseconds since 1970.
    pub time_ms: i64,
}

/// A schema that was found fit to become the next version of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The subject.
    pub subject: SubjectName,
    /// The schema.
    pub content: Content,
    /// For each of the content's references the id (in the target's context) of the schema with
    /// which it was resolved, so that a target that was replaced since is noticed.
    pub resolved: Vec<SchemaId>,
    /// The state against which the schema was checked.
    pub expected: Revision,
}

/// What a registration came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The schema's id in the subject's context.
    pub id: SchemaId,
    /// The version.
    pub version: VersionNumber,
    /// When the version was registered; earlier than the request if it existed before.
    pub time_ms: i64,
    /// Whether the version is new. If not, nothing was written.
    pub created: bool,
}

/// A change of the configuration or the mode of one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsChange {
    /// The scope.
    pub scope: Scope,
    /// What is to be set instead.
    pub setting: Setting,
    /// The revision of the [`Settings`] from which the new value was made.
    pub expected: Revision,
}

/// A new value, `None` to remove the row's present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The whole configuration, as JSON.
    Config(Option<String>),
    /// The mode.
    Mode(Option<String>),
}

/// How thoroughly to delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// Hide; ids still resolve, and the number stays taken.
    Soft,
    /// Remove what was soft-deleted before.
    Hard,
}

/// Which versions to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Visibility {
    /// Those that are not deleted.
    #[default]
    Live,
    /// Soft-deleted ones too.
    All,
    /// Soft-deleted ones only. Of subjects: those that have no live version.
    DeletedOnly,
}

/// Which version of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionSelector {
    /// The one with this number.
    Number(VersionNumber),
    /// The newest live one, whatever the visibility.
    Latest,
}

/// Which subjects, and which part of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SubjectFilter {
    /// Only this context; `None` for all.
    pub context: Option<String>,
    /// Only names that begin so (case matters).
    pub name_prefix: String,
    /// Only subjects with a version that is visible so.
    pub visibility: Visibility,
    /// Which part of the answer.
    pub page: Page,
}

/// A part of a sorted list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Page {
    /// How many to leave out at the beginning.
    pub offset: u32,
    /// How many to return at most; `None` for all.
    pub limit: Option<u32>,
}

/// One change, as the log remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// The position: 1, 2, 3… without gaps, in commit order.
    pub position: i64,
    /// When, by the clock of the node that wrote it, in milliseconds since 1970.
    pub time_ms: i64,
    /// Who, if known.
    pub actor: Option<String>,
    /// The scope that changed.
    pub scope: Scope,
    /// The facts: enough to replay the change.
    pub change: Change,
}

/// What a log entry says. Stored as JSON, so fields may be added but never change their meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Change {
    /// A subject got a version.
    VersionRegistered {
        /// The version.
        version: VersionNumber,
        /// The schema's id.
        id: SchemaId,
        /// The schema, where the id is new too.
        schema: Option<LoggedSchema>,
        /// The text as sent for this version, where it differs from the schema's.
        own_text: Option<String>,
        /// The soft-deleted versions that made way to this one.
        removed: Vec<VersionNumber>,
    },
    /// Versions of a subject were soft-deleted.
    VersionsSoftDeleted {
        /// Their numbers, ascending.
        versions: Vec<VersionNumber>,
    },
    /// Soft-deleted versions of a subject were removed.
    VersionsHardDeleted {
        /// Their numbers, ascending.
        versions: Vec<VersionNumber>,
        /// The schemas that went with their last version, ascending.
        removed_ids: Vec<SchemaId>,
        /// Whether no version is left, so that configuration and mode went too.
        settings_removed: bool,
    },
    /// A scope's configuration was set.
    ConfigChanged {
        /// The configuration as JSON text; absent where it was removed.
        config: Option<String>,
    },
    /// A scope's mode was set.
    ModeChanged {
        /// The mode; absent where it was removed.
        mode: Option<String>,
    },
}

impl Change {
    /// The kind, as it is stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::VersionRegistered { .. } => "version_registered",
            Self::VersionsSoftDeleted { .. } => "versions_soft_deleted",
            Self::VersionsHardDeleted { .. } => "versions_hard_deleted",
            Self::ConfigChanged { .. } => "config_changed",
            Self::ModeChanged { .. } => "mode_changed",
        }
    }
}

/// A [`Content`] in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedSchema {
    /// The schema language.
    pub schema_type: Format,
    /// The guid, in hyphenated form.
    pub guid: String,
    /// The text as it was sent.
    pub text: String,
    /// The text that gives identity.
    pub canonical_text: String,
    /// The references.
    pub references: Vec<Reference>,
    /// The metadata as JSON text.
    pub metadata: Option<String>,
    /// The rule set as JSON text.
    pub rule_set: Option<String>,
}

impl From<&Content> for LoggedSchema {
    fn from(content: &Content) -> Self {
        Self {
            schema_type: content.schema_type,
            guid: content.guid.to_string(),
            text: content.text.clone(),
            canonical_text: content.canonical_text.clone(),
            references: content.references.clone(),
            metadata: content.metadata.clone(),
            rule_set: content.rule_set.clone(),
        }
    }
}

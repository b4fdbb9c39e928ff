//! The store: remembers contexts, schemas, versions, settings and the log of all changes.
//!
//! [`Store`] is the whole interface: every method is one transaction. It decides nothing about
//! compatibility and knows nothing of HTTP; what it does decide, inside the transaction, is what
//! keeps the data sound whoever else is writing: numbers are unique, references never dangle, a
//! version that was checked against one state of its subject is never added to another.
//!
//! **Guarantees of every back end.**
//! - *Acknowledged means durable*: a write that returned `Ok` survives a crash of the process and
//!   of the machine (except in memory).
//! - *All or nothing*: a write that returned [`StoreError::Refused`] or [`StoreError::Internal`]
//!   changed nothing. After [`StoreError::Unavailable`] it may have; all writes can be repeated.
//! - *One order*: every change appends to the log in its own transaction; positions are gap-free and
//!   in commit order, and replaying the log gives the same state.
//! - *Read your writes*: a read that begins after a write was acknowledged sees it, on every node.
//! - Schema ids are unique in their context, grow in commit order and are never used again, not even
//!   after a hard delete. Version numbers are one more than the subject's highest.
//!
//! [`open`] takes an address. What the back ends share is in `sql`; `sqlite` and `postgres` add how
//! each connects, locks and migrates. Both run the same suite, `conformance`.

mod address;
#[cfg(test)]
mod conformance;
mod error;
mod model;
mod postgres;
mod sql;
mod sqlite;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

pub use address::{StoreConfig, open};
pub use error::{Refusal, Result, StoreError};
pub use model::{
    Change, Content, DEFAULT_CONTEXT, Deletion, LogEntry, LoggedSchema, NAME_BYTES_MAX, NUMBER_MAX,
    Origin, Page, Reference, Registered, Registration, Revision, SchemaId, Scope, Setting,
    Settings, SettingsChange, StoredSchema, StoredVersion, SubjectFilter, SubjectName,
    SubjectState, VersionNumber, VersionSelector, VersionSummary, Visibility,
};

/// The registry's memory. Object-safe; share it as `Arc<dyn Store>`.
///
/// Writes of one process are queued and committed in groups, so many at once cost little more than
/// one; dropping a call's future does not take the write back.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    // Writes.

    /// Adds a version to a subject, in this order:
    ///
    /// 1. If a live version of the subject has the same content, that one is returned, whatever the
    ///    expected revision; nothing is written.
    /// 2. [`Refusal::Moved`] unless the subject (with the settings above it) is still at
    ///    [`Registration::expected`].
    /// 3. [`Refusal::ReferenceUnresolved`] unless every reference's target is live and still the
    ///    schema in [`Registration::resolved`].
    /// 4. The same content anywhere in the context keeps its id, also if it is soft-deleted there;
    ///    other content gets the next id.
    /// 5. The number is one more than the highest in the subject, soft-deleted ones included.
    ///    Soft-deleted versions with the same id make way to the new one, except those that are
    ///    referred to.
    ///
    /// Before all of it, content whose guid belongs to other content of the context is refused as
    /// [`Refusal::GuidCollision`], and what no database can keep as [`Refusal::NameTooLong`] or
    /// [`Refusal::NulCharacter`].
    ///
    /// Creates the context and the subject where they are new. From the check of step 2 to the
    /// commit no other write can touch the subject, its targets or the settings above it.
    async fn register(&self, registration: Registration, origin: Origin) -> Result<Registered>;

    /// Deletes one version.
    ///
    /// Soft: refused as [`Refusal::SubjectNotFound`], [`Refusal::VersionNotFound`],
    /// [`Refusal::VersionSoftDeleted`], or [`Refusal::Referenced`] by a schema with a live version.
    /// Hard: also as [`Refusal::VersionNotSoftDeleted`], and [`Refusal::Referenced`] by any schema.
    /// With its last version a schema goes, and with the last row of a subject its settings.
    async fn delete_version(
        &self,
        subject: SubjectName,
        version: VersionNumber,
        deletion: Deletion,
        origin: Origin,
    ) -> Result<()>;

    /// Deletes a subject, and returns the numbers of the versions that this deleted, ascending.
    ///
    /// Soft: all live versions; refused as [`Refusal::SubjectNotFound`],
    /// [`Refusal::SubjectSoftDeleted`], or [`Refusal::Referenced`] by a schema with a live version
    /// in another subject. Settings stay. Hard: all versions and the settings; also refused as
    /// [`Refusal::SubjectNotSoftDeleted`], and [`Refusal::Referenced`] by any schema that another
    /// subject has.
    async fn delete_subject(
        &self,
        subject: SubjectName,
        deletion: Deletion,
        origin: Origin,
    ) -> Result<Vec<VersionNumber>>;

    /// Sets or removes the configuration or the mode of a scope; [`Refusal::Moved`] if the scope
    /// itself (not those above it) changed since [`SettingsChange::expected`] was read, so that
    /// what was read, patched and written back loses nobody's change. Afterwards every registration
    /// that was checked under the old settings is refused as moved. Setting what is set already
    /// writes nothing.
    async fn change_settings(&self, change: SettingsChange, origin: Origin) -> Result<()>;

    // Reads of one subject.

    /// Everything that a registration needs to know about a subject, from one snapshot; all empty
    /// for a subject that does not exist.
    async fn subject_state(&self, subject: &SubjectName) -> Result<SubjectState>;

    /// One version, or `None` if there is none that is visible so. Ask [`Self::versions`] to tell
    /// whether it is the subject that is missing.
    async fn version(
        &self,
        subject: &SubjectName,
        selector: VersionSelector,
        visibility: Visibility,
    ) -> Result<Option<StoredVersion>>;

    /// The newest version of a subject with this identity.
    async fn version_by_guid(
        &self,
        subject: &SubjectName,
        guid: Uuid,
        schema_type: checker::Format,
        visibility: Visibility,
    ) -> Result<Option<StoredVersion>>;

    /// The versions of a subject, ascending; empty if it has none that is visible so.
    async fn versions(
        &self,
        subject: &SubjectName,
        visibility: Visibility,
    ) -> Result<Vec<VersionSummary>>;

    /// The schemas that refer to a version, sorted by context and id. The version itself may be
    /// soft-deleted; the visibility is that of the referring schemas' versions.
    async fn referenced_by(
        &self,
        subject: &SubjectName,
        version: VersionNumber,
        visibility: Visibility,
    ) -> Result<Vec<(String, SchemaId)>>;

    // Reads of schemas.

    /// A schema by its id. Stays readable while any version, soft-deleted or not, has it.
    async fn schema(&self, context: &str, id: SchemaId) -> Result<Option<Arc<StoredSchema>>>;

    /// The schemas with this guid, sorted by context and id (the default context first): one for
    /// each context that has it, more only where schema languages share a text.
    async fn schemas_by_guid(&self, guid: Uuid) -> Result<Vec<Arc<StoredSchema>>>;

    /// The versions that have a schema, sorted by subject and number.
    async fn uses(
        &self,
        context: &str,
        id: SchemaId,
        visibility: Visibility,
    ) -> Result<Vec<VersionSummary>>;

    /// The highest id that was ever given in a context; `None` before the first.
    async fn max_schema_id(&self, context: &str) -> Result<Option<SchemaId>>;

    // Lists.

    /// The contexts in which something was ever registered, and the default one, sorted.
    async fn contexts(&self) -> Result<Vec<String>>;

    /// The subjects with a visible version, sorted.
    async fn subjects(&self, filter: &SubjectFilter) -> Result<Vec<SubjectName>>;

    /// The visible versions of all subjects that the filter admits, sorted by subject and number;
    /// with `latest_only` the newest visible one of each. The page counts versions.
    async fn search(&self, filter: &SubjectFilter, latest_only: bool)
    -> Result<Vec<StoredVersion>>;

    // Settings and log.

    /// What is set at a scope itself; all empty where nothing is.
    async fn settings(&self, scope: &Scope) -> Result<Settings>;

    /// The changes after a position, oldest first, at most `limit`.
    async fn log(&self, after: i64, limit: u32) -> Result<Vec<LogEntry>>;

    /// The position of the newest change; 0 before the first.
    async fn position(&self) -> Result<i64>;

    // Operation.

    /// Whether a write would succeed now: takes the write path, writes nothing that stays.
    async fn check_writable(&self) -> Result<()>;

    /// Finishes the writes that are queued, refuses new ones, closes all connections.
    async fn close(&self);
}

//! What can go wrong in the store: refusals, which are facts about the data, and failures.
//!
//! Neither knows status codes. [`StoreError::Unavailable`] and [`StoreError::Internal`] are the
//! server's side of things, refusals the client's.

use std::sync::Arc;

use thiserror::Error;

use super::model::{Reference, SchemaId, SubjectName, VersionNumber};

/// Why the store did not do what it was asked to.
#[derive(Clone, Debug, Error)]
pub enum StoreError {
    /// The data does not allow it; nothing was written.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database cannot be reached, is too busy or is shutting down. A write may or may not have
    /// been committed; to send it again is safe.
    #[error("the database is not available, {context}")]
    Unavailable {
        /// What was being done.
        context: String,
        /// What the driver said.
        #[source]
        source: Option<Arc<sqlx::Error>>,
    },
    /// The database answered with something that it should not have; nothing was written.
    #[error("the database failed, {context}")]
    Internal {
        /// What was being done, and what is wrong where the driver did not find it.
        context: String,
        /// What the driver said.
        #[source]
        source: Option<Arc<sqlx::Error>>,
    },
    /// The store cannot be opened as configured.
    #[error("cannot open the database `{url}`: {problem}")]
    Open {
        /// The address, without its password.
        url: String,
        /// What is wrong and what to do.
        problem: String,
        /// What the driver said.
        #[source]
        source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    },
}

/// A fact about the data that forbids a write.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Something that counts for compatibility changed since the revision was read. Read again,
    /// check again, try again.
    #[error("the scope changed since it was read")]
    Moved,
    /// The subject has no version.
    #[error("subject `{0}` not found")]
    SubjectNotFound(SubjectName),
    /// The subject has versions, but not this one.
    #[error("version {1} of subject `{0}` not found")]
    VersionNotFound(SubjectName, VersionNumber),
    /// All versions of the subject are soft-deleted already.
    #[error("subject `{0}` was soft-deleted before")]
    SubjectSoftDeleted(SubjectName),
    /// A hard delete needs a soft delete first.
    #[error("subject `{0}` was not soft-deleted before")]
    SubjectNotSoftDeleted(SubjectName),
    /// The version is soft-deleted already.
    #[error("version {1} of subject `{0}` was soft-deleted before")]
    VersionSoftDeleted(SubjectName, VersionNumber),
    /// A hard delete needs a soft delete first.
    #[error("version {1} of subject `{0}` was not soft-deleted before")]
    VersionNotSoftDeleted(SubjectName, VersionNumber),
    /// Another schema refers to this version.
    #[error("version {1} of subject `{0}` is referred to")]
    Referenced(SubjectName, VersionNumber),
    /// A reference names a version that does not exist, is deleted, or is no longer the schema with
    /// which it was resolved.
    #[error("reference `{}` to version {} of subject `{}` does not resolve", .0.name, .0.version, .0.target)]
    ReferenceUnresolved(Reference),
    /// A different schema has the same guid: the hash collides, by accident or by design.
    #[error("schema {0} has the same guid but another content")]
    GuidCollision(SchemaId),
    /// There are no ids left in the context, or no version numbers in the subject.
    #[error("no numbers left in `{0}`")]
    NumbersExhausted(String),
    /// A context or subject has a name that is longer than
    /// [`NAME_BYTES_MAX`](super::NAME_BYTES_MAX).
    #[error("a name of {0} bytes is too long")]
    NameTooLong(usize),
    /// A text has a NUL character, which not every database can keep.
    #[error("the {0} contains a NUL character")]
    NulCharacter(&'static str),
}

impl StoreError {
    /// The refusal, if it is one.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Unavailable { .. } | Self::Internal { .. } | Self::Open { .. } => None,
        }
    }
}

/// The result of every operation.
pub type Result<T> = std::result::Result<T, StoreError>;

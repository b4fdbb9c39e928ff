//! Why the registry does not do what it was asked to. Status codes are `api`'s affair; the texts
//! here are for logs, or become part of an answer where they say what is wrong with a schema.

use checker::{Format, Problem};
use thiserror::Error;

use crate::store::{Refusal, StoreError, SubjectName, VersionNumber};

/// What can go wrong.
#[derive(Debug, Error)]
pub enum Error {
    /// Nothing of that name is visible.
    #[error("subject `{0}` not found")]
    SubjectNotFound(String),
    /// The subject has no such version.
    #[error("version `{0}` not found")]
    VersionNotFound(String),
    /// The subject does not have the schema that was looked up.
    #[error("schema not found")]
    SchemaNotFound,
    /// No schema has this id or guid.
    #[error("schema `{0}` not found")]
    IdNotFound(String),
    /// A subject was to be soft-deleted twice.
    #[error("subject `{0}` was soft-deleted before")]
    SubjectSoftDeleted(String),
    /// A subject was to be hard-deleted at once.
    #[error("subject `{0}` was not soft-deleted before")]
    SubjectNotSoftDeleted(String),
    /// A version was to be soft-deleted twice.
    #[error("version {1} of subject `{0}` was soft-deleted before")]
    VersionSoftDeleted(String, VersionNumber),
    /// A version was to be hard-deleted at once.
    #[error("version {1} of subject `{0}` was not soft-deleted before")]
    VersionNotSoftDeleted(String, VersionNumber),
    /// Something that others refer to was to be deleted.
    #[error("version {1} of subject `{0}` is referred to")]
    Referenced(String, VersionNumber),
    /// The subject has no configuration of its own.
    #[error("subject `{0}` has no configuration of its own")]
    ConfigNotSet(String),
    /// The text is no schema, or its references do not resolve.
    #[error("invalid schema of type {format}: {details}")]
    InvalidSchema {
        /// The language in which it was read.
        format: Format,
        /// What is wrong, all of it.
        details: String,
    },
    /// There is no text, and no earlier version that could lend its own.
    #[error("empty schema")]
    EmptySchema,
    /// There is no such schema language.
    #[error("invalid schema type `{0}`")]
    InvalidSchemaType(String),
    /// The version that was asked for is not the subject's next one.
    #[error("version is not one more than previous version")]
    NotNextVersion,
    /// Only an import may choose ids.
    #[error("subject `{0}` is not in import mode")]
    NotInImportMode(SubjectName),
    /// Names under which nothing is stored.
    #[error("`{0}` is no valid subject")]
    InvalidSubject(String),
    /// A rule set that clients could not run.
    #[error("{0}")]
    InvalidRuleSet(String),
    /// Data of earlier versions, or earlier versions themselves, would break.
    #[error("incompatible with an earlier version of `{subject}`")]
    Incompatible {
        /// The subject.
        subject: String,
        /// One entry for each finding, and what it was compared with.
        messages: Vec<String>,
    },
    /// Nobody can say whether something would break.
    #[error("compatibility with an earlier version of `{subject}` is undecided")]
    Undecided {
        /// The subject.
        subject: String,
        /// What could not be decided and why.
        messages: Vec<String>,
    },
    /// What the contract knows and this server does not do yet; refused, never ignored.
    #[error("{0}")]
    NotSupported(String),
    /// Others changed the subject again and again.
    #[error("subject `{0}` is changing too fast")]
    Contended(String),
    /// The server is stopping.
    #[error("the server is shutting down")]
    ShuttingDown,
    /// The work on a schema died: a defect of this program.
    #[error("the work on a schema was aborted: {0}")]
    Aborted(String),
    /// What was stored cannot be read.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
    /// The store is out of reach; what was to be written may have been.
    #[error(transparent)]
    Unavailable(StoreError),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl Error {
    /// A text that is no schema, with everything that is wrong with it.
    pub fn invalid(format: Format, problems: &[Problem]) -> Self {
        let mut details: Vec<String> = problems.iter().take(PROBLEMS_MAX).map(describe).collect();
        if problems.len() > PROBLEMS_MAX {
            details.push(format!(
                "and {} more problems",
                problems.len() - PROBLEMS_MAX
            ));
        }
        Self::InvalidSchema {
            format,
            details: details.join("; "),
        }
    }
}

/// How many problems of one text a message lists: a text of many megabytes may have as many.
const PROBLEMS_MAX: usize = 20;

/// The name of a request's text in places; it is left out in messages.
pub(super) const MAIN_FILE: &str = "schema";

fn describe(problem: &Problem) -> String {
    match &problem.span {
        Some(span) if &*span.file == MAIN_FILE => {
            format!(
                "line {}, column {}: {}",
                span.line, span.column, problem.message
            )
        }
        Some(_) | None => problem.to_string(),
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refused(refusal),
            error @ StoreError::Unavailable { .. } => Self::Unavailable(error),
            error @ (StoreError::Internal { .. } | StoreError::Open { .. }) => Self::Store(error),
        }
    }
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::SubjectNotFound(subject) => Error::SubjectNotFound(subject.to_string()),
        Refusal::VersionNotFound(_, version) => Error::VersionNotFound(version.to_string()),
        Refusal::SubjectSoftDeleted(subject) => Error::SubjectSoftDeleted(subject.to_string()),
        Refusal::SubjectNotSoftDeleted(subject) => {
            Error::SubjectNotSoftDeleted(subject.to_string())
        }
        Refusal::VersionSoftDeleted(subject, version) => {
            Error::VersionSoftDeleted(subject.to_string(), version)
        }
        Refusal::VersionNotSoftDeleted(subject, version) => {
            Error::VersionNotSoftDeleted(subject.to_string(), version)
        }
        Refusal::Referenced(subject, version) => Error::Referenced(subject.to_string(), version),
        Refusal::NameTooLong(_) => Error::InvalidSubject("(too long a name)".to_owned()),
        refusal @ (Refusal::Moved
        | Refusal::ReferenceUnresolved(_)
        | Refusal::GuidCollision(_)
        | Refusal::NumbersExhausted(_)
        | Refusal::NulCharacter(_)) => Error::Store(StoreError::Refused(refusal)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checker::Source;

    #[test]
    fn problems_name_line_and_column_and_are_bounded() {
        let span = Source::new(MAIN_FILE, "{\n x").span(3..4);
        let one = Error::invalid(Format::Avro, &[Problem::at(span.clone(), "unexpected `x`")]);
        assert!(
            one.to_string()
                .ends_with("line 2, column 2: unexpected `x`"),
            "{one}"
        );
        let many = vec![Problem::at(span, "again"); PROBLEMS_MAX + 5];
        assert!(
            Error::invalid(Format::Avro, &many)
                .to_string()
                .ends_with("and 5 more problems")
        );
    }
}

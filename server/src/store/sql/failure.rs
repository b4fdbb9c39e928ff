//! What a failed statement means: run it again, report the database as unavailable, or as broken.

use std::sync::Arc;

use sqlx::error::ErrorKind;
use thiserror::Error;

use crate::store::error::{Refusal, StoreError};

/// Why an operation ended without a result.
#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Failure {
    /// Data that the store wrote itself and cannot read or write.
    pub(super) fn corrupt(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Database(sqlx::Error::Decode(error.into()))
    }

    /// Whether the transaction lost against another one and may simply be run again: refused by
    /// the database as a serialisation failure or a deadlock, or stopped by a constraint because
    /// of rows that it will see next time.
    pub(super) fn is_lost_race(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        matches!(error.code().as_deref(), Some("40001" | "40P01"))
            || matches!(
                error.kind(),
                ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation
            )
    }

    /// Whether the database is out of reach, so that trying something else is no use either.
    pub(super) fn is_unavailable(&self) -> bool {
        match self {
            Self::Refused(_) => false,
            Self::Database(error) => is_unavailable(error),
        }
    }

    /// The error for the caller who wanted `context` (a phrase like "while reading the log").
    pub(super) fn during(self, context: impl Into<String>) -> StoreError {
        match self {
            Self::Refused(refusal) => StoreError::Refused(refusal),
            Self::Database(error) => database_error(Arc::new(error), context.into()),
        }
    }
}

/// The error for the caller who wanted `context`.
pub(super) fn database_error(error: Arc<sqlx::Error>, context: String) -> StoreError {
    if is_unavailable(&error) {
        StoreError::Unavailable {
            context,
            source: Some(error),
        }
    } else {
        StoreError::Internal {
            context,
            source: Some(error),
        }
    }
}

fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(error) => error
            .code()
            .is_some_and(|code| is_unavailable_code(code.as_ref())),
        _ => false,
    }
}

/// SQLSTATEs that are about the server, not the statement: connection, read-only standby,
/// authorisation, serialisation (after all retries), resources, locks, operator intervention, system;
/// and from SQLite, whose codes are shorter, the primary ones BUSY, LOCKED, NOMEM, READONLY, IOERR,
/// FULL and CANTOPEN.
fn is_unavailable_code(code: &str) -> bool {
    if code.len() < SQLSTATE_LEN {
        let primary = code.parse::<u32>().unwrap_or_default() & 0xff;
        return matches!(primary, 5..=8 | 10 | 13 | 14);
    }
    let class = code.get(..2).unwrap_or_default();
    code == "25006" || matches!(class, "08" | "28" | "40" | "53" | "55" | "57" | "58")
}

const SQLSTATE_LEN: usize = 5;

#[cfg(test)]
mod tests {
    use super::is_unavailable_code;

    #[test]
    fn server_side_codes_mean_unavailable() {
        for code in [
            "08006", "25006", "28P01", "40001", "53300", "57P01", "5", "517", "13", "8714",
        ] {
            assert!(is_unavailable_code(code), "{code}");
        }
        for code in ["23505", "42601", "22021", "25P02", "1", "11", "19", "2067"] {
            assert!(!is_unavailable_code(code), "{code}");
        }
    }
}

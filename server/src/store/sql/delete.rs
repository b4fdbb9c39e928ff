//! Deletion of versions and subjects. See [`Store::delete_version`] and [`Store::delete_subject`]
//! for what they promise.
//!
//! A target's row of `scopes` is locked by whoever adds a reference to it, and here by whoever
//! deletes it: either the reference is seen here, or the deletion is seen there.
//!
//! [`Store::delete_version`]: crate::store::Store::delete_version
//! [`Store::delete_subject`]: crate::store::Store::delete_subject

use async_trait::async_trait;

use super::failure::Failure;
use super::register::sorted_numbers;
use super::session::{Arg, Locks};
use super::writer::{Operation, Tx};
use crate::store::error::Refusal;
use crate::store::model::{Change, Deletion, Origin, SchemaId, SubjectName, VersionNumber};

/// The deletion of one version.
pub(super) struct DeleteVersion {
    pub(super) subject: SubjectName,
    pub(super) version: VersionNumber,
    pub(super) deletion: Deletion,
    pub(super) origin: Origin,
}

#[async_trait]
impl Operation for DeleteVersion {
    type Output = ();

    fn context(&self) -> String {
        format!(
            "while deleting version {} of `{}`",
            self.version, self.subject
        )
    }

    fn home(&self) -> &str {
        &self.subject.context
    }

    fn locks(&self, locks: &mut Locks) {
        locks.hold((&self.subject).into());
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let deleted = self.is_deleted(tx).await?;
        self.check(deleted)?;
        let args = self.args();
        let referrers = match self.deletion {
            Deletion::Soft => tx.read(LIVE_REFERRER, &args).await?,
            Deletion::Hard => tx.read(ANY_REFERRER, &args).await?,
        };
        if !referrers.is_empty() {
            return Err(Refusal::Referenced(self.subject.clone(), self.version).into());
        }
        match self.deletion {
            Deletion::Soft => {
                tx.write(HIDE_VERSION, &args).await?;
                log_hidden(tx, &self.origin, &self.subject, vec![self.version])
            }
            Deletion::Hard => {
                let rows = tx.write(REMOVE_VERSION, &args).await?;
                log_removed(tx, &self.origin, &self.subject, &rows).await
            }
        }
    }
}

impl DeleteVersion {
    fn args(&self) -> [Arg<'_>; 3] {
        [
            Arg::Text(&self.subject.context),
            Arg::Text(&self.subject.name),
            Arg::Int(self.version.0.into()),
        ]
    }

    async fn is_deleted(&self, tx: &mut Tx<'_>) -> Result<bool, Failure> {
        let sql = "SELECT deleted FROM versions \
             WHERE context = $1 AND subject = $2 AND version = $3";
        if let Some(row) = tx.read(sql, &self.args()).await?.first() {
            return Ok(row.flag(0)?);
        }
        Err(if has_versions(tx, &self.subject).await? {
            Refusal::VersionNotFound(self.subject.clone(), self.version).into()
        } else {
            Refusal::SubjectNotFound(self.subject.clone()).into()
        })
    }

    fn check(&self, deleted: bool) -> Result<(), Refusal> {
        match (self.deletion, deleted) {
            (Deletion::Soft, false) | (Deletion::Hard, true) => Ok(()),
            (Deletion::Soft, true) => Err(Refusal::VersionSoftDeleted(
                self.subject.clone(),
                self.version,
            )),
            (Deletion::Hard, false) => Err(Refusal::VersionNotSoftDeleted(
                self.subject.clone(),
                self.version,
            )),
        }
    }
}

/// The deletion of all versions of a subject.
pub(super) struct DeleteSubject {
    pub(super) subject: SubjectName,
    pub(super) deletion: Deletion,
    pub(super) origin: Origin,
}

#[async_trait]
impl Operation for DeleteSubject {
    type Output = Vec<VersionNumber>;

    fn context(&self) -> String {
        format!("while deleting subject `{}`", self.subject)
    }

    fn home(&self) -> &str {
        &self.subject.context
    }

    fn locks(&self, locks: &mut Locks) {
        locks.hold((&self.subject).into());
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<VersionNumber>, Failure> {
        let versions = self.versions_to_delete(tx).await?;
        self.check_referrers(tx).await?;
        let args = subject_args(&self.subject);
        match self.deletion {
            Deletion::Soft => {
                tx.write(HIDE_SUBJECT, &args).await?;
                log_hidden(tx, &self.origin, &self.subject, versions.clone())?;
            }
            Deletion::Hard => {
                let rows = tx.write(REMOVE_SUBJECT, &args).await?;
                log_removed(tx, &self.origin, &self.subject, &rows).await?;
            }
        }
        Ok(versions)
    }
}

impl DeleteSubject {
    async fn versions_to_delete(&self, tx: &mut Tx<'_>) -> Result<Vec<VersionNumber>, Failure> {
        let sql = "SELECT version, deleted FROM versions \
             WHERE context = $1 AND subject = $2 ORDER BY version";
        let rows = tx.read(sql, &subject_args(&self.subject)).await?;
        if rows.is_empty() {
            return Err(Refusal::SubjectNotFound(self.subject.clone()).into());
        }
        let mut live = Vec::new();
        for row in &rows {
            if !row.flag(1)? {
                live.push(VersionNumber(row.number(0)?));
            }
        }
        match (self.deletion, live.is_empty()) {
            (Deletion::Soft, true) => Err(Refusal::SubjectSoftDeleted(self.subject.clone()).into()),
            (Deletion::Soft, false) => Ok(live),
            (Deletion::Hard, true) => sorted_numbers(&rows),
            (Deletion::Hard, false) => {
                Err(Refusal::SubjectNotSoftDeleted(self.subject.clone()).into())
            }
        }
    }

    async fn check_referrers(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let sql = match self.deletion {
            Deletion::Soft => LIVE_REFERRED_VERSION,
            Deletion::Hard => ANY_REFERRED_VERSION,
        };
        let rows = tx.read(sql, &subject_args(&self.subject)).await?;
        let Some(row) = rows.first() else {
            return Ok(());
        };
        let version = VersionNumber(row.number(0)?);
        Err(Refusal::Referenced(self.subject.clone(), version).into())
    }
}

/// A schema that refers to a version and is itself in use. Schemas without a version do not exist.
macro_rules! referrers {
    ($select:literal, $where:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM schema_references r JOIN versions v \
             ON v.context = r.context AND v.schema_id = r.schema_id \
             WHERE r.target_context = $1 AND r.target_subject = $2",
            $where
        )
    };
}

const LIVE_REFERRER: &str = referrers!(
    "1",
    " AND r.target_version = $3 AND v.deleted = FALSE LIMIT 1"
);
const ANY_REFERRER: &str = referrers!("1", " AND r.target_version = $3 LIMIT 1");

/// References within the subject go with it.
const LIVE_REFERRED_VERSION: &str = referrers!(
    "r.target_version",
    " AND NOT (v.context = $1 AND v.subject = $2) AND v.deleted = FALSE \
     ORDER BY r.target_version LIMIT 1"
);
const ANY_REFERRED_VERSION: &str = referrers!(
    "r.target_version",
    " AND NOT (v.context = $1 AND v.subject = $2) ORDER BY r.target_version LIMIT 1"
);

const HIDE_VERSION: &str = "UPDATE versions SET deleted = TRUE \
     WHERE context = $1 AND subject = $2 AND version = $3";
const HIDE_SUBJECT: &str = "UPDATE versions SET deleted = TRUE \
     WHERE context = $1 AND subject = $2 AND deleted = FALSE";
const REMOVE_VERSION: &str = "DELETE FROM versions \
     WHERE context = $1 AND subject = $2 AND version = $3 RETURNING version, schema_id";
const REMOVE_SUBJECT: &str = "DELETE FROM versions \
     WHERE context = $1 AND subject = $2 RETURNING version, schema_id";

fn subject_args(subject: &SubjectName) -> [Arg<'_>; 2] {
    [Arg::Text(&subject.context), Arg::Text(&subject.name)]
}

async fn has_versions(tx: &mut Tx<'_>, subject: &SubjectName) -> Result<bool, Failure> {
    let sql = "SELECT version FROM versions WHERE context = $1 AND subject = $2 LIMIT 1";
    Ok(!tx.read(sql, &subject_args(subject)).await?.is_empty())
}

fn log_hidden(
    tx: &mut Tx<'_>,
    origin: &Origin,
    subject: &SubjectName,
    versions: Vec<VersionNumber>,
) -> Result<(), Failure> {
    tx.touch(subject);
    tx.log(origin, subject, &Change::VersionsSoftDeleted { versions })
}

/// Removes what the removed versions (number, schema id) were the last to need.
async fn log_removed(
    tx: &mut Tx<'_>,
    origin: &Origin,
    subject: &SubjectName,
    removed: &[super::session::Row],
) -> Result<(), Failure> {
    let removed_ids = remove_unused_schemas(tx, &subject.context, removed).await?;
    tx.touch(subject);
    let settings_removed = !has_versions(tx, subject).await?;
    if settings_removed {
        let sql = "UPDATE scopes SET config = NULL, mode = NULL \
             WHERE kind = 'subject' AND context = $1 AND subject = $2";
        tx.write(sql, &subject_args(subject)).await?;
    }
    let change = Change::VersionsHardDeleted {
        versions: sorted_numbers(removed)?,
        removed_ids,
        settings_removed,
    };
    tx.log(origin, subject, &change)
}

/// A registration elsewhere that takes one of them into use at the same time collides with this on
/// the foreign key; one of the two runs again.
async fn remove_unused_schemas(
    tx: &mut Tx<'_>,
    context: &str,
    removed: &[super::session::Row],
) -> Result<Vec<SchemaId>, Failure> {
    let mut ids = removed
        .iter()
        .map(|row| Ok(SchemaId(row.number(1)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    ids.sort_unstable();
    ids.dedup();
    let mut unused = Vec::new();
    for id in ids {
        let args = [Arg::Text(context), Arg::Int(id.0.into())];
        let users = "SELECT version FROM versions WHERE context = $1 AND schema_id = $2 LIMIT 1";
        if tx.read(users, &args).await?.is_empty() {
            let references = "DELETE FROM schema_references WHERE context = $1 AND schema_id = $2";
            tx.write(references, &args).await?;
            tx.write("DELETE FROM schemas WHERE context = $1 AND id = $2", &args)
                .await?;
            unused.push(id);
        }
    }
    Ok(unused)
}

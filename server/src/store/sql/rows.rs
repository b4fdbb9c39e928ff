//! Rows as data: the columns that queries select, and what is made of them.

use std::sync::Arc;

use super::failure::Failure;
use super::session::Row;
use crate::store::model::{
    Content, SchemaId, StoredSchema, StoredVersion, SubjectName, VersionNumber, VersionSummary,
    Visibility,
};

/// The columns of a schema `s`, for [`schema`].
macro_rules! schema_columns {
    () => {
        "s.context, s.id, s.schema_type, s.guid, s.text, s.canonical_text, s.reference_list, \
         s.metadata, s.rule_set"
    };
}

/// The columns of a version `v`, for [`summary`].
macro_rules! summary_columns {
    () => {
        "v.context, v.subject, v.version, v.schema_id, v.deleted, v.time_ms"
    };
}

/// A query for versions `v` with their schemas `s`, for [`version`], up to its conditions.
macro_rules! select_versions {
    () => {
        concat!(
            "SELECT ",
            schema_columns!(),
            ", v.subject, v.version, v.own_text, v.deleted, v.time_ms FROM versions v \
             JOIN schemas s ON s.context = v.context AND s.id = v.schema_id WHERE "
        )
    };
}

pub(super) use {schema_columns, select_versions, summary_columns};

pub(super) fn schema(row: &Row) -> Result<StoredSchema, Failure> {
    Ok(StoredSchema {
        context: row.text(0)?,
        id: SchemaId(row.number(1)?),
        content: Content {
            schema_type: row.text(2)?.parse().map_err(Failure::corrupt)?,
            guid: row.text(3)?.parse().map_err(Failure::corrupt)?,
            text: row.text(4)?,
            canonical_text: row.text(5)?,
            references: serde_json::from_str(&row.text(6)?).map_err(Failure::corrupt)?,
            metadata: row.opt_text(7)?,
            rule_set: row.opt_text(8)?,
        },
    })
}

pub(super) fn version(row: &Row) -> Result<StoredVersion, Failure> {
    let schema = schema(row)?;
    Ok(StoredVersion {
        subject: SubjectName::new(schema.context.clone(), row.text(9)?),
        number: VersionNumber(row.number(10)?),
        schema: Arc::new(schema),
        own_text: row.opt_text(11)?,
        deleted: row.flag(12)?,
        time_ms: row.int(13)?,
    })
}

pub(super) fn summary(row: &Row) -> Result<VersionSummary, Failure> {
    Ok(VersionSummary {
        subject: SubjectName::new(row.text(0)?, row.text(1)?),
        number: VersionNumber(row.number(2)?),
        schema_id: SchemaId(row.number(3)?),
        deleted: row.flag(4)?,
        time_ms: row.int(5)?,
    })
}

/// The least and the greatest value of `deleted` that is visible, for `BETWEEN`.
pub(super) const fn deleted_range(visibility: Visibility) -> (bool, bool) {
    match visibility {
        Visibility::Live => (false, false),
        Visibility::All => (false, true),
        Visibility::DeletedOnly => (true, true),
    }
}

/// The least and the greatest number of live versions of a subject that is visible.
pub(super) const fn live_range(visibility: Visibility) -> (i64, i64) {
    match visibility {
        Visibility::Live => (1, i64::MAX),
        Visibility::All => (0, i64::MAX),
        Visibility::DeletedOnly => (0, 0),
    }
}

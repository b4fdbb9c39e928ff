//! The reads: one query each, except for the state of a subject, which takes several in one snapshot.

use std::sync::Arc;

use uuid::Uuid;

use super::cache::SchemaCache;
use super::failure::Failure;
use super::rows::{
    deleted_range, live_range, schema, schema_columns, select_versions, summary, summary_columns,
    version,
};
use super::session::{ALL_CONTEXTS, Arg, CONTEXT, Row, SUBJECT, ScopeKey, Session, log_entry};
use super::settings::revision_of;
use crate::store::model::{
    DEFAULT_CONTEXT, LogEntry, Page, SchemaId, Scope, Settings, StoredSchema, StoredVersion,
    SubjectFilter, SubjectName, SubjectState, VersionNumber, VersionSelector, VersionSummary,
    Visibility,
};

type Result<T> = std::result::Result<T, Failure>;

/// The rows above and of a subject: kind, revision, configuration, mode.
pub(super) const SCOPES_OF_SUBJECT: &str = "SELECT kind, revision, config, mode FROM scopes \
     WHERE (kind = 'all' AND context = '' AND subject = '') \
     OR (kind = 'context' AND context = $1 AND subject = '') \
     OR (kind = 'subject' AND context = $1 AND subject = $2)";

/// One scope: revision, configuration, mode.
pub(super) const SCOPE: &str = "SELECT revision, config, mode FROM scopes \
     WHERE kind = $1 AND context = $2 AND subject = $3";

/// Runs a query; nothing stored equals a text with a NUL, which not every database would take.
async fn query(session: &mut dyn Session, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>> {
    if args.iter().any(Arg::has_nul) {
        return Ok(Vec::new());
    }
    Ok(session.fetch(sql, args).await?)
}

pub(super) async fn subject_state(
    session: &mut dyn Session,
    subject: &SubjectName,
    cache: &SchemaCache,
) -> Result<SubjectState> {
    let args = [Arg::Text(&subject.context), Arg::Text(&subject.name)];
    let mut state = SubjectState::default();
    for row in query(session, SCOPES_OF_SUBJECT, &args).await? {
        let own = row.int(1)?;
        let revision = &mut state.revision;
        let (settings, part) = match row.text(0)?.as_str() {
            ALL_CONTEXTS => (&mut state.all_contexts, &mut revision.all_contexts),
            CONTEXT => (&mut state.context, &mut revision.context),
            SUBJECT => (&mut state.subject, &mut revision.subject),
            kind => return Err(Failure::corrupt(format!("unknown scope `{kind}`"))),
        };
        *part = own;
        settings.config = row.opt_text(2)?;
        settings.mode = row.opt_text(3)?;
    }
    for settings in [
        &mut state.all_contexts,
        &mut state.context,
        &mut state.subject,
    ] {
        settings.revision = state.revision;
    }
    state.versions = all_versions(session, subject, cache).await?;
    Ok(state)
}

/// Beyond how many unknown schemas one query for all texts is cheaper than one for each.
const SINGLE_READS_MAX: usize = 4;

async fn all_versions(
    session: &mut dyn Session,
    subject: &SubjectName,
    cache: &SchemaCache,
) -> Result<Vec<StoredVersion>> {
    let args = [Arg::Text(&subject.context), Arg::Text(&subject.name)];
    let sql = concat!(
        "SELECT ",
        summary_columns!(),
        ", v.own_text FROM versions v WHERE v.context = $1 AND v.subject = $2 ORDER BY v.version"
    );
    let mut known = Vec::new();
    let mut unknown = 0;
    for row in query(session, sql, &args).await? {
        let summary = summary(&row)?;
        let schema = cache.get(&subject.context, summary.schema_id);
        unknown += usize::from(schema.is_none());
        known.push((summary, schema, row.opt_text(6)?));
    }
    if unknown > SINGLE_READS_MAX {
        let sql = concat!(
            select_versions!(),
            "v.context = $1 AND v.subject = $2 ORDER BY v.version"
        );
        let rows = query(session, sql, &args).await?;
        let versions = rows.iter().map(version).collect::<Result<Vec<_>>>()?;
        for version in &versions {
            cache.insert(&version.schema);
        }
        return Ok(versions);
    }
    let mut versions = Vec::with_capacity(known.len());
    for (summary, schema, own_text) in known {
        let schema = match schema {
            Some(schema) => schema,
            None => existing_schema(session, &subject.context, summary.schema_id, cache).await?,
        };
        versions.push(StoredVersion {
            subject: summary.subject,
            number: summary.number,
            schema,
            own_text,
            deleted: summary.deleted,
            time_ms: summary.time_ms,
        });
    }
    Ok(versions)
}

/// The schema of a version that the same snapshot has.
async fn existing_schema(
    session: &mut dyn Session,
    context: &str,
    id: SchemaId,
    cache: &SchemaCache,
) -> Result<Arc<StoredSchema>> {
    let schema = schema_by_id(session, context, id).await?;
    let schema = schema.ok_or_else(|| Failure::corrupt(format!("schema {id} is missing")))?;
    cache.insert(&schema);
    Ok(schema)
}

pub(super) async fn one_version(
    session: &mut dyn Session,
    subject: &SubjectName,
    selector: VersionSelector,
    visibility: Visibility,
) -> Result<Option<StoredVersion>> {
    let (context, name) = (Arg::Text(&subject.context), Arg::Text(&subject.name));
    let rows = match selector {
        VersionSelector::Number(number) => {
            let sql = concat!(
                select_versions!(),
                "v.context = $1 AND v.subject = $2 AND v.version = $3 \
                 AND v.deleted BETWEEN $4 AND $5"
            );
            let (min, max) = deleted_range(visibility);
            let number = Arg::Int(number.0.into());
            let args = [context, name, number, Arg::Flag(min), Arg::Flag(max)];
            query(session, sql, &args).await?
        }
        VersionSelector::Latest => {
            let sql = concat!(
                select_versions!(),
                "v.context = $1 AND v.subject = $2 AND v.deleted = FALSE \
                 ORDER BY v.version DESC LIMIT 1"
            );
            query(session, sql, &[context, name]).await?
        }
    };
    rows.first().map(version).transpose()
}

pub(super) async fn version_by_guid(
    session: &mut dyn Session,
    subject: &SubjectName,
    guid: Uuid,
    schema_type: checker::Format,
    visibility: Visibility,
) -> Result<Option<StoredVersion>> {
    let sql = concat!(
        select_versions!(),
        "s.context = $1 AND s.guid = $2 AND s.schema_type = $3 AND v.subject = $4 \
         AND v.deleted BETWEEN $5 AND $6 ORDER BY v.version DESC LIMIT 1"
    );
    let (min, max) = deleted_range(visibility);
    let guid = guid.to_string();
    let args = [
        Arg::Text(&subject.context),
        Arg::Text(&guid),
        Arg::Text(schema_type.name()),
        Arg::Text(&subject.name),
        Arg::Flag(min),
        Arg::Flag(max),
    ];
    let rows = query(session, sql, &args).await?;
    rows.first().map(version).transpose()
}

pub(super) async fn versions(
    session: &mut dyn Session,
    subject: &SubjectName,
    visibility: Visibility,
) -> Result<Vec<VersionSummary>> {
    let sql = concat!(
        "SELECT ",
        summary_columns!(),
        " FROM versions v WHERE v.context = $1 AND v.subject = $2 \
         AND v.deleted BETWEEN $3 AND $4 ORDER BY v.version"
    );
    let (min, max) = deleted_range(visibility);
    let args = [
        Arg::Text(&subject.context),
        Arg::Text(&subject.name),
        Arg::Flag(min),
        Arg::Flag(max),
    ];
    let rows = query(session, sql, &args).await?;
    rows.iter().map(summary).collect()
}

pub(super) async fn referenced_by(
    session: &mut dyn Session,
    subject: &SubjectName,
    version: VersionNumber,
    visibility: Visibility,
) -> Result<Vec<(String, SchemaId)>> {
    let sql = "SELECT DISTINCT r.context, r.schema_id FROM schema_references r \
         JOIN versions v ON v.context = r.context AND v.schema_id = r.schema_id \
         WHERE r.target_context = $1 AND r.target_subject = $2 AND r.target_version = $3 \
         AND v.deleted BETWEEN $4 AND $5 ORDER BY r.context, r.schema_id";
    let (min, max) = deleted_range(visibility);
    let args = [
        Arg::Text(&subject.context),
        Arg::Text(&subject.name),
        Arg::Int(version.0.into()),
        Arg::Flag(min),
        Arg::Flag(max),
    ];
    let rows = query(session, sql, &args).await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, SchemaId(row.number(1)?))))
        .collect()
}

pub(super) async fn schema_by_id(
    session: &mut dyn Session,
    context: &str,
    id: SchemaId,
) -> Result<Option<Arc<StoredSchema>>> {
    let sql = concat!(
        "SELECT ",
        schema_columns!(),
        " FROM schemas s WHERE s.context = $1 AND s.id = $2"
    );
    let args = [Arg::Text(context), Arg::Int(id.0.into())];
    let rows = query(session, sql, &args).await?;
    Ok(rows.first().map(schema).transpose()?.map(Arc::new))
}

pub(super) async fn schemas_by_guid(
    session: &mut dyn Session,
    guid: Uuid,
) -> Result<Vec<Arc<StoredSchema>>> {
    let sql = concat!(
        "SELECT ",
        schema_columns!(),
        " FROM schemas s WHERE s.guid = $1 ORDER BY s.context, s.id"
    );
    let rows = query(session, sql, &[Arg::Text(&guid.to_string())]).await?;
    rows.iter().map(|row| Ok(Arc::new(schema(row)?))).collect()
}

pub(super) async fn uses(
    session: &mut dyn Session,
    context: &str,
    id: SchemaId,
    visibility: Visibility,
) -> Result<Vec<VersionSummary>> {
    let sql = concat!(
        "SELECT ",
        summary_columns!(),
        " FROM versions v WHERE v.context = $1 AND v.schema_id = $2 \
         AND v.deleted BETWEEN $3 AND $4 ORDER BY v.subject, v.version"
    );
    let (min, max) = deleted_range(visibility);
    let args = [
        Arg::Text(context),
        Arg::Int(id.0.into()),
        Arg::Flag(min),
        Arg::Flag(max),
    ];
    let rows = query(session, sql, &args).await?;
    rows.iter().map(summary).collect()
}

pub(super) async fn max_schema_id(
    session: &mut dyn Session,
    context: &str,
) -> Result<Option<SchemaId>> {
    let sql = "SELECT last_schema_id FROM contexts WHERE name = $1 AND last_schema_id > 0";
    let rows = query(session, sql, &[Arg::Text(context)]).await?;
    rows.first()
        .map(|row| Ok(SchemaId(row.number(0)?)))
        .transpose()
}

pub(super) async fn contexts(session: &mut dyn Session) -> Result<Vec<String>> {
    let sql = "SELECT name FROM contexts WHERE name <> '.' ORDER BY name";
    let rows = query(session, sql, &[]).await?;
    let mut contexts = vec![DEFAULT_CONTEXT.to_owned()];
    for row in &rows {
        contexts.push(row.text(0)?);
    }
    Ok(contexts)
}

/// The context as an argument; no context has an empty name.
fn context_arg(filter: &SubjectFilter) -> Arg<'_> {
    Arg::Text(filter.context.as_deref().unwrap_or_default())
}

fn page_args(page: Page) -> (Arg<'static>, Arg<'static>) {
    let limit = page.limit.map_or(i64::MAX, i64::from);
    (Arg::Int(limit), Arg::Int(page.offset.into()))
}

pub(super) async fn subjects(
    session: &mut dyn Session,
    filter: &SubjectFilter,
) -> Result<Vec<SubjectName>> {
    let sql = "SELECT context, subject FROM versions \
         WHERE ($1 = '' OR context = $1) AND substr(subject, 1, length($2)) = $2 \
         GROUP BY context, subject \
         HAVING SUM(CASE WHEN deleted THEN 0 ELSE 1 END) BETWEEN $3 AND $4 \
         ORDER BY context, subject LIMIT $5 OFFSET $6";
    let (min, max) = live_range(filter.visibility);
    let (limit, offset) = page_args(filter.page);
    let args = [
        context_arg(filter),
        Arg::Text(&filter.name_prefix),
        Arg::Int(min),
        Arg::Int(max),
        limit,
        offset,
    ];
    let rows = query(session, sql, &args).await?;
    rows.iter()
        .map(|row| Ok(SubjectName::new(row.text(0)?, row.text(1)?)))
        .collect()
}

pub(super) async fn search(
    session: &mut dyn Session,
    filter: &SubjectFilter,
    latest_only: bool,
) -> Result<Vec<StoredVersion>> {
    let sql = concat!(
        select_versions!(),
        "($1 = '' OR v.context = $1) AND substr(v.subject, 1, length($2)) = $2 \
         AND v.deleted BETWEEN $3 AND $4 AND (NOT $5 OR NOT EXISTS (SELECT 1 FROM versions w \
         WHERE w.context = v.context AND w.subject = v.subject AND w.version > v.version \
         AND w.deleted BETWEEN $3 AND $4)) \
         ORDER BY v.context, v.subject, v.version LIMIT $6 OFFSET $7"
    );
    let (min, max) = deleted_range(filter.visibility);
    let (limit, offset) = page_args(filter.page);
    let args = [
        context_arg(filter),
        Arg::Text(&filter.name_prefix),
        Arg::Flag(min),
        Arg::Flag(max),
        Arg::Flag(latest_only),
        limit,
        offset,
    ];
    let rows = query(session, sql, &args).await?;
    rows.iter().map(version).collect()
}

pub(super) async fn settings(session: &mut dyn Session, scope: &Scope) -> Result<Settings> {
    let key = ScopeKey::from(scope);
    let args = [
        Arg::Text(key.kind),
        Arg::Text(&key.context),
        Arg::Text(&key.subject),
    ];
    let rows = query(session, SCOPE, &args).await?;
    let Some(row) = rows.first() else {
        return Ok(Settings::default());
    };
    Ok(Settings {
        revision: revision_of(scope, row.int(0)?),
        config: row.opt_text(1)?,
        mode: row.opt_text(2)?,
    })
}

pub(super) async fn log(
    session: &mut dyn Session,
    after: i64,
    limit: u32,
) -> Result<Vec<LogEntry>> {
    let sql = "SELECT position, time_ms, actor, scope, context, subject, payload FROM log \
         WHERE position > $1 ORDER BY position LIMIT $2";
    let args = [Arg::Int(after), Arg::Int(limit.into())];
    let rows = query(session, sql, &args).await?;
    rows.iter().map(|row| Ok(log_entry(row)?)).collect()
}

pub(super) async fn position(session: &mut dyn Session) -> Result<i64> {
    let rows = query(session, "SELECT position FROM log_head", &[]).await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok(row.int(0)?)
}

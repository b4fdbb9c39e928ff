//! PostgreSQL: any number of nodes on one database.
//!
//! Writes run at READ COMMITTED and lock the rows that they depend on, always in the same order, so
//! that each statement after the locks sees what the transaction before it left behind. A database
//! that only knows SERIALIZABLE refuses some of them, and they run again. Migrations are guarded by
//! an advisory lock (the only one), so nodes may start at the same time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Postgres, Transaction};

use super::Store;
use super::sql::SqlStore;
use super::sql::session::{
    Arg, Backend, Locks, PendingEntry, Row, ScopeKey, Session, Touched, WriteSession, bind_all,
};

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/postgres/migrations");

/// How long to wait for a connection, of the pool or to the server.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connects and migrates.
pub(super) async fn open(
    options: PgConnectOptions,
    readers_max: u32,
) -> sqlx::Result<Arc<dyn Store>> {
    let options = options
        .application_name("schemad")
        .disable_statement_logging();
    let writer = pool(1).connect_with(options.clone()).await;
    if let Err(sqlx::Error::PoolTimedOut) = &writer {
        // The pool tries until its time is up, and then does not say what went wrong.
        options.connect().await?;
    }
    let writer = writer?;
    MIGRATIONS.run(&writer).await?;
    let readers = pool(readers_max.max(1)).connect_lazy_with(options);
    Ok(Arc::new(SqlStore::new(Arc::new(Database {
        writer,
        readers,
    }))))
}

fn pool(connections_max: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query(DURABLE).execute(connection).await?;
                Ok(())
            })
        })
}

/// Acknowledged must mean durable, whatever the server's default is.
const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false) \
     WHERE current_setting('synchronous_commit') = 'off'";

#[derive(Debug)]
struct Database {
    /// One connection of its own, so that readers cannot keep the writer waiting.
    writer: PgPool,
    readers: PgPool,
}

#[async_trait]
impl Backend for Database {
    async fn reader(&self) -> sqlx::Result<Box<dyn Session>> {
        Ok(Box::new(Reader(self.readers.acquire().await?)))
    }

    async fn snapshot(&self) -> sqlx::Result<Box<dyn Session>> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(Box::new(Open(self.readers.begin_with(begin).await?)))
    }

    async fn begin(&self) -> sqlx::Result<Box<dyn WriteSession>> {
        let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
        Ok(Box::new(Open(self.writer.begin_with(begin).await?)))
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

struct Reader(PoolConnection<Postgres>);

struct Open(Transaction<'static, Postgres>);

#[async_trait]
impl Session for Reader {
    async fn fetch(&mut self, sql: &'static str, args: &[Arg<'_>]) -> sqlx::Result<Vec<Row>> {
        let query = bind_all!(sqlx::query::<Postgres>(sql), args);
        let rows = query.fetch_all(&mut *self.0).await?;
        Ok(rows.into_iter().map(Row::Postgres).collect())
    }
}

#[async_trait]
impl Session for Open {
    async fn fetch(&mut self, sql: &'static str, args: &[Arg<'_>]) -> sqlx::Result<Vec<Row>> {
        let query = bind_all!(sqlx::query::<Postgres>(sql), args);
        let rows = query.fetch_all(&mut *self.0).await?;
        Ok(rows.into_iter().map(Row::Postgres).collect())
    }
}

#[async_trait]
impl WriteSession for Open {
    async fn lock(&mut self, locks: &Locks) -> sqlx::Result<()> {
        // Where a group changes what others of it only share, the stronger lock comes first.
        let (subjects, above): (Vec<_>, Vec<_>) = locks
            .exclusive
            .iter()
            .partition(|(key, _)| key.is_subject());
        if above.is_empty() {
            let shared = locks.shared.iter().map(|key| (key, true));
            self.lock_rows(LOCK_SHARED, shared).await?;
        } else {
            let mut rows: BTreeMap<&ScopeKey, bool> =
                locks.shared.iter().map(|key| (key, true)).collect();
            for (key, create) in above {
                *rows.entry(key).or_insert(false) |= *create;
            }
            self.lock_rows(LOCK_EXCLUSIVE, rows.into_iter()).await?;
        }
        let subjects = subjects.into_iter().map(|(key, create)| (key, *create));
        self.lock_rows(LOCK_EXCLUSIVE, subjects).await
    }

    async fn touch(&mut self, touched: &Touched) -> sqlx::Result<()> {
        let each =
            |text: fn(&ScopeKey) -> &str| -> Vec<&str> { touched.keys().map(text).collect() };
        let revisions: Vec<i64> = touched.values().copied().collect();
        sqlx::query(TOUCH)
            .bind(each(|key| key.kind))
            .bind(each(|key| &key.context))
            .bind(each(|key| &key.subject))
            .bind(revisions)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn append(&mut self, entries: &[PendingEntry]) -> sqlx::Result<()> {
        let each =
            |text: fn(&PendingEntry) -> &str| -> Vec<&str> { entries.iter().map(text).collect() };
        let times: Vec<i64> = entries.iter().map(|entry| entry.time_ms).collect();
        let actors: Vec<Option<&str>> =
            entries.iter().map(|entry| entry.actor.as_deref()).collect();
        sqlx::query(APPEND)
            .bind(times)
            .bind(actors)
            .bind(each(|entry| entry.kind))
            .bind(each(|entry| entry.scope.kind))
            .bind(each(|entry| &entry.scope.context))
            .bind(each(|entry| &entry.scope.subject))
            .bind(each(|entry| &entry.payload))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn commit(self: Box<Self>) -> sqlx::Result<()> {
        self.0.commit().await
    }
}

impl Open {
    /// Locks rows in the order of their keys, and creates those that are to exist.
    async fn lock_rows<'a>(
        &mut self,
        sql: &'static str,
        rows: impl Iterator<Item = (&'a ScopeKey, bool)>,
    ) -> sqlx::Result<()> {
        let rows: Vec<_> = rows.filter(|(key, _)| !key.has_nul()).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let (kinds, contexts, subjects, wanted) = columns(&rows);
        let query = sqlx::query(sql)
            .bind(&kinds)
            .bind(&contexts)
            .bind(&subjects);
        let locked = query.fetch_all(&mut *self.0).await?;
        if locked.len() == rows.len() || !wanted.contains(&true) {
            return Ok(());
        }
        // Rows that appear now are locked by having been inserted, or by the statement again.
        let query = sqlx::query(CREATE)
            .bind(&kinds)
            .bind(&contexts)
            .bind(&subjects)
            .bind(&wanted);
        let created = query.execute(&mut *self.0).await?.rows_affected();
        if u64::try_from(locked.len()).is_ok_and(|locked| locked + created == rows.len() as u64) {
            return Ok(());
        }
        let query = sqlx::query(sql).bind(kinds).bind(contexts).bind(subjects);
        query.execute(&mut *self.0).await?;
        Ok(())
    }
}

type Columns<'a> = (Vec<&'a str>, Vec<&'a str>, Vec<&'a str>, Vec<bool>);

fn columns<'a>(rows: &[(&'a ScopeKey, bool)]) -> Columns<'a> {
    (
        rows.iter().map(|(key, _)| key.kind).collect(),
        rows.iter().map(|(key, _)| key.context.as_str()).collect(),
        rows.iter().map(|(key, _)| key.subject.as_str()).collect(),
        rows.iter().map(|(_, create)| *create).collect(),
    )
}

macro_rules! lock_scopes {
    ($strength:literal) => {
        concat!(
            "SELECT revision FROM scopes WHERE (kind, context, subject) IN \
             (SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[])) \
             ORDER BY kind, context, subject FOR ",
            $strength
        )
    };
}

const LOCK_SHARED: &str = lock_scopes!("SHARE");
const LOCK_EXCLUSIVE: &str = lock_scopes!("UPDATE");

const CREATE: &str = "INSERT INTO scopes (kind, context, subject, revision) \
     SELECT kind, context, subject, 0 FROM \
     unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BOOLEAN[]) \
     AS wanted (kind, context, subject, is_wanted) WHERE is_wanted \
     ORDER BY kind, context, subject ON CONFLICT (kind, context, subject) DO NOTHING";

const TOUCH: &str = "INSERT INTO scopes (kind, context, subject, revision) \
     SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BIGINT[]) \
     ON CONFLICT (kind, context, subject) \
     DO UPDATE SET revision = scopes.revision + excluded.revision";

/// Takes as many positions as there are entries, in one statement: the head stays locked for the
/// time of this one and the commit.
const APPEND: &str = "WITH head AS (\
     UPDATE log_head SET position = position + cardinality($1::BIGINT[]) RETURNING position) \
     INSERT INTO log (position, time_ms, actor, kind, scope, context, subject, payload) \
     SELECT head.position - cardinality($1::BIGINT[]) + entry.number, entry.time_ms, entry.actor, \
     entry.kind, entry.scope, entry.context, entry.subject, entry.payload \
     FROM head, unnest($1::BIGINT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::TEXT[], \
     $7::TEXT[]) WITH ORDINALITY \
     AS entry (time_ms, actor, kind, scope, context, subject, payload, number)";

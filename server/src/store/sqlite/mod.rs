//! SQLite: one file, one writing connection, many reading ones, nothing to set up.
//!
//! WAL with `synchronous=FULL`: a commit is on disk when it returns, and readers never wait for the
//! writer. A store in memory has one connection for everything, since each would see its own data.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Sqlite, SqliteConnection, Transaction};

use super::Store;
use super::sql::SqlStore;
use super::sql::session::{
    Arg, Backend, Locks, PendingEntry, Row, Session, Touched, WriteSession, bind_all,
};

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/sqlite/migrations");

/// How long to wait for another process that holds the database's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait before asking again for what SQLite refuses instead of waiting itself.
const BUSY_PAUSE: Duration = Duration::from_millis(10);

/// How long to wait for a connection of our own.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens a file, which is created if it does not exist, and migrates it.
pub(super) async fn open_file(path: &Path, readers_max: u32) -> sqlx::Result<Arc<dyn Store>> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    let writing = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let writer = connect_writer(writing).await?;
    migrate(&writer).await?;
    let readers = pool(readers_max.max(1)).connect_lazy_with(options.read_only(true));
    Ok(Arc::new(SqlStore::new(Arc::new(Database {
        writer,
        readers,
    }))))
}

/// Opens a database that is gone when it is closed.
pub(super) async fn open_in_memory() -> sqlx::Result<Arc<dyn Store>> {
    Ok(Arc::new(SqlStore::new(database_in_memory().await?)))
}

pub(super) async fn database_in_memory() -> sqlx::Result<Arc<dyn Backend>> {
    let options = SqliteConnectOptions::new()
        .in_memory(true)
        .foreign_keys(true)
        .disable_statement_logging();
    let only = pool(1).min_connections(1).connect_with(options).await?;
    migrate(&only).await?;
    Ok(Arc::new(Database {
        writer: only.clone(),
        readers: only,
    }))
}

/// Opens the writing connection. Changing a file to WAL takes it from everybody, and where another
/// process is about to do the same SQLite says so at once, whatever the busy timeout: neither would
/// let go of what the other waits for. So the one that lost asks again.
async fn connect_writer(options: SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        match pool(1).connect_with(options.clone()).await {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                tokio::time::sleep(BUSY_PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}

/// Whether another connection holds the lock: `SQLITE_BUSY` with whatever extension, which stands
/// above its lowest eight bits ("Result and Error Codes" of SQLite's documentation).
fn is_busy(error: &sqlx::Error) -> bool {
    const BUSY: u32 = 5;
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    let code = code.and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == BUSY)
}

/// Migrates under the write lock, so that of several processes that start at once one does it and
/// the others find it done. (`run` would do, if it could be proven `Send` with a connection.)
async fn migrate(writer: &SqlitePool) -> sqlx::Result<()> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let connection: &mut SqliteConnection = &mut transaction;
    MIGRATIONS.run_direct(None, connection, false).await?;
    transaction.commit().await
}

fn pool(connections_max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

#[derive(Debug)]
struct Database {
    writer: SqlitePool,
    readers: SqlitePool,
}

#[async_trait]
impl Backend for Database {
    async fn reader(&self) -> sqlx::Result<Box<dyn Session>> {
        Ok(Box::new(Reader(self.readers.acquire().await?)))
    }

    async fn snapshot(&self) -> sqlx::Result<Box<dyn Session>> {
        Ok(Box::new(Open(self.readers.begin().await?)))
    }

    async fn begin(&self) -> sqlx::Result<Box<dyn WriteSession>> {
        // Taking the write lock at once: a transaction that begins as a reader may find that it
        // cannot become a writer.
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Box::new(Open(transaction)))
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

struct Reader(PoolConnection<Sqlite>);

struct Open(Transaction<'static, Sqlite>);

#[async_trait]
impl Session for Reader {
    async fn fetch(&mut self, sql: &'static str, args: &[Arg<'_>]) -> sqlx::Result<Vec<Row>> {
        let query = bind_all!(sqlx::query::<Sqlite>(sql), args);
        let rows = query.fetch_all(&mut *self.0).await?;
        Ok(rows.into_iter().map(Row::Sqlite).collect())
    }
}

#[async_trait]
impl Session for Open {
    async fn fetch(&mut self, sql: &'static str, args: &[Arg<'_>]) -> sqlx::Result<Vec<Row>> {
        let query = bind_all!(sqlx::query::<Sqlite>(sql), args);
        let rows = query.fetch_all(&mut *self.0).await?;
        Ok(rows.into_iter().map(Row::Sqlite).collect())
    }
}

#[async_trait]
impl WriteSession for Open {
    /// `BEGIN IMMEDIATE` has locked everything.
    async fn lock(&mut self, _locks: &Locks) -> sqlx::Result<()> {
        Ok(())
    }

    async fn touch(&mut self, touched: &Touched) -> sqlx::Result<()> {
        for (key, revisions) in touched {
            let args = [
                Arg::Text(key.kind),
                Arg::Text(&key.context),
                Arg::Text(&key.subject),
                Arg::Int(*revisions),
            ];
            self.fetch(TOUCH, &args).await?;
        }
        Ok(())
    }

    async fn append(&mut self, entries: &[PendingEntry]) -> sqlx::Result<()> {
        for entry in entries {
            let args = [
                Arg::Int(entry.time_ms),
                Arg::OptText(entry.actor.as_deref()),
                Arg::Text(entry.kind),
                Arg::Text(entry.scope.kind),
                Arg::Text(&entry.scope.context),
                Arg::Text(&entry.scope.subject),
                Arg::Text(&entry.payload),
            ];
            self.fetch("UPDATE log_head SET position = position + 1", &[])
                .await?;
            self.fetch(APPEND, &args).await?;
        }
        Ok(())
    }

    async fn commit(self: Box<Self>) -> sqlx::Result<()> {
        self.0.commit().await
    }
}

const TOUCH: &str = "INSERT INTO scopes (kind, context, subject, revision) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (kind, context, subject) \
     DO UPDATE SET revision = scopes.revision + excluded.revision";

const APPEND: &str = "INSERT INTO log \
     (position, time_ms, actor, kind, scope, context, subject, payload) \
     SELECT position, $1, $2, $3, $4, $5, $6, $7 FROM log_head";

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;

    use super::*;

    #[tokio::test]
    async fn a_file_that_is_in_use_as_it_is_opened_is_waited_for() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("test.db");
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true);
        let mut other = options.connect().await.unwrap();
        // A writer of a file that is not in WAL.
        let writing = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let opening = tokio::spawn(async move { open_file(&path, 1).await });
        tokio::time::sleep(BUSY_PAUSE * 10).await;
        assert!(!opening.is_finished());
        writing.commit().await.unwrap();
        let store = opening.await.unwrap().unwrap();
        assert!(store.check_writable().await.is_ok());
        store.close().await;
        other.close().await.unwrap();
    }
}

//! A database of one's own for each test: a new SQLite file, or a new PostgreSQL database that is
//! dropped again.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Where the test command tells of its PostgreSQL server.
const POSTGRES_URL: &str = "TEST_POSTGRES_URL";
/// Numbers the databases of this process.
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// An empty database. It goes when this value goes, so it must outlive the servers that use it.
#[derive(Debug)]
pub enum Database {
    /// A SQLite file in a directory of its own.
    Sqlite(TempDir),
    /// A database on the PostgreSQL server of the test run.
    Postgres {
        /// The URL of the server's maintenance database.
        server: String,
        /// The name of this database.
        name: String,
    },
}

impl Database {
    /// A new SQLite file.
    pub fn sqlite() -> Result<Self> {
        Ok(Self::Sqlite(TempDir::new().context("making a directory")?))
    }

    /// A new PostgreSQL database, or `None`, said loudly, where this run has no server.
    pub fn postgres() -> Result<Option<Self>> {
        let Ok(server) = std::env::var(POSTGRES_URL) else {
            crate::missing("a PostgreSQL server (TEST_POSTGRES_URL)");
            return Ok(None);
        };
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("e2e_{}_{number}", std::process::id());
        execute::<PgConnection>(&server, &format!("CREATE DATABASE {name}"))?;
        Ok(Some(Self::Postgres { server, name }))
    }

    /// The `--database-url` of this database.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(dir) => format!("sqlite:{}", dir.path().join("schemad.db").display()),
            Self::Postgres { server, name } => {
                let (base, _) = server.rsplit_once('/').unwrap_or((server, ""));
                format!("{base}/{name}")
            }
        }
    }

    /// Executes SQL, for what no request brings about.
    pub fn execute(&self, sql: &str) -> Result<()> {
        let url = self.url();
        match self {
            Self::Postgres { .. } => execute::<PgConnection>(&url, sql),
            Self::Sqlite(_) => execute::<SqliteConnection>(&url, sql),
        }
    }

    /// Takes the lock that every write to a SQLite file needs, until the value is dropped.
    pub fn hold_writes(&self) -> Result<HeldWrites> {
        let runtime = Runtime::new().context("starting a runtime")?;
        let connection = runtime.block_on(async {
            let mut connection = SqliteConnection::connect(&self.url())
                .await
                .context("connecting")?;
            sqlx::raw_sql("BEGIN IMMEDIATE")
                .execute(&mut connection)
                .await
                .context("taking the lock")?;
            anyhow::Ok(connection)
        })?;
        Ok(HeldWrites {
            _connection: connection,
            _runtime: runtime,
        })
    }
}

/// The lock of [`Database::hold_writes`]. It goes with the connection.
#[derive(Debug)]
pub struct HeldWrites {
    _connection: SqliteConnection,
    _runtime: Runtime,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            // The whole server goes after the run; one database left until then harms nobody.
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = execute::<PgConnection>(server, &drop);
        }
    }
}

fn execute<C>(url: &str, sql: &str) -> Result<()>
where
    C: Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
{
    let runtime = Runtime::new().context("starting a runtime")?;
    runtime.block_on(async {
        let mut connection = C::connect(url)
            .await
            .with_context(|| format!("connecting to {url}"))?;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut connection)
            .await
            .with_context(|| format!("executing `{sql}`"))?;
        connection.close().await.context("closing the connection")
    })
}

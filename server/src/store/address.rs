//! Where the data is: reads a database address and opens the back end that it names.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::migrate::MigrateError;
use sqlx::postgres::PgConnectOptions;

use super::error::{Result, StoreError};
use super::{Store, postgres, sqlite};

/// Where the data is. Its `Debug` form hides the address, which may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// `sqlite:PATH`, `sqlite::memory:` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
    pub url: String,
    /// How many connections read at the same time.
    pub connections_max: u32,
}

impl StoreConfig {
    /// How many connections read at the same time unless something else is asked for.
    pub const CONNECTIONS_MAX_DEFAULT: u32 = 16;

    /// A store at an address, with the default number of connections.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            connections_max: Self::CONNECTIONS_MAX_DEFAULT,
        }
    }

    /// The address without user, password and parameters, fit for logs and messages.
    pub fn redacted_url(&self) -> String {
        redact(&self.url)
    }
}

impl fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreConfig")
            .field("url", &self.redacted_url())
            .field("connections_max", &self.connections_max)
            .finish()
    }
}

/// Opens a store: creates the SQLite file where there is none, brings the tables up to date, starts
/// the writer. Must be called within a Tokio runtime.
///
/// All that can go wrong is a [`StoreError::Open`] that says what to do; a database that was
/// migrated by a newer `schemad` is refused and left alone.
pub async fn open(config: &StoreConfig) -> Result<Arc<dyn Store>> {
    let refuse = |problem, source| StoreError::Open {
        url: config.redacted_url(),
        problem,
        source,
    };
    let address = Address::parse(&config.url).map_err(|problem| refuse(problem, None))?;
    let opened = match &address {
        Address::Memory => sqlite::open_in_memory().await,
        Address::File(path) => sqlite::open_file(path, config.connections_max).await,
        Address::Postgres(options) => {
            postgres::open(options.as_ref().clone(), config.connections_max).await
        }
    };
    opened.map_err(|error| refuse(problem(&address, &error), Some(Arc::new(error))))
}

enum Address {
    Memory,
    File(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl Address {
    fn parse(url: &str) -> std::result::Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Self::parse_path(path.strip_prefix("//").unwrap_or(path));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // The parser's own message may quote the address, and with it the password.
            let options = url.parse().map_err(|_| {
                "this is no PostgreSQL address; write postgres://USER:PASSWORD@HOST:PORT/DATABASE \
                 and percent-encode special characters"
                    .to_owned()
            })?;
            return Ok(Self::Postgres(Box::new(options)));
        }
        Err(
            "the address begins with neither `sqlite:` nor `postgres://`; \
             a file is named as in sqlite:schemad.db"
                .to_owned(),
        )
    }

    fn parse_path(path: &str) -> std::result::Result<Self, String> {
        if path == ":memory:" {
            return Ok(Self::Memory);
        }
        if path.is_empty() {
            return Err("the path is missing; write sqlite:PATH or sqlite::memory:".to_owned());
        }
        if path.contains('?') {
            return Err("an SQLite address takes no parameters after `?`".to_owned());
        }
        Ok(Self::File(PathBuf::from(path)))
    }
}

/// SQLite's primary code for a file that is no database.
const SQLITE_NOTADB: &str = "26";

fn problem(address: &Address, error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Migrate(error) => migration_problem(error),
        sqlx::Error::Database(error) if error.code().as_deref() == Some(SQLITE_NOTADB) => {
            "the file exists but is no SQLite database; name another file".to_owned()
        }
        _ => match address {
            Address::File(path) => file_problem(path),
            Address::Memory => "SQLite does not start".to_owned(),
            Address::Postgres(_) => {
                "cannot connect; check host, port, user, password, and that the database exists"
                    .to_owned()
            }
        },
    }
}

fn file_problem(path: &Path) -> String {
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    match parent {
        Some(parent) if !parent.is_dir() => {
            format!(
                "the directory `{}` does not exist; create it",
                parent.display()
            )
        }
        _ if path.is_dir() => "the path is a directory; name a file in it".to_owned(),
        _ => "check that the file and its directory can be read and written".to_owned(),
    }
}

fn migration_problem(error: &MigrateError) -> String {
    match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
            format!(
                "it was written by a newer schemad (migration {version} is unknown here); \
                 use that one"
            )
        }
        MigrateError::VersionMismatch(version) => {
            format!("migration {version} differs from the one that made it; use another database")
        }
        _ => "its tables cannot be brought up to date".to_owned(),
    }
}

/// Everything up to the last `@` may be user and password, and parameters may hold one too.
fn redact(url: &str) -> String {
    if url.starts_with("sqlite:") {
        return url.to_owned();
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return "…".to_owned();
    };
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let place = place.split(['?', '#']).next().unwrap_or_default();
    format!("{scheme}://{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refusal(url: &str) -> String {
        let error = open(&StoreConfig::at(url)).await.expect_err(url);
        assert!(matches!(error, StoreError::Open { .. }), "{error:?}");
        error.to_string()
    }

    #[test]
    fn redacting_leaves_no_credentials() {
        for (url, expected) in [
            (
                "postgres://u:se@cret@h:1/db?password=x",
                "postgres://h:1/db",
            ),
            ("postgres://h/db", "postgres://h/db"),
            ("postgres://u:se/cret?@h/db", "postgres://h/db"),
            ("u:secret@h", "…"),
            ("sqlite:a.db", "sqlite:a.db"),
        ] {
            assert_eq!(redact(url), expected);
            assert!(!format!("{:?}", StoreConfig::at(url)).contains("cret"));
        }
    }

    #[tokio::test]
    async fn bad_addresses_are_refused_with_a_remedy() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().display();
        std::fs::write(dir.path().join("text"), "x".repeat(4_096)).unwrap();
        for (url, remedy) in [
            ("mysql://h/db".to_owned(), "begins with neither"),
            ("schemad.db".to_owned(), "begins with neither"),
            ("sqlite:".to_owned(), "write sqlite:PATH"),
            ("sqlite:a.db?mode=ro".to_owned(), "takes no parameters"),
            (format!("sqlite:{place}/no/such/a.db"), "create it"),
            (format!("sqlite:{place}"), "name a file in it"),
            (format!("sqlite:{place}/text"), "name another file"),
            ("postgres://u:pw@h:port/db".to_owned(), "write postgres://"),
        ] {
            let message = refusal(&url).await;
            assert!(message.contains(remedy), "{url}: {message}");
        }
    }

    #[tokio::test]
    async fn unreachable_server_is_named_without_its_password() {
        let error = open(&StoreConfig::at("postgres://u:hunter2@127.0.0.1:1/db"))
            .await
            .expect_err("nothing listens there");
        let message = format!("{error} {error:?}");
        assert!(error.to_string().contains("postgres://127.0.0.1:1/db"));
        assert!(!message.contains("hunter2"), "{message}");
    }
}

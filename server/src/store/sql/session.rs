//! What the two SQL back ends have in common: statements with `$1` arguments, rows, transactions.
//!
//! One SQL text serves both, so the operations exist once; a back end adds how it connects, how it
//! locks rows, and how it appends to the log.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use async_trait::async_trait;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Decode, Postgres, Row as _, Sqlite, Type};

use crate::store::model::{LogEntry, Scope, SubjectName};

/// A value for `$n`.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Arg<'a> {
    Int(i64),
    Text(&'a str),
    OptText(Option<&'a str>),
    Flag(bool),
}

impl Arg<'_> {
    /// Whether it is a text that no stored text can equal, since a NUL cannot be stored.
    pub(super) fn has_nul(&self) -> bool {
        match self {
            Self::Text(text) | Self::OptText(Some(text)) => text.contains('\0'),
            Self::Int(_) | Self::Flag(_) | Self::OptText(None) => false,
        }
    }
}

/// Binds arguments to a query of either database.
macro_rules! bind_all {
    ($query:expr, $args:expr) => {
        $args.iter().fold($query, |query, arg| match *arg {
            Arg::Int(value) => query.bind(value),
            Arg::Text(value) => query.bind(value),
            Arg::OptText(value) => query.bind(value),
            Arg::Flag(value) => query.bind(value),
        })
    };
}
pub(in crate::store) use bind_all;

/// A row of either database.
pub(in crate::store) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(super) fn int(&self, column: usize) -> sqlx::Result<i64> {
        self.get(column)
    }

    pub(super) fn opt_int(&self, column: usize) -> sqlx::Result<Option<i64>> {
        self.get(column)
    }

    pub(super) fn text(&self, column: usize) -> sqlx::Result<String> {
        self.get(column)
    }

    pub(super) fn opt_text(&self, column: usize) -> sqlx::Result<Option<String>> {
        self.get(column)
    }

    pub(super) fn flag(&self, column: usize) -> sqlx::Result<bool> {
        self.get(column)
    }

    /// A column that holds a number which fits the wire contract.
    pub(super) fn number(&self, column: usize) -> sqlx::Result<u32> {
        number(self.int(column)?)
    }

    pub(super) fn opt_number(&self, column: usize) -> sqlx::Result<Option<u32>> {
        self.opt_int(column)?.map(number).transpose()
    }

    fn get<T>(&self, column: usize) -> sqlx::Result<T>
    where
        usize: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
        T: for<'r> Decode<'r, Sqlite>
            + Type<Sqlite>
            + for<'r> Decode<'r, Postgres>
            + Type<Postgres>,
    {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }
}

fn number(value: i64) -> sqlx::Result<u32> {
    u32::try_from(value).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// A connection that runs statements.
#[async_trait]
pub(in crate::store) trait Session: Send {
    /// Runs a statement and returns all its rows.
    async fn fetch(&mut self, sql: &'static str, args: &[Arg<'_>]) -> sqlx::Result<Vec<Row>>;
}

/// An open write transaction; dropping it rolls it back.
#[async_trait]
pub(in crate::store) trait WriteSession: Session {
    /// Locks the rows of scopes until the end of the transaction.
    async fn lock(&mut self, locks: &Locks) -> sqlx::Result<()>;

    /// Moves subjects on by a number of revisions.
    async fn touch(&mut self, touched: &Touched) -> sqlx::Result<()>;

    /// Gives the entries the next positions and appends them. The last statement of a transaction,
    /// since it holds the lock that all writers need.
    async fn append(&mut self, entries: &[PendingEntry]) -> sqlx::Result<()>;

    /// Makes it durable.
    async fn commit(self: Box<Self>) -> sqlx::Result<()>;
}

/// A database.
#[async_trait]
pub(in crate::store) trait Backend: fmt::Debug + Send + Sync + 'static {
    /// A connection for single statements.
    async fn reader(&self) -> sqlx::Result<Box<dyn Session>>;

    /// A connection whose statements all see one state.
    async fn snapshot(&self) -> sqlx::Result<Box<dyn Session>>;

    /// A write transaction. Only one at a time is asked for.
    async fn begin(&self) -> sqlx::Result<Box<dyn WriteSession>>;

    /// Closes all connections.
    async fn close(&self);
}

/// How many revisions each subject moves on by.
pub(in crate::store) type Touched = BTreeMap<ScopeKey, i64>;

/// A log entry that has no position yet.
#[derive(Debug)]
pub(in crate::store) struct PendingEntry {
    pub(in crate::store) time_ms: i64,
    pub(in crate::store) actor: Option<String>,
    pub(in crate::store) kind: &'static str,
    pub(in crate::store) scope: ScopeKey,
    pub(in crate::store) payload: String,
}

/// The key of a row of `scopes`; sorts in the order in which rows are locked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct ScopeKey {
    pub(in crate::store) kind: &'static str,
    pub(in crate::store) context: String,
    pub(in crate::store) subject: String,
}

impl ScopeKey {
    /// Whether it is a subject, not something above subjects.
    pub(in crate::store) fn is_subject(&self) -> bool {
        self.kind == SUBJECT
    }

    /// Whether no such row can exist, since a NUL cannot be stored.
    pub(in crate::store) fn has_nul(&self) -> bool {
        self.context.contains('\0') || self.subject.contains('\0')
    }
}

impl From<&Scope> for ScopeKey {
    fn from(scope: &Scope) -> Self {
        let (kind, context, subject) = match scope {
            Scope::AllContexts => (ALL_CONTEXTS, "", ""),
            Scope::Context(context) => (CONTEXT, context.as_str(), ""),
            Scope::Subject(name) => (SUBJECT, name.context.as_str(), name.name.as_str()),
        };
        Self {
            kind,
            context: context.to_owned(),
            subject: subject.to_owned(),
        }
    }
}

impl From<&SubjectName> for ScopeKey {
    fn from(name: &SubjectName) -> Self {
        Self::from(&Scope::Subject(name.clone()))
    }
}

pub(super) const ALL_CONTEXTS: &str = "all";
pub(super) const CONTEXT: &str = "context";
pub(super) const SUBJECT: &str = "subject";

/// Reads a scope back from its three columns.
pub(super) fn scope(kind: &str, context: String, subject: String) -> Option<Scope> {
    match kind {
        ALL_CONTEXTS => Some(Scope::AllContexts),
        CONTEXT => Some(Scope::Context(context)),
        SUBJECT => Some(Scope::Subject(SubjectName::new(context, subject))),
        _ => None,
    }
}

/// The rows of scopes that a group of writes needs, taken before anything is read.
///
/// The settings above a subject are shared by its registrations, so they come first and are only
/// locked against change; subjects are locked one by one in the order of their keys. All groups
/// lock in this order, so none waits for another in a circle.
#[derive(Debug, Default)]
pub(in crate::store) struct Locks {
    /// Rows that must not change.
    pub(in crate::store) shared: BTreeSet<ScopeKey>,
    /// Rows that will change or guard what changes; whether to create the row if it is missing.
    pub(in crate::store) exclusive: BTreeMap<ScopeKey, bool>,
}

impl Locks {
    pub(super) fn share(&mut self, scope: &Scope) {
        self.shared.insert(scope.into());
    }

    /// Locks a row if it exists.
    pub(super) fn hold(&mut self, key: ScopeKey) {
        self.exclusive.entry(key).or_insert(false);
    }

    /// Locks a row, which is created if it is missing.
    pub(super) fn claim(&mut self, key: ScopeKey) {
        self.exclusive.insert(key, true);
    }
}

/// Reads a log row: position, time, actor, scope kind, context, subject, payload.
pub(super) fn log_entry(row: &Row) -> sqlx::Result<LogEntry> {
    let kind = row.text(3)?;
    let scope = scope(&kind, row.text(4)?, row.text(5)?)
        .ok_or_else(|| sqlx::Error::Decode(format!("unknown scope `{kind}`").into()))?;
    let change = serde_json::from_str(&row.text(6)?)
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(LogEntry {
        position: row.int(0)?,
        time_ms: row.int(1)?,
        actor: row.opt_text(2)?,
        scope,
        change,
    })
}

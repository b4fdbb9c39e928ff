//! The store over an SQL database: everything that the back ends share, which is all but how they
//! connect, lock and append.
//!
//! Reads (`read`) take a connection each. Writes (`register`, `delete`, `settings`) are operations
//! that the one writer task (`writer`) runs in groups. Both know a database only as `session`.

mod cache;
mod delete;
mod failure;
mod read;
mod register;
mod rows;
pub(super) mod session;
mod settings;
mod writer;

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use self::cache::SchemaCache;
use self::delete::{DeleteSubject, DeleteVersion};
use self::failure::Failure;
use self::register::Register;
use self::session::{Backend, Session};
use self::settings::{ChangeSettings, Probe};
use self::writer::Writer;
use super::Store;
use super::error::Result;
use super::model::{
    Deletion, LogEntry, Origin, Registered, Registration, SchemaId, Scope, Settings,
    SettingsChange, StoredSchema, StoredVersion, SubjectFilter, SubjectName, SubjectState,
    VersionNumber, VersionSelector, VersionSummary, Visibility,
};

/// A [`Store`] over any back end.
#[derive(Debug)]
pub(super) struct SqlStore {
    backend: Arc<dyn Backend>,
    writer: Writer,
    schemas: SchemaCache,
}

impl SqlStore {
    /// Takes over a database that is migrated. Must be called within a Tokio runtime.
    pub(super) fn new(backend: Arc<dyn Backend>) -> Self {
        Self {
            writer: Writer::start(Arc::clone(&backend)),
            backend,
            schemas: SchemaCache::new(),
        }
    }

    async fn reader(&self, context: &str) -> Result<Box<dyn Session>> {
        let session = self.backend.reader().await;
        session.map_err(|error| Failure::from(error).during(context))
    }
}

/// Runs a read of `read` on a connection of its own.
macro_rules! read {
    ($store:expr, $context:literal, $name:ident($($arg:expr),*)) => {{
        let mut session = $store.reader($context).await?;
        let result = read::$name(&mut *session, $($arg),*).await;
        result.map_err(|failure| failure.during($context))
    }};
}

#[async_trait]
impl Store for SqlStore {
    async fn register(&self, registration: Registration, origin: Origin) -> Result<Registered> {
        let operation = Register::new(registration, origin)
            .map_err(|failure| failure.during("while preparing a registration"))?;
        self.writer.run(operation).await
    }

    async fn delete_version(
        &self,
        subject: SubjectName,
        version: VersionNumber,
        deletion: Deletion,
        origin: Origin,
    ) -> Result<()> {
        let operation = DeleteVersion {
            subject,
            version,
            deletion,
            origin,
        };
        self.writer.run(operation).await
    }

    async fn delete_subject(
        &self,
        subject: SubjectName,
        deletion: Deletion,
        origin: Origin,
    ) -> Result<Vec<VersionNumber>> {
        let operation = DeleteSubject {
            subject,
            deletion,
            origin,
        };
        self.writer.run(operation).await
    }

    async fn change_settings(&self, change: SettingsChange, origin: Origin) -> Result<()> {
        let operation = ChangeSettings::new(change, origin)?;
        self.writer.run(operation).await
    }

    async fn subject_state(&self, subject: &SubjectName) -> Result<SubjectState> {
        let context = || format!("while reading subject `{subject}`");
        let snapshot = self.backend.snapshot().await;
        let mut session = snapshot.map_err(|error| Failure::from(error).during(context()))?;
        let state = read::subject_state(&mut *session, subject, &self.schemas).await;
        state.map_err(|failure| failure.during(context()))
    }

    async fn version(
        &self,
        subject: &SubjectName,
        selector: VersionSelector,
        visibility: Visibility,
    ) -> Result<Option<StoredVersion>> {
        read!(
            self,
            "while reading a version",
            one_version(subject, selector, visibility)
        )
    }

    async fn version_by_guid(
        &self,
        subject: &SubjectName,
        guid: Uuid,
        schema_type: checker::Format,
        visibility: Visibility,
    ) -> Result<Option<StoredVersion>> {
        read!(
            self,
            "while looking a schema up in a subject",
            version_by_guid(subject, guid, schema_type, visibility)
        )
    }

    async fn versions(
        &self,
        subject: &SubjectName,
        visibility: Visibility,
    ) -> Result<Vec<VersionSummary>> {
        read!(
            self,
            "while listing versions",
            versions(subject, visibility)
        )
    }

    async fn referenced_by(
        &self,
        subject: &SubjectName,
        version: VersionNumber,
        visibility: Visibility,
    ) -> Result<Vec<(String, SchemaId)>> {
        read!(
            self,
            "while listing what refers to a version",
            referenced_by(subject, version, visibility)
        )
    }

    async fn schema(&self, context: &str, id: SchemaId) -> Result<Option<Arc<StoredSchema>>> {
        read!(self, "while reading a schema", schema_by_id(context, id))
    }

    async fn schemas_by_guid(&self, guid: Uuid) -> Result<Vec<Arc<StoredSchema>>> {
        read!(
            self,
            "while reading a schema by guid",
            schemas_by_guid(guid)
        )
    }

    async fn uses(
        &self,
        context: &str,
        id: SchemaId,
        visibility: Visibility,
    ) -> Result<Vec<VersionSummary>> {
        read!(
            self,
            "while listing the versions of a schema",
            uses(context, id, visibility)
        )
    }

    async fn max_schema_id(&self, context: &str) -> Result<Option<SchemaId>> {
        read!(
            self,
            "while reading the last schema id",
            max_schema_id(context)
        )
    }

    async fn contexts(&self) -> Result<Vec<String>> {
        read!(self, "while listing contexts", contexts())
    }

    async fn subjects(&self, filter: &SubjectFilter) -> Result<Vec<SubjectName>> {
        read!(self, "while listing subjects", subjects(filter))
    }

    async fn search(
        &self,
        filter: &SubjectFilter,
        latest_only: bool,
    ) -> Result<Vec<StoredVersion>> {
        read!(self, "while listing schemas", search(filter, latest_only))
    }

    async fn settings(&self, scope: &Scope) -> Result<Settings> {
        read!(self, "while reading settings", settings(scope))
    }

    async fn log(&self, after: i64, limit: u32) -> Result<Vec<LogEntry>> {
        read!(self, "while reading the log", log(after, limit))
    }

    async fn position(&self) -> Result<i64> {
        read!(self, "while reading the log's position", position())
    }

    async fn check_writable(&self) -> Result<()> {
        self.writer.run(Probe).await
    }

    async fn close(&self) {
        self.writer.stop().await;
        self.backend.close().await;
    }
}

//! The suite that every back end passes: functions over a store, run once for each back end.
//!
//! A new back end is a [`Kind`] and one line at the end of this file. PostgreSQL tests need
//! `TEST_POSTGRES_URL`, the address of a server and a user who may create databases; without it
//! they say so and pass, except in CI, where they fail.

mod concurrency;
mod deletion;
mod nodes;
mod reads;
mod registration;
mod replay;
mod settings;

use std::io::Write as _;
use std::sync::Arc;

use checker::Format;
use md5::{Digest as _, Md5};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::model::{
    Content, Deletion, LogEntry, Origin, Reference, Registered, Registration, SchemaId,
    SubjectName, VersionNumber, VersionSelector, Visibility,
};
use super::{Refusal, Result, Store, StoreConfig, StoreError, open};

/// The back ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SqliteFile,
    SqliteInMemory,
    Postgres,
}

/// A database for one test.
#[derive(Debug)]
struct TestDatabase {
    config: StoreConfig,
    /// Keeps the directory of a file.
    _dir: Option<tempfile::TempDir>,
    /// The server's address and the database's name, to drop it.
    postgres: Option<(String, String)>,
}

impl TestDatabase {
    async fn create(kind: Kind) -> Option<Self> {
        match kind {
            Kind::SqliteInMemory => Some(Self::at("sqlite::memory:")),
            Kind::SqliteFile => {
                let dir = tempfile::tempdir().unwrap();
                let url = format!("sqlite:{}/test.db", dir.path().display());
                Some(Self {
                    _dir: Some(dir),
                    ..Self::at(&url)
                })
            }
            Kind::Postgres => {
                let server = postgres_url()?;
                let name = format!("schemad_test_{}", Uuid::new_v4().simple());
                administer(&server, &format!("CREATE DATABASE {name}")).await;
                let (base, _) = server.rsplit_once('/').unwrap();
                Some(Self {
                    postgres: Some((server.clone(), name.clone())),
                    ..Self::at(&format!("{base}/{name}"))
                })
            }
        }
    }

    fn at(url: &str) -> Self {
        Self {
            config: StoreConfig {
                url: url.to_owned(),
                connections_max: 4,
            },
            _dir: None,
            postgres: None,
        }
    }

    /// Another node on this database (in memory: another database).
    async fn open(&self) -> Arc<dyn Store> {
        open(&self.config).await.unwrap()
    }

    async fn remove(&self) {
        if let Some((server, name)) = &self.postgres {
            administer(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// The address of a PostgreSQL server for tests.
fn postgres_url() -> Option<String> {
    let url = std::env::var("TEST_POSTGRES_URL").ok();
    if url.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "TEST_POSTGRES_URL is not set, but CI is"
        );
        // Past the test runner's capture, so that it is seen although the test passes.
        let name = std::thread::current().name().unwrap_or("a test").to_owned();
        let line = format!("\nSKIPPED {name}: needs a PostgreSQL server (TEST_POSTGRES_URL)\n");
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
    }
    url
}

async fn administer(server: &str, sql: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Runs a test on a database of its own, which is removed whatever the test does.
async fn run<F>(kind: Kind, test: impl FnOnce(Arc<TestDatabase>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Some(database) = TestDatabase::create(kind).await else {
        return;
    };
    let database = Arc::new(database);
    let outcome = tokio::spawn(test(Arc::clone(&database))).await;
    database.remove().await;
    outcome.unwrap();
}

fn subject(name: &str) -> SubjectName {
    SubjectName::unqualified(name)
}

fn at(time_ms: i64) -> Origin {
    Origin {
        actor: Some("tester".to_owned()),
        time_ms,
    }
}

/// A schema with the given text, which is its canonical form too.
fn content(text: &str) -> Content {
    content_with_references(text, &[])
}

fn content_with_references(text: &str, references: &[Reference]) -> Content {
    let mut hash = Md5::new();
    hash.update(text);
    for reference in references {
        hash.update(format!("{reference:?}"));
    }
    Content {
        schema_type: Format::Avro,
        guid: Uuid::from_bytes(hash.finalize().into()),
        text: text.to_owned(),
        canonical_text: text.to_owned(),
        references: references.to_vec(),
        metadata: None,
        rule_set: None,
    }
}

fn reference(target: &SubjectName, version: u32) -> Reference {
    Reference {
        name: format!("{}.v{version}", target.name),
        subject: target.to_string(),
        target: target.clone(),
        version: VersionNumber(version),
    }
}

/// Registers against the present state, whatever that is.
async fn register_content(
    store: &dyn Store,
    subject: &SubjectName,
    content: Content,
) -> Result<Registered> {
    loop {
        let result = try_register(store, subject, content.clone()).await;
        match result {
            Err(StoreError::Refused(Refusal::Moved)) => {}
            result => return result,
        }
    }
}

/// Registers against the present state, once.
async fn try_register(
    store: &dyn Store,
    subject: &SubjectName,
    content: Content,
) -> Result<Registered> {
    let expected = store.subject_state(subject).await?.revision;
    let mut resolved = Vec::new();
    for reference in &content.references {
        let selector = VersionSelector::Number(reference.version);
        let target = store
            .version(&reference.target, selector, Visibility::All)
            .await?;
        resolved.push(target.map_or(SchemaId(0), |target| target.schema.id));
    }
    let registration = Registration {
        subject: subject.clone(),
        content,
        resolved,
        expected,
    };
    store.register(registration, at(1_000)).await
}

async fn register(store: &dyn Store, name: &str, text: &str) -> Registered {
    register_content(store, &subject(name), content(text))
        .await
        .unwrap()
}

/// Registers a schema that refers to version 1 of another subject.
async fn register_referring(store: &dyn Store, name: &str, target: &str) -> Registered {
    let references = [reference(&subject(target), 1)];
    let content = content_with_references(&format!("\"{name} -> {target}\""), &references);
    register_content(store, &subject(name), content)
        .await
        .unwrap()
}

async fn delete_version(
    store: &dyn Store,
    name: &str,
    version: u32,
    deletion: Deletion,
) -> Result<()> {
    store
        .delete_version(subject(name), VersionNumber(version), deletion, at(2_000))
        .await
}

async fn delete_subject(
    store: &dyn Store,
    name: &str,
    deletion: Deletion,
) -> Result<Vec<VersionNumber>> {
    store
        .delete_subject(subject(name), deletion, at(2_000))
        .await
}

/// The numbers of a subject's versions.
async fn numbers(store: &dyn Store, name: &str, visibility: Visibility) -> Vec<u32> {
    let versions = store.versions(&subject(name), visibility).await.unwrap();
    versions.iter().map(|version| version.number.0).collect()
}

async fn whole_log(store: &dyn Store) -> Vec<LogEntry> {
    store.log(0, u32::MAX).await.unwrap()
}

/// The refusal that a write must have met.
#[track_caller]
fn refusal<T: std::fmt::Debug>(result: Result<T>) -> Refusal {
    match result {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Declares one module of tests for a back end.
macro_rules! store_conformance {
    ($name:ident, $kind:expr, stores: [$($module:ident::$test:ident,)*],
     databases: [$($db_module:ident::$db_test:ident,)*]) => {
        mod $name {
            use super::{Kind, run};

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    run($kind, |database| async move {
                        let store = database.open().await;
                        super::$module::$test(std::sync::Arc::clone(&store)).await;
                        store.close().await;
                    })
                    .await;
                }
            )*
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $db_test() {
                    run($kind, super::$db_module::$db_test).await;
                }
            )*
        }
    };
}

/// The tests of any store, then those that need a database which several nodes can open.
macro_rules! all_tests {
    ($name:ident, $kind:expr, databases: $databases:tt) => {
        store_conformance! {
            $name, $kind,
            stores: [
                concurrency::different_schemas_against_one_state_one_wins,
                concurrency::equal_schemas_get_one_id_and_one_version,
                concurrency::equal_schemas_in_many_subjects_share_one_id,
                concurrency::log_positions_have_no_gaps,
                concurrency::level_change_and_registration_never_both_pass_on_old_state,
                concurrency::reference_and_deletion_of_its_target_never_both_pass,
                deletion::soft_deleted_version_is_hidden_but_resolves_by_id,
                deletion::soft_and_hard_delete_are_refused_in_the_wrong_order,
                deletion::hard_delete_removes_the_schema_with_its_last_version,
                deletion::ids_are_not_used_again_after_hard_delete,
                deletion::version_number_is_used_again_only_after_hard_delete,
                deletion::last_hard_deleted_version_takes_the_settings_along,
                deletion::referenced_version_cannot_be_deleted,
                deletion::subject_goes_with_references_of_its_own,
                deletion::missing_subjects_and_versions_are_told_apart,
                deletion::refused_deletions_leave_no_trace,
                reads::latest_is_the_newest_live_version,
                reads::subjects_are_filtered_sorted_and_paged,
                reads::search_lists_versions_in_order,
                reads::state_has_every_version_however_it_was_read,
                reads::many_unknown_schemas_are_read_at_once,
                reads::uses_and_referrers_are_listed,
                reads::guid_finds_the_schema_in_every_context,
                reads::contexts_are_those_with_registrations,
                reads::names_with_special_characters_are_kept_apart,
                reads::names_with_nul_match_nothing,
                reads::large_texts_come_back_unchanged,
                registration::first_registration_gets_id_and_version_one,
                registration::same_content_again_changes_nothing,
                registration::same_content_in_another_subject_shares_the_id,
                registration::own_layout_is_returned_for_the_version,
                registration::contexts_count_their_own_ids,
                registration::schema_types_do_not_share_ids,
                registration::stale_state_is_refused,
                registration::references_must_resolve_to_the_schema_that_was_parsed,
                registration::soft_deleted_content_comes_back_with_its_id,
                registration::referenced_soft_deleted_version_is_kept_on_return,
                registration::guid_collision_is_refused,
                registration::unstorable_texts_and_names_are_refused,
                registration::refused_registrations_leave_no_trace,
                replay::log_is_enough_to_rebuild_the_state,
                settings::settings_are_kept_per_scope,
                settings::settings_change_makes_registrations_stale,
                settings::lost_update_is_refused,
                settings::setting_the_same_again_writes_nothing,
                settings::probe_leaves_no_trace,
                settings::closed_store_is_unavailable,
            ],
            databases: $databases
        }
    };
}

all_tests!(sqlite_in_memory, Kind::SqliteInMemory, databases: []);
all_tests!(sqlite_file, Kind::SqliteFile, databases: [
    nodes::acknowledged_writes_are_there_after_reopening,
    nodes::newer_database_is_refused,
    nodes::nodes_see_each_others_writes,
    nodes::nodes_migrate_at_the_same_time,
    nodes::nodes_write_at_the_same_time,
]);
all_tests!(postgres, Kind::Postgres, databases: [
    nodes::broken_connections_are_replaced,
    nodes::unreachable_database_is_unavailable,
    nodes::acknowledged_writes_are_there_after_reopening,
    nodes::newer_database_is_refused,
    nodes::nodes_see_each_others_writes,
    nodes::nodes_migrate_at_the_same_time,
    nodes::nodes_write_at_the_same_time,
]);

//! Several stores on one database, at the same time and one after the other.

use super::concurrency::{all_at_once, race_levels, race_references};
use super::*;

const NODES: u32 = 4;

pub(super) async fn acknowledged_writes_are_there_after_reopening(database: Arc<TestDatabase>) {
    let store = database.open().await;
    register(&*store, "a", "\"int\"").await;
    register_referring(&*store, "b", "a").await;
    let log = whole_log(&*store).await;
    let state = store.subject_state(&subject("b")).await.unwrap();
    // Not closed: what was acknowledged does not depend on an orderly end.
    let again = database.open().await;
    assert_eq!(whole_log(&*again).await, log);
    assert_eq!(again.subject_state(&subject("b")).await.unwrap(), state);
    assert_eq!(register(&*again, "a", "\"long\"").await.id, SchemaId(3));
    store.close().await;
    again.close().await;
}

pub(super) async fn newer_database_is_refused(database: Arc<TestDatabase>) {
    database.open().await.close().await;
    let sql = "INSERT INTO _sqlx_migrations \
         (version, description, success, checksum, execution_time) \
         VALUES (9999, 'from the future', TRUE, 'x', 0)";
    if database.postgres.is_some() {
        administer(&database.config.url, sql).await;
    } else {
        let mut connection = sqlx::SqliteConnection::connect(&database.config.url)
            .await
            .unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
    let error = open(&database.config).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("written by a newer schemad"), "{message}");
}

pub(super) async fn nodes_see_each_others_writes(database: Arc<TestDatabase>) {
    let one = database.open().await;
    let other = database.open().await;
    for round in 0..5 {
        let (writer, reader) = if round % 2 == 0 {
            (&one, &other)
        } else {
            (&other, &one)
        };
        let registered = register(&**writer, "a", &format!("\"{round}\"")).await;
        let latest = reader
            .version(&subject("a"), VersionSelector::Latest, Visibility::Live)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(latest.number, registered.version);
        assert_eq!(reader.position().await.unwrap(), round + 1);
    }
    one.close().await;
    other.close().await;
}

/// The server closes every connection, as when it is restarted.
pub(super) async fn broken_connections_are_replaced(database: Arc<TestDatabase>) {
    let store = database.open().await;
    register(&*store, "a", "\"int\"").await;
    let (server, name) = database.postgres.as_ref().unwrap();
    for round in 0..3 {
        let sql = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        );
        administer(server, &sql).await;
        let registered = register(&*store, "a", &format!("\"{round}\"")).await;
        assert_eq!(registered.version, VersionNumber(round + 2));
    }
    store.close().await;
}

/// A database that does not let anyone in is reported as such, and used again afterwards.
pub(super) async fn unreachable_database_is_unavailable(database: Arc<TestDatabase>) {
    let store = database.open().await;
    register(&*store, "a", "\"int\"").await;
    let (server, name) = database.postgres.as_ref().unwrap();
    let admit = async |yes: bool| {
        administer(
            server,
            &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {yes}"),
        )
        .await;
        let sql = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        );
        administer(server, &sql).await;
    };
    admit(false).await;
    let probe = store.check_writable().await;
    assert!(
        matches!(probe, Err(StoreError::Unavailable { .. })),
        "{probe:?}"
    );
    let read = store.subject_state(&subject("a")).await;
    assert!(
        matches!(read, Err(StoreError::Unavailable { .. })),
        "{read:?}"
    );
    admit(true).await;
    register(&*store, "a", "\"long\"").await;
    store.close().await;
}

pub(super) async fn nodes_migrate_at_the_same_time(database: Arc<TestDatabase>) {
    let stores = all_at_once((0..NODES).map(|_| {
        let database = Arc::clone(&database);
        async move { database.open().await }
    }))
    .await;
    for (number, store) in (1..).zip(&stores) {
        let registered = register(&**store, "a", &format!("\"{number}\"")).await;
        assert_eq!(registered.id, SchemaId(number));
    }
    for store in stores {
        store.close().await;
    }
}

/// The races of one store once more, now between nodes.
pub(super) async fn nodes_write_at_the_same_time(database: Arc<TestDatabase>) {
    let mut stores = Vec::new();
    for _ in 0..NODES {
        stores.push(database.open().await);
    }
    let registered = all_at_once((0..NODES * 4).map(|writer| {
        let store = Arc::clone(&stores[(writer % NODES) as usize]);
        async move {
            let mut created = 0;
            for round in 0..6 {
                // A few subjects that all fight for, in contexts of their own and in one.
                let context = format!(".c{}", round % 2);
                let name = SubjectName::new(context, format!("s{}", writer % 3));
                let text = format!("\"{} {round}\"", writer / 2);
                let result = register_content(&*store, &name, content(&text)).await;
                created += u32::from(result.unwrap().created);
            }
            created
        }
    }))
    .await;
    let created: u32 = registered.iter().sum();
    let log = whole_log(&*stores[0]).await;
    let positions: Vec<_> = log.iter().map(|entry| entry.position).collect();
    assert_eq!(positions, (1..=i64::from(created)).collect::<Vec<_>>());
    race_references(&stores[0], &stores[1], 30).await;
    race_levels(&stores[0], &stores[1], 30).await;
    race_removal(&stores[0], &stores[1]).await;
    super::replay::log_rebuilds_state(&*stores[2]).await;
    for store in stores {
        store.close().await;
    }
}

/// One node removes the last version of a schema while another takes the schema into use.
async fn race_removal(one: &Arc<dyn Store>, other: &Arc<dyn Store>) {
    for round in 0..20 {
        let (old, new) = (format!("old{round}"), format!("new{round}"));
        let text = format!("\"removal {round}\"");
        let first = register(&**one, &old, &text).await;
        delete_subject(&**one, &old, Deletion::Soft).await.unwrap();
        let (removed, registered) = tokio::join!(
            delete_subject(&**one, &old, Deletion::Hard),
            register(&**other, &new, &text)
        );
        assert_eq!(removed.unwrap(), [VersionNumber(1)]);
        let found = one.schema(".", registered.id).await.unwrap();
        assert_eq!(found.unwrap().content.text, text);
        let kept = one.schema(".", first.id).await.unwrap().is_some();
        assert_eq!(kept, registered.id == first.id, "round {round}");
    }
}

//! Many writers at once, on one store.

use std::collections::BTreeSet;

use super::*;
use crate::store::model::{Scope, Setting, SettingsChange};

const WRITERS: u32 = 16;

/// Runs tasks at the same time and returns what they returned, in order.
pub(super) async fn all_at_once<T, F>(tasks: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let handles: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut results = Vec::new();
    for handle in handles {
        results.push(handle.await.unwrap());
    }
    results
}

pub(super) async fn different_schemas_against_one_state_one_wins(store: Arc<dyn Store>) {
    for round in 0..5 {
        let name = subject("a");
        let expected = store.subject_state(&name).await.unwrap().revision;
        let results = all_at_once((0..WRITERS).map(|writer| {
            let store = Arc::clone(&store);
            let registration = Registration {
                subject: name.clone(),
                content: content(&format!("\"{round} {writer}\"")),
                resolved: Vec::new(),
                expected,
            };
            async move { store.register(registration, at(1)).await }
        }))
        .await;
        let mut won = 0;
        for result in results {
            match result {
                Ok(_) => won += 1,
                refused => assert_eq!(refusal(refused), Refusal::Moved),
            }
        }
        assert_eq!(won, 1);
    }
    assert_eq!(
        numbers(&*store, "a", Visibility::All).await,
        [1, 2, 3, 4, 5]
    );
}

pub(super) async fn equal_schemas_get_one_id_and_one_version(store: Arc<dyn Store>) {
    let results = all_at_once((0..WRITERS).map(|_| {
        let store = Arc::clone(&store);
        async move { register(&*store, "a", "\"int\"").await }
    }))
    .await;
    assert_eq!(results.iter().filter(|result| result.created).count(), 1);
    for result in results {
        assert_eq!((result.id, result.version.0), (SchemaId(1), 1));
    }
    assert_eq!(store.position().await.unwrap(), 1);
}

pub(super) async fn equal_schemas_in_many_subjects_share_one_id(store: Arc<dyn Store>) {
    let results = all_at_once((0..WRITERS).map(|writer| {
        let store = Arc::clone(&store);
        async move { register(&*store, &format!("s{writer}"), "\"int\"").await }
    }))
    .await;
    for result in results {
        assert_eq!((result.id, result.version.0), (SchemaId(1), 1));
    }
    assert_eq!(store.max_schema_id(".").await.unwrap(), Some(SchemaId(1)));
}

pub(super) async fn log_positions_have_no_gaps(store: Arc<dyn Store>) {
    all_at_once((0..WRITERS).map(|writer| {
        let store = Arc::clone(&store);
        async move {
            for round in 0..5 {
                let name = format!("s{}", writer % 4);
                register(&*store, &name, &format!("\"{writer} {round}\"")).await;
                // A refusal in the middle of a group.
                refusal(delete_version(&*store, &name, 99, Deletion::Soft).await);
            }
        }
    }))
    .await;
    let positions: Vec<_> = whole_log(&*store)
        .await
        .iter()
        .map(|entry| entry.position)
        .collect();
    assert_eq!(positions, (1..=80).collect::<Vec<_>>());
    assert_eq!(store.position().await.unwrap(), 80);
    assert_eq!(store.max_schema_id(".").await.unwrap(), Some(SchemaId(80)));
    assert_eq!(store.log(78, 1).await.unwrap()[0].position, 79);
}

pub(super) async fn level_change_and_registration_never_both_pass_on_old_state(
    store: Arc<dyn Store>,
) {
    race_levels(&store, &store, 12).await;
}

/// Settings changed on one node, schemas registered on another. The log shows which came first;
/// what came second must have been refused or have seen it.
pub(super) async fn race_levels(one: &Arc<dyn Store>, other: &Arc<dyn Store>, rounds: usize) {
    for round in 0..rounds {
        let name = subject(&format!("level{round}"));
        let scopes = [
            Scope::AllContexts,
            Scope::Context(".".to_owned()),
            Scope::Subject(name.clone()),
        ];
        let scope = scopes[round % scopes.len()].clone();
        let expected = other.subject_state(&name).await.unwrap().revision;
        let change = SettingsChange {
            setting: Setting::Config(Some(format!("{{\"round\":{round}}}"))),
            expected: one.settings(&scope).await.unwrap().revision,
            scope,
        };
        let registration = Registration {
            subject: name,
            content: content(&format!("\"level {round}\"")),
            resolved: Vec::new(),
            expected,
        };
        let before = one.position().await.unwrap();
        let (changed, registered) = tokio::join!(
            one.change_settings(change, at(1)),
            other.register(registration, at(1))
        );
        let entries = one.log(before, 10).await.unwrap();
        let kinds: Vec<_> = entries.iter().map(|entry| entry.change.kind()).collect();
        match (changed, registered) {
            (Ok(()), Ok(_)) => assert_eq!(kinds, ["version_registered", "config_changed"]),
            (Ok(()), refused) => {
                assert_eq!(refusal(refused), Refusal::Moved);
                assert_eq!(kinds, ["config_changed"]);
            }
            (refused, registered) => {
                assert_eq!(refusal(refused), Refusal::Moved);
                assert!(registered.unwrap().created);
                assert_eq!(kinds, ["version_registered"]);
            }
        }
    }
}

pub(super) async fn reference_and_deletion_of_its_target_never_both_pass(store: Arc<dyn Store>) {
    race_references(&store, &store, 12).await;
}

/// References registered on one node, their targets deleted on another.
pub(super) async fn race_references(one: &Arc<dyn Store>, other: &Arc<dyn Store>, rounds: u32) {
    let mut outcomes = BTreeSet::new();
    for round in 0..rounds {
        let target = format!("target{round}");
        let referrer = format!("referrer{round}");
        register(&**one, &target, &format!("\"{round}\"")).await;
        let references = [reference(&subject(&target), 1)];
        let referring = content_with_references(&format!("\"referring {round}\""), &references);
        let name = subject(&referrer);
        let (registered, deleted) = tokio::join!(
            try_register(&**one, &name, referring),
            delete_version(&**other, &target, 1, Deletion::Soft)
        );
        assert_ne!(registered.is_ok(), deleted.is_ok(), "round {round}");
        outcomes.insert(registered.is_ok());
        let live = numbers(&**one, &target, Visibility::Live).await;
        assert_eq!(live.is_empty(), deleted.is_ok());
    }
    // Which one wins is chance; what was tried is shown when the test fails elsewhere.
    println!("outcomes: {outcomes:?}");
}

//! Deletion: what is hidden, what is gone, what stands in the way.

use super::*;
use crate::store::model::{Scope, Setting, SettingsChange};

pub(super) async fn soft_deleted_version_is_hidden_but_resolves_by_id(store: Arc<dyn Store>) {
    let first = register(&*store, "a", "\"int\"").await;
    delete_version(&*store, "a", 1, Deletion::Soft)
        .await
        .unwrap();
    assert_eq!(numbers(&*store, "a", Visibility::Live).await, [0; 0]);
    assert_eq!(numbers(&*store, "a", Visibility::All).await, [1]);
    assert_eq!(numbers(&*store, "a", Visibility::DeletedOnly).await, [1]);
    let one = VersionSelector::Number(VersionNumber(1));
    let name = subject("a");
    let hidden = store.version(&name, one, Visibility::Live).await.unwrap();
    assert_eq!(hidden, None);
    let shown = store.version(&name, one, Visibility::All).await.unwrap();
    assert!(shown.unwrap().deleted);
    let latest = VersionSelector::Latest;
    let latest = store.version(&name, latest, Visibility::All).await.unwrap();
    assert_eq!(latest, None);
    assert!(store.schema(".", first.id).await.unwrap().is_some());
}

pub(super) async fn soft_and_hard_delete_are_refused_in_the_wrong_order(store: Arc<dyn Store>) {
    register(&*store, "a", "\"int\"").await;
    register(&*store, "a", "\"long\"").await;
    let name = subject("a");
    let one = VersionNumber(1);
    let result = delete_version(&*store, "a", 1, Deletion::Hard).await;
    let expected = Refusal::VersionNotSoftDeleted(name.clone(), one);
    assert_eq!(refusal(result), expected);
    delete_version(&*store, "a", 1, Deletion::Soft)
        .await
        .unwrap();
    let result = delete_version(&*store, "a", 1, Deletion::Soft).await;
    let expected = Refusal::VersionSoftDeleted(name.clone(), one);
    assert_eq!(refusal(result), expected);
    let result = delete_subject(&*store, "a", Deletion::Hard).await;
    assert_eq!(
        refusal(result),
        Refusal::SubjectNotSoftDeleted(name.clone())
    );
    let deleted = delete_subject(&*store, "a", Deletion::Soft).await.unwrap();
    assert_eq!(deleted, [VersionNumber(2)]);
    let result = delete_subject(&*store, "a", Deletion::Soft).await;
    assert_eq!(refusal(result), Refusal::SubjectSoftDeleted(name.clone()));
    let removed = delete_subject(&*store, "a", Deletion::Hard).await.unwrap();
    assert_eq!(removed, [VersionNumber(1), VersionNumber(2)]);
    let result = delete_subject(&*store, "a", Deletion::Hard).await;
    assert_eq!(refusal(result), Refusal::SubjectNotFound(name));
}

pub(super) async fn hard_delete_removes_the_schema_with_its_last_version(store: Arc<dyn Store>) {
    let shared = register(&*store, "a", "\"int\"").await;
    register(&*store, "b", "\"int\"").await;
    for (name, resolves) in [("a", true), ("b", false)] {
        delete_version(&*store, name, 1, Deletion::Soft)
            .await
            .unwrap();
        assert!(store.schema(".", shared.id).await.unwrap().is_some());
        delete_version(&*store, name, 1, Deletion::Hard)
            .await
            .unwrap();
        let found = store.schema(".", shared.id).await.unwrap();
        assert_eq!(found.is_some(), resolves);
    }
}

pub(super) async fn ids_are_not_used_again_after_hard_delete(store: Arc<dyn Store>) {
    for round in 1..=3 {
        let registered = register(&*store, "a", "\"int\"").await;
        assert_eq!(registered.id, SchemaId(round));
        assert_eq!(registered.version, VersionNumber(1));
        delete_subject(&*store, "a", Deletion::Soft).await.unwrap();
        delete_subject(&*store, "a", Deletion::Hard).await.unwrap();
    }
    assert_eq!(store.max_schema_id(".").await.unwrap(), Some(SchemaId(3)));
}

pub(super) async fn version_number_is_used_again_only_after_hard_delete(store: Arc<dyn Store>) {
    register(&*store, "a", "\"int\"").await;
    register(&*store, "a", "\"long\"").await;
    delete_version(&*store, "a", 2, Deletion::Soft)
        .await
        .unwrap();
    assert_eq!(register(&*store, "a", "\"float\"").await.version.0, 3);
    for version in [2, 3] {
        let _already_soft = delete_version(&*store, "a", version, Deletion::Soft).await;
        delete_version(&*store, "a", version, Deletion::Hard)
            .await
            .unwrap();
    }
    assert_eq!(register(&*store, "a", "\"double\"").await.version.0, 2);
}

async fn set_config(store: &dyn Store, scope: Scope, config: &str) {
    let expected = store.settings(&scope).await.unwrap().revision;
    let setting = Setting::Config(Some(config.to_owned()));
    let change = SettingsChange {
        scope,
        setting,
        expected,
    };
    store.change_settings(change, at(1)).await.unwrap();
}

pub(super) async fn last_hard_deleted_version_takes_the_settings_along(store: Arc<dyn Store>) {
    register(&*store, "a", "\"int\"").await;
    register(&*store, "a", "\"long\"").await;
    let scope = Scope::Subject(subject("a"));
    set_config(&*store, scope.clone(), "{}").await;
    for version in [1, 2] {
        let settings = store.settings(&scope).await.unwrap();
        assert_eq!(settings.config.as_deref(), Some("{}"));
        for deletion in [Deletion::Soft, Deletion::Hard] {
            delete_version(&*store, "a", version, deletion)
                .await
                .unwrap();
        }
    }
    assert_eq!(store.settings(&scope).await.unwrap().config, None);
}

pub(super) async fn referenced_version_cannot_be_deleted(store: Arc<dyn Store>) {
    register(&*store, "target", "\"int\"").await;
    register_referring(&*store, "a", "target").await;
    let referenced = Refusal::Referenced(subject("target"), VersionNumber(1));
    let result = delete_version(&*store, "target", 1, Deletion::Soft).await;
    assert_eq!(refusal(result), referenced);
    let result = delete_subject(&*store, "target", Deletion::Soft).await;
    assert_eq!(refusal(result), referenced);
    // A soft-deleted referrer allows a soft delete only.
    delete_subject(&*store, "a", Deletion::Soft).await.unwrap();
    delete_version(&*store, "target", 1, Deletion::Soft)
        .await
        .unwrap();
    let result = delete_version(&*store, "target", 1, Deletion::Hard).await;
    assert_eq!(refusal(result), referenced);
    let result = delete_subject(&*store, "target", Deletion::Hard).await;
    assert_eq!(refusal(result), referenced);
    delete_subject(&*store, "a", Deletion::Hard).await.unwrap();
    delete_subject(&*store, "target", Deletion::Hard)
        .await
        .unwrap();
}

pub(super) async fn subject_goes_with_references_of_its_own(store: Arc<dyn Store>) {
    register(&*store, "a", "\"int\"").await;
    register_referring(&*store, "a", "a").await;
    let referenced = Refusal::Referenced(subject("a"), VersionNumber(1));
    let result = delete_version(&*store, "a", 1, Deletion::Soft).await;
    assert_eq!(refusal(result), referenced);
    delete_subject(&*store, "a", Deletion::Soft).await.unwrap();
    delete_subject(&*store, "a", Deletion::Hard).await.unwrap();
    assert_eq!(numbers(&*store, "a", Visibility::All).await, [0; 0]);

    // Unless another subject has the referring schema too.
    register(&*store, "a", "\"int\"").await;
    register_referring(&*store, "a", "a").await;
    let same = content_with_references("\"a -> a\"", &[reference(&subject("a"), 1)]);
    register_content(&*store, &subject("b"), same)
        .await
        .unwrap();
    let result = delete_subject(&*store, "a", Deletion::Soft).await;
    assert_eq!(refusal(result), referenced);
}

pub(super) async fn missing_subjects_and_versions_are_told_apart(store: Arc<dyn Store>) {
    register(&*store, "a", "\"int\"").await;
    for deletion in [Deletion::Soft, Deletion::Hard] {
        let result = delete_version(&*store, "a", 7, deletion).await;
        let expected = Refusal::VersionNotFound(subject("a"), VersionNumber(7));
        assert_eq!(refusal(result), expected);
        for name in ["none", "no\0ne"] {
            let expected = Refusal::SubjectNotFound(subject(name));
            let result = delete_version(&*store, name, 1, deletion).await;
            assert_eq!(refusal(result), expected);
            let result = delete_subject(&*store, name, deletion).await;
            assert_eq!(refusal(result), expected);
        }
    }
}

pub(super) async fn refused_deletions_leave_no_trace(store: Arc<dyn Store>) {
    register(&*store, "target", "\"int\"").await;
    register_referring(&*store, "a", "target").await;
    let position = store.position().await.unwrap();
    let state = store.subject_state(&subject("target")).await.unwrap();
    for deletion in [Deletion::Soft, Deletion::Hard] {
        refusal(delete_version(&*store, "target", 1, deletion).await);
        refusal(delete_subject(&*store, "target", deletion).await);
        refusal(delete_subject(&*store, "none", deletion).await);
    }
    assert_eq!(store.position().await.unwrap(), position);
    assert_eq!(
        store.subject_state(&subject("target")).await.unwrap(),
        state
    );
}

//! Configurations and modes, and the write path as such.

use super::*;
use crate::store::model::{Change, Scope, Setting, Settings, SettingsChange};

fn config(text: &str) -> Setting {
    Setting::Config(Some(text.to_owned()))
}

async fn set(store: &dyn Store, scope: &Scope, setting: Setting) -> Result<()> {
    let change = SettingsChange {
        scope: scope.clone(),
        setting,
        expected: store.settings(scope).await?.revision,
    };
    store.change_settings(change, at(5_000)).await
}

fn scopes() -> [Scope; 6] {
    [
        Scope::AllContexts,
        Scope::Context(".".to_owned()),
        Scope::Context(".other".to_owned()),
        Scope::Subject(subject("")),
        Scope::Subject(subject("a")),
        Scope::Subject(SubjectName::new(".other", "a")),
    ]
}

pub(super) async fn settings_are_kept_per_scope(store: Arc<dyn Store>) {
    for (number, scope) in scopes().iter().enumerate() {
        let text = format!("{{\"n\":{number}}}");
        set(&*store, scope, config(&text)).await.unwrap();
        let mode = Setting::Mode(Some(format!("MODE{number}")));
        set(&*store, scope, mode).await.unwrap();
    }
    for (number, scope) in scopes().iter().enumerate() {
        let settings = store.settings(scope).await.unwrap();
        assert_eq!(settings.config, Some(format!("{{\"n\":{number}}}")));
        assert_eq!(settings.mode, Some(format!("MODE{number}")));
    }
    let state = store.subject_state(&subject("a")).await.unwrap();
    assert_eq!(state.all_contexts.config.as_deref(), Some("{\"n\":0}"));
    assert_eq!(state.context.config.as_deref(), Some("{\"n\":1}"));
    assert_eq!(state.subject.config.as_deref(), Some("{\"n\":4}"));
    // One setting is removed, the other stays.
    let scope = Scope::Subject(subject("a"));
    set(&*store, &scope, Setting::Config(None)).await.unwrap();
    let settings = store.settings(&scope).await.unwrap();
    assert_eq!(
        (settings.config, settings.mode),
        (None, Some("MODE4".to_owned()))
    );
    let change = whole_log(&*store).await.pop().unwrap().change;
    assert_eq!(change, Change::ConfigChanged { config: None });
}

pub(super) async fn settings_change_makes_registrations_stale(store: Arc<dyn Store>) {
    let name = subject("a");
    for scope in [
        Scope::AllContexts,
        Scope::Context(".".to_owned()),
        Scope::Subject(name.clone()),
    ] {
        let expected = store.subject_state(&name).await.unwrap().revision;
        set(
            &*store,
            &scope,
            config(&format!("{{\"at\":\"{scope:?}\"}}")),
        )
        .await
        .unwrap();
        let registration = Registration {
            subject: name.clone(),
            content: content("\"int\""),
            resolved: Vec::new(),
            expected,
        };
        let result = store.register(registration, at(1)).await;
        assert_eq!(refusal(result), Refusal::Moved, "{scope:?}");
    }
    // What is set elsewhere does not count.
    let expected = store.subject_state(&name).await.unwrap().revision;
    for scope in [
        Scope::Context(".other".to_owned()),
        Scope::Subject(subject("b")),
    ] {
        set(&*store, &scope, config("{}")).await.unwrap();
    }
    let registration = Registration {
        subject: name,
        content: content("\"int\""),
        resolved: Vec::new(),
        expected,
    };
    assert!(store.register(registration, at(1)).await.unwrap().created);
}

pub(super) async fn lost_update_is_refused(store: Arc<dyn Store>) {
    for scope in scopes() {
        let expected = store.settings(&scope).await.unwrap().revision;
        let change = |text| SettingsChange {
            scope: scope.clone(),
            setting: config(text),
            expected,
        };
        let first = store.change_settings(change("{\"a\":1}"), at(1)).await;
        first.unwrap();
        let second = store.change_settings(change("{\"b\":2}"), at(1)).await;
        assert_eq!(refusal(second), Refusal::Moved, "{scope:?}");
        let settings = store.settings(&scope).await.unwrap();
        assert_eq!(settings.config.as_deref(), Some("{\"a\":1}"));
    }
    // The settings in a subject's state carry the same revisions.
    let state = store.subject_state(&subject("a")).await.unwrap();
    for (scope, settings) in [
        (Scope::AllContexts, state.all_contexts),
        (Scope::Context(".".to_owned()), state.context),
        (Scope::Subject(subject("a")), state.subject),
    ] {
        let change = SettingsChange {
            scope,
            setting: config("{\"c\":3}"),
            expected: settings.revision,
        };
        store.change_settings(change, at(1)).await.unwrap();
    }
}

pub(super) async fn setting_the_same_again_writes_nothing(store: Arc<dyn Store>) {
    let scope = Scope::Subject(subject("a"));
    set(&*store, &scope, config("{}")).await.unwrap();
    let position = store.position().await.unwrap();
    set(&*store, &scope, config("{}")).await.unwrap();
    set(&*store, &scope, Setting::Mode(None)).await.unwrap();
    let unset = Scope::Subject(subject("never set"));
    set(&*store, &unset, Setting::Config(None)).await.unwrap();
    assert_eq!(store.position().await.unwrap(), position);
    assert_eq!(store.settings(&unset).await.unwrap(), Settings::default());
}

pub(super) async fn probe_leaves_no_trace(store: Arc<dyn Store>) {
    register(&*store, "a", "\"int\"").await;
    let log = whole_log(&*store).await;
    store.check_writable().await.unwrap();
    assert_eq!(whole_log(&*store).await, log);
    assert_eq!(store.position().await.unwrap(), 1);
}

pub(super) async fn closed_store_is_unavailable(store: Arc<dyn Store>) {
    register(&*store, "a", "\"int\"").await;
    store.close().await;
    let probe = store.check_writable().await;
    assert!(matches!(probe, Err(StoreError::Unavailable { .. })));
    let read = store.position().await;
    assert!(matches!(read, Err(StoreError::Unavailable { .. })));
}

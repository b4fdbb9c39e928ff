//! Registration: ids, versions, identity, references, refusals.

use super::*;
use crate::store::model::{NAME_BYTES_MAX, Revision};

pub(super) async fn first_registration_gets_id_and_version_one(store: Arc<dyn Store>) {
    let registered = register(&*store, "a", "\"int\"").await;
    assert_eq!(
        registered,
        Registered {
            id: SchemaId(1),
            version: VersionNumber(1),
            time_ms: 1_000,
            created: true,
        }
    );
    let state = store.subject_state(&subject("a")).await.unwrap();
    assert_eq!(state.versions.len(), 1);
    assert_eq!(state.next_version(), VersionNumber(2));
    let version = &state.versions[0];
    assert_eq!(version.schema.content, content("\"int\""));
    assert_eq!((version.deleted, version.time_ms), (false, 1_000));
}

pub(super) async fn same_content_again_changes_nothing(store: Arc<dyn Store>) {
    let first = register(&*store, "a", "\"int\"").await;
    let position = store.position().await.unwrap();
    // Even against a state that is long gone.
    let again = Registration {
        subject: subject("a"),
        content: content("\"int\""),
        resolved: Vec::new(),
        expected: Revision::default(),
    };
    let second = store.register(again, at(9_000)).await.unwrap();
    assert_eq!(
        second,
        Registered {
            created: false,
            ..first
        }
    );
    assert_eq!(store.position().await.unwrap(), position);
    assert_eq!(numbers(&*store, "a", Visibility::All).await, [1]);
}

pub(super) async fn same_content_in_another_subject_shares_the_id(store: Arc<dyn Store>) {
    let first = register(&*store, "a", "\"int\"").await;
    let other = register(&*store, "b", "\"int\"").await;
    let next = register(&*store, "b", "\"long\"").await;
    assert_eq!(other.id, first.id);
    assert!(other.created);
    assert_eq!((next.id, next.version), (SchemaId(2), VersionNumber(2)));
    assert_eq!(store.max_schema_id(".").await.unwrap(), Some(SchemaId(2)));
}

pub(super) async fn own_layout_is_returned_for_the_version(store: Arc<dyn Store>) {
    register(&*store, "a", "\"int\"").await;
    let other = Content {
        text: "  \"int\"".to_owned(),
        ..content("\"int\"")
    };
    register_content(&*store, &subject("b"), other)
        .await
        .unwrap();
    for (name, text) in [("a", "\"int\""), ("b", "  \"int\"")] {
        let version = store
            .version(&subject(name), VersionSelector::Latest, Visibility::Live)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(version.text(), text);
        assert_eq!(version.schema.content.text, "\"int\"");
    }
}

pub(super) async fn contexts_count_their_own_ids(store: Arc<dyn Store>) {
    register(&*store, "a", "\"int\"").await;
    register(&*store, "a", "\"long\"").await;
    let elsewhere = SubjectName::new(".other", "a");
    let registered = register_content(&*store, &elsewhere, content("\"long\""))
        .await
        .unwrap();
    assert_eq!(registered.id, SchemaId(1));
    assert_eq!(registered.version, VersionNumber(1));
    let found = store.schema(".other", SchemaId(1)).await.unwrap().unwrap();
    assert_eq!(found.content.text, "\"long\"");
    assert!(store.schema(".third", SchemaId(1)).await.unwrap().is_none());
    assert_eq!(store.max_schema_id(".third").await.unwrap(), None);
}

pub(super) async fn schema_types_do_not_share_ids(store: Arc<dyn Store>) {
    let text = r#"{"type":"string"}"#;
    let avro = register(&*store, "a", text).await;
    let json = Content {
        schema_type: Format::Json,
        ..content(text)
    };
    let json = register_content(&*store, &subject("b"), json)
        .await
        .unwrap();
    assert_ne!(avro.id, json.id);
    let found = store.schema(".", json.id).await.unwrap().unwrap();
    assert_eq!(found.content.schema_type, Format::Json);
}

pub(super) async fn stale_state_is_refused(store: Arc<dyn Store>) {
    let stale = store.subject_state(&subject("a")).await.unwrap().revision;
    register(&*store, "a", "\"int\"").await;
    let registration = Registration {
        subject: subject("a"),
        content: content("\"long\""),
        resolved: Vec::new(),
        expected: stale,
    };
    let result = store.register(registration.clone(), at(1)).await;
    assert_eq!(refusal(result), Refusal::Moved);

    let fresh = store.subject_state(&subject("a")).await.unwrap().revision;
    // Another subject's registration does not disturb this one.
    register(&*store, "b", "\"float\"").await;
    let registration = Registration {
        expected: fresh,
        ..registration
    };
    assert!(
        store
            .register(registration.clone(), at(1))
            .await
            .unwrap()
            .created
    );

    // A deletion does.
    let fresh = store.subject_state(&subject("a")).await.unwrap().revision;
    delete_version(&*store, "a", 1, Deletion::Soft)
        .await
        .unwrap();
    let registration = Registration {
        content: content("\"double\""),
        expected: fresh,
        ..registration
    };
    let result = store.register(registration, at(1)).await;
    assert_eq!(refusal(result), Refusal::Moved);
}

pub(super) async fn references_must_resolve_to_the_schema_that_was_parsed(store: Arc<dyn Store>) {
    let target = subject("target");
    let reference = reference(&target, 1);
    let referring = content_with_references("\"referring\"", std::slice::from_ref(&reference));
    let unresolved = Refusal::ReferenceUnresolved(reference.clone());
    let registration = |id| Registration {
        subject: subject("a"),
        content: referring.clone(),
        resolved: vec![SchemaId(id)],
        expected: Revision::default(),
    };
    // No such subject.
    let result = store.register(registration(1), at(1)).await;
    assert_eq!(refusal(result), unresolved);
    // Another schema than the one that was parsed, or none.
    register(&*store, "target", "\"int\"").await;
    let expected = store.subject_state(&subject("a")).await.unwrap().revision;
    let registration = |id| Registration {
        expected,
        ..registration(id)
    };
    let result = store.register(registration(2), at(1)).await;
    assert_eq!(refusal(result), unresolved);
    let forgotten = Registration {
        resolved: Vec::new(),
        ..registration(1)
    };
    let result = store.register(forgotten, at(1)).await;
    assert_eq!(refusal(result), unresolved);
    // Soft-deleted.
    delete_version(&*store, "target", 1, Deletion::Soft)
        .await
        .unwrap();
    let result = store.register(registration(1), at(1)).await;
    assert_eq!(refusal(result), unresolved);
    // Replaced under the same number.
    delete_version(&*store, "target", 1, Deletion::Hard)
        .await
        .unwrap();
    let replacement = register(&*store, "target", "\"long\"").await;
    assert_eq!(replacement.version, VersionNumber(1));
    let result = store.register(registration(1), at(1)).await;
    assert_eq!(refusal(result), unresolved);
    let registered = store
        .register(registration(replacement.id.0), at(1))
        .await
        .unwrap();
    let schema = store.schema(".", registered.id).await.unwrap().unwrap();
    assert_eq!(schema.content.references, [reference]);
}

pub(super) async fn soft_deleted_content_comes_back_with_its_id(store: Arc<dyn Store>) {
    let first = register(&*store, "a", "\"int\"").await;
    register(&*store, "a", "\"long\"").await;
    delete_version(&*store, "a", 1, Deletion::Soft)
        .await
        .unwrap();
    let back = register(&*store, "a", "\"int\"").await;
    assert_eq!((back.id, back.version), (first.id, VersionNumber(3)));
    assert!(back.created);
    // The soft-deleted row made way.
    assert_eq!(numbers(&*store, "a", Visibility::All).await, [2, 3]);
}

pub(super) async fn referenced_soft_deleted_version_is_kept_on_return(store: Arc<dyn Store>) {
    let target = register(&*store, "target", "\"int\"").await;
    register_referring(&*store, "a", "target").await;
    delete_subject(&*store, "a", Deletion::Soft).await.unwrap();
    delete_version(&*store, "target", 1, Deletion::Soft)
        .await
        .unwrap();
    let back = register(&*store, "target", "\"int\"").await;
    assert_eq!((back.id, back.version), (target.id, VersionNumber(2)));
    assert_eq!(numbers(&*store, "target", Visibility::All).await, [1, 2]);
}

pub(super) async fn guid_collision_is_refused(store: Arc<dyn Store>) {
    let first = register(&*store, "a", "\"int\"").await;
    let forged = Content {
        guid: content("\"int\"").guid,
        ..content("\"string\"")
    };
    for name in ["a", "b"] {
        let result = try_register(&*store, &subject(name), forged.clone()).await;
        assert_eq!(refusal(result), Refusal::GuidCollision(first.id));
    }
    // The hash runs names and subjects of references together; the references still differ.
    let target = subject("a");
    let reference = reference(&target, 1);
    let honest = content_with_references("\"r\"", std::slice::from_ref(&reference));
    let shifted = Content {
        references: vec![Reference {
            name: "other".to_owned(),
            ..reference
        }],
        ..honest.clone()
    };
    let honest = register_content(&*store, &subject("c"), honest)
        .await
        .unwrap();
    let result = try_register(&*store, &subject("d"), shifted).await;
    assert_eq!(refusal(result), Refusal::GuidCollision(honest.id));
}

pub(super) async fn unstorable_texts_and_names_are_refused(store: Arc<dyn Store>) {
    let with_nul = content("\"a\0b\"");
    let result = try_register(&*store, &subject("a"), with_nul).await;
    assert_eq!(refusal(result), Refusal::NulCharacter("schema"));
    let result = try_register(&*store, &subject("a\0"), content("\"int\"")).await;
    assert_eq!(refusal(result), Refusal::NulCharacter("name"));
    let long = "s".repeat(NAME_BYTES_MAX + 1);
    let result = try_register(&*store, &subject(&long), content("\"int\"")).await;
    assert_eq!(refusal(result), Refusal::NameTooLong(NAME_BYTES_MAX + 1));
    // Names at the limit, in all their keys at once, with text that does not compress.
    let random: String = (0..NAME_BYTES_MAX / 32)
        .map(|_| Uuid::new_v4().simple().to_string())
        .collect();
    let longest = SubjectName::new(format!(".{}", &random[1..]), random.clone());
    register_content(&*store, &longest, content("\"int\""))
        .await
        .unwrap();
    let referring = content_with_references("\"r\"", &[reference(&longest, 1)]);
    register_content(&*store, &longest, referring)
        .await
        .unwrap();
}

pub(super) async fn refused_registrations_leave_no_trace(store: Arc<dyn Store>) {
    register(&*store, "a", "\"int\"").await;
    let position = store.position().await.unwrap();
    let forged = Content {
        guid: content("\"int\"").guid,
        ..content("\"string\"")
    };
    let elsewhere = SubjectName::new(".elsewhere", "b");
    let dangling = content_with_references("\"r\"", &[reference(&subject("none"), 1)]);
    refusal(try_register(&*store, &subject("b"), forged).await);
    refusal(try_register(&*store, &elsewhere, dangling).await);
    assert_eq!(store.position().await.unwrap(), position);
    assert_eq!(store.contexts().await.unwrap(), ["."]);
    assert_eq!(store.max_schema_id(".").await.unwrap(), Some(SchemaId(1)));
    assert_eq!(numbers(&*store, "b", Visibility::All).await, [0; 0]);
    // No id was lost either.
    assert_eq!(register(&*store, "b", "\"long\"").await.id, SchemaId(2));
}

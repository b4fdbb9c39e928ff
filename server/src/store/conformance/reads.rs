//! Reads and lists.

use super::*;
use crate::store::model::{Page, StoredVersion, SubjectFilter};

pub(super) async fn latest_is_the_newest_live_version(store: Arc<dyn Store>) {
    for text in ["\"int\"", "\"long\"", "\"float\""] {
        register(&*store, "a", text).await;
    }
    let latest = async || {
        let latest = VersionSelector::Latest;
        let name = subject("a");
        let found = store.version(&name, latest, Visibility::Live).await;
        found.unwrap().map(|version| version.number.0)
    };
    assert_eq!(latest().await, Some(3));
    delete_version(&*store, "a", 3, Deletion::Soft)
        .await
        .unwrap();
    assert_eq!(latest().await, Some(2));
    delete_subject(&*store, "a", Deletion::Soft).await.unwrap();
    assert_eq!(latest().await, None);
    // The same schema twice in the history: the newest is found.
    register(&*store, "b", "\"int\"").await;
    let guid = content("\"int\"").guid;
    for (name, visibility, expected) in [
        ("a", Visibility::Live, None),
        ("a", Visibility::All, Some(1)),
        ("b", Visibility::Live, Some(1)),
        ("none", Visibility::All, None),
    ] {
        let found = store
            .version_by_guid(&subject(name), guid, Format::Avro, visibility)
            .await
            .unwrap();
        assert_eq!(found.map(|version| version.number.0), expected, "{name}");
    }
    let other_type = store
        .version_by_guid(&subject("b"), guid, Format::Json, Visibility::All)
        .await;
    assert_eq!(other_type.unwrap(), None);
}

async fn some_subjects(store: &dyn Store) {
    for name in ["b", "B", "a_", "aé", "a%", "a"] {
        register(store, name, "\"int\"").await;
    }
    let elsewhere = SubjectName::new(".x", "a");
    register_content(store, &elsewhere, content("\"int\""))
        .await
        .unwrap();
    delete_subject(store, "B", Deletion::Soft).await.unwrap();
    register(store, "a", "\"long\"").await;
    delete_version(store, "a", 1, Deletion::Soft).await.unwrap();
}

async fn names(store: &dyn Store, filter: SubjectFilter) -> Vec<String> {
    let subjects = store.subjects(&filter).await.unwrap();
    subjects.iter().map(ToString::to_string).collect()
}

pub(super) async fn subjects_are_filtered_sorted_and_paged(store: Arc<dyn Store>) {
    some_subjects(&*store).await;
    let all = SubjectFilter::default();
    let expected = ["a", "a%", "a_", "aé", "b", ":.x:a"];
    assert_eq!(names(&*store, all.clone()).await, expected);
    let page = SubjectFilter {
        page: Page {
            offset: 1,
            limit: Some(2),
        },
        ..all.clone()
    };
    assert_eq!(names(&*store, page).await, ["a%", "a_"]);
    for (prefix, expected) in [
        ("a", vec!["a", "a%", "a_", "aé"]),
        ("a_", vec!["a_"]),
        ("a%", vec!["a%"]),
        ("aé", vec!["aé"]),
        ("A", vec![]),
    ] {
        let filter = SubjectFilter {
            context: Some(".".to_owned()),
            name_prefix: prefix.to_owned(),
            ..all.clone()
        };
        assert_eq!(names(&*store, filter).await, expected, "{prefix}");
    }
    for (visibility, expected) in [
        (Visibility::DeletedOnly, vec!["B"]),
        (Visibility::All, vec!["B", "a", "a%", "a_", "aé", "b"]),
    ] {
        let filter = SubjectFilter {
            context: Some(".".to_owned()),
            visibility,
            ..all.clone()
        };
        assert_eq!(names(&*store, filter).await, expected);
    }
}

pub(super) async fn search_lists_versions_in_order(store: Arc<dyn Store>) {
    some_subjects(&*store).await;
    register(&*store, "a", "\"float\"").await;
    let found = async |visibility, latest_only, page| {
        let filter = SubjectFilter {
            visibility,
            page,
            ..SubjectFilter::default()
        };
        let versions = store.search(&filter, latest_only).await.unwrap();
        let show = |version: &StoredVersion| format!("{}/{}", version.subject, version.number);
        versions.iter().map(show).collect::<Vec<_>>().join(" ")
    };
    let all = Page::default();
    let live = found(Visibility::Live, false, all).await;
    assert_eq!(live, "a/2 a/3 a%/1 a_/1 aé/1 b/1 :.x:a/1");
    let latest = found(Visibility::Live, true, all).await;
    assert_eq!(latest, "a/3 a%/1 a_/1 aé/1 b/1 :.x:a/1");
    let everything = found(Visibility::All, false, all).await;
    assert_eq!(everything, "B/1 a/1 a/2 a/3 a%/1 a_/1 aé/1 b/1 :.x:a/1");
    let page = Page {
        offset: 2,
        limit: Some(1),
    };
    assert_eq!(found(Visibility::Live, false, page).await, "a%/1");
}

pub(super) async fn state_has_every_version_however_it_was_read(store: Arc<dyn Store>) {
    let name = subject("a");
    // Read again after each, so that some schemas are known and some are not.
    for number in 1..=9 {
        for text in [format!("\"{number}\""), format!("\"{number} b\"")] {
            register(&*store, "a", &text).await;
        }
        if number % 2 == 0 {
            let deleted = delete_version(&*store, "a", number, Deletion::Soft).await;
            deleted.unwrap();
        }
        let filter = SubjectFilter {
            visibility: Visibility::All,
            ..SubjectFilter::default()
        };
        let expected = store.search(&filter, false).await.unwrap();
        let state = store.subject_state(&name).await.unwrap();
        assert_eq!(state.versions, expected);
        let again = store.subject_state(&name).await.unwrap();
        assert_eq!(again, state);
    }
    // An own text belongs to the version, not to the schema that is known.
    let own = Content {
        text: " \"1\"".to_owned(),
        ..content("\"1\"")
    };
    let other = subject("b");
    register_content(&*store, &other, own).await.unwrap();
    let state = store.subject_state(&other).await.unwrap();
    assert_eq!(state.versions[0].text(), " \"1\"");
}

pub(super) async fn many_unknown_schemas_are_read_at_once(store: Arc<dyn Store>) {
    let from = subject("a");
    let expected = store.subject_state(&from).await.unwrap().revision;
    assert_eq!(expected, crate::store::Revision::default());
    for number in 1..=12 {
        // Settings of nobody's: without reading the state, nothing is known yet.
        let registration = Registration {
            subject: SubjectName::unqualified(format!("s{}", number % 2)),
            content: content(&format!("\"{number}\"")),
            resolved: Vec::new(),
            expected: crate::store::Revision {
                subject: i64::from((number - 1) / 2),
                ..expected
            },
        };
        store.register(registration, at(1)).await.unwrap();
    }
    let state = store.subject_state(&subject("s0")).await.unwrap();
    let texts: Vec<_> = state.versions.iter().map(|v| v.text().to_owned()).collect();
    let even = [2, 4, 6, 8, 10, 12].map(|number| format!("\"{number}\""));
    assert_eq!(texts, even);
    let again = store.subject_state(&subject("s0")).await.unwrap();
    assert_eq!(again, state);
}

pub(super) async fn uses_and_referrers_are_listed(store: Arc<dyn Store>) {
    let target = register(&*store, "target", "\"int\"").await;
    register(&*store, "also", "\"int\"").await;
    let referrer = register_referring(&*store, "a", "target").await;
    let other = register_referring(&*store, "b", "target").await;
    delete_subject(&*store, "b", Deletion::Soft).await.unwrap();
    let uses = store.uses(".", target.id, Visibility::Live).await.unwrap();
    let uses: Vec<_> = uses.iter().map(|used| used.subject.to_string()).collect();
    assert_eq!(uses, ["also", "target"]);
    let (one, name) = (VersionNumber(1), subject("target"));
    for (visibility, expected) in [
        (Visibility::Live, vec![referrer.id]),
        (Visibility::All, vec![referrer.id, other.id]),
        (Visibility::DeletedOnly, vec![other.id]),
    ] {
        let found = store.referenced_by(&name, one, visibility).await.unwrap();
        let expected: Vec<_> = expected.iter().map(|id| (".".to_owned(), *id)).collect();
        assert_eq!(found, expected);
    }
    // The same schema under another subject is not what is referred to.
    let also = subject("also");
    let found = store.referenced_by(&also, one, Visibility::All).await;
    assert_eq!(found.unwrap(), []);
}

pub(super) async fn guid_finds_the_schema_in_every_context(store: Arc<dyn Store>) {
    for context in [".x", ".", ".a"] {
        let name = SubjectName::new(context, "a");
        register_content(&*store, &name, content("\"int\""))
            .await
            .unwrap();
    }
    let guid = content("\"int\"").guid;
    let found = store.schemas_by_guid(guid).await.unwrap();
    let found: Vec<_> = found.iter().map(|schema| &*schema.context).collect();
    assert_eq!(found, [".", ".a", ".x"]);
    let none = store.schemas_by_guid(Uuid::nil()).await.unwrap();
    assert_eq!(none, []);
}

pub(super) async fn contexts_are_those_with_registrations(store: Arc<dyn Store>) {
    assert_eq!(store.contexts().await.unwrap(), ["."]);
    for context in [".z", ".", ".B", ".a"] {
        let name = SubjectName::new(context, "a");
        register_content(&*store, &name, content("\"int\""))
            .await
            .unwrap();
    }
    assert_eq!(store.contexts().await.unwrap(), [".", ".B", ".a", ".z"]);
}

pub(super) async fn names_with_special_characters_are_kept_apart(store: Arc<dyn Store>) {
    let names = [
        "", "a/b", "a'b", "a\"b", "a\\b", "a b", "ä", "😀", "*", ":x:y",
    ];
    for (number, name) in (1..).zip(names) {
        let registered = register(&*store, name, &format!("\"{number}\"")).await;
        assert_eq!((registered.id, registered.version.0), (SchemaId(number), 1));
    }
    for name in names {
        assert_eq!(
            numbers(&*store, name, Visibility::Live).await,
            [1],
            "{name}"
        );
    }
}

pub(super) async fn names_with_nul_match_nothing(store: Arc<dyn Store>) {
    register(&*store, "a", "\"int\"").await;
    assert_eq!(numbers(&*store, "a\0", Visibility::All).await, [0; 0]);
    let state = store.subject_state(&subject("\0")).await.unwrap();
    assert_eq!(state.versions, []);
    assert_eq!(store.schema("\0", SchemaId(1)).await.unwrap(), None);
    let filter = SubjectFilter {
        name_prefix: "\0".to_owned(),
        ..SubjectFilter::default()
    };
    assert_eq!(store.subjects(&filter).await.unwrap(), []);
}

pub(super) async fn large_texts_come_back_unchanged(store: Arc<dyn Store>) {
    let text = format!("\"{}\u{fffd}😀\r\n\"", "é\\u0000".repeat(1_000_000));
    let sent = Content {
        metadata: Some("{}".to_owned()),
        rule_set: Some(r#"{"n":1e400}"#.to_owned()),
        ..content(&text)
    };
    let registered = register_content(&*store, &subject("a"), sent.clone())
        .await
        .unwrap();
    let found = store.schema(".", registered.id).await.unwrap().unwrap();
    assert!(found.content == sent, "the content has changed");
}

//! The log is enough: a model that knows nothing but the log equals the store.

use std::collections::{BTreeMap, BTreeSet};

use super::concurrency::all_at_once;
use super::*;
use crate::store::model::{
    Change, LoggedSchema, Scope, Setting, SettingsChange, StoredVersion, SubjectFilter,
};

/// The state, as far as clients can see it.
#[derive(Debug, Default, PartialEq)]
struct Model {
    /// By context and id.
    schemas: BTreeMap<(String, SchemaId), LoggedSchema>,
    versions: BTreeMap<(SubjectName, VersionNumber), ModelVersion>,
    /// Configuration and mode, where there is one.
    settings: BTreeMap<Scope, (Option<String>, Option<String>)>,
    /// The highest id that each context gave.
    max_ids: BTreeMap<String, SchemaId>,
}

#[derive(Debug, PartialEq)]
struct ModelVersion {
    id: SchemaId,
    own_text: Option<String>,
    deleted: bool,
    time_ms: i64,
}

impl Model {
    fn replay(log: &[LogEntry]) -> Self {
        let mut model = Self::default();
        for (position, entry) in (1..).zip(log) {
            assert_eq!(entry.position, position);
            assert_eq!(entry.actor.as_deref(), Some("tester"));
            model.apply(entry);
        }
        model
    }

    fn apply(&mut self, entry: &LogEntry) {
        match (&entry.scope, &entry.change) {
            (Scope::Subject(name), change @ Change::VersionRegistered { .. }) => {
                self.register(name, change, entry.time_ms);
            }
            (Scope::Subject(name), Change::VersionsSoftDeleted { versions }) => {
                for number in versions {
                    let key = (name.clone(), *number);
                    let version = self.versions.get_mut(&key).unwrap();
                    assert!(!version.deleted);
                    version.deleted = true;
                }
            }
            (
                Scope::Subject(name),
                Change::VersionsHardDeleted {
                    versions,
                    removed_ids,
                    settings_removed,
                },
            ) => {
                self.remove(name, versions);
                for id in removed_ids {
                    let key = (name.context.clone(), *id);
                    self.schemas.remove(&key).unwrap();
                }
                if *settings_removed {
                    self.settings.remove(&entry.scope);
                }
            }
            (scope, Change::ConfigChanged { config }) => {
                self.settings.entry(scope.clone()).or_default().0 = config.clone();
            }
            (scope, Change::ModeChanged { mode }) => {
                self.settings.entry(scope.clone()).or_default().1 = mode.clone();
            }
            (scope, change) => panic!("{change:?} at {scope:?}"),
        }
        self.settings
            .retain(|_, settings| *settings != (None, None));
    }

    fn register(&mut self, name: &SubjectName, change: &Change, time_ms: i64) {
        let Change::VersionRegistered {
            version,
            id,
            schema,
            own_text,
            removed,
        } = change
        else {
            unreachable!("called for registrations only");
        };
        let schema_key = (name.context.clone(), *id);
        if let Some(schema) = schema {
            let last = self.max_ids.insert(name.context.clone(), *id);
            assert_eq!(id.0, last.map_or(0, |last| last.0) + 1);
            assert!(
                self.schemas
                    .insert(schema_key.clone(), schema.clone())
                    .is_none()
            );
        }
        assert!(self.schemas.contains_key(&schema_key));
        self.remove(name, removed);
        let version_key = (name.clone(), *version);
        let new = ModelVersion {
            id: *id,
            own_text: own_text.clone(),
            deleted: false,
            time_ms,
        };
        assert!(self.versions.insert(version_key, new).is_none());
    }

    fn remove(&mut self, name: &SubjectName, numbers: &[VersionNumber]) {
        for number in numbers {
            let removed = self.versions.remove(&(name.clone(), *number)).unwrap();
            assert!(removed.deleted);
        }
    }

    /// Reads the same from the store.
    async fn read(store: &dyn Store, scopes: &BTreeSet<Scope>) -> Self {
        let mut model = Self::default();
        let everything = SubjectFilter {
            visibility: Visibility::All,
            ..SubjectFilter::default()
        };
        for version in store.search(&everything, false).await.unwrap() {
            model.add(version);
        }
        for context in store.contexts().await.unwrap() {
            if let Some(id) = store.max_schema_id(&context).await.unwrap() {
                model.max_ids.insert(context, id);
            }
        }
        for scope in scopes {
            let settings = store.settings(scope).await.unwrap();
            if (&settings.config, &settings.mode) != (&None, &None) {
                let settings = (settings.config, settings.mode);
                model.settings.insert(scope.clone(), settings);
            }
        }
        model
    }

    fn add(&mut self, version: StoredVersion) {
        let key = (version.schema.context.clone(), version.schema.id);
        let schema = LoggedSchema::from(&version.schema.content);
        self.schemas.insert(key, schema);
        let row = ModelVersion {
            id: version.schema.id,
            own_text: version.own_text,
            deleted: version.deleted,
            time_ms: version.time_ms,
        };
        self.versions.insert((version.subject, version.number), row);
    }
}

/// Replays the log and compares.
pub(super) async fn log_rebuilds_state(store: &dyn Store) {
    let log = whole_log(store).await;
    let scopes = log.iter().map(|entry| entry.scope.clone()).collect();
    assert_eq!(Model::replay(&log), Model::read(store, &scopes).await);
}

/// Every kind of write at random, many at once; most are refused, some are not.
pub(super) async fn log_is_enough_to_rebuild_the_state(store: Arc<dyn Store>) {
    all_at_once((1..=8).map(|seed| {
        let store = Arc::clone(&store);
        async move {
            let mut random = Random(seed);
            for _ in 0..40 {
                write_something(&*store, &mut random).await;
            }
        }
    }))
    .await;
    let log = whole_log(&*store).await;
    let kinds: BTreeSet<_> = log.iter().map(|entry| entry.change.kind()).collect();
    assert_eq!(kinds.len(), 5, "{kinds:?}");
    log_rebuilds_state(&*store).await;
}

async fn write_something(store: &dyn Store, random: &mut Random) {
    let home = [".", ".x"][random.below(2)];
    let name = SubjectName::new(home, format!("s{}", random.below(3)));
    let deletion = [Deletion::Soft, Deletion::Hard][random.below(2)];
    let version = VersionNumber(u32::try_from(random.below(6)).unwrap());
    let result = match random.below(8) {
        0..=2 => {
            let mut content = content(&format!("\"{}\"", random.below(6)));
            content.text = format!("{}{}", " ".repeat(random.below(2)), content.text);
            try_register(store, &name, content).await.map(drop)
        }
        3 => {
            let references = [reference(&name, version.0)];
            let content = content_with_references("\"r\"", &references);
            let other = SubjectName::new(home, format!("r{}", random.below(2)));
            try_register(store, &other, content).await.map(drop)
        }
        4 | 5 => store.delete_version(name, version, deletion, at(7)).await,
        6 => store.delete_subject(name, deletion, at(8)).await.map(drop),
        _ => change_something(store, name, random).await,
    };
    if let Err(error) = result {
        assert!(error.refusal().is_some(), "{error:?}");
    }
}

async fn change_something(store: &dyn Store, name: SubjectName, random: &mut Random) -> Result<()> {
    let scope = match random.below(3) {
        0 => Scope::AllContexts,
        1 => Scope::Context(name.context),
        _ => Scope::Subject(name),
    };
    let value = [None, Some("1".to_owned()), Some("2".to_owned())][random.below(3)].clone();
    let setting = if random.below(2) == 0 {
        Setting::Config(value)
    } else {
        Setting::Mode(value)
    };
    let expected = store.settings(&scope).await?.revision;
    let change = SettingsChange {
        scope,
        setting,
        expected,
    };
    store.change_settings(change, at(9)).await
}

/// A small generator, so that a failure can be had again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

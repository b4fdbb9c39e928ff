//! Follows the log, so that what other nodes do is noticed here.
//!
//! What this node keeps in memory is immutable; other nodes can only take it away. Until that is
//! noticed, a schema that was hard-deleted elsewhere is still served by id.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::Registry;
use crate::store::{Change, LogEntry, Scope, StoreError};

/// How often to look for news.
const INTERVAL: Duration = Duration::from_millis(250);

/// How often to try again while the database is away.
const RETRY_INTERVAL: Duration = Duration::from_secs(2);

/// How many changes to read at a time.
const ENTRIES_MAX: u32 = 500;

impl Registry {
    /// Follows the log from a position on, until `stop` changes.
    pub async fn follow(&self, mut position: i64, mut stop: watch::Receiver<bool>) {
        let mut away = false;
        loop {
            let caught_up = tokio::select! {
                caught_up = self.catch_up(position) => caught_up,
                _ = stop.changed() => return,
            };
            let pause = match caught_up {
                Ok(reached) => {
                    position = reached;
                    if std::mem::replace(&mut away, false) {
                        tracing::info!("the database is back");
                    }
                    INTERVAL
                }
                Err(error) => {
                    if !std::mem::replace(&mut away, true) {
                        tracing::warn!("cannot follow the log, will try again: {error}");
                    }
                    RETRY_INTERVAL
                }
            };
            tokio::select! {
                () = sleep(pause) => {}
                _ = stop.changed() => return,
            }
        }
    }

    /// The position up to which nothing was missed.
    async fn catch_up(&self, mut position: i64) -> Result<i64, StoreError> {
        if self.store.position().await? == position {
            return Ok(position);
        }
        loop {
            let entries = self.store.log(position, ENTRIES_MAX).await?;
            let Some(last) = entries.last() else {
                return Ok(position);
            };
            position = last.position;
            for entry in &entries {
                self.notice(entry);
            }
        }
    }

    fn notice(&self, entry: &LogEntry) {
        if let (Scope::Subject(subject), Change::VersionsHardDeleted { removed_ids, .. }) =
            (&entry.scope, &entry.change)
        {
            self.bodies.remove(&subject.context, removed_ids);
        }
    }

    /// The position of the newest change.
    pub async fn position(&self) -> Result<i64, StoreError> {
        self.store.position().await
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use checker::{Level, Options};
    use std::sync::Arc;

    use super::*;
    use crate::registry::{BodyKey, RegisterOptions, RegistryOptions, SchemaRequest};
    use crate::store::{self, Deletion, Origin, SchemaId, StoreConfig, SubjectName};

    fn node(store: &Arc<dyn store::Store>) -> Registry {
        let options = RegistryOptions {
            level: Level::Backward,
            check: Options::default(),
            accept_undecided: false,
            canonical_texts: false,
        };
        Registry::new(Arc::clone(store), options).unwrap()
    }

    #[tokio::test]
    async fn what_another_node_removes_is_forgotten_here() {
        let store = store::open(&StoreConfig::at("sqlite::memory:"))
            .await
            .unwrap();
        let (here, there) = (node(&store), node(&store));
        let subject = SubjectName::unqualified("a");
        let request = SchemaRequest {
            text: "\"string\"".to_owned(),
            ..SchemaRequest::default()
        };
        let origin = Origin::default();
        let options = RegisterOptions::default();
        there
            .register(&subject, &request, options, &origin)
            .await
            .unwrap();
        let position = here.position().await.unwrap();
        let key = BodyKey {
            id: SchemaId(1),
            form: 0,
            context: ".",
        };
        here.bodies()
            .insert(key, Bytes::from_static(b"{}"), here.bodies().removals());
        for deletion in [Deletion::Soft, Deletion::Hard] {
            assert!(here.bodies().get(key).is_some());
            there
                .delete_subject(&subject, deletion, &origin)
                .await
                .unwrap();
            here.catch_up(position).await.unwrap();
        }
        assert!(here.bodies().get(key).is_none());
    }
}

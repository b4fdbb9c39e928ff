//! Ready-made response bodies of schemas by id. They never change, so they are made once.
//!
//! What can happen to a schema is that it is hard-deleted. Whoever fills the cache notes the number
//! of removals before it reads the store, and takes its entry back if that number has changed
//! since: so a body that was read before a removal never stays behind it.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

use crate::store::SchemaId;

/// How much memory the bodies may take.
const BODIES_BYTES: u64 = 64 * 1024 * 1024;

/// About how many bodies the cache is laid out for.
const BODIES_ITEMS: usize = 20_000;

/// What an entry costs besides its bytes.
const ENTRY_BYTES: usize = 128;

/// The owned twin of [`BodyKey`]; hashes alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct OwnedKey {
    id: SchemaId,
    form: u8,
    context: Box<str>,
}

/// A schema and which of its representations: a number that means something to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BodyKey<'a> {
    /// The schema's id.
    pub id: SchemaId,
    /// The representation.
    pub form: u8,
    /// The schema's context.
    pub context: &'a str,
}

/// How many representations there are; `form` is smaller.
const FORMS: u8 = 2;

impl Equivalent<OwnedKey> for BodyKey<'_> {
    fn equivalent(&self, key: &OwnedKey) -> bool {
        self.id == key.id && self.form == key.form && *self.context == *key.context
    }
}

#[derive(Clone, Debug)]
struct ByLength;

impl Weighter<OwnedKey, Bytes> for ByLength {
    fn weight(&self, _key: &OwnedKey, body: &Bytes) -> u64 {
        u64::try_from(body.len().saturating_add(ENTRY_BYTES)).unwrap_or(u64::MAX)
    }
}

/// A bounded cache of bodies.
#[derive(Debug)]
pub struct Bodies {
    cache: Cache<OwnedKey, Bytes, ByLength>,
    removals: AtomicU64,
}

impl Bodies {
    pub(super) fn new() -> Self {
        Self {
            cache: Cache::with_weighter(BODIES_ITEMS, BODIES_BYTES, ByLength),
            removals: AtomicU64::new(0),
        }
    }

    /// A body, if it is there.
    pub fn get(&self, key: BodyKey<'_>) -> Option<Bytes> {
        self.cache.get(&key)
    }

    /// The number of removals so far: to be read before the store is.
    pub fn removals(&self) -> u64 {
        self.removals.load(Ordering::SeqCst)
    }

    /// Keeps a body that was made of what the store said after `removals` was read.
    pub fn insert(&self, key: BodyKey<'_>, body: Bytes, removals: u64) {
        let owned = OwnedKey {
            id: key.id,
            form: key.form,
            context: key.context.into(),
        };
        self.cache.insert(owned, body);
        if self.removals() != removals {
            self.cache.remove(&key);
        }
    }

    /// Forgets schemas that were removed from the store.
    pub(super) fn remove(&self, context: &str, ids: &[SchemaId]) {
        self.removals.fetch_add(1, Ordering::SeqCst);
        for id in ids {
            for form in 0..FORMS {
                let key = BodyKey {
                    id: *id,
                    form,
                    context,
                };
                self.cache.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: BodyKey<'static> = BodyKey {
        id: SchemaId(1),
        form: 0,
        context: ".",
    };

    #[test]
    fn a_body_is_found_under_its_own_key_only() {
        let bodies = Bodies::new();
        bodies.insert(KEY, Bytes::from_static(b"{}"), bodies.removals());
        assert!(bodies.get(KEY).is_some());
        assert!(bodies.get(BodyKey { form: 1, ..KEY }).is_none());
        assert!(
            bodies
                .get(BodyKey {
                    context: ".b",
                    ..KEY
                })
                .is_none()
        );
    }

    #[test]
    fn a_body_that_was_read_before_a_removal_does_not_stay() {
        let bodies = Bodies::new();
        let removals = bodies.removals();
        bodies.remove(".", &[SchemaId(1)]);
        bodies.insert(KEY, Bytes::from_static(b"{}"), removals);
        assert!(bodies.get(KEY).is_none());
    }

    #[test]
    fn a_removal_takes_all_representations() {
        let bodies = Bodies::new();
        for form in 0..FORMS {
            let key = BodyKey { form, ..KEY };
            bodies.insert(key, Bytes::from_static(b"{}"), bodies.removals());
        }
        bodies.remove(".", &[SchemaId(1)]);
        for form in 0..FORMS {
            assert!(bodies.get(BodyKey { form, ..KEY }).is_none());
        }
    }
}

//! A bounded memory of schemas, so that reading a subject with many versions does not read all their
//! texts again each time.
//!
//! An id stands for one content for ever, so an entry is never wrong. Whether the schema still
//! exists is not known here: ids are looked up only after a query has found a version that has them.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::store::model::{SchemaId, StoredSchema};

/// How much memory the remembered texts take at most.
const BYTES_MAX: u64 = 32 * 1_024 * 1_024;

/// What an entry takes besides its texts, roughly.
const ENTRY_BYTES: usize = 512;

/// How many schemas the bookkeeping is laid out for.
const ENTRIES_EXPECTED: usize = 8_192;

type Key = (String, SchemaId);

pub(super) struct SchemaCache(Cache<Key, Arc<StoredSchema>, TextWeighter>);

impl std::fmt::Debug for SchemaCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SchemaCache").field(&self.0.len()).finish()
    }
}

impl SchemaCache {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(
            ENTRIES_EXPECTED,
            BYTES_MAX,
            TextWeighter,
        ))
    }

    pub(super) fn get(&self, context: &str, id: SchemaId) -> Option<Arc<StoredSchema>> {
        self.0.get(&(context.to_owned(), id))
    }

    pub(super) fn insert(&self, schema: &Arc<StoredSchema>) {
        let key = (schema.context.clone(), schema.id);
        self.0.insert(key, Arc::clone(schema));
    }
}

#[derive(Clone)]
struct TextWeighter;

impl Weighter<Key, Arc<StoredSchema>> for TextWeighter {
    fn weight(&self, _key: &Key, schema: &Arc<StoredSchema>) -> u64 {
        let content = &schema.content;
        let optional = [&content.metadata, &content.rule_set];
        let bytes = ENTRY_BYTES
            + content.text.len()
            + content.canonical_text.len()
            + ENTRY_BYTES * content.references.len()
            + optional
                .into_iter()
                .flatten()
                .map(String::len)
                .sum::<usize>();
        bytes as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::model::Content;

    fn schema(id: u32, text: String) -> Arc<StoredSchema> {
        Arc::new(StoredSchema {
            context: ".".to_owned(),
            id: SchemaId(id),
            content: Content {
                schema_type: checker::Format::Avro,
                guid: uuid::Uuid::nil(),
                canonical_text: String::new(),
                text,
                references: Vec::new(),
                metadata: None,
                rule_set: None,
            },
        })
    }

    #[test]
    fn memory_is_bounded_by_bytes() {
        let cache = SchemaCache::new();
        let text = "x".repeat(1_024 * 1_024);
        for id in 0..200 {
            cache.insert(&schema(id, text.clone()));
        }
        assert!(cache.0.weight() <= BYTES_MAX, "{}", cache.0.weight());
        assert!(!cache.0.is_empty());
    }

    #[test]
    fn text_larger_than_the_cache_is_not_kept() {
        let cache = SchemaCache::new();
        let bytes = usize::try_from(BYTES_MAX).unwrap();
        cache.insert(&schema(1, "x".repeat(bytes)));
        assert!(cache.get(".", SchemaId(1)).is_none());
    }
}

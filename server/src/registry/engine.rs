//! Runs the checker: on threads of their own, a bounded number at a time, with a bounded memory of
//! what was parsed before.
//!
//! Parsing and comparing may take long; done on the threads that serve connections they would stop
//! everybody else's requests. The checker's recursion is bounded, and the stacks are made for it.

use std::sync::Arc;

use checker::{Format, Problem, Schema, SchemaInput, Source, Stored};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

use super::error::{Error, MAIN_FILE};

/// The stack of a thread that runs the checker. An unoptimised build needs several times the 2 MiB
/// that an optimised one gets along with.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// How much memory parsed schemas may take, as estimated by [`PARSED_BYTES_PER_TEXT_BYTE`].
const CACHE_BYTES: u64 = 128 * 1024 * 1024;

/// About how many schemas the cache is laid out for.
const CACHE_ITEMS: usize = 10_000;

/// How much memory a parsed schema takes for each byte of its text, estimated high.
const PARSED_BYTES_PER_TEXT_BYTE: usize = 24;

/// What a schema is parsed from: equal keys give equal schemas.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SchemaKey {
    pub(super) format: Format,
    pub(super) text: Arc<str>,
    /// Name, context and id of each reference's schema. Ids are never used twice, so these fix
    /// everything that the text refers to.
    pub(super) references: Vec<(String, String, u32)>,
    /// Of which texts less is asked.
    pub(super) stored: Stored,
}

/// A text with all that it refers to.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) key: SchemaKey,
    /// In dependency order.
    pub(super) closure: Vec<checker::Reference>,
}

#[derive(Clone, Debug)]
struct ByMemory;

impl Weighter<SchemaKey, Arc<Schema>> for ByMemory {
    fn weight(&self, key: &SchemaKey, _schema: &Arc<Schema>) -> u64 {
        let bytes = key.text.len().saturating_mul(PARSED_BYTES_PER_TEXT_BYTE);
        u64::try_from(bytes)
            .unwrap_or(u64::MAX)
            .saturating_add(1_024)
    }
}

/// What was parsed before.
#[derive(Debug)]
pub(super) struct ParsedSchemas {
    cache: Cache<SchemaKey, Arc<Schema>, ByMemory>,
}

impl ParsedSchemas {
    fn new() -> Self {
        Self {
            cache: Cache::with_weighter(CACHE_ITEMS, CACHE_BYTES, ByMemory),
        }
    }

    /// Parses, or remembers having parsed. Belongs on a checker thread.
    pub(super) fn parse(&self, prepared: &Prepared) -> Result<Arc<Schema>, Vec<Problem>> {
        if let Some(schema) = self.remembered(&prepared.key) {
            return Ok(schema);
        }
        let input = SchemaInput {
            format: prepared.key.format,
            source: Source::new(MAIN_FILE, &*prepared.key.text),
            references: prepared.closure.clone(),
            draft: checker::json::Draft::default(),
            stored: prepared.key.stored,
        };
        let schema = Arc::new(Schema::parse(&input)?);
        self.cache.insert(prepared.key.clone(), Arc::clone(&schema));
        Ok(schema)
    }

    /// A schema that was valid as a new one is the same once it is stored.
    fn remembered(&self, key: &SchemaKey) -> Option<Arc<Schema>> {
        let found = self.cache.get(key);
        if found.is_some() || key.stored != Stored::Everything {
            return found;
        }
        self.cache.get(&SchemaKey {
            stored: Stored::References,
            ..key.clone()
        })
    }
}

/// The checker's threads.
#[derive(Debug)]
pub(super) struct Engine {
    parsed: Arc<ParsedSchemas>,
    permits: Arc<Semaphore>,
    /// Only its threads for blocking work are used. `None` while it is being dropped.
    runtime: Option<Runtime>,
}

impl Engine {
    /// Prepares as many threads as there are cores.
    pub(super) fn new() -> std::io::Result<Self> {
        let threads = std::thread::available_parallelism()?.get();
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(threads)
            .thread_stack_size(STACK_BYTES)
            .thread_name("checker")
            .build()?;
        Ok(Self {
            parsed: Arc::new(ParsedSchemas::new()),
            permits: Arc::new(Semaphore::new(threads)),
            runtime: Some(runtime),
        })
    }

    /// Runs a job on a checker thread, as soon as one is free.
    pub(super) async fn run<T, F>(&self, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&ParsedSchemas) -> T + Send + 'static,
    {
        let runtime = self.runtime.as_ref().ok_or(Error::ShuttingDown)?;
        let permits = Arc::clone(&self.permits);
        let permit = permits
            .acquire_owned()
            .await
            .map_err(|_| Error::ShuttingDown)?;
        let parsed = Arc::clone(&self.parsed);
        let task = runtime.spawn_blocking(move || {
            // Held until the job ends, even if nobody waits for it any more.
            let _permit = permit;
            job(&parsed)
        });
        task.await
            .map_err(|error| Error::Aborted(error.to_string()))
    }

    /// Parses one schema.
    pub(super) async fn parse(&self, prepared: Prepared) -> Result<Arc<Schema>, Error> {
        let format = prepared.key.format;
        let schema = self.run(move |parsed| parsed.parse(&prepared)).await?;
        schema.map_err(|problems| Error::invalid(format, &problems))
    }
}

impl Drop for Engine {
    /// A job that still runs is left to end by itself: its limits see to it.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_job_that_panics_is_an_error_and_the_next_one_runs() {
        let engine = Engine::new().unwrap();
        let result = engine.run(|_| -> u32 { panic!("a defect") }).await;
        assert!(matches!(result, Err(Error::Aborted(_))), "{result:?}");
        assert_eq!(engine.run(|_| 7).await.unwrap(), 7);
    }

    fn prepared(text: &str, stored: Stored) -> Prepared {
        Prepared {
            key: SchemaKey {
                format: Format::Avro,
                text: Arc::from(text),
                references: Vec::new(),
                stored,
            },
            closure: Vec::new(),
        }
    }

    #[tokio::test]
    async fn equal_texts_are_parsed_once() {
        let engine = Engine::new().unwrap();
        let new = prepared("\"string\"", Stored::References);
        let stored = prepared("\"string\"", Stored::Everything);
        let first = engine.parse(new.clone()).await.unwrap();
        for again in [new, stored] {
            let again = engine.parse(again).await.unwrap();
            assert!(Arc::ptr_eq(&first, &again));
        }
    }

    #[tokio::test]
    async fn what_is_valid_only_as_stored_is_not_remembered_as_new() {
        let engine = Engine::new().unwrap();
        let text = r#"{"type": "fixed", "name": "F", "namespace": "a-b", "size": 1}"#;
        let stored = engine.parse(prepared(text, Stored::Everything)).await;
        assert!(stored.is_ok(), "{stored:?}");
        let new = engine.parse(prepared(text, Stored::References)).await;
        assert!(matches!(new, Err(Error::InvalidSchema { .. })), "{new:?}");
    }
}

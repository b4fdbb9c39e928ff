//! The domain: what it means to register, look up, compare and delete schemas. Knows neither HTTP
//! nor SQL; errors are [`Error`], the memory is a [`Store`].
//!
//! One file per operation. `request` turns what a client sends into a candidate with an identity,
//! `references` finds what it refers to, `engine` runs the checker on threads of its own.

mod compatibility;
mod config;
mod data_contract;
mod delete;
mod engine;
mod error;
mod follow;
mod identity;
mod lookup;
mod messages;
pub mod names;
mod read;
mod references;
mod register;
mod rendered;
mod request;

use std::sync::Arc;

use checker::{Level, Options};
use tokio::sync::Mutex;

pub use compatibility::{Against, CheckOptions, CheckOutcome};
pub use config::{Config, Policy};
pub use data_contract::{Metadata, Rule, RuleKind, RuleMode, RuleSet, from_json};
pub use error::Error;
pub use read::{Text, TextForm};
pub use references::ReferenceRequest;
pub use register::{Accepted, RegisterOptions};
pub use rendered::{Bodies, BodyKey};
pub use request::SchemaRequest;

/// The words in which the registry speaks of what is stored.
pub use crate::store::{
    Content, DEFAULT_CONTEXT, Deletion, NUMBER_MAX, Origin, Page, SchemaId, StoredVersion,
    SubjectFilter, SubjectName, VersionNumber, VersionSelector, VersionSummary, Visibility,
};

use crate::store::Store;
use engine::Engine;

/// How often a write is tried again because others changed the same subject in between. After the
/// first time the writers of one process queue up, so only other nodes can take another turn.
const MOVES_MAX: u32 = 100;

/// Over how many queues contended subjects are spread.
const QUEUES: usize = 64;

/// How the registry decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryOptions {
    /// The level where none is configured.
    pub level: Level,
    /// Whose verdict, and how JSON Schema writers are read where no policy is configured.
    pub check: Options,
    /// Whether to accept what could not be decided.
    pub accept_undecided: bool,
    /// Whether texts are returned in canonical form instead of as they were sent.
    pub canonical_texts: bool,
}

/// A registry over a store. Shared behind an `Arc`.
#[derive(Debug)]
pub struct Registry {
    store: Arc<dyn Store>,
    options: RegistryOptions,
    engine: Engine,
    bodies: Bodies,
    queues: Vec<Mutex<()>>,
}

impl Registry {
    /// A registry over a store.
    pub fn new(store: Arc<dyn Store>, options: RegistryOptions) -> std::io::Result<Self> {
        Ok(Self {
            store,
            options,
            engine: Engine::new()?,
            bodies: Bodies::new(),
            queues: (0..QUEUES).map(|_| Mutex::new(())).collect(),
        })
    }

    /// Bodies that were made of immutable schemas.
    pub fn bodies(&self) -> &Bodies {
        &self.bodies
    }

    /// Finishes the writes that are queued.
    pub async fn close(&self) {
        self.store.close().await;
    }
}

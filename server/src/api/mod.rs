//! HTTP: routes, bodies, status and error codes of the wire contract. The only layer that knows any
//! of them; what an answer says is the registry's.
//!
//! `router` lists the routes, a file per resource has their handlers. `extract` reads requests,
//! `dto` has the bodies, `error` the refusals, `respond` the content type and the shape of answers.

mod associations;
mod compatibility;
mod config;
mod contexts;
mod dto;
mod error;
mod extract;
mod path;
mod request_id;
mod respond;
mod root;
mod router;
mod schemas;
mod subjects;
mod versions;

use std::sync::Arc;

pub(crate) use respond::Shape;
pub(crate) use router::Api;

use crate::registry::Registry;

/// What handlers work with. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct App {
    /// The domain.
    pub(crate) registry: Arc<Registry>,
    /// How long a request body may be.
    pub(crate) body_bytes_max: usize,
    /// The shape of all answers; `None` to choose by client.
    pub(crate) shape: Option<Shape>,
}

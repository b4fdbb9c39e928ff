//! `schemad`, the schema registry server: a library that tests run in process.
//!
//! Layers, each knowing only the one below: `api` (HTTP), [`registry`] (the domain), [`store`] (memory).

pub mod registry;
pub mod store;

//! Reading schema texts: what Avro and JSON Schema share.
//!
//! [`json`] reads JSON and loses nothing that a schema may mean or that a message must point to:
//! places, the text of numbers, the order of keys, duplicates.

pub mod json;
pub mod nearest;

pub use nearest::nearest;

//! Tests of the whole format: against data of others, and laws that hold for any schema.

mod conformance;
mod execution;
mod formatting;
mod grown;
mod printing;
mod profiles;
pub(super) mod reflected;
mod syntax;

//! Decides whether two versions of a schema are compatible, and proves it.
//!
//! The model: a [`Schema`] is read from a [`Source`] (and the sources that it refers to). Two of
//! them are compared as *reader* and *writer*: the walker of their format (`avro`, `json`,
//! `protobuf`) emits structured changes, the rules of that format judge them, and what comes out is
//! a [`Comparison`]: [`Finding`]s, each with rule, place, reason, and a [`Witness`] that was
//! executed, and what stays [`Undecided`]. A [`Level`] says which directions and which earlier
//! versions count; [`check`] gives a [`Report`] over all of them.
//!
//! The entry points are [`Schema::parse`], [`compare`], [`check`], and for whole repositories of
//! `.proto` files [`protobuf::Tree`] and [`protobuf::compare_trees`]. [`rules`] lists every rule.
//!
//! **Invariants.** No I/O, no clock, no global state: equal input gives equal output, byte for byte.
//! No input panics, overflows the stack (2 MiB suffice in a release build) or takes unbounded time
//! or memory: every limit is a named constant, and reaching one is a [`Problem`] or *undecided*.
//! *Compatible* is never a guess.

pub mod acceptance;
pub mod avro;
pub mod json;
pub mod model;
pub mod pattern;
pub mod protobuf;
pub mod report;
pub mod rules;
pub mod text;

#[cfg(test)]
mod conformance;
mod schema;
mod severities;

pub use model::{
    Against, Comparison, Direction, Finding, Level, Problem, Report, Severity, Source, Span,
    Undecided, Verdict, Witness,
};
pub use schema::{
    Comparer, Format, Options, Policy, Profile, Reference, Schema, SchemaInput, Stored, check,
    compare,
};
pub use severities::{ParseSeverityError, RuleSeverity, Severities, may_be_lowered};

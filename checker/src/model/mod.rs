//! The vocabulary that every format shares: plain data with public fields.
//!
//! A *walker* (one per format) compares a [`Reader`] with a [`Writer`] schema and emits *changes* of
//! its own kind. *Rules* judge a change and give a [`Finding`]: what breaks, in which
//! [`Direction`], where ([`Path`], [`Span`]), shown by which [`Witness`], and mended by which
//! [`Hint`]. Findings and what could not be decided make a [`Comparison`] of two versions; the
//! comparisons that a [`Level`] asks for make a [`Report`], which has a [`Verdict`].
//!
//! Nothing here knows a schema format, and nothing here does any work beyond combining values.

mod audience;
mod direction;
mod entity;
mod finding;
mod level;
mod path;
mod problem;
mod report;
mod rule;
mod source;
mod witness;

pub use audience::Audience;
pub use direction::{Direction, Reader, Writer};
pub use entity::{Entity, EntityKind, Tagged};
pub use finding::{Edit, Finding, Hint, Severity};
pub use level::{Against, Level, ParseLevelError};
pub use path::Path;
pub use problem::Problem;
pub use report::{Comparison, Report, Undecided, Verdict};
pub use rule::{Category, Rule};
pub use source::{LineIndex, Source, Span};
pub use witness::{Witness, WitnessKind};

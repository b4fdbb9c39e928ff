//! Rendering what the checker found: for people in [`text`], for programs in [`json`].
//!
//! Nothing here decides anything, and nothing here writes anywhere: each function turns plain data
//! into a `String` or a serialisable value. Colours are the caller's, who knows the terminal
//! ([`text::Styles`]).

pub mod json;
pub mod text;

mod escape;
mod group;
mod snippet;
mod sources;
mod summary;
mod told;

pub use escape::escape;
pub use group::{Group, group};
pub use sources::Sources;
pub use summary::Summary;
pub use told::{Subject, Told, told};

//! What the benchmark programs share: a load generator that costs little, and figures.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod figures;
mod load;

pub(crate) use figures::{Figure, report};
pub(crate) use load::{Load, Measured};

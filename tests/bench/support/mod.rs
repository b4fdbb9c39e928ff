//! What the benchmark programs share: a load generator that costs little, and figures.

mod figures;
pub(crate) mod load;

pub(crate) use figures::report;
pub(crate) use load::{Load, compared};

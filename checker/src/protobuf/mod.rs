//! placeholder of the first hour
mod tree;

pub use tree::{Tree, TreeFile, TreeOptions, TreeProblems, compare_trees};

use crate::model::{Comparison, Direction, Problem, Rule};
use crate::{Options, SchemaInput};
/// A schema.
#[derive(Debug)]
pub struct Schema {
    canonical: String,
}
impl Schema {
    pub(crate) fn parse(input: &SchemaInput) -> Result<Self, Vec<Problem>> {
        Ok(Self {
            canonical: input.source.text().to_owned(),
        })
    }
    /// canonical
    pub fn canonical_text(&self) -> &str {
        &self.canonical
    }
    /// Base64 of the `FileDescriptorProto` (`format=serialized`).
    pub fn serialized(&self) -> String {
        String::new()
    }
    /// normalized
    pub fn normalized_text(&self) -> String {
        self.canonical.clone()
    }
}
pub(crate) fn compare(
    _old: &Schema,
    _new: &Schema,
    _directions: &[Direction],
    _options: &Options,
) -> Comparison {
    Comparison::default()
}
/// Rules.
pub mod rules {
    use super::Rule;
    /// all
    pub fn all() -> Vec<&'static Rule> {
        Vec::new()
    }
}

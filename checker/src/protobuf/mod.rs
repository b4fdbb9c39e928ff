//! Protocol Buffers and gRPC: proto2, proto3 and editions.
//!
//! Texts are read (`syntax`), linked into a pool in which every name and option has its meaning
//! (`link`, `pool`), and turned into what comparisons know (`model`). One walker (`diff`) finds what
//! differs between two models; [`rules`] judge it, with witnesses that were executed (`witness`).
//! [`Schema`] and the crate's `compare` serve registries, [`Tree`] and [`compare_trees`] repositories
//! of `.proto` files: the same changes and rules, another table of what is an error.

mod audience;
pub mod buf;
mod build;
mod bundled;
mod changelog;
mod contract;
mod descriptor;
mod diff;
mod dynamic;
mod features;
mod format;
pub mod impact;
mod json;
mod judges;
mod link;
mod linked;
mod model;
mod outline;
mod past;
mod places;
mod pool;
mod print;
mod properties;
mod review;
pub mod rules;
mod settings;
mod stability;
mod syntax;
mod tag;
mod tags;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod texts;
mod tree;
mod wire;
mod witness;
mod wording;

pub use changelog::{Bump, ChangeKind, LogEntry};
pub use contract::MAX_TYPE_CHAIN;
pub use diff::ElementKind;
pub use format::{LINE_WIDTH, format};
pub use link::{
    MAX_FIELDS, MAX_FILES, MAX_IMPORT_CHAIN, MAX_PACKAGE_BYTES, MAX_PACKAGE_PARTS, MAX_PROBLEMS,
};
pub use review::{TreeReview, Version, review_trees};
pub use stability::{Packages, ParseStabilityError, Stability, Weight};
pub use syntax::{
    MAX_NESTING, MAX_RANGE_OPTIONS, MAX_TEXT_BYTES, MAX_VALUE_NESTING, MAX_WORD_BYTES, text_of,
};
pub use tree::{Tree, TreeFile, TreeOptions, TreeProblems, compare_trees};

use std::fmt;
use std::sync::Arc;

use crate::model::{Comparison, Direction, Problem, Source};
use crate::{Options, Profile, SchemaInput};
use audience::Usages;
use diff::{Change, Scope};
use linked::Linked;
pub(crate) use past::{Between, Earlier, State, version_name};
use pool::Pool;
use rules::{Context, Side};

/// The import paths that a text names, read without parsing it; `None` where one is spelled in a way
/// that only a parser understands.
pub fn imports(text: &str) -> Option<Vec<&str>> {
    outline::of(text).imports
}

/// The import path of a schema's own text, which has no name of its own in a registry.
const ROOT: &str = "default";

/// A `.proto` file with everything that it imports.
pub struct Schema {
    pool: Pool,
    /// Apart, since a schema is passed on by value.
    model: Box<model::Model>,
    /// The import path of the schema's own text.
    root: String,
    canonical: String,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema")
            .field("canonical", &self.canonical)
            .finish_non_exhaustive()
    }
}

impl Schema {
    /// Reads a text, or base64 of a `FileDescriptorProto`. References are found by import path.
    pub(crate) fn parse(input: &SchemaInput) -> Result<Self, Vec<Problem>> {
        let mut root = ROOT.to_owned();
        while input
            .references
            .iter()
            .any(|reference| reference.name == root)
        {
            root.push('_');
        }
        let find = |path: &str| -> Option<Source> {
            if path == root {
                return Some(input.source.clone());
            }
            let reference = input
                .references
                .iter()
                .find(|reference| reference.name == path);
            reference.map(|reference| reference.source.clone())
        };
        let pool = link::link(&[&root], &find)?;
        let model = build::model(&pool, &|path| path == root);
        let Some(file) = pool.file(&root) else {
            return Err(vec![Problem::whole("the schema was not linked")]);
        };
        let canonical = texts::canonical(&pool, file);
        Ok(Self {
            pool,
            model: Box::new(model),
            root,
            canonical,
        })
    }

    /// The text that gives identity: equal for texts that differ in layout and comments only.
    ///
    /// That of a descriptor has the shortest words, so it is that of the text that it was made of,
    /// unless the text says something in more words than it must.
    pub fn canonical_text(&self) -> &str {
        &self.canonical
    }

    /// The text in which also names, spellings, and the order of what has no order are settled. It is
    /// one for a text and its descriptor.
    pub fn normalized_text(&self) -> String {
        let serialized = self.serialized();
        // What has no canonical text has no other one.
        if self.canonical == serialized {
            return serialized;
        }
        let file = self.pool.file(&self.root);
        let text = file.and_then(|file| texts::normalized(&self.pool, file));
        text.unwrap_or(serialized)
    }

    /// The canonical text without `extend` blocks, ranges for extensions and custom options, but those of
    /// the package `confluent` (`format=ignore_extensions`). Imports stay.
    pub fn text_without_extensions(&self) -> String {
        let file = self.pool.file(&self.root);
        let text = file.and_then(|file| texts::without_extensions(&self.pool, file));
        text.unwrap_or_else(|| self.serialized())
    }

    /// Base64 of the `FileDescriptorProto` (`format=serialized`).
    pub fn serialized(&self) -> String {
        let file = self.pool.file(&self.root);
        file.map(texts::serialized).unwrap_or_default()
    }

    /// What later comparisons remember of the version.
    pub(crate) fn state(&self) -> Arc<State> {
        Arc::new(State::of_model(&self.model))
    }

    pub(crate) fn side(&self) -> Side<'_> {
        Side {
            model: &self.model,
            linked: Linked::Whole(&self.pool),
        }
    }
}

/// Compares two versions of a registry's schema.
pub(crate) fn compare(
    old: &Schema,
    new: &Schema,
    directions: &[Direction],
    options: &Options,
    between: Between<'_>,
) -> Comparison {
    let mut comparison = match options.profile {
        Profile::Proven => {
            let usages = Usages::of(&old.model, &new.model);
            let cx = Context {
                usages: Some(&usages),
                between,
                ..Context::new(old.side(), new.side(), Scope::Registry)
            };
            let diff = diff::diff(cx.old.model, cx.new.model, cx.scope);
            judge(&cx.looking_into(&diff.insides), &diff.changes)
        }
        Profile::Contract => contract::compare(old.side(), new.side()),
    };
    comparison
        .findings
        .retain(|finding| directions.contains(&finding.direction));
    comparison
        .undecided
        .retain(|open| directions.contains(&open.direction));
    comparison
}

/// What the rules say of changes, each with the severity that it has in a registry.
fn judge(cx: &Context, changes: &[Change]) -> Comparison {
    Comparison {
        findings: changes.iter().flat_map(|change| cx.named(change)).collect(),
        undecided: changes
            .iter()
            .flat_map(|change| cx.causes.undecided(change))
            .collect(),
        ..Comparison::default()
    }
}

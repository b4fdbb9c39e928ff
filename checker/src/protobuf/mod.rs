//! Protocol Buffers and gRPC: proto2 and proto3.
//!
//! Texts are read (`syntax`), linked (`parse`) and turned into a model of our own
//! (`model`). One walker (`diff`) finds what differs between two models; [`rules`] judge it, with
//! witnesses that were executed (`witness`). [`Schema`] and the crate's `compare` serve registries,
//! [`Tree`] and [`compare_trees`] repositories of `.proto` files: the same changes and rules, another
//! table of what is an error.

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
pub mod impact;
mod link;
mod model;
mod outline;
mod past;
mod places;
mod pool;
mod print;
mod review;
pub mod rules;
mod settings;
mod stability;
mod syntax;
mod tag;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tree;
mod wire;
mod witness;
mod wording;

pub use changelog::{Bump, ChangeKind, LogEntry};
pub use contract::MAX_TYPE_CHAIN;
pub use diff::ElementKind;
pub use link::{MAX_FIELDS, MAX_FILES, MAX_IMPORT_CHAIN, MAX_PACKAGE_BYTES, MAX_PACKAGE_PARTS};
pub use review::{TreeReview, Version, review_trees};
pub use stability::{Packages, ParseStabilityError, Stability, Weight};
pub use syntax::{
    MAX_NESTING, MAX_RANGE_OPTIONS, MAX_TEXT_BYTES, MAX_VALUE_NESTING, MAX_WORD_BYTES, text_of,
};
pub use tree::{Tree, TreeFile, TreeOptions, TreeProblems, compare_trees};

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;
use prost_reflect::{FileDescriptor, ReflectMessage};

use crate::model::{Comparison, Direction, Path, Problem, Source, Undecided};
use crate::{Options, Profile, SchemaInput};
use audience::Usages;
use diff::{Change, Scope};
use link::Linked;
pub(crate) use past::State;
use print::Style;
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
    linked: Linked,
    model: model::Model,
    root: FileDescriptor,
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
        let linked = link::link(&[&root], &find)?;
        let model = build::model(&linked, &|path| path == root);
        let Some(root) = linked.reflected().get_file_by_name(&root) else {
            return Err(vec![Problem::whole("the schema was not linked")]);
        };
        let canonical = canonical(&linked, &root);
        Ok(Self {
            linked,
            model,
            root,
            canonical,
        })
    }

    /// The text that gives identity: equal for texts that differ in layout and comments, and for a
    /// text and its descriptor.
    pub fn canonical_text(&self) -> &str {
        &self.canonical
    }

    /// The text in which also the order of what has no order is settled.
    pub fn normalized_text(&self) -> String {
        let serialized = self.serialized();
        // What has no canonical text has no other one.
        if self.canonical == serialized {
            return serialized;
        }
        print::print(&self.root, Style::Normalized).unwrap_or(serialized)
    }

    /// Base64 of the `FileDescriptorProto` (`format=serialized`).
    pub fn serialized(&self) -> String {
        serialized(&self.root)
    }

    /// What later comparisons remember of the version.
    pub(crate) fn state(&self) -> State {
        State::of_model(&self.model)
    }

    pub(crate) fn side(&self) -> Side<'_> {
        Side {
            model: &self.model,
            pool: &self.linked.pool,
        }
    }
}

/// The text of a file. Where a text would lose something it is base64 of the descriptor, which is
/// a schema text too.
fn canonical(linked: &Linked, root: &FileDescriptor) -> String {
    let text = print::print(root, Style::Canonical).ok();
    // A descriptor may hold what the grammar does not know; so it is read again to be sure. What
    // was a text has a text.
    let file = linked.pool.file(root.name());
    let encoded = file.is_some_and(|file| file.encoded);
    let text = text.filter(|text| !encoded || reads_back(linked, root, text));
    text.unwrap_or_else(|| serialized(root))
}

/// Whether a printed text means what the descriptor means.
fn reads_back(linked: &Linked, root: &FileDescriptor, text: &str) -> bool {
    let find = |path: &str| {
        if path == root.name() {
            return Some(Source::new(path, text));
        }
        let file = linked.pool.file(path).filter(|file| !file.bundled);
        file.map(|file| file.source.clone())
    };
    let again = link::link(&[root.name()], &find).ok();
    let again = again.and_then(|again| again.reflected().get_file_by_name(root.name()));
    again.is_some_and(|again| print::same::meaning(&again) == print::same::meaning(root))
}

/// A descriptor with its custom options, without places and comments.
fn serialized(file: &FileDescriptor) -> String {
    let bytes = file.encode_to_vec();
    let schema = prost_types::FileDescriptorProto::default().descriptor();
    let stripped = prost_reflect::DynamicMessage::decode(schema, &*bytes).map(|mut message| {
        message.clear_field_by_name("source_code_info");
        message.encode_to_vec()
    });
    // What was just encoded can be decoded; if it could not, the places would do no harm.
    STANDARD.encode(stripped.unwrap_or(bytes))
}

/// Compares two versions of a registry's schema; `newer` are those between them.
pub(crate) fn compare(
    old: &Schema,
    new: &Schema,
    directions: &[Direction],
    options: &Options,
    newer: &[State],
) -> Comparison {
    let mut comparison = match options.profile {
        Profile::Proven => {
            let usages = Usages::of(&old.model, &new.model);
            let cx = Context {
                usages: Some(&usages),
                newer,
                ..Context::new(old.side(), new.side(), Scope::Registry)
            };
            judge(&cx, &diff::changes(cx.old.model, cx.new.model, cx.scope))
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
        undecided: changes.iter().flat_map(undecided).collect(),
        ..Comparison::default()
    }
}

/// Changes that no rule understands.
fn undecided(change: &Change) -> Vec<Undecided> {
    let Change::Message { old, new } = change else {
        return Vec::new();
    };
    if old.set_format == new.set_format {
        return Vec::new();
    }
    let open = |direction| Undecided {
        direction,
        path: Path::name(old.name.clone()),
        span: new.name_span.clone(),
        reason:
            "`message_set_wire_format` changed, whose encoding is not compared; keep the option"
                .to_owned(),
    };
    rules::BOTH.map(open).into()
}

//! Reads a schema text into the model, and says all that is wrong with it, each with its place.
//!
//! It follows the specification, not an implementation: names are strict, a name is defined before
//! it is used, a union has no branch twice, defaults fit their types (see [`super::defaults`]).
//! Attributes that Avro does not define are kept; so are logical types that do not fit their
//! underlying type, which Avro tells readers to ignore.
//!
//! This file reads types; [`named`] reads records, enums and fixed, [`mod@attributes`] what stands in
//! several kinds of objects.

mod attributes;
mod named;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use compact_str::CompactString;

use crate::SchemaInput;
use crate::model::{LineIndex, Problem, Source};
use crate::text::json::{self, Node, Value};

use super::aliases::{self, Claim};
use super::model::{
    ByName, Kind, Logical, Place, Primitive, Schema, Site, Slot, Type, TypeId, Use,
};
use super::notes::{MAX_PROBLEMS, Notes};
use super::{defaults, doubts, logical, names};

use attributes::attributes;

/// The longest text that is read: far beyond any schema, and small enough to hold in memory.
pub const MAX_TEXT_BYTES: usize = 16 * 1024 * 1024;

/// About how much text there is for each type; only memory that is asked for at once depends on it.
const BYTES_PER_TYPE: usize = 64;

/// The most types that a schema with its references may contain: every one that is written out counts,
/// a name does not.
pub const MAX_TYPES: usize = 500_000;

/// The most branches that a union may have: choosing one costs a comparison with each.
pub const MAX_UNION_BRANCHES: usize = 1_000;

/// The largest size of a fixed, as the implementations have it (a 32-bit signed integer).
pub const MAX_FIXED_SIZE: usize = 0x7fff_ffff;

/// Reads a schema with its references.
pub(crate) fn parse(input: &SchemaInput) -> Result<Schema, Vec<Problem>> {
    let mut parser = Parser {
        notes: Notes::new(input.stored),
        ..Parser::default()
    };
    parser.sources.push(LineIndex::new(&input.source));
    let mut seen = HashSet::new();
    for reference in &input.references {
        if seen.insert(&*reference.name) {
            parser.sources.push(LineIndex::new(&reference.source));
            let _ = parser.document(&reference.source, parser.sources.len() - 1);
        }
    }
    let root = parser.document(&input.source, 0);
    parser.finish(input, root)
}

/// One mistake is one error: what could not be read is filled with a type that fits everything, and
/// a faulty definition still defines its name.
#[derive(Default)]
struct Parser {
    sources: Vec<LineIndex>,
    /// The index of the text that is being read.
    source: usize,
    types: Vec<Type>,
    /// Whether there were more types than can be held.
    full: bool,
    names: ByName<TypeId>,
    notes: Notes,
    /// The types of which something is missing.
    broken: HashSet<TypeId>,
    /// Names that were not defined where they stand: the name with its namespace, and as written.
    unknown: Vec<(Place, String, CompactString)>,
    /// The aliases of types and fields.
    claims: Vec<Claim>,
}

impl Parser {
    fn document(&mut self, source: &Source, index: usize) -> Option<Use> {
        self.source = index;
        if source.text().len() > MAX_TEXT_BYTES {
            let message = format!(
                "`{}` is longer than {MAX_TEXT_BYTES} bytes, the limit of a schema text",
                source.file()
            );
            self.notes.unread(index, Problem::whole(message));
            return None;
        }
        match json::parse(source) {
            Ok(node) => {
                self.types.reserve(source.text().len() / BYTES_PER_TYPE);
                self.warn_of_duplicates(&node);
                self.type_use(&node, "", Site::ROOT)
            }
            Err(problem) => {
                self.notes.unread(index, problem);
                None
            }
        }
    }

    fn finish(mut self, input: &SchemaInput, root: Option<Use>) -> Result<Schema, Vec<Problem>> {
        self.report_unknown();
        let Some(root) = root else {
            return Err(self.notes.into_errors(&self.sources));
        };
        let mut schema = Schema {
            sources: self.sources,
            source: input.source.clone(),
            types: self.types,
            root,
            canonical: OnceLock::new(),
            warnings: Vec::new(),
            samples: OnceLock::new(),
            held_by_defaults: OnceLock::new(),
            contents: OnceLock::new(),
        };
        aliases::check(&schema, &self.names, &self.claims, &mut self.notes);
        let unusable = defaults::check(&schema, &self.broken, &mut self.notes);
        if self.notes.has_errors() {
            return Err(self.notes.into_errors(&schema.sources));
        }
        schema.mark_unusable(&unusable);
        doubts::check(&schema, &mut self.notes);
        schema.warnings = self.notes.into_warnings(&schema.sources);
        Ok(schema)
    }

    /// What a text that could not be read defines is not known, so nothing is said about names then.
    /// A type that is nowhere is told once, where it is used first.
    fn report_unknown(&mut self) {
        if self.notes.has_unread() {
            return;
        }
        let mut told = HashSet::new();
        for (place, full, written) in std::mem::take(&mut self.unknown) {
            let later = self.names.get(&*full);
            let later = later.or_else(|| self.names.get(&written));
            let message = match later.and_then(|id| self.types.get(id.0 as usize)) {
                Some(ty) => format!(
                    "`{written}` is used before its definition at {}; write the definition where \
                     the name is used first",
                    self.shown(&ty.place)
                ),
                None if !told.insert(full.clone()) => continue,
                None => names::unknown_type(&written, &full),
            };
            self.notes.error(place, message);
        }
    }

    fn place(&self, range: &Range<usize>) -> Place {
        Place {
            source: self.source,
            range: range.clone(),
        }
    }

    /// A place as messages name it: `order.avsc:7:32`.
    fn shown(&self, place: &Place) -> String {
        let index = self.sources.get(place.source);
        let span = index.map(|index| index.span(place.range.clone()));
        span.map_or_else(String::new, |span| span.to_string())
    }

    fn error(&mut self, range: &Range<usize>, message: impl Into<String>) {
        let place = self.place(range);
        self.notes.error(place, message);
    }

    fn error_if_new(&mut self, range: &Range<usize>, message: impl Into<String>) {
        let place = self.place(range);
        self.notes.error_if_new(place, message);
    }

    fn warning(&mut self, range: &Range<usize>, message: impl Into<String>) {
        let place = self.place(range);
        self.notes.warning(place, message);
    }

    /// A part that was skipped may define types: see [`Self::report_unknown`].
    fn skipped(&mut self, range: &Range<usize>, message: impl Into<String>) {
        let index = self.sources.get(self.source);
        let span = index.map(|index| index.span(range.clone()));
        let message = message.into();
        self.notes.unread(self.source, Problem::new(span, message));
    }

    fn add(&mut self, node: &Node, site: Site, kind: Kind) -> Option<Use> {
        let logical = logical::of(node, &kind).unwrap_or_else(|(range, message)| {
            self.warning(&range, message);
            None
        });
        self.push(node, site, kind, logical)
    }

    fn push(
        &mut self,
        node: &Node,
        site: Site,
        kind: Kind,
        logical: Option<Logical>,
    ) -> Option<Use> {
        if self.types.len() >= MAX_TYPES {
            if !self.full {
                self.full = true;
                let message = format!("the schema has more than {MAX_TYPES} types, the limit");
                self.skipped(&node.range, message);
            }
            return None;
        }
        let id = self.next_id();
        let keys: &[&str] = match kind {
            Kind::Enum(_) => &["default"],
            _ => &[],
        };
        self.types.push(Type {
            logical,
            kind,
            place: self.place(&node.range),
            site,
            attributes: attributes(node, &[&attributes::TYPE_KEYS, keys]),
        });
        Some(self.use_of(id, node))
    }

    fn next_id(&self) -> TypeId {
        // There are fewer than `MAX_TYPES`, a number of 32 bits.
        TypeId(u32::try_from(self.types.len()).unwrap_or(u32::MAX))
    }

    fn use_of(&self, id: TypeId, node: &Node) -> Use {
        Use {
            id,
            place: self.place(&node.range),
            by_name: false,
        }
    }

    fn type_use(&mut self, node: &Node, space: &str, site: Site) -> Option<Use> {
        let read = match &node.value {
            Value::String(text) => self.named_type(node, text, node, space, site),
            Value::Array(branches) => self.union(node, branches, space, site),
            Value::Object(_) => self.object(node, space, site),
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                let message = format!(
                    "a type is a name, an object, or an array (a union), not {}",
                    node.kind()
                );
                self.error(&node.range, message);
                None
            }
        };
        read.or_else(|| self.broken(node, site))
    }

    /// What stands for a type that could not be read.
    fn broken(&mut self, node: &Node, site: Site) -> Option<Use> {
        let made = self.push(node, site, Kind::Primitive(Primitive::Null), None)?;
        self.broken.insert(made.id);
        Some(made)
    }

    /// A primitive, or a name that was defined before: `text` stands at `at` within `node`.
    fn named_type(
        &mut self,
        node: &Node,
        text: &str,
        at: &Node,
        space: &str,
        site: Site,
    ) -> Option<Use> {
        if let Some(primitive) = Primitive::named(text) {
            return self.add(node, site, Kind::Primitive(primitive));
        }
        if let Some(id) = self.lookup(text, space) {
            return Some(Use {
                id,
                place: self.place(&node.range),
                by_name: true,
            });
        }
        if self.unknown.len() < MAX_PROBLEMS {
            let full = names::full(text, space);
            self.unknown
                .push((self.place(&at.range), full, text.into()));
        }
        None
    }

    /// A name without a dot is meant in the enclosing namespace; the null namespace cannot be
    /// written otherwise, so it is tried next.
    fn lookup(&self, text: &str, space: &str) -> Option<TypeId> {
        let full = names::full(text, space);
        let found = self.names.get(&*full);
        found.or_else(|| self.names.get(text)).copied()
    }

    fn object(&mut self, node: &Node, space: &str, site: Site) -> Option<Use> {
        let Some(kind) = node.get("type") else {
            self.error(
                &node.range,
                "an object that is a type needs a `type`, such as `\"type\": \"record\"`",
            );
            return None;
        };
        let Some(word) = kind.as_str() else {
            self.error(
                &kind.range,
                format!(
                    "`type` is {} here, a name is expected; put its content in the place of the \
                     object around it",
                    kind.kind()
                ),
            );
            return None;
        };
        if let Some(id) = self.repeated(node, word, space) {
            return Some(Use {
                id,
                place: self.place(&node.range),
                by_name: true,
            });
        }
        match word {
            "record" => self.record(node, space, site, false),
            "error" => {
                self.warning(
                    &kind.range,
                    "`error` belongs to protocols; it is read as a record here, and some libraries \
                     refuse it: write `record`",
                );
                self.record(node, space, site, true)
            }
            "enum" => self.enumeration(node, space, site),
            "fixed" => self.fixed(node, space, site),
            "array" => self.container(node, "items", space, site, Slot::Items, Kind::Array),
            "map" => self.container(node, "values", space, site, Slot::Values, Kind::Map),
            _ => self.named_type(node, word, kind, space, site),
        }
    }

    /// A type that one reference defines as another one did: schemas that were registered one by one
    /// may each have it, and nobody can mend them any more.
    fn repeated(&self, node: &Node, word: &str, space: &str) -> Option<TypeId> {
        if self.source == 0 || !matches!(word, "record" | "error" | "enum" | "fixed") {
            return None;
        }
        let name = node.get("name")?.as_str()?;
        let own_space = node.get("namespace").and_then(Node::as_str);
        let full = names::full(name, own_space.unwrap_or(space));
        let first = self.names.get(&*full).copied()?;
        let place = &self.types.get(first.0 as usize)?.place;
        let elsewhere = place.source != 0 && place.source != self.source;
        (elsewhere && self.same_text(place, &self.place(&node.range))).then_some(first)
    }

    fn container(
        &mut self,
        node: &Node,
        key: &str,
        space: &str,
        site: Site,
        slot: Slot,
        kind: fn(Use) -> Kind,
    ) -> Option<Use> {
        let Some(inner) = node.get(key) else {
            self.error(
                &node.range,
                format!("`{key}` is missing: the type of what it holds"),
            );
            return None;
        };
        // Until its content is known it contains itself.
        let placeholder = kind(self.use_of(self.next_id(), node));
        let made = self.add(node, site, placeholder)?;
        let content = self.type_use(inner, space, Site::of(made.id, slot))?;
        self.set(made.id, kind(content));
        Some(made)
    }

    /// Gives a type that was added before its parts were known its content.
    fn set(&mut self, id: TypeId, kind: Kind) {
        if let Some(ty) = self.types.get_mut(id.0 as usize) {
            ty.kind = kind;
        }
    }

    fn union(&mut self, node: &Node, branches: &[Node], space: &str, site: Site) -> Option<Use> {
        if branches.len() > MAX_UNION_BRANCHES {
            let message =
                format!("the union has more than {MAX_UNION_BRANCHES} branches, the limit");
            self.skipped(&node.range, message);
            return None;
        }
        let made = self.add(node, site, Kind::Union(Vec::new()))?;
        let mut uses = Vec::with_capacity(branches.len());
        let mut seen = HashSet::new();
        for (index, branch) in branches.iter().enumerate() {
            let slot = Slot::Branch(index);
            let Some(branch_use) = self.type_use(branch, space, Site::of(made.id, slot)) else {
                continue;
            };
            self.check_branch(branch, &branch_use, &mut seen);
            uses.push(branch_use);
        }
        self.set(made.id, Kind::Union(uses));
        Some(made)
    }

    fn check_branch(&mut self, node: &Node, branch: &Use, seen: &mut HashSet<CompactString>) {
        let Some(ty) = self.types.get(branch.id.0 as usize) else {
            return;
        };
        // What could not be read, or repeats a definition, was reported as that.
        let counts = match ty.kind.name() {
            Some(name) => self.names.get(&name.full) == Some(&branch.id),
            None => !self.broken.contains(&branch.id),
        };
        if !counts {
            return;
        }
        if matches!(ty.kind, Kind::Union(_)) {
            self.error(
                &node.range,
                "a union may not directly contain a union; list the inner branches in the outer",
            );
            return;
        }
        let key: CompactString = ty
            .kind
            .name()
            .map_or_else(|| ty.kind.word().into(), |name| name.full.clone());
        if !seen.insert(key.clone()) {
            self.error(
                &node.range,
                format!("the union has a second branch `{key}`; remove one of the two"),
            );
        }
    }
}

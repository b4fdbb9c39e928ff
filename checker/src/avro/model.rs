//! The Avro model: what a schema text says, with the place of every element.
//!
//! Types live in one arena and are named by [`TypeId`], so recursion is an index and no walk owns
//! another type. Every *occurrence* that is written out is a type of its own; only names share one.
//! Nothing is forgotten: attributes that Avro does not define stay, in their order.
//!
//! It is not a data model: see [`super::datum`].

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use compact_str::CompactString;
use foldhash::fast::RandomState;

use crate::model::{LineIndex, Path, Problem, Source, Span};
use crate::text::json;

use super::content::Contents;
use super::defaults::Held;
use super::sample::Samples;

/// What is found by a name.
pub(crate) type ByName<V> = HashMap<CompactString, V, RandomState>;

/// Index of a type in its schema's arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(crate) u32);

/// A byte range in one of the schema's texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which text: 0 is the schema's own, the others are references in the order given.
    pub(crate) source: usize,
    pub(crate) range: Range<usize>,
}

/// An occurrence of a type: written out where it stands, or by name.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) id: TypeId,
    pub(crate) place: Place,
    /// Whether the text only names a type that is defined elsewhere.
    pub(crate) by_name: bool,
}

/// Where in its owner a type occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    /// The whole text.
    Root,
    /// The type of the field of that index.
    Field(usize),
    /// The items of an array.
    Items,
    /// The values of a map.
    Values,
    /// The branch of that index.
    Branch(usize),
}

/// An occurrence by its position: the slot of a type, or the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    pub(crate) owner: Option<TypeId>,
    pub(crate) slot: Slot,
}

impl Site {
    pub(crate) const ROOT: Self = Self {
        owner: None,
        slot: Slot::Root,
    };

    pub(crate) const fn of(owner: TypeId, slot: Slot) -> Self {
        Self {
            owner: Some(owner),
            slot,
        }
    }
}

/// A type as it is defined.
#[derive(Clone, Debug)]
pub(crate) struct Type {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    /// Where it is defined.
    pub(crate) site: Site,
    /// A logical type that is valid for `kind`; anything else is an attribute that means nothing.
    pub(crate) logical: Option<Logical>,
    /// What Avro does not define for this kind of type, `logicalType` and its parameters included.
    pub(crate) attributes: Vec<Attribute>,
}

/// What a type is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Primitive(Primitive),
    Record(Box<Record>),
    Enum(Box<Enum>),
    Fixed(Box<Fixed>),
    Array(Use),
    Map(Use),
    Union(Vec<Use>),
}

impl Kind {
    /// The word of the specification: `long`, `record`, `union`.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Primitive(primitive) => primitive.name(),
            Self::Record(_) => "record",
            Self::Enum(_) => "enum",
            Self::Fixed(_) => "fixed",
            Self::Array(_) => "array",
            Self::Map(_) => "map",
            Self::Union(_) => "union",
        }
    }

    /// The name of a record, enum or fixed.
    pub(crate) fn name(&self) -> Option<&Name> {
        match self {
            Self::Record(content) => Some(&content.name),
            Self::Enum(content) => Some(&content.name),
            Self::Fixed(content) => Some(&content.name),
            Self::Primitive(_) | Self::Array(_) | Self::Map(_) | Self::Union(_) => None,
        }
    }
}

/// The types that have no parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Primitive {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
}

impl Primitive {
    const ALL: [Self; 8] = [
        Self::Null,
        Self::Boolean,
        Self::Int,
        Self::Long,
        Self::Float,
        Self::Double,
        Self::Bytes,
        Self::String,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Int => "int",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Bytes => "bytes",
            Self::String => "string",
        }
    }

    pub(crate) fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == text)
    }

    /// Whether a reader of this type reads what a writer of `writer` wrote: the same type, or a
    /// promotion of the specification's section "Schema Resolution".
    pub(crate) const fn reads(self, writer: Self) -> bool {
        use Primitive::{Boolean, Bytes, Double, Float, Int, Long, Null, String};
        match self {
            Null => matches!(writer, Null),
            Boolean => matches!(writer, Boolean),
            Int => matches!(writer, Int),
            Long => matches!(writer, Int | Long),
            Float => matches!(writer, Int | Long | Float),
            Double => matches!(writer, Int | Long | Float | Double),
            Bytes | String => matches!(writer, Bytes | String),
        }
    }
}

/// A name with its namespace, and the other names that a reader accepts.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// With namespace: `shop.Order`.
    pub(crate) full: CompactString,
    /// The text after `"name":`.
    pub(crate) place: Place,
    /// Full names.
    pub(crate) aliases: Vec<CompactString>,
    /// The text after `"aliases":`, if it stands there. Few have any.
    pub(crate) aliases_place: Option<Box<Place>>,
}

impl Name {
    /// The unqualified name, which alone counts when types are matched.
    pub(crate) fn simple(&self) -> &str {
        self.full.rsplit('.').next().unwrap_or(&self.full)
    }

    pub(crate) fn namespace(&self) -> &str {
        self.full.rsplit_once('.').map_or("", |(space, _)| space)
    }

    /// Whether a reader's type of this name is meant for a writer's type of name `writer`: equal
    /// unqualified names, or an alias (which is the reader's business alone).
    pub(crate) fn reads(&self, writer: &Self) -> bool {
        self.simple() == writer.simple() || self.aliases.contains(&writer.full)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) name: Name,
    /// Whether the text says `error`, the record of a protocol's errors. It differs in nothing else.
    pub(crate) error: bool,
    pub(crate) doc: Option<CompactString>,
    pub(crate) fields: Vec<Field>,
    pub(crate) by_name: ByName<usize>,
}

impl Record {
    /// The index of the field of that name.
    pub(crate) fn field(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The same, where it is likely at `hint`: versions mostly keep their fields in order.
    pub(crate) fn field_near(&self, hint: usize, name: &str) -> Option<usize> {
        match self.fields.get(hint) {
            Some(field) if field.name == name => Some(hint),
            _ => self.field(name),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: CompactString,
    /// The text after `"name":`.
    pub(crate) name_place: Place,
    /// The whole object.
    pub(crate) place: Place,
    pub(crate) ty: Use,
    pub(crate) default: Option<json::Node>,
    /// Whether the default, if there is one, stands for a value: not always in a stored schema.
    pub(crate) usable: bool,
    pub(crate) aliases: Vec<CompactString>,
    /// The text after `"aliases":`, if it stands there. Few have any.
    pub(crate) aliases_place: Option<Box<Place>>,
    pub(crate) order: Option<CompactString>,
    pub(crate) doc: Option<CompactString>,
    pub(crate) attributes: Vec<Attribute>,
}

impl Field {
    /// The default, if it stands for a value of the field's type.
    pub(crate) fn usable_default(&self) -> Option<&json::Node> {
        self.default.as_ref().filter(|_| self.usable)
    }

    /// The text after `"default":`.
    pub(crate) fn default_place(&self) -> Option<Place> {
        Some(Place {
            source: self.place.source,
            range: self.default.as_ref()?.range.clone(),
        })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Enum {
    pub(crate) name: Name,
    pub(crate) doc: Option<CompactString>,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) by_name: ByName<usize>,
    /// The index of the symbol that stands for unknown ones.
    pub(crate) default: Option<usize>,
    /// The text after `"symbols":`.
    pub(crate) symbols_place: Place,
}

impl Enum {
    /// The symbol that stands for unknown ones.
    pub(crate) fn default_symbol(&self) -> Option<&str> {
        let symbol = self.symbols.get(self.default?)?;
        Some(&symbol.name)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    pub(crate) name: CompactString,
    pub(crate) place: Place,
}

#[derive(Clone, Debug)]
pub(crate) struct Fixed {
    pub(crate) name: Name,
    pub(crate) doc: Option<CompactString>,
    pub(crate) size: usize,
    /// The text after `"size":`.
    pub(crate) size_place: Place,
}

/// What a raw value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Logical {
    Decimal { precision: usize, scale: usize },
    Other(&'static str),
}

impl std::fmt::Display for Logical {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// A key with its value that the model has no field for.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) key: CompactString,
    pub(crate) value: json::Node,
}

/// A valid Avro schema, with everything that it refers to.
#[derive(Debug)]
pub struct Schema {
    pub(crate) sources: Vec<LineIndex>,
    pub(crate) source: Source,
    pub(crate) types: Vec<Type>,
    pub(crate) root: Use,
    pub(crate) canonical: OnceLock<String>,
    pub(crate) warnings: Vec<Problem>,
    pub(crate) samples: OnceLock<Samples>,
    pub(crate) held_by_defaults: OnceLock<Held>,
    pub(crate) contents: OnceLock<Contents>,
}

impl Schema {
    /// The text that the schema was read from.
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// What is legal and probably not meant, in the order of the text.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Takes note of the fields, by record and index, whose defaults stand for no value.
    pub(crate) fn mark_unusable(&mut self, fields: &HashSet<(TypeId, usize)>) {
        if fields.is_empty() {
            return;
        }
        for (id, ty) in (0u32..).zip(&mut self.types) {
            if let Kind::Record(record) = &mut ty.kind {
                for (index, field) in record.fields.iter_mut().enumerate() {
                    field.usable = !fields.contains(&(TypeId(id), index));
                }
            }
        }
    }

    /// The type of that index. Ids are made by the parser, for its own arena only.
    pub(crate) fn get(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }

    pub(crate) fn kind(&self, id: TypeId) -> &Kind {
        &self.get(id).kind
    }

    pub(crate) fn span(&self, place: &Place) -> Option<Span> {
        let index = self.sources.get(place.source)?;
        Some(index.span(place.range.clone()))
    }

    /// The text of a place, as it was sent.
    pub(crate) fn text(&self, place: &Place) -> &str {
        let source = self.sources.get(place.source).map(LineIndex::source);
        source
            .and_then(|source| source.text().get(place.range.clone()))
            .unwrap_or_default()
    }

    /// The occurrence at a site.
    pub(crate) fn at(&self, site: Site) -> Option<&Use> {
        let Some(owner) = site.owner else {
            return Some(&self.root);
        };
        match (self.kind(owner), site.slot) {
            (Kind::Record(record), Slot::Field(index)) => record.fields.get(index).map(|f| &f.ty),
            (Kind::Array(items), Slot::Items) => Some(items),
            (Kind::Map(values), Slot::Values) => Some(values),
            (Kind::Union(branches), Slot::Branch(index)) => branches.get(index),
            _ => None,
        }
    }

    /// The JSON Pointer of a site in the text in which it stands.
    pub(crate) fn path(&self, site: Site) -> Path {
        let mut slots = Vec::new();
        let mut site = site;
        while let Some(owner) = site.owner {
            slots.push(site.slot);
            site = self.get(owner).site;
        }
        let mut path = Path::root();
        for slot in slots.into_iter().rev() {
            path = match slot {
                Slot::Root => path,
                Slot::Field(index) => path.key("fields").index(index).key("type"),
                Slot::Items => path.key("items"),
                Slot::Values => path.key("values"),
                Slot::Branch(index) => path.index(index),
            };
        }
        path
    }

    /// The JSON Pointer of a type's definition.
    pub(crate) fn path_of(&self, id: TypeId) -> Path {
        self.path(self.get(id).site)
    }
}

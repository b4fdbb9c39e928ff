//! The checker's own form of a JSON Schema: nodes, each a conjunction of assertions that know their
//! place in the text.
//!
//! Keywords that work together are taken apart into assertions that stand alone:
//! `additionalProperties` becomes "every key that is not one of these satisfies this". What the
//! drafts write differently is the same here. Annotations are gone. What is an assertion and not
//! understood is [`Assertion::Opaque`]: never dropped.
//!
//! [`super::compile`] makes it; [`super::solve`] works on it.

use std::ops::Range;

use super::numbers::Rational;
use super::types::Types;
use super::value::Json;
use crate::model::Path;

/// The index of a node in its arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(crate) usize);

/// All nodes that a schema reaches.
#[derive(Debug)]
pub(crate) struct Model {
    /// The arena.
    pub(crate) nodes: Vec<SchemaNode>,
    /// The schema itself.
    pub(crate) root: NodeId,
    /// The length of the longest chain of schemas that apply to the same document.
    pub(crate) chain: usize,
}

impl Model {
    /// A node.
    pub(crate) fn node(&self, id: NodeId) -> &SchemaNode {
        &self.nodes[id.0]
    }
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The index of the document: 0 is the schema, then come its references.
    pub(crate) document: usize,
    /// The pointer into the document.
    pub(crate) path: Path,
    /// The byte range in the document's text.
    pub(crate) range: Range<usize>,
}

/// A schema or subschema.
#[derive(Clone, Debug)]
pub(crate) struct SchemaNode {
    /// Where it stands.
    pub(crate) place: Place,
    /// What it demands.
    pub(crate) meaning: Meaning,
}

/// What a schema demands of a document.
#[derive(Clone, Debug)]
pub(crate) enum Meaning {
    /// `true` or `false`.
    Always(bool),
    /// All of these; none is `true`.
    All(Vec<Located>),
}

impl SchemaNode {
    /// The assertions; none for `true` and `false`.
    pub(crate) fn assertions(&self) -> &[Located] {
        match &self.meaning {
            Meaning::Always(_) => &[],
            Meaning::All(assertions) => assertions,
        }
    }
}

/// An assertion and its place.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    /// The keyword that it was written with.
    pub(crate) keyword: &'static str,
    /// Where its value stands.
    pub(crate) place: Place,
    /// What it demands.
    pub(crate) assertion: Assertion<NodeId>,
}

/// A set of keys of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Keys {
    /// This one.
    One(String),
    /// Those in which the pattern is found.
    Matching(String),
    /// Those that are not named and match no pattern.
    Others {
        /// Sorted.
        names: Vec<String>,
        /// Sorted.
        patterns: Vec<String>,
    },
}

impl Keys {
    /// How much it is to copy, or to look through.
    pub(crate) const fn size(&self) -> usize {
        match self {
            Self::One(_) | Self::Matching(_) => 1,
            Self::Others { names, patterns } => names.len() + patterns.len(),
        }
    }
}

/// A set of positions in an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Positions {
    /// This one.
    At(usize),
    /// This one and all that follow.
    From(usize),
}

/// A keyword that is not understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Opaque {
    pub(crate) keyword: String,
    /// Its value.
    pub(crate) text: String,
    pub(crate) reason: String,
    /// Whether equal values mean the same wherever they stand. If not, it equals only itself.
    pub(crate) stands_alone: bool,
}

/// A demand that stands alone. `C` is how subschemas are referred to.
///
/// Each concerns documents of one type only, and holds for those of other types, but for
/// `Type`, `Enum`, and the combinations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Assertion<C> {
    Type {
        types: Types,
        /// Draft 4: `1.0` is no integer.
        integer_as_written: bool,
    },
    /// `enum` and `const`.
    Enum(Vec<Json>),
    Minimum {
        bound: Rational,
        exclusive: bool,
    },
    Maximum {
        bound: Rational,
        exclusive: bool,
    },
    MultipleOf(Rational),
    MinLength(u64),
    MaxLength(u64),
    Pattern(String),
    MinItems(u64),
    MaxItems(u64),
    UniqueItems,
    Items {
        positions: Positions,
        schema: C,
    },
    Contains {
        schema: C,
        min: u64,
        max: Option<u64>,
    },
    MinProperties(u64),
    MaxProperties(u64),
    Required(String),
    Properties {
        keys: Keys,
        schema: C,
    },
    PropertyNames(C),
    DependentRequired {
        key: String,
        needs: String,
    },
    DependentSchema {
        key: String,
        schema: C,
    },
    /// `$ref`, or one member of `allOf`.
    Also(C),
    AnyOf(Vec<C>),
    OneOf(Vec<C>),
    Not(C),
    If {
        condition: C,
        then: Option<C>,
        otherwise: Option<C>,
    },
    /// Something that is not understood.
    Opaque {
        what: Opaque,
        /// The schema that it depends on as a whole, where it depends on its siblings.
        of: Option<C>,
    },
}

impl<C> Assertion<C> {
    /// The same assertion over other references; they are visited in a fixed order.
    pub(crate) fn map<D>(&self, mut child: impl FnMut(&C) -> D) -> Assertion<D> {
        match self {
            Self::Type {
                types,
                integer_as_written,
            } => Assertion::Type {
                types: *types,
                integer_as_written: *integer_as_written,
            },
            Self::Enum(values) => Assertion::Enum(values.clone()),
            Self::Minimum { bound, exclusive } => Assertion::Minimum {
                bound: bound.clone(),
                exclusive: *exclusive,
            },
            Self::Maximum { bound, exclusive } => Assertion::Maximum {
                bound: bound.clone(),
                exclusive: *exclusive,
            },
            Self::MultipleOf(step) => Assertion::MultipleOf(step.clone()),
            Self::MinLength(n) => Assertion::MinLength(*n),
            Self::MaxLength(n) => Assertion::MaxLength(*n),
            Self::Pattern(text) => Assertion::Pattern(text.clone()),
            Self::MinItems(n) => Assertion::MinItems(*n),
            Self::MaxItems(n) => Assertion::MaxItems(*n),
            Self::UniqueItems => Assertion::UniqueItems,
            Self::Items { positions, schema } => Assertion::Items {
                positions: *positions,
                schema: child(schema),
            },
            Self::Contains { schema, min, max } => Assertion::Contains {
                schema: child(schema),
                min: *min,
                max: *max,
            },
            Self::MinProperties(n) => Assertion::MinProperties(*n),
            Self::MaxProperties(n) => Assertion::MaxProperties(*n),
            Self::Required(key) => Assertion::Required(key.clone()),
            Self::Properties { keys, schema } => Assertion::Properties {
                keys: keys.clone(),
                schema: child(schema),
            },
            Self::PropertyNames(schema) => Assertion::PropertyNames(child(schema)),
            Self::DependentRequired { key, needs } => Assertion::DependentRequired {
                key: key.clone(),
                needs: needs.clone(),
            },
            Self::DependentSchema { key, schema } => Assertion::DependentSchema {
                key: key.clone(),
                schema: child(schema),
            },
            Self::Also(schema) => Assertion::Also(child(schema)),
            Self::AnyOf(schemas) => Assertion::AnyOf(schemas.iter().map(child).collect()),
            Self::OneOf(schemas) => Assertion::OneOf(schemas.iter().map(child).collect()),
            Self::Not(schema) => Assertion::Not(child(schema)),
            Self::If {
                condition,
                then,
                otherwise,
            } => Assertion::If {
                condition: child(condition),
                then: then.as_ref().map(&mut child),
                otherwise: otherwise.as_ref().map(&mut child),
            },
            Self::Opaque { what, of } => Assertion::Opaque {
                what: what.clone(),
                of: of.as_ref().map(child),
            },
        }
    }

    /// The subschemas that are applied to the same document, not to a part of it.
    pub(crate) fn in_place(&self) -> Vec<&C> {
        match self {
            Self::Also(schema) | Self::Not(schema) | Self::DependentSchema { schema, .. } => {
                vec![schema]
            }
            Self::AnyOf(schemas) | Self::OneOf(schemas) => schemas.iter().collect(),
            Self::If {
                condition,
                then,
                otherwise,
            } => std::iter::once(condition)
                .chain(then)
                .chain(otherwise)
                .collect(),
            Self::Type { .. }
            | Self::Enum(_)
            | Self::Minimum { .. }
            | Self::Maximum { .. }
            | Self::MultipleOf(_)
            | Self::MinLength(_)
            | Self::MaxLength(_)
            | Self::Pattern(_)
            | Self::MinItems(_)
            | Self::MaxItems(_)
            | Self::UniqueItems
            | Self::Items { .. }
            | Self::Contains { .. }
            | Self::MinProperties(_)
            | Self::MaxProperties(_)
            | Self::Required(_)
            | Self::Properties { .. }
            | Self::PropertyNames(_)
            | Self::DependentRequired { .. }
            | Self::Opaque { .. } => Vec::new(),
        }
    }
}

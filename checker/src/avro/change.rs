//! A change: one difference between what a writer writes and what a reader reads, as plain facts.
//!
//! The walker ([`super::diff`]) makes changes, the rules ([`super::rules`]) judge them. A change
//! knows both sides, and the route through the writer's data that leads to it (for the witness). What
//! the wire contract says of it is not its business ([`super::contract`]).

use crate::model::{Direction, Finding, Path, Rule, Span};

use super::model::{Kind, Place, Schema, Site, Slot, TypeId, Use};

/// A type in one of the two schemas, at the place from which it was reached.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side<'s> {
    pub(crate) schema: &'s Schema,
    pub(crate) site: Site,
    pub(crate) id: TypeId,
}

impl<'s> Side<'s> {
    pub(crate) fn kind(&self) -> &'s Kind {
        self.schema.kind(self.id)
    }

    /// The occurrence; `None` only if the site is not one of the schema's.
    pub(crate) fn occurrence(&self) -> Option<&'s Use> {
        self.schema.at(self.site)
    }

    pub(crate) fn span(&self) -> Option<Span> {
        self.schema.span(&self.occurrence()?.place)
    }

    pub(crate) fn path(&self) -> Path {
        self.schema.path(self.site)
    }

    /// The path of the type's definition, which differs from `path` where it is used by name.
    pub(crate) fn definition_path(&self) -> Path {
        self.schema.path_of(self.id)
    }
}

/// What differs. Indices into the reader's or the writer's type, as each says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    /// The types do not match: of different kinds, without a promotion.
    Type,
    /// The reader lacks what this branch of the writer's union holds; `writer` is the branch.
    Branch,
    /// Named types of the same kind with names that do not match.
    Name,
    /// Fixed types of different sizes.
    FixedSize,
    /// The writer's symbols of these indices are unknown to the reader, who has no default.
    Symbols(Vec<usize>),
    /// The same, and the reader's enum default stands in for them.
    SymbolsSwallowed(Vec<usize>),
    /// The reader's field of this index is not in the data and has no default, or none that fits it.
    FieldMissing(usize),
    /// The reader's field of this index takes another value where aliases rewrite the data (the
    /// letter of the specification) than where names go first (most libraries); both can be read.
    AliasUnclear(usize),
    /// The same, and only one of the two can be read.
    AliasUndecided(usize),
    /// The reader's union has a branch, of this index, before the one of exactly the writer's type,
    /// that reads it too: the letter of the specification takes that one.
    BranchUnclear(usize),
    /// The reader's union takes a float for a whole number, though a later branch, of this index, holds
    /// all of them, or more.
    BranchOrder(usize),
    /// Decimals of different precision or scale.
    Decimal,
    /// Other logical types on matching raw types.
    Logical,
    /// Bytes that are read as a string, which fails unless they are UTF-8.
    BytesAsString,
    /// A whole number that is read as a float or double, which does not hold every one of them.
    Rounded,
    /// Both versions of a field have a default, and not the same: the reader's and the writer's
    /// index.
    DefaultChanged(usize, usize),
    /// The writer's field has a default, and the reader's, which takes its value, has none: the
    /// reader's and the writer's index.
    DefaultRemoved(usize, usize),
    /// Both enums have a default, and not the same symbol.
    EnumDefaultChanged,
    /// The writer's enum has a default, and the reader's has none.
    EnumDefaultRemoved,
    /// The reader takes no field of the writer's record, and fills all of its own with defaults.
    DataIgnored,
}

/// One difference in one direction.
#[derive(Clone, Debug)]
pub(crate) struct Change<'s> {
    pub(crate) direction: Direction,
    pub(crate) kind: ChangeKind,
    pub(crate) reader: Side<'s>,
    pub(crate) writer: Side<'s>,
    /// From the root of the writer's schema to `writer`; `None` where the way is too long to show.
    pub(crate) route: Option<Vec<Slot>>,
}

impl<'s> Change<'s> {
    pub(crate) const fn old_side(&self) -> Side<'s> {
        match self.direction {
            Direction::Backward => self.writer,
            Direction::Forward => self.reader,
        }
    }

    pub(crate) const fn new_side(&self) -> Side<'s> {
        match self.direction {
            Direction::Backward => self.reader,
            Direction::Forward => self.writer,
        }
    }

    /// Which version reads: `new` or `old`.
    pub(crate) const fn reader_word(&self) -> &'static str {
        match self.direction {
            Direction::Backward => "new",
            Direction::Forward => "old",
        }
    }

    /// Which version writes: `old` or `new`.
    pub(crate) const fn writer_word(&self) -> &'static str {
        match self.direction {
            Direction::Backward => "old",
            Direction::Forward => "new",
        }
    }

    /// What a rule starts from: a finding at the two types, in the new text's path.
    pub(crate) fn finding(&self, rule: &'static Rule, message: String) -> Finding {
        let (old, new) = (self.old_side(), self.new_side());
        Finding {
            rule,
            severity: rule.severity,
            direction: self.direction,
            path: new.path(),
            old: old.span(),
            new: new.span(),
            message,
            new_label: None,
            old_label: None,
            hint: None,
            witness: None,
            wire_message: None,
            audience: Vec::new(),
        }
    }

    /// The spans of the same element in both texts.
    pub(crate) fn spans(&self, place: impl Fn(&'s Kind) -> Option<&'s Place>) -> [Option<Span>; 2] {
        [self.old_side(), self.new_side()].map(|side| side.schema.span(place(side.kind())?))
    }

    /// Labels for the new and the old text, given what is said of the writer and of the reader.
    pub(crate) fn label(&self, finding: &mut Finding, writer: String, reader: String) {
        let (new, old) = match self.direction {
            Direction::Backward => (reader, writer),
            Direction::Forward => (writer, reader),
        };
        finding.new_label = Some(new);
        finding.old_label = Some(old);
    }
}

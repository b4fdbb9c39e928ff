//! The walker: compares a reader's schema with a writer's, pair of types by pair of types.
//!
//! Every distinct pair is expanded once, from a queue, so that cost is linear in the pairs, and
//! neither recursive types nor long chains of references cost stack. A pair that is met again is
//! assumed to be compatible while it is being compared (the relation is the greatest fixpoint).
//!
//! What is the same on both sides makes no pair, and what was found silent before is not looked into
//! again ([`Silent`]): cost grows with what differs.
//!
//! It emits facts, and judges nothing but whether a fact stops the reader. This file makes the pairs;
//! [`settled`] says which need not be made, [`emit`] tells the facts with the ways to them.

mod emit;
mod settled;

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::Profile;
use crate::model::{Direction, Reader, Writer};

use super::change::{Change, ChangeKind};
use super::content::Contents;
use super::defaults::{self, MAX_COMPARED_PARTS};
use super::fields::{self, Sources};
use super::model::{
    Enum, Field, Kind, Logical, Primitive, Record, Schema, Site, Slot, TypeId, Use,
};
use super::union::{BranchIndex, matches};

use settled::MAX_SETTLED_DEPTH;
pub(crate) use settled::Silent;

/// The most pairs of types that are compared. A pair of 10,000-field records has 20,000; only
/// recursive types that are unrolled to different lengths can come near it.
pub const MAX_PAIRS: usize = 500_000;

/// The longest way from the root that is shown, by a witness or in the contract's path. A chain of
/// references can be longer than any nesting, and each finding would carry all of it.
pub const MAX_ROUTE: usize = 512;

/// What a walk found.
#[derive(Debug)]
pub(crate) struct Walk<'s> {
    pub(crate) changes: Vec<Change<'s>>,
    /// Whether nothing was compared, since the schemas say the same.
    pub(crate) identical: bool,
    /// Whether [`MAX_PAIRS`] was reached.
    pub(crate) exhausted: bool,
}

/// Compares in one direction. Without a memory nothing is passed over, however equal it is: slow, and
/// what the short cuts are held against.
pub(crate) fn walk<'s>(
    reader: Reader<'s, Schema>,
    writer: Writer<'s, Schema>,
    direction: Direction,
    profile: Profile,
    silent: Option<&mut Silent>,
) -> Walk<'s> {
    let mut graph = Graph {
        reader: reader.0,
        writer: writer.0,
        contents: (reader.0.contents(), writer.0.contents()),
        silent,
        profile,
        pairs: Vec::new(),
        known: HashMap::default(),
        indices: HashMap::default(),
        exhausted: false,
        default_parts: MAX_COMPARED_PARTS,
    };
    let identical = graph.identical();
    if !identical {
        graph.pair(reader.0.root.id, writer.0.root.id, [Site::ROOT; 2], false);
    }
    let mut next = 0;
    while next < graph.pairs.len() {
        graph.expand(next);
        next += 1;
    }
    let failing = graph.failing();
    let wanted = match profile {
        Profile::Proven => vec![true; graph.pairs.len()],
        Profile::Contract => failing.clone(),
    };
    let changes = graph.emit(direction, &wanted, &failing);
    graph.remember();
    Walk {
        changes,
        identical,
        exhausted: graph.exhausted,
    }
}

/// A reader's type against a writer's type.
struct Pair {
    reader: TypeId,
    writer: TypeId,
    /// Where each was first met.
    reader_site: Site,
    writer_site: Site,
    links: Vec<Link>,
    /// Whether one readable link is enough (the contract's reading of a reader's union).
    any: bool,
    /// Whether the writer's type is a branch of a union of the same branches as the reader's, in the
    /// same order: then a choice that libraries make differently is no change.
    same_union: bool,
    local: Vec<ChangeKind>,
    /// What would have to be readable too, if aliases rewrite the data.
    alternatives: Vec<usize>,
    /// Whether aliases that rewrite the data leave a field without a value, or with two.
    rewriting_fails: bool,
}

/// From a pair to one that it depends on.
#[derive(Clone, Copy)]
struct Link {
    to: usize,
    /// The step in the writer's data; `None` where only the reader's union is entered.
    writer: Option<Slot>,
}

/// Where comparing two types leads.
enum Pairing {
    /// Nowhere: there is nothing to say of them.
    Settled,
    To(usize),
    /// Nowhere, since there are too many pairs.
    Exhausted,
}

struct Graph<'s, 'm> {
    reader: &'s Schema,
    writer: &'s Schema,
    /// The reader's and the writer's.
    contents: (&'s Contents, &'s Contents),
    silent: Option<&'m mut Silent>,
    profile: Profile,
    pairs: Vec<Pair>,
    /// By reader, writer, and [`Pair::same_union`].
    known: HashMap<(TypeId, TypeId, bool), usize, RandomState>,
    indices: HashMap<TypeId, BranchIndex<'s>, RandomState>,
    exhausted: bool,
    /// How many of [`MAX_COMPARED_PARTS`] are left.
    default_parts: usize,
}

impl<'s> Graph<'s, '_> {
    /// `sites` are the reader's and the writer's.
    fn pair(
        &mut self,
        reader: TypeId,
        writer: TypeId,
        [reader_site, writer_site]: [Site; 2],
        same_union: bool,
    ) -> Pairing {
        if self.settled(reader, writer, MAX_SETTLED_DEPTH) {
            return Pairing::Settled;
        }
        let key = (reader, writer, same_union);
        if let Some(known) = self.known.get(&key) {
            return Pairing::To(*known);
        }
        if self.pairs.len() == MAX_PAIRS {
            self.exhausted = true;
            return Pairing::Exhausted;
        }
        let at = self.pairs.len();
        self.known.insert(key, at);
        self.pairs.push(Pair {
            reader,
            writer,
            reader_site,
            writer_site,
            links: Vec::new(),
            any: false,
            same_union,
            local: Vec::new(),
            alternatives: Vec::new(),
            rewriting_fails: false,
        });
        Pairing::To(at)
    }

    fn expand(&mut self, at: usize) {
        let Pair { reader, writer, .. } = self.pairs[at];
        match (self.reader.kind(reader), self.writer.kind(writer)) {
            (_, Kind::Union(branches)) => self.writer_union(at, branches),
            (Kind::Union(_), _) => self.reader_union(at),
            (Kind::Primitive(r), Kind::Primitive(w)) => self.primitives(at, *r, *w),
            (Kind::Record(r), Kind::Record(w)) => {
                self.names(at);
                self.records(at, r, w);
            }
            (Kind::Enum(r), Kind::Enum(w)) => {
                self.names(at);
                self.symbols(at, r, w);
            }
            (Kind::Fixed(r), Kind::Fixed(w)) => {
                self.names(at);
                if r.size != w.size {
                    self.note(at, ChangeKind::FixedSize);
                }
            }
            (Kind::Array(r), Kind::Array(w)) => self.part(at, r.id, w.id, Slot::Items),
            (Kind::Map(r), Kind::Map(w)) => self.part(at, r.id, w.id, Slot::Values),
            _ => self.note(at, ChangeKind::Type),
        }
        self.logical(at);
    }

    fn note(&mut self, at: usize, change: ChangeKind) {
        self.pairs[at].local.push(change);
    }

    /// Items or values.
    fn part(&mut self, at: usize, reader: TypeId, writer: TypeId, slot: Slot) {
        let Pair {
            reader: reader_owner,
            writer: writer_owner,
            ..
        } = self.pairs[at];
        let sites = [Site::of(reader_owner, slot), Site::of(writer_owner, slot)];
        if let Pairing::To(to) = self.pair(reader, writer, sites, false) {
            self.pairs[at].links.push(Link {
                to,
                writer: Some(slot),
            });
        }
    }

    /// Every branch of the writer's union must be readable.
    fn writer_union(&mut self, at: usize, branches: &'s [Use]) {
        let Pair {
            reader,
            writer,
            reader_site,
            ..
        } = self.pairs[at];
        let reader_branches = match self.reader.kind(reader) {
            Kind::Union(branches) => Some(branches),
            _ => None,
        };
        let same = reader_branches.is_some_and(|own| self.same_branches(own, branches));
        for (index, branch) in branches.iter().enumerate() {
            let slot = Slot::Branch(index);
            let sites = [reader_site, Site::of(writer, slot)];
            if let Pairing::To(to) = self.pair(reader, branch.id, sites, same) {
                self.pairs[at].links.push(Link {
                    to,
                    writer: Some(slot),
                });
            }
        }
    }

    /// A branch of the reader's union must read what is no union itself.
    fn reader_union(&mut self, at: usize) {
        let Pair {
            reader,
            writer,
            writer_site,
            same_union,
            ..
        } = self.pairs[at];
        let (schema_r, schema_w) = (self.reader, self.writer);
        let index = self
            .indices
            .entry(reader)
            .or_insert_with(|| BranchIndex::new(schema_r, reader));
        let branches = match self.profile {
            Profile::Proven => index.choose(schema_w, writer).into_iter().collect(),
            Profile::Contract => index.candidates(schema_w, writer),
        };
        let other = match self.profile {
            Profile::Proven if !same_union => index.by_the_letter(schema_w, writer),
            Profile::Proven | Profile::Contract => None,
        };
        let better = match self.profile {
            Profile::Proven if !same_union => index.better(schema_w, writer),
            Profile::Proven | Profile::Contract => None,
        };
        if let Some(other) = other {
            self.note(at, ChangeKind::BranchUnclear(other));
        }
        if let Some(better) = better {
            self.note(at, ChangeKind::BranchOrder(better));
        }
        if branches.is_empty() {
            self.note(at, ChangeKind::Type);
        }
        self.pairs[at].any = true;
        let mut links = Vec::with_capacity(branches.len());
        for branch in branches {
            let site = Site::of(reader, Slot::Branch(branch));
            let Some(id) = schema_r.at(site).map(|branch| branch.id) else {
                continue;
            };
            match self.pair(id, writer, [site, writer_site], false) {
                // One is enough, and nothing better than this one will come.
                Pairing::Settled => return,
                Pairing::To(to) => links.push(Link { to, writer: None }),
                Pairing::Exhausted => {}
            }
        }
        self.pairs[at].links = links;
    }

    fn primitives(&mut self, at: usize, reader: Primitive, writer: Primitive) {
        if !reader.reads(writer) {
            self.note(at, ChangeKind::Type);
            return;
        }
        match (reader, writer) {
            (Primitive::String, Primitive::Bytes) => self.note(at, ChangeKind::BytesAsString),
            (Primitive::Float, Primitive::Int | Primitive::Long)
            | (Primitive::Double, Primitive::Long) => self.note(at, ChangeKind::Rounded),
            _ => {}
        }
    }

    fn names(&mut self, at: usize) {
        let Pair { reader, writer, .. } = self.pairs[at];
        if !matches::names(self.reader.kind(reader), self.writer.kind(writer)) {
            self.note(at, ChangeKind::Name);
        }
    }

    fn records(&mut self, at: usize, reader: &Record, writer: &Record) {
        let sources = match self.profile {
            Profile::Proven => fields::by_name(reader, writer),
            Profile::Contract => fields::by_lookup(reader, writer),
        };
        for (index, (field, source)) in reader.fields.iter().zip(&sources).enumerate() {
            let Some(source) = *source else {
                if !self.has_default(field) {
                    self.note(at, ChangeKind::FieldMissing(index));
                }
                continue;
            };
            if self.profile == Profile::Proven
                && let Some(written) = writer.fields.get(source)
            {
                if self.default_changed(field, written) {
                    self.note(at, ChangeKind::DefaultChanged(index, source));
                } else if field.usable_default().is_none() && written.usable_default().is_some() {
                    self.note(at, ChangeKind::DefaultRemoved(index, source));
                }
            }
            if let Pairing::To(to) = self.field(at, index, source) {
                self.pairs[at].links.push(Link {
                    to,
                    writer: Some(Slot::Field(source)),
                });
            }
        }
        let defaulted = reader.fields.iter().all(|field| self.has_default(field));
        let both = !reader.fields.is_empty() && !writer.fields.is_empty();
        if both && defaulted && sources.iter().all(Option::is_none) {
            self.note(at, ChangeKind::DataIgnored);
        }
        let aliased = reader.fields.iter().any(|field| !field.aliases.is_empty());
        if aliased && self.profile == Profile::Proven {
            self.rewriting(at, reader, writer, &sources);
        }
    }

    /// Whether a reader gets a value for a field that the data lack. The contract asks only whether
    /// there is a default.
    fn has_default(&self, field: &Field) -> bool {
        match self.profile {
            Profile::Proven => field.usable_default().is_some(),
            Profile::Contract => field.default.is_some(),
        }
    }

    /// Whether both fields have a default, and not the same.
    fn default_changed(&mut self, reader: &Field, writer: &Field) -> bool {
        let fields = [(self.reader, reader), (self.writer, writer)];
        defaults::differ(fields, &mut self.default_parts)
    }

    /// Where libraries that let aliases rewrite the data take a field from elsewhere.
    fn rewriting(&mut self, at: usize, reader: &Record, writer: &Record, usual: &Sources) {
        let rewritten = match fields::by_rewriting(reader, writer) {
            Ok(sources) => sources,
            Err(index) => {
                self.note(at, ChangeKind::AliasUnclear(index));
                self.pairs[at].rewriting_fails = true;
                return;
            }
        };
        for (index, (usual, rewritten)) in usual.iter().zip(rewritten).enumerate() {
            if *usual == rewritten {
                continue;
            }
            self.note(at, ChangeKind::AliasUnclear(index));
            let defaulted = reader
                .fields
                .get(index)
                .is_some_and(|field| self.has_default(field));
            match rewritten.map(|source| self.field(at, index, source)) {
                Some(Pairing::To(to)) => self.pairs[at].alternatives.push(to),
                Some(Pairing::Settled) => {}
                None if defaulted => {}
                Some(Pairing::Exhausted) | None => self.pairs[at].rewriting_fails = true,
            }
        }
    }

    /// Where the types of two fields lead.
    fn field(&mut self, at: usize, reader_index: usize, writer_index: usize) -> Pairing {
        let Pair { reader, writer, .. } = self.pairs[at];
        let sites = [
            Site::of(reader, Slot::Field(reader_index)),
            Site::of(writer, Slot::Field(writer_index)),
        ];
        match (self.reader.at(sites[0]), self.writer.at(sites[1])) {
            (Some(r), Some(w)) => self.pair(r.id, w.id, sites, false),
            _ => Pairing::Settled,
        }
    }

    fn symbols(&mut self, at: usize, reader: &Enum, writer: &Enum) {
        match (reader.default_symbol(), writer.default_symbol()) {
            (Some(own), Some(other)) if own != other => {
                self.note(at, ChangeKind::EnumDefaultChanged);
            }
            (None, Some(_)) => self.note(at, ChangeKind::EnumDefaultRemoved),
            _ => {}
        }
        let symbols = writer.symbols.iter().enumerate();
        let missing: Vec<usize> = symbols
            .filter(|(_, symbol)| !reader.by_name.contains_key(&symbol.name))
            .map(|(index, _)| index)
            .collect();
        if missing.is_empty() {
            return;
        }
        self.note(
            at,
            match reader.default {
                Some(_) => ChangeKind::SymbolsSwallowed(missing),
                None => ChangeKind::Symbols(missing),
            },
        );
    }

    /// Logical types count where the raw types match.
    fn logical(&mut self, at: usize) {
        let Pair { reader, writer, .. } = self.pairs[at];
        let kinds = (self.reader.kind(reader), self.writer.kind(writer));
        // What cannot be read means nothing.
        let stops = |change: &ChangeKind| self.stops(change);
        if matches!(kinds, (Kind::Union(_), _) | (_, Kind::Union(_)))
            || self.pairs[at].local.iter().any(stops)
        {
            return;
        }
        let logical = (
            self.reader.get(reader).logical,
            self.writer.get(writer).logical,
        );
        match logical {
            (r, w) if r == w => {}
            (Some(Logical::Decimal { .. }), Some(Logical::Decimal { .. })) => {
                self.note(at, ChangeKind::Decimal);
            }
            _ => self.note(at, ChangeKind::Logical),
        }
    }

    /// The pairs that cannot be read: false spreads from the facts that
    /// stop a reader to whatever depends on them, and what is left is the greatest fixpoint.
    fn failing(&self) -> Vec<bool> {
        self.spread(
            |pair| pair.local.iter().any(|change| self.stops(change)),
            |pair| if pair.any { pair.links.len() } else { 1 },
        )
    }

    /// The pairs of which something is true, and those with at least `needed` links to such.
    fn spread(&self, holds: impl Fn(&Pair) -> bool, needed: impl Fn(&Pair) -> usize) -> Vec<bool> {
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); self.pairs.len()];
        let mut left: Vec<usize> = self.pairs.iter().map(needed).collect();
        let mut reached = vec![false; self.pairs.len()];
        let mut queue = Vec::new();
        for (at, pair) in self.pairs.iter().enumerate() {
            for link in &pair.links {
                users[link.to].push(at);
            }
            if holds(pair) {
                reached[at] = true;
                queue.push(at);
            }
        }
        while let Some(at) = queue.pop() {
            for user in std::mem::take(&mut users[at]) {
                left[user] = left[user].saturating_sub(1);
                if left[user] == 0 && !reached[user] {
                    reached[user] = true;
                    queue.push(user);
                }
            }
        }
        reached
    }

    /// Whether a fact makes a datum unreadable.
    fn stops(&self, change: &ChangeKind) -> bool {
        match change {
            ChangeKind::Type
            | ChangeKind::Branch
            | ChangeKind::Name
            | ChangeKind::FixedSize
            | ChangeKind::Symbols(_)
            | ChangeKind::FieldMissing(_) => true,
            ChangeKind::Decimal => self.profile == Profile::Proven,
            ChangeKind::SymbolsSwallowed(_)
            | ChangeKind::AliasUnclear(_)
            | ChangeKind::AliasUndecided(_)
            | ChangeKind::BranchUnclear(_)
            | ChangeKind::BranchOrder(_)
            | ChangeKind::Logical
            | ChangeKind::BytesAsString
            | ChangeKind::Rounded
            | ChangeKind::DefaultChanged(..)
            | ChangeKind::DefaultRemoved(..)
            | ChangeKind::EnumDefaultChanged
            | ChangeKind::EnumDefaultRemoved
            | ChangeKind::DataIgnored => false,
        }
    }
}

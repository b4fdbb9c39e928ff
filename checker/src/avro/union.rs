//! Which branch of a reader's union is meant for a writer's type.
//!
//! The specification says "the first schema in the reader's union that matches", and matches
//! records, enums and fixed by their unqualified names. Libraries prefer a branch of exactly the
//! writer's type; so does this, since otherwise a union of `a.N` and `b.N` could not read itself.

use std::collections::HashMap;

use super::model::{Kind, Primitive, Schema, TypeId};

/// The branches of a reader's union, found by name in constant time.
#[derive(Debug)]
pub(crate) struct BranchIndex<'s> {
    schema: &'s Schema,
    branches: Vec<TypeId>,
    /// By unqualified name and by alias, first to last.
    named: HashMap<&'s str, Vec<usize>>,
    /// By full name.
    full: HashMap<&'s str, usize>,
    /// At most ten: a union has no unnamed type twice.
    unnamed: Vec<usize>,
}

impl<'s> BranchIndex<'s> {
    pub(crate) fn new(schema: &'s Schema, union: TypeId) -> Self {
        let mut index = Self {
            schema,
            branches: Vec::new(),
            named: HashMap::new(),
            full: HashMap::new(),
            unnamed: Vec::new(),
        };
        if let Kind::Union(branches) = schema.kind(union) {
            for (at, branch) in branches.iter().enumerate() {
                index.add(at, branch.id);
            }
        }
        index
    }

    fn add(&mut self, at: usize, id: TypeId) {
        self.branches.push(id);
        match self.schema.kind(id).name() {
            None => self.unnamed.push(at),
            Some(name) => {
                self.full.insert(&name.full, at);
                self.named.entry(name.simple()).or_default().push(at);
                for alias in &name.aliases {
                    self.named.entry(alias).or_default().push(at);
                }
            }
        }
    }

    /// The branches that may read the writer's type (no union), first to last.
    pub(crate) fn candidates(&self, writer: &Schema, id: TypeId) -> Vec<usize> {
        let kind = writer.kind(id);
        let Some(name) = kind.name() else {
            let reads = |at: &usize| matches::unnamed(self.kind(*at), kind);
            return self.unnamed.iter().copied().filter(reads).collect();
        };
        let by = [name.simple(), &*name.full].map(|key| self.named.get(key));
        let found = by.into_iter().flatten().flatten().copied();
        let mut found: Vec<usize> = found
            .filter(|at| {
                matches::kinds(self.kind(*at), kind) && matches::names(self.kind(*at), kind)
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The branch that reads the writer's type (no union): of exactly this type, else the first.
    pub(crate) fn choose(&self, writer: &Schema, id: TypeId) -> Option<usize> {
        let kind = writer.kind(id);
        let exact = match kind.name() {
            Some(name) => self.full.get(&*name.full).copied(),
            None => self.first(kind, matches::kinds),
        };
        exact
            .filter(|at| matches::kinds(self.kind(*at), kind))
            .or_else(|| self.first(kind, same_size))
            .or_else(|| self.first(kind, |_, _| true))
    }

    /// The branch that the letter of the specification takes, where it is not the chosen one.
    pub(crate) fn by_the_letter(&self, writer: &Schema, id: TypeId) -> Option<usize> {
        let first = self.first(writer.kind(id), same_size);
        first.filter(|first| self.choose(writer, id) != Some(*first))
    }

    /// The first branch that may read the writer's type, and of which something else holds. Unions of
    /// many types with one unqualified name would be slow if all that may were listed.
    fn first(&self, writer: &Kind, holds: fn(&Kind, &Kind) -> bool) -> Option<usize> {
        let found = |at: &&usize| holds(self.kind(**at), writer);
        let Some(name) = writer.name() else {
            let reads = |at: &&usize| matches::unnamed(self.kind(**at), writer);
            return self.unnamed.iter().filter(reads).find(found).copied();
        };
        let reads = |at: &&usize| {
            let reader = self.kind(**at);
            matches::kinds(reader, writer) && matches::names(reader, writer)
        };
        let by = [name.simple(), &*name.full].map(|key| self.named.get(key));
        let firsts = by.into_iter().flatten();
        let firsts = firsts.filter_map(|list| list.iter().filter(reads).find(found));
        firsts.min().copied()
    }

    /// The branch that holds the writer's whole numbers, or more of them, where the chosen one before it
    /// makes them a float or a double.
    pub(crate) fn better(&self, writer: &Schema, id: TypeId) -> Option<usize> {
        use Primitive::{Double, Float, Int, Long};
        let Kind::Primitive(Int | Long) = writer.kind(id) else {
            return None;
        };
        let Kind::Primitive(chosen @ (Float | Double)) = self.kind(self.choose(writer, id)?) else {
            return None;
        };
        let candidates = self.candidates(writer, id);
        let find = |wanted: Primitive| {
            let is_wanted =
                |at: &&usize| matches!(self.kind(**at), Kind::Primitive(it) if *it == wanted);
            candidates.iter().find(is_wanted).copied()
        };
        find(Long).or_else(|| (*chosen == Float).then(|| find(Double)).flatten())
    }

    fn kind(&self, at: usize) -> &'s Kind {
        static NULL: Kind = Kind::Primitive(Primitive::Null);
        self.branches
            .get(at)
            .map_or(&NULL, |id| self.schema.kind(*id))
    }
}

/// Fixed types match only if their sizes are equal.
fn same_size(reader: &Kind, writer: &Kind) -> bool {
    match (reader, writer) {
        (Kind::Fixed(r), Kind::Fixed(w)) => r.size == w.size,
        _ => true,
    }
}

/// The specification's "to match", one level deep.
pub(crate) mod matches {
    use crate::avro::model::Kind;

    /// The same kind of type; for primitives the same type.
    pub(crate) fn kinds(reader: &Kind, writer: &Kind) -> bool {
        reader.word() == writer.word()
    }

    /// Names that match, or no names.
    pub(crate) fn names(reader: &Kind, writer: &Kind) -> bool {
        match (reader.name(), writer.name()) {
            (Some(reader), Some(writer)) => reader.reads(writer),
            _ => true,
        }
    }

    /// Types without names: the same, or a promotion.
    pub(crate) fn unnamed(reader: &Kind, writer: &Kind) -> bool {
        match (reader, writer) {
            (Kind::Primitive(reader), Kind::Primitive(writer)) => reader.reads(*writer),
            _ => kinds(reader, writer),
        }
    }
}

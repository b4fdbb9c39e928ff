//! The types that two versions of a field hold: whether the one became the other, and so whether what
//! differs in them is told at the types or at the field.

use super::declared::{All, Declared};
use super::{Moves, Scope, Types, Walker};
use crate::protobuf::model::{FileId, Kind, Message, Model};
use crate::protobuf::wire::is_like_entry;

impl<'a> Walker<'a> {
    /// Puts the types that two versions of a field hold side by side. Returns those that are not what
    /// became of each other.
    pub(super) fn types(&mut self, old: &'a Kind, new: &'a Kind) -> Option<Types<'a>> {
        match (old, new) {
            (Kind::Message(old) | Kind::Group(old), Kind::Message(new) | Kind::Group(new)) => {
                self.messages_of(old, new)
            }
            // A message is not an entry of a map by another name, unless it is written like one.
            (Kind::Map { entry, .. }, Kind::Message(new)) if is_like_entry(new, self.new) => {
                self.messages_of(entry, new)
            }
            (Kind::Message(old), Kind::Map { entry, .. }) if is_like_entry(old, self.old) => {
                self.messages_of(old, entry)
            }
            (Kind::Map { value: old, .. }, Kind::Map { value: new, .. }) => self.types(old, new),
            (Kind::Enum(old), Kind::Enum(new)) => self.enums_of(old, new),
            _ => None,
        }
    }

    fn messages_of(&mut self, old: &'a str, new: &'a str) -> Option<Types<'a>> {
        let all = (&self.old.messages, &self.new.messages);
        let entry = |found: Option<&Message>| found.is_none_or(|found| found.map_entry);
        let related = entry(all.0.get(old))
            || entry(all.1.get(new))
            || self.became((old, new), &self.moves, all);
        if self.is_of_field((old, new), related) {
            return (!self.within).then_some((old, new));
        }
        self.reached(old, new);
        None
    }

    fn enums_of(&mut self, old: &'a str, new: &'a str) -> Option<Types<'a>> {
        let all = (&self.old.enums, &self.new.enums);
        let related = self.became((old, new), &self.enum_moves, all);
        if self.is_of_field((old, new), related) {
            return (!self.within).then_some((old, new));
        }
        if let (Some(old), Some(new)) = (all.0.get(old), all.1.get(new)) {
            self.enum_pair(old, new);
        }
        None
    }

    /// Whether the new type is what the old one is called now, or may be: neither name is on both sides.
    fn became<T: Declared>(
        &self,
        (old, new): Types,
        moves: &Moves,
        (before, now): (&All<T>, &All<T>),
    ) -> bool {
        if let Some(moved) = moves.get(old) {
            return *moved == new;
        }
        let there = now.contains_key(old) || before.contains_key(new);
        !there && self.knows(before.get(old).map(T::file), now.get(new).map(T::file))
    }

    /// Whether what differs between two types is told at the field that holds them; then it will be
    /// looked into.
    fn is_of_field(&mut self, types: Types<'a>, related: bool) -> bool {
        let of_field = self.within || (types.0 != types.1 && !related);
        if of_field {
            self.retyped.push(types);
        }
        of_field
    }

    /// Whether what is missing in the models of two files is gone, or new. Of a repository files that
    /// did not change are known only as far as something imports them: what they have stays.
    fn knows(&self, old: Option<FileId>, new: Option<FileId>) -> bool {
        let own =
            |model: &Model, file: Option<FileId>| file.is_some_and(|file| model.compares(file));
        self.scope == Scope::Registry || (own(self.old, old) && own(self.new, new))
    }

    /// Pairs two messages that a field reaches, unless both belong to others.
    fn reached(&mut self, old: &str, new: &str) {
        let (Some(old), Some(new)) = (self.old.messages.get(old), self.new.messages.get(new))
        else {
            return;
        };
        let own = self.old.compares(old.file) || self.new.compares(new.file);
        if own || self.scope == Scope::Registry {
            // A type that is still there has not become another one, and no type a map's entry.
            let entry = old.map_entry || new.map_entry;
            if !entry && !self.new.messages.contains_key(&old.name) {
                self.moves.entry(&old.name).or_insert(&new.name);
            }
            self.push(old, new);
        }
    }
}

/// The message that a field of this type holds, be it as the value of a map.
pub(crate) fn held_by(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Message(name) | Kind::Group(name) => Some(name),
        Kind::Map { value, .. } => held_by(value),
        Kind::Scalar(_) | Kind::Enum(_) => None,
    }
}

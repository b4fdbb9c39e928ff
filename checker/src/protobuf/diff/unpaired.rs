//! What the walker tells once everything is paired: what is gone, what is new, what has moved.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::declared::{All, Declared, compared};
use super::{Change, Element, Moves, Scope, Walker, held_by, relative};
use crate::protobuf::model::Model;

impl<'a> Walker<'a> {
    /// What has no counterpart, and what has one under another name or in another file.
    pub(super) fn unpaired(&mut self) {
        self.unpaired_messages();
        for old in self.gone_enums() {
            self.changes.push(Change::EnumRemoved { old });
        }
        for new in self.added_enums() {
            self.changes.push(Change::EnumAdded { new });
        }
        self.moves();
        if self.scope == Scope::Tree {
            self.other_files();
        }
    }

    fn unpaired_messages(&mut self) {
        let (held_old, held_new) = (held(self.old), held(self.new));
        for old in self.gone_messages() {
            let embedded = held_old.contains(old.name.as_str());
            self.changes.push(Change::MessageRemoved { old, embedded });
        }
        for new in self.added_messages() {
            let embedded = held_new.contains(new.name.as_str());
            self.changes.push(Change::MessageAdded { new, embedded });
        }
    }

    /// What has another full name.
    fn moves(&mut self) {
        let all = (&self.old.messages, &self.new.messages);
        for (old, new) in both(&self.moves, all) {
            let entry = old.map_entry || new.map_entry;
            let group = self
                .groups
                .contains(&(old.name.as_str(), new.name.as_str()));
            if !entry && !group && self.is_move((old, new), all) {
                self.changes.push(Change::MessageMoved { old, new });
            }
        }
        let all = (&self.old.enums, &self.new.enums);
        for (old, new) in both(&self.enum_moves, all) {
            if self.is_move((old, new), all) {
                self.changes.push(Change::EnumMoved { old, new });
            }
        }
    }

    /// Top-level declarations that kept their name and stand in another file.
    fn other_files(&mut self) {
        self.other_files_of(&self.old.messages, &self.new.messages);
        self.other_files_of(&self.old.enums, &self.new.enums);
        self.other_files_of(&self.old.services, &self.new.services);
    }

    fn other_files_of<T: Declared>(&mut self, before: &'a All<T>, now: &'a All<T>) {
        for old in compared(before, self.old) {
            let name = old.full_name();
            let Some(new) = now.get(name) else {
                continue;
            };
            let files = (
                self.old.files.get(old.file()),
                self.new.files.get(new.file()),
            );
            let (Some(file), Some(other)) = files else {
                continue;
            };
            let top = relative(name, &file.package).is_some_and(|name| !name.contains('.'));
            if top && file.path != other.path {
                let element = Element::of(old, new);
                let (old, new) = (file, other);
                self.changes.push(Change::FileOf { element, old, new });
            }
        }
    }
}

/// The declarations of pairs of names.
fn both<'a, T>(moves: &Moves<'a>, (before, now): (&'a All<T>, &'a All<T>)) -> Vec<(&'a T, &'a T)> {
    let pair = |(old, new): (&&str, &&str)| Some((before.get(*old)?, now.get(*new)?));
    moves.iter().filter_map(pair).collect()
}

/// The messages that some field holds or some RPC carries.
fn held(model: &Model) -> HashSet<&str, RandomState> {
    let fields = model.messages.values().flat_map(|message| {
        let own = message.name.as_str();
        message
            .fields
            .iter()
            .filter_map(|field| held_by(&field.kind))
            // A tree of itself is still a record of its own.
            .filter(move |name| *name != own)
    });
    let extensions = model.extensions.values();
    let extensions = extensions.filter_map(|extension| held_by(&extension.field.kind));
    let methods = model.services.values().flat_map(|service| &service.methods);
    let carried = methods.flat_map(|method| [method.input.as_str(), method.output.as_str()]);
    fields.chain(extensions).chain(carried).collect()
}

//! What the walker tells once everything is paired: what is gone, what is new, what has moved.

use crate::protobuf::places::Spot;
use std::collections::BTreeSet;

use super::{Change, Element, ElementKind, Pair, Scope, Walker, compared, held_by, relative};
use crate::protobuf::model::{Extension, FileId, Model};

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

    /// What has another full name. Where that follows from a package that changed in place it is not
    /// worth a word of its own.
    fn moves(&mut self) {
        for (old, new) in self.moves.clone() {
            let (Some(old), Some(new)) = (self.old.messages.get(old), self.new.messages.get(new))
            else {
                continue;
            };
            let own = self.old.compares(old.file) && !old.map_entry && !new.map_entry;
            let gone = !self.new.messages.contains_key(&old.name);
            let fresh = !self.old.messages.contains_key(&new.name);
            let package = self.repackaged(&old.name, old.file);
            if own && gone && fresh && package.as_deref() != Some(&new.name) {
                self.changes.push(Change::MessageMoved { old, new });
            }
        }
        for (old, new) in self.enum_moves.clone() {
            let (Some(old), Some(new)) = (self.old.enums.get(old), self.new.enums.get(new)) else {
                continue;
            };
            let gone = !self.new.enums.contains_key(&old.name);
            let fresh = !self.old.enums.contains_key(&new.name);
            let package = self.repackaged(&old.name, old.file);
            let own = self.old.compares(old.file);
            if own && gone && fresh && package.as_deref() != Some(&new.name) {
                self.changes.push(Change::EnumMoved { old, new });
            }
        }
    }

    /// Top-level declarations that kept their name and stand in another file.
    fn other_files(&mut self) {
        for (name, old) in compared(&self.old.messages, self.old, |message| message.file) {
            if let Some(new) = self.new.messages.get(name) {
                let spans = (&old.name_span, &new.name_span);
                self.other_file(ElementKind::Message, name, (old.file, new.file), spans);
            }
        }
        for (name, old) in compared(&self.old.enums, self.old, |found| found.file) {
            if let Some(new) = self.new.enums.get(name) {
                let spans = (&old.name_span, &new.name_span);
                self.other_file(ElementKind::Enum, name, (old.file, new.file), spans);
            }
        }
        for (name, old) in compared(&self.old.services, self.old, |service| service.file) {
            if let Some(new) = self.new.services.get(name) {
                let spans = (&old.name_span, &new.name_span);
                self.other_file(ElementKind::Service, name, (old.file, new.file), spans);
            }
        }
    }

    fn other_file(
        &mut self,
        kind: ElementKind,
        name: &'a str,
        files: (FileId, FileId),
        spans: (&'a Spot, &'a Spot),
    ) {
        let (Some(old), Some(new)) = (self.old.files.get(files.0), self.new.files.get(files.1))
        else {
            return;
        };
        let top = relative(name, &old.package).is_some_and(|name| !name.contains('.'));
        if top && old.path != new.path {
            let element = Element::new(kind, name.to_owned(), files, spans);
            self.changes.push(Change::FileOf { element, old, new });
        }
    }

    pub(super) fn extensions(&mut self) {
        let mut kept: BTreeSet<&(String, i32)> = BTreeSet::new();
        for ((extendee, number), old) in &self.old.extensions {
            let name = self.moves.get(extendee.as_str()).copied();
            let key = (name.unwrap_or(extendee).to_owned(), *number);
            match self.new.extensions.get_key_value(&key) {
                Some((key, new)) => {
                    kept.insert(key);
                    self.extension((extendee, &key.0), old, new);
                }
                None if self.old.compares(old.file) => {
                    self.changes.push(Change::ExtensionRemoved { old });
                }
                None => {}
            }
        }
        for (key, new) in &self.new.extensions {
            if !kept.contains(key) && self.new.compares(new.file) {
                self.changes.push(Change::ExtensionAdded { new });
            }
        }
        self.pairs();
    }

    fn extension(&mut self, extendee: (&str, &str), old: &'a Extension, new: &'a Extension) {
        let (Some(old_message), Some(new_message)) = (
            self.old.messages.get(extendee.0),
            self.new.messages.get(extendee.1),
        ) else {
            return;
        };
        let message = Pair {
            old: old_message,
            new: new_message,
        };
        let (old, new) = (&old.field, &new.field);
        self.field(message, old, new);
    }
}

/// The messages that some field holds or some RPC carries.
fn held(model: &Model) -> BTreeSet<&str> {
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

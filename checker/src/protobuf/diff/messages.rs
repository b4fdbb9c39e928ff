//! Messages: which old one became which new one, and what differs in a pair.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::declared::compared;
use super::pairs::{self, Alike, Shape, shape};
use super::{Change, Element, ElementKind, Pair, Types, Walker};
use crate::protobuf::descriptor::Edition;
use crate::protobuf::model::{Field, Kind, Message, Model, short_name};

impl<'a> Walker<'a> {
    /// Pairs messages by name, by package, then by shape.
    pub(super) fn messages(&mut self) {
        let mut left = Vec::new();
        let all = compared(&self.old.messages, self.old).filter(|old| !old.map_entry);
        for old in all {
            match self.kept(old, &self.new.messages) {
                Some(new) => self.moved(old, new),
                None => left.push(old),
            }
        }
        self.renames(left);
    }

    /// Pairs what is gone with what is new and has the very same fields. A message without fields
    /// says nothing.
    fn renames(&mut self, gone: Vec<&'a Message>) {
        let mut added: HashMap<Shape<'a>, Alike<'a>, RandomState> = HashMap::default();
        for new in self.added_messages() {
            if !new.fields.is_empty() {
                added.entry(shape(new)).or_default().push(new);
            }
        }
        // Those with the same short name first: others would take their counterparts.
        let mut left = Vec::new();
        for old in gone {
            let alike = added.get_mut(&shape(old));
            match alike.and_then(|alike| alike.take_named(short_name(&old.name))) {
                Some(new) => self.moved(old, new),
                None => left.push(old),
            }
        }
        for old in left {
            let alike = added.get_mut(&shape(old));
            if let Some(new) = alike.and_then(Alike::take_first) {
                self.moved(old, new);
            }
        }
    }

    /// Pairs what is left and similar, and compares what that brings.
    pub(super) fn similar(&mut self) {
        for (old, new) in pairs::similar(&self.gone_messages(), &self.added_messages()) {
            self.moved(old, new);
        }
        for (old, new) in pairs::similar(&self.gone_enums(), &self.added_enums()) {
            self.enum_pair(old, new);
        }
        self.pairs();
    }

    /// The old messages that nothing was paired with.
    pub(super) fn gone_messages(&self) -> Vec<&'a Message> {
        let all = compared(&self.old.messages, self.old);
        let gone = |old: &&Message| !old.map_entry && !self.moves.contains_key(old.name.as_str());
        all.filter(gone).collect()
    }

    /// The new messages that nothing was paired with.
    pub(super) fn added_messages(&self) -> Vec<&'a Message> {
        let all = (&self.old.messages, &self.new.messages);
        let mut added = self.added(all, self.moves.values().copied());
        added.retain(|new| !new.map_entry);
        added
    }

    fn moved(&mut self, old: &'a Message, new: &'a Message) {
        self.moves.insert(&old.name, &new.name);
        self.push(old, new);
    }

    pub(super) fn push(&mut self, old: &'a Message, new: &'a Message) {
        if self.seen.insert((&old.name, &new.name)) {
            self.queue.push(Pair { old, new });
        }
    }

    /// Compares pairs until no field brings a further one.
    pub(super) fn pairs(&mut self) {
        self.queue.reverse();
        while let Some(pair) = self.queue.pop() {
            self.message(pair);
        }
    }

    pub(super) fn message(&mut self, pair: Pair<'a>) {
        let Pair { old, new } = pair;
        self.changes.push(Change::Message { old, new });
        self.settings(&old.options, &new.options, || Element {
            holder: Some((&old.name, &new.name)),
            ..Element::of(old, new)
        });
        for field in &old.fields {
            match new.field(field.number) {
                Some(new) => self.field(pair, field, new),
                None => self.changes.push(Change::FieldRemoved {
                    message: pair,
                    old: field,
                }),
            }
        }
        for field in &new.fields {
            if old.field(field.number).is_none() {
                self.changes.push(Change::FieldAdded {
                    message: pair,
                    new: field,
                });
            }
        }
        self.oneofs(pair);
    }

    fn oneofs(&mut self, message: Pair<'a>) {
        let names = |of: &'a Message| of.oneofs.iter().map(|oneof| oneof.name.as_str());
        let (old, new): (BTreeSet<&str>, BTreeSet<&str>) =
            (names(message.old).collect(), names(message.new).collect());
        for oneof in old.difference(&new) {
            self.changes.push(Change::OneofRemoved { message, oneof });
        }
        for oneof in new.difference(&old) {
            self.changes.push(Change::OneofAdded { message, oneof });
        }
    }

    pub(super) fn field(&mut self, message: Pair<'a>, old: &'a Field, new: &'a Field) {
        if !message.has_equal(old, new) {
            let retyped = self.types(&old.kind, &new.kind);
            self.groups
                .extend(renamed_groups((self.old, self.new), old, new));
            self.changes.push(Change::Field {
                message,
                old,
                new,
                retyped,
            });
        }
        self.settings(&old.options, &new.options, || Element {
            holder: Some((&message.old.name, &message.new.name)),
            ..Element::new(
                ElementKind::Field,
                message.old.path_of(old),
                (message.old.file, message.new.file),
                (&old.span, &new.span),
            )
        });
    }
}

/// The groups of a field that has another name: a group gives its field its name, so that both are
/// renamed at once. In an edition the message of a field that is encoded as a group has a name of its
/// own.
pub(crate) fn renamed_groups<'a>(
    models: (&Model, &Model),
    old: &'a Field,
    new: &'a Field,
) -> Option<Types<'a>> {
    let (Kind::Group(before), Kind::Group(now)) = (&old.kind, &new.kind) else {
        return None;
    };
    let written = |model: &Model, name: &str| {
        let group = model.messages.get(name);
        let file = group.and_then(|group| model.files.get(group.file));
        file.is_some_and(|file| file.edition == Edition::Proto2)
    };
    let groups = written(models.0, before) && written(models.1, now);
    (groups && old.name != new.name).then_some((before, now))
}

//! The walker: what differs between two models, as structured changes. It judges nothing.
//!
//! Elements are paired by full name; what is left over, by what a changed package, a move or a
//! rename makes of it (`pairs`), and by the fields that hold it: a field whose type went from `A` to
//! `B` puts `A` and `B` side by side, member by member, whatever their names. So a rename or a move
//! hides nothing that changed inside.

mod change;
mod inside;
mod pairs;
#[cfg(test)]
mod tests;
mod unpaired;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::model::{
    Enum, Field, File, FileId, Kind, Message, Method, Model, Named, Service, short_name,
};
use super::settings::Settings;
use super::wire::is_like_entry;
#[cfg(test)]
use pairs::MAX_NAMESAKES;
use pairs::{Alike, Shape, shape};

pub use change::ElementKind;
pub(crate) use change::{Change, Element, Pair, Scope};
pub(crate) use inside::{Insides, MAX_PAIRS, Types};

/// What differs between two models.
#[derive(Debug)]
pub(crate) struct Diff<'a> {
    /// In a settled order.
    pub changes: Vec<Change<'a>>,
    /// What differs between types that fields hold one after the other.
    pub insides: Insides<'a>,
}

/// Walks two models.
pub(crate) fn diff<'a>(old: &'a Model, new: &'a Model, scope: Scope) -> Diff<'a> {
    let mut walker = Walker {
        old,
        new,
        scope,
        files: new
            .files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.compared)
            .map(|(id, file)| (file.path.as_str(), (id, file)))
            .collect(),
        moves: BTreeMap::new(),
        enum_moves: BTreeMap::new(),
        queue: Vec::new(),
        seen: BTreeSet::new(),
        enums_seen: BTreeSet::new(),
        retyped: Vec::new(),
        within: false,
        changes: Vec::new(),
    };
    walker.files();
    walker.messages();
    walker.enums();
    walker.pairs();
    walker.similar();
    walker.services();
    walker.extensions();
    walker.unpaired();
    let insides = walker.insides();
    Diff {
        changes: walker.changes,
        insides,
    }
}

struct Walker<'a> {
    old: &'a Model,
    new: &'a Model,
    scope: Scope,
    /// The new files by path.
    files: BTreeMap<&'a str, (FileId, &'a File)>,
    /// Old full names of messages and what they are called now.
    moves: BTreeMap<&'a str, &'a str>,
    /// The same of enums.
    enum_moves: BTreeMap<&'a str, &'a str>,
    queue: Vec<Pair<'a>>,
    seen: BTreeSet<(&'a str, &'a str)>,
    enums_seen: BTreeSet<(&'a str, &'a str)>,
    /// Pairs of types of fields, neither of which became the other.
    retyped: Vec<Types<'a>>,
    /// Whether such a pair is walked now.
    within: bool,
    changes: Vec<Change<'a>>,
}

impl<'a> Walker<'a> {
    /// Files with another package: in a registry the roots, in a tree files of one path.
    fn files(&mut self) {
        let kept: BTreeSet<&str> = self
            .new
            .files
            .iter()
            .map(|file| file.package.as_str())
            .collect();
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for (id, old) in self.old.files.iter().enumerate() {
            if !old.compared {
                continue;
            }
            let Some((new_id, new)) = self.counterpart(old) else {
                self.changes.push(Change::FileRemoved { old });
                // A file that stays in place took its package along; a package is named once.
                if !kept.contains(old.package.as_str()) && named.insert(&old.package) {
                    self.changes.push(Change::PackageRemoved { old });
                }
                continue;
            };
            if new.package != old.package {
                self.changes.push(Change::Package { old, new });
            }
            self.changes.push(Change::File { old, new });
            self.file_settings((id, new_id), old, new);
        }
        let before: BTreeSet<&str> = self.old.files.iter().map(|old| old.path.as_str()).collect();
        for (_, new) in self.files.values() {
            if !before.contains(new.path.as_str()) {
                self.changes.push(Change::FileAdded { new });
            }
        }
    }

    fn file_settings(&mut self, files: (FileId, FileId), old: &'a File, new: &'a File) {
        let element = Element::new(
            ElementKind::File,
            old.package.clone(),
            files,
            (&old.package_span, &new.package_span),
        );
        self.settings(&element, &old.options, &new.options);
    }

    fn counterpart(&self, old: &File) -> Option<(FileId, &'a File)> {
        self.files.get(old.path.as_str()).copied()
    }

    /// What a full name becomes under the package that its file now has.
    fn repackaged(&self, name: &str, file: usize) -> Option<String> {
        let old = self.old.files.get(file)?;
        let (_, new) = self.counterpart(old)?;
        let relative = relative(name, &old.package)?;
        (new.package != old.package).then(|| {
            if new.package.is_empty() {
                relative.to_owned()
            } else {
                format!("{}.{relative}", new.package)
            }
        })
    }

    /// Pairs messages by name, by package, then by shape.
    fn messages(&mut self) {
        let mut left = Vec::new();
        for (name, old) in compared(&self.old.messages, self.old, |message| message.file) {
            if old.map_entry {
                continue;
            }
            let new = self.new.messages.get(name).or_else(|| {
                let name = self.repackaged(name, old.file)?;
                self.new.messages.get(&name)
            });
            match new {
                Some(new) => {
                    self.moves.insert(name, &new.name);
                    self.push(old, new);
                }
                None => left.push(old),
            }
        }
        self.renames(left);
    }

    /// The new messages that nothing was paired with.
    fn added_messages(&self) -> Vec<&'a Message> {
        let taken: BTreeSet<&str> = self.moves.values().copied().collect();
        let all = compared(&self.new.messages, self.new, |message| message.file);
        let added = all.filter(|(name, new)| {
            let known = taken.contains(name.as_str()) || self.old.messages.contains_key(*name);
            !new.map_entry && !known
        });
        added.map(|(_, new)| new).collect()
    }

    fn added_enums(&self) -> Vec<&'a Enum> {
        let taken: BTreeSet<&str> = self.enum_moves.values().copied().collect();
        let all = compared(&self.new.enums, self.new, |found| found.file);
        let added = all.filter(|(name, _)| {
            !taken.contains(name.as_str()) && !self.old.enums.contains_key(*name)
        });
        added.map(|(_, new)| new).collect()
    }

    fn gone_messages(&self) -> Vec<&'a Message> {
        let all = compared(&self.old.messages, self.old, |message| message.file);
        let gone =
            all.filter(|(name, old)| !old.map_entry && !self.moves.contains_key(name.as_str()));
        gone.map(|(_, old)| old).collect()
    }

    fn gone_enums(&self) -> Vec<&'a Enum> {
        let all = compared(&self.old.enums, self.old, |found| found.file);
        let gone = all.filter(|(name, _)| !self.enum_moves.contains_key(name.as_str()));
        gone.map(|(_, old)| old).collect()
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

    fn moved(&mut self, old: &'a Message, new: &'a Message) {
        self.moves.insert(&old.name, &new.name);
        self.push(old, new);
    }

    /// Pairs what is left and alike, and compares what that brings.
    fn similar(&mut self) {
        for (old, new) in pairs::similar(&self.gone_messages(), &self.added_messages()) {
            self.moved(old, new);
        }
        for (old, new) in pairs::similar(&self.gone_enums(), &self.added_enums()) {
            self.enum_pair(&old.name, &new.name);
        }
        self.pairs();
    }

    fn push(&mut self, old: &'a Message, new: &'a Message) {
        if self.seen.insert((&old.name, &new.name)) {
            self.queue.push(Pair { old, new });
        }
    }

    /// Compares pairs until no field brings a further one.
    fn pairs(&mut self) {
        self.queue.reverse();
        while let Some(pair) = self.queue.pop() {
            self.message(pair);
        }
    }

    fn message(&mut self, pair: Pair<'a>) {
        let Pair { old, new } = pair;
        self.changes.push(Change::Message { old, new });
        let element = Element {
            holder: Some((&old.name, &new.name)),
            ..Element::new(
                ElementKind::Message,
                old.name.clone(),
                (old.file, new.file),
                (&old.name_span, &new.name_span),
            )
        };
        self.settings(&element, &old.options, &new.options);
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

    fn field(&mut self, message: Pair<'a>, old: &'a Field, new: &'a Field) {
        if !message.has_equal(old, new) {
            let retyped = self.types(&old.kind, &new.kind);
            self.changes.push(Change::Field {
                message,
                old,
                new,
                retyped,
            });
        }
        if old.options == new.options {
            return;
        }
        let element = Element {
            holder: Some((&message.old.name, &message.new.name)),
            ..Element::new(
                ElementKind::Field,
                message.old.path_of(old),
                (message.old.file, message.new.file),
                (&old.span, &new.span),
            )
        };
        self.settings(&element, &old.options, &new.options);
    }

    /// Puts the types that two versions of a field hold side by side. Returns those that are not what
    /// became of each other.
    fn types(&mut self, old: &'a Kind, new: &'a Kind) -> Option<Types<'a>> {
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
        let (before, now) = (self.old.messages.get(old), self.new.messages.get(new));
        let entry = |found: Option<&Message>| found.is_none_or(|found| found.map_entry);
        let there = self.new.messages.contains_key(old) || self.old.messages.contains_key(new);
        let related = entry(before)
            || entry(now)
            || match self.moves.get(old) {
                Some(moved) => *moved == new,
                None => !there && self.knows(before.map(|old| old.file), now.map(|new| new.file)),
            };
        if self.is_of_field((old, new), related) {
            return (!self.within).then_some((old, new));
        }
        self.reached(old, new);
        None
    }

    fn enums_of(&mut self, old: &'a str, new: &'a str) -> Option<Types<'a>> {
        let (before, now) = (self.old.enums.get(old), self.new.enums.get(new));
        let there = self.new.enums.contains_key(old) || self.old.enums.contains_key(new);
        let related = match self.enum_moves.get(old) {
            Some(moved) => *moved == new,
            None => !there && self.knows(before.map(|old| old.file), now.map(|new| new.file)),
        };
        if self.is_of_field((old, new), related) {
            return (!self.within).then_some((old, new));
        }
        self.enum_pair(old, new);
        None
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

    fn enums(&mut self) {
        for (name, old) in compared(&self.old.enums, self.old, |found| found.file) {
            let moved = self.repackaged(name, old.file);
            let new = self.new.enums.get(name);
            let new = new.or_else(|| self.new.enums.get(moved.as_deref()?));
            if let Some(new) = new {
                self.enum_pair(name, &new.name);
            }
        }
    }

    fn enum_pair(&mut self, old: &'a str, new: &'a str) {
        let (Some(old), Some(new)) = (self.old.enums.get(old), self.new.enums.get(new)) else {
            return;
        };
        self.enum_moves.entry(&old.name).or_insert(&new.name);
        if !self.enums_seen.insert((&old.name, &new.name)) {
            return;
        }
        self.enumeration(old, new);
    }

    fn enumeration(&mut self, old: &'a Enum, new: &'a Enum) {
        self.changes.push(Change::Enum { old, new });
        let element = Element::new(
            ElementKind::Enum,
            old.name.clone(),
            (old.file, new.file),
            (&old.name_span, &new.name_span),
        );
        self.settings(&element, &old.options, &new.options);
        for value in &old.values {
            let Some(kept) = new.values.named(&value.name) else {
                self.changes
                    .push(Change::EnumValueRemoved { old, new, value });
                continue;
            };
            let element = Element {
                holder: Some((&old.name, &new.name)),
                ..Element::new(
                    ElementKind::EnumValue,
                    format!("{}.{}", old.name, value.name),
                    (old.file, new.file),
                    (&value.span, &kept.span),
                )
            };
            self.settings(&element, &value.options, &kept.options);
        }
        for value in &new.values {
            if old.values.named(&value.name).is_none() {
                self.changes
                    .push(Change::EnumValueAdded { old, new, value });
            }
        }
    }

    fn services(&mut self) {
        let mut left = Vec::new();
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        for (name, old) in compared(&self.old.services, self.old, |service| service.file) {
            if let Some(new) = self.new.services.get(name) {
                self.service(old, new);
                continue;
            }
            let moved = self.repackaged(name, old.file);
            match moved.and_then(|name| self.new.services.get(&name)) {
                Some(new) => {
                    taken.insert(&new.name);
                    self.service_removed(old, Some(new));
                }
                None => left.push(old),
            }
        }
        let all = compared(&self.new.services, self.new, |service| service.file);
        let added = all.filter(|(name, _)| {
            !taken.contains(name.as_str()) && !self.old.services.contains_key(*name)
        });
        let mut added: Vec<&Service> = added.map(|(_, new)| new).collect();
        let alike = pairs::similar(&left, &added).into_iter();
        let alike: BTreeMap<&str, &Service> =
            alike.map(|(gone, new)| (gone.name.as_str(), new)).collect();
        for old in left {
            self.service_removed(old, alike.get(old.name.as_str()).copied());
        }
        let taken: BTreeSet<&str> = alike.values().map(|new| new.name.as_str()).collect();
        added.retain(|found| !taken.contains(found.name.as_str()));
        self.changes
            .extend(added.into_iter().map(|new| Change::ServiceAdded { new }));
    }

    /// The RPCs of a service that moved are compared all the same: a new address hides no other
    /// change.
    fn service_removed(&mut self, old: &'a Service, moved_to: Option<&'a Service>) {
        self.changes.push(Change::ServiceRemoved { old, moved_to });
        if let Some(new) = moved_to {
            self.service(old, new);
        }
    }

    fn service(&mut self, old: &'a Service, new: &'a Service) {
        let element = Element::new(
            ElementKind::Service,
            old.name.clone(),
            (old.file, new.file),
            (&old.name_span, &new.name_span),
        );
        self.settings(&element, &old.options, &new.options);
        for method in &old.methods {
            match new.methods.named(&method.name) {
                Some(kept) => self.method((old, new), method, kept),
                None => self
                    .changes
                    .push(Change::MethodRemoved { old, new, method }),
            }
        }
        for method in &new.methods {
            if old.methods.named(&method.name).is_none() {
                self.changes.push(Change::MethodAdded { new, method });
            }
        }
    }

    fn method(&mut self, service: (&'a Service, &'a Service), old: &'a Method, new: &'a Method) {
        let input = self.carried(&old.input, &new.input);
        let output = self.carried(&old.output, &new.output);
        let element = Element::new(
            ElementKind::Rpc,
            format!("{}.{}", service.0.name, old.name),
            (service.0.file, service.1.file),
            (&old.name_span, &new.name_span),
        );
        self.settings(&element, &old.options, &new.options);
        self.changes.push(Change::Method {
            service: service.0,
            old,
            new,
            input,
            output,
        });
    }

    /// The types that an RPC carries one after the other, where the one is not what became of the other.
    fn carried(&mut self, old: &'a str, new: &'a str) -> Option<Types<'a>> {
        if old == new || self.moves.get(old) == Some(&new) {
            return None;
        }
        self.retyped.push((old, new));
        Some((old, new))
    }

    fn settings(&mut self, element: &Element<'a>, old: &'a Settings, new: &'a Settings) {
        if old == new {
            return;
        }
        let names: BTreeSet<&'a str> = old.names().chain(new.names()).collect();
        for option in names {
            let (old, new) = (old.get(option), new.get(option));
            if old != new {
                self.changes.push(Change::Setting {
                    element: Box::new(element.clone()),
                    option,
                    old,
                    new,
                });
            }
        }
    }
}

/// The elements whose changes are reported.
fn compared<'a, T>(
    all: &'a Named<T>,
    model: &'a Model,
    file: impl Fn(&T) -> usize + 'a,
) -> impl Iterator<Item = (&'a String, &'a T)> + 'a {
    all.iter()
        .filter(move |(_, item)| model.compares(file(item)))
}

/// The message that a field of this type holds, be it as the value of a map.
pub(crate) fn held_by(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Message(name) | Kind::Group(name) => Some(name),
        Kind::Map { value, .. } => held_by(value),
        Kind::Scalar(_) | Kind::Enum(_) => None,
    }
}

/// A full name without its package.
pub(crate) fn relative<'n>(name: &'n str, package: &str) -> Option<&'n str> {
    if package.is_empty() {
        Some(name)
    } else {
        name.strip_prefix(package)?.strip_prefix('.')
    }
}

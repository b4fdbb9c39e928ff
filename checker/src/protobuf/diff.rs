//! The walker: what differs between two models, as structured changes. It judges nothing.
//!
//! Messages are paired by full name; what is left over, by what a changed package or a rename makes
//! of it, and by the fields that hold them: a field whose type went from `A` to `B` puts `A` and `B`
//! side by side, member by member, whatever their names. So a rename or a move hides nothing that
//! changed inside.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{
    Cardinality, Enum, EnumValue, Field, File, Kind, Message, Method, Model, Service, short_name,
};

/// One difference. `old` and `new` are the elements on the two sides.
#[derive(Clone, Debug)]
pub(crate) enum Change<'a> {
    /// A file is gone.
    FileRemoved { old: &'a File },
    /// No file names the package any more.
    PackageRemoved { old: &'a File },
    /// A file names another package.
    Package { old: &'a File, new: &'a File },
    /// Nothing reads what was of this type; `embedded`: it only travelled inside other messages.
    MessageRemoved { old: &'a Message, embedded: bool },
    /// Nothing of the old side reads this type.
    MessageAdded { new: &'a Message, embedded: bool },
    /// The same fields under another name.
    MessageRenamed { old: &'a Message, new: &'a Message },
    /// Two versions of a message, as a whole.
    Message { old: &'a Message, new: &'a Message },
    /// No field has the number any more.
    FieldRemoved { message: Pair<'a>, old: &'a Field },
    /// The number is new.
    FieldAdded { message: Pair<'a>, new: &'a Field },
    /// Two versions of a field that are not equal.
    ///
    /// `unrelated`: it holds a message of another type, which is not the old one renamed.
    Field {
        message: Pair<'a>,
        old: &'a Field,
        new: &'a Field,
        unrelated: bool,
    },
    /// An enum is gone.
    EnumRemoved { old: &'a Enum },
    /// Two versions of an enum.
    Enum { old: &'a Enum, new: &'a Enum },
    /// No value of this name is left.
    EnumValueRemoved {
        old: &'a Enum,
        new: &'a Enum,
        value: &'a EnumValue,
    },
    /// A service is gone.
    ServiceRemoved {
        old: &'a Service,
        moved_to: Option<&'a Service>,
    },
    /// An RPC is gone.
    MethodRemoved {
        old: &'a Service,
        new: &'a Service,
        method: &'a Method,
    },
    /// Two versions of an RPC. `renamed`: its types go by other names but are the same messages.
    Method {
        service: &'a Service,
        old: &'a Method,
        new: &'a Method,
        renamed: Renamed,
    },
    /// An option that this project does not know has another value.
    CustomOption {
        element: Element<'a>,
        option: &'a str,
    },
}

/// Two versions of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<'a> {
    pub old: &'a Message,
    pub new: &'a Message,
}

/// Which types of an RPC only go by another name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Renamed {
    pub input: bool,
    pub output: bool,
}

/// Any element, as far as a message about it needs it.
#[derive(Clone, Debug)]
pub(crate) struct Element<'a> {
    pub path: String,
    pub old: Option<&'a crate::model::Span>,
    pub new: Option<&'a crate::model::Span>,
}

/// How far a comparison goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A schema of a registry: its messages are records of their own, and both sides matter.
    Registry,
    /// A repository: what is added hurts nobody.
    Tree,
}

/// Walks two models and returns what differs, in a settled order.
pub(crate) fn changes<'a>(old: &'a Model, new: &'a Model, scope: Scope) -> Vec<Change<'a>> {
    let mut walker = Walker {
        old,
        new,
        scope,
        files: new
            .files
            .iter()
            .filter(|file| file.compared)
            .map(|file| (file.path.as_str(), file))
            .collect(),
        moves: BTreeMap::new(),
        queue: Vec::new(),
        seen: BTreeSet::new(),
        enums_seen: BTreeSet::new(),
        changes: Vec::new(),
    };
    walker.packages();
    walker.messages();
    walker.enums();
    walker.pairs();
    walker.unpaired();
    walker.services();
    walker.extensions();
    walker.changes
}

struct Walker<'a> {
    old: &'a Model,
    new: &'a Model,
    scope: Scope,
    /// The new files by path.
    files: BTreeMap<&'a str, &'a File>,
    /// Old full names of messages and what they are called now.
    moves: BTreeMap<&'a str, &'a str>,
    queue: Vec<Pair<'a>>,
    seen: BTreeSet<(&'a str, &'a str)>,
    enums_seen: BTreeSet<(&'a str, &'a str)>,
    changes: Vec<Change<'a>>,
}

impl<'a> Walker<'a> {
    /// Files with another package: in a registry the roots, in a tree files of one path.
    fn packages(&mut self) {
        let kept: BTreeSet<&str> = self
            .new
            .files
            .iter()
            .map(|file| file.package.as_str())
            .collect();
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for old in self.old.files.iter().filter(|file| file.compared) {
            let new = self.counterpart(old);
            if new.is_none() {
                self.changes.push(Change::FileRemoved { old });
            }
            // A file that stays in place took its package along; a package is named once.
            let gone = !kept.contains(old.package.as_str());
            if gone && new.is_none() && named.insert(&old.package) {
                self.changes.push(Change::PackageRemoved { old });
            }
            if let Some(new) = new.filter(|new| new.package != old.package) {
                self.changes.push(Change::Package { old, new });
            }
            if let Some(new) = new {
                let options = (&old.options, &new.options);
                let spans = (old.package_span.as_ref(), new.package_span.as_ref());
                self.options(&new.package, options, spans);
            }
        }
    }

    fn counterpart(&self, old: &File) -> Option<&'a File> {
        self.files.get(old.path.as_str()).copied()
    }

    /// What a full name becomes under the package that its file now has.
    fn repackaged(&self, name: &str, file: usize) -> Option<String> {
        let old = self.old.files.get(file)?;
        let new = self.counterpart(old)?;
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

    /// Pairs what is gone with what is new and has the very same fields. A message without fields
    /// says nothing.
    fn renames(&mut self, gone: Vec<&'a Message>) {
        let taken: BTreeSet<&str> = self.moves.values().copied().collect();
        let mut added: BTreeMap<Shape<'a>, Vec<&'a Message>> = BTreeMap::new();
        for (name, new) in compared(&self.new.messages, self.new, |message| message.file) {
            let known = taken.contains(name.as_str()) || self.old.messages.contains_key(name);
            if !new.map_entry && !known && !new.fields.is_empty() {
                added.entry(shape(new)).or_default().push(new);
            }
        }
        for old in gone {
            let Some(same) = added.get_mut(&shape(old)) else {
                continue;
            };
            let by_name = same
                .iter()
                .position(|new| short_name(&new.name) == short_name(&old.name));
            if !same.is_empty() {
                let new = same.remove(by_name.unwrap_or(0));
                self.moves.insert(&old.name, &new.name);
                self.changes.push(Change::MessageRenamed { old, new });
                self.push(old, new);
            }
        }
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
        let spans = (old.name_span.as_ref(), new.name_span.as_ref());
        self.options(&old.name, (&old.options, &new.options), spans);
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
    }

    fn field(&mut self, message: Pair<'a>, old: &'a Field, new: &'a Field) {
        let unrelated = self.unrelated(&old.kind, &new.kind);
        self.types(&old.kind, &new.kind);
        self.changes.push(Change::Field {
            message,
            old,
            new,
            unrelated,
        });
        let spans = (old.span.as_ref(), new.span.as_ref());
        self.options(
            &message.old.path_of(old),
            (&old.options, &new.options),
            spans,
        );
    }

    /// Puts the types that two versions of a field hold side by side.
    fn types(&mut self, old: &'a Kind, new: &'a Kind) {
        match (old, new) {
            (Kind::Message(old) | Kind::Group(old), Kind::Message(new) | Kind::Group(new)) => {
                self.reached(old, new);
            }
            (Kind::Map { entry, .. }, Kind::Message(new)) => self.reached(entry, new),
            (Kind::Message(old), Kind::Map { entry, .. }) => self.reached(old, entry),
            (Kind::Map { value: old, .. }, Kind::Map { value: new, .. }) => self.types(old, new),
            (Kind::Enum(old), Kind::Enum(new)) => self.enum_pair(old, new),
            _ => {}
        }
    }

    /// Whether the new type is neither the old one nor what became of it.
    fn unrelated(&self, old: &Kind, new: &Kind) -> bool {
        let (Some(old), Some(new)) = (held_by(old), held_by(new)) else {
            return false;
        };
        let renamed = !self.new.messages.contains_key(old) && !self.old.messages.contains_key(new);
        old != new && self.moves.get(old) != Some(&new) && !renamed
    }

    /// Pairs two messages that a field reaches, unless both belong to others.
    fn reached(&mut self, old: &str, new: &str) {
        let (Some(old), Some(new)) = (self.old.messages.get(old), self.new.messages.get(new))
        else {
            return;
        };
        let own = self.old.compares(old.file) || self.new.compares(new.file);
        if own || self.scope == Scope::Registry {
            self.moves.entry(&old.name).or_insert(&new.name);
            self.push(old, new);
        }
    }

    fn enums(&mut self) {
        let mut pairs = Vec::new();
        for (name, old) in compared(&self.old.enums, self.old, |found| found.file) {
            let moved = self.repackaged(name, old.file);
            let new = self.new.enums.get(name);
            let new = new.or_else(|| self.new.enums.get(moved.as_deref()?));
            if let Some(new) = new {
                pairs.push((name.as_str(), new.name.as_str()));
            }
        }
        for (old, new) in pairs {
            self.enum_pair(old, new);
        }
    }

    fn enum_pair(&mut self, old: &'a str, new: &'a str) {
        let (Some(old), Some(new)) = (self.old.enums.get(old), self.new.enums.get(new)) else {
            return;
        };
        if !self.enums_seen.insert((&old.name, &new.name)) {
            return;
        }
        self.changes.push(Change::Enum { old, new });
        let spans = (old.name_span.as_ref(), new.name_span.as_ref());
        self.options(&old.name, (&old.options, &new.options), spans);
        for value in &old.values {
            match new.values.named(&value.name) {
                Some(kept) => {
                    let path = format!("{}.{}", old.name, value.name);
                    let spans = (value.span.as_ref(), kept.span.as_ref());
                    self.options(&path, (&value.options, &kept.options), spans);
                }
                None => self
                    .changes
                    .push(Change::EnumValueRemoved { old, new, value }),
            }
        }
    }

    /// What has no counterpart after everything was paired.
    fn unpaired(&mut self) {
        let (held_old, held_new) = (held(self.old), held(self.new));
        for (name, old) in compared(&self.old.messages, self.old, |message| message.file) {
            if !old.map_entry && !self.moves.contains_key(name.as_str()) {
                let embedded = held_old.contains(name.as_str());
                self.changes.push(Change::MessageRemoved { old, embedded });
            }
        }
        let taken: BTreeSet<&str> = self.moves.values().copied().collect();
        for (name, new) in compared(&self.new.messages, self.new, |message| message.file) {
            let known = taken.contains(name.as_str()) || self.old.messages.contains_key(name);
            if !new.map_entry && !known && self.scope == Scope::Registry {
                let embedded = held_new.contains(name.as_str());
                self.changes.push(Change::MessageAdded { new, embedded });
            }
        }
        let paired: BTreeSet<&str> = self.enums_seen.iter().map(|(old, _)| *old).collect();
        for (name, old) in compared(&self.old.enums, self.old, |found| found.file) {
            if !paired.contains(name.as_str()) {
                self.changes.push(Change::EnumRemoved { old });
            }
        }
    }

    fn services(&mut self) {
        for (name, old) in compared(&self.old.services, self.old, |service| service.file) {
            if let Some(new) = self.new.services.get(name) {
                self.service(old, new);
                continue;
            }
            let moved = self.repackaged(name, old.file);
            let moved_to = moved.and_then(|name| self.new.services.get(&name));
            self.changes.push(Change::ServiceRemoved { old, moved_to });
            // Its RPCs are compared all the same: a new address hides no other change.
            if let Some(new) = moved_to {
                self.service(old, new);
            }
        }
    }

    fn service(&mut self, old: &'a Service, new: &'a Service) {
        let spans = (old.name_span.as_ref(), new.name_span.as_ref());
        self.options(&old.name, (&old.options, &new.options), spans);
        for method in &old.methods {
            match new.methods.named(&method.name) {
                Some(kept) => {
                    let renamed = Renamed {
                        input: self.only_renamed(&method.input, &kept.input),
                        output: self.only_renamed(&method.output, &kept.output),
                    };
                    let path = format!("{}.{}", old.name, method.name);
                    let spans = (method.name_span.as_ref(), kept.name_span.as_ref());
                    self.options(&path, (&method.options, &kept.options), spans);
                    self.changes.push(Change::Method {
                        service: old,
                        old: method,
                        new: kept,
                        renamed,
                    });
                }
                None => self
                    .changes
                    .push(Change::MethodRemoved { old, new, method }),
            }
        }
    }

    /// The old type is gone, and the new one is what became of it.
    fn only_renamed(&self, old: &str, new: &str) -> bool {
        !self.new.messages.contains_key(old) && self.moves.get(old) == Some(&new)
    }

    fn extensions(&mut self) {
        for ((extendee, number), old) in &self.old.extensions {
            let name = self
                .moves
                .get(extendee.as_str())
                .copied()
                .unwrap_or(extendee);
            let new = self.new.extensions.get(&(name.to_owned(), *number));
            let (Some(new), Some(old_message), Some(new_message)) = (
                new,
                self.old.messages.get(extendee),
                self.new.messages.get(name),
            ) else {
                continue;
            };
            let message = Pair {
                old: old_message,
                new: new_message,
            };
            let unrelated = self.unrelated(&old.kind, &new.kind);
            self.types(&old.kind, &new.kind);
            self.changes.push(Change::Field {
                message,
                old,
                new,
                unrelated,
            });
        }
        self.pairs();
    }

    fn options(
        &mut self,
        path: &str,
        (old, new): (
            &'a super::model::CustomOptions,
            &'a super::model::CustomOptions,
        ),
        spans: (
            Option<&'a crate::model::Span>,
            Option<&'a crate::model::Span>,
        ),
    ) {
        if old == new {
            return;
        }
        let names: BTreeSet<&'a String> = old.keys().chain(new.keys()).collect();
        for option in names {
            if old.get(option) != new.get(option) {
                let element = Element {
                    path: path.to_owned(),
                    old: spans.0,
                    new: spans.1,
                };
                self.changes.push(Change::CustomOption { element, option });
            }
        }
    }
}

/// The elements whose changes are reported.
fn compared<'a, T>(
    all: &'a BTreeMap<String, T>,
    model: &'a Model,
    file: impl Fn(&T) -> usize + 'a,
) -> impl Iterator<Item = (&'a String, &'a T)> + 'a {
    all.iter()
        .filter(move |(_, item)| model.compares(file(item)))
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
    let extensions = model
        .extensions
        .values()
        .filter_map(|field| held_by(&field.kind));
    let methods = model.services.values().flat_map(|service| &service.methods);
    let carried = methods.flat_map(|method| [method.input.as_str(), method.output.as_str()]);
    fields.chain(extensions).chain(carried).collect()
}

fn held_by(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Message(name) | Kind::Group(name) => Some(name),
        Kind::Map { value, .. } => held_by(value),
        Kind::Scalar(_) | Kind::Enum(_) => None,
    }
}

type Shape<'a> = BTreeMap<i32, (&'a str, String, Cardinality)>;

/// What must be equal for a message to count as another one renamed: numbers, names, short types.
fn shape(message: &Message) -> Shape<'_> {
    let shape = |field: &'_ Field| {
        let kind = match &field.kind {
            Kind::Enum(name) | Kind::Message(name) | Kind::Group(name) => {
                short_name(name).to_owned()
            }
            Kind::Map { key, value, .. } => {
                format!("{} {}", key.name(), short_name(&value.to_string()))
            }
            Kind::Scalar(scalar) => scalar.name().to_owned(),
        };
        (kind, field.cardinality)
    };
    message
        .fields
        .iter()
        .map(|field| {
            let (kind, cardinality) = shape(field);
            (field.number, (field.name.as_str(), kind, cardinality))
        })
        .collect()
}

/// A full name without its package.
pub(crate) fn relative<'n>(name: &'n str, package: &str) -> Option<&'n str> {
    if package.is_empty() {
        Some(name)
    } else {
        name.strip_prefix(package)?.strip_prefix('.')
    }
}

//! The linked files: everything that they declare, found by full name.
//!
//! A pool is filled file by file, imports first, by the linker; everything else only reads it. What it
//! gives out are views ([`MessageRef`] and the like): an element of a descriptor with what the bare
//! descriptor does not say, its full name, its place, its file and its resolved features.
//!
//! Full names have no leading dot.

mod symbols;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use foldhash::fast::RandomState;

use super::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, Label,
    ServiceDescriptorProto, Type,
};
use super::features::{Features, FieldPresence, MessageEncoding, of};
use super::model::Scalar;
use super::places::Places;
use crate::model::Source;
pub(crate) use symbols::{Clash, Symbol, SymbolKind, Symbols};
use symbols::{Declarations, Declarer};

/// `MessageOptions.message_set_wire_format`.
const MESSAGE_SET: u32 = 1;

/// `MessageOptions.map_entry`.
const MAP_ENTRY: u32 = 7;

/// Linked files and what they declare.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    files: Vec<File>,
    by_path: HashMap<String, usize, RandomState>,
    symbols: Symbols,
    declared: Declared,
    /// The extensions, by the message that they extend and their number.
    by_extendee: HashMap<(u32, i32), u32, RandomState>,
}

/// Where types, services and extensions stand, in the order in which they were declared.
#[derive(Debug, Default)]
struct Declared {
    /// The file that is being declared.
    file: usize,
    messages: Vec<Entry>,
    enums: Vec<Entry>,
    services: Vec<Entry>,
    extensions: Vec<Entry>,
}

/// A linked file.
#[derive(Debug)]
pub(crate) struct File {
    /// With its import path as the name, types resolved and options interpreted.
    pub proto: FileDescriptorProto,
    pub source: Source,
    pub places: Arc<Places>,
    /// Whether it came as a descriptor and so has no text.
    pub encoded: bool,
    /// Whether it is one of those that everyone may import.
    pub bundled: bool,
    pub features: Features,
}

impl File {
    /// The path by which others import it.
    pub(crate) fn path(&self) -> &str {
        self.proto.name()
    }
}

/// Where a declaration stands.
#[derive(Debug)]
struct Entry {
    file: usize,
    full_name: Box<str>,
    /// The descriptor path.
    path: Box<[i32]>,
    /// The indices of a message's fields by number, made when they are first asked for.
    numbers: OnceLock<HashMap<i32, usize, RandomState>>,
    /// The same by name, of which the first counts.
    names: OnceLock<HashMap<Box<str>, usize, RandomState>>,
    /// Found among the options when first asked for: there can be many, and many who ask.
    features: OnceLock<Features>,
    kind: OnceLock<MessageKind>,
}

/// What the options of a message say of its encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MessageKind {
    Plain,
    MapEntry,
    MessageSet,
}

/// A message type.
#[derive(Clone, Copy)]
pub(crate) struct MessageRef<'p> {
    pub pool: &'p Pool,
    pub file: &'p File,
    pub name: &'p str,
    /// The descriptor path.
    pub path: &'p [i32],
    pub proto: &'p DescriptorProto,
    pub features: Features,
    entry: &'p Entry,
}

/// A field or an extension.
#[derive(Clone, Copy)]
pub(crate) struct FieldRef<'p> {
    pub pool: &'p Pool,
    pub file: &'p File,
    pub proto: &'p FieldDescriptorProto,
    pub features: Features,
    /// The full name where it is an extension.
    pub extension: Option<&'p str>,
    /// The message that declares it, unless it is an extension.
    pub parent: Option<&'p DescriptorProto>,
    in_map_entry: bool,
}

/// An enum type.
#[derive(Clone, Copy)]
pub(crate) struct EnumRef<'p> {
    pub file: &'p File,
    pub name: &'p str,
    /// The descriptor path.
    pub path: &'p [i32],
    pub proto: &'p EnumDescriptorProto,
    pub features: Features,
}

/// A service.
#[derive(Clone, Copy)]
pub(crate) struct ServiceRef<'p> {
    pub file: &'p File,
    pub name: &'p str,
    /// The descriptor path.
    pub path: &'p [i32],
    pub proto: &'p ServiceDescriptorProto,
}

/// The type of a field's values.
#[derive(Clone, Copy)]
pub(crate) enum TypeRef<'p> {
    Scalar(Scalar),
    Enum(EnumRef<'p>),
    /// Also the entries of a map.
    Message(MessageRef<'p>),
    /// A message that is written as a group.
    Group(MessageRef<'p>),
}

impl Pool {
    /// Adds a file whose imports are there. Where a name comes twice the first one counts.
    pub(crate) fn add(&mut self, file: File) {
        self.declare(&file.proto);
        self.push(file);
    }

    /// Enters the names of the file that is added next, whose types need not be resolved, and returns
    /// those that cannot be entered.
    pub(crate) fn declare(&mut self, proto: &FileDescriptorProto) -> Vec<Clash> {
        self.declared.file = self.files.len();
        let file = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        Declarer::new(&mut self.symbols, &mut self.declared, file).file(proto)
    }

    /// Adds a file whose names were entered and whose types are resolved.
    pub(crate) fn push(&mut self, file: File) {
        let index = self.files.len();
        self.by_path.insert(file.path().to_owned(), index);
        self.files.push(file);
        self.enter_extensions(index);
    }

    /// Changes the options of a file, and its features with them.
    pub(crate) fn amend(&mut self, index: usize, change: impl FnOnce(&mut FileDescriptorProto)) {
        if let Some(file) = self.files.get_mut(index) {
            change(&mut file.proto);
            file.features = Features::of_file(&file.proto);
            self.declared.forget_options(index);
        }
    }

    /// Forgets what a file declares but for the names of types, which nobody may declare again. Whoever
    /// imports it must have been added.
    pub(crate) fn release(&mut self, index: usize) {
        let extensions = self.extensions_of(index);
        for extension in extensions.clone() {
            if let Some(key) = self.extended_by(extension) {
                self.by_extendee.remove(&key);
            }
        }
        let Some(file) = self.files.get_mut(index) else {
            return;
        };
        let proto = &mut file.proto;
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        Declarer::new(&mut self.symbols, &mut self.declared, number).forget(proto);
        proto.message_type = Vec::new();
        proto.enum_type = Vec::new();
        proto.extension = Vec::new();
        proto.service = Vec::new();
        let messages = &mut self.declared.messages;
        let start = messages.partition_point(|entry| entry.file < index);
        let own = messages.iter_mut().skip(start);
        for entry in own.take_while(|entry| entry.file == index) {
            entry.numbers = OnceLock::new();
            entry.names = OnceLock::new();
        }
    }

    /// The indices of a file's extensions.
    fn extensions_of(&self, file: usize) -> std::ops::Range<usize> {
        let all = &self.declared.extensions;
        all.partition_point(|entry| entry.file < file)
            ..all.partition_point(|entry| entry.file <= file)
    }

    /// The message that an extension extends, and its number.
    fn extended_by(&self, extension: usize) -> Option<(u32, i32)> {
        let found = self.extension_at(self.declared.extensions.get(extension)?)?;
        let extendee = found.proto.extendee().trim_start_matches('.');
        let extendee = self.symbols.get(extendee)?;
        (extendee.kind == SymbolKind::Message).then(|| (extendee.index, found.proto.number()))
    }

    /// Of several with one number the first counts.
    fn enter_extensions(&mut self, file: usize) {
        for extension in self.extensions_of(file) {
            if let Some(key) = self.extended_by(extension) {
                let index = u32::try_from(extension).unwrap_or(u32::MAX);
                self.by_extendee.entry(key).or_insert(index);
            }
        }
    }

    /// All names.
    pub(crate) fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// The files in the order in which they were added.
    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// The index of a file, by its import path.
    pub(crate) fn index_of(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// A file by its import path.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.get(*self.by_path.get(path)?)
    }

    /// A message type by its full name.
    pub(crate) fn message(&self, name: &str) -> Option<MessageRef<'_>> {
        let entry = self.entry(name, SymbolKind::Message, &self.declared.messages)?;
        let file = self.files.get(entry.file)?;
        let proto = message_at(file, &entry.path)?;
        let features = || features_at(file, &entry.path);
        Some(MessageRef {
            pool: self,
            file,
            name: &entry.full_name,
            path: &entry.path,
            proto,
            features: *entry.features.get_or_init(features),
            entry,
        })
    }

    /// An enum type by its full name.
    pub(crate) fn enumeration(&self, name: &str) -> Option<EnumRef<'_>> {
        let entry = self.entry(name, SymbolKind::Enum, &self.declared.enums)?;
        let file = self.files.get(entry.file)?;
        let (around, index) = split(&entry.path)?;
        let proto = match message_at(file, around) {
            Some(message) => message.enum_type.get(index)?,
            None => file.proto.enum_type.get(index)?,
        };
        let features = || features_at(file, around).with(proto.options.as_ref(), of::ENUM);
        Some(EnumRef {
            file,
            name: &entry.full_name,
            path: &entry.path,
            proto,
            features: *entry.features.get_or_init(features),
        })
    }

    /// A service by its full name.
    pub(crate) fn service(&self, name: &str) -> Option<ServiceRef<'_>> {
        let entry = self.entry(name, SymbolKind::Service, &self.declared.services)?;
        let file = self.files.get(entry.file)?;
        let (_, index) = split(&entry.path)?;
        let proto = file.proto.service.get(index)?;
        Some(ServiceRef {
            file,
            name: &entry.full_name,
            path: &entry.path,
            proto,
        })
    }

    /// An extension by its full name.
    pub(crate) fn extension_named(&self, name: &str) -> Option<FieldRef<'_>> {
        self.extension_at(self.entry(name, SymbolKind::Extension, &self.declared.extensions)?)
    }

    /// The extension of a message under a number.
    pub(crate) fn extension(&self, extendee: &str, number: i32) -> Option<FieldRef<'_>> {
        let extendee = self.symbols.get(extendee)?;
        let index = *self.by_extendee.get(&(extendee.index, number))?;
        self.extension_at(self.declared.extensions.get(index as usize)?)
    }

    fn extension_at<'p>(&'p self, entry: &'p Entry) -> Option<FieldRef<'p>> {
        let file = self.files.get(entry.file)?;
        let (around, index) = split(&entry.path)?;
        let proto = match message_at(file, around) {
            Some(message) => message.extension.get(index)?,
            None => file.proto.extension.get(index)?,
        };
        let features = || features_at(file, around).of_field(proto);
        Some(FieldRef {
            pool: self,
            file,
            proto,
            features: *entry.features.get_or_init(features),
            parent: None,
            in_map_entry: false,
            extension: Some(&entry.full_name),
        })
    }

    fn entry<'p>(&self, name: &str, kind: SymbolKind, all: &'p [Entry]) -> Option<&'p Entry> {
        let symbol = self
            .symbols
            .get(name)
            .filter(|symbol| symbol.kind == kind)?;
        all.get(symbol.index as usize)
    }
}

impl<'p> MessageRef<'p> {
    /// The fields in the order of the text.
    pub(crate) fn fields(self) -> impl ExactSizeIterator<Item = FieldRef<'p>> {
        self.proto.field.iter().map(move |proto| self.view(proto))
    }

    /// A field by its number; extensions are not among them.
    pub(crate) fn field(self, number: i32) -> Option<FieldRef<'p>> {
        let numbers = self.entry.numbers.get_or_init(|| {
            let fields = self.proto.field.iter().enumerate();
            fields
                .map(|(index, field)| (field.number(), index))
                .collect()
        });
        let proto = self.proto.field.get(*numbers.get(&number)?)?;
        Some(self.view(proto))
    }

    /// A field by its name.
    pub(crate) fn field_named(self, name: &str) -> Option<FieldRef<'p>> {
        let names = self.entry.names.get_or_init(|| {
            let fields = self.proto.field.iter().enumerate().rev();
            fields
                .map(|(index, field)| (field.name().into(), index))
                .collect()
        });
        let proto = self.proto.field.get(*names.get(name)?)?;
        Some(self.view(proto))
    }

    /// A field or an extension by its number.
    pub(crate) fn field_or_extension(self, number: i32) -> Option<FieldRef<'p>> {
        self.field(number)
            .or_else(|| self.pool.extension(self.name, number))
    }

    /// Whether it is the type that a map field brings along.
    pub(crate) fn is_map_entry(self) -> bool {
        self.kind() == MessageKind::MapEntry
    }

    /// Whether its extensions are written as items of a set.
    pub(crate) fn is_message_set(self) -> bool {
        self.kind() == MessageKind::MessageSet
    }

    fn kind(self) -> MessageKind {
        *self.entry.kind.get_or_init(|| {
            if is_map_entry(self.proto) {
                MessageKind::MapEntry
            } else if is_message_set(self.proto) {
                MessageKind::MessageSet
            } else {
                MessageKind::Plain
            }
        })
    }

    fn view(self, proto: &'p FieldDescriptorProto) -> FieldRef<'p> {
        FieldRef {
            pool: self.pool,
            file: self.file,
            proto,
            features: self.features.of_field(proto),
            extension: None,
            parent: Some(self.proto),
            in_map_entry: self.is_map_entry(),
        }
    }
}

impl<'p> FieldRef<'p> {
    /// The type of its values; `None` where the type is not linked.
    pub(crate) fn kind(self) -> Option<TypeRef<'p>> {
        let name = self.proto.type_name().trim_start_matches('.');
        Some(match self.proto.r#type() {
            Type::Enum => TypeRef::Enum(self.pool.enumeration(name)?),
            Type::Group => TypeRef::Group(self.pool.message(name)?),
            Type::Message => {
                let message = self.pool.message(name)?;
                let delimited = self.features.message_encoding == MessageEncoding::Delimited;
                // A map is never a group, and neither are the messages in it.
                if delimited && !message.is_map_entry() && !self.in_map_entry {
                    TypeRef::Group(message)
                } else {
                    TypeRef::Message(message)
                }
            }
            scalar => TypeRef::Scalar(Scalar::of(scalar)?),
        })
    }

    /// Whether it may occur more than once, as those of maps do.
    pub(crate) fn is_repeated(self) -> bool {
        self.proto.label() == Label::Repeated
    }

    /// Whether a message without it is refused.
    pub(crate) fn is_required(self) -> bool {
        !self.is_repeated() && self.features.field_presence == FieldPresence::LegacyRequired
    }

    /// Whether it tells a default from nothing.
    pub(crate) fn has_presence(self) -> bool {
        let always = self.extension.is_some()
            || self.proto.oneof_index.is_some()
            || matches!(self.proto.r#type(), Type::Message | Type::Group);
        !self.is_repeated() && (always || self.features.field_presence != FieldPresence::Implicit)
    }

    /// The entry type, where it is a map.
    pub(crate) fn map_entry(self) -> Option<MessageRef<'p>> {
        if !self.is_repeated() || self.proto.r#type() != Type::Message {
            return None;
        }
        let name = self.proto.type_name().trim_start_matches('.');
        self.pool
            .message(name)
            .filter(|message| message.is_map_entry())
    }
}

/// Whether a message is the type that a map field brings along.
pub(crate) fn is_map_entry(message: &DescriptorProto) -> bool {
    let options = message.options.as_ref();
    options.is_some_and(|options| options.is_set(MAP_ENTRY))
}

/// Whether the extensions of a message are written as items of a set.
pub(crate) fn is_message_set(message: &DescriptorProto) -> bool {
    let options = message.options.as_ref();
    options.is_some_and(|options| options.is_set(MESSAGE_SET))
}

/// The path around an element, and the element's index.
fn split(path: &[i32]) -> Option<(&[i32], usize)> {
    let (around, step) = path.split_at_checked(path.len().checked_sub(2)?)?;
    Some((around, usize::try_from(*step.last()?).ok()?))
}

/// The message at a descriptor path.
fn message_at<'f>(file: &'f File, path: &[i32]) -> Option<&'f DescriptorProto> {
    messages_at(file, path).last()?
}

/// The features of the message at a descriptor path; those of the file for none.
fn features_at(file: &File, path: &[i32]) -> Features {
    let messages = messages_at(file, path).flatten();
    messages.fold(file.features, |features, message| {
        features.with(message.options.as_ref(), of::MESSAGE)
    })
}

/// The messages on the way to a descriptor path; `None` from where there is none on.
fn messages_at<'f>(
    file: &'f File,
    path: &[i32],
) -> impl Iterator<Item = Option<&'f DescriptorProto>> {
    let mut messages = Some(&file.proto.message_type);
    path.chunks(2).map(move |step| {
        let index = usize::try_from(*step.get(1)?).ok()?;
        let message = messages?.get(index);
        messages = message.map(|message| &message.nested_type);
        message
    })
}

impl Declared {
    /// The options of a file changed, which is the last one or near it.
    fn forget_options(&mut self, file: usize) {
        for entries in [&mut self.messages, &mut self.enums, &mut self.extensions] {
            let behind = entries.iter_mut().rev();
            let own = behind.skip_while(|entry| entry.file > file);
            for entry in own.take_while(|entry| entry.file == file) {
                entry.features = OnceLock::new();
                entry.kind = OnceLock::new();
            }
        }
    }
}

impl Declarations for Declared {
    fn declare(&mut self, kind: SymbolKind, full_name: &str, path: &[i32]) -> u32 {
        let all = match kind {
            SymbolKind::Message => &mut self.messages,
            SymbolKind::Enum => &mut self.enums,
            SymbolKind::Service => &mut self.services,
            SymbolKind::Extension => &mut self.extensions,
            SymbolKind::Package
            | SymbolKind::Value
            | SymbolKind::Field
            | SymbolKind::Oneof
            | SymbolKind::Method => return 0,
        };
        let index = u32::try_from(all.len()).unwrap_or(u32::MAX);
        all.push(Entry {
            file: self.file,
            full_name: full_name.into(),
            path: path.into(),
            numbers: OnceLock::new(),
            names: OnceLock::new(),
            features: OnceLock::new(),
            kind: OnceLock::new(),
        });
        index
    }
}

/// A name within a scope, which may be empty.
pub(crate) fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() {
        name.to_owned()
    } else {
        format!("{scope}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::syntax;

    /// A pool of one text that names its types in full, so that it is linked as it is written.
    fn pool(text: &str) -> Pool {
        let source = Source::new("a.proto", text);
        let mut proto = syntax::parse(&source).expect("is well formed").proto;
        proto.name = Some("a.proto".to_owned());
        for message in &mut proto.message_type {
            for field in &mut message.field {
                if field.type_name.is_some() && field.r#type.is_none() {
                    field.set_type(Type::Message);
                }
            }
        }
        let mut pool = Pool::default();
        pool.add(File {
            features: Features::of_file(&proto),
            proto,
            source,
            places: Arc::new(Places::none()),
            encoded: false,
            bundled: false,
        });
        pool
    }

    #[test]
    fn everything_declared_is_found_by_its_full_name() {
        let pool = pool(
            "syntax = \"proto2\"; package p;
             message A { message B { enum E { X = 0; } extend .p.A { optional int32 x = 100; } }
               optional .p.A.B b = 5; extensions 100; }
             enum F { Y = 0; } extend .p.A { optional int32 y = 101; } service S {}",
        );
        assert_eq!(
            pool.message("p.A.B").map(|found| found.path),
            Some(&[4, 0, 3, 0][..])
        );
        assert!(pool.message("p.B").is_none());
        assert!(
            pool.enumeration("p.A.B.E")
                .is_some_and(|found| found.proto.name() == "E")
        );
        assert!(
            pool.enumeration("p.F")
                .is_some_and(|found| found.path == [5, 0])
        );
        assert!(pool.service("p.S").is_some());
        let extension = |number| {
            pool.extension("p.A", number)
                .and_then(|found| found.extension)
        };
        assert_eq!(extension(100), Some("p.A.B.x"));
        assert_eq!(extension(101), Some("p.y"));
        let field = pool.message("p.A").and_then(|found| found.field(5));
        let Some(TypeRef::Message(held)) = field.and_then(FieldRef::kind) else {
            panic!("a message is held");
        };
        assert_eq!(held.name, "p.A.B");
    }

    #[test]
    fn of_a_file_that_is_forgotten_the_names_stay_that_others_could_declare() {
        let mut pool = pool(
            "syntax = \"proto2\"; package p;
             message A { optional int32 f = 1; oneof o { int32 g = 2; } extensions 100;
               enum E { IN_A = 0; } message B { optional int32 h = 1; } }
             enum F { IN_P = 0; } extend .p.A { optional int32 x = 100; }
             service S { rpc R(.p.A) returns (.p.A); }",
        );
        assert!(pool.extension("p.A", 100).is_some());
        pool.release(0);
        let known = |name| pool.symbols().get(name).is_some();
        for kept in ["p", "p.A", "p.A.E", "p.A.B", "p.F", "p.IN_P", "p.x", "p.S"] {
            assert!(known(kept), "{kept}");
        }
        for gone in ["p.A.f", "p.A.o", "p.A.g", "p.A.IN_A", "p.A.B.h", "p.S.R"] {
            assert!(!known(gone), "{gone}");
        }
        assert!(pool.message("p.A").is_none() && pool.extension("p.A", 100).is_none());
        assert_eq!(pool.file("a.proto").map(File::path), Some("a.proto"));
    }

    #[test]
    fn a_map_is_never_delimited() {
        let mut pool = pool("syntax = \"proto3\"; message A { map<string, .A> m = 1; .A a = 2; }");
        for file in &mut pool.files {
            file.features.message_encoding = MessageEncoding::Delimited;
            file.proto.message_type[0].field[0].type_name = Some(".A.MEntry".to_owned());
        }
        let kind = |number| {
            let field = pool.message("A").and_then(|found| found.field(number));
            field.and_then(FieldRef::kind)
        };
        assert!(matches!(kind(1), Some(TypeRef::Message(_))));
        assert!(matches!(kind(2), Some(TypeRef::Group(_))));
    }
}

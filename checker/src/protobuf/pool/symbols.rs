//! The names that linked files declare, all in one space, and what clashes in it.
//!
//! Packages, types, fields, values, oneofs, services and RPCs are names alike. They are entered in the
//! order in which `protoc` enters them, so that of two equal names the same one is the second.

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use indexmap::map::Entry as Slot;

use crate::protobuf::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    ServiceDescriptorProto,
};
use crate::protobuf::tag;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SymbolKind {
    Package,
    Message,
    Enum,
    Value,
    Field,
    Extension,
    Oneof,
    Service,
    Method,
}

impl SymbolKind {
    /// Whether a field's type may be one.
    pub(crate) const fn is_type(self) -> bool {
        matches!(self, Self::Message | Self::Enum)
    }

    /// Whether names stand within it.
    pub(crate) const fn is_scope(self) -> bool {
        matches!(
            self,
            Self::Package | Self::Message | Self::Enum | Self::Service
        )
    }
}

/// What a full name stands for, and where it was declared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Symbol {
    pub kind: SymbolKind,
    /// Among the pool's files; of a package the first that is in it.
    pub file: u32,
    /// Among the pool's declarations of its kind, where it has them.
    pub(super) index: u32,
}

/// A name that cannot be entered.
#[derive(Debug)]
pub(crate) struct Clash {
    /// The descriptor path of the element.
    pub path: Vec<i32>,
    pub full_name: String,
    /// The enum of a value, which stands beside it.
    pub value_of: Option<String>,
    /// Whether it is the message of a map's entries.
    pub of_map: bool,
    /// What has the name already.
    pub other: Symbol,
}

/// All names.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    /// It remembers hashes: names are long, and the table grows to hundreds of thousands.
    table: IndexMap<Box<str>, Symbol, RandomState>,
}

impl Symbols {
    /// What a full name stands for.
    pub(crate) fn get(&self, name: &str) -> Option<Symbol> {
        self.table.get(name).copied()
    }
}

/// Where a type, an extension or a service is entered, with its descriptor path.
pub(super) trait Declarations {
    fn declare(&mut self, kind: SymbolKind, full_name: &str, path: &[i32]) -> u32;
}

/// Enters what a file declares.
pub(super) struct Declarer<'a, D> {
    pub symbols: &'a mut Symbols,
    pub declarations: &'a mut D,
    pub file: u32,
    /// The full name of the scope, and what is within it while it is entered.
    name: String,
    /// How long the package's name is.
    package: usize,
    /// Whether names are taken out instead.
    forgets: bool,
    path: Vec<i32>,
    clashes: Vec<Clash>,
}

impl<'a, D: Declarations> Declarer<'a, D> {
    pub(super) fn new(symbols: &'a mut Symbols, declarations: &'a mut D, file: u32) -> Self {
        Self {
            symbols,
            declarations,
            file,
            name: String::new(),
            package: 0,
            forgets: false,
            path: Vec::new(),
            clashes: Vec::new(),
        }
    }

    /// Enters a file, and returns what could not be entered.
    pub(super) fn file(mut self, proto: &FileDescriptorProto) -> Vec<Clash> {
        self.package(proto.package());
        self.declarations(proto);
        self.clashes
    }

    /// Takes out what stands in messages and services of the file and is no type. Nobody else can declare
    /// names there, and who does not import the file does not need them.
    pub(super) fn forget(mut self, proto: &FileDescriptorProto) {
        self.forgets = true;
        self.declarations(proto);
    }

    fn declarations(&mut self, proto: &FileDescriptorProto) {
        self.package = proto.package().len();
        self.name.push_str(proto.package());
        for (index, message) in proto.message_type.iter().enumerate() {
            self.at(tag::FILE_MESSAGE, index, |this| this.message(message));
        }
        for (index, found) in proto.enum_type.iter().enumerate() {
            self.at(tag::FILE_ENUM, index, |this| this.enumeration(found));
        }
        for (index, service) in proto.service.iter().enumerate() {
            self.at(tag::FILE_SERVICE, index, |this| this.service(service));
        }
        self.extensions(&proto.extension, tag::FILE_EXTENSION);
    }

    /// A package and those around it. They may be declared again and again.
    fn package(&mut self, package: &str) {
        let mut end = package.len();
        while end > 0 {
            let name = package.get(..end).unwrap_or_default();
            match self.symbols.get(name) {
                Some(known) if known.kind == SymbolKind::Package => return,
                Some(other) => {
                    let clash = Clash {
                        path: vec![tag::PACKAGE],
                        full_name: name.to_owned(),
                        value_of: None,
                        of_map: false,
                        other,
                    };
                    self.clashes.push(clash);
                    return;
                }
                None => {
                    let symbol = Symbol {
                        kind: SymbolKind::Package,
                        file: self.file,
                        index: 0,
                    };
                    self.symbols.table.insert(name.into(), symbol);
                }
            }
            end = name.rfind('.').unwrap_or(0);
        }
    }

    fn message(&mut self, proto: &DescriptorProto) {
        self.within(proto.name(), |this| {
            for (index, oneof) in proto.oneof_decl.iter().enumerate() {
                this.leaf(SymbolKind::Oneof, oneof.name(), tag::MESSAGE_ONEOF, index);
            }
            for (index, field) in proto.field.iter().enumerate() {
                this.leaf(SymbolKind::Field, field.name(), tag::MESSAGE_FIELD, index);
            }
            for (index, found) in proto.enum_type.iter().enumerate() {
                this.at(tag::MESSAGE_ENUM, index, |this| this.enumeration(found));
            }
            this.extensions(&proto.extension, tag::MESSAGE_EXTENSION);
            for (index, nested) in proto.nested_type.iter().enumerate() {
                this.at(tag::MESSAGE_NESTED, index, |this| this.message(nested));
            }
        });
        let before = self.clashes.len();
        self.enter(SymbolKind::Message, proto.name());
        for clash in self.clashes.iter_mut().skip(before) {
            clash.of_map = super::is_map_entry(proto);
        }
    }

    /// The values of an enum stand beside it, not in it.
    fn enumeration(&mut self, proto: &EnumDescriptorProto) {
        let before = self.clashes.len();
        for (index, value) in proto.value.iter().enumerate() {
            self.leaf(SymbolKind::Value, value.name(), tag::ENUM_VALUE, index);
        }
        for clash in self.clashes.iter_mut().skip(before) {
            clash.value_of = Some(proto.name().to_owned());
        }
        self.enter(SymbolKind::Enum, proto.name());
    }

    fn service(&mut self, proto: &ServiceDescriptorProto) {
        self.within(proto.name(), |this| {
            for (index, method) in proto.method.iter().enumerate() {
                this.leaf(SymbolKind::Method, method.name(), tag::METHOD, index);
            }
        });
        self.enter(SymbolKind::Service, proto.name());
    }

    fn extensions(&mut self, all: &[FieldDescriptorProto], number: i32) {
        for (index, extension) in all.iter().enumerate() {
            self.leaf(SymbolKind::Extension, extension.name(), number, index);
        }
    }

    fn leaf(&mut self, kind: SymbolKind, name: &str, number: i32, index: usize) {
        self.at(number, index, |this| this.enter(kind, name));
    }

    /// Enters a name of the current scope for the element at the current path.
    fn enter(&mut self, kind: SymbolKind, name: &str) {
        let in_package = self.name.len() == self.package;
        let length = self.push(name);
        if self.forgets {
            let own = |symbol: &Symbol| (symbol.file, symbol.kind) == (self.file, kind);
            let needed = in_package || kind.is_type() || kind == SymbolKind::Service;
            if !needed && self.symbols.get(&self.name).as_ref().is_some_and(own) {
                self.symbols.table.swap_remove(self.name.as_str());
            }
            self.name.truncate(length);
            return;
        }
        let index = self.declarations.declare(kind, &self.name, &self.path);
        let symbol = Symbol {
            kind,
            file: self.file,
            index,
        };
        match self.symbols.table.entry(self.name.as_str().into()) {
            Slot::Vacant(slot) => {
                slot.insert(symbol);
            }
            Slot::Occupied(slot) => self.clashes.push(Clash {
                path: self.path.clone(),
                full_name: self.name.clone(),
                value_of: None,
                of_map: false,
                other: *slot.get(),
            }),
        }
        self.name.truncate(length);
    }

    fn within(&mut self, name: &str, enter: impl FnOnce(&mut Self)) {
        let length = self.push(name);
        enter(self);
        self.name.truncate(length);
    }

    fn at(&mut self, number: i32, index: usize, enter: impl FnOnce(&mut Self)) {
        self.path.extend([number, tag::index(index)]);
        enter(self);
        self.path.truncate(self.path.len().saturating_sub(2));
    }

    /// Appends a name to the scope, and returns how long the scope was.
    fn push(&mut self, name: &str) -> usize {
        let length = self.name.len();
        if length > 0 {
            self.name.push('.');
        }
        self.name.push_str(name);
        length
    }
}

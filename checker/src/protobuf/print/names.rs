//! The shortest name by which a type is found from where it is used.
//!
//! A name is looked up from the innermost scope outwards by its first part, whatever that part
//! names there. So a short name is only taken if the first hit is the right one; else the full name
//! with a leading dot says it without a search.

use std::collections::{HashMap, HashSet};

use super::super::descriptor::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto};
use super::super::pool::{File, Pool, join};
use super::Style;

/// Everything that has a name and can be seen from a file.
pub(super) struct Names {
    symbols: HashMap<String, Symbol>,
    pub style: Style,
}

/// What a name stands for, as far as the search cares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbol {
    /// A package or a service: other names stand in it.
    Scope,
    /// A message or an enum.
    Type,
    /// A field, a value and the like.
    Other,
}

/// What is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The type of a field: what is none is passed.
    Type,
    /// Anything: the first of that name counts.
    Any,
}

impl Names {
    /// The names that `file` sees: its own, and those of what it imports.
    pub(super) fn new(pool: &Pool, file: &File, style: Style) -> Self {
        let mut names = Self {
            symbols: HashMap::new(),
            style,
        };
        for visible in visible(pool, file) {
            names.file(&visible.proto);
        }
        names
    }

    fn file(&mut self, proto: &FileDescriptorProto) {
        let mut package = proto.package();
        while !package.is_empty() {
            self.add(package.to_owned(), Symbol::Scope);
            package = outer(package);
        }
        let package = proto.package();
        for message in &proto.message_type {
            self.message(message, package);
        }
        for found in &proto.enum_type {
            self.enumeration(found, package);
        }
        for extension in &proto.extension {
            self.add(join(package, extension.name()), Symbol::Other);
        }
        for service in &proto.service {
            let name = join(package, service.name());
            for method in &service.method {
                self.add(join(&name, method.name()), Symbol::Other);
            }
            self.add(name, Symbol::Scope);
        }
    }

    /// Recursion is bounded: descriptors nest to 100 at most.
    fn message(&mut self, message: &DescriptorProto, scope: &str) {
        let name = join(scope, message.name());
        for field in message.field.iter().chain(&message.extension) {
            self.add(join(&name, field.name()), Symbol::Other);
        }
        for oneof in &message.oneof_decl {
            self.add(join(&name, oneof.name()), Symbol::Other);
        }
        for nested in &message.nested_type {
            self.message(nested, &name);
        }
        for found in &message.enum_type {
            self.enumeration(found, &name);
        }
        self.add(name, Symbol::Type);
    }

    /// Values are siblings of their enum.
    fn enumeration(&mut self, found: &EnumDescriptorProto, scope: &str) {
        for value in &found.value {
            self.add(join(scope, value.name()), Symbol::Other);
        }
        self.add(join(scope, found.name()), Symbol::Type);
    }

    fn add(&mut self, name: String, symbol: Symbol) {
        self.symbols.entry(name).or_insert(symbol);
    }

    /// The name of the type of a field as it is written in `scope`.
    pub(super) fn of_type(&self, full_name: &str, scope: &str) -> String {
        self.of(full_name, scope, Wanted::Type)
    }

    /// The name of a message where nothing else can stand, as it is written in `scope`.
    pub(super) fn of_message(&self, full_name: &str, scope: &str) -> String {
        self.of(full_name, scope, Wanted::Any)
    }

    fn of(&self, full_name: &str, scope: &str, wanted: Wanted) -> String {
        match self.style {
            Style::Canonical => self.short(full_name, scope, wanted),
            Style::Normalized => None,
        }
        .unwrap_or_else(|| format!(".{full_name}"))
    }

    /// The name of an extension as it is written in an option in `scope`.
    pub(super) fn of_extension(&self, full_name: &str, scope: &str) -> String {
        match self.style {
            Style::Canonical => self.short(full_name, scope, Wanted::Any),
            Style::Normalized => Some(full_name.to_owned())
                .filter(|name| self.finds(name, scope, full_name, Wanted::Any)),
        }
        .unwrap_or_else(|| format!(".{full_name}"))
    }

    /// Whether the full name of an extension, without a leading dot, leads to it from `scope`.
    pub(super) fn finds_extension(&self, full_name: &str, scope: &str) -> bool {
        self.finds(full_name, scope, full_name, Wanted::Any)
    }

    fn short(&self, full_name: &str, scope: &str, wanted: Wanted) -> Option<String> {
        let starts = full_name.rmatch_indices('.').map(|(at, _)| at + 1);
        starts
            .chain(std::iter::once(0))
            .filter_map(|start| full_name.get(start..))
            .find(|name| self.finds(name, scope, full_name, wanted))
            .map(str::to_owned)
    }

    fn finds(&self, name: &str, scope: &str, full_name: &str, wanted: Wanted) -> bool {
        let first = name.split('.').next().unwrap_or(name);
        let mut scope = scope;
        loop {
            let symbol = self.symbols.get(&join(scope, first));
            let passed = match symbol {
                None => true,
                Some(symbol) if first.len() < name.len() => *symbol == Symbol::Other,
                Some(symbol) => wanted == Wanted::Type && *symbol != Symbol::Type,
            };
            if !passed {
                return join(scope, name) == full_name;
            }
            if scope.is_empty() {
                return false;
            }
            scope = outer(scope);
        }
    }
}

/// The file, what it imports, and what that imports for others.
fn visible<'p>(pool: &'p Pool, file: &'p File) -> Vec<&'p File> {
    let imports = file.proto.dependency.iter();
    let mut open: Vec<&str> = imports
        .chain(&file.proto.option_dependency)
        .map(String::as_str)
        .collect();
    let mut seen: HashSet<&str> = HashSet::from([file.path()]);
    let mut visible = vec![file];
    while let Some(path) = open.pop() {
        if !seen.insert(path) {
            continue;
        }
        let Some(found) = pool.file(path) else {
            continue;
        };
        let public = found.proto.public_dependency.iter();
        let public = public.filter_map(|index| usize::try_from(*index).ok());
        let public = public.filter_map(|index| found.proto.dependency.get(index));
        open.extend(public.map(String::as_str));
        visible.push(found);
    }
    visible
}

/// The scope in which a name stands.
pub(super) fn outer(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(outer, _)| outer)
}

//! Gives the types of a file their full names, and fields their names in JSON.
//!
//! Whether a name means a message or an enum is known then, so fields get their types.

use super::super::descriptor::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, ServiceDescriptorProto, Type,
};
use super::super::pool::{File, Pool, SymbolKind, is_map_entry};
use super::super::tag;
use super::Mistake;
use super::imports::Imports;
use super::json_name::json_name;
use super::names::{self, Found, Sought};

/// Resolves the names of a file, whose own names are in the pool.
///
/// Where imports are missing, names that are not known are passed over.
pub(super) fn resolve(
    proto: &mut FileDescriptorProto,
    pool: &Pool,
    imports: &Imports,
    complete: bool,
) -> Vec<Mistake> {
    let mut resolver = Resolver {
        pool,
        imports,
        complete,
        scope: proto.package().to_owned(),
        path: Vec::new(),
        mistakes: Vec::new(),
    };
    resolver.file(proto);
    resolver.mistakes
}

struct Resolver<'a> {
    pool: &'a Pool,
    imports: &'a Imports,
    complete: bool,
    /// The full name of the scope.
    scope: String,
    path: Vec<i32>,
    mistakes: Vec<Mistake>,
}

impl Resolver<'_> {
    fn file(&mut self, proto: &mut FileDescriptorProto) {
        for (index, message) in proto.message_type.iter_mut().enumerate() {
            self.at(tag::FILE_MESSAGE, index, |this| this.message(message));
        }
        self.fields(&mut proto.extension, tag::FILE_EXTENSION);
        for (index, service) in proto.service.iter_mut().enumerate() {
            self.at(tag::FILE_SERVICE, index, |this| this.service(service));
        }
    }

    /// Recursion is bounded where texts and descriptors are read.
    fn message(&mut self, proto: &mut DescriptorProto) {
        let length = self.enter(proto.name());
        self.map_entry_by_hand(proto);
        self.fields(&mut proto.field, tag::MESSAGE_FIELD);
        self.fields(&mut proto.extension, tag::MESSAGE_EXTENSION);
        for (index, nested) in proto.nested_type.iter_mut().enumerate() {
            let before = self.mistakes.len();
            self.at(tag::MESSAGE_NESTED, index, |this| this.message(nested));
            if is_map_entry(nested) && self.mistakes.len() > before {
                self.move_to_map(before, &proto.field, nested.name());
            }
        }
        self.scope.truncate(length);
    }

    /// A map says so by its type alone.
    fn map_entry_by_hand(&mut self, proto: &DescriptorProto) {
        let options = proto.options.iter();
        let written = options.flat_map(|options| &options.uninterpreted_option);
        for (index, option) in written.enumerate() {
            if matches!(&*option.name, [part] if part.name_part == "map_entry") {
                let steps = [
                    tag::MESSAGE_OPTIONS,
                    tag::UNINTERPRETED,
                    tag::index(index),
                    tag::UNINTERPRETED_NAME,
                ];
                let path = tag::join(&self.path, &steps);
                let message = "`map_entry` is not set by hand, write `map<…>`".to_owned();
                self.mistakes.push(Mistake { path, message });
            }
        }
    }

    /// The message of a map's entries stands nowhere, so what is wrong in it is told at the map.
    fn move_to_map(&mut self, from: usize, fields: &[FieldDescriptorProto], entry: &str) {
        let of_map = |field: &FieldDescriptorProto| {
            let name = field.type_name().rsplit('.').next();
            name == Some(entry)
        };
        if let Some(index) = fields.iter().position(of_map) {
            let steps = [tag::MESSAGE_FIELD, tag::index(index), tag::FIELD_TYPE_NAME];
            for mistake in self.mistakes.iter_mut().skip(from) {
                mistake.path = tag::join(&self.path, &steps);
            }
        }
    }

    fn service(&mut self, proto: &mut ServiceDescriptorProto) {
        let length = self.enter(proto.name());
        for (index, method) in proto.method.iter_mut().enumerate() {
            self.at(tag::METHOD, index, |this| {
                if let Some(name) = this.message_name(method.input_type(), tag::METHOD_INPUT) {
                    method.input_type = Some(name);
                }
                if let Some(name) = this.message_name(method.output_type(), tag::METHOD_OUTPUT) {
                    method.output_type = Some(name);
                }
            });
        }
        self.scope.truncate(length);
    }

    fn fields(&mut self, fields: &mut [FieldDescriptorProto], number: i32) {
        for (index, field) in fields.iter_mut().enumerate() {
            self.at(number, index, |this| this.field(field));
        }
    }

    fn field(&mut self, field: &mut FieldDescriptorProto) {
        if field.json_name.is_none() {
            field.json_name = Some(json_name(field.name()));
        }
        if field.extendee.is_some() {
            match self.message_name(field.extendee(), tag::FIELD_EXTENDEE) {
                Some(name) => field.extendee = Some(name),
                // What is wrong with the field may follow from this.
                None => return,
            }
        }
        let named = matches!(field.r#type(), Type::Message | Type::Group | Type::Enum);
        if field.r#type.is_some() && named && field.type_name().is_empty() {
            let message = "the type is a message or an enum whose name is missing, add `type_name`";
            return self.report(tag::FIELD_TYPE_NAME, message.to_owned());
        }
        if field.r#type.is_none() && field.type_name.is_none() {
            // A descriptor may leave out the first type, as any value that is the default.
            field.set_type(Type::Double);
        }
        if let Some(name) = &field.type_name
            && let Some(found) = self.find(name, Sought::Types, tag::FIELD_TYPE_NAME)
        {
            self.set_type(field, &found);
        }
    }

    fn set_type(&mut self, field: &mut FieldDescriptorProto, found: &Found) {
        let sort = match found.symbol.kind {
            SymbolKind::Message => Type::Message,
            SymbolKind::Enum => Type::Enum,
            other => {
                let message = format!(
                    "`{}` is {}, not a type",
                    field.type_name(),
                    names::noun(other)
                );
                return self.report(tag::FIELD_TYPE_NAME, message);
            }
        };
        let fits = match field.r#type.map(|_| field.r#type()) {
            None => true,
            Some(Type::Group | Type::Message) => sort == Type::Message,
            Some(written) => written == sort,
        };
        if !fits {
            let noun = names::noun(found.symbol.kind);
            let message = format!(
                "`{}` is {noun}, which the type does not say",
                field.type_name()
            );
            return self.report(tag::FIELD_TYPE_NAME, message);
        }
        if field.r#type.is_none() {
            field.set_type(sort);
        }
        field.type_name = Some(dotted(&found.full_name));
    }

    /// The full name of a message that an RPC or an extension names.
    fn message_name(&mut self, name: &str, number: i32) -> Option<String> {
        let found = self.find(name, Sought::Anything, number)?;
        if found.symbol.kind == SymbolKind::Message {
            return Some(dotted(&found.full_name));
        }
        let message = format!(
            "`{name}` is {}, not a message",
            names::noun(found.symbol.kind)
        );
        self.report(number, message);
        None
    }

    fn find(&mut self, name: &str, sought: Sought, number: i32) -> Option<Found> {
        match names::find(self.pool, self.imports, name, &self.scope, sought) {
            Ok(found) if self.is_exported(&found) => Some(found),
            Ok(found) => {
                let path = self.pool.files().get(found.symbol.file as usize);
                let message = format!(
                    "`{}` is local to `{}`; write `export` in front of it there",
                    found.full_name,
                    path.map(File::path).unwrap_or_default()
                );
                self.report(number, message);
                None
            }
            Err(unknown) => {
                if self.complete {
                    self.report(number, unknown.message(self.pool, name));
                }
                None
            }
        }
    }

    /// Whether a type may be named in this file (edition 2024).
    fn is_exported(&self, found: &Found) -> bool {
        // The file itself is not among the pool's yet.
        let Some(file) = self.pool.files().get(found.symbol.file as usize) else {
            return true;
        };
        let (visibility, path) = match found.symbol.kind {
            SymbolKind::Message => match self.pool.message(&found.full_name) {
                Some(message) => (message.proto.visibility(), message.path),
                None => return true,
            },
            SymbolKind::Enum => match self.pool.enumeration(&found.full_name) {
                Some(found) => (found.proto.visibility(), found.path),
                None => return true,
            },
            _ => return true,
        };
        let default = file.features.default_symbol_visibility;
        default.exports(visibility, path.len() > 2)
    }

    fn report(&mut self, number: i32, message: String) {
        let path = tag::join(&self.path, &[number]);
        self.mistakes.push(Mistake { path, message });
    }

    /// Goes into a scope, and returns how long the name of the one around it is.
    fn enter(&mut self, name: &str) -> usize {
        let length = self.scope.len();
        if length > 0 {
            self.scope.push('.');
        }
        self.scope.push_str(name);
        length
    }

    fn at(&mut self, number: i32, index: usize, resolve: impl FnOnce(&mut Self)) {
        self.path.extend([number, tag::index(index)]);
        resolve(self);
        self.path.truncate(self.path.len().saturating_sub(2));
    }
}

fn dotted(full_name: &str) -> String {
    [".", full_name].concat()
}

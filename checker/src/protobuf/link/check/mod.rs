//! What the language forbids in files whose names have their meanings.
//!
//! Each check says at a descriptor path what is wrong. They look at a file of the pool whose options are
//! interpreted as far as they can be; what could not be resolved was reported and is passed over.

mod declarations;
mod enums;
mod features;
mod fields;
mod files;
mod json_names;
mod maps;
mod numbers;
mod style;
mod support;
mod visibility;

use std::collections::HashMap;
use std::rc::Rc;

use foldhash::fast::RandomState;

use super::super::descriptor::{DescriptorProto, Edition, FieldDescriptorProto, Options, Type};
use super::super::features::{self as of_language, Features, of};
use super::super::pool::{self, File, MessageRef, Pool};
use super::super::tag;
use super::options::Mistake;

pub use files::{MAX_PACKAGE_BYTES, MAX_PACKAGE_PARTS};
pub use numbers::MAX_FIELDS;

/// Everything that is wrong with a file of the pool. Where some of its options are not known, what
/// depends on options is passed over.
pub(super) fn check(pool: &Pool, file: &File, options_known: bool) -> Vec<Mistake> {
    let mut checker = Checker {
        pool,
        file,
        edition: of_language::edition(&file.proto),
        is_lite: files::is_lite(file),
        options_known,
        declared: HashMap::default(),
        mistakes: Vec::new(),
    };
    checker.check();
    checker.mistakes
}

struct Checker<'p> {
    pool: &'p Pool,
    file: &'p File,
    edition: Edition,
    /// Whether the file is made for a small runtime.
    is_lite: bool,
    options_known: bool,
    /// By the name of the message.
    declared: HashMap<&'p str, Rc<declarations::Declared>, RandomState>,
    mistakes: Vec<Mistake>,
}

/// A message with what is around it.
struct Scope<'p> {
    message: &'p DescriptorProto,
    parent: Option<&'p DescriptorProto>,
    full_name: String,
    features: Features,
    is_map_entry: bool,
    is_message_set: bool,
    path: Vec<i32>,
}

/// The place of an element, of which a path is made when there is something to report.
#[derive(Clone, Copy)]
struct At<'a> {
    around: &'a [i32],
    number: i32,
    index: usize,
}

impl At<'_> {
    fn path(self, step: i32) -> Vec<i32> {
        tag::join(self.around, &[self.number, tag::index(self.index), step])
    }
}

/// A field or an extension with what is around it.
#[derive(Clone, Copy)]
struct Field<'p, 'a> {
    proto: &'p FieldDescriptorProto,
    /// `None` where its type is not known, which was reported.
    sort: Option<Type>,
    /// The message that it stands in; an extension may stand in none.
    scope: Option<&'a Scope<'p>>,
    features: Features,
    is_extension: bool,
    at: At<'a>,
}

impl Field<'_, '_> {
    fn option(&self, number: u32) -> Option<u64> {
        self.proto.options.as_ref()?.varint(number)
    }

    fn is_set(&self, number: u32) -> bool {
        self.option(number).is_some_and(|value| value != 0)
    }

    fn is_in_map_entry(&self) -> bool {
        let scope = self.scope.filter(|_| !self.is_extension);
        scope.is_some_and(|scope| scope.is_map_entry)
    }
}

impl<'p> Checker<'p> {
    fn check(&mut self) {
        self.file_as_a_whole();
        let file = self.file;
        for (index, found) in file.proto.enum_type.iter().enumerate() {
            let features = file.features.with(found.options.as_ref(), of::ENUM);
            self.enumeration(found, features, at(&[], tag::FILE_ENUM, index));
        }
        let scopes = scopes(file);
        for scope in &scopes {
            self.message(scope);
        }
        let extensions = file.proto.extension.iter().enumerate();
        for (index, proto) in extensions {
            self.field(&Field {
                proto,
                sort: sort(proto),
                scope: None,
                features: file.features.of_field(proto),
                is_extension: true,
                at: at(&[], tag::FILE_EXTENSION, index),
            });
        }
        self.extension_numbers(&scopes);
        if self.options_known {
            self.style(&scopes);
            self.visibility(&scopes);
        }
    }

    fn message(&mut self, scope: &Scope<'p>) {
        if !self.numbers(scope) {
            return;
        }
        if self.edition == Edition::Proto3 {
            self.proto3_message(scope);
        }
        let name = tag::join(&scope.path, &[tag::NAME]);
        self.known_features(scope.message.options.as_ref(), of::MESSAGE, name);
        self.oneofs(scope);
        if self.options_known {
            self.json_names(scope);
            self.declarations(scope);
        }
        for (index, found) in scope.message.enum_type.iter().enumerate() {
            let features = scope.features.with(found.options.as_ref(), of::ENUM);
            self.enumeration(found, features, at(&scope.path, tag::MESSAGE_ENUM, index));
        }
        let lists = [
            (&scope.message.field, tag::MESSAGE_FIELD),
            (&scope.message.extension, tag::MESSAGE_EXTENSION),
        ];
        for (fields, number) in lists {
            for (index, proto) in fields.iter().enumerate() {
                self.field(&Field {
                    proto,
                    sort: sort(proto),
                    scope: Some(scope),
                    features: scope.features.of_field(proto),
                    is_extension: number == tag::MESSAGE_EXTENSION,
                    at: at(&scope.path, number, index),
                });
            }
        }
    }

    fn proto3_message(&mut self, scope: &Scope) {
        if !scope.message.extension_range.is_empty() {
            let message = "proto3 has no extension ranges, use `google.protobuf.Any` or proto2";
            self.report(at(&scope.path, tag::MESSAGE_RANGES, 0).around(), message);
        }
        if scope.is_message_set {
            let message = "proto3 has no message sets, use `google.protobuf.Any` or proto2";
            self.report(tag::join(&scope.path, &[tag::NAME]), message);
        }
    }

    fn report(&mut self, path: Vec<i32>, message: impl Into<String>) {
        let message = message.into();
        self.mistakes.push(Mistake { path, message });
    }

    /// The message type of a field, or the one that it extends.
    fn message_named(&self, name: &str) -> Option<MessageRef<'p>> {
        self.pool.message(name.strip_prefix('.')?)
    }
}

const fn at(around: &[i32], number: i32, index: usize) -> At<'_> {
    At {
        around,
        number,
        index,
    }
}

/// All messages of a file, those around others first.
fn scopes(file: &File) -> Vec<Scope<'_>> {
    let top = file.proto.message_type.iter().enumerate();
    let mut scopes: Vec<Scope<'_>> = top
        .map(|(index, message)| Scope {
            message,
            parent: None,
            full_name: pool::join(file.proto.package(), message.name()),
            features: file.features.with(message.options.as_ref(), of::MESSAGE),
            is_map_entry: pool::is_map_entry(message),
            is_message_set: pool::is_message_set(message),
            path: vec![tag::FILE_MESSAGE, tag::index(index)],
        })
        .collect();
    let mut next = 0;
    while let Some(scope) = scopes.get(next) {
        let nested = scope.message.nested_type.iter().enumerate();
        let nested: Vec<Scope<'_>> = nested
            .map(|(index, message)| Scope {
                message,
                parent: Some(scope.message),
                full_name: pool::join(&scope.full_name, message.name()),
                features: scope.features.with(message.options.as_ref(), of::MESSAGE),
                is_map_entry: pool::is_map_entry(message),
                is_message_set: pool::is_message_set(message),
                path: tag::join(&scope.path, &[tag::MESSAGE_NESTED, tag::index(index)]),
            })
            .collect();
        scopes.extend(nested);
        next += 1;
    }
    scopes
}

fn sort(field: &FieldDescriptorProto) -> Option<Type> {
    let sort = field.r#type?;
    let named = matches!(
        Type::try_from(sort),
        Ok(Type::Message | Type::Enum | Type::Group)
    );
    let linked = field.type_name().starts_with('.');
    Type::try_from(sort).ok().filter(|_| !named || linked)
}

fn is_set(options: Option<&Options>, number: u32) -> bool {
    options.is_some_and(|options| options.is_set(number))
}

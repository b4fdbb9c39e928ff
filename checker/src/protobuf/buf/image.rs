//! A pool as buf sees it: every element by full name and by its name within the package, with its
//! place. Messages that maps bring along are messages like any other.

use std::collections::BTreeMap;

use super::spots::Spots;
use crate::protobuf::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, Label, MethodDescriptorProto, Type,
};
use crate::protobuf::pool::{self, EnumRef, FieldRef, MessageRef, Pool, ServiceRef};
use crate::protobuf::tag;

/// The files of one side.
pub(super) struct Image<'p> {
    /// By import path.
    pub files: BTreeMap<&'p str, File<'p>>,
    /// By full name, as are the others.
    pub messages: BTreeMap<&'p str, Message<'p>>,
    pub enums: BTreeMap<&'p str, Enum<'p>>,
    pub services: BTreeMap<&'p str, Service<'p>>,
}

/// A file.
pub(super) struct File<'p> {
    pub linked: &'p pool::File,
    /// Whether it is there because others import it.
    pub import: bool,
    /// What it declares, by name within the package.
    pub messages: BTreeMap<&'p str, Message<'p>>,
    pub enums: BTreeMap<&'p str, Enum<'p>>,
    pub services: BTreeMap<&'p str, Service<'p>>,
    pub extensions: BTreeMap<&'p str, Field<'p>>,
    spots: Spots<'p>,
}

/// Where something stands: an element's descriptor path in a file.
#[derive(Clone, Debug)]
pub(super) struct Place<'p> {
    pub file: &'p str,
    pub range: std::ops::Range<usize>,
}

/// A message type.
#[derive(Clone, Copy)]
pub(super) struct Message<'p> {
    pub view: MessageRef<'p>,
}

/// An enum type.
#[derive(Clone, Copy)]
pub(super) struct Enum<'p> {
    pub view: EnumRef<'p>,
}

/// A service.
#[derive(Clone, Copy)]
pub(super) struct Service<'p> {
    pub view: ServiceRef<'p>,
}

/// A field or an extension.
#[derive(Clone)]
pub(super) struct Field<'p> {
    pub view: FieldRef<'p>,
    pub path: Vec<i32>,
    /// The message that declares it, unless it is an extension.
    pub message: Option<Message<'p>>,
}

/// An RPC.
#[derive(Clone, Copy)]
pub(super) struct Method<'p> {
    pub service: Service<'p>,
    pub proto: &'p MethodDescriptorProto,
    index: usize,
}

impl<'p> Image<'p> {
    /// All files of a pool; `is_import` says which of them are there for others only.
    pub(super) fn new(pool: &'p Pool, is_import: &dyn Fn(&str) -> bool) -> Self {
        let mut image = Self {
            files: BTreeMap::new(),
            messages: BTreeMap::new(),
            enums: BTreeMap::new(),
            services: BTreeMap::new(),
        };
        for file in pool.files() {
            let file = File::new(pool, file, is_import(file.path()));
            let messages = file.messages.values();
            image
                .messages
                .extend(messages.map(|found| (found.view.name, *found)));
            let enums = file.enums.values();
            image
                .enums
                .extend(enums.map(|found| (found.view.name, *found)));
            let services = file.services.values();
            image
                .services
                .extend(services.map(|found| (found.view.name, *found)));
            image.files.insert(file.path(), file);
        }
        image
    }

    /// Where the element at a descriptor path stands.
    pub(super) fn place(&self, file: &'p pool::File, path: &[i32]) -> Option<Place<'p>> {
        self.files.get(file.path())?.place(path)
    }

    /// Where an option of an element stands, see [`File::option_place`].
    pub(super) fn option_place(
        &self,
        file: &'p pool::File,
        options: &[i32],
        names: &[&str],
    ) -> Option<Place<'p>> {
        self.files.get(file.path())?.option_place(options, names)
    }

    /// Where a message stands; that of a map stands where the map's type does.
    pub(super) fn message_place(&self, message: &Message<'p>) -> Option<Place<'p>> {
        let own = self.place(message.view.file, message.view.path);
        own.or_else(|| self.map_place(message))
    }

    fn map_place(&self, entry: &Message<'p>) -> Option<Place<'p>> {
        if !entry.view.is_map_entry() {
            return None;
        }
        let (around, _) = entry.view.name.rsplit_once('.')?;
        let around = self.messages.get(around)?;
        let is_map = |field: &FieldDescriptorProto| {
            field.r#type() == Type::Message
                && field.label() == Label::Repeated
                && field.type_name().trim_start_matches('.') == entry.view.name
        };
        let index = around.view.proto.field.iter().position(is_map)?;
        let field = [tag::MESSAGE_FIELD, tag::index(index), tag::FIELD_TYPE_NAME];
        self.place(entry.view.file, &tag::join(around.view.path, &field))
    }

    /// Where a field, or a part of its declaration, stands.
    pub(super) fn field_place(&self, field: &Field<'p>, part: &[i32]) -> Option<Place<'p>> {
        // The type of a group is the word itself.
        let is_group = field.view.proto.r#type() == Type::Group;
        let part = match part {
            [tag::FIELD_TYPE_NAME] if is_group => &[tag::FIELD_TYPE][..],
            part => part,
        };
        let own = self.place(field.view.file, &tag::join(&field.path, part));
        own.or_else(|| self.map_place(field.message.as_ref()?))
    }

    /// Where the default or the JSON name of a field stands, else the field.
    pub(super) fn named_value(&self, field: &Field<'p>, part: i32) -> Option<Place<'p>> {
        let file = self.files.get(field.view.file.path());
        let value = file.and_then(|file| file.named_value(&field.path, part));
        value.or_else(|| self.field_place(field, &[]))
    }

    /// Where an enum stands.
    pub(super) fn enum_place(&self, found: &Enum<'p>) -> Option<Place<'p>> {
        self.place(found.view.file, found.view.path)
    }
}

impl<'p> File<'p> {
    fn new(pool: &'p Pool, file: &'p pool::File, import: bool) -> Self {
        let mut found = Self {
            linked: file,
            import,
            messages: BTreeMap::new(),
            enums: BTreeMap::new(),
            services: BTreeMap::new(),
            extensions: BTreeMap::new(),
            spots: Spots::new(&file.places),
        };
        found.declare(pool);
        found
    }

    fn declare(&mut self, pool: &'p Pool) {
        let proto = &self.linked.proto;
        let package = proto.package();
        let mut open: Vec<(String, &DescriptorProto, Vec<i32>)> = Vec::new();
        for (index, message) in proto.message_type.iter().enumerate() {
            let path = vec![tag::FILE_MESSAGE, tag::index(index)];
            open.push((pool::join(package, message.name()), message, path));
        }
        while let Some((name, proto, path)) = open.pop() {
            for (index, nested) in proto.nested_type.iter().enumerate() {
                let path = tag::join(&path, &[tag::MESSAGE_NESTED, tag::index(index)]);
                open.push((pool::join(&name, nested.name()), nested, path));
            }
            self.declare_enums(pool, &name, &proto.enum_type);
            let path = tag::join(&path, &[tag::MESSAGE_EXTENSION]);
            self.declare_extensions(pool, &name, &proto.extension, &path);
            if let Some(view) = pool.message(&name) {
                let nested = within(package, view.name);
                self.messages.insert(nested, Message { view });
            }
        }
        self.declare_enums(pool, package, &proto.enum_type);
        self.declare_extensions(pool, package, &proto.extension, &[tag::FILE_EXTENSION]);
        for found in &proto.service {
            if let Some(view) = pool.service(&pool::join(package, found.name())) {
                self.services.insert(found.name(), Service { view });
            }
        }
    }

    fn declare_enums(&mut self, pool: &'p Pool, scope: &str, all: &[EnumDescriptorProto]) {
        for found in all {
            if let Some(view) = pool.enumeration(&pool::join(scope, found.name())) {
                let nested = within(self.linked.proto.package(), view.name);
                self.enums.insert(nested, Enum { view });
            }
        }
    }

    fn declare_extensions(
        &mut self,
        pool: &'p Pool,
        scope: &str,
        all: &[FieldDescriptorProto],
        path: &[i32],
    ) {
        for (index, found) in all.iter().enumerate() {
            let Some(view) = pool.extension_named(&pool::join(scope, found.name())) else {
                continue;
            };
            let extension = Field {
                view,
                path: tag::join(path, &[tag::index(index)]),
                message: None,
            };
            let name = view.extension.unwrap_or_default();
            let nested = within(self.linked.proto.package(), name);
            self.extensions.insert(nested, extension);
        }
    }

    pub(super) fn path(&self) -> &'p str {
        self.linked.path()
    }

    /// Where the element at a descriptor path stands.
    pub(super) fn place(&self, path: &[i32]) -> Option<Place<'p>> {
        self.spots.get(path).map(|range| self.at(range))
    }

    /// Where an option stands that is called so, or the smallest message around it that is written.
    /// `options` is the path of the `…Options`.
    pub(super) fn option_place(&self, options: &[i32], names: &[&str]) -> Option<Place<'p>> {
        self.spots
            .option(options, names)
            .map(|range| self.at(range))
    }

    /// Where the default or the JSON name of the field at a path stands.
    pub(super) fn named_value(&self, field: &[i32], part: i32) -> Option<Place<'p>> {
        self.spots
            .named_value(field, part)
            .map(|range| self.at(range))
    }

    fn at(&self, range: std::ops::Range<usize>) -> Place<'p> {
        Place {
            file: self.path(),
            range,
        }
    }
}

impl<'p> Message<'p> {
    /// The fields with their paths.
    pub(super) fn fields(self) -> impl Iterator<Item = Field<'p>> {
        let field = move |(index, view)| Field {
            view,
            path: tag::join(self.view.path, &[tag::MESSAGE_FIELD, tag::index(index)]),
            message: Some(self),
        };
        self.view.fields().enumerate().map(field)
    }

    pub(super) fn by_number(self) -> BTreeMap<i32, Field<'p>> {
        self.fields()
            .map(|field| (field.view.proto.number(), field))
            .collect()
    }
}

impl Field<'_> {
    /// How messages name it.
    pub(super) fn describe(&self) -> String {
        let name = self
            .view
            .extension
            .unwrap_or_else(|| self.view.proto.name());
        self.describe_with(&format!(" with name {name:?}"))
    }

    /// The same with something else in place of the name.
    pub(super) fn describe_with(&self, name: &str) -> String {
        let (kind, message) = match self.view.parent {
            Some(message) => ("Field", message.name()),
            None => (
                "Extension",
                self.view.proto.extendee().trim_start_matches('.'),
            ),
        };
        let number = self.view.proto.number();
        format!("{kind} \"{number}\"{name} on message {message:?}")
    }

    /// Whether it stands in the message that a map brings along.
    pub(super) fn is_in_map_entry(&self) -> bool {
        self.message
            .is_some_and(|message| message.view.is_map_entry())
    }
}

impl Method<'_> {
    /// The descriptor path of a part of it.
    pub(super) fn path(self, part: &[i32]) -> Vec<i32> {
        let own = [tag::METHOD, tag::index(self.index)];
        [self.service.view.path, &own, part].concat()
    }
}

impl<'p> Service<'p> {
    /// The RPCs by name.
    pub(super) fn methods(self) -> BTreeMap<&'p str, Method<'p>> {
        let methods = self.view.proto.method.iter().enumerate();
        methods
            .map(|(index, method)| {
                let found = Method {
                    service: self,
                    proto: method,
                    index,
                };
                (method.name(), found)
            })
            .collect()
    }
}

/// A name without the package in front.
fn within<'n>(package: &str, name: &'n str) -> &'n str {
    let inside = name.strip_prefix(package).unwrap_or(name);
    inside.strip_prefix('.').unwrap_or(inside)
}

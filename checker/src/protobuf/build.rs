//! Fills the [`Model`] from linked descriptors.

use std::collections::BTreeSet;

use prost_reflect::{DescriptorPool, DynamicMessage, Kind as ReflectKind, Value};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    ServiceDescriptorProto,
};

use super::model::{
    Cardinality, CustomOptions, Enum, EnumValue, Field, File, FileId, Kind, Members, Message,
    Method, Model, Oneof, Reserved, Scalar, Service,
};
use super::parse::{Linked, Loaded, is_well_known};
use super::tag;

/// Builds the model of linked files. `compared` says whose changes are reported.
pub(crate) fn model(linked: &Linked, compared: &dyn Fn(&str) -> bool) -> Model {
    let mut model = Model::default();
    for descriptor in linked.pool.files() {
        let Some(loaded) = linked.files.get(descriptor.name()) else {
            continue;
        };
        let id = model.files.len();
        let proto = descriptor.file_descriptor_proto();
        let path = descriptor.name().to_owned();
        model.files.push(File {
            compared: compared(&path) && !is_well_known(&path),
            path,
            package: proto.package().to_owned(),
            source: loaded.source.clone(),
            package_span: loaded.places.get(&[tag::PACKAGE]),
            options: custom(proto.options.is_some(), || descriptor.options()),
        });
        Builder {
            model: &mut model,
            pool: &linked.pool,
            loaded,
            file: id,
            proto2: proto.syntax() != "proto3",
        }
        .file(proto);
    }
    model
}

struct Builder<'a> {
    model: &'a mut Model,
    pool: &'a DescriptorPool,
    loaded: &'a Loaded,
    file: FileId,
    proto2: bool,
}

impl Builder<'_> {
    fn file(&mut self, proto: &FileDescriptorProto) {
        let package = proto.package();
        for (index, message) in proto.message_type.iter().enumerate() {
            self.message(message, package, &[tag::FILE_MESSAGE, tag::index(index)]);
        }
        for (index, enumeration) in proto.enum_type.iter().enumerate() {
            self.enumeration(enumeration, package, &[tag::FILE_ENUM, tag::index(index)]);
        }
        for (index, service) in proto.service.iter().enumerate() {
            self.service(service, package, &[tag::FILE_SERVICE, tag::index(index)]);
        }
        self.extensions(&proto.extension, package, &[tag::FILE_EXTENSION]);
    }

    /// Recursion is bounded: the parser nests messages to 32, the descriptor decoder to 100.
    fn message(&mut self, proto: &DescriptorProto, scope: &str, path: &[i32]) {
        let name = join(scope, proto.name());
        let options = proto.options.as_ref();
        let (oneofs, oneof_index) = Self::oneofs(proto);
        let fields = proto.field.iter().enumerate().map(|(index, field)| {
            let path = tag::join(path, &[tag::MESSAGE_FIELD, tag::index(index)]);
            let oneof = field.oneof_index.and_then(|index| {
                let index = usize::try_from(index).ok()?;
                oneof_index.get(index).copied().flatten()
            });
            self.field(field, &name, oneof, &path)
        });
        let message = Message {
            fields: Members::new(fields.collect()),
            file: self.file,
            name_span: self.loaded.places.get(&tag::join(path, &[tag::NAME])),
            oneofs,
            reserved: Reserved::new(
                // The end of a range of a message is excluded, that of an enum included.
                proto
                    .reserved_range
                    .iter()
                    .map(|range| (range.start(), range.end().saturating_sub(1)))
                    .collect(),
                &proto.reserved_name,
            ),
            map_entry: options.is_some_and(prost_types::MessageOptions::map_entry),
            set_format: options.is_some_and(prost_types::MessageOptions::message_set_wire_format),
            options: self.message_options(proto, &name),
            name: name.clone(),
        };
        self.model.messages.insert(name.clone(), message);
        for (index, nested) in proto.nested_type.iter().enumerate() {
            let path = tag::join(path, &[tag::MESSAGE_NESTED, tag::index(index)]);
            self.message(nested, &name, &path);
        }
        for (index, nested) in proto.enum_type.iter().enumerate() {
            let path = tag::join(path, &[tag::MESSAGE_ENUM, tag::index(index)]);
            self.enumeration(nested, &name, &path);
        }
        self.extensions(
            &proto.extension,
            &name,
            &tag::join(path, &[tag::MESSAGE_EXTENSION]),
        );
    }

    fn message_options(&self, proto: &DescriptorProto, name: &str) -> CustomOptions {
        custom(proto.options.is_some(), || {
            self.pool
                .get_message_by_name(name)
                .map(|message| message.options())
        })
    }

    /// The written oneofs, and for each index of the descriptor which of them it is.
    fn oneofs(proto: &DescriptorProto) -> (Vec<Oneof>, Vec<Option<usize>>) {
        let mut oneofs = Vec::new();
        let mut indexes = Vec::new();
        let optional = proto.field.iter().filter(|field| field.proto3_optional());
        let synthetic: BTreeSet<i32> = optional.filter_map(|field| field.oneof_index).collect();
        for (index, oneof) in proto.oneof_decl.iter().enumerate() {
            let synthetic = synthetic.contains(&tag::index(index));
            indexes.push((!synthetic).then_some(oneofs.len()));
            if !synthetic {
                oneofs.push(Oneof {
                    name: oneof.name().to_owned(),
                });
            }
        }
        (oneofs, indexes)
    }

    fn field(
        &self,
        proto: &FieldDescriptorProto,
        message: &str,
        oneof: Option<usize>,
        path: &[i32],
    ) -> Field {
        let places = &self.loaded.places;
        let type_span = places
            .get(&tag::join(path, &[tag::FIELD_TYPE_NAME]))
            .or_else(|| places.get(&tag::join(path, &[tag::FIELD_TYPE])));
        Field {
            name: proto.name().to_owned(),
            number: proto.number(),
            json_name: proto.json_name().to_owned(),
            cardinality: match proto.label() {
                Label::Optional => Cardinality::Optional,
                Label::Required => Cardinality::Required,
                Label::Repeated => Cardinality::Repeated,
            },
            kind: self.kind(proto),
            oneof,
            default: proto.default_value.clone(),
            span: places.get(path),
            name_span: places.get(&tag::join(path, &[tag::NAME])),
            type_span,
            options: custom(proto.options.is_some(), || {
                let message = self.pool.get_message_by_name(message)?;
                let field = message.get_field(u32::try_from(proto.number()).ok()?)?;
                Some(field.options())
            }),
        }
    }

    fn kind(&self, proto: &FieldDescriptorProto) -> Kind {
        let name = proto.type_name().trim_start_matches('.').to_owned();
        let scalar = match proto.r#type() {
            Type::Enum => return Kind::Enum(name),
            Type::Group => return Kind::Group(name),
            Type::Message => return self.map(&name).unwrap_or(Kind::Message(name)),
            Type::Double => Scalar::Double,
            Type::Float => Scalar::Float,
            Type::Int32 => Scalar::Int32,
            Type::Int64 => Scalar::Int64,
            Type::Uint32 => Scalar::Uint32,
            Type::Uint64 => Scalar::Uint64,
            Type::Sint32 => Scalar::Sint32,
            Type::Sint64 => Scalar::Sint64,
            Type::Fixed32 => Scalar::Fixed32,
            Type::Fixed64 => Scalar::Fixed64,
            Type::Sfixed32 => Scalar::Sfixed32,
            Type::Sfixed64 => Scalar::Sfixed64,
            Type::Bool => Scalar::Bool,
            Type::String => Scalar::String,
            Type::Bytes => Scalar::Bytes,
        };
        Kind::Scalar(scalar)
    }

    /// The type of a map field, whose message is a synthetic entry.
    fn map(&self, name: &str) -> Option<Kind> {
        let entry = self.pool.get_message_by_name(name)?;
        if !entry.is_map_entry() {
            return None;
        }
        let key = reflected(&entry.map_entry_key_field().kind());
        let Kind::Scalar(key) = key else { return None };
        Some(Kind::Map {
            key,
            value: Box::new(reflected(&entry.map_entry_value_field().kind())),
            entry: name.to_owned(),
        })
    }

    fn extensions(&mut self, fields: &[FieldDescriptorProto], scope: &str, path: &[i32]) {
        for (index, proto) in fields.iter().enumerate() {
            let path = tag::join(path, &[tag::index(index)]);
            let extendee = proto.extendee().trim_start_matches('.').to_owned();
            let mut field = self.field(proto, &extendee, None, &path);
            field.name = join(scope, proto.name());
            field.json_name = format!("[{}]", field.name);
            field.options = CustomOptions::new();
            self.model
                .extensions
                .insert((extendee, field.number), field);
        }
    }

    fn enumeration(&mut self, proto: &EnumDescriptorProto, scope: &str, path: &[i32]) {
        let name = join(scope, proto.name());
        let descriptor = || self.pool.get_enum_by_name(&name);
        let values = proto
            .value
            .iter()
            .enumerate()
            .map(|(index, value)| EnumValue {
                name: value.name().to_owned(),
                number: value.number(),
                span: self
                    .loaded
                    .places
                    .get(&tag::join(path, &[tag::ENUM_VALUE, tag::index(index)])),
                options: custom(value.options.is_some(), || {
                    let value = descriptor()?.get_value_by_name(value.name())?;
                    Some(value.options())
                }),
            });
        let enumeration = Enum {
            values: Members::new(values.collect()),
            file: self.file,
            closed: self.proto2,
            name_span: self.loaded.places.get(&tag::join(path, &[tag::NAME])),
            reserved: Reserved::new(
                proto
                    .reserved_range
                    .iter()
                    .map(|range| (range.start(), range.end()))
                    .collect(),
                &proto.reserved_name,
            ),
            options: custom(proto.options.is_some(), || {
                descriptor().map(|found| found.options())
            }),
            name: name.clone(),
        };
        self.model.enums.insert(name, enumeration);
    }

    fn service(&mut self, proto: &ServiceDescriptorProto, scope: &str, path: &[i32]) {
        let name = join(scope, proto.name());
        let places = &self.loaded.places;
        let descriptor = || self.pool.get_service_by_name(&name);
        let methods = proto.method.iter().enumerate().map(|(index, method)| {
            let path = tag::join(path, &[tag::METHOD, tag::index(index)]);
            Method {
                name: method.name().to_owned(),
                input: method.input_type().trim_start_matches('.').to_owned(),
                output: method.output_type().trim_start_matches('.').to_owned(),
                client_streaming: method.client_streaming(),
                server_streaming: method.server_streaming(),
                span: places.get(&path),
                name_span: places.get(&tag::join(&path, &[tag::NAME])),
                input_span: places.get(&tag::join(&path, &[tag::METHOD_INPUT])),
                output_span: places.get(&tag::join(&path, &[tag::METHOD_OUTPUT])),
                options: custom(method.options.is_some(), || {
                    let method = descriptor()?.methods().nth(index)?;
                    Some(method.options())
                }),
            }
        });
        let service = Service {
            methods: Members::new(methods.collect()),
            file: self.file,
            name_span: places.get(&tag::join(path, &[tag::NAME])),
            options: custom(proto.options.is_some(), || {
                descriptor().map(|found| found.options())
            }),
            name: name.clone(),
        };
        self.model.services.insert(name, service);
    }
}

/// A map's key and value types, as reflection knows them.
fn reflected(kind: &ReflectKind) -> Kind {
    let scalar = match kind {
        ReflectKind::Message(message) => return Kind::Message(message.full_name().to_owned()),
        ReflectKind::Enum(enumeration) => return Kind::Enum(enumeration.full_name().to_owned()),
        ReflectKind::Double => Scalar::Double,
        ReflectKind::Float => Scalar::Float,
        ReflectKind::Int32 => Scalar::Int32,
        ReflectKind::Int64 => Scalar::Int64,
        ReflectKind::Uint32 => Scalar::Uint32,
        ReflectKind::Uint64 => Scalar::Uint64,
        ReflectKind::Sint32 => Scalar::Sint32,
        ReflectKind::Sint64 => Scalar::Sint64,
        ReflectKind::Fixed32 => Scalar::Fixed32,
        ReflectKind::Fixed64 => Scalar::Fixed64,
        ReflectKind::Sfixed32 => Scalar::Sfixed32,
        ReflectKind::Sfixed64 => Scalar::Sfixed64,
        ReflectKind::Bool => Scalar::Bool,
        ReflectKind::String => Scalar::String,
        ReflectKind::Bytes => Scalar::Bytes,
    };
    Kind::Scalar(scalar)
}

/// The custom options among the options of an element; looking is spared where it has none.
fn custom<T: Into<Option<DynamicMessage>>>(
    any: bool,
    options: impl FnOnce() -> T,
) -> CustomOptions {
    let options = if any { options().into() } else { None };
    let Some(options) = options else {
        return CustomOptions::new();
    };
    let mut custom: CustomOptions = options
        .extensions()
        .map(|(extension, value)| (extension.full_name().to_owned(), text(value)))
        .collect();
    for field in options.unknown_fields() {
        let mut bytes = Vec::new();
        field.encode(&mut bytes);
        custom.insert(field.number().to_string(), format!("{bytes:02x?}"));
    }
    custom
}

/// A value as text that is equal for equal values; entries of maps come in no order.
fn text(value: &Value) -> String {
    match value {
        Value::Map(entries) => {
            let mut entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.clone()), text(value)))
                .collect();
            entries.sort_unstable();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Message(message) => {
            let fields = message
                .fields()
                .map(|(field, value)| (field.name().to_owned(), text(value)));
            let extensions = message
                .extensions()
                .map(|(extension, value)| (format!("[{}]", extension.full_name()), text(value)));
            let mut members: Vec<String> = fields
                .chain(extensions)
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            members.sort_unstable();
            format!("{{{}}}", members.join(", "))
        }
        Value::List(values) => {
            let values: Vec<String> = values.iter().map(text).collect();
            format!("[{}]", values.join(", "))
        }
        value => value.to_string(),
    }
}

fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() {
        name.to_owned()
    } else {
        format!("{scope}.{name}")
    }
}

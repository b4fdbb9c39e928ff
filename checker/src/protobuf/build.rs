//! Fills the [`Model`] from the linked files.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{DescriptorPool, DynamicMessage, Kind as ReflectKind, Value};

use super::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    ServiceDescriptorProto,
};
use super::features::{self, EnumType, JsonFormat, Utf8Validation};
use super::link::{Linked, is_well_known};
use super::model::{
    Cardinality, Enum, EnumValue, Extension, Field, File, FileId, Kind, Members, Message, Method,
    Model, Oneof, Reserved, Service,
};
use super::pool::{self, FieldRef, MessageRef, Pool, TypeRef, join};
use super::settings::{Setting, Settings};
use super::tag;

/// `MessageOptions.message_set_wire_format` and `MessageOptions.map_entry`.
const MESSAGE_SET_WIRE_FORMAT: u32 = 1;
const MAP_ENTRY: u32 = 7;

/// Builds the model of linked files. `compared` says whose changes are reported.
pub(crate) fn model(linked: &Linked, compared: &dyn Fn(&str) -> bool) -> Model {
    let mut model = Model::default();
    for found in linked.pool.files() {
        // The built-in files that nobody gave a text of.
        if found.bundled {
            continue;
        }
        let id = model.files.len();
        let proto = &found.proto;
        let path = found.path().to_owned();
        model.files.push(File {
            compared: compared(&path) && !is_well_known(&path),
            path,
            package: proto.package().to_owned(),
            edition: features::edition(proto),
            source: found.source.clone(),
            package_span: found.places.get(&[tag::PACKAGE]),
            options: settings(proto.options.is_some(), || {
                let file = linked.reflected().get_file_by_name(found.path());
                file.map(|file| file.options())
            }),
        });
        Builder {
            model: &mut model,
            pool: &linked.pool,
            reflected: linked.reflected(),
            found,
            file: id,
        }
        .file(proto);
    }
    model
}

struct Builder<'a> {
    model: &'a mut Model,
    pool: &'a Pool,
    reflected: &'a DescriptorPool,
    found: &'a pool::File,
    file: FileId,
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
        let is_set = |number| {
            let options = proto.options.as_ref();
            options.is_some_and(|options| options.is_set(number))
        };
        let (oneofs, oneof_index) = Self::oneofs(proto);
        let linked = self.pool.message(&name);
        let fields = linked.into_iter().flat_map(MessageRef::fields).enumerate();
        let fields = fields.map(|(index, field)| {
            let path = tag::join(path, &[tag::MESSAGE_FIELD, tag::index(index)]);
            let oneof = field.proto.oneof_index.and_then(|index| {
                let index = usize::try_from(index).ok()?;
                oneof_index.get(index).copied().flatten()
            });
            self.field(field, &name, oneof, &path)
        });
        let message = Message {
            fields: Members::new(fields.collect()),
            file: self.file,
            name_span: self.found.places.get(&tag::join(path, &[tag::NAME])),
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
            extendable: Reserved::new(
                proto
                    .extension_range
                    .iter()
                    .map(|range| (range.start(), range.end().saturating_sub(1)))
                    .collect(),
                &[],
            ),
            json: linked.is_none_or(|linked| linked.features.json_format == JsonFormat::Allow),
            map_entry: is_set(MAP_ENTRY),
            set_format: is_set(MESSAGE_SET_WIRE_FORMAT),
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

    fn message_options(&self, proto: &DescriptorProto, name: &str) -> Settings {
        settings(proto.options.is_some(), || {
            self.reflected
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

    fn field(&self, field: FieldRef, message: &str, oneof: Option<usize>, path: &[i32]) -> Field {
        let proto = field.proto;
        let places = &self.found.places;
        let type_span = places
            .get(&tag::join(path, &[tag::FIELD_TYPE_NAME]))
            .or_else(|| places.get(&tag::join(path, &[tag::FIELD_TYPE])));
        Field {
            name: proto.name().to_owned(),
            number: proto.number(),
            json_name: proto.json_name().to_owned(),
            cardinality: if field.is_required() {
                Cardinality::Required
            } else if field.is_repeated() {
                Cardinality::Repeated
            } else {
                Cardinality::Optional
            },
            kind: kind(field),
            presence: field.has_presence(),
            utf8: field.features.utf8_validation == Utf8Validation::Verify,
            oneof,
            default: proto.default_value.clone(),
            span: places.get(path),
            name_span: places.get(&tag::join(path, &[tag::NAME])),
            type_span,
            options: settings(proto.options.is_some(), || {
                let message = self.reflected.get_message_by_name(message)?;
                let field = message.get_field(u32::try_from(proto.number()).ok()?)?;
                Some(field.options())
            }),
        }
    }

    fn extensions(&mut self, fields: &[FieldDescriptorProto], scope: &str, path: &[i32]) {
        for (index, proto) in fields.iter().enumerate() {
            let path = tag::join(path, &[tag::index(index)]);
            let name = join(scope, proto.name());
            let Some(linked) = self.pool.extension_named(&name) else {
                continue;
            };
            let extendee = proto.extendee().trim_start_matches('.').to_owned();
            let mut field = self.field(linked, &extendee, None, &path);
            field.name = name;
            field.json_name = format!("[{}]", field.name);
            field.options = Settings::default();
            let file = self.file;
            self.model
                .extensions
                .insert((extendee, field.number), Extension { field, file });
        }
    }

    fn enumeration(&mut self, proto: &EnumDescriptorProto, scope: &str, path: &[i32]) {
        let name = join(scope, proto.name());
        let linked = self.pool.enumeration(&name);
        let closed = linked.is_some_and(|found| found.features.enum_type == EnumType::Closed);
        let descriptor = || self.reflected.get_enum_by_name(&name);
        let values = proto
            .value
            .iter()
            .enumerate()
            .map(|(index, value)| EnumValue {
                name: value.name().to_owned(),
                number: value.number(),
                span: self
                    .found
                    .places
                    .get(&tag::join(path, &[tag::ENUM_VALUE, tag::index(index)])),
                options: settings(value.options.is_some(), || {
                    let value = descriptor()?.get_value_by_name(value.name())?;
                    Some(value.options())
                }),
            });
        let enumeration = Enum {
            values: Members::new(values.collect()),
            file: self.file,
            closed,
            json: linked.is_none_or(|linked| linked.features.json_format == JsonFormat::Allow),
            name_span: self.found.places.get(&tag::join(path, &[tag::NAME])),
            reserved: Reserved::new(
                proto
                    .reserved_range
                    .iter()
                    .map(|range| (range.start(), range.end()))
                    .collect(),
                &proto.reserved_name,
            ),
            options: settings(proto.options.is_some(), || {
                descriptor().map(|found| found.options())
            }),
            name: name.clone(),
        };
        self.model.enums.insert(name, enumeration);
    }

    fn service(&mut self, proto: &ServiceDescriptorProto, scope: &str, path: &[i32]) {
        let name = join(scope, proto.name());
        let places = &self.found.places;
        let descriptor = || self.reflected.get_service_by_name(&name);
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
                options: settings(method.options.is_some(), || {
                    let method = descriptor()?.methods().nth(index)?;
                    Some(method.options())
                }),
            }
        });
        let service = Service {
            methods: Members::new(methods.collect()),
            file: self.file,
            name_span: places.get(&tag::join(path, &[tag::NAME])),
            options: settings(proto.options.is_some(), || {
                descriptor().map(|found| found.options())
            }),
            name: name.clone(),
        };
        self.model.services.insert(name, service);
    }
}

/// The type of a field's values; a map's is read from its entry type.
fn kind(field: FieldRef) -> Kind {
    if let Some(entry) = field.map_entry() {
        let part = |number| entry.field(number).map(single);
        if let (Some(Kind::Scalar(key)), Some(value)) = (part(1), part(2)) {
            return Kind::Map {
                key,
                value: Box::new(value),
                entry: entry.name.to_owned(),
            };
        }
    }
    single(field)
}

/// The type of one value.
fn single(field: FieldRef) -> Kind {
    match field.kind() {
        Some(TypeRef::Scalar(scalar)) => Kind::Scalar(scalar),
        Some(TypeRef::Enum(found)) => Kind::Enum(found.name.to_owned()),
        Some(TypeRef::Group(found)) => Kind::Group(found.name.to_owned()),
        Some(TypeRef::Message(found)) => Kind::Message(found.name.to_owned()),
        // Nothing is linked without its types.
        None => Kind::Message(field.proto.type_name().trim_start_matches('.').to_owned()),
    }
}

/// The options of an element; looking is spared where it has none.
fn settings<T: Into<Option<DynamicMessage>>>(any: bool, options: impl FnOnce() -> T) -> Settings {
    let options = if any { options().into() } else { None };
    let Some(options) = options else {
        return Settings::default();
    };
    let mut settings = BTreeMap::new();
    for (field, value) in options.fields() {
        settings.insert(field.name().to_owned(), setting(value, &field.kind()));
    }
    for (extension, value) in options.extensions() {
        let name = format!("({})", extension.full_name());
        settings.insert(name, setting(value, &extension.kind()));
    }
    for field in options.unknown_fields() {
        let mut bytes = Vec::new();
        field.encode(&mut bytes);
        let value = Setting::Text(format!("{bytes:02x?}"));
        settings.insert(format!("({})", field.number()), value);
    }
    Settings::new(settings)
}

/// A value that is equal for equal values; entries of maps come in no order.
fn setting(value: &Value, kind: &ReflectKind) -> Setting {
    match (value, kind) {
        (Value::Map(entries), _) => {
            let entries = entries.iter().map(|(key, value)| {
                let text = format!("{}: {value}", Value::from(key.clone()));
                Setting::Text(text)
            });
            let mut entries: Vec<Setting> = entries.collect();
            entries.sort_by(|a, b| a.text().cmp(b.text()));
            Setting::List(entries)
        }
        (Value::Message(message), _) => {
            let fields = message
                .fields()
                .map(|(field, value)| (field.name().to_owned(), setting(value, &field.kind())));
            let extensions = message.extensions().map(|(extension, value)| {
                let name = format!("[{}]", extension.full_name());
                (name, setting(value, &extension.kind()))
            });
            Setting::Message(fields.chain(extensions).collect())
        }
        (Value::List(values), _) => {
            Setting::List(values.iter().map(|value| setting(value, kind)).collect())
        }
        (Value::EnumNumber(number), ReflectKind::Enum(found)) => {
            let name = found.get_value(*number);
            let name = name.map_or_else(|| number.to_string(), |value| value.name().to_owned());
            Setting::Word(name)
        }
        (Value::String(text), _) => Setting::Text(text.clone()),
        (value, _) => Setting::Word(value.to_string()),
    }
}

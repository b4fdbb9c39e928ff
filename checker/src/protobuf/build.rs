//! Fills the [`Model`] from the linked files.

use std::collections::{BTreeMap, BTreeSet};

use super::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, Options,
    ServiceDescriptorProto, each_field,
};
use super::dynamic::{self, Value, value_text};
use super::features::{self, EnumType, JsonFormat, Utf8Validation};
use super::link::{Linked, is_well_known};
use super::model::{
    Cardinality, Enum, EnumValue, Extension, Field, File, FileId, Kind, Members, Message, Method,
    Model, Oneof, Reserved, Service,
};
use super::pool::{self, FieldRef, MessageRef, Pool, TypeRef, join};
use super::settings::{Setting, Settings};
use super::syntax::strings::escape;
use super::tag;

/// `MessageOptions.message_set_wire_format` and `MessageOptions.map_entry`.
const MESSAGE_SET_WIRE_FORMAT: u32 = 1;
const MAP_ENTRY: u32 = 7;

/// The full names of the options messages.
const FILE_OPTIONS: &str = "google.protobuf.FileOptions";
const MESSAGE_OPTIONS: &str = "google.protobuf.MessageOptions";
const FIELD_OPTIONS: &str = "google.protobuf.FieldOptions";
const ENUM_OPTIONS: &str = "google.protobuf.EnumOptions";
const ENUM_VALUE_OPTIONS: &str = "google.protobuf.EnumValueOptions";
const SERVICE_OPTIONS: &str = "google.protobuf.ServiceOptions";
const METHOD_OPTIONS: &str = "google.protobuf.MethodOptions";

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
            options: settings(&linked.pool, FILE_OPTIONS, proto.options.as_ref()),
        });
        Builder {
            model: &mut model,
            pool: &linked.pool,
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
            self.field(field, oneof, &path)
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
            options: settings(self.pool, MESSAGE_OPTIONS, proto.options.as_ref()),
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

    fn field(&self, field: FieldRef, oneof: Option<usize>, path: &[i32]) -> Field {
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
            options: settings(self.pool, FIELD_OPTIONS, proto.options.as_ref()),
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
            let mut field = self.field(linked, None, &path);
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
                options: settings(self.pool, ENUM_VALUE_OPTIONS, value.options.as_ref()),
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
            options: settings(self.pool, ENUM_OPTIONS, proto.options.as_ref()),
            name: name.clone(),
        };
        self.model.enums.insert(name, enumeration);
    }

    fn service(&mut self, proto: &ServiceDescriptorProto, scope: &str, path: &[i32]) {
        let name = join(scope, proto.name());
        let places = &self.found.places;
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
                options: settings(self.pool, METHOD_OPTIONS, method.options.as_ref()),
            }
        });
        let service = Service {
            methods: Members::new(methods.collect()),
            file: self.file,
            name_span: places.get(&tag::join(path, &[tag::NAME])),
            options: settings(self.pool, SERVICE_OPTIONS, proto.options.as_ref()),
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

/// The options of an element; `ty` is the full name of their message.
fn settings(pool: &Pool, ty: &str, options: Option<&Options>) -> Settings {
    let Some(options) = options.filter(|options| !options.encoded.is_empty()) else {
        return Settings::default();
    };
    let Some(message) = dynamic::options(pool, ty, options) else {
        // Of a descriptor that is not what it says it is.
        let raw = Setting::Text(format!("{:02x?}", options.encoded));
        return Settings::new(BTreeMap::from([("()".to_owned(), raw)]));
    };
    let mut settings = BTreeMap::new();
    for (field, value) in message.fields() {
        let name = match field.extension {
            Some(name) => format!("({name})"),
            None => field.proto.name().to_owned(),
        };
        settings.insert(name, setting(value, field.kind()));
    }
    add_unknown(&message, &mut settings, |number| format!("({number})"));
    Settings::new(settings)
}

/// What no type explains, by its number.
fn add_unknown(
    message: &dynamic::Message,
    settings: &mut BTreeMap<String, Setting>,
    name: impl Fn(u32) -> String,
) {
    let mut raw: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    each_field(message.unknown(), |number, _, value| {
        raw.entry(number).or_default().extend(value);
    });
    let raw = raw.into_iter();
    settings.extend(raw.map(|(number, value)| {
        let value = Setting::Text(format!("{value:02x?}"));
        (name(number), value)
    }));
}

/// A value that is equal for equal values; entries of maps come in the order of their keys. Recursion is
/// bounded as deep as messages nest.
fn setting(value: &Value, kind: Option<TypeRef>) -> Setting {
    match value {
        Value::Map(entries) => {
            let of_value = match kind {
                Some(TypeRef::Message(entry)) => entry.field(2).and_then(FieldRef::kind),
                _ => None,
            };
            let entries = entries.iter().map(|(key, value)| {
                let value = value_text(of_value, value);
                Setting::Text(format!("{key}: {value}"))
            });
            Setting::List(entries.collect())
        }
        Value::Message(message) => {
            let fields = message.fields().map(|(field, value)| {
                let name = match field.extension {
                    Some(name) => format!("[{name}]"),
                    None => field.proto.name().to_owned(),
                };
                (name, setting(value, field.kind()))
            });
            let mut fields: BTreeMap<String, Setting> = fields.collect();
            add_unknown(message, &mut fields, |number| format!("[{number}]"));
            Setting::Message(fields)
        }
        Value::List(values) => {
            Setting::List(values.iter().map(|value| setting(value, kind)).collect())
        }
        Value::String(bytes) => Setting::Text(String::from_utf8_lossy(bytes).into_owned()),
        Value::Bytes(bytes) => Setting::Text(escape(bytes)),
        value => Setting::Word(value_text(kind, value)),
    }
}

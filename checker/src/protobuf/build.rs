//! Fills the [`Model`] from the linked files.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    ServiceDescriptorProto, SymbolVisibility,
};
use super::features::{self, EnumType, JsonFormat, Utf8Validation};
use super::link::is_well_known;
use super::model::{
    Cardinality, Enum, EnumValue, Extension, Field, File, FileId, Kind, Members, Message, Method,
    Model, Oneof, Reserved, Service,
};
use super::places::{Around, Spot};
use super::pool::{self, FieldRef, MessageRef, Pool, TypeRef, is_map_entry, is_message_set, join};
use super::settings::{OptionsOf, Reader, Settings};
use super::tag;

/// Builds the model of linked files. `compared` says whose changes are reported.
pub(crate) fn model(pool: &Pool, compared: &dyn Fn(&str) -> bool) -> Model {
    let mut builder = Builder::default();
    for file in pool.files() {
        builder.add(pool, file, compared(file.path()));
    }
    builder.finish()
}

/// Builds a model file by file, so that none needs to be there when the next one comes.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    model: Model,
    settings: Reader,
}

impl Builder {
    /// Adds a file of a pool in which its imports are. `compared`: whether its changes are reported.
    pub(crate) fn add(&mut self, pool: &Pool, found: &pool::File, compared: bool) {
        // The built-in files that nobody gave a text of.
        if found.bundled {
            return;
        }
        let id = self.model.files.len();
        let proto = &found.proto;
        let path = found.path().to_owned();
        let around = Around::new(&found.places, &[]);
        let options = proto.options.as_ref();
        self.model.files.push(File {
            compared: compared && !is_well_known(&path),
            path,
            package: proto.package().to_owned(),
            edition: features::edition(proto),
            source: found.source.clone(),
            package_span: Spot::new(&around, [tag::PACKAGE]),
            syntax_span: Spot::new(&around, [tag::SYNTAX]),
            options: self.settings.read(pool, OptionsOf::File, options),
        });
        FileBuilder {
            model: &mut self.model,
            pool,
            settings: &mut self.settings,
            found,
            file: id,
        }
        .file(proto);
    }

    /// The model of all files that were added.
    pub(crate) fn finish(mut self) -> Model {
        self.model.sort();
        self.model
    }
}

struct FileBuilder<'a, 'p> {
    model: &'a mut Model,
    pool: &'p Pool,
    settings: &'a mut Reader,
    found: &'p pool::File,
    file: FileId,
}

impl<'p> FileBuilder<'_, 'p> {
    fn file(&mut self, proto: &'p FileDescriptorProto) {
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
        self.extensions(&proto.extension, package, &[], tag::FILE_EXTENSION);
    }

    /// Recursion is bounded by [`super::MAX_NESTING`].
    fn message(&mut self, proto: &'p DescriptorProto, scope: &str, path: &[i32]) {
        let name = join(scope, proto.name());
        let around = Around::new(&self.found.places, path);
        let (oneofs, oneof_index) = Self::oneofs(proto);
        let linked = self.pool.message(&name);
        let fields = linked.into_iter().flat_map(MessageRef::fields).enumerate();
        let fields = fields.map(|(index, field)| {
            let oneof = field.proto.oneof_index.and_then(|index| {
                let index = usize::try_from(index).ok()?;
                oneof_index.get(index).copied().flatten()
            });
            let options = field.proto.options.as_ref();
            Field {
                oneof,
                options: self.settings.read(self.pool, OptionsOf::Field, options),
                ..member(field, &around, [tag::MESSAGE_FIELD, tag::index(index)])
            }
        });
        // The iterator does not tell its length.
        let mut all = Vec::with_capacity(proto.field.len());
        all.extend(fields);
        let message = Message {
            fields: Members::new(all),
            file: self.file,
            name_span: Spot::new(&around, [tag::NAME]),
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
            exported: self.is_exported(proto.visibility(), path),
            map_entry: is_map_entry(proto),
            set_format: is_message_set(proto),
            options: self
                .settings
                .read(self.pool, OptionsOf::Message, proto.options.as_ref()),
            name: name.clone(),
        };
        self.model.messages.insert(name.clone(), message);
        self.within(proto, &name, path);
    }

    /// What a message declares besides fields.
    fn within(&mut self, proto: &'p DescriptorProto, name: &str, path: &[i32]) {
        for (index, nested) in proto.nested_type.iter().enumerate() {
            let path = tag::join(path, &[tag::MESSAGE_NESTED, tag::index(index)]);
            self.message(nested, name, &path);
        }
        for (index, nested) in proto.enum_type.iter().enumerate() {
            let path = tag::join(path, &[tag::MESSAGE_ENUM, tag::index(index)]);
            self.enumeration(nested, name, &path);
        }
        self.extensions(&proto.extension, name, path, tag::MESSAGE_EXTENSION);
    }

    fn is_exported(&self, visibility: SymbolVisibility, path: &[i32]) -> bool {
        let default = self.found.features.default_symbol_visibility;
        default.exports(visibility, path.len() > 2)
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

    fn extensions(
        &mut self,
        fields: &'p [FieldDescriptorProto],
        scope: &str,
        path: &[i32],
        number: i32,
    ) {
        if fields.is_empty() {
            return;
        }
        let around = Around::new(&self.found.places, path);
        for (index, proto) in fields.iter().enumerate() {
            let name = join(scope, proto.name());
            let Some(linked) = self.pool.extension_named(&name) else {
                continue;
            };
            let extendee = proto.extendee().trim_start_matches('.').to_owned();
            let mut field = member(linked, &around, [number, tag::index(index)]);
            field.name = name;
            field.json_name = format!("[{}]", field.name);
            let file = self.file;
            self.model
                .extensions
                .insert((extendee, field.number), Extension { field, file });
        }
    }

    fn enumeration(&mut self, proto: &'p EnumDescriptorProto, scope: &str, path: &[i32]) {
        let name = join(scope, proto.name());
        let around = Around::new(&self.found.places, path);
        let linked = self.pool.enumeration(&name);
        let closed = linked.is_some_and(|found| found.features.enum_type == EnumType::Closed);
        let values = proto.value.iter().enumerate();
        let values = values.map(|(index, value)| EnumValue {
            name: value.name().to_owned(),
            number: value.number(),
            span: Spot::new(&around, [tag::ENUM_VALUE, tag::index(index)]),
            options: self
                .settings
                .read(self.pool, OptionsOf::EnumValue, value.options.as_ref()),
        });
        let enumeration = Enum {
            values: Members::new(values.collect()),
            file: self.file,
            closed,
            json: linked.is_none_or(|linked| linked.features.json_format == JsonFormat::Allow),
            exported: self.is_exported(proto.visibility(), path),
            name_span: Spot::new(&around, [tag::NAME]),
            reserved: Reserved::new(
                proto
                    .reserved_range
                    .iter()
                    .map(|range| (range.start(), range.end()))
                    .collect(),
                &proto.reserved_name,
            ),
            options: self
                .settings
                .read(self.pool, OptionsOf::Enum, proto.options.as_ref()),
            name: name.clone(),
        };
        self.model.enums.insert(name, enumeration);
    }

    fn service(&mut self, proto: &'p ServiceDescriptorProto, scope: &str, path: &[i32]) {
        let name = join(scope, proto.name());
        let around = Around::new(&self.found.places, path);
        let methods = proto.method.iter().enumerate().map(|(index, method)| {
            let at = [tag::METHOD, tag::index(index)];
            let within = |step| Spot::new(&around, [at[0], at[1], step]);
            let options = method.options.as_ref();
            Method {
                name: method.name().to_owned(),
                input: method.input_type().trim_start_matches('.').to_owned(),
                output: method.output_type().trim_start_matches('.').to_owned(),
                client_streaming: method.client_streaming(),
                server_streaming: method.server_streaming(),
                span: Spot::new(&around, at),
                name_span: within(tag::NAME),
                input_span: within(tag::METHOD_INPUT),
                output_span: within(tag::METHOD_OUTPUT),
                options: self.settings.read(self.pool, OptionsOf::Method, options),
            }
        });
        let service = Service {
            methods: Members::new(methods.collect()),
            file: self.file,
            name_span: Spot::new(&around, [tag::NAME]),
            options: self
                .settings
                .read(self.pool, OptionsOf::Service, proto.options.as_ref()),
            name: name.clone(),
        };
        self.model.services.insert(name, service);
    }
}

/// A field or an extension, by itself: outside of a oneof and without options.
fn member(field: FieldRef, around: &Arc<Around>, at: [i32; 2]) -> Field {
    let proto = field.proto;
    let within = |step| Spot::new(around, [at[0], at[1], step]);
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
        oneof: None,
        default: proto.default_text().map(Cow::into_owned),
        span: Spot::new(around, at),
        name_span: within(tag::NAME),
        type_span: within(if proto.type_name.is_some() {
            tag::FIELD_TYPE_NAME
        } else {
            tag::FIELD_TYPE
        }),
        options: Settings::default(),
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

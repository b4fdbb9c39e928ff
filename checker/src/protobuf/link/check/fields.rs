//! Fields and extensions: labels, defaults, and options that go with some types only.

use super::super::super::descriptor::{
    Edition, EnumDescriptorProto, EnumValueDescriptorProto, Label, Type,
};
use super::super::super::features::of;
use super::super::super::pool::MessageRef;
use super::super::super::tag;
use super::super::json_name::json_name;
use super::{Checker, Field, Scope, at, files};

/// Field numbers of `FieldOptions`.
const CTYPE: u32 = 1;
const PACKED: u32 = 2;
const LAZY: u32 = 5;
const JS_TYPE: u32 = 6;
const UNVERIFIED_LAZY: u32 = 15;
const FEATURE_SUPPORT: u32 = 22;

/// What proto3 files may extend.
const OPTIONS: [&str; 10] = [
    "google.protobuf.EnumOptions",
    "google.protobuf.EnumValueOptions",
    "google.protobuf.ExtensionRangeOptions",
    "google.protobuf.FieldOptions",
    "google.protobuf.FileOptions",
    "google.protobuf.MessageOptions",
    "google.protobuf.MethodOptions",
    "google.protobuf.OneofOptions",
    "google.protobuf.ServiceOptions",
    "google.protobuf.StreamOptions",
];

impl<'p> Checker<'p> {
    pub(super) fn field(&mut self, field: &Field<'p, '_>) {
        self.declaration(field);
        self.default(field);
        if field.proto.json_name().contains('\0') {
            self.on(
                field,
                tag::FIELD_JSON_NAME,
                "a JSON name holds no NUL, remove it",
            );
        }
        if self.edition == Edition::Proto3 {
            self.proto3(field);
        }
        if self.options_known {
            let options = field.proto.options.as_ref();
            self.feature_support(options, FEATURE_SUPPORT, || field.at.path(tag::NAME));
            self.known_features(options, of::FIELD, field.at.path(tag::NAME));
            self.field_features(field);
            self.field_options(field);
        }
        self.map(field);
        if field.is_extension {
            self.extension(field);
        }
    }

    fn on(&mut self, field: &Field, step: i32, message: impl Into<String>) {
        self.report(field.at.path(step), message);
    }

    /// What only a descriptor can say wrongly: the grammar knows no other way to say it.
    fn declaration(&mut self, field: &Field) {
        let proto = field.proto;
        let named = matches!(field.sort, Some(Type::Message | Type::Enum | Type::Group));
        if proto.proto3_optional() && self.edition != Edition::Proto3 {
            self.on(
                field,
                tag::FIELD_TYPE_NAME,
                "only fields of proto3 are `proto3_optional`",
            );
        }
        if proto.type_name.is_some() && field.sort.is_some() && !named {
            self.on(
                field,
                tag::FIELD_TYPE_NAME,
                "a field of a scalar type names no type",
            );
        }
        if field.is_extension {
            if proto.extendee.is_none() {
                self.on(field, tag::FIELD_EXTENDEE, "the extension extends nothing");
            }
            if proto.oneof_index.is_some() {
                self.on(
                    field,
                    tag::FIELD_TYPE_NAME,
                    "an extension stands in no oneof",
                );
            }
        } else {
            if proto.extendee.is_some() {
                self.on(
                    field,
                    tag::FIELD_EXTENDEE,
                    "a field of a message extends nothing",
                );
            }
            if proto.oneof_index.is_some() && proto.label() != Label::Optional {
                self.on(
                    field,
                    tag::NAME,
                    "a field of a oneof has no label but `optional`",
                );
            }
        }
    }

    fn default(&mut self, field: &Field<'p, '_>) {
        let Some(default) = field.proto.default_text() else {
            return;
        };
        if field.proto.label() == Label::Repeated {
            self.on(
                field,
                tag::FIELD_DEFAULT,
                "a repeated field has no default, remove it",
            );
        }
        match field.sort {
            Some(Type::Message | Type::Group) => {
                self.on(
                    field,
                    tag::FIELD_DEFAULT,
                    "a message has no default, remove it",
                );
            }
            Some(Type::Enum) => self.default_of_enum(field, &default),
            Some(sort) if self.file.encoded && !is_literal(sort, &default) => {
                let message = format!("`{default}` is no value of the field's type");
                self.on(field, tag::FIELD_DEFAULT, message);
            }
            Some(_) | None => {}
        }
    }

    fn default_of_enum(&mut self, field: &Field, default: &str) {
        let name = field.proto.type_name().trim_start_matches('.');
        let Some(found) = self.pool.enumeration(name) else {
            return;
        };
        if !has_value(found.proto, default) {
            let known = found.proto.value.iter().take(3);
            let known: Vec<&str> = known.map(EnumValueDescriptorProto::name).collect();
            let message = format!(
                "enum `{name}` has no value `{default}`; it has {}",
                known.join(", ")
            );
            self.on(field, tag::FIELD_DEFAULT, message);
        }
    }

    fn proto3(&mut self, field: &Field) {
        let extendee = field.proto.extendee().trim_start_matches('.');
        let linked = field.proto.extendee().starts_with('.');
        if field.is_extension && linked && !OPTIONS.contains(&extendee) {
            let message = "proto3 extends only the options of descriptor.proto; write a message \
                           with a field, or use proto2";
            self.on(field, tag::FIELD_EXTENDEE, message);
        }
        if field.proto.label() == Label::Required && !field.is_extension {
            self.on(
                field,
                tag::FIELD_TYPE_NAME,
                "proto3 has no `required`, remove it",
            );
        }
        if field.proto.default_value.is_some() {
            self.on(
                field,
                tag::FIELD_DEFAULT,
                "proto3 has no defaults, remove it",
            );
        }
        match field.sort {
            Some(Type::Group) => {
                let message = "proto3 has no groups, declare a message and a field";
                self.on(field, tag::FIELD_TYPE_NAME, message);
            }
            Some(Type::Enum) if self.options_known => self.open_enum(field),
            _ => {}
        }
    }

    fn open_enum(&mut self, field: &Field) {
        let name = field.proto.type_name().trim_start_matches('.');
        let found = self.pool.enumeration(name);
        if found.is_some_and(|found| super::enums::is_closed(found.features)) {
            let message = format!(
                "enum `{name}` is closed and cannot be used in proto3; declare it in proto3, or use \
                 proto2 here"
            );
            self.on(field, tag::FIELD_TYPE_NAME, message);
        }
    }

    fn field_options(&mut self, field: &Field<'p, '_>) {
        let Some(sort) = field.sort else { return };
        self.message_set(field, sort);
        if field.proto.options.is_none() {
            return;
        }
        if self.edition >= Edition::Edition2024 && field.option(CTYPE).is_some() {
            let message = "edition 2024 has no `ctype`, write `features.(pb.cpp).string_type`";
            self.on(field, tag::FIELD_TYPE_NAME, message);
        }
        if field.is_set(LAZY) || field.is_set(UNVERIFIED_LAZY) {
            if !is_message(field, sort) {
                self.on(
                    field,
                    tag::FIELD_TYPE_NAME,
                    "only fields of a message type are lazy",
                );
            }
            if field.is_set(UNVERIFIED_LAZY) && field.is_extension {
                self.on(
                    field,
                    tag::FIELD_TYPE_NAME,
                    "an extension is not `unverified_lazy`",
                );
            }
        }
        if field.is_set(PACKED) && !is_packable(field, sort) {
            let message = "only repeated numbers, bools and enums can be packed, remove `packed`";
            self.on(field, tag::FIELD_TYPE_NAME, message);
        }
        let js_type = field.option(JS_TYPE).is_some_and(|value| value != 0);
        let is_64_bits = matches!(
            sort,
            Type::Int64 | Type::Uint64 | Type::Sint64 | Type::Fixed64 | Type::Sfixed64
        );
        if js_type && !is_64_bits {
            let message = "only whole numbers of 64 bits have a `jstype`, remove it";
            self.on(field, tag::FIELD_TYPE_NAME, message);
        }
    }

    /// A message set has extensions of message types only.
    fn message_set(&mut self, field: &Field<'p, '_>, sort: Type) {
        if field.is_extension {
            let extended = self.message_named(field.proto.extendee());
            let fits = field.proto.label() == Label::Optional && is_message(field, sort);
            if extended.is_some_and(MessageRef::is_message_set) && !fits {
                let message = "an extension of a message set is an `optional` message";
                self.on(field, tag::FIELD_TYPE_NAME, message);
            }
        } else if field.scope.is_some_and(|scope| scope.is_message_set) {
            let message = "a message set has no fields, only extensions";
            self.on(field, tag::NAME, message);
        }
    }

    fn extension(&mut self, field: &Field<'p, '_>) {
        let proto = field.proto;
        if proto.label() == Label::Required {
            let message = "an extension cannot be required, write `optional`";
            self.on(field, tag::FIELD_TYPE_NAME, message);
        }
        if proto
            .json_name
            .as_ref()
            .is_some_and(|name| *name != json_name(proto.name()))
        {
            let message = "an extension has no `json_name`, remove it";
            self.on(field, tag::FIELD_JSON_NAME, message);
        }
        let Some(extended) = self.message_named(proto.extendee()) else {
            return;
        };
        if self.is_lite && !files::is_lite(extended.file) {
            let message = format!(
                "a file with `optimize_for = LITE_RUNTIME` cannot extend `{}`, whose file has another \
                 one",
                extended.name
            );
            self.on(field, tag::FIELD_EXTENDEE, message);
        }
        self.declared(field, extended);
    }

    /// A oneof has fields, and they stand together.
    pub(super) fn oneofs(&mut self, scope: &Scope) {
        let mut counts = vec![0_usize; scope.message.oneof_decl.len()];
        let mut before = None;
        for (index, field) in scope.message.field.iter().enumerate() {
            let oneof = field
                .oneof_index
                .and_then(|oneof| usize::try_from(oneof).ok());
            let path = || at(&scope.path, tag::MESSAGE_FIELD, index).path(tag::FIELD_TYPE_NAME);
            match oneof.and_then(|oneof| counts.get_mut(oneof)) {
                Some(count) => {
                    *count += 1;
                    if *count > 1 && before != oneof {
                        self.report(path(), "the fields of a oneof stand together");
                    }
                }
                None if field.oneof_index.is_some() => {
                    self.report(path(), "the field stands in a oneof that is not there");
                }
                None => {}
            }
            before = oneof;
        }
        let empty = counts.iter().enumerate().filter(|(_, count)| **count == 0);
        for (index, _) in empty {
            let path = at(&scope.path, tag::MESSAGE_ONEOF, index).path(tag::NAME);
            self.report(path, "a oneof has at least one field");
        }
        self.synthetic_oneofs(scope);
    }

    /// The oneofs of proto3's `optional` fields have one field each and come last.
    fn synthetic_oneofs(&mut self, scope: &Scope) {
        let count = scope.message.oneof_decl.len();
        let mut members = vec![0_usize; count];
        let oneofs = scope
            .message
            .field
            .iter()
            .filter_map(|field| field.oneof_index);
        for oneof in oneofs.filter_map(|oneof| usize::try_from(oneof).ok()) {
            if let Some(members) = members.get_mut(oneof) {
                *members += 1;
            }
        }
        let mut synthetic = vec![false; count];
        for (index, field) in scope.message.field.iter().enumerate() {
            if !field.proto3_optional() {
                continue;
            }
            let oneof = field
                .oneof_index
                .and_then(|oneof| usize::try_from(oneof).ok());
            let alone = oneof.and_then(|oneof| members.get(oneof)) == Some(&1);
            match oneof.and_then(|oneof| synthetic.get_mut(oneof)) {
                Some(seen) if alone => *seen = true,
                _ => {
                    let path = at(&scope.path, tag::MESSAGE_FIELD, index).around();
                    self.report(path, "an `optional` field of proto3 has a oneof of its own");
                }
            }
        }
        let mut pairs = synthetic.windows(2).enumerate();
        if let Some((index, _)) = pairs.find(|(_, pair)| matches!(pair, [true, false])) {
            let path = at(&scope.path, tag::MESSAGE_ONEOF, index + 1).around();
            self.report(
                path,
                "the oneofs of `optional` fields come behind all others",
            );
        }
    }
}

/// Whether it is a message that is not written as a group.
fn is_message(field: &Field, sort: Type) -> bool {
    use super::super::super::features::MessageEncoding;
    let delimited = field.features.message_encoding == MessageEncoding::Delimited;
    sort == Type::Message && (!delimited || field.is_in_map_entry())
}

/// Whether it is a list of numbers, bools or enums.
pub(super) fn is_packable(field: &Field, sort: Type) -> bool {
    let packable = !matches!(
        sort,
        Type::String | Type::Bytes | Type::Message | Type::Group
    );
    packable && field.proto.label() == Label::Repeated
}

fn has_value(found: &EnumDescriptorProto, name: &str) -> bool {
    found.value.iter().any(|value| value.name() == name)
}

/// Whether a descriptor's default is a value of a scalar type.
fn is_literal(sort: Type, text: &str) -> bool {
    match sort {
        Type::Int32 | Type::Sint32 | Type::Sfixed32 => text.parse::<i32>().is_ok(),
        Type::Int64 | Type::Sint64 | Type::Sfixed64 => text.parse::<i64>().is_ok(),
        Type::Uint32 | Type::Fixed32 => text.parse::<u32>().is_ok(),
        Type::Uint64 | Type::Fixed64 => text.parse::<u64>().is_ok(),
        Type::Float | Type::Double => text.parse::<f64>().is_ok(),
        Type::Bool => matches!(text, "true" | "false"),
        Type::String | Type::Bytes | Type::Group | Type::Message | Type::Enum => true,
    }
}

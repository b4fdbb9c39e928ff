//! What options and features make of enums, messages and fields in generated code and in JSON.

use super::super::image::{Enum, Field, Image, Message};
use super::{At, Pair, Report};
use crate::protobuf::descriptor::{Edition, FileDescriptorProto, Options, Type};
use crate::protobuf::features::{EnumType, JsonFormat, Utf8Validation, edition, of};
use crate::protobuf::pool::TypeRef;
use crate::protobuf::tag;

/// `FieldOptions.ctype`, `.jstype`, and `FileOptions.java_string_check_utf8`.
const CTYPE: u32 = 1;
const JSTYPE: u32 = 6;
const CHECK_UTF8: u32 = 27;

/// Features of languages: extensions of `FeatureSet`, and a field of each.
const CPP: u32 = 1000;
const CPP_STRING_TYPE: u32 = 2;
const JAVA: u32 = 1001;
const JAVA_UTF8_VALIDATION: u32 = 2;

pub(in super::super) fn enum_type<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Enum<'p>>) {
    let (old, new) = (pair.old.view, pair.new.view);
    if old.features.enum_type == new.features.enum_type {
        return;
    }
    let (before, after) = match new.features.enum_type {
        EnumType::Open => ("closed", "open"),
        EnumType::Closed => ("open", "closed"),
    };
    let message = format!(
        "Enum {:?} changed from {before} to {after}.",
        new.proto.name()
    );
    at_enum_feature(report, pair, "enum_type", message);
}

pub(in super::super) fn enum_json_format<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Enum<'p>>) {
    let (old, new) = (pair.old.view.features, pair.new.view.features);
    if loses_json(old.json_format, new.json_format) {
        let name = pair.new.view.proto.name();
        let message = format!("Enum {name:?} JSON format support {LOSES_JSON}");
        at_enum_feature(report, pair, "json_format", message);
    }
}

pub(in super::super) fn message_json_format<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Message<'p>>,
) {
    let (old, new) = (pair.old.view.features, pair.new.view.features);
    if !loses_json(old.json_format, new.json_format) {
        return;
    }
    let name = pair.new.view.proto.name();
    let message = format!("Message {name:?} JSON format support {LOSES_JSON}");
    let view = pair.new.view;
    let options = tag::join(view.path, &[tag::MESSAGE_OPTIONS]);
    let feature = report
        .new
        .option_place(view.file, &options, &["features", "json_format"]);
    let place = feature.or_else(|| report.new.message_place(pair.new));
    let at = At::place(place, view.file.path());
    report.add(at, Some(pair.old.view.file.path()), message);
}

const LOSES_JSON: &str = "changed from ALLOW to LEGACY_BEST_EFFORT.";

fn loses_json(old: JsonFormat, new: JsonFormat) -> bool {
    old == JsonFormat::Allow && new == JsonFormat::LegacyBestEffort
}

fn at_enum_feature<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Enum<'p>>,
    name: &str,
    message: String,
) {
    let view = pair.new.view;
    let options = tag::join(view.path, &[tag::ENUM_OPTIONS]);
    let feature = report
        .new
        .option_place(view.file, &options, &["features", name]);
    let place = feature.or_else(|| report.new.enum_place(pair.new));
    let at = At::place(place, view.file.path());
    report.add(at, Some(pair.old.view.file.path()), message);
}

pub(in super::super) fn utf8_validation<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    let validation = |field: &Field| field.view.features.utf8_validation;
    let (old, new) = (validation(pair.old), validation(pair.new));
    if is_string(pair.old) && is_string(pair.new) && old != new {
        let message = format!(
            "{} changed UTF8 validation from {} to {}.",
            pair.new.describe(),
            name_of(old),
            name_of(new),
        );
        at_option(report, pair, &[&["features", "utf8_validation"]], message);
    }
}

const fn name_of(validation: Utf8Validation) -> &'static str {
    match validation {
        Utf8Validation::Verify => "VERIFY",
        Utf8Validation::None => "NONE",
    }
}

/// By the option of the file, else by the feature of Java, else by the feature of all languages.
pub(in super::super) fn java_utf8_validation<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Field<'p>>,
) {
    if !is_string(pair.old) || !is_string(pair.new) {
        return;
    }
    let (old, new) = (java_validation(pair.old), java_validation(pair.new));
    if old == new {
        return;
    }
    let message = format!(
        "{} changed Java string UTF8 validation from {:?} to {:?}.",
        pair.new.describe(),
        name_of(old),
        name_of(new),
    );
    let file = pair.new.view.file;
    let option = ["java_string_check_utf8"];
    if let Some(place) = report.new.option_place(file, &[tag::FILE_OPTIONS], &option) {
        report.add(At::Place(place), Some(pair.old.view.file.path()), message);
    } else {
        at_option(
            report,
            pair,
            &[&["features", "pb.java", "utf8_validation"]],
            message,
        );
    }
}

fn java_validation(field: &Field) -> Utf8Validation {
    let file = &field.view.file.proto;
    let check = file
        .options
        .as_ref()
        .and_then(|options| options.varint(CHECK_UTF8));
    let verify = match check {
        Some(check) => check != 0,
        None if is_edition(file) => custom_feature(field, JAVA, JAVA_UTF8_VALIDATION) == Some(2),
        None => false,
    };
    if verify {
        Utf8Validation::Verify
    } else {
        field.view.features.utf8_validation
    }
}

/// How C++ holds a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CppString {
    View,
    Cord,
    String,
    Piece,
}

impl CppString {
    const fn name(self) -> &'static str {
        match self {
            Self::View => "VIEW",
            Self::Cord => "CORD",
            Self::String => "STRING",
            Self::Piece => "STRING_PIECE",
        }
    }
}

pub(in super::super) fn cpp_string_type<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    let holds = |field: &Field| {
        let kind = field.view.proto.r#type();
        matches!(kind, Type::String | Type::Bytes)
    };
    if (pair.old.is_in_map_entry() && pair.new.is_in_map_entry())
        || !holds(pair.old)
        || !holds(pair.new)
    {
        return;
    }
    let (old, new) = (cpp_string(pair.old), cpp_string(pair.new));
    if old == new || (old == CppString::Piece && new == CppString::String) {
        return;
    }
    let message = format!(
        "{} changed C++ string type from {:?} to {:?}.",
        pair.new.describe(),
        old.name(),
        new.name(),
    );
    at_option(
        report,
        pair,
        &[&["ctype"], &["features", "pb.cpp", "string_type"]],
        message,
    );
}

fn cpp_string(field: &Field) -> CppString {
    let edition = edition(&field.view.file.proto);
    let options = field.view.proto.options.as_ref();
    let ctype = options.and_then(|options| options.varint(CTYPE));
    if edition != Edition::Edition2024 {
        match ctype {
            Some(0) => return CppString::String,
            Some(1) => return CppString::Cord,
            Some(2) => return CppString::Piece,
            _ => {}
        }
    }
    match custom_feature(field, CPP, CPP_STRING_TYPE) {
        Some(1) => CppString::View,
        Some(2) => CppString::Cord,
        Some(3) => CppString::String,
        _ if edition == Edition::Edition2024 => CppString::View,
        _ => CppString::String,
    }
}

pub(in super::super) fn jstype<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    let is_long = |field: &Field| {
        matches!(
            field.view.proto.r#type(),
            Type::Int64 | Type::Sint64 | Type::Uint64 | Type::Fixed64 | Type::Sfixed64
        )
    };
    let (old, new) = (jstype_of(pair.old), jstype_of(pair.new));
    if is_long(pair.old) && is_long(pair.new) && old != new {
        let message = format!(
            "{} changed option \"jstype\" from {old:?} to {new:?}.",
            pair.new.describe(),
        );
        at_option(report, pair, &[&["jstype"]], message);
    }
}

fn jstype_of(field: &Field) -> String {
    let options = field.view.proto.options.as_ref();
    match options
        .and_then(|options| options.varint(JSTYPE))
        .unwrap_or(0)
    {
        0 => "JS_NORMAL".to_owned(),
        1 => "JS_STRING".to_owned(),
        2 => "JS_NUMBER".to_owned(),
        other => other.to_string(),
    }
}

fn is_string(field: &Field) -> bool {
    matches!(field.view.kind(), Some(TypeRef::Scalar(_)))
        && field.view.proto.r#type() == Type::String
}

fn is_edition(file: &FileDescriptorProto) -> bool {
    !matches!(edition(file), Edition::Proto2 | Edition::Proto3)
}

/// A feature of a language as it is set at the field, else at the file; only these two can.
fn custom_feature(field: &Field, language: u32, number: u32) -> Option<u64> {
    let set = |options: Option<&Options>, features: u32| {
        let sets = options?.lengths(features);
        let found = sets.into_iter().flat_map(|set| message(set, language));
        found
            .filter_map(|message| message.varint(number))
            .next_back()
    };
    // Fields of maps take over the features of the map, so they have them already.
    let own = set(field.view.proto.options.as_ref(), of::FIELD);
    own.or_else(|| set(field.view.file.proto.options.as_ref(), of::FILE))
}

/// The messages that an encoded message has under a number.
fn message(encoded: &[u8], number: u32) -> Vec<Options> {
    let options = |encoded: &[u8]| Options {
        encoded: encoded.to_vec(),
        ..Options::default()
    };
    options(encoded)
        .lengths(number)
        .into_iter()
        .map(options)
        .collect()
}

/// At the first of these options that is written, else at the field.
fn at_option<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Field<'p>>,
    options: &[&[&str]],
    message: String,
) {
    let place = option_place(report.new, pair.new, options);
    let place = place.or_else(|| report.new.field_place(pair.new, &[]));
    let at = At::place(place, pair.new.view.file.path());
    report.add(at, Some(pair.old.view.file.path()), message);
}

fn option_place<'p>(
    image: &Image<'p>,
    field: &Field<'p>,
    options: &[&[&str]],
) -> Option<super::super::image::Place<'p>> {
    let path = tag::join(&field.path, &[tag::FIELD_OPTIONS]);
    let mut places = options.iter();
    places.find_map(|names| image.option_place(field.view.file, &path, names))
}

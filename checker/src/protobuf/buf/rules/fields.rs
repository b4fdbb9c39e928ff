//! Fields and extensions: that they stay, their names, types, cardinality and oneofs.

use std::collections::BTreeMap;

use super::super::image::{Field, File, Message};
use super::messages::{at_message, is_synthetic};
use super::{At, Pair, Report, left_of};
use crate::protobuf::descriptor::{EnumDescriptorProto, Type};
use crate::protobuf::pool::TypeRef;
use crate::protobuf::tag;

/// Where messages about types send their reader.
const SEE: &str = "See https://protobuf.dev/programming-guides/proto3/#updating";

pub(in super::super) fn extension_deleted<'p>(report: &mut Report<'_, 'p>, pair: Pair<&File<'p>>) {
    let gone = pair.old.extensions.keys();
    for nested in gone.filter(|nested| !pair.new.extensions.contains_key(*nested)) {
        let at = left_of(nested, &pair.new.messages, report, pair.new.path());
        let message = format!("Previously present extension {nested:?} was deleted from file.");
        report.add(at, Some(pair.old.path()), message);
    }
}

pub(in super::super) fn deleted<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Message<'p>>) {
    fields_deleted(report, pair, &|_| Some(String::new()));
}

pub(in super::super) fn deleted_unless_name_reserved<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Message<'p>>,
) {
    let reserved = &pair.new.view.proto.reserved_name;
    fields_deleted(report, pair, &|field| {
        let name = field.view.proto.name();
        let missing = !reserved.iter().any(|found| found == name);
        missing.then(|| format!(" without reserving the name {name:?}"))
    });
}

pub(in super::super) fn deleted_unless_number_reserved<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Message<'p>>,
) {
    let reserved = &pair.new.view.proto.reserved_range;
    fields_deleted(report, pair, &|field| {
        let number = field.view.proto.number();
        let missing = !reserved
            .iter()
            .any(|range| (range.start()..range.end()).contains(&number));
        missing.then(|| format!(" without reserving the number \"{number}\""))
    });
}

/// `excuse` says what is missing for a deletion to be allowed.
fn fields_deleted<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Message<'p>>,
    excuse: &dyn Fn(&Field<'p>) -> Option<String>,
) {
    let new = pair.new.by_number();
    for (number, field) in pair.old.by_number() {
        if new.contains_key(&number) {
            continue;
        }
        if let Some(suffix) = excuse(&field) {
            let described = field.describe();
            let described = described.strip_prefix('F').unwrap_or(&described);
            let message = format!("Previously present f{described} was deleted{suffix}.");
            at_message(report, pair, message);
        }
    }
}

pub(in super::super) fn renamed<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    // Extensions are known by their full name.
    let name = |field: &Field<'p>| field.view.extension.unwrap_or(field.view.proto.name());
    let (old, new) = (name(pair.old), name(pair.new));
    if old != new {
        let described = pair.new.describe_with("");
        let message = format!("{described} changed name from {old:?} to {new:?}.");
        at_part(report, pair, &[tag::NAME], message);
    }
}

pub(in super::super) fn json_name_changed<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    let name = |field: &Field| json_name(field);
    let (old, new) = (name(pair.old), name(pair.new));
    if pair.old.view.extension.is_some() || old == new {
        return;
    }
    let described = pair.new.describe();
    let message = format!("{described} changed option \"json_name\" from {old:?} to {new:?}.");
    let place = report.new.named_value(pair.new, tag::FIELD_JSON_NAME);
    let at = At::place(place, pair.new.view.file.path());
    report.add(at, Some(pair.old.view.file.path()), message);
}

/// As it is written, else made of the name: letters behind underscores become capital.
fn json_name(field: &Field) -> String {
    if let Some(name) = &field.view.proto.json_name {
        return name.clone();
    }
    let mut json = String::new();
    let mut capital = false;
    for letter in field.view.proto.name().chars() {
        if letter == '_' {
            capital = true;
        } else if capital {
            json.push(letter.to_ascii_uppercase());
            capital = false;
        } else {
            json.push(letter);
        }
    }
    json
}

pub(in super::super) fn oneof_changed<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    if pair.old.view.extension.is_some() {
        return;
    }
    let how = match (oneof(pair.old), oneof(pair.new)) {
        (Some(old), Some(new)) if old != new => {
            format!("moved from oneof {old:?} to oneof {new:?}")
        }
        (Some(_), None) => "moved from inside to outside a oneof".to_owned(),
        (None, Some(_)) => "moved from outside to inside a oneof".to_owned(),
        (Some(_), Some(_)) | (None, None) => return,
    };
    let message = format!("{} {how}.", pair.new.describe());
    at_part(report, pair, &[], message);
}

/// The name of the oneof that a field is in; one that stands for `optional` is none.
fn oneof<'p>(field: &Field<'p>) -> Option<&'p str> {
    let message = field.view.parent?;
    let index = usize::try_from(field.view.proto.oneof_index?).ok()?;
    let oneof = message.oneof_decl.get(index)?;
    (!is_synthetic(message, index)).then(|| oneof.name())
}

/// How often a field occurs, and whether it can be told from its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cardinality {
    Explicit,
    Implicit,
    Required,
    Repeated,
    Map,
}

impl Cardinality {
    fn of(field: &Field) -> Self {
        let view = field.view;
        if view.map_entry().is_some() {
            Self::Map
        } else if view.is_repeated() {
            Self::Repeated
        } else if view.is_required() {
            Self::Required
        } else if view.has_presence() {
            Self::Explicit
        } else {
            Self::Implicit
        }
    }

    const fn describe(self) -> &'static str {
        match self {
            Self::Explicit => "optional with explicit presence",
            Self::Implicit => "optional with implicit presence",
            Self::Required => "required",
            Self::Repeated => "repeated",
            Self::Map => "map",
        }
    }

    /// The one that stands for all whose JSON form is the same.
    const fn in_json(self) -> Self {
        match self {
            Self::Implicit => Self::Explicit,
            other => other,
        }
    }

    /// The one that stands for all whose binary form is the same.
    const fn in_bytes(self) -> Self {
        match self {
            Self::Map => Self::Repeated,
            other => other.in_json(),
        }
    }
}

pub(in super::super) fn same_cardinality<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    cardinality(report, pair, |found| found);
}

pub(in super::super) fn wire_cardinality<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    cardinality(report, pair, Cardinality::in_bytes);
}

pub(in super::super) fn wire_json_cardinality<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Field<'p>>,
) {
    cardinality(report, pair, Cardinality::in_json);
}

fn cardinality<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Field<'p>>,
    group: fn(Cardinality) -> Cardinality,
) {
    // Nobody wrote the fields of a map's entry.
    if pair.old.is_in_map_entry() && pair.new.is_in_map_entry() {
        return;
    }
    let (old, new) = (Cardinality::of(pair.old), Cardinality::of(pair.new));
    if group(old) != group(new) {
        let message = format!(
            "{} changed cardinality from {:?} to {:?}.",
            pair.new.describe(),
            old.describe(),
            new.describe(),
        );
        at_part(report, pair, &[], message);
    }
}

/// The type of a field's values; a message that is written as a group is a group.
fn kind(field: &Field) -> Type {
    match field.view.kind() {
        Some(TypeRef::Group(_)) => Type::Group,
        Some(TypeRef::Message(_)) => Type::Message,
        Some(TypeRef::Enum(_) | TypeRef::Scalar(_)) | None => field.view.proto.r#type(),
    }
}

fn has_name(kind: Type) -> bool {
    matches!(kind, Type::Enum | Type::Message | Type::Group)
}

pub(in super::super) fn same_type<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    if kind(pair.old) != kind(pair.new) {
        type_changed(report, pair, "");
    } else if has_name(kind(pair.new)) && type_name(pair.old) != type_name(pair.new) {
        type_name_changed(report, pair);
    }
}

pub(in super::super) fn wire_type<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    let more = match (kind(pair.old), kind(pair.new)) {
        (Type::String, Type::Bytes) => return,
        (Type::Bytes, Type::String) => {
            ". Bytes that are not UTF-8 cannot be read as a string, and nothing enforces UTF-8"
        }
        _ => "",
    };
    let see = format!(" {SEE} for what the binary encoding allows{more}.");
    compatible_type(report, pair, wire_group, &see);
}

pub(in super::super) fn wire_json_type<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    let see = format!(
        " {SEE} for what the binary encoding allows, and \
         https://protobuf.dev/programming-guides/json/ for what JSON does."
    );
    compatible_type(report, pair, wire_json_group, &see);
}

fn compatible_type<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Field<'p>>,
    group: fn(Type) -> Type,
    see: &str,
) {
    let kind_of = kind(pair.new);
    if group(kind(pair.old)) != group(kind_of) {
        type_changed(report, pair, see);
    } else if has_name(kind_of) && type_name(pair.old) != type_name(pair.new) {
        if kind_of == Type::Enum && is_same_enum(pair) {
            return;
        }
        type_name_changed(report, pair);
    }
}

/// Whether an enum only stands somewhere else: it is called the same and lost no value.
fn is_same_enum(pair: Pair<&Field>) -> bool {
    let (Some(TypeRef::Enum(old)), Some(TypeRef::Enum(new))) =
        (pair.old.view.kind(), pair.new.view.kind())
    else {
        return false;
    };
    let values = |found: &EnumDescriptorProto| -> BTreeMap<String, i32> {
        let values = found.value.iter();
        values
            .map(|value| (value.name().to_owned(), value.number()))
            .collect()
    };
    let (old_values, new_values) = (values(old.proto), values(new.proto));
    let is_kept = |(name, number): (&String, &i32)| new_values.get(name) == Some(number);
    old.proto.name() == new.proto.name() && old_values.iter().all(is_kept)
}

/// The one that stands for all types of the same binary form.
const fn wire_group(kind: Type) -> Type {
    match kind {
        Type::Int64 | Type::Uint32 | Type::Uint64 | Type::Bool => Type::Int32,
        Type::Sint64 => Type::Sint32,
        Type::Sfixed32 => Type::Fixed32,
        Type::Sfixed64 => Type::Fixed64,
        other => other,
    }
}

/// The one that stands for all types of the same binary and JSON form.
const fn wire_json_group(kind: Type) -> Type {
    match kind {
        Type::Uint32 => Type::Int32,
        Type::Uint64 => Type::Int64,
        Type::Sfixed32 => Type::Fixed32,
        Type::Sfixed64 => Type::Fixed64,
        other => other,
    }
}

fn type_name<'p>(field: &Field<'p>) -> &'p str {
    field.view.proto.type_name().trim_start_matches('.')
}

fn type_name_changed<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    let message = format!(
        "{} changed type from {:?} to {:?}.",
        pair.new.describe(),
        type_name(pair.old),
        type_name(pair.new),
    );
    at_part(report, pair, &[tag::FIELD_TYPE_NAME], message);
}

fn type_changed<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>, see: &str) {
    let part = if has_name(kind(pair.new)) {
        tag::FIELD_TYPE_NAME
    } else {
        tag::FIELD_TYPE
    };
    let message = format!(
        "{} changed type from {:?} to {:?}.{see}",
        pair.new.describe(),
        describe_kind(pair.old),
        describe_kind(pair.new),
    );
    at_part(report, pair, &[part], message);
}

fn describe_kind(field: &Field) -> String {
    let kind = kind(field);
    if kind == Type::Group && field.view.proto.r#type() != Type::Group {
        return "message (delimited encoding)".to_owned();
    }
    format!("{kind:?}").to_lowercase()
}

fn at_part<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>, part: &[i32], message: String) {
    let at = At::place(
        report.new.field_place(pair.new, part),
        pair.new.view.file.path(),
    );
    report.add(at, Some(pair.old.view.file.path()), message);
}

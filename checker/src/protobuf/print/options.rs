//! The options of a linked descriptor as elements.

use super::super::descriptor::Options;
use super::super::dynamic::options_type;
use super::described::Describer;
use super::element::{OptionElement, Value};
use super::values::{self, Member};
use super::{Style, Unprintable};

/// The messages that hold the options.
pub(super) const FILE: &str = "google.protobuf.FileOptions";
pub(super) const MESSAGE: &str = "google.protobuf.MessageOptions";
pub(super) const FIELD: &str = "google.protobuf.FieldOptions";
pub(super) const ONEOF: &str = "google.protobuf.OneofOptions";
pub(super) const EXTENSION_RANGE: &str = "google.protobuf.ExtensionRangeOptions";
pub(super) const ENUM: &str = "google.protobuf.EnumOptions";
pub(super) const ENUM_VALUE: &str = "google.protobuf.EnumValueOptions";
pub(super) const SERVICE: &str = "google.protobuf.ServiceOptions";
pub(super) const METHOD: &str = "google.protobuf.MethodOptions";

/// The option whose value is said part by part.
const FEATURES: &str = "features";

/// The options of an element; `message` holds them, and names are looked up from `scope`.
pub(super) fn of(
    describer: &Describer,
    options: &Options,
    message: &str,
    scope: &str,
) -> Result<Vec<OptionElement>, Unprintable> {
    if !options.uninterpreted_option.is_empty() {
        return Err(Unprintable);
    }
    if options.encoded.is_empty() {
        return Ok(Vec::new());
    }
    let message = options_type(describer.pool, message).ok_or(Unprintable)?;
    let mut all = Vec::new();
    for member in values::members(&options.encoded, message, &describer.names)? {
        push(describer, member, scope, &mut all);
    }
    if describer.style == Style::Normalized {
        sort(&mut all);
    }
    Ok(all)
}

/// A repeated option is set once per value.
fn push(describer: &Describer, member: Member, scope: &str, all: &mut Vec<OptionElement>) {
    let Member { field, values } = member;
    let name = match field.extension {
        Some(extension) => format!("({})", describer.names.of_extension(extension, scope)),
        None => field.proto.name().to_owned(),
    };
    for value in values {
        match value {
            Value::Map(parts) if name == FEATURES && field.extension.is_none() => {
                features(&name, parts, all);
            }
            value => all.push(OptionElement {
                name: name.clone(),
                value: settled(value, describer.style),
            }),
        }
    }
}

/// Features are set one by one. Recursion is bounded: what an extension holds are features.
fn features(name: &str, parts: Vec<(String, Value)>, all: &mut Vec<OptionElement>) {
    for (part, value) in parts {
        let part = match part
            .strip_prefix('[')
            .and_then(|part| part.strip_suffix(']'))
        {
            Some(extension) => format!("{name}.({extension})"),
            None => format!("{name}.{part}"),
        };
        match value {
            Value::Map(parts) if !parts.is_empty() => features(&part, parts, all),
            value => all.push(OptionElement { name: part, value }),
        }
    }
}

/// The parts of a value in an order of their own, where that is asked for.
///
/// Recursion is bounded as values are.
fn settled(value: Value, style: Style) -> Value {
    match (value, style) {
        (Value::Map(mut members), Style::Normalized) => {
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            let members = members.into_iter();
            Value::Map(
                members
                    .map(|(key, value)| (key, settled(value, style)))
                    .collect(),
            )
        }
        (Value::List(values), Style::Normalized) => {
            let values = values.into_iter();
            Value::List(values.map(|value| settled(value, style)).collect())
        }
        (value, _) => value,
    }
}

/// By name, whether in parentheses or not. Repeated options keep their order.
pub(super) fn sort(options: &mut [OptionElement]) {
    options.sort_by(|a, b| bare(&a.name).cmp(bare(&b.name)));
}

fn bare(name: &str) -> &str {
    name.strip_prefix('(').unwrap_or(name)
}

//! The options of a linked descriptor as elements.

use std::sync::LazyLock;

use super::super::bundled;
use super::super::descriptor::Options;
use super::super::features::Features;
use super::super::places::Places;
use super::super::pool::{File, MessageRef, Pool, join};
use super::described::Describer;
use super::element::{OptionElement, Value};
use super::values::{self, Member};
use super::{Style, Unprintable};
use crate::model::Source;

/// The messages of `descriptor.proto` that hold the options.
pub(super) const FILE: &str = "FileOptions";
pub(super) const MESSAGE: &str = "MessageOptions";
pub(super) const FIELD: &str = "FieldOptions";
pub(super) const ONEOF: &str = "OneofOptions";
pub(super) const EXTENSION_RANGE: &str = "ExtensionRangeOptions";
pub(super) const ENUM: &str = "EnumOptions";
pub(super) const ENUM_VALUE: &str = "EnumValueOptions";
pub(super) const SERVICE: &str = "ServiceOptions";
pub(super) const METHOD: &str = "MethodOptions";

/// The file and the package that they stand in.
const DESCRIPTOR: &str = "google/protobuf/descriptor.proto";
const PACKAGE: &str = "google.protobuf";

/// The option whose value is said part by part.
const FEATURES: &str = "features";

/// The built-in options, for files that import none.
static BUILT_IN: LazyLock<Pool> = LazyLock::new(|| {
    let mut pool = Pool::default();
    if let Some(proto) = bundled::file(DESCRIPTOR) {
        pool.add(File {
            features: Features::of_file(&proto),
            source: Source::new(DESCRIPTOR, ""),
            places: std::sync::Arc::new(Places::none()),
            encoded: true,
            bundled: true,
            proto,
        });
    }
    pool
});

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
    let message = message_of(describer.pool, message).ok_or(Unprintable)?;
    let mut all = Vec::new();
    for member in values::members(&options.encoded, message, &describer.names)? {
        push(describer, member, scope, &mut all);
    }
    if describer.style == Style::Normalized {
        sort(&mut all);
    }
    Ok(all)
}

/// The message of `descriptor.proto` that holds options.
pub(super) fn message_of<'p>(pool: &'p Pool, message: &str) -> Option<MessageRef<'p>> {
    let name = join(PACKAGE, message);
    pool.message(&name).or_else(|| BUILT_IN.message(&name))
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

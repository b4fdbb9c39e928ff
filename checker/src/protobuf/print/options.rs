//! Option values as text.

use std::fmt::Write as _;

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, Value};

use super::names::Names;
use super::{Style, Unprintable, indented};

/// The options of an element, each as `name = value`.
pub(super) fn print(
    options: &DynamicMessage,
    names: &Names,
    scope: &str,
    style: Style,
) -> Result<Vec<String>, Unprintable> {
    // Of what was not linked only the number is known.
    if options.unknown_fields().next().is_some() {
        return Err(Unprintable);
    }
    let mut printed = Vec::new();
    for (field, value) in options.fields() {
        // Of these the text of the message itself speaks.
        if field.name() == "map_entry" {
            continue;
        }
        each(value, |value| {
            printed.push(format!(
                "{} = {}",
                field.name(),
                literal(value, &field.kind())?
            ));
            Ok(())
        })?;
    }
    for (extension, value) in options.extensions() {
        let name = names.of_extension(extension.full_name(), scope);
        each(value, |value| {
            printed.push(format!("({name}) = {}", literal(value, &extension.kind())?));
            Ok(())
        })?;
    }
    if style == Style::Normalized {
        // Stable: repeated options keep their order.
        printed.sort_by(|a, b| key(a).cmp(key(b)));
    }
    Ok(printed)
}

fn key(option: &str) -> &str {
    option.split(" = ").next().unwrap_or(option)
}

/// A repeated option is set once per value.
fn each(
    value: &Value,
    mut print: impl FnMut(&Value) -> Result<(), Unprintable>,
) -> Result<(), Unprintable> {
    match value {
        Value::List(values) => values.iter().try_for_each(print),
        Value::Map(_) => Err(Unprintable),
        value => print(value),
    }
}

/// Recursion is bounded: texts nest to [`super::super::MAX_NESTING`], descriptors to 100.
fn literal(value: &Value, kind: &Kind) -> Result<String, Unprintable> {
    Ok(match value {
        Value::Bool(value) => value.to_string(),
        Value::I32(value) => value.to_string(),
        Value::I64(value) => value.to_string(),
        Value::U32(value) => value.to_string(),
        Value::U64(value) => value.to_string(),
        Value::F32(value) => float(&format!("{value:?}")),
        Value::F64(value) => float(&format!("{value:?}")),
        Value::String(text) => quoted(text),
        Value::Bytes(bytes) => quoted_bytes(bytes),
        Value::EnumNumber(number) => {
            let found = kind.as_enum().ok_or(Unprintable)?;
            let names = found.values().filter(|value| value.number() == *number);
            // Of aliases always the same one.
            names
                .map(|value| value.name().to_owned())
                .min()
                .ok_or(Unprintable)?
        }
        Value::Message(message) => braced(&members(message)?),
        Value::List(_) | Value::Map(_) => return Err(Unprintable),
    })
}

/// Rust and `.proto` spell infinities and no numbers alike but for the case.
fn float(text: &str) -> String {
    text.to_ascii_lowercase()
}

fn members(message: &DynamicMessage) -> Result<Vec<String>, Unprintable> {
    if message.unknown_fields().next().is_some() {
        return Err(Unprintable);
    }
    let mut members = Vec::new();
    for (field, value) in message.fields() {
        members.push(member(&name_of(&field), value, &field.kind())?);
    }
    for (extension, value) in message.extensions() {
        let name = format!("[{}]", extension.full_name());
        members.push(member(&name, value, &extension.kind())?);
    }
    Ok(members)
}

/// A group goes by the name of its type.
fn name_of(field: &FieldDescriptor) -> String {
    match field.kind() {
        Kind::Message(message) if field.is_group() => message.name().to_owned(),
        _ => field.name().to_owned(),
    }
}

fn member(name: &str, value: &Value, kind: &Kind) -> Result<String, Unprintable> {
    let values = match value {
        Value::List(values) => {
            let values = values.iter().map(|value| literal(value, kind));
            values.collect::<Result<Vec<_>, _>>()?
        }
        Value::Map(entries) => {
            let mut entries: Vec<(&MapKey, &Value)> = entries.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let entry = kind.as_message().ok_or(Unprintable)?;
            let value_kind = entry.map_entry_value_field().kind();
            let key_kind = entry.map_entry_key_field().kind();
            let entries = entries.into_iter().map(|(key, value)| {
                let key = literal(&Value::from(key.clone()), &key_kind)?;
                let value = literal(value, &value_kind)?;
                Ok(braced(&[format!("key: {key}"), format!("value: {value}")]))
            });
            entries.collect::<Result<Vec<_>, _>>()?
        }
        value => vec![literal(value, kind)?],
    };
    Ok(match values.as_slice() {
        [only] => format!("{name}: {only}"),
        several => format!("{name}: [\n{}\n]", indented(&several.join(",\n"))),
    })
}

fn braced(members: &[String]) -> String {
    if members.is_empty() {
        return "{}".to_owned();
    }
    format!("{{\n{}\n}}", indented(&members.join(",\n")))
}

/// A string literal.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '\\' | '"' | '\'' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_control() => octal(u32::from(c), &mut out),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn quoted_bytes(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b'\\' | b'"' | b'\'' => out.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => out.push(char::from(*byte)),
            byte => octal(u32::from(*byte), &mut out),
        }
    }
    out.push('"');
    out
}

fn octal(byte: u32, out: &mut String) {
    // Writing to a `String` cannot fail.
    let _ = write!(out, "\\{byte:03o}");
}

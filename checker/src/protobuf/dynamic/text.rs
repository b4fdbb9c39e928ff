//! Prints text format, as Google's printers do on one line: `name: "a" items { id: 1 } [p.ext]: 5`.
//!
//! A string that is UTF-8 is readable; other bytes are escaped. What is unknown comes last, by number.

use std::fmt::{self, Write as _};

use prost::encoding::{WireType, decode_key, decode_varint};

use super::{Key, MAX_MESSAGE_DEPTH, Message, Value, name_of};
use crate::protobuf::pool::{FieldRef, TypeRef};
use crate::protobuf::syntax::strings;

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        write_message(self, true, &mut out);
        f.write_str(&out)
    }
}

impl Message<'_> {
    /// The text without what is unknown.
    pub(crate) fn known_text(&self) -> String {
        let mut out = String::new();
        write_message(self, false, &mut out);
        out
    }
}

/// The text of a field's value: an enum by its name, a message in braces, a list in brackets.
pub(crate) fn value_text(kind: Option<TypeRef>, value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::List(values) => {
            let values: Vec<String> = values.iter().map(|value| value_text(kind, value)).collect();
            out = format!("[{}]", values.join(", "));
        }
        Value::Map(entries) => {
            let value_kind = match kind {
                Some(TypeRef::Message(entry)) => entry.field(2).and_then(FieldRef::kind),
                _ => None,
            };
            let entries = entries.iter().map(|(key, value)| {
                let mut out = String::new();
                write_entry(key, value_kind, value, true, &mut out);
                out
            });
            out = format!("[{}]", entries.collect::<Vec<_>>().join(", "));
        }
        value => write_value(kind, value, true, &mut out),
    }
    out
}

/// Recursion is bounded: no message nests deeper than [`MAX_MESSAGE_DEPTH`].
fn write_message(message: &Message, unknown: bool, out: &mut String) {
    for (field, value) in message.fields() {
        let name = text_name(field);
        let kind = field.kind();
        match value {
            Value::List(values) => {
                for value in values {
                    write_field(&name, kind, value, unknown, out);
                }
            }
            Value::Map(entries) => {
                let value_kind = field.map_entry().and_then(|entry| entry.field(2)?.kind());
                for (key, value) in entries {
                    separate(out);
                    out.push_str(&name);
                    out.push(' ');
                    write_entry(key, value_kind, value, unknown, out);
                }
            }
            value => write_field(&name, kind, value, unknown, out),
        }
    }
    if unknown {
        write_unknown(message.unknown(), 0, out);
    }
}

/// A group goes by the name of its type.
fn text_name(field: FieldRef) -> String {
    match field.kind() {
        Some(TypeRef::Group(ty)) if is_group_like(field, ty.proto.name()) => {
            ty.proto.name().to_owned()
        }
        _ => name_of(field).into_owned(),
    }
}

/// Whether a field was declared with its type, as `group Name = 1 {}` does: it has the name of the type
/// in lower case and stands beside it.
pub(super) fn is_group_like(field: FieldRef, type_name: &str) -> bool {
    let Some(parent) = field.parent else {
        return false;
    };
    let beside = parent
        .nested_type
        .iter()
        .any(|nested| nested.name() == type_name);
    field.proto.name() == type_name.to_ascii_lowercase() && beside
}

fn write_field(name: &str, kind: Option<TypeRef>, value: &Value, unknown: bool, out: &mut String) {
    separate(out);
    out.push_str(name);
    out.push_str(match value {
        Value::Message(_) => " ",
        _ => ": ",
    });
    write_value(kind, value, unknown, out);
}

fn write_entry(key: &Key, kind: Option<TypeRef>, value: &Value, unknown: bool, out: &mut String) {
    out.push_str("{ ");
    let mut content = format!("key: {key}");
    write_field("value", kind, value, unknown, &mut content);
    out.push_str(&content);
    out.push_str(" }");
}

fn write_value(kind: Option<TypeRef>, value: &Value, unknown: bool, out: &mut String) {
    match value {
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int32(value) => out.push_str(&value.to_string()),
        Value::Int64(value) => out.push_str(&value.to_string()),
        Value::Uint32(value) => out.push_str(&value.to_string()),
        Value::Uint64(value) => out.push_str(&value.to_string()),
        Value::Float(value) => out.push_str(&strings::spell_float(*value)),
        Value::Double(value) => out.push_str(&strings::spell_double(*value)),
        Value::String(bytes) => write_string(bytes, out),
        Value::Bytes(bytes) => {
            out.push('"');
            out.push_str(&strings::escape(bytes));
            out.push('"');
        }
        Value::Enum(number) => match kind.and_then(|kind| enum_name(kind, *number)) {
            Some(name) => out.push_str(name),
            None => out.push_str(&number.to_string()),
        },
        Value::Message(message) => {
            let mut content = String::new();
            write_message(message, unknown, &mut content);
            out.push('{');
            if !content.is_empty() {
                out.push(' ');
                out.push_str(&content);
                out.push(' ');
            }
            out.push('}');
        }
        // Lists and maps do not stand in lists and maps.
        Value::List(_) | Value::Map(_) => {}
    }
}

/// The name of the first value with a number.
fn enum_name(kind: TypeRef<'_>, number: i32) -> Option<&str> {
    let TypeRef::Enum(found) = kind else {
        return None;
    };
    let mut values = found.proto.value.iter();
    let value = values.find(|value| value.number() == number)?;
    Some(value.name())
}

fn write_string(bytes: &[u8], out: &mut String) {
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_ascii() || c.is_control() {
                let mut buffer = [0; 4];
                out.push_str(&strings::escape(c.encode_utf8(&mut buffer).as_bytes()));
            } else {
                out.push(c);
            }
        }
        out.push_str(&strings::escape(chunk.invalid()));
    }
    out.push('"');
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        write_value(None, &self.to_value(), false, &mut out);
        f.write_str(&out)
    }
}

/// Fields that no type explains: a number stands for the name. Bytes that are a message themselves are
/// shown as one.
fn write_unknown(bytes: &[u8], depth: usize, out: &mut String) {
    let mut rest = bytes;
    while let Ok((number, wire_type)) = decode_key(&mut rest) {
        if wire_type == WireType::EndGroup {
            return;
        }
        separate(out);
        out.push_str(&number.to_string());
        if write_unknown_value(wire_type, number, &mut rest, depth, out).is_none() {
            return;
        }
    }
}

fn write_unknown_value(
    wire_type: WireType,
    number: u32,
    rest: &mut &[u8],
    depth: usize,
    out: &mut String,
) -> Option<()> {
    match wire_type {
        WireType::Varint => {
            let value = decode_varint(rest).ok()?;
            let _ = write!(out, ": {value}");
        }
        WireType::ThirtyTwoBit => {
            let value = u32::from_le_bytes(*rest.first_chunk()?);
            let _ = write!(out, ": 0x{value:08x}");
            *rest = rest.get(4..)?;
        }
        WireType::SixtyFourBit => {
            let value = u64::from_le_bytes(*rest.first_chunk()?);
            let _ = write!(out, ": 0x{value:016x}");
            *rest = rest.get(8..)?;
        }
        WireType::LengthDelimited => {
            let length = usize::try_from(decode_varint(rest).ok()?).ok()?;
            let (content, behind) = rest.split_at_checked(length)?;
            *rest = behind;
            if !content.is_empty() && depth < MAX_MESSAGE_DEPTH && is_message(content) {
                write_unknown_message(content, depth, out);
            } else {
                out.push_str(": ");
                write_string(content, out);
            }
        }
        WireType::StartGroup => {
            let before = *rest;
            let context = prost::encoding::DecodeContext::default();
            prost::encoding::skip_field(wire_type, number, rest, context).ok()?;
            write_unknown_message(before, depth, out);
        }
        WireType::EndGroup => return None,
    }
    Some(())
}

fn write_unknown_message(content: &[u8], depth: usize, out: &mut String) {
    let mut within = String::new();
    write_unknown(content, depth + 1, &mut within);
    out.push_str(" {");
    if !within.is_empty() {
        let _ = write!(out, " {within} ");
    }
    out.push('}');
}

fn is_message(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while !rest.is_empty() {
        let Ok((number, wire_type)) = decode_key(&mut rest) else {
            return false;
        };
        let context = prost::encoding::DecodeContext::default();
        if prost::encoding::skip_field(wire_type, number, &mut rest, context).is_err() {
            return false;
        }
    }
    true
}

fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push(' ');
    }
}

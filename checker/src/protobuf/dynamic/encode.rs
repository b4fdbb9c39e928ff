//! Writes the binary encoding: fields by number, entries of maps by key, what is unknown last.

use prost::encoding::{WireType, encode_key, encode_varint};

use super::decode::{is_packable, wire_type_of};
use super::{Message, Value};
use crate::protobuf::features::RepeatedFieldEncoding;
use crate::protobuf::model::Scalar;
use crate::protobuf::pool::{FieldRef, MessageRef, TypeRef};

impl Message<'_> {
    /// The bytes of the message: the same for the same content.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode_to(&mut out);
        out
    }

    fn encode_to(&self, out: &mut Vec<u8>) {
        let set = self.ty.is_message_set();
        for (field, value) in self.fields() {
            match value {
                Value::Message(content) if set => item(field, content, out),
                value => encode_field(field, value, out),
            }
        }
        out.extend(&self.unknown);
    }
}

/// The numbers of a message set's items, and of the type and the content in one.
pub(super) const ITEM: u32 = 1;
pub(super) const TYPE_ID: u32 = 2;
pub(super) const CONTENT: u32 = 3;

/// Appends an extension as a message set has it: a group of its number and its content.
fn item(field: FieldRef, content: &Message, out: &mut Vec<u8>) {
    encode_key(ITEM, WireType::StartGroup, out);
    encode_key(TYPE_ID, WireType::Varint, out);
    encode_varint(i64::from(field.proto.number()).cast_unsigned(), out);
    delimited(CONTENT, &content.encode(), out);
    encode_key(ITEM, WireType::EndGroup, out);
}

/// What tags have room for.
const NUMBERS: std::ops::RangeInclusive<u32> = 1..=536_870_911;

/// Appends a field with its tag, or several where it is repeated.
pub(crate) fn encode_field(field: FieldRef, value: &Value, out: &mut Vec<u8>) {
    let number = u32::try_from(field.proto.number()).unwrap_or_default();
    // A number that is none is told where it is declared.
    let (Some(kind), true) = (field.kind(), NUMBERS.contains(&number)) else {
        return;
    };
    match value {
        Value::Map(entries) => {
            let Some(entry) = field.map_entry() else {
                return;
            };
            for (key, value) in entries {
                let content = entry_content(entry, &key.to_value(), value);
                delimited(number, &content, out);
            }
        }
        // Entries as a text has them; what is left out is written too.
        Value::List(entries) if field.map_entry().is_some() => {
            for entry in entries.iter().filter_map(Value::as_message) {
                let value = |number| Some(entry.get_or_default(entry.ty.field(number)?));
                if let (Some(key), Some(value)) = (value(1), value(2)) {
                    delimited(number, &entry_content(entry.ty, &key, &value), out);
                }
            }
        }
        Value::List(values) => {
            let packed = field.features.repeated_field_encoding == RepeatedFieldEncoding::Packed;
            if packed && is_packable(kind) {
                let mut content = Vec::new();
                for value in values {
                    bare(kind, value, &mut content);
                }
                delimited(number, &content, out);
            } else {
                for value in values {
                    single(number, kind, value, out);
                }
            }
        }
        value => single(number, kind, value, out),
    }
}

/// Key and value are written even where they are defaults.
fn entry_content(entry: MessageRef, key: &Value, value: &Value) -> Vec<u8> {
    let mut content = Vec::new();
    for (number, value) in [(1, key), (2, value)] {
        if let Some(kind) = entry.field(number).and_then(FieldRef::kind) {
            single(number.cast_unsigned(), kind, value, &mut content);
        }
    }
    content
}

fn single(number: u32, kind: TypeRef, value: &Value, out: &mut Vec<u8>) {
    if let (TypeRef::Group(_), Value::Message(message)) = (kind, value) {
        encode_key(number, WireType::StartGroup, out);
        message.encode_to(out);
        encode_key(number, WireType::EndGroup, out);
        return;
    }
    encode_key(number, wire_type_of(kind), out);
    bare(kind, value, out);
}

/// A value without its tag.
fn bare(kind: TypeRef, value: &Value, out: &mut Vec<u8>) {
    let scalar = match kind {
        TypeRef::Scalar(scalar) => Some(scalar),
        TypeRef::Enum(_) | TypeRef::Message(_) | TypeRef::Group(_) => None,
    };
    match value {
        Value::Bool(value) => encode_varint(u64::from(*value), out),
        Value::Int32(value) => match scalar {
            Some(Scalar::Sfixed32) => out.extend(value.to_le_bytes()),
            Some(Scalar::Sint32) => {
                let zigzag = (value << 1) ^ (value >> 31);
                encode_varint(u64::from(zigzag.cast_unsigned()), out);
            }
            _ => encode_varint(i64::from(*value).cast_unsigned(), out),
        },
        Value::Enum(value) => encode_varint(i64::from(*value).cast_unsigned(), out),
        Value::Int64(value) => match scalar {
            Some(Scalar::Sfixed64) => out.extend(value.to_le_bytes()),
            Some(Scalar::Sint64) => {
                encode_varint(((value << 1) ^ (value >> 63)).cast_unsigned(), out);
            }
            _ => encode_varint(value.cast_unsigned(), out),
        },
        Value::Uint32(value) => match scalar {
            Some(Scalar::Fixed32) => out.extend(value.to_le_bytes()),
            _ => encode_varint(u64::from(*value), out),
        },
        Value::Uint64(value) => match scalar {
            Some(Scalar::Fixed64) => out.extend(value.to_le_bytes()),
            _ => encode_varint(*value, out),
        },
        Value::Float(value) => out.extend(value.to_le_bytes()),
        Value::Double(value) => out.extend(value.to_le_bytes()),
        Value::String(bytes) | Value::Bytes(bytes) => length_and(bytes, out),
        Value::Message(message) => length_and(&message.encode(), out),
        // Lists and maps do not stand in lists and maps.
        Value::List(_) | Value::Map(_) => {}
    }
}

/// A field that holds bytes.
pub(crate) fn delimited(number: u32, content: &[u8], out: &mut Vec<u8>) {
    encode_key(number, WireType::LengthDelimited, out);
    length_and(content, out);
}

fn length_and(content: &[u8], out: &mut Vec<u8>) {
    encode_varint(u64::try_from(content.len()).unwrap_or(u64::MAX), out);
    out.extend(content);
}

//! What a reader of one type makes of the JSON form of another: fields of one name, whose bytes need
//! not have anything in common.
//!
//! Members of messages that are the same on both sides are compared on their own, so here only messages
//! of different names are looked into, one level deep.
//!
//! Source: Protocol Buffers, the JSON format: 64-bit numbers are strings, bytes are base64, enums are
//! names, wrappers are what they wrap. Readers take numbers from strings of digits, too.

use super::model::{Enum, Kind, Message, Model, Scalar};

/// Whether every value of the writer's type is read as what it was written as. Given are the models
/// of reader and writer.
pub(crate) fn reads(writer: &Kind, reader: &Kind, models: (&Model, &Model)) -> bool {
    let (readers, writers) = models;
    match (&unwrapped(writer), &unwrapped(reader)) {
        (Kind::Scalar(writer), Kind::Scalar(reader)) => scalars(*writer, *reader),
        (Kind::Enum(_), Kind::Scalar(reader)) => *reader == Scalar::String,
        (Kind::Scalar(writer), Kind::Enum(name)) => {
            let open = readers.enums.get(name).is_some_and(|found| !found.closed);
            open && range(*writer) == range(Scalar::Int32) && range(*writer).is_some()
        }
        (Kind::Enum(writer), Kind::Enum(reader)) => {
            writer == reader || names(writers.enums.get(writer), readers.enums.get(reader))
        }
        (
            Kind::Message(writer) | Kind::Group(writer),
            Kind::Message(reader) | Kind::Group(reader),
        ) => {
            let both = (writers.messages.get(writer), readers.messages.get(reader));
            writer == reader || members(both)
        }
        (
            Kind::Map { key, value, .. },
            Kind::Map {
                key: reader_key,
                value: reader_value,
                ..
            },
        ) => keys(*key, *reader_key) && reads(value, reader_value, models),
        // Times, durations and masks are strings.
        (Kind::Message(name), Kind::Scalar(Scalar::String)) => TEXTS.contains(&name.as_str()),
        _ => false,
    }
}

/// Well-known messages whose JSON form is a string.
const TEXTS: [&str; 3] = [
    "google.protobuf.Duration",
    "google.protobuf.FieldMask",
    "google.protobuf.Timestamp",
];

/// What a wrapper wraps.
fn unwrapped(kind: &Kind) -> Kind {
    let Kind::Message(name) = kind else {
        return kind.clone();
    };
    Kind::Scalar(match name.as_str() {
        "google.protobuf.BoolValue" => Scalar::Bool,
        "google.protobuf.BytesValue" => Scalar::Bytes,
        "google.protobuf.DoubleValue" => Scalar::Double,
        "google.protobuf.FloatValue" => Scalar::Float,
        "google.protobuf.Int32Value" => Scalar::Int32,
        "google.protobuf.Int64Value" => Scalar::Int64,
        "google.protobuf.StringValue" => Scalar::String,
        "google.protobuf.UInt32Value" => Scalar::Uint32,
        "google.protobuf.UInt64Value" => Scalar::Uint64,
        _ => return kind.clone(),
    })
}

fn scalars(writer: Scalar, reader: Scalar) -> bool {
    let float = |scalar| matches!(scalar, Scalar::Float | Scalar::Double);
    match (range(writer), range(reader)) {
        _ if writer == reader => true,
        (Some(written), Some(read)) => read.0 <= written.0 && written.1 <= read.1,
        (Some(_), None) if float(reader) => true,
        // 64-bit numbers are strings of digits.
        (Some((_, max)), None) => reader == Scalar::String && max > i128::from(u32::MAX),
        (None, _) => writer == Scalar::Float && reader == Scalar::Double,
    }
}

/// Keys are strings, whatever their type.
fn keys(writer: Scalar, reader: Scalar) -> bool {
    reader == Scalar::String || scalars(writer, reader)
}

/// The smallest and the largest number of an integer type.
fn range(scalar: Scalar) -> Option<(i128, i128)> {
    match scalar {
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => {
            Some((i32::MIN.into(), i32::MAX.into()))
        }
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => {
            Some((i64::MIN.into(), i64::MAX.into()))
        }
        Scalar::Uint32 | Scalar::Fixed32 => Some((0, u32::MAX.into())),
        Scalar::Uint64 | Scalar::Fixed64 => Some((0, u64::MAX.into())),
        Scalar::Double | Scalar::Float | Scalar::Bool | Scalar::String | Scalar::Bytes => None,
    }
}

fn names(writer: Option<&Enum>, reader: Option<&Enum>) -> bool {
    let (Some(writer), Some(reader)) = (writer, reader) else {
        return false;
    };
    let mut values = writer.values.iter();
    values.all(|value| reader.values.named(&value.name).is_some())
}

/// Whether one message has all members of another, of the same types.
fn members((writer, reader): (Option<&Message>, Option<&Message>)) -> bool {
    let (Some(writer), Some(reader)) = (writer, reader) else {
        return false;
    };
    let well_known = |message: &Message| message.name.starts_with("google.protobuf.");
    let alike = writer.fields.iter().all(|field| {
        let read = reader.fields.named(&field.name);
        read.is_some_and(|read| {
            read.kind == field.kind
                && read.cardinality == field.cardinality
                && read.json_name == field.json_name
        })
    });
    alike && !well_known(writer) && !well_known(reader)
}

#[cfg(test)]
mod tests {
    use super::scalars;
    use crate::protobuf::model::Scalar::{
        Bool, Bytes, Double, Fixed32, Float, Int32, Int64, String, Uint32, Uint64,
    };

    #[test]
    fn a_scalar_is_read_where_every_document_of_the_writer_is_one_of_the_reader() {
        for (writer, reader) in [
            (Int32, Int64),
            (Int32, Double),
            (Fixed32, Uint32),
            (Uint32, Int64),
            (Int64, String),
            (Uint64, String),
            (Float, Double),
        ] {
            assert!(scalars(writer, reader), "{writer:?} {reader:?}");
        }
        for (writer, reader) in [
            (Int64, Int32),
            (Int32, Uint32),
            (Int32, String),
            (Uint32, String),
            (String, Int32),
            (String, Bytes),
            (Bytes, String),
            (Double, Float),
            (Double, Int64),
            (Bool, Int32),
            (Int32, Bool),
            (Bool, String),
        ] {
            assert!(!scalars(writer, reader), "{writer:?} {reader:?}");
        }
    }
}

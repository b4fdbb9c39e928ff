//! What a reader of one type makes of a value that was written as another: the table of types.
//!
//! Binary encoding: a tag with a wire type, then the value. A parser that meets another wire type
//! than it expects skips the value or refuses the message; among types of one wire type the bits
//! are read anew, and some values come out as others. Messages among each other are not judged
//! here but member by member.

use super::model::{Kind, Message, Model, Scalar};

/// How values of the writer's type come out at the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Every value comes out as it went in.
    Same,
    /// Some values come out as other values.
    Altered,
    /// Some values make the reader refuse the message.
    Refused,
    /// No value is found: the wire type is another.
    Lost,
}

/// How the binary encoding is read.
pub(crate) fn reading(writer: &Kind, reader: &Kind, writers: &Model, readers: &Model) -> Reading {
    match (writer, reader) {
        (Kind::Scalar(writer), Kind::Scalar(reader)) => scalars(*writer, *reader),
        (Kind::Enum(name), Kind::Scalar(reader)) => enum_as(name, *reader, writers),
        (Kind::Scalar(writer), Kind::Enum(name)) => as_enum(*writer, name, readers),
        (Kind::Enum(_), Kind::Enum(_))
        | (Kind::Message(_), Kind::Message(_) | Kind::Scalar(Scalar::Bytes))
        | (Kind::Map { .. }, Kind::Scalar(Scalar::Bytes))
        | (Kind::Group(_), Kind::Group(_)) => Reading::Same,
        (
            Kind::Map { key, value, .. },
            Kind::Map {
                key: reader_key,
                value: reader_value,
                ..
            },
        ) => worse(
            scalars(*key, *reader_key),
            reading(value, reader_value, writers, readers),
        ),
        // Unless the message is written like an entry, its members are others than key and value.
        (Kind::Map { .. }, Kind::Message(name)) if !is_like_entry(name, readers) => Reading::Lost,
        (Kind::Message(name), Kind::Map { .. }) if !is_like_entry(name, writers) => Reading::Lost,
        (Kind::Map { entry, .. }, Kind::Message(_)) => {
            reading(&Kind::Message(entry.clone()), reader, writers, readers)
        }
        // Entries with equal keys become one.
        (Kind::Message(_), Kind::Map { .. }) => Reading::Altered,
        (Kind::Message(_) | Kind::Map { .. }, Kind::Scalar(Scalar::String))
        | (Kind::Scalar(Scalar::String | Scalar::Bytes), Kind::Message(_) | Kind::Map { .. }) => {
            Reading::Refused
        }
        _ => Reading::Lost,
    }
}

/// Whether the named message is an entry of a map or written like one.
pub(crate) fn is_like_entry(message: &str, model: &Model) -> bool {
    let message = model.messages.get(message);
    message.is_some_and(Message::is_like_entry)
}

fn worse(a: Reading, b: Reading) -> Reading {
    let rank = |reading| match reading {
        Reading::Same => 0,
        Reading::Altered => 1,
        Reading::Refused => 2,
        Reading::Lost => 3,
    };
    if rank(a) >= rank(b) { a } else { b }
}

fn scalars(writer: Scalar, reader: Scalar) -> Reading {
    use Scalar::{
        Bool, Bytes, Fixed32, Fixed64, Int32, Int64, Sfixed32, Sfixed64, Sint32, Sint64, String,
        Uint32, Uint64,
    };
    match (writer, reader) {
        (writer, reader) if writer == reader => Reading::Same,
        // A string is UTF-8, any bytes are not.
        (Bytes, String) => Reading::Refused,
        (String, Bytes)
        | (Bool, Int32 | Int64 | Uint32 | Uint64)
        | (Int32, Int64)
        | (Uint32, Uint64 | Int64)
        | (Sint32, Sint64) => Reading::Same,
        (Int32 | Int64 | Uint32 | Uint64 | Bool, Int32 | Int64 | Uint32 | Uint64 | Bool)
        | (Sint64, Sint32)
        | (Fixed32, Sfixed32)
        | (Sfixed32, Fixed32)
        | (Fixed64, Sfixed64)
        | (Sfixed64, Fixed64) => Reading::Altered,
        _ => Reading::Lost,
    }
}

fn enum_as(name: &str, reader: Scalar, writers: &Model) -> Reading {
    let mut numbers = writers
        .enums
        .get(name)
        .into_iter()
        .flat_map(|found| found.values.iter().map(|value| value.number));
    let fits = match reader {
        Scalar::Int32 | Scalar::Int64 => true,
        Scalar::Uint32 | Scalar::Uint64 => numbers.all(|number| number >= 0),
        Scalar::Bool => numbers.all(|number| number == 0 || number == 1),
        _ => return Reading::Lost,
    };
    if fits {
        Reading::Same
    } else {
        Reading::Altered
    }
}

fn as_enum(writer: Scalar, name: &str, readers: &Model) -> Reading {
    let open = readers.enums.get(name).is_some_and(|found| !found.closed);
    match writer {
        Scalar::Int32 if open => Reading::Same,
        Scalar::Bool => {
            let declared = |number| {
                readers
                    .enums
                    .get(name)
                    .is_some_and(|e| e.has_number(number))
            };
            if open || (declared(0) && declared(1)) {
                Reading::Same
            } else {
                Reading::Altered
            }
        }
        Scalar::Int32 | Scalar::Int64 | Scalar::Uint32 | Scalar::Uint64 => Reading::Altered,
        _ => Reading::Lost,
    }
}

/// Whether the JSON form of every value of the writer's type is one of the reader's type.
///
/// Asked where the binary encoding reads the same, so only those pairs matter: numbers are read
/// from numbers and from strings, hence 32 and 64 bits do not differ.
pub(crate) fn json_reads(writer: &Kind, reader: &Kind) -> bool {
    match (writer, reader) {
        (Kind::Scalar(Scalar::Bool), Kind::Scalar(reader)) => *reader == Scalar::Bool,
        // An enum is written by name, and a string is no base64.
        (Kind::Enum(_) | Kind::Message(_) | Kind::Map { .. }, Kind::Scalar(_))
        | (Kind::Scalar(Scalar::Bool), Kind::Enum(_))
        | (Kind::Scalar(Scalar::String), Kind::Scalar(Scalar::Bytes))
        | (Kind::Map { .. }, Kind::Message(_))
        | (Kind::Message(_), Kind::Map { .. }) => false,
        (
            Kind::Map { key, value, .. },
            Kind::Map {
                key: reader_key,
                value: reader_value,
                ..
            },
        ) => {
            (*key == Scalar::Bool) == (*reader_key == Scalar::Bool)
                && json_reads(value, reader_value)
        }
        _ => true,
    }
}

/// Whether repeated values of the type are written packed, as one length-delimited value.
pub(crate) fn packable(kind: &Kind) -> bool {
    match kind {
        Kind::Scalar(scalar) => !matches!(scalar, Scalar::String | Scalar::Bytes),
        Kind::Enum(_) => true,
        Kind::Message(_) | Kind::Group(_) | Kind::Map { .. } => false,
    }
}

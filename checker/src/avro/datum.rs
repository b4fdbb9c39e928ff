//! A datum: what an Avro schema describes, and how Avro's JSON encoding spells it.
//!
//! Only witnesses and defaults need data; this is no general-purpose data model, and logical types
//! are left raw.

use std::fmt::Write as _;

use crate::text::json::write_string;

use super::model::{Kind, Schema, TypeId};

/// The deepest datum that is made or read, so that walks over it fit into a thread's stack.
pub const MAX_DATUM_DEPTH: usize = 128;

/// The most parts that a datum may have.
pub const MAX_DATUM_PARTS: usize = 50_000;

/// A value of some type. Fields and branches are by position.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Datum {
    Null,
    Boolean(bool),
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    Bytes(Vec<u8>),
    String(String),
    Fixed(Vec<u8>),
    Enum(usize),
    Array(Vec<Datum>),
    Map(Vec<(String, Datum)>),
    Union(usize, Box<Datum>),
    Record(Vec<Datum>),
    /// The field of a record that was written before the field existed: no bytes, no text.
    Absent,
}

/// The datum in Avro's JSON encoding: a union's branch is named, bytes are characters.
pub(crate) fn to_json(schema: &Schema, ty: TypeId, datum: &Datum) -> String {
    let mut out = String::new();
    write(schema, ty, datum, &mut out);
    out
}

fn write(schema: &Schema, ty: TypeId, datum: &Datum, out: &mut String) {
    // Writing to a `String` cannot fail.
    let _ = match datum {
        Datum::Absent => Ok(()),
        Datum::Null => write!(out, "null"),
        Datum::Boolean(value) => write!(out, "{value}"),
        Datum::Int(value) => write!(out, "{value}"),
        Datum::Long(value) => write!(out, "{value}"),
        Datum::Float(value) => write!(out, "{value:?}"),
        Datum::Double(value) => write!(out, "{value:?}"),
        Datum::Bytes(bytes) | Datum::Fixed(bytes) => {
            let text: String = bytes.iter().copied().map(char::from).collect();
            write_string(&text, out);
            Ok(())
        }
        Datum::String(text) => {
            write_string(text, out);
            Ok(())
        }
        Datum::Enum(_) | Datum::Array(_) | Datum::Map(_) | Datum::Union(..) | Datum::Record(_) => {
            write_composite(schema, ty, datum, out);
            Ok(())
        }
    };
}

fn write_composite(schema: &Schema, ty: TypeId, datum: &Datum, out: &mut String) {
    match (schema.kind(ty), datum) {
        (Kind::Enum(content), Datum::Enum(index)) => {
            let symbol = content.symbols.get(*index);
            write_string(symbol.map_or("", |symbol| &symbol.name), out);
        }
        (Kind::Array(items), Datum::Array(data)) => {
            separated('[', ']', data, out, |item, out| {
                write(schema, items.id, item, out);
            });
        }
        (Kind::Map(values), Datum::Map(entries)) => {
            separated('{', '}', entries, out, |(key, value), out| {
                write_string(key, out);
                out.push_str(": ");
                write(schema, values.id, value, out);
            });
        }
        (Kind::Record(record), Datum::Record(data)) => {
            separated(
                '{',
                '}',
                present(record.fields.iter().zip(data)),
                out,
                |(field, value), out| {
                    write_string(&field.name, out);
                    out.push_str(": ");
                    write(schema, field.ty.id, value, out);
                },
            );
        }
        (Kind::Union(branches), Datum::Union(index, inner)) => {
            let Some(branch) = branches.get(*index) else {
                return;
            };
            if **inner == Datum::Null {
                out.push_str("null");
                return;
            }
            out.push('{');
            write_string(branch_name(schema.kind(branch.id)), out);
            out.push_str(": ");
            write(schema, branch.id, inner, out);
            out.push('}');
        }
        _ => {}
    }
}

fn present<'d, T>(
    fields: impl Iterator<Item = (T, &'d Datum)>,
) -> impl Iterator<Item = (T, &'d Datum)> {
    fields.filter(|(_, value)| **value != Datum::Absent)
}

/// The name under which the JSON encoding knows a union's branch.
pub(crate) fn branch_name(kind: &Kind) -> &str {
    kind.name().map_or(kind.word(), |name| &name.full)
}

fn separated<T>(
    open: char,
    close: char,
    items: impl IntoIterator<Item = T>,
    out: &mut String,
    mut write: impl FnMut(T, &mut String),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(item, out);
    }
    out.push(close);
}

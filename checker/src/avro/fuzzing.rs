//! What programs that generate schemas by the million ask besides `compare`: to
//! execute a verdict. Hidden from the documentation and free to change, since nobody else needs it:
//! the data model, the encoder and the decoder stay private.
//!
//! The data that [`read_generated`] makes are the usual ones, not the smallest: `sample` makes those.

use crate::Options;
use crate::model::{Comparison, Direction, Reader, Writer};

use super::cover;
use super::datum::{self, Datum};
use super::decode::{self, ReadError, Reading};
use super::encode::encode;
use super::model::{Kind, Primitive, Schema, TypeId};

/// The deepest datum that is made.
const MAX_MADE_DEPTH: usize = 12;

/// Compares without the short cuts for what is equal, which must change nothing.
pub fn compare_in_full(
    old: &Schema,
    new: &Schema,
    directions: &[Direction],
    options: &Options,
) -> Comparison {
    super::compare(old, new, directions, options, None)
}

/// Writes a datum with the writer's schema and reads it with the reader's. `choose` is given a
/// number of choices, at least one, and takes one of them.
///
/// `Ok(false)` where no datum was made, or one that is too large to be read; `Err` with the datum
/// and the reason where the reader fails on it.
pub fn read_generated(
    reader: Reader<'_, Schema>,
    writer: Writer<'_, Schema>,
    choose: &mut dyn FnMut(usize) -> usize,
) -> Result<bool, String> {
    let (schema, root) = (writer.0, writer.0.root.id);
    let Some(datum) = some_datum(schema, root, choose, MAX_MADE_DEPTH) else {
        return Ok(false);
    };
    match decode::decode(reader, writer, &encode(&datum), Reading::Usual) {
        Ok(_) => Ok(true),
        Err(ReadError::TooLarge) => Ok(false),
        Err(ReadError::Unreadable(reason)) => {
            let json = datum::to_json(schema, root, &datum);
            Err(format!("{json} is not read: {reason}"))
        }
    }
}

/// A datum that goes through a place of its schema: see [`cover()`].
#[derive(Clone, Debug)]
pub struct Covering {
    /// In Avro's JSON encoding, which has no NaN and no infinity; they are written by these names.
    pub json: String,
    /// As it is written.
    pub bytes: Vec<u8>,
    /// Whether all values of the type `bytes` in it are UTF-8.
    pub is_text: bool,
}

/// Data of a schema that go through every place of it: each branch, each symbol, the ends of ranges.
pub fn cover(schema: &Schema) -> impl Iterator<Item = Covering> {
    let data = cover::cover(schema).data.into_iter();
    data.map(|covering| Covering {
        json: datum::to_json(schema, schema.root.id, &covering.datum),
        bytes: encode(&covering.datum),
        is_text: covering.is_text,
    })
}

/// What a reader gets of bytes that a writer wrote, as JSON; `None` where it does not read them.
pub fn read_as_json(
    reader: Reader<'_, Schema>,
    writer: Writer<'_, Schema>,
    bytes: &[u8],
) -> Option<String> {
    let datum = decode::decode(reader, writer, bytes, Reading::Usual).ok()?;
    Some(datum::to_json(reader.0, reader.0.root.id, &datum))
}

/// Reads bytes that may be anything. Whatever comes of it, it comes within the limits.
pub fn read_bytes(reader: Reader<'_, Schema>, writer: Writer<'_, Schema>, bytes: &[u8]) -> bool {
    decode::decode(reader, writer, bytes, Reading::Usual).is_ok()
}

/// Whether every type of the schema has a datum. A change inside of a type without any has no
/// witness.
pub fn all_inhabited(schema: &Schema) -> bool {
    let ids = (0u32..).map(TypeId).take(schema.types.len());
    let samples = schema.samples();
    ids.into_iter().all(|id| samples.inhabited(id))
}

/// Grows a datum of the type; `None` where it gets too deep.
pub(crate) fn some_datum(
    schema: &Schema,
    ty: TypeId,
    choose: &mut dyn FnMut(usize) -> usize,
    depth: usize,
) -> Option<Datum> {
    let depth = depth.checked_sub(1)?;
    Some(match schema.kind(ty) {
        Kind::Primitive(primitive) => some_primitive(*primitive, choose),
        Kind::Enum(content) if content.symbols.is_empty() => return None,
        Kind::Enum(content) => Datum::Enum(choose(content.symbols.len())),
        Kind::Fixed(fixed) if fixed.size > datum::MAX_DATUM_PARTS => return None,
        Kind::Fixed(fixed) => Datum::Fixed(vec![0xff; fixed.size]),
        Kind::Array(items) => {
            let data = (0..choose(3)).map(|_| some_datum(schema, items.id, choose, depth));
            Datum::Array(data.collect::<Option<_>>()?)
        }
        Kind::Map(values) => {
            let entries = (0..choose(3)).map(|index| {
                let value = some_datum(schema, values.id, choose, depth)?;
                Some((index.to_string(), value))
            });
            Datum::Map(entries.collect::<Option<_>>()?)
        }
        Kind::Union(branches) if branches.is_empty() => return None,
        Kind::Union(branches) => {
            let index = choose(branches.len());
            let inner = some_datum(schema, branches.get(index)?.id, choose, depth)?;
            Datum::Union(index, Box::new(inner))
        }
        Kind::Record(record) => {
            let fields = record.fields.iter();
            let data = fields.map(|field| some_datum(schema, field.ty.id, choose, depth));
            Datum::Record(data.collect::<Option<_>>()?)
        }
    })
}

/// Usual values and the ends of the range.
fn some_primitive(primitive: Primitive, choose: &mut dyn FnMut(usize) -> usize) -> Datum {
    let first = choose(2) == 0;
    match primitive {
        Primitive::Null => Datum::Null,
        Primitive::Boolean => Datum::Boolean(first),
        Primitive::Int if first => Datum::Int([0, -1][choose(2)]),
        Primitive::Int => Datum::Int([i32::MAX, i32::MIN][choose(2)]),
        Primitive::Long if first => Datum::Long([0, 1][choose(2)]),
        Primitive::Long => Datum::Long([i64::MAX, i64::MIN][choose(2)]),
        Primitive::Float => Datum::Float(if first { 0.0 } else { -1.5 }),
        Primitive::Double => Datum::Double(if first { 0.0 } else { 1e300 }),
        // Bytes that are no text are a warning of their own.
        Primitive::Bytes => Datum::Bytes(if first { "" } else { "é" }.into()),
        Primitive::String => Datum::String(if first { "" } else { "ab" }.into()),
    }
}

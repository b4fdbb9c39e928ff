//! Constructs the smallest datum that shows a change, and executes it: encodes it with the writer
//! schema, decodes the bytes with the reader schema.
//!
//! What did not fail, or was not read as something else, is no witness and is not attached.

use num_bigint::BigInt;

use crate::model::{Reader, Witness, WitnessKind, Writer};

use super::change::{Change, ChangeKind};
use super::datum::{self, Datum};
use super::decode::{self, ReadError, Reading};
use super::encode::{self, hex};
use super::fields::{self, Sources};
use super::model::{Kind, Logical, Primitive, Slot};
use super::sample::{self, Focus};

/// How many parts all data of one comparison may have together: beyond it findings stand without a
/// witness, so that a thousand findings in a record of a thousand fields stay cheap.
pub(crate) const MAX_PARTS: usize = 200_000;

/// The largest precision for which a number too large for it is constructed.
const MAX_PRECISION: usize = 1_000;

/// The witness of a change, executed. `None` if there is none within the limits.
pub(crate) fn of(change: &Change<'_>, budget: &mut usize) -> Option<Witness> {
    let focus = focus(change)?;
    let (schema_r, schema_w) = (change.reader.schema, change.writer.schema);
    let mut route = change.route.clone()?;
    route.extend(unclear_source(change).map(Slot::Field));
    let datum = sample::along(schema_w, &route, &focus, budget)?;
    let bytes = encode::encode(&datum);
    let reading = match change.kind {
        ChangeKind::BranchUnclear(_) | ChangeKind::AliasUnclear(_) => Reading::Letter,
        _ => Reading::Usual,
    };
    let read = decode::decode(Reader(schema_r), Writer(schema_w), &bytes, reading);
    let reader = change.reader_word();
    let (outcome, output) = match read {
        Err(ReadError::TooLarge) => return None,
        Err(ReadError::Unreadable(reason)) => (
            format!("reading it with the {reader} schema fails, {reason}"),
            None,
        ),
        Ok(read) => {
            let (difference, output) = difference(change, &focus, &read)?;
            let outcome = format!("reading it with the {reader} schema gives {difference}");
            (outcome, Some(output))
        }
    };
    Some(Witness {
        kind: WitnessKind::AvroDatum,
        input: datum::to_json(schema_w, schema_w.root.id, &datum),
        bytes_hex: Some(hex(&bytes)),
        outcome,
        output,
    })
}

fn focus(change: &Change<'_>) -> Option<Focus> {
    Some(match &change.kind {
        ChangeKind::Symbols(missing) | ChangeKind::SymbolsSwallowed(missing) => {
            Focus::Exactly(Datum::Enum(*missing.first()?))
        }
        ChangeKind::BytesAsString => Focus::Exactly(Datum::Bytes(vec![0xff])),
        ChangeKind::Decimal => Focus::Exactly(raw_decimal(change)?),
        ChangeKind::Rounded => Focus::Exactly(unrounded(change)?),
        // Data that lack the field were written with a third schema.
        ChangeKind::DefaultChanged(..) => return None,
        ChangeKind::Type
        | ChangeKind::Branch
        | ChangeKind::Name
        | ChangeKind::FixedSize
        | ChangeKind::FieldMissing(_)
        | ChangeKind::AliasUnclear(_)
        | ChangeKind::AliasUndecided(_)
        | ChangeKind::BranchUnclear(_)
        | ChangeKind::Logical => Focus::Any,
    })
}

/// The field of the data whose value some libraries give to a field that has an unclear alias.
fn unclear_source(change: &Change<'_>) -> Option<usize> {
    match (&change.kind, change.reader.kind(), change.writer.kind()) {
        (ChangeKind::AliasUnclear(index), Kind::Record(reader), Kind::Record(writer)) => {
            let rewritten = fields::by_rewriting(reader, writer).ok()?;
            let usual = fields::by_name(reader, writer);
            let source = |sources: &Sources| sources.get(*index).copied().flatten();
            source(&rewritten).or_else(|| source(&usual))
        }
        _ => None,
    }
}

/// What was read instead of what was written, in words and as a value; `None` if nothing differs.
fn difference(change: &Change<'_>, focus: &Focus, read: &Datum) -> Option<(String, String)> {
    let schema = change.reader.schema;
    let json = || datum::to_json(schema, schema.root.id, read);
    match (&change.kind, focus) {
        (ChangeKind::Decimal, Focus::Exactly(raw)) => decimal_difference(change, raw),
        (ChangeKind::Logical, _) => {
            let [new, old] = [&change.reader, &change.writer].map(|side| {
                let logical = side.schema.get(side.id).logical;
                logical.map_or_else(
                    || "a plain value".to_owned(),
                    |logical| format!("`{logical}`"),
                )
            });
            Some((
                format!("the same value, taken as {new} instead of {old}"),
                json(),
            ))
        }
        (ChangeKind::Rounded, Focus::Exactly(number)) => {
            let written = datum::to_json(change.writer.schema, change.writer.id, number);
            Some((
                format!("another number than {written}, the nearest that it can hold"),
                json(),
            ))
        }
        (ChangeKind::BranchUnclear(_), _) => {
            let words = format!("{} if the first matching branch is taken", json());
            Some((words, json()))
        }
        (ChangeKind::AliasUnclear(_), _) => {
            Some((format!("{} if aliases rewrite the data", json()), json()))
        }
        (ChangeKind::SymbolsSwallowed(missing), _) => {
            let (Kind::Enum(r), Kind::Enum(w)) = (change.reader.kind(), change.writer.kind())
            else {
                return None;
            };
            let symbol = &w.symbols.get(*missing.first()?)?.name;
            let default = &r.symbols.get(r.default?)?.name;
            Some((format!("`{default}` where `{symbol}` was written"), json()))
        }
        _ => None,
    }
}

/// The smallest whole number that the reader's type rounds.
fn unrounded(change: &Change<'_>) -> Option<Datum> {
    match (change.reader.kind(), change.writer.kind()) {
        (Kind::Primitive(Primitive::Float), Kind::Primitive(Primitive::Int)) => {
            Some(Datum::Int((1 << f32::MANTISSA_DIGITS) + 1))
        }
        (Kind::Primitive(Primitive::Float), Kind::Primitive(Primitive::Long)) => {
            Some(Datum::Long((1 << f32::MANTISSA_DIGITS) + 1))
        }
        (Kind::Primitive(Primitive::Double), Kind::Primitive(Primitive::Long)) => {
            Some(Datum::Long((1 << f64::MANTISSA_DIGITS) + 1))
        }
        _ => None,
    }
}

fn decimals(change: &Change<'_>) -> Option<[(usize, usize); 2]> {
    let logical = [&change.reader, &change.writer].map(|side| side.schema.get(side.id).logical);
    match logical {
        [
            Some(Logical::Decimal { precision, scale }),
            Some(Logical::Decimal {
                precision: writer_precision,
                scale: writer_scale,
            }),
        ] => Some([(precision, scale), (writer_precision, writer_scale)]),
        _ => None,
    }
}

/// The unscaled number to write: one that another scale shows, or one beyond the reader's precision.
fn unscaled(change: &Change<'_>) -> Option<BigInt> {
    let [(precision, scale), (writer_precision, writer_scale)] = decimals(change)?;
    if scale != writer_scale {
        return Some(BigInt::from(if writer_precision < 3 { 1 } else { 123 }));
    }
    let shows = precision < writer_precision && precision <= MAX_PRECISION;
    shows.then(|| BigInt::from(10).pow(u32::try_from(precision).unwrap_or_default()))
}

fn raw_decimal(change: &Change<'_>) -> Option<Datum> {
    let bytes = unscaled(change)?.to_signed_bytes_be();
    match change.writer.kind() {
        Kind::Fixed(fixed) => {
            let mut padded = vec![0; fixed.size.checked_sub(bytes.len())?];
            padded.extend(bytes);
            Some(Datum::Fixed(padded))
        }
        _ => Some(Datum::Bytes(bytes)),
    }
}

fn decimal_difference(change: &Change<'_>, raw: &Datum) -> Option<(String, String)> {
    let (Datum::Bytes(bytes) | Datum::Fixed(bytes)) = raw else {
        return None;
    };
    let number = BigInt::from_signed_bytes_be(bytes);
    let [(precision, scale), (_, writer_scale)] = decimals(change)?;
    let read = scaled(&number, scale)?;
    let words = if scale == writer_scale {
        format!("{read}, which has more than the {precision} digits that it allows")
    } else {
        format!(
            "{read} where {} was written",
            scaled(&number, writer_scale)?
        )
    };
    Some((words, read))
}

/// The decimal notation of a positive number with `scale` digits after the point.
fn scaled(number: &BigInt, scale: usize) -> Option<String> {
    if scale > MAX_PRECISION {
        return None;
    }
    let digits = format!("{number:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    Some(if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    })
}

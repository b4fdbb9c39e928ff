//! Constructs the smallest datum that shows a change, and executes it: encodes it with the writer
//! schema, decodes the bytes with the reader schema.
//!
//! What did not fail, or was not read as something else, is no witness and is not attached.

use num_bigint::BigInt;

use crate::model::{Reader, Witness, WitnessKind, Writer};

use super::change::{Change, ChangeKind, Side};
use super::datum::{self, Datum};
use super::decode::{self, Attempt, Cause, Failure, Reading, Without};
use super::encode::{self, hex};
use super::fields::{self, Sources};
use super::model::{Kind, Logical, Primitive, Slot};
use super::sample::{self, Focus};

/// How many parts all data of one direction may have together, with what could not be read of them:
/// beyond it findings stand without a witness, errors last. A witness is a whole datum, so that those
/// of a thousand findings in a record of ten thousand fields would be texts of a hundred megabytes.
pub(crate) const MAX_PARTS: usize = 40_000;

/// The largest precision for which a number too large for it is constructed.
pub(crate) const MAX_PRECISION: usize = 1_000;

/// The longest default that a witness shows beside another one.
const MAX_SHOWN_CHARS: usize = 60;

/// The witness of a change, executed. `None` if there is none within the limits.
pub(crate) fn of(change: &Change<'_>, budget: &mut usize) -> Option<Witness> {
    match change.kind {
        ChangeKind::DefaultChanged(reader_index, writer_index) => {
            return of_default(change, reader_index, writer_index, budget);
        }
        ChangeKind::DefaultRemoved(reader_index, writer_index) => {
            return of_no_default(change, reader_index, writer_index, budget);
        }
        _ => {}
    }
    let (focus, reading) = focus(change)?;
    let (schema_r, schema_w) = (change.reader.schema, change.writer.schema);
    if !sample::begins(schema_w, *budget) {
        return None;
    }
    let mut route = change.route.clone()?;
    route.extend(unclear_source(change, budget)?.map(Slot::Field));
    let datum = sample::along(schema_w, &route, &focus, None, budget)?;
    let bytes = encode::encode(&datum);
    let attempt =
        decode::attempt(Reader(schema_r), Writer(schema_w), None, &bytes, reading).ok()?;
    // A datum of no part at all can lack thousands of fields, each of which asks for a witness.
    *budget = budget.saturating_sub(attempt.failures.len());
    let (outcome, output) = match attempt.failures.iter().find(|it| is_of(change, &route, it)) {
        Some(failure) => (failed(change, failure), None),
        None => read(change, &focus, &attempt, &bytes)?,
    };
    Some(witness(change, &datum, &bytes, outcome, output))
}

fn witness(
    change: &Change<'_>,
    datum: &Datum,
    bytes: &[u8],
    outcome: String,
    output: Option<String>,
) -> Witness {
    let schema = change.writer.schema;
    Witness {
        kind: match change.kind {
            ChangeKind::DefaultChanged(..) | ChangeKind::DefaultRemoved(..) => {
                WitnessKind::AvroDatumWithoutField
            }
            _ => WitnessKind::AvroDatum,
        },
        input: datum::to_json(schema, schema.root.id, datum),
        bytes_hex: Some(hex(bytes)),
        outcome,
        output,
    }
}

/// Whether it is this change that makes the reader fail, and no other one in the same datum, which was
/// made along `datum_route`: to the change, or to the field that an unclear alias takes.
fn is_of(change: &Change<'_>, datum_route: &[Slot], failure: &Failure) -> bool {
    let Some(route) = &change.route else {
        return false;
    };
    match change.kind {
        ChangeKind::FieldMissing(index) => {
            failure.route == *route && failure.cause == Cause::Missing(index)
        }
        // Another branch or field is read, and what fails may lie within it.
        ChangeKind::BranchUnclear(_) => failure.route.starts_with(route),
        ChangeKind::AliasUnclear(_) => {
            datum_route.len() > route.len() && failure.route.starts_with(datum_route)
        }
        ChangeKind::Name => failure.route == *route && failure.cause == Cause::Name,
        _ => failure.route == *route && failure.cause == Cause::Value,
    }
}

fn failed(change: &Change<'_>, failure: &Failure) -> String {
    let condition = match change.kind {
        ChangeKind::Decimal => " where decimals are checked as specified",
        ChangeKind::BranchUnclear(_) => " if the first matching branch is taken",
        ChangeKind::AliasUnclear(_) => " if aliases rewrite the data",
        _ => "",
    };
    let reader = change.reader_word();
    format!(
        "reading it with the {reader} schema fails{condition}, {}",
        failure.reason
    )
}

/// What came out in the place of the change. Other changes may make the rest of the datum fail.
fn read(
    change: &Change<'_>,
    focus: &Focus,
    attempt: &Attempt,
    bytes: &[u8],
) -> Option<(String, Option<String>)> {
    let whole = attempt.failures.is_empty();
    let (difference, output) = match change.kind {
        ChangeKind::AliasUnclear(index) if !whole => (rewritten(change, index, bytes)?, None),
        _ => difference(change, focus, &attempt.datum, whole)?,
    };
    let rest = if whole {
        ""
    } else {
        ", once the rest can be read"
    };
    let reader = change.reader_word();
    let outcome = format!("reading it with the {reader} schema gives {difference}{rest}");
    Some((outcome, output))
}

/// The witness of a default that changed: data that were written before the field existed, read by
/// both versions.
fn of_default(
    change: &Change<'_>,
    reader_index: usize,
    writer_index: usize,
    budget: &mut usize,
) -> Option<Witness> {
    let (reader, writer) = (&change.reader, &change.writer);
    let route = change.route.as_ref()?;
    let without = Some((writer.id, writer_index));
    let datum = sample::along(writer.schema, route, &Focus::Any, without, budget)?;
    let bytes = encode::encode(&datum);
    let of = |side: &Side<'_>, index| default_read(side, index, change, &bytes, without);
    let (name, read) = of(reader, reader_index)?;
    let (other_name, other) = of(writer, writer_index)?;
    // An alias may find another field where this one is missing.
    if name != other_name || read == other {
        return None;
    }
    let (reader_word, writer_word) = (change.reader_word(), change.writer_word());
    let long = [&read, &other].map(|text| text.chars().count() > MAX_SHOWN_CHARS);
    let outcome = if long.contains(&true) {
        format!(
            "field `{name}` gets another default from the {reader_word} schema than from the {writer_word} one"
        )
    } else {
        format!(
            "field `{name}` is {read} to a reader with the {reader_word} schema, and {other} to one with the {writer_word} schema"
        )
    };
    Some(witness(change, &datum, &bytes, outcome, Some(read)))
}

/// The witness of a default that is gone: data that were written before the field existed, which the
/// reader cannot read and the writer's own version can.
fn of_no_default(
    change: &Change<'_>,
    reader_index: usize,
    writer_index: usize,
    budget: &mut usize,
) -> Option<Witness> {
    let writer = &change.writer;
    let route = change.route.as_ref()?;
    let without = Some((writer.id, writer_index));
    let datum = sample::along(writer.schema, route, &Focus::Any, without, budget)?;
    let bytes = encode::encode(&datum);
    let (_, other) = default_read(writer, writer_index, change, &bytes, without)?;
    let (reader, of) = (Reader(change.reader.schema), Writer(writer.schema));
    let attempt = decode::attempt(reader, of, without, &bytes, Reading::Usual).ok()?;
    let mut failures = attempt.failures.iter();
    let failure =
        failures.find(|it| it.route == *route && it.cause == Cause::Missing(reader_index))?;
    let (reader_word, writer_word) = (change.reader_word(), change.writer_word());
    let instead = if other.chars().count() > MAX_SHOWN_CHARS {
        "its default".to_owned()
    } else {
        other
    };
    let outcome = format!(
        "reading it with the {reader_word} schema fails, {}; with the {writer_word} schema it is {instead}",
        failure.reason
    );
    Some(witness(change, &datum, &bytes, outcome, None))
}

/// The name of a field that the data lack, and the default that a reader puts in its place.
fn default_read(
    side: &Side<'_>,
    index: usize,
    change: &Change<'_>,
    bytes: &[u8],
    without: Without,
) -> Option<(String, String)> {
    let Kind::Record(record) = side.kind() else {
        return None;
    };
    let field = record.fields.get(index)?;
    let (reader, writer) = (Reader(side.schema), Writer(change.writer.schema));
    let attempt = decode::attempt(reader, writer, without, bytes, Reading::Usual).ok()?;
    let mut defaults = attempt.defaults.into_iter();
    let (_, _, value) =
        defaults.find(|(route, at, _)| Some(route) == change.route.as_ref() && *at == index)?;
    let value = datum::to_json(side.schema, field.ty.id, &value);
    Some((field.name.to_string(), value))
}

/// What the datum holds in the place of the change, and how it is read.
fn focus(change: &Change<'_>) -> Option<(Focus, Reading)> {
    let exactly = |datum: Datum| Some((Focus::Exactly(datum), Reading::Usual));
    match &change.kind {
        ChangeKind::Symbols(missing) | ChangeKind::SymbolsSwallowed(missing) => {
            exactly(Datum::Enum(*missing.first()?))
        }
        ChangeKind::BytesAsString => exactly(Datum::Bytes(vec![0xff])),
        ChangeKind::Decimal => match raw_decimal(change) {
            Some(raw) => exactly(raw),
            // Every number is read as itself, but by a library that does as the specification says.
            None => Some((Focus::Any, Reading::Letter)),
        },
        ChangeKind::Rounded => exactly(unrounded(change)?),
        ChangeKind::BranchUnclear(_) | ChangeKind::AliasUnclear(_) => {
            Some((Focus::Any, Reading::Letter))
        }
        // Fields have a witness of another kind; who wrote an unknown symbol has neither schema.
        ChangeKind::DefaultChanged(..)
        | ChangeKind::DefaultRemoved(..)
        | ChangeKind::EnumDefaultChanged
        | ChangeKind::EnumDefaultRemoved => None,
        ChangeKind::Type
        | ChangeKind::Branch
        | ChangeKind::Name
        | ChangeKind::FixedSize
        | ChangeKind::FieldMissing(_)
        | ChangeKind::AliasUndecided(_)
        | ChangeKind::DataIgnored
        | ChangeKind::BranchOrder(_)
        | ChangeKind::Logical => Some((Focus::Any, Reading::Usual)),
    }
}

/// The field of the data whose value some libraries give to a field that has an unclear alias, if
/// there is one. `None` where the budget does not allow to search all fields, which count as parts.
#[expect(
    clippy::option_option,
    reason = "no budget is another answer than no field"
)]
fn unclear_source(change: &Change<'_>, budget: &mut usize) -> Option<Option<usize>> {
    match (&change.kind, change.reader.kind(), change.writer.kind()) {
        (ChangeKind::AliasUnclear(index), Kind::Record(reader), Kind::Record(writer)) => {
            *budget = budget.checked_sub(reader.fields.len() + writer.fields.len())?;
            let Ok(rewritten) = fields::by_rewriting(reader, writer) else {
                return Some(None);
            };
            let usual = fields::by_name(reader, writer);
            let source = |sources: &Sources| sources.get(*index).copied().flatten();
            Some(source(&rewritten).or_else(|| source(&usual)))
        }
        _ => Some(None),
    }
}

/// What was read instead of what was written, in words and as a value; `None` if nothing differs, or
/// if only the `whole` would show it.
fn difference(
    change: &Change<'_>,
    focus: &Focus,
    read: &Datum,
    whole: bool,
) -> Option<(String, Option<String>)> {
    let schema = change.reader.schema;
    let output = || whole.then(|| datum::to_json(schema, schema.root.id, read));
    match (&change.kind, focus) {
        (ChangeKind::Decimal, Focus::Exactly(raw)) => {
            let (words, number) = decimal_difference(change, raw)?;
            Some((words, Some(number)))
        }
        (ChangeKind::Logical, _) => {
            let [new, old] = [&change.reader, &change.writer].map(meaning);
            let words = format!("the same value, taken as {new} instead of {old}");
            Some((words, output()))
        }
        (ChangeKind::Rounded, Focus::Exactly(number)) => Some((rounded(change, number)?, output())),
        (ChangeKind::BranchUnclear(_), _) => {
            let words = format!("{} if the first matching branch is taken", output()?);
            Some((words, output()))
        }
        (ChangeKind::AliasUnclear(_), _) => {
            let words = format!("{} if aliases rewrite the data", output()?);
            Some((words, output()))
        }
        (ChangeKind::BranchOrder(_), _) => Some((output()?, output())),
        (ChangeKind::DataIgnored, _) => {
            let words = format!("{}, which holds defaults in its place", output()?);
            Some((words, output()))
        }
        (ChangeKind::SymbolsSwallowed(missing), _) => {
            let (Kind::Enum(r), Kind::Enum(w)) = (change.reader.kind(), change.writer.kind())
            else {
                return None;
            };
            let symbol = &w.symbols.get(*missing.first()?)?.name;
            let default = &r.symbols.get(r.default?)?.name;
            Some((
                format!("`{default}` where `{symbol}` was written"),
                output(),
            ))
        }
        _ => None,
    }
}

/// What a field with an unclear alias holds where the rest of the datum cannot be read.
fn rewritten(change: &Change<'_>, index: usize, bytes: &[u8]) -> Option<String> {
    let Kind::Record(record) = change.reader.kind() else {
        return None;
    };
    let (schema, route) = (change.reader.schema, change.route.as_ref()?);
    let writer = Writer(change.writer.schema);
    let data = decode::record_at(Reader(schema), writer, bytes, Reading::Letter, route)?;
    let (field, value) = (record.fields.get(index)?, data.get(index)?);
    let value = datum::to_json(schema, field.ty.id, value);
    Some(format!(
        "`{}` = {value} if aliases rewrite the data",
        field.name
    ))
}

fn meaning(side: &Side<'_>) -> String {
    let logical = side.schema.get(side.id).logical;
    logical.map_or_else(
        || "a plain value".to_owned(),
        |logical| format!("`{logical}`"),
    )
}

fn rounded(change: &Change<'_>, number: &Datum) -> Option<String> {
    let Kind::Primitive(reader) = change.reader.kind() else {
        return None;
    };
    let read = match decode::promote(number.clone(), *reader).ok()? {
        Datum::Float(value) => value.to_string(),
        Datum::Double(value) => value.to_string(),
        _ => return None,
    };
    let written = datum::to_json(change.writer.schema, change.writer.id, number);
    (read != written).then(|| format!("{read} where {written} was written"))
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

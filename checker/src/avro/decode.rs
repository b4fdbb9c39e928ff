//! A resolving decoder: reads bytes that one schema wrote with another one, step by step as the
//! section "Schema Resolution" of the specification says.
//!
//! It decides nothing ahead of the data and shares with the walker in [`super::diff`] only the table
//! of promotions and the comparison of names, so that a witness is an independent proof. Logical types
//! are left alone, since they change no encoding; only the letter of the specification compares the
//! parameters of decimals.
//!
//! What cannot be read is noted and skipped, so that a witness can tell the failure that it is about
//! from others in the same datum.

use std::collections::HashMap;

use crate::model::{Reader, Writer};

use super::datum::{Datum, MAX_DATUM_DEPTH, MAX_DATUM_PARTS};
use super::defaults;
use super::model::{Field, Kind, Logical, Primitive, Record, Schema, Slot, TypeId, Use};
use super::words::{a_kind, listed};

/// The most failures of one datum that are told apart: each carries its place.
const MAX_FAILURES: usize = 10_000;

/// Why data were not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ReadError {
    /// The reader schema does not let them be read, as half a sentence: `a long is no string`.
    Unreadable(String),
    /// They are larger than this decoder reads, which says nothing about them.
    TooLarge,
}

impl ReadError {
    fn new(reason: impl Into<String>) -> Self {
        Self::Unreadable(reason.into())
    }
}

/// How the specification is read where libraries differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As most libraries do: a union's branch of the same full name or the same primitive type goes
    /// before the first that matches, a field of the same name before an alias.
    Usual,
    /// By the letter: the first branch that matches, aliases rewrite the data, and decimals match
    /// only if precision and scale are equal.
    Letter,
}

/// A field of the writer's schema that the data do not hold: they were written before it existed.
pub(crate) type Without = Option<(TypeId, usize)>;

/// What came of reading a datum.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// Complete where nothing failed; where something did, `null` stands for it.
    pub(crate) datum: Datum,
    /// In the order of the data.
    pub(crate) failures: Vec<Failure>,
    /// The defaults that were filled in where the data lack a field of the writer's schema.
    pub(crate) defaults: Vec<(Vec<Slot>, usize, Datum)>,
}

/// A part of a datum that the reader does not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// From the root of the writer's schema.
    pub(crate) route: Vec<Slot>,
    pub(crate) cause: Cause,
    /// As half a sentence: `a long is no string`.
    pub(crate) reason: String,
}

/// Why a part is not read. After the first two its parts are still read, for what else is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The names of the types differ.
    Name,
    /// The reader's field of this index got no value.
    Missing(usize),
    /// The bytes say nothing to the reader's type.
    Value,
}

/// Reads all of `bytes` as one datum.
pub(crate) fn decode(
    reader: Reader<'_, Schema>,
    writer: Writer<'_, Schema>,
    bytes: &[u8],
    reading: Reading,
) -> Result<Datum, ReadError> {
    let attempt = attempt(reader, writer, None, bytes, reading)?;
    match attempt.failures.into_iter().next() {
        None => Ok(attempt.datum),
        Some(failure) => Err(ReadError::Unreadable(failure.reason)),
    }
}

/// Reads all of `bytes`, whatever fails.
pub(crate) fn attempt(
    reader: Reader<'_, Schema>,
    writer: Writer<'_, Schema>,
    without: Without,
    bytes: &[u8],
    reading: Reading,
) -> Result<Attempt, ReadError> {
    let mut decoder = Decoder::new(reader, writer, bytes, reading);
    decoder.without = without;
    let datum = decoder.read(reader.0.root.id, writer.0.root.id)?;
    match decoder.rest {
        [] => Ok(Attempt {
            datum,
            failures: decoder.failures,
            defaults: decoder.defaults,
        }),
        rest => fail(format!("{} bytes are left over", rest.len())),
    }
}

/// What a reader's record at `route` in the data holds, whatever else fails; the last one, if several
/// are there.
pub(crate) fn record_at(
    reader: Reader<'_, Schema>,
    writer: Writer<'_, Schema>,
    bytes: &[u8],
    reading: Reading,
    route: &[Slot],
) -> Option<Vec<Datum>> {
    let mut decoder = Decoder::new(reader, writer, bytes, reading);
    decoder.watched = Some((route, None));
    decoder.read(reader.0.root.id, writer.0.root.id).ok()?;
    decoder.watched.and_then(|(_, record)| record)
}

fn fail<T>(reason: impl Into<String>) -> Result<T, ReadError> {
    Err(ReadError::new(reason))
}

struct Decoder<'a> {
    reader: &'a Schema,
    writer: &'a Schema,
    without: Without,
    rest: &'a [u8],
    reading: Reading,
    /// Whether it reads over a value: data that the writer's own schema does not read are damaged.
    skips: bool,
    depth: usize,
    budget: usize,
    route: Vec<Slot>,
    failures: Vec<Failure>,
    defaults: Vec<(Vec<Slot>, usize, Datum)>,
    /// Where a record is asked for, and what it holds.
    watched: Option<(&'a [Slot], Option<Vec<Datum>>)>,
}

impl<'a> Decoder<'a> {
    const fn new(
        reader: Reader<'a, Schema>,
        writer: Writer<'a, Schema>,
        bytes: &'a [u8],
        reading: Reading,
    ) -> Self {
        Self {
            reader: reader.0,
            writer: writer.0,
            without: None,
            rest: bytes,
            reading,
            skips: false,
            depth: 0,
            budget: MAX_DATUM_PARTS,
            route: Vec::new(),
            failures: Vec::new(),
            defaults: Vec::new(),
            watched: None,
        }
    }

    fn read(&mut self, reader: TypeId, writer: TypeId) -> Result<Datum, ReadError> {
        if self.depth == MAX_DATUM_DEPTH {
            return Err(ReadError::TooLarge);
        }
        self.spend()?;
        let before = self.rest;
        self.depth += 1;
        let datum = self.resolve(reader, writer);
        self.depth -= 1;
        match datum {
            Err(ReadError::Unreadable(reason)) if !self.skips => {
                self.failed(Cause::Value, reason);
                self.rest = before;
                self.skip(writer)?;
                Ok(Datum::Null)
            }
            read => read,
        }
    }

    /// Reads a part of the datum.
    fn part(&mut self, slot: Slot, reader: TypeId, writer: TypeId) -> Result<Datum, ReadError> {
        self.route.push(slot);
        let datum = self.read(reader, writer);
        self.route.pop();
        datum
    }

    fn failed(&mut self, cause: Cause, reason: String) {
        if self.failures.len() < MAX_FAILURES {
            self.failures.push(Failure {
                route: self.route.clone(),
                cause,
                reason,
            });
        }
    }

    fn spend(&mut self) -> Result<(), ReadError> {
        self.budget = self.budget.checked_sub(1).ok_or(ReadError::TooLarge)?;
        Ok(())
    }

    fn resolve(&mut self, reader: TypeId, writer: TypeId) -> Result<Datum, ReadError> {
        let (schema_r, schema_w) = (self.reader, self.writer);
        match (schema_r.kind(reader), schema_w.kind(writer)) {
            (_, Kind::Union(branches)) => {
                let (index, branch) = self.branch(branches)?;
                self.part(Slot::Branch(index), reader, branch.id)
            }
            (Kind::Union(branches), _) => {
                let index = self.choose(branches, writer)?;
                let inner = self.read(branches[index].id, writer)?;
                Ok(Datum::Union(index, Box::new(inner)))
            }
            (Kind::Primitive(r), Kind::Primitive(w)) if r.reads(*w) => {
                self.same_decimal(reader, writer)?;
                let raw = self.primitive(*w)?;
                promote(raw, *r)
            }
            (Kind::Record(r), Kind::Record(w)) => {
                self.same_name(reader, writer);
                self.record(r, writer, w)
            }
            (Kind::Enum(r), Kind::Enum(w)) => {
                self.same_name(reader, writer);
                let index = self.index()?;
                let symbol = w.symbols.get(index);
                let Some(symbol) = symbol else {
                    return fail(format!("`{}` has no symbol of index {index}", w.name.full));
                };
                let found = r.by_name.get(&symbol.name).copied().or(r.default);
                match found {
                    Some(index) => Ok(Datum::Enum(index)),
                    None => fail(format!(
                        "`{}` is no symbol of `{}`",
                        symbol.name, r.name.full
                    )),
                }
            }
            (Kind::Fixed(r), Kind::Fixed(w)) => {
                self.same_name(reader, writer);
                if r.size != w.size {
                    return fail(format!("{} bytes are not {} bytes", w.size, r.size));
                }
                self.same_decimal(reader, writer)?;
                self.take(w.size).map(|bytes| Datum::Fixed(bytes.to_vec()))
            }
            (Kind::Array(r), Kind::Array(w)) => {
                let mut items = Vec::new();
                self.blocks(|this| {
                    items.push(this.part(Slot::Items, r.id, w.id)?);
                    Ok(())
                })?;
                Ok(Datum::Array(items))
            }
            (Kind::Map(r), Kind::Map(w)) => {
                let mut entries = Vec::new();
                self.blocks(|this| {
                    let key = this.string()?;
                    entries.push((key, this.part(Slot::Values, r.id, w.id)?));
                    Ok(())
                })?;
                Ok(Datum::Map(entries))
            }
            (r, w) => fail(format!("{} is no {}", a_kind(w), r.word())),
        }
    }

    fn record(
        &mut self,
        reader: &'a Record,
        writer_id: TypeId,
        writer: &'a Record,
    ) -> Result<Datum, ReadError> {
        let renamed = match self.reading {
            Reading::Usual => fallbacks(reader, writer),
            Reading::Letter => aliases(reader.fields.iter().enumerate()),
        };
        let mut values: Vec<Option<Datum>> = vec![None; reader.fields.len()];
        let mut next = 0;
        for (at, field) in writer.fields.iter().enumerate() {
            if self.without == Some((writer_id, at)) {
                continue;
            }
            let by_alias = renamed.get(&*field.name).copied();
            let by_name = reader.field_near(next, &field.name);
            next = by_name.map_or(next, |index| index + 1);
            let target = match self.reading {
                Reading::Usual => by_name.or(by_alias),
                Reading::Letter => by_alias.or(by_name),
            };
            let Some(index) = target else {
                self.skip(field.ty.id)?;
                continue;
            };
            let value = self.part(Slot::Field(at), reader.fields[index].ty.id, field.ty.id)?;
            if values[index].replace(value).is_some() {
                let name = &reader.fields[index].name;
                return fail(format!("two fields of the data are named `{name}`"));
            }
        }
        let mut data = Vec::with_capacity(values.len());
        for (at, (field, value)) in reader.fields.iter().zip(values).enumerate() {
            data.push(match value {
                Some(value) => value,
                None => self.default(at, field)?,
            });
        }
        if let Some((route, found)) = &mut self.watched
            && self.route == *route
        {
            *found = Some(data.clone());
        }
        Ok(Datum::Record(data))
    }

    fn default(&mut self, at: usize, field: &Field) -> Result<Datum, ReadError> {
        let Some(default) = field.usable_default() else {
            let lack = match field.default {
                Some(_) => "its default does not fit its type",
                None => "has no default",
            };
            let reason = format!("field `{}` is missing and {lack}", field.name);
            self.failed(Cause::Missing(at), reason);
            return Ok(Datum::Null);
        };
        let datum = defaults::datum(self.reader, field.ty.id, default, &mut self.budget);
        let datum = datum.ok_or(ReadError::TooLarge)?;
        if self.without.is_some() {
            self.defaults.push((self.route.clone(), at, datum.clone()));
        }
        Ok(datum)
    }

    fn same_name(&mut self, reader: TypeId, writer: TypeId) {
        let (r, w) = (self.reader.kind(reader), self.writer.kind(writer));
        if let (Some(r), Some(w)) = (r.name(), w.name())
            && !r.reads(w)
        {
            self.failed(Cause::Name, format!("`{}` is no `{}`", w.full, r.full));
        }
    }

    /// By the letter, decimals match only if precision and scale are equal.
    fn same_decimal(&self, reader: TypeId, writer: TypeId) -> Result<(), ReadError> {
        let logical = [
            self.reader.get(reader).logical,
            self.writer.get(writer).logical,
        ];
        match logical {
            [
                Some(r @ Logical::Decimal { .. }),
                Some(w @ Logical::Decimal { .. }),
            ] if r != w && self.reading == Reading::Letter => fail(format!("`{w}` is no `{r}`")),
            _ => Ok(()),
        }
    }

    /// Reads over a value that the reader has no field for.
    fn skip(&mut self, writer: TypeId) -> Result<(), ReadError> {
        let mut own = Decoder {
            reader: self.writer,
            writer: self.writer,
            without: self.without,
            rest: self.rest,
            reading: Reading::Usual,
            skips: true,
            depth: self.depth,
            budget: self.budget,
            route: Vec::new(),
            failures: Vec::new(),
            defaults: Vec::new(),
            watched: None,
        };
        own.skip_value(writer)?;
        self.rest = own.rest;
        self.budget = own.budget;
        Ok(())
    }

    fn skip_value(&mut self, ty: TypeId) -> Result<(), ReadError> {
        let schema = self.writer;
        match schema.kind(ty) {
            Kind::Union(branches) => {
                let (_, branch) = self.branch(branches)?;
                self.resolve(branch.id, branch.id).map(|_| ())
            }
            _ => self.resolve(ty, ty).map(|_| ()),
        }
    }

    fn branch(&mut self, branches: &'a [Use]) -> Result<(usize, &'a Use), ReadError> {
        let index = self.index()?;
        let none = || ReadError::new(format!("the union has no branch of index {index}"));
        let branch = branches.get(index).ok_or_else(none)?;
        Ok((index, branch))
    }

    /// The branch of the reader's union that reads what `writer` wrote.
    fn choose(&self, branches: &[Use], writer: TypeId) -> Result<usize, ReadError> {
        let exact = |branch: &Use| {
            let (r, w) = (self.reader.kind(branch.id), self.writer.kind(writer));
            match (r.name(), w.name()) {
                (Some(reader_name), Some(writer_name)) => {
                    r.word() == w.word() && reader_name.full == writer_name.full
                }
                (None, None) => r.word() == w.word(),
                _ => false,
            }
        };
        if self.reading == Reading::Usual
            && let Some(index) = branches.iter().position(exact)
        {
            return Ok(index);
        }
        let first = branches
            .iter()
            .position(|branch| self.matches(branch.id, writer));
        first.ok_or_else(|| {
            let names = branches
                .iter()
                .map(|branch| self.reader.kind(branch.id).word());
            let writer = self.writer.kind(writer);
            ReadError::new(match names.len() {
                0 => format!("the union without branches takes no {}", writer.word()),
                _ => format!("{} is none of {}", a_kind(writer), listed(names)),
            })
        })
    }

    /// The specification's "to match", without a look into records and symbols.
    fn matches(&self, reader: TypeId, writer: TypeId) -> bool {
        match (self.reader.kind(reader), self.writer.kind(writer)) {
            (Kind::Union(_), _) | (_, Kind::Union(_)) => true,
            (Kind::Primitive(r), Kind::Primitive(w)) => r.reads(*w),
            (Kind::Record(r), Kind::Record(w)) => r.name.reads(&w.name),
            (Kind::Enum(r), Kind::Enum(w)) => r.name.reads(&w.name),
            (Kind::Fixed(r), Kind::Fixed(w)) => r.size == w.size && r.name.reads(&w.name),
            (Kind::Array(r), Kind::Array(w)) | (Kind::Map(r), Kind::Map(w)) => {
                self.matches(r.id, w.id)
            }
            _ => false,
        }
    }

    fn primitive(&mut self, primitive: Primitive) -> Result<Datum, ReadError> {
        Ok(match primitive {
            Primitive::Null => Datum::Null,
            Primitive::Boolean => Datum::Boolean(self.take(1)? != [0]),
            Primitive::Int => {
                let value = i32::try_from(self.long()?);
                Datum::Int(value.map_err(|_| ReadError::new("the number is no int"))?)
            }
            Primitive::Long => Datum::Long(self.long()?),
            Primitive::Float => Datum::Float(f32::from_le_bytes(self.array()?)),
            Primitive::Double => Datum::Double(f64::from_le_bytes(self.array()?)),
            Primitive::Bytes => Datum::Bytes(self.sized()?.to_vec()),
            Primitive::String => Datum::String(self.string()?),
        })
    }

    fn blocks(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        loop {
            let count = self.long()?;
            if count < 0 {
                // A negative count is followed by the size of the block in bytes.
                self.long()?;
            }
            if count == 0 {
                return Ok(());
            }
            for _ in 0..count.unsigned_abs() {
                item(self)?;
            }
        }
    }

    fn index(&mut self) -> Result<usize, ReadError> {
        let value = self.long()?;
        usize::try_from(value).map_err(|_| ReadError::new(format!("{value} is no index")))
    }

    fn string(&mut self) -> Result<String, ReadError> {
        utf8(self.sized()?.to_vec())
    }

    fn sized(&mut self) -> Result<&'a [u8], ReadError> {
        let size = self.index()?;
        self.take(size)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else {
            return fail("the data end too early");
        };
        self.rest = rest;
        Ok(*bytes)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        let Some((bytes, rest)) = self.rest.split_at_checked(count) else {
            return fail("the data end too early");
        };
        self.rest = rest;
        Ok(bytes)
    }

    fn long(&mut self) -> Result<i64, ReadError> {
        let mut value = 0u64;
        for shift in (0..70).step_by(7) {
            let [byte] = self.array()?;
            value |= u64::from(byte & 0x7f)
                .checked_shl(shift)
                .unwrap_or_default();
            if byte < 0x80 {
                return Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
            }
        }
        fail("the number has more than 64 bits")
    }
}

/// Fields by their aliases.
fn aliases<'r>(fields: impl Iterator<Item = (usize, &'r Field)>) -> HashMap<&'r str, usize> {
    let aliases =
        fields.flat_map(|(index, field)| field.aliases.iter().map(move |a| (&**a, index)));
    aliases.collect()
}

/// The fields of the reader that find none of their own name, by the first alias that finds one.
fn fallbacks<'r>(reader: &'r Record, writer: &Record) -> HashMap<&'r str, usize> {
    let mut fallbacks = HashMap::new();
    for (index, field) in reader.fields.iter().enumerate() {
        if field.aliases.is_empty() || writer.field(&field.name).is_some() {
            continue;
        }
        let free = |alias: &&str| {
            writer.field(alias).is_some()
                && reader.field(alias).is_none()
                && !fallbacks.contains_key(alias)
        };
        let found = field.aliases.iter().map(|alias| &**alias).find(free);
        fallbacks.extend(found.map(|alias| (alias, index)));
    }
    fallbacks
}

fn utf8(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|_| ReadError::new("the bytes are not UTF-8"))
}

#[expect(clippy::cast_precision_loss, reason = "the specification promotes so")]
pub(crate) fn promote(raw: Datum, reader: Primitive) -> Result<Datum, ReadError> {
    Ok(match (raw, reader) {
        (Datum::Int(value), Primitive::Long) => Datum::Long(i64::from(value)),
        (Datum::Int(value), Primitive::Float) => Datum::Float(value as f32),
        (Datum::Int(value), Primitive::Double) => Datum::Double(f64::from(value)),
        (Datum::Long(value), Primitive::Float) => Datum::Float(value as f32),
        (Datum::Long(value), Primitive::Double) => Datum::Double(value as f64),
        (Datum::Float(value), Primitive::Double) => Datum::Double(f64::from(value)),
        (Datum::String(text), Primitive::Bytes) => Datum::Bytes(text.into_bytes()),
        (Datum::Bytes(bytes), Primitive::String) => Datum::String(utf8(bytes)?),
        (raw, _) => raw,
    })
}

//! Shows a break: writes a message with the one schema, reads it with the other, and looks.
//!
//! Everything is executed with `prost-reflect`. Where its reading shows no loss, no other value and
//! no error there is no witness, whatever a rule says.

use std::fmt::Write as _;

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, ReflectMessage, Value,
};

use super::rules::Context;
use crate::model::{Direction, Witness, WitnessKind};

/// How deep messages are filled to have something to show.
const MAX_FILL_DEPTH: usize = 3;

/// The most fields of a message that is executed: a run takes time for each, and there may be a run
/// for each.
const MAX_FIELDS: usize = 1_000;

/// A message type on both sides: its old and its new name.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub old: &'a str,
    pub new: &'a str,
}

/// What a reader got.
type Read = Result<DynamicMessage, String>;

/// Writes values of a field until one of them comes out otherwise.
pub(crate) fn field(
    cx: &Context,
    direction: Direction,
    names: Names,
    number: i32,
) -> Option<Witness> {
    let case = Case::new(cx, direction, names)?;
    let number = u32::try_from(number).ok()?;
    let written = case.writer.get_field(number)?;
    let read = case.reader.get_field(number);
    candidates(&written, 0).into_iter().find_map(|value| {
        let mut message = DynamicMessage::new(case.writer.clone());
        message.set_field(&written, value);
        // A default without presence is not written, so it shows nothing.
        if !message.has_field(&written) {
            return None;
        }
        case.run(&message, |result| match (result, &read) {
            (Err(error), _) => Some(format!("fails: {error}")),
            (Ok(_), None) => Some(format!("finds no `{}`", written.name())),
            (Ok(got), Some(read)) => compared(&message, &written, got, read),
        })
    })
}

/// Sets two fields at once that the reader keeps only one of.
pub(crate) fn together(
    cx: &Context,
    direction: Direction,
    names: Names,
    (first, second): (i32, i32),
) -> Option<Witness> {
    let case = Case::new(cx, direction, names)?;
    let mut message = DynamicMessage::new(case.writer.clone());
    for number in [first, second] {
        let field = case.writer.get_field(u32::try_from(number).ok()?)?;
        let value = candidates(&field, 0).into_iter().next()?;
        message.set_field(&field, value);
    }
    let lost = case.reader.get_field(u32::try_from(first).ok()?)?;
    let kept = case.reader.get_field(u32::try_from(second).ok()?)?;
    case.run(&message, |result| match result {
        Err(error) => Some(format!("fails: {error}")),
        Ok(got) => [(&lost, &kept), (&kept, &lost)]
            .into_iter()
            .find(|(lost, kept)| !got.has_field(lost) && got.has_field(kept))
            .map(|(lost, kept)| format!("keeps `{}` and drops `{}`", kept.name(), lost.name())),
    })
}

/// Leaves a field out whose absence means something else to the reader.
pub(crate) fn absent(
    cx: &Context,
    direction: Direction,
    names: Names,
    number: i32,
) -> Option<Witness> {
    let case = Case::new(cx, direction, names)?;
    let number = u32::try_from(number).ok()?;
    let read = case.reader.get_field(number)?;
    let meant = case
        .writer
        .get_field(number)
        .map(|field| field.default_value());
    let message = DynamicMessage::new(case.writer.clone());
    case.run(&message, |result| match result {
        Err(error) => Some(format!("fails: {error}")),
        Ok(got) if got.has_field(&read) => None,
        Ok(_) if read.is_required() => Some(format!(
            "fails in every parser that checks required fields: `{}` is missing",
            read.name()
        )),
        Ok(got) => {
            let (got, meant) = (got.get_field(&read).into_owned(), meant?);
            let (got, meant) = (
                shown(&got, &read.kind()),
                shown(&meant, &case.kind(number)?),
            );
            (got != meant).then(|| format!("finds {got} where {meant} was meant"))
        }
    })
}

/// One value of an enum, in the first message on both sides that holds the enum.
pub(crate) fn enum_number(
    cx: &Context,
    direction: Direction,
    enums: Names,
    number: i32,
) -> Option<Witness> {
    let holder = cx.old.model.messages.values().find_map(|message| {
        let new = cx.new.model.messages.get(&message.name)?;
        let field = message.fields.iter().find(|field| {
            let holds = |field: &super::model::Field, name: &str| {
                matches!(&field.kind, super::model::Kind::Enum(found) if found == name)
            };
            holds(field, enums.old)
                && new.field(field.number).is_some_and(|new| holds(new, enums.new))
        })?;
        Some((message, field.number))
    });
    let (message, field) = holder?;
    let names = Names {
        old: &message.name,
        new: &message.name,
    };
    let case = Case::new(cx, direction, names)?;
    let field = u32::try_from(field).ok()?;
    let (written, read) = (case.writer.get_field(field)?, case.reader.get_field(field)?);
    let value = Value::EnumNumber(number);
    let value = if written.is_list() {
        Value::List(vec![value])
    } else {
        value
    };
    let mut message = DynamicMessage::new(case.writer.clone());
    message.set_field(&written, value);
    case.run(&message, |result| {
        let got = result.as_ref().ok()?;
        let meant = shown(&message.get_field(&written), &written.kind());
        let got = shown(&got.get_field(&read), &read.kind());
        (meant != got).then(|| format!("finds {got} where {meant} was written"))
    })
}

/// A writer's and a reader's version of a message.
struct Case {
    direction: Direction,
    writer: prost_reflect::MessageDescriptor,
    reader: prost_reflect::MessageDescriptor,
}

impl Case {
    fn new(cx: &Context, direction: Direction, names: Names) -> Option<Self> {
        let find = |pool: &DescriptorPool, name: &str| pool.get_message_by_name(name);
        let (old, new) = (find(cx.old.pool, names.old)?, find(cx.new.pool, names.new)?);
        let (writer, reader) = match direction {
            Direction::Backward => (old, new),
            Direction::Forward => (new, old),
        };
        if writer.fields().len().max(reader.fields().len()) > MAX_FIELDS {
            return None;
        }
        Some(Self {
            direction,
            writer,
            reader,
        })
    }

    fn kind(&self, number: u32) -> Option<Kind> {
        Some(self.writer.get_field(number)?.kind())
    }

    /// Encodes, decodes, and makes a witness of it if `judge` sees the break.
    fn run(
        &self,
        message: &DynamicMessage,
        judge: impl FnOnce(&Read) -> Option<String>,
    ) -> Option<Witness> {
        let bytes = message.encode_to_vec();
        let read: Read =
            DynamicMessage::decode(self.reader.clone(), &*bytes).map_err(|error| error.to_string());
        let seen = judge(&read)?;
        let reader = match self.direction {
            Direction::Backward => "new",
            Direction::Forward => "old",
        };
        Some(Witness {
            kind: WitnessKind::ProtobufMessage,
            input: text_of(message),
            bytes_hex: Some(hex(&bytes)),
            outcome: format!("reading it with the {reader} schema {seen}"),
            output: read.ok().map(|message| text_of(&message)),
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn text_of(message: &DynamicMessage) -> String {
    let options =
        prost_reflect::text_format::FormatOptions::new().print_message_fields_in_index_order(true);
    message.to_text_format_with_options(&options)
}

/// What differs between a written and a read value, in words.
fn compared(
    message: &DynamicMessage,
    written: &FieldDescriptor,
    got: &DynamicMessage,
    read: &FieldDescriptor,
) -> Option<String> {
    if message.has_field(written) && !got.has_field(read) && read.supports_presence() {
        return Some(format!("finds no `{}`", read.name()));
    }
    let (meant, found) = (message.get_field(written), got.get_field(read));
    if same(&meant, &found) {
        return None;
    }
    Some(format!(
        "finds {} where {} was written",
        shown(&found, &read.kind()),
        shown(&meant, &written.kind())
    ))
}

/// Whether a value came out as it went in, types aside.
fn same(written: &Value, read: &Value) -> bool {
    match (written, read) {
        (Value::List(written), Value::List(read)) => {
            written.len() == read.len() && written.iter().zip(read).all(|(a, b)| same(a, b))
        }
        // A map is a list of entries on the wire; it differs where entries got lost.
        (Value::List(written), Value::Map(read)) => written.len() == read.len(),
        (Value::Map(written), Value::List(read)) => written.len() == read.len(),
        (Value::List(written), read) => matches!(&**written, [only] if same(only, read)),
        (written, Value::List(read)) => matches!(&**read, [only] if same(written, only)),
        (Value::String(written), Value::Bytes(read)) => written.as_bytes() == &**read,
        (Value::Bytes(written), Value::String(read)) => read.as_bytes() == &**written,
        (Value::Message(written), Value::Bytes(read)) => written.encode_to_vec() == **read,
        // What the reader does not know it keeps, but its code does not see it.
        (Value::Message(written), Value::Message(read)) => {
            read.unknown_fields().next().is_none()
                && written.encode_to_vec() == read.encode_to_vec()
        }
        (Value::Map(written), Value::Map(read)) => {
            written.len() == read.len()
                && written
                    .iter()
                    .all(|(key, value)| read.get(key).is_some_and(|read| same(value, read)))
        }
        (written, read) => match (integer(written), integer(read)) {
            (Some(written), Some(read)) => written == read,
            _ => written == read,
        },
    }
}

fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::Bool(value) => Some(i128::from(*value)),
        Value::I32(value) | Value::EnumNumber(value) => Some(i128::from(*value)),
        Value::I64(value) => Some(i128::from(*value)),
        Value::U32(value) => Some(i128::from(*value)),
        Value::U64(value) => Some(i128::from(*value)),
        _ => None,
    }
}

/// A value in text format; an enum's number by its name.
fn shown(value: &Value, kind: &Kind) -> String {
    match (value, kind) {
        (Value::EnumNumber(number), Kind::Enum(found)) => match found.get_value(*number) {
            Some(value) => value.name().to_owned(),
            None => format!("the undeclared number {number}"),
        },
        (Value::List(values), kind) => {
            let values: Vec<String> = values.iter().map(|value| shown(value, kind)).collect();
            format!("[{}]", values.join(", "))
        }
        (value, _) => value.to_string(),
    }
}

/// Values that are likely to show something: both ends of a range, several elements.
fn candidates(field: &FieldDescriptor, depth: usize) -> Vec<Value> {
    if field.is_map() {
        return map_candidates(field, depth);
    }
    let single = kind_candidates(&field.kind(), depth);
    if !field.is_list() {
        return single;
    }
    let twice = single
        .first()
        .map(|value| vec![value.clone(), value.clone()]);
    let one = single.first().map(|value| vec![value.clone()]);
    let lists = [Some(single), twice, one].into_iter().flatten();
    lists.map(Value::List).collect()
}

fn kind_candidates(kind: &Kind, depth: usize) -> Vec<Value> {
    match kind {
        Kind::Bool => vec![Value::Bool(true)],
        Kind::String => vec![Value::String("text".into()), Value::String("\u{e9}".into())],
        Kind::Bytes => vec![
            Value::Bytes(vec![0xff, 0xfe].into()),
            Value::Bytes(vec![1].into()),
        ],
        Kind::Double => vec![Value::F64(1.5)],
        Kind::Float => vec![Value::F32(1.5)],
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            [1, 2, -1, i32::MAX].map(Value::I32).to_vec()
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
            [1, 2, 1 << 32 | 1, -1].map(Value::I64).to_vec()
        }
        Kind::Uint32 | Kind::Fixed32 => [1, 2, u32::MAX].map(Value::U32).to_vec(),
        Kind::Uint64 | Kind::Fixed64 => [1, 2, 1 << 32 | 1, u64::MAX].map(Value::U64).to_vec(),
        Kind::Enum(found) => {
            let mut numbers: Vec<i32> = found.values().map(|value| value.number()).collect();
            // Not the default first: a field without presence would not be written.
            numbers.sort_by_key(|number| (*number == 0, *number));
            numbers.into_iter().take(8).map(Value::EnumNumber).collect()
        }
        Kind::Message(descriptor) => {
            let mut message = DynamicMessage::new(descriptor.clone());
            if depth < MAX_FILL_DEPTH {
                fill(&mut message, depth + 1);
            }
            vec![Value::Message(message)]
        }
    }
}

/// Sets the first fields of a message, each to its first candidate.
fn fill(message: &mut DynamicMessage, depth: usize) {
    for field in message.descriptor().fields().take(4) {
        let free = field
            .containing_oneof()
            .is_none_or(|oneof| oneof.fields().all(|member| !message.has_field(&member)));
        if let Some(value) = candidates(&field, depth)
            .into_iter()
            .next()
            .filter(|_| free)
        {
            message.set_field(&field, value);
        }
    }
}

fn map_candidates(field: &FieldDescriptor, depth: usize) -> Vec<Value> {
    let Kind::Message(entry) = field.kind() else {
        return Vec::new();
    };
    let keys = kind_candidates(&entry.map_entry_key_field().kind(), depth);
    let values = kind_candidates(&entry.map_entry_value_field().kind(), depth);
    let keys: Vec<MapKey> = keys.into_iter().filter_map(Value::into_map_key).collect();
    // Every key with the first value, and the first key with every value.
    let first_value = values.first().cloned();
    let first_key = keys.first().cloned();
    let with_keys = keys
        .into_iter()
        .filter_map(|key| Some((key, first_value.clone()?)));
    let with_values = values
        .into_iter()
        .filter_map(|value| Some((first_key.clone()?, value)));
    with_keys
        .chain(with_values)
        .map(|(key, value)| Value::Map([(key, value)].into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::{Direction, Format, Options, Schema, SchemaInput, Source, compare};

    fn with_fields(count: usize, kind: &str) -> Schema {
        let fields: String = (1..=count).map(|n| field(n, kind)).collect();
        let text = format!("syntax = \"proto3\"; message M {{ {fields} }}");
        let input = SchemaInput::new(Format::Protobuf, Source::new("m.proto", text));
        Schema::parse(&input).unwrap()
    }

    fn field(number: usize, kind: &str) -> String {
        let kind = if number == 1 { kind } else { "bool" };
        format!("{kind} f{number} = {number};")
    }

    #[test]
    fn messages_up_to_the_limit_are_executed_and_larger_ones_only_judged() {
        for (count, executed) in [(super::MAX_FIELDS, true), (super::MAX_FIELDS + 1, false)] {
            let (old, new) = (with_fields(count, "int32"), with_fields(count, "string"));
            let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
            let errors = comparison
                .findings
                .iter()
                .filter(|finding| finding.rule.id == "protobuf/field-type-changed");
            let witnesses: Vec<bool> = errors.map(|finding| finding.witness.is_some()).collect();
            assert_eq!(witnesses, [executed], "{count} fields");
        }
    }
}

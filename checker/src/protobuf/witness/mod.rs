//! Shows a break: writes a message with the one schema, reads it with the other, and looks.
//!
//! Everything is executed, on values of [`dynamic`](super::dynamic). Where the reading shows no loss, no other
//! value and no error there is no witness, whatever a rule says. Required fields of the writer are set, or it
//! would be no message of the writer.

mod candidates;
mod compare;
pub(crate) mod grpc;

use std::collections::HashMap;
use std::fmt::Write as _;

use foldhash::fast::RandomState;

use super::dynamic::{DecodeError, Message};
use super::model::{self, Kind, Model};
use super::pool::{FieldRef, MessageRef, TypeRef};
use super::rules::Context;
use crate::model::{Direction, Witness, WitnessKind};
use candidates::{Fill, candidates};
use compare::{compared, shown};

/// The most fields of a message that is executed: a run takes time for each, and there may be a run
/// for each.
const MAX_FIELDS: usize = 1_000;

/// The most values of an enum that is executed, for the same reason.
const MAX_VALUES: usize = 1_000;

/// A message type on both sides: its old and its new name.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub old: &'a str,
    pub new: &'a str,
}

/// What a reader got.
type Read<'p> = Result<Message<'p>, DecodeError>;

/// Writes values of a field until one of them comes out otherwise.
pub(crate) fn field(
    cx: &Context,
    direction: Direction,
    names: Names,
    number: i32,
) -> Option<Witness> {
    let case = Case::new(cx, direction, names)?;
    let written = case.writer.field_or_extension(number)?;
    let read = case.reader.field_or_extension(number);
    case.with(written).find_map(|message| {
        case.run(&message, |result| match (result, read) {
            (Err(error), _) => Some(format!("fails: {error}")),
            (Ok(_), None) => Some(format!("finds no `{}`", written.proto.name())),
            (Ok(got), Some(read)) => compared(&message, written, got, read),
        })
    })
}

/// The first extension of a message that both versions know.
pub(crate) fn extension(cx: &Context, direction: Direction, names: Names) -> Option<Witness> {
    let all = (names.old.to_owned(), i32::MIN)..=(names.old.to_owned(), i32::MAX);
    let mut numbers = cx
        .old
        .model
        .extensions
        .range(all)
        .map(|((_, number), _)| *number);
    numbers.find_map(|number| field(cx, direction, names, number))
}

/// Sets two fields at once that the reader keeps only one of.
pub(crate) fn together(
    cx: &Context,
    direction: Direction,
    names: Names,
    (first, second): (i32, i32),
) -> Option<Witness> {
    let case = Case::new(cx, direction, names)?;
    let mut message = case.filled(&[first, second])?;
    for number in [first, second] {
        let field = case.writer.field(number)?;
        let value = candidates(field).into_iter().next()?;
        message.set(field, value);
    }
    let lost = case.reader.field(first)?;
    let kept = case.reader.field(second)?;
    case.run(&message, |result| match result {
        Err(error) => Some(format!("fails: {error}")),
        Ok(got) => [(lost, kept), (kept, lost)]
            .map(|(lost, kept)| (lost.proto, kept.proto))
            .into_iter()
            .find(|(lost, kept)| !got.has(lost.number()) && got.has(kept.number()))
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
    let read = case.reader.field(number)?;
    let written = case.writer.field(number);
    let mut message = case.filled(&[])?;
    if let Some(written) = written.filter(|written| !written.is_required()) {
        message.clear(written.proto.number());
    }
    let message = message;
    case.run(&message, |result| match result {
        Err(error) => Some(format!("fails: {error}")),
        Ok(got) if got.has(number) => None,
        Ok(_) if read.is_required() => Some(format!(
            "fails: the required field `{}` is missing",
            read.proto.name()
        )),
        Ok(got) => {
            let written = written?;
            let (got, meant) = (got.get_or_default(read), message.get_or_default(written));
            let (got, meant) = (shown(&got, read.kind()), shown(&meant, written.kind()));
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
    let holders = cx
        .holders
        .get_or_init(|| Holders::of(cx.old.model, cx.new.model));
    let (names, field) = holders.get(enums)?;
    let case = Case::new(cx, direction, names)?;
    let (written, read) = (case.writer.field(field)?, case.reader.field(field)?);
    if [written, read].iter().any(|field| is_large(*field)) {
        return None;
    }
    let value = candidates::with_number(written, number)?;
    let mut message = case.filled(&[field])?;
    message.set(written, value);
    if !message.has(field) {
        return None;
    }
    case.run(&message, |result| {
        let got = result.as_ref().ok()?;
        if !got.has(field) && read.has_presence() {
            return Some(format!("finds no `{}`", read.proto.name()));
        }
        let meant = shown(&message.get_or_default(written), written.kind());
        let got = shown(&got.get_or_default(read), read.kind());
        (meant != got).then(|| format!("finds {got} where {meant} was written"))
    })
}

/// Whether looking for a value's name takes time for very many.
fn is_large(field: FieldRef<'_>) -> bool {
    let value = field.map_entry().and_then(|entry| entry.field(2));
    matches!(value.unwrap_or(field).kind(), Some(TypeRef::Enum(found)) if found.proto.value.len() > MAX_VALUES)
}

/// The first message with a field of two versions of an enum, and the number of the field. One walk
/// finds all of them: a search for each value that changed would walk all messages as often.
#[derive(Debug)]
pub(crate) struct Holders<'a>(HashMap<(&'a str, &'a str), (&'a str, i32), RandomState>);

impl<'a> Holders<'a> {
    fn of(old: &'a Model, new: &'a Model) -> Self {
        let mut holders = Self(HashMap::default());
        for (name, message) in &old.messages {
            if let Some(new) = new.messages.get(name) {
                holders.enter(message, new);
            }
        }
        holders
    }

    fn enter(&mut self, old: &'a model::Message, new: &'a model::Message) {
        for field in &old.fields {
            let after = new.field(field.number).map(|new| &new.kind);
            if let Some(enums) = after.and_then(|after| enums_of(&field.kind, after)) {
                let holder = (old.name.as_str(), field.number);
                self.0.entry(enums).or_insert(holder);
            }
        }
    }

    /// The holder has the same name on both sides.
    fn get(&self, enums: Names<'_>) -> Option<(Names<'a>, i32)> {
        let (name, field) = *self.0.get(&(enums.old, enums.new))?;
        Some((
            Names {
                old: name,
                new: name,
            },
            field,
        ))
    }
}

/// The enums that two versions of a field hold, be it as values of a map.
fn enums_of<'a>(old: &'a Kind, new: &'a Kind) -> Option<(&'a str, &'a str)> {
    match (old, new) {
        (Kind::Enum(old), Kind::Enum(new)) => Some((old, new)),
        (Kind::Map { value: old, .. }, Kind::Map { value: new, .. }) => enums_of(old, new),
        _ => None,
    }
}

/// A writer's and a reader's version of a message.
struct Case<'p> {
    direction: Direction,
    writer: MessageRef<'p>,
    reader: MessageRef<'p>,
}

impl<'p> Case<'p> {
    fn new(cx: &Context<'p>, direction: Direction, names: Names) -> Option<Self> {
        // Both are asked for, so that both are there when one was not.
        let (old, new) = (cx.old.message(names.old), cx.new.message(names.new));
        let (old, new) = (old?, new?);
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

    /// A message of the writer in which nothing required is missing but `set`, which the caller sets.
    fn filled(&self, set: &[i32]) -> Option<Message<'p>> {
        let mut fill = Fill::default();
        let mut message = Message::new(self.writer);
        fill.required(&mut message, set)?;
        Some(message)
    }

    /// Messages of the writer, each with another value of a field.
    fn with(&self, field: FieldRef<'p>) -> impl Iterator<Item = Message<'p>> {
        let number = field.proto.number();
        candidates(field).into_iter().filter_map(move |value| {
            let mut message = self.filled(&[number])?;
            message.set(field, value);
            // A default without presence is not written, so it shows nothing.
            message.has(number).then_some(message)
        })
    }

    /// Encodes, decodes, and makes a witness of it if `judge` sees the break.
    fn run(
        &self,
        message: &Message<'p>,
        judge: impl FnOnce(&Read<'p>) -> Option<String>,
    ) -> Option<Witness> {
        let bytes = message.encode();
        let read = Message::decode(self.reader, &bytes);
        let seen = judge(&read)?;
        let reader = match self.direction {
            Direction::Backward => "new",
            Direction::Forward => "old",
        };
        Some(Witness {
            kind: WitnessKind::ProtobufMessage,
            input: message.known_text(),
            bytes_hex: Some(hex(&bytes)),
            outcome: format!("reading it with the {reader} schema {seen}"),
            output: read.ok().map(|message| message.known_text()),
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

#[cfg(test)]
mod tests {
    use super::candidates;
    use crate::{Direction, Format, Options, Schema, SchemaInput, Source, compare};

    fn with_fields(count: usize, kind: &str) -> Schema {
        let fields = numbered(count, |n| field(n, kind));
        let text = format!("syntax = \"proto3\"; message M {{ {fields} }}");
        let input = SchemaInput::new(Format::Protobuf, Source::new("m.proto", text));
        Schema::parse(&input).unwrap()
    }

    fn numbered(count: usize, written: impl Fn(usize) -> String) -> String {
        let all: Vec<String> = (1..=count).map(written).collect();
        all.concat()
    }

    fn field(number: usize, kind: &str) -> String {
        let kind = if number == 1 { kind } else { "bool" };
        format!("{kind} f{number} = {number};")
    }

    fn witness_of(old: &str, new: &str) -> Option<String> {
        use crate::protobuf::testing::{findings, message2};
        let found = findings(&message2(old), &message2(new));
        let finding = found
            .iter()
            .find(|finding| finding.rule.id == "protobuf/field-type-changed")?;
        finding
            .witness
            .as_ref()
            .map(|witness| witness.input.clone())
    }

    /// Messages that require each other, the innermost with `innermost`.
    fn chain(length: usize, innermost: &str) -> String {
        let links = (1..length).map(|n| format!("message R{n} {{ required R{} r = 1; }}", n + 1));
        let links: String = links.collect();
        format!("required R1 r = 1; {links} message R{length} {{ {innermost} }}")
    }

    #[test]
    fn what_the_writer_requires_is_set_as_deep_as_the_limit() {
        let (old, new) = ("optional int32 a = 9;", "optional string a = 9;");
        for (length, shown) in [
            (candidates::MAX_REQUIRED_DEPTH, true),
            (candidates::MAX_REQUIRED_DEPTH + 2, false),
        ] {
            let around = chain(length, "required bool x = 1;");
            let input = witness_of(&format!("{around} {old}"), &format!("{around} {new}"));
            assert_eq!(input.is_some(), shown, "{length}: {input:?}");
        }
        let endless = "required M m = 1;";
        let input = witness_of(&format!("{endless} {old}"), &format!("{endless} {new}"));
        assert_eq!(input, None);
    }

    #[test]
    fn required_fields_are_counted_through_all_messages() {
        let (old, new) = ("optional int32 a = 9;", "optional string a = 9;");
        // A thousand messages with as many fields as needed.
        for (fields, shown) in [(8, true), (10, false)] {
            let inner = numbered(fields, |n| format!("required bool f{n} = {n};"));
            let outer = numbered(999, |n| format!("required I f{n} = {n};"));
            let around =
                format!("required O o = 1; message O {{ {outer} }} message I {{ {inner} }}");
            let input = witness_of(&format!("{around} {old}"), &format!("{around} {new}"));
            assert_eq!(input.is_some(), shown, "{fields}");
        }
    }

    #[test]
    fn some_values_of_an_enum_some_levels_and_some_fields_are_enough() {
        let values = candidates::MAX_ENUM_VALUES + 4;
        let values = numbered(values, |n| format!("V{n} = {};", n - 1));
        let around = format!("enum E {{ {values} }}");
        let input = witness_of(
            &format!("{around} repeated E a = 9;"),
            &format!("{around} optional string a = 9;"),
        );
        let shown = input.expect("is shown").matches("a: ").count();
        assert_eq!(shown, candidates::MAX_ENUM_VALUES);
        let around = "message N { optional N n = 1; }";
        let input = witness_of(
            &format!("{around} optional N a = 9;"),
            &format!("{around} optional int32 a = 9;"),
        );
        let levels = input.expect("is shown").matches("n {").count();
        assert_eq!(levels, candidates::MAX_FILL_DEPTH);
        let fields = numbered(candidates::MAX_FILL_FIELDS + 2, |n| {
            format!("optional bool f{n} = {n};")
        });
        let around = format!("message N {{ {fields} }}");
        let input = witness_of(
            &format!("{around} optional N a = 9;"),
            &format!("{around} optional int32 a = 9;"),
        );
        let fields = input.expect("is shown").matches(": true").count();
        assert_eq!(fields, candidates::MAX_FILL_FIELDS);
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

    #[test]
    fn enums_up_to_the_limit_are_executed_and_larger_ones_only_judged() {
        use crate::protobuf::testing::{findings, proto};
        let text = |count: usize, last: usize| {
            let values = numbered(count - 1, |n| format!("V{n} = {};", n - 1));
            proto(&format!(
                "message M {{ E e = 1; }} enum E {{ {values} L = {last}; }}"
            ))
        };
        for (count, executed) in [(super::MAX_VALUES, true), (super::MAX_VALUES + 1, false)] {
            let found = findings(&text(count, count), &text(count, count + 1));
            let shown = found.iter().map(|found| found.witness.is_some());
            assert_eq!(shown.collect::<Vec<_>>(), [executed; 2], "{count}");
        }
    }
}

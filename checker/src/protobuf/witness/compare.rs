//! What differs between a written and a read value, in words.

use super::super::dynamic::{Message, Value, value_text};
use super::super::pool::{FieldRef, TypeRef};

/// The difference of a field on both sides.
pub(super) fn compared<'p>(
    message: &Message<'p>,
    written: FieldRef<'p>,
    got: &Message<'p>,
    read: FieldRef<'p>,
) -> Option<String> {
    let number = written.proto.number();
    if message.has(number) && !got.has(number) && read.has_presence() {
        return Some(format!("finds no `{}`", read.proto.name()));
    }
    let (meant, found) = (message.get_or_default(written), got.get_or_default(read));
    if same(&meant, &found) {
        return None;
    }
    Some(format!(
        "finds {} where {} was written",
        shown(&found, read.kind()),
        shown(&meant, written.kind())
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
        (Value::String(written), Value::Bytes(read))
        | (Value::Bytes(written), Value::String(read)) => written == read,
        (Value::Message(written), Value::Bytes(read)) => written.encode() == *read,
        // What the reader does not know it keeps, but its code does not see it.
        (Value::Message(written), Value::Message(read)) => {
            read.knows_all() && written.encode() == read.encode()
        }
        (Value::Map(written), Value::Map(read)) => {
            written.len() == read.len()
                && written
                    .iter()
                    .all(|(key, value)| read.get(key).is_some_and(|read| same(value, read)))
        }
        (written, read) => match (written.as_integer(), read.as_integer()) {
            (Some(written), Some(read)) => written == read,
            _ => written == read,
        },
    }
}

/// A value in text format; an enum's number by its name.
pub(super) fn shown(value: &Value, kind: Option<TypeRef>) -> String {
    match (value, kind) {
        (Value::Enum(number), Some(TypeRef::Enum(found))) => {
            let mut values = found.proto.value.iter();
            match values.find(|value| value.number() == *number) {
                Some(value) => value.name().to_owned(),
                None => format!("the undeclared number {number}"),
            }
        }
        (Value::List(values), kind) => {
            let values: Vec<String> = values.iter().map(|value| shown(value, kind)).collect();
            format!("[{}]", values.join(", "))
        }
        (value, kind) => value_text(kind, value),
    }
}

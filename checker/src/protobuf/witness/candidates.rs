//! Values that are likely to show something, and messages that hold them.

use std::collections::BTreeMap;

use super::super::descriptor::EnumValueDescriptorProto;
use super::super::dynamic::{Key, Message, Value};
use super::super::features::Utf8Validation;
use super::super::model::Scalar;
use super::super::pool::{FieldRef, MessageRef, TypeRef};

/// How deep messages are filled to have something to show.
pub(super) const MAX_FILL_DEPTH: usize = 3;

/// How many fields of such a message are set.
pub(super) const MAX_FILL_FIELDS: usize = 4;

/// How deep required messages are filled, which have to be there.
pub(super) const MAX_REQUIRED_DEPTH: usize = 8;

/// The most fields that are set because they are required.
const MAX_REQUIRED_FIELDS: usize = 10_000;

/// How many values of an enum are tried.
pub(super) const MAX_ENUM_VALUES: usize = 8;

/// Values of a field: both ends of a range, several elements.
pub(super) fn candidates(field: FieldRef<'_>) -> Vec<Value<'_>> {
    of_field(field, 0)
}

fn of_field(field: FieldRef<'_>, depth: usize) -> Vec<Value<'_>> {
    if let Some(entry) = field.map_entry() {
        return of_map(entry, depth);
    }
    let single = of_kind(field, depth);
    if !field.is_repeated() {
        return single;
    }
    let first = single.first().cloned();
    let twice = first.clone().map(|value| vec![value.clone(), value]);
    let one = first.map(|value| vec![value]);
    // What is no UTF-8 would hide the rest.
    let (plain, others): (Vec<_>, Vec<_>) = single.into_iter().partition(is_plain);
    let others = (!others.is_empty()).then_some(others);
    let lists = [Some(plain), twice, one, others].into_iter().flatten();
    lists.map(Value::List).collect()
}

/// A field that holds one number of an enum, which need not be declared.
pub(super) fn with_number(field: FieldRef<'_>, number: i32) -> Option<Value<'_>> {
    let value = Value::Enum(number);
    if let Some(entry) = field.map_entry() {
        let key = of_kind(entry.field(1)?, 0).into_iter().next()?;
        return Some(Value::Map(BTreeMap::from([(key.into_key()?, value)])));
    }
    Some(if field.is_repeated() {
        Value::List(vec![value])
    } else {
        value
    })
}

fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(bytes) => std::str::from_utf8(bytes).is_ok(),
        _ => true,
    }
}

fn of_kind(field: FieldRef<'_>, depth: usize) -> Vec<Value<'_>> {
    match field.kind() {
        None => Vec::new(),
        Some(TypeRef::Scalar(scalar)) => of_scalar(field, scalar),
        Some(TypeRef::Enum(found)) => {
            let values = found.proto.value.iter();
            let mut numbers: Vec<i32> = values.map(EnumValueDescriptorProto::number).collect();
            // Not the default first: a field without presence would not be written.
            numbers.sort_by_key(|number| (*number == 0, *number));
            let numbers = numbers.into_iter().take(MAX_ENUM_VALUES);
            numbers.map(Value::Enum).collect()
        }
        Some(TypeRef::Message(ty) | TypeRef::Group(ty)) => {
            let mut message = Message::new(ty);
            if Fill::default().required(&mut message, &[]).is_none() {
                return Vec::new();
            }
            if depth < MAX_FILL_DEPTH {
                fill(&mut message, depth + 1);
            }
            vec![Value::Message(Box::new(message))]
        }
    }
}

fn of_scalar(field: FieldRef<'_>, scalar: Scalar) -> Vec<Value<'_>> {
    match scalar {
        Scalar::Bool => vec![Value::Bool(true)],
        Scalar::String => {
            let mut texts = vec![b"text".to_vec(), "\u{e9}".as_bytes().to_vec()];
            if field.features.utf8_validation == Utf8Validation::None {
                texts.push(vec![0xff]);
            }
            texts.into_iter().map(Value::String).collect()
        }
        Scalar::Bytes => vec![Value::Bytes(vec![0xff, 0xfe]), Value::Bytes(vec![1])],
        Scalar::Double => vec![Value::Double(1.5)],
        Scalar::Float => vec![Value::Float(1.5)],
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => {
            [1, 2, -1, i32::MAX].map(Value::Int32).to_vec()
        }
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => {
            [1, 2, 1 << 32 | 1, -1].map(Value::Int64).to_vec()
        }
        Scalar::Uint32 | Scalar::Fixed32 => [1, 2, u32::MAX].map(Value::Uint32).to_vec(),
        Scalar::Uint64 | Scalar::Fixed64 => {
            [1, 2, 1 << 32 | 1, u64::MAX].map(Value::Uint64).to_vec()
        }
    }
}

/// Sets the first fields of a message, each to its first candidate.
fn fill(message: &mut Message<'_>, depth: usize) {
    for field in message.ty.fields().take(MAX_FILL_FIELDS) {
        let taken = field.proto.oneof_index.is_some_and(|oneof| {
            let mut set = message.fields();
            set.any(|(found, _)| found.proto.oneof_index == Some(oneof))
        });
        if taken || message.has(field.proto.number()) {
            continue;
        }
        if let Some(value) = of_field(field, depth).into_iter().next() {
            message.set(field, value);
        }
    }
}

/// Every key with the first value, and the first key with every value.
fn of_map(entry: MessageRef<'_>, depth: usize) -> Vec<Value<'_>> {
    let (Some(key), Some(value)) = (entry.field(1), entry.field(2)) else {
        return Vec::new();
    };
    let keys: Vec<Key> = of_kind(key, depth)
        .into_iter()
        .filter_map(Value::into_key)
        .collect();
    let values = of_kind(value, depth);
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
        .map(|entry| Value::Map(BTreeMap::from([entry])))
        .collect()
}

/// Sets what is required, and counts it.
#[derive(Default)]
pub(super) struct Fill {
    depth: usize,
    set: usize,
}

impl Fill {
    /// Sets the required fields of a message but those of these numbers. `None` where that does not end.
    pub(super) fn required(&mut self, message: &mut Message<'_>, except: &[i32]) -> Option<()> {
        for field in message.ty.fields() {
            let number = field.proto.number();
            if !field.is_required() || message.has(number) || except.contains(&number) {
                continue;
            }
            self.set += 1;
            if self.set > MAX_REQUIRED_FIELDS || self.depth > MAX_REQUIRED_DEPTH {
                return None;
            }
            let value = match field.kind()? {
                TypeRef::Message(ty) | TypeRef::Group(ty) => {
                    let mut within = Message::new(ty);
                    self.depth += 1;
                    self.required(&mut within, &[])?;
                    self.depth -= 1;
                    Value::Message(Box::new(within))
                }
                TypeRef::Scalar(_) | TypeRef::Enum(_) => of_kind(field, 0).into_iter().next()?,
            };
            message.set(field, value);
        }
        Some(())
    }
}

//! Messages of any linked type: values by field number, decoded, encoded and as text.
//!
//! They behave as those of a conforming library: [`decode`] keeps what it does not know, merges what comes
//! twice, reads packed and unpacked alike and checks what features ask for; [`encode`] gives the same bytes
//! for the same message; [`text`] prints and [`read_text`] reads text format. Options are values of this kind,
//! and witnesses. There is no generated code and no JSON form.

mod decode;
mod encode;
#[cfg(test)]
mod golden;
mod options;
mod read_text;
#[cfg(test)]
mod tests;
mod text;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::pool::{FieldRef, MessageRef, TypeRef};

pub(crate) use decode::DecodeError;
pub(crate) use decode::MAX_MESSAGE_DEPTH;
pub(crate) use encode::encode_field;
pub(crate) use options::{options, options_type};
pub(crate) use read_text::{TextNames, lacking};
pub(crate) use text::value_text;

/// A message of a linked type.
#[derive(Clone)]
pub(crate) struct Message<'p> {
    pub ty: MessageRef<'p>,
    /// What is set, by number, extensions included.
    fields: BTreeMap<i32, Value<'p>>,
    /// Whole fields as they were read, each with its tag.
    unknown: Vec<u8>,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'p> {
    Bool(bool),
    Int32(i32),
    Int64(i64),
    Uint32(u32),
    Uint64(u64),
    Float(f32),
    Double(f64),
    /// UTF-8 except where the features of the field do not ask for it.
    String(Vec<u8>),
    Bytes(Vec<u8>),
    Enum(i32),
    Message(Box<Message<'p>>),
    /// Of a repeated field.
    List(Vec<Value<'p>>),
    Map(BTreeMap<Key, Value<'p>>),
}

/// The key of a map's entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Bool(bool),
    Int32(i32),
    Int64(i64),
    Uint32(u32),
    Uint64(u64),
    String(Vec<u8>),
}

impl<'p> Message<'p> {
    /// An empty message.
    pub(crate) fn new(ty: MessageRef<'p>) -> Self {
        Self {
            ty,
            fields: BTreeMap::new(),
            unknown: Vec::new(),
        }
    }

    /// The value of a field that is set.
    pub(crate) fn get(&self, number: i32) -> Option<&Value<'p>> {
        self.fields.get(&number)
    }

    /// The value of a field, or the default that a program sees in its place.
    pub(crate) fn get_or_default(&self, field: FieldRef<'p>) -> Value<'p> {
        match self.get(field.proto.number()) {
            Some(value) => value.clone(),
            None => Value::default_of(field),
        }
    }

    /// Whether a field is set. Without presence that is: whether it differs from its default.
    pub(crate) fn has(&self, number: i32) -> bool {
        self.fields.contains_key(&number)
    }

    /// What is set, by number.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (FieldRef<'p>, &Value<'p>)> {
        let known = self.fields.iter();
        known.filter_map(|(number, value)| Some((self.ty.field_or_extension(*number)?, value)))
    }

    /// What was read and is not known, as it was read.
    pub(crate) fn unknown(&self) -> &[u8] {
        &self.unknown
    }

    /// Sets a field. The other members of its oneof are cleared; what is not to be told from nothing
    /// (an empty list, a default without presence) is not set.
    pub(crate) fn set(&mut self, field: FieldRef<'p>, value: Value<'p>) {
        self.clear_siblings(field);
        let number = field.proto.number();
        let nothing = match &value {
            Value::List(values) => values.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            value => !field.has_presence() && value.is_zero(),
        };
        if nothing {
            self.fields.remove(&number);
        } else {
            self.fields.insert(number, value);
        }
    }

    /// Clears a field.
    pub(crate) fn clear(&mut self, number: i32) {
        self.fields.remove(&number);
    }

    /// Whether nothing was unknown when the message was read, nor in the messages within.
    pub(crate) fn knows_all(&self) -> bool {
        let within = |value: &Value| match value {
            Value::Message(message) => message.knows_all(),
            _ => true,
        };
        self.unknown.is_empty()
            && self.fields.values().all(|value| match value {
                Value::Map(entries) => entries.values().all(within),
                value => value.elements().iter().all(within),
            })
    }

    /// The value of a field, made where it is not there. What is not set afterwards must be removed.
    fn slot(&mut self, field: FieldRef<'p>, default: impl FnOnce() -> Value<'p>) -> &mut Value<'p> {
        self.clear_siblings(field);
        let entry = self.fields.entry(field.proto.number());
        entry.or_insert_with(default)
    }

    /// A message of bytes that are encoded already.
    pub(crate) fn of_encoded(ty: MessageRef<'p>, encoded: Vec<u8>) -> Self {
        Self {
            unknown: encoded,
            ..Self::new(ty)
        }
    }

    /// Whether the field at the end of a path is set.
    pub(crate) fn has_at(&self, path: &[FieldRef<'p>]) -> bool {
        let mut message = self;
        for (index, field) in path.iter().enumerate() {
            let value = message.get(field.proto.number());
            match value {
                Some(_) if index + 1 == path.len() => return true,
                Some(Value::Message(within)) => message = within,
                Some(_) | None => return false,
            }
        }
        false
    }

    /// Sets the field at the end of a path, or appends to it, whatever else is set. The messages on the way
    /// are made where they are not there.
    pub(crate) fn force(&mut self, path: &[FieldRef<'p>], value: Value<'p>) {
        let Some((field, around)) = path.split_last() else {
            return;
        };
        let mut message = self;
        for step in around {
            let Some(TypeRef::Message(ty) | TypeRef::Group(ty)) = step.kind() else {
                return;
            };
            let entry = message.fields.entry(step.proto.number());
            match entry.or_insert_with(|| Value::Message(Box::new(Self::new(ty)))) {
                Value::Message(within) => message = within,
                _ => return,
            }
        }
        let entry = message.fields.entry(field.proto.number());
        if !field.is_repeated() {
            entry.insert_entry(value);
        } else if let Value::List(values) = entry.or_insert_with(|| Value::List(Vec::new())) {
            values.push(value);
        }
    }

    fn clear_siblings(&mut self, field: FieldRef<'p>) {
        let (Some(oneof), None) = (field.proto.oneof_index, field.extension) else {
            return;
        };
        let number = field.proto.number();
        let ty = self.ty;
        self.fields.retain(|found, _| {
            let sibling = *found != number
                && ty
                    .field(*found)
                    .is_some_and(|found| found.proto.oneof_index == Some(oneof));
            !sibling
        });
    }

    /// The paths of required fields that are missing, here and in the messages within.
    pub(crate) fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        self.add_missing("", &mut missing);
        missing
    }

    /// Recursion is bounded: no message nests deeper than [`MAX_MESSAGE_DEPTH`].
    fn add_missing(&self, prefix: &str, missing: &mut Vec<String>) {
        for field in self.ty.fields() {
            if field.is_required() && !self.has(field.proto.number()) {
                missing.push(format!("{prefix}{}", field.proto.name()));
            }
        }
        for (field, value) in self.fields() {
            let name = name_of(field);
            let mut within = |step: &str, value: &Value<'p>| {
                if let Value::Message(message) = value {
                    message.add_missing(&format!("{prefix}{name}{step}."), missing);
                }
            };
            match value {
                Value::List(values) => {
                    for (index, value) in values.iter().enumerate() {
                        within(&format!("[{index}]"), value);
                    }
                }
                Value::Map(entries) => {
                    for (key, value) in entries {
                        within(&format!("[{key}]"), value);
                    }
                }
                value => within("", value),
            }
        }
    }
}

/// Equal where type and content are; views of the same pool are told apart by name.
impl PartialEq for Message<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.ty.name == other.ty.name
            && self.fields == other.fields
            && self.unknown == other.unknown
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {{ {self} }}", self.ty.name)
    }
}

impl<'p> Value<'p> {
    /// What a program sees of a field that is not set.
    pub(crate) fn default_of(field: FieldRef<'p>) -> Self {
        if field.map_entry().is_some() {
            return Self::Map(BTreeMap::new());
        }
        if field.is_repeated() {
            return Self::List(Vec::new());
        }
        let written = field.proto.default_value.as_deref();
        match field.kind() {
            Some(kind) => {
                let default = written.and_then(|text| read_text::default_value(kind, text));
                default.unwrap_or_else(|| Self::zero(kind))
            }
            None => Self::Bytes(Vec::new()),
        }
    }

    /// The zero of a type: the first value of an enum, an empty message.
    pub(crate) fn zero(kind: TypeRef<'p>) -> Self {
        use super::model::Scalar as S;
        match kind {
            TypeRef::Scalar(scalar) => match scalar {
                S::Double => Self::Double(0.0),
                S::Float => Self::Float(0.0),
                S::Int32 | S::Sint32 | S::Sfixed32 => Self::Int32(0),
                S::Int64 | S::Sint64 | S::Sfixed64 => Self::Int64(0),
                S::Uint32 | S::Fixed32 => Self::Uint32(0),
                S::Uint64 | S::Fixed64 => Self::Uint64(0),
                S::Bool => Self::Bool(false),
                S::String => Self::String(Vec::new()),
                S::Bytes => Self::Bytes(Vec::new()),
            },
            TypeRef::Enum(found) => {
                let first = found.proto.value.first();
                Self::Enum(first.map_or(0, super::descriptor::EnumValueDescriptorProto::number))
            }
            TypeRef::Message(message) | TypeRef::Group(message) => {
                Self::Message(Box::new(Message::new(message)))
            }
        }
    }

    /// Whether it is the default of a field without presence. The sign of a zero counts.
    fn is_zero(&self) -> bool {
        match self {
            Self::Bool(value) => !value,
            Self::Int32(value) | Self::Enum(value) => *value == 0,
            Self::Int64(value) => *value == 0,
            Self::Uint32(value) => *value == 0,
            Self::Uint64(value) => *value == 0,
            Self::Float(value) => value.to_bits() == 0,
            Self::Double(value) => value.to_bits() == 0,
            Self::String(bytes) | Self::Bytes(bytes) => bytes.is_empty(),
            Self::Message(_) | Self::List(_) | Self::Map(_) => false,
        }
    }

    /// A message.
    pub(crate) fn as_message(&self) -> Option<&Message<'p>> {
        match self {
            Self::Message(message) => Some(message),
            _ => None,
        }
    }

    /// The elements of a list, or the single value.
    pub(crate) fn elements(&self) -> &[Value<'p>] {
        match self {
            Self::List(values) => values,
            single => std::slice::from_ref(single),
        }
    }

    /// A whole number of any width, a bool or an enum's number.
    pub(crate) fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Bool(value) => Some(i128::from(*value)),
            Self::Int32(value) | Self::Enum(value) => Some(i128::from(*value)),
            Self::Int64(value) => Some(i128::from(*value)),
            Self::Uint32(value) => Some(i128::from(*value)),
            Self::Uint64(value) => Some(i128::from(*value)),
            _ => None,
        }
    }

    /// The key of a map, where it can be one.
    pub(crate) fn into_key(self) -> Option<Key> {
        Some(match self {
            Self::Bool(value) => Key::Bool(value),
            Self::Int32(value) => Key::Int32(value),
            Self::Int64(value) => Key::Int64(value),
            Self::Uint32(value) => Key::Uint32(value),
            Self::Uint64(value) => Key::Uint64(value),
            Self::String(bytes) => Key::String(bytes),
            _ => return None,
        })
    }
}

impl Key {
    /// The key as the value of the entry's field.
    pub(crate) fn to_value<'p>(&self) -> Value<'p> {
        match self {
            Self::Bool(value) => Value::Bool(*value),
            Self::Int32(value) => Value::Int32(*value),
            Self::Int64(value) => Value::Int64(*value),
            Self::Uint32(value) => Value::Uint32(*value),
            Self::Uint64(value) => Value::Uint64(*value),
            Self::String(bytes) => Value::String(bytes.clone()),
        }
    }
}

/// What stands before the value in text format.
fn name_of(field: FieldRef<'_>) -> Cow<'_, str> {
    match field.extension {
        Some(name) => Cow::Owned(format!("[{name}]")),
        None => Cow::Borrowed(field.proto.name()),
    }
}

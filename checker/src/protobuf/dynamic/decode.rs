//! Reads the binary encoding.
//!
//! What has another wire type than its field is unknown, as in Google's parsers, and no error.

use std::collections::BTreeMap;
use std::fmt;

use prost::encoding::WireType;

use super::encode::{CONTENT, ITEM, TYPE_ID, delimited};
use super::{Message, Value};
use crate::protobuf::features::{EnumType, Utf8Validation};
use crate::protobuf::model::Scalar;
use crate::protobuf::pool::{EnumRef, FieldRef, MessageRef, TypeRef};

/// How deep messages nest in the outermost one that are read, groups and what is unknown included; as in Google's parsers.
pub(crate) const MAX_MESSAGE_DEPTH: usize = 100;

/// The longest encoding of a tag and of any other whole number.
const MAX_TAG_BYTES: usize = 5;
const MAX_VARINT_BYTES: usize = 10;

/// Why bytes are no message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DecodeError {
    /// They end within a field.
    Truncated,
    /// A number that is no tag, or one that is too long.
    Malformed,
    /// A group that is not closed, or closed without being open.
    Group,
    /// Deeper than [`MAX_MESSAGE_DEPTH`].
    TooDeep,
    /// A string that is not UTF-8, in the field of this name.
    NotUtf8(String),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the bytes end within a field"),
            Self::Malformed => f.write_str("the bytes are no message"),
            Self::Group => f.write_str("a group does not end where it should"),
            Self::TooDeep => write!(f, "messages nest deeper than {MAX_MESSAGE_DEPTH} levels"),
            Self::NotUtf8(name) => write!(f, "the string in `{name}` is not UTF-8"),
        }
    }
}

impl<'p> Message<'p> {
    /// Reads a message. Required fields may be missing ([`Message::missing`]).
    pub(crate) fn decode(ty: MessageRef<'p>, bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut message = Self::new(ty);
        message.merge(bytes)?;
        Ok(message)
    }

    /// Reads into a message that is there: what is single is replaced, messages are merged, the rest is
    /// appended.
    pub(crate) fn merge(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        let mut reader = Reader {
            rest: bytes,
            depth: 0,
        };
        reader.message(self, None)
    }
}

struct Reader<'b> {
    rest: &'b [u8],
    depth: usize,
}

impl<'b> Reader<'b> {
    /// Reads fields until the bytes end, or the group whose number is given.
    fn message(
        &mut self,
        message: &mut Message<'_>,
        group: Option<u32>,
    ) -> Result<(), DecodeError> {
        self.nest(|this| {
            while !this.rest.is_empty() {
                let start = this.rest;
                let (number, wire_type) = this.key()?;
                if wire_type == WireType::EndGroup {
                    return if group == Some(number) {
                        Ok(())
                    } else {
                        Err(DecodeError::Group)
                    };
                }
                if !this.known(message, number, wire_type)? {
                    this.rest = start;
                    let unknown = this.unknown_field()?;
                    message.unknown.extend(unknown);
                }
            }
            if group.is_some() {
                return Err(DecodeError::Truncated);
            }
            Ok(())
        })
    }

    fn nest<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        // The outermost message is not nested.
        if self.depth > MAX_MESSAGE_DEPTH {
            return Err(DecodeError::TooDeep);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Reads a field that the type has; `false` where it is to be kept as unknown.
    fn known(
        &mut self,
        message: &mut Message<'_>,
        number: u32,
        wire_type: WireType,
    ) -> Result<bool, DecodeError> {
        if (number, wire_type) == (ITEM, WireType::StartGroup) && message.ty.is_message_set() {
            return self.nest(|this| this.item(message));
        }
        let field = i32::try_from(number)
            .ok()
            .and_then(|number| message.ty.field_or_extension(number));
        let Some((field, kind)) = field.and_then(|field| Some((field, field.kind()?))) else {
            return Ok(false);
        };
        if let Some(entry) = field.map_entry() {
            return self.map_entry(message, field, entry, wire_type);
        }
        if field.is_repeated() && wire_type == WireType::LengthDelimited && is_packable(kind) {
            self.packed(message, field, kind)?;
            return Ok(true);
        }
        if wire_type != wire_type_of(kind) {
            return Ok(false);
        }
        match kind {
            TypeRef::Message(ty) | TypeRef::Group(ty) => {
                self.message_field(message, field, ty, number, wire_type)
            }
            TypeRef::Enum(found) => {
                let value = as_i32(self.varint()?);
                if is_unknown(found, value) {
                    return Ok(false);
                }
                put(message, field, Value::Enum(value));
                Ok(true)
            }
            TypeRef::Scalar(scalar) => {
                let value = self.scalar(scalar, field)?;
                put(message, field, value);
                Ok(true)
            }
        }
    }

    fn message_field<'p>(
        &mut self,
        message: &mut Message<'p>,
        field: FieldRef<'p>,
        ty: MessageRef<'p>,
        number: u32,
        wire_type: WireType,
    ) -> Result<bool, DecodeError> {
        let Some(within) = slot_of(message, field, ty) else {
            return Ok(false);
        };
        if wire_type == WireType::StartGroup {
            self.message(within, Some(number))?;
        } else {
            let bytes = self.delimited()?;
            self.within(bytes, |this| this.message(within, None))?;
        }
        Ok(true)
    }

    /// An item of a message set, whose start was read: `false` where its number is no extension that is
    /// known, or it has no number or no content.
    fn item(&mut self, message: &mut Message<'_>) -> Result<bool, DecodeError> {
        let (mut id, mut content) = (None, None);
        loop {
            match self.key()? {
                (ITEM, WireType::EndGroup) => break,
                (TYPE_ID, WireType::Varint) => id = Some(as_i32(self.varint()?)),
                (CONTENT, WireType::LengthDelimited) => content = Some(self.delimited()?),
                (number, wire_type) => self.skip(number, wire_type)?,
            }
        }
        let field = id.and_then(|id| message.ty.field_or_extension(id));
        let (Some(field), Some(content)) = (field, content) else {
            return Ok(false);
        };
        let Some(TypeRef::Message(ty)) = field.kind() else {
            return Ok(false);
        };
        let Some(within) = slot_of(message, field, ty) else {
            return Ok(false);
        };
        self.within(content, |this| this.message(within, None))?;
        Ok(true)
    }

    /// Reads a part of the bytes.
    fn within<T>(&mut self, bytes: &'b [u8], read: impl FnOnce(&mut Self) -> T) -> T {
        let rest = std::mem::replace(&mut self.rest, bytes);
        let result = read(self);
        self.rest = rest;
        result
    }

    /// An entry is a message of key and value; either may be left out, and the last entry of a key counts.
    fn map_entry<'p>(
        &mut self,
        message: &mut Message<'p>,
        field: FieldRef<'p>,
        entry: MessageRef<'p>,
        wire_type: WireType,
    ) -> Result<bool, DecodeError> {
        let (Some(key), Some(value)) = (entry.field(1), entry.field(2)) else {
            return Ok(false);
        };
        if wire_type != WireType::LengthDelimited {
            return Ok(false);
        }
        let bytes = self.delimited()?;
        let mut read = Message::new(entry);
        self.within(bytes, |this| this.message(&mut read, None))?;
        // An entry with anything unknown in it, such as a number that a closed enum does not have, is
        // unknown as a whole.
        if !read.unknown.is_empty() {
            if let Ok(number) = u32::try_from(field.proto.number()) {
                delimited(number, &read.encode(), &mut message.unknown);
            }
            return Ok(true);
        }
        let Some(key) = read.get_or_default(key).into_key() else {
            return Ok(false);
        };
        let value = read.get_or_default(value);
        if let Value::Map(entries) = message.slot(field, || Value::Map(BTreeMap::default())) {
            entries.insert(key, value);
        }
        Ok(true)
    }

    fn packed<'p>(
        &mut self,
        message: &mut Message<'p>,
        field: FieldRef<'p>,
        kind: TypeRef<'p>,
    ) -> Result<(), DecodeError> {
        let bytes = self.delimited()?;
        self.within(bytes, |this| {
            while !this.rest.is_empty() {
                match kind {
                    TypeRef::Enum(found) => {
                        let value = this.varint()?;
                        if is_unknown(found, as_i32(value)) {
                            keep_varint(message, field, value);
                        } else {
                            put(message, field, Value::Enum(as_i32(value)));
                        }
                    }
                    TypeRef::Scalar(scalar) => {
                        let value = this.scalar(scalar, field)?;
                        put(message, field, value);
                    }
                    TypeRef::Message(_) | TypeRef::Group(_) => return Err(DecodeError::Malformed),
                }
            }
            Ok(())
        })
    }

    fn scalar<'p>(
        &mut self,
        scalar: Scalar,
        field: FieldRef<'p>,
    ) -> Result<Value<'p>, DecodeError> {
        Ok(match scalar {
            Scalar::Double => Value::Double(f64::from_le_bytes(self.fixed()?)),
            Scalar::Float => Value::Float(f32::from_le_bytes(self.fixed()?)),
            Scalar::Int32 => Value::Int32(as_i32(self.varint()?)),
            Scalar::Int64 => Value::Int64(self.varint()?.cast_signed()),
            Scalar::Uint32 => Value::Uint32(as_u32(self.varint()?)),
            Scalar::Uint64 => Value::Uint64(self.varint()?),
            Scalar::Sint32 => {
                let value = as_u32(self.varint()?);
                Value::Int32((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
            }
            Scalar::Sint64 => {
                let value = self.varint()?;
                Value::Int64((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
            }
            Scalar::Fixed32 => Value::Uint32(u32::from_le_bytes(self.fixed()?)),
            Scalar::Fixed64 => Value::Uint64(u64::from_le_bytes(self.fixed()?)),
            Scalar::Sfixed32 => Value::Int32(i32::from_le_bytes(self.fixed()?)),
            Scalar::Sfixed64 => Value::Int64(i64::from_le_bytes(self.fixed()?)),
            Scalar::Bool => Value::Bool(self.varint()? != 0),
            Scalar::String => {
                let bytes = self.delimited()?;
                let verified = field.features.utf8_validation == Utf8Validation::Verify;
                if verified && std::str::from_utf8(bytes).is_err() {
                    return Err(DecodeError::NotUtf8(super::name_of(field).into_owned()));
                }
                Value::String(bytes.to_vec())
            }
            Scalar::Bytes => Value::Bytes(self.delimited()?.to_vec()),
        })
    }

    /// A whole field with its tag.
    fn unknown_field(&mut self) -> Result<&'b [u8], DecodeError> {
        let start = self.rest;
        let (number, wire_type) = self.key()?;
        self.skip(number, wire_type)?;
        Ok(start
            .get(..start.len() - self.rest.len())
            .unwrap_or_default())
    }

    fn skip(&mut self, number: u32, wire_type: WireType) -> Result<(), DecodeError> {
        match wire_type {
            WireType::Varint => drop(self.varint()?),
            WireType::SixtyFourBit => drop(self.take(8)?),
            WireType::ThirtyTwoBit => drop(self.take(4)?),
            WireType::LengthDelimited => drop(self.delimited()?),
            WireType::StartGroup => return self.nest(|this| this.skip_group(number)),
            WireType::EndGroup => return Err(DecodeError::Group),
        }
        Ok(())
    }

    fn skip_group(&mut self, group: u32) -> Result<(), DecodeError> {
        loop {
            let (number, wire_type) = self.key()?;
            if wire_type != WireType::EndGroup {
                self.skip(number, wire_type)?;
            } else if number == group {
                return Ok(());
            } else {
                return Err(DecodeError::Group);
            }
        }
    }

    fn key(&mut self) -> Result<(u32, WireType), DecodeError> {
        let before = self.rest.len();
        let key = u32::try_from(self.varint()?).map_err(|_| DecodeError::Malformed)?;
        let wire_type = WireType::try_from(u64::from(key & 7));
        let wire_type = wire_type.map_err(|_| DecodeError::Malformed)?;
        if key >> 3 == 0 || before - self.rest.len() > MAX_TAG_BYTES {
            return Err(DecodeError::Malformed);
        }
        Ok((key >> 3, wire_type))
    }

    /// Bits beyond the sixty-fourth are cut off.
    fn varint(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0;
        for (index, byte) in self.rest.iter().take(MAX_VARINT_BYTES).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if *byte < 0x80 {
                self.rest = self.rest.get(index + 1..).unwrap_or_default();
                return Ok(value);
            }
        }
        Err(if self.rest.len() < MAX_VARINT_BYTES {
            DecodeError::Truncated
        } else {
            DecodeError::Malformed
        })
    }

    fn delimited(&mut self) -> Result<&'b [u8], DecodeError> {
        let length = self.varint()?;
        self.take(usize::try_from(length).map_err(|_| DecodeError::Truncated)?)
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], DecodeError> {
        let split = self.rest.split_at_checked(length);
        let (taken, rest) = split.ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        self.take(N)?.try_into().map_err(|_| DecodeError::Truncated)
    }
}

/// The message that a field holds, or a further one at the end of its list.
fn slot_of<'m, 'p>(
    message: &'m mut Message<'p>,
    field: FieldRef<'p>,
    ty: MessageRef<'p>,
) -> Option<&'m mut Message<'p>> {
    let empty = || Value::Message(Box::new(Message::new(ty)));
    let slot = if field.is_repeated() {
        match message.slot(field, || Value::List(Vec::new())) {
            Value::List(values) => {
                values.push(empty());
                values.last_mut()
            }
            _ => None,
        }
    } else {
        Some(message.slot(field, empty))
    };
    match slot {
        Some(Value::Message(within)) => Some(within),
        _ => None,
    }
}

/// Sets a single value or appends to a list.
fn put<'p>(message: &mut Message<'p>, field: FieldRef<'p>, value: Value<'p>) {
    if !field.is_repeated() {
        message.set(field, value);
    } else if let Value::List(values) = message.slot(field, || Value::List(Vec::new())) {
        values.push(value);
    }
}

/// A number of a packed list stands in what is unknown as a field of its own.
fn keep_varint(message: &mut Message, field: FieldRef, value: u64) {
    let Ok(number) = u32::try_from(field.proto.number()) else {
        return;
    };
    prost::encoding::encode_key(number, WireType::Varint, &mut message.unknown);
    prost::encoding::encode_varint(value, &mut message.unknown);
}

fn is_unknown(found: EnumRef, number: i32) -> bool {
    let closed = found.features.enum_type == EnumType::Closed;
    closed
        && found
            .proto
            .value
            .iter()
            .all(|value| value.number() != number)
}

/// The wire type of a single value.
pub(super) fn wire_type_of(kind: TypeRef) -> WireType {
    match kind {
        TypeRef::Enum(_) => WireType::Varint,
        TypeRef::Message(_) => WireType::LengthDelimited,
        TypeRef::Group(_) => WireType::StartGroup,
        TypeRef::Scalar(scalar) => match scalar {
            Scalar::Double | Scalar::Fixed64 | Scalar::Sfixed64 => WireType::SixtyFourBit,
            Scalar::Float | Scalar::Fixed32 | Scalar::Sfixed32 => WireType::ThirtyTwoBit,
            Scalar::String | Scalar::Bytes => WireType::LengthDelimited,
            Scalar::Int32
            | Scalar::Int64
            | Scalar::Uint32
            | Scalar::Uint64
            | Scalar::Sint32
            | Scalar::Sint64
            | Scalar::Bool => WireType::Varint,
        },
    }
}

/// Whether lists of a type may be packed.
pub(super) fn is_packable(kind: TypeRef) -> bool {
    !matches!(
        wire_type_of(kind),
        WireType::LengthDelimited | WireType::StartGroup
    )
}

/// The lower half: what a 32-bit field keeps of a longer number.
fn as_u32(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or_default()
}

fn as_i32(value: u64) -> i32 {
    as_u32(value).cast_signed()
}

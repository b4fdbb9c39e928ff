//! The messages of `google/protobuf/descriptor.proto` that describe a file, editions included.
//!
//! They are read and written as `protoc` reads and writes them, so a descriptor set of ours is one for
//! every other program. All the `…Options` messages are one type, [`Options`]: which options there are
//! is for the linker to know, and custom ones are never dropped.

use std::borrow::Cow;

use prost::bytes::{Buf, BufMut};
use prost::encoding::{self, DecodeContext, WireType};
use prost::{DecodeError, Message as _};

use super::syntax::strings;

/// Describes files, imports before what imports them.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct FileDescriptorSet {
    #[prost(message, repeated, tag = "1")]
    pub file: Vec<FileDescriptorProto>,
}

/// Describes a whole `.proto` file.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct FileDescriptorProto {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub package: Option<String>,
    #[prost(string, repeated, tag = "3")]
    pub dependency: Vec<String>,
    #[prost(int32, repeated, packed = "false", tag = "10")]
    pub public_dependency: Vec<i32>,
    #[prost(int32, repeated, packed = "false", tag = "11")]
    pub weak_dependency: Vec<i32>,
    /// Files that only options are taken from (edition 2024).
    #[prost(string, repeated, tag = "15")]
    pub option_dependency: Vec<String>,
    #[prost(message, repeated, tag = "4")]
    pub message_type: Vec<DescriptorProto>,
    #[prost(message, repeated, tag = "5")]
    pub enum_type: Vec<EnumDescriptorProto>,
    #[prost(message, repeated, tag = "6")]
    pub service: Vec<ServiceDescriptorProto>,
    #[prost(message, repeated, tag = "7")]
    pub extension: Vec<FieldDescriptorProto>,
    #[prost(message, optional, tag = "8")]
    pub options: Option<Options>,
    #[prost(message, optional, tag = "9")]
    pub source_code_info: Option<SourceCodeInfo>,
    /// `proto2` (also when absent), `proto3` or `editions`.
    #[prost(string, optional, tag = "12")]
    pub syntax: Option<String>,
    #[prost(enumeration = "Edition", optional, tag = "14")]
    pub edition: Option<i32>,
}

/// Describes a message type.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct DescriptorProto {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(message, repeated, tag = "2")]
    pub field: Vec<FieldDescriptorProto>,
    #[prost(message, repeated, tag = "6")]
    pub extension: Vec<FieldDescriptorProto>,
    #[prost(message, repeated, tag = "3")]
    pub nested_type: Vec<DescriptorProto>,
    #[prost(message, repeated, tag = "4")]
    pub enum_type: Vec<EnumDescriptorProto>,
    #[prost(message, repeated, tag = "5")]
    pub extension_range: Vec<ExtensionRange>,
    #[prost(message, repeated, tag = "8")]
    pub oneof_decl: Vec<OneofDescriptorProto>,
    #[prost(message, optional, tag = "7")]
    pub options: Option<Options>,
    #[prost(message, repeated, tag = "9")]
    pub reserved_range: Vec<ReservedRange>,
    #[prost(string, repeated, tag = "10")]
    pub reserved_name: Vec<String>,
    #[prost(enumeration = "SymbolVisibility", optional, tag = "11")]
    pub visibility: Option<i32>,
}

/// Numbers of a message that extensions may use; the end is excluded.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ExtensionRange {
    #[prost(int32, optional, tag = "1")]
    pub start: Option<i32>,
    #[prost(int32, optional, tag = "2")]
    pub end: Option<i32>,
    #[prost(message, optional, tag = "3")]
    pub options: Option<Options>,
}

/// Field numbers that must not be used; the end is excluded.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ReservedRange {
    #[prost(int32, optional, tag = "1")]
    pub start: Option<i32>,
    #[prost(int32, optional, tag = "2")]
    pub end: Option<i32>,
}

/// Describes a field or an extension.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct FieldDescriptorProto {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(int32, optional, tag = "3")]
    pub number: Option<i32>,
    #[prost(enumeration = "Label", optional, tag = "4")]
    pub label: Option<i32>,
    #[prost(enumeration = "Type", optional, tag = "5")]
    pub r#type: Option<i32>,
    /// With a leading dot once it is linked.
    #[prost(string, optional, tag = "6")]
    pub type_name: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub extendee: Option<String>,
    /// A text, but that of a `string` may be any bytes, as in `protoc`.
    #[prost(bytes = "vec", optional, tag = "7")]
    pub default_value: Option<Vec<u8>>,
    #[prost(int32, optional, tag = "9")]
    pub oneof_index: Option<i32>,
    #[prost(string, optional, tag = "10")]
    pub json_name: Option<String>,
    #[prost(message, optional, tag = "8")]
    pub options: Option<Options>,
    #[prost(bool, optional, tag = "17")]
    pub proto3_optional: Option<bool>,
}

impl FieldDescriptorProto {
    /// The default as a text; bytes that are none are escaped.
    pub(crate) fn default_text(&self) -> Option<Cow<'_, str>> {
        let default = self.default_value.as_deref()?;
        Some(match str::from_utf8(default) {
            Ok(text) => text.into(),
            Err(_) => strings::escape(default).into(),
        })
    }
}

/// Describes a oneof.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct OneofDescriptorProto {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(message, optional, tag = "2")]
    pub options: Option<Options>,
}

/// Describes an enum type.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct EnumDescriptorProto {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(message, repeated, tag = "2")]
    pub value: Vec<EnumValueDescriptorProto>,
    #[prost(message, optional, tag = "3")]
    pub options: Option<Options>,
    #[prost(message, repeated, tag = "4")]
    pub reserved_range: Vec<EnumReservedRange>,
    #[prost(string, repeated, tag = "5")]
    pub reserved_name: Vec<String>,
    #[prost(enumeration = "SymbolVisibility", optional, tag = "6")]
    pub visibility: Option<i32>,
}

/// Numbers of an enum that must not be used; the end is included.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct EnumReservedRange {
    #[prost(int32, optional, tag = "1")]
    pub start: Option<i32>,
    #[prost(int32, optional, tag = "2")]
    pub end: Option<i32>,
}

/// Describes a value of an enum.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct EnumValueDescriptorProto {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(int32, optional, tag = "2")]
    pub number: Option<i32>,
    #[prost(message, optional, tag = "3")]
    pub options: Option<Options>,
}

/// Describes a service.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ServiceDescriptorProto {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(message, repeated, tag = "2")]
    pub method: Vec<MethodDescriptorProto>,
    #[prost(message, optional, tag = "3")]
    pub options: Option<Options>,
}

/// Describes an RPC.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct MethodDescriptorProto {
    #[prost(string, optional, tag = "1")]
    pub name: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub input_type: Option<String>,
    #[prost(string, optional, tag = "3")]
    pub output_type: Option<String>,
    #[prost(message, optional, tag = "4")]
    pub options: Option<Options>,
    #[prost(bool, optional, tag = "5", default = "false")]
    pub client_streaming: Option<bool>,
    #[prost(bool, optional, tag = "6", default = "false")]
    pub server_streaming: Option<bool>,
}

/// An option as it is written, before anyone knows what it means.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct UninterpretedOption {
    #[prost(message, repeated, tag = "2")]
    pub name: Vec<NamePart>,
    #[prost(string, optional, tag = "3")]
    pub identifier_value: Option<String>,
    #[prost(uint64, optional, tag = "4")]
    pub positive_int_value: Option<u64>,
    #[prost(int64, optional, tag = "5")]
    pub negative_int_value: Option<i64>,
    #[prost(double, optional, tag = "6")]
    pub double_value: Option<f64>,
    #[prost(bytes = "vec", optional, tag = "7")]
    pub string_value: Option<Vec<u8>>,
    #[prost(string, optional, tag = "8")]
    pub aggregate_value: Option<String>,
}

/// A part of an option's name; one in parentheses names an extension.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub(crate) struct NamePart {
    #[prost(string, required, tag = "1")]
    pub name_part: String,
    #[prost(bool, required, tag = "2")]
    pub is_extension: bool,
}

/// Where the elements of a file stand and what is said about them.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct SourceCodeInfo {
    #[prost(message, repeated, tag = "1")]
    pub location: Vec<Location>,
}

/// The place of one element.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub(crate) struct Location {
    #[prost(int32, repeated, tag = "1")]
    pub path: Vec<i32>,
    /// Line, column, end line (left out where it is the same line), end column; from zero.
    #[prost(int32, repeated, tag = "2")]
    pub span: Vec<i32>,
    #[prost(string, optional, tag = "3")]
    pub leading_comments: Option<String>,
    #[prost(string, optional, tag = "4")]
    pub trailing_comments: Option<String>,
    #[prost(string, repeated, tag = "6")]
    pub leading_detached_comments: Vec<String>,
}

/// How often a field occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum Label {
    Optional = 1,
    Required = 2,
    Repeated = 3,
}

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum Type {
    Double = 1,
    Float = 2,
    Int64 = 3,
    Uint64 = 4,
    Int32 = 5,
    Fixed64 = 6,
    Fixed32 = 7,
    Bool = 8,
    String = 9,
    Group = 10,
    Message = 11,
    Bytes = 12,
    Uint32 = 13,
    Enum = 14,
    Sfixed32 = 15,
    Sfixed64 = 16,
    Sint32 = 17,
    Sint64 = 18,
}

/// The edition that a file is written in. proto2 and proto3 count as editions too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum Edition {
    Unknown = 0,
    Legacy = 900,
    Proto2 = 998,
    Proto3 = 999,
    Edition2023 = 1000,
    Edition2024 = 1001,
}

/// Who may name a type (edition 2024).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum SymbolVisibility {
    Unset = 0,
    Local = 1,
    Export = 2,
}

/// Options of an element: those that are interpreted as the bytes of the `…Options` message, and
/// those that are not yet.
///
/// The bytes hold each option's field as it was given or encoded, in that order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// As they are written; empty once the file is linked.
    pub uninterpreted_option: Vec<UninterpretedOption>,
    /// What is interpreted, in the binary encoding.
    pub encoded: Vec<u8>,
}

/// The field of every `…Options` message that holds what is not interpreted.
pub(crate) const UNINTERPRETED: u32 = 999;

impl Options {
    /// The last value of a field that holds a whole number, a `bool` or an enum.
    pub(crate) fn varint(&self, number: u32) -> Option<u64> {
        last_varint(&self.encoded, number)
    }

    /// All values of such a field, which is not packed.
    pub(crate) fn varints(&self, number: u32) -> Vec<u64> {
        let mut all = Vec::new();
        each_field(&self.encoded, |found, wire_type, value| {
            if found == number && wire_type == WireType::Varint {
                let mut value = value;
                all.extend(encoding::decode_varint(&mut value));
            }
        });
        all
    }

    /// Whether a `bool` is set.
    pub(crate) fn is_set(&self, number: u32) -> bool {
        self.varint(number).is_some_and(|value| value != 0)
    }

    /// The values of a field that holds a string, bytes or a message, in their order.
    pub(crate) fn lengths(&self, number: u32) -> Vec<&[u8]> {
        let mut all = Vec::new();
        each_field(&self.encoded, |found, wire_type, value| {
            if found == number && wire_type == WireType::LengthDelimited {
                let mut value = value;
                if encoding::decode_varint(&mut value).is_ok() {
                    all.push(value);
                }
            }
        });
        all
    }

    /// Adds a whole number, a `bool` or an enum.
    pub(crate) fn push_varint(&mut self, number: u32, value: u64) {
        encoding::encode_key(number, WireType::Varint, &mut self.encoded);
        encoding::encode_varint(value, &mut self.encoded);
    }
}

/// The last value of a field of an encoded message that holds a whole number, a `bool` or an enum.
pub(crate) fn last_varint(message: &[u8], number: u32) -> Option<u64> {
    let mut last = None;
    each_field(message, |found, wire_type, value| {
        if found == number && wire_type == WireType::Varint {
            let mut value = value;
            last = encoding::decode_varint(&mut value).ok();
        }
    });
    last
}

/// Calls `visit` with number, wire type and bytes behind the tag of each field, until the bytes end or
/// make no sense.
pub(crate) fn each_field<'b>(bytes: &'b [u8], mut visit: impl FnMut(u32, WireType, &'b [u8])) {
    let mut rest = bytes;
    while rest.has_remaining() {
        let Ok((number, wire_type)) = encoding::decode_key(&mut rest) else {
            return;
        };
        let before = rest;
        let skipped = encoding::skip_field(wire_type, number, &mut rest, DecodeContext::default());
        if skipped.is_err() {
            return;
        }
        let length = before.len() - rest.len();
        visit(number, wire_type, &before[..length]);
    }
}

impl prost::Message for Options {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        buffer.put_slice(&self.encoded);
        encoding::message::encode_repeated(UNINTERPRETED, &self.uninterpreted_option, buffer);
    }

    fn merge_field(
        &mut self,
        number: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        if number == UNINTERPRETED {
            let all = &mut self.uninterpreted_option;
            return encoding::message::merge_repeated(wire_type, all, buffer, context);
        }
        keep_field(number, wire_type, buffer, context, &mut self.encoded)
    }

    fn encoded_len(&self) -> usize {
        let more =
            encoding::message::encoded_len_repeated(UNINTERPRETED, &self.uninterpreted_option);
        self.encoded.len() + more
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Copies a field with its tag, what a group holds included.
fn keep_field(
    number: u32,
    wire_type: WireType,
    buffer: &mut impl Buf,
    context: DecodeContext,
    kept: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    encoding::encode_key(number, wire_type, kept);
    match wire_type {
        WireType::Varint => encoding::encode_varint(encoding::decode_varint(buffer)?, kept),
        WireType::ThirtyTwoBit => {
            let mut value = 0_u32;
            encoding::fixed32::merge(wire_type, &mut value, buffer, context)?;
            kept.put_u32_le(value);
        }
        WireType::SixtyFourBit => {
            let mut value = 0_u64;
            encoding::fixed64::merge(wire_type, &mut value, buffer, context)?;
            kept.put_u64_le(value);
        }
        WireType::LengthDelimited => {
            let mut value = Vec::new();
            encoding::bytes::merge(wire_type, &mut value, buffer, context)?;
            encoding::encode_varint(as_u64(value.len()), kept);
            kept.put_slice(&value);
        }
        WireType::StartGroup | WireType::EndGroup => {
            // A message of its own holds the group: its fields are kept as these here are.
            let mut group = Options::default();
            encoding::group::merge(number, wire_type, &mut group, buffer, context)?;
            group.encode_raw(kept);
            encoding::encode_key(number, WireType::EndGroup, kept);
        }
    }
    Ok(())
}

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fields of every wire type, those of a group among them, and one that is not interpreted.
    fn encoded() -> Vec<u8> {
        let mut bytes = vec![0x08, 0x01, 0x15, 1, 2, 3, 4, 0x1a, 2, b'h', b'i'];
        bytes.extend([0x21, 1, 2, 3, 4, 5, 6, 7, 8, 0x2b, 0x08, 0x96, 0x01, 0x2c]);
        bytes
    }

    #[test]
    fn options_are_kept_byte_for_byte() {
        let options = Options::decode(&*encoded()).expect("is well formed");
        assert_eq!(options.encoded, encoded());
        assert_eq!(options.encode_to_vec(), encoded());
        assert_eq!(options.encoded_len(), encoded().len());
        assert!(options.is_set(1));
        assert_eq!(options.lengths(3), [b"hi"]);
        assert_eq!(options.varint(2), None, "of another wire type");
    }

    #[test]
    fn what_is_not_interpreted_stands_apart() {
        let written = Options {
            uninterpreted_option: vec![UninterpretedOption {
                identifier_value: Some("true".to_owned()),
                ..UninterpretedOption::default()
            }],
            encoded: encoded(),
        };
        let read = Options::decode(&*written.encode_to_vec()).expect("is well formed");
        assert_eq!(read, written);
    }

    #[test]
    fn options_that_are_cut_off_or_nest_without_end_are_refused() {
        for end in 1..encoded().len() {
            let cut = Options::decode(&encoded()[..end]);
            // A cut between two fields leaves fewer of them.
            assert!(cut.is_err() || cut.is_ok_and(|cut| cut.encoded == encoded()[..end]));
        }
        assert!(Options::decode(&[0x0b; 10_000][..]).is_err());
        assert!(Options::decode(&[0x0c][..]).is_err());
    }
}

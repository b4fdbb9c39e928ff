//! The same bytes and texts through `prost-reflect`, for random messages of a schema with everything.

use prost::encoding::{WireType, encode_key, encode_varint};
use prost_reflect::DynamicMessage;

use super::*;
use crate::model::Source;
use crate::protobuf::descriptor::EnumValueDescriptorProto;
use crate::protobuf::link::link;
use crate::protobuf::model::Scalar;
use crate::protobuf::pool::Pool;

const EVERYTHING: &str = r#"
syntax = "proto2";
package p;
message M {
  optional double double = 1;
  optional float float = 2;
  optional int32 int32 = 3;
  optional int64 int64 = 4;
  optional uint32 uint32 = 5 [default = 7];
  optional uint64 uint64 = 6;
  optional sint32 sint32 = 7;
  optional sint64 sint64 = 8;
  optional fixed32 fixed32 = 9;
  optional fixed64 fixed64 = 10;
  optional sfixed32 sfixed32 = 11;
  optional sfixed64 sfixed64 = 12;
  optional bool bool = 13;
  optional string string = 14;
  optional bytes bytes = 15;
  optional M message = 16;
  optional group Group = 17 { optional int32 a = 1; optional Q q = 2; }
  optional Closed closed = 18;
  repeated int32 numbers = 19;
  repeated sint64 packed = 20 [packed = true];
  repeated fixed32 fixed = 21 [packed = true];
  repeated string strings = 22;
  repeated Q messages = 23;
  repeated group Groups = 24 { optional string s = 1; }
  map<string, int32> names = 25;
  map<int64, Q> by_id = 26;
  map<bool, Closed> flags = 27;
  oneof one { string text = 28; Q q = 29; int32 number = 30; }
  repeated Open opens = 31 [packed = true];
  extensions 100 to 200;
}
message Q { optional int32 x = 1; repeated Q inner = 2; optional string s = 3; }
enum Closed { ZERO = 0; ONE = 1; MINUS = -1; }
enum Open { NONE = 0; SOME = 2; }
extend M { optional int32 number = 100; repeated Q more = 101; optional string note = 102; }
"#;

pub(super) fn linked(text: &str) -> Pool {
    let find = |path: &str| (path == "m.proto").then(|| Source::new("m.proto", text));
    link(&["m.proto"], &find).expect("is valid")
}

pub(super) fn ty<'p>(pool: &'p Pool, name: &str) -> MessageRef<'p> {
    pool.message(name).expect("is declared")
}

/// Numbers that depend on the seed only.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mixed = self.0 ^ (self.0 >> 29);
        mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("is no more than the length")
    }

    /// A number that both floating-point types hold.
    fn float(&mut self) -> f32 {
        let number = u16::try_from(self.below(4000)).expect("is small");
        f32::from(number) / 8.0 - 100.0
    }

    fn number(&mut self) -> u64 {
        match self.below(6) {
            0 => 0,
            1 => 1,
            2 => u64::MAX,
            3 => u64::from(u32::MAX),
            4 => self.below(1000),
            _ => self.next() << self.below(30),
        }
    }
}

/// Fields of a type in any order, some of them twice, some packed, some unknown: what a parser has to take.
fn random_bytes(ty: MessageRef, random: &mut Random, depth: u64) -> Vec<u8> {
    let mut out = Vec::new();
    let fields: Vec<FieldRef> = (1..=102)
        .filter_map(|number| ty.field_or_extension(number))
        .collect();
    for _ in 0..random.below(6) {
        // What is unknown in an entry makes the entry unknown to Google's library only.
        if random.below(12) == 0 && !ty.is_map_entry() {
            encode_key(77, WireType::Varint, &mut out);
            encode_varint(random.number(), &mut out);
            continue;
        }
        let index = random.index(fields.len());
        random_field(fields[index], random, depth, &mut out);
    }
    out
}

fn random_field(field: FieldRef, random: &mut Random, depth: u64, out: &mut Vec<u8>) {
    let kind = field.kind().expect("is linked");
    let number = field.proto.number().cast_unsigned();
    if field.is_repeated() && decode::is_packable(kind) && random.below(2) == 0 {
        let mut content = Vec::new();
        for _ in 0..=random.below(3) {
            random_value(kind, random, depth, &mut content);
        }
        encode::delimited(number, &content, out);
        return;
    }
    if let TypeRef::Group(ty) = kind {
        encode_key(number, WireType::StartGroup, out);
        if depth > 0 {
            out.extend(random_bytes(ty, random, depth - 1));
        }
        encode_key(number, WireType::EndGroup, out);
        return;
    }
    encode_key(number, decode::wire_type_of(kind), out);
    random_value(kind, random, depth, out);
}

fn random_value(kind: TypeRef, random: &mut Random, depth: u64, out: &mut Vec<u8>) {
    let mut length_and = |bytes: &[u8]| {
        encode_varint(bytes.len() as u64, out);
        out.extend(bytes);
    };
    match kind {
        TypeRef::Enum(found) => {
            let index = random.index(found.proto.value.len() + 1);
            let value = found.proto.value.get(index);
            let number = value.map_or(42, EnumValueDescriptorProto::number);
            encode_varint(i64::from(number).cast_unsigned(), out);
        }
        TypeRef::Message(ty) if depth > 0 => length_and(&random_bytes(ty, random, depth - 1)),
        TypeRef::Message(_) | TypeRef::Group(_) => length_and(&[]),
        TypeRef::Scalar(Scalar::String) => {
            let texts = ["", "text", "\u{e9}\n\"", "\u{1f600}"];
            length_and(texts[random.index(texts.len())].as_bytes());
        }
        TypeRef::Scalar(Scalar::Bytes) => length_and(&random.number().to_le_bytes()[..3]),
        TypeRef::Scalar(Scalar::Float) => {
            out.extend(random.float().to_le_bytes());
        }
        TypeRef::Scalar(Scalar::Double) => {
            out.extend((f64::from(random.float()) / 3.0).to_le_bytes());
        }
        TypeRef::Scalar(Scalar::Fixed32 | Scalar::Sfixed32) => {
            out.extend(&random.number().to_le_bytes()[..4]);
        }
        TypeRef::Scalar(Scalar::Fixed64 | Scalar::Sfixed64) => {
            out.extend(&random.number().to_le_bytes());
        }
        TypeRef::Scalar(Scalar::Bool) => encode_varint(random.below(2), out),
        TypeRef::Scalar(_) => encode_varint(random.number(), out),
    }
}

/// The schema with its closed enum and with maps, of which `prost-reflect` keeps what it does not know.
fn without_closed_enums(text: &str) -> String {
    let kept = text
        .lines()
        .filter(|line| !line.contains("Closed ") && !line.contains("Closed>"));
    kept.filter(|line| !line.contains("opens")).collect()
}

#[test]
fn random_bytes_mean_the_same_to_another_library() {
    let text = without_closed_enums(EVERYTHING);
    let linked = linked(&text);
    let mut reflected = prost_reflect::DescriptorPool::new();
    for file in linked.files() {
        let encoded = prost::Message::encode_to_vec(&file.proto);
        let added = reflected.decode_file_descriptor_proto(&*encoded);
        added.expect("is linked");
    }
    let other = reflected.get_message_by_name("p.M").expect("is declared");
    let ty = ty(&linked, "p.M");
    for seed in 0..4_000 {
        let bytes = random_bytes(ty, &mut Random(seed), 4);
        let theirs = DynamicMessage::decode(other.clone(), &*bytes).expect("is well formed");
        let ours = Message::decode(ty, &bytes).expect("is well formed");
        let again = DynamicMessage::decode(other.clone(), &*ours.encode()).expect("is well formed");
        // Their debug form of a recursive type never ends.
        assert!(
            again == theirs,
            "{seed}: {bytes:02x?}\n{again}\n{theirs}\n{ours}"
        );
        let read = |text: &str| DynamicMessage::parse_text_format(other.clone(), text);
        let (ours, theirs) = (ours.known_text(), theirs.to_text_format());
        let equal = read(&ours).expect("is text format") == read(&theirs).expect("is text format");
        assert!(equal, "{seed}: {ours}\n{theirs}");
    }
}

#[test]
fn a_text_is_read_as_it_was_printed() {
    let linked = linked(EVERYTHING);
    let ty = ty(&linked, "p.M");
    let extension = |_: MessageRef, name: &str| {
        let found = linked.extension_named(name);
        found.ok_or_else(|| name.to_owned())
    };
    let names = TextNames {
        extension: &extension,
        any: &|name| linked.message(name),
    };
    for seed in 0..2_000 {
        let bytes = random_bytes(ty, &mut Random(seed), 4);
        let message = Message::decode(ty, &bytes).expect("is well formed");
        // An enum's number is not read back where the enum is closed, but it is not known there.
        let known = message.known_text();
        let read = Message::from_text(ty, &known, names).expect("is text format");
        assert_eq!(read.known_text(), known);
        assert_eq!(
            Message::decode(ty, &read.encode())
                .expect("is well formed")
                .known_text(),
            known
        );
    }
}

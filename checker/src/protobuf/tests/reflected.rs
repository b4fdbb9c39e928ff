//! Witnesses through another library: `prost-reflect` reads each message that a rule's test shows, from
//! descriptors that `protox` compiles.
//!
//! Four things it does otherwise than Google's parsers: it refuses a field of another wire type instead of
//! not knowing it, keeps numbers that a closed enum does not have, does not miss required fields, and has
//! no message sets.

use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor, ReflectMessage as _};

use crate::model::{Direction, Finding, Witness, WitnessKind};

/// Asserts that a witness shows what it says. Texts that the library cannot compile are passed over.
#[track_caller]
pub(crate) fn confirm(old: &str, new: &str, finding: &Finding) {
    if let Some(witness) = &finding.witness {
        let shown = is_shown(old, new, finding.direction, witness);
        assert!(shown != Some(false), "{}: {witness:?}", finding.rule.id);
    }
}

/// Whether a witness shows what it says; `None` where it is not executed.
fn is_shown(old: &str, new: &str, direction: Direction, witness: &Witness) -> Option<bool> {
    let sets = [old, new]
        .iter()
        .any(|text| text.contains("message_set_wire_format"));
    if sets || witness.kind != WitnessKind::ProtobufMessage {
        return None;
    }
    let (old, new) = (compiled(old)?, compiled(new)?);
    let (writer, reader) = match direction {
        Direction::Backward => (old, new),
        Direction::Forward => (new, old),
    };
    let mut writers = writer.all_messages();
    Some(writers.any(|ty| {
        writes(&ty, witness) && reader.all_messages().any(|reader| reads(&reader, witness))
    }))
}

fn compiled(text: &str) -> Option<DescriptorPool> {
    let file = protox::file::File::from_source("t.proto", text).ok()?;
    let mut resolver = protox::file::ChainFileResolver::new();
    resolver.add(Only(file));
    resolver.add(protox::file::GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.open_file("t.proto").ok()?;
    Some(compiler.descriptor_pool())
}

/// Resolves one file.
struct Only(protox::file::File);

impl protox::file::FileResolver for Only {
    fn open_file(&self, name: &str) -> Result<protox::file::File, protox::Error> {
        if name == "t.proto" {
            Ok(self.0.clone())
        } else {
            Err(protox::Error::file_not_found(name))
        }
    }
}

/// Whether the text, as a message of a type, is the bytes.
fn writes(ty: &MessageDescriptor, witness: &Witness) -> bool {
    let Ok(written) = DynamicMessage::parse_text_format(ty.clone(), &witness.input) else {
        return false;
    };
    DynamicMessage::decode(ty.clone(), &*bytes(witness)).is_ok_and(|read| read == written)
}

fn reads(ty: &MessageDescriptor, witness: &Witness) -> bool {
    let read = DynamicMessage::decode(ty.clone(), &*bytes(witness));
    let (Ok(mut read), Some(output)) = (read, &witness.output) else {
        // Another wire type is refused here, and absent for us.
        let outcome = &witness.outcome;
        return outcome.contains("schema fails: ") || outcome.contains(" finds ");
    };
    clear_undeclared(&mut read);
    let expected = DynamicMessage::parse_text_format(ty.clone(), output);
    expected.is_ok_and(|expected| expected.to_text_format() == read.to_text_format())
}

/// Numbers that no value of a closed enum has are absent for Google's parsers.
fn clear_undeclared(read: &mut DynamicMessage) {
    if read.descriptor().parent_file().syntax() != prost_reflect::Syntax::Proto2 {
        return;
    }
    for field in read.descriptor().fields() {
        let Kind::Enum(found) = field.kind() else {
            continue;
        };
        let declared = |value: &prost_reflect::Value| {
            let number = value.as_enum_number();
            number.is_none_or(|number| found.get_value(number).is_some())
        };
        let value = read.get_field(&field).into_owned();
        if let Some(values) = value.as_list() {
            let kept = values.iter().filter(|value| declared(value)).cloned();
            read.set_field(&field, prost_reflect::Value::List(kept.collect()));
        } else if !declared(&value) {
            read.clear_field(&field);
        }
    }
}

fn bytes(witness: &Witness) -> Vec<u8> {
    let hex = witness.bytes_hex.as_deref().unwrap_or_default();
    let byte = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).expect("is ASCII");
        u8::from_str_radix(text, 16).expect("is hexadecimal")
    };
    hex.as_bytes().chunks(2).map(byte).collect()
}

#[test]
fn a_witness_of_something_else_is_found_out() {
    let (old, new) = ("message M { int64 a = 1; }", "message M { int32 a = 1; }");
    let [old, new] = [old, new].map(|text| format!("syntax = \"proto3\"; {text}"));
    let found = super::super::testing::findings(&old, &new);
    let mut witnesses = found
        .iter()
        .filter(|finding| finding.direction == Direction::Backward);
    let witness = witnesses.find_map(|finding| finding.witness.clone());
    let mut witness = witness.expect("is shown");
    let shown = |witness: &Witness| is_shown(&old, &new, Direction::Backward, witness);
    assert_eq!(shown(&witness), Some(true));
    let output = witness.output.replace("a: 2".to_owned());
    assert_eq!(shown(&witness), Some(false));
    witness.output = output;
    witness.input = "a: 2".to_owned();
    assert_eq!(shown(&witness), Some(false));
}

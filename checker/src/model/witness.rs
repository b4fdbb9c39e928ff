//! Data that shows a break: it was written with the writer schema and read with the reader schema.

use serde::Serialize;

/// What kind of data a witness is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WitnessKind {
    /// An Avro datum: `input` in Avro's JSON encoding, `bytes_hex` in its binary encoding.
    AvroDatum,
    /// The same, written before a field existed: with the writer schema less the field that the
    /// finding is about.
    AvroDatumWithoutField,
    /// A JSON document: `input`.
    JsonDocument,
    /// A Protobuf message: `input` in text format, `bytes_hex` on the wire.
    ProtobufMessage,
    /// A gRPC call: `input` names the method; the outcome is the status that the client gets.
    GrpcCall,
}

/// An executed example. A witness that did not show the break when it was executed is never
/// attached to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Witness {
    /// What `input` is.
    pub kind: WitnessKind,
    /// The datum, document, message or call, as a person would write it.
    pub input: String,
    /// The encoded bytes in lower-case hexadecimal; `None` where the text is the encoding.
    pub bytes_hex: Option<String>,
    /// What happens when the reader reads it, as half a sentence: `reading it with the new schema
    /// fails, a long is no string`.
    pub outcome: String,
    /// What the reader gets instead, where it gets something.
    pub output: Option<String>,
}

//! Fingerprints of the parsing canonical form, as the specification's section "Schema Fingerprints"
//! has them.
//!
//! They tell which schema *wrote* data: single-object encoding puts the 64-bit one before each
//! datum. They are no identity of a schema (see [`super::parsing_form`]).

use std::fmt;

use md5::{Digest as _, Md5};
use sha2::Sha256;

/// How a fingerprint is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FingerprintKind {
    /// The specification's own 64-bit Rabin fingerprint.
    Crc64Avro,
    /// 128 bits.
    Md5,
    /// 256 bits.
    Sha256,
}

impl FingerprintKind {
    /// Every kind, shortest first.
    pub const ALL: [Self; 3] = [Self::Crc64Avro, Self::Md5, Self::Sha256];

    /// The name of the specification, in lower case: `crc-64-avro`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crc64Avro => "crc-64-avro",
            Self::Md5 => "md5",
            Self::Sha256 => "sha-256",
        }
    }
}

/// The bytes of a fingerprint; it displays as hexadecimal digits.
///
/// Those of CRC-64-AVRO stand in little-endian order, as single-object encoding writes them after
/// its marker `C3 01` and as Avro Java's `SchemaNormalization.parsingFingerprint` returns them. Some
/// tools print the *number* instead, whose digits come in the reverse order of bytes:
/// [`Fingerprint::number`].
///
/// ```
/// use checker::avro::{FingerprintKind, Schema};
/// use checker::{Format, SchemaInput, Source};
///
/// let schema = |text: &str| Schema::parse(&SchemaInput::new(Format::Avro, Source::new("t", text)));
/// let int = schema(r#"{"type": "int", "doc": "dropped"}"#).expect("is valid");
/// let fingerprint = int.fingerprint(FingerprintKind::Crc64Avro).expect("is not too deep");
/// assert_eq!(fingerprint.to_string(), "8f5c393f1ad57572");
/// assert_eq!(fingerprint.number(), Some(0x7275_d51a_3f39_5c8f));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    kind: FingerprintKind,
    bytes: Vec<u8>,
}

impl Fingerprint {
    /// The fingerprint of any text.
    pub(crate) fn of(kind: FingerprintKind, text: &str) -> Self {
        let bytes = match kind {
            FingerprintKind::Crc64Avro => rabin(text.as_bytes()).to_le_bytes().to_vec(),
            FingerprintKind::Md5 => Md5::digest(text).to_vec(),
            FingerprintKind::Sha256 => Sha256::digest(text).to_vec(),
        };
        Self { kind, bytes }
    }

    /// How it was computed.
    pub const fn kind(&self) -> FingerprintKind {
        self.kind
    }

    /// The bytes, in the order in which they are written.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The number that a CRC-64-AVRO is; `None` for the other kinds.
    pub fn number(&self) -> Option<u64> {
        let bytes = self.bytes.as_slice().try_into().ok()?;
        Some(u64::from_le_bytes(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The fingerprint of nothing, which is the polynomial too.
const EMPTY: u64 = 0xc15d_213a_a4d7_a795;

static TABLE: [u64; 256] = table();

const fn table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < table.len() {
        let mut value = at as u64;
        let mut bit = 0;
        while bit < 8 {
            value = (value >> 1) ^ if value & 1 == 1 { EMPTY } else { 0 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
}

fn rabin(bytes: &[u8]) -> u64 {
    bytes.iter().fold(EMPTY, |value, byte| {
        let [low, ..] = value.to_le_bytes();
        (value >> 8) ^ TABLE[usize::from(low ^ byte)]
    })
}

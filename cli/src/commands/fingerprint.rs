//! `schemactl fingerprint`: by what Avro's encodings and tools name the schema of a writer.

use std::path::PathBuf;

use checker::avro::FingerprintKind;
use checker::{Problem, Schema};
use clap::ValueEnum;
use serde::Serialize;

use super::read::{self, Read};
use crate::args::{FormatArg, OutputFormat, SchemaArgs};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;

/// The arguments of `schemactl fingerprint`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Bytes are printed in the order in which they are written. For CRC-64-AVRO that is little-endian, \
as in single-object encoding (C3 01, then these 8 bytes, then the datum); tools that show it as a \
number print the bytes in reverse, and --format json has that number too.

Fingerprints are those of the parsing canonical form (`schemactl text --form parsing`), in which \
every referenced type is written out. Schemas that read differently can share one: defaults, \
aliases and logical types are not part of it.

Exit codes: 0 printed, 1 a file is no valid schema, 2 failed.

Examples:
  schemactl fingerprint order.avsc
  schemactl fingerprint *.avsc --algorithm sha-256
  schemactl fingerprint order.avsc --reference shop.Money=money.avsc --format json")]
pub struct Args {
    /// The files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Only this fingerprint, one line for each file
    #[arg(long, value_enum, value_name = "ALGORITHM")]
    pub algorithm: Option<Algorithm>,
    /// How to read.
    #[command(flatten)]
    pub schema: SchemaArgs,
    /// How to print.
    #[command(flatten)]
    pub format: FormatArg,
}

/// How a fingerprint is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Algorithm {
    /// The specification's own, 64 bits
    #[value(name = "crc-64-avro")]
    Crc64Avro,
    /// 128 bits
    #[value(name = "md5")]
    Md5,
    /// 256 bits
    #[value(name = "sha-256")]
    Sha256,
}

impl Algorithm {
    const fn kind(self) -> FingerprintKind {
        match self {
            Self::Crc64Avro => FingerprintKind::Crc64Avro,
            Self::Md5 => FingerprintKind::Md5,
            Self::Sha256 => FingerprintKind::Sha256,
        }
    }
}

#[derive(Serialize)]
struct Document {
    files: Vec<Fingerprinted>,
}

#[derive(Serialize)]
struct Fingerprinted {
    file: String,
    fingerprints: Vec<Row>,
    /// Why there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Problem>,
}

#[derive(Serialize)]
struct Row {
    algorithm: &'static str,
    hex: String,
    /// As `0x…`, since JSON readers round numbers of 64 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
}

/// Runs `schemactl fingerprint`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let read = Read::new(&args.schema, context)?;
    let mut document = Document { files: Vec::new() };
    let mut exit = Exit::Success;
    for file in &args.files {
        let schema = read.schema(file, context);
        let rows = schema.and_then(|schema| Ok(rows(&schema, args.algorithm)?));
        let (fingerprints, errors) = match rows {
            Ok(rows) => (rows, Vec::new()),
            Err(fault) => {
                exit = exit.max(fault.exit());
                (Vec::new(), read.tell(fault, args.format.format, context))
            }
        };
        document.files.push(Fingerprinted {
            file: read::shown(file),
            fingerprints,
            errors,
        });
    }
    match args.format.format {
        OutputFormat::Json => context.output.json(&document)?,
        OutputFormat::Text => context.output.result(&text(&document, args.algorithm))?,
    }
    Ok(exit)
}

fn rows(schema: &Schema, only: Option<Algorithm>) -> Result<Vec<Row>, Error> {
    let Schema::Avro(schema) = schema else {
        return Err(read::avro_only(
            "fingerprints",
            "a registry identifies other schemas by their canonical text: schemactl text FILE",
        ));
    };
    let wanted = |kind: &FingerprintKind| only.is_none_or(|only| only.kind() == *kind);
    let row = |kind: FingerprintKind| {
        let fingerprint = schema.fingerprint(kind).ok_or_else(read::too_deep)?;
        Ok(Row {
            algorithm: kind.name(),
            hex: fingerprint.to_string(),
            number: fingerprint.number().map(|it| format!("0x{it:016x}")),
        })
    };
    FingerprintKind::ALL
        .into_iter()
        .filter(wanted)
        .map(row)
        .collect()
}

/// Lines of a hash and a file, as the tools that print sums have them.
fn text(document: &Document, only: Option<Algorithm>) -> String {
    let lines = document.files.iter().flat_map(|file| {
        file.fingerprints.iter().map(move |row| match only {
            Some(_) => format!("{}  {}\n", row.hex, file.file),
            None => format!("{:<11}  {}  {}\n", row.algorithm, row.hex, file.file),
        })
    });
    lines.collect()
}

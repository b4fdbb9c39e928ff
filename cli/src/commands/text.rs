//! `schemactl text`: a schema in one of its text forms.

use std::path::PathBuf;

use checker::{Problem, Schema};
use clap::ValueEnum;
use serde::Serialize;

use super::read::{self, Fault, Read};
use crate::args::{FormatArg, OutputFormat, SchemaArgs};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;

/// The arguments of `schemactl text`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 printed, 1 the file is no valid schema, 2 failed.

Examples:
  schemactl text order.avsc                       as a registry identifies it
  schemactl text order.avsc --form normalized     as one with normalize=true does
  schemactl text order.avsc --form resolved --reference shop.Money=money.avsc
  schemactl text order.avsc --form parsing        what the bytes look like, nothing else
  schemactl text order.proto --form serialized    the descriptor, as format=serialized gives it")]
pub struct Args {
    /// The file
    pub file: PathBuf,
    /// Which text
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub form: Form,
    /// How to read.
    #[command(flatten)]
    pub schema: SchemaArgs,
    /// How to print.
    #[command(flatten)]
    pub format: FormatArg,
}

/// A text form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// What gives a schema its identity: equal for texts that differ only in layout
    #[default]
    Canonical,
    /// Canonical, and sorted where the order means nothing (normalize=true)
    Normalized,
    /// Avro: canonical, with every referenced type written out (format=resolved)
    Resolved,
    /// Avro: the specification's parsing canonical form, which is fingerprinted; it has no
    /// defaults, aliases, logical types or attributes
    Parsing,
    /// Protobuf: base64 of the linked file descriptor (format=serialized)
    Serialized,
}

#[derive(Serialize)]
struct Document {
    file: String,
    form: Form,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Why there is no text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Problem>,
}

/// Runs `schemactl text`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let read = Read::new(&args.schema, context)?;
    let schema = read.schema(&args.file, context);
    let text = schema.and_then(|schema| Ok(text(&schema, args.form)?));
    let exit = text.as_ref().map_or_else(Fault::exit, |_| Exit::Success);
    let format = args.format.format;
    let (text, errors) = match text {
        Ok(text) => (Some(text), Vec::new()),
        Err(fault) => (None, read.tell(fault, format, context)),
    };
    match (format, text) {
        (OutputFormat::Json, text) => context.output.json(&Document {
            file: read::shown(&args.file),
            form: args.form,
            text,
            errors,
        })?,
        (OutputFormat::Text, Some(text)) if text.ends_with('\n') => context.output.result(&text)?,
        (OutputFormat::Text, Some(text)) => context.output.result(&format!("{text}\n"))?,
        (OutputFormat::Text, None) => {}
    }
    Ok(exit)
}

fn text(schema: &Schema, form: Form) -> Result<String, Error> {
    match (form, schema) {
        (Form::Canonical, _) => Ok(schema.canonical_text().to_owned()),
        (Form::Normalized, _) => Ok(schema.normalized_text()),
        (Form::Resolved, Schema::Avro(schema)) => schema.resolved_text().ok_or_else(read::too_deep),
        (Form::Parsing, Schema::Avro(schema)) => {
            schema.parsing_canonical_form().ok_or_else(read::too_deep)
        }
        (Form::Serialized, Schema::Protobuf(schema)) => Ok(schema.serialized()),
        (Form::Resolved | Form::Parsing, _) => Err(read::avro_only(
            "this text form",
            "for Protobuf and JSON Schema there are `--form canonical` and `--form normalized`",
        )),
        (Form::Serialized, _) => Err(Error::usage(
            "only Protobuf schemas have a descriptor",
            "for Avro and JSON Schema there are `--form canonical` and `--form normalized`",
        )),
    }
}

//! `schemactl get`: a registered schema, as text or with all that the registry says about it.

use clap::builder::NonEmptyStringValueParser;

use crate::args::{FormatArg, OutputFormat, RegistryArg};
use crate::client::Client;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;

/// The arguments of `schemactl get`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  schemactl get orders-value > order.avsc     the latest version
  schemactl get orders-value 3                version 3
  schemactl get --id 17                       by schema id
  schemactl get orders-value --format json    with id, version and references")]
pub struct Args {
    /// The subject
    #[arg(required_unless_present = "id", conflicts_with = "id",
          value_parser = NonEmptyStringValueParser::new())]
    pub subject: Option<String>,
    /// The version: a number or `latest`
    #[arg(default_value = "latest", value_parser = parse_version)]
    pub version: String,
    /// The schema id instead of a subject
    #[arg(long, value_name = "ID")]
    pub id: Option<i64>,
    /// Which registry.
    #[command(flatten)]
    pub registry: RegistryArg,
    /// How to print.
    #[command(flatten)]
    pub format: FormatArg,
}

fn parse_version(text: &str) -> Result<String, String> {
    if text == "latest" || text.parse::<i32>().is_ok_and(|version| version > 0) {
        Ok(text.to_owned())
    } else {
        Err("a version is a number from 1 on, or `latest`".to_owned())
    }
}

/// Runs `schemactl get`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let client = Client::new(&args.registry.registry)?;
    match (args.id, &args.subject) {
        (Some(id), _) => {
            let schema = client.schema(id)?;
            print(&schema, &schema.schema, args, context)?;
        }
        (None, Some(subject)) => {
            let version = client.version(subject, &args.version)?;
            print(&version, &version.schema, args, context)?;
        }
        (None, None) => {
            return Err(Error::usage(
                "which schema?",
                "schemactl get SUBJECT, or --id ID",
            ));
        }
    }
    Ok(Exit::Success)
}

/// The text is printed as it is stored, with a line end where it has none.
fn print(
    body: &impl serde::Serialize,
    schema: &str,
    args: &Args,
    context: &mut Context,
) -> Result<(), Error> {
    match args.format.format {
        OutputFormat::Json => context.output.json(body),
        OutputFormat::Text if schema.ends_with('\n') => context.output.result(schema),
        OutputFormat::Text => context.output.result(&format!("{schema}\n")),
    }
}

//! `schemactl list`: the subjects of a registry, or the versions of one subject.

use clap::builder::NonEmptyStringValueParser;

use crate::args::{FormatArg, OutputFormat, RegistryArg};
use crate::client::Client;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;

/// The arguments of `schemactl list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  schemactl list                  all subjects, one per line
  schemactl list orders-value     the versions of a subject
  schemactl list --registry http://registry:8081 --format json")]
pub struct Args {
    /// List the versions of this subject
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub subject: Option<String>,
    /// Which registry.
    #[command(flatten)]
    pub registry: RegistryArg,
    /// How to print.
    #[command(flatten)]
    pub format: FormatArg,
}

/// Runs `schemactl list`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let client = Client::new(&args.registry.registry)?;
    match &args.subject {
        None => print(&client.subjects()?, args, context)?,
        Some(subject) => print(&client.versions(subject)?, args, context)?,
    }
    Ok(Exit::Success)
}

fn print<T: ToString + serde::Serialize>(
    items: &[T],
    args: &Args,
    context: &mut Context,
) -> Result<(), Error> {
    match args.format.format {
        OutputFormat::Json => context.output.json(&items),
        OutputFormat::Text => {
            let line = |item: &T| format!("{}\n", checker::report::escape(&item.to_string()));
            context
                .output
                .result(&items.iter().map(line).collect::<String>())
        }
    }
}

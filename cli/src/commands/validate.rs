//! `schemactl validate`: are these files valid schemas?

use std::path::{Path, PathBuf};

use checker::report::Sources;
use checker::report::text::Renderer;
use checker::{Problem, Schema, SchemaInput};
use serde::Serialize;

use super::check::references;
use crate::args::{FormatArg, OutputFormat, SchemaArgs};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::{self, require_format};

/// The arguments of `schemactl validate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes: 0 valid, 1 invalid, 2 failed.

Examples:
  schemactl validate order.avsc customer.avsc
  schemactl validate proto/orders/v1/order.proto -I proto
  schemactl validate order.schema.json --format json")]
pub struct Args {
    /// The files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// How to read.
    #[command(flatten)]
    pub schema: SchemaArgs,
    /// How to print.
    #[command(flatten)]
    pub format: FormatArg,
}

#[derive(Serialize)]
struct Document {
    files: Vec<Validated>,
}

#[derive(Serialize)]
struct Validated {
    file: String,
    valid: bool,
    errors: Vec<Problem>,
    /// What is legal and probably not meant.
    warnings: Vec<Problem>,
}

/// Runs `schemactl validate`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let mut sources = Sources::new();
    let given = references::on_disk(&args.schema.references, &args.schema, context)?;
    let mut document = Document { files: Vec::new() };
    for file in &args.files {
        let found = validate(file, args, &given, &mut sources, context)?;
        let file = file.to_string_lossy().into_owned();
        document.files.push(match found {
            Ok(warnings) => Validated {
                file,
                valid: true,
                errors: Vec::new(),
                warnings,
            },
            Err(errors) => Validated {
                file,
                valid: false,
                errors,
                warnings: Vec::new(),
            },
        });
    }
    match args.format.format {
        OutputFormat::Json => context.output.json(&document)?,
        OutputFormat::Text => {
            let text = text(&document, &sources, context);
            context.output.result(&text)?;
        }
    }
    let errors = document.files.iter().flat_map(|file| &file.errors);
    references::help_with_imports(errors, &args.schema, context);
    let all_valid = document.files.iter().all(|file| file.valid);
    Ok(if all_valid {
        Exit::Success
    } else {
        Exit::Failure
    })
}

/// The warnings of a valid file, or its errors.
fn validate(
    file: &Path,
    args: &Args,
    given: &Result<Vec<checker::Reference>, Vec<Problem>>,
    sources: &mut Sources,
    context: &Context,
) -> Result<Result<Vec<Problem>, Vec<Problem>>, Error> {
    let format = require_format(file, args.schema.schema_type)?;
    let text = files::read(&context.path(file), &file.to_string_lossy())?;
    let (source, given) = match (text, given) {
        (Ok(source), Ok(given)) => (source, given.clone()),
        (Err(problem), _) => return Ok(Err(vec![problem])),
        (Ok(_), Err(problems)) => return Ok(Err(problems.clone())),
    };
    let input = references::in_order(SchemaInput {
        format,
        source,
        references: given,
        draft: args.schema.draft,
    });
    sources.insert(&input.source);
    for reference in &input.references {
        sources.insert(&reference.source);
    }
    Ok(Schema::parse(&input).map(|schema| schema.warnings().to_vec()))
}

fn text(document: &Document, sources: &Sources, context: &Context) -> String {
    let styles = context.output.styles();
    let renderer = Renderer {
        sources,
        styles,
        directions: &[],
    };
    let mut text = String::new();
    for file in &document.files {
        for problem in &file.errors {
            text.push_str(&renderer.problem(problem));
        }
        for problem in &file.warnings {
            text.push_str(&renderer.warning(problem));
        }
    }
    let count = document.files.len();
    let invalid = document.files.iter().filter(|file| !file.valid).count();
    let plural = if count == 1 { "" } else { "s" };
    let closing = match invalid {
        0 => format!("checked {count} file{plural}: all valid\n"),
        invalid => format!("checked {count} file{plural}: {invalid} invalid (exit code 1)\n"),
    };
    text.push_str(&closing);
    text
}

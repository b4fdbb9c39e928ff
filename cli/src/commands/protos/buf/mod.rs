//! `schemactl protos check --buf`: what `buf breaking` prints, with the configuration that a
//! repository has for it.
//!
//! Configuration files, inputs, modules and exit codes are buf's; what is compared and found is the
//! checker's ([`checker::protobuf::buf`]). Not there: plugins, policies, and modules of a remote registry.

mod compare;
mod configuration;
mod files;
mod input;
mod print;
mod targets;
mod workspace;

use std::path::Path;

use checker::protobuf::buf::{Failure, Line};

use crate::args::ReportArgs;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::render;

/// What only counts with `--buf`.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "As buf breaking does")]
pub struct BufArgs {
    /// Print what `buf breaking` finds, by buf.yaml; --format may be buf-json as well, for its JSON
    /// lines; exit codes are buf's: 0 clean, 100 findings or errors of compilation, 1 failed
    #[arg(long)]
    pub buf: bool,
    /// Another configuration for the old state: a file (.yaml, .yml, .json), or its content; the one
    /// for the new state is --config
    #[arg(long, value_name = "FILE", requires = "buf")]
    pub against_config: Option<String>,
    /// Look only at these files or folders, on both sides (repeatable, or with commas)
    #[arg(
        long = "path",
        value_name = "PATH",
        value_delimiter = ',',
        requires = "buf"
    )]
    pub paths: Vec<String>,
    /// Leave out these files or folders (repeatable, or with commas)
    #[arg(
        long = "exclude-path",
        value_name = "PATH",
        value_delimiter = ',',
        requires = "buf"
    )]
    pub excluded: Vec<String>,
    /// Of the old state look only at files that the new one has
    #[arg(long, requires = "buf")]
    pub limit_to_input_files: bool,
    /// Leave out what is found in files that are only imported
    #[arg(long, requires = "buf")]
    pub exclude_imports: bool,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The new state.
    pub directory: &'a Path,
    /// The old one, as the user wrote it.
    pub against: &'a str,
    /// What `use` of the configuration says instead, if there are any.
    pub ids: &'a [String],
    /// Another configuration: the path of a file, or a text.
    pub config: Option<&'a Path>,
    /// The rest.
    pub args: &'a BufArgs,
}

/// Runs `schemactl protos check --buf`. All errors end as those of buf do.
pub fn run(
    question: &Question<'_>,
    report: &ReportArgs,
    context: &mut Context,
) -> Result<Exit, Error> {
    let lines = match compare::lines(question, context) {
        Ok(lines) | Err(Stop::Failure(Failure::Compile(lines))) => lines,
        Err(Stop::Failure(Failure::Unsupported(message))) => {
            let help = "leave the file out with --exclude-path, or check without --buf";
            context.output.error(&Error::usage(message, help));
            return Ok(Exit::Failure);
        }
        Err(Stop::Error(error)) => {
            context.output.error(&error);
            return Ok(Exit::Failure);
        }
    };
    render::print(&print::Found(&lines), report, context)?;
    Ok(exit(&lines))
}

const fn exit(lines: &[Line]) -> Exit {
    if lines.is_empty() {
        Exit::Success
    } else {
        Exit::Breaking
    }
}

/// Why there is no comparison.
#[derive(Debug)]
enum Stop {
    /// What the files say.
    Failure(Failure),
    /// Files or questions that make no sense.
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<crate::git::Error> for Stop {
    fn from(error: crate::git::Error) -> Self {
        Self::Error(error.into())
    }
}

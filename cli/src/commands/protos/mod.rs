//! `schemactl protos`: repositories of shared `.proto` files. One file per subcommand.

pub mod affected;
pub mod buf;
pub mod check;
pub mod diff;
pub mod format;
pub mod impact;
pub mod init;
pub mod progress;
pub mod push;
pub mod registry;
pub mod subjects;
pub mod tree;

use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;

/// The arguments of `schemactl protos`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands of `schemactl protos`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Compare the .proto files of a directory with an earlier state
    Check(Box<check::Args>),
    /// List everything that changed, and how the version number has to grow
    Diff(diff::Args),
    /// List the consumers that a change breaks
    Affected(affected::Args),
    /// Make a repository with `cargo xtask validate-protos` of .proto files
    Init(init::Args),
    /// Register all .proto files of a directory, all or nothing
    Push(push::Args),
    /// Bring .proto files into one layout
    Format(format::Args),
}

/// Runs a subcommand of `schemactl protos`.
pub fn run(args: Args, context: &mut Context) -> Result<Exit, Error> {
    match args.command {
        Command::Check(args) => check::run(&args, context),
        Command::Diff(args) => diff::run(&args, context),
        Command::Affected(args) => affected::run(&args, context),
        Command::Init(args) => init::run(&args, context),
        Command::Push(args) => push::run(&args, context),
        Command::Format(args) => format::run(&args, context),
    }
}

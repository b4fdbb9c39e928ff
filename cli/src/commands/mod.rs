//! The subcommands, one file each: its arguments, and what it does.

pub mod check;
pub mod explain;
pub mod fingerprint;
pub mod get;
pub mod list;
pub mod protos;
pub mod read;
pub mod register;
pub mod text;
pub mod validate;

use crate::args::Command;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;

/// Runs a subcommand.
pub fn run(command: Command, context: &mut Context) -> Result<Exit, Error> {
    match command {
        Command::Check(args) => check::run(&args, context),
        Command::Validate(args) => validate::run(&args, context),
        Command::Protos(args) => protos::run(*args, context),
        Command::Text(args) => text::run(&args, context),
        Command::Fingerprint(args) => fingerprint::run(&args, context),
        Command::Explain(args) => explain::run(&args, context),
        Command::Register(args) => register::run(&args, context),
        Command::Get(args) => get::run(&args, context),
        Command::List(args) => list::run(&args, context),
    }
}

//! `schemactl`, the command line of the schema registry, as a library.
//!
//! [`main`] is the whole program; the binary only calls it. [`struct_repo::main`] is what the xtask
//! of a repository of shared `.proto` files calls. Both judge with [`checker`]; this crate reads
//! files, git and registries, and prints. One file per subcommand stands in [`commands`].
//!
//! It does not depend on the server: what it knows of the REST interface is in [`client`].

pub mod args;
pub mod changelog;
pub mod client;
pub mod commands;
pub mod consumers;
pub mod context;
pub mod error;
pub mod exit;
pub mod files;
pub mod git;
pub mod listing;
pub mod output;
pub mod policy;
pub mod render;
pub mod results;
pub mod roots;
pub mod struct_repo;
pub mod tables;

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

pub use context::Context;
pub use error::Error;
pub use exit::Exit;

/// The stack of the thread that does the work: the checker promises to stay within 2 MiB in a
/// release build, and a debug build needs several times that.
const STACK_BYTES: usize = 64 << 20;

/// Runs `schemactl` with the arguments of the process.
pub fn main() -> ExitCode {
    on_large_stack(|context| run(std::env::args_os(), context))
}

/// Runs `schemactl` with these arguments, the first of which is the program's name.
pub fn run(args: impl IntoIterator<Item = OsString>, context: &mut Context) -> Exit {
    match args::Cli::try_parse_from(args) {
        Ok(cli) => finish(commands::run(cli.command, context), context),
        Err(usage) => refuse(&usage, context),
    }
}

/// Runs `work` on a thread whose stack suffices for the deepest schema.
fn on_large_stack(work: impl FnOnce(&mut Context) -> Exit + Send + 'static) -> ExitCode {
    let thread = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(|| work(&mut Context::standard()));
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(exit)) => exit.into(),
        // A panic has printed its message already; without a thread there is nothing to do.
        Ok(Err(_)) | Err(_) => Exit::Trouble.into(),
    }
}

/// Tells the error, if there is one.
fn finish(result: Result<Exit, Error>, context: &mut Context) -> Exit {
    result.unwrap_or_else(|error| {
        context.output.error(&error);
        Exit::Trouble
    })
}

/// Answers `--help` and `--version`, and tells what is wrong with the arguments.
fn refuse(usage: &clap::Error, context: &mut Context) -> Exit {
    let text = usage.render();
    if usage.use_stderr() {
        context.output.say(&text.to_string());
        return Exit::Trouble;
    }
    let written = context.output.result(&text.to_string());
    finish(written.map(|()| Exit::Success), context)
}

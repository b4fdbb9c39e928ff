//! The wrapper of the compiler: adds LLVM's coverage instrumentation to our own crates.
//!
//! Cargo starts a `RUSTC_WORKSPACE_WRAPPER` for the members of the workspace alone, and keeps what
//! it made apart from the ordinary builds. `RUSTFLAGS` would reach every dependency and every build
//! script.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

/// Set where this program is to be the wrapper.
const ASKED: &str = "XTASK_INSTRUMENT";

/// What libFuzzer counts: every edge, with what it was compared with.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Lets cargo use this program as the wrapper.
pub(super) fn with(command: &mut Command) -> Result<&mut Command> {
    let this = std::env::current_exe().context("finding this program")?;
    Ok(command.env("RUSTC_WORKSPACE_WRAPPER", this).env(ASKED, "1"))
}

/// Whether cargo started this program as the wrapper.
pub(crate) fn is_asked() -> bool {
    std::env::var_os(ASKED).is_some()
}

/// Becomes the compiler that the first argument names; returns only if that fails.
pub(crate) fn compile() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let rustc = arguments.next().unwrap_or_else(|| OsString::from("rustc"));
    let error = Command::new(&rustc).args(arguments).args(FLAGS).exec();
    eprintln!("error: starting {}: {error}", rustc.display());
    ExitCode::FAILURE
}

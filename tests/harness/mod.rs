//! What end-to-end tests and benchmarks share: the real programs, started and stopped; a database
//! of one's own on either back end; a small HTTP client that hides nothing of an answer.
//!
//! Not here: any expectation about what the programs should answer. That is for the tests.
//!
//! A tool that a test needs and this machine lacks is reported by [`missing`]: a loud line on a
//! laptop, a failed test where `CI` is set.

mod client;
mod database;
mod programs;
mod schemad;

use std::io::Write;

pub use client::{Client, Reply};
pub use database::{Database, HeldWrites};
pub use programs::{
    Output, git, java_libraries, python, repository, run_java, run_python, schemactl, schemactl_in,
    schemactl_path, schemad_path,
};
pub use schemad::Schemad;

/// The marker at the start of every skip line, which the test command counts and repeats.
pub const SKIPPED: &str = "SKIPPED";

/// Says that a test cannot run on this machine for want of `what`.
///
/// The line goes to standard output past the test runner's capture, so that it is seen although the
/// test passes.
///
/// # Panics
/// Where the environment variable `CI` is set: there nothing may be skipped.
pub fn missing(what: &str) {
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    assert!(
        std::env::var_os("CI").is_none(),
        "{name} needs {what}, which may not be missing where CI is set; `cargo xtask test` brings it"
    );
    let line = format!("\n{SKIPPED} {name}: needs {what}; `cargo xtask test` brings it\n");
    // A closed standard output leaves nobody to tell.
    let _ = std::io::stdout().lock().write_all(line.as_bytes());
}

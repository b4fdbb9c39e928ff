//! `cargo xtask`: the project's own chores. It depends on next to nothing, so that it builds in
//! seconds; what needs our own crates is a test or a benchmark program, which this starts.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a chore says on the terminal what it does"
)]

mod bench;
mod ci;
mod corpus;
mod fuzz;
mod help;
mod shell;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    if fuzz::instrument::is_asked() {
        return fuzz::instrument::compile();
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    let Some((&command, rest)) = arguments.split_first() else {
        print!("{}", help::overview());
        return Ok(());
    };
    if rest.iter().any(|word| matches!(*word, "-h" | "--help")) {
        return help::print(command);
    }
    match command {
        "test" => test::run(rest),
        "bench" => bench::run(rest),
        "corpus" => corpus::run(rest),
        "fuzz" => fuzz::run(rest),
        "tidy" => tidy::run(rest),
        "ci" => ci::run(rest),
        "help" | "-h" | "--help" => help::print(rest.first().copied().unwrap_or_default()),
        other => bail!("there is no chore `{other}`; `cargo xtask help` lists them"),
    }
}

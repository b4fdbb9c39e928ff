//! The binary `schemactl`: nothing but the call of [`cli::main`].

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}

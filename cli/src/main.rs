//! The binary `schemactl`: nothing but the call of [`cli::main`].

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Two trees of thousands of files are millions of small pieces of memory.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::main()
}

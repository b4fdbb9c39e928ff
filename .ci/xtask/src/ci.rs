//! `cargo xtask ci`: the tests, then everything else that a change is held to.

use anyhow::{Result, bail};

use crate::{shell, test, tidy, workspace};

/// The one option.
const NO_TEST: &str = "--no-test";

/// Runs every step; the first that fails ends it.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    if let Some(other) = arguments.iter().find(|word| **word != NO_TEST) {
        bail!("`ci` knows no `{other}`; `cargo xtask help ci` says what it knows");
    }
    if arguments.is_empty() {
        test::run(&[])?;
    }
    shell::run(&mut shell::cargo(&["fmt", "--all", "--check"]))?;
    let struct_repo = workspace::root().join("fixtures/struct-repo");
    if struct_repo.join("Cargo.toml").is_file() {
        let mut format = shell::cargo(&["fmt", "--all", "--check"]);
        shell::run(format.current_dir(struct_repo))?;
    }
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    shell::run(&mut shell::cargo(&clippy))?;
    let doc = [
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
    ];
    shell::run(shell::cargo(&doc).env("RUSTDOCFLAGS", "-D warnings"))?;
    tidy::run(&[])
}

//! The Python environment with the real clients, under the target directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::{shell, workspace};

/// What the environment holds, to the version.
const PINS: &str = "tests/clients/requirements.txt";

/// Makes the environment unless it is there with these very pins; gives its interpreter.
pub(super) fn prepare() -> Result<String> {
    let pins = workspace::root().join(PINS);
    let wanted = fs::read_to_string(&pins).with_context(|| format!("reading {PINS}"))?;
    let dir = workspace::target_dir().join("test-python");
    let interpreter = dir.join("bin/python");
    // Written last, so that a half-made environment is never taken for a whole one.
    let stamp = dir.join("made-from.txt");
    if !fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == wanted) {
        println!(
            "making a Python environment with the real clients in {}",
            dir.display()
        );
        make(&dir).context("no Python environment for the real clients (python3 with venv)")?;
        shell::run(
            Command::new(&interpreter)
                .args(["-m", "pip", "install", "--quiet", "--no-input"])
                .args(["--disable-pip-version-check", "--requirement"])
                .arg(&pins)
                .stdin(Stdio::null()),
        )
        .context("no Python environment for the real clients (pip could not install them)")?;
        fs::write(&stamp, &wanted).with_context(|| format!("writing {}", stamp.display()))?;
    }
    Ok(interpreter.display().to_string())
}

fn make(dir: &Path) -> Result<()> {
    let python = PathBuf::from(std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into()));
    let create = || {
        let mut command = Command::new(&python);
        shell::run(command.args(["-m", "venv", "--clear"]).arg(dir))
    };
    let Err(first) = create() else {
        return Ok(());
    };
    // Debian splits the module off its Python.
    println!("{first:#}; installing python3-venv");
    shell::apt_install(&["python3", "python3-venv"])?;
    create()
}

//! Where the programs under test and the tools around them are, and how one runs to its end.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// What a program that ran to its end left.
#[derive(Debug)]
pub struct Output {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// The root of the repository.
pub fn repository() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

/// The `schemad` to test.
pub fn schemad_path() -> Result<PathBuf> {
    program("TEST_SCHEMAD", "schemad")
}

/// Runs `schemactl` with these arguments and that standard input.
pub fn schemactl<A: AsRef<OsStr>>(args: &[A], stdin: &str) -> Result<Output> {
    let mut command = Command::new(schemactl_path()?);
    command.args(args);
    finish(command, stdin)
}

/// Runs `schemactl` in a directory.
pub fn schemactl_in<A: AsRef<OsStr>>(directory: &Path, args: &[A]) -> Result<Output> {
    let mut command = Command::new(schemactl_path()?);
    command.args(args).current_dir(directory);
    finish(command, "")
}

/// The `schemactl` to test.
pub fn schemactl_path() -> Result<PathBuf> {
    program("TEST_SCHEMACTL", "schemactl")
}

/// The interpreter of the Python environment that has the real clients, or `None`, said loudly,
/// where this run has none.
pub fn python() -> Option<PathBuf> {
    let python = std::env::var_os("TEST_PYTHON").map(PathBuf::from);
    if python.is_none() {
        crate::missing("the Python clients (TEST_PYTHON)");
    }
    python
}

/// Runs a script of `tests/clients` with the given interpreter.
pub fn run_python(python: &Path, script: &str, args: &[&str], stdin: &str) -> Result<Output> {
    let mut command = Command::new(python);
    command
        .arg("-X")
        .arg("utf8")
        .arg(repository().join("tests/clients").join(script))
        .args(args)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    finish(command, stdin)
}

/// The directory of Avro's Java libraries, or `None`, said loudly, where this run has none.
pub fn java_libraries() -> Option<PathBuf> {
    let libraries = std::env::var_os("TEST_JAVA_LIBRARIES").map(PathBuf::from);
    if libraries.is_none() {
        crate::missing("Avro's Java libraries (TEST_JAVA_LIBRARIES)");
    }
    libraries
}

/// Runs a program of `tests/clients/java`, one file that Java compiles as it starts.
pub fn run_java(libraries: &Path, program: &str, stdin: &str) -> Result<Output> {
    let mut command = Command::new("java");
    command
        .arg("-cp")
        .arg(libraries.join("*"))
        .arg(repository().join("tests/clients/java").join(program));
    finish(command, stdin)
}

/// Runs `git` in a directory, as the same person everywhere: how the machine has it set up plays no part.
///
/// # Panics
/// Where it fails, with all that it said.
#[track_caller]
pub fn git(directory: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(directory)
        .args(["-c", "user.name=T", "-c", "user.email=t@example.com"])
        .args(["-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null");
    match finish(command, "") {
        Ok(output) => output.assert_success(),
        Err(error) => panic!("{error:#}"),
    }
}

impl Output {
    /// Passes the output of a program that succeeded on.
    ///
    /// # Panics
    /// Where it did not, with all that it said.
    #[track_caller]
    #[must_use]
    pub fn success(self) -> Self {
        self.assert_success();
        self
    }

    /// Fails the test unless the program succeeded.
    ///
    /// # Panics
    /// Where it did not, with all that it said.
    #[track_caller]
    pub fn assert_success(&self) {
        assert_eq!(
            self.code,
            Some(0),
            "the program failed\n--- standard output\n{}\n--- standard error\n{}",
            self.stdout,
            self.stderr
        );
    }
}

/// A program of ours: named by the test command, else beside the test binary, where cargo puts it.
fn program(variable: &str, name: &str) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Ok(path.into());
    }
    let test = std::env::current_exe().context("finding the test binary")?;
    let beside = test
        .ancestors()
        .skip(1)
        .take(2)
        .map(|dir| dir.join(name))
        .find(|path| path.is_file());
    match beside {
        Some(path) => Ok(path),
        None => bail!(
            "no `{name}` is built: run `cargo build --bins`, or the tests by `cargo xtask test`"
        ),
    }
}

fn finish(mut command: Command, stdin: &str) -> Result<Output> {
    let doing = format!("running {}", command.get_program().display());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| doing.clone())?;
    let pipe = child.stdin.take();
    let text = stdin.to_owned();
    // Fed from a thread of its own: a program that answers while it reads must not block on us.
    let feeder = std::thread::spawn(move || pipe.map(|mut pipe| pipe.write_all(text.as_bytes())));
    let output = child.wait_with_output().context(doing)?;
    // A program may end before it has read everything; what it said then is what counts.
    let _ = feeder.join();
    Ok(Output {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

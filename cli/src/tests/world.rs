//! A temporary directory, and the program run in it.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use crate::context::Context;
use crate::output::Output;

/// A temporary directory to run the program in.
pub(super) struct World {
    directory: TempDir,
}

/// What came of a run.
pub(super) struct Ran {
    pub(super) exit: u8,
    pub(super) out: String,
    pub(super) err: String,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("has a temporary directory"),
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("has a parent")).expect("is writable");
        fs::write(path, text).expect("is writable");
        self
    }

    /// Runs git, away from the configuration of the machine.
    pub(super) fn git(&self, args: &[&str]) -> &Self {
        self.git_with_input(args, "")
    }

    pub(super) fn git_with_input(&self, args: &[&str], input: &str) -> &Self {
        let mut child = Command::new("git")
            .arg("-C")
            .arg(self.directory.path())
            .args(["-c", "user.name=T", "-c", "user.email=t@example.com"])
            .args(["-c", "commit.gpgsign=false"])
            .args(args)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .stdin(Stdio::piped())
            .spawn()
            .expect("git is installed");
        let mut stdin = child.stdin.take().expect("is piped");
        stdin.write_all(input.as_bytes()).expect("is read");
        drop(stdin);
        let status = child.wait().expect("git ends");
        assert!(status.success(), "git {args:?}");
        self
    }

    /// Makes a repository of the directory and commits all that it holds to `main`.
    pub(super) fn commit(&self) -> &Self {
        self.git(&["init", "--quiet", "--initial-branch", "main"]);
        self.git(&["add", "--all"])
            .git(&["commit", "--quiet", "--message", "All"])
    }

    pub(super) fn run(&self, args: &[&str]) -> Ran {
        self.run_with_input(args, "")
    }

    /// Runs it in a directory below.
    pub(super) fn run_in(&self, directory: &str, args: &[&str]) -> Ran {
        Self::start(self.path(directory), args, "")
    }

    pub(super) fn run_with_input(&self, args: &[&str], input: &str) -> Ran {
        Self::start(self.directory.path().to_owned(), args, input)
    }

    fn start(directory: PathBuf, args: &[&str], input: &str) -> Ran {
        let (out, err) = (Shared::default(), Shared::default());
        let mut context = Context {
            directory,
            input: Box::new(io::Cursor::new(input.to_owned())),
            output: Output::plain(Box::new(out.clone()), Box::new(err.clone())),
            today: "2026-03-01".parse().expect("is a day"),
        };
        let args = std::iter::once("schemactl").chain(args.iter().copied());
        let exit = crate::run(args.map(OsString::from), &mut context);
        Ran {
            exit: exit.code(),
            out: out.text(),
            err: err.text(),
        }
    }
}

/// A stream that is read back.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        let bytes = self.0.lock().expect("is not poisoned").clone();
        String::from_utf8(bytes).expect("is UTF-8")
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("is not poisoned")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The schema of the product's own example.
pub(super) const ORDER: &str = r#"{
  "type": "record",
  "name": "Order",
  "namespace": "shop",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "amount", "type": "long"}
  ]
}
"#;

/// The change of one word that breaks both directions.
pub(super) fn order_changed() -> String {
    ORDER.replace("\"long\"", "\"string\"")
}

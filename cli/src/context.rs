//! What a command has of the world: the directory that paths are relative to, and its streams.

use std::fmt;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use checker::acceptance::Date;

use crate::output::Output;

/// The world of a command.
pub struct Context {
    /// What relative paths start from; empty for the current directory.
    pub directory: PathBuf,
    /// Standard input.
    pub input: Box<dyn BufRead + Send>,
    /// Standard output and standard error.
    pub output: Output,
    /// The day, in UTC, by which what is accepted for a time ends.
    pub today: Date,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Context");
        debug
            .field("directory", &self.directory)
            .field("output", &self.output);
        debug.finish_non_exhaustive()
    }
}

impl Context {
    /// The current directory and the standard streams.
    pub fn standard() -> Self {
        Self {
            directory: PathBuf::new(),
            input: Box::new(io::BufReader::new(io::stdin())),
            output: Output::standard(),
            today: today(),
        }
    }

    /// Where a path that a user wrote really is.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }

    /// The directory to start other programs in.
    pub fn directory(&self) -> &Path {
        if self.directory.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.directory
        }
    }
}

/// The day by the system's clock; before 1970 counts as its first one.
fn today() -> Date {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Date::days_after_1970(since.map_or(0, |since| since.as_secs() / SECONDS_A_DAY))
}

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

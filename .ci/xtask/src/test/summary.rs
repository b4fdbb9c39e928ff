//! Passes on what `cargo test` prints and adds up its closing lines, of which there is one per test
//! binary: a run needs one result.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};

/// How every skip line begins; `tests/harness` prints them.
const SKIPPED: &str = "SKIPPED ";

/// What all test binaries of a run counted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    passed: u64,
    failed: u64,
    skips: Vec<String>,
}

impl Summary {
    /// Shows the output and takes in its counts.
    pub(super) fn follow(&mut self, output: impl Read) -> io::Result<()> {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line)? > 0 {
            io::stdout().lock().write_all(&line)?;
            self.take(String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
        Ok(())
    }

    /// Repeats at the end that something was left out.
    pub(super) fn skip(&mut self, what: &str) {
        self.skips.push(format!("{SKIPPED}{what}"));
    }

    /// Whether no test ran.
    pub(super) fn is_empty(&self) -> bool {
        self.passed + self.failed == 0
    }

    fn take(&mut self, line: &str) {
        if line.starts_with(SKIPPED) {
            self.skips.push(line.to_owned());
        }
        let Some(counts) = line.strip_prefix("test result: ") else {
            return;
        };
        let count = |what: &str| {
            let mut words = counts.split(' ').zip(counts.split(' ').skip(1));
            let found = words.find(|(_, word)| word.trim_end_matches(';') == what);
            found.and_then(|(number, _)| number.parse::<u64>().ok())
        };
        self.passed += count("passed").unwrap_or(0);
        self.failed += count("failed").unwrap_or(0);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for skip in &self.skips {
            writeln!(f, "{skip}")?;
        }
        writeln!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_of_all_binaries_add_up() {
        let mut summary = Summary::default();
        for line in [
            "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.01s",
            "SKIPPED faults::race: needs a server",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0s",
            "7 passed; 9 failed",
        ] {
            summary.take(line);
        }
        assert_eq!((summary.passed, summary.failed), (7, 1));
        assert_eq!(
            summary.to_string(),
            "SKIPPED faults::race: needs a server\n7 passed, 1 failed\n"
        );
    }
}

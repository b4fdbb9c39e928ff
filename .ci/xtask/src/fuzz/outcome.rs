//! What a run of a target comes to, read from what libFuzzer printed.

use std::fmt;
use std::path::PathBuf;

/// How many of the last lines are shown of a target that failed.
const LAST_LINES: usize = 30;

/// What a run of a target came to.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) name: String,
    executions: String,
    per_second: String,
    /// Edges of our code that were reached, of how many.
    edges: [String; 2],
    megabytes: String,
    slowest_ms: String,
    /// The input on which it failed.
    pub(super) failing: Option<PathBuf>,
    /// The end of what it printed, without libFuzzer's table of words.
    pub(super) last_words: String,
}

impl Outcome {
    pub(super) fn read(name: &str, log: &str, slowest_ms: &str, failing: Option<PathBuf>) -> Self {
        let stat = |name: &str| {
            let line = log.lines().rev().find_map(|line| line.strip_prefix(name));
            line.map_or("?", str::trim).to_owned()
        };
        let after = |line: Option<&str>, word: &str| {
            let mut words = line.unwrap_or_default().split_whitespace();
            words.find(|found| *found == word);
            words.next().unwrap_or("?").to_owned()
        };
        let reached = log.lines().rev().find(|line| line.contains(" cov: "));
        let loaded = log.lines().find(|line| line.contains("PC tables ("));
        Self {
            name: name.to_owned(),
            executions: stat("stat::number_of_executed_units:"),
            per_second: stat("stat::average_exec_per_sec:"),
            edges: [
                after(reached, "cov:"),
                after(loaded, "tables").replace('(', ""),
            ],
            megabytes: stat("stat::peak_rss_mb:"),
            slowest_ms: slowest_ms.to_owned(),
            failing,
            last_words: last_words(log),
        }
    }
}

fn last_words(log: &str) -> String {
    let is_word = |line: &&str| line.starts_with('"') && line.contains("# Uses:");
    let lines: Vec<&str> = log.lines().filter(|line| !is_word(line)).collect();
    let from = lines.len().saturating_sub(LAST_LINES);
    lines.get(from..).unwrap_or_default().join("\n")
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            executions,
            per_second,
            megabytes,
            slowest_ms,
            ..
        } = self;
        let [reached, all] = &self.edges;
        write!(
            f,
            "{name}: {executions} executions, {per_second}/s; {reached} of {all} edges; \
             slowest input {slowest_ms} ms; {megabytes} MB; {}",
            if self.failing.is_some() {
                "FAILED"
            } else {
                "nothing found"
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
INFO: Loaded 1 modules   (42083 inline 8-bit counters): 42083 [0x1, 0x2),
INFO: Loaded 1 PC tables (42083 PCs): 42083 [0x1,0x2),
#2\tINITED cov: 11 ft: 12 corp: 1/1b exec/s: 0 rss: 30Mb
#9\tDONE   cov: 812 ft: 1412 corp: 1/1b exec/s: 0 rss: 30Mb
\"a\" # Uses: 3
stat::number_of_executed_units: 461446
stat::average_exec_per_sec:     51271
stat::peak_rss_mb:              42
";

    #[test]
    fn the_figures_are_read_from_the_log() {
        let outcome = Outcome::read("a", LOG, "1.5", None);
        assert_eq!(
            outcome.to_string(),
            "a: 461446 executions, 51271/s; 812 of 42083 edges; slowest input 1.5 ms; 42 MB; \
             nothing found"
        );
        assert!(!outcome.last_words.contains("# Uses"));
    }

    #[test]
    fn a_log_that_ends_early_has_figures_missing() {
        let outcome = Outcome::read("a", "panicked at …", "", Some("x".into())).to_string();
        assert!(
            outcome.starts_with("a: ? executions") && outcome.ends_with("FAILED"),
            "{outcome}"
        );
    }
}

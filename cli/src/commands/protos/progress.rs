//! Says on standard error how far a long run has come. A short one says nothing.

use std::time::{Duration, Instant};

use crate::output::Output;

/// How often something is said.
const EVERY: Duration = Duration::from_secs(2);

/// How far it has come.
#[derive(Debug)]
pub struct Progress {
    /// What is done, as `pushed`.
    verb: &'static str,
    all: usize,
    done: usize,
    said: Instant,
}

impl Progress {
    /// Nothing of `all` is done yet.
    pub fn new(verb: &'static str, all: usize) -> Self {
        Self {
            verb,
            all,
            done: 0,
            said: Instant::now(),
        }
    }

    /// One more is done.
    pub fn step(&mut self, output: &mut Output) {
        self.done += 1;
        if self.said.elapsed() >= EVERY {
            self.said = Instant::now();
            let Self {
                verb, all, done, ..
            } = self;
            output.note(&format!("{verb} {done} of {all} files"));
        }
    }
}

//! Says on standard error how far a long run has come. A short one says nothing.

use std::io::{self, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
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

/// Says on a terminal, as long as it lives, that something still runs: for work that cannot be
/// counted.
#[derive(Debug)]
pub struct Working(Option<(Sender<()>, JoinHandle<()>)>);

impl Working {
    /// What is done, as `comparing .proto files`. Without a terminal nobody is told.
    pub fn start(what: &'static str, output: &Output) -> Self {
        if !output.is_watched() {
            return Self(None);
        }
        let (ended, end) = mpsc::channel();
        let watch = move || {
            let start = Instant::now();
            while end.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                // If standard error is gone there is nobody left to tell.
                let seconds = start.elapsed().as_secs();
                let _ = writeln!(io::stderr(), "note: {what} ({seconds} s so far)");
            }
        };
        Self(Some((ended, std::thread::spawn(watch))))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        if let Some((ended, thread)) = self.0.take() {
            drop(ended);
            // It only writes; what became of it does not matter.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Said(Arc<Mutex<Vec<u8>>>);

    impl Write for Said {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut said = self.0.lock().expect("is not poisoned");
            said.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_long_run_says_how_far_it_is_and_a_short_one_nothing() {
        let said = Said::default();
        let mut output = Output::plain(Box::new(io::sink()), Box::new(said.clone()));
        let mut progress = Progress::new("read", 10);
        progress.step(&mut output);
        assert_eq!(*said.0.lock().expect("is not poisoned"), b"");
        progress.said = Instant::now().checked_sub(EVERY).expect("the clock runs");
        progress.step(&mut output);
        progress.step(&mut output);
        let text = said.0.lock().expect("is not poisoned").clone();
        assert_eq!(text, b"note: read 2 of 10 files\n");
    }
}

//! A target under libFuzzer: what is written down before, while and after an input runs.
//!
//! `FUZZ_TARGET` names the target, `FUZZ_DIR` a directory. In it stand afterwards
//!
//! * `seeds/` and `dictionary`, made from the target before libFuzzer reads them;
//! * `current`, the input that runs: a stack overflow kills the process before libFuzzer can say
//!   which input it was;
//! * `slowest` and `slowest_ms`, the input that took longest.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};

use crate::{Target, Worth};

/// No input of the length that is tried may take longer than this.
pub const MAX_TIME: Duration = Duration::from_secs(1);

/// How often an input that seems too slow is run: the machine may have been busy elsewhere.
const TRIALS: usize = 3;

struct Session {
    target: &'static Target,
    dir: PathBuf,
    current: File,
    slowest_micros: AtomicU64,
}

static SESSION: OnceLock<Session> = OnceLock::new();

/// Reads the environment and writes what libFuzzer is to read.
///
/// # Panics
///
/// If the environment names no target or no directory that can be written to.
pub fn prepare() {
    let variable = |name| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let name = variable("FUZZ_TARGET");
    let target = crate::target(&name).unwrap_or_else(|| panic!("there is no target `{name}`"));
    let dir = PathBuf::from(variable("FUZZ_DIR"));
    let session = set_up(target, dir).unwrap_or_else(|error| panic!("setting up {name}: {error}"));
    // libFuzzer initialises once.
    let _ = SESSION.set(session);
}

fn set_up(target: &'static Target, dir: PathBuf) -> std::io::Result<Session> {
    let seeds = dir.join("seeds");
    fs::create_dir_all(&seeds)?;
    for (index, seed) in (target.seeds)().iter().enumerate() {
        fs::write(seeds.join(format!("{index:03}")), seed)?;
    }
    fs::write(dir.join("dictionary"), dictionary(target.words))?;
    let current = File::create(dir.join("current"))?;
    Ok(Session {
        target,
        dir,
        current,
        slowest_micros: AtomicU64::new(0),
    })
}

/// The form that libFuzzer reads: one quoted word per line. An empty file would be an error.
fn dictionary(words: &[&str]) -> String {
    let mut lines = "# Words of the target.\n".to_owned();
    for word in words {
        // Writing to a `String` cannot fail.
        let _ = writeln!(lines, "\"{}\"", word.escape_default());
    }
    lines
}

/// Runs the target on an input and watches the clock.
///
/// # Panics
///
/// If the target does, or takes longer than [`MAX_TIME`].
pub fn observe(input: &[u8]) -> Worth {
    let Some(session) = SESSION.get() else {
        panic!("an input before the initialisation");
    };
    // What cannot be written down is lost only for the report of a stack overflow.
    let _ = session.current.set_len(0);
    let _ = session.current.write_all_at(input, 0);
    let (worth, took) = timed(session.target, input);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if session.slowest_micros.fetch_max(micros, Ordering::Relaxed) < micros {
        keep_slowest(&session.dir, input, took);
    }
    worth
}

fn keep_slowest(dir: &Path, input: &[u8], took: Duration) {
    // The fuzzing goes on without the report.
    let _ = fs::write(dir.join("slowest"), input);
    let millis = format!("{:.1}", took.as_secs_f64() * 1000.0);
    let _ = fs::write(dir.join("slowest_ms"), millis);
}

/// Runs the target on an input, more than once where it seems too slow.
///
/// # Panics
///
/// If the target does, or takes longer than [`MAX_TIME`].
pub fn timed(target: &Target, input: &[u8]) -> (Worth, Duration) {
    let mut fastest = Duration::MAX;
    let mut worth = Worth::Drop;
    for _ in 0..TRIALS {
        let start = cpu_time();
        worth = (target.run)(input);
        fastest = fastest.min(cpu_time().saturating_sub(start));
        if fastest <= MAX_TIME {
            return (worth, fastest);
        }
    }
    panic!(
        "{} bytes took {fastest:?}, more than {MAX_TIME:?}, {worth:?}",
        input.len()
    );
}

/// The time that this thread has had a processor, so that a busy machine makes no input slow. Where the
/// system does not tell, the time that has passed.
fn cpu_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped_for_the_dictionary() {
        let words = dictionary(&["\"int\"", "a\\"]);
        assert!(words.starts_with('#') && dictionary(&[]).starts_with('#'));
        assert!(words.ends_with("\"\\\"int\\\"\"\n\"a\\\\\"\n"), "{words}");
    }

    #[test]
    fn an_input_that_is_slow_each_time_is_a_failure() {
        let slow = Target {
            name: "slow",
            run: |_| {
                let start = cpu_time();
                while cpu_time().saturating_sub(start) <= MAX_TIME {
                    std::hint::spin_loop();
                }
                Worth::Keep
            },
            show: crate::show_text,
            seeds: Vec::new,
            words: &[],
        };
        assert!(std::panic::catch_unwind(|| timed(&slow, b"x")).is_err());
    }
}

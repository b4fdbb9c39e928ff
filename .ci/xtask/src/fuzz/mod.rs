//! `cargo xtask fuzz`: builds the fuzz targets with instrumentation and runs them under libFuzzer.
//!
//! It needs nothing but the toolchain of every other build and a C++ compiler: LLVM's coverage pass
//! is part of the stable compiler. Only our own crates are instrumented, by this program as the
//! wrapper of their compiler, so that the dependencies are those of the tests, built already.

pub(crate) mod instrument;
mod outcome;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, bail};

use self::outcome::Outcome;
use crate::{shell, workspace};

/// Where the targets are, a file each.
const TARGETS: &str = "tests/fuzz/src/targets";
/// How long each target runs where the command line does not say.
const DEFAULT_SECONDS: u64 = 60;
/// The longest input that is tried.
const MAX_INPUT_BYTES: u32 = 4096;
/// No input may take longer, in seconds. The targets themselves allow less, but only notice at the
/// end.
const MAX_INPUT_SECONDS: u32 = 10;
/// No input may make the process grow beyond this.
const MAX_MEGABYTES: u32 = 1024;
/// The stack, in kilobytes: that of a thread, which the checker promises to be content with.
const STACK_KILOBYTES: u32 = 2048;

/// Builds, runs the named targets or all, and reports.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let known = names()?;
    let plan = Plan::parse(arguments, &known)?;
    let program = build()?;
    let waiting: Mutex<VecDeque<&str>> = Mutex::new(plan.targets.iter().copied().collect());
    let outcomes = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..plan.jobs.min(plan.targets.len()) {
            scope.spawn(|| {
                loop {
                    // A statement of its own, so that the lock is not held while the target runs.
                    let next = locked(&waiting).pop_front();
                    let Some(name) = next else {
                        break;
                    };
                    let outcome = run_target(&program, name, &plan);
                    if let Ok(outcome) = &outcome {
                        println!("{outcome}");
                    }
                    locked(&outcomes).push(outcome);
                }
            });
        }
    });
    let mut failed = 0;
    for outcome in outcomes.into_inner().unwrap_or_default() {
        let outcome = outcome?;
        if let Some(input) = &outcome.failing {
            failed += 1;
            show_failure(&outcome, input)?;
        }
    }
    if failed > 0 {
        bail!("{failed} of {} fuzz targets failed", plan.targets.len());
    }
    Ok(())
}

/// A panic of another thread ends the program anyway.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The names of the targets, sorted.
pub(crate) fn names() -> Result<Vec<String>> {
    let dir = workspace::root().join(TARGETS);
    let entries = dir
        .read_dir()
        .with_context(|| format!("reading {}", dir.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("reading {TARGETS}"))?.path();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if let Some(stem) = path.file_stem().filter(|stem| is_rust && *stem != "mod") {
            names.push(stem.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// What to run.
#[derive(Debug, PartialEq, Eq)]
struct Plan<'a> {
    targets: Vec<&'a str>,
    seconds: u64,
    jobs: usize,
    /// What all random choices follow from. Then nothing of earlier runs is used, so that a run can be
    /// repeated, and CI does not fail for a change that is not at fault.
    seed: Option<u64>,
}

impl<'a> Plan<'a> {
    fn parse(arguments: &[&'a str], known: &'a [String]) -> Result<Self> {
        let mut plan = Self {
            targets: Vec::new(),
            seconds: DEFAULT_SECONDS,
            jobs: 1,
            seed: None,
        };
        let mut words = arguments.iter().copied();
        while let Some(word) = words.next() {
            match word {
                "--seconds" => plan.seconds = number(word, words.next())?,
                "--jobs" => plan.jobs = usize::try_from(number(word, words.next())?)?,
                "--seed" => plan.seed = Some(number(word, words.next())?),
                name if known.iter().any(|target| target == name) => plan.targets.push(name),
                other => bail!(
                    "there is no fuzz target `{other}`; there are: {}",
                    known.join(", ")
                ),
            }
        }
        if plan.targets.is_empty() {
            plan.targets = known.iter().map(String::as_str).collect();
        }
        Ok(plan)
    }
}

fn number(option: &str, word: Option<&str>) -> Result<u64> {
    let number = word
        .and_then(|word| word.parse().ok())
        .filter(|number| *number > 0);
    number.with_context(|| format!("`{option}` needs a number from 1 on"))
}

/// Builds the program and gives a copy of it that no ordinary build writes over.
fn build() -> Result<PathBuf> {
    let mut command = shell::cargo(&["build", "--workspace", "--bin", "fuzz"]);
    command.args(["--features", "fuzz/libfuzzer"]);
    // As fast as in a release, with the checks of a debug build.
    for package in ["checker", "fuzz", "libfuzzer-sys"] {
        command.args([
            "--config",
            &format!("profile.dev.package.{package}.opt-level=2"),
        ]);
    }
    shell::run(instrument::with(&mut command)?)?;
    let copy = dir().join("program");
    fs::create_dir_all(dir()).with_context(|| format!("creating {}", dir().display()))?;
    fs::copy(workspace::target_dir().join("debug/fuzz"), &copy)
        .with_context(|| format!("copying the fuzz program to {}", copy.display()))?;
    Ok(copy)
}

/// Where all that fuzzing leaves behind is.
fn dir() -> PathBuf {
    workspace::target_dir().join("fuzz")
}

fn run_target(program: &Path, name: &str, plan: &Plan<'_>) -> Result<Outcome> {
    let dir = dir().join(name);
    let corpus = corpus(plan);
    for part in [corpus, "seeds", "failures"] {
        let part = dir.join(part);
        fs::create_dir_all(&part).with_context(|| format!("creating {}", part.display()))?;
    }
    let old = ["failures", "seeds"].into_iter();
    let old = old.chain(plan.seed.map(|_| corpus));
    for old in old.map(|part| dir.join(part)) {
        fs::remove_dir_all(&old)
            .and_then(|()| fs::create_dir(&old))
            .with_context(|| format!("emptying {}", old.display()))?;
    }
    let log = File::create(dir.join("log")).context("creating the log of a target")?;
    println!(
        "{name}: {} s, log in {}",
        plan.seconds,
        dir.join("log").display()
    );
    let status = command(program, name, &dir, plan)
        .stdout(log.try_clone().context("sharing the log")?)
        .stderr(log)
        .status()
        .with_context(|| format!("starting the fuzz target {name}"))?;
    outcome_of(name, &dir, status)
}

/// Where inputs are kept that reach something new.
fn corpus(plan: &Plan<'_>) -> &'static str {
    match plan.seed {
        Some(_) => "corpus_of_seed",
        None => "corpus",
    }
}

fn command(program: &Path, name: &str, dir: &Path, plan: &Plan<'_>) -> Command {
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            &format!("ulimit -s {STACK_KILOBYTES} && exec \"$0\" \"$@\""),
        ])
        .arg(program)
        .arg(format!("-max_total_time={}", plan.seconds))
        .args(plan.seed.map(|seed| format!("-seed={seed}")))
        .arg(format!("-max_len={MAX_INPUT_BYTES}"))
        .arg(format!("-timeout={MAX_INPUT_SECONDS}"))
        .arg(format!("-rss_limit_mb={MAX_MEGABYTES}"))
        .args([
            "-print_final_stats=1",
            "-dict=dictionary",
            "-artifact_prefix=failures/",
        ])
        .args([corpus(plan), "seeds"])
        .env("FUZZ_TARGET", name)
        .env("FUZZ_DIR", dir)
        .env("RUST_BACKTRACE", "0")
        .current_dir(dir);
    command
}

fn outcome_of(name: &str, dir: &Path, status: ExitStatus) -> Result<Outcome> {
    let log = fs::read(dir.join("log")).context("reading the log of a target")?;
    let slowest = fs::read_to_string(dir.join("slowest_ms")).unwrap_or_default();
    let failing = if status.success() {
        None
    } else {
        Some(failing_input(dir)?)
    };
    Ok(Outcome::read(
        name,
        &String::from_utf8_lossy(&log),
        &slowest,
        failing,
    ))
}

/// What libFuzzer kept, else what ran when the process died.
fn failing_input(dir: &Path) -> Result<PathBuf> {
    let failures = dir.join("failures");
    let kept = failures
        .read_dir()
        .context("reading the failures of a target")?;
    let first = kept.filter_map(|entry| Some(entry.ok()?.path())).min();
    Ok(first.unwrap_or_else(|| dir.join("current")))
}

/// Prints what the target said, then runs it on the input in an ordinary build, which prints the
/// input.
fn show_failure(outcome: &Outcome, input: &Path) -> Result<()> {
    println!(
        "\n{}: FAILED on {}\n{}\n",
        outcome.name,
        input.display(),
        outcome.last_words
    );
    let mut replay = shell::cargo(&["run", "--quiet", "-p", "fuzz", "--"]);
    let again = replay.arg(&outcome.name).arg(input).status();
    let again = again.context("running the fuzz target again")?;
    println!("{}: again in an ordinary build: {again}", outcome.name);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_name_all_run_and_what_is_unknown_is_refused() {
        let known = ["a".to_owned(), "b".to_owned()];
        let all = Plan {
            targets: vec!["a", "b"],
            seconds: DEFAULT_SECONDS,
            jobs: 1,
            seed: None,
        };
        assert_eq!(Plan::parse(&[], &known).unwrap(), all);
        let one = Plan {
            targets: vec!["b"],
            seconds: 5,
            jobs: 2,
            seed: Some(7),
        };
        assert_eq!(
            Plan::parse(
                &["--seconds", "5", "b", "--jobs", "2", "--seed", "7"],
                &known
            )
            .unwrap(),
            one
        );
        for wrong in [&["c"][..], &["--seconds"], &["--jobs", "0"], &["--fast"]] {
            assert!(Plan::parse(wrong, &known).is_err(), "{wrong:?}");
        }
    }
}

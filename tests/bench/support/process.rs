//! What a program costs from start to end: wall time, CPU time, and the most memory that it held.
//!
//! The system counts for a program also the memory of the process that started it. So programs are
//! started by a fresh process of this benchmark that holds nothing ([`measure_if_asked`]).

use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use wait4::Wait4;

use super::figures::{Figure, median};

/// Asks this benchmark to measure the program and the arguments that follow.
const MEASURE: &str = "--cost-of";

/// What one run cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall_s: f64,
    /// In the program and in the system for it, on all its threads.
    pub(crate) cpu_s: f64,
    pub(crate) peak_mb: f64,
    /// `None` where a signal ended it.
    pub(crate) code: Option<i32>,
}

impl Cost {
    /// Runs a program with its arguments, whose output is thrown away.
    pub(crate) fn of(command: &Command) -> Result<Self> {
        let doing = || format!("running {}", command.get_program().display());
        let own = std::env::current_exe().with_context(doing)?;
        let mut fresh = Command::new(own);
        fresh.arg(MEASURE).arg(command.get_program());
        fresh.args(command.get_args()).stderr(Stdio::inherit());
        let output = fresh.output().with_context(doing)?;
        ensure!(output.status.success(), "{} failed", doing());
        let (wall_s, cpu_s, peak_mb, code) =
            serde_json::from_slice(&output.stdout).with_context(doing)?;
        Ok(Self {
            wall_s,
            cpu_s,
            peak_mb,
            code,
        })
    }

    /// Runs it as a child of this process.
    fn here(command: &mut Command) -> Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let start = Instant::now();
        let used = command.spawn()?.wait4()?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "no memory has that many bytes, and a figure is no count"
        )]
        let peak_mb = used.rusage.maxrss as f64 / 1e6;
        Ok(Self {
            wall_s: start.elapsed().as_secs_f64(),
            cpu_s: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
            peak_mb,
            code: used.status.code(),
        })
    }
}

/// Does what [`Cost::of`] asks a fresh process for, and says whether it was asked.
pub(crate) fn measure_if_asked() -> Result<bool> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().as_deref() != Some(MEASURE.as_ref()) {
        return Ok(false);
    }
    let program: OsString = arguments.next().context("no program is named")?;
    let cost = Cost::here(Command::new(program).args(arguments))?;
    let figures = (cost.wall_s, cost.cpu_s, cost.peak_mb, cost.code);
    serde_json::to_writer(std::io::stdout(), &figures)?;
    Ok(true)
}

/// The three figures of ours, held against the baseline's.
pub(crate) fn costs(name: &str, ours: &[Cost], baseline: &[Cost]) -> Vec<Figure> {
    let figure = |what: &str, unit, of: fn(&Cost) -> f64| {
        Some(Figure {
            metric: format!("{name}: {what}"),
            value: median(ours.iter().map(of))?,
            unit,
            baseline: median(baseline.iter().map(of)),
        })
    };
    let figures = [
        figure("wall", "ms", |cost| cost.wall_s * 1e3),
        figure("CPU", "ms", |cost| cost.cpu_s * 1e3),
        figure("peak memory", "MB", |cost| cost.peak_mb),
    ];
    figures.into_iter().flatten().collect()
}

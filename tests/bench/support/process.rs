//! What a program costs from start to end: wall time, CPU time, and the most memory that it held.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};
use wait4::Wait4;

use super::figures::{Figure, median};

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
    /// Runs a program, whose output is thrown away.
    pub(crate) fn of(command: &mut Command) -> Result<Self> {
        let doing = format!("running {}", command.get_program().display());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let start = Instant::now();
        let mut child = command.spawn().with_context(|| doing.clone())?;
        let used = child.wait4().context(doing)?;
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

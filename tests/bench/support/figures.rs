//! Figures: medians, a table on standard output, JSON lines for machines.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::fs::OpenOptions;
use std::io::Write;

use anyhow::{Context, Result, bail};
use serde_json::json;

/// One figure and what it is held against.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) metric: String,
    /// The median of all rounds.
    pub(crate) value: f64,
    /// Of what.
    pub(crate) unit: &'static str,
    /// The same of what ours is compared with, from the same run.
    pub(crate) baseline: Option<f64>,
}

impl Figure {
    fn ratio(&self) -> Option<f64> {
        self.baseline.map(|baseline| self.value / baseline)
    }
}

/// Prints the table, and appends to the file that `--json FILE` names.
pub(crate) fn report(bench: &str, baseline: &str, figures: &[Figure]) -> Result<()> {
    println!(
        "\n{:<28}{:>12}{:>14}{:>8}  unit",
        bench, "ours", baseline, "ratio"
    );
    for figure in figures {
        let show = |value: Option<f64>, digits| {
            value.map_or("-".to_owned(), |value| format!("{value:.digits$}"))
        };
        println!(
            "{:<28}{:>12}{:>14}{:>8}  {}",
            figure.metric,
            show(Some(figure.value), 1),
            show(figure.baseline, 1),
            show(figure.ratio(), 2),
            figure.unit
        );
    }
    let Some(file) = json_file()? else {
        return Ok(());
    };
    let mut out = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&file)
        .with_context(|| format!("opening {file}"))?;
    for figure in figures {
        let line = json!({
            "bench": bench,
            "metric": figure.metric,
            "value": figure.value,
            "unit": figure.unit,
            "baseline": figure.baseline,
            "ratio": figure.ratio(),
        });
        writeln!(out, "{line}").with_context(|| format!("writing {file}"))?;
    }
    Ok(())
}

fn json_file() -> Result<Option<String>> {
    let mut words = std::env::args().skip_while(|word| word != "--json").skip(1);
    match words.next() {
        Some(file) => Ok(Some(file)),
        None if std::env::args().any(|word| word == "--json") => bail!("`--json` needs a file"),
        None => Ok(None),
    }
}

/// The one in the middle; `None` of none.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

//! The JSON that programs read. Findings, spans and problems serialise as they are; here stand the
//! objects around them, which the answer of `--jsonl` and `--format json` share.

use serde::Serialize;

use crate::model::{Finding, Problem, Report, Verdict};

/// The verdict over a comparison or a report with all that leads to it.
#[derive(Debug, Serialize)]
pub struct Answer<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// Errors and warnings, newest version first.
    pub findings: Vec<&'a Finding>,
    /// Why it is undecided; `null` where nothing is open.
    pub reason: Option<String>,
    /// The same in the words of the wire contract.
    pub messages: Vec<&'a str>,
}

impl<'a> Answer<'a> {
    /// The answer of a report.
    pub fn of(report: &'a Report) -> Self {
        Self {
            verdict: report.verdict(),
            findings: report.findings().collect(),
            reason: report.reason(),
            messages: messages(report),
        }
    }
}

/// The contract's messages: those of the errors of the newest version that has any, since the
/// contract stops there. Forward stands before backward, as the contract lists them.
fn messages(report: &Report) -> Vec<&str> {
    let failed = report
        .comparisons
        .iter()
        .find(|(_, comparison)| comparison.verdict() == Verdict::Incompatible);
    failed.map_or_else(Vec::new, |(_, comparison)| comparison.wire_messages())
}

/// Where a text that is not valid came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The earlier version or its references.
    Old,
    /// The candidate or its references.
    New,
    /// The question itself.
    Request,
}

/// A problem and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SidedProblem {
    /// Which text.
    #[serde(rename = "in")]
    pub side: Side,
    /// What is wrong, and where.
    #[serde(flatten)]
    pub problem: Problem,
}

impl SidedProblem {
    /// All problems of one side.
    pub fn all(side: Side, problems: Vec<Problem>) -> Vec<Self> {
        problems
            .into_iter()
            .map(|problem| Self { side, problem })
            .collect()
    }
}

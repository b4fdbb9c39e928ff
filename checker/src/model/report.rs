//! What comes out: comparisons of two versions each, and the verdict over all of them.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::{Direction, Finding, Path, Severity, Span};

/// The answer. There is no fourth value, and no guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Proven: everything that the writer can write, the reader reads.
    Compatible,
    /// At least one finding is an error.
    Incompatible,
    /// No error was found, and compatibility could not be proven.
    Undecided,
}

/// One thing that the checker could not decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undecided {
    /// The direction that stays open.
    pub direction: Direction,
    /// The element in the schema.
    pub path: Path,
    /// The place in the new text, or in the old one where the new text has nothing of it.
    pub span: Option<Span>,
    /// The construct or the limit, and what to do about it.
    pub reason: String,
}

/// One candidate held against one earlier version.
///
/// Findings are sorted by place in the new text, then path, rule and direction, so that equal
/// input gives equal bytes.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// What breaks, errors and warnings.
    pub findings: Vec<Finding>,
    /// What stays open.
    pub undecided: Vec<Undecided>,
    /// What breaks, in the words of the wire contract and in its order, where that is not one line
    /// for each finding.
    pub wire_lines: Vec<(Direction, String)>,
    /// Whom findings affect, in words to stand beside them, by rule and path; empty unless somebody
    /// has found out.
    pub affected: BTreeMap<(&'static str, Path), String>,
}

impl Comparison {
    /// A found error outranks what is undecided: it stays an error however the rest turns out.
    pub fn verdict(&self) -> Verdict {
        if self.errors().next().is_some() {
            Verdict::Incompatible
        } else if self.undecided.is_empty() {
            Verdict::Compatible
        } else {
            Verdict::Undecided
        }
    }

    /// Brings findings into the documented order, and leaves out what is said twice.
    pub fn sort(&mut self) {
        self.findings.sort_by(|a, b| {
            let key = |finding: &Finding| {
                (
                    finding.new.clone(),
                    finding.path.clone(),
                    finding.rule.id,
                    finding.direction,
                )
            };
            key(a).cmp(&key(b))
        });
        self.undecided.sort_by(|a, b| {
            let key = |open: &Undecided| (open.span.clone(), open.path.clone(), open.direction);
            key(a).cmp(&key(b))
        });
        self.undecided.dedup();
    }

    /// The errors in the words of the wire contract: forward stands before backward, as the contract
    /// lists them.
    pub fn wire_messages(&self) -> Vec<&str> {
        [Direction::Forward, Direction::Backward]
            .into_iter()
            .flat_map(|direction| self.wire_messages_of(direction))
            .collect()
    }

    fn wire_messages_of(&self, direction: Direction) -> Vec<&str> {
        let broken = |finding: &&Finding| finding.direction == direction;
        let mut errors = self.errors().filter(broken).peekable();
        if errors.peek().is_none() {
            return Vec::new();
        }
        let lines = self.wire_lines.iter();
        let lines = lines.filter(|(of, _)| *of == direction);
        let mut messages: Vec<&str> = lines.map(|(_, line)| &**line).collect();
        if messages.is_empty() {
            let mut told = HashSet::new();
            let lines = errors.filter_map(|finding| finding.wire_message.as_deref());
            messages.extend(lines.filter(|line| told.insert(*line)));
        }
        messages
    }

    /// The findings that make the verdict incompatible.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
    }
}

/// A candidate held against the versions that its level asks for.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Newest version first, as the wire contract walks them; each with its index in the history
    /// that was given (0 = oldest).
    pub comparisons: Vec<(usize, Comparison)>,
}

impl Report {
    /// The verdict over all comparisons.
    pub fn verdict(&self) -> Verdict {
        let mut verdict = Verdict::Compatible;
        for (_, comparison) in &self.comparisons {
            match comparison.verdict() {
                Verdict::Incompatible => return Verdict::Incompatible,
                Verdict::Undecided => verdict = Verdict::Undecided,
                Verdict::Compatible => {}
            }
        }
        verdict
    }

    /// All findings, newest version first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.comparisons
            .iter()
            .flat_map(|(_, comparison)| &comparison.findings)
    }

    /// Why the verdict is undecided, in one line; `None` where nothing is open.
    pub fn reason(&self) -> Option<String> {
        let mut reasons: Vec<String> = Vec::new();
        for (_, comparison) in &self.comparisons {
            for open in &comparison.undecided {
                let reason = format!(
                    "{} at `{}`: {}",
                    open.direction.level_name(),
                    open.path,
                    open.reason
                );
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
        }
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }
}

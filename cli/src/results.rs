//! What a check found, over one schema or many, and how it is printed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use checker::protobuf::impact::Impact;
use checker::report::json::{Answer, SidedProblem};
use checker::report::text::{Renderer, Styles};
use checker::report::{Sources, Summary, escape};
use checker::{Comparison, Direction, Finding, Level, Problem, Report, Severity, Source, Verdict};
use serde::Serialize;

use crate::args::ReportArgs;
use crate::changelog::{self, ChangeLog};
use crate::commands::protos::impact;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::policy::AcceptedFinding;
use crate::render::collect::Origin;
use crate::render::{self, Collector, Kind, Places, Printable};

/// One schema, or one tree of `.proto` files, and what came of it.
#[derive(Debug)]
pub struct Checked {
    /// The name of the new version.
    pub schema: String,
    /// The names of the versions that it was held against, oldest first.
    pub against: Vec<String>,
    /// The directions that were asked for.
    pub directions: &'static [Direction],
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of one schema.
#[derive(Debug)]
pub enum Outcome {
    /// Compared, always in both directions: what else a change breaks is worth knowing.
    Compared(Report),
    /// A tree, compared as a whole, with the names of its files.
    Tree(Report, Vec<String>),
    /// A text is no valid schema.
    Invalid(Vec<SidedProblem>),
}

/// All that a command found.
#[derive(Debug, Default)]
pub struct Results {
    /// The compatibility level, where one counts for all.
    pub level: Option<Level>,
    /// What was compared, or could not be.
    pub checked: Vec<Checked>,
    /// What is doubtful about new versions by themselves.
    pub warnings: Vec<Problem>,
    /// Schemas without an earlier version.
    pub added: Vec<String>,
    /// Earlier versions without a successor.
    pub deleted: Vec<String>,
    /// Files that may be meant as schemas and were not looked at.
    pub ignored: Vec<String>,
    /// What would break and is accepted.
    pub accepted: Vec<AcceptedFinding>,
    /// Everything that changed, where that was asked for.
    pub changes: Option<ChangeLog>,
    /// Which consumers are affected, where consumers are named.
    pub impact: Option<Impact>,
    /// The texts to quote.
    pub sources: Sources,
}

#[derive(Serialize)]
struct Document<'a> {
    /// `null` where a schema is invalid and none is incompatible.
    verdict: Option<Verdict>,
    level: Option<Level>,
    checks: Vec<Check<'a>>,
    warnings: &'a [Problem],
    added: &'a [String],
    deleted: &'a [String],
    ignored: &'a [String],
    #[serde(skip_serializing_if = "<[AcceptedFinding]>::is_empty")]
    accepted: &'a [AcceptedFinding],
    #[serde(flatten)]
    changes: Option<Changes<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impact: Option<&'a Impact>,
    summary: Summary,
}

#[derive(Serialize)]
struct Changes<'a> {
    bump: &'static str,
    changes: Vec<changelog::Entry<'a>>,
}

#[derive(Serialize)]
struct Check<'a> {
    schema: &'a str,
    against: &'a [String],
    #[serde(flatten)]
    outcome: CheckOutcome<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum CheckOutcome<'a> {
    Answer(Answer<'a>),
    Errors { errors: &'a [SidedProblem] },
}

impl Results {
    /// Adds the texts that reports may quote.
    pub fn quote<'a>(&mut self, sources: impl IntoIterator<Item = &'a Source>) {
        for source in sources {
            self.sources.insert(source);
        }
    }

    /// Why texts are no valid schemas.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        let problems = self
            .checked
            .iter()
            .filter_map(|checked| match &checked.outcome {
                Outcome::Invalid(problems) => Some(problems),
                Outcome::Compared(_) | Outcome::Tree(..) => None,
            });
        problems.flatten().map(|problem| &problem.problem)
    }

    /// Prints everything as the findings of a command and says how it ended.
    pub fn print(
        &self,
        command: &'static str,
        args: &ReportArgs,
        context: &mut Context,
    ) -> Result<Exit, Error> {
        let results = Named {
            command,
            results: self,
        };
        render::print(&results, args, context)?;
        Ok(self.exit())
    }

    /// A found break outranks what could not be told.
    pub fn exit(&self) -> Exit {
        let exits = || self.checked.iter().map(Checked::exit);
        if exits().any(|exit| exit == Exit::Failure) {
            Exit::Failure
        } else {
            exits().max().unwrap_or(Exit::Success)
        }
    }

    /// The form for people.
    pub fn text(&self, styles: &Styles) -> String {
        let mut text = String::new();
        for checked in &self.checked {
            let renderer = Renderer {
                sources: &self.sources,
                styles,
                directions: checked.directions,
            };
            checked.render(&renderer, &mut text);
        }
        let renderer = Renderer {
            sources: &self.sources,
            styles,
            directions: &[],
        };
        for warning in &self.warnings {
            text.push_str(&renderer.warning(warning));
        }
        self.render_files(styles, &mut text);
        self.render_accepted(&mut text);
        if let Some(changes) = &self.changes {
            text.push_str(&changes.text());
            text.push_str(&changes.closing());
            text.push('\n');
        }
        if let Some(impact) = &self.impact {
            text.push_str(&impact::text(impact));
        }
        text.push_str(&self.closing());
        text.push('\n');
        text
    }

    /// `checked 2 schemas: 1 incompatible, 1 compatible (exit code 1)`
    fn closing(&self) -> String {
        let mut text = self.summary().to_string();
        let exit = self.exit();
        if exit != Exit::Success {
            let _ = write!(text, " (exit code {})", exit.code());
        }
        text
    }

    fn render_files(&self, styles: &Styles, text: &mut String) {
        let warning = &styles.warning;
        let (on, off) = (&warning.on, &warning.off);
        for file in &self.deleted {
            let file = checker::report::escape(file);
            let _ = writeln!(
                text,
                "{on}warning{off}: `{file}` is gone; if it was moved, compare it by itself: \
                 schemactl check NEW --against OLD\n"
            );
        }
        if !self.ignored.is_empty() {
            let files: Vec<_> = self
                .ignored
                .iter()
                .map(|f| checker::report::escape(f))
                .collect();
            let _ = writeln!(
                text,
                "not looked at, since they have no `$schema`: {}\n",
                files.join(", ")
            );
        }
    }

    /// What is accepted, one line for both directions.
    fn render_accepted(&self, text: &mut String) {
        let mut told: Vec<String> = Vec::new();
        for accepted in &self.accepted {
            let AcceptedFinding {
                finding,
                reason,
                expires,
            } = accepted;
            let line = format!(
                "accepted[{}]: {} (until {expires}: {})",
                finding.rule.id,
                escape(&finding.message),
                escape(reason)
            );
            if !told.contains(&line) {
                told.push(line);
            }
        }
        for line in &told {
            let _ = writeln!(text, "{line}");
        }
        if !told.is_empty() {
            text.push('\n');
        }
    }

    fn json(&self) -> serde_json::Result<String> {
        let reports: Vec<Option<Report>> = self.checked.iter().map(Checked::asked).collect();
        let checks = self
            .checked
            .iter()
            .zip(&reports)
            .map(|(checked, report)| Check {
                schema: &checked.schema,
                against: &checked.against,
                outcome: match (&checked.outcome, report) {
                    (Outcome::Invalid(errors), _) => CheckOutcome::Errors { errors },
                    (_, Some(report)) => CheckOutcome::Answer(Answer::of(report)),
                    (_, None) => CheckOutcome::Errors { errors: &[] },
                },
            });
        let document = Document {
            verdict: self.verdict(),
            level: self.level,
            checks: checks.collect(),
            warnings: &self.warnings,
            added: &self.added,
            deleted: &self.deleted,
            ignored: &self.ignored,
            accepted: &self.accepted,
            changes: self.changes.as_ref().map(|log| Changes {
                bump: log.bump.name(),
                changes: log.entries(),
            }),
            impact: self.impact.as_ref(),
            summary: self.summary(),
        };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }

    fn document(&self, command: &'static str, places: &Places) -> render::Document {
        let mut collector = Collector::new(command, places);
        for checked in &self.checked {
            checked.collect(&mut collector);
        }
        for file in &self.added {
            collector.unit(file);
        }
        let first = self.checked.first().map(|checked| &checked.schema);
        for warning in &self.warnings {
            let origin = Origin::of(first.map_or("", String::as_str));
            collector.problem(origin, warning, Kind::Doubtful);
        }
        for file in &self.deleted {
            let problem = Problem::whole("the schema is gone, so it was compared with nothing");
            collector.problem(Origin::of(file), &problem, Kind::Doubtful);
        }
        let mut by_reason: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
        for accepted in &self.accepted {
            let reason = format!("until {}: {}", accepted.expires, accepted.reason);
            let findings = by_reason.entry(reason).or_default();
            findings.push(accepted.finding.clone());
        }
        for (reason, findings) in by_reason {
            let origin = Origin::of(first.map_or("", String::as_str));
            collector.accepted(origin, findings, &reason);
        }
        let mut document = collector.finish(self.closing());
        document
            .remarks
            .extend(self.impact.as_ref().map(impact::headline));
        if let Some(changes) = &self.changes {
            document.remarks.push(changes.closing());
            document.changes = changes.markdown();
        }
        document
    }

    fn verdict(&self) -> Option<Verdict> {
        let verdicts = || self.checked.iter().map(Checked::verdict);
        if verdicts().any(|verdict| verdict == Some(Verdict::Incompatible)) {
            Some(Verdict::Incompatible)
        } else if verdicts().any(|verdict| verdict.is_none()) {
            None
        } else if verdicts().any(|verdict| verdict == Some(Verdict::Undecided)) {
            Some(Verdict::Undecided)
        } else {
            Some(Verdict::Compatible)
        }
    }

    fn summary(&self) -> Summary {
        let mut summary = Summary {
            added: self.added.len(),
            deleted: self.deleted.len(),
            warnings: self.warnings.len(),
            ..Summary::default()
        };
        for checked in &self.checked {
            checked.count(&mut summary);
        }
        summary
    }
}

/// Results with the command that they are of.
struct Named<'a> {
    command: &'static str,
    results: &'a Results,
}

impl Printable for Named<'_> {
    fn text(&self, styles: &Styles) -> String {
        self.results.text(styles)
    }

    fn json(&self) -> serde_json::Result<String> {
        self.results.json()
    }

    fn document(&self, places: &Places) -> render::Document {
        self.results.document(self.command, places)
    }
}

impl Checked {
    /// What was found in the directions that were asked for.
    fn asked(&self) -> Option<Report> {
        let (Outcome::Compared(report) | Outcome::Tree(report, _)) = &self.outcome else {
            return None;
        };
        let comparisons = report.comparisons.iter().map(|(index, comparison)| {
            let mut comparison = comparison.clone();
            comparison
                .findings
                .retain(|finding| self.directions.contains(&finding.direction));
            comparison
                .undecided
                .retain(|open| self.directions.contains(&open.direction));
            (*index, comparison)
        });
        Some(Report {
            comparisons: comparisons.collect(),
        })
    }

    /// Whether a registry would refuse it: incompatible, or no valid schema.
    pub fn is_refused(&self) -> bool {
        matches!(self.verdict(), None | Some(Verdict::Incompatible))
    }

    fn verdict(&self) -> Option<Verdict> {
        self.asked().map(|report| report.verdict())
    }

    fn exit(&self) -> Exit {
        self.verdict().map_or(Exit::Trouble, Exit::from)
    }

    fn render(&self, renderer: &Renderer<'_>, text: &mut String) {
        match &self.outcome {
            Outcome::Compared(report) | Outcome::Tree(report, _) => {
                for (_, comparison) in &report.comparisons {
                    text.push_str(&renderer.comparison(comparison));
                }
            }
            Outcome::Invalid(problems) => {
                for problem in problems {
                    text.push_str(&renderer.problem(&problem.problem));
                }
            }
        }
    }

    fn collect(&self, collector: &mut Collector<'_>) {
        if let Outcome::Tree(_, files) = &self.outcome {
            for file in files {
                collector.unit(file);
            }
        } else {
            collector.unit(&self.schema);
        }
        match &self.outcome {
            Outcome::Compared(report) | Outcome::Tree(report, _) => {
                for (index, comparison) in &report.comparisons {
                    let against = self.against.get(*index).map(String::as_str);
                    let origin = Origin {
                        name: &self.schema,
                        against: against.filter(|_| self.against.len() > 1),
                    };
                    collector.comparison(origin, comparison, self.directions);
                }
            }
            Outcome::Invalid(problems) => {
                for problem in problems {
                    let origin = Origin::of(&self.schema);
                    collector.problem(origin, &problem.problem, Kind::Invalid);
                }
            }
        }
    }

    fn count(&self, summary: &mut Summary) {
        let report = self.asked();
        let comparisons = report.iter().flat_map(|report| &report.comparisons);
        for (_, comparison) in comparisons {
            summary.count_findings(comparison);
        }
        match (&self.outcome, report) {
            (Outcome::Tree(_, files), Some(report)) => count_tree(&report, files.len(), summary),
            (_, Some(report)) => summary.count(report.verdict()),
            (_, None) => summary.invalid += 1,
        }
    }
}

/// A tree is counted by its files: a finding belongs to the file of its new place, without one to
/// the file of its old place.
fn count_tree(report: &Report, files: usize, summary: &mut Summary) {
    let comparisons = || report.comparisons.iter().map(|(_, comparison)| comparison);
    let broken: BTreeSet<&str> = comparisons()
        .flat_map(Comparison::errors)
        .map(file_of)
        .collect();
    let open: BTreeSet<&str> = comparisons()
        .flat_map(|comparison| &comparison.undecided)
        .map(|open| open.span.as_ref().map_or("", |span| &*span.file))
        .filter(|file| !broken.contains(file))
        .collect();
    summary.incompatible += broken.len();
    summary.undecided += open.len();
    summary.compatible += files.saturating_sub(broken.len() + open.len());
}

fn file_of(finding: &Finding) -> &str {
    debug_assert_eq!(finding.severity, Severity::Error);
    let span = finding.new.as_ref().or(finding.old.as_ref());
    span.map_or("", |span| &*span.file)
}

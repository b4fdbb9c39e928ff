//! What the allow-list makes of results: accepted findings are shown apart, entries that ended or
//! that nothing needs are named.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

use checker::acceptance::{Acceptance, Accepted};
use checker::pattern::Pattern;
use checker::{Comparison, Finding, Problem, Severity, Span};
use serde::Serialize;

use super::Policy;
use crate::context::Context;
use crate::results::{Outcome, Results};

/// A finding that counts for nothing, since an entry accepts it.
#[derive(Clone, Debug, Serialize)]
pub struct AcceptedFinding {
    /// What would break.
    pub finding: Finding,
    /// Why that is accepted.
    pub reason: String,
    /// The last day on which it is.
    pub expires: String,
}

impl Policy {
    /// Takes what is accepted out of results, and warns of entries that ended or are not needed.
    pub fn apply(&self, results: &mut Results, context: &Context) {
        results.quote(&self.source);
        results.warnings.extend(self.repeated());
        for checked in &mut results.checked {
            let Outcome::Tree(report, _) = &mut checked.outcome else {
                continue;
            };
            for (_, comparison) in &mut report.comparisons {
                let accepted = self.allow.apply(comparison, context.today);
                let warnings = self.warnings(&accepted, comparison);
                results.warnings.extend(warnings);
                let accepted = accepted.findings.into_iter();
                results
                    .accepted
                    .extend(accepted.filter_map(|(entry, finding)| {
                        let entry = self.allow.entries.get(entry)?;
                        Some(AcceptedFinding {
                            finding,
                            reason: entry.reason.clone(),
                            expires: entry.expires.to_string(),
                        })
                    }));
                if self.errors_only {
                    let findings = &mut comparison.findings;
                    findings.retain(|finding| finding.severity == Severity::Error);
                }
            }
        }
    }

    /// Entries that say again what another one says, which may end on another day.
    fn repeated(&self) -> Vec<Problem> {
        let mut first: BTreeMap<(&str, &Pattern), &Span> = BTreeMap::new();
        let mut told = Vec::new();
        for (entry, span) in self.allow.entries.iter().zip(&self.places) {
            match first.entry((entry.rule.id, &entry.path)) {
                Slot::Vacant(slot) => {
                    slot.insert(span);
                }
                Slot::Occupied(slot) => {
                    let message = format!(
                        "an entry for `{}` of `{}` is there already, in line {}; remove one",
                        entry.rule.id,
                        entry.path,
                        slot.get().line
                    );
                    told.push(Problem::at(span.clone(), message));
                }
            }
        }
        told
    }

    fn warnings(&self, accepted: &Accepted, left: &Comparison) -> Vec<Problem> {
        let entry = |index: &usize| self.allow.entries.get(*index).zip(self.places.get(*index));
        let expired = accepted.expired.iter().filter_map(entry);
        let expired = expired.map(|(entry, span)| Problem::at(span.clone(), ended(entry, left)));
        let unused = accepted.unused.iter().filter_map(entry);
        let unused = unused.map(|(entry, span)| {
            let message = format!(
                "nothing breaks that this entry accepts (`{}` of `{}`); remove it",
                entry.rule.id, entry.path
            );
            Problem::at(span.clone(), message)
        });
        expired.chain(unused).collect()
    }
}

fn ended(entry: &Acceptance, left: &Comparison) -> String {
    let of = |finding: &&Finding| {
        finding.rule == entry.rule && entry.path.matches(finding.path.as_str())
    };
    let ended = format!("this entry ended on {}", entry.expires);
    match left.findings.iter().find(of) {
        Some(finding) => format!(
            "{ended}, so `{}` of `{}` counts again; mend the break, or decide anew and set a \
             later day",
            entry.rule.id, finding.path
        ),
        None => format!("{ended}, and nothing breaks that it accepted; remove it"),
    }
}

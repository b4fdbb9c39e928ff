//! Two states of a repository with all that can be asked about them: what breaks, what changed at
//! all, how the version number has to grow, and what earlier versions say about it.

use std::collections::BTreeMap;

use super::changelog::{self, Bump, LogEntry};
use super::diff::Change;
use super::judges::inside::is_retyped;
use super::past::History;
use super::rules::{self, Context, removed_without_deprecation};
use super::tree::{Tree, TreeOptions, TreeProblems};
use crate::model::{Category, Comparison, Finding, Rule, Severity};

/// A state of a repository, and what people call it: a tag, a commit, a version.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// As findings name it.
    pub name: &'a str,
    /// Its files.
    pub tree: &'a Tree,
}

/// What there is to say about two states.
#[derive(Clone, Debug)]
pub struct TreeReview {
    /// What breaks.
    pub comparison: Comparison,
    /// Everything that changed, harmful or not: sorted as the findings are.
    pub log: Vec<LogEntry>,
    /// How the version number has to grow. What is accepted by an allow-list counts all the same.
    pub bump: Bump,
}

/// Compares a repository with its old state and with those before it (oldest first), which say what
/// was given up or deprecated when.
pub fn review_trees(
    history: &[Version<'_>],
    old: Version<'_>,
    new: &Tree,
    options: &TreeOptions,
) -> Result<TreeReview, TreeProblems> {
    let past = History::of(history, old, new);
    let mut log = Vec::new();
    let comparison = old
        .tree
        .compared(new, options, Some(&past), Some(&mut log))?;
    log.sort_by(|a, b| {
        let key = |entry: &LogEntry| (entry.new.clone(), entry.path.clone(), entry.kind);
        key(a).cmp(&key(b))
    });
    let texts = |tree: &'_ Tree| -> BTreeMap<String, String> {
        let own = tree.files().filter(|file| !file.import_only);
        own.map(|file| (file.import_path.clone(), file.source.text().to_owned()))
            .collect()
    };
    let same = log.is_empty() && texts(old.tree) == texts(new);
    let bump = Bump::of(&comparison, &log, same);
    Ok(TreeReview {
        comparison,
        log,
        bump,
    })
}

/// What the rules say of changes, weighed as a repository asks. Returns those that have to be judged again
/// with more files linked.
pub(super) fn judge<'c, 'a>(
    cx: &Context,
    changes: Vec<&'c Change<'a>>,
    options: &TreeOptions,
    mut log: Option<&mut Vec<LogEntry>>,
    comparison: &mut Comparison,
) -> Vec<&'c Change<'a>> {
    // The insides of types were judged when the context was made.
    let inside = cx.lacked();
    let mut again = Vec::new();
    for change in changes {
        let mut findings = cx.named(change);
        if cx.lacked() || inside && is_retyped(change) {
            again.push(change);
            continue;
        }
        weigh(cx, change, options, &mut findings);
        if let Some(log) = &mut log {
            log.extend(changelog::entry(change, &findings, cx.old.model));
        }
        if options.errors_only {
            findings.retain(|finding| finding.severity == Severity::Error);
        }
        comparison.findings.append(&mut findings);
        comparison.undecided.extend(cx.causes.undecided(change));
    }
    again
}

/// What is an error here is asked for by category; a rule in no category has its own severity.
fn weigh(cx: &Context, change: &Change, options: &TreeOptions, findings: &mut Vec<Finding>) {
    let retired = removed_without_deprecation::is_retired(change, cx);
    for finding in findings.iter_mut() {
        let categories = finding.rule.categories;
        let asked = |of: &Category| options.categories.iter().any(|asked| asked.contains(*of));
        finding.severity = if categories.is_empty() {
            finding.rule.severity
        } else if categories.iter().any(asked) && !(retired && is_removal(finding)) {
            Severity::Error
        } else {
            Severity::Warning
        };
    }
    let (old, new) = change.files(cx.old.model, cx.new.model);
    let files: Vec<_> = old.into_iter().chain(new).collect();
    options.stability.apply(findings, &files);
    options.severities.apply_to(findings);
}

/// The rules that only say that something is gone. What is reserved or not is another matter, which
/// deprecation does not mend.
static REMOVALS: [&Rule; 7] = [
    &rules::embedded_message_removed::RULE,
    &rules::enum_removed::RULE,
    &rules::extension_removed::RULE,
    &rules::generated_name_removed::RULE,
    &rules::message_removed::RULE,
    &rules::rpc_removed::RULE,
    &rules::service_removed::RULE,
];

fn is_removal(finding: &Finding) -> bool {
    REMOVALS.contains(&finding.rule)
}

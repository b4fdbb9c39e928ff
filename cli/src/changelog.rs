//! Everything that changed between two states of a tree of `.proto` files, as it is printed: for
//! people, as JSON, as Markdown for release notes.

use std::fmt::Write as _;

use checker::model::Path;
use checker::protobuf::{Bump, LogEntry};
use checker::report::escape;
use checker::{Severity, Span};
use serde::Serialize;

use crate::render::markdown::{code, inline};

/// All changes, and what they mean for the version number.
#[derive(Clone, Debug)]
pub struct ChangeLog {
    /// How the version number has to grow.
    pub bump: Bump,
    /// The changes.
    pub entries: Vec<LogEntry>,
}

/// How much a change matters, the worst first.
const WEIGHTS: [(Option<Severity>, &str); 3] = [
    (Some(Severity::Error), "Breaking"),
    (Some(Severity::Warning), "Doubtful"),
    (None, "Harmless"),
];

/// A change as JSON has it.
#[derive(Debug, Serialize)]
pub struct Entry<'a> {
    kind: &'static str,
    element: &'static str,
    path: &'a str,
    moved_to: Option<&'a str>,
    text: &'a str,
    severity: Option<Severity>,
    rules: Vec<&'static str>,
    old: Option<&'a Span>,
    new: Option<&'a Span>,
}

impl ChangeLog {
    /// The changes for JSON.
    pub fn entries(&self) -> Vec<Entry<'_>> {
        let entries = self.entries.iter();
        let entries = entries.map(|entry| Entry {
            kind: entry.kind.name(),
            element: entry.element.name(),
            path: entry.path.as_str(),
            moved_to: entry.moved_to.as_ref().map(Path::as_str),
            text: &entry.text,
            severity: entry.severity,
            rules: entry.rules.iter().map(|rule| rule.id).collect(),
            old: entry.old.as_ref(),
            new: entry.new.as_ref(),
        });
        entries.collect()
    }

    /// A list for each weight, with an empty line after it.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (title, entries) in self.by_weight() {
            let _ = writeln!(out, "{title}:");
            for entry in entries {
                let text = escape(&entry.text);
                let place = entry.new.as_ref().or(entry.old.as_ref());
                let place = place.map_or(String::new(), |span| format!("{span}: "));
                let _ = writeln!(out, "  {}{text}{}", escape(&place), rules(entry));
            }
            out.push('\n');
        }
        out
    }

    /// The same as Markdown.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        for (title, entries) in self.by_weight() {
            let _ = writeln!(out, "#### {title}\n");
            for entry in entries {
                let ids = entry.rules.iter().map(|rule| code(rule.id));
                let ids: Vec<String> = ids.collect();
                let rules = match &*ids {
                    [] => String::new(),
                    ids => format!(" ({})", ids.join(", ")),
                };
                let _ = writeln!(out, "- {}{rules}", inline(&entry.text));
            }
            out.push('\n');
        }
        out
    }

    /// `3 changes: 1 breaks, 2 are harmless; semantic versioning asks for a major version`
    pub fn closing(&self) -> String {
        let all = self.entries.len();
        let version = self.bump.name();
        let plural = if all == 1 { "" } else { "s" };
        let counts = WEIGHTS.iter().map(|(severity, title)| {
            let of = |entry: &&LogEntry| entry.severity == *severity;
            (self.entries.iter().filter(of).count(), title.to_lowercase())
        });
        let counts = counts.filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let told = if counts.is_empty() {
            String::new()
        } else {
            format!(" ({})", counts.join(", "))
        };
        if self.bump == Bump::None {
            return "no changes: no version is needed".to_owned();
        }
        format!("{all} change{plural}{told}: a {version} version by semantic versioning")
    }

    fn by_weight(&self) -> impl Iterator<Item = (&'static str, Vec<&LogEntry>)> {
        let groups = WEIGHTS.iter().map(|(severity, title)| {
            let of = |entry: &&LogEntry| entry.severity == *severity;
            (*title, self.entries.iter().filter(of).collect::<Vec<_>>())
        });
        groups.filter(|(_, entries)| !entries.is_empty())
    }
}

fn rules(entry: &LogEntry) -> String {
    let ids: Vec<&str> = entry.rules.iter().map(|rule| rule.id).collect();
    match &*ids {
        [] => String::new(),
        ids => format!(" [{}]", ids.join(", ")),
    }
}

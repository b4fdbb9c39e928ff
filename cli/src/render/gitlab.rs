//! GitLab's code quality report: a JSON array, shown in the merge request.

use std::borrow::Cow;

use checker::report::escape;
use serde::Serialize;

use super::{Document, Kind, Note};

#[derive(Serialize)]
struct Issue<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    check_name: &'static str,
    description: Cow<'a, str>,
    content: Content,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: &'a str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Content {
    body: String,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// The report. GitLab drops issues without a line, so what has none stands at the first.
pub fn render(document: &Document) -> serde_json::Result<String> {
    let issues: Vec<Issue<'_>> = document.notes().map(issue).collect();
    let mut text = serde_json::to_string_pretty(&issues)?;
    text.push('\n');
    Ok(text)
}

fn issue(note: &Note) -> Issue<'_> {
    let region = note.place.region;
    Issue {
        kind: "issue",
        check_name: note.rule_id(),
        description: escape(&note.message),
        content: Content {
            body: note.lines().join("\n"),
        },
        categories: ["Compatibility"],
        severity: severity(note.kind),
        fingerprint: &note.fingerprint,
        location: Location {
            path: &note.place.file,
            lines: Lines {
                begin: region.map_or(1, |region| region.line),
                end: region.map_or(1, |region| region.end_line),
            },
        },
    }
}

/// One of GitLab's five: info, minor, major, critical, blocker.
const fn severity(kind: Kind) -> &'static str {
    match kind {
        Kind::Error | Kind::Invalid => "critical",
        Kind::Undecided => "major",
        Kind::Warning | Kind::Doubtful => "minor",
    }
}

//! Markdown as GitHub and GitLab show it, for comments and job summaries: a table of what was
//! found, and the details folded away below.

use std::fmt::Write as _;

use checker::report::escape;

use super::{Document, Note};

/// The most notes that the table lists.
const MAX_MARKDOWN_ROWS: usize = 60;
/// Details end before the report has so many bytes: a comment on GitHub may have 65,536 characters.
const MAX_MARKDOWN_BYTES: usize = 60_000;

/// The report.
pub fn render(document: &Document) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "### {}\n", inline(document.command));
    let lines = document.remarks.iter().chain([&document.summary]);
    let lines: Vec<String> = lines.map(|line| inline(line)).collect();
    let _ = writeln!(out, "{}", lines.join("\n\n"));
    accepted(document, &mut out);
    notes(document, &mut out);
    changes(document, &mut out);
    out
}

fn accepted(document: &Document, out: &mut String) {
    if !document.accepted.is_empty() {
        out.push_str("\nAccepted:\n\n");
    }
    for (note, reason) in document.accepted.iter().take(MAX_MARKDOWN_ROWS) {
        let (message, reason) = (inline(&note.message), inline(reason));
        let _ = writeln!(out, "- {message} ({}): {reason}", code(note.rule_id()));
    }
    let rest = document.accepted.len().saturating_sub(MAX_MARKDOWN_ROWS);
    tell_rest(rest, out);
}

/// Everything that changed, unless there is no room for it.
fn changes(document: &Document, out: &mut String) {
    let changes = &document.changes;
    if changes.is_empty() {
        return;
    }
    out.push_str("\n<details>\n<summary>All changes</summary>\n\n");
    if out.len() + changes.len() > MAX_MARKDOWN_BYTES {
        let _ = writeln!(out, "too many to list here");
    } else {
        out.push_str(changes);
    }
    out.push_str("\n</details>\n");
}

fn notes(document: &Document, out: &mut String) {
    let notes = in_order(document);
    if notes.is_empty() {
        return;
    }
    out.push_str("\n| | where | what |\n|---|---|---|\n");
    for note in notes.iter().take(MAX_MARKDOWN_ROWS) {
        row(note, out);
    }
    tell_rest(notes.len().saturating_sub(MAX_MARKDOWN_ROWS), out);
    out.push_str("\n<details>\n<summary>Details</summary>\n");
    let mut told = 0;
    for note in &notes {
        let details = details(note);
        if out.len() + details.len() > MAX_MARKDOWN_BYTES {
            break;
        }
        out.push_str(&details);
        told += 1;
    }
    tell_rest(notes.len() - told, out);
    out.push_str("\n</details>\n");
}

fn tell_rest(rest: usize, out: &mut String) {
    if rest > 0 {
        let _ = writeln!(out, "\nand {rest} more");
    }
}

/// What fails before what does not.
fn in_order(document: &Document) -> Vec<&Note> {
    let mut notes: Vec<&Note> = document.notes().collect();
    notes.sort_by_key(|note| !note.kind.fails());
    notes
}

fn row(note: &Note, out: &mut String) {
    let weight = note.kind.word();
    let (place, rule) = (code(&note.place.shown()), code(note.rule_id()));
    let message = inline(&note.message);
    let _ = writeln!(out, "| **{weight}** | {place} | {message}<br>{rule} |");
}

fn details(note: &Note) -> String {
    let (place, message) = (code(&note.place.shown()), inline(&note.message));
    let mut out = format!("\n**{}** {place}: {message}\n\n", note.kind.word());
    for (word, text) in &note.details {
        let _ = writeln!(out, "- {word}: {}", inline(text));
    }
    out
}

/// One of our own lines, in which names stand between backticks: those become code, the rest is
/// shown as it is.
pub(crate) fn inline(text: &str) -> String {
    let text = escape(text);
    let parts: Vec<&str> = text.split('`').collect();
    // Without a partner a backtick is only a character.
    let paired = parts.len() % 2 == 1;
    let mut out = String::with_capacity(text.len() + 16);
    if !paired {
        literal(&text, &mut out);
        return out;
    }
    for (at, part) in parts.iter().enumerate() {
        if at % 2 == 1 {
            out.push_str(&code(part));
        } else {
            literal(part, &mut out);
        }
    }
    out
}

/// A code span, fenced by more backticks than it holds. No fence protects a bar in a table, so what
/// has one is code by HTML.
pub(crate) fn code(text: &str) -> String {
    let text = escape(text);
    if text.contains('|') || text.is_empty() {
        let mut out = String::from("<code>");
        literal(&text, &mut out);
        out.push_str("</code>");
        return out;
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Text without any meaning: no emphasis, links, HTML, mentions or references to issues.
fn literal(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '|' => out.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
}

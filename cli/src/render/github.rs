//! Workflow commands of GitHub Actions: each note becomes an annotation of the pull request.

use std::borrow::Cow;
use std::fmt::Write as _;

use checker::report::escape;

use super::{Document, Kind, Note, Place};

/// `::error file=order.proto,line=7,col=3,…,title=protobuf/field-type-changed::…`, a line for each
/// note, and the closing line.
pub fn render(document: &Document) -> String {
    let mut out = String::new();
    for note in document.notes() {
        let command = if note.kind.fails() {
            "error"
        } else {
            "warning"
        };
        let place = properties(&note.place);
        let title = property(&title(note)).into_owned();
        let message = note.lines().join("\n");
        let message = data(&message);
        let _ = writeln!(out, "::{command} {place},title={title}::{message}");
    }
    // Not to be taken for a command, whatever it quotes.
    for line in document.remarks.iter().chain([&document.summary]) {
        out.push_str(&escape(line));
        out.push('\n');
    }
    out
}

fn title(note: &Note) -> String {
    match note.kind {
        Kind::Error | Kind::Warning => note.rule_id().to_owned(),
        Kind::Undecided => "undecided".to_owned(),
        Kind::Invalid => "not a valid schema".to_owned(),
        Kind::Doubtful => "doubtful".to_owned(),
    }
}

fn properties(place: &Place) -> String {
    let file = property(&place.file);
    let Some(region) = place.region else {
        return format!("file={file}");
    };
    let (line, end_line) = (region.line, region.end_line);
    // GitHub refuses columns of an annotation that spans lines.
    if line == end_line {
        let (column, end_column) = (region.column, region.end_column);
        format!("file={file},line={line},endLine={end_line},col={column},endColumn={end_column}")
    } else {
        format!("file={file},line={line},endLine={end_line}")
    }
}

/// The text of a command: what ends a line, and the sign that escapes.
fn data(text: &str) -> Cow<'_, str> {
    percent(text, &['%', '\r', '\n'])
}

/// A property of a command: also what separates properties.
fn property(text: &str) -> Cow<'_, str> {
    percent(text, &['%', '\r', '\n', ':', ','])
}

fn percent<'a>(text: &'a str, special: &[char]) -> Cow<'a, str> {
    if !text.contains(special) && !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if special.contains(&c) {
            let _ = write!(out, "%{:02X}", u32::from(c));
        } else if c.is_control() {
            // A log is shown in a terminal.
            out.extend(c.escape_debug());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_neither_end_a_property_nor_colour_the_log() {
        assert_eq!(property("a:b,c\n%.proto"), "a%3Ab%2Cc%0A%25.proto");
        assert_eq!(property("\u{1b}[31m.proto"), "\\u{1b}[31m.proto");
        assert_eq!(data("one\ntwo: \u{7}"), "one%0Atwo: \\u{7}");
    }
}

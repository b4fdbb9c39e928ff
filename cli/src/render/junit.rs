//! The XML of `JUnit`, which every CI system shows as test results: a test case for each file or
//! schema. What breaks is a failure, what is not valid or undecided an error.

use std::fmt::Write as _;

use checker::report::escape;

use super::{Document, Kind, Note, Unit};

/// The report.
pub fn render(document: &Document) -> String {
    let all = document.units.len();
    let outcomes = || document.units.iter().map(outcome);
    let failures = outcomes().filter(|of| *of == Outcome::Failed).count();
    let errors = outcomes().filter(|of| *of == Outcome::Error).count();
    let counts = format!("tests=\"{all}\" failures=\"{failures}\" errors=\"{errors}\"");
    let command = attribute(document.command);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"{command}\" {counts}>");
    let _ = writeln!(
        out,
        "  <testsuite name=\"{command}\" {counts} skipped=\"0\">"
    );
    for unit in &document.units {
        test_case(unit, document.command, &mut out);
    }
    let remarks = document.remarks.iter().chain([&document.summary]);
    let remarks: Vec<String> = remarks.map(|line| text(&escape(line))).collect();
    let _ = writeln!(out, "    <system-out>{}</system-out>", remarks.join("\n"));
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Error,
}

/// A found break outranks what could not be told.
fn outcome(unit: &Unit) -> Outcome {
    let has = |kinds: &[Kind]| unit.notes.iter().any(|note| kinds.contains(&note.kind));
    if has(&[Kind::Error]) {
        Outcome::Failed
    } else if has(&[Kind::Invalid, Kind::Undecided]) {
        Outcome::Error
    } else {
        Outcome::Passed
    }
}

fn test_case(unit: &Unit, command: &str, out: &mut String) {
    let (name, class) = (attribute(&unit.name), attribute(command));
    let _ = write!(
        out,
        "    <testcase name=\"{name}\" classname=\"{class}\" file=\"{name}\""
    );
    if unit.notes.is_empty() {
        out.push_str("/>\n");
        return;
    }
    out.push_str(">\n");
    // One element: some readers know only the first.
    let failing: Vec<&Note> = unit.notes.iter().filter(|note| note.kind.fails()).collect();
    match outcome(unit) {
        Outcome::Failed => failure("failure", &failing, out),
        Outcome::Error => failure("error", &failing, out),
        Outcome::Passed => {}
    }
    let told: Vec<&Note> = unit
        .notes
        .iter()
        .filter(|note| !note.kind.fails())
        .collect();
    if !told.is_empty() {
        let body = body(&told);
        let _ = writeln!(out, "      <system-out>{}</system-out>", text(&body));
    }
    out.push_str("    </testcase>\n");
}

fn failure(element: &str, notes: &[&Note], out: &mut String) {
    let Some(first) = notes.first() else { return };
    let message = match notes.len() {
        1 => first.message.clone(),
        count => format!("{} (and {} more)", first.message, count - 1),
    };
    let (message, kind) = (attribute(&message), attribute(first.rule_id()));
    let body = text(&body(notes));
    let _ = writeln!(
        out,
        "      <{element} message=\"{message}\" type=\"{kind}\">{body}</{element}>"
    );
}

/// The notes with their details, an empty line between them. Its own line ends are the only ones.
fn body(notes: &[&Note]) -> String {
    let told = notes.iter().map(|note| {
        let place = escape(&note.place.shown()).into_owned();
        let head = format!("{}[{}] {place}", note.kind.word(), note.rule_id());
        format!("{head}\n{}", note.lines().join("\n"))
    });
    let told: Vec<String> = told.collect();
    told.join("\n\n")
}

/// What stands between double quotes; line ends would be read as blanks there.
fn attribute(value: &str) -> String {
    text(&escape(value))
}

/// Text of an element. XML 1.0 has no way to write most control characters, nor the two that are
/// no characters.
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            c if c.is_control() => out.extend(c.escape_debug()),
            c => out.push(c),
        }
    }
    out
}

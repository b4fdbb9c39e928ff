//! The form for people, in the manner of compilers: what breaks, where in the new and in the old
//! text, which direction, shown by what, and what to do about it.

use std::fmt::Write as _;

use super::group::{Group, LOOK_BACK, group};
use super::snippet::{self, Quote, Role};
use super::{Sources, escape::escape};

use crate::model::{
    Category, Comparison, Direction, Finding, Problem, Severity, Span, Undecided, Witness,
    WitnessKind,
};

/// The most hexadecimal digits of a witness that are shown; the JSON form has all.
const MAX_HEX_DIGITS: usize = 96;
/// The most characters of a witness's datum that are shown; the JSON form has all.
const MAX_DATUM_CHARS: usize = 400;

/// What stands before and after a text to colour it; empty for plain text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// Before the text.
    pub on: String,
    /// After the text.
    pub off: String,
}

impl Paint {
    /// The text between the two.
    pub(super) fn around(&self, text: &str) -> String {
        format!("{}{text}{}", self.on, self.off)
    }

    pub(super) fn write(&self, text: &str, out: &mut String) {
        for part in [&self.on, text, &self.off] {
            out.push_str(part);
        }
    }
}

/// The colours of a report. The default is plain text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Styles {
    /// The word `error` with its rule.
    pub error: Paint,
    /// The word `warning` with its rule.
    pub warning: Paint,
    /// The word `undecided`.
    pub undecided: Paint,
    /// The message beside them.
    pub message: Paint,
    /// Arrows, bars and line numbers.
    pub frame: Paint,
    /// Marks and label of the new place.
    pub primary: Paint,
    /// Marks and label of the old place.
    pub secondary: Paint,
}

/// Turns findings into text.
#[derive(Clone, Copy, Debug)]
pub struct Renderer<'a> {
    /// The texts to quote.
    pub sources: &'a Sources,
    /// The colours.
    pub styles: &'a Styles,
    /// The directions that were asked for. A finding in another direction only adds to `breaks` of
    /// its twin.
    pub directions: &'a [Direction],
}

impl Renderer<'_> {
    /// A comparison: findings, then what stays open, with an empty line after each.
    pub fn comparison(&self, comparison: &Comparison) -> String {
        let mut out = String::new();
        for group in group(&comparison.findings) {
            let asked = |direction: &Direction| group.breaks(*direction);
            if self.directions.iter().any(asked) {
                self.group(&group, &mut out);
                out.push('\n');
            }
        }
        for (open, directions) in merge(&comparison.undecided, self.directions) {
            self.undecided(open, &directions, &mut out);
            out.push('\n');
        }
        out
    }

    /// Why a text is not a valid schema, with an empty line after it.
    pub fn problem(&self, problem: &Problem) -> String {
        let mut out = String::new();
        self.heading(&self.styles.error, "error", &problem.message, &mut out);
        self.quotes(&quote(problem.span.as_ref()), &mut out);
        out.push('\n');
        out
    }

    /// What is legal and probably not meant, with an empty line after it.
    pub fn warning(&self, problem: &Problem) -> String {
        let mut out = String::new();
        self.heading(&self.styles.warning, "warning", &problem.message, &mut out);
        self.quotes(&quote(problem.span.as_ref()), &mut out);
        out.push('\n');
        out
    }

    fn group(&self, group: &Group<'_>, out: &mut String) {
        let finding = self.shown_first(group);
        let (paint, word) = match finding.severity {
            Severity::Error => (&self.styles.error, "error"),
            Severity::Warning => (&self.styles.warning, "warning"),
        };
        let title = format!("{word}[{}]", finding.rule.id);
        self.heading(paint, &title, &finding.message, out);
        let quotes = quotes(finding);
        self.quotes(&quotes, out);
        let margin = " ".repeat(snippet::gutter(&quotes) + 2);
        for (name, text) in self.notes(group, finding) {
            let frame = self.styles.frame.around("=");
            let _ = writeln!(out, "{margin}{frame} {name:<8} {}", escape(&text));
        }
    }

    /// The finding whose words are shown: the first one that was asked for.
    fn shown_first<'f>(&self, group: &Group<'f>) -> &'f Finding {
        group
            .findings()
            .find(|finding| self.directions.contains(&finding.direction))
            .unwrap_or(group.first)
    }

    fn notes(&self, group: &Group<'_>, shown: &Finding) -> Vec<(&'static str, String)> {
        let word = match shown.severity {
            Severity::Error => "breaks",
            Severity::Warning => "affects",
        };
        let mut notes = vec![(word, breaks(group))];
        let asked = |finding: &&Finding| self.directions.contains(&finding.direction);
        for finding in group.findings().filter(asked) {
            if finding.message != shown.message {
                let level = finding.direction.level_name();
                notes.push(("note", format!("{level}: {}", finding.message)));
            }
            if let Some(witness) = &finding.witness {
                notes.push(("witness", describe(witness, finding.direction)));
            }
        }
        if let Some(hint) = &shown.hint {
            notes.push(("help", hint.text.clone()));
        }
        notes.push(("more", format!("schemactl explain {}", shown.rule.id)));
        notes
    }

    fn undecided(&self, open: &Undecided, directions: &[Direction], out: &mut String) {
        let message = if open.path.as_str().is_empty() {
            open.reason.clone()
        } else {
            format!("`{}`: {}", open.path, open.reason)
        };
        self.heading(&self.styles.undecided, "undecided", &message, out);
        let quotes = quote(open.span.as_ref());
        self.quotes(&quotes, out);
        let margin = " ".repeat(snippet::gutter(&quotes) + 2);
        let frame = self.styles.frame.around("=");
        let _ = writeln!(out, "{margin}{frame} {:<8} {}", "open", listed(directions));
    }

    fn heading(&self, paint: &Paint, title: &str, message: &str, out: &mut String) {
        paint.write(title, out);
        self.styles
            .message
            .write(&format!(": {}", escape(message)), out);
        out.push('\n');
    }

    fn quotes(&self, quotes: &[Quote<'_>], out: &mut String) {
        let gutter = snippet::gutter(quotes);
        for quote in quotes {
            snippet::write(quote, gutter, self.sources, self.styles, out);
        }
    }
}

fn quote(span: Option<&Span>) -> Vec<Quote<'_>> {
    let role = Role::Primary;
    span.map(|span| Quote {
        role,
        span,
        label: None,
    })
    .into_iter()
    .collect()
}

fn quotes(finding: &Finding) -> Vec<Quote<'_>> {
    let new = finding.new.as_ref().map(|span| Quote {
        role: Role::Primary,
        span,
        label: finding.new_label.as_deref(),
    });
    let old = finding.old.as_ref().map(|span| Quote {
        role: Role::Secondary,
        span,
        label: finding.old_label.as_deref(),
    });
    new.into_iter().chain(old).collect()
}

/// `BACKWARD (new code, old data) and FORWARD (old code, new data)`, for what breaks calls
/// `BACKWARD (old clients, new servers)`.
fn breaks(group: &Group<'_>) -> String {
    let directions: Vec<Direction> = [Direction::Backward, Direction::Forward]
        .into_iter()
        .filter(|direction| group.breaks(*direction))
        .collect();
    let categories = group.first.rule.categories;
    let data = categories.contains(&Category::Wire) || categories.contains(&Category::WireJson);
    if categories.contains(&Category::Grpc) && !data {
        return callers(&directions);
    }
    listed(&directions)
}

fn callers(directions: &[Direction]) -> String {
    let words: Vec<&str> = directions
        .iter()
        .map(|direction| match direction {
            Direction::Backward => "BACKWARD (old clients, new servers)",
            Direction::Forward => "FORWARD (new clients, old servers)",
        })
        .collect();
    words.join(" and ")
}

fn listed(directions: &[Direction]) -> String {
    let words: Vec<&str> = directions
        .iter()
        .map(|direction| match direction {
            Direction::Backward => "BACKWARD (new code, old data)",
            Direction::Forward => "FORWARD (old code, new data)",
        })
        .collect();
    words.join(" and ")
}

/// `{"amount": 1}, which the old schema writes as 02: reading it with the new schema fails, …`
fn describe(witness: &Witness, direction: Direction) -> String {
    let writer = match direction {
        Direction::Backward => "old",
        Direction::Forward => "new",
    };
    let without = match witness.kind {
        WitnessKind::AvroDatumWithoutField => " before the field existed",
        WitnessKind::AvroDatum
        | WitnessKind::JsonDocument
        | WitnessKind::ProtobufMessage
        | WitnessKind::GrpcCall => "",
    };
    let mut text = shortened(&witness.input, MAX_DATUM_CHARS);
    match &witness.bytes_hex {
        Some(hex) if hex.is_empty() => {
            let _ = write!(
                text,
                ", which the {writer} schema{without} writes as no bytes at all"
            );
        }
        Some(hex) => {
            let hex = shortened(hex, MAX_HEX_DIGITS);
            let _ = write!(text, ", which the {writer} schema{without} writes as {hex}");
        }
        // The outcome of a document or a call says who allows it.
        None => {}
    }
    let _ = write!(text, ": {}", witness.outcome);
    let output = witness.output.as_ref();
    if let Some(output) = output.filter(|output| !witness.outcome.contains(*output)) {
        let _ = write!(text, ", read as {}", shortened(output, MAX_DATUM_CHARS));
    }
    text
}

fn shortened(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some((end, _)) => {
            let rest = text[end..].chars().count();
            format!("{}… ({rest} more characters)", &text[..end])
        }
    }
}

/// What is open in both directions is told once.
fn merge<'a>(
    undecided: &'a [Undecided],
    asked: &[Direction],
) -> Vec<(&'a Undecided, Vec<Direction>)> {
    let mut merged: Vec<(&Undecided, Vec<Direction>)> = Vec::new();
    for open in undecided
        .iter()
        .filter(|open| asked.contains(&open.direction))
    {
        let same = |other: &Undecided| {
            (&other.path, &other.span, &other.reason) == (&open.path, &open.span, &open.reason)
        };
        match merged
            .iter_mut()
            .rev()
            .take(LOOK_BACK)
            .find(|(other, _)| same(other))
        {
            Some((_, directions)) => directions.push(open.direction),
            None => merged.push((open, vec![open.direction])),
        }
    }
    merged
}

#[cfg(test)]
mod tests;

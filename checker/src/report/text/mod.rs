//! The form for people, in the manner of compilers: what breaks, where in the new and in the old
//! text, which direction, shown by what, and what to do about it.

use std::fmt::Write as _;

use super::snippet::{self, Quote, Role};
use super::told::{Subject, Told, told};
use super::{Sources, escape::escape};

use crate::model::{Comparison, Direction, Finding, Problem, Severity, Span};

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
        for told in told(comparison, self.directions) {
            self.told(&told, &mut out);
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

    fn told(&self, told: &Told<'_>, out: &mut String) {
        let (paint, title, quotes) = match told.subject {
            Subject::Finding(finding) => {
                let paint = match finding.severity {
                    Severity::Error => &self.styles.error,
                    Severity::Warning => &self.styles.warning,
                };
                let title = format!("{}[{}]", finding.severity.name(), finding.rule.id);
                (paint, title, quotes(finding))
            }
            Subject::Undecided(open) => {
                let paint = &self.styles.undecided;
                (paint, "undecided".to_owned(), quote(open.span.as_ref()))
            }
        };
        self.heading(paint, &title, &told.message(), out);
        self.quotes(&quotes, out);
        let margin = " ".repeat(snippet::gutter(&quotes) + 2);
        let frame = self.styles.frame.around("=");
        for (name, text) in told.notes() {
            let _ = writeln!(out, "{margin}{frame} {name:<8} {}", escape(text));
        }
        out.push('\n');
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

#[cfg(test)]
mod tests;

//! Quoting a place: the line of the source with marks under it and a label beside them.
//!
//! ```text
//!   --> order.avsc:7:32
//!    |
//!  7 |     {"name": "amount", "type": "string"}
//!    |                                ^^^^^^^^ a reader with this schema expects a string
//! ```
//!
//! Tabs are widened, control characters spelled out, long lines cut around the place; a place of
//! several lines is shown by its first and its last one.

use std::fmt::Write as _;

use super::Sources;
use super::escape::{escape, push_escaped, width};
use super::text::{Paint, Styles};
use crate::model::Span;

/// The most columns of a source line that are quoted.
const MAX_COLUMNS: usize = 120;
/// How many columns before the place stay when a long line is cut.
const CONTEXT_COLUMNS: usize = 40;
/// How many characters of a line are looked at: enough for any line that a person wrote, and a
/// bound for a megabyte of minified JSON.
const MAX_SCANNED: usize = 1 << 20;
/// Spaces that stand for a tab.
const TAB: &str = "    ";

/// The two kinds of places.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    /// What is judged: `-->` and `^^^`.
    Primary,
    /// What it is held against: `:::` and `---`.
    Secondary,
}

/// A place to quote.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quote<'a> {
    pub(super) role: Role,
    pub(super) span: &'a Span,
    pub(super) label: Option<&'a str>,
}

/// The width of the column of line numbers that these places need.
pub(super) fn gutter(quotes: &[Quote<'_>]) -> usize {
    let widest = quotes
        .iter()
        .map(|quote| quote.span.end_line.max(quote.span.line));
    widest.max().unwrap_or(1).to_string().len()
}

/// Writes the arrow line and, where the source is known, the quotation.
pub(super) fn write(
    quote: &Quote<'_>,
    gutter: usize,
    sources: &Sources,
    styles: &Styles,
    out: &mut String,
) {
    let arrow = match quote.role {
        Role::Primary => "-->",
        Role::Secondary => ":::",
    };
    let place = quote.span.to_string();
    let margin = " ".repeat(gutter + 1);
    out.push_str(&margin);
    styles.frame.write(arrow, out);
    out.push(' ');
    out.push_str(&escape(&place));
    out.push('\n');
    let lines = Lines {
        quote,
        gutter,
        styles,
    };
    lines.write(sources, out);
}

struct Lines<'a> {
    quote: &'a Quote<'a>,
    gutter: usize,
    styles: &'a Styles,
}

impl Lines<'_> {
    fn write(&self, sources: &Sources, out: &mut String) {
        let span = self.quote.span;
        let Some(first) = sources.line(&span.file, span.line) else {
            return self.label_alone(out);
        };
        self.bar(None, out);
        out.push('\n');
        // An end at the start of a line means the end of the line before.
        let ends_at_line_start = span.end_line > span.line && span.end_column <= 1;
        let last_line = span.end_line - u32::from(ends_at_line_start);
        if last_line <= span.line {
            let end = if span.end_line > span.line {
                u32::MAX
            } else {
                span.end_column
            };
            return self.line(span.line, first, span.column..end, self.quote.label, out);
        }
        self.line(span.line, first, span.column..u32::MAX, None, out);
        if last_line > span.line + 1 {
            let _ = writeln!(out, "{}", self.styles.frame.around("..."));
        }
        let last = sources.line(&span.file, last_line).unwrap_or_default();
        let indent = last.chars().take_while(|c| c.is_whitespace()).count();
        let start = u32::try_from(indent).unwrap_or(0).saturating_add(1);
        let end = if ends_at_line_start {
            u32::MAX
        } else {
            span.end_column
        };
        self.line(last_line, last, start..end, self.quote.label, out);
    }

    /// A label without a text that it could stand beside.
    fn label_alone(&self, out: &mut String) {
        if let Some(label) = self.quote.label {
            self.bar(None, out);
            let _ = writeln!(out, " {}", self.paint().around(&escape(label)));
        }
    }

    fn line(
        &self,
        number: u32,
        text: &str,
        columns: std::ops::Range<u32>,
        label: Option<&str>,
        out: &mut String,
    ) {
        let shown = Shown::of(text, columns);
        self.bar(Some(number), out);
        let _ = writeln!(out, " {}", shown.text);
        self.bar(None, out);
        let mark = match self.quote.role {
            Role::Primary => "^",
            Role::Secondary => "-",
        };
        let mut marks = mark.repeat(shown.marked);
        if let Some(label) = label {
            marks.push(' ');
            marks.push_str(&escape(label));
        }
        let indent = " ".repeat(shown.before + 1);
        let _ = writeln!(out, "{indent}{}", self.paint().around(&marks));
    }

    fn bar(&self, number: Option<u32>, out: &mut String) {
        let number = number.map(|number| number.to_string()).unwrap_or_default();
        let gutter = self.gutter;
        self.styles
            .frame
            .write(&format!(" {number:>gutter$} |"), out);
    }

    const fn paint(&self) -> &Paint {
        match self.quote.role {
            Role::Primary => &self.styles.primary,
            Role::Secondary => &self.styles.secondary,
        }
    }
}

/// A line as it is shown, with the columns of the marks under it.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    text: String,
    /// Columns before the marks.
    before: usize,
    /// How many marks; at least one.
    marked: usize,
}

/// One character of the source as it is shown.
struct Cell {
    text: String,
    width: usize,
    marked: bool,
}

impl Shown {
    /// `columns` are 1-based characters, end exclusive.
    fn of(line: &str, columns: std::ops::Range<u32>) -> Self {
        let line = line.trim_end();
        let at = |column: u32| {
            usize::try_from(column)
                .unwrap_or(usize::MAX)
                .saturating_sub(1)
        };
        let (start, end) = (at(columns.start), at(columns.end));
        let cells: Vec<Cell> = line
            .chars()
            .take(MAX_SCANNED)
            .enumerate()
            .map(|(index, c)| cell(c, (start..end).contains(&index)))
            .collect();
        Self::cut(&cells, start)
    }

    fn cut(cells: &[Cell], start: usize) -> Self {
        let total: usize = cells.iter().map(|cell| cell.width).sum();
        let from = if total > MAX_COLUMNS {
            first_shown(cells, start)
        } else {
            0
        };
        let mut shown = Self {
            text: String::new(),
            before: 0,
            marked: 0,
        };
        let mut columns = 0;
        if from > 0 {
            shown.text.push('…');
            columns = 1;
        }
        shown.before = columns;
        for (index, cell) in cells.iter().enumerate().skip(from) {
            if total > MAX_COLUMNS && columns + cell.width >= MAX_COLUMNS {
                shown.text.push('…');
                break;
            }
            shown.text.push_str(&cell.text);
            columns += cell.width;
            if index < start {
                shown.before = columns;
            } else if cell.marked {
                shown.marked += cell.width;
            }
        }
        shown.marked = shown.marked.max(1);
        shown
    }
}

/// The first cell to show of a line that is too long.
fn first_shown(cells: &[Cell], start: usize) -> usize {
    let start = start.min(cells.len());
    let mut columns = 0;
    let kept = cells[..start].iter().rev().take_while(|cell| {
        columns += cell.width;
        columns <= CONTEXT_COLUMNS
    });
    start - kept.count()
}

fn cell(c: char, marked: bool) -> Cell {
    let text = if c == '\t' {
        TAB.to_owned()
    } else {
        let mut text = String::new();
        push_escaped(c, &mut text);
        text
    };
    let width = text.chars().map(width).sum();
    Cell {
        text,
        width,
        marked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn shown(line: &str, columns: std::ops::Range<u32>, expected: (&str, usize, usize)) {
        let (text, before, marked) = expected;
        let expected = Shown {
            text: text.to_owned(),
            before,
            marked,
        };
        assert_eq!(Shown::of(line, columns), expected);
    }

    #[test]
    fn marks_stand_under_their_characters() {
        shown("abc def", 5..8, ("abc def", 4, 3));
        shown("\tab", 2..3, ("    ab", 4, 1));
        shown("数数 x", 4..5, ("数数 x", 5, 1));
        shown("e\u{301}x", 3..4, ("e\u{301}x", 1, 1));
    }

    #[test]
    fn an_empty_place_and_one_behind_the_line_get_one_mark() {
        shown("abc", 2..2, ("abc", 1, 1));
        shown("abc", 9..12, ("abc", 3, 1));
        shown("", 1..1, ("", 0, 1));
    }

    #[test]
    fn control_characters_are_spelled_out_and_counted() {
        shown("a\u{1b}b", 3..4, ("a\\u{1b}b", 7, 1));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{}HERE{}", "a".repeat(500), "b".repeat(500));
        let shown = Shown::of(&line, 501..505);
        assert_eq!(shown.text.chars().count(), MAX_COLUMNS);
        assert!(shown.text.starts_with('…') && shown.text.ends_with('…'));
        let marked: String = shown
            .text
            .chars()
            .skip(shown.before)
            .take(shown.marked)
            .collect();
        assert_eq!(marked, "HERE");
    }

    #[test]
    fn marks_end_where_a_cut_line_ends() {
        let shown = Shown::of(&"x".repeat(1000), 1..1001);
        assert_eq!(shown.text.chars().count(), MAX_COLUMNS);
        assert_eq!((shown.before, shown.marked), (0, MAX_COLUMNS - 1));
    }
}

//! Findings as they are printed.

use super::columns;
use super::image::{Image, Place};
use super::rules::{At, Found};
use crate::model::{Problem, Source};
use crate::protobuf::Tree;

/// What stands for the rule in errors of compilation.
pub const COMPILE: &str = "COMPILE";

/// A finding, or an error of compilation. Lines and columns are 1-based, the end is excluded; 0 where
/// there is no place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The name of the new file to print; `None` where there is none.
    pub path: Option<String>,
    /// The first line.
    pub line: usize,
    /// The first column, as a terminal shows it; in errors of compilation the first byte.
    pub column: usize,
    /// The id of the rule, or [`COMPILE`].
    pub rule: String,
    /// What there is to say.
    pub message: String,
    /// The last line.
    pub end_line: usize,
    /// The column behind the last one.
    pub end_column: usize,
}

/// In the order in which they are printed, each once.
pub(super) fn sorted(lines: impl Iterator<Item = Line>) -> Vec<Line> {
    let mut lines: Vec<Line> = lines.collect();
    lines.sort();
    lines.dedup();
    lines
}

pub(super) fn of(found: &Found, new: &Image) -> Line {
    let at = |path: Option<&str>, start: (usize, usize), end: (usize, usize)| Line {
        path: path.map(|path| shown(new, path)),
        line: start.0,
        column: start.1,
        rule: found.rule.to_owned(),
        message: found.message.clone(),
        end_line: end.0,
        end_column: end.1,
    };
    match &found.at {
        At::Nowhere => at(None, (0, 0), (0, 0)),
        At::File(file) => at(Some(file), (1, 1), (1, 1)),
        At::Place(place) => {
            let (start, end) = positions(new, place);
            at(Some(place.file), start, end)
        }
    }
}

/// An error of compilation, whose columns count bytes.
pub(super) fn of_problem(problem: &Problem, tree: &Tree) -> Line {
    let mut line = Line {
        path: None,
        line: 0,
        column: 0,
        rule: COMPILE.to_owned(),
        message: problem.message.clone(),
        end_line: 0,
        end_column: 0,
    };
    if let Some(span) = &problem.span {
        let source = tree
            .files()
            .map(|file| &file.source)
            .find(|source| source.file() == &*span.file);
        line.path = Some(span.file.to_string());
        (line.line, line.column) = in_bytes(source, span.line, span.column);
        (line.end_line, line.end_column) = in_bytes(source, span.end_line, span.end_column);
    }
    line
}

/// A line and a column that counts characters, as a column that counts bytes.
fn in_bytes(source: Option<&Source>, line: u32, column: u32) -> (usize, usize) {
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let (line, column) = (number(line), number(column));
    let text = source.and_then(|source| source.text().split('\n').nth(line.checked_sub(1)?));
    let before = text.map(|text| text.chars().take(column.saturating_sub(1)));
    let bytes = before.map(|before| before.map(char::len_utf8).sum::<usize>() + 1);
    (line, bytes.unwrap_or(column))
}

fn shown(image: &Image, path: &str) -> String {
    let file = image.files.get(path);
    file.map_or(path, |file| file.linked.source.file())
        .to_owned()
}

fn positions(image: &Image, place: &Place) -> ((usize, usize), (usize, usize)) {
    let Some(file) = image.files.get(place.file) else {
        return ((1, 1), (1, 1));
    };
    let places = &file.linked.places;
    let text = places.text();
    let column = |offset: usize| {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or(before);
        columns::width(line) + 1
    };
    let (start, end) = (place.range.start, place.range.end);
    let (line, end_line) = places.lines(place.range.clone());
    ((line, column(start)), (end_line, column(end)))
}

//! What the reading of `protos.toml` and of `consumers.toml` has in common: TOML with places, and all
//! that is wrong with a file at once. What the tables mean is for their own readers to say.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use checker::model::LineIndex;
use checker::{Problem, Source, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::Error;

/// A value with its place.
pub type Value<'i> = Spanned<DeValue<'i>>;

/// A file on the way to what it says.
#[derive(Debug)]
pub struct Tables {
    index: LineIndex,
    problems: Vec<Problem>,
}

impl Tables {
    /// Reads a file by `read`, which does not run where the text is no TOML. Problems come in the
    /// order of the text: tables are read in the order of their names.
    pub fn read<T: Default>(
        source: &Source,
        read: impl FnOnce(&mut Self, &DeTable<'_>) -> T,
    ) -> (T, Vec<Problem>) {
        let mut tables = Self {
            index: LineIndex::new(source),
            problems: Vec::new(),
        };
        let (table, errors) = DeTable::parse_recoverable(source.text());
        let said = if errors.is_empty() {
            read(&mut tables, table.get_ref())
        } else {
            T::default()
        };
        for error in errors {
            let message = format!("this is no TOML: {}", error.message());
            tables.problem(error.span().unwrap_or(0..0), message);
        }
        let mut problems = tables.problems;
        problems.sort_by_key(|problem| {
            let span = problem.span.as_ref();
            span.map(|span| (span.line, span.column))
        });
        (said, problems)
    }

    /// Adds what is wrong.
    pub fn problem(&mut self, at: Range<usize>, message: impl Into<String>) {
        let span = self.span(at);
        self.problems.push(Problem::at(span, message));
    }

    /// How much is wrong so far.
    pub const fn problem_count(&self) -> usize {
        self.problems.len()
    }

    /// The place of a range of bytes.
    pub fn span(&self, at: Range<usize>) -> Span {
        self.index.span(at)
    }

    /// A text; for anything else it is told what is expected.
    pub fn text(&mut self, value: &Value<'_>, expected: &str) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.problem(value.span(), expected);
        }
        text
    }

    /// A text or a list of texts, each with its place.
    pub fn texts(&mut self, value: &Value<'_>, expected: &str) -> Vec<(String, Range<usize>)> {
        let values = match value.get_ref() {
            DeValue::Array(values) => values.iter().collect(),
            _ => vec![value],
        };
        let mut texts = Vec::new();
        for value in values {
            texts.extend(self.text(value, expected).map(|text| (text, value.span())));
        }
        texts
    }

    /// A key that nobody knows: the nearest known one, or else what there is.
    pub fn unknown(&mut self, key: &str, at: Range<usize>, known: &[&str], there_is: &str) {
        let meant = checker::text::nearest(key, known.iter().copied());
        let remedy = meant.map_or_else(
            || format!("{there_is} {}", known.join(", ")),
            |meant| format!("is `{meant}` meant?"),
        );
        self.problem(at, format!("`{key}` is unknown here; {remedy}"));
    }
}

/// Whether there is such a file. Anything else of that name, such as a folder or a broken symbolic
/// link, is an error: what it was to say must not count for nothing.
pub fn is_there(path: &Path, shown: &Path) -> Result<bool, Error> {
    if path.is_file() {
        return Ok(true);
    }
    match path.symlink_metadata() {
        Ok(_) => Err(Error::usage(
            format!("`{}` is no file that can be read", shown.display()),
            "make it a regular file, or remove it",
        )),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(false)
        }
        Err(source) => Err(Error::Read {
            path: shown.to_owned(),
            source,
        }),
    }
}

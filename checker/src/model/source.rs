//! Schema texts and places in them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

/// A schema text with the name under which people know it. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    file: Arc<str>,
    // Texts are large: as an `Arc<str>` each would be copied once more after it was read.
    text: Arc<String>,
}

impl Source {
    /// `file` is a path, a git object such as `git:main:order.avsc`, or another name to print.
    pub fn new(file: impl Into<Arc<str>>, text: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            text: Arc::new(text.into()),
        }
    }

    /// The same text under another name.
    #[must_use]
    pub fn named(&self, file: impl Into<Arc<str>>) -> Self {
        Self {
            file: file.into(),
            text: Arc::clone(&self.text),
        }
    }

    /// The name to print.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text as it was sent.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte range. A range outside the text is clamped to it.
    ///
    /// Costs a scan of the text up to the range; [`LineIndex`] serves callers with many ranges.
    pub fn span(&self, range: Range<usize>) -> Span {
        LineIndex::new(self).span(range)
    }
}

/// The starts of the lines of a source, for turning many byte ranges into spans.
#[derive(Clone, Debug)]
pub struct LineIndex {
    source: Source,
    starts: Vec<u32>,
    /// How many characters stand before each block of [`BLOCK`] bytes; empty for ASCII, where a
    /// column is a difference of bytes. So many places in one long line cost no scans of it.
    chars: Vec<usize>,
}

/// At most so many bytes are scanned for a place.
const BLOCK: usize = 1024;

impl LineIndex {
    /// Reads the text once.
    pub fn new(source: &Source) -> Self {
        let line_ends = memchr::memchr_iter(b'\n', source.text.as_bytes());
        let starts = std::iter::once(0)
            .chain(line_ends.map(|at| to_u32(at + 1)))
            .collect();
        Self {
            source: source.clone(),
            starts,
            chars: chars_before_blocks(&source.text),
        }
    }

    /// The source that was read.
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// The place of a byte range. A range outside the text is clamped to it.
    pub fn span(&self, range: Range<usize>) -> Span {
        let (line, column) = self.position(range.start);
        let (end_line, end_column) = self.position(range.end.max(range.start));
        Span {
            file: Arc::clone(&self.source.file),
            line,
            column,
            end_line,
            end_column,
        }
    }

    /// A line by its number, 1-based, without its end; `None` behind the last one.
    pub fn line(&self, number: u32) -> Option<&str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let start = *self.starts.get(index)? as usize;
        let text = self.source.text.get(start..)?;
        let line = text.split('\n').next()?;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }

    /// 1-based line and column, the column in characters.
    fn position(&self, offset: usize) -> (u32, u32) {
        let text = &*self.source.text;
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self
            .starts
            .partition_point(|start| *start as usize <= offset);
        let start = self.starts[line - 1] as usize;
        let column = self.chars_before(offset) - self.chars_before(start) + 1;
        (to_u32(line), to_u32(column))
    }

    /// How many characters begin before a byte offset.
    fn chars_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let Some(before) = self.chars.get(block) else {
            return offset;
        };
        let rest = self.source.text.as_bytes().get(block * BLOCK..offset);
        before + count_chars(rest.unwrap_or_default())
    }
}

/// Characters are counted by their first bytes.
fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
}

fn chars_before_blocks(text: &str) -> Vec<usize> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut before = 0;
    let mut blocks = vec![0];
    for block in text.as_bytes().chunks(BLOCK) {
        before += count_chars(block);
        blocks.push(before);
    }
    blocks
}

fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A place in a source: 1-based, end exclusive, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The name of the source.
    pub file: Arc<str>,
    /// The line of the first character.
    pub line: u32,
    /// The column of the first character.
    pub column: u32,
    /// The line of the character after the last one.
    pub end_line: u32,
    /// The column of the character after the last one.
    pub end_column: u32,
}

impl fmt::Display for Span {
    /// `order.avsc:7:32`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_ends_are_exclusive() {
        let source = Source::new("a.avsc", "{\n \"ä\": 1}\n");
        let quoted = source.text().find("\"ä\"").expect("is there");
        let span = source.span(quoted..quoted + "\"ä\"".len());
        assert_eq!(
            (span.line, span.column, span.end_line, span.end_column),
            (2, 2, 2, 5)
        );
        assert_eq!(span.to_string(), "a.avsc:2:2");
    }

    #[test]
    fn a_line_is_found_by_its_number_without_its_end() {
        let index = LineIndex::new(&Source::new("x", "a\r\nb\n"));
        let lines: Vec<_> = (0..5).map(|number| index.line(number)).collect();
        assert_eq!(lines, [None, Some("a"), Some("b"), Some(""), None]);
    }

    #[test]
    fn columns_far_into_a_long_line_are_exact() {
        let source = Source::new("x", format!("é\n{}x", "aé".repeat(5 * BLOCK)));
        let at = source.text().len() - 1;
        let span = source.span(at..at + 1);
        let column = u32::try_from(10 * BLOCK + 1).expect("is small");
        assert_eq!(
            (span.line, span.column, span.end_column),
            (2, column, column + 1)
        );
    }

    #[test]
    fn a_range_behind_the_text_is_clamped() {
        let span = Source::new("x", "ab").span(7..9);
        assert_eq!((span.line, span.column), (1, 3));
    }
}

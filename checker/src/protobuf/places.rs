//! Where the elements of a file stand: from a descriptor's source info to spans of our own.
//!
//! Source info counts from zero and in bytes; spans count from one and in characters.

use std::collections::HashMap;

use prost_types::FileDescriptorProto;

use super::tag;
use crate::model::{LineIndex, Source, Span};

/// The places of one file's elements, by descriptor path.
#[derive(Debug)]
pub(crate) struct Places {
    index: Option<LineIndex>,
    line_starts: Vec<usize>,
    ranges: HashMap<Vec<i32>, [usize; 4]>,
}

impl Places {
    /// The places of a parsed text.
    pub(crate) fn new(source: &Source, proto: &FileDescriptorProto) -> Self {
        let newlines = source.text().match_indices('\n').map(|(at, _)| at + 1);
        let locations = proto
            .source_code_info
            .iter()
            .flat_map(|info| &info.location);
        let ranges = locations
            .filter_map(|location| Some((location.path.clone(), range(&location.span)?)))
            .collect();
        Self {
            index: Some(LineIndex::new(source)),
            line_starts: std::iter::once(0).chain(newlines).collect(),
            ranges,
        }
    }

    /// The places of a file that has no text.
    pub(crate) fn none() -> Self {
        Self {
            index: None,
            line_starts: Vec::new(),
            ranges: HashMap::new(),
        }
    }

    /// The place of the element at a descriptor path.
    pub(crate) fn get(&self, path: &[i32]) -> Option<Span> {
        let [line, column, end_line, end_column] = *self.ranges.get(path)?;
        let start = self.line_starts.get(line)? + column;
        let end = self.line_starts.get(end_line)? + end_column;
        Some(self.index.as_ref()?.span(start..end))
    }

    /// The place of an import statement.
    pub(crate) fn import(&self, index: usize) -> Option<Span> {
        self.get(&[tag::IMPORT, i32::try_from(index).ok()?])
    }
}

/// A span of source info has three numbers where it ends on the line on which it starts.
fn range(span: &[i32]) -> Option<[usize; 4]> {
    let number = |at: usize| {
        span.get(at)
            .and_then(|number| usize::try_from(*number).ok())
    };
    match span.len() {
        3 => Some([number(0)?, number(1)?, number(0)?, number(2)?]),
        4 => Some([number(0)?, number(1)?, number(2)?, number(3)?]),
        _ => None,
    }
}

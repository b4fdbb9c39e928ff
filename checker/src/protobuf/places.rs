//! Where the elements of a file stand: by descriptor path, as spans of our own.

use std::collections::HashMap;
use std::ops::Range;

use prost_types::SourceCodeInfo;
use prost_types::source_code_info::Location;

use super::syntax::Place;
use super::tag;
use crate::model::{LineIndex, Source, Span};

/// The places of one file's elements, by descriptor path.
#[derive(Debug)]
pub(crate) struct Places {
    index: Option<LineIndex>,
    ranges: HashMap<Vec<i32>, Range<usize>>,
}

impl Places {
    /// The places of a parsed text. Where a path comes twice the last one counts.
    pub(crate) fn new(source: &Source, places: Vec<Place>) -> Self {
        let ranges = places.into_iter().map(|place| (place.path, place.range));
        Self {
            index: Some(LineIndex::new(source)),
            ranges: ranges.collect(),
        }
    }

    /// The places of a file that has no text.
    pub(crate) fn none() -> Self {
        Self {
            index: None,
            ranges: HashMap::new(),
        }
    }

    /// The place of the element at a descriptor path.
    pub(crate) fn get(&self, path: &[i32]) -> Option<Span> {
        let range = self.ranges.get(path)?;
        Some(self.index.as_ref()?.span(range.clone()))
    }

    /// The place of an import statement.
    pub(crate) fn import(&self, index: usize) -> Option<Span> {
        self.get(&[tag::IMPORT, i32::try_from(index).ok()?])
    }
}

/// Source info for the linker, which counts lines and bytes from zero.
pub(crate) fn source_info(text: &str, places: &[Place]) -> SourceCodeInfo {
    let line_ends = text.match_indices('\n').map(|(at, _)| at + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(line_ends).collect();
    let position = |offset: usize| {
        let line = starts.partition_point(|start| *start <= offset).max(1) - 1;
        (tag::index(line), tag::index(offset - starts[line]))
    };
    let location = places.iter().map(|place| {
        let (line, column) = position(place.range.start);
        let (end_line, end_column) = position(place.range.end);
        Location {
            path: place.path.clone(),
            span: if line == end_line {
                vec![line, column, end_column]
            } else {
                vec![line, column, end_line, end_column]
            },
            leading_comments: place.comments.leading.clone(),
            trailing_comments: place.comments.trailing.clone(),
            leading_detached_comments: place.comments.detached.clone(),
        }
    });
    SourceCodeInfo {
        location: location.collect(),
    }
}

//! Where the elements of a file stand: by descriptor path, as spans of our own.

use std::collections::HashMap;
use std::ops::Range;

use super::descriptor::{Location, SourceCodeInfo};
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

    /// The same as the linker takes it for its errors: it counts lines and bytes from zero. Comments
    /// are left out.
    pub(crate) fn source_info(&self) -> SourceCodeInfo {
        let text = self
            .index
            .as_ref()
            .map_or("", |index| index.source().text());
        let line_ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts: Vec<usize> = std::iter::once(0).chain(line_ends).collect();
        let position = |offset: usize| {
            let line = starts.partition_point(|start| *start <= offset).max(1) - 1;
            (tag::index(line), tag::index(offset - starts[line]))
        };
        let mut location: Vec<Location> = Vec::with_capacity(self.ranges.len());
        location.extend(self.ranges.iter().map(|(path, range)| {
            let ((line, column), (end_line, end_column)) =
                (position(range.start), position(range.end));
            Location {
                path: path.clone(),
                span: vec![line, column, end_line, end_column],
                ..Location::default()
            }
        }));
        location.sort_by(|one, other| one.path.cmp(&other.path));
        SourceCodeInfo { location }
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

//! Source info as `protoc` writes it: the places and comments of a text, once its options are interpreted.
//!
//! Lines and columns count from zero. A column counts bytes, but a tab goes to the next multiple of eight.

use std::collections::HashMap;

use super::super::descriptor::{Location, SourceCodeInfo};
use super::super::syntax::{self, Detail, Place};
use super::super::tag;
use crate::model::Source;

/// How far tabs go.
const TAB: usize = 8;

/// The source info of a text that can be read. `options` says which field an option sets, by the paths of
/// both.
pub(super) fn source_info(
    source: &Source,
    options: &HashMap<Vec<i32>, Vec<i32>>,
) -> SourceCodeInfo {
    // Who asks has read the text, so it can be read.
    let Ok(parsed) = syntax::parse_with(source, Detail::Comments) else {
        return SourceCodeInfo::default();
    };
    let positions = Positions::new(source.text());
    let mut location = Vec::new();
    let mut option: Option<Vec<i32>> = None;
    for place in parsed.places.iter() {
        // What stands within an option has no place in what the option sets.
        let within = option.as_ref().is_some_and(|option| {
            place.path.len() > option.len() && place.path.starts_with(option)
        });
        if within {
            continue;
        }
        let interpreted = options.get(place.path);
        option = interpreted.map(|_| place.path.to_vec());
        let path = interpreted.map_or(place.path, |path| path);
        location.push(positions.location(path.to_vec(), &place));
    }
    SourceCodeInfo { location }
}

/// Finds lines and columns.
struct Positions {
    /// Where lines begin.
    lines: Vec<usize>,
    /// Behind each tab: the offset and the column.
    tabs: Vec<(usize, usize)>,
}

impl Positions {
    fn new(text: &str) -> Self {
        let mut lines = vec![0];
        let mut tabs = Vec::new();
        // Where a column is known: at the start of the line, or behind a tab.
        let mut known = (0, 0);
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'\n' => {
                    lines.push(at + 1);
                    known = (at + 1, 0);
                }
                b'\t' => {
                    let column = known.1 + at - known.0;
                    known = (at + 1, column + TAB - column % TAB);
                    tabs.push(known);
                }
                _ => {}
            }
        }
        Self { lines, tabs }
    }

    fn location(&self, path: Vec<i32>, place: &Place) -> Location {
        let (line, column) = self.position(place.range.start);
        let (end_line, end_column) = self.position(place.range.end);
        let span = if line == end_line {
            vec![line, column, end_column]
        } else {
            vec![line, column, end_line, end_column]
        };
        let comments = place.comments.cloned().unwrap_or_default();
        Location {
            path,
            span,
            leading_comments: comments.leading,
            trailing_comments: comments.trailing,
            leading_detached_comments: comments.detached,
        }
    }

    fn position(&self, offset: usize) -> (i32, i32) {
        let line = self
            .lines
            .partition_point(|start| *start <= offset)
            .saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or_default();
        let tab = self.tabs.partition_point(|(behind, _)| *behind <= offset);
        let tab = tab.checked_sub(1).and_then(|tab| self.tabs.get(tab));
        let (known, column) = tab
            .filter(|(behind, _)| *behind > start)
            .copied()
            .unwrap_or((start, 0));
        (
            tag::index(line),
            tag::index(column + offset.saturating_sub(known)),
        )
    }
}

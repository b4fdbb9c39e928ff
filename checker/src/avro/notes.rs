//! What is wrong with the texts of a schema, gathered while they are read.
//!
//! Errors make a schema invalid; warnings are about what is legal and probably not meant. Both are
//! told in the order of the texts, the schema's own first, whichever check found them.

use crate::Stored;
use crate::model::{LineIndex, Problem};

use super::model::Place;

/// The most errors, and the most warnings, that are reported: nobody mends more at once.
pub const MAX_PROBLEMS: usize = 100;

/// Errors and warnings, at most [`MAX_PROBLEMS`] of each.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    errors: Vec<(Place, String)>,
    warnings: Vec<(Place, String)>,
    /// Why a text, by its index, could not be read at all.
    unread: Vec<(usize, Problem)>,
    stored: Stored,
}

impl Notes {
    pub(crate) fn new(stored: Stored) -> Self {
        Self {
            stored,
            ..Self::default()
        }
    }

    /// What makes a new text invalid, and is a warning about one that is stored.
    pub(crate) fn error_if_new(&mut self, place: Place, message: impl Into<String>) {
        if self.stored.has(place.source) {
            self.warning(place, message);
        } else {
            self.error(place, message);
        }
    }

    pub(crate) fn error(&mut self, place: Place, message: impl Into<String>) {
        if self.errors.len() < MAX_PROBLEMS {
            self.errors.push((place, message.into()));
        }
    }

    /// Referenced texts were warned about when they themselves were registered.
    pub(crate) fn warning(&mut self, place: Place, message: impl Into<String>) {
        if place.source == 0 && self.warnings.len() < MAX_PROBLEMS {
            self.warnings.push((place, message.into()));
        }
    }

    pub(crate) fn unread(&mut self, source: usize, problem: Problem) {
        if self.unread.len() < MAX_PROBLEMS {
            self.unread.push((source, problem));
        }
    }

    /// Whether the schema is invalid.
    pub(crate) const fn has_errors(&self) -> bool {
        !self.errors.is_empty() || !self.unread.is_empty()
    }

    /// Whether a text, or a part of it that may define types, was not read.
    pub(crate) const fn has_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    /// The errors, in order.
    pub(crate) fn into_errors(self, sources: &[LineIndex]) -> Vec<Problem> {
        let unread = self.unread.into_iter();
        let mut errors: Vec<_> = unread
            .map(|(source, problem)| ((source, 0), problem))
            .chain(placed(self.errors, sources))
            .collect();
        errors.sort_by_key(|(key, _)| *key);
        errors.truncate(MAX_PROBLEMS);
        errors.into_iter().map(|(_, problem)| problem).collect()
    }

    /// The warnings, in order.
    pub(crate) fn into_warnings(self, sources: &[LineIndex]) -> Vec<Problem> {
        let mut warnings: Vec<_> = placed(self.warnings, sources).collect();
        warnings.sort_by_key(|(key, _)| *key);
        warnings.into_iter().map(|(_, problem)| problem).collect()
    }
}

/// Problems with what they are sorted by.
fn placed(
    notes: Vec<(Place, String)>,
    sources: &[LineIndex],
) -> impl Iterator<Item = ((usize, usize), Problem)> {
    notes.into_iter().map(|(place, message)| {
        let key = (place.source, place.range.start);
        let index = sources.get(place.source);
        let span = index.map(|index| index.span(place.range));
        (key, Problem::new(span, message))
    })
}

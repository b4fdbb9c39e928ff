//! Where the elements of a text stand, and what is said about them: kept only as far as asked for.
//!
//! A file of a thousand lines has ten thousand places, so none has memory of its own: their paths are
//! parts of one list, and the few comments stand apart.

use std::ops::Range;

use super::comments::Comments;

/// What is kept of a text besides what it declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// Nothing: reading is several times faster.
    Nothing,
    /// Where messages, enums and services are named, the package and the syntax: what findings about
    /// whole declarations point to. It costs next to nothing.
    Names,
    /// Where the elements stand.
    Places,
    /// Where they stand, and the comments.
    Comments,
}

/// The elements of a file in the order in which they begin.
#[derive(Debug)]
pub(crate) struct Places {
    detail: Detail,
    /// The paths of all places.
    steps: Vec<i32>,
    all: Vec<Entry>,
    /// By index of the place, ascending once the text is read.
    comments: Vec<(usize, Comments)>,
}

/// One place.
#[derive(Clone, Debug)]
struct Entry {
    /// Its path: a part of [`Places::steps`].
    path: Range<usize>,
    range: Range<usize>,
}

/// Where an element stands, and what is said about it.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    /// As in `SourceCodeInfo.Location`: numbers of fields and indices.
    pub(crate) path: &'a [i32],
    pub(crate) range: Range<usize>,
    pub(crate) comments: Option<&'a Comments>,
}

/// A place that was begun.
#[derive(Clone, Copy)]
pub(super) struct Open(usize);

impl Open {
    /// One that is not kept.
    const NONE: Self = Self(usize::MAX);
}

impl Places {
    pub(super) const fn new(detail: Detail) -> Self {
        Self {
            detail,
            steps: Vec::new(),
            all: Vec::new(),
            comments: Vec::new(),
        }
    }

    /// All that were asked for.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Place<'_>> {
        let mut comments = self.comments.iter().peekable();
        let all = self.all.iter().enumerate().map(move |(index, entry)| {
            let own = comments.next_if(|(of, _)| *of == index);
            Place {
                path: self.steps.get(entry.path.clone()).unwrap_or_default(),
                range: entry.range.clone(),
                comments: own.map(|(_, comments)| comments),
            }
        });
        // Declarations are then kept for the paths of their names only: to them belongs a field's number and
        // an index, and one number more to a name.
        all.filter(|place| self.detail != Detail::Names || place.path.len() % 2 == 1)
    }

    pub(super) fn has_comments(&self) -> bool {
        self.detail == Detail::Comments
    }

    /// A place whose path is `outer` and `steps`. It ends where it begins until it is told otherwise.
    #[inline]
    pub(super) fn begin(&mut self, outer: &[i32], steps: &[i32], start: usize) -> Open {
        self.begin_from(Detail::Places, outer, steps, start)
    }

    /// The same of a place that is kept from this detail on. Paths of what is within it need it.
    #[inline]
    pub(super) fn begin_from(
        &mut self,
        detail: Detail,
        outer: &[i32],
        steps: &[i32],
        start: usize,
    ) -> Open {
        if self.detail < detail {
            return Open::NONE;
        }
        let path = self.steps.len();
        self.steps.extend_from_slice(outer);
        self.steps.extend_from_slice(steps);
        self.all.push(Entry {
            path: path..self.steps.len(),
            range: start..start,
        });
        Open(self.all.len() - 1)
    }

    /// The place that was begun last.
    pub(super) const fn last(&self) -> Open {
        Open(self.all.len().saturating_sub(1))
    }

    pub(super) fn end(&mut self, place: Open, end: usize) {
        if let Some(entry) = self.all.get_mut(place.0) {
            entry.range.end = end.max(entry.range.start);
        }
    }

    /// Where the place starts.
    pub(super) fn start(&self, place: Open) -> usize {
        self.all.get(place.0).map_or(0, |entry| entry.range.start)
    }

    pub(super) fn set_start(&mut self, place: Open, start: usize) {
        if let Some(entry) = self.all.get_mut(place.0) {
            entry.range.start = start;
        }
    }

    /// Gives the place that was begun last another path.
    pub(super) fn rename_last(&mut self, outer: &[i32], steps: &[i32]) {
        if self.detail < Detail::Places {
            return;
        }
        if let Some(entry) = self.all.last_mut() {
            self.steps.truncate(entry.path.start);
            self.steps.extend_from_slice(outer);
            self.steps.extend_from_slice(steps);
            entry.path.end = self.steps.len();
        }
    }

    /// The path, from the step at `from` on.
    pub(super) fn path_from(&self, place: Open, from: usize) -> &[i32] {
        let entry = self.all.get(place.0);
        let path = entry.and_then(|entry| self.steps.get(entry.path.clone()));
        path.and_then(|path| path.get(from..)).unwrap_or_default()
    }

    /// How many places there are.
    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    /// Adds the places from `begun` on again, with another step in their paths at that position.
    pub(super) fn repeat(&mut self, begun: usize, position: usize, step: i32, copied: usize) {
        for index in begun..begun + copied {
            let Some(entry) = self.all.get(index).cloned() else {
                return;
            };
            let path = self.steps.len();
            self.steps.extend_from_within(entry.path);
            if let Some(own) = self.steps.get_mut(path + position) {
                *own = step;
            }
            self.all.push(Entry {
                path: path..self.steps.len(),
                range: entry.range,
            });
        }
    }

    pub(super) fn comment(&mut self, place: Open, comments: Comments) {
        if comments != Comments::default() {
            self.comments.push((place.0, comments));
        }
    }

    /// The text is read: all places are moved by so many bytes.
    pub(super) fn finish(&mut self, skipped: usize) {
        self.comments.sort_by_key(|(index, _)| *index);
        // What was said last counts.
        self.comments.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
        for entry in &mut self.all {
            entry.range = entry.range.start + skipped..entry.range.end + skipped;
        }
    }
}

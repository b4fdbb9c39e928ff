//! Where the elements of a file stand: by descriptor path, as spans of our own.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::syntax::{self, Detail};
use super::tag;
use crate::model::{LineIndex, Source, Span};

/// The places of one file's elements, by descriptor path.
///
/// Of a thousand files that are compared, few have something to point to but declarations that are gone or
/// new. So only the names of these are kept; all places are read when the first of the others is asked
/// for, by going through the text once more.
#[derive(Debug)]
pub(crate) struct Places {
    source: Option<Source>,
    names: Table,
    all: OnceLock<Table>,
    lines: OnceLock<LineIndex>,
}

/// Places that were read.
#[derive(Debug, Default)]
struct Table {
    /// The steps of all paths.
    steps: Box<[i32]>,
    /// For each place its path, a part of `steps`, and where it stands; sorted by path. A text is never
    /// as long as 32 bits count.
    places: Box<[(Range<u32>, Range<u32>)]>,
}

impl Places {
    /// The places of a text that was read, of which these are known.
    pub(crate) fn new(source: &Source, names: &syntax::Places) -> Self {
        Self {
            source: Some(source.clone()),
            names: Table::of(names),
            all: OnceLock::new(),
            lines: OnceLock::new(),
        }
    }

    /// The places of a file that has no text.
    pub(crate) fn none() -> Self {
        Self {
            source: None,
            names: Table::default(),
            all: OnceLock::new(),
            lines: OnceLock::new(),
        }
    }

    fn all(&self) -> Option<&Table> {
        let source = self.source.as_ref()?;
        let read = || match syntax::parse_with(source, Detail::Places) {
            Ok(parsed) => Table::of(&parsed.places),
            // Who asks has read the text, so it can be read.
            Err(_) => Table::default(),
        };
        Some(self.all.get_or_init(read))
    }

    /// The place of the element at a descriptor path.
    pub(crate) fn get(&self, path: &[i32]) -> Option<Span> {
        self.range(path).map(|range| self.span(range))
    }

    /// A range of bytes as a place of the text.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        match &self.source {
            Some(source) => {
                let lines = self.lines.get_or_init(|| LineIndex::new(source));
                lines.span(range)
            }
            None => Source::new("", "").span(range),
        }
    }

    /// The bytes of the element at a descriptor path.
    pub(crate) fn range(&self, path: &[i32]) -> Option<Range<usize>> {
        self.names.get(path).or_else(|| self.all()?.get(path))
    }

    /// The paths that begin so, in their order, with the bytes of their elements.
    pub(crate) fn below<'p>(
        &'p self,
        path: &'p [i32],
    ) -> impl Iterator<Item = (&'p [i32], Range<usize>)> {
        let table = self.all();
        let from = table.map_or(0, |table| {
            let before = |(own, _): &(Range<u32>, _)| table.path(own) < path;
            table.places.partition_point(before)
        });
        let places = table.and_then(|table| Some((table, table.places.get(from..)?)));
        let all = places.into_iter().flat_map(|(table, places)| {
            let places = places.iter();
            places.map(|(own, range)| (table.path(own), wide(range)))
        });
        all.take_while(move |(own, _)| own.starts_with(path))
    }

    /// The text, empty where there is none.
    pub(crate) fn text(&self) -> &str {
        self.source.as_ref().map_or("", Source::text)
    }

    /// The first and the last line of a range, 1-based.
    pub(crate) fn lines(&self, range: Range<usize>) -> (usize, usize) {
        let span = self.span(range);
        let line = |line: u32| usize::try_from(line).unwrap_or(usize::MAX);
        (line(span.line), line(span.end_line))
    }
}

/// An element within which others stand, such as a message with its fields.
#[derive(Debug)]
pub(crate) struct Around {
    places: Arc<Places>,
    path: Box<[i32]>,
}

impl Around {
    /// The element at a descriptor path.
    pub(crate) fn new(places: &Arc<Places>, path: &[i32]) -> Arc<Self> {
        Arc::new(Self {
            places: Arc::clone(places),
            path: path.into(),
        })
    }
}

/// The place of an element: looked up when it is asked for, since most elements of two trees are equal
/// and nobody asks.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    around: Arc<Around>,
    /// The steps from what is around it; those behind `length` mean nothing.
    steps: [i32; MAX_STEPS],
    length: u8,
    found: OnceLock<Option<Box<Span>>>,
}

/// The most steps of a spot: to the name or the type of a member.
const MAX_STEPS: usize = 3;

impl Spot {
    /// The place at these steps within an element; there are no more than [`MAX_STEPS`].
    pub(crate) fn new<const N: usize>(around: &Arc<Around>, within: [i32; N]) -> Self {
        const { assert!(N <= MAX_STEPS, "a spot has few steps") };
        let mut steps = [0; MAX_STEPS];
        steps[..N].copy_from_slice(&within);
        Self {
            around: Arc::clone(around),
            steps,
            #[expect(clippy::cast_possible_truncation, reason = "there are few steps")]
            length: N as u8,
            found: OnceLock::new(),
        }
    }

    /// Where the same element sets an option; `options` is the number of its options, and this the
    /// place of a part of the element, such as its name. `None` where no statement does.
    pub(crate) fn statement(&self, options: i32, option: &str) -> Option<Span> {
        let places = &self.around.places;
        let steps = self.steps.get(..usize::from(self.length))?;
        let (_, element) = steps.split_last()?;
        let within = [&self.around.path, element, &[options, tag::UNINTERPRETED]].concat();
        let mut statements = places.below(&within);
        let (_, range) = statements.find(|(path, range)| {
            let text = places.text().get(range.clone());
            path.len() == within.len() + 1 && text.is_some_and(|text| sets(text, option))
        })?;
        Some(places.span(range))
    }

    /// Where it is; `None` where there is no text.
    pub(crate) fn as_ref(&self) -> Option<&Span> {
        let found = self.found.get_or_init(|| {
            let steps = self.steps.get(..usize::from(self.length));
            let path = tag::join(&self.around.path, steps.unwrap_or_default());
            self.around.places.get(&path).map(Box::new)
        });
        found.as_deref()
    }
}

/// Whether a statement such as `option (a.b).c = 1;` sets an option or a part of it. Names of custom
/// options may leave out the outer packages.
fn sets(statement: &str, option: &str) -> bool {
    let text = statement.strip_prefix("option").unwrap_or(statement);
    let name = text.split('=').next().unwrap_or_default().trim();
    let custom = |name: &'_ str| {
        let (inside, _) = name.strip_prefix('(')?.split_once(')')?;
        Some(inside.trim().trim_start_matches('.').to_owned())
    };
    match (custom(name), custom(option)) {
        (Some(name), Some(option)) => {
            let outer = option.strip_suffix(name.as_str());
            outer.is_some_and(|outer| outer.is_empty() || outer.ends_with('.'))
        }
        (None, None) => name
            .split('.')
            .next()
            .is_some_and(|first| first.trim() == option),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

impl Table {
    /// Where a path comes twice the last place counts.
    fn of(read: &syntax::Places) -> Self {
        let mut steps = Vec::new();
        let mut places = Vec::new();
        for place in read.iter() {
            let start = steps.len();
            steps.extend_from_slice(place.path);
            places.push((narrow(&(start..steps.len())), narrow(&place.range)));
        }
        let path = |part: &Range<u32>| steps.get(wide(part)).unwrap_or_default();
        places.sort_by(|(one, _), (other, _)| path(one).cmp(path(other)));
        places.dedup_by(|later, earlier| {
            let same = path(&later.0) == path(&earlier.0);
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
        Self {
            places: places.into(),
            steps: steps.into(),
        }
    }

    fn path(&self, part: &Range<u32>) -> &[i32] {
        self.steps.get(wide(part)).unwrap_or_default()
    }

    fn get(&self, path: &[i32]) -> Option<Range<usize>> {
        let found = self
            .places
            .binary_search_by(|(own, _)| self.path(own).cmp(path));
        self.places.get(found.ok()?).map(|(_, range)| wide(range))
    }
}

fn narrow(range: &Range<usize>) -> Range<u32> {
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    number(range.start)..number(range.end)
}

fn wide(range: &Range<u32>) -> Range<usize> {
    let number = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    number(range.start)..number(range.end)
}

//! Numbers of fields, ranges of extensions, and what is reserved.

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::super::super::descriptor::DescriptorProto;
use super::super::super::tag;
use super::{Checker, Scope, at};

/// The most fields of a message, as `protoc` has it.
pub const MAX_FIELDS: usize = 65_535;

/// The largest number of a field.
pub(super) const LARGEST: i32 = 536_870_911;

/// Numbers that implementations keep for themselves.
const KEPT: std::ops::RangeInclusive<i32> = 19_000..=19_999;

/// A range of numbers, without its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub start: i64,
    pub end: i64,
    /// Its place among the ranges of its kind.
    pub index: usize,
}

impl Range {
    fn overlaps(self, other: Self) -> bool {
        self.end > other.start && other.end > self.start
    }

    /// As it is written.
    fn written(self) -> String {
        match self.end - 1 {
            end if end <= self.start => self.start.to_string(),
            end => format!("{} to {end}", self.start),
        }
    }
}

/// Ranges in which a number is found by halving.
#[derive(Debug)]
pub(super) struct Ranges {
    /// By start.
    sorted: Vec<Range>,
    /// Up to each: the one that ends last.
    farthest: Vec<Range>,
}

impl Ranges {
    pub(super) fn new(ranges: impl Iterator<Item = (i64, i64)>) -> Self {
        let ranges = ranges.enumerate();
        let mut sorted: Vec<Range> = ranges
            .map(|(index, (start, end))| Range { start, end, index })
            .collect();
        sorted.sort_by_key(|range| (range.start, range.index));
        let mut farthest: Vec<Range> = Vec::with_capacity(sorted.len());
        for range in &sorted {
            let before = farthest.last().filter(|before| before.end >= range.end);
            farthest.push(*before.unwrap_or(range));
        }
        Self { sorted, farthest }
    }

    /// A range that holds a number.
    pub(super) fn find(&self, number: i64) -> Option<Range> {
        let behind = self.sorted.partition_point(|range| range.start <= number);
        let range = self.farthest.get(behind.checked_sub(1)?)?;
        (range.end > number).then_some(*range)
    }

    /// A range that holds some number of another one.
    fn overlapping(&self, other: Range) -> Option<Range> {
        let behind = self.sorted.partition_point(|range| range.start < other.end);
        let range = self.farthest.get(behind.checked_sub(1)?)?;
        range.overlaps(other).then_some(*range)
    }

    /// Pairs that overlap, the one that is written first in front; each of those once.
    pub(super) fn overlaps(&self) -> Vec<(Range, Range)> {
        let mut told = HashSet::new();
        let pairs = self.sorted.iter().skip(1).zip(&self.farthest);
        let pairs = pairs.filter(|(range, before)| range.overlaps(**before));
        let pairs = pairs.map(|(range, before)| {
            if range.index < before.index {
                (*range, *before)
            } else {
                (*before, *range)
            }
        });
        pairs
            .filter(|(first, _)| told.insert(first.index))
            .collect()
    }

    /// The smallest positive number that is free, beginning with one.
    fn skip(&self, number: i64) -> i64 {
        let mut free = number;
        while let Some(range) = self.find(free) {
            free = range.end;
        }
        free
    }
}

impl Checker<'_> {
    /// Checks numbers and reserved names; says whether the message is of a size to look further into.
    pub(super) fn numbers(&mut self, scope: &Scope) -> bool {
        let message = scope.message;
        if message.field.len() > MAX_FIELDS {
            let text = format!(
                "message `{}` has more than {MAX_FIELDS} fields, the limit; split it",
                message.name()
            );
            self.report(tag::join(&scope.path, &[tag::NAME]), text);
            return false;
        }
        let bounds = |start: Option<i32>, end: Option<i32>| {
            let default = start.unwrap_or_default();
            (i64::from(default), i64::from(end.unwrap_or_default()))
        };
        let reserved = message.reserved_range.iter();
        let reserved = Ranges::new(reserved.map(|range| bounds(range.start, range.end)));
        let extensions = message.extension_range.iter();
        let extensions = Ranges::new(extensions.map(|range| bounds(range.start, range.end)));
        self.ranges(scope, &reserved, tag::MESSAGE_RESERVED, "reserved");
        self.ranges(scope, &extensions, tag::MESSAGE_RANGES, "extension");
        for range in &extensions.sorted {
            if let Some(other) = reserved.overlapping(*range) {
                let text = format!(
                    "the extension range {} overlaps the reserved range {}; take the numbers out of one",
                    range.written(),
                    other.written()
                );
                self.report(
                    at(&scope.path, tag::MESSAGE_RANGES, range.index).around(),
                    text,
                );
            }
        }
        self.largest_extension(scope, &extensions);
        self.names(scope);
        self.fields_of(scope, &reserved, &extensions);
        true
    }

    /// Ranges hold positive numbers, run upwards and do not overlap.
    fn ranges(&mut self, scope: &Scope, ranges: &Ranges, number: i32, noun: &str) {
        for range in &ranges.sorted {
            let path = || at(&scope.path, number, range.index).around();
            if range.start <= 0 {
                let text = format!("the numbers of a {noun} range are greater than zero");
                self.report(path(), text);
            }
            if range.end <= range.start {
                let text = format!("the end of the {noun} range is less than its start, swap them");
                self.report(path(), text);
            }
        }
        for (first, second) in ranges.overlaps() {
            let text = format!(
                "the {noun} ranges {} and {} overlap, take the numbers out of one",
                first.written(),
                second.written()
            );
            self.report(at(&scope.path, number, first.index).around(), text);
        }
    }

    /// In a message set the numbers of extensions go further.
    fn largest_extension(&mut self, scope: &Scope, extensions: &Ranges) {
        let largest = if scope.is_message_set {
            i32::MAX
        } else {
            LARGEST
        };
        let beyond = extensions.farthest.last().copied();
        if let Some(range) = beyond.filter(|range| range.end > i64::from(largest) + 1) {
            let text = format!("the numbers of extensions are not greater than {largest}");
            self.report(
                at(&scope.path, tag::MESSAGE_RANGES, range.index).around(),
                text,
            );
        }
    }

    fn names(&mut self, scope: &Scope) {
        let mut names = HashSet::new();
        for name in &scope.message.reserved_name {
            if !names.insert(&**name) {
                let text = format!("the name `{name}` is reserved twice, remove one of the two");
                self.report(tag::join(&scope.path, &[tag::NAME]), text);
            }
        }
        if names.is_empty() {
            return;
        }
        for (index, field) in scope.message.field.iter().enumerate() {
            if names.contains(field.name()) {
                let text = format!(
                    "the name `{}` is reserved, choose another one",
                    field.name()
                );
                self.report(
                    at(&scope.path, tag::MESSAGE_FIELD, index).path(tag::NAME),
                    text,
                );
            }
        }
    }

    fn fields_of(&mut self, scope: &Scope, reserved: &Ranges, extensions: &Ranges) {
        let fields = &scope.message.field;
        let free = LazyCell::new(|| free(scope.message, reserved, extensions));
        let mut taken: HashMap<i32, usize, RandomState> =
            HashMap::with_capacity_and_hasher(fields.len(), RandomState::default());
        for (index, field) in fields.iter().enumerate() {
            let number = field.number();
            let own = || at(&scope.path, tag::MESSAGE_FIELD, index).path(tag::FIELD_NUMBER);
            if number <= 0 {
                let text = format!(
                    "the number of a field is greater than zero; {} is free",
                    *free
                );
                self.report(own(), text);
            } else if number > LARGEST {
                let text = format!(
                    "the number of a field is not greater than {LARGEST}; {} is free",
                    *free
                );
                self.report(own(), text);
            } else if KEPT.contains(&number) {
                self.report(own(), kept(number));
            }
            if let Some(range) = extensions.find(i64::from(number)) {
                let text = format!(
                    "the extension range {} includes field `{}` ({number}); {} is free",
                    range.written(),
                    field.name(),
                    *free
                );
                self.report(
                    at(&scope.path, tag::MESSAGE_RANGES, range.index).around(),
                    text,
                );
            }
            if let Some(range) = reserved.find(i64::from(number)) {
                let text = format!(
                    "field `{}` uses the reserved number {number}; {} is free",
                    field.name(),
                    *free
                );
                self.report(
                    at(&scope.path, tag::MESSAGE_RESERVED, range.index).around(),
                    text,
                );
            }
            let first = *taken.entry(number).or_insert(index);
            if let Some(other) = fields.get(first).filter(|_| first != index) {
                let text = format!(
                    "the number {number} is taken by field `{}`; {} is free",
                    other.name(),
                    *free
                );
                self.report(own(), text);
            }
        }
    }

    /// An extension has a number that its message leaves to extensions, and that no other one of the
    /// file has.
    pub(super) fn extension_numbers(&mut self, scopes: &[Scope]) {
        let own = &self.file.proto.extension;
        let mut all = vec![(own, &[][..], tag::FILE_EXTENSION)];
        all.extend(scopes.iter().map(|scope| {
            let extensions = &scope.message.extension;
            (extensions, &*scope.path, tag::MESSAGE_EXTENSION)
        }));
        let mut taken: HashMap<(&str, i32), &str, RandomState> = HashMap::default();
        let mut ranges: HashMap<&str, Ranges, RandomState> = HashMap::default();
        for (extensions, around, list) in all {
            for (index, extension) in extensions.iter().enumerate() {
                let (extendee, number) = (extension.extendee(), extension.number());
                let Some(message) = self.message_named(extendee) else {
                    continue;
                };
                let path = at(around, list, index).path(tag::FIELD_NUMBER);
                let ranges = ranges.entry(extendee).or_insert_with(|| {
                    let ranges = message.proto.extension_range.iter();
                    Ranges::new(ranges.map(|range| {
                        let start = i64::from(range.start.unwrap_or_default());
                        (start, i64::from(range.end.unwrap_or_default()))
                    }))
                });
                let text = if number <= 0 {
                    "the number of an extension is greater than zero".to_owned()
                } else if ranges.find(i64::from(number)).is_none() {
                    format!(
                        "`{}` leaves no number {number} to extensions; use one of its `extensions`",
                        message.name
                    )
                } else if KEPT.contains(&number) {
                    kept(number)
                } else if let Some(other) = taken.insert((extendee, number), extension.name()) {
                    format!(
                        "the number {number} of `{}` is taken by the extension `{other}`, use another one",
                        message.name
                    )
                } else {
                    continue;
                };
                self.report(path, text);
            }
        }
    }
}

impl super::At<'_> {
    /// The path of the element itself.
    pub(super) fn around(self) -> Vec<i32> {
        tag::join(self.around, &[self.number, tag::index(self.index)])
    }
}

fn kept(number: i32) -> String {
    format!(
        "{number} is one of the numbers 19000 to 19999, which implementations keep; use another"
    )
}

/// The smallest number that a field may still have.
fn free(message: &DescriptorProto, reserved: &Ranges, extensions: &Ranges) -> i64 {
    let taken: HashSet<i64> = message
        .field
        .iter()
        .map(|field| field.number().into())
        .collect();
    let kept = (i64::from(*KEPT.start()), i64::from(*KEPT.end()) + 1);
    let kept = Ranges::new(std::iter::once(kept));
    let mut number = 1;
    loop {
        let free = kept.skip(extensions.skip(reserved.skip(number)));
        if free == number && !taken.contains(&number) {
            return number;
        }
        number = free.max(number) + i64::from(free == number);
    }
}

//! What became of an element whose name is gone: moves and renames, found by what is inside.
//!
//! In this order, each step with what the ones before it left:
//! 1. the same full name, or the one that follows from the new package of the same file;
//! 2. messages with the very same fields (numbers, names, types by their short names, labels), those
//!    with the same short name first;
//! 3. the types that two versions of one field hold (the walker's part);
//! 4. what is similar. Members match if number and name are equal (of services: the name). With the
//!    same short name half of the members of the larger one must match, else three and two thirds.
//!    The same short name goes first, then the larger share of members that match, then names.
//!
//! Step 4 looks members up by number and name; one that more than [`MAX_NAMESAKES`] new elements have
//! tells them apart so little that it is passed over.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;

use super::declared::Similar;
use crate::protobuf::model::{Cardinality, Kind, Message, short_name};

/// How many new elements are looked at for one member or one short name of an old one.
pub(crate) const MAX_NAMESAKES: usize = 64;

/// Pairs what is gone with what is new and similar, in the order of the old names.
pub(crate) fn similar<'a, T: Similar>(gone: &[&'a T], added: &[&'a T]) -> Vec<(&'a T, &'a T)> {
    let index = Index::new(added);
    let mut candidates = Vec::new();
    for (old, item) in gone.iter().enumerate() {
        for (new, matched) in index.counts(*item) {
            let Some(other) = added.get(new) else {
                continue;
            };
            let total = item.members().len().max(other.members().len());
            let same_name = short_name(item.full_name()) == short_name(other.full_name());
            let alike = if same_name {
                matched * 2 >= total
            } else {
                matched >= 3 && matched * 3 >= total * 2
            };
            if alike {
                let share = matched * 1_000 / total.max(1);
                candidates.push((Reverse(same_name), Reverse(share), old, new));
            }
        }
    }
    candidates.sort_unstable();
    let (mut olds, mut news) = (BTreeSet::new(), BTreeSet::new());
    let mut pairs = BTreeMap::new();
    for (_, _, old, new) in candidates {
        if !olds.contains(&old) && !news.contains(&new) {
            olds.insert(old);
            news.insert(new);
            pairs.insert(old, new);
        }
    }
    let pairs = pairs.into_iter();
    pairs
        .filter_map(|(old, new)| Some((*gone.get(old)?, *added.get(new)?)))
        .collect()
}

/// New elements by their members and by their short names.
struct Index<'a> {
    members: HashMap<(i32, &'a str), Vec<usize>, RandomState>,
    names: HashMap<&'a str, Vec<usize>, RandomState>,
}

impl<'a> Index<'a> {
    fn new<T: Similar>(added: &[&'a T]) -> Self {
        let mut index = Self {
            members: HashMap::default(),
            names: HashMap::default(),
        };
        for (at, item) in added.iter().enumerate() {
            index
                .names
                .entry(short_name(item.full_name()))
                .or_default()
                .push(at);
            // An enum may have a number and a name only once together.
            for member in item.members() {
                index.members.entry(member).or_default().push(at);
            }
        }
        index
    }

    /// How many members an old element has in common with each new one.
    fn counts<T: Similar>(&self, old: &T) -> BTreeMap<usize, usize> {
        let few = |found: &&Vec<usize>| found.len() <= MAX_NAMESAKES;
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        let named = self.names.get(short_name(old.full_name())).filter(few);
        for at in named.into_iter().flatten() {
            counts.insert(*at, 0);
        }
        for member in old.members() {
            for at in self.members.get(&member).filter(few).into_iter().flatten() {
                *counts.entry(*at).or_default() += 1;
            }
        }
        counts
    }
}

/// New messages of one shape that have no counterpart yet. There may be as many as a text has room for.
#[derive(Default)]
pub(super) struct Alike<'a> {
    /// By full name.
    left: BTreeMap<&'a str, &'a Message>,
    /// The full names by short name.
    named: HashMap<&'a str, BTreeSet<&'a str>, RandomState>,
}

impl<'a> Alike<'a> {
    pub(super) fn push(&mut self, new: &'a Message) {
        self.left.insert(&new.name, new);
        let named = self.named.entry(short_name(&new.name)).or_default();
        named.insert(&new.name);
    }

    /// The first one of a short name.
    pub(super) fn take_named(&mut self, short: &str) -> Option<&'a Message> {
        let name = self.named.get_mut(short)?.pop_first()?;
        self.left.remove(name)
    }

    /// The first one, once all that go by their short names are taken.
    pub(super) fn take_first(&mut self) -> Option<&'a Message> {
        self.left.pop_first().map(|(_, new)| new)
    }
}

/// The fields of a message by number, each with its name, the short name of its type, that of a map's key,
/// and how often it comes.
pub(super) type Shape<'a> = Vec<(i32, &'a str, &'a str, Option<&'static str>, Cardinality)>;

/// What step 2 compares.
pub(super) fn shape(message: &Message) -> Shape<'_> {
    let fields = message.fields.iter().map(|field| {
        let (key, value) = match &field.kind {
            Kind::Map { key, value, .. } => (Some(key.name()), &**value),
            kind => (None, kind),
        };
        let value = match value {
            Kind::Enum(name) | Kind::Message(name) | Kind::Group(name) => short_name(name),
            Kind::Scalar(scalar) => scalar.name(),
            // No map holds maps.
            Kind::Map { .. } => "",
        };
        (
            field.number,
            field.name.as_str(),
            value,
            key,
            field.cardinality,
        )
    });
    let mut shape: Shape = fields.collect();
    // Numbers are told apart, so it is the order of them.
    shape.sort_unstable_by_key(|(number, ..)| *number);
    shape
}

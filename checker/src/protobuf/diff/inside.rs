//! Types that a field holds one after the other, though neither is what became of the other: each
//! stays what it was, and what tells them apart is told at the field. So these pairs are walked like
//! all others, and what differs in them is kept apart from the changes.

use std::collections::{BTreeMap, VecDeque};
use std::mem;

use super::{Change, Pair, Walker};

/// The most pairs of types that are looked into. Two cycles of types that are not equally long make as
/// many pairs as the product of their lengths.
pub(crate) const MAX_PAIRS: usize = 10_000;

/// The full names of an old and of a new message or enum.
pub(crate) type Types<'a> = (&'a str, &'a str);

/// What differs between two types of one field.
#[derive(Debug, Default)]
pub(crate) struct Inside<'a> {
    pub changes: Vec<Change<'a>>,
    /// What their fields hold.
    pub leads: Vec<Types<'a>>,
}

/// All such pairs, and those that their fields lead to.
#[derive(Debug, Default)]
pub(crate) struct Insides<'a> {
    pub walked: BTreeMap<Types<'a>, Inside<'a>>,
    /// Whether there are more than [`MAX_PAIRS`].
    pub cut: bool,
}

impl<'a> Walker<'a> {
    /// Walks the pairs that fields are known to hold, once all others are: those have been told.
    pub(super) fn insides(&mut self) -> Insides<'a> {
        let mut insides = Insides::default();
        let mut open: VecDeque<Types> = mem::take(&mut self.retyped).into();
        while let Some(types) = open.pop_front() {
            if insides.walked.contains_key(&types) {
                continue;
            }
            if insides.walked.len() == MAX_PAIRS {
                insides.cut = true;
                break;
            }
            let inside = self.inside(types);
            open.extend(&inside.leads);
            insides.walked.insert(types, inside);
        }
        insides
    }

    fn inside(&mut self, types: Types<'a>) -> Inside<'a> {
        let told = mem::take(&mut self.changes);
        self.within = true;
        if let (Some(old), Some(new)) = (
            self.old.messages.get(types.0),
            self.new.messages.get(types.1),
        ) {
            self.message(Pair { old, new });
        } else if let (Some(old), Some(new)) =
            (self.old.enums.get(types.0), self.new.enums.get(types.1))
        {
            self.enumeration(old, new);
        }
        self.within = false;
        let told_already =
            |types: &Types| self.seen.contains(types) || self.enums_seen.contains(types);
        let mut leads = mem::take(&mut self.retyped);
        leads.retain(|types| !told_already(types));
        Inside {
            changes: mem::replace(&mut self.changes, told),
            leads,
        }
    }
}

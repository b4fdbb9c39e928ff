//! The walker: what differs between two models, as structured changes. It judges nothing.
//!
//! Elements are paired by full name; what is left over, by what a changed package, a move or a
//! rename makes of it (`pairs`), and by the fields that hold it: a field whose type went from `A` to
//! `B` puts `A` and `B` side by side, member by member, whatever their names. So a rename or a move
//! hides nothing that changed inside.

mod change;
mod declared;
mod enums;
mod extensions;
mod files;
mod held;
mod inside;
mod messages;
mod pairs;
mod services;
#[cfg(test)]
mod tests;
mod unpaired;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::model::{File, FileId, Model};
use super::settings::Settings;
#[cfg(test)]
use pairs::MAX_NAMESAKES;

pub use change::ElementKind;
pub(crate) use change::{Change, Element, Pair, Scope};
pub(crate) use declared::Similar;
pub(crate) use held::held_by;
pub(crate) use inside::{Insides, MAX_PAIRS, Types};
pub(crate) use messages::renamed_groups;
pub(crate) use pairs::similar;

/// What differs between two models.
#[derive(Debug)]
pub(crate) struct Diff<'a> {
    /// In a settled order.
    pub changes: Vec<Change<'a>>,
    /// What differs between types that fields hold one after the other.
    pub insides: Insides<'a>,
}

/// Walks two models.
pub(crate) fn diff<'a>(old: &'a Model, new: &'a Model, scope: Scope) -> Diff<'a> {
    let mut walker = Walker {
        old,
        new,
        scope,
        files: new
            .files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.compared)
            .map(|(id, file)| (file.path.as_str(), (id, file)))
            .collect(),
        moves: Moves::default(),
        enum_moves: Moves::default(),
        queue: Vec::new(),
        seen: HashSet::default(),
        enums_seen: HashSet::default(),
        groups: BTreeSet::new(),
        retyped: Vec::new(),
        within: false,
        changes: Vec::new(),
    };
    walker.files();
    walker.messages();
    walker.enums();
    walker.pairs();
    walker.similar();
    walker.services();
    walker.extensions();
    walker.unpaired();
    let insides = walker.insides();
    Diff {
        changes: walker.changes,
        insides,
    }
}

/// Old full names and what they became, in the order in which that was found out.
type Moves<'a> = IndexMap<&'a str, &'a str, RandomState>;

struct Walker<'a> {
    old: &'a Model,
    new: &'a Model,
    scope: Scope,
    /// The new files by path.
    files: BTreeMap<&'a str, (FileId, &'a File)>,
    /// Old full names of messages and what they are called now.
    moves: Moves<'a>,
    /// The same of enums.
    enum_moves: Moves<'a>,
    queue: Vec<Pair<'a>>,
    seen: HashSet<(&'a str, &'a str), RandomState>,
    enums_seen: HashSet<(&'a str, &'a str), RandomState>,
    /// Groups that are told at their fields.
    groups: BTreeSet<Types<'a>>,
    /// Pairs of types of fields, neither of which became the other.
    retyped: Vec<Types<'a>>,
    /// Whether such a pair is walked now.
    within: bool,
    changes: Vec<Change<'a>>,
}

impl<'a> Walker<'a> {
    /// The options that differ between two versions of an element.
    fn settings(
        &mut self,
        old: &'a Settings,
        new: &'a Settings,
        element: impl FnOnce() -> Element<'a>,
    ) {
        if old == new {
            return;
        }
        let element = element();
        let names: BTreeSet<&'a str> = old.names().chain(new.names()).collect();
        for option in names {
            let (old, new) = (old.get(option), new.get(option));
            if old != new {
                self.changes.push(Change::Setting {
                    element: Box::new(element.clone()),
                    option,
                    old,
                    new,
                });
            }
        }
    }
}

/// A full name without its package.
pub(crate) fn relative<'n>(name: &'n str, package: &str) -> Option<&'n str> {
    if package.is_empty() {
        Some(name)
    } else {
        name.strip_prefix(package)?.strip_prefix('.')
    }
}

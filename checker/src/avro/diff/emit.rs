//! From what was noted of the pairs to changes, each with the shortest way that leads to it.

use std::collections::{HashMap, VecDeque};

use crate::Profile;
use crate::avro::change::{Change, ChangeKind, Side};
use crate::avro::model::Slot;
use crate::model::Direction;

use super::{Graph, Link, MAX_ROUTE};

impl<'s> Graph<'s, '_> {
    /// The facts along the shortest ways from the root through pairs that are `wanted`.
    pub(super) fn emit(
        &self,
        direction: Direction,
        wanted: &[bool],
        failing: &[bool],
    ) -> Vec<Change<'s>> {
        let mut changes = Vec::new();
        let mut reached: HashMap<usize, Option<(usize, Link)>> = HashMap::new();
        let mut queue = VecDeque::new();
        if wanted.first() == Some(&true) {
            reached.insert(0, None);
            queue.push_back(0);
        }
        while let Some(at) = queue.pop_front() {
            let pair = &self.pairs[at];
            for kind in &pair.local {
                if self.profile == Profile::Proven || self.stops(kind) {
                    changes.push(self.change(direction, at, kind, &reached, failing));
                }
            }
            let links = pair.links.iter().filter(|link| wanted[link.to]);
            for link in links.take(if pair.any { 1 } else { usize::MAX }) {
                reached.entry(link.to).or_insert_with(|| {
                    queue.push_back(link.to);
                    Some((at, *link))
                });
            }
        }
        changes
    }

    fn change(
        &self,
        direction: Direction,
        at: usize,
        kind: &ChangeKind,
        reached: &HashMap<usize, Option<(usize, Link)>>,
        failing: &[bool],
    ) -> Change<'s> {
        let links = way(at, reached);
        let pair = &self.pairs[at];
        let last = reached.get(&at).copied().flatten();
        let entered = last.is_some_and(|(_, link)| matches!(link.writer, Some(Slot::Branch(_))));
        let kind = match kind {
            ChangeKind::AliasUnclear(index)
                if pair.rewriting_fails || pair.alternatives.iter().any(|to| failing[*to]) =>
            {
                ChangeKind::AliasUndecided(*index)
            }
            ChangeKind::Type if entered => ChangeKind::Branch,
            kind => kind.clone(),
        };
        Change {
            direction,
            kind,
            reader: Side {
                schema: self.reader,
                site: pair.reader_site,
                id: pair.reader,
            },
            writer: Side {
                schema: self.writer,
                site: pair.writer_site,
                id: pair.writer,
            },
            route: links.map(|links| links.iter().filter_map(|link| link.writer).collect()),
        }
    }
}

/// The links from the root to a pair; `None` if there are more than [`MAX_ROUTE`].
fn way(at: usize, reached: &HashMap<usize, Option<(usize, Link)>>) -> Option<Vec<Link>> {
    let mut links = Vec::new();
    let mut from = at;
    while let Some(Some((parent, link))) = reached.get(&from) {
        if links.len() == MAX_ROUTE {
            return None;
        }
        links.push(*link);
        from = *parent;
    }
    links.reverse();
    Some(links)
}

//! Findings that are one to people: a change that breaks both directions is told once.

use crate::model::{Direction, Finding};

/// Findings that are equal but for direction, message and witness; never empty.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// The finding whose words stand for all.
    pub first: &'a Finding,
    /// The other directions.
    pub others: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    /// All findings of the group.
    pub fn findings(&self) -> impl Iterator<Item = &'a Finding> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    /// Whether the change breaks this direction.
    pub fn breaks(&self, direction: Direction) -> bool {
        self.findings()
            .any(|finding| finding.direction == direction)
    }
}

/// Groups findings; groups and their members keep the order of the findings.
pub fn group<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for finding in findings {
        // Equal findings stand close together (they are sorted by place, path and rule), so looking
        // back a few groups finds them and keeps this linear.
        let twin = groups
            .iter_mut()
            .rev()
            .take(LOOK_BACK)
            .find(|group| same(group.first, finding) && !group.breaks(finding.direction));
        match twin {
            Some(group) => group.others.push(finding),
            None => groups.push(Group {
                first: finding,
                others: Vec::new(),
            }),
        }
    }
    groups
}

/// How many groups back a twin is looked for.
pub(super) const LOOK_BACK: usize = 64;

fn same(a: &Finding, b: &Finding) -> bool {
    a.rule == b.rule
        && a.severity == b.severity
        && a.path == b.path
        && a.old == b.old
        && a.new == b.new
        && a.hint == b.hint
}

//! Both schemas of a comparison in one space, where equal meanings are one thing.
//!
//! Two subschemas are in one class if nothing tells them apart: the coarsest bisimulation over their
//! assertions. So a schema is the same as its copy, whatever its definitions are called and however
//! it recurs, and a contradiction between "is this" and "is not that" is seen at once.

use std::collections::BTreeMap;

use super::model::{Assertion, Meaning, Model, NodeId};

/// A class of equal subschemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClassId(pub(crate) usize);

/// One of equal assertions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AssertionId(pub(crate) usize);

/// What the members of a class demand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Always(bool),
    /// All of these.
    All(Vec<AssertionId>),
}

/// Whose node is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Reader,
    Writer,
}

/// The classes of two models.
#[derive(Debug)]
pub(crate) struct Space {
    pub(crate) classes: Vec<Class>,
    pub(crate) assertions: Vec<Assertion<ClassId>>,
    ids: BTreeMap<Assertion<ClassId>, AssertionId>,
    reader: Vec<ClassId>,
    writer: Vec<ClassId>,
}

/// A node's assertions without their subschemas, and these.
type Shallow = Vec<(usize, Vec<usize>)>;

impl Space {
    /// Puts two models together.
    pub(crate) fn new(reader: &Model, writer: &Model) -> Self {
        let shift = reader.nodes.len();
        let all = reader.nodes.iter().map(|node| (node, 0));
        let all: Vec<_> = all
            .chain(writer.nodes.iter().map(|node| (node, shift)))
            .collect();
        let mut labels: BTreeMap<Assertion<()>, usize> = BTreeMap::new();
        let mut kinds = Vec::new();
        let mut shallow: Vec<Shallow> = Vec::new();
        for (node, shift) in &all {
            let mut parts = Vec::new();
            for located in node.assertions() {
                let mut children = Vec::new();
                let label = located
                    .assertion
                    .map(|child| children.push(child.0 + shift));
                let fresh = labels.len();
                let label = *labels.entry(label).or_insert(fresh);
                parts.push((label, children));
            }
            shallow.push(parts);
            kinds.push(match node.meaning {
                Meaning::Always(value) => usize::from(value),
                Meaning::All(_) => 2,
            });
        }
        let class = refine(
            &kinds,
            &shallow,
            &links(
                &all.iter()
                    .map(|(node, shift)| match node.assertions() {
                        [only] => match &only.assertion {
                            Assertion::Also(target) => Some(target.0 + shift),
                            _ => None,
                        },
                        _ => None,
                    })
                    .collect::<Vec<_>>(),
            ),
        );
        let mut space = Self {
            classes: Vec::new(),
            assertions: Vec::new(),
            ids: BTreeMap::new(),
            reader: class[..shift].iter().copied().map(ClassId).collect(),
            writer: class[shift..].iter().copied().map(ClassId).collect(),
        };
        space.fill(&all, &class);
        space
    }

    fn fill(&mut self, all: &[(&super::model::SchemaNode, usize)], class: &[usize]) {
        let count = class.iter().max().map_or(0, |max| max + 1);
        let mut classes: Vec<Option<Class>> = vec![None; count];
        let mut ids: BTreeMap<Assertion<ClassId>, AssertionId> = BTreeMap::new();
        for (index, (node, shift)) in all.iter().enumerate() {
            let [Assertion::Also(_)] = &node
                .assertions()
                .iter()
                .map(|located| &located.assertion)
                .collect::<Vec<_>>()[..]
            else {
                let slot = &mut classes[class[index]];
                if slot.is_some() {
                    continue;
                }
                *slot = Some(match &node.meaning {
                    Meaning::Always(value) => Class::Always(*value),
                    Meaning::All(assertions) => {
                        let mut found = Vec::new();
                        for located in assertions {
                            let assertion = located
                                .assertion
                                .map(|child: &NodeId| ClassId(class[child.0 + shift]));
                            let fresh = AssertionId(ids.len());
                            found.push(*ids.entry(assertion).or_insert(fresh));
                        }
                        found.sort();
                        found.dedup();
                        Class::All(found)
                    }
                });
                continue;
            };
        }
        self.classes = classes
            .into_iter()
            .map(|class| class.unwrap_or(Class::Always(true)))
            .collect();
        let mut assertions: Vec<_> = ids.iter().map(|(assertion, id)| (*id, assertion)).collect();
        assertions.sort_by_key(|(id, _)| *id);
        self.assertions = assertions
            .into_iter()
            .map(|(_, assertion)| assertion.clone())
            .collect();
        self.ids = ids;
    }

    /// The class of a node.
    pub(crate) fn class_of(&self, side: Side, node: NodeId) -> ClassId {
        match side {
            Side::Reader => self.reader[node.0],
            Side::Writer => self.writer[node.0],
        }
    }

    /// What a class demands.
    pub(crate) fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.0]
    }

    /// An assertion.
    pub(crate) fn assertion(&self, id: AssertionId) -> &Assertion<ClassId> {
        &self.assertions[id.0]
    }

    /// The id of an assertion of a node; `None` for a node that is only another name of its target.
    pub(crate) fn find(&self, side: Side, assertion: &Assertion<NodeId>) -> Option<AssertionId> {
        let wanted = assertion.map(|child| self.class_of(side, *child));
        self.ids.get(&wanted).copied()
    }
}

/// Where a node only says "the same as that one": that one. There are no cycles of such nodes.
fn links(only: &[Option<usize>]) -> Vec<usize> {
    (0..only.len())
        .map(|mut node| {
            while let Some(target) = only[node] {
                node = target;
            }
            node
        })
        .collect()
}

/// Splits classes until their members agree on everything; a fixpoint.
fn refine(kinds: &[usize], shallow: &[Shallow], links: &[usize]) -> Vec<usize> {
    let mut class: Vec<usize> = links.iter().map(|node| kinds[*node]).collect();
    let mut count = 0;
    loop {
        let mut signatures: BTreeMap<(usize, Shallow), usize> = BTreeMap::new();
        let mut next = vec![0; class.len()];
        for (node, link) in links.iter().enumerate() {
            let mut parts: Vec<_> = shallow[*link]
                .iter()
                .map(|(label, children)| {
                    (
                        *label,
                        children
                            .iter()
                            .map(|child| class[*child])
                            .collect::<Vec<_>>(),
                    )
                })
                .collect();
            parts.sort();
            parts.dedup();
            let fresh = signatures.len();
            next[node] = *signatures.entry((class[*link], parts)).or_insert(fresh);
        }
        class = next;
        if signatures.len() == count {
            return class;
        }
        count = signatures.len();
    }
}

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
        for (index, (node, shift)) in all.iter().enumerate() {
            let mut parts = Vec::new();
            for located in node.assertions() {
                let mut children = Vec::new();
                let mut label = located
                    .assertion
                    .map(|child| children.push(child.0 + shift));
                own(&mut label, index);
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
                            let mut assertion = located
                                .assertion
                                .map(|child: &NodeId| ClassId(class[child.0 + shift]));
                            own(&mut assertion, index);
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
    pub(crate) fn find(
        &self,
        side: Side,
        node: NodeId,
        assertion: &Assertion<NodeId>,
    ) -> Option<AssertionId> {
        let mut wanted = assertion.map(|child| self.class_of(side, *child));
        let shift = match side {
            Side::Reader => 0,
            Side::Writer => self.reader.len(),
        };
        own(&mut wanted, node.0 + shift);
        self.ids.get(&wanted).copied()
    }
}

/// Makes an assertion that equals only itself differ from all others.
fn own<C>(assertion: &mut Assertion<C>, node: usize) {
    if let Assertion::Opaque { what, .. } = assertion
        && !what.stands_alone
    {
        what.text = format!("{node}: {}", what.text);
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

/// The most node visits that telling the members of cycles apart may take. Behind it they are taken
/// to be all different, which loses equalities and never invents one.
pub(crate) const MAX_REFINEMENTS: usize = 2_000_000;

/// The class of each node. Parts before wholes, so that most nodes are settled at first sight; the
/// members of cycles are told apart together.
fn refine(kinds: &[usize], shallow: &[Shallow], links: &[usize]) -> Vec<usize> {
    let mut settled = Settled {
        kinds,
        shallow,
        links,
        class: vec![usize::MAX; links.len()],
        known: BTreeMap::new(),
        count: 0,
        budget: MAX_REFINEMENTS,
    };
    let children = |node: usize| {
        let parts = shallow[node].iter().flat_map(|(_, children)| children);
        parts.map(|child| links[*child]).collect()
    };
    for level in levels(links.len(), &children) {
        settled.level(&level);
    }
    let class = &settled.class;
    links.iter().map(|link| class[*link]).collect()
}

/// Classes that are settled, and by what they were told apart.
struct Settled<'a> {
    kinds: &'a [usize],
    shallow: &'a [Shallow],
    links: &'a [usize],
    class: Vec<usize>,
    known: BTreeMap<(usize, Shallow), usize>,
    count: usize,
    budget: usize,
}

/// Numbers from here on stand for classes that are not settled yet.
const UNSETTLED: usize = usize::MAX / 2;

impl Settled<'_> {
    /// Settles nodes whose parts are settled or among them.
    fn level(&mut self, nodes: &[usize]) {
        for node in nodes {
            self.class[*node] = UNSETTLED + self.kinds[*node];
        }
        let mut count = 0;
        while nodes.len() > 1 {
            let mut signatures = BTreeMap::new();
            let mut next = Vec::with_capacity(nodes.len());
            for node in nodes {
                let fresh = signatures.len();
                let key = (self.class[*node], self.signature(*node));
                next.push(*signatures.entry(key).or_insert(fresh));
            }
            let affordable = self.budget.checked_sub(nodes.len());
            self.budget = affordable.unwrap_or(0);
            for (index, (node, class)) in nodes.iter().zip(&next).enumerate() {
                let alone = if affordable.is_none() { index } else { *class };
                self.class[*node] = UNSETTLED + alone;
            }
            if signatures.len() == count || affordable.is_none() {
                break;
            }
            count = signatures.len();
        }
        self.settle(nodes);
    }

    /// Gives final numbers: a known one where all parts are the same as those of a settled node.
    fn settle(&mut self, nodes: &[usize]) {
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        for node in nodes {
            if numbers.contains_key(&self.class[*node]) {
                continue;
            }
            let known = self.known.get(&self.signature(*node)).copied();
            let number = known.unwrap_or(self.count);
            self.count += usize::from(known.is_none());
            numbers.insert(self.class[*node], number);
        }
        for node in nodes {
            self.class[*node] = numbers[&self.class[*node]];
        }
        for node in nodes {
            let signature = self.signature(*node);
            let class = self.class[*node];
            self.known.entry(signature).or_insert(class);
        }
    }

    fn signature(&self, node: usize) -> (usize, Shallow) {
        let part = |(label, children): &(usize, Vec<usize>)| {
            let classes = children.iter().map(|child| self.class[self.links[*child]]);
            (*label, classes.collect())
        };
        let mut parts: Shallow = self.shallow[node].iter().map(part).collect();
        parts.sort();
        parts.dedup();
        (self.kinds[node], parts)
    }
}

/// The strongly connected components, parts before wholes; single nodes each for themselves,
/// cycles of the same height together.
fn levels(count: usize, children: &dyn Fn(usize) -> Vec<usize>) -> Vec<Vec<usize>> {
    let components = components(count, children);
    let mut component_of = vec![0; count];
    for (index, component) in components.iter().enumerate() {
        for node in component {
            component_of[*node] = index;
        }
    }
    let mut levels: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    let mut height = vec![0; components.len()];
    for (index, component) in components.into_iter().enumerate() {
        let targets: Vec<usize> = component
            .iter()
            .flat_map(|node| children(*node))
            .map(|child| component_of[child])
            .collect();
        let below = targets.iter().filter(|target| **target != index);
        height[index] = below.map(|target| height[*target] + 1).max().unwrap_or(0);
        let key = if targets.contains(&index) {
            usize::MAX
        } else {
            index
        };
        levels
            .entry((height[index], key))
            .or_default()
            .extend(component);
    }
    levels.into_values().collect()
}

/// Tarjan's algorithm with a stack of its own.
fn components(count: usize, children: &dyn Fn(usize) -> Vec<usize>) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut index = vec![NEW; count];
    let mut low = vec![0; count];
    let mut is_open = vec![false; count];
    let mut open = Vec::new();
    let mut found = Vec::new();
    let mut next = 0;
    for start in 0..count {
        if index[start] != NEW {
            continue;
        }
        let mut work = vec![(start, children(start))];
        (index[start], low[start], is_open[start]) = (next, next, true);
        next += 1;
        open.push(start);
        while let Some((node, rest)) = work.last_mut() {
            let node = *node;
            if let Some(child) = rest.pop() {
                if index[child] == NEW {
                    (index[child], low[child], is_open[child]) = (next, next, true);
                    next += 1;
                    open.push(child);
                    work.push((child, children(child)));
                } else if is_open[child] {
                    low[node] = low[node].min(index[child]);
                }
                continue;
            }
            work.pop();
            if let Some((parent, _)) = work.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
            if low[node] == index[node] {
                let at = open.iter().rposition(|other| *other == node).unwrap_or(0);
                let component = open.split_off(at);
                for member in &component {
                    is_open[*member] = false;
                }
                found.push(component);
            }
        }
    }
    found
}

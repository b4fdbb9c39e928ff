//! From elements to what they reach, and to the users of that.

use std::collections::{BTreeMap, BTreeSet};

use super::consumers::{Role, User};
use super::graph::{Graph, NodeId, Position, Reached};
use super::{Names, State, Via};

/// No more things that a consumer uses are told for one cause; the others are counted.
pub const MAX_VIAS: usize = 3;

/// No more names that a cause reaches are told; the others are counted.
pub const MAX_NAMES: usize = 200;

/// No more fields on the way to a cause are told.
pub const MAX_WAY: usize = 16;

/// What a cause does where it is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Code that names the element changes: whoever uses it is affected.
    Source,
    /// Data are misread; an RPC that is meant itself fails for its clients.
    CallsFail,
    /// Data are misread; an RPC that is meant itself differs for both sides.
    CallsDiffer,
}

/// What elements reach.
#[derive(Debug, Default)]
pub(super) struct Hits {
    pub messages: BTreeSet<String>,
    pub rpcs: BTreeSet<String>,
    pub services: BTreeSet<String>,
    pub consumers: BTreeMap<usize, Found>,
}

/// What one consumer uses of it.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub via: Vec<Via>,
    /// The further ones.
    pub more: BTreeSet<(String, &'static str)>,
}

impl Hits {
    /// Adds what another state has.
    pub(super) fn merge(&mut self, other: Self) {
        self.messages.extend(other.messages);
        self.rpcs.extend(other.rpcs);
        self.services.extend(other.services);
        for (consumer, found) in other.consumers {
            self.consumers.entry(consumer).or_default().merge(found);
        }
    }
}

impl Found {
    /// Notes a use; the way is only asked for where it will be told.
    fn add(
        &mut self,
        element: &str,
        role: Role,
        part: Option<&'static str>,
        way: impl FnOnce() -> Vec<String>,
    ) {
        let role = role.word();
        if self.knows(element, role) {
            return;
        }
        if self.via.len() == MAX_VIAS {
            self.more.insert((element.to_owned(), role));
            return;
        }
        self.via.push(Via {
            element: element.to_owned(),
            role,
            part,
            way: way(),
        });
    }

    fn knows(&self, element: &str, role: &str) -> bool {
        let same = |known: &Via| known.element == element && known.role == role;
        self.via.iter().any(same)
    }

    fn merge(&mut self, other: Self) {
        for via in other.via {
            if self.knows(&via.element, via.role) {
                continue;
            }
            if self.via.len() == MAX_VIAS {
                self.more.insert((via.element, via.role));
            } else {
                self.via.push(via);
            }
        }
        for (element, role) in other.more {
            if !self.knows(&element, role) {
                self.more.insert((element, role));
            }
        }
    }
}

/// The first names, and how many there are.
pub(super) fn names(all: BTreeSet<String>) -> Names {
    Names {
        total: all.len(),
        names: all.into_iter().take(MAX_NAMES).collect(),
    }
}

/// Follows elements to all that holds or carries them, and to who uses that.
pub(super) fn hits(state: &State<'_>, elements: &[NodeId], effect: Effect) -> Hits {
    let graph = state.graph;
    let reached = graph.reach(elements);
    let mut hits = Hits::default();
    for (at, found) in reached.types.iter().enumerate() {
        if is_entry(graph, found.node) {
            continue;
        }
        let name = name(graph, found.node);
        hits.messages.insert(name.clone());
        for user in users(state, found.node) {
            if matches!(user.role, Role::Messages | Role::Any) {
                let found = hits.consumers.entry(user.consumer).or_default();
                found.add(&name, user.role, None, || way(graph, &reached, Some(at)));
            }
        }
    }
    rpcs(state, &reached, effect, &mut hits);
    for service in &reached.services {
        hits.services.insert(name(graph, *service));
        for user in users(state, *service) {
            if is_affected(user.role, Position::Itself, effect) {
                let found = hits.consumers.entry(user.consumer).or_default();
                found.add(&name(graph, *service), user.role, None, Vec::new);
            }
        }
    }
    hits
}

fn rpcs(state: &State<'_>, reached: &Reached<'_>, effect: Effect, hits: &mut Hits) {
    let graph = state.graph;
    for found in &reached.rpcs {
        let name = name(graph, found.node);
        if let Some((service, _)) = name.rsplit_once('.') {
            hits.services.insert(service.to_owned());
        }
        hits.rpcs.insert(name.clone());
        for user in users(state, found.node) {
            if is_affected(user.role, found.position, effect) {
                let way = || way(graph, reached, found.carries);
                let hit = hits.consumers.entry(user.consumer).or_default();
                hit.add(&name, user.role, part(found.position), way);
            }
        }
    }
}

/// Whether a user of an RPC is affected.
const fn is_affected(role: Role, position: Position, effect: Effect) -> bool {
    match (role, position, effect) {
        (Role::Messages, _, _)
        | (Role::Server, Position::Response, Effect::CallsFail | Effect::CallsDiffer)
        | (Role::Server, Position::Itself, Effect::CallsFail) => false,
        (Role::Client | Role::Any, _, _)
        | (Role::Server, Position::Request, _)
        | (Role::Server, _, Effect::Source)
        | (Role::Server, Position::Itself, Effect::CallsDiffer) => true,
    }
}

fn users<'a>(state: &'a State<'_>, node: NodeId) -> &'a [User] {
    state.users.get(node).map_or(&[], Vec::as_slice)
}

fn name(graph: &Graph<'_>, node: NodeId) -> String {
    let node = graph.nodes.get(node);
    node.map(|node| node.name.clone()).unwrap_or_default()
}

/// The synthetic message of a map, which nobody knows by name.
fn is_entry(graph: &Graph<'_>, node: NodeId) -> bool {
    let message = graph.model.messages.get(&name(graph, node));
    message.is_some_and(|message| message.map_entry)
}

/// The fields from a type to the element that it was reached from.
fn way(graph: &Graph<'_>, reached: &Reached<'_>, from: Option<usize>) -> Vec<String> {
    let mut way = Vec::new();
    let mut at = from;
    while let Some(found) = at.and_then(|at| reached.types.get(at)) {
        let Some((next, field)) = found.from.filter(|_| way.len() < MAX_WAY) else {
            break;
        };
        if !is_entry(graph, found.node) {
            // An extension has a full name of its own.
            let holder = name(graph, found.node);
            way.push(if field.contains('.') {
                field.to_owned()
            } else {
                format!("{holder}.{field}")
            });
        }
        at = Some(next);
    }
    way
}

const fn part(position: Position) -> Option<&'static str> {
    match position {
        Position::Itself => None,
        Position::Request => Some("request"),
        Position::Response => Some("response"),
    }
}

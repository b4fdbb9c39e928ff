//! One state of a tree as a graph: which messages hold which types, which RPCs carry which messages.

use std::collections::{BTreeMap, VecDeque};

use crate::protobuf::model::{Field, FileId, Kind as FieldKind, Model};

/// The index of a node.
pub(super) type NodeId = usize;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Message,
    Enum,
    Service,
    Rpc,
}

impl Kind {
    /// The word, with its article.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Message => "a message",
            Self::Enum => "an enum",
            Self::Service => "a service",
            Self::Rpc => "an RPC",
        }
    }
}

/// An element that can be used.
#[derive(Debug)]
pub(super) struct Node {
    pub name: String,
    pub kind: Kind,
    pub file: FileId,
}

/// Where an RPC meets what was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Position {
    /// The RPC itself, or its service.
    Itself,
    /// In what clients send.
    Request,
    /// In what servers answer.
    Response,
}

/// A message that has a type in one of its fields.
#[derive(Clone, Copy, Debug)]
struct Holder<'m> {
    message: NodeId,
    field: &'m str,
}

/// One state of a tree.
#[derive(Debug)]
pub(super) struct Graph<'m> {
    pub model: &'m Model,
    /// Sorted by name, so that what lies below a name stands together.
    pub nodes: Vec<Node>,
    holders: Vec<Vec<Holder<'m>>>,
    carriers: Vec<Vec<(NodeId, Position)>>,
    /// Extension fields by full name, with the message that they extend.
    extensions: BTreeMap<&'m str, NodeId>,
}

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Reached<'m> {
    /// Messages and enums, nearest first.
    pub types: Vec<ReachedType<'m>>,
    /// RPCs, each with the type that it carries.
    pub rpcs: Vec<ReachedRpc>,
    /// Services that are meant as a whole.
    pub services: Vec<NodeId>,
}

/// A type, and by which field it reaches the one before.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReachedType<'m> {
    pub node: NodeId,
    /// The index in [`Reached::types`] of what the field holds, and the field.
    pub from: Option<(usize, &'m str)>,
}

/// An RPC, and what it carries.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReachedRpc {
    pub node: NodeId,
    pub position: Position,
    /// The index in [`Reached::types`]; `None` for the RPC itself.
    pub carries: Option<usize>,
}

impl<'m> Graph<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let nodes = nodes(model);
        let mut graph = Self {
            model,
            holders: nodes.iter().map(|_| Vec::new()).collect(),
            carriers: nodes.iter().map(|_| Vec::new()).collect(),
            nodes,
            extensions: BTreeMap::new(),
        };
        graph.hold();
        graph.carry();
        graph
    }

    /// The node of exactly that name.
    pub(super) fn named(&self, name: &str) -> Option<NodeId> {
        let found = self.nodes.binary_search_by(|node| (*node.name).cmp(name));
        found.ok()
    }

    /// The nodes of a name and of what lies below it: of a package, a service, a message.
    pub(super) fn below<'a>(&'a self, name: &'a str) -> impl Iterator<Item = NodeId> + 'a {
        let start = self.nodes.partition_point(|node| *node.name < *name);
        let nodes = self.nodes.iter().enumerate().skip(start);
        nodes
            .take_while(move |(_, node)| node.name.starts_with(name))
            .filter(move |(_, node)| covers(name, &node.name))
            .map(|(id, _)| id)
    }

    /// The element that a path names, or that it names a part of.
    pub(super) fn element(&self, path: &str) -> Option<NodeId> {
        let mut rest = path;
        loop {
            let extension = || self.extensions.get(rest).copied();
            if let Some(found) = self.named(rest).or_else(extension) {
                return Some(found);
            }
            rest = rest.rsplit_once('.')?.0;
        }
    }

    /// The nodes that stand in a file.
    pub(super) fn in_file(&self, file: FileId) -> Vec<NodeId> {
        let nodes = self.nodes.iter().enumerate();
        let here = nodes.filter(|(_, node)| node.file == file);
        here.map(|(id, _)| id).collect()
    }

    /// All that these elements can be met through.
    pub(super) fn reach(&self, elements: &[NodeId]) -> Reached<'m> {
        let mut reached = Reached::default();
        let mut seen = vec![false; self.nodes.len()];
        let mut open = VecDeque::new();
        for element in elements {
            match self.nodes.get(*element).map(|node| node.kind) {
                Some(Kind::Message | Kind::Enum) if !replace(&mut seen, *element) => {
                    let (node, from) = (*element, None);
                    open.push_back(ReachedType { node, from });
                }
                Some(Kind::Service) => self.service(*element, &mut reached),
                Some(Kind::Rpc) => reached.itself(*element),
                Some(Kind::Message | Kind::Enum) | None => {}
            }
        }
        while let Some(found) = open.pop_front() {
            let at = reached.types.len();
            for holder in self.holders.get(found.node).into_iter().flatten() {
                if !replace(&mut seen, holder.message) {
                    let from = Some((at, holder.field));
                    let node = holder.message;
                    open.push_back(ReachedType { node, from });
                }
            }
            for (node, position) in self.carriers.get(found.node).into_iter().flatten() {
                reached.rpcs.push(ReachedRpc {
                    node: *node,
                    position: *position,
                    carries: Some(at),
                });
            }
            reached.types.push(found);
        }
        reached
    }

    fn service(&self, service: NodeId, reached: &mut Reached<'m>) {
        let Some(name) = self.nodes.get(service).map(|node| &node.name) else {
            return;
        };
        reached.services.push(service);
        for node in self.below(name) {
            if node != service {
                reached.itself(node);
            }
        }
    }

    fn hold(&mut self) {
        let model = self.model;
        for message in model.messages.values() {
            let Some(holder) = self.named(&message.name) else {
                continue;
            };
            for field in &message.fields {
                self.holds(holder, field, &field.kind);
            }
        }
        for ((extendee, _), field) in &model.extensions {
            if let Some(holder) = self.named(extendee) {
                self.extensions.insert(&field.name, holder);
                self.holds(holder, field, &field.kind);
            }
        }
    }

    fn holds(&mut self, message: NodeId, field: &'m Field, kind: &'m FieldKind) {
        let held = match kind {
            FieldKind::Scalar(_) => return,
            FieldKind::Enum(name) | FieldKind::Message(name) | FieldKind::Group(name) => name,
            FieldKind::Map { entry, .. } => entry,
        };
        let held = self.named(held);
        if let Some(holders) = held.and_then(|held| self.holders.get_mut(held)) {
            let field = &*field.name;
            holders.push(Holder { message, field });
        }
    }

    fn carry(&mut self) {
        let model = self.model;
        for service in model.services.values() {
            for method in &service.methods {
                let Some(rpc) = self.named(&format!("{}.{}", service.name, method.name)) else {
                    continue;
                };
                for (message, position) in [
                    (&method.input, Position::Request),
                    (&method.output, Position::Response),
                ] {
                    let message = self.named(message);
                    if let Some(carriers) = message.and_then(|id| self.carriers.get_mut(id)) {
                        carriers.push((rpc, position));
                    }
                }
            }
        }
    }
}

impl Reached<'_> {
    fn itself(&mut self, node: NodeId) {
        self.rpcs.push(ReachedRpc {
            node,
            position: Position::Itself,
            carries: None,
        });
    }
}

/// Whether a name is another one, or has it below it.
pub(super) fn covers(name: &str, other: &str) -> bool {
    let rest = other.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn nodes(model: &Model) -> Vec<Node> {
    let messages = model.messages.values().map(|message| Node {
        name: message.name.clone(),
        kind: Kind::Message,
        file: message.file,
    });
    let enums = model.enums.values().map(|found| Node {
        name: found.name.clone(),
        kind: Kind::Enum,
        file: found.file,
    });
    let services = model.services.values().map(|service| Node {
        name: service.name.clone(),
        kind: Kind::Service,
        file: service.file,
    });
    let rpcs = model.services.values().flat_map(|service| {
        service.methods.iter().map(|method| Node {
            name: format!("{}.{}", service.name, method.name),
            kind: Kind::Rpc,
            file: service.file,
        })
    });
    let mut nodes: Vec<Node> = messages.chain(enums).chain(services).chain(rpcs).collect();
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    nodes
}

/// Marks a place and says whether it was marked.
fn replace(seen: &mut [bool], at: usize) -> bool {
    seen.get_mut(at)
        .is_none_or(|seen| std::mem::replace(seen, true))
}

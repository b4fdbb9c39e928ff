//! Impact: who breaks. From findings to the messages that hold what changed, to the RPCs that carry
//! those, and to the consumers that use them.
//!
//! [`Reach`] reads both states of a tree as a whole, [`Reach::unknown`] says which names of
//! consumers exist nowhere, and [`Reach::impact`] who is affected by what. What *affected* means:
//!
//! - What is met in a **request** affects the client, whose call fails or says something else, and
//!   the server, which reads it.
//! - What is met in a **response** affects the client only: the server writes what it always wrote.
//! - An RPC or a service that is **gone** affects clients only; another change of an RPC itself
//!   affects both, but for the type of its response.
//! - A **message that is used on its own** (an event, stored data) is affected by all that it holds.
//! - What breaks **source code only** affects whoever uses the element in any role.
//!
//! Reachability is that of the old state, which is what is deployed; what only the new state has is
//! looked up there. What travels inside a `google.protobuf.Any` cannot be seen.

mod changed;
mod consumers;
mod effects;
mod graph;
#[cfg(test)]
mod tests;
mod whole;

pub use consumers::{Consumer, MAX_UNKNOWN, Role, Use, Used};
pub use effects::{MAX_NAMES, MAX_VIAS, MAX_WAY};

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::model::{FileId, Model};
use super::tree::{Tree, TreeProblems};
use crate::model::{
    Audience, Category, Comparison, Direction, Finding, Problem, Severity, Undecided,
};
use changed::How;
use consumers::Users;
use effects::{Effect, Hits};
use graph::{Graph, Kind, NodeId};

/// Two states of a tree, read as a whole.
#[derive(Debug)]
pub struct Reach {
    old: Model,
    new: Model,
    left_out: BTreeSet<String>,
}

/// What makes a consumer affected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asked {
    /// Errors, and what could not be decided.
    #[default]
    Errors,
    /// Every change of an element, compatible or not.
    Changes,
}

/// Who is affected, by what.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Impact {
    /// All consumers, in the order given.
    pub consumers: Vec<ConsumerImpact>,
    /// What was looked for.
    pub causes: Vec<Cause>,
}

/// One consumer, affected or not.
#[derive(Clone, Debug, Serialize)]
pub struct ConsumerImpact {
    /// What people call it.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// By what it is affected; empty: not at all.
    pub touched_by: Vec<Touch>,
}

/// How a cause reaches a consumer.
#[derive(Clone, Debug, Serialize)]
pub struct Touch {
    /// The index in [`Impact::causes`].
    pub cause: usize,
    /// What it uses that is reached, the first [`MAX_VIAS`].
    pub via: Vec<Via>,
    /// How many more there are.
    pub more: usize,
}

/// Something that a consumer uses and a cause reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Via {
    /// The RPC, service, message or enum, by its full name.
    pub element: String,
    /// As what the consumer uses it: `client`, `server`, `messages` or `any`.
    pub role: &'static str,
    /// In which part of an RPC it is met: `request` or `response`.
    pub part: Option<&'static str>,
    /// The fields on the way from there to the cause, by full name, the first [`MAX_WAY`].
    pub way: Vec<String>,
}

/// A finding or a change, and all that it reaches.
#[derive(Clone, Debug, Serialize)]
pub struct Cause {
    /// The rule of the finding; `None` for a change as such, and for what is undecided.
    pub rule: Option<&'static str>,
    /// The element.
    pub path: String,
    /// What happened, in one line.
    pub message: String,
    /// The directions that it breaks; empty for a change as such.
    pub directions: Vec<Direction>,
    /// The messages and enums that have it in them.
    pub messages: Names,
    /// The RPCs that carry those, or that changed themselves.
    pub rpcs: Names,
    /// The services of those RPCs.
    pub services: Names,
}

/// Names, sorted; the first [`MAX_NAMES`] of `total`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Names {
    /// The first ones.
    pub names: Vec<String>,
    /// How many there are.
    pub total: usize,
}

impl Impact {
    /// The consumers that are affected.
    pub fn affected(&self) -> impl Iterator<Item = &ConsumerImpact> {
        let all = self.consumers.iter();
        all.filter(|consumer| !consumer.touched_by.is_empty())
    }

    /// The consumers that a cause reaches.
    pub fn touched_by(&self, cause: usize) -> impl Iterator<Item = &ConsumerImpact> {
        let all = self.consumers.iter();
        all.filter(move |consumer| consumer.touched_by.iter().any(|touch| touch.cause == cause))
    }

    /// The cause that a finding gave.
    pub fn cause_of(&self, finding: &Finding) -> Option<usize> {
        let path = finding.path.as_str();
        let mut causes = self.causes.iter();
        causes.position(|cause| cause.rule == Some(finding.rule.id) && cause.path == path)
    }
}

impl Reach {
    /// Reads all files of both states, those that did not change as well, but for those that are
    /// invalid. Whoever compares the two states hears of those that matter to it.
    pub fn of(old: &Tree, new: &Tree) -> Result<Self, TreeProblems> {
        match (whole::read(old), whole::read(new)) {
            (Ok(mut old), Ok(new)) => {
                old.left_out.extend(new.left_out);
                Ok(Self {
                    old: old.model,
                    new: new.model,
                    left_out: old.left_out,
                })
            }
            (old, new) => Err(TreeProblems {
                old: old.err().unwrap_or_default(),
                new: new.err().unwrap_or_default(),
            }),
        }
    }

    /// The import paths of files that are invalid, or import one that is: what they hold reaches
    /// nobody here.
    pub fn left_out(&self) -> impl ExactSizeIterator<Item = &str> {
        self.left_out.iter().map(String::as_str)
    }

    /// The names that consumers use and neither state has, the first [`MAX_UNKNOWN`].
    pub fn unknown(&self, consumers: &[Consumer]) -> Vec<Problem> {
        consumers::unknown([&Graph::of(&self.old), &Graph::of(&self.new)], consumers)
    }

    /// Says who is affected by what a comparison of the two states found, or by all that changed.
    pub fn impact(&self, found: &Comparison, consumers: &[Consumer], asked: Asked) -> Impact {
        let (old, new) = (Graph::of(&self.old), Graph::of(&self.new));
        let mut search = Search {
            old: State::of(&old, consumers),
            new: State::of(&new, consumers),
            causes: Vec::new(),
            touches: consumers.iter().map(|_| Vec::new()).collect(),
        };
        match asked {
            Asked::Errors => {
                search.findings(found);
                found
                    .undecided
                    .iter()
                    .for_each(|open| search.undecided(open));
            }
            Asked::Changes => {
                for (name, how) in changed::changed(&self.old, &self.new) {
                    search.change(&name, how);
                }
            }
        }
        search.impact(consumers)
    }
}

/// A state with its users.
struct State<'a> {
    graph: &'a Graph<'a>,
    users: Users,
}

impl<'a> State<'a> {
    fn of(graph: &'a Graph<'a>, consumers: &[Consumer]) -> Self {
        let users = consumers::users(graph, consumers);
        Self { graph, users }
    }
}

struct Search<'a> {
    old: State<'a>,
    new: State<'a>,
    causes: Vec<Cause>,
    /// By consumer.
    touches: Vec<Vec<Touch>>,
}

impl Search<'_> {
    /// Errors; the two directions of one are one cause.
    fn findings(&mut self, found: &Comparison) {
        let mut merged: BTreeMap<(&str, &str), (&Finding, Vec<Direction>)> = BTreeMap::new();
        let errors = found.findings.iter();
        for finding in errors.filter(|finding| finding.severity == Severity::Error) {
            let key = (finding.path.as_str(), finding.rule.id);
            let (_, directions) = merged.entry(key).or_insert((finding, Vec::new()));
            if !directions.contains(&finding.direction) {
                directions.push(finding.direction);
            }
        }
        for (finding, directions) in merged.into_values() {
            let cause = Cause {
                rule: Some(finding.rule.id),
                directions,
                ..cause(finding.path.as_str(), finding.message.clone())
            };
            let effect = self.effect(finding);
            let hits = if self.is_old(finding) {
                effects::hits(&self.old, &self.old_elements(finding), effect)
            } else {
                let elements = self.new.graph.element(finding.path.as_str());
                effects::hits(&self.new, elements.as_slice(), effect)
            };
            self.add(cause, hits);
        }
    }

    /// What happens to an RPC that the finding is about.
    fn effect(&self, finding: &Finding) -> Effect {
        let data = [Category::Wire, Category::WireJson, Category::Grpc];
        let categories = finding.rule.categories;
        let harmless = !data.iter().any(|category| categories.contains(category));
        if harmless || finding.audience == [Audience::SourceCode] {
            return Effect::Source;
        }
        let gone = self.new.graph.named(finding.path.as_str()).is_none();
        if gone || finding.rule.id == "protobuf/rpc-response-type-changed" {
            Effect::CallsFail
        } else {
            Effect::CallsDiffer
        }
    }

    fn is_old(&self, finding: &Finding) -> bool {
        !self.old_elements(finding).is_empty()
    }

    /// The elements of the old state that a finding is about: the one that its path names, or all
    /// of a package or a file.
    fn old_elements(&self, finding: &Finding) -> Vec<NodeId> {
        let path = finding.path.as_str();
        let graph = self.old.graph;
        if let Some(element) = graph.element(path) {
            return vec![element];
        }
        let place = finding.old.as_ref().map(|span| &*span.file);
        let here = |at: FileId| {
            let file = graph.model.files.get(at);
            file.is_some_and(|file| Some(file.source.file()) == place)
        };
        let whole = graph.model.files.iter().any(|file| file.package == path)
            && !self
                .new
                .graph
                .model
                .files
                .iter()
                .any(|file| file.package == path);
        let nodes = graph.nodes.iter().enumerate();
        let meant = nodes.filter(|(_, node)| {
            if whole {
                graph.model.package(node.file) == path
            } else {
                here(node.file)
            }
        });
        meant.map(|(id, _)| id).collect()
    }

    fn undecided(&mut self, open: &Undecided) {
        let message = format!("could not be decided: {}", open.reason);
        let cause = Cause {
            directions: vec![open.direction],
            ..cause(open.path.as_str(), message)
        };
        if self
            .causes
            .iter()
            .any(|known| known.path == cause.path && known.rule.is_none())
        {
            return;
        }
        let hits = self.both(open.path.as_str());
        self.add(cause, hits);
    }

    fn change(&mut self, name: &str, how: How) {
        let kind = [&self.old, &self.new].into_iter().find_map(|state| {
            let node = state.graph.nodes.get(state.graph.named(name)?)?;
            Some(node.kind)
        });
        let word = match kind {
            Some(Kind::Message) => "message",
            Some(Kind::Enum) => "enum",
            Some(Kind::Service) => "service",
            Some(Kind::Rpc) => "RPC",
            None => return,
        };
        let message = format!("{word} `{name}` is {}", how.word());
        let hits = self.both(name);
        self.add(cause(name, message), hits);
    }

    /// What an element reaches in either state.
    fn both(&self, path: &str) -> Hits {
        let mut hits = Hits::default();
        for state in [&self.old, &self.new] {
            let element = state.graph.element(path);
            hits.merge(effects::hits(state, element.as_slice(), Effect::Source));
        }
        hits
    }

    fn add(&mut self, cause: Cause, hits: Hits) {
        let index = self.causes.len();
        for (consumer, found) in hits.consumers {
            if let Some(touches) = self.touches.get_mut(consumer) {
                touches.push(Touch {
                    cause: index,
                    via: found.via,
                    more: found.more.len(),
                });
            }
        }
        self.causes.push(Cause {
            messages: effects::names(hits.messages),
            rpcs: effects::names(hits.rpcs),
            services: effects::names(hits.services),
            ..cause
        });
    }

    fn impact(self, consumers: &[Consumer]) -> Impact {
        let consumers = consumers.iter().zip(self.touches);
        Impact {
            consumers: consumers
                .map(|(consumer, touched_by)| ConsumerImpact {
                    name: consumer.name.clone(),
                    owner: consumer.owner.clone(),
                    touched_by,
                })
                .collect(),
            causes: self.causes,
        }
    }
}

/// A cause of which nothing is known yet but what it is.
fn cause(path: &str, message: String) -> Cause {
    Cause {
        rule: None,
        path: path.to_owned(),
        message,
        directions: Vec::new(),
        messages: Names::default(),
        rpcs: Names::default(),
        services: Names::default(),
    }
}

//! Who uses what: consumers, the names by which they say it, and which elements those cover.

use std::collections::BTreeSet;

use super::graph::{Graph, Kind, NodeId};
use crate::model::{Problem, Span};
use crate::protobuf::model::Model;
use crate::text;

/// No more names that exist nowhere are told.
pub const MAX_UNKNOWN: usize = 100;

/// A program that was built with the structs of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    /// What people call it.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What it uses.
    pub uses: Vec<Use>,
}

/// One thing that a consumer uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// What.
    pub what: Used,
    /// As what.
    pub role: Role,
    /// Where it says so. What has no place is never told as unknown: it is what an earlier state
    /// says, or what a program found.
    pub span: Option<Span>,
}

/// What is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Used {
    /// Elements by name: a package, service, RPC or message, and all below it. `*` stands for any
    /// letters of one part, `**` for any number of parts.
    Named(String),
    /// All that a file declares, by its import path.
    File(String),
}

/// As what a consumer uses something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It calls RPCs.
    Client,
    /// It answers RPCs.
    Server,
    /// It reads or writes messages that no RPC carries: events, stored data.
    Messages,
    /// Nothing is said: all three.
    Any,
}

impl Role {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Messages => "messages",
            Self::Any => "any",
        }
    }

    const fn covers(self, kind: Kind) -> bool {
        match self {
            Self::Client | Self::Server => matches!(kind, Kind::Service | Kind::Rpc),
            Self::Messages => matches!(kind, Kind::Message | Kind::Enum),
            Self::Any => true,
        }
    }

    /// What is expected.
    const fn wanted(self) -> &'static str {
        match self {
            Self::Client | Self::Server => "no package with services, service or RPC",
            Self::Messages => "no package with messages, message or enum",
            Self::Any => "no package, service, RPC, message or enum",
        }
    }
}

/// One consumer's use of one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct User {
    /// The index in the list of consumers.
    pub consumer: usize,
    pub role: Role,
}

/// The users of each node.
pub(super) type Users = Vec<Vec<User>>;

/// Finds who uses what in a state.
pub(super) fn users(graph: &Graph<'_>, consumers: &[Consumer]) -> Users {
    let mut users: Users = graph.nodes.iter().map(|_| Vec::new()).collect();
    for (consumer, uses) in consumers.iter().enumerate() {
        for used in &uses.uses {
            let role = used.role;
            for node in covered(graph, used) {
                let user = User { consumer, role };
                // Those of one consumer stand together, so a common node is not searched for each.
                let known = |users: &Vec<User>| {
                    let own = users.iter().rev();
                    let mut own = own.take_while(|known| known.consumer == consumer);
                    own.any(|known| *known == user)
                };
                if let Some(users) = users.get_mut(node).filter(|users| !known(users)) {
                    users.push(user);
                }
            }
        }
    }
    users
}

/// The nodes that a use covers.
fn covered(graph: &Graph<'_>, used: &Use) -> Vec<NodeId> {
    let all: Vec<NodeId> = match &used.what {
        Used::File(path) => {
            let mut files = graph.model.files.iter();
            let file = files.position(|file| file.path == *path);
            file.map_or_else(Vec::new, |file| graph.in_file(file))
        }
        Used::Named(name) => {
            let name = plain(name);
            if name.contains('*') {
                let nodes = graph.nodes.iter().enumerate();
                let matching = nodes.filter(|(_, node)| matches(&name, &node.name));
                matching.map(|(id, _)| id).collect()
            } else {
                graph.below(&name).collect()
            }
        }
    };
    let fits = |id: &NodeId| {
        let node = graph.nodes.get(*id);
        node.is_some_and(|node| used.role.covers(node.kind))
    };
    all.into_iter().filter(fits).collect()
}

/// `/orders.v1.Orders/Get`, as gRPC writes it on the wire, is `orders.v1.Orders.Get`.
fn plain(name: &str) -> String {
    name.trim_matches(|c| c == '/' || c == '.')
        .replace('/', ".")
}

/// Whether a pattern matches a name, or one that has the name below it.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('.').collect();
    let name: Vec<&str> = name.split('.').collect();
    let (mut at, mut here) = (0, 0);
    // Where the last `**` stood, and how far it has eaten.
    let mut back: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(at), name.get(here)) {
            (None, _) => return true,
            (Some(&"**"), _) => {
                back = Some((at, here));
                at += 1;
                continue;
            }
            (Some(part), Some(word)) if part_matches(part, word) => {
                at += 1;
                here += 1;
                continue;
            }
            (Some(_), _) => {}
        }
        match back {
            Some((star, eaten)) if eaten < name.len() => {
                back = Some((star, eaten + 1));
                at = star + 1;
                here = eaten + 1;
            }
            Some(_) | None => return false,
        }
    }
}

/// Whether a part with `*` matches one word. What stands between stars is taken where it comes
/// first, which leaves the most for the rest.
fn part_matches(part: &str, word: &str) -> bool {
    let Some((first, rest)) = part.split_once('*') else {
        return part == word;
    };
    let Some(mut word) = word.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match word.find(piece) {
            Some(found) => word = word.get(found + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    word.ends_with(last)
}

/// The names that cover nothing in either state.
pub(super) fn unknown(graphs: [&Graph<'_>; 2], consumers: &[Consumer]) -> Vec<Problem> {
    let uses = consumers.iter().flat_map(|consumer| &consumer.uses);
    let told = uses.filter(|used| used.span.is_some());
    let nothing = told.filter(|used| graphs.iter().all(|graph| covered(graph, used).is_empty()));
    let problem = |used: &Use| {
        let message = match &used.what {
            Used::File(path) => format!("`{path}` is no file of this repository"),
            Used::Named(name) => unknown_name(graphs, name, used.role),
        };
        Problem::new(used.span.clone(), message)
    };
    nothing.take(MAX_UNKNOWN).map(problem).collect()
}

fn unknown_name(graphs: [&Graph<'_>; 2], given: &str, role: Role) -> String {
    let name = plain(given);
    let found = graphs
        .iter()
        .find_map(|graph| Some(graph.nodes.get(graph.named(&name)?)?.kind));
    if let Some(kind) = found {
        let key = match kind {
            Kind::Message | Kind::Enum => "`messages`",
            Kind::Service | Kind::Rpc => "`client` or `server`",
        };
        return format!("`{given}` is {}; list it under {key}", kind.word());
    }
    let wanted = role.wanted();
    match nearest(graphs, &name, role) {
        Some(near) => format!("`{given}` is {wanted} of either state; is `{near}` meant?"),
        None if given.contains('*') => format!("`{given}` matches {wanted} of either state"),
        None => {
            format!("`{given}` is {wanted} of either state; give its full name, as in the file")
        }
    }
}

/// The known name that nearly spells this one.
fn nearest(graphs: [&Graph<'_>; 2], name: &str, role: Role) -> Option<String> {
    if name.contains('*') {
        return None;
    }
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for graph in graphs {
        known.extend(packages(graph.model));
        let nodes = graph.nodes.iter().filter(|node| role.covers(node.kind));
        known.extend(nodes.map(|node| &*node.name));
    }
    text::nearest(name, known).map(str::to_owned)
}

fn packages(model: &Model) -> impl Iterator<Item = &str> {
    let packages = model.files.iter().map(|file| &*file.package);
    packages.filter(|package| !package.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_a_part_and_two_cross_them() {
        for (pattern, name) in [
            ("orders.v1", "orders.v1.Order"),
            ("orders.*", "orders.v1.Order"),
            ("*.v1.Order", "orders.v1.Order"),
            ("orders.**.Get*", "orders.v1.admin.Orders.GetOrder"),
            ("**.Orders", "a.b.c.Orders.Get"),
            ("**", "Order"),
            ("a.b*d*f", "a.bcdef"),
            ("**.b.c", "a.b.b.c"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("orders.*.Order", "orders.v1.admin.Order"),
            ("orders.v", "orders.v1"),
            ("orders.v1.*", "orders.v1"),
            ("**.Order", "orders.v1.Orders"),
            ("a.b*d*fg", "a.bcdef"),
            ("a*aa", "aa"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_cost_no_more_than_a_few() {
        let pattern = vec!["**"; 60].join(".") + ".x";
        let name = vec!["a"; 2_000].join(".");
        assert!(!matches(&pattern, &name));
        assert!(!part_matches(&"a*".repeat(1_000), &"a".repeat(999)));
    }

    #[test]
    fn grpc_spells_an_rpc_with_a_slash() {
        assert_eq!(plain("/orders.v1.Orders/Get"), "orders.v1.Orders.Get");
    }
}

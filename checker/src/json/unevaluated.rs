//! `unevaluatedProperties` and `unevaluatedItems`, where what their siblings evaluate is the same
//! for every document: then they are `additionalProperties` over more siblings. Elsewhere (a branch
//! of `anyOf` that evaluates something) they stay opaque.

use std::collections::BTreeSet;

use super::compile::Pending;
use super::model::{Assertion, Keys, Located, Meaning, NodeId, Opaque, Positions, SchemaNode};

/// Gives every `unevaluated…` its meaning.
pub(crate) fn settle(nodes: &mut [SchemaNode], pending: Vec<Pending>) {
    let unsettled: BTreeSet<NodeId> = pending.iter().map(|pending| pending.node).collect();
    let settled: Vec<_> = pending
        .into_iter()
        .map(|pending| {
            let assertion = if pending.keyword == "unevaluatedProperties" {
                properties(nodes, &unsettled, &pending)
            } else {
                items(nodes, &unsettled, &pending)
            };
            (pending, assertion)
        })
        .collect();
    for (pending, assertion) in settled {
        let located = Located {
            keyword: pending.keyword,
            place: pending.place,
            assertion,
        };
        match &mut nodes[pending.node.0].meaning {
            Meaning::All(assertions) => assertions.push(located),
            meaning @ Meaning::Always(_) => *meaning = Meaning::All(vec![located]),
        }
    }
}

fn opaque(pending: &Pending) -> Assertion<NodeId> {
    let what = Opaque {
        keyword: pending.keyword.to_owned(),
        text: pending.text.clone(),
        reason: "what is evaluated depends on the document".to_owned(),
        stands_alone: true,
    };
    let of = Some(pending.node);
    Assertion::Opaque { what, of }
}

/// What the siblings evaluate.
#[derive(Default)]
struct Evaluated {
    names: Vec<String>,
    patterns: Vec<String>,
    other_keys: bool,
    prefix: usize,
    other_items: bool,
    /// Whether it differs from document to document.
    varies: bool,
}

fn properties(
    nodes: &[SchemaNode],
    unsettled: &BTreeSet<NodeId>,
    pending: &Pending,
) -> Assertion<NodeId> {
    let mut evaluated = gather(nodes, unsettled, pending.node);
    if evaluated.varies {
        return opaque(pending);
    }
    if evaluated.other_keys {
        // Everything is evaluated: it demands nothing.
        return VACUOUS;
    }
    evaluated.names.sort();
    evaluated.names.dedup();
    evaluated.patterns.sort();
    evaluated.patterns.dedup();
    Assertion::Properties {
        keys: Keys::Others {
            names: evaluated.names,
            patterns: evaluated.patterns,
        },
        schema: pending.schema,
    }
}

fn items(
    nodes: &[SchemaNode],
    unsettled: &BTreeSet<NodeId>,
    pending: &Pending,
) -> Assertion<NodeId> {
    let evaluated = gather(nodes, unsettled, pending.node);
    if evaluated.varies {
        return opaque(pending);
    }
    if evaluated.other_items {
        return VACUOUS;
    }
    Assertion::Items {
        positions: Positions::From(evaluated.prefix),
        schema: pending.schema,
    }
}

/// A demand that every document meets: everything is evaluated.
const VACUOUS: Assertion<NodeId> = Assertion::MaxLength(u64::MAX);

/// Walks everything that applies to the same document; each node once.
fn gather(nodes: &[SchemaNode], unsettled: &BTreeSet<NodeId>, start: NodeId) -> Evaluated {
    let mut into = Evaluated::default();
    let mut seen = BTreeSet::from([start]);
    let mut queue = vec![(start, false)];
    while let Some((node, in_branch)) = queue.pop() {
        // A nested `unevaluated…` evaluates the rest itself: that is left alone.
        into.varies |= node != start && unsettled.contains(&node);
        for located in nodes[node.0].assertions() {
            let evaluates = evaluate(&located.assertion, in_branch, &mut into);
            into.varies |= evaluates && in_branch;
            let in_branch = in_branch || !matches!(located.assertion, Assertion::Also(_));
            // What a `not` evaluates is forgotten.
            let negated = matches!(located.assertion, Assertion::Not(_));
            for target in located.assertion.in_place() {
                if !negated && seen.insert(*target) {
                    queue.push((*target, in_branch));
                }
            }
        }
    }
    into
}

/// Notes what one assertion evaluates, and says whether it evaluates anything.
fn evaluate(assertion: &Assertion<NodeId>, in_branch: bool, into: &mut Evaluated) -> bool {
    match assertion {
        Assertion::Properties { .. } | Assertion::Items { .. } if in_branch => {}
        Assertion::Properties { keys, .. } => match keys {
            Keys::One(name) => into.names.push(name.clone()),
            Keys::Matching(pattern) => into.patterns.push(pattern.clone()),
            Keys::Others { .. } => into.other_keys = true,
        },
        Assertion::Items { positions, .. } => match positions {
            Positions::At(index) => into.prefix = into.prefix.max(index + 1),
            Positions::From(_) => into.other_items = true,
        },
        Assertion::Contains { .. } | Assertion::Opaque { .. } => into.varies = true,
        _ => return false,
    }
    true
}

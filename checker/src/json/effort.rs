//! How much work it is to validate a document, for a validator that remembers nothing.
//!
//! The validator that confirms witnesses takes a subschema apart anew each time that it gets there.
//! A chain of schemas that each refer to the next one twice is short, and takes such a validator
//! longer than anyone can wait. So the work is counted first: here everything is remembered, and
//! counting is quick. It is a bound from above; that a validator stops early is not counted on.

use std::collections::BTreeMap;

use super::model::{Assertion, Keys, Located, Model, NodeId, Positions, SchemaNode};
use crate::text::json::{Node, Value};

/// The most visits of subschemas for one document; what takes more is not executed.
pub(crate) const MAX_EFFORT: u64 = 1_000_000;

/// How many visits of subschemas validating the document takes at most.
pub(crate) fn effort(model: &Model, document: &Node) -> u64 {
    let dynamic = model.nodes.iter().flat_map(SchemaNode::assertions);
    let dynamic = dynamic.filter(|located| is_dynamic(located)).count();
    let mut counting = Counting {
        model,
        known: BTreeMap::new(),
        // Each may lead to all others.
        dynamic: 1_u64
            .checked_shl(u32::try_from(dynamic).unwrap_or(u32::MAX))
            .unwrap_or(u64::MAX),
    };
    counting.visits(model.root, Some(document))
}

fn is_dynamic(located: &Located) -> bool {
    matches!(located.assertion, Assertion::Opaque { .. })
        && matches!(located.keyword, "$dynamicRef" | "$recursiveRef")
}

struct Counting<'a> {
    model: &'a Model,
    /// By subschema and the first byte of the value, which no two values share.
    known: BTreeMap<(NodeId, Option<usize>), u64>,
    dynamic: u64,
}

impl Counting<'_> {
    /// Without a value: for a key.
    fn visits(&mut self, id: NodeId, value: Option<&Node>) -> u64 {
        let key = (id, value.map(|value| value.range.start));
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let model = self.model;
        let mut total = 1_u64;
        let mut rounds = 1_u64;
        for located in model.node(id).assertions() {
            total = total.saturating_add(self.assertion(located, value));
            if located.keyword.starts_with("unevaluated") {
                // What the others evaluate is found out for each part again.
                let parts = value.map_or(0, |value| parts(value).len() as u64);
                rounds = rounds.saturating_add(parts).saturating_add(1);
            }
        }
        let total = total.saturating_mul(rounds);
        self.known.insert(key, total);
        total
    }

    fn assertion(&mut self, located: &Located, value: Option<&Node>) -> u64 {
        let mut total = if is_dynamic(located) { self.dynamic } else { 1 };
        for target in located.assertion.in_place() {
            total = total.saturating_add(self.visits(*target, value));
        }
        let Some(value) = value else { return total };
        let (schema, parts): (_, Vec<Option<&Node>>) = match (&located.assertion, &value.value) {
            (Assertion::Items { positions, schema }, Value::Array(items)) => {
                let at = match positions {
                    Positions::At(index) => items.get(*index..=*index),
                    Positions::From(index) => items.get(*index..),
                };
                (*schema, at.unwrap_or(&[]).iter().map(Some).collect())
            }
            (Assertion::Contains { schema, .. }, Value::Array(_)) => {
                (*schema, parts(value).into_iter().map(Some).collect())
            }
            (Assertion::Properties { keys, schema }, Value::Object(_)) => match keys {
                Keys::One(key) => (*schema, value.get(key).into_iter().map(Some).collect()),
                Keys::Matching(_) | Keys::Others { .. } => {
                    (*schema, parts(value).into_iter().map(Some).collect())
                }
            },
            (Assertion::PropertyNames(schema), Value::Object(members)) => {
                (*schema, members.iter().map(|_| None).collect())
            }
            _ => return total,
        };
        for part in parts {
            total = total.saturating_add(self.visits(schema, part));
        }
        total
    }
}

fn parts(value: &Node) -> Vec<&Node> {
    match &value.value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.iter().map(|member| &member.value).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

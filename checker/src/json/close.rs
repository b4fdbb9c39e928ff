//! The policy `lenient`: a writer produces only properties that its schema declares.
//!
//! An object schema that has `properties` and says nothing of further ones is read as if it had
//! `additionalProperties: false`. Not where that would change another meaning: beside or below
//! `allOf`, `anyOf`, `oneOf`, `not`, `if`, `dependentSchemas`, and in no definition that is reached
//! through one of these (or through a `$ref` with siblings).

use std::collections::BTreeSet;

use super::model::{Assertion, Model, NodeId};
use super::scope::Document;
use crate::text::json::{Member, Node, Value};

/// Keywords that make closing a schema change more than the content model.
const KEEPS_OPEN: [&str; 12] = [
    "additionalProperties",
    "unevaluatedProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
    "dependencies",
    "dependentSchemas",
];

/// The same documents, closed.
pub(crate) fn close(documents: &[Document], model: &Model) -> Vec<Document> {
    let closable = closable(model);
    documents
        .iter()
        .enumerate()
        .map(|(index, document)| Document {
            uris: document.uris.clone(),
            source: document.source.clone(),
            root: rewrite(&document.root, index, &closable),
            draft: document.draft,
        })
        .collect()
}

/// The schemas that only ever describe whole values, by document and first byte.
fn closable(model: &Model) -> BTreeSet<(usize, usize)> {
    let mut whole = BTreeSet::from([model.root]);
    let mut partial = BTreeSet::new();
    let mut queue = vec![(model.root, true)];
    while let Some((id, is_whole)) = queue.pop() {
        for (target, target_is_whole) in edges(model, id, is_whole) {
            let set = if target_is_whole {
                &mut whole
            } else {
                &mut partial
            };
            if set.insert(target) {
                queue.push((target, target_is_whole));
            }
        }
    }
    let places = whole.difference(&partial).map(|id| &model.node(*id).place);
    places
        .map(|place| (place.document, place.range.start))
        .collect()
}

fn edges(model: &Model, id: NodeId, is_whole: bool) -> Vec<(NodeId, bool)> {
    let node = model.node(id);
    let alone = node.assertions().len() == 1;
    let mut edges = Vec::new();
    for located in node.assertions() {
        match &located.assertion {
            Assertion::Properties { schema, .. }
            | Assertion::Items { schema, .. }
            | Assertion::Contains { schema, .. } => edges.push((*schema, is_whole)),
            Assertion::Also(target) => {
                edges.push((*target, is_whole && alone && located.keyword != "allOf"));
            }
            other => edges.extend(other.in_place().into_iter().map(|target| (*target, false))),
        }
    }
    edges
}

fn rewrite(node: &Node, document: usize, closable: &BTreeSet<(usize, usize)>) -> Node {
    let value = match &node.value {
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| rewrite(item, document, closable))
                .collect(),
        ),
        Value::Object(members) => {
            let mut members: Vec<Member> = members
                .iter()
                .map(|member| Member {
                    key: member.key.clone(),
                    key_range: member.key_range.clone(),
                    value: rewrite(&member.value, document, closable),
                })
                .collect();
            let open = node.get("properties").is_some_and(Node::is_object)
                && !KEEPS_OPEN.iter().any(|keyword| node.get(keyword).is_some());
            if open && closable.contains(&(document, node.range.start)) {
                members.push(closing(node));
            }
            Value::Object(members)
        }
        other => other.clone(),
    };
    Node {
        value,
        range: node.range.clone(),
    }
}

/// `"additionalProperties": false`; it stands where the object's brace closes.
fn closing(node: &Node) -> Member {
    let range = node.range.end.saturating_sub(1)..node.range.end;
    Member {
        key: "additionalProperties".into(),
        key_range: range.clone(),
        value: Node {
            value: Value::Bool(false),
            range,
        },
    }
}

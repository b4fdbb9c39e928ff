//! The texts that give identity: canonical (compact, keys as they were written) and normalised (keys
//! sorted, at every depth).
//!
//! Numbers keep their text, so `1.0` and `1` are different schemas here, as the wire contract has it.

use crate::text::json::{Member, Node, Value};

/// The compact text.
pub(crate) fn canonical(root: &Node) -> String {
    root.to_compact()
}

/// The compact text with sorted keys. Of equal keys the last one stays, which is the one that counts.
pub(crate) fn normalized(root: &Node) -> String {
    sorted(root).to_compact()
}

fn sorted(node: &Node) -> Node {
    let value = match &node.value {
        Value::Object(members) => Value::Object(sorted_members(members)),
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    };
    Node {
        value,
        range: node.range.clone(),
    }
}

fn sorted_members(members: &[Member]) -> Vec<Member> {
    let mut sorted_members: Vec<Member> = Vec::with_capacity(members.len());
    for member in members {
        let member = Member {
            key: member.key.clone(),
            key_range: member.key_range.clone(),
            value: sorted(&member.value),
        };
        sorted_members.push(member);
    }
    // Stable, so that the last of equal keys is last among them.
    sorted_members.sort_by(|a, b| a.key.cmp(&b.key));
    sorted_members.reverse();
    sorted_members.dedup_by(|later, earlier| later.key == earlier.key);
    sorted_members.reverse();
    sorted_members
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;

    fn node(text: &str) -> Node {
        crate::text::json::parse(&Source::new("t", text)).expect("is JSON")
    }

    #[test]
    fn canonical_text_keeps_the_order_and_the_numbers() {
        let root = node("{ \"b\": 1.0,\n \"a\": [ 1e2, \"\\u00e9\" ] }");
        assert_eq!(canonical(&root), r#"{"b":1.0,"a":[1e2,"é"]}"#);
    }

    #[test]
    fn normalized_text_sorts_keys_at_every_depth() {
        let root = node(r#"{"b": {"z": 1, "a": [{"y": 1, "x": 2}]}, "a": 1, "b": {"q": 0}}"#);
        assert_eq!(normalized(&root), r#"{"a":1,"b":{"q":0}}"#);
        let root = node(r#"{"b": {"z": 1, "a": [{"y": 1, "x": 2}]}}"#);
        assert_eq!(normalized(&root), r#"{"b":{"a":[{"x":2,"y":1}],"z":1}}"#);
    }
}

//! Edits of a JSON text that keep it JSON: what a mutation of bytes hardly ever hits.

use checker::Source;
use checker::text::json::{self, Node};

use crate::choices::Choices;

/// The most edits of one text.
const MAX_EDITS: usize = 8;

/// The text after some edits, each chosen anew; `None` where the text is no JSON.
///
/// `words` are taken apart for strings to put in the place of others.
pub fn edited(text: &str, choices: &mut Choices<'_>, words: &[&str]) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..MAX_EDITS {
        if choices.is_empty() {
            break;
        }
        let root = json::parse(&Source::new("t", text.as_str())).ok()?;
        text = edit(&text, &root, choices, words);
    }
    Some(text)
}

fn edit(text: &str, root: &Node, choices: &mut Choices<'_>, words: &[&str]) -> String {
    let mut nodes = Vec::new();
    collect(root, &mut nodes);
    let node = nodes[choices.below(nodes.len())];
    let own = &text[node.range.clone()];
    let other = &text[nodes[choices.below(nodes.len())].range.clone()];
    let replacement = match choices.below(6) {
        0 => other.to_owned(),
        1 => word(choices, words).to_owned(),
        2 => format!("[\"null\", {own}]"),
        3 => without_a_part(node, text, choices),
        4 => with_a_part(node, text, other),
        _ => format!("{{\"type\": \"array\", \"items\": {own}}}"),
    };
    [
        &text[..node.range.start],
        &replacement,
        &text[node.range.end..],
    ]
    .concat()
}

/// Every value, those outside first.
fn collect<'n>(node: &'n Node, nodes: &mut Vec<&'n Node>) {
    nodes.push(node);
    for child in node.as_array().unwrap_or_default() {
        collect(child, nodes);
    }
    for member in node.members() {
        collect(&member.value, nodes);
    }
}

/// A word that is a value by itself.
fn word<'w>(choices: &mut Choices<'_>, words: &[&'w str]) -> &'w str {
    let values = words
        .iter()
        .copied()
        .filter(|word| word.starts_with('"') && word.ends_with('"'));
    let values: Vec<&str> = values
        .chain(["0", "1", "null", "true", "\"a\"", "{}", "[]"])
        .collect();
    choices.one(&values)
}

fn parts(node: &Node, text: &str) -> Vec<String> {
    let items = node.as_array().unwrap_or_default().iter();
    let items = items.map(|item| text[item.range.clone()].to_owned());
    let members = node.members().iter();
    let members =
        members.map(|member| text[member.key_range.start..member.value.range.end].to_owned());
    items.chain(members).collect()
}

fn without_a_part(node: &Node, text: &str, choices: &mut Choices<'_>) -> String {
    let mut parts = parts(node, text);
    if !parts.is_empty() {
        parts.remove(choices.below(parts.len()));
    }
    joined(node, &parts).unwrap_or_else(|| text[node.range.clone()].to_owned())
}

fn with_a_part(node: &Node, text: &str, other: &str) -> String {
    let mut parts = parts(node, text);
    let key = if node.is_object() {
        "\"default\": "
    } else {
        ""
    };
    parts.push(format!("{key}{other}"));
    joined(node, &parts).unwrap_or_else(|| format!("{{\"type\": \"map\", \"values\": {other}}}"))
}

/// `None` for what has no parts.
fn joined(node: &Node, parts: &[String]) -> Option<String> {
    let parts = parts.join(", ");
    match node.value {
        json::Value::Array(_) => Some(format!("[{parts}]")),
        json::Value::Object(_) => Some(format!("{{{parts}}}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_keep_a_text_json_and_are_not_all_alike() {
        let text = r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#;
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..100u8 {
            let bytes: Vec<u8> = (1..9)
                .map(|n| seed.wrapping_mul(31).wrapping_add(n * 7))
                .collect();
            let edited =
                edited(text, &mut Choices::new(&bytes), &["\"type\":", "\"int\""]).unwrap();
            assert!(
                json::parse(&Source::new("t", edited.as_str())).is_ok(),
                "{edited}"
            );
            seen.insert(edited);
        }
        assert!(seen.len() > 50, "{}", seen.len());
    }
}

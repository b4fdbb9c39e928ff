//! The other schemas of a directory, as far as one of them refers to them: an Avro file may use a
//! record that stands in the file beside it, a JSON Schema may `$ref` one.
//!
//! Only a file that is not valid by itself gets them, so that files that each bring their own copy
//! of a type stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use checker::text::json::{self, Node, Value};
use checker::{Format, Reference, Schema, SchemaInput, Source};

use super::references::in_order;

/// The most siblings that one schema is given.
const MAX_SIBLINGS: usize = 1_000;

/// The schemas of a directory at one moment.
#[derive(Debug, Default)]
pub struct Siblings {
    /// By path.
    texts: BTreeMap<String, Text>,
    /// The path of the Avro file that defines a type, by its name without the namespace.
    definitions: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Text {
    source: Source,
    /// The Avro types that it may refer to, or the documents.
    mentions: BTreeSet<String>,
}

impl Siblings {
    /// Adds a schema; a text that is no JSON cannot be referred to.
    pub fn add(&mut self, path: &str, format: Format, source: &Source) {
        let Ok(node) = json::parse(source) else {
            return;
        };
        if let (Format::Avro, Some(name)) = (format, node.get("name").and_then(Node::as_str)) {
            let definitions = &mut self.definitions;
            definitions
                .entry(simple(name).to_owned())
                .or_insert_with(|| path.to_owned());
        }
        let text = Text {
            source: source.clone(),
            mentions: mentions(&node, format),
        };
        self.texts.insert(path.to_owned(), text);
    }

    /// The schema with the siblings that it needs, or as it is if they do not make it valid.
    pub fn complete(&self, path: &str, input: SchemaInput) -> SchemaInput {
        if input.format == Format::Protobuf || Schema::parse(&input).is_ok() {
            return input;
        }
        let mut with_siblings = input.clone();
        with_siblings
            .references
            .extend(self.needed(path, input.format));
        let with_siblings = in_order(with_siblings);
        if Schema::parse(&with_siblings).is_ok() {
            with_siblings
        } else {
            input
        }
    }

    /// What a schema refers to, directly or not.
    fn needed(&self, path: &str, format: Format) -> Vec<Reference> {
        let mut seen = BTreeSet::from([path]);
        let mut open = vec![path];
        let mut needed = Vec::new();
        while let Some(path) = open.pop() {
            let mentions = self.texts.get(path).map(|text| &text.mentions);
            for mention in mentions.into_iter().flatten() {
                let Some((path, text)) = self.find(path, mention, format) else {
                    continue;
                };
                if seen.len() < MAX_SIBLINGS && seen.insert(path) {
                    open.push(path);
                    needed.push(Reference {
                        name: mention.clone(),
                        source: text.source.clone(),
                    });
                }
            }
        }
        needed.reverse();
        needed
    }

    fn find(&self, from: &str, mention: &str, format: Format) -> Option<(&str, &Text)> {
        let path = match format {
            Format::Avro => self.definitions.get(mention)?.clone(),
            Format::Json | Format::Protobuf => beside(from, mention),
        };
        let (path, text) = self.texts.get_key_value(&path)?;
        Some((path, text))
    }
}

/// Every name that an Avro schema may use as a type, every document that a `$ref` names.
fn mentions(node: &Node, format: Format) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        match &node.value {
            Value::String(text) if format == Format::Avro => {
                found.insert(simple(text).to_owned());
            }
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                if format == Format::Json {
                    found.extend(node.get("$ref").and_then(Node::as_str).and_then(document));
                }
                open.extend(members.iter().map(|member| &member.value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// The document part of a `$ref`, if it has one.
fn document(reference: &str) -> Option<String> {
    let document = reference.split('#').next().unwrap_or_default();
    (!document.is_empty()).then(|| document.to_owned())
}

/// A name without its namespace.
fn simple(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The path that a relative reference in a file means.
fn beside(file: &str, reference: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in reference.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_reference_starts_from_the_folder_of_its_file() {
        assert_eq!(beside("a/b.json", "c.json"), "a/c.json");
        assert_eq!(beside("a/b.json", "./../c.json"), "c.json");
        assert_eq!(beside("b.json", "../../c.json"), "c.json");
    }
}

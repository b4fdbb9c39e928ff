//! What stands in several kinds of objects: names, aliases, documentation, and the attributes that
//! Avro does not define.

use std::collections::{HashMap, HashSet};

use compact_str::CompactString;

use crate::text::json::{Member, Node, Value};

use super::super::aliases::{Claim, Scope};
use super::super::model::{Attribute, Kind, Name, Place, TypeId, Use};
use super::super::{logical, names};
use super::Parser;

/// Keys that mean something in a type and are therefore no attributes.
pub(super) const TYPE_KEYS: [&str; 10] = [
    "type",
    "name",
    "namespace",
    "doc",
    "fields",
    "items",
    "values",
    "symbols",
    "size",
    "aliases",
];

/// Keys that mean something in a field.
pub(super) const FIELD_KEYS: [&str; 6] = ["name", "type", "doc", "default", "order", "aliases"];

impl Parser {
    /// The name of a type; empty where there is none.
    pub(super) fn name(&mut self, node: &Node, space: &str, what: &str) -> Name {
        let name_node = self.required_text(node, "name", &format!("a type `{what}`"));
        let text = name_node.and_then(Node::as_str).unwrap_or_default();
        let range = name_node.map_or(&node.range, |name| &name.range);
        let full = names::full(text, self.own_namespace(node, text).unwrap_or(space));
        let inner = names::namespace(&full);
        if name_node.is_some() {
            if let Some(message) = names::fault(text, &full) {
                if names::is_name_but_for_its_namespace(text) {
                    self.error_if_new(range, message);
                } else {
                    self.error(range, message);
                }
            } else if let Some(message) = names::doubt(&full) {
                self.warning(range, message);
            }
        }
        Name {
            place: self.place(range),
            aliases: self.aliases(node, Scope::Types, &full, inner),
            aliases_place: self.aliases_place(node),
            full: full.into(),
        }
    }

    /// The `namespace` of a type, if it has one that counts: a name with a dot brings its own.
    fn own_namespace<'n>(&mut self, node: &'n Node, name: &str) -> Option<&'n str> {
        let given = node.get("namespace")?;
        let space = given.as_str();
        if name.contains('.') {
            let own = names::namespace(name);
            if space.is_some_and(|space| space != own) {
                let message = format!(
                    "this namespace is ignored, since `{name}` has a dot and so brings its own; \
                     remove one"
                );
                self.warning(&given.range, message);
            }
            return None;
        }
        if let Some(message) = names::namespace_fault(given) {
            if space.is_some_and(names::is_lax_namespace) {
                self.error_if_new(&given.range, message);
            } else {
                self.error(&given.range, message);
            }
        }
        space
    }

    pub(super) fn check_name(&mut self, node: &Node) {
        match node.as_str() {
            Some(text) if names::is_name(text) => {}
            Some(text) => self.error(&node.range, names::not_a_name(text)),
            None => {
                let message = format!("a name is expected here, not {}", node.kind());
                self.error(&node.range, message);
            }
        }
    }

    pub(super) fn required_text<'n>(
        &mut self,
        node: &'n Node,
        key: &str,
        what: &str,
    ) -> Option<&'n Node> {
        match node.get(key) {
            Some(value) if value.as_str().is_some() => Some(value),
            Some(value) => {
                let message = format!("`{key}` of {what} is a string, not {}", value.kind());
                self.error(&value.range, message);
                None
            }
            None => {
                self.error(&node.range, format!("{what} needs a `{key}`"));
                None
            }
        }
    }

    pub(super) fn doc(&mut self, node: &Node) -> Option<CompactString> {
        let doc = node.get("doc")?;
        if doc.as_str().is_none() {
            let message = format!("`doc` is a string; {} is ignored", doc.kind());
            self.warning(&doc.range, message);
        }
        doc.as_str().map(Into::into)
    }

    /// A logical type beside a field's type instead of within it means nothing.
    pub(super) fn check_logical(&mut self, node: &Node, ty: &Use) {
        let given = node.get("logicalType");
        let Some((given, name)) = given.and_then(|given| Some((given, given.as_str()?))) else {
            return;
        };
        let annotated = |id: TypeId| self.types.get(id.0 as usize).map(|ty| ty.logical.is_some());
        let within = match self.types.get(ty.id.0 as usize).map(|ty| &ty.kind) {
            Some(Kind::Union(branches)) => branches.iter().any(|b| annotated(b.id) == Some(true)),
            _ => annotated(ty.id) == Some(true),
        };
        if logical::is_specified(name) && !within {
            let message = format!(
                "`{name}` is ignored: a logical type stands within the type, \
                 `\"type\": {{\"type\": …, \"logicalType\": \"{name}\"}}`"
            );
            self.warning(&given.range, message);
        }
    }

    /// Readers of JSON differ on keys that stand twice in an object; most take the last.
    pub(super) fn warn_of_duplicates(&mut self, node: &Node) {
        match &node.value {
            Value::Array(items) => {
                for item in items {
                    self.warn_of_duplicates(item);
                }
            }
            Value::Object(members) => {
                self.check_keys(members);
                for member in members {
                    self.warn_of_duplicates(&member.value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn check_keys(&mut self, members: &[Member]) {
        /// So many keys are compared faster with each other than through a set.
        const FEW: usize = 8;
        let mut seen = HashSet::new();
        for (index, member) in members.iter().enumerate() {
            let twice = if members.len() <= FEW {
                let mut earlier = members.iter().take(index);
                earlier.any(|other| other.key == member.key)
            } else {
                !seen.insert(&*member.key)
            };
            if twice {
                let message = format!(
                    "the key `{}` stands twice in this object; the last value counts, remove the \
                     other",
                    member.key
                );
                self.warning(&member.key_range, message);
            }
        }
    }

    pub(super) fn aliases_place(&self, node: &Node) -> Option<Box<Place>> {
        let list = node.get("aliases")?;
        Some(Box::new(self.place(&list.range)))
    }

    /// The aliases of what is called `by`, each once; those of types as full names.
    pub(super) fn aliases(
        &mut self,
        node: &Node,
        scope: Scope,
        by: &str,
        space: &str,
    ) -> Vec<CompactString> {
        let Some(list) = node.get("aliases") else {
            return Vec::new();
        };
        let Some(items) = list.as_array() else {
            self.error(&list.range, "`aliases` is an array of strings");
            return Vec::new();
        };
        let mut seen = HashSet::new();
        let mut aliases: Vec<CompactString> = Vec::with_capacity(items.len());
        for item in items {
            let Some(text) = item.as_str() else {
                let message = format!("an alias is a string, not {}", item.kind());
                self.error(&item.range, message);
                continue;
            };
            let alias: CompactString = match scope {
                Scope::Types => names::full(text, space).into(),
                Scope::Fields(_) => text.into(),
            };
            if seen.insert(alias.clone()) {
                if !alias.split('.').all(names::is_name) {
                    let message = format!(
                        "the alias `{text}` is no name: legal, to mend illegal names, but some \
                         libraries refuse the schema"
                    );
                    self.warning(&item.range, message);
                }
                self.claims.push(Claim {
                    scope,
                    by: by.into(),
                    alias: alias.clone(),
                    place: self.place(&item.range),
                });
                aliases.push(alias);
            }
        }
        aliases
    }
}

/// The members whose keys are not among the known ones.
pub(super) fn attributes(node: &Node, known: &[&[&str]]) -> Vec<Attribute> {
    let mut at: HashMap<&str, usize> = HashMap::new();
    let mut attributes: Vec<Attribute> = Vec::new();
    for member in node.members() {
        if known.iter().any(|keys| keys.contains(&&*member.key)) {
            continue;
        }
        let attribute = Attribute {
            key: member.key.clone(),
            value: member.value.clone(),
        };
        // Where a key stands twice, the last value counts, in the place of the first.
        let first = at.get(&*member.key).copied();
        if let Some(first) = first.and_then(|index| attributes.get_mut(index)) {
            *first = attribute;
        } else {
            at.insert(&member.key, attributes.len());
            attributes.push(attribute);
        }
    }
    attributes
}

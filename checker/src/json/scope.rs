//! Which text a `$ref` means: the resources and anchors of a schema and its references.
//!
//! Nothing is ever fetched: what is not among the given documents is unknown.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::uri::{DEFAULT_BASE, percent_decoded, resolve, split_fragment};
use crate::Source;
use crate::model::Path;
use crate::text::json::{Node, Value};

/// A text that takes part: the schema itself, or one that it refers to.
#[derive(Debug)]
pub(crate) struct Document {
    /// The names under which it is referred to, resolved; empty for the schema itself.
    pub(crate) uris: Vec<String>,
    pub(crate) source: Source,
    pub(crate) root: Node,
    pub(crate) draft: Draft,
}

impl Document {
    /// The base that its references start from.
    pub(crate) fn base(&self) -> String {
        let outer = self.uris.first().map_or(DEFAULT_BASE, String::as_str);
        own_base(&self.root, self.draft, outer).unwrap_or_else(|| outer.to_owned())
    }
}

/// The base that a schema sets for itself, if it does.
pub(crate) fn own_base(node: &Node, draft: Draft, base: &str) -> Option<String> {
    if draft.ref_hides_siblings() && node.get("$ref").is_some() {
        return None;
    }
    let id = node.get(draft.id_keyword())?.as_str()?;
    let (document, _) = split_fragment(id);
    (!document.is_empty()).then(|| resolve(base, document))
}

/// A subschema with what it takes to read it.
#[derive(Clone, Debug)]
pub(crate) struct Site<'a> {
    pub(crate) document: usize,
    pub(crate) path: Path,
    pub(crate) node: &'a Node,
    /// The base that surrounds it.
    pub(crate) base: String,
}

/// Everything that can be referred to.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    resources: BTreeMap<String, Site<'a>>,
    anchors: BTreeMap<(String, String), Site<'a>>,
    /// All subschemas by document and pointer: most references name one, and an object has no index.
    places: BTreeMap<(usize, String), Site<'a>>,
    /// How often each dynamic anchor occurs.
    dynamic: BTreeMap<String, usize>,
    /// How many `$recursiveAnchor: true` there are.
    pub(crate) recursive_anchors: usize,
}

impl<'a> Scope<'a> {
    /// Reads all documents. The first of equal names counts.
    pub(crate) fn new(documents: &'a [Document]) -> Self {
        let mut scope = Self::default();
        for (index, document) in documents.iter().enumerate() {
            let site = Site {
                document: index,
                path: Path::root(),
                node: &document.root,
                base: document
                    .uris
                    .first()
                    .map_or_else(|| DEFAULT_BASE.to_owned(), Clone::clone),
            };
            for uri in &document.uris {
                scope
                    .resources
                    .entry(uri.clone())
                    .or_insert_with(|| site.clone());
            }
            scope.index(&site, document.draft);
            scope.resources.entry(document.base()).or_insert(site);
        }
        scope
    }

    fn index(&mut self, site: &Site<'a>, draft: Draft) {
        let node = site.node;
        let base = match own_base(node, draft, &site.base) {
            Some(base) => {
                self.resources
                    .entry(base.clone())
                    .or_insert_with(|| site.clone());
                base
            }
            None => site.base.clone(),
        };
        self.index_anchors(site, draft, &base);
        let pointer = site.path.as_str().to_owned();
        self.places
            .entry((site.document, pointer))
            .or_insert_with(|| site.clone());
        for (path, child) in subschemas(node, &site.path) {
            let child = Site {
                document: site.document,
                path,
                node: child,
                base: base.clone(),
            };
            self.index(&child, draft);
        }
    }

    fn index_anchors(&mut self, site: &Site<'a>, draft: Draft, base: &str) {
        let text = |key: &str| site.node.get(key).and_then(Node::as_str);
        let mut names = Vec::new();
        if draft.ref_hides_siblings() {
            let fragment = text(draft.id_keyword()).and_then(|id| id.strip_prefix('#'));
            names.extend(fragment.filter(|name| !name.is_empty()));
        } else {
            names.extend(text("$anchor"));
            names.extend(text("$dynamicAnchor"));
        }
        for name in names {
            self.anchors
                .entry((base.to_owned(), name.to_owned()))
                .or_insert_with(|| site.clone());
        }
        if let Some(name) = text("$dynamicAnchor") {
            *self.dynamic.entry(name.to_owned()).or_default() += 1;
        }
        let recursive = site.node.get("$recursiveAnchor").map(|node| &node.value);
        self.recursive_anchors += usize::from(recursive == Some(&Value::Bool(true)));
    }

    /// The subschema that a reference means, seen from a base.
    pub(crate) fn resolve(&self, base: &str, reference: &str) -> Option<Site<'a>> {
        let (document, fragment) = split_fragment(reference);
        let uri = resolve(base, document);
        let resource = self
            .resources
            .get(&uri)
            .or_else(|| self.resources.get(document))?;
        if fragment.is_empty() {
            return Some(resource.clone());
        }
        let decoded = percent_decoded(fragment);
        if let Some(pointer) = decoded.strip_prefix('/') {
            let place = (resource.document, format!("{}{decoded}", resource.path));
            let known = self.places.get(&place).cloned();
            return known.or_else(|| descend(resource, pointer));
        }
        self.anchors.get(&(uri, decoded)).cloned()
    }

    /// Whether several subschemas carry that dynamic anchor.
    pub(crate) fn is_ambiguous(&self, anchor: &str) -> bool {
        self.dynamic.get(anchor).is_some_and(|count| *count > 1)
    }
}

/// Follows a JSON Pointer (without its first `/`) and keeps the base that holds at its end.
fn descend<'a>(from: &Site<'a>, pointer: &str) -> Option<Site<'a>> {
    let mut site = from.clone();
    for token in pointer.split('/') {
        let token = token.replace("~1", "/").replace("~0", "~");
        let inner = own_base(site.node, Draft::Draft7, &site.base)
            .or_else(|| own_base(site.node, Draft::Draft4, &site.base));
        if let Some(base) = inner {
            site.base = base;
        }
        match &site.node.value {
            Value::Object(_) => {
                site.node = site.node.get(&token)?;
                site.path = site.path.key(&token);
            }
            Value::Array(items) => {
                let index: usize = token.parse().ok()?;
                site.node = items.get(index)?;
                site.path = site.path.index(index);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        }
    }
    Some(site)
}

/// Keywords whose value is a schema.
const ONE: [&str; 12] = [
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords whose value is a list of schemas.
const LIST: [&str; 5] = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];
/// Keywords whose value maps names to schemas.
const MAP: [&str; 6] = [
    "$defs",
    "definitions",
    "dependencies",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// The subschemas right below a schema, with their pointers.
pub(crate) fn subschemas<'a>(node: &'a Node, path: &Path) -> Vec<(Path, &'a Node)> {
    let mut found = Vec::new();
    for member in node.members() {
        let key = &*member.key;
        let here = path.key(key);
        let schema_like = |node: &Node| matches!(node.value, Value::Object(_) | Value::Bool(_));
        if ONE.contains(&key) && schema_like(&member.value) {
            found.push((here, &member.value));
        } else if LIST.contains(&key) {
            for (index, item) in member.value.as_array().unwrap_or(&[]).iter().enumerate() {
                found.push((here.index(index), item));
            }
        } else if MAP.contains(&key) {
            for entry in member.value.members() {
                if schema_like(&entry.value) {
                    found.push((here.key(&entry.key), &entry.value));
                }
            }
        }
    }
    found
}

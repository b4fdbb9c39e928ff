//! From texts to the [`Model`]: every keyword of every draft becomes assertions, every `$ref` the
//! node that it means.
//!
//! Works through a list, not through the call stack: a chain of references may be as long as it
//! likes. It expects documents that their meta-schemas accept; what it nevertheless cannot read
//! becomes opaque.

use std::collections::{BTreeMap, VecDeque};

use super::draft::Draft;
use super::keywords;
use super::model::{Assertion, Located, Meaning, Model, NodeId, Opaque, Place, SchemaNode};
use super::scope::{Document, Scope, Site, own_base};
use super::unevaluated;
use crate::model::{Path, Problem};
use crate::text::json::{Node, Value};

/// The most subschemas that a schema and its references may reach together.
pub(crate) const MAX_NODES: usize = 100_000;

/// The longest chain of schemas that apply to the same document through `$ref`, `allOf` and the
/// like. Recursive walks along such chains are bounded by it.
pub(crate) const MAX_CHAIN: usize = 64;

/// The most ways that lead from a schema with an `unevaluatedProperties` or `unevaluatedItems`
/// through the schemas that apply to the same document. The validator prepares each for itself.
pub(crate) const MAX_WAYS: u64 = 10_000;

/// Makes the model; says what cannot be.
pub(crate) fn compile(documents: &[Document]) -> Result<Model, Vec<Problem>> {
    let scope = Scope::new(documents);
    let mut compiler = Compiler {
        documents,
        scope,
        ids: BTreeMap::new(),
        nodes: Vec::new(),
        queue: VecDeque::new(),
        pending: Vec::new(),
        problems: Vec::new(),
    };
    let Some(document) = documents.first() else {
        return Err(vec![Problem::whole("there is no schema")]);
    };
    let root = compiler.node_of(Site {
        document: 0,
        path: Path::root(),
        node: &document.root,
        base: super::uri::DEFAULT_BASE.to_owned(),
    });
    compiler.run();
    let Compiler {
        mut nodes,
        pending,
        mut problems,
        ..
    } = compiler;
    let mut chain = 0;
    if problems.is_empty() {
        (problems, chain) = ill_founded(documents, &nodes);
    }
    if problems.is_empty() {
        problems.extend(too_many_ways(documents, &nodes, &pending));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    unevaluated::settle(&mut nodes, pending);
    Ok(Model { nodes, root, chain })
}

/// An `unevaluatedProperties` or `unevaluatedItems`, whose meaning depends on all of its siblings.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) node: NodeId,
    pub(crate) keyword: &'static str,
    pub(crate) place: Place,
    pub(crate) schema: NodeId,
    pub(crate) text: String,
}

#[derive(Debug)]
pub(crate) struct Compiler<'a> {
    documents: &'a [Document],
    pub(crate) scope: Scope<'a>,
    /// By document and the first byte, which no two subschemas share.
    ids: BTreeMap<(usize, usize), NodeId>,
    nodes: Vec<SchemaNode>,
    queue: VecDeque<(NodeId, Site<'a>)>,
    pending: Vec<Pending>,
    problems: Vec<Problem>,
}

impl<'a> Compiler<'a> {
    /// The node of a subschema; its assertions are read later.
    fn node_of(&mut self, site: Site<'a>) -> NodeId {
        let key = (site.document, site.node.range.start);
        if let Some(id) = self.ids.get(&key) {
            return *id;
        }
        let id = NodeId(self.nodes.len());
        self.ids.insert(key, id);
        self.nodes.push(SchemaNode {
            place: Place {
                document: site.document,
                path: site.path.clone(),
                range: site.node.range.clone(),
            },
            meaning: Meaning::Always(true),
        });
        self.queue.push_back((id, site));
        id
    }

    fn run(&mut self) {
        while let Some((id, site)) = self.queue.pop_front() {
            if self.nodes.len() > MAX_NODES {
                let message = format!("the schema has more than {MAX_NODES} subschemas");
                self.problems.push(Problem::whole(message));
                return;
            }
            let meaning = match &site.node.value {
                Value::Bool(value) => Meaning::Always(*value),
                Value::Object(_) => self.object(id, site),
                Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                    let message = format!("a schema is expected here, not {}", site.node.kind());
                    self.problem(site.document, site.node, message);
                    Meaning::Always(true)
                }
            };
            self.nodes[id.0].meaning = meaning;
        }
    }

    fn object(&mut self, id: NodeId, site: Site<'a>) -> Meaning {
        let draft = self.documents[site.document].draft;
        let mut here = Here {
            compiler: self,
            id,
            draft,
            base: own_base(site.node, draft, &site.base).unwrap_or_else(|| site.base.clone()),
            site,
            found: Vec::new(),
        };
        if here.speaks_another_draft() {
            here.opaque("$schema", "a subschema in another draft than its document");
        } else {
            keywords::read(&mut here);
        }
        let found = here.found;
        if found.is_empty() {
            Meaning::Always(true)
        } else {
            Meaning::All(found)
        }
    }

    fn problem(&mut self, document: usize, node: &Node, message: String) {
        let source = &self.documents[document].source;
        self.problems
            .push(Problem::at(source.span(node.range.clone()), message));
    }
}

/// One schema object while its keywords are read.
#[derive(Debug)]
pub(crate) struct Here<'c, 'a> {
    compiler: &'c mut Compiler<'a>,
    id: NodeId,
    pub(crate) draft: Draft,
    base: String,
    site: Site<'a>,
    found: Vec<Located>,
}

impl<'a> Here<'_, 'a> {
    /// The value of a keyword.
    pub(crate) fn get(&self, keyword: &str) -> Option<&'a Node> {
        self.site.node.get(keyword)
    }

    /// Adds an assertion that stands at the value of a keyword.
    pub(crate) fn add(&mut self, keyword: &'static str, assertion: Assertion<NodeId>) {
        let path = self.site.path.key(keyword);
        let node = self.get(keyword).unwrap_or(self.site.node);
        self.add_at(keyword, path, node, assertion);
    }

    /// Adds an assertion that stands at one member or element of a keyword's value.
    pub(crate) fn add_at(
        &mut self,
        keyword: &'static str,
        path: Path,
        node: &Node,
        assertion: Assertion<NodeId>,
    ) {
        let place = self.place(path, node);
        self.found.push(Located {
            keyword,
            place,
            assertion,
        });
    }

    fn place(&self, path: Path, node: &Node) -> Place {
        Place {
            document: self.site.document,
            path,
            range: node.range.clone(),
        }
    }

    /// Adds a keyword that is an assertion but not understood, and may mean something else elsewhere.
    pub(crate) fn opaque(&mut self, keyword: &'static str, reason: &str) {
        let text = self.text_of(keyword);
        self.add_opaque(keyword, text, reason, false);
    }

    /// The same for a keyword whose value is all that matters.
    pub(crate) fn opaque_value(&mut self, keyword: &'static str, reason: &str) {
        let text = self.text_of(keyword);
        // Draft 4 has `exclusiveMinimum` and `exclusiveMaximum` beside the bounds that they change,
        // and the counts of `contains` belong to it.
        let alone = self.draft != Draft::Draft4 && !keyword.ends_with("Contains");
        self.add_opaque(keyword, text, reason, alone);
    }

    fn text_of(&self, keyword: &str) -> String {
        self.get(keyword).unwrap_or(self.site.node).to_compact()
    }

    fn add_opaque(&mut self, keyword: &'static str, text: String, reason: &str, alone: bool) {
        let what = Opaque {
            keyword: keyword.to_owned(),
            text,
            reason: reason.to_owned(),
            stands_alone: alone,
        };
        self.add(keyword, Assertion::Opaque { what, of: None });
    }

    /// The pointer of a keyword's value.
    pub(crate) fn path(&self, keyword: &str) -> Path {
        self.site.path.key(keyword)
    }

    /// The node of a subschema of this object.
    pub(crate) fn child(&mut self, path: Path, node: &'a Node) -> NodeId {
        let site = Site {
            document: self.site.document,
            path,
            node,
            base: self.base.clone(),
        };
        self.compiler.node_of(site)
    }

    /// The node of the keyword's value.
    pub(crate) fn child_of(&mut self, keyword: &str) -> Option<NodeId> {
        let node = self.get(keyword)?;
        Some(self.child(self.path(keyword), node))
    }

    /// The nodes of the elements of the keyword's value.
    pub(crate) fn children_of(&mut self, keyword: &str) -> Option<Vec<(Path, &'a Node, NodeId)>> {
        let path = self.path(keyword);
        let items = self.get(keyword)?.as_array()?;
        let children = items.iter().enumerate().map(|(index, item)| {
            let path = path.index(index);
            (path.clone(), item, self.child(path, item))
        });
        Some(children.collect())
    }

    /// Leaves an `unevaluated…` for when all nodes are there.
    pub(crate) fn unevaluated(&mut self, keyword: &'static str) {
        let (Some(schema), Some(node)) = (self.child_of(keyword), self.get(keyword)) else {
            return;
        };
        let pending = Pending {
            node: self.id,
            keyword,
            place: self.place(self.path(keyword), node),
            schema,
            text: node.to_compact(),
        };
        self.compiler.pending.push(pending);
    }

    /// Adds what a `$ref` means.
    pub(crate) fn reference(&mut self, keyword: &'static str, target: &'a Node) {
        let Some(reference) = target.as_str() else {
            return;
        };
        match self.compiler.scope.resolve(&self.base, reference) {
            Some(site) => {
                let node = self.compiler.node_of(site);
                self.add(keyword, Assertion::Also(node));
            }
            None if Draft::named(&super::uri::resolve(&self.base, reference)).is_some() => {
                let uri = super::uri::resolve(&self.base, reference);
                self.add_opaque(keyword, uri, "a reference to a meta-schema", true);
            }
            None => {
                let message = self.unresolved(reference);
                self.compiler.problem(self.site.document, target, message);
            }
        }
    }

    fn unresolved(&self, reference: &str) -> String {
        let (document, fragment) = super::uri::split_fragment(reference);
        let known = self.compiler.scope.resolve(&self.base, document).is_some();
        if known {
            return format!("`$ref` names `{reference}`, but nothing stands at `#{fragment}`");
        }
        format!(
            "`$ref` names `{document}`, which is not among the references of this schema; \
             register it first and refer to it under this name, nothing is fetched"
        )
    }

    /// `$recursiveRef` and `$dynamicRef`: plain references where only one target is possible.
    pub(crate) fn dynamic_reference(&mut self, keyword: &'static str, target: &'a Node) {
        let reference = target.as_str().unwrap_or("#");
        let (_, anchor) = super::uri::split_fragment(reference);
        let scope = &self.compiler.scope;
        let ambiguous = match keyword {
            "$recursiveRef" => scope.recursive_anchors > 1,
            _ => scope.is_ambiguous(anchor),
        };
        if ambiguous {
            self.opaque(
                keyword,
                "a dynamic reference with more than one possible target",
            );
        } else {
            self.reference(keyword, target);
        }
    }

    fn speaks_another_draft(&self) -> bool {
        let named = self
            .get("$schema")
            .and_then(Node::as_str)
            .and_then(Draft::named);
        *self.site.path.as_str() != *"" && named.is_some_and(|draft| draft != self.draft)
    }
}

/// Cycles that never step into a part of the document (such a schema has no meaning), and chains
/// that are too long.
fn ill_founded(documents: &[Document], nodes: &[SchemaNode]) -> (Vec<Problem>, usize) {
    let mut state = vec![Visit::New; nodes.len()];
    let mut height = vec![0_usize; nodes.len()];
    let mut problems = Vec::new();
    for start in 0..nodes.len() {
        if state[start] != Visit::New {
            continue;
        }
        state[start] = Visit::Open;
        let mut stack = vec![(start, targets(nodes, start))];
        while let Some((node, next)) = stack.last_mut() {
            let node = *node;
            let Some(target) = next.pop() else {
                state[node] = Visit::Done;
                stack.pop();
                if let Some((parent, _)) = stack.last() {
                    height[*parent] = height[*parent].max(height[node] + 1);
                }
                if height[node] == MAX_CHAIN {
                    problems.push(too_long(documents, &nodes[node]));
                }
                continue;
            };
            match state[target] {
                Visit::New => {
                    state[target] = Visit::Open;
                    stack.push((target, targets(nodes, target)));
                }
                Visit::Open => problems.push(cycle(documents, &nodes[node], &nodes[target])),
                Visit::Done => height[node] = height[node].max(height[target] + 1),
            }
        }
    }
    let chain = height.into_iter().max().unwrap_or(0) + 1;
    (problems, chain)
}

/// Each `unevaluated…` with more than [`MAX_WAYS`] below it.
fn too_many_ways(
    documents: &[Document],
    nodes: &[SchemaNode],
    pending: &[Pending],
) -> Vec<Problem> {
    let mut known = BTreeMap::new();
    let many = pending
        .iter()
        .filter(|pending| ways(nodes, pending.node, &mut known) > MAX_WAYS);
    many.map(|pending| {
        let source = &documents[pending.place.document].source;
        let message = format!(
            "`{}` has to follow more than {MAX_WAYS} ways through `$ref`, `anyOf` and the like; \
             refer to the same schema less often",
            pending.keyword
        );
        Problem::at(source.span(pending.place.range.clone()), message)
    })
    .collect()
}

/// Recursion is bounded by [`MAX_CHAIN`], which has to be checked before.
fn ways(nodes: &[SchemaNode], node: NodeId, known: &mut BTreeMap<NodeId, u64>) -> u64 {
    if let Some(known) = known.get(&node) {
        return *known;
    }
    let targets = targets(nodes, node.0);
    let ways = targets.into_iter().fold(1, |sum: u64, target| {
        sum.saturating_add(ways(nodes, NodeId(target), known))
    });
    known.insert(node, ways);
    ways
}

fn too_long(documents: &[Document], node: &SchemaNode) -> Problem {
    let source = &documents[node.place.document].source;
    Problem::at(
        source.span(node.place.range.clone()),
        format!("more than {MAX_CHAIN} schemas are chained by `$ref` and `allOf` from here"),
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

fn targets(nodes: &[SchemaNode], node: usize) -> Vec<usize> {
    let assertions = nodes[node].assertions().iter();
    assertions
        .flat_map(|located| located.assertion.in_place())
        .map(|id| id.0)
        .collect()
}

fn cycle(documents: &[Document], from: &SchemaNode, to: &SchemaNode) -> Problem {
    let source = &documents[from.place.document].source;
    Problem::at(
        source.span(from.place.range.clone()),
        format!(
            "the schema at `#{}` refers to itself without stepping into a property or an item, \
             so it has no meaning; remove a `$ref` of the cycle through `#{}`",
            from.place.path, to.place.path
        ),
    )
}

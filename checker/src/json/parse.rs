//! From a text to a valid [`Schema`]: JSON, the meta-schema of its draft, patterns, references.
//!
//! Nothing is fetched, ever: a `$ref` means one of the given references or it is a problem.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use jsonschema::{Retrieve, Uri, ValidationOptions, Validator};

use super::compile::compile;
use super::draft::Draft;
use super::effort::{MAX_EFFORT, effort};
use super::model::Model;
use super::scope::{Document, subschemas};
use super::uri::{DEFAULT_BASE, resolve};
use super::value::for_validator;
use super::{canonical, close};
use crate::model::{Path, Problem, Source};
use crate::text::json::{self, Node, Value};
use crate::{Reference, SchemaInput};

/// The most problems that one text is reported with.
pub(crate) const MAX_PROBLEMS: usize = 50;

/// How deep the validator may nest: the depth of the document times the longest chain of schemas
/// that apply to one value. It works on the call stack.
pub(crate) const MAX_VALIDATION_DEPTH: usize = 1_000;

/// The longest message of the validator that is passed on, in characters.
const MAX_MESSAGE: usize = 240;

/// A valid JSON Schema with everything that it refers to.
#[derive(Debug)]
pub struct Schema {
    canonical: String,
    draft: Draft,
    open: Box<Meaning>,
    closed: OnceLock<Option<Box<Meaning>>>,
}

/// What a schema means: to the checker, and to the validator that confirms witnesses.
#[derive(Debug)]
pub(crate) struct Meaning {
    pub(crate) documents: Vec<Document>,
    pub(crate) model: Model,
    validator: Validator,
    /// Whether the validator sees all numbers as they were written.
    exact: bool,
}

impl Schema {
    /// Reads a schema and its references; all that is wrong is returned.
    pub(crate) fn parse(input: &SchemaInput) -> Result<Self, Vec<Problem>> {
        let root = read(&input.source, input.draft)?;
        let mut documents = vec![root];
        let mut problems = Vec::new();
        for reference in &input.references {
            match read(&reference.source, documents[0].draft) {
                Ok(mut document) => {
                    document.uris = names(reference, &documents[0]);
                    documents.push(document);
                }
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let open = Meaning::new(documents)?;
        Ok(Self {
            canonical: canonical::canonical(&open.documents[0].root),
            draft: open.documents[0].draft,
            open: Box::new(open),
            closed: OnceLock::new(),
        })
    }

    /// The draft that it is read as.
    pub const fn draft(&self) -> Draft {
        self.draft
    }

    /// The compact text, keys in the order of the text.
    pub fn canonical_text(&self) -> &str {
        &self.canonical
    }

    /// The compact text with sorted keys.
    pub fn normalized_text(&self) -> String {
        canonical::normalized(&self.open.documents[0].root)
    }

    /// Whether both are the same texts, layout apart, so that they mean the same.
    pub(crate) fn is_copy_of(&self, other: &Self) -> bool {
        let (own, others) = (&self.open.documents, &other.open.documents);
        own.len() == others.len()
            && own.iter().zip(others).all(|(a, b)| {
                a.draft == b.draft && a.uris == b.uris && a.root.to_compact() == b.root.to_compact()
            })
    }

    /// Whether a document is valid; `None` where its numbers cannot be given to the validator.
    ///
    /// Formats are annotations.
    pub fn admits(&self, document: &str) -> Option<bool> {
        let node = json::parse(&Source::new("document", document)).ok()?;
        self.open.admits(&node)
    }

    /// What the text means.
    pub(crate) fn open(&self) -> &Meaning {
        &self.open
    }

    /// What it means to a writer that produces only declared properties; `None` where the closed
    /// text is no schema, which would be a defect of ours.
    pub(crate) fn closed(&self) -> Option<&Meaning> {
        let make = || {
            let documents = close::close(&self.open.documents, &self.open.model);
            Meaning::new(documents).ok().map(Box::new)
        };
        self.closed.get_or_init(make).as_deref()
    }
}

impl Meaning {
    fn new(documents: Vec<Document>) -> Result<Self, Vec<Problem>> {
        let model = compile(&documents)?;
        let (validator, exact) = validator(&documents)?;
        Ok(Self {
            documents,
            model,
            validator,
            exact,
        })
    }

    /// Whether a document is valid; `None` where a number is not exact to the validator, or where
    /// it would have to nest too deep or to work too long.
    pub(crate) fn admits(&self, document: &Node) -> Option<bool> {
        let (value, exact) = for_validator(document);
        let shallow = self.model.chain * depth(document) <= MAX_VALIDATION_DEPTH;
        let executable = exact && shallow && self.exact;
        let bounded = executable && effort(&self.model, document) <= MAX_EFFORT;
        bounded.then(|| self.validator.is_valid(&value))
    }

    /// Why the validator rejects a document; the reason that stands at `path` in the schema, if
    /// that is one.
    pub(crate) fn rejection(&self, document: &Node, path: &Path) -> Option<String> {
        let (value, _) = for_validator(document);
        let errors: Vec<_> = self
            .validator
            .iter_errors(&value)
            .take(MAX_PROBLEMS)
            .collect();
        let here = |error: &&jsonschema::ValidationError<'_>| {
            let at = error.schema_path().as_str();
            at == path.as_str()
                || path
                    .as_str()
                    .strip_prefix(at)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        let error = errors.iter().find(here).or(errors.first())?;
        let place = error.instance_path().as_str().to_owned();
        let message = shortened(&error.to_string());
        Some(if place.is_empty() {
            message
        } else {
            format!("{message}, at `{place}`")
        })
    }
}

fn depth(node: &Node) -> usize {
    let inner = match &node.value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.iter().map(|member| depth(&member.value)).max(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    };
    inner.unwrap_or(0) + 1
}

/// Reads one text: JSON, draft, meta-schema, patterns.
fn read(source: &Source, default: Draft) -> Result<Document, Vec<Problem>> {
    let root = json::parse(source).map_err(|problem| vec![problem])?;
    if !matches!(root.value, Value::Object(_) | Value::Bool(_)) {
        let message = format!(
            "a schema is an object, `true` or `false`, not {}",
            root.kind()
        );
        return Err(vec![Problem::at(source.span(root.range.clone()), message)]);
    }
    let named = root
        .get("$schema")
        .and_then(Node::as_str)
        .and_then(Draft::named);
    let document = Document {
        uris: Vec::new(),
        source: source.clone(),
        root,
        draft: named.unwrap_or(default),
    };
    let mut problems = against_meta_schema(&document);
    bad_patterns(&document, &document.root, &Path::root(), &mut problems);
    if problems.is_empty() {
        Ok(document)
    } else {
        Err(problems)
    }
}

/// The URIs under which a reference is known: its name as it is, and seen from the schema.
fn names(reference: &Reference, root: &Document) -> Vec<String> {
    let mut names = vec![
        resolve(&root.base(), &reference.name),
        resolve(DEFAULT_BASE, &reference.name),
        reference.name.clone(),
    ];
    names.dedup();
    names
}

fn against_meta_schema(document: &Document) -> Vec<Problem> {
    let (value, _) = for_validator(&document.root);
    let meta = match document.draft {
        Draft::Draft4 => jsonschema::draft4::meta::validator(),
        Draft::Draft6 => jsonschema::draft6::meta::validator(),
        Draft::Draft7 => jsonschema::draft7::meta::validator(),
        Draft::Draft201909 => jsonschema::draft201909::meta::validator(),
        Draft::Draft202012 => jsonschema::draft202012::meta::validator(),
    };
    let problem = |error: jsonschema::ValidationError<'_>| {
        let pointer = error.instance_path().as_str().to_owned();
        let node = at_pointer(&document.root, &pointer);
        let message = format!("at `#{pointer}`: {}", shortened(&error.to_string()));
        Problem::at(document.source.span(node.range.clone()), message)
    };
    meta.iter_errors(&value)
        .take(MAX_PROBLEMS)
        .map(problem)
        .collect()
}

/// The value that a JSON Pointer names, or the last one on the way that is there.
fn at_pointer<'a>(root: &'a Node, pointer: &str) -> &'a Node {
    let mut node = root;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let next = match &node.value {
            Value::Object(_) => node.get(&token),
            Value::Array(items) => token.parse().ok().and_then(|index: usize| items.get(index)),
            _ => None,
        };
        match next {
            Some(next) => node = next,
            None => return node,
        }
    }
    node
}

fn bad_patterns(document: &Document, node: &Node, path: &Path, problems: &mut Vec<Problem>) {
    let mut report = |pattern: &str, range: std::ops::Range<usize>| {
        if !jsonschema_regex::is_valid_ecma_regex(pattern) && problems.len() < MAX_PROBLEMS {
            let message = format!("`{pattern}` is no regular expression of ECMA-262");
            problems.push(Problem::at(document.source.span(range), message));
        }
    };
    if let Some(value) = node.get("pattern")
        && let Some(pattern) = value.as_str()
    {
        report(pattern, value.range.clone());
    }
    for member in node.get("patternProperties").map_or(&[][..], Node::members) {
        report(&member.key, member.key_range.clone());
    }
    for (path, child) in subschemas(node, path) {
        bad_patterns(document, child, &path, problems);
    }
}

fn shortened(message: &str) -> String {
    if message.chars().count() <= MAX_MESSAGE {
        return message.to_owned();
    }
    let start: String = message.chars().take(MAX_MESSAGE).collect();
    format!("{start}…")
}

/// Answers from the given texts.
struct Given(Arc<BTreeMap<String, serde_json::Value>>);

impl Retrieve for Given {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<serde_json::Value, Box<dyn std::error::Error + Send + Sync>> {
        let uri = uri.as_str().trim_end_matches('#');
        let text = self.0.get(uri).cloned();
        text.ok_or_else(|| format!("`{uri}` is not among the references of this schema").into())
    }
}

fn validator(documents: &[Document]) -> Result<(Validator, bool), Vec<Problem>> {
    let mut exact = true;
    let mut given = BTreeMap::new();
    let mut root = serde_json::Value::Bool(true);
    for (index, document) in documents.iter().enumerate() {
        let (mut value, all) = for_validator(&document.root);
        exact &= all;
        name_draft(&mut value, document.draft);
        for uri in &document.uris {
            given.entry(uri.clone()).or_insert_with(|| value.clone());
        }
        if index == 0 {
            root = value;
        }
    }
    let draft = documents
        .first()
        .map_or(Draft::default(), |document| document.draft);
    let built = without_content(jsonschema::options())
        .with_draft(draft.for_validator())
        .should_validate_formats(false)
        .with_retriever(Given(Arc::new(given)))
        .build(&root);
    match built {
        Ok(validator) => Ok((validator, exact)),
        Err(error) => {
            let message = format!(
                "the schema cannot be used: {}",
                shortened(&error.to_string())
            );
            Err(vec![Problem::whole(message)])
        }
    }
}

/// What a text stands for (`contentEncoding`, `contentMediaType`) is an annotation to us; the
/// validator would refuse texts over it.
fn without_content(options: ValidationOptions) -> ValidationOptions {
    let options = options.without_content_media_type_support("application/json");
    ["base16", "base32", "base32hex", "base64", "base64url"]
        .into_iter()
        .fold(options, ValidationOptions::without_content_encoding_support)
}

/// An unknown `$schema` is read as the default draft; the validator would refuse it.
fn name_draft(value: &mut serde_json::Value, draft: Draft) {
    if let Some(object) = value.as_object_mut() {
        let named = object.get("$schema").and_then(serde_json::Value::as_str);
        if named.is_some_and(|uri| Draft::named(uri) != Some(draft)) {
            object.remove("$schema");
        }
    }
}

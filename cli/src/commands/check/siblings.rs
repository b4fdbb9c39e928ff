//! The other schemas of a directory, as far as one of them refers to them: an Avro file may use a
//! record that stands in the file beside it, a JSON Schema may `$ref` one, a `.proto` file import one.
//!
//! Only a file that is not valid by itself gets them, so that files that each bring their own copy
//! of a type stay as they are. References that are named on the command line come before them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use checker::text::json::{self, Node, Value};
use checker::{Format, Reference, Schema, SchemaInput, Source};

use super::references::in_order;
use crate::context::Context;
use crate::error::Error;
use crate::files::{Snapshot, format_of};
use crate::git::Repository;

/// The most siblings that one schema is given.
const MAX_SIBLINGS: usize = 1_000;

/// A schema file in a state of its directory.
#[derive(Debug)]
pub struct Beside {
    /// The directory, or one around it.
    pub snapshot: Snapshot,
    /// The file's path there.
    pub path: String,
}

impl Beside {
    /// A file on the disk; with `git`, what git ignores does not count.
    pub fn on_disk(file: &Path, git: bool, context: &Context) -> Self {
        let directory = file.parent().unwrap_or(Path::new(""));
        let root = context.path(directory);
        let repository = git.then(|| Repository::discover(&root).ok()).flatten();
        Self {
            snapshot: Snapshot::Disk {
                root,
                shown: directory.to_owned(),
                repository,
            },
            path: file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
        }
    }

    /// The schema of the file with the siblings that it needs, or as it is if they do not make it
    /// valid.
    pub fn complete(&self, input: SchemaInput, context: &mut Context) -> SchemaInput {
        if Schema::parse(&input).is_ok() {
            return input;
        }
        if input.format == Format::Protobuf {
            return self.with_imports(input, &BTreeMap::new());
        }
        let mut siblings = Siblings::default();
        siblings.add(&self.path, input.format, &input.source);
        match self.add_to(&mut siblings, input.format, &str::to_owned) {
            Ok(()) => siblings.complete(&self.path, input),
            Err(error) => {
                self.tell(&error, context);
                input
            }
        }
    }

    /// A `.proto` file with the files that it imports, directly or not, and nobody named: those of
    /// its directory, then those given with it, by path.
    pub fn with_imports(
        &self,
        mut input: SchemaInput,
        given: &BTreeMap<String, Source>,
    ) -> SchemaInput {
        let named = input.references.iter().map(|found| found.name.clone());
        let mut seen: BTreeSet<String> = named.collect();
        let known = input.references.iter().map(|found| found.source.clone());
        let mut open = vec![input.source.clone()];
        open.extend(known);
        while let Some(source) = open.pop() {
            let imports = checker::protobuf::imports(source.text()).unwrap_or_default();
            for import in imports {
                if seen.len() >= MAX_SIBLINGS || seen.contains(import) {
                    continue;
                }
                let Some(source) = self.imported(import, given) else {
                    continue;
                };
                seen.insert(import.to_owned());
                open.push(source.clone());
                input.references.push(Reference {
                    name: import.to_owned(),
                    source,
                });
            }
        }
        input
    }

    fn imported(&self, import: &str, given: &BTreeMap<String, Source>) -> Option<Source> {
        let path = beside(&self.path, import)?;
        if self.snapshot.contains(&path) {
            return self.snapshot.read(&[&path]).ok()?.pop()?.ok();
        }
        let mut given = given.iter();
        let (_, source) = given.find(|(path, _)| {
            let rest = path.strip_suffix(import);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        })?;
        Some(source.clone())
    }

    /// Adds what the file may refer to: for Avro all files of its directory, for JSON Schema the
    /// documents that it names, directly or not. `key` is the path under which a file is known.
    pub fn add_to(
        &self,
        siblings: &mut Siblings,
        format: Format,
        key: &dyn Fn(&str) -> String,
    ) -> Result<(), Error> {
        match format {
            Format::Avro => {
                let (directory, _) = self.path.rsplit_once('/').unwrap_or_default();
                let mut files = self.snapshot.schema_files()?;
                files.retain(|file| {
                    format_of(file) == Some(Format::Avro) && is_below(file, directory)
                });
                let files: Vec<&str> = files.iter().map(String::as_str).collect();
                siblings.add_files(&self.snapshot, &files, format, key)
            }
            Format::Json => siblings.add_documents(&self.snapshot, &self.path, key),
            Format::Protobuf => Ok(()),
        }
    }

    /// Says that the files beside this one could not be looked at.
    pub fn tell(&self, error: &Error, context: &mut Context) {
        let file = self.snapshot.name(&self.path);
        let reason = error.chain();
        let note = format!("the files beside `{file}` were not looked at: {reason}");
        context.output.note(&note);
    }
}

/// The schemas of a directory at one moment.
#[derive(Debug, Default)]
pub struct Siblings {
    /// By path.
    texts: BTreeMap<String, Text>,
    /// The Avro types that files define, by their names without the namespace.
    definitions: BTreeMap<String, Vec<Definition>>,
}

#[derive(Debug)]
struct Text {
    source: Source,
    /// The Avro types that it may refer to, or the documents.
    mentions: BTreeSet<String>,
    /// The namespace of an Avro file.
    space: String,
}

#[derive(Debug)]
struct Definition {
    full: String,
    path: String,
}

impl Siblings {
    /// Adds a schema; a text that is no JSON cannot be referred to.
    pub fn add(&mut self, path: &str, format: Format, source: &Source) {
        if self.texts.contains_key(path) {
            return;
        }
        let Ok(node) = json::parse(source) else {
            return;
        };
        let full = node
            .get("name")
            .and_then(Node::as_str)
            .map(|name| full_name(&node, name));
        if let (Format::Avro, Some(full)) = (format, &full) {
            let definitions = self.definitions.entry(simple(full).to_owned());
            definitions.or_default().push(Definition {
                full: full.clone(),
                path: path.to_owned(),
            });
        }
        let text = Text {
            source: source.clone(),
            mentions: mentions(&node, format),
            space: full.map_or_else(String::new, |full| namespace(&full).to_owned()),
        };
        self.texts.insert(path.to_owned(), text);
    }

    fn add_files(
        &mut self,
        snapshot: &Snapshot,
        files: &[&str],
        format: Format,
        key: &dyn Fn(&str) -> String,
    ) -> Result<(), Error> {
        for (file, text) in files.iter().zip(snapshot.read(files)?) {
            if let Ok(source) = text {
                self.add(&key(file), format, &source);
            }
        }
        Ok(())
    }

    fn add_documents(
        &mut self,
        snapshot: &Snapshot,
        path: &str,
        key: &dyn Fn(&str) -> String,
    ) -> Result<(), Error> {
        let mut seen = BTreeSet::from([path.to_owned()]);
        let mut open = vec![path.to_owned()];
        while let Some(path) = open.pop() {
            let mentions = self.texts.get(&key(&path)).map(|text| &text.mentions);
            let documents = mentions.into_iter().flatten();
            let documents: Vec<String> = documents.filter_map(|it| beside(&path, it)).collect();
            for document in documents {
                let new = seen.len() < MAX_SIBLINGS && seen.insert(document.clone());
                if new && snapshot.contains(&document) {
                    self.add_files(snapshot, &[&document], Format::Json, key)?;
                    open.push(document);
                }
            }
        }
        Ok(())
    }

    /// The schema with the siblings that it needs, or as it is if they do not make it valid.
    pub fn complete(&self, path: &str, input: SchemaInput) -> SchemaInput {
        if input.format == Format::Protobuf || Schema::parse(&input).is_ok() {
            return input;
        }
        let mut with_siblings = input.clone();
        let needed = self.needed(path, &input);
        with_siblings.references.extend(needed);
        let with_siblings = in_order(with_siblings);
        if Schema::parse(&with_siblings).is_ok() {
            with_siblings
        } else {
            input
        }
    }

    /// What a schema refers to, directly or not, and does not have.
    fn needed(&self, path: &str, input: &SchemaInput) -> Vec<Reference> {
        let key = |name: &str| match input.format {
            Format::Avro => simple(name).to_owned(),
            Format::Json | Format::Protobuf => name.to_owned(),
        };
        let given = input.references.iter().map(|given| key(&given.name));
        let given: BTreeSet<String> = given.collect();
        let mut seen = BTreeSet::from([path]);
        let mut open = vec![path];
        let mut needed = Vec::new();
        while let Some(path) = open.pop() {
            let mentions = self.texts.get(path).map(|text| &text.mentions);
            for mention in mentions.into_iter().flatten() {
                if given.contains(&key(mention)) {
                    continue;
                }
                let Some((path, text)) = self.find(path, mention, input.format) else {
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
            Format::Avro => self.definition(from, mention)?.path.clone(),
            Format::Json | Format::Protobuf => beside(from, mention)?,
        };
        let (path, text) = self.texts.get_key_value(&path)?;
        Some((path, text))
    }

    /// The file of a type; of several with that simple name, the one of the same namespace.
    fn definition(&self, from: &str, mention: &str) -> Option<&Definition> {
        let found = self.definitions.get(simple(mention))?;
        let space = self.texts.get(from).map_or("", |text| &text.space);
        let full = if mention.contains('.') || space.is_empty() {
            mention.to_owned()
        } else {
            format!("{space}.{mention}")
        };
        let exact = found.iter().find(|definition| definition.full == full);
        exact.or_else(|| found.first())
    }
}

/// Every name that an Avro schema may use as a type and does not define itself, every document that
/// a `$ref` names.
fn mentions(node: &Node, format: Format) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut defined = BTreeSet::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        match &node.value {
            Value::String(text) if format == Format::Avro => {
                found.insert(text.to_string());
            }
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                if format == Format::Json {
                    found.extend(node.get("$ref").and_then(Node::as_str).and_then(document));
                }
                defined.extend(definition(node));
                open.extend(members.iter().map(|member| &member.value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found.retain(|mention| format != Format::Avro || !defined.contains(simple(mention)));
    found
}

/// The name, without its namespace, of the Avro type that an object defines.
fn definition(node: &Node) -> Option<&str> {
    let kind = node.get("type").and_then(Node::as_str)?;
    let named = ["record", "error", "enum", "fixed"].contains(&kind);
    let name = node.get("name").and_then(Node::as_str)?;
    named.then(|| simple(name))
}

/// The full name of the type at the top of an Avro schema.
fn full_name(node: &Node, name: &str) -> String {
    match node.get("namespace").and_then(Node::as_str) {
        Some(space) if !space.is_empty() && !name.contains('.') => format!("{space}.{name}"),
        _ => name.to_owned(),
    }
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

/// The namespace of a full name.
fn namespace(full: &str) -> &str {
    full.rsplit_once('.').map_or("", |(space, _)| space)
}

fn is_below(file: &str, directory: &str) -> bool {
    let rest = file.strip_prefix(directory);
    directory.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
}

/// The path that a relative reference in a file means; none where it leads out of the directory.
fn beside(file: &str, reference: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in reference.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_reference_starts_from_the_folder_of_its_file() {
        let beside = |file, reference| beside(file, reference).unwrap_or_default();
        assert_eq!(beside("a/b.json", "c.json"), "a/c.json");
        assert_eq!(beside("a/b.json", "./../c.json"), "c.json");
    }

    #[test]
    fn a_relative_reference_does_not_leave_the_directory() {
        assert_eq!(beside("b.json", "../c.json"), None);
        assert_eq!(beside("a/b.json", "../../c.json"), None);
    }
}

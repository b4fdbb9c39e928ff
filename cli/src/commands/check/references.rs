//! The texts that a schema refers to: named on the command line, or found in import directories.

use std::collections::BTreeSet;
use std::path::Path;

use checker::{Format, Problem, Reference, Schema, SchemaInput, Source};

use crate::args::{NamedPath, SchemaArgs};
use crate::context::Context;
use crate::error::Error;
use crate::files::{self, Snapshot, format_of};

/// What to do about an import that is not found, said where no directory was given.
pub const IMPORTS_HELP: &str = "name the directory that .proto files import from: -I DIR";

/// The most missing types that a note names; the problems name them all.
const MAX_NAMED_TYPES: usize = 10;

/// The most references that are brought into order by trying; more keep the order given.
const MAX_REORDERED: usize = 64;

/// The references of a file on the disk, or why one cannot be read.
pub fn on_disk(
    named: &[NamedPath],
    args: &SchemaArgs,
    context: &Context,
) -> Result<Result<Vec<Reference>, Vec<Problem>>, Error> {
    let mut found = Collected::default();
    for NamedPath { name, path } in named {
        let text = files::read(&context.path(path), &path.to_string_lossy())?;
        found.add(name.clone(), text);
    }
    for directory in &args.proto_paths {
        let snapshot = disk(directory, context);
        found.add_protos(&snapshot)?;
    }
    Ok(found.finish())
}

/// The references without the file itself: `order.avsc money.avsc --reference shop.Money=money.avsc`
/// reads the second file by itself.
pub fn without_itself(
    references: Vec<Reference>,
    source: &Source,
    format: Format,
    context: &Context,
) -> Vec<Reference> {
    if format == Format::Protobuf {
        return references;
    }
    let real = |name: &str| context.path(Path::new(name)).canonicalize().ok();
    let own = real(source.file());
    let others = references.into_iter().filter(|reference| {
        let name = reference.source.file();
        name != source.file() && (own.is_none() || real(name) != own)
    });
    others.collect()
}

/// Says how to find imports and types if that is what is wrong.
pub fn help_with_missing<'a>(
    problems: impl IntoIterator<Item = &'a Problem>,
    args: &SchemaArgs,
    context: &mut Context,
) {
    let mut imports = false;
    let mut types = BTreeSet::new();
    for problem in problems {
        imports |= problem.missing_import.is_some();
        types.extend(missing_type(&problem.message));
    }
    if imports && args.proto_paths.is_empty() {
        context.output.note(IMPORTS_HELP);
    }
    if !types.is_empty() {
        let options = types.iter().take(MAX_NAMED_TYPES);
        let options: Vec<String> = options.map(|it| format!("--reference {it}=FILE")).collect();
        let files = if types.len() == 1 {
            "the file that defines it"
        } else {
            "the files that define them"
        };
        let note = format!("name {files}: {}", options.join(" "));
        context.output.note(&note);
    }
}

/// The full name of the Avro type that a message misses.
fn missing_type(message: &str) -> Option<&str> {
    let (names, _) = message
        .strip_prefix("type `")?
        .split_once(" is not defined up to here")?;
    let names = names.trim_end_matches(',').strip_suffix('`')?;
    names.rsplit('`').next()
}

/// A directory as it is on the disk, hidden files apart.
pub fn disk(directory: &Path, context: &Context) -> Snapshot {
    Snapshot::Disk {
        root: context.path(directory),
        shown: directory.to_owned(),
        repository: None,
    }
}

/// References and problems on the way to them.
#[derive(Debug, Default)]
pub struct Collected {
    references: Vec<Reference>,
    problems: Vec<Problem>,
}

impl Collected {
    /// Adds a text.
    pub fn add(&mut self, name: String, text: files::Text) {
        match text {
            Ok(source) => self.references.push(Reference { name, source }),
            Err(problem) => self.problems.push(problem),
        }
    }

    /// Adds every `.proto` file of a directory, under its import path.
    pub fn add_protos(&mut self, snapshot: &Snapshot) -> Result<(), Error> {
        let mut paths = snapshot.schema_files()?;
        paths.retain(|path| format_of(path) == Some(Format::Protobuf));
        let borrowed: Vec<&str> = paths.iter().map(String::as_str).collect();
        for (path, text) in paths.iter().zip(snapshot.read(&borrowed)?) {
            self.add(path.clone(), text);
        }
        Ok(())
    }

    /// All references, or all problems.
    pub fn finish(self) -> Result<Vec<Reference>, Vec<Problem>> {
        if self.problems.is_empty() {
            Ok(self.references)
        } else {
            Err(self.problems)
        }
    }
}

/// Brings the references into an order in which each stands after those that it refers to.
///
/// Names that a text refers to can hide in many places, so this tries: what is valid with the ones
/// found so far comes next. Where nothing is, the rest keeps its order, and the parser says why.
pub fn in_order(mut input: SchemaInput) -> SchemaInput {
    let few = (2..=MAX_REORDERED).contains(&input.references.len());
    if input.format != Format::Avro || !few {
        return input;
    }
    let mut rest = std::mem::take(&mut input.references);
    let mut ordered: Vec<Reference> = Vec::new();
    loop {
        let valid = |reference: &Reference| {
            let alone = SchemaInput {
                source: reference.source.clone(),
                references: ordered.clone(),
                ..input.clone()
            };
            Schema::parse(&alone).is_ok()
        };
        let Some(next) = rest.iter().position(valid) else {
            break;
        };
        ordered.push(rest.remove(next));
    }
    ordered.append(&mut rest);
    input.references = ordered;
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_missing_type_in_full() {
        let missing = |types: &str| {
            let source = Source::new("a.avsc", types);
            let input = SchemaInput::new(Format::Avro, source);
            let problems = Schema::parse(&input).expect_err("misses a type");
            let names = problems.iter().filter_map(|it| missing_type(&it.message));
            names.map(str::to_owned).collect::<Vec<String>>()
        };
        assert_eq!(
            missing("[\"Money\", \"shop.Price\"]"),
            ["Money", "shop.Price"]
        );
        let inside =
            r#"{"type": "record", "name": "shop.R", "fields": [{"name": "a", "type": "Money"}]}"#;
        assert_eq!(missing(inside), ["shop.Money"]);
        assert!(missing("[\"record\"]").is_empty());
    }
}

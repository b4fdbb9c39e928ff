//! One file against a file, a commit or a subject.

use std::path::Path;

use checker::report::json::{Side, SidedProblem};
use checker::{Format, Problem, Reference, Schema, SchemaInput, Source};

use super::baseline::Baseline;
use super::judge::{DEFAULT_LEVEL, judge};
use super::references::{self, Collected, in_order};
use super::{Args, registry};
use crate::args::NamedPath;
use crate::context::Context;
use crate::error::Error;
use crate::files::{self, Snapshot, Text, format_of, require_format};
use crate::git::Repository;
use crate::results::{Checked, Outcome, Results};

/// A text with the texts that it refers to, or what is wrong with one of them.
pub(super) type Read = Result<(Source, Vec<Reference>), Vec<Problem>>;

/// Checks one file.
pub fn check(
    new: &Path,
    baseline: Baseline,
    args: &Args,
    context: &mut Context,
) -> Result<Results, Error> {
    let format = require_format(new, args.schema.schema_type)?;
    let shown = new.to_string_lossy().into_owned();
    let text = files::read(&context.path(new), &shown)?;
    let new_read = join(
        text,
        references::on_disk(&args.schema.references, &args.schema, context)?,
    );
    let question = Question { new, format, args };
    match baseline {
        Baseline::Path(old) => {
            let old_read = question.old_file(&old, context)?;
            let old_format = args
                .schema
                .schema_type
                .or_else(|| format_of(&old.to_string_lossy()));
            let old_format = old_format.unwrap_or(format);
            let name = old.to_string_lossy().into_owned();
            Ok(question.answer(shown, new_read, Some((name, old_format, old_read))))
        }
        Baseline::Git { revision, path } => {
            let old = question.old_commit(&revision, path.as_deref(), context)?;
            let old = old.map(|(name, read)| (name, format, read));
            Ok(question.answer(shown, new_read, old))
        }
        Baseline::Registry { url, subject } => {
            registry::check(shown, format, new_read, &url, &subject, args, context)
        }
    }
}

struct Question<'a> {
    new: &'a Path,
    format: Format,
    args: &'a Args,
}

impl Question<'_> {
    /// The references of the old version: the same ones unless others are given.
    fn old_references(&self) -> &[NamedPath] {
        if self.args.old_references.is_empty() {
            &self.args.schema.references
        } else {
            &self.args.old_references
        }
    }

    fn old_file(&self, old: &Path, context: &Context) -> Result<Read, Error> {
        let real = context.path(old);
        if real.is_dir() {
            return Err(Error::usage(
                format!(
                    "`{}` is a file and `{}` is a directory",
                    self.new.display(),
                    old.display()
                ),
                "compare two files or two directories",
            ));
        }
        let shown = old.to_string_lossy();
        if !real.exists() && !shown.contains('.') && !shown.contains('/') {
            return Err(Error::usage(
                format!("there is no file `{shown}`"),
                format!("if a git branch, tag or commit is meant: --against git:{shown}"),
            ));
        }
        let text = files::read(&real, &shown)?;
        let args = &self.args.schema;
        Ok(join(
            text,
            references::on_disk(self.old_references(), args, context)?,
        ))
    }

    /// The file in a commit under its name there; `None` where the commit does not have it.
    fn old_commit(
        &self,
        revision: &str,
        path: Option<&str>,
        context: &Context,
    ) -> Result<Option<(String, Read)>, Error> {
        let text = match path {
            None => at_commit(self.new, revision, context)?,
            Some(path) => {
                let top = Repository::discover(context.directory())?.top()?;
                let found = read_one(&Snapshot::commit(top, revision)?, path)?;
                Some(found.ok_or_else(|| {
                    Error::usage(
                        format!("`{revision}` has no file `{path}`"),
                        format!("git ls-tree -r --name-only --full-tree {revision}"),
                    )
                })?)
            }
        };
        let Some((name, text)) = text else {
            return Ok(None);
        };
        let references = self.references_at(revision, context)?;
        Ok(Some((name, join(text, references))))
    }

    /// References as the commit has them; one that is not in it is read from the disk.
    fn references_at(
        &self,
        revision: &str,
        context: &Context,
    ) -> Result<Result<Vec<Reference>, Vec<Problem>>, Error> {
        let mut found = Collected::default();
        for NamedPath { name, path } in self.old_references() {
            let text = match at_commit(path, revision, context)? {
                Some((_, text)) => text,
                None => files::read(&context.path(path), &path.to_string_lossy())?,
            };
            found.add(name.clone(), text);
        }
        for directory in &self.args.schema.proto_paths {
            let repository = Repository::discover(&context.path(directory))?;
            found.add_protos(&Snapshot::commit(repository, revision)?)?;
        }
        Ok(found.finish())
    }

    fn answer(&self, shown: String, new: Read, old: Option<(String, Format, Read)>) -> Results {
        let level = self.args.judge.level.unwrap_or(DEFAULT_LEVEL);
        let mut results = Results {
            level: Some(level),
            ..Results::default()
        };
        let draft = self.args.schema.draft;
        let Some((name, old_format, old)) = old else {
            add(shown, input(new, self.format, draft), &mut results);
            return results;
        };
        let outcome = match (
            input(new, self.format, draft),
            input(old, old_format, draft),
        ) {
            (Ok(new), Ok(old)) => {
                results.quote(texts(&new).chain(texts(&old)));
                judge(
                    &new,
                    std::slice::from_ref(&old),
                    level,
                    &self.args.judge.options(),
                    &mut results.warnings,
                )
            }
            (new, old) => Outcome::Invalid(problems(new.err(), old.err())),
        };
        results.checked.push(Checked {
            schema: shown,
            against: vec![name],
            directions: level.directions(),
            outcome,
        });
        results
    }
}

/// A schema without an earlier version only has to be valid.
pub(super) fn add(shown: String, new: Result<SchemaInput, Vec<Problem>>, results: &mut Results) {
    let parsed = new.and_then(|new| {
        results.quote(texts(&new));
        Schema::parse(&new)
    });
    match parsed {
        Ok(schema) => {
            results.warnings.extend_from_slice(schema.warnings());
            results.added.push(shown);
        }
        Err(found) => results.checked.push(Checked {
            schema: shown,
            against: Vec::new(),
            directions: &[],
            outcome: Outcome::Invalid(problems(Some(found), None)),
        }),
    }
}

/// The name and the text of a file in a commit.
fn at_commit(
    path: &Path,
    revision: &str,
    context: &Context,
) -> Result<Option<(String, Text)>, Error> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.map_or_else(|| context.directory().to_owned(), |p| context.path(p));
    let repository = Repository::discover(&directory)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    read_one(&Snapshot::commit(repository, revision)?, &name)
}

fn read_one(snapshot: &Snapshot, path: &str) -> Result<Option<(String, Text)>, Error> {
    if !snapshot.contains(path) {
        return Ok(None);
    }
    let text = snapshot.read(&[path])?.pop();
    Ok(text.map(|text| (snapshot.name(path), text)))
}

/// A text and its references, or all that is wrong with them.
fn join(text: Text, references: Result<Vec<Reference>, Vec<Problem>>) -> Read {
    match (text, references) {
        (Ok(text), Ok(references)) => Ok((text, references)),
        (text, references) => {
            let mut problems: Vec<Problem> = text.err().into_iter().collect();
            problems.extend(references.err().into_iter().flatten());
            Err(problems)
        }
    }
}

/// What the checker reads.
pub(super) fn input(
    read: Read,
    format: Format,
    draft: checker::json::Draft,
) -> Result<SchemaInput, Vec<Problem>> {
    let (source, references) = read?;
    Ok(in_order(SchemaInput {
        format,
        source,
        references,
        draft,
    }))
}

/// All texts of a schema.
pub(super) fn texts(input: &SchemaInput) -> impl Iterator<Item = &Source> {
    std::iter::once(&input.source).chain(input.references.iter().map(|found| &found.source))
}

/// The problems of both sides.
pub(super) fn problems(new: Option<Vec<Problem>>, old: Option<Vec<Problem>>) -> Vec<SidedProblem> {
    let mut all = SidedProblem::all(Side::Old, old.unwrap_or_default());
    all.extend(SidedProblem::all(Side::New, new.unwrap_or_default()));
    all
}

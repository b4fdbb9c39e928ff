//! One file against a file, a commit or a subject.

use std::path::Path;

use checker::report::json::{Side, SidedProblem};
use checker::{Format, Problem, Reference, Schema, SchemaInput, Source, Stored};

use super::baseline::Baseline;
use super::judge::{DEFAULT_LEVEL, judge};
use super::references::{self, Collected, in_order};
use super::siblings::Beside;
use super::{Args, registry};
use crate::args::NamedPath;
use crate::context::Context;
use crate::error::Error;
use crate::files::{self, Snapshot, Text, format_of, require_format};
use crate::git::Repository;
use crate::results::{Checked, Outcome, Results};

/// A text with the texts that it refers to, or what is wrong with one of them.
type Read = Result<(Source, Vec<Reference>), Vec<Problem>>;

/// What the checker reads, or what is wrong with a text.
pub(super) type Input = Result<SchemaInput, Vec<Problem>>;

/// Checks one file.
pub fn check(
    new: &Path,
    baseline: Baseline,
    args: &Args,
    context: &mut Context,
) -> Result<Results, Error> {
    let format = require_format(new, args.schema.schema_type)?;
    let shown = new.to_string_lossy().into_owned();
    let text = files::read_given(new, context)?;
    let question = Question { new, args };
    let read = join(
        text,
        references::on_disk(&args.schema.references, &args.schema, context)?,
    );
    let git = matches!(baseline, Baseline::Git { .. });
    let beside = Beside::on_disk(new, git, context);
    let new_input = question.input(read, format, &beside, context);
    match baseline {
        Baseline::Path(old) => {
            let read = question.old_file(&old, context)?;
            let old_format = args
                .schema
                .schema_type
                .or_else(|| format_of(&old.to_string_lossy()));
            let old_format = old_format.unwrap_or(format);
            let beside = Beside::on_disk(&old, false, context);
            let old_input = question.input(read, old_format, &beside, context);
            let name = old.to_string_lossy().into_owned();
            Ok(question.answer(shown, new_input, Some((name, old_input))))
        }
        Baseline::Git { revision, path } => {
            let old = question.old_commit(&revision, path.as_deref(), context)?;
            let old = old.map(|(beside, read)| {
                let name = beside.snapshot.name(&beside.path);
                (name, question.input(read, format, &beside, context))
            });
            Ok(question.answer(shown, new_input, old))
        }
        Baseline::Registry { url, subject } => {
            registry::check(shown, new_input, &url, &subject, args, context)
        }
    }
}

struct Question<'a> {
    new: &'a Path,
    args: &'a Args,
}

impl Question<'_> {
    /// What the checker reads, with the files beside it that it refers to.
    fn input(&self, read: Read, format: Format, beside: &Beside, context: &mut Context) -> Input {
        let (source, references) = read?;
        let references = references::without_itself(references, &source, format, context);
        let input = in_order(SchemaInput {
            format,
            source,
            references,
            draft: self.args.schema.draft,
            stored: Stored::Nothing,
        });
        Ok(beside.complete(input, context))
    }

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
        if !real.exists() && files::format_of(&shown).is_none() {
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

    /// The file in a commit; `None` where the commit does not have it.
    fn old_commit(
        &self,
        revision: &str,
        path: Option<&str>,
        context: &Context,
    ) -> Result<Option<(Beside, Read)>, Error> {
        let text = match path {
            None if files::is_input(self.new) => {
                return Err(Error::usage(
                    format!("which file of `{revision}` is standard input compared with?"),
                    format!("--against git:{revision}:PATH, from the top of the repository"),
                ));
            }
            None => at_commit(self.new, revision, context)?,
            Some(path) => {
                let top = Repository::discover(context.directory())?.top()?;
                let found = read_one(Snapshot::commit(top, revision)?, path)?;
                Some(found.ok_or_else(|| {
                    Error::usage(
                        format!("`{revision}` has no file `{path}`"),
                        format!("git ls-tree -r --name-only --full-tree {revision}"),
                    )
                })?)
            }
        };
        let Some((beside, text)) = text else {
            return Ok(None);
        };
        let references = self.references_at(revision, context)?;
        Ok(Some((beside, join(text, references))))
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

    fn answer(&self, shown: String, new: Input, old: Option<(String, Input)>) -> Results {
        let level = self.args.judge.level.unwrap_or(DEFAULT_LEVEL);
        let mut results = Results {
            level: Some(level),
            ..Results::default()
        };
        let Some((name, old)) = old else {
            add(shown, new, &mut results);
            return results;
        };
        let outcome = match (new, old) {
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
pub(super) fn add(shown: String, new: Input, results: &mut Results) {
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

/// A file in a commit, and its text.
fn at_commit(
    path: &Path,
    revision: &str,
    context: &Context,
) -> Result<Option<(Beside, Text)>, Error> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.map_or_else(|| context.directory().to_owned(), |p| context.path(p));
    let repository = Repository::discover(&directory)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    read_one(Snapshot::commit(repository, revision)?, &name)
}

fn read_one(snapshot: Snapshot, path: &str) -> Result<Option<(Beside, Text)>, Error> {
    if !snapshot.contains(path) {
        return Ok(None);
    }
    let text = snapshot.read(&[path])?.pop();
    let path = path.to_owned();
    Ok(text.map(|text| (Beside { snapshot, path }, text)))
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

/// All texts of a schema.
pub(super) fn texts(input: &SchemaInput) -> impl Iterator<Item = &Source> {
    std::iter::once(&input.source).chain(input.references.iter().map(|found| &found.source))
}

/// The problems of both sides.
pub fn problems(new: Option<Vec<Problem>>, old: Option<Vec<Problem>>) -> Vec<SidedProblem> {
    let mut all = SidedProblem::all(Side::Old, old.unwrap_or_default());
    all.extend(SidedProblem::all(Side::New, new.unwrap_or_default()));
    all
}

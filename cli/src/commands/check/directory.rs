//! A directory against another one or against a commit: schema files are matched by their path
//! ([`each`]), `.proto` files are compared as one tree.

use std::collections::BTreeSet;
use std::path::Path;

use checker::protobuf::{Tree, TreeFile, TreeOptions, compare_trees};
use checker::report::Sources;
use checker::{Direction, Format, Report, Severities};

use super::baseline::Baseline;
use super::each::{self, Side};
use super::file::problems;
use super::judge::BOTH;
use super::{Args, references};
use crate::context::Context;
use crate::error::Error;
use crate::files::{Snapshot, format_of};
use crate::git::Repository;
use crate::results::{Checked, Outcome, Results};

/// The folder that holds the `.proto` files of a repository by convention.
const PROTO_FOLDER: &str = "proto";

/// Checks a directory.
pub fn check(
    new: &Path,
    baseline: Baseline,
    args: &Args,
    context: &mut Context,
) -> Result<Results, Error> {
    let (new, old) = snapshots(new, baseline, context)?;
    let (new_files, old_files) = (files(&new)?, files(&old)?);
    let mut results = Results {
        level: args.judge.level,
        ..Results::default()
    };
    let (new_side, old_side) = (Side::read(&new, &new_files)?, Side::read(&old, &old_files)?);
    each::check(&new_side, &old_side, args, &mut results);
    let directions = args
        .judge
        .level
        .map_or(&BOTH[..], checker::Level::directions);
    let trees = Trees {
        new: &new,
        old: &old,
        root: args.proto_root.as_deref(),
        directions,
        severities: args.judge.severity.severities(),
    };
    let _: Option<Both> = trees.check(&mut results)?;
    Ok(results)
}

/// The two states of a directory.
pub fn snapshots(
    new: &Path,
    baseline: Baseline,
    context: &Context,
) -> Result<(Snapshot, Snapshot), Error> {
    match baseline {
        Baseline::Path(old) if super::is_directory(&old, context)? => Ok((
            references::disk(new, context),
            references::disk(&old, context),
        )),
        Baseline::Path(old) => Err(Error::usage(
            format!(
                "`{}` is a directory and `{}` is a file",
                new.display(),
                old.display()
            ),
            "compare two files or two directories",
        )),
        Baseline::Git {
            revision,
            path: None,
        } => {
            let repository = Repository::discover(&context.path(new))?;
            let old = Snapshot::commit(repository.clone(), &revision)?;
            Ok((working_tree(new, repository, context), old))
        }
        Baseline::Git {
            path: Some(path), ..
        } => Err(Error::usage(
            format!("a directory is compared with itself in a commit, not with `{path}`"),
            "--against git:REF",
        )),
        Baseline::Registry { .. } => Err(Error::usage(
            format!(
                "`{}` is a directory; a subject holds one schema",
                new.display()
            ),
            "check its files one by one, each with its --subject",
        )),
    }
}

/// A directory as it is on the disk, without what git ignores.
pub fn working_tree(directory: &Path, repository: Repository, context: &Context) -> Snapshot {
    Snapshot::Disk {
        root: context.path(directory),
        shown: directory.to_owned(),
        repository: Some(repository),
    }
}

/// The schema files of a state that there must be.
pub fn files(snapshot: &Snapshot) -> Result<BTreeSet<String>, Error> {
    let files: BTreeSet<String> = snapshot.schema_files()?.into_iter().collect();
    if files.is_empty() && matches!(snapshot, Snapshot::Disk { .. }) {
        return Err(Error::usage(
            format!("there are no schema files in `{}`", snapshot.name("")),
            "schema files end in .avsc, .proto or .json; name the directory that holds them",
        ));
    }
    Ok(files)
}

/// Two states of the `.proto` files of a directory.
#[derive(Debug)]
pub struct Trees<'a> {
    /// The new state.
    pub new: &'a Snapshot,
    /// The old state.
    pub old: &'a Snapshot,
    /// The folder that imports start from, where it is given.
    pub root: Option<&'a str>,
    /// The directions that count.
    pub directions: &'static [Direction],
    /// What rules weigh.
    pub severities: Severities,
}

/// Two states that were read.
#[derive(Debug)]
pub struct Both {
    /// The new one.
    pub new: Tree,
    /// The old one.
    pub old: Tree,
}

impl Trees<'_> {
    /// Compares them; adds nothing where there are no `.proto` files on either side. Gives what it
    /// read.
    pub fn check(&self, results: &mut Results) -> Result<Option<Both>, Error> {
        let (new_files, old_files) = (protos(self.new)?, protos(self.old)?);
        if new_files.is_empty() && old_files.is_empty() {
            return Ok(None);
        }
        let root = self.root.unwrap_or_else(|| guess_root(&new_files));
        let root = root.trim_matches('/');
        let new = read_tree(self.new, &new_files, root, &mut results.sources)?;
        let old = read_tree(self.old, &old_files, root, &mut results.sources)?;
        let (outcome, both) = match (new, old) {
            (Ok(new), Ok(old)) => (self.compare(&new, &old), Some(Both { new, old })),
            (new, old) => (Outcome::Invalid(problems(new.err(), old.err())), None),
        };
        let name = |snapshot: &Snapshot| snapshot.name(root).trim_end_matches('/').to_owned();
        results.checked.push(Checked {
            schema: name(self.new),
            against: vec![name(self.old)],
            directions: self.directions,
            outcome,
        });
        Ok(both)
    }

    fn compare(&self, new: &Tree, old: &Tree) -> Outcome {
        let options = TreeOptions {
            severities: self.severities.clone(),
            ..TreeOptions::default()
        };
        match compare_trees(old, new, &options) {
            Ok(comparison) => {
                let report = Report {
                    comparisons: vec![(0, comparison)],
                };
                let files = new.files().map(|file| file.source.file().to_owned());
                Outcome::Tree(report, files.collect())
            }
            Err(found) => Outcome::Invalid(problems(Some(found.new), Some(found.old))),
        }
    }
}

fn protos(snapshot: &Snapshot) -> Result<Vec<String>, Error> {
    let mut files = snapshot.schema_files()?;
    files.retain(|path| format_of(path) == Some(Format::Protobuf));
    Ok(files)
}

/// The folder from which the `.proto` files of a directory import each other.
pub fn guess_root(files: &[String]) -> &'static str {
    let inside = |file: &String| {
        file.strip_prefix(PROTO_FOLDER)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    if files.iter().any(inside) {
        PROTO_FOLDER
    } else {
        ""
    }
}

/// Reads all files into a tree; a file outside the root keeps its path from the directory.
pub fn read_tree(
    snapshot: &Snapshot,
    files: &[String],
    root: &str,
    sources: &mut Sources,
) -> Result<Result<Tree, Vec<checker::Problem>>, Error> {
    let paths: Vec<&str> = files.iter().map(String::as_str).collect();
    let mut problems = Vec::new();
    let mut tree = Vec::new();
    for (path, text) in paths.iter().zip(snapshot.read(&paths)?) {
        let below = path
            .strip_prefix(root)
            .and_then(|rest| rest.strip_prefix('/'));
        match text {
            Ok(source) => {
                sources.insert(&source);
                let import_path = below.unwrap_or(path).to_owned();
                tree.push(TreeFile {
                    import_path,
                    source,
                    import_only: false,
                });
            }
            Err(problem) => problems.push(problem),
        }
    }
    Ok(if problems.is_empty() {
        Ok(Tree::new(tree))
    } else {
        Err(problems)
    })
}

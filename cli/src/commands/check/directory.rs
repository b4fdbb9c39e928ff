//! A directory against another one or against a commit: schema files are matched by their path
//! ([`each`]), `.proto` files are compared as one tree.

use std::collections::BTreeSet;
use std::path::Path;

use checker::protobuf::{
    Tree, TreeFile, TreeOptions, TreeProblems, Version, compare_trees, review_trees,
};
use checker::report::Sources;
use checker::{Comparison, Direction, Problem, Report};

use super::baseline::Baseline;
use super::each::{self, Side};
use super::file::problems;
use super::judge::BOTH;
use super::{Args, references};
use crate::changelog::ChangeLog;
use crate::commands::protos::registry::name_stale;
use crate::context::Context;
use crate::error::Error;
use crate::files::Snapshot;
use crate::git::Repository;
use crate::policy::{Past, PastVersion};
use crate::results::{Checked, Outcome, Results};
use crate::roots::{Layout, RootArgs, Roots};

/// Checks a directory.
pub fn check(
    new: &Path,
    baseline: Baseline,
    args: &Args,
    context: &mut Context,
) -> Result<Results, Error> {
    let directory = new.to_owned();
    let (new, old) = snapshots(new, baseline, context)?;
    new.listing()?.whole()?;
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
    let roots = RootArgs {
        proto_roots: args.proto_roots.clone(),
        // What single files import from is what files of a directory import from.
        includes: args.schema.proto_paths.clone(),
    };
    let trees = Trees {
        new: &new,
        old: &old,
        layout: &roots.layout(&directory, context),
        directions,
        options: &TreeOptions {
            severities: args.judge.severity.severities(),
            ..TreeOptions::default()
        },
        past: None,
        all_changes: false,
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
        Baseline::Path(old) if !context.path(&old).exists() => {
            let old = old.display();
            Err(Error::usage(
                format!("there is no directory `{old}`"),
                format!(
                    "paths are relative to the current directory; if a git branch, tag or commit \
                     is meant: --against git:{old}"
                ),
            ))
        }
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
            format!("there are no schema files in `{}`", snapshot.state()),
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
    /// Where files import each other from.
    pub layout: &'a Layout,
    /// The directions that count.
    pub directions: &'static [Direction],
    /// How to judge.
    pub options: &'a TreeOptions,
    /// The versions before the old one that count.
    pub past: Option<&'a Past>,
    /// Whether everything that changed is asked for.
    pub all_changes: bool,
}

/// Two states that were read.
#[derive(Debug)]
pub struct Both {
    /// The new one.
    pub new: Tree,
    /// The old one.
    pub old: Tree,
    /// Everything that changed, where that was asked for.
    pub changes: Option<ChangeLog>,
}

impl Trees<'_> {
    /// Compares them; adds nothing where there are no `.proto` files on either side. Gives what it
    /// read.
    pub fn check(&self, results: &mut Results) -> Result<Option<Both>, Error> {
        let (new_files, old_files) = (self.new.proto_files()?, self.old.proto_files()?);
        self.doubts(&mut results.warnings)?;
        if new_files.is_empty() && old_files.is_empty() {
            return Ok(None);
        }
        let [new_roots, old_roots] = self.layout.of_both(&new_files, &old_files)?;
        let new = read_tree(self.new, &new_files, &new_roots, &mut results.sources)?;
        let old = read_tree(self.old, &old_files, &old_roots, &mut results.sources)?;
        let (outcome, both) = match (new, old) {
            (Ok(new), Ok(old)) => self.compare(new, old, &old_roots, &mut results.warnings)?,
            (new, old) => (Outcome::Invalid(problems(new.err(), old.err())), None),
        };
        let name = |snapshot: &Snapshot, roots: &Roots| {
            let name = snapshot.name(roots.main());
            name.trim_end_matches('/').to_owned()
        };
        results.checked.push(Checked {
            schema: name(self.new, &new_roots),
            against: vec![name(self.old, &old_roots)],
            directions: self.directions,
            outcome,
        });
        Ok(both)
    }

    /// Says what is not looked at of the new state, and refuses one that is not there as a whole.
    fn doubts(&self, warnings: &mut Vec<Problem>) -> Result<(), Error> {
        let listing = self.new.proto_listing()?;
        warnings.extend(listing.warnings(|path| self.new.name(path)));
        listing.whole().map(drop)
    }

    fn compare(
        &self,
        new: Tree,
        old: Tree,
        roots: &Roots,
        warnings: &mut Vec<Problem>,
    ) -> Result<(Outcome, Option<Both>), Error> {
        Ok(match self.judged(&new, &old, roots, warnings)? {
            Ok((comparison, changes)) => {
                let own = new.files().filter(|file| !file.import_only);
                let files = own.map(|file| file.source.file().to_owned());
                let report = Report {
                    comparisons: vec![(0, comparison)],
                };
                let outcome = Outcome::Tree(report, files.collect());
                (outcome, Some(Both { new, old, changes }))
            }
            Err(found) => {
                let mut found = problems(Some(found.new), Some(found.old));
                name_stale(&mut found, self.new, self.old)?;
                (Outcome::Invalid(found), None)
            }
        })
    }

    /// Only what is asked for is worked out: a list of all changes can be long.
    fn judged(
        &self,
        new: &Tree,
        old: &Tree,
        roots: &Roots,
        warnings: &mut Vec<Problem>,
    ) -> Result<Judged, Error> {
        if self.past.is_none() && !self.all_changes {
            let compared = compare_trees(old, new, self.options);
            return Ok(compared.map(|comparison| (comparison, None)));
        }
        let past = match self.past {
            Some(past) => {
                let versions = past.versions(self.old, roots)?;
                warnings.extend(past.missing(&versions, self.old)?);
                versions
            }
            None => Vec::new(),
        };
        let history: Vec<Version<'_>> = past.iter().map(PastVersion::view).collect();
        let name = self.old.state();
        let version = Version {
            name: &name,
            tree: old,
        };
        let review = review_trees(&history, version, new, self.options);
        Ok(review.map(|review| {
            let changes = ChangeLog {
                bump: review.bump,
                entries: review.log,
            };
            (review.comparison, self.all_changes.then_some(changes))
        }))
    }
}

/// What breaks, and everything that changed where that was asked for.
type Judged = Result<(Comparison, Option<ChangeLog>), TreeProblems>;

/// Reads all files into a tree, with those that they import from elsewhere.
pub fn read_tree(
    snapshot: &Snapshot,
    files: &[String],
    roots: &Roots,
    sources: &mut Sources,
) -> Result<Result<Tree, Vec<Problem>>, Error> {
    let paths: Vec<&str> = files.iter().map(String::as_str).collect();
    let mut problems = Vec::new();
    let mut tree = Vec::new();
    for (path, text) in paths.iter().zip(snapshot.read(&paths)?) {
        match text {
            Ok(source) => {
                sources.insert(&source);
                let placed = roots.place(path);
                tree.push(TreeFile {
                    import_path: placed.import_path.into_owned(),
                    source,
                    import_only: placed.import_only,
                });
            }
            Err(problem) => problems.push(problem),
        }
    }
    roots.quote(sources);
    Ok(if problems.is_empty() {
        Ok(Tree::new(tree.into_iter().chain(roots.outside())))
    } else {
        Err(problems)
    })
}

//! Which two states of a tree of `.proto` files are meant: the arguments that all subcommands share,
//! and how the states are read. It compares nothing.

use std::path::{Path, PathBuf};

use checker::Problem;
use checker::protobuf::Tree;
use checker::report::Sources;

use super::registry;
use super::subjects::SubjectTemplate;
use crate::commands::check::baseline::Baseline;
use crate::commands::check::directory::{read_tree, snapshots, working_tree};
use crate::commands::check::references::disk;
use crate::context::Context;
use crate::error::Error;
use crate::files::Snapshot;
use crate::git::{self, Repository};
use crate::roots::{Layout, RootArgs};

/// What `--against` says for the commit at which HEAD left the main branch.
const MERGE_BASE: &str = "merge-base";

/// What stands behind a branch for the commit at which HEAD left it, as in `git diff main...`.
const LEFT_AT: &str = "...";

/// Which tree, and which earlier state of it.
#[derive(Clone, Debug, clap::Args)]
pub struct TreeArgs {
    /// The directory
    #[arg(default_value = ".")]
    pub directory: PathBuf,
    /// The old state: git:REF (a branch, tag or commit), git:REF... (where HEAD left REF),
    /// git:merge-base (where HEAD left the main branch), a directory, or the URL of a registry
    /// that the files were pushed to
    #[arg(long, value_name = "OLD", default_value = "git:merge-base")]
    pub against: String,
    /// Where files import each other from.
    #[command(flatten)]
    pub roots: RootArgs,
    /// How the registry's subjects are called: a text with {path}, the import path, or {stem}, the
    /// same without `.proto`
    #[arg(long, value_name = "TEMPLATE", default_value_t)]
    pub subject_template: SubjectTemplate,
}

/// Two states of a directory.
#[derive(Debug)]
pub struct States {
    /// As it is now.
    pub new: Snapshot,
    /// As it was.
    pub old: Snapshot,
}

impl TreeArgs {
    /// Finds both states; nothing is read of them yet but of a registry, whose files are put where
    /// `roots` has them.
    pub fn states(&self, roots: &RootArgs, context: &mut Context) -> Result<States, Error> {
        if context.path(&self.directory).is_file() {
            return Err(Error::usage(
                format!("`{}` is a file", self.directory.display()),
                "name the directory that holds it; single files are compared by schemactl check",
            ));
        }
        if is_url(&self.against) {
            return self.registry(roots, context);
        }
        match self.against.strip_prefix("git:") {
            Some(revision) if !revision.contains(':') => {
                git_states(&self.directory, revision, context)
            }
            _ => {
                let baseline = Baseline::parse(&self.against, None)?;
                let (new, old) = snapshots(&self.directory, baseline, context)?;
                Ok(States { new, old })
            }
        }
    }

    /// A directory, and as a registry has it.
    fn registry(&self, roots: &RootArgs, context: &mut Context) -> Result<States, Error> {
        let new = now(&self.directory, context)?;
        let files = new.proto_files()?;
        let roots = roots.layout(&self.directory, context).roots(&files)?;
        let (url, template) = (&self.against, &self.subject_template);
        let old = registry::snapshot(url, template, roots.main(), context)?;
        Ok(States { new, old })
    }
}

/// Whether a registry is meant.
pub fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// A directory as it is now: where it belongs to a repository, without what git ignores.
pub fn now(directory: &Path, context: &Context) -> Result<Snapshot, Error> {
    match Repository::discover(&context.path(directory)) {
        Ok(repository) => Ok(working_tree(directory, repository, context)),
        Err(git::Error::NoRepository(_) | git::Error::Start(_)) => Ok(disk(directory, context)),
        Err(error) => Err(error.into()),
    }
}

/// A tree, or why its texts cannot be read.
pub type Read = Result<Tree, Vec<Problem>>;

impl States {
    /// Refuses an old directory without `.proto` files: a commit may be from before there were any,
    /// a directory is misspelt.
    pub fn old_is_meant(&self) -> Result<(), Error> {
        let named = matches!(self.old, Snapshot::Disk { .. });
        if named && self.old.proto_files()?.is_empty() {
            return Err(no_protos(&self.old));
        }
        Ok(())
    }

    /// Reads the `.proto` files of both states, the new one first; there must be some now.
    pub fn trees(&self, layout: &Layout, sources: &mut Sources) -> Result<[Read; 2], Error> {
        self.new.proto_listing()?.whole()?;
        let new_files = self.new.proto_files()?;
        if new_files.is_empty() {
            return Err(no_protos(&self.new));
        }
        let old_files = self.old.proto_files()?;
        self.old_is_meant()?;
        let [new_roots, old_roots] = layout.of_both(&new_files, &old_files)?;
        let new = read_tree(&self.new, &new_files, &new_roots, sources)?;
        let old = read_tree(&self.old, &old_files, &old_roots, sources)?;
        Ok([new, old])
    }
}

/// What a directory without `.proto` files gets.
pub fn no_protos(snapshot: &Snapshot) -> Error {
    let name = snapshot.name("");
    let directory = match name.trim_end_matches('/') {
        "" => ".",
        name => name,
    };
    Error::usage(
        format!("there are no .proto files in `{directory}`"),
        "name the directory that holds them",
    )
}

/// A directory now, and as a commit has it.
fn git_states(directory: &Path, revision: &str, context: &mut Context) -> Result<States, Error> {
    let repository = Repository::discover(&context.path(directory))?;
    let (commit, shown) = revision_of(revision, &repository, context)?;
    let old = Snapshot::commit_named(repository.clone(), &commit, &shown)?;
    let new = working_tree(directory, repository, context);
    Ok(States { new, old })
}

/// The commit that the words behind `git:` mean, and how reports call it.
pub fn revision_of(
    revision: &str,
    repository: &Repository,
    context: &mut Context,
) -> Result<(String, String), Error> {
    let (base, branch) = if revision == MERGE_BASE {
        repository.merge_base_with_main()?
    } else if let Some(branch) = revision.strip_suffix(LEFT_AT) {
        (repository.merge_base(branch)?, branch)
    } else {
        return Ok((repository.resolve(revision)?, revision.to_owned()));
    };
    let short = git::shown(&base).to_owned();
    let note = format!("compared with {short}, where HEAD left {branch}");
    context.output.note(&note);
    Ok((base, short))
}

//! The consumers of a struct repository: `consumers.toml`, one file per consumer in `consumers/`,
//! and what the `.proto` files of a service import. Who is affected is the checker's affair.
//!
//! The format is described for users in `docs/CONSUMERS.md`.

mod file;
mod imports;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use checker::protobuf::Tree;
use checker::protobuf::impact::{Consumer, Role, Use, Used};
use checker::{Problem, Source};

use crate::args::NamedPath;
use crate::context::Context;
use crate::error::Error;
use crate::files::{self, Snapshot};
use crate::tables::is_there;

/// The file that lists consumers.
pub const FILE: &str = "consumers.toml";

/// The folder that has a file for each consumer.
pub const FOLDER: &str = "consumers";

/// The most consumers of a repository.
pub const MAX_CONSUMERS: usize = 10_000;

/// Where consumers are named.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ConsumerArgs {
    /// The file that lists the consumers, or the folder that has a file for each; otherwise
    /// consumers.toml and consumers/*.toml of the directory
    #[arg(long, value_name = "PATH")]
    pub consumers: Option<PathBuf>,
    /// A consumer that uses what the .proto files of a folder import (repeatable)
    #[arg(long = "consumer", value_name = "NAME=DIR", value_parser = named_folder)]
    pub trees: Vec<NamedPath>,
}

/// `NAME=DIR`
fn named_folder(text: &str) -> Result<NamedPath, String> {
    text.parse().map_err(|_: String| {
        format!("`{text}` is not NAME=DIR, such as `checkout=../checkout/proto`")
    })
}

/// The consumers that were found.
#[derive(Debug, Default)]
pub struct Consumers {
    /// Sorted by name.
    pub all: Vec<Consumer>,
    /// Why some of it cannot be used.
    pub problems: Vec<Problem>,
    /// The texts that problems may quote.
    pub sources: Vec<Source>,
    /// Whether anything names consumers at all.
    pub named: bool,
}

impl ConsumerArgs {
    /// Whether there is anything to read, short of reading it.
    pub fn exist(&self, directory: &Path, context: &Context) -> bool {
        let below = |name| {
            context
                .path(&directory.join(name))
                .symlink_metadata()
                .is_ok()
        };
        self.consumers.is_some() || !self.trees.is_empty() || below(FILE) || below(FOLDER)
    }

    /// Reads all consumers of a directory. `trees` are the states whose files they may import, `old`
    /// is the earlier state: what a consumer said there is what its deployed version uses.
    pub fn read(
        &self,
        directory: &Path,
        old: &Snapshot,
        trees: [&Tree; 2],
        context: &Context,
    ) -> Result<Consumers, Error> {
        let mut found = Consumers::default();
        let mut entries: BTreeMap<String, file::Entry> = BTreeMap::new();
        for (path, single) in self.files(directory, context)? {
            found.named = true;
            let shown = path.to_string_lossy().into_owned();
            match files::read(&context.path(&path), &shown)? {
                Ok(source) => {
                    let name = single.then(|| stem(&path));
                    let read = file::read(&source, name.as_deref());
                    found.problems.extend(read.problems);
                    found.sources.push(source);
                    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                    for entry in read.entries {
                        let entry = file::Entry {
                            folder: folder.clone(),
                            ..entry
                        };
                        found.add(&mut entries, entry);
                    }
                }
                Err(problem) => found.problems.push(problem),
            }
        }
        for tree in &self.trees {
            found.named = true;
            let entry = file::Entry::of_tree(&tree.name, tree.path.clone());
            found.add(&mut entries, entry);
        }
        if self.consumers.is_none() {
            add_earlier(&mut entries, old)?;
        }
        for entry in entries.into_values() {
            let consumer = found.resolve(entry, trees, context)?;
            found.all.push(consumer);
        }
        if found.all.len() > MAX_CONSUMERS {
            return Err(Error::Limit(format!(
                "there are more than {MAX_CONSUMERS} consumers"
            )));
        }
        Ok(found)
    }

    /// The files that name consumers; `true` where a file is one consumer.
    fn files(&self, directory: &Path, context: &Context) -> Result<Vec<(PathBuf, bool)>, Error> {
        let Some(given) = &self.consumers else {
            let list = tidy(directory, FILE);
            let mut files = in_folder(&tidy(directory, FOLDER), context)?;
            if is_there(&context.path(&list), &list)? {
                files.insert(0, (list, false));
            }
            return Ok(files);
        };
        if context.path(given).is_dir() {
            return in_folder(given, context);
        }
        Ok(vec![(given.clone(), false)])
    }
}

impl Consumers {
    /// Adds a consumer, unless there is one of that name.
    fn add(&mut self, entries: &mut BTreeMap<String, file::Entry>, entry: file::Entry) {
        if let Some(known) = entries.get(&entry.name) {
            let place = known.span.as_ref().map_or_else(
                || format!("--consumer {}", known.name),
                |span| format!("{}:{}", span.file, span.line),
            );
            let message = format!(
                "consumer `{}` is there twice, also at {place}; give one of them another name",
                entry.name
            );
            self.problems.push(Problem::new(entry.span, message));
            return;
        }
        entries.insert(entry.name.clone(), entry);
    }

    /// Reads the imports of the folders that an entry names.
    fn resolve(
        &mut self,
        entry: file::Entry,
        trees: [&Tree; 2],
        context: &Context,
    ) -> Result<Consumer, Error> {
        let mut uses = entry.uses;
        for (path, span) in &entry.protos {
            let folder = tidy(&entry.folder, path);
            if !context.path(&folder).is_dir() {
                let message = format!(
                    "there is no folder `{}` with the .proto files of `{}`",
                    folder.display(),
                    entry.name
                );
                self.problems.push(Problem::new(span.clone(), message));
                continue;
            }
            let found = imports::of(&folder, trees, context)?;
            self.problems.extend(found.problems);
            uses.extend(found.files.into_iter().map(|path| Use {
                what: Used::File(path),
                role: Role::Any,
                span: span.clone(),
            }));
        }
        Ok(Consumer {
            name: entry.name,
            owner: entry.owner,
            uses,
        })
    }
}

/// Adds what consumers said in an earlier state: a change that renames a package and who uses it must
/// not hide that the deployed consumers call it by its old name. Those names need not exist any more,
/// so they have no place where they could be told.
fn add_earlier(entries: &mut BTreeMap<String, file::Entry>, old: &Snapshot) -> Result<(), Error> {
    let mut paths = old.files_in(FOLDER);
    paths.retain(|path| is_toml(Path::new(path)));
    if old.contains(FILE) {
        paths.push(FILE.to_owned());
    }
    let names: Vec<&str> = paths.iter().map(String::as_str).collect();
    for (path, text) in paths.iter().zip(old.read(&names)?) {
        // What could not be read then is no mistake of today.
        let Ok(source) = text else { continue };
        let name = (path != FILE).then(|| stem(Path::new(path)));
        for earlier in file::read(&source, name.as_deref()).entries {
            if let Some(entry) = entries.get_mut(&earlier.name) {
                let uses = earlier.uses.into_iter();
                entry
                    .uses
                    .extend(uses.map(|used| Use { span: None, ..used }));
            }
        }
    }
    Ok(())
}

fn is_toml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "toml")
}

/// The consumer files of a folder, which need not be there.
fn in_folder(folder: &Path, context: &Context) -> Result<Vec<(PathBuf, bool)>, Error> {
    let path = context.path(folder);
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let failed = |source| Error::Read {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&path).map_err(failed)? {
        let name = PathBuf::from(entry.map_err(failed)?.file_name());
        let shown = tidy(folder, &name);
        if is_toml(&name) && is_there(&path.join(&name), &shown)? {
            files.push((shown, true));
        }
    }
    files.sort();
    Ok(files)
}

/// A path below a directory, as a user would write it.
fn tidy(directory: &Path, path: impl AsRef<Path>) -> PathBuf {
    if directory == Path::new(".") {
        path.as_ref().to_owned()
    } else {
        directory.join(path)
    }
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

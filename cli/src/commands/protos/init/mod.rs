//! `schemactl protos init`: makes a struct repository of `.proto` files: an xtask that validates
//! them, and what belongs to it.

mod dependency;
mod files;

use std::path::{Path, PathBuf};

use checker::Format;

use super::tree::now;
use crate::commands::check::references::disk;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::{MAX_FILE_BYTES, Snapshot, format_of, read_bytes};
use crate::git::{self, Repository};
use crate::roots::{self, PROTO_FOLDER, Roots};

pub use dependency::Dependency;
use files::{Existing, Facts, File};

/// The file of buf that says where its modules are.
const BUF_FILE: &str = "buf.yaml";

/// The arguments of `schemactl protos init`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Writes a Cargo workspace with an xtask of a few lines, its alias, a workflow for GitHub and a \
README around .proto files, so that `cargo xtask validate-protos` runs in the repository. A file \
that is there already stays as it is.

Exit codes: 0 done, 2 failed (nothing of an existing directory was changed).

Examples:
  schemactl protos init                                     in a repository that has .proto files
  schemactl protos init --source ../service/api structs     copy files into a new one
  schemactl protos init --source https://git.example/team/structs.git
  schemactl protos init --dependency 'git:https://git.example/registry#tag=v1.0'")]
pub struct Args {
    /// The directory of the struct repository; otherwise the current one, or a new one called as
    /// the git repository
    pub directory: Option<PathBuf>,
    /// Where the .proto files come from: a directory, whose files are copied, or the URL of a git
    /// repository, which is cloned
    #[arg(long, value_name = "PATH|GIT-URL")]
    pub source: Option<String>,
    /// The folder from which files import each other; otherwise `proto` where there is one, else
    /// the directory itself
    #[arg(long, value_name = "FOLDER")]
    pub proto_root: Option<String>,
    /// Where the xtask gets our library from: path:DIR, git:URL, git:URL#tag=v1.0 or version:1.0;
    /// otherwise the project's repository, or the source that this program was built from
    #[arg(long, value_name = "WHERE")]
    pub dependency: Option<Dependency>,
}

/// Runs `schemactl protos init`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let dependency = dependency(args, context)?;
    let directory = directory(args);
    git_answers(&directory, context)?;
    let mut files = Vec::new();
    let root = match args.source.as_deref() {
        Some(url) if is_url(url) => {
            git::clone(url, &context.path(&directory))?;
            root_of(&directory, args, context)?
        }
        Some(source) => {
            files = copied(Path::new(source), args, context)?;
            PROTO_FOLDER.to_owned()
        }
        None => root_of(&directory, args, context)?,
    };
    let name = name_of(&directory, context);
    files.extend(files::around(&Facts {
        name: &name,
        dependency: dependency.to_string(),
        root: &root,
    }));
    let done = files::write(&directory, &files, context)?;
    let ignored = files::ignore_target(&directory, context)?;
    let made = make_repository(&directory, context)?;
    tell(&directory, &done, ignored, made, context)?;
    Ok(Exit::Success)
}

fn dependency(args: &Args, context: &mut Context) -> Result<Dependency, Error> {
    if let Some(given) = &args.dependency {
        return Ok(given.clone());
    }
    let Some(sensible) = Dependency::sensible() else {
        return Err(Error::usage(
            "where does the xtask get the library of this program from?",
            "--dependency path:DIR, git:URL, git:URL#tag=v1.0 or version:1.0",
        ));
    };
    if let Dependency::Path(path) = &sensible {
        context.output.note(&format!(
            "the xtask depends on `{path}`, which only this machine has; for others: --dependency \
             git:URL"
        ));
    }
    Ok(sensible)
}

/// `structs` for `https://git.example/team/structs.git`.
fn directory(args: &Args) -> PathBuf {
    let given = args.directory.clone();
    let named = || {
        let url = args.source.as_deref().filter(|source| is_url(source))?;
        let name = url.trim_end_matches('/').rsplit(['/', ':']).next()?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        (!name.is_empty()).then(|| PathBuf::from(name))
    };
    given.or_else(named).unwrap_or_else(|| ".".into())
}

/// `https://…`, `ssh://…`, `git@host:path`.
fn is_url(source: &str) -> bool {
    let scp_like = source
        .split_once(':')
        .is_some_and(|(host, _)| host.contains('@') && !host.contains('/'));
    source.contains("://") || scp_like
}

/// A directory with `.proto` files. Where git ignores all of it, git has no say.
fn given(directory: &Path, context: &Context) -> Result<Snapshot, Error> {
    let snapshot = now(directory, context)?;
    if snapshot.proto_files()?.is_empty() {
        Ok(disk(directory, context))
    } else {
        Ok(snapshot)
    }
}

/// The folder of the `.proto` files that a directory has already.
fn root_of(directory: &Path, args: &Args, context: &Context) -> Result<String, Error> {
    let files = given(directory, context)?.proto_files()?;
    if files.is_empty() {
        return Err(Error::usage(
            format!("there are no .proto files in `{}`", directory.display()),
            "say where they come from: --source PATH or --source GIT-URL",
        ));
    }
    let Some(given) = &args.proto_root else {
        return Ok(Roots::guessed(&files).main().to_owned());
    };
    let root = roots::folder(given);
    if !files.iter().any(|file| roots::below(file, &root).is_some()) {
        let shown = directory.display();
        return Err(Error::usage(
            format!("there are no .proto files in the folder `{given}` of `{shown}`"),
            "--proto-root names a folder of the directory from which its files import each other",
        ));
    }
    Ok(root)
}

/// The `.proto` files of another directory, as they are to stand here.
fn copied(source: &Path, args: &Args, context: &mut Context) -> Result<Vec<File>, Error> {
    let root = root_of(source, args, context)?;
    let snapshot = given(source, context)?;
    let mut files = Vec::new();
    for path in snapshot.proto_files()? {
        let Some(below) = roots::below(&path, &root) else {
            let note = format!("`{path}` is not in `{root}`, so it is not copied");
            context.output.note(&note);
            continue;
        };
        let to = format!("{PROTO_FOLDER}/{below}");
        files.push(copy(source, &path, to, context)?);
    }
    // It names folders: it only stays true where they are called the same.
    let buf = context.path(&source.join(BUF_FILE));
    if buf.is_file() {
        if root == PROTO_FOLDER {
            files.push(copy(source, BUF_FILE, BUF_FILE.to_owned(), context)?);
        } else {
            context.output.note(
                "buf.yaml is not copied, since the files move to `proto`; write one that says so",
            );
        }
    }
    Ok(files)
}

/// The bytes as they are: the text that is compared is another one where they are not UTF-8.
fn copy(source: &Path, from: &str, to: String, context: &Context) -> Result<File, Error> {
    let from = source.join(from);
    let bytes = read_bytes(&context.path(&from), &from.to_string_lossy())?;
    let bytes = bytes.ok_or_else(|| {
        Error::Limit(format!(
            "`{}` is larger than {MAX_FILE_BYTES} bytes, the most that is read",
            from.display()
        ))
    })?;
    Ok(File {
        path: to,
        bytes,
        existing: Existing::Refuse,
    })
}

/// What people call a directory.
fn name_of(directory: &Path, context: &Context) -> String {
    let path = context.path(directory);
    let real = std::path::absolute(&path).unwrap_or(path);
    let name = real.components().next_back();
    name.map(|name| name.as_os_str().to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Whether git will do its part, before anything is written.
fn git_answers(directory: &Path, context: &Context) -> Result<(), Error> {
    let mut there = context.path(directory);
    while !there.is_dir() && there.pop() {}
    match Repository::discover(&there) {
        Ok(_) | Err(git::Error::NoRepository(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Makes a git repository of a directory that belongs to none; says whether it did.
fn make_repository(directory: &Path, context: &Context) -> Result<bool, Error> {
    let path = context.path(directory);
    match Repository::discover(&path) {
        Ok(_) => Ok(false),
        Err(git::Error::NoRepository(_)) => {
            git::init(&path)?;
            Ok(true)
        }
        Err(error) => Err(error.into()),
    }
}

fn tell(
    directory: &Path,
    done: &files::Written,
    ignored: bool,
    made: bool,
    context: &mut Context,
) -> Result<(), Error> {
    let is_proto = |path: &str| format_of(path) == Some(Format::Protobuf);
    let count = done.written.iter().filter(|path| is_proto(path)).count();
    let mut lines = Vec::new();
    if count > 0 {
        lines.push(format!("wrote {count} .proto files"));
    }
    let around = |paths: &[String], verb: &str| -> Vec<String> {
        let paths = paths.iter().filter(|path| !is_proto(path));
        paths.map(|path| format!("{verb} {path}")).collect()
    };
    lines.extend(around(&done.written, "wrote"));
    if ignored {
        lines.push("wrote target/ into .gitignore".to_owned());
    }
    lines.extend(around(&done.kept, "kept"));
    if made {
        lines.push("made a git repository".to_owned());
    }
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    context.output.result(&text)?;
    let shown = directory.display();
    context.output.note(&format!(
        "commit it, then run `cargo xtask validate-protos` in `{shown}`; the first run builds the \
         xtask and writes Cargo.lock, which belongs into the repository"
    ));
    Ok(())
}

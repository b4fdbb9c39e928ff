//! `schemactl protos format`: one layout for all `.proto` files. It changes no meaning and links nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use checker::Source;
use checker::protobuf;
use checker::report::Sources;
use similar::TextDiff;

use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::{self, Snapshot};
use crate::git::Repository;

/// How long a difference is made smaller before it is shown as it is.
const DIFF_TIME: Duration = Duration::from_secs(2);

/// The arguments of `schemactl protos format`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Comments stay where they belong, and the descriptor is the same. Of a directory the files are \
formatted that git knows or would add; without git all but hidden ones.

Exit codes: 0 formatted or nothing to do, 1 --check found files that are not formatted, 2 failed.

Examples:
  schemactl protos format --write
  schemactl protos format --check --diff proto/
  schemactl protos format order.proto
  schemactl protos format - < order.proto")]
pub struct Args {
    /// Files and directories; `-` is standard input
    #[arg(default_value = ".", value_name = "FILE|DIR")]
    pub paths: Vec<PathBuf>,
    /// Change nothing, name the files that are not formatted
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// Show what changes
    #[arg(long)]
    pub diff: bool,
    /// Change the files
    #[arg(long)]
    pub write: bool,
}

/// Runs `schemactl protos format`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let files = all_files(&args.paths, context)?;
    let prints = !(args.check || args.diff || args.write);
    if prints && files.len() != 1 {
        return Err(Error::usage(
            format!(
                "{} files are named, and only one can be printed",
                files.len()
            ),
            "say what to do with them: --write, --check or --diff",
        ));
    }
    let mut told = Told::default();
    for (path, shown) in &files {
        let Some((source, formatted)) = format(path, shown, context)? else {
            told.failed += 1;
            continue;
        };
        if prints {
            context.output.result(&formatted)?;
        } else if formatted != source.text() {
            told.changed += 1;
            changed(args, path, &source, &formatted, context)?;
        }
    }
    if !prints {
        told.summary(args, files.len(), context);
    }
    Ok(told.exit(args))
}

/// What there is to tell in the end.
#[derive(Default)]
struct Told {
    changed: usize,
    failed: usize,
}

impl Told {
    fn exit(&self, args: &Args) -> Exit {
        if self.failed > 0 {
            Exit::Trouble
        } else if args.check && self.changed > 0 {
            Exit::Failure
        } else {
            Exit::Success
        }
    }

    fn summary(&self, args: &Args, files: usize, context: &mut Context) {
        let Self { changed, failed } = *self;
        let what = if args.write { "formatted" } else { "to format" };
        let left = files - changed - failed;
        let failed = match failed {
            0 => String::new(),
            failed => format!(", {failed} not readable"),
        };
        let note = format!("{changed} {what}, {left} unchanged{failed}");
        context.output.note(&note);
    }
}

/// The files that are meant, with the names to print, in order.
fn all_files(paths: &[PathBuf], context: &Context) -> Result<Vec<(PathBuf, String)>, Error> {
    let mut all = Vec::new();
    for path in paths {
        let root = context.path(path);
        if files::is_input(path) || !root.is_dir() {
            all.push((path.clone(), path.to_string_lossy().into_owned()));
            continue;
        }
        let snapshot = Snapshot::Disk {
            // Without git all files count.
            repository: Repository::discover(&root).ok(),
            root,
            shown: path.clone(),
        };
        let found = snapshot.proto_files()?.into_iter();
        all.extend(found.map(|file| (path.join(&file), snapshot.name(&file))));
    }
    if all.is_empty() {
        return Err(Error::usage(
            "there are no .proto files here",
            "name the files, or the directory that holds them",
        ));
    }
    Ok(all)
}

/// The text of a file, now and formatted; `None` where it is no `.proto` text, which is told.
fn format(
    path: &Path,
    shown: &str,
    context: &mut Context,
) -> Result<Option<(Source, String)>, Error> {
    let text = if files::is_input(path) {
        files::read_given(path, context)?
    } else {
        files::read(&context.path(path), shown)?
    };
    match text {
        Ok(source) => match protobuf::format(&source) {
            Ok(formatted) => return Ok(Some((source, formatted))),
            Err(problems) => {
                let sources = Sources::from_iter([&source]);
                context.output.problems(&problems, &sources);
            }
        },
        Err(problem) => context.output.problems([&problem], &Sources::new()),
    }
    Ok(None)
}

/// Does with a file that is not formatted what was asked for.
fn changed(
    args: &Args,
    path: &Path,
    source: &Source,
    formatted: &str,
    context: &mut Context,
) -> Result<(), Error> {
    if args.check && !args.diff {
        context.output.result(&format!("{}\n", source.file()))?;
    }
    if args.diff {
        context.output.result(&difference(source, formatted))?;
    }
    if args.write && files::is_input(path) {
        return Err(Error::usage(
            "standard input cannot be changed",
            "without --write its formatted text is printed",
        ));
    }
    if args.write {
        save(context.path(path), source, formatted)?;
    }
    Ok(())
}

/// Writes a file that is still what was read. Of one that is not all UTF-8 another text was read, whose
/// bytes are not its own.
fn save(path: PathBuf, source: &Source, formatted: &str) -> Result<(), Error> {
    let now = fs::read(&path).map_err(|source| Error::Read {
        path: path.clone(),
        source,
    })?;
    if now != source.text().as_bytes() {
        return Err(Error::usage(
            format!("`{}` is not UTF-8, or was just changed", source.file()),
            "save it as UTF-8 and format it then",
        ));
    }
    let written = fs::write(&path, formatted);
    written.map_err(|source| Error::Save { path, source })
}

fn difference(source: &Source, formatted: &str) -> String {
    let mut config = TextDiff::configure();
    config.timeout(DIFF_TIME);
    let diff = config.diff_lines(source.text(), formatted);
    let mut diff = diff.unified_diff();
    diff.header(source.file(), source.file()).to_string()
}

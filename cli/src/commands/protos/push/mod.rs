//! `schemactl protos push`: a whole tree of `.proto` files into a registry, all or nothing.
//!
//! A registry has no transactions over subjects. So everything is checked before anything is
//! written (`examine`), files are registered after what they import (`plan`), and what was added
//! is deleted again where a later file is refused all the same (`apply`).

mod apply;
mod examine;
mod plan;
mod retire;

use std::fmt::Write as _;
use std::path::PathBuf;

use checker::protobuf::Tree;
use checker::report::{Sources, escape};
use checker::{Options, Problem};
use serde::Serialize;

use super::registry;
use super::subjects::SubjectTemplate;
use super::tree::{self, no_protos};
use crate::args::{FormatArg, OutputFormat, Profile, ReportArgs, ReportFormat};
use crate::client::Client;
use crate::client::wire::SubjectVersion;
use crate::commands::check::directory::read_tree;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::policy::PolicyArgs;
use crate::roots::RootArgs;
use examine::Known;
use plan::Step;

/// No more subjects without a file are named by the note; `--format json` names them all.
const MAX_NAMED: usize = 8;

/// The arguments of `schemactl protos push`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each file becomes a version of a subject of its own, with references to the versions of what it \
imports; a file whose imports changed gets a new version too. What the registry has already is left \
alone, so pushing again adds nothing.

All or nothing: every file is checked against its subject before anything is written, and where the \
registry refuses one all the same, the versions that this push added are deleted again (softly).

A file is checked by the level that the registry has for its subject, as any client's would be: \
neither protos.toml nor what breaks gRPC calls counts. Run `schemactl protos check` first.

A file that was renamed or removed leaves its subject behind, and comparisons with the registry go on \
to count it. A note names such subjects; --retire deletes them (softly) once all is pushed.

Exit codes: 0 pushed, 1 incompatible and nothing written, 2 failed.

Examples:
  schemactl protos push --to http://127.0.0.1:8081 --dry-run
  schemactl protos push --to http://127.0.0.1:8081
  schemactl protos push --to http://127.0.0.1:8081 --retire --dry-run
  schemactl protos push structs --to https://registry.example --subject-template 'structs/{path}'
  schemactl protos check --against http://127.0.0.1:8081")]
pub struct Args {
    /// The directory
    #[arg(default_value = ".")]
    pub directory: PathBuf,
    /// Base URL of the registry
    #[arg(long, value_name = "URL")]
    pub to: String,
    /// Where files import each other from.
    #[command(flatten)]
    pub roots: RootArgs,
    /// How subjects are called: a text with {path}, the import path, or {stem}, the same without
    /// `.proto`
    #[arg(long, value_name = "TEMPLATE", default_value_t)]
    pub subject_template: SubjectTemplate,
    /// Delete, softly, the subjects that fit the template and whose files are there no longer; the
    /// versions of other files that import them go too
    #[arg(long)]
    pub retire: bool,
    /// By whose verdict a file is checked here: the registry's own profile, which it does not tell
    #[arg(long, value_enum, default_value_t)]
    pub profile: Profile,
    /// Check everything and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How to print.
    #[command(flatten)]
    pub format: FormatArg,
}

#[derive(Serialize)]
struct Document<'a> {
    registry: &'a str,
    dry_run: bool,
    files: Vec<Pushed<'a>>,
    added: usize,
    unchanged: usize,
    /// The subjects whose files the tree has no longer.
    gone: &'a [String],
    /// The versions that were deleted for them.
    retired: &'a [SubjectVersion],
}

#[derive(Serialize)]
struct Pushed<'a> {
    file: &'a str,
    subject: &'a str,
    /// `null` in a dry run.
    version: Option<i32>,
    id: Option<i64>,
    added: bool,
}

/// Runs `schemactl protos push`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let client = registry::client(&args.to)?;
    let mut sources = Sources::default();
    let tree = match read(args, &mut sources, context)? {
        Ok(tree) => tree,
        Err(problems) => return Ok(refuse(&problems, &sources, context)),
    };
    let steps = plan::steps(&tree, &args.subject_template)?;
    let options = Options {
        profile: args.profile.into(),
        ..Options::default()
    };
    let mut known = examine::examine(&steps, &options, &client, context)?;
    if !known.refused.checked.is_empty() {
        let report = ReportArgs {
            format: match args.format.format {
                OutputFormat::Text => ReportFormat::Text,
                OutputFormat::Json => ReportFormat::Json,
            },
            reports: Vec::new(),
        };
        let exit = known
            .refused
            .print("schemactl protos push", &report, context)?;
        if !known.for_the_same.is_empty() {
            let files = known.for_the_same.join("`, `");
            let text = format!("refused too, since they import what is told above: `{files}`");
            context.output.note(&text);
        }
        context.output.note("nothing was written to the registry");
        return Ok(exit);
    }
    let gone = retire::gone(&steps, &args.subject_template, &client)?;
    let retired = if args.retire {
        retire::plan(&gone, &steps, &known, &client)?
    } else {
        Vec::new()
    };
    let added: Vec<bool> = known.versions.iter().map(Option::is_none).collect();
    if !args.dry_run {
        apply::apply(&steps, &mut known, &client, context).map_err(|broken| told(&broken))?;
        retire::apply(&retired, &client)?;
    }
    let pushed = Outcome {
        steps: &steps,
        known: &known,
        added: &added,
        gone: &gone,
        retired: &retired,
    };
    print(&pushed, &client, args, context)?;
    Ok(Exit::Success)
}

/// Reads a tree that is valid as a whole.
fn read(
    args: &Args,
    sources: &mut Sources,
    context: &mut Context,
) -> Result<Result<Tree, Vec<Problem>>, Error> {
    let snapshot = tree::now(&args.directory, context)?;
    for problem in snapshot
        .proto_listing()?
        .whole()?
        .warnings(|path| snapshot.name(path))
    {
        context.output.note(&problem.message);
    }
    let files = snapshot.proto_files()?;
    if files.is_empty() {
        return Err(no_protos(&snapshot));
    }
    let policy = PolicyArgs::default().policy(&args.directory, context)?;
    let roots = args.roots.or(&policy.roots);
    let roots = roots.layout(&args.directory, context).roots(&files)?;
    let tree = read_tree(&snapshot, &files, &roots, sources)?;
    Ok(tree.and_then(|tree| {
        let problems = tree.problems();
        if problems.is_empty() {
            Ok(tree)
        } else {
            Err(problems)
        }
    }))
}

fn refuse(problems: &[Problem], sources: &Sources, context: &mut Context) -> Exit {
    context.output.problems(problems, sources);
    context.output.note("nothing was written to the registry");
    Exit::Trouble
}

/// What became of a push that broke.
fn told(broken: &apply::Broken) -> Error {
    let mut details = broken.error.details().to_vec();
    details.extend(broken.left.iter().cloned());
    let message = match (broken.undone, broken.left.len()) {
        (0, 0) => "nothing was written".to_owned(),
        (1, 0) => "the one version that was added is deleted again".to_owned(),
        (undone, 0) => format!("the {undone} versions that were added are deleted again"),
        (undone, _) => format!(
            "of the versions that were added {undone} are deleted again and others are left; \
             pushing again goes on from there"
        ),
    };
    Error::Unacceptable {
        message: format!(
            "the registry did not take `{}`: {}; {message}",
            broken.path, broken.error
        ),
        details,
    }
}

/// What became of a push that was done.
struct Outcome<'a> {
    steps: &'a [Step],
    known: &'a Known,
    /// By step, whether it got a new version.
    added: &'a [bool],
    gone: &'a [String],
    retired: &'a [SubjectVersion],
}

fn print(
    outcome: &Outcome<'_>,
    client: &Client,
    args: &Args,
    context: &mut Context,
) -> Result<(), Error> {
    let Outcome {
        steps,
        known,
        added,
        gone,
        retired,
    } = outcome;
    let files: Vec<Pushed<'_>> = steps
        .iter()
        .enumerate()
        .map(|(at, step)| Pushed {
            file: &step.path,
            subject: &step.subject,
            version: known.versions.get(at).copied().flatten(),
            id: known.ids.get(at).copied().flatten(),
            added: added.get(at).copied().unwrap_or_default(),
        })
        .collect();
    let count = files.iter().filter(|file| file.added).count();
    let document = Document {
        registry: client.base(),
        dry_run: args.dry_run,
        added: count,
        unchanged: files.len() - count,
        files,
        gone,
        retired,
    };
    if !args.retire && !gone.is_empty() {
        context.output.note(&stale(gone));
    }
    match args.format.format {
        OutputFormat::Text => context.output.result(&text(&document)),
        OutputFormat::Json => context.output.json(&document),
    }
}

/// What a push leaves behind.
fn stale(gone: &[String]) -> String {
    let named = gone
        .iter()
        .take(MAX_NAMED)
        .map(|subject| format!("`{subject}`"));
    let named: Vec<String> = named.collect();
    let more = match gone.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "the registry has files that the directory has no longer, and what is compared with it \
         counts them: {}{more}; `--retire` deletes them",
        named.join(", ")
    )
}

fn text(document: &Document<'_>) -> String {
    let mut text = String::new();
    for file in document.files.iter().filter(|file| file.added) {
        let (path, subject) = (escape(file.file), escape(file.subject));
        let _ = match file.version {
            Some(version) => writeln!(text, "{path}: version {version} of `{subject}`"),
            None => writeln!(text, "{path}: a new version of `{subject}`"),
        };
    }
    let delete = if document.dry_run {
        "would be deleted"
    } else {
        "deleted"
    };
    for SubjectVersion { subject, version } in document.retired {
        let _ = writeln!(text, "version {version} of `{}`: {delete}", escape(subject));
    }
    let Document {
        registry,
        added,
        unchanged,
        ..
    } = document;
    let versions = if *added == 1 { "version" } else { "versions" };
    let done = if document.dry_run {
        "would add"
    } else {
        "added"
    };
    let _ = writeln!(
        text,
        "{done} {added} {versions} to {registry}; {unchanged} unchanged"
    );
    text
}

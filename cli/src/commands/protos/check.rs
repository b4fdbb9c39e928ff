//! `schemactl protos check`: what changed in a tree of `.proto` files, and whom it breaks.

use std::path::Path;

use checker::Problem;

use super::buf::{self, BufArgs};
use super::impact;
use super::progress::Working;
use super::tree::{States, TreeArgs, no_protos};
use crate::args::ReportArgs;
use crate::commands::check::directory::{Both, Trees};
use crate::commands::check::judge::BOTH;
use crate::commands::check::references::IMPORTS_HELP;
use crate::consumers::ConsumerArgs;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::Snapshot;
use crate::policy::{Policy, PolicyArgs, ScopeArgs};
use crate::results::Results;
use crate::roots::{Layout, RootArgs};

/// The most repositories in the repository that a note names.
const MAX_NAMED: usize = 5;

/// The arguments of `schemactl protos check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Reported is what breaks the binary encoding, the JSON form or a gRPC call, in both directions: \
every message of a call is read by both sides. The file protos.toml of the directory says what else \
a repository wants, and which breaks it accepts; docs/PROTOS.md describes it.

With --buf it is what `buf breaking` reports, by the buf.yaml that is there.

Exit codes: 0 compatible, 1 incompatible, 2 could not tell or failed; with --buf those of buf.

Examples:
  schemactl protos check
  schemactl protos check --against git:v1.4.0
  schemactl protos check . --against git:origin/main --format json
  schemactl protos check --format github --report sarif=protos.sarif --report markdown=protos.md
  schemactl protos check new/ --against old/ --proto-root api
  schemactl protos check --against git:main --severity protobuf/rpc-removed=warning
  schemactl protos check --use WIRE,GRPC --errors-only
  schemactl protos check --against git:v1.4.0 --history 'tags:v*' --all-changes
  schemactl protos check --against git:main --buf --use WIRE --format buf-json")]
pub struct Args {
    /// Which tree.
    #[command(flatten)]
    pub tree: TreeArgs,
    /// Whose consumers.
    #[command(flatten)]
    pub consumers: ConsumerArgs,
    /// How to judge.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// What is looked at and shown.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// How to print.
    #[command(flatten)]
    pub report: ReportArgs,
    /// As buf does.
    #[command(flatten)]
    pub buf: BufArgs,
}

/// How to compare two states.
#[derive(Debug)]
pub struct Question<'a> {
    /// The directory, as the user wrote it.
    pub directory: &'a Path,
    /// Where files import each other from.
    pub layout: &'a Layout,
    /// Where consumers are named.
    pub consumers: &'a ConsumerArgs,
    /// How to judge.
    pub policy: &'a Policy,
    /// Whether everything that changed is told.
    pub all_changes: bool,
}

/// Runs `schemactl protos check`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    args.report.refuse_nonsense(args.buf.buf)?;
    if args.buf.buf {
        let question = buf::Question {
            directory: &args.tree.directory,
            against: &args.tree.against,
            ids: &args.policy.uses,
            config: args.policy.config.as_deref(),
            args: &args.buf,
        };
        return buf::run(&question, &args.report, context);
    }
    let policy = args.policy.policy(&args.tree.directory, context)?;
    let policy = policy.with(&args.scope);
    let roots = args.tree.roots.or(&policy.roots);
    let states = args.tree.states(&roots, context)?;
    let question = Question {
        directory: &args.tree.directory,
        layout: &roots.layout(&args.tree.directory, context),
        consumers: &args.consumers,
        policy: &policy,
        all_changes: args.scope.all_changes,
    };
    let results = check(&states, &question, context)?;
    help_with_imports(&results, &states.new, &roots, context)?;
    results.print("schemactl protos check", &args.report, context)
}

/// Says where to look for imports that are not found: where the directory is below the top of its
/// repository, from there.
fn help_with_imports(
    results: &Results,
    new: &Snapshot,
    roots: &RootArgs,
    context: &mut Context,
) -> Result<(), Error> {
    let mut problems = results.problems();
    if !problems.any(|problem| problem.missing_import.is_some()) {
        return Ok(());
    }
    for folder in new.listing()?.submodules.iter().take(MAX_NAMED) {
        let name = new.name(folder);
        let note = format!(
            "`{name}` is a git repository of its own, so its files are not looked at; where files \
             import from it: -I {name}"
        );
        context.output.note(&note);
    }
    let from_top = match new {
        Snapshot::Disk {
            repository: Some(repository),
            ..
        } => repository.path_from_top(""),
        Snapshot::Disk { .. } | Snapshot::Commit { .. } | Snapshot::Memory { .. } => String::new(),
    };
    if from_top.is_empty() && roots.includes.is_empty() {
        context.output.note(IMPORTS_HELP);
    }
    if !from_top.is_empty() {
        let note = format!(
            "the directory is `{from_top}` of its repository; where files import from further up, \
             name that folder: -I DIR, or check the repository from its top"
        );
        context.output.note(&note);
    }
    Ok(())
}

/// Compares two states of a repository of `.proto` files, and says who is affected where consumers
/// are named.
pub fn check(
    states: &States,
    question: &Question<'_>,
    context: &Context,
) -> Result<Results, Error> {
    let _working = Working::start("comparing .proto files", &context.output);
    states.old_is_meant()?;
    let mut results = Results::default();
    let (past, none) = question.policy.past_of(&states.old);
    results.warnings.extend(none);
    let trees = Trees {
        new: &states.new,
        old: &states.old,
        layout: question.layout,
        directions: &BOTH,
        options: &question.policy.options,
        past,
        all_changes: question.all_changes,
    };
    let both = trees.check(&mut results)?;
    if results.checked.is_empty() {
        return Err(no_protos(&states.new));
    }
    question.policy.apply(&mut results, context);
    let Some(both) = both else {
        return Ok(results);
    };
    if question.consumers.exist(question.directory, context) {
        let Both { new, old, .. } = &both;
        let read = question
            .consumers
            .read(question.directory, &states.old, [new, old], context);
        impact::add(&mut results, &both, read?);
    }
    let stability = &question.policy.options.stability;
    let unused = stability.unused([&both.old, &both.new]);
    results.warnings.extend(unused.map(|packages| {
        let message = format!("[[stability]] names packages that are nowhere: `{packages}`");
        Problem::whole(message)
    }));
    results.changes = both.changes;
    Ok(results)
}

//! `schemactl protos diff`: everything that changed between two states of a tree of `.proto` files,
//! and how the version number has to grow. It judges nothing: the exit code is 0.

use checker::report::text::Styles;
use serde::Serialize;

use super::progress::Working;
use super::tree::{States, TreeArgs, no_protos};
use crate::changelog::{ChangeLog, Entry};
use crate::commands::check::directory::Trees;
use crate::commands::check::judge::BOTH;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::Snapshot;
use crate::git::Repository;
use crate::policy::PolicyArgs;
use crate::results::Results;

/// The arguments of `schemactl protos diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is an error by the policy of the repository asks for a major version, also where it is \
accepted; any other change of the interface for a minor one; comments and layout for a patch; \
equal files for none.

Exit codes: 0 compared, 2 failed.

Examples:
  schemactl protos diff
  schemactl protos diff --against git:v1.4.0 --format markdown > notes.md
  schemactl protos diff --against git:v1.4.0 --to git:v1.5.0 --format json
  schemactl protos diff new/ --against old/")]
pub struct Args {
    /// Which tree.
    #[command(flatten)]
    pub tree: TreeArgs,
    /// The new state: git:REF; otherwise the directory as it is now
    #[arg(long, value_name = "NEW")]
    pub to: Option<String>,
    /// How to judge.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// How to print what changed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
}

/// How changes are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// For release notes
    Markdown,
}

#[derive(Serialize)]
struct Document<'a> {
    bump: &'static str,
    changes: Vec<Entry<'a>>,
}

/// Runs `schemactl protos diff`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let policy = args.policy.policy(&args.tree.directory, context)?;
    let roots = args.tree.roots.or(&policy.roots);
    let mut states = args.tree.states(&roots, context)?;
    if let Some(to) = &args.to {
        states.new = commit(to, args, context)?;
    }
    states.old_is_meant()?;
    let States { new, old } = &states;
    let mut results = Results::default();
    let trees = Trees {
        new,
        old,
        layout: &roots.layout(&args.tree.directory, context),
        directions: &BOTH,
        options: &policy.options,
        past: None,
        all_changes: true,
    };
    let working = Working::start("comparing .proto files", &context.output);
    let both = trees.check(&mut results)?;
    drop(working);
    if let Some(changes) = both.and_then(|both| both.changes) {
        return print(&changes, args.format, context);
    }
    if results.checked.is_empty() {
        return Err(no_protos(new));
    }
    let text = results.text(&Styles::default());
    context.output.say(&text);
    Ok(Exit::Trouble)
}

/// A commit as the new state.
fn commit(to: &str, args: &Args, context: &Context) -> Result<Snapshot, Error> {
    let revision = to.strip_prefix("git:").ok_or_else(|| {
        Error::usage(
            format!("`{to}` is no state of a git repository"),
            "--to git:REF; a directory is named by itself: schemactl protos diff DIRECTORY",
        )
    })?;
    let repository = Repository::discover(&context.path(&args.tree.directory))?;
    Snapshot::commit(repository, revision)
}

fn print(log: &ChangeLog, format: Format, context: &mut Context) -> Result<Exit, Error> {
    match format {
        Format::Text => {
            let text = format!("{}{}\n", log.text(), log.closing());
            context.output.result(&text)?;
        }
        Format::Json => context.output.json(&Document {
            bump: log.bump.name(),
            changes: log.entries(),
        })?,
        Format::Markdown => {
            let text = format!("{}{}\n", log.markdown(), log.closing());
            context.output.result(&text)?;
        }
    }
    Ok(Exit::Success)
}

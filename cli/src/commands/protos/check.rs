//! `schemactl protos check`: what changed in a tree of `.proto` files, and whom it breaks.

use std::path::Path;

use checker::Severities;

use super::impact;
use super::tree::{States, TreeArgs, no_protos};
use crate::args::{ReportArgs, SeverityArg};
use crate::commands::check::directory::{Both, Trees};
use crate::commands::check::judge::BOTH;
use crate::consumers::ConsumerArgs;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::results::Results;

/// The arguments of `schemactl protos check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Reported is what breaks the binary encoding, the JSON form or a gRPC call, in both directions: \
every message of a call is read by both sides.

Exit codes: 0 compatible, 1 incompatible, 2 could not tell or failed.

Examples:
  schemactl protos check
  schemactl protos check --against git:v1.4.0
  schemactl protos check . --against git:origin/main --format json
  schemactl protos check --format github --report sarif=protos.sarif --report markdown=protos.md
  schemactl protos check new/ --against old/ --proto-root api
  schemactl protos check --against git:main --severity protobuf/rpc-removed=warning")]
pub struct Args {
    /// Which tree.
    #[command(flatten)]
    pub tree: TreeArgs,
    /// Whose consumers.
    #[command(flatten)]
    pub consumers: ConsumerArgs,
    /// What rules weigh.
    #[command(flatten)]
    pub severity: SeverityArg,
    /// How to print.
    #[command(flatten)]
    pub report: ReportArgs,
}

/// How to compare two states.
#[derive(Debug)]
pub struct Question<'a> {
    /// The directory, as the user wrote it.
    pub directory: &'a Path,
    /// The folder that imports start from, where it is given.
    pub root: Option<&'a str>,
    /// Where consumers are named.
    pub consumers: &'a ConsumerArgs,
    /// What rules weigh.
    pub severities: Severities,
}

/// Runs `schemactl protos check`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let states = args.tree.states(context)?;
    let question = Question {
        directory: &args.tree.directory,
        root: args.tree.proto_root.as_deref(),
        consumers: &args.consumers,
        severities: args.severity.severities(),
    };
    let results = check(&states, question, context)?;
    results.print("schemactl protos check", &args.report, context)
}

/// Compares two states of a repository of `.proto` files, and says who is affected where consumers
/// are named.
pub fn check(states: &States, question: Question<'_>, context: &Context) -> Result<Results, Error> {
    let mut results = Results::default();
    let trees = Trees {
        new: &states.new,
        old: &states.old,
        root: question.root,
        directions: &BOTH,
        severities: question.severities,
    };
    let both = trees.check(&mut results)?;
    if results.checked.is_empty() {
        return Err(no_protos(&states.new));
    }
    if let Some(both) = both
        && question.consumers.exist(question.directory, context)
    {
        let Both { new, old } = &both;
        let read = question
            .consumers
            .read(question.directory, [new, old], context);
        impact::add(&mut results, &both, read?);
    }
    Ok(results)
}

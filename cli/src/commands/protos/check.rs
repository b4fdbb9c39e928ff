//! `schemactl protos check`: what changed in a tree of `.proto` files, and whom it breaks.

use checker::Severities;

use super::tree::{States, TreeArgs};
use crate::args::{ReportArgs, SeverityArg};
use crate::commands::check::directory::Trees;
use crate::commands::check::judge::BOTH;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::Snapshot;
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
    /// What rules weigh.
    #[command(flatten)]
    pub severity: SeverityArg,
    /// How to print.
    #[command(flatten)]
    pub report: ReportArgs,
}

/// Runs `schemactl protos check`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let States { new, old } = args.tree.states(context)?;
    let root = args.tree.proto_root.as_deref();
    let results = check(&new, &old, root, args.severity.severities())?;
    results.print("schemactl protos check", &args.report, context)
}

/// Compares two states of a repository of `.proto` files.
pub fn check(
    new: &Snapshot,
    old: &Snapshot,
    root: Option<&str>,
    severities: Severities,
) -> Result<Results, Error> {
    let mut results = Results::default();
    let trees = Trees {
        new,
        old,
        root,
        directions: &BOTH,
        severities,
    };
    trees.check(&mut results)?;
    if results.checked.is_empty() {
        let directory = new.name("");
        return Err(Error::usage(
            format!("there are no .proto files in `{directory}`"),
            "name the directory that holds them",
        ));
    }
    Ok(results)
}

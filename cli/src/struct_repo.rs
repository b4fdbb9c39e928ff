//! The xtask of a repository of shared `.proto` files ("struct repo"): `cargo xtask validate-protos`.
//!
//! Such a repository holds messages and services that several teams share, and no code that could
//! test them. Its xtask is a crate with one line in `main`: the call of [`main`].

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::args::ReportArgs;
use crate::commands::protos::check::{Question, check};
use crate::commands::protos::subjects::SubjectTemplate;
use crate::commands::protos::tree::{TreeArgs, is_url};
use crate::consumers::ConsumerArgs;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::policy::{PolicyArgs, ScopeArgs};
use crate::roots::{PROTO_FOLDER, RootArgs};

/// Tasks of this repository of shared .proto files
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Report changes that break the wire, the JSON form or a gRPC call
    ValidateProtos(Args),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Compares the .proto files of the working tree, committed or not, with those of a commit, and \
reports what would break a service that still runs with the other version: messages, enums, \
services and RPCs.

Exit codes: 0 compatible, 1 incompatible, 2 could not tell or failed.

Examples:
  cargo xtask validate-protos
  cargo xtask validate-protos --against v1.4.0
  cargo xtask validate-protos --against origin/release --format json
  cargo xtask validate-protos --against https://registry.example
  cargo xtask validate-protos --format github")]
struct Args {
    /// The commit, branch or tag to compare with, REF... for where HEAD left a branch, or the URL of
    /// a registry that the files were pushed to; otherwise the commit at which HEAD left the main
    /// branch (origin/HEAD, origin/main, main or master)
    #[arg(long, value_name = "REF|URL")]
    against: Option<String>,
    /// How the registry's subjects are called: a text with {path}, the import path, or {stem}, the
    /// same without `.proto`
    #[arg(long, value_name = "TEMPLATE", default_value_t)]
    subject_template: SubjectTemplate,
    /// Whose consumers.
    #[command(flatten)]
    consumers: ConsumerArgs,
    /// How to judge.
    #[command(flatten)]
    policy: PolicyArgs,
    /// What is looked at and shown.
    #[command(flatten)]
    scope: ScopeArgs,
    /// How to print.
    #[command(flatten)]
    report: ReportArgs,
}

/// Runs the tasks of a struct repository with the arguments of the process.
///
/// `xtask` is the directory of the xtask crate, `env!("CARGO_MANIFEST_DIR")`; the repository is the
/// directory around it.
pub fn main(xtask: &str) -> ExitCode {
    main_in(xtask, PROTO_FOLDER)
}

/// The same for a repository whose `.proto` files import each other from another folder than
/// `proto`; an empty one is the repository itself.
pub fn main_in(xtask: &str, proto_root: &str) -> ExitCode {
    let proto_root = proto_root.to_owned();
    let root = Path::new(xtask)
        .parent()
        .unwrap_or(Path::new("."))
        .to_owned();
    crate::on_large_stack(move |context| {
        context.directory = root;
        match Cli::try_parse() {
            Ok(Cli {
                command: Command::ValidateProtos(args),
            }) => crate::finish(validate(&args, &proto_root, context), context),
            Err(usage) => crate::refuse(&usage, context),
        }
    })
}

fn validate(args: &Args, proto_root: &str, context: &mut Context) -> Result<Exit, Error> {
    args.report.refuse_nonsense(false)?;
    let directory = Path::new(".");
    let policy = args.policy.policy(directory, context)?.with(&args.scope);
    let convention = RootArgs {
        proto_roots: vec![proto_root.to_owned()],
        ..RootArgs::default()
    };
    let roots = policy.roots.or(&convention);
    let tree = TreeArgs {
        directory: directory.to_owned(),
        against: baseline(args.against.as_deref()),
        roots: roots.clone(),
        subject_template: args.subject_template.clone(),
    };
    let states = tree.states(&roots, context)?;
    let question = Question {
        directory,
        layout: &roots.layout(directory, context),
        consumers: &args.consumers,
        policy: &policy,
        all_changes: args.scope.all_changes,
    };
    let results = check(&states, &question, context)?;
    results.print("cargo xtask validate-protos", &args.report, context)
}

/// What to compare with as the rest of the command line spells it: here a commit is meant unless it
/// is a URL.
fn baseline(against: Option<&str>) -> String {
    match against {
        None => "git:merge-base".to_owned(),
        Some(text) if is_url(text) || text.starts_with("git:") => text.to_owned(),
        Some(revision) => format!("git:{revision}"),
    }
}

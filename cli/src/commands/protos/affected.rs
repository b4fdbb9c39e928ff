//! `schemactl protos affected`: which consumers a change breaks, for CI that tests those alone.

use checker::protobuf::impact::{Asked, Impact, Reach};
use checker::protobuf::{Tree, TreeOptions, compare_trees};
use checker::report::Sources;
use checker::report::json::SidedProblem;
use checker::{Comparison, Problem};
use serde::Serialize;

use super::tree::TreeArgs;
use crate::args::{FormatArg, OutputFormat};
use crate::commands::check::file::problems;
use crate::consumers::{ConsumerArgs, FILE};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::policy::PolicyArgs;

/// The arguments of `schemactl protos affected`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Prints the names of the consumers that have to be tested, one a line, and nothing else on standard \
output. Consumers are read from consumers.toml, from consumers/*.toml, or from the imports of the \
.proto files of a service; docs/CONSUMERS.md describes them.

A consumer is affected by an error that it can meet: in a message that it uses, in an RPC that it \
calls or answers, however deep inside. Clients are affected by what breaks in requests and \
responses, servers by what breaks in requests.

Exit codes: 0 nobody is affected, 1 somebody is, 2 could not tell or failed.

Examples:
  schemactl protos affected --against git:main
  schemactl protos affected --against git:main --format json
  schemactl protos affected --against git:v1.4.0 --changed
  schemactl protos affected --consumer checkout=../checkout/proto --consumer billing=../billing")]
pub struct Args {
    /// Which tree.
    #[command(flatten)]
    pub tree: TreeArgs,
    /// Whose consumers.
    #[command(flatten)]
    pub consumers: ConsumerArgs,
    /// Count every change that a consumer can meet, also compatible ones
    #[arg(long)]
    pub changed: bool,
    /// How to judge.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// How to print.
    #[command(flatten)]
    pub format: FormatArg,
}

#[derive(Serialize)]
struct Document<'a> {
    affected: Vec<&'a str>,
    unaffected: Vec<&'a str>,
    #[serde(flatten)]
    impact: &'a Impact,
}

#[derive(Serialize)]
struct Failed<'a> {
    errors: &'a [SidedProblem],
    problems: &'a [Problem],
}

/// Runs `schemactl protos affected`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let policy = args.policy.policy(&args.tree.directory, context)?;
    let roots = args.tree.roots.or(&policy.roots);
    let states = args.tree.states(&roots, context)?;
    let mut sources = Sources::default();
    let layout = roots.layout(&args.tree.directory, context);
    let (new, old) = match states.trees(&layout, &mut sources)? {
        [Ok(new), Ok(old)] => (new, old),
        [new, old] => {
            let errors = problems(new.err(), old.err());
            return refuse(&errors, &[], &sources, args, context);
        }
    };
    let consumers =
        args.consumers
            .read(&args.tree.directory, &states.old, [&new, &old], context)?;
    if !consumers.named {
        return Err(Error::usage(
            format!("nothing says who uses these files: there is no {FILE}"),
            "name the consumers in consumers.toml (docs/CONSUMERS.md), or --consumer NAME=DIR",
        ));
    }
    consumers
        .sources
        .iter()
        .for_each(|source| sources.insert(source));
    let compared = compare(&old, &new, &policy.options);
    let (reach, found) = match compared {
        Ok(compared) => compared,
        Err(errors) => return refuse(&errors, &consumers.problems, &sources, args, context),
    };
    if let Some(note) = super::impact::left_out(&reach) {
        context.output.note(&note);
    }
    let mut doubtful = consumers.problems;
    doubtful.extend(reach.unknown(&consumers.all));
    if !doubtful.is_empty() {
        return refuse(&[], &doubtful, &sources, args, context);
    }
    let asked = if args.changed {
        Asked::Changes
    } else {
        Asked::Errors
    };
    print(&reach.impact(&found, &consumers.all, asked), args, context)
}

/// Reads both trees as a whole and compares them.
fn compare(
    old: &Tree,
    new: &Tree,
    options: &TreeOptions,
) -> Result<(Reach, Comparison), Vec<SidedProblem>> {
    let reach = Reach::of(old, new);
    let compared = reach.and_then(|reach| Ok((reach, compare_trees(old, new, options)?)));
    compared.map_err(|found| problems(Some(found.new), Some(found.old)))
}

fn print(impact: &Impact, args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let affected: Vec<&str> = impact.affected().map(|found| &*found.name).collect();
    match args.format.format {
        OutputFormat::Text => {
            let lines: String = affected.iter().flat_map(|name| [name, "\n"]).collect();
            context.output.result(&lines)?;
            context.output.note(&super::impact::headline(impact));
        }
        OutputFormat::Json => {
            let all = impact.consumers.iter();
            let unaffected = all.filter(|consumer| consumer.touched_by.is_empty());
            context.output.json(&Document {
                unaffected: unaffected.map(|found| &*found.name).collect(),
                affected: affected.clone(),
                impact,
            })?;
        }
    }
    Ok(if affected.is_empty() {
        Exit::Success
    } else {
        Exit::Failure
    })
}

/// Tells why nobody can be named: an empty list would be taken for "nobody".
fn refuse(
    errors: &[SidedProblem],
    doubtful: &[Problem],
    sources: &Sources,
    args: &Args,
    context: &mut Context,
) -> Result<Exit, Error> {
    if args.format.format == OutputFormat::Json {
        context.output.json(&Failed {
            errors,
            problems: doubtful,
        })?;
        return Ok(Exit::Trouble);
    }
    let all = errors.iter().map(|error| &error.problem).chain(doubtful);
    context.output.problems(all, sources);
    Ok(Exit::Trouble)
}

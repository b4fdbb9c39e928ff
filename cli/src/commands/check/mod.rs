//! `schemactl check`: is the new version compatible with the old one?
//!
//! Files, directories, git refs and registries are read here ([`mod@file`], [`directory`],
//! [`registry`]), the checker judges ([`judge`]), [`crate::results`] prints. [`jsonl`] answers many
//! questions in one process.

pub mod baseline;
pub mod directory;
pub mod each;
pub mod file;
pub mod jsonl;
pub mod judge;
pub mod references;
pub mod registry;
pub mod siblings;

use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;

use crate::args::{JudgeArgs, NamedPath, Profile, ReportArgs, SchemaArgs};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::files;

use baseline::Baseline;

/// The arguments of `schemactl check`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The new version: a file, a directory, or - for standard input (with --type)
    #[arg(required_unless_present = "jsonl")]
    pub new: Option<PathBuf>,
    /// The old version: a file, a directory, git:REF, or the URL of a registry
    #[arg(long, value_name = "OLD", required_unless_present = "jsonl")]
    pub against: Option<String>,
    /// The subject in the registry
    #[arg(long, value_name = "SUBJECT", value_parser = NonEmptyStringValueParser::new())]
    pub subject: Option<String>,
    /// How to judge.
    #[command(flatten)]
    pub judge: JudgeArgs,
    /// How to read.
    #[command(flatten)]
    pub schema: SchemaArgs,
    /// Like --reference, for the old version where it differs
    #[arg(long = "old-reference", value_name = "NAME=FILE")]
    pub old_references: Vec<NamedPath>,
    /// The folder of a directory from which its .proto files import each other (repeatable);
    /// otherwise `proto` where there is one, else the directory itself
    #[arg(long = "proto-root", value_name = "FOLDER")]
    pub proto_roots: Vec<String>,
    /// How to print.
    #[command(flatten)]
    pub report: ReportArgs,
    /// Answer questions instead, one JSON object per line, from a file or standard input
    #[arg(
        long,
        long_help = JSONL_HELP,
        value_name = "FILE|-",
        num_args = 0..=1,
        default_missing_value = "-",
        conflicts_with_all = [
            "new", "against", "subject", "level", "profile", "policy", "schema_type", "draft",
            "references", "proto_paths", "old_references", "proto_roots",
        ],
    )]
    pub jsonl: Option<PathBuf>,
}

const JSONL_HELP: &str = r#"Answer questions instead, one JSON object per line, from a file or standard input

  {"id": 1, "format": "AVRO", "old": "\"int\"", "new": {"type": "long"}, "level": "FULL"}

Keys: id (anything, given back), format (AVRO, PROTOBUF, JSON), new, and either old or history (several, oldest first); level (BACKWARD), profile (proven), policy (strict), draft (draft7), old_references and new_references (name: text). A schema is its text, or for Avro and JSON Schema the JSON value itself. Other keys are ignored.

Each line is answered by one, in the same order: {"id", "verdict", "findings", "reason", "messages"}, or {"id", "errors"} where a text is no valid schema or the line is no question. The exit code is 0 once every line is answered."#;

const HELP: &str = "\
The level is the registry's when comparing with a registry, otherwise BACKWARD; .proto files of a \
directory are compared in both directions unless a level is given, since every message of a call \
is read by both sides.

A file may refer to types and documents in the files of its directory, as they are on the same \
side. What is elsewhere is named: --reference.

In a directory these files are looked at: .avsc, .proto, .schema.json, and any other .json that \
has `$schema`. They are matched by their path; new files are fine, files that are gone are \
reported.

Exit codes: 0 compatible, 1 incompatible, 2 could not tell or failed.

Examples:
  schemactl check order.avsc --against old/order.avsc
  schemactl check order.avsc --against git:main --level FULL
  schemactl check order.avsc --against http://127.0.0.1:8081 --subject orders-value
  schemactl check order.avsc --against http://127.0.0.1:8081/subjects/orders-value
  schemactl check order.avsc --against git:main --severity avro/default-changed=error
  schemactl check order.avsc --against git:main --reference shop.Money=money.avsc
  schemactl check . --against git:origin/main --format json
  schemactl check . --against git:origin/main --format github --report junit=schemas.xml
  schemactl check --jsonl questions.jsonl";

/// Runs `schemactl check`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    if let Some(questions) = &args.jsonl {
        return jsonl::run(questions, &args.judge.severity.severities(), context);
    }
    args.report.refuse_nonsense(false)?;
    let (Some(new), Some(against)) = (&args.new, &args.against) else {
        return Err(Error::usage(
            "nothing to compare",
            "schemactl check NEW --against OLD",
        ));
    };
    if args.judge.profile == Profile::Contract && !args.judge.severity.severities.is_empty() {
        return Err(Error::usage(
            "the profile `contract` has the wire contract's own severities",
            "leave out --severity or --profile",
        ));
    }
    let baseline = Baseline::parse(against, args.subject.as_deref())?;
    let results = if !files::is_input(new) && is_directory(new, context)? {
        directory::check(new, baseline, args, context)?
    } else {
        let results = file::check(new, baseline, args, context)?;
        references::help_with_missing(results.problems(), &args.schema, context);
        results
    };
    results.print("schemactl check", &args.report, context)
}

/// Whether a path that must exist is a directory.
pub fn is_directory(path: &Path, context: &Context) -> Result<bool, Error> {
    let metadata = std::fs::metadata(context.path(path));
    metadata
        .map(|metadata| metadata.is_dir())
        .map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })
}

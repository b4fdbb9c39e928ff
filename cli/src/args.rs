//! The arguments: the program, and the groups of options that several subcommands share.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use checker::json::Draft;
use checker::{Format, Level, Options, RuleSeverity, Severities};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands;
use crate::error::Error;

/// Where a registry is looked for unless it is said.
pub const DEFAULT_REGISTRY: &str = "http://127.0.0.1:8081";

/// Checks schemas for compatibility before a merge, and talks to a schema registry
#[derive(Debug, Parser)]
#[command(
    name = "schemactl",
    version,
    term_width = 100,
    after_help = "\
Exit codes: 0 compatible, 1 incompatible, 2 could not tell or failed.

Examples:
  schemactl check order.avsc --against git:main      compare with the main branch
  schemactl check order.avsc --against old.avsc      compare two files
  schemactl explain avro/field-type-changed          what a rule means
  schemactl register order.avsc --subject orders-value"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a schema or a directory against an earlier version
    Check(Box<commands::check::Args>),
    /// Check that files are valid schemas
    Validate(commands::validate::Args),
    /// Check repositories of shared .proto files
    Protos(Box<commands::protos::Args>),
    /// Print a schema's canonical, normalised, resolved or parsing text
    Text(commands::text::Args),
    /// Print the fingerprints of Avro schemas
    Fingerprint(commands::fingerprint::Args),
    /// Explain a rule, or list all rules
    Explain(commands::explain::Args),
    /// Register a schema under a subject
    Register(commands::register::Args),
    /// Print a registered schema
    Get(commands::get::Args),
    /// List subjects, or the versions of one
    List(commands::list::Args),
}

/// How a result is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// How what a check found is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// Annotations by GitHub Actions
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// Test results, as every CI system shows them
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// For comments and job summaries
    Markdown,
    /// The JSON lines of `buf breaking`. Hidden, since most commands have none: `--buf` names it
    #[value(hide = true)]
    BufJson,
}

impl ReportFormat {
    /// Whether it names files by their path from the top of the repository.
    pub const fn has_places(self) -> bool {
        match self {
            Self::Text | Self::Json | Self::BufJson => false,
            Self::Github | Self::Gitlab | Self::Junit | Self::Sarif | Self::Markdown => true,
        }
    }
}

/// `--format` and `--report`
#[derive(Clone, Debug, Default, Args)]
pub struct ReportArgs {
    /// How to print what was found
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ReportFormat,
    /// Write it to a file as well, in another format (repeatable)
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    pub reports: Vec<ReportFile>,
}

impl ReportArgs {
    /// Refuses what no run could do, before one is started. `buf` says whether there are lines of
    /// buf's JSON.
    pub fn refuse_nonsense(&self, buf: bool) -> Result<(), Error> {
        let formats = || self.reports.iter().map(|report| report.format);
        let mut all = std::iter::once(self.format).chain(formats());
        if !buf && all.any(|format| format == ReportFormat::BufJson) {
            return Err(Error::usage(
                "the format `buf-json` is for `schemactl protos check --buf` only",
                "take another format; `json` is for programs",
            ));
        }
        let mut files = BTreeSet::new();
        match self
            .reports
            .iter()
            .find(|report| !files.insert(&report.path))
        {
            Some(twice) => Err(Error::usage(
                format!("two reports would be written to `{}`", twice.path.display()),
                "name a file for each --report",
            )),
            None => Ok(()),
        }
    }
}

/// `FORMAT=FILE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// The format.
    pub format: ReportFormat,
    /// The file.
    pub path: PathBuf,
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (format, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| format!("`{text}` is not FORMAT=FILE, such as `sarif=report.sarif`"))?;
        let format = ReportFormat::from_str(format, true).map_err(|_| {
            let known = ReportFormat::value_variants().iter();
            let known = known.filter_map(ValueEnum::to_possible_value);
            let known = known.filter(|value| !value.is_hide_set());
            let known: Vec<String> = known.map(|value| value.get_name().to_owned()).collect();
            format!("`{format}` is no format; they are {}", known.join(", "))
        })?;
        if path == "-" {
            return Err("`-` is no file; --format prints to standard output".to_owned());
        }
        Ok(Self {
            format,
            path: path.into(),
        })
    }
}

/// Whose verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// What really happens to data and calls
    #[default]
    Proven,
    /// What the wire contract's own registry answers
    Contract,
}

impl From<Profile> for checker::Profile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Proven => Self::Proven,
            Profile::Contract => Self::Contract,
        }
    }
}

/// How a JSON Schema's writer is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Policy {
    /// A writer may produce whatever its schema admits
    #[default]
    Strict,
    /// A writer produces only declared properties
    Lenient,
}

/// `--format`
#[derive(Clone, Copy, Debug, Args)]
pub struct FormatArg {
    /// How to print the result
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: OutputFormat,
}

/// How to judge.
#[derive(Clone, Debug, Args)]
pub struct JudgeArgs {
    /// Compatibility level: NONE, BACKWARD, FORWARD, FULL or one of them with _TRANSITIVE
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<Level>,
    /// Whose verdict to give
    ///
    /// `proven` counts what breaks when data are really written and read, and warns of what they
    /// silently become. `contract` answers as the wire contract's own registry does, right or
    /// wrong: findings that it does not know, such as changed logical types, are left out.
    #[arg(long, value_enum, default_value_t)]
    pub profile: Profile,
    /// How the writer of a JSON Schema is read
    #[arg(long, value_enum, default_value_t)]
    pub policy: Policy,
    /// What rules weigh.
    #[command(flatten)]
    pub severity: SeverityArg,
}

/// `--severity`
#[derive(Clone, Debug, Default, Args)]
pub struct SeverityArg {
    /// What the findings of a rule count for: error, warning or off; what tells of data that cannot
    /// be read stays an error (repeatable, or with commas)
    #[arg(long = "severity", value_name = "RULE=SEVERITY", value_delimiter = ',')]
    pub severities: Vec<RuleSeverity>,
}

impl SeverityArg {
    /// The checker's form.
    pub fn severities(&self) -> Severities {
        self.severities.iter().copied().collect()
    }
}

impl JudgeArgs {
    /// The checker's options.
    pub fn options(&self) -> Options {
        let policy = match self.policy {
            Policy::Strict => checker::Policy::Strict,
            Policy::Lenient => checker::Policy::Lenient,
        };
        Options {
            profile: self.profile.into(),
            policy,
            severities: self.severity.severities(),
        }
    }
}

/// How to read a schema.
#[derive(Clone, Debug, Args)]
pub struct SchemaArgs {
    /// Schema type (AVRO, PROTOBUF, JSON) where the file name does not tell it
    #[arg(long = "type", value_name = "TYPE")]
    pub schema_type: Option<Format>,
    /// What a JSON Schema without $schema is read as: draft4, draft6, draft7, draft2019-09,
    /// draft2020-12
    #[arg(long, value_name = "DRAFT", default_value = "draft7", value_parser = parse_draft)]
    pub draft: Draft,
    /// A file that the schema refers to, under the name by which it does (repeatable)
    #[arg(long = "reference", value_name = "NAME=FILE")]
    pub references: Vec<NamedPath>,
    /// A directory from which .proto files import (repeatable)
    #[arg(short = 'I', long = "proto-path", value_name = "DIR")]
    pub proto_paths: Vec<PathBuf>,
}

/// Which registry.
#[derive(Clone, Debug, Args)]
pub struct RegistryArg {
    /// Base URL of the registry
    #[arg(long, value_name = "URL", env = "SCHEMACTL_REGISTRY", hide_env_values = true, default_value = DEFAULT_REGISTRY)]
    pub registry: String,
}

/// Reads a draft by the name that every interface uses.
pub fn parse_draft(text: &str) -> Result<Draft, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|_| {
        format!(
            "`{text}` is no draft; they are draft4, draft6, draft7, draft2019-09 and draft2020-12"
        )
    })
}

/// `NAME=FILE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPath {
    /// The name by which a schema refers to the file.
    pub name: String,
    /// The file.
    pub path: PathBuf,
}

impl FromStr for NamedPath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.rsplit_once('=') {
            Some((name, path)) if !name.is_empty() && !path.is_empty() => Ok(Self {
                name: name.to_owned(),
                path: path.into(),
            }),
            _ => Err(format!(
                "`{text}` is not NAME=FILE, such as `shop.Money=money.avsc`"
            )),
        }
    }
}

impl fmt::Display for NamedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.path.display())
    }
}

//! How a struct repository wants to be judged: `protos.toml` and the options of the command line,
//! which go before it. What is wrong with the file stops the command: a policy that is half
//! understood would let breaks through.
//!
//! The format is described for users in `docs/PROTOS.md`.

mod accept;
mod file;
mod past;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use checker::acceptance::AllowList;
use checker::model::{Category, Rule};
use checker::protobuf::{Stability, TreeOptions};
use checker::{Problem, RuleSeverity, Severities, Severity, Source, Span, may_be_lowered, rules};

pub use accept::AcceptedFinding;
pub use past::{MAX_PAST_VERSIONS, Past, PastVersion};

use crate::args::SeverityArg;
use crate::context::Context;
use crate::error::Error;
use crate::files::{self, Snapshot};
use crate::roots::RootArgs;
use crate::tables::is_there;

/// The file at the top of a struct repository.
pub const FILE: &str = "protos.toml";

/// All categories, from the narrowest promise to the widest.
const CATEGORIES: [Category; 5] = [
    Category::Wire,
    Category::WireJson,
    Category::Grpc,
    Category::Package,
    Category::File,
];

/// What a repository can be asked to keep: a category, or one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// All rules of a category.
    Category(Category),
    /// A rule.
    Rule(&'static Rule),
}

impl FromStr for Asked {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let category = CATEGORIES.iter().find(|of| of.name() == text);
        let rule = || rules::find(text).map(Self::Rule);
        let asked = category.copied().map(Self::Category).or_else(rule);
        asked.ok_or_else(|| {
            let close = rules::similar(text);
            let close = close.iter().find(|id| id.starts_with("protobuf/"));
            match close {
                Some(id) => format!("there is no rule `{text}`; is `{id}` meant?"),
                None => format!(
                    "`{text}` is neither a category nor a rule; categories are WIRE, WIRE_JSON, \
                     GRPC, PACKAGE and FILE, and `schemactl explain protobuf` lists the rules"
                ),
            }
        })
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Category(category) => category.name(),
            Self::Rule(rule) => rule.id,
        })
    }
}

/// A rule whose findings are left out.
fn off(id: &str) -> Result<RuleSeverity, String> {
    if rules::find(id).is_some_and(|rule| !may_be_lowered(rule)) {
        return Err(format!(
            "`{id}` tells of data that the reader refuses and cannot be left out; accept single \
             breaks by [[allow]]"
        ));
    }
    let severity = format!("{id}=off").parse::<RuleSeverity>();
    severity.map_err(|error| error.to_string())
}

/// The options that judge, which all commands on trees share.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct PolicyArgs {
    /// What must not break (repeatable, or with commas); otherwise what protos.toml says, else
    /// `WIRE_JSON` and GRPC
    ///
    /// Categories are WIRE, `WIRE_JSON`, GRPC, PACKAGE and FILE; rules go by their ids.
    #[arg(long = "use", value_name = "CATEGORY", value_delimiter = ',')]
    pub uses: Vec<String>,
    /// A rule to leave out (repeatable, or with commas)
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = off)]
    pub except: Vec<RuleSeverity>,
    /// What rules weigh.
    #[command(flatten)]
    pub severity: SeverityArg,
    /// The policy of the repository; otherwise protos.toml in the directory, if there is one
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What else is looked at, and what is shown.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ScopeArgs {
    /// Earlier versions, whose numbers and names must not come back: N (the last commits that
    /// touched the directory), REV.. (since that commit), tags or tags:PATTERN
    #[arg(long, value_name = "PAST")]
    pub history: Option<Past>,
    /// Leave out what only warns
    #[arg(long)]
    pub errors_only: bool,
    /// Print everything that changed as well, and what it means for the version number
    #[arg(long)]
    pub all_changes: bool,
}

/// How to judge.
#[derive(Debug, Default)]
pub struct Policy {
    /// For the checker. Warnings are left out only after breaks were accepted: an entry may be for
    /// one.
    pub options: TreeOptions,
    /// Whether what only warns is left out.
    pub errors_only: bool,
    /// The breaks that are accepted.
    pub allow: AllowList,
    /// Where each of them is written.
    pub places: Vec<Span>,
    /// The earlier versions that count.
    pub past: Option<Past>,
    /// Whether this run asks for them, and not only the file.
    pub past_is_asked: bool,
    /// Where files import each other from, as the repository says.
    pub roots: RootArgs,
    /// The text that the places are in.
    pub source: Option<Source>,
}

impl PolicyArgs {
    /// Reads the file, if there is one, and puts the options before what it says.
    pub fn policy(&self, directory: &Path, context: &Context) -> Result<Policy, Error> {
        let source = self.source(directory, context)?;
        let config = match &source {
            Some(source) => file::read(source).map_err(|problems| Error::Policy {
                path: source.file().to_owned(),
                problems: problems.iter().map(ToString::to_string).collect(),
            })?,
            None => file::Config::default(),
        };
        Ok(self.merged(config, self.asked()?, source, directory))
    }

    /// What the options ask for; nothing where they say nothing.
    fn asked(&self) -> Result<Vec<Asked>, Error> {
        let asked = self.uses.iter().map(|text| text.parse());
        asked.collect::<Result<_, _>>().map_err(|problem| {
            Error::usage(
                format!("--use: {problem}"),
                "name categories or rules that exist",
            )
        })
    }

    fn source(&self, directory: &Path, context: &Context) -> Result<Option<Source>, Error> {
        let path = match &self.config {
            Some(path) => path.clone(),
            None if directory == Path::new(".") => FILE.into(),
            None => directory.join(FILE),
        };
        let there = context.path(&path);
        if self.config.is_none() && !is_there(&there, &path)? {
            return Ok(None);
        }
        let shown = path.to_string_lossy();
        let text = files::read(&there, &shown)?;
        text.map(Some).map_err(|problem| Error::Policy {
            path: shown.into_owned(),
            problems: vec![problem.to_string()],
        })
    }

    fn merged(
        &self,
        config: file::Config,
        asked: Vec<Asked>,
        source: Option<Source>,
        directory: &Path,
    ) -> Policy {
        let defaults = TreeOptions::default();
        let uses = if asked.is_empty() {
            config.uses
        } else {
            Some(asked)
        };
        let (categories, rules) = uses.map_or((defaults.categories.clone(), Vec::new()), split);
        let severities: Severities = rules
            .into_iter()
            .chain(config.except)
            .chain(config.severities)
            .chain(self.except.iter().copied())
            .chain(self.severity.severities.iter().copied())
            .collect();
        let (entries, places) = config.allow.into_iter().unzip();
        Policy {
            options: TreeOptions {
                categories,
                errors_only: false,
                stability: Stability {
                    rows: config.stability,
                },
                deprecated_for: config.deprecated_for,
                severities,
            },
            errors_only: config.errors_only,
            allow: AllowList { entries },
            places,
            past: config.history,
            past_is_asked: false,
            roots: RootArgs {
                proto_roots: config.roots,
                // A name that joins with an absolute one is that one.
                includes: config
                    .includes
                    .iter()
                    .map(|name| directory.join(name))
                    .collect(),
            },
            source,
        }
    }
}

impl Policy {
    /// The same with the options of one run.
    #[must_use]
    pub fn with(mut self, scope: &ScopeArgs) -> Self {
        self.errors_only |= scope.errors_only;
        self.past_is_asked |= scope.history.is_some();
        self.past = scope.history.clone().or(self.past);
        self
    }

    /// The earlier versions that count before an old state. Only git has some; where just the file
    /// asks for them, which is for all runs, it is told instead.
    pub fn past_of(&self, old: &Snapshot) -> (Option<&Past>, Option<Problem>) {
        let past = self.past.as_ref();
        if past.is_none() || self.past_is_asked || matches!(old, Snapshot::Commit { .. }) {
            return (past, None);
        }
        let told = format!(
            "`history` of {FILE} was not looked at: earlier versions are read from git, and the old \
             state is none of git's"
        );
        (None, Some(Problem::whole(told)))
    }
}

/// Categories, and the rules that are errors beside them.
fn split(asked: Vec<Asked>) -> (Vec<Category>, Vec<RuleSeverity>) {
    let (mut categories, mut rules) = (Vec::new(), Vec::new());
    for asked in asked {
        match asked {
            Asked::Category(category) => categories.push(category),
            // To raise a rule to an error is always possible.
            Asked::Rule(rule) => rules.extend(RuleSeverity::new(rule, Some(Severity::Error))),
        }
    }
    (categories, rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_and_rules_are_asked_for_by_name() {
        for text in ["WIRE", "GRPC", "protobuf/rpc-removed"] {
            let asked: Asked = text.parse().expect(text);
            assert_eq!(asked.to_string(), text);
        }
        let told = "protobuf/rpc-remove".parse::<Asked>().expect_err("is none");
        assert!(told.contains("is `protobuf/rpc-removed` meant?"), "{told}");
    }

    #[test]
    fn the_command_line_goes_before_the_file() {
        let text = "[check]\nuse = \"FILE\"\nhistory = \"tags\"\n\
                    [severity]\n\"protobuf/field-renamed\" = \"off\"\n";
        let source = Source::new(FILE, text);
        let config = || file::read(&source).expect("is right");
        let policy = PolicyArgs::default().merged(config(), Vec::new(), None, Path::new("."));
        assert_eq!(policy.options.categories, [Category::File]);
        assert_eq!(policy.past, Some(Past::Tags("*".to_owned())));
        let args = PolicyArgs {
            uses: vec!["WIRE".to_owned()],
            severity: SeverityArg {
                severities: vec!["protobuf/field-renamed=error".parse().expect("is one")],
            },
            ..PolicyArgs::default()
        };
        let policy = args.merged(
            config(),
            args.asked().expect("is known"),
            None,
            Path::new("."),
        );
        assert_eq!(policy.options.categories, [Category::Wire]);
        let scope = ScopeArgs {
            history: Some(Past::Commits(5)),
            ..ScopeArgs::default()
        };
        let policy = policy.with(&scope);
        assert_eq!(policy.past, Some(Past::Commits(5)));
        let expected = "protobuf/field-renamed=error".parse().expect("is one");
        assert_eq!(policy.options.severities, [expected].into_iter().collect());
    }
}

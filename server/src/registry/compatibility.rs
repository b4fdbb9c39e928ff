//! Compatibility of a candidate with the versions that its subject's level asks for.

use std::sync::Arc;

use checker::{Comparer, Comparison, Level, Options, Policy, Profile, Schema, Stored, Verdict};

use super::Registry;
use super::config::Config;
use super::data_contract::{Metadata, from_json};
use super::engine::{ParsedSchemas, Prepared};
use super::error::Error;
use super::messages;
use super::register::contracts;
use super::request::{Candidate, SchemaRequest};
use crate::store::{StoredVersion, SubjectName, SubjectState, VersionSelector, Visibility};

/// Which versions to hold a candidate against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// Those that registering would.
    Level,
    /// One live version.
    Version(VersionSelector),
}

/// How to check, where a request differs from the server's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct CheckOptions {
    /// Whether to settle the order of what has no order.
    pub normalize: bool,
    /// Whose verdict.
    pub profile: Option<Profile>,
    /// How a JSON Schema's writer is read.
    pub policy: Option<Policy>,
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckOutcome {
    /// The verdict.
    pub verdict: Verdict,
    /// What breaks, or what could not be decided, and against which version; empty if compatible.
    pub messages: Vec<String>,
}

impl CheckOutcome {
    const COMPATIBLE: Self = Self {
        verdict: Verdict::Compatible,
        messages: Vec::new(),
    };
}

impl Registry {
    /// Whether a schema could become the next version of a subject, or stand beside one version.
    pub async fn check(
        &self,
        subject: &SubjectName,
        request: &SchemaRequest,
        against: Against,
        options: CheckOptions,
    ) -> Result<CheckOutcome, Error> {
        let state = self.store.subject_state(subject).await?;
        let config = self.effective(&state)?;
        let normalize = options.normalize || config.normalize == Some(true);
        let mut candidate = self
            .candidate(&subject.context, request, normalize, Stored::References)
            .await?;
        // The group that it belongs to may be inherited, as it would be on registering.
        let (metadata, rule_set) = contracts(&state, &config, request)?;
        candidate.attach(metadata, rule_set.as_ref())?;
        match against {
            Against::Level => self.judge(&candidate, &state, &config, options).await,
            Against::Version(selector) => {
                let version = self
                    .store
                    .version(subject, selector, Visibility::Live)
                    .await?;
                match (version, selector) {
                    (Some(version), _) => {
                        self.compare(&candidate, &[&version], &config, options)
                            .await
                    }
                    (None, VersionSelector::Latest) => Ok(CheckOutcome::COMPATIBLE),
                    (None, VersionSelector::Number(number)) => {
                        Err(Error::VersionNotFound(number.to_string()))
                    }
                }
            }
        }
    }

    /// Whether a verdict lets a schema in.
    pub const fn accepts(&self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Compatible => true,
            Verdict::Incompatible => false,
            Verdict::Undecided => self.options.accept_undecided,
        }
    }

    /// Refuses a candidate that would break something, or of which nobody can say.
    pub(super) async fn require_compatible(
        &self,
        subject: &SubjectName,
        candidate: &Candidate,
        state: &SubjectState,
        config: &Config,
        options: CheckOptions,
    ) -> Result<(), Error> {
        let outcome = self.judge(candidate, state, config, options).await?;
        let subject = subject.to_string();
        let messages = outcome.messages;
        match outcome.verdict {
            verdict if self.accepts(verdict) => Ok(()),
            Verdict::Incompatible => Err(Error::Incompatible { subject, messages }),
            Verdict::Compatible | Verdict::Undecided => Err(Error::Undecided { subject, messages }),
        }
    }

    /// Holds a candidate against the versions that the level asks for.
    async fn judge(
        &self,
        candidate: &Candidate,
        state: &SubjectState,
        config: &Config,
        options: CheckOptions,
    ) -> Result<CheckOutcome, Error> {
        let mut history = Vec::new();
        for version in state.live().rev() {
            if same_group(config, candidate, version)? {
                history.push(version);
            }
        }
        if self.level(config).against() == checker::Against::Latest {
            history.truncate(1);
        }
        self.compare(candidate, &history, config, options).await
    }

    fn level(&self, config: &Config) -> Level {
        config.compatibility_level.unwrap_or(self.options.level)
    }

    /// Compares with each of the versions, newest first, up to the first one that breaks.
    async fn compare(
        &self,
        candidate: &Candidate,
        newest_first: &[&StoredVersion],
        config: &Config,
        options: CheckOptions,
    ) -> Result<CheckOutcome, Error> {
        let level = self.level(config);
        if level.directions().is_empty() || newest_first.is_empty() {
            return Ok(CheckOutcome::COMPATIBLE);
        }
        let mut history = Vec::with_capacity(newest_first.len());
        for version in newest_first {
            let content = &version.schema.content;
            let resolved = self.resolve_stored(content).await?;
            history.push(Old {
                number: version.number.0,
                canonical_text: content.canonical_text.clone(),
                prepared: resolved.prepare(content.schema_type, version.text(), Stored::Everything),
            });
        }
        let job = Job {
            candidate: Arc::clone(&candidate.schema),
            history,
            level,
            options: self.check_options(config, options),
        };
        self.engine.run(move |parsed| job.run(parsed)).await
    }

    fn check_options(&self, config: &Config, options: CheckOptions) -> Options {
        let configured = config.compatibility_policy.map(Policy::from);
        let default = &self.options.check;
        Options {
            profile: options.profile.unwrap_or(default.profile),
            policy: options.policy.or(configured).unwrap_or(default.policy),
            severities: default.severities.clone(),
        }
    }
}

/// Whether a version is of the same compatibility group.
fn same_group(
    config: &Config,
    candidate: &Candidate,
    version: &StoredVersion,
) -> Result<bool, Error> {
    let Some(group) = &config.compatibility_group else {
        return Ok(true);
    };
    let metadata = from_json::<Metadata>(version.schema.content.metadata.as_deref())?;
    let value = |metadata: Option<&Metadata>| metadata?.properties.get(group).cloned();
    Ok(value(candidate.metadata.as_ref()) == value(metadata.as_ref()))
}

/// An earlier version.
struct Old {
    number: u32,
    canonical_text: String,
    prepared: Prepared,
}

/// The part that runs on a checker thread.
struct Job {
    candidate: Arc<Schema>,
    history: Vec<Old>,
    level: Level,
    options: Options,
}

impl Job {
    fn run(&self, parsed: &ParsedSchemas) -> CheckOutcome {
        let mut undecided = Vec::new();
        let mut comparer = Comparer::newest_first(&self.candidate, &self.options);
        for old in &self.history {
            let comparison = match parsed.parse(&old.prepared) {
                Ok(schema) => {
                    comparer.compare_version(&schema, old.number, self.level.directions())
                }
                Err(problems) => {
                    undecided.push(messages::unreadable(old.number, &problems));
                    continue;
                }
            };
            match comparison.verdict() {
                Verdict::Compatible => {}
                Verdict::Incompatible => return self.incompatible(old, &comparison),
                Verdict::Undecided => undecided.extend(messages::open(old.number, &comparison)),
            }
        }
        if undecided.is_empty() {
            return CheckOutcome::COMPATIBLE;
        }
        undecided.push(messages::settings(self.level));
        CheckOutcome {
            verdict: Verdict::Undecided,
            messages: undecided,
        }
    }

    fn incompatible(&self, old: &Old, comparison: &Comparison) -> CheckOutcome {
        let mut messages = messages::findings(self.level, comparison);
        messages.push(format!("{{oldSchemaVersion: {}}}", old.number));
        messages.push(messages::old_schema(&old.canonical_text));
        messages.push(messages::settings(self.level));
        CheckOutcome {
            verdict: Verdict::Incompatible,
            messages,
        }
    }
}

/// Checking a request that is no schema at all is an error; callers who asked for details are told
/// in the details.
impl CheckOutcome {
    /// The answer to a text that is no schema.
    pub fn unreadable(request: &SchemaRequest, error: &Error) -> Option<Self> {
        match error {
            Error::InvalidSchema { details, .. } => Some(Self {
                verdict: Verdict::Incompatible,
                messages: vec![messages::invalid(request.format, details)],
            }),
            _ => None,
        }
    }
}

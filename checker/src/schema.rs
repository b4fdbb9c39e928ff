//! The facade over the formats: read a schema, compare two, check one against a history.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::{Against, Comparison, Direction, Level, Problem, Report, Source};
use crate::protobuf::{Between, Earlier, version_name};
use crate::{Severities, avro, json, protobuf, rules};

/// A schema language.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Format {
    /// Apache Avro 1.12.
    #[default]
    Avro,
    /// Protocol Buffers.
    Protobuf,
    /// JSON Schema.
    Json,
}

impl Format {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Avro => "AVRO",
            Self::Protobuf => "PROTOBUF",
            Self::Json => "JSON",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Avro, Self::Protobuf, Self::Json]
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| format!("`{text}` is no schema type; they are AVRO, PROTOBUF and JSON"))
    }
}

/// Whose verdict is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// What really happens to data and calls, shown by execution.
    #[default]
    Proven,
    /// What the wire contract's own registry would answer.
    Contract,
}

/// How a JSON Schema's writer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// A writer may produce every document that its schema admits.
    #[default]
    Strict,
    /// A writer produces only properties that its schema declares.
    Lenient,
}

/// How to compare.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Options {
    /// Whose verdict.
    pub profile: Profile,
    /// How a JSON Schema's writer is read.
    pub policy: Policy,
    /// Severities other than the rules' own. The profile `contract` has the contract's own.
    pub severities: Severities,
}

/// A text that a schema refers to, under the name by which it does: an Avro full name, a Protobuf
/// import path, the document part of a JSON `$ref`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name that the referring text uses.
    pub name: String,
    /// The text.
    pub source: Source,
}

/// What a schema is read from.
#[derive(Clone, Debug)]
pub struct SchemaInput {
    /// The language.
    pub format: Format,
    /// The text.
    pub source: Source,
    /// Everything that the text refers to, directly or not; a text stands after those that it
    /// refers to. Where a name comes twice the first one counts.
    pub references: Vec<Reference>,
    /// What a JSON Schema without `$schema` is read as.
    pub draft: json::Draft,
    /// Which of the texts a registry has accepted before.
    pub stored: Stored,
}

/// Which texts of a schema a registry has accepted before, and must go on reading: imported ones,
/// or some that were registered when it was less strict. Only Avro's texts are read differently: a
/// default that does not fit its type and a namespace that is no name are warnings there, not errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Stored {
    /// All texts are new.
    #[default]
    Nothing,
    /// The schema is new, what it refers to is stored.
    References,
    /// The schema is stored, with what it refers to.
    Everything,
}

impl Stored {
    /// Whether a text is stored: 0 is the schema's own, the others are references.
    pub(crate) const fn has(self, text: usize) -> bool {
        match self {
            Self::Nothing => false,
            Self::References => text != 0,
            Self::Everything => true,
        }
    }
}

impl SchemaInput {
    /// A text without references.
    pub fn new(format: Format, source: Source) -> Self {
        Self {
            format,
            source,
            references: Vec::new(),
            draft: json::Draft::default(),
            stored: Stored::default(),
        }
    }
}

/// A valid schema. Cheap to share behind an `Arc`; immutable.
#[derive(Debug)]
pub enum Schema {
    /// An Avro schema.
    Avro(avro::Schema),
    /// A `.proto` file with its imports.
    Protobuf(protobuf::Schema),
    /// A JSON Schema.
    Json(json::Schema),
}

impl Schema {
    /// Reads a schema. All that is wrong with it is returned, not only the first problem.
    pub fn parse(input: &SchemaInput) -> Result<Self, Vec<Problem>> {
        match input.format {
            Format::Avro => avro::Schema::parse(input).map(Self::Avro),
            Format::Protobuf => protobuf::Schema::parse(input).map(Self::Protobuf),
            Format::Json => json::Schema::parse(input).map(Self::Json),
        }
    }

    /// The schema's language.
    pub const fn format(&self) -> Format {
        match self {
            Self::Avro(_) => Format::Avro,
            Self::Protobuf(_) => Format::Protobuf,
            Self::Json(_) => Format::Json,
        }
    }

    /// What is legal and probably not meant, in the order of the text. Referenced texts have their
    /// own. Only Avro has any so far.
    pub fn warnings(&self) -> &[Problem] {
        match self {
            Self::Avro(schema) => schema.warnings(),
            Self::Protobuf(_) | Self::Json(_) => &[],
        }
    }

    /// The text that gives identity: equal for texts that differ only in layout.
    pub fn canonical_text(&self) -> &str {
        match self {
            Self::Avro(schema) => schema.canonical_text(),
            Self::Protobuf(schema) => schema.canonical_text(),
            Self::Json(schema) => schema.canonical_text(),
        }
    }

    /// The text in which also the order of what has no order is settled (`normalize=true`).
    pub fn normalized_text(&self) -> String {
        match self {
            Self::Avro(schema) => schema.normalized_text(),
            Self::Protobuf(schema) => schema.normalized_text(),
            Self::Json(schema) => schema.normalized_text(),
        }
    }
}

/// Compares two versions in the given directions.
pub fn compare(
    old: &Schema,
    new: &Schema,
    directions: &[Direction],
    options: &Options,
) -> Comparison {
    Comparer::new(new, options).compare(old, directions)
}

/// Compares a candidate with earlier versions, one after the other. What several of them have in
/// common is compared once (Avro).
#[derive(Debug)]
pub struct Comparer<'c> {
    candidate: &'c Schema,
    options: &'c Options,
    memory: avro::Memory,
    /// Versions that were compared and are newer than the next one; `None` where the order is not
    /// known.
    newer: Option<Vec<Earlier>>,
}

impl<'c> Comparer<'c> {
    /// Has compared nothing yet.
    pub fn new(candidate: &'c Schema, options: &'c Options) -> Self {
        Self {
            candidate,
            options,
            memory: avro::Memory::default(),
            newer: None,
        }
    }

    /// The same for versions that are given newest first, without gaps: then a Protobuf number that a
    /// version between gave up is not taken for a field that was only renamed.
    pub fn newest_first(candidate: &'c Schema, options: &'c Options) -> Self {
        Self {
            newer: Some(Vec::new()),
            ..Self::new(candidate, options)
        }
    }

    /// Compares the candidate with an earlier version in the given directions. Unless versions are
    /// given newest first, the answer does not depend on what was compared before.
    pub fn compare(&mut self, old: &Schema, directions: &[Direction]) -> Comparison {
        self.compare_numbered(old, None, directions)
    }

    /// The same with a version whose number is known: findings that are about several versions name them
    /// by it.
    pub fn compare_version(
        &mut self,
        old: &Schema,
        number: u32,
        directions: &[Direction],
    ) -> Comparison {
        self.compare_numbered(old, Some(number), directions)
    }

    fn compare_numbered(
        &mut self,
        old: &Schema,
        number: Option<u32>,
        directions: &[Direction],
    ) -> Comparison {
        let options = self.options;
        let mut comparison = match (old, self.candidate) {
            (Schema::Avro(old), Schema::Avro(new)) => {
                avro::compare(old, new, directions, options, Some(&mut self.memory))
            }
            (Schema::Protobuf(old), Schema::Protobuf(new)) => {
                let newer = self.newer.as_deref().unwrap_or_default();
                let name = version_name(number, newer.len());
                let between = Between { newer, old: &name };
                let comparison = protobuf::compare(old, new, directions, options, between);
                if let Some(newer) = &mut self.newer {
                    let next = newer.last().map_or_else(|| new.state(), Earlier::state);
                    newer.push(Earlier::new(name, old.state(), &next));
                }
                comparison
            }
            (Schema::Json(old), Schema::Json(new)) => json::compare(old, new, directions, options),
            (old, new) => rules::format_changed::judge(old.format(), new.format(), directions),
        };
        if options.profile == Profile::Proven {
            options.severities.apply(&mut comparison);
        }
        comparison.sort();
        comparison
    }
}

/// Checks a candidate against its history (oldest first) at a level.
///
/// An empty history is compatible with everything. Versions are compared newest first.
pub fn check(candidate: &Schema, history: &[&Schema], level: Level, options: &Options) -> Report {
    let count = match level.against() {
        _ if level.directions().is_empty() => 0,
        Against::Latest => 1,
        Against::All => history.len(),
    };
    let mut comparer = Comparer::newest_first(candidate, options);
    let newest_first = history.iter().enumerate().rev().take(count);
    let comparisons = newest_first
        .map(|(index, old)| (index, comparer.compare(old, level.directions())))
        .collect();
    Report { comparisons }
}

//! Apache Avro 1.12: reading schemas, their text forms, and comparing two of them.
//!
//! `parse` reads a text into the `model`; `canonical` prints it. `diff` walks a reader's and
//! a writer's schema together and emits `change`s, the [`rules`] judge them, and `witness` shows
//! each by a datum that is encoded and decoded. `contract` is the wire contract's own check, with
//! its words.
//!
//! What is compatible is what the specification's section "Schema Resolution" lets a reader read;
//! in the profile `contract` it is what Avro Java's compatibility check says.

mod aliases;
mod canonical;
mod change;
mod content;
mod contract;
mod cover;
mod datum;
mod decode;
mod defaults;
mod diff;
mod doubts;
mod encode;
mod fields;
mod fingerprint;
#[doc(hidden)]
pub mod fuzzing;
mod hint;
mod logical;
mod model;
mod names;
mod notes;
mod numbers;
mod parse;
mod parsing_form;
mod properties;
pub mod rules;
mod sample;
mod tags;
mod union;
mod witness;
mod words;

#[cfg(test)]
mod tests;

use crate::model::{Comparison, Direction, Finding, Path, Problem, Severity, Undecided};
use crate::{Options, Profile, SchemaInput};

use change::{Change, ChangeKind};
use diff::Silent;

pub use contract::{MAX_LINES, MAX_LINES_BYTES};
pub use datum::{MAX_DATUM_DEPTH, MAX_DATUM_PARTS};
pub use defaults::{MAX_COMPARED_PARTS, MAX_DEFAULT_STEPS};
pub use diff::{MAX_PAIRS, MAX_ROUTE};
pub use fingerprint::{Fingerprint, FingerprintKind};
pub use model::Schema;
pub use notes::MAX_PROBLEMS;
pub use parse::{MAX_FIXED_SIZE, MAX_TEXT_BYTES, MAX_TYPES, MAX_UNION_BRANCHES};
pub use tags::TagOrder;

impl Schema {
    /// Reads a schema and what it refers to. All problems are returned.
    pub fn parse(input: &SchemaInput) -> Result<Self, Vec<Problem>> {
        parse::parse(input)
    }

    /// The text that gives identity: compact, with a fixed order of keys.
    pub fn canonical_text(&self) -> &str {
        self.canonical.get_or_init(|| canonical::text(self))
    }

    /// The canonical text with every referenced type defined where it is first used
    /// (`format=resolved`): it stands alone. `None` if it would nest too deeply to be read again.
    pub fn resolved_text(&self) -> Option<String> {
        canonical::resolved(self)
    }

    /// The canonical text with attributes and aliases sorted, and one notation for the numbers of
    /// defaults (`normalize=true`).
    pub fn normalized_text(&self) -> String {
        canonical::normalized(self)
    }

    /// The specification's parsing canonical form: what the schema says about the encoding, alone.
    ///
    /// It is self-contained: a type of a reference is defined where it is first used. So a schema has
    /// the same form, and the same fingerprints, however its types are spread over texts. `None` if
    /// it would nest too deeply to be read again.
    pub fn parsing_canonical_form(&self) -> Option<String> {
        parsing_form::text(self)
    }

    /// A fingerprint of the parsing canonical form; `None` where there is no such form.
    pub fn fingerprint(&self, kind: FingerprintKind) -> Option<Fingerprint> {
        let form = self.parsing_canonical_form()?;
        Some(Fingerprint::of(kind, &form))
    }
}

/// What was found out about a candidate while it was compared with some of its earlier versions, and
/// holds for the others.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    backward: Silent,
    forward: Silent,
}

impl Memory {
    const fn of(&mut self, direction: Direction) -> &mut Silent {
        match direction {
            Direction::Backward => &mut self.backward,
            Direction::Forward => &mut self.forward,
        }
    }
}

/// Compares two versions in the given directions. What is remembered must come from comparisons
/// with the same options; without a memory nothing is passed over, however equal it is.
pub(crate) fn compare(
    old: &Schema,
    new: &Schema,
    directions: &[Direction],
    options: &Options,
    mut memory: Option<&mut Memory>,
) -> Comparison {
    let mut comparison = Comparison::default();
    for direction in directions {
        let (reader, writer) = direction.roles(old, new);
        let silent = memory.as_mut().map(|memory| memory.of(*direction));
        let walk = diff::walk(reader, writer, *direction, options.profile, silent);
        if walk.identical {
            continue;
        }
        if walk.exhausted {
            comparison.undecided.push(too_many_pairs(*direction, new));
        }
        let judged = judge(&walk.changes, options.profile, &mut comparison);
        let broken = judged.iter().any(|it| it.severity == Severity::Error);
        comparison.findings.extend(judged);
        if !broken && options.profile == Profile::Proven {
            continue;
        }
        match contract::check(reader, writer, *direction) {
            Some(answer) => settle(answer, [old, new], *direction, options, &mut comparison),
            None => comparison.undecided.push(too_many_pairs(*direction, new)),
        }
    }
    comparison
}

fn too_many_pairs(direction: Direction, new: &Schema) -> Undecided {
    Undecided {
        direction,
        path: Path::root(),
        span: new.span(&new.root.place),
        reason: format!(
            "the schemas have more than {MAX_PAIRS} pairs of types to compare, the limit; split them"
        ),
    }
}

/// Adds the contract's lines and, in its profile, follows its verdict.
///
/// The walk and the contract's check differ in two cases: the check's shortcut around types that
/// contain themselves can lose an error, and a field that matches two fields ends the check.
fn settle(
    answer: contract::Answer,
    [old, new]: [&Schema; 2],
    direction: Direction,
    options: &Options,
    comparison: &mut Comparison,
) {
    if options.profile == Profile::Contract {
        let is_error = |finding: &Finding| {
            finding.direction == direction && finding.severity == Severity::Error
        };
        if !answer.incompatible {
            comparison.findings.retain(|finding| !is_error(finding));
        } else if let Some(ambiguous) = answer.ambiguous
            && !comparison.findings.iter().any(is_error)
        {
            let change = ambiguous.change(direction.roles(old, new), direction);
            comparison
                .findings
                .extend(rules::judge(&change).map(|mut finding| {
                    finding.severity = Severity::Error;
                    finding
                }));
        }
    }
    if options.profile == Profile::Contract
        && answer.incompatible
        && !comparison
            .errors()
            .any(|finding| finding.direction == direction)
    {
        comparison.undecided.push(without_a_finding(direction, new));
    }
    let lines = answer.lines.into_iter().map(|line| (direction, line));
    comparison.wire_lines.extend(lines);
}

/// What the contract's check refuses, the walk finds too, as far as is known. If it did not, the answer
/// must not be "compatible".
fn without_a_finding(direction: Direction, new: &Schema) -> Undecided {
    Undecided {
        direction,
        path: Path::root(),
        span: new.span(&new.root.place),
        reason: "the contract's check refuses the change, for which there is no finding here; \
                 compare in the profile `proven` too"
            .to_owned(),
    }
}

fn judge(changes: &[Change<'_>], profile: Profile, comparison: &mut Comparison) -> Vec<Finding> {
    let mut found = Vec::new();
    for change in changes {
        if profile == Profile::Proven
            && let ChangeKind::AliasUndecided(index) = change.kind
        {
            comparison.undecided.push(unclear_alias(change, index));
        }
        for finding in rules::judge(change) {
            found.push((change, finding));
        }
    }
    let mut budget = witness::MAX_PARTS;
    for severity in [Severity::Error, Severity::Warning] {
        for (change, finding) in &mut found {
            if finding.severity == severity {
                finding.witness = witness::of(change, &mut budget);
            }
        }
    }
    found.into_iter().map(|(_, finding)| finding).collect()
}

fn unclear_alias(change: &Change<'_>, index: usize) -> Undecided {
    let reader = &change.reader;
    let field = match reader.kind() {
        model::Kind::Record(record) => record.fields.get(index),
        _ => None,
    };
    let name = field.map_or("", |field| &field.name);
    Undecided {
        direction: change.direction,
        path: words::field_path(reader.schema, reader.id, index),
        span: field.and_then(|field| reader.schema.span(&field.name_place)),
        reason: format!(
            "libraries differ on the aliases around field `{name}`: where the name goes before the \
             alias the data can be read, where aliases rewrite the data they cannot; remove the alias"
        ),
    }
}

//! A finding: one rule's judgement of one change, in one direction.

use serde::Serialize;

use super::{Audience, Direction, Path, Rule, Span, Witness};

/// How much a finding weighs. Only errors make a verdict incompatible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Shown beside any verdict.
    Warning,
    /// Makes the verdict incompatible.
    Error,
}

impl Severity {
    /// The word in reports and options.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What breaks, where, why, shown by what, and what would mend it.
///
/// A change that breaks both directions gives two findings, equal but for `direction`, `message`
/// and `witness`; people are shown them as one.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The rule that judged; printed as its id.
    #[serde(serialize_with = "rule_id")]
    pub rule: &'static Rule,
    /// Whether it makes the verdict incompatible.
    pub severity: Severity,
    /// Which direction it breaks.
    pub direction: Direction,
    /// The element in the schema: a JSON Pointer, for Protobuf a full name.
    pub path: Path,
    /// The place in the old text; `None` where the old text has nothing of it.
    pub old: Option<Span>,
    /// The place in the new text; `None` where the new text has nothing of it.
    pub new: Option<Span>,
    /// One line, readable alone: ``field `amount` was long and is now string``.
    pub message: String,
    /// A few words to stand beside the place in the new text, if they say more than the message.
    #[serde(skip)]
    pub new_label: Option<String>,
    /// A few words to stand beside the place in the old text.
    #[serde(skip)]
    pub old_label: Option<String>,
    /// The smallest change that would mend it.
    pub hint: Option<Hint>,
    /// Data that shows it.
    pub witness: Option<Witness>,
    /// The same in the words of the wire contract, as it stands in `messages`; `None` where the
    /// contract has no words for it, and in Avro, where its lines belong to the whole comparison.
    #[serde(skip)]
    pub wire_message: Option<String>,
    /// Who is hit, in the order of [`Audience::ALL`]; empty where only the direction is known.
    #[serde(skip)]
    pub audience: Vec<Audience>,
}

impl Finding {
    /// A finding with what every finding has.
    pub fn new(
        rule: &'static Rule,
        severity: Severity,
        direction: Direction,
        path: Path,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            severity,
            direction,
            path,
            old: None,
            new: None,
            message: message.into(),
            new_label: None,
            old_label: None,
            hint: None,
            witness: None,
            wire_message: None,
            audience: Vec::new(),
        }
    }
}

/// Advice, and where it is mechanical the edits that carry it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hint {
    /// For people.
    pub text: String,
    /// For tools: edits of the *new* text; empty where the remedy needs judgement.
    pub edits: Vec<Edit>,
}

/// Replaces the text of a span; an empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// What to replace.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
fn rule_id<S: serde::Serializer>(rule: &&'static Rule, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(rule.id)
}

//! A subject's schema type may not change: no reader of one format reads another.

use crate::Format;
use crate::model::{Comparison, Direction, Finding, Hint, Path, Rule, Severity};

/// `schema/format-changed`
pub static RULE: Rule = Rule {
    id: "schema/format-changed",
    format: None,
    summary: "The schema is written in another schema language than the earlier version.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Confluent Schema Registry, compatibility checks: different schema type",
    docs: include_str!("format_changed.md"),
};

/// Judges two versions of different formats.
pub(crate) fn judge(old: Format, new: Format, directions: &[Direction]) -> Comparison {
    let findings = directions.iter().map(|direction| Finding {
        rule: &RULE,
        severity: RULE.severity,
        direction: *direction,
        path: Path::root(),
        old: None,
        new: None,
        message: format!("the schema was {old} and is now {new}"),
        new_label: None,
        old_label: None,
        hint: Some(Hint {
            text: format!("keep {old}; or register the {new} schema under a new subject"),
            edits: Vec::new(),
        }),
        witness: None,
        wire_message: Some("Incompatible because of different schema type".to_owned()),
        audience: Vec::new(),
    });
    Comparison {
        findings: findings.collect(),
        undecided: Vec::new(),
        ..Comparison::default()
    }
}

//! Severities that differ from the rules' own: which findings make a verdict incompatible.
//!
//! A warning may become an error, and a warning or an error about data that are *read as something
//! else* may become a warning or be left out. What tells of data that cannot be read at all stays an
//! error: "compatible" over data that fail would be a lie, and other findings may stand behind it
//! that nobody looked for. A level that does not ask for the direction is the remedy there.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::model::{Comparison, Finding, Rule, Severity};
use crate::rules;

/// The rules that are errors by default and whose data a reader still reads, or that concern types
/// which the other version does not have; sorted.
const LOWERABLE_ERRORS: [&str; 10] = [
    "avro/decimal-changed",
    "protobuf/closed-enum-value-unknown",
    "protobuf/deleted-number-reused",
    "protobuf/enum-value-number-changed",
    "protobuf/field-default-changed",
    "protobuf/field-moved-into-oneof",
    "protobuf/field-range-narrowed",
    "protobuf/message-added",
    "protobuf/message-removed",
    "protobuf/removed-without-deprecation",
];

/// What one rule's findings weigh: `RULE=error`, `RULE=warning`, or `RULE=off`, which leaves them
/// out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleSeverity {
    rule: &'static Rule,
    severity: Option<Severity>,
}

impl RuleSeverity {
    /// A rule's severity; `None` leaves its findings out. An error if the rule must stay an error.
    pub fn new(
        rule: &'static Rule,
        severity: Option<Severity>,
    ) -> Result<Self, ParseSeverityError> {
        if severity != Some(Severity::Error) && !may_be_lowered(rule) {
            return Err(ParseSeverityError(format!(
                "`{}` tells of data that the reader refuses and stays an error; choose a \
                 compatibility level that does not ask for the direction that breaks",
                rule.id
            )));
        }
        Ok(Self { rule, severity })
    }
}

/// Whether a rule's findings may count for less than an error.
pub fn may_be_lowered(rule: &Rule) -> bool {
    rule.severity == Severity::Warning || LOWERABLE_ERRORS.contains(&rule.id)
}

/// The text gives no rule a severity; says why, and what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseSeverityError(String);

impl FromStr for RuleSeverity {
    type Err = ParseSeverityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((id, word)) = text.split_once('=') else {
            return Err(ParseSeverityError(format!(
                "`{text}` is not RULE=SEVERITY, such as `avro/default-changed=error`"
            )));
        };
        let severity = match word.to_ascii_lowercase().as_str() {
            "error" => Some(Severity::Error),
            "warning" => Some(Severity::Warning),
            "off" => None,
            _ => {
                return Err(ParseSeverityError(format!(
                    "`{word}` is no severity; they are error, warning and off"
                )));
            }
        };
        let rule = rules::named(id).map_err(ParseSeverityError)?;
        Self::new(rule, severity)
    }
}

impl fmt::Display for RuleSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = self.severity.map_or("off", Severity::name);
        write!(f, "{}={severity}", self.rule.id)
    }
}

/// The severities that are configured. Empty: each rule has its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Severities {
    by_rule: BTreeMap<&'static str, Option<Severity>>,
}

impl Severities {
    /// Gives the findings their severities.
    pub(crate) fn apply(&self, comparison: &mut Comparison) {
        self.apply_to(&mut comparison.findings);
    }

    /// The same for some findings.
    pub(crate) fn apply_to(&self, findings: &mut Vec<Finding>) {
        if self.by_rule.is_empty() {
            return;
        }
        findings.retain_mut(|finding| match self.by_rule.get(finding.rule.id) {
            None => true,
            Some(None) => false,
            Some(Some(severity)) => {
                finding.severity = *severity;
                true
            }
        });
    }
}

/// Of a rule that is named twice the last one counts.
impl FromIterator<RuleSeverity> for Severities {
    fn from_iter<I: IntoIterator<Item = RuleSeverity>>(choices: I) -> Self {
        let rows = choices.into_iter();
        Self {
            by_rule: rows.map(|row| (row.rule.id, row.severity)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Direction, Format, Options, Profile, Schema, SchemaInput, Source, Verdict};

    fn options(choices: &[&str]) -> Options {
        let choice = |text: &&str| text.parse::<RuleSeverity>().expect("is a severity");
        Options {
            severities: choices.iter().map(choice).collect(),
            ..Options::default()
        }
    }

    fn compare(format: Format, old: &str, new: &str, options: &Options) -> Comparison {
        let [old, new] = [old, new].map(|text| {
            let input = SchemaInput::new(format, Source::new("t", text));
            Schema::parse(&input).expect("is valid")
        });
        crate::compare(&old, &new, &[Direction::Backward], options)
    }

    const MILLIS: &str = r#"{"type": "long", "logicalType": "timestamp-millis"}"#;
    const MICROS: &str = r#"{"type": "long", "logicalType": "timestamp-micros"}"#;

    fn decimal(scale: u8) -> String {
        format!(
            r#"{{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": {scale}}}"#
        )
    }

    #[test]
    fn a_warning_that_is_raised_makes_the_verdict_incompatible() {
        let verdict = |options: &Options| {
            let comparison = compare(Format::Avro, MILLIS, MICROS, options);
            (comparison.verdict(), comparison.findings.len())
        };
        assert_eq!(verdict(&Options::default()), (Verdict::Compatible, 1));
        let raised = options(&["avro/logical-type-changed=error"]);
        assert_eq!(verdict(&raised), (Verdict::Incompatible, 1));
        let off = options(&["avro/logical-type-changed=off"]);
        assert_eq!(verdict(&off), (Verdict::Compatible, 0));
        let last = options(&[
            "avro/logical-type-changed=off",
            "avro/logical-type-changed=ERROR",
        ]);
        assert_eq!(verdict(&last), (Verdict::Incompatible, 1));
    }

    #[test]
    fn an_error_about_data_that_are_read_may_be_lowered() {
        let lowered = options(&["avro/decimal-changed=warning"]);
        let comparison = compare(Format::Avro, &decimal(2), &decimal(3), &lowered);
        assert_eq!(comparison.verdict(), Verdict::Compatible);
        assert_eq!(comparison.findings[0].severity, Severity::Warning);
    }

    #[test]
    fn rules_of_every_format_can_be_configured() {
        let (old, new) = (
            "syntax = \"proto3\"; message M { int32 a = 1; }",
            "syntax = \"proto3\"; message M { int32 b = 1; }",
        );
        let verdict = |options: &Options| compare(Format::Protobuf, old, new, options).verdict();
        assert_eq!(verdict(&Options::default()), Verdict::Compatible);
        let raised = options(&["protobuf/field-renamed=error"]);
        assert_eq!(verdict(&raised), Verdict::Incompatible);
    }

    #[test]
    fn what_is_undecided_stays_so() {
        // Where aliases rewrite the data nothing is left for `a`.
        let old = r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#;
        let new = r#"{"type": "record", "name": "R", "fields": [
            {"name": "a", "type": "int"}, {"name": "b", "type": "int", "default": 1, "aliases": ["a"]}]}"#;
        let off: Vec<String> = rules::all()
            .into_iter()
            .filter(|rule| may_be_lowered(rule))
            .map(|rule| format!("{}=off", rule.id))
            .collect();
        let off = options(&off.iter().map(String::as_str).collect::<Vec<_>>());
        let comparison = compare(Format::Avro, old, new, &off);
        assert_eq!(comparison.verdict(), Verdict::Undecided);
    }

    #[test]
    fn the_profile_contract_has_the_contract_s_severities() {
        let strict = Options {
            profile: Profile::Contract,
            ..options(&[
                "avro/decimal-changed=error",
                "avro/logical-type-changed=error",
            ])
        };
        let comparison = compare(Format::Avro, &decimal(2), &decimal(3), &strict);
        assert_eq!(comparison.verdict(), Verdict::Compatible);
        let text = |ty: &str| format!("syntax = \"proto3\"; message M {{ {ty} a = 1; }}");
        let lowered = Options {
            profile: Profile::Contract,
            ..options(&["protobuf/message-removed=off"])
        };
        let without = "syntax = \"proto3\"; message N { int32 a = 1; }";
        let comparison = compare(Format::Protobuf, &text("int32"), without, &lowered);
        assert_eq!(comparison.verdict(), Verdict::Incompatible);
    }

    #[test]
    fn errors_that_may_be_lowered_are_errors_that_exist() {
        assert!(LOWERABLE_ERRORS.is_sorted());
        for id in LOWERABLE_ERRORS {
            let rule = rules::find(id).expect(id);
            assert_eq!(rule.severity, Severity::Error, "{id}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_the_remedy() {
        let refused = |text: &str| text.parse::<RuleSeverity>().expect_err(text).to_string();
        assert_eq!(
            refused("avro/default-change=error"),
            "there is no rule `avro/default-change`; is `avro/default-changed` meant?"
        );
        assert_eq!(
            refused("default-changed=error"),
            "there is no rule `default-changed`; is `avro/default-changed` or \
             `protobuf/field-default-changed` meant?"
        );
        assert_eq!(
            refused("=off"),
            "there is no rule ``; `schemactl explain` lists all rules"
        );
        assert_eq!(
            refused("avro/default-changed"),
            "`avro/default-changed` is not RULE=SEVERITY, such as `avro/default-changed=error`"
        );
        assert_eq!(
            refused("avro/default-changed=fatal"),
            "`fatal` is no severity; they are error, warning and off"
        );
        assert_eq!(
            refused("avro/type-changed=warning"),
            "`avro/type-changed` tells of data that the reader refuses and stays an error; choose a \
             compatibility level that does not ask for the direction that breaks"
        );
        assert!("json/type-changed=off".parse::<RuleSeverity>().is_err());
        assert!("avro/type-changed=error".parse::<RuleSeverity>().is_ok());
    }
}

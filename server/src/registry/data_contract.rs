//! Metadata and rule sets: what a schema carries besides its text.
//!
//! They are stored as JSON in the form in which they stand on the wire. The registry keeps, merges
//! and returns them and makes them part of a schema's identity; it never runs a rule.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::Error;

/// The property that holds the number of the version that it belongs to.
pub(super) const VERSION_PROPERTY: &str = "confluent:version";

/// How long a rule's name may be, in characters.
const RULE_NAME_CHARS_MAX: usize = 256;

/// Tags, properties, and which of the properties are secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Tags by the path of the schema element that has them.
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "lenient"
    )]
    pub tags: BTreeMap<String, BTreeSet<String>>,
    /// Free properties.
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "lenient"
    )]
    pub properties: BTreeMap<String, String>,
    /// The names of secret properties.
    #[serde(
        skip_serializing_if = "BTreeSet::is_empty",
        deserialize_with = "lenient"
    )]
    pub sensitive: BTreeSet<String>,
}

impl Metadata {
    /// Whether nothing would be printed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Lays `over` on `under`: it wins for each key, and secrets of both stay secret.
    pub fn merge(under: Option<Self>, over: Option<Self>) -> Option<Self> {
        let (mut under, over) = match (under, over) {
            (Some(under), Some(over)) => (under, over),
            (under, over) => return under.or(over),
        };
        under.tags.extend(over.tags);
        under.properties.extend(over.properties);
        under.sensitive.extend(over.sensitive);
        Some(under)
    }
}

/// Rules for clients, by the phase in which they run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RuleSet {
    /// Rules that bring data from one version to another.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient")]
    pub migration_rules: Vec<Rule>,
    /// Rules on values.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient")]
    pub domain_rules: Vec<Rule>,
    /// Rules on encoded values.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient")]
    pub encoding_rules: Vec<Rule>,
    /// From when on the rules hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_at: Option<String>,
}

impl RuleSet {
    /// Whether nothing would be printed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// All rules, in the order in which they count for identity.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        let phases = [
            &self.migration_rules,
            &self.domain_rules,
            &self.encoding_rules,
        ];
        phases.into_iter().flatten()
    }

    /// Lays `over` on `under`: a rule of the same name takes the place of the other one.
    pub fn merge(under: Option<Self>, over: Option<Self>) -> Option<Self> {
        let (mut under, over) = match (under, over) {
            (Some(under), Some(over)) => (under, over),
            (under, over) => return under.or(over),
        };
        merge_rules(&mut under.migration_rules, over.migration_rules);
        merge_rules(&mut under.domain_rules, over.domain_rules);
        merge_rules(&mut under.encoding_rules, over.encoding_rules);
        under.enable_at = over.enable_at.or(under.enable_at);
        Some(under)
    }

    /// Refuses what clients could not run.
    pub fn check(&self) -> Result<(), Error> {
        let mut names = BTreeSet::new();
        for rule in self.rules() {
            rule.check().map_err(Error::InvalidRuleSet)?;
            if !names.insert(&rule.name) {
                let name = rule.name.as_deref().unwrap_or_default();
                let message = format!("Found rule with duplicate name '{name}'");
                return Err(Error::InvalidRuleSet(message));
            }
        }
        let phases = [
            (
                &self.migration_rules,
                true,
                "Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN",
            ),
            (
                &self.domain_rules,
                false,
                "Domain rules can only be WRITE, READ, WRITEREAD",
            ),
            (
                &self.encoding_rules,
                false,
                "Encoding rules can only be WRITE, READ, WRITEREAD",
            ),
        ];
        for (rules, migrates, message) in phases {
            if rules.iter().any(|rule| rule.mode().migrates() != migrates) {
                return Err(Error::InvalidRuleSet(message.to_owned()));
            }
        }
        Ok(())
    }
}

fn merge_rules(under: &mut Vec<Rule>, over: Vec<Rule>) {
    for rule in over {
        match under.iter_mut().find(|other| other.name == rule.name) {
            Some(other) => *other = rule,
            None => under.push(rule),
        }
    }
}

/// One rule, kept as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Rule {
    /// The name, unique in the rule set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Whether it changes or judges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<RuleKind>,
    /// When it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<RuleMode>,
    /// The executor that runs it.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub rule_type: Option<String>,
    /// The tags of the fields that it is for.
    #[serde(
        skip_serializing_if = "BTreeSet::is_empty",
        deserialize_with = "lenient"
    )]
    pub tags: BTreeSet<String>,
    /// Parameters for the executor.
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "lenient"
    )]
    pub params: BTreeMap<String, String>,
    /// The expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    /// What happens when it succeeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_success: Option<String>,
    /// What happens when it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<String>,
    /// Whether it is switched off.
    #[serde(
        skip_serializing_if = "std::ops::Not::not",
        deserialize_with = "lenient"
    )]
    pub disabled: bool,
}

impl Rule {
    /// When it runs, where it does not say so.
    pub fn mode(&self) -> RuleMode {
        self.mode.unwrap_or(RuleMode::Writeread)
    }

    fn check(&self) -> Result<(), String> {
        let Some(name) = &self.name else {
            return Err("Missing rule name".to_owned());
        };
        let Some(first) = name.chars().next() else {
            return Err("Empty rule name".to_owned());
        };
        if name.chars().count() > RULE_NAME_CHARS_MAX {
            return Err("Rule name too long".to_owned());
        }
        if !(first.is_alphabetic() || first == '_') {
            return Err(format!("Illegal initial character in rule name: {name}"));
        }
        if !name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        {
            return Err(format!("Illegal character in rule name: {name}"));
        }
        if self.rule_type.as_deref().is_none_or(str::is_empty) {
            return Err("Missing rule type".to_owned());
        }
        let actions = [&self.on_success, &self.on_failure];
        let two_actions = actions
            .into_iter()
            .flatten()
            .any(|action| action.contains(','));
        if two_actions && !matches!(self.mode(), RuleMode::Writeread | RuleMode::Updown) {
            return Err("Multiple actions only valid with WRITEREAD and UPDOWN".to_owned());
        }
        Ok(())
    }
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RuleKind {
    /// It changes the value.
    Transform,
    /// It judges the value.
    Condition,
}

impl RuleKind {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transform => "TRANSFORM",
            Self::Condition => "CONDITION",
        }
    }
}

/// When a rule runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RuleMode {
    /// Old data for a new reader.
    Upgrade,
    /// New data for an old reader.
    Downgrade,
    /// Both of these.
    Updown,
    /// On writing.
    Write,
    /// On reading.
    Read,
    /// Both of these.
    Writeread,
}

impl RuleMode {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upgrade => "UPGRADE",
            Self::Downgrade => "DOWNGRADE",
            Self::Updown => "UPDOWN",
            Self::Write => "WRITE",
            Self::Read => "READ",
            Self::Writeread => "WRITEREAD",
        }
    }

    const fn migrates(self) -> bool {
        matches!(self, Self::Upgrade | Self::Downgrade | Self::Updown)
    }
}

/// Reads `null` as the empty value: clients send it for lists and maps that they leave out.
fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Prints for the store.
pub(super) fn to_json<T: Serialize>(value: Option<&T>) -> Result<Option<String>, Error> {
    value
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| Error::Corrupt(error.to_string()))
}

/// Reads what was printed for the store.
pub fn from_json<T: DeserializeOwned>(json: Option<&str>) -> Result<Option<T>, Error> {
    json.map(serde_json::from_str)
        .transpose()
        .map_err(|error| Error::Corrupt(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str, mode: RuleMode) -> Rule {
        Rule {
            name: Some(name.to_owned()),
            mode: Some(mode),
            rule_type: Some("CEL".to_owned()),
            ..Rule::default()
        }
    }

    fn message(set: &RuleSet) -> String {
        set.check().expect_err("is refused").to_string()
    }

    #[test]
    fn what_is_laid_over_wins_and_secrets_stay() {
        let under: Metadata =
            serde_json::from_str(r#"{"properties":{"a":"1","b":"1"},"sensitive":["a"]}"#).unwrap();
        let over: Metadata =
            serde_json::from_str(r#"{"properties":{"b":"2"},"sensitive":["b"],"tags":null}"#)
                .unwrap();
        let merged = Metadata::merge(Some(under.clone()), Some(over)).unwrap();
        assert_eq!(merged.properties["a"], "1");
        assert_eq!(merged.properties["b"], "2");
        assert_eq!(merged.sensitive.len(), 2);
        assert_eq!(Metadata::merge(None, Some(under.clone())), Some(under));
    }

    #[test]
    fn rules_are_merged_by_name_and_keep_their_place() {
        let under = RuleSet {
            domain_rules: vec![rule("a", RuleMode::Write), rule("b", RuleMode::Write)],
            ..RuleSet::default()
        };
        let over = RuleSet {
            domain_rules: vec![rule("a", RuleMode::Read), rule("c", RuleMode::Read)],
            ..RuleSet::default()
        };
        let merged = RuleSet::merge(Some(under), Some(over)).unwrap();
        let names: Vec<_> = merged
            .rules()
            .map(|rule| (rule.name.clone().unwrap(), rule.mode()))
            .collect();
        assert_eq!(
            names,
            [
                ("a".to_owned(), RuleMode::Read),
                ("b".to_owned(), RuleMode::Write),
                ("c".to_owned(), RuleMode::Read),
            ]
        );
    }

    #[test]
    fn rule_sets_that_no_client_could_run_are_refused() {
        let domain = |rules| RuleSet {
            domain_rules: rules,
            ..RuleSet::default()
        };
        let twice = domain(vec![rule("a", RuleMode::Write), rule("a", RuleMode::Read)]);
        assert_eq!(message(&twice), "Found rule with duplicate name 'a'");
        let upgrade = domain(vec![rule("a", RuleMode::Upgrade)]);
        assert_eq!(
            message(&upgrade),
            "Domain rules can only be WRITE, READ, WRITEREAD"
        );
        let nameless = domain(vec![Rule::default()]);
        assert_eq!(message(&nameless), "Missing rule name");
        assert!(message(&domain(vec![rule("1a", RuleMode::Read)])).contains("initial character"));
        assert!(domain(vec![rule("a-1", RuleMode::Read)]).check().is_ok());
    }
}

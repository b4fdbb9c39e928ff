//! Configuration: what is set at a scope, what holds for a subject, and changing it.

use checker::Level;
use serde::{Deserialize, Serialize};

use super::data_contract::{Metadata, RuleSet, from_json, to_json};
use super::error::Error;
use super::names::format_scope;
use super::{MOVES_MAX, Registry};
use crate::store::{
    DEFAULT_CONTEXT, Origin, Refusal, Scope, Setting, Settings, SettingsChange, StoreError,
    SubjectState,
};

/// What is set at one scope; an absent value is not set there. Stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Config {
    /// Whether texts are normalised even if the request does not ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalize: Option<bool>,
    /// Whether reserved fields are checked; only `false` is supported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_fields: Option<bool>,
    /// Whether new schemas are validated; only `true` is supported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_new_schemas: Option<bool>,
    /// Whether rule sets are validated; only `true` is supported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_rules: Option<bool>,
    /// The level.
    #[serde(skip_serializing_if = "Option::is_none", with = "level")]
    pub compatibility_level: Option<Level>,
    /// How a JSON Schema's writer is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compatibility_policy: Option<Policy>,
    /// The metadata property whose value divides versions into groups that are not compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compatibility_group: Option<String>,
    /// Metadata that a request's own is laid over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_metadata: Option<Metadata>,
    /// Metadata that is laid over a request's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_metadata: Option<Metadata>,
    /// Rules that a request's own are laid over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_rule_set: Option<RuleSet>,
    /// Rules that are laid over a request's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_rule_set: Option<RuleSet>,
}

/// How a JSON Schema's writer is read, as the wire contract spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Policy {
    /// A writer may produce every document that its schema admits.
    Strict,
    /// A writer produces only properties that its schema declares.
    Lenient,
}

impl From<Policy> for checker::Policy {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Strict => Self::Strict,
            Policy::Lenient => Self::Lenient,
        }
    }
}

/// Levels stand in JSON under their names.
mod level {
    use checker::Level;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "the signature is serde's")]
    pub(super) fn serialize<S: Serializer>(
        level: &Option<Level>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        level.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Level>, D::Error> {
        let name = Option::<String>::deserialize(deserializer)?;
        name.map(|name| name.parse().map_err(D::Error::custom))
            .transpose()
    }
}

impl Config {
    /// Whether a request's metadata and rules are stored as they are.
    pub(super) fn leaves_contracts_alone(&self) -> bool {
        self.default_metadata.is_none()
            && self.override_metadata.is_none()
            && self.default_rule_set.is_none()
            && self.override_rule_set.is_none()
    }

    /// Fills in what a subject takes from the scope above even though it has a row of its own.
    ///
    /// The level is not among it: a row without a level means the server's default, as the wire
    /// contract has it.
    fn inherit(&mut self, above: Self) {
        self.normalize = self.normalize.or(above.normalize);
        self.validate_fields = self.validate_fields.or(above.validate_fields);
        self.validate_new_schemas = self.validate_new_schemas.or(above.validate_new_schemas);
        self.validate_rules = self.validate_rules.or(above.validate_rules);
        self.compatibility_policy = self.compatibility_policy.or(above.compatibility_policy);
        self.compatibility_group = self
            .compatibility_group
            .take()
            .or(above.compatibility_group);
    }

    fn stored(settings: &Settings) -> Result<Option<Self>, Error> {
        from_json(settings.config.as_deref())
    }
}

impl Registry {
    /// What holds for a subject: the innermost row as a whole, completed.
    pub(super) fn effective(&self, state: &SubjectState) -> Result<Config, Error> {
        let subject = Config::stored(&state.subject)?;
        let above = match Config::stored(&state.context)? {
            Some(config) => Some(config),
            None => Config::stored(&state.all_contexts)?,
        };
        Ok(self.complete(subject, above))
    }

    fn complete(&self, own: Option<Config>, above: Option<Config>) -> Config {
        let mut config = match (own, above) {
            (Some(mut own), Some(above)) => {
                own.inherit(above);
                own
            }
            (own, above) => own.or(above).unwrap_or_default(),
        };
        config.compatibility_level.get_or_insert(self.options.level);
        config
    }

    /// What is set at a scope. The default context, which clients call the global scope, always has
    /// an answer; so has every scope if `inherited` is asked for.
    pub async fn config(&self, scope: &Scope, inherited: bool) -> Result<Config, Error> {
        let own = Config::stored(&self.store.settings(scope).await?)?;
        match scope {
            Scope::Subject(subject) if inherited => {
                self.effective(&self.store.subject_state(subject).await?)
            }
            Scope::Subject(subject) => own.ok_or_else(|| Error::ConfigNotSet(subject.to_string())),
            Scope::Context(context) if inherited || context == DEFAULT_CONTEXT => {
                let above = self.store.settings(&Scope::AllContexts).await?;
                Ok(self.complete(own, Config::stored(&above)?))
            }
            Scope::Context(_) => own.ok_or_else(|| Error::ConfigNotSet(format_scope(scope))),
            Scope::AllContexts => Ok(self.complete(own, None)),
        }
    }

    /// Reads, patches and writes back what is set at a scope; returns what is set now.
    pub async fn patch_config(
        &self,
        scope: &Scope,
        origin: &Origin,
        patch: impl Fn(&mut Config),
    ) -> Result<Config, Error> {
        for _ in 0..MOVES_MAX {
            let settings = self.store.settings(scope).await?;
            let mut config = Config::stored(&settings)?.unwrap_or_default();
            patch(&mut config);
            let json = to_json(Some(&config))?;
            if self.replace(scope, json, &settings, origin).await? {
                return Ok(config);
            }
        }
        Err(Error::Contended(format_scope(scope)))
    }

    /// Removes what is set at a scope; returns what was set. A scope without a row is not found,
    /// except for the default context, which always has an answer.
    pub async fn delete_config(&self, scope: &Scope, origin: &Origin) -> Result<Config, Error> {
        for _ in 0..MOVES_MAX {
            let settings = self.store.settings(scope).await?;
            let Some(config) = Config::stored(&settings)? else {
                return match scope {
                    Scope::Context(context) if context == DEFAULT_CONTEXT => {
                        self.config(scope, true).await
                    }
                    Scope::Subject(_) | Scope::Context(_) | Scope::AllContexts => {
                        Err(Error::SubjectNotFound(format_scope(scope)))
                    }
                };
            };
            if self.replace(scope, None, &settings, origin).await? {
                return Ok(config);
            }
        }
        Err(Error::Contended(format_scope(scope)))
    }

    /// Whether it was replaced; not if somebody else changed it in between.
    async fn replace(
        &self,
        scope: &Scope,
        config: Option<String>,
        read: &Settings,
        origin: &Origin,
    ) -> Result<bool, Error> {
        let change = SettingsChange {
            scope: scope.clone(),
            setting: Setting::Config(config),
            expected: read.revision,
        };
        match self.store.change_settings(change, origin.clone()).await {
            Ok(()) => Ok(true),
            Err(StoreError::Refused(Refusal::Moved)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

//! Bodies as they stand on the wire, and their conversion to and from the registry's own types.
//!
//! Members that nobody knows are ignored on input; absent and empty ones are left out on output.

use checker::Level;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::error::ApiError;
use super::respond::Shape;
use crate::registry::{
    self, Accepted, Config, Content, Metadata, Policy, ReferenceRequest, RuleSet, SchemaId,
    SchemaRequest, StoredVersion, from_json,
};

/// A schema to register, to look up or to check.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SchemaBody {
    schema: Option<String>,
    schema_type: Option<String>,
    references: Option<Vec<ReferenceBody>>,
    #[serde(deserialize_with = "object")]
    metadata: Option<Metadata>,
    #[serde(deserialize_with = "object")]
    rule_set: Option<RuleSet>,
    version: Option<i32>,
    id: Option<i32>,
    schema_tags_to_add: Option<Vec<Value>>,
    schema_tags_to_remove: Option<Vec<Value>>,
    propagate_schema_tags: Option<bool>,
}

/// Reads an object and no list, from which structures would be read as well.
fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let members = Option::<serde_json::Map<String, Value>>::deserialize(deserializer)?;
    let value = members.map(|members| serde_json::from_value(Value::Object(members)));
    value.transpose().map_err(serde::de::Error::custom)
}

/// The same of a member that can be absent.
fn object_patch<'de, D, T>(deserializer: D) -> Result<Patch<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(object(deserializer)?.map_or(Patch::Clear, Patch::Set))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ReferenceBody {
    name: Option<String>,
    subject: Option<String>,
    version: Option<i32>,
}

impl SchemaBody {
    /// Checks what needs no registry.
    pub(super) fn request(self) -> Result<SchemaRequest, ApiError> {
        self.refuse_tags()?;
        let format = match self.schema_type.as_deref() {
            None | Some("") => checker::Format::default(),
            Some(name) => format(name).ok_or_else(|| ApiError::invalid_schema_type(name))?,
        };
        let references = self.references.unwrap_or_default().into_iter();
        Ok(SchemaRequest {
            text: self.schema.unwrap_or_default(),
            format,
            references: references
                .map(ReferenceBody::request)
                .collect::<Result<_, _>>()?,
            metadata: self.metadata,
            rule_set: self.rule_set,
            version: self
                .version
                .and_then(|it| u32::try_from(it).ok())
                .filter(|it| *it > 0),
            id: self.id.and_then(|it| u32::try_from(it).ok()),
        })
    }

    fn refuse_tags(&self) -> Result<(), ApiError> {
        let given = |tags: &Option<Vec<Value>>| tags.as_ref().is_some_and(|tags| !tags.is_empty());
        if given(&self.schema_tags_to_add)
            || given(&self.schema_tags_to_remove)
            || self.propagate_schema_tags == Some(true)
        {
            let message = "schemaTagsToAdd, schemaTagsToRemove and propagateSchemaTags are not \
                           supported";
            return Err(ApiError::unprocessable(message));
        }
        Ok(())
    }
}

/// Names are read as they are written, in capitals, as the wire contract does.
fn format(name: &str) -> Option<checker::Format> {
    use checker::Format::{Avro, Json, Protobuf};
    [Avro, Json, Protobuf]
        .into_iter()
        .find(|format| format.name() == name)
}

impl ReferenceBody {
    fn request(self) -> Result<ReferenceRequest, ApiError> {
        match (self.name, self.subject, self.version) {
            (Some(name), Some(subject), Some(version)) => Ok(ReferenceRequest {
                subject,
                version,
                name,
            }),
            _ => Err(ApiError::incomplete_reference()),
        }
    }
}

/// A schema in an answer. One type for all of them: they differ in what is left out.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SchemaView {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    references: Vec<ReferenceView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_set: Option<RuleSet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<bool>,
}

#[derive(Debug, Serialize)]
struct ReferenceView {
    name: String,
    subject: String,
    version: u32,
}

impl SchemaView {
    /// A schema without a version.
    pub(super) fn of_content(
        content: &Content,
        text: String,
        shape: Shape,
    ) -> Result<Self, registry::Error> {
        let references = content.references.iter().map(|reference| ReferenceView {
            name: reference.name.clone(),
            subject: reference.subject.clone(),
            version: reference.version.0,
        });
        let metadata: Option<Metadata> = from_json(content.metadata.as_deref())?;
        let rule_set: Option<RuleSet> = from_json(content.rule_set.as_deref())?;
        let named = shape == Shape::Modern || content.schema_type != checker::Format::Avro;
        Ok(Self {
            guid: (shape == Shape::Modern).then(|| content.guid.to_string()),
            schema_type: named.then(|| content.schema_type.name()),
            references: references.collect(),
            metadata: metadata.filter(|metadata| !metadata.is_empty()),
            rule_set: rule_set.filter(|rules| !rules.is_empty()),
            schema: Some(text),
            ..Self::default()
        })
    }

    /// A version of a subject.
    pub(super) fn of_version(
        version: &StoredVersion,
        text: String,
        shape: Shape,
    ) -> Result<Self, registry::Error> {
        let modern = shape == Shape::Modern;
        Ok(Self {
            subject: Some(version.subject.to_string()),
            version: Some(version.number.0),
            id: Some(version.schema.id.0),
            ts: modern.then_some(version.time_ms),
            deleted: modern.then_some(version.deleted),
            ..Self::of_content(&version.schema.content, text, shape)?
        })
    }

    /// The answer to a registration.
    pub(super) fn of_accepted(
        accepted: &Accepted,
        text: String,
        shape: Shape,
    ) -> Result<Self, registry::Error> {
        if shape == Shape::Legacy && !accepted.amended {
            return Ok(Self::of_id(accepted.version.schema.id));
        }
        let view = Self::of_version(&accepted.version, text, shape)?;
        Ok(Self {
            subject: None,
            deleted: None,
            ..view
        })
    }

    fn of_id(id: SchemaId) -> Self {
        Self {
            id: Some(id.0),
            ..Self::default()
        }
    }
}

/// A version in a list of those that have a schema.
#[derive(Debug, Serialize)]
pub(super) struct SubjectVersionView {
    pub(super) subject: String,
    pub(super) version: u32,
}

/// An id in the list of those that have a guid.
#[derive(Debug, Serialize)]
pub(super) struct ContextIdView {
    pub(super) context: String,
    pub(super) id: u32,
}

/// The answer to a check.
#[derive(Debug, Serialize)]
pub(super) struct CompatibilityView {
    pub(super) is_compatible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) messages: Option<Vec<String>>,
}

/// Says of a member that it is absent, `null`, or has a value.
#[derive(Debug, Default, PartialEq)]
enum Patch<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

impl<T: Clone> Patch<T> {
    fn apply(&self, value: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *value = None,
            Self::Set(new) => *value = Some(new.clone()),
        }
    }

    fn map<U>(self, convert: impl FnOnce(T) -> Result<U, ApiError>) -> Result<Patch<U>, ApiError> {
        Ok(match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(convert(value)?),
        })
    }

    const fn value(&self) -> Option<&T> {
        match self {
            Self::Keep | Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// A change of a configuration: what is absent stays, what is `null` is cleared.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ConfigBody {
    alias: Patch<String>,
    alias_for_deks: Patch<String>,
    normalize: Patch<bool>,
    validate_fields: Patch<bool>,
    validate_new_schemas: Patch<bool>,
    validate_rules: Patch<bool>,
    // `GET` answers the level under the other name; what was read may be written back.
    #[serde(alias = "compatibilityLevel")]
    compatibility: Patch<String>,
    compatibility_policy: Patch<String>,
    compatibility_group: Patch<String>,
    #[serde(deserialize_with = "object_patch")]
    default_metadata: Patch<Metadata>,
    #[serde(deserialize_with = "object_patch")]
    override_metadata: Patch<Metadata>,
    #[serde(deserialize_with = "object_patch")]
    default_rule_set: Patch<RuleSet>,
    #[serde(deserialize_with = "object_patch")]
    override_rule_set: Patch<RuleSet>,
}

/// A [`ConfigBody`] that was found valid.
#[derive(Debug)]
pub(super) struct ConfigPatch {
    level: Patch<Level>,
    policy: Patch<Policy>,
    body: ConfigBody,
}

impl ConfigBody {
    /// Refuses what is invalid, and what would be stored but not obeyed.
    pub(super) fn patch(mut self) -> Result<ConfigPatch, ApiError> {
        // A misspelt setting must not leave a row behind that sets nothing and hides the one above.
        if self == Self::default() {
            let message = "No setting is named; one is {\"compatibility\": \"FULL\"}";
            return Err(ApiError::unprocessable(message));
        }
        let unsupported = [
            ("alias", self.alias.value().is_some()),
            ("aliasForDeks", self.alias_for_deks.value().is_some()),
            (
                "validateFields=true",
                self.validate_fields.value() == Some(&true),
            ),
            (
                "validateNewSchemas=false",
                self.validate_new_schemas.value() == Some(&false),
            ),
            (
                "validateRules=false",
                self.validate_rules.value() == Some(&false),
            ),
        ];
        if let Some((name, _)) = unsupported.iter().find(|(_, given)| *given) {
            return Err(ApiError::unprocessable(format!("{name} is not supported")));
        }
        for rules in [
            self.default_rule_set.value(),
            self.override_rule_set.value(),
        ] {
            rules.map_or(Ok(()), RuleSet::check)?;
        }
        let level = std::mem::take(&mut self.compatibility);
        let policy = std::mem::take(&mut self.compatibility_policy);
        Ok(ConfigPatch {
            level: level.map(|name| name.parse().map_err(|_| ApiError::invalid_level()))?,
            policy: policy.map(|name| policy_named(&name))?,
            body: self,
        })
    }
}

fn policy_named(name: &str) -> Result<Policy, ApiError> {
    match name.to_ascii_uppercase().as_str() {
        "STRICT" => Ok(Policy::Strict),
        "LENIENT" => Ok(Policy::Lenient),
        _ => {
            let message =
                format!("Invalid compatibility policy {name}. Valid values are strict and lenient");
            Err(ApiError::unprocessable(message))
        }
    }
}

impl ConfigPatch {
    /// Changes a configuration.
    pub(super) fn apply(&self, config: &mut Config) {
        let body = &self.body;
        self.level.apply(&mut config.compatibility_level);
        self.policy.apply(&mut config.compatibility_policy);
        body.normalize.apply(&mut config.normalize);
        body.validate_fields.apply(&mut config.validate_fields);
        body.validate_new_schemas
            .apply(&mut config.validate_new_schemas);
        body.validate_rules.apply(&mut config.validate_rules);
        body.compatibility_group
            .apply(&mut config.compatibility_group);
        body.default_metadata.apply(&mut config.default_metadata);
        body.override_metadata.apply(&mut config.override_metadata);
        body.default_rule_set.apply(&mut config.default_rule_set);
        body.override_rule_set.apply(&mut config.override_rule_set);
    }
}

/// A configuration as `GET` and `DELETE` answer it.
#[derive(Debug, Serialize)]
pub(super) struct ConfigView {
    #[serde(flatten)]
    config: Config,
}

impl From<Config> for ConfigView {
    fn from(mut config: Config) -> Self {
        config.default_metadata = config.default_metadata.filter(|it| !it.is_empty());
        config.override_metadata = config.override_metadata.filter(|it| !it.is_empty());
        config.default_rule_set = config.default_rule_set.filter(|it| !it.is_empty());
        config.override_rule_set = config.override_rule_set.filter(|it| !it.is_empty());
        Self { config }
    }
}

/// A configuration as `PUT` answers it: the level is called `compatibility`.
#[derive(Debug, Serialize)]
pub(super) struct ConfigUpdateView {
    #[serde(skip_serializing_if = "Option::is_none")]
    compatibility: Option<Level>,
    #[serde(flatten)]
    config: Config,
}

impl From<Config> for ConfigUpdateView {
    fn from(mut config: Config) -> Self {
        Self {
            compatibility: config.compatibility_level.take(),
            config,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body<T: DeserializeOwned>(json: &str) -> T {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn references_with_members_that_nobody_knows_are_read() {
        let json = r#"{"schema":"x","references":[{"name":"n","subject":"s","version":-1,
            "properties":null,"tags":null}],"metadata":null,"schemaType":null,"more":1}"#;
        let request = body::<SchemaBody>(json).request().unwrap();
        assert_eq!(request.references.len(), 1);
        assert_eq!(request.format, checker::Format::Avro);
        assert!(
            body::<SchemaBody>(r#"{"references":[{"name":"n"}]}"#)
                .request()
                .is_err()
        );
        assert!(
            body::<SchemaBody>(r#"{"schemaType":"avro"}"#)
                .request()
                .is_err()
        );
    }

    #[test]
    fn a_list_is_no_metadata() {
        assert!(serde_json::from_str::<SchemaBody>(r#"{"metadata":[]}"#).is_err());
        assert!(serde_json::from_str::<SchemaBody>(r#"{"ruleSet":[]}"#).is_err());
        assert!(serde_json::from_str::<ConfigBody>(r#"{"defaultMetadata":[]}"#).is_err());
        assert!(serde_json::from_str::<ConfigBody>(r#"{"overrideRuleSet":[]}"#).is_err());
        let request = body::<SchemaBody>(r#"{"metadata":{}}"#).request().unwrap();
        assert_eq!(request.metadata, Some(Metadata::default()));
    }

    #[test]
    fn versions_and_ids_that_mean_none_are_none() {
        let request = body::<SchemaBody>(r#"{"schema":"x","version":-1,"id":-1}"#).request();
        let request = request.unwrap();
        assert_eq!((request.version, request.id), (None, None));
        let request = body::<SchemaBody>(r#"{"schema":"x","version":0,"id":0}"#).request();
        assert_eq!(
            (request.as_ref().unwrap().version, request.unwrap().id),
            (None, Some(0))
        );
    }

    #[test]
    fn a_patch_keeps_what_is_absent_and_clears_what_is_null() {
        let mut config = Config {
            normalize: Some(true),
            compatibility_level: Some(Level::Full),
            compatibility_group: Some("g".to_owned()),
            ..Config::default()
        };
        let json = r#"{"compatibility":"none","compatibilityGroup":null}"#;
        body::<ConfigBody>(json).patch().unwrap().apply(&mut config);
        assert_eq!(config.normalize, Some(true));
        assert_eq!(config.compatibility_level, Some(Level::None));
        assert_eq!(config.compatibility_group, None);
    }

    #[test]
    fn settings_that_would_not_be_obeyed_are_refused() {
        for json in [
            r#"{"alias":"a"}"#,
            r#"{"validateFields":true}"#,
            r#"{"validateNewSchemas":false}"#,
            r#"{"compatibilityPolicy":"LOGICAL"}"#,
            r#"{"compatibility":"sideways"}"#,
        ] {
            assert!(body::<ConfigBody>(json).patch().is_err(), "{json}");
        }
        assert!(
            body::<ConfigBody>(r#"{"validateFields":false}"#)
                .patch()
                .is_ok()
        );
    }

    #[test]
    fn the_level_is_called_differently_in_updates() {
        let config = Config {
            compatibility_level: Some(Level::Full),
            ..Config::default()
        };
        let json = serde_json::to_string(&ConfigView::from(config.clone())).unwrap();
        assert_eq!(json, r#"{"compatibilityLevel":"FULL"}"#);
        let json = serde_json::to_string(&ConfigUpdateView::from(config)).unwrap();
        assert_eq!(json, r#"{"compatibility":"FULL"}"#);
    }
}

//! The JSON of the REST interface that the command line reads and writes.

use serde::{Deserialize, Serialize};

/// A schema that another one refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The name by which the schema refers to it.
    pub name: String,
    /// The subject that holds it.
    pub subject: String,
    /// Its version there.
    pub version: i32,
}

/// A version of a subject by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SubjectVersion {
    /// The subject.
    pub subject: String,
    /// The ordinal within the subject.
    pub version: i32,
}

/// A version of a subject.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionBody {
    /// The subject.
    pub subject: String,
    /// The ordinal within the subject.
    pub version: i32,
    /// The global id.
    pub id: i64,
    /// The language; absent for Avro.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_type: Option<String>,
    /// What the schema refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// The text.
    pub schema: String,
}

/// A schema by its id.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaById {
    /// The language; absent for Avro.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_type: Option<String>,
    /// What the schema refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// The text.
    pub schema: String,
}

/// The answer about the level of a subject.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LevelBody {
    /// The level.
    pub compatibility_level: String,
}

/// What is registered.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisterBody {
    /// The text.
    pub schema: String,
    /// The language.
    pub schema_type: &'static str,
    /// What the schema refers to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

/// The answer to a registration. Registries that follow the contract closely say more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Registered {
    /// The global id.
    pub id: i64,
    /// The ordinal within the subject, where the registry tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
}

/// The version that has a schema.
#[derive(Clone, Debug, Deserialize)]
pub struct LookedUp {
    /// The global id.
    pub id: i64,
    /// The ordinal within the subject.
    pub version: i32,
}

/// Whether a schema would be accepted.
#[derive(Clone, Debug, Deserialize)]
pub struct Compatible {
    /// Whether it would.
    pub is_compatible: bool,
    /// Why not.
    #[serde(default)]
    pub messages: Vec<String>,
}

impl Default for Compatible {
    /// Where there is nothing to be compatible with.
    fn default() -> Self {
        Self {
            is_compatible: true,
            messages: Vec::new(),
        }
    }
}

/// The answer about the mode of a subject.
#[derive(Clone, Debug, Deserialize)]
pub struct ModeBody {
    /// The mode.
    pub mode: String,
}

/// Why the registry refused.
#[derive(Clone, Debug, Deserialize)]
pub struct ErrorBody {
    /// The code of the contract.
    pub error_code: i64,
    /// The words.
    pub message: String,
}

//! Reading: versions, schemas by id and guid, lists; and the text in which a schema is returned.

use std::sync::Arc;

use checker::protobuf::Schema as ProtobufSchema;
use checker::{Format, Schema, Stored};
use uuid::Uuid;

use super::Registry;
use super::data_contract::{Metadata, from_json};
use super::error::Error;
use crate::store::{
    Content, SchemaId, StoredSchema, StoredVersion, SubjectFilter, SubjectName, VersionNumber,
    VersionSelector, VersionSummary, Visibility,
};

/// In which form a text is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TextForm {
    /// As it was sent, unless the server is configured to return canonical texts.
    #[default]
    Stored,
    /// The canonical text.
    Canonical,
    /// The canonical text, with everything that is referred to written out.
    Resolved,
    /// A Protobuf file's descriptor in base64; of other formats the canonical text.
    Serialized,
    /// A Protobuf file without extensions and custom options, but those of the package `confluent`; of
    /// other formats the canonical text.
    IgnoreExtensions,
}

impl TextForm {
    /// Refuses a form that schemas of this kind cannot be given in. Of use before something is
    /// done whose answer has to show the text.
    pub fn check(self, format: Format, has_references: bool) -> Result<(), Error> {
        if self == Self::Resolved && format != Format::Avro && has_references {
            let refusal = "format `resolved`: only Avro is supported";
            return Err(Error::NotSupported(refusal.to_owned()));
        }
        Ok(())
    }
}

/// A schema's content with the text that was sent for one version of it.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The content.
    pub content: &'a Content,
    /// The text as it was sent.
    pub sent: &'a str,
}

impl<'a> From<&'a StoredVersion> for Text<'a> {
    fn from(version: &'a StoredVersion) -> Self {
        Self {
            content: &version.schema.content,
            sent: version.text(),
        }
    }
}

impl<'a> From<&'a StoredSchema> for Text<'a> {
    fn from(schema: &'a StoredSchema) -> Self {
        Self {
            content: &schema.content,
            sent: &schema.content.text,
        }
    }
}

impl Registry {
    /// The text of a schema in a form.
    pub async fn text(&self, text: Text<'_>, form: TextForm) -> Result<String, Error> {
        let content = text.content;
        form.check(content.schema_type, !content.references.is_empty())?;
        match form {
            TextForm::Stored if self.options.canonical_texts => Ok(content.canonical_text.clone()),
            TextForm::Stored => Ok(text.sent.to_owned()),
            TextForm::Resolved if !content.references.is_empty() => self.resolved(content).await,
            TextForm::Serialized if content.schema_type == Format::Protobuf => {
                self.protobuf(content, ProtobufSchema::serialized).await
            }
            TextForm::IgnoreExtensions if content.schema_type == Format::Protobuf => {
                let print = ProtobufSchema::text_without_extensions;
                self.protobuf(content, print).await
            }
            TextForm::Canonical
            | TextForm::Resolved
            | TextForm::Serialized
            | TextForm::IgnoreExtensions => Ok(content.canonical_text.clone()),
        }
    }

    /// A text that is printed from a Protobuf schema.
    async fn protobuf(
        &self,
        content: &Content,
        print: fn(&ProtobufSchema) -> String,
    ) -> Result<String, Error> {
        let resolved = self.resolve_stored(content).await?;
        let schema = self
            .engine
            .parse(resolved.prepare(content.schema_type, &content.text, Stored::Everything))
            .await?;
        let text = self.engine.run(move |_| match &*schema {
            Schema::Protobuf(schema) => Some(print(schema)),
            Schema::Avro(_) | Schema::Json(_) => None,
        });
        text.await?
            .ok_or_else(|| Error::Corrupt("a Protobuf schema is none".to_owned()))
    }

    async fn resolved(&self, content: &Content) -> Result<String, Error> {
        let resolved = self.resolve_stored(content).await?;
        let schema = self
            .engine
            .parse(resolved.prepare(content.schema_type, &content.text, Stored::Everything))
            .await?;
        let text = self.engine.run(move |_| match &*schema {
            Schema::Avro(schema) => schema.resolved_text(),
            Schema::Protobuf(_) | Schema::Json(_) => None,
        });
        let too_deep = || {
            let message = "format `resolved`: the text would nest too deeply";
            Error::NotSupported(message.to_owned())
        };
        text.await?.ok_or_else(too_deep)
    }

    /// One version; `latest` is never a deleted one.
    pub async fn version(
        &self,
        subject: &SubjectName,
        selector: VersionSelector,
        visibility: Visibility,
    ) -> Result<StoredVersion, Error> {
        if let Some(version) = self.store.version(subject, selector, visibility).await? {
            return Ok(version);
        }
        let number = match selector {
            VersionSelector::Latest => return Err(Error::SubjectNotFound(subject.to_string())),
            VersionSelector::Number(number) => number,
        };
        self.require_subject(subject, visibility).await?;
        Err(Error::VersionNotFound(number.to_string()))
    }

    async fn require_subject(
        &self,
        subject: &SubjectName,
        visibility: Visibility,
    ) -> Result<Vec<VersionSummary>, Error> {
        let versions = self.store.versions(subject, visibility).await?;
        if versions.is_empty() {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        Ok(versions)
    }

    /// The versions of a subject, ascending.
    pub async fn versions(
        &self,
        subject: &SubjectName,
        visibility: Visibility,
    ) -> Result<Vec<VersionSummary>, Error> {
        self.require_subject(subject, visibility).await
    }

    /// The newest version whose metadata has all these properties.
    pub async fn version_with_metadata(
        &self,
        subject: &SubjectName,
        properties: &[(String, String)],
        visibility: Visibility,
    ) -> Result<StoredVersion, Error> {
        let state = self.store.subject_state(subject).await?;
        let mut versions = state.versions;
        versions.retain(|version| visibility == Visibility::All || !version.deleted);
        if versions.is_empty() {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        for version in versions.into_iter().rev() {
            let json = version.schema.content.metadata.as_deref();
            let metadata = from_json::<Metadata>(json)?.unwrap_or_default();
            let has =
                |(name, value): &(String, String)| metadata.properties.get(name) == Some(value);
            if properties.iter().all(has) {
                return Ok(version);
            }
        }
        Err(Error::SchemaNotFound)
    }

    /// The ids of the schemas that refer to a version, which may itself be soft-deleted.
    pub async fn referenced_by(
        &self,
        subject: &SubjectName,
        selector: VersionSelector,
        visibility: Visibility,
    ) -> Result<Vec<SchemaId>, Error> {
        let number: VersionNumber = match selector {
            VersionSelector::Latest => {
                self.version(subject, selector, Visibility::All)
                    .await?
                    .number
            }
            VersionSelector::Number(number) => {
                let versions = self.require_subject(subject, Visibility::All).await?;
                if !versions.iter().any(|version| version.number == number) {
                    return Err(Error::VersionNotFound(number.to_string()));
                }
                number
            }
        };
        let referrers = self
            .store
            .referenced_by(subject, number, visibility)
            .await?;
        Ok(referrers.into_iter().map(|(_, id)| id).collect())
    }

    /// A schema by its id.
    pub async fn schema(&self, context: &str, id: SchemaId) -> Result<Arc<StoredSchema>, Error> {
        let schema = self.store.schema(context, id).await?;
        schema.ok_or_else(|| Error::IdNotFound(id.to_string()))
    }

    /// The versions that have a schema.
    pub async fn uses(
        &self,
        context: &str,
        id: SchemaId,
        visibility: Visibility,
    ) -> Result<Vec<VersionSummary>, Error> {
        self.schema(context, id).await?;
        Ok(self.store.uses(context, id, visibility).await?)
    }

    /// The highest id that was ever given in a context.
    pub async fn max_schema_id(&self, context: &str) -> Result<Option<SchemaId>, Error> {
        Ok(self.store.max_schema_id(context).await?)
    }

    /// The schemas with a guid, the default context's first.
    pub async fn schemas_by_guid(&self, guid: Uuid) -> Result<Vec<Arc<StoredSchema>>, Error> {
        Ok(self.store.schemas_by_guid(guid).await?)
    }

    /// Subjects, sorted.
    pub async fn subjects(&self, filter: &SubjectFilter) -> Result<Vec<SubjectName>, Error> {
        Ok(self.store.subjects(filter).await?)
    }

    /// Versions of many subjects, sorted by subject and number.
    pub async fn search(
        &self,
        filter: &SubjectFilter,
        latest_only: bool,
    ) -> Result<Vec<StoredVersion>, Error> {
        Ok(self.store.search(filter, latest_only).await?)
    }

    /// The contexts in which something was ever registered, and the default one.
    pub async fn contexts(&self) -> Result<Vec<String>, Error> {
        Ok(self.store.contexts().await?)
    }
}

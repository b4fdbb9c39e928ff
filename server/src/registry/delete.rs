//! Deleting: softly, which hides, and hard, which removes what was hidden before.

use super::Registry;
use super::error::Error;
use crate::store::{
    Deletion, Origin, SchemaId, SubjectName, VersionNumber, VersionSelector, VersionSummary,
    Visibility,
};

impl Registry {
    /// Deletes a subject; returns the numbers of the versions that this deleted.
    pub async fn delete_subject(
        &self,
        subject: &SubjectName,
        deletion: Deletion,
        origin: &Origin,
    ) -> Result<Vec<VersionNumber>, Error> {
        let gone = self.store.versions(subject, Visibility::All).await?;
        let numbers = self
            .store
            .delete_subject(subject.clone(), deletion, origin.clone())
            .await?;
        self.forget(subject, deletion, &gone);
        Ok(numbers)
    }

    /// Deletes a version; returns its number.
    pub async fn delete_version(
        &self,
        subject: &SubjectName,
        selector: VersionSelector,
        deletion: Deletion,
        origin: &Origin,
    ) -> Result<VersionNumber, Error> {
        let gone = self.store.versions(subject, Visibility::All).await?;
        let number = match selector {
            VersionSelector::Number(number) => number,
            VersionSelector::Latest => {
                let latest = gone.iter().rev().find(|version| !version.deleted);
                let latest = latest.ok_or_else(|| Error::SubjectNotFound(subject.to_string()))?;
                latest.number
            }
        };
        let write = self
            .store
            .delete_version(subject.clone(), number, deletion, origin.clone());
        write.await?;
        let gone: Vec<_> = gone
            .into_iter()
            .filter(|version| version.number == number)
            .collect();
        self.forget(subject, deletion, &gone);
        Ok(number)
    }

    fn forget(&self, subject: &SubjectName, deletion: Deletion, gone: &[VersionSummary]) {
        if deletion == Deletion::Hard {
            let ids: Vec<SchemaId> = gone.iter().map(|version| version.schema_id).collect();
            self.bodies.remove(&subject.context, &ids);
        }
    }
}

//! Resolves references: from what a request or a stored schema names, to the texts of everything
//! that it refers to, directly or not, in dependency order.

use std::collections::{HashMap, HashSet};

use checker::{Format, Source, Stored};

use super::engine::{Prepared, SchemaKey};
use super::error::Error;
use super::{Registry, names};
use crate::store::{
    Content, NUMBER_MAX, Reference, SchemaId, StoredVersion, SubjectName, VersionNumber,
    VersionSelector, Visibility,
};

/// How many schemas one schema may refer to, directly or not.
const CLOSURE_SCHEMAS_MAX: usize = 1_000;

/// How long the texts that one schema refers to may be together.
const CLOSURE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A reference as a request has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReferenceRequest {
    /// The subject as it was written, qualified or not.
    pub subject: String,
    /// The version; -1 means the latest one.
    pub version: i32,
    /// The name by which the referring text calls it.
    pub name: String,
}

/// References with what they stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Resolved {
    /// The references, with numbers in place of "latest".
    pub(super) references: Vec<Reference>,
    /// The schema of each.
    pub(super) ids: Vec<SchemaId>,
    /// Everything that is referred to, in dependency order.
    closure: Vec<checker::Reference>,
}

impl Resolved {
    /// A text with all that it refers to, ready to be parsed. What it refers to is stored anyway.
    pub(super) fn prepare(&self, format: Format, text: &str, stored: Stored) -> Prepared {
        let references = self.references.iter().zip(&self.ids);
        let references = references.map(|(reference, id)| {
            (
                reference.name.clone(),
                reference.target.context.clone(),
                id.0,
            )
        });
        Prepared {
            key: SchemaKey {
                format,
                text: text.into(),
                references: references.collect(),
                stored,
            },
            closure: self.closure.clone(),
        }
    }
}

type Loaded = HashMap<(SubjectName, VersionNumber), StoredVersion>;

impl Registry {
    /// Resolves what a request refers to. Only live versions can be referred to anew.
    pub(super) async fn resolve(
        &self,
        context: &str,
        format: Format,
        requests: &[ReferenceRequest],
    ) -> Result<Resolved, Error> {
        if requests.len() > CLOSURE_SCHEMAS_MAX {
            return Err(too_many(format));
        }
        let mut loaded = Loaded::new();
        let mut references = Vec::with_capacity(requests.len());
        for request in requests {
            let target = names::parse_in(context, &request.subject);
            let selector = selector(request.version).ok_or_else(|| missing(format, request))?;
            let version = self
                .store
                .version(&target, selector, Visibility::Live)
                .await?;
            let version = version.ok_or_else(|| missing(format, request))?;
            references.push(Reference {
                name: request.name.clone(),
                subject: request.subject.clone(),
                target: target.clone(),
                version: version.number,
            });
            loaded.insert((target, version.number), version);
        }
        self.collect(format, references, loaded).await
    }

    /// Resolves what a stored schema refers to, whether it was soft-deleted since or not.
    pub(super) async fn resolve_stored(&self, content: &Content) -> Result<Resolved, Error> {
        if content.references.is_empty() {
            return Ok(Resolved::default());
        }
        let references = content.references.clone();
        self.collect(content.schema_type, references, Loaded::new())
            .await
    }

    /// Collects everything behind the references: depth first, what is referred to before what
    /// refers to it, the first of equal names only.
    async fn collect(
        &self,
        format: Format,
        references: Vec<Reference>,
        mut loaded: Loaded,
    ) -> Result<Resolved, Error> {
        let mut walk = Walk::new(format, &references);
        while let Some(step) = walk.steps.pop() {
            match step {
                Step::Enter(reference) => {
                    let key = (reference.target.clone(), reference.version);
                    if walk.passes(&reference, &key)? {
                        continue;
                    }
                    if !loaded.contains_key(&key) {
                        let version = self.load(format, &reference).await?;
                        loaded.insert(key.clone(), version);
                    }
                    walk.enter(reference, key, &loaded)?;
                }
                Step::Leave(reference) => walk.leave(reference),
            }
        }
        let ids = ids(format, &references, &loaded)?;
        Ok(Resolved {
            references,
            ids,
            closure: walk.closure,
        })
    }

    async fn load(&self, format: Format, reference: &Reference) -> Result<StoredVersion, Error> {
        let selector = VersionSelector::Number(reference.version);
        let version = self
            .store
            .version(&reference.target, selector, Visibility::All)
            .await?;
        version.ok_or_else(|| missing_stored(format, reference))
    }
}

enum Step {
    Enter(Reference),
    Leave(checker::Reference),
}

struct Walk {
    format: Format,
    steps: Vec<Step>,
    names: HashSet<String>,
    /// From the schema itself down to where the walk is.
    path: Vec<(SubjectName, VersionNumber)>,
    closure: Vec<checker::Reference>,
    bytes: usize,
}

impl Walk {
    fn new(format: Format, references: &[Reference]) -> Self {
        Self {
            format,
            steps: references.iter().rev().cloned().map(Step::Enter).collect(),
            names: HashSet::new(),
            path: Vec::new(),
            closure: Vec::new(),
            bytes: 0,
        }
    }

    /// Whether the name was met before. A version that refers back to itself is an error.
    fn passes(
        &self,
        reference: &Reference,
        key: &(SubjectName, VersionNumber),
    ) -> Result<bool, Error> {
        if self.path.contains(key) {
            let details = format!(
                "Reference cycle: version {} of subject \"{}\" refers to itself through \"{}\"",
                key.1, key.0, reference.name
            );
            return Err(invalid(self.format, details));
        }
        Ok(self.names.contains(&reference.name))
    }

    fn enter(
        &mut self,
        reference: Reference,
        key: (SubjectName, VersionNumber),
        loaded: &Loaded,
    ) -> Result<(), Error> {
        let Some(version) = loaded.get(&key) else {
            return Err(missing_stored(self.format, &reference));
        };
        self.bytes = self.bytes.saturating_add(version.text().len());
        if self.names.len() >= CLOSURE_SCHEMAS_MAX || self.bytes > CLOSURE_BYTES_MAX {
            return Err(too_many(self.format));
        }
        let source = Source::new(reference.name.as_str(), version.text());
        self.steps.push(Step::Leave(checker::Reference {
            name: reference.name.clone(),
            source,
        }));
        let children = version.schema.content.references.iter().rev().cloned();
        self.steps.extend(children.map(Step::Enter));
        self.names.insert(reference.name);
        self.path.push(key);
        Ok(())
    }

    fn leave(&mut self, reference: checker::Reference) {
        self.path.pop();
        self.closure.push(reference);
    }
}

fn ids(format: Format, references: &[Reference], loaded: &Loaded) -> Result<Vec<SchemaId>, Error> {
    let id = |reference: &Reference| {
        let version = loaded.get(&(reference.target.clone(), reference.version));
        version
            .map(|version| version.schema.id)
            .ok_or_else(|| missing_stored(format, reference))
    };
    references.iter().map(id).collect()
}

/// `None` for numbers that no version can have.
fn selector(version: i32) -> Option<VersionSelector> {
    match u32::try_from(version) {
        Ok(number @ 1..=NUMBER_MAX) => Some(VersionSelector::Number(VersionNumber(number))),
        Ok(_) => None,
        Err(_) => (version == -1).then_some(VersionSelector::Latest),
    }
}

fn invalid(format: Format, details: String) -> Error {
    Error::InvalidSchema { format, details }
}

fn missing(format: Format, request: &ReferenceRequest) -> Error {
    let details = format!(
        "No schema reference found for subject \"{}\" and version {} (name \"{}\")",
        request.subject, request.version, request.name
    );
    invalid(format, details)
}

fn missing_stored(format: Format, reference: &Reference) -> Error {
    let details = format!(
        "No schema reference found for subject \"{}\" and version {} (name \"{}\")",
        reference.target, reference.version, reference.name
    );
    invalid(format, details)
}

fn too_many(format: Format) -> Error {
    let details = format!(
        "The schema refers to more than {CLOSURE_SCHEMAS_MAX} schemas or {CLOSURE_BYTES_MAX} bytes"
    );
    invalid(format, details)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_numbers_and_minus_one_select_a_version() {
        assert_eq!(selector(-1), Some(VersionSelector::Latest));
        assert_eq!(selector(3), Some(VersionSelector::Number(VersionNumber(3))));
        for version in [0, -2, i32::MIN] {
            assert_eq!(selector(version), None, "{version}");
        }
    }
}

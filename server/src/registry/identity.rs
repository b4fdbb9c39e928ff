//! A schema's guid: the MD5 hash that the wire contract builds over all that makes up a schema.
//!
//! A name for equal content, not a proof of it: the store compares the content itself too.

use md5::{Digest, Md5};
use uuid::Uuid;

use super::data_contract::{Metadata, Rule, RuleKind, RuleSet};
use crate::store::Reference;

/// Says that something is there whose absence means something else.
const PRESENT: [u8; 1] = [1];

/// The guid of a schema.
pub(super) fn guid(
    canonical_text: &str,
    references: &[Reference],
    metadata: Option<&Metadata>,
    rule_set: Option<&RuleSet>,
) -> Uuid {
    let mut hash = Md5::new();
    hash.update(canonical_text);
    for reference in references {
        hash.update(&reference.name);
        hash.update(&reference.subject);
        hash.update(reference.version.0.to_be_bytes());
    }
    if let Some(metadata) = metadata {
        add_metadata(&mut hash, metadata);
    }
    if let Some(rule_set) = rule_set {
        hash.update(PRESENT);
        rule_set.rules().for_each(|rule| add_rule(&mut hash, rule));
        add(&mut hash, rule_set.enable_at.as_deref());
    }
    Uuid::from_bytes(hash.finalize().into())
}

fn add_metadata(hash: &mut Md5, metadata: &Metadata) {
    hash.update(PRESENT);
    for (path, tags) in &metadata.tags {
        hash.update(path);
        for tag in tags {
            hash.update(tag);
        }
    }
    for (name, value) in &metadata.properties {
        hash.update(name);
        hash.update(value);
    }
    metadata.sensitive.iter().for_each(|name| hash.update(name));
}

fn add_rule(hash: &mut Md5, rule: &Rule) {
    add(hash, rule.name.as_deref());
    add(hash, rule.doc.as_deref());
    hash.update(rule.kind.unwrap_or(RuleKind::Transform).name());
    hash.update(rule.mode().name());
    add(hash, rule.rule_type.as_deref());
    rule.tags.iter().for_each(|tag| hash.update(tag));
    for (name, value) in &rule.params {
        hash.update(name);
        hash.update(value);
    }
    add(hash, rule.expr.as_deref());
    add(hash, rule.on_success.as_deref());
    add(hash, rule.on_failure.as_deref());
    if rule.disabled {
        hash.update(PRESENT);
    }
}

fn add(hash: &mut Md5, text: Option<&str>) {
    if let Some(text) = text {
        hash.update(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{SubjectName, VersionNumber};

    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        name: String,
        schema: String,
        #[serde(default)]
        references: Vec<RowReference>,
        metadata: Option<Metadata>,
        rule_set: Option<RuleSet>,
        guid: String,
    }

    #[derive(serde::Deserialize)]
    struct RowReference {
        name: String,
        subject: String,
        version: u32,
    }

    impl RowReference {
        fn stored(&self) -> Reference {
            Reference {
                name: self.name.clone(),
                subject: self.subject.clone(),
                target: SubjectName::unqualified(&self.subject),
                version: VersionNumber(self.version),
            }
        }
    }

    #[test]
    fn guids_are_those_of_the_wire_contract() {
        let Ok(dir) = std::env::var("CONFORMANCE_DIR") else {
            println!("skipped: CONFORMANCE_DIR is not set");
            return;
        };
        let path = std::path::Path::new(&dir).join("confluent-guid-md5.jsonl");
        let rows = std::fs::read_to_string(path).unwrap();
        let mut n_rows = 0;
        for line in rows.lines() {
            let row: Row = serde_json::from_str(line).unwrap();
            let references: Vec<_> = row.references.iter().map(RowReference::stored).collect();
            let guid = guid(
                &row.schema,
                &references,
                row.metadata.as_ref(),
                row.rule_set.as_ref(),
            );
            assert_eq!(guid.to_string(), row.guid, "{}", row.name);
            n_rows += 1;
        }
        assert!(n_rows > 0);
    }

    #[test]
    fn empty_metadata_is_not_the_same_as_none() {
        let empty = Metadata::default();
        assert_ne!(
            guid("x", &[], None, None),
            guid("x", &[], Some(&empty), None)
        );
        // MD5 of "x", by md5sum.
        let expected = "9dd4e461-268c-8034-f5c8-564e155c67a6";
        assert_eq!(guid("x", &[], None, None).to_string(), expected);
    }
}

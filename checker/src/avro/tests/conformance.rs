//! Data of others, read in place where `CONFORMANCE_DIR` says: evidence, not truth.

use crate::conformance::rows;
use crate::model::{Direction, Entity, EntityKind, Tagged, Verdict};
use crate::{Format, Options, Profile, Reference, SchemaInput, Source, Stored};

use super::super::{Schema, TagOrder};
use super::compare;
use super::parse_as;

fn text(row: &serde_json::Value, key: &str) -> String {
    match &row[key] {
        serde_json::Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

#[test]
fn the_resolution_rows_agree() {
    let mut differing = Vec::new();
    for row in rows("avro-resolution.jsonl") {
        let (writer, reader) = (text(&row, "writer"), text(&row, "reader"));
        let (old, new) = (parse_as("old", &writer), parse_as("new", &reader));
        let verdict = compare(&old, &new, &[Direction::Backward], &Options::default()).verdict();
        let expected = if row["expected"] == true {
            Verdict::Compatible
        } else {
            Verdict::Incompatible
        };
        if verdict != expected {
            println!(
                "{}: {verdict:?} (disputed: {})",
                row["name"], row["disputed"]
            );
            if row["disputed"].is_null() {
                differing.push(row["name"].clone());
            }
        }
    }
    assert_eq!(differing, Vec::<serde_json::Value>::new());
}

#[test]
fn the_rows_of_the_contract_agree() {
    let contract = Options {
        profile: Profile::Contract,
        ..Options::default()
    };
    let mut differing = Vec::new();
    for row in avro_rows("confluent-java-compat.jsonl") {
        let parse = |text: String, key: &str| {
            let mut input = SchemaInput::new(Format::Avro, Source::new("t", text));
            input.references = references(&row, key);
            crate::Schema::parse(&input).expect("valid")
        };
        let new = parse(text(&row, "new"), "references_new");
        let (level, history, expected) = if row["level"].is_null() {
            let old = parse(text(&row, "old"), "references_old");
            (
                "BACKWARD".to_owned(),
                vec![old],
                &row["backward_compatible"],
            )
        } else {
            let history = row["history"].as_array().cloned().unwrap_or_default();
            let parsed = history.iter().map(|old| {
                let old = old.as_str().map_or_else(|| old.to_string(), str::to_owned);
                parse(old, "references_old")
            });
            (text(&row, "level"), parsed.collect(), &row["compatible"])
        };
        let history: Vec<&crate::Schema> = history.iter().collect();
        let level = level.parse().expect("a level");
        let report = crate::check(&new, &history, level, &contract);
        if (report.verdict() == Verdict::Compatible) != (*expected == true) {
            differing.push(format!("{}: {:?}", row["name"], report.verdict()));
        }
    }
    assert_eq!(differing, Vec::<String>::new());
}

#[test]
fn the_rows_of_text_forms_agree() {
    let mut differing = Vec::new();
    for row in avro_rows("confluent-canonical.jsonl") {
        let mut input = SchemaInput::new(Format::Avro, Source::new("t", text(&row, "input")));
        for key in ["references", "resolved", "references_input"] {
            input.references.extend(references(&row, key));
        }
        let schema = Schema::parse(&input).expect("valid");
        let printed = printed(&schema, row["normalize"] == true);
        if printed != text(&row, "expected") {
            differing.push(format!(
                "{}\n{printed}\n{}",
                row["name"],
                text(&row, "expected")
            ));
        }
    }
    assert_eq!(differing, Vec::<String>::new());
}

#[test]
fn the_rows_of_equality_agree() {
    for row in avro_rows("confluent-equality.jsonl") {
        let texts = ["a", "b"].map(|key| {
            let schema = parse_as("t", &text(&row, key));
            printed(&schema, row[format!("{key}_normalize")] == true)
        });
        assert_eq!(
            texts[0] == texts[1],
            row["equal"] == true,
            "{}",
            row["name"]
        );
    }
}

#[test]
fn the_rows_of_validity_agree() {
    for row in avro_rows("confluent-parse.jsonl") {
        let mut input = SchemaInput::new(Format::Avro, Source::new("t", text(&row, "input")));
        // Some rows say it in their names alone.
        if row["validate_as_new"] == false || text(&row, "name").contains("NotNew") {
            input.stored = Stored::Everything;
        }
        let valid = Schema::parse(&input).is_ok();
        assert_eq!(valid, row["valid"] == true, "{}", row["name"]);
    }
}

#[test]
fn the_rows_of_properties_agree() {
    for row in avro_rows("confluent-properties.jsonl") {
        let schema = parse_as("t", &text(&row, "input"));
        let property = text(&row, "property");
        let found = match property.split_once(':') {
            Some(("hasTopLevelField", field)) => schema.has_top_level_field(field).into(),
            None if property == "name" => schema.name().into(),
            _ => panic!("{}: the property {property} is not known", row["name"]),
        };
        let found: serde_json::Value = found;
        assert_eq!(found, row["expected"], "{}", row["name"]);
    }
}

#[test]
fn the_rows_of_tags_agree() {
    for row in avro_rows("confluent-tags.jsonl") {
        let schema = parse_as("t", &text(&row, "input"));
        let order = if row["addBeforeRemove"] == false {
            TagOrder::RemoveBeforeAdd
        } else {
            TagOrder::AddBeforeRemove
        };
        let (add, remove) = (tagged(&row["tagsToAdd"]), tagged(&row["tagsToRemove"]));
        let changed = schema.with_tags(&add, &remove, order).expect("right paths");
        let schema = parse_as("t", &changed);
        let mut judged = false;
        for key in ["expected_entities", "expected"] {
            if row[key].is_array() {
                let sorted = |mut list: Vec<Tagged>| {
                    for tagged in &mut list {
                        tagged.tags.sort();
                    }
                    list.sort_by(|a, b| a.entity.cmp(&b.entity));
                    list
                };
                let (found, expected) =
                    (sorted(schema.tagged_entities()), sorted(tagged(&row[key])));
                assert_eq!(found, expected, "{}", row["name"]);
                judged = true;
            }
        }
        if let Some(expected) = row["expected"].as_str() {
            let expected = parse_as("t", expected);
            assert_eq!(schema.canonical_text(), expected.canonical_text());
            judged = true;
        }
        if let Some(expected) = row["expected_tags"].as_array() {
            let expected = expected.iter().filter_map(|tag| tag.as_str());
            assert_eq!(schema.tags(), expected.map(str::to_owned).collect());
            judged = true;
        }
        assert!(judged, "{}: nothing is expected", row["name"]);
    }
}

fn tagged(list: &serde_json::Value) -> Vec<Tagged> {
    let list = list.as_array().cloned().unwrap_or_default();
    let entries = list.iter().map(|entry| Tagged {
        entity: Entity {
            kind: match entry["entityType"].as_str() {
                Some("sr_record") => EntityKind::Record,
                Some("sr_field") => EntityKind::Field,
                other => panic!("the entity type {other:?} is not known"),
            },
            path: text(entry, "entityPath"),
        },
        tags: serde_json::from_value(entry["tags"].clone()).expect("strings"),
    });
    entries.collect()
}

fn printed(schema: &Schema, normalize: bool) -> String {
    if normalize {
        schema.normalized_text()
    } else {
        schema.canonical_text().to_owned()
    }
}

fn references(row: &serde_json::Value, key: &str) -> Vec<Reference> {
    let list = row[key].as_array().cloned().unwrap_or_default();
    let references = list.iter().map(|reference| Reference {
        name: text(reference, "name"),
        source: Source::new("reference", text(reference, "schema")),
    });
    references.collect()
}

fn avro_rows(name: &str) -> Vec<serde_json::Value> {
    let mut found = rows(name);
    found.retain(|row| row["format"] == "AVRO");
    found
}

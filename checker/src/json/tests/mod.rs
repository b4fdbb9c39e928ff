//! Tests of the whole JSON side: laws, independent oracles, conformance data.

mod conformance;
mod fixtures;
mod laws;
mod limits;
mod parsing;

use crate::model::{Comparison, Direction, Source, Verdict};
use crate::{Format, Options, Policy, Schema, SchemaInput, compare, json::Draft};

/// Reads a schema that must be valid.
#[track_caller]
fn schema(text: &str) -> Schema {
    schema_as(text, Draft::default()).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn schema_as(text: &str, draft: Draft) -> Result<Schema, Vec<crate::Problem>> {
    let mut input = SchemaInput::new(Format::Json, Source::new("t.json", text));
    input.draft = draft;
    Schema::parse(&input)
}

fn json(schema: &Schema) -> &crate::json::Schema {
    match schema {
        Schema::Json(schema) => schema,
        _ => panic!("this is a JSON Schema"),
    }
}

/// Compares backward (can the new one read what the old one writes) and executes the witnesses.
#[track_caller]
fn backward(old: &Schema, new: &Schema, policy: Policy) -> Comparison {
    let options = Options {
        policy,
        ..Options::default()
    };
    let comparison = compare(old, new, &[Direction::Backward], &options);
    for finding in &comparison.findings {
        let witness = finding
            .witness
            .as_ref()
            .expect("every finding has a document");
        let (admitted, refused) = (
            json(old).admits(&witness.input),
            json(new).admits(&witness.input),
        );
        assert_eq!(
            (admitted, refused),
            (Some(true), Some(false)),
            "{witness:?}"
        );
    }
    comparison
}

#[track_caller]
fn verdict(old: &str, new: &str) -> Verdict {
    backward(&schema(old), &schema(new), Policy::Strict).verdict()
}

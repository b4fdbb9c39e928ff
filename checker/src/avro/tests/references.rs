//! Schemas that refer to others.

use crate::model::{Direction, Verdict};
use crate::{Format, Options, Reference, SchemaInput, Source};

use super::super::{Schema, compare};

const ADDRESS: &str = r#"{"type": "record", "name": "shop.Address", "fields": [
    {"name": "street", "type": "string"}]}"#;
const ORDER: &str = r#"{"type": "record", "name": "shop.Order", "fields": [
    {"name": "to", "type": "Address"}, {"name": "from", "type": "shop.Address"}]}"#;

fn input(references: &[(&str, &str)]) -> SchemaInput {
    let mut input = SchemaInput::new(Format::Avro, Source::new("order.avsc", ORDER));
    input.references = references
        .iter()
        .map(|(name, text)| Reference {
            name: (*name).to_owned(),
            source: Source::new(*name, *text),
        })
        .collect();
    input
}

fn parse(references: &[(&str, &str)]) -> Schema {
    Schema::parse(&input(references)).expect("valid")
}

#[test]
fn referenced_types_are_printed_as_names() {
    assert_eq!(
        parse(&[("shop.Address", ADDRESS)]).canonical_text(),
        r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"to","type":"Address"},{"name":"from","type":"Address"}]}"#
    );
}

#[test]
fn a_change_in_a_reference_is_found_and_placed_there() {
    let other = ADDRESS.replace("string", "int");
    let (old, new) = (
        parse(&[("shop.Address", ADDRESS)]),
        parse(&[("shop.Address", &other)]),
    );
    let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
    assert_eq!(comparison.verdict(), Verdict::Incompatible);
    let finding = &comparison.findings[0];
    assert_eq!(finding.message, "field `street` was string and is now int");
    let span = finding.new.as_ref().map(ToString::to_string);
    assert_eq!(span.as_deref(), Some("shop.Address:2:32"));
    assert_eq!(
        finding.witness.as_ref().map(|w| &*w.input),
        Some(r#"{"to": {"street": "a"}, "from": {"street": ""}}"#)
    );
    assert!(
        finding
            .hint
            .as_ref()
            .is_some_and(|hint| hint.edits.is_empty())
    );
}

#[test]
fn of_equal_names_the_first_reference_counts() {
    let schema = parse(&[("shop.Address", ADDRESS), ("shop.Address", "\"int\"")]);
    assert_eq!(schema.sources.len(), 2);
}

#[test]
fn a_missing_or_broken_reference_is_a_problem_with_its_place() {
    let problems = |references: &[(&str, &str)]| {
        let problems = Schema::parse(&input(references)).expect_err("invalid");
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines
    };
    let missing = problems(&[]);
    assert_eq!(missing.len(), 2);
    assert!(missing[0].starts_with("order.avsc:2:28: type `Address` is not defined"));
    let broken = problems(&[("shop.Address", "{")]);
    assert!(broken[0].starts_with("shop.Address:1:2: "), "{broken:?}");
}

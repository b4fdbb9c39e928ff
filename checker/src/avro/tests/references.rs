//! Schemas that refer to others.

use crate::model::{Direction, Verdict};
use crate::{Format, Options, Reference, SchemaInput, Source};

use super::super::Schema;
use super::{compare, input_with};

const ADDRESS: &str = r#"{"type": "record", "name": "shop.Address", "fields": [
    {"name": "street", "type": "string"}]}"#;
const ORDER: &str = r#"{"type": "record", "name": "shop.Order", "fields": [
    {"name": "to", "type": "Address"}, {"name": "from", "type": "shop.Address"}]}"#;

fn input(references: &[(&str, &str)]) -> SchemaInput {
    input_with("order.avsc", ORDER, references)
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
fn the_resolved_text_defines_a_referenced_type_at_its_first_use() {
    let schema = parse(&[("shop.Address", ADDRESS)]);
    let resolved = schema.resolved_text().expect("is not deep");
    assert_eq!(
        resolved,
        r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"to","type":{"type":"record","name":"Address","fields":[{"name":"street","type":"string"}]}},{"name":"from","type":"Address"}]}"#
    );
    assert_eq!(
        super::parse_as("alone", &resolved).canonical_text(),
        resolved
    );
}

#[test]
fn two_references_may_define_one_type_alike() {
    let definition = r#"{"type": "enum", "name": "shop.Unit", "symbols": ["KG"]}"#;
    let user = |name: &str, unit: &str| {
        format!(
            r#"{{"type": "record", "name": "shop.{name}", "fields": [{{"name": "unit", "type": {unit}}}]}}"#
        )
    };
    let parsed = |other: &str| {
        let text = r#"["shop.A", "shop.B", "shop.Unit"]"#;
        let mut input = SchemaInput::new(Format::Avro, Source::new("both.avsc", text));
        for (name, text) in [("A", user("A", definition)), ("B", user("B", other))] {
            let name = format!("shop.{name}");
            let source = Source::new(name.as_str(), text);
            input.references.push(Reference { name, source });
        }
        Schema::parse(&input)
    };
    let spaced = definition.replace(": ", " : ");
    let schema = parsed(&spaced).expect("is valid");
    let resolved = schema.resolved_text().expect("is not deep");
    assert_eq!(resolved.matches("symbols").count(), 1, "{resolved}");
    assert_eq!(
        super::parse_as("alone", &resolved).canonical_text(),
        resolved
    );
    let problems = parsed(&definition.replace("KG", "LB")).expect_err("is not valid");
    assert!(
        problems[0].message.contains("with other content"),
        "{problems:?}"
    );
}

#[test]
fn a_text_without_references_is_resolved() {
    let tree = r#"{"type":"record","name":"T","fields":[{"name":"next","type":["null","T"]}]}"#;
    let schema = super::parse_as("t", tree);
    assert_eq!(schema.resolved_text().as_deref(), Some(tree));
}

#[test]
fn references_that_resolve_too_deeply_are_not_inlined() {
    let names: Vec<String> = (0..100).map(|at| format!("L{at}")).collect();
    let texts: Vec<String> = (0..100)
        .map(|at| {
            let inner = if at == 0 { "int" } else { &names[at - 1] };
            format!(
                r#"{{"type": "record", "name": "L{at}", "fields": [{{"name": "n", "type": "{inner}"}}]}}"#
            )
        })
        .collect();
    let mut input = SchemaInput::new(Format::Avro, Source::new("t", r#"["L99"]"#));
    input.references = names
        .iter()
        .zip(&texts)
        .map(|(name, text)| Reference {
            name: name.clone(),
            source: Source::new(name.as_str(), text.as_str()),
        })
        .collect();
    let schema = Schema::parse(&input).expect("valid");
    assert_eq!(schema.canonical_text(), r#"["L99"]"#);
    assert_eq!(schema.resolved_text(), None);
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
    // Told once, although it is used twice.
    assert_eq!(
        missing,
        [
            "order.avsc:2:28: type `Address`, in full `shop.Address`, is not defined up to here; \
             define it before its first use, or add a reference to the schema that does"
        ]
    );
    let broken = problems(&[("shop.Address", "{")]);
    assert!(broken[0].starts_with("shop.Address:1:2: "), "{broken:?}");
}

//! Peers' containment suites (`CONFORMANCE_DIR`): where our answer differs from the peer's, it
//! stands on a document that was executed or on a proof, and is listed with its reason.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{backward, json, schema, schema_as};
use crate::conformance::rows;
use crate::json::Draft;
use crate::model::Verdict;
use crate::{Policy, Schema};

/// How our answer differs from the peer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// Compatible by proof; the peer says incompatible.
    Proven,
    /// Incompatible, with a document; the peer says compatible.
    Refuted,
    /// The peer decides what we leave open.
    Open,
    /// The peer reads what is no schema to us.
    Unreadable,
}

use Difference::{Open, Proven, Refuted, Unreadable};

/// Why answers differ. `the_reasons_hold_on_pairs_of_our_own` shows each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// A dependency whose schemas both exclude objects forbids the key on both sides.
    DependencyForbidsKey,
    /// Branches of `oneOf` that say the same admit nothing together.
    EqualBranches,
    /// A wider branch of `oneOf` makes more documents match two of them.
    WiderBranch,
    /// A pattern that is not anchored matches within a text, and may match the empty text.
    UnanchoredPattern,
    /// `contentEncoding` and `contentMediaType` are annotations.
    Annotation,
    /// Nothing is written with a schema that admits nothing.
    Nothing,
    /// A schema that admits everything refuses nothing.
    Anything,
    /// A tuple leaves the items behind it free.
    OpenTuple,
    /// A property of which nothing is demanded refuses nothing.
    FreeProperty,
    /// Bounds of whole numbers count as whole numbers.
    WholeNumbers,
    /// To be none of the other types is to be the one that is left.
    OtherTypes,
    /// A required key needs no entry in `properties`.
    RequiredKey,
    /// Keywords that no specification has say nothing about documents.
    UnknownKeyword,
    /// `.` matches no line end.
    LineEnd,
    /// Only a document larger than those that are built would tell.
    LargeDocument,
    /// Draft 4 has no boolean schemas.
    NoBooleans,
    /// A name counts only where the draft has a schema: draft 7 knows no `$defs`.
    NameOutOfSight,
}

/// All differences: the start of `suite: name`.
const KNOWN: [(Difference, &str, Reason); 38] = [
    (
        Proven,
        "confluent:diff-schema-examples-2020-12: \"053",
        Reason::DependencyForbidsKey,
    ),
    (
        Proven,
        "json-diff-2020-12: \"053",
        Reason::DependencyForbidsKey,
    ),
    (
        Proven,
        "json-diff-code: \"recursive oneOf union",
        Reason::EqualBranches,
    ),
    (
        Proven,
        "apicurio: \"String: pattern 1 [reverse]",
        Reason::UnanchoredPattern,
    ),
    (
        Proven,
        "apicurio: \"String: contentEncoding 3",
        Reason::Annotation,
    ),
    (
        Proven,
        "apicurio: \"String: contentMediaType 3",
        Reason::Annotation,
    ),
    (
        Proven,
        "apicurio: \"Complex: oneOf 1 [reverse]",
        Reason::WiderBranch,
    ),
    (
        Proven,
        "apicurio: \"Conditional: ",
        Reason::UnanchoredPattern,
    ),
    (
        Proven,
        "karapace:unit: \"test_extra_field_with_closed",
        Reason::Nothing,
    ),
    (
        Proven,
        "karapace:unit: \"test_array_and_tuples",
        Reason::OpenTuple,
    ),
    (
        Proven,
        "karapace:unit: \"test_true_schema_is_compatible",
        Reason::Anything,
    ),
    (
        Proven,
        "karapace:unit: \"test_true_and_false",
        Reason::Nothing,
    ),
    (
        Proven,
        "karapace:unit: \"test_pattern_properties#5",
        Reason::FreeProperty,
    ),
    (
        Proven,
        "karapace:unit: \"test_object_properties#1",
        Reason::FreeProperty,
    ),
    (
        Proven,
        "karapace:unit: \"test_property_names#2",
        Reason::FreeProperty,
    ),
    (
        Proven,
        "karapace:integration: \"test_schemaregistry_schemaregistry_extra",
        Reason::Nothing,
    ),
    (
        Proven,
        "karapace:integration: \"test_schemaregistry_array_and",
        Reason::OpenTuple,
    ),
    (
        Proven,
        "karapace:integration: \"test_schemaregistry_true_schema",
        Reason::Anything,
    ),
    (
        Proven,
        "karapace:integration: \"test_schemaregistry_true_and",
        Reason::Nothing,
    ),
    (
        Proven,
        "karapace:integration: \"test_schemaregistry_object_prop",
        Reason::FreeProperty,
    ),
    (
        Proven,
        "karapace:integration: \"test_schemaregistry_property_na",
        Reason::FreeProperty,
    ),
    (Proven, "redpanda: \"006", Reason::WholeNumbers),
    (Proven, "redpanda: \"042", Reason::OtherTypes),
    (Proven, "redpanda: \"047", Reason::Anything),
    (Proven, "redpanda: \"048", Reason::Anything),
    (
        Refuted,
        "confluent:diff-schema-examples: \"055",
        Reason::RequiredKey,
    ),
    (
        Refuted,
        "confluent:diff-schema-examples-2020-12: \"057",
        Reason::RequiredKey,
    ),
    (Refuted, "json-diff-draft7: \"055", Reason::RequiredKey),
    (Refuted, "json-diff-2020-12: \"057", Reason::RequiredKey),
    (
        Refuted,
        "json-diff-code: \"connect.type bytes",
        Reason::UnknownKeyword,
    ),
    (
        Refuted,
        "apicurio: \"Complex: oneOf 1\"",
        Reason::WiderBranch,
    ),
    (
        Refuted,
        "karapace:unit: \"test_boolean_schemas_are",
        Reason::Nothing,
    ),
    (
        Refuted,
        "karapace:integration: \"test_schemaregistry_boolean",
        Reason::Nothing,
    ),
    (
        Refuted,
        "jsonsubschema:test_more: \"TestPaperExamples",
        Reason::LineEnd,
    ),
    (
        Refuted,
        "jsonsubschema:test_string: \"TestNotStringSubtype",
        Reason::LineEnd,
    ),
    (
        Open,
        "jsonsubschema:test_ai_subschema: \"TestAIExamples",
        Reason::LargeDocument,
    ),
    (Unreadable, "redpanda: \"110", Reason::NoBooleans),
    (Unreadable, "redpanda: \"12", Reason::NameOutOfSight),
];

fn side(row: &Value, key: &str, draft: Draft) -> Result<Schema, String> {
    let text = match &row[key] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    schema_as(&text, draft).map_err(|problems| problems[0].to_string())
}

/// How a row differs, with what shows it.
fn difference(row: &Value, expected: bool, policy: Policy) -> Option<(Difference, String)> {
    let draft = serde_json::from_value(row["draft"].clone()).unwrap_or_default();
    let (old, new) = match (side(row, "old", draft), side(row, "new", draft)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(problem), _) | (_, Err(problem)) => return Some((Unreadable, problem)),
    };
    let comparison = backward(&old, &new, policy);
    match (comparison.verdict(), expected) {
        (Verdict::Compatible, true) | (Verdict::Incompatible, false) => None,
        (Verdict::Compatible, false) => Some((Proven, String::new())),
        (Verdict::Undecided, _) => Some((Open, comparison.undecided[0].reason.clone())),
        (Verdict::Incompatible, true) => {
            let witness = comparison.findings[0].witness.as_ref();
            let input = witness.map(|witness| witness.input.clone());
            Some((Refuted, input.unwrap_or_default()))
        }
    }
}

/// Counts a suite, and fails where a difference has no reason on the list, or a reason no
/// difference.
fn count(file: &str, suites: &[&str], expected: &str, policy: Policy) {
    let rows: Vec<_> = rows(file)
        .into_iter()
        .filter_map(|row| Some((row[expected].as_bool()?, row)))
        .collect();
    let mut met = BTreeSet::new();
    let mut counts = [0_usize; 4];
    let mut unlisted = Vec::new();
    for (expected, row) in &rows {
        let Some((how, shown)) = difference(row, *expected, policy) else {
            continue;
        };
        let name = format!("{}: {}", row["suite"].as_str().unwrap_or(""), row["name"]);
        println!("{how:?} {name} {shown}");
        counts[how as usize] += 1;
        let known = |(listed, start, _): &&(Difference, &str, Reason)| {
            *listed == how && name.starts_with(start)
        };
        match KNOWN.iter().find(known) {
            Some((_, start, _)) => drop(met.insert(*start)),
            None => unlisted.push(format!("{how:?} {name} {shown}")),
        }
    }
    println!(
        "{file} {policy:?}: {} of {} agree, {} proven, {} refuted, {} open, {} unreadable",
        rows.len() - counts.iter().sum::<usize>(),
        rows.len(),
        counts[Proven as usize],
        counts[Refuted as usize],
        counts[Open as usize],
        counts[Unreadable as usize],
    );
    assert_eq!(unlisted, Vec::<String>::new());
    let of_the_suite = |start: &&str| suites.iter().any(|suite| start.starts_with(suite));
    let listed: BTreeSet<&str> = KNOWN.iter().map(|(_, start, _)| *start).collect();
    let stale: Vec<_> = listed
        .difference(&met)
        .copied()
        .filter(of_the_suite)
        .collect();
    if !rows.is_empty() && policy == Policy::Strict {
        assert_eq!(stale, Vec::<&str>::new(), "reasons without a difference");
    }
}

#[test]
fn handcrafted_pairs_agree() {
    count(
        "containment-handcrafted.jsonl",
        &[],
        "backward_compatible",
        Policy::Strict,
    );
}

#[test]
fn pairs_of_apicurio_differ_only_with_a_reason() {
    count(
        "containment-apicurio.jsonl",
        &["apicurio"],
        "backward_compatible",
        Policy::Strict,
    );
}

#[test]
fn pairs_of_karapace_differ_only_with_a_reason() {
    count(
        "containment-karapace.jsonl",
        &["karapace"],
        "backward_compatible",
        Policy::Strict,
    );
}

#[test]
fn pairs_of_redpanda_differ_only_with_a_reason() {
    count(
        "containment-redpanda.jsonl",
        &["redpanda"],
        "backward_compatible",
        Policy::Strict,
    );
}

#[test]
fn pairs_of_jsonsubschema_differ_only_with_a_reason() {
    count(
        "containment-jsonsubschema.jsonl",
        &["jsonsubschema"],
        "backward_compatible",
        Policy::Strict,
    );
}

#[test]
fn pairs_of_the_contract_differ_only_with_a_reason() {
    let expected = "backward_compatible";
    count(
        "containment-confluent.jsonl",
        &["confluent"],
        expected,
        Policy::Strict,
    );
    count(
        "confluent-json-diff.jsonl",
        &["json-diff"],
        expected,
        Policy::Strict,
    );
    count(
        "confluent-json-diff.jsonl",
        &["json-diff"],
        "compatible_lenient",
        Policy::Lenient,
    );
}

/// A pair for a reason with a document about which a peer is wrong: whether the old and the new
/// schema admit it says an independent validator.
const SHOWN: [(Reason, &str, &str, &str, [bool; 2]); 15] = [
    (
        Reason::DependencyForbidsKey,
        r#"{"dependencies": {"k": {"type": "string"}}}"#,
        r#"{"dependencies": {"k": {"type": "integer"}}}"#,
        r#"{"k": 1}"#,
        [false, false],
    ),
    (
        Reason::EqualBranches,
        r#"{"oneOf": [{"type": "object"}, {"type": "object"}]}"#,
        r#"{"oneOf": [{"type": "object"}, {"type": "string"}]}"#,
        "{}",
        [false, true],
    ),
    (
        Reason::WiderBranch,
        r#"{"oneOf": [{"type": "number"}, {"maximum": 5}]}"#,
        r#"{"oneOf": [{"type": "number"}, {"maximum": 9}]}"#,
        "7",
        [true, false],
    ),
    (
        Reason::WiderBranch,
        r#"{"oneOf": [{"type": "number"}, {"maximum": 9}]}"#,
        r#"{"oneOf": [{"type": "number"}, {"maximum": 5}]}"#,
        "7",
        [false, true],
    ),
    (
        Reason::UnanchoredPattern,
        r#"{"type": "string"}"#,
        r#"{"type": "string", "pattern": "[0-9]*"}"#,
        r#""x""#,
        [true, true],
    ),
    (
        Reason::Annotation,
        r#"{"contentEncoding": "base64"}"#,
        r#"{"contentEncoding": "base32"}"#,
        r#""?""#,
        [true, true],
    ),
    (
        Reason::Nothing,
        "false",
        r#"{"type": "integer"}"#,
        "1",
        [false, true],
    ),
    (Reason::Nothing, "true", "false", "null", [true, false]),
    (
        Reason::Anything,
        r#"{"type": "string"}"#,
        "true",
        r#""x""#,
        [true, true],
    ),
    (
        Reason::OpenTuple,
        r#"{"type": "array", "items": {"type": "string"}}"#,
        r#"{"type": "array", "items": [{"type": "string"}]}"#,
        r#"["x", "y"]"#,
        [true, true],
    ),
    (
        Reason::FreeProperty,
        r#"{"type": "object"}"#,
        r#"{"type": "object", "properties": {"k": {}}}"#,
        r#"{"k": 1}"#,
        [true, true],
    ),
    (
        Reason::WholeNumbers,
        r#"{"type": "integer", "maximum": 3.9}"#,
        r#"{"type": "number", "maximum": 3.1}"#,
        "3",
        [true, true],
    ),
    (
        Reason::OtherTypes,
        r#"{"type": "null"}"#,
        r#"{"not": {"type": ["string", "number", "object", "array", "boolean"]}}"#,
        "null",
        [true, true],
    ),
    (
        Reason::RequiredKey,
        r#"{"type": "object", "properties": {"a": {}}, "required": ["a"]}"#,
        r#"{"type": "object", "properties": {"a": {}}, "required": ["b"]}"#,
        r#"{"a": 1}"#,
        [true, false],
    ),
    (
        Reason::LineEnd,
        r#"{"type": "string", "minLength": 1}"#,
        r#"{"type": "string", "pattern": ".+"}"#,
        r#""\n""#,
        [true, false],
    ),
];

#[test]
fn the_reasons_hold_on_pairs_of_our_own() {
    for (reason, old, new, document, admitted) in SHOWN {
        let (old, new) = (schema(old), schema(new));
        let executed = [&old, &new].map(|schema| json(schema).admits(document));
        assert_eq!(executed, admitted.map(Some), "{reason:?}");
        let expected = match admitted {
            [true, false] => Verdict::Incompatible,
            _ => Verdict::Compatible,
        };
        let verdict = backward(&old, &new, Policy::Strict).verdict();
        assert_eq!(verdict, expected, "{reason:?}");
    }
}

#[test]
fn reasons_without_a_decision_hold_on_pairs_of_our_own() {
    // `UnknownKeyword`
    let typed = |ty: &str| schema(&format!(r#"{{"type": "{ty}", "connect.type": "bytes"}}"#));
    let comparison = backward(&typed("string"), &typed("number"), Policy::Strict);
    assert_eq!(comparison.verdict(), Verdict::Incompatible);

    // `LargeDocument`
    let array = |item: &str| {
        schema(&format!(
            r#"{{"type": "array", "minItems": 3000, "items": {{"type": "{item}"}}}}"#
        ))
    };
    let comparison = backward(&array("string"), &array("null"), Policy::Strict);
    assert_eq!(comparison.verdict(), Verdict::Undecided);

    // `NoBooleans`
    assert!(schema_as("true", Draft::Draft4).is_err());
    assert!(schema_as("true", Draft::Draft6).is_ok());

    // `NameOutOfSight`
    let named = r#"{"$defs": {"a": {"$id": "http://x.test/a"}}, "$ref": "http://x.test/a"}"#;
    assert!(schema_as(named, Draft::Draft7).is_err());
    assert!(schema_as(named, Draft::Draft202012).is_ok());
}

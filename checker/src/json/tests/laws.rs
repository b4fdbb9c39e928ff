//! Laws that hold for all schemas, and everyday changes under both policies.

use proptest::prelude::*;

use super::{backward, schema, verdict};
use crate::model::{Direction, Verdict};
use crate::{Options, Policy, Schema, compare};

/// Schemas as people write them; the generator mutates and combines them.
const SAMPLES: [&str; 14] = [
    r#"{"type":"object","properties":{"id":{"type":"integer","minimum":1},"name":{"type":"string","maxLength":20},"tags":{"type":"array","items":{"type":"string"},"uniqueItems":true}},"required":["id"]}"#,
    r#"{"type":"object","properties":{"id":{"type":["integer","null"]},"kind":{"enum":["a","b","c"]}},"additionalProperties":false}"#,
    r##"{"definitions":{"node":{"type":"object","properties":{"value":{"type":"number"},"next":{"$ref":"#/definitions/node"}},"required":["value"]}},"$ref":"#/definitions/node"}"##,
    r#"{"oneOf":[{"type":"object","properties":{"kind":{"const":"card"},"number":{"type":"string","pattern":"^[0-9]{4}$"}},"required":["kind","number"]},{"type":"object","properties":{"kind":{"const":"cash"}},"required":["kind"]}]}"#,
    r#"{"anyOf":[{"type":"string","minLength":1},{"type":"null"}]}"#,
    r#"{"type":"object","patternProperties":{"^x-":{"type":"string"},"^[a-z]+$":{"type":"integer"}},"additionalProperties":{"type":"boolean"}}"#,
    r#"{"type":"array","items":[{"type":"string"},{"type":"integer"}],"additionalItems":{"type":"boolean"},"minItems":1,"maxItems":4}"#,
    r#"{"type":"number","multipleOf":0.5,"minimum":0,"exclusiveMaximum":10}"#,
    r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"dependencies":{"a":["b"]},"minProperties":1}"#,
    r#"{"type":"array","contains":{"type":"integer"},"maxItems":3}"#,
    r#"{"allOf":[{"type":"object","required":["a"]},{"properties":{"a":{"type":"string"}}}]}"#,
    r#"{"type":"string","not":{"enum":["root","admin"]}}"#,
    r#"{"if":{"type":"object","required":["a"]},"then":{"required":["b"]},"else":{"maxProperties":2}}"#,
    r#"{"type":"object","propertyNames":{"pattern":"^[a-z]"},"maxProperties":2}"#,
];

#[test]
fn every_schema_reads_its_own_documents() {
    for text in SAMPLES {
        for policy in [Policy::Strict, Policy::Lenient] {
            let comparison = backward(&schema(text), &schema(text), policy);
            assert_eq!(
                comparison.verdict(),
                Verdict::Compatible,
                "{text}: {comparison:?}"
            );
        }
    }
}

#[test]
fn a_schema_equals_its_copy_with_other_names() {
    let copy = SAMPLES[2].replace("node", "link");
    assert_eq!(verdict(SAMPLES[2], &copy), Verdict::Compatible);
    assert_eq!(verdict(&copy, SAMPLES[2]), Verdict::Compatible);
}

#[test]
fn backward_is_forward_with_the_roles_swapped() {
    for old in SAMPLES {
        for new in SAMPLES {
            let (old, new) = (schema(old), schema(new));
            let options = Options::default();
            let one = compare(&old, &new, &[Direction::Backward], &options);
            let other = compare(&new, &old, &[Direction::Forward], &options);
            assert_eq!(one.verdict(), other.verdict());
            assert_eq!(one.findings.len(), other.findings.len());
        }
    }
}

#[test]
fn lenient_reads_the_writer_as_closed() {
    let old = schema(r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#);
    let new =
        schema(r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}}}"#);
    let closed = schema(
        r#"{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}"#,
    );
    let strict = backward(&old, &new, Policy::Strict);
    assert_eq!(strict.verdict(), Verdict::Incompatible);
    let finding = &strict.findings[0];
    assert_eq!(finding.rule.id, "json/property-added-to-open-model");
    let hint = &finding.hint.as_ref().expect("there is a remedy").text;
    assert!(
        hint.contains("additionalProperties") && hint.contains("LENIENT"),
        "{hint}"
    );
    assert_eq!(
        backward(&old, &new, Policy::Lenient).verdict(),
        Verdict::Compatible
    );
    assert_eq!(
        backward(&new, &old, Policy::Lenient).verdict(),
        Verdict::Compatible
    );
    // What the writer declares is still written.
    assert_eq!(
        backward(&new, &closed, Policy::Lenient).verdict(),
        Verdict::Incompatible
    );
    let required =
        schema(r#"{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}"#);
    assert_eq!(
        backward(&old, &required, Policy::Lenient).verdict(),
        Verdict::Incompatible
    );
}

#[test]
fn a_witness_is_refused_for_the_reason_that_the_finding_names() {
    let old = schema(r#"{"properties":{"a":{"type":"integer"}}}"#);
    let new = schema(r#"{"properties":{"a":{"type":"string"}},"required":["b"]}"#);
    let comparison = backward(&old, &new, Policy::Strict);
    let of_type = |finding: &&crate::Finding| finding.rule.id == "json/type-changed";
    let finding = comparison.findings.iter().find(of_type).expect("is found");
    let witness = finding.witness.as_ref().expect("has a document");
    assert!(
        witness
            .outcome
            .ends_with("0 is not of type \"string\", at `/a`"),
        "{witness:?}"
    );
}

#[test]
fn lenient_leaves_what_a_union_reaches_open() {
    let old = schema(
        r##"{"definitions":{"p":{"type":"object","properties":{"a":{}}}},"properties":{"x":{"$ref":"#/definitions/p"},"y":{"allOf":[{"$ref":"#/definitions/p"}]}}}"##,
    );
    let new = schema(r#"{"properties":{"x":{"properties":{"b":{"type":"string"}}}}}"#);
    assert_eq!(
        backward(&old, &new, Policy::Lenient).verdict(),
        Verdict::Incompatible
    );
    let old = schema(
        r##"{"definitions":{"p":{"type":"object","properties":{"a":{}}}},"properties":{"x":{"$ref":"#/definitions/p"}}}"##,
    );
    assert_eq!(
        backward(&old, &new, Policy::Lenient).verdict(),
        Verdict::Compatible
    );
}

#[test]
fn the_profile_contract_is_undecided_but_for_equal_texts() {
    let options = Options {
        profile: crate::Profile::Contract,
        ..Options::default()
    };
    let (a, b) = (
        schema(r#"{"type": "string"}"#),
        schema(r#"{"type":"string"}"#),
    );
    let same = compare(&a, &b, &[Direction::Backward], &options);
    assert_eq!(same.verdict(), Verdict::Compatible);
    let other = compare(&a, &schema("{}"), &[Direction::Backward], &options);
    assert_eq!(other.verdict(), Verdict::Undecided);
}

#[test]
fn what_is_not_understood_is_undecided_and_named() {
    let old = r#"{"type":"string"}"#;
    let new = r#"{"type":"string","pattern":"^(?!.*secret).*$"}"#;
    let comparison = backward(&schema(old), &schema(new), Policy::Strict);
    assert_eq!(comparison.verdict(), Verdict::Undecided);
    assert!(
        comparison.undecided[0].reason.contains("look-around"),
        "{comparison:?}"
    );
    assert_eq!(verdict(new, new), Verdict::Compatible);
    let huge = r#"{"type":"integer","maximum":1e999}"#;
    assert_eq!(verdict(huge, huge), Verdict::Compatible);
    assert_eq!(verdict("{}", huge), Verdict::Undecided);
    let exact = r#"{"type":"integer","maximum":123456789012345678901234567890}"#;
    let more = r#"{"type":"integer","maximum":123456789012345678901234567891}"#;
    assert_eq!(verdict(exact, more), Verdict::Compatible);
    assert_eq!(verdict(more, exact), Verdict::Undecided);
}

/// In 2020-12.
fn modern(rest: &str) -> String {
    format!(r#"{{"$schema":"https://json-schema.org/draft/2020-12/schema",{rest}}}"#)
}

#[test]
fn what_depends_on_its_siblings_is_not_the_same_beside_others() {
    let old = modern(
        r#""anyOf":[{"properties":{"a":{}},"required":["a"]},{"properties":{"b":{}}}],"unevaluatedProperties":false"#,
    );
    let new = modern(
        r#""anyOf":[{"properties":{"a":{}},"required":["a"]},{"properties":{"c":{}}}],"unevaluatedProperties":false"#,
    );
    assert_ne!(verdict(&old, &new), Verdict::Compatible);
    let titled = modern(
        r#""anyOf":[{"properties":{"a":{}},"required":["a"]},{"properties":{"b":{}}}],"unevaluatedProperties":false,"title":"T""#,
    );
    assert_eq!(verdict(&old, &titled), Verdict::Compatible);
}

#[test]
fn what_all_siblings_evaluate_is_known() {
    let closed = modern(
        r#""allOf":[{"properties":{"a":{"type":"string"}}}],"properties":{"b":{}},"unevaluatedProperties":false"#,
    );
    let plain =
        modern(r#""properties":{"a":{"type":"string"},"b":{}},"additionalProperties":false"#);
    assert_eq!(verdict(&closed, &plain), Verdict::Compatible);
    assert_eq!(verdict(&plain, &closed), Verdict::Compatible);
}

#[test]
fn dynamic_references_with_several_targets_are_undecided() {
    let text = |types: &str| {
        modern(&format!(
            r##""$id":"http://example.com/tree","$dynamicAnchor":"node","properties":{{"x":{{"$dynamicRef":"#node"}}}},"$defs":{{"leaf":{{"$id":"leaf","$dynamicAnchor":"node","type":"{types}"}}}}"##
        ))
    };
    assert_eq!(
        verdict(&text("string"), &text("string")),
        Verdict::Compatible
    );
    assert_ne!(
        verdict(&text("string"), &text("integer")),
        Verdict::Compatible
    );
}

#[test]
fn deep_schemas_end_with_the_name_of_a_limit() {
    let nested = |leaf: &str| {
        format!(
            r#"{}{{"type":"{leaf}"}}{}"#,
            r#"{"type":"array","minItems":1,"items":"#.repeat(200),
            "}".repeat(200)
        )
    };
    let comparison = backward(
        &schema(&nested("string")),
        &schema(&nested("integer")),
        Policy::Strict,
    );
    assert_eq!(comparison.verdict(), Verdict::Undecided);
    assert!(
        comparison.undecided[0].reason.contains("levels"),
        "{comparison:?}"
    );
    let link = |n: i32| {
        format!(
            r##""d{n}":{{"allOf":[{{"$ref":"#/definitions/d{}"}}]}},"##,
            n + 1
        )
    };
    let chain: String = (0..30).map(link).collect();
    let recursive = |leaf: &str| {
        format!(
            r##"{{"definitions":{{{chain}"d30":{{"type":"object","properties":{{"n":{{"$ref":"#/definitions/d0"}},"v":{{"type":"{leaf}"}}}}}}}},"$ref":"#/definitions/d0"}}"##
        )
    };
    let comparison = backward(
        &schema(&recursive("string")),
        &schema(&recursive("integer")),
        Policy::Strict,
    );
    assert_ne!(comparison.verdict(), Verdict::Compatible);
}

#[test]
fn hard_inputs_end_with_the_name_of_a_limit() {
    let branches: Vec<String> = (0..60)
        .map(|n| format!(r#"{{"required":["a{n}"],"properties":{{"b{n}":{{"type":"integer"}}}}}}"#))
        .collect();
    let old = format!(r#"{{"type":"object","oneOf":[{}]}}"#, branches.join(","));
    let new = format!(
        r#"{{"type":"object","oneOf":[{}]}}"#,
        branches[1..].join(",")
    );
    let comparison = backward(&schema(&old), &schema(&new), Policy::Strict);
    assert_ne!(comparison.verdict(), Verdict::Compatible);
}

/// The value behind a path of a few choices, so that mutations reach all depths.
fn mutate(value: &mut serde_json::Value, choices: &[u8]) {
    use serde_json::Value;
    let (first, rest) = match choices.split_first() {
        Some((first, rest)) => (usize::from(*first), rest),
        None => return,
    };
    match value {
        Value::Object(map) if !map.is_empty() => {
            let keys: Vec<String> = map.keys().cloned().collect();
            let key = &keys[first % keys.len()];
            if rest.len() == 1 && rest[0].is_multiple_of(2) {
                map.remove(key);
            } else if let Some(inner) = map.get_mut(key) {
                mutate(inner, rest);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let index = first % items.len();
            if rest.len() == 1 {
                items.remove(index);
            } else {
                mutate(&mut items[index], rest);
            }
        }
        Value::Number(number) => {
            let old = number.as_i64().unwrap_or(0);
            *value = (old + i64::try_from(first % 5).unwrap_or(0) - 1)
                .max(1)
                .into();
        }
        Value::String(text) => {
            let types = [
                "string", "integer", "number", "boolean", "null", "object", "array",
            ];
            if types.contains(&text.as_str()) {
                *text = types[first % types.len()].to_owned();
            } else {
                text.push('z');
            }
        }
        Value::Bool(flag) => *flag = !*flag,
        Value::Null | Value::Object(_) | Value::Array(_) => {}
    }
}

fn mutated() -> impl Strategy<Value = (String, String)> {
    let choices = proptest::collection::vec(any::<u8>(), 1..6);
    (0..SAMPLES.len(), proptest::collection::vec(choices, 1..3)).prop_map(|(index, mutations)| {
        let mut value: serde_json::Value =
            serde_json::from_str(SAMPLES[index]).expect("samples are JSON");
        for choices in mutations {
            mutate(&mut value, &choices);
        }
        (SAMPLES[index].to_owned(), value.to_string())
    })
}

/// Documents around the samples' keys and literals.
fn documents() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value, json};
    let text = prop_oneof![
        Just("a"),
        Just("b"),
        Just("card"),
        Just("cash"),
        Just(""),
        Just("0123"),
        Just("root"),
        Just("aaaaaaaaaaaaaaaaaaaaaaaaa")
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-3_i64..12).prop_map(|n| json!(n)),
        (-6_i32..24).prop_map(|n| json!(f64::from(n) / 2.0)),
        text.prop_map(|text| json!(text)),
    ];
    let key = prop_oneof![
        Just("id"),
        Just("name"),
        Just("tags"),
        Just("kind"),
        Just("value"),
        Just("next"),
        Just("number"),
        Just("a"),
        Just("b"),
        Just("x-y"),
        Just("Z")
    ];
    leaf.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec((key.clone(), inner), 0..4).prop_map(|members| {
                Value::Object(
                    members
                        .into_iter()
                        .map(|(k, v)| (k.to_owned(), v))
                        .collect(),
                )
            }),
        ]
    })
}

fn parse(text: &str) -> Option<Schema> {
    super::schema_as(text, crate::json::Draft::Draft7).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sampled_document_contradicts_compatible(
        (old, new) in mutated(),
        swap in any::<bool>(),
        documents in proptest::collection::vec(documents(), 40),
    ) {
        let (old, new) = if swap { (new, old) } else { (old, new) };
        let (Some(writer), Some(reader)) = (parse(&old), parse(&new)) else {
            return Ok(());
        };
        let comparison = backward(&writer, &reader, Policy::Strict);
        for document in documents {
            let text = document.to_string();
            let contradicts = super::json(&writer).admits(&text) == Some(true)
                && super::json(&reader).admits(&text) == Some(false);
            if contradicts {
                prop_assert_ne!(comparison.verdict(), Verdict::Compatible, "{} -> {}: {}", old, new, text);
            }
        }
        second_opinion(&old, &new, comparison.verdict())?;
    }
}

/// `jsonschema::canonical` decides containment independently; where it answers it must agree.
fn second_opinion(old: &str, new: &str, ours: Verdict) -> Result<(), TestCaseError> {
    let canonical = |text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        jsonschema::canonicalize(&value).ok()
    };
    let (Some(old_form), Some(new_form)) = (canonical(old), canonical(new)) else {
        return Ok(());
    };
    match new_form.covers(&old_form) {
        Ok(jsonschema::canonical::Containment::Yes) => {
            prop_assert_ne!(ours, Verdict::Incompatible, "{} -> {}", old, new);
        }
        Ok(jsonschema::canonical::Containment::No) => {
            prop_assert_ne!(ours, Verdict::Compatible, "{} -> {}", old, new);
        }
        _ => {}
    }
    Ok(())
}

//! Schemas that are made to take long: each is answered, within the limits.

use super::{backward, schema, schema_as};
use crate::json::Draft;
use crate::{Direction, Options, Policy, Verdict, compare};

/// The chain of definitions that `step` makes of a reference to the next one; `last` is the end.
fn chain(length: usize, last: &str, step: impl Fn(&str) -> String) -> String {
    let mut definitions: Vec<String> = (0..length)
        .map(|index| {
            let next = format!(r##"{{"$ref":"#/$defs/d{}"}}"##, index + 1);
            format!(r#""d{index}":{}"#, step(&next))
        })
        .collect();
    definitions.push(format!(r#""d{length}":{last}"#));
    format!(
        r##"{{"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"#/$defs/d0","$defs":{{{}}}}}"##,
        definitions.join(",")
    )
}

/// The verdict on the last schema of the chain becoming another.
fn on_changed_end(length: usize, step: fn(&str) -> String) -> Verdict {
    let old = schema(&chain(length, r#"{"const":"a"}"#, step));
    let new = schema(&chain(length, r#"{"const":"b"}"#, step));
    let both = [Direction::Backward, Direction::Forward];
    compare(&old, &new, &both, &Options::default()).verdict()
}

#[test]
fn doubling_in_place_is_answered() {
    for step in [
        |next: &str| format!(r#"{{"anyOf":[{next},{next}]}}"#),
        |next: &str| format!(r#"{{"allOf":[{next},{next}]}}"#),
        |next: &str| format!(r#"{{"if":{next},"then":{next},"else":{next}}}"#),
    ] {
        assert_ne!(on_changed_end(25, step), Verdict::Compatible);
    }
}

#[test]
fn doubling_in_parts_is_answered() {
    for step in [
        |next: &str| format!(r#"{{"properties":{{"a":{next},"b":{next}}},"required":["a","b"]}}"#),
        |next: &str| format!(r#"{{"properties":{{"a":{next},"b":{next}}}}}"#),
        |next: &str| format!(r#"{{"prefixItems":[{next},{next}],"minItems":2}}"#),
    ] {
        assert_ne!(on_changed_end(50, step), Verdict::Compatible);
    }
}

#[test]
fn doubling_below_unevaluated_is_refused() {
    let text = chain(25, "true", |next| {
        format!(r#"{{"anyOf":[{next},{next}],"unevaluatedProperties":false}}"#)
    });
    let problems = schema_as(&text, Draft::default()).unwrap_err();
    assert!(
        problems[0].message.contains("more than 10000 ways"),
        "{problems:?}"
    );
}

#[test]
fn wide_unions_are_answered() {
    for keyword in ["anyOf", "oneOf"] {
        let union = |value: &str| {
            let branches: Vec<String> = (0..2_000)
                .map(|n| {
                    format!(
                        r#"{{"type":"object","required":["p{n}"],"properties":{{"p{n}":{{"enum":["{value}",{n}]}}}}}}"#
                    )
                })
                .collect();
            schema(&format!(r#"{{"{keyword}":[{}]}}"#, branches.join(",")))
        };
        let comparison = backward(&union("a"), &union("b"), Policy::Strict);
        assert_ne!(comparison.verdict(), Verdict::Compatible, "{keyword}");
    }
}

#[test]
fn many_patterns_are_answered() {
    let object = |last: &str| {
        let patterns: Vec<String> = (0..150)
            .map(|n| format!(r#""^a{n}(x|y)*x(x|y){{18}}b{last}":{{"type":"string"}}"#))
            .collect();
        schema(&format!(
            r#"{{"patternProperties":{{{}}},"additionalProperties":false}}"#,
            patterns.join(",")
        ))
    };
    let comparison = backward(&object("c"), &object("d"), Policy::Strict);
    assert_ne!(comparison.verdict(), Verdict::Compatible);
}

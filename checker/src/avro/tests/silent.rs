//! Changes that decode without an error and mean something else: each has its finding, with its own
//! severity, in the profile `proven`, and none in `contract`, whose check looks at the encoding alone.

use crate::Profile;
use crate::model::Severity;

use super::{compared, findings};

fn logical(raw: &str, logical: &str) -> String {
    format!(r#"{{"type": "{raw}", "logicalType": "{logical}"}}"#)
}

fn decimal(precision: u8, scale: u8) -> String {
    format!(
        r#"{{"type": "bytes", "logicalType": "decimal", "precision": {precision}, "scale": {scale}}}"#
    )
}

fn fixed(size: u8, rest: &str) -> String {
    format!(r#"{{"type": "fixed", "name": "F", "size": {size}{rest}}}"#)
}

fn record(fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#)
}

/// Expects the one finding of each direction, an error or a warning that has a witness, or none.
#[track_caller]
fn silent(old: &str, new: &str, backward: Option<&str>, forward: Option<&str>) {
    let comparison = findings(old, new);
    let rows: Vec<String> = comparison
        .findings
        .iter()
        .map(|finding| {
            let severity = finding.severity.name();
            let direction = finding.direction.level_name();
            assert!(finding.witness.is_some(), "{old}\n{new}\n{finding:?}");
            format!("{direction} {severity} {}", finding.rule.id)
        })
        .collect();
    let row = |direction: &str, rule: Option<&str>| {
        let severity = match rule {
            Some("avro/decimal-changed") => Severity::Error,
            _ => Severity::Warning,
        };
        rule.map(|rule| format!("{direction} {} {rule}", severity.name()))
    };
    let expected = [row("BACKWARD", backward), row("FORWARD", forward)];
    let expected: Vec<String> = expected.into_iter().flatten().collect();
    assert_eq!(rows, expected, "{old}\n{new}");
    let contract = compared(old, new, Profile::Contract);
    assert!(contract.findings.is_empty(), "{:?}", contract.findings);
    assert!(contract.undecided.is_empty());
}

#[track_caller]
fn both_ways(old: &str, new: &str, rule: &str) {
    silent(old, new, Some(rule), Some(rule));
}

#[test]
fn decimals_of_other_scale_or_precision_are_errors() {
    for (old, new) in [
        (decimal(9, 2), decimal(9, 3)),
        (decimal(9, 2), decimal(3, 2)),
        (decimal(9, 0), decimal(9, 9)),
        (decimal(4, 2), decimal(9, 4)),
    ] {
        both_ways(&old, &new, "avro/decimal-changed");
    }
    let on_fixed = |precision: u8| {
        let rest = format!(r#", "logicalType": "decimal", "precision": {precision}, "scale": 1"#);
        fixed(1, &rest)
    };
    both_ways(&on_fixed(2), &on_fixed(1), "avro/decimal-changed");
}

#[test]
fn units_zones_and_meanings_are_warnings() {
    let long = |name: &str| logical("long", name);
    let rule = "avro/logical-type-changed";
    let times = ["timestamp-millis", "timestamp-micros", "timestamp-nanos"];
    let locals = times.map(|name| format!("local-{name}"));
    for (old, new) in times.iter().zip(times.iter().cycle().skip(1)) {
        both_ways(&long(old), &long(new), rule);
    }
    for (utc, local) in times.iter().zip(&locals) {
        both_ways(&long(utc), &long(local), rule);
        both_ways(&long(utc), "\"long\"", rule);
        both_ways("\"long\"", &long(local), rule);
    }
    both_ways(&long("time-micros"), &long("timestamp-micros"), rule);
    both_ways("\"int\"", &logical("int", "date"), rule);
    both_ways(
        &logical("int", "date"),
        &logical("int", "time-millis"),
        rule,
    );
    both_ways(&decimal(9, 2), "\"bytes\"", rule);
    both_ways("\"string\"", &logical("string", "uuid"), rule);
    both_ways(
        &fixed(12, ""),
        &fixed(12, r#", "logicalType": "duration""#),
        rule,
    );
    both_ways(
        &fixed(16, ""),
        &fixed(16, r#", "logicalType": "uuid""#),
        rule,
    );
    // An invalid logical type is none.
    both_ways(&decimal(9, 2), &decimal(2, 9), rule);
}

#[test]
fn meanings_change_along_promotions_too() {
    for (old, new) in [
        (logical("int", "date"), logical("long", "timestamp-millis")),
        (
            logical("int", "time-millis"),
            logical("long", "time-micros"),
        ),
        (logical("int", "date"), "\"long\"".to_owned()),
    ] {
        let comparison = findings(&old, &new);
        let rules: Vec<_> = comparison.findings.iter().map(|f| f.rule.id).collect();
        assert_eq!(rules, ["avro/logical-type-changed", "avro/type-changed"]);
    }
}

#[test]
fn logical_types_on_types_that_do_not_match_are_a_matter_of_the_types() {
    let on_fixed = fixed(
        4,
        r#", "logicalType": "decimal", "precision": 9, "scale": 2"#,
    );
    for (old, new) in [
        (decimal(9, 2), on_fixed),
        (
            logical("string", "uuid"),
            fixed(16, r#", "logicalType": "uuid""#),
        ),
    ] {
        let comparison = findings(&old, &new);
        let rules: Vec<_> = comparison.findings.iter().map(|f| f.rule.id).collect();
        assert_eq!(rules, ["avro/type-changed"; 2], "{old} {new}");
    }
    // What cannot be read has no meaning to change.
    let comparison = findings(&fixed(12, r#", "logicalType": "duration""#), &fixed(16, ""));
    let rules: Vec<_> = comparison.findings.iter().map(|f| f.rule.id).collect();
    assert_eq!(rules, ["avro/fixed-size-changed"; 2]);
}

#[test]
fn symbols_fields_defaults_and_branches_are_warnings() {
    let symbols = |list: &str| {
        format!(r#"{{"type": "enum", "name": "E", "symbols": [{list}], "default": "A"}}"#)
    };
    let (long, short) = (symbols(r#""A", "B", "C""#), symbols(r#""A""#));
    silent(&long, &short, Some("avro/enum-symbol-swallowed"), None);
    silent(&short, &long, None, Some("avro/enum-symbol-swallowed"));

    let field = |default: u8| {
        record(&format!(
            r#"{{"name": "a", "type": "int", "default": {default}}}"#
        ))
    };
    both_ways(&field(0), &field(1), "avro/default-changed");

    let a = |field: &str| {
        let fields = format!(r#"{{"name": "{field}", "type": "string", "default": "d"}}"#);
        format!(r#"["null", {}]"#, record(&fields))
    };
    both_ways(&a("x"), &a("y"), "avro/data-ignored");

    silent(
        r#"["int", "long"]"#,
        r#"["long", "int"]"#,
        Some("avro/union-branch-unclear"),
        None,
    );
    silent(
        r#"["string", "null"]"#,
        r#"["bytes", "string", "null"]"#,
        Some("avro/union-branch-unclear"),
        Some("avro/bytes-read-as-string"),
    );
    silent(
        "\"bytes\"",
        "\"string\"",
        Some("avro/bytes-read-as-string"),
        None,
    );
    silent(
        "\"string\"",
        "\"bytes\"",
        None,
        Some("avro/bytes-read-as-string"),
    );
}

#[test]
fn look_alikes_are_silent() {
    let old = record(
        r#"{"name": "a", "type": "int"}, {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}}"#,
    );
    let new = r#"{"type": "record", "name": "R", "doc": "new", "x": [1], "fields": [
        {"name": "e", "order": "ignore", "type": {"type": "enum", "name": "E", "doc": "e", "symbols": ["B", "A"]}},
        {"name": "a", "doc": "a", "order": "descending", "type": {"type": "int", "x": 1}}]}"#;
    silent(&old, new, None, None);
    silent("\"long\"", &logical("long", "no-such-type"), None, None);
    silent("\"string\"", &logical("string", "date"), None, None);
    silent(r#"["null", "int"]"#, r#"["int", "null"]"#, None, None);
}

#[test]
fn a_witness_tells_its_own_failure_from_others() {
    let old = record(r#"{"name": "a", "type": "long"}, {"name": "b", "type": "long"}"#);
    let new = record(
        r#"{"name": "a", "type": "string"}, {"name": "b", "type": "null"},
           {"name": "c", "type": "int"}, {"name": "d", "type": "int"}"#,
    );
    let outcomes = |old: &str, new: &str| -> Vec<String> {
        let comparison = findings(old, new);
        let backward = comparison
            .findings
            .iter()
            .filter(|f| f.direction == crate::Direction::Backward);
        let witnesses = backward.filter_map(|finding| finding.witness.as_ref());
        witnesses.map(|witness| witness.outcome.clone()).collect()
    };
    let fails = |reason: &str| format!("reading it with the new schema fails, {reason}");
    assert_eq!(
        outcomes(&old, &new),
        [
            fails("a long is no string"),
            fails("a long is no null"),
            fails("field `c` is missing and has no default"),
            fails("field `d` is missing and has no default"),
        ]
    );
    let timed = |raw: &str, logical: &str| {
        record(&format!(
            r#"{{"name": "a", "type": "{raw}"}},
               {{"name": "b", "type": {{"type": "long", "logicalType": "{logical}"}}}}"#
        ))
    };
    assert_eq!(
        outcomes(
            &timed("long", "timestamp-millis"),
            &timed("string", "timestamp-micros")
        ),
        [
            fails("a long is no string"),
            "reading it with the new schema gives the same value, taken as `timestamp-micros` \
             instead of `timestamp-millis`, once the rest can be read"
                .to_owned(),
        ]
    );
}

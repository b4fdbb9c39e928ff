//! Every limit is reached, and says so.

use crate::model::{Direction, Verdict};
use crate::{Format, Options, SchemaInput, Source};

use super::super::contract::MAX_LINES_BYTES;
use super::super::defaults::MAX_COMPARED_PARTS;
use super::super::diff::MAX_ROUTE;
use super::super::hint::MAX_SEARCHED_FIELDS;
use super::super::parse::{MAX_TEXT_BYTES, MAX_TYPES, MAX_UNION_BRANCHES};
use super::super::sample::MAX_FIXED_BYTES;
use super::super::witness::{MAX_PARTS, MAX_PRECISION};
use super::super::{MAX_DATUM_DEPTH, MAX_PROBLEMS, Schema};
use super::compare;
use super::parse_as;

fn problems(text: String) -> Vec<String> {
    let input = SchemaInput::new(Format::Avro, Source::new("t", text));
    let problems = Schema::parse(&input).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn texts_are_bounded() {
    let long = format!("\"int\"{}", " ".repeat(MAX_TEXT_BYTES));
    assert_eq!(
        problems(long),
        ["`t` is longer than 16777216 bytes, the limit of a schema text"]
    );
}

#[test]
fn nesting_is_bounded_by_the_reader_of_json() {
    let arrays = |n: usize| {
        format!(
            "{}\"int\"{}",
            r#"{"type": "array", "items": "#.repeat(n),
            "}".repeat(n)
        )
    };
    assert_eq!(problems(arrays(256)), Vec::<String>::new());
    let found = problems(arrays(257));
    assert!(
        found
            .iter()
            .all(|p| p.ends_with("nested deeper than 256 levels")),
        "{found:?}"
    );
    assert_eq!(found.len(), 1);
    // Also the deepest that is read can be compared and printed.
    let (old, new) = (parse_as("t", &arrays(256)), parse_as("t", &arrays(255)));
    let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
    assert_eq!(comparison.verdict(), Verdict::Incompatible);
}

#[test]
fn the_deepest_default_and_the_deepest_records_are_read() {
    let value = format!("{}null{}", r#"{"next": "#.repeat(250), "}".repeat(250));
    let text = format!(
        r#"{{"type": "record", "name": "R", "fields": [
            {{"name": "next", "type": ["null", "R"], "default": {value}}}]}}"#
    );
    let with_default = parse_as("t", &text);
    let old = parse_as("t", r#"{"type": "record", "name": "R", "fields": []}"#);
    let comparison = compare(
        &old,
        &with_default,
        &[Direction::Backward],
        &Options::default(),
    );
    assert_eq!(comparison.verdict(), Verdict::Compatible);

    let record = |levels: usize, end: &str| {
        (0..levels).fold(format!("\"{end}\""), |inner, at| {
            format!(
                r#"{{"type": "record", "name": "R{at}", "fields": [{{"name": "f", "type": {inner}}}]}}"#
            )
        })
    };
    let (old, new) = (
        parse_as("t", &record(85, "int")),
        parse_as("t", &record(85, "null")),
    );
    let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
    assert!(comparison.findings[0].witness.is_some());
}

#[test]
fn types_are_bounded() {
    let field = |at| format!("{{\"name\":\"f{at:x}\",\"type\":\"int\"}}");
    let fields: Vec<String> = (0..MAX_TYPES).map(field).collect();
    let text = format!(
        "{{\"type\":\"record\",\"name\":\"R\",\"fields\":[{}]}}",
        fields.join(",")
    );
    let found = problems(text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("the schema has more than 500000 types, the limit"));
}

#[test]
fn unions_are_bounded() {
    let branches = |n: usize| {
        let fixed = |at| format!(r#"{{"type": "fixed", "name": "F{at}", "size": 1}}"#);
        let all: Vec<String> = (0..n).map(fixed).collect();
        format!("[{}]", all.join(","))
    };
    assert_eq!(problems(branches(MAX_UNION_BRANCHES)), Vec::<String>::new());
    assert_eq!(
        problems(branches(MAX_UNION_BRANCHES + 1)),
        ["t:1:1: the union has more than 1000 branches, the limit"]
    );
}

#[test]
fn what_stands_in_a_union_that_is_too_wide_is_not_called_unknown() {
    let branches = vec![r#"{"type": "fixed", "name": "F", "size": 1}"#; MAX_UNION_BRANCHES + 1];
    let text = format!(
        r#"{{"type": "record", "name": "R", "fields": [
            {{"name": "a", "type": [{}]}}, {{"name": "b", "type": "F"}}]}}"#,
        branches.join(",")
    );
    assert_eq!(
        problems(text),
        ["t:2:35: the union has more than 1000 branches, the limit"]
    );
}

#[test]
fn warnings_are_bounded() {
    let field = |n| format!(r#"{{"name": "f{n}", "doc": 1, "type": "int"}}"#);
    let fields: Vec<String> = (0..=MAX_PROBLEMS).map(field).collect();
    let schema = parse_as(
        "t",
        &format!(
            r#"{{"type": "record", "name": "R", "fields": [{}]}}"#,
            fields.join(",")
        ),
    );
    assert_eq!(schema.warnings().len(), MAX_PROBLEMS);
}

#[test]
fn problems_are_bounded() {
    let text = format!("[{}1]", "1,".repeat(MAX_PROBLEMS));
    assert_eq!(problems(text).len(), MAX_PROBLEMS);
}

/// A record whose fields define the records `n0.R`, `n1.R`, …, each with fields `a` and `b` that
/// refer to the ones so many steps before it.
fn ladder(steps: usize, back: [usize; 2]) -> String {
    let mut fields = Vec::new();
    for at in 0..steps {
        let parts = ["a", "b"]
            .into_iter()
            .zip(back)
            .filter(|(_, back)| *back <= at);
        let parts: Vec<String> = parts
            .map(|(name, back)| {
                let ty = format!("[\"null\", \"n{}.R\"]", at - back);
                format!("{{\"name\": \"{name}\", \"type\": {ty}, \"default\": null}}")
            })
            .collect();
        let record = format!(
            "{{\"type\": \"record\", \"name\": \"n{at}.R\", \"fields\": [{}]}}",
            parts.join(", ")
        );
        fields.push(format!("{{\"name\": \"f{at}\", \"type\": {record}}}"));
    }
    let fields = fields.join(", ");
    format!("{{\"type\": \"record\", \"name\": \"Top\", \"fields\": [{fields}]}}")
}

#[test]
fn pairs_are_bounded_and_then_it_is_undecided() {
    let (old, new) = (
        parse_as("old", &ladder(1_100, [1, 2])),
        parse_as("new", &ladder(1_100, [2, 1])),
    );
    let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
    assert_eq!(comparison.verdict(), Verdict::Undecided);
    assert_eq!(
        comparison.undecided[0].reason,
        "the schemas have more than 500000 pairs of types to compare, the limit; split them"
    );
}

/// A record of which only the field `last` is shared with the other version; it leads to the type
/// `end` through a chain of so many references.
fn chain(version: &str, links: usize, end: &str) -> String {
    chain_through(&["n"], version, links, end)
}

/// The same where each link refers to the next by so many fields.
fn chain_through(names: &[&str], version: &str, links: usize, end: &str) -> String {
    let field = |at| {
        let inner = match at {
            0 => end.to_owned(),
            _ => format!("L{}", at - 1),
        };
        let fields = names
            .iter()
            .map(|name| format!(r#"{{"name": "{name}", "type": "{inner}"}}"#));
        let fields: Vec<String> = fields.collect();
        format!(
            r#"{{"name": "{version}{at}", "default": null, "type": ["null",
                {{"type": "record", "name": "L{at}", "fields": [{}]}}]}},"#,
            fields.join(", ")
        )
    };
    let fields: String = (0..links).map(field).collect();
    let last = format!(r#"{{"name": "last", "type": "L{}"}}"#, links - 1);
    format!(r#"{{"type": "record", "name": "Top", "fields": [{fields}{last}]}}"#)
}

#[test]
fn a_change_at_the_end_of_a_long_chain_is_found_without_a_witness() {
    let ends = |links| {
        let old = parse_as("old", &chain("o", links, "int"));
        let new = parse_as("new", &chain("n", links, "string"));
        let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
        assert_eq!(comparison.findings.len(), 1);
        let finding = &comparison.findings[0];
        assert_eq!(finding.message, "field `n` was int and is now string");
        (
            finding.witness.is_some(),
            !comparison.wire_messages().is_empty(),
        )
    };
    assert_eq!(ends(MAX_DATUM_DEPTH - 10), (true, true));
    assert_eq!(ends(MAX_DATUM_DEPTH + 10), (false, true));
    assert_eq!(ends(MAX_ROUTE + 10), (false, false));
}

#[test]
fn exponentially_many_ways_to_what_is_too_far_to_show_cost_nothing() {
    let parse = |version, end| {
        parse_as(
            version,
            &chain_through(&["a", "b"], version, MAX_ROUTE + 10, end),
        )
    };
    let (old, new) = (parse("o", "int"), parse("n", "string"));
    let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
    assert_eq!(comparison.verdict(), Verdict::Incompatible);
    assert_eq!(comparison.findings.len(), 2);
    assert!(comparison.wire_lines.is_empty());
}

#[test]
fn the_bytes_of_the_contracts_lines_are_bounded() {
    let schema = |prefix: &str| {
        let symbols: Vec<String> = (0..5_000).map(|at| format!("\"{prefix}{at}\"")).collect();
        let uses = (0..100).map(|at| format!(r#", {{"name": "f{at}", "type": "E"}}"#));
        let text = format!(
            r#"{{"type": "record", "name": "R", "fields": [{{"name": "e", "type":
                {{"type": "enum", "name": "E", "symbols": [{}]}}}}{}]}}"#,
            symbols.join(","),
            uses.collect::<String>()
        );
        parse_as("t", &text)
    };
    let (old, new) = (schema("a"), schema("b"));
    let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
    let lengths: Vec<usize> = comparison
        .wire_lines
        .iter()
        .map(|(_, line)| line.len())
        .collect();
    let (bytes, most) = (lengths.iter().sum::<usize>(), lengths.iter().max().copied());
    assert!(bytes <= MAX_LINES_BYTES, "{bytes}");
    assert!(
        bytes + most.unwrap_or_default() > MAX_LINES_BYTES,
        "{bytes}"
    );
}

/// A record whose fields all default to a record of as many fields, each of which has a default.
fn full_of_defaults(count: usize, default: &str) -> String {
    let inner = (0..count).map(|at| format!(r#"{{"name": "i{at}", "type": "int", "default": 0}}"#));
    let outer =
        (0..count).map(|at| format!(r#", {{"name": "o{at}", "type": "B", "default": {default}}}"#));
    format!(
        r#"{{"type": "record", "name": "R", "fields": [{{"name": "b", "type":
            {{"type": "record", "name": "B", "fields": [{}]}}}}{}]}}"#,
        inner.collect::<Vec<_>>().join(", "),
        outer.collect::<String>()
    )
}

#[test]
fn the_steps_that_defaults_take_are_bounded() {
    assert_eq!(problems(full_of_defaults(900, "{}")), Vec::<String>::new());
    let found = problems(full_of_defaults(4_000, "{}"));
    assert_eq!(found.len(), 1, "{found:?}");
    let message = "the default of field `o249`: with it the defaults take more than 2000000 steps to \
                   check, the limit; use fewer defaults that leave out fields of large records";
    assert!(found[0].ends_with(message), "{found:?}");
}

#[test]
fn defaults_are_compared_by_what_they_mean_up_to_a_limit() {
    let changed = |count: usize| {
        let [old, new] = ["{}", r#"{"i0": 0}"#];
        let [old, new] = [old, new].map(|default| parse_as("t", &full_of_defaults(count, default)));
        let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
        comparison.findings.len()
    };
    assert_eq!(changed(300), 0);
    let compared = MAX_COMPARED_PARTS / (2 * 601);
    assert_eq!(changed(600), 600 - compared);
}

#[test]
fn many_unclear_aliases_are_told_without_a_search_each() {
    const COUNT: usize = 8_000;
    let record = |alias: &dyn Fn(usize) -> String| {
        let fields: Vec<String> = (0..COUNT)
            .map(|at| format!(r#"{{"name": "a{at}", "type": "int"{}}}"#, alias(at)))
            .collect();
        let text = format!(
            r#"{{"type": "record", "name": "R", "fields": [{}]}}"#,
            fields.join(",")
        );
        parse_as("t", &text)
    };
    // Each pair of neighbours exchanges its names.
    let old = record(&|_| String::new());
    let new = record(&|at| format!(r#", "aliases": ["a{}"]"#, at ^ 1));
    let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
    assert_eq!(comparison.findings.len(), COUNT);
    let shown = comparison.findings.iter().filter(|it| it.witness.is_some());
    // The fields of both records, and the datum.
    assert_eq!(shown.count(), MAX_PARTS / (3 * COUNT));
}

#[test]
fn trying_a_long_default_with_each_branch_takes_steps_too() {
    let branches = (0..MAX_UNION_BRANCHES - 1)
        .map(|at| format!(r#"{{"type": "fixed", "name": "F{at}", "size": 1}}"#));
    let text = format!(
        r#"{{"type": "record", "name": "R", "fields": [
            {{"name": "a", "type": [{}, "string"], "default": "{}"}}]}}"#,
        branches.collect::<Vec<_>>().join(", "),
        "x".repeat(200_000)
    );
    let found = problems(text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("take more than 2000000 steps"),
        "{found:?}"
    );
}

#[test]
fn a_default_whose_first_branch_leads_back_to_it_costs_no_stack() {
    let schema = |number: &str| {
        format!(
            r#"{{"type": "record", "name": "R", "fields": [
                {{"name": "c", "type": ["R", {{"type": "map", "values": "int"}}], "default": {{"b": {number}}}}},
                {{"name": "b", "type": "string"}}]}}"#
        )
    };
    // `{"b": 2}` is no `R`, which is known only once the field `c` that it leaves out was looked at.
    let [old, new] = ["2", "3"].map(|number| parse_as("t", &schema(number)));
    assert!(old.normalized_text().contains(r#""default":{"b":2}"#));
    let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
    let rules: Vec<&str> = comparison.findings.iter().map(|f| f.rule.id).collect();
    assert_eq!(rules, ["avro/default-changed"]);
}

/// A record of that many fields called `{stem}0`, `{stem}1` …
fn wide(stem: &str, count: usize) -> Schema {
    let field = |n| format!(r#"{{"name": "{stem}{n}", "type": "int"}}"#);
    let fields: Vec<String> = (0..count).map(field).collect();
    parse_as(
        "t",
        &format!(
            r#"{{"type": "record", "name": "R", "fields": [{}]}}"#,
            fields.join(",")
        ),
    )
}

#[test]
fn a_datum_that_lacks_many_fields_uses_up_the_witnesses() {
    let (none, many) = (wide("f", 0), wide("f", 1_000));
    let options = Options::default();
    let comparison = compare(&none, &many, &[Direction::Backward], &options);
    let findings = &comparison.findings;
    let shown = findings.iter().filter(|finding| finding.witness.is_some());
    assert_eq!(findings.len(), 1_000);
    assert_eq!(shown.count(), MAX_PARTS / 1_001 + 1);
}

#[test]
fn a_missing_field_is_not_searched_for_in_a_record_that_is_too_wide() {
    let edits = |count| {
        let (old, new) = (wide("f", count), wide("g", count));
        let options = Options::default();
        let comparison = compare(&old, &new, &[Direction::Forward], &options);
        let hints = comparison.findings.iter().filter_map(|it| it.hint.as_ref());
        hints.filter(|hint| !hint.edits.is_empty()).count()
    };
    assert_eq!(edits(MAX_SEARCHED_FIELDS), MAX_SEARCHED_FIELDS);
    assert_eq!(edits(MAX_SEARCHED_FIELDS + 1), 0);
}

/// What the witness of the only finding in the backward direction says, if there is one.
fn outcome(old: &str, new: &str) -> Option<String> {
    let (old, new) = (parse_as("old", old), parse_as("new", new));
    let comparison = compare(&old, &new, &[Direction::Backward], &Options::default());
    let [finding] = &*comparison.findings else {
        panic!("one finding is expected: {:?}", comparison.findings);
    };
    finding
        .witness
        .as_ref()
        .map(|witness| witness.outcome.clone())
}

#[test]
fn no_witness_fills_a_large_fixed() {
    let record = |bytes: usize, ty: &str| {
        format!(
            r#"{{"type": "record", "name": "R", "fields": [
                {{"name": "f", "type": {{"type": "fixed", "name": "F", "size": {bytes}}}}},
                {{"name": "a", "type": "{ty}"}}]}}"#
        )
    };
    let shown = |bytes| outcome(&record(bytes, "int"), &record(bytes, "string")).is_some();
    assert!(shown(MAX_FIXED_BYTES));
    assert!(!shown(MAX_FIXED_BYTES + 1));
}

#[test]
fn no_witness_is_a_number_of_too_many_digits() {
    let decimal = |precision: usize| {
        format!(r#"{{"type": "bytes", "logicalType": "decimal", "precision": {precision}}}"#)
    };
    let too_large = |to| {
        let outcome = outcome(&decimal(MAX_PRECISION * 2), &decimal(to)).expect("a witness");
        outcome.contains(&format!("more than the {to} digits"))
    };
    assert!(too_large(MAX_PRECISION));
    assert!(!too_large(MAX_PRECISION + 1));
}

//! Data of others, read in place where `CONFORMANCE_DIR` says: evidence, not truth.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::super::{
    Between, Schema, Tree, TreeFile, TreeOptions, compare, compare_trees, print, syntax,
};
use crate::conformance::rows;
use crate::model::{Category, Direction, Problem, Source, Verdict};
use crate::{Format, Options, Profile, Reference, SchemaInput};

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn registered(row: &Value, side: &str) -> Result<Schema, Vec<Problem>> {
    let mut input = SchemaInput::new(Format::Protobuf, Source::new(side, string(&row[side])));
    for dependency in row[format!("dependencies_{side}")]
        .as_array()
        .into_iter()
        .flatten()
    {
        let name = string(&dependency["name"]);
        input.references.push(Reference {
            source: Source::new(name.as_str(), string(&dependency["schema"])),
            name,
        });
    }
    Schema::parse(&input)
}

#[test]
fn the_rows_of_the_contract_agree() {
    let options = Options {
        profile: Profile::Contract,
        ..Options::default()
    };
    let mut differing = Vec::new();
    let rows = rows("confluent-proto-diff.jsonl");
    for row in &rows {
        let name = string(&row["name"]);
        let (old, new) = match (registered(row, "old"), registered(row, "new")) {
            (Ok(old), Ok(new)) => (old, new),
            (old, new) => {
                println!("{name}: {:?} {:?}", old.err(), new.err());
                differing.push(name);
                continue;
            }
        };
        let comparison = compare(
            &old,
            &new,
            &[Direction::Backward],
            &options,
            Between::default(),
        );
        let compatible = comparison.verdict() == Verdict::Compatible;
        let found: BTreeSet<String> = comparison
            .findings
            .iter()
            .filter_map(|finding| finding.wire_message.as_ref())
            .filter_map(|message| message.split('"').nth(1).map(str::to_owned))
            .collect();
        let listed = row["changes"].as_array().into_iter().flatten().map(string);
        let listed: BTreeSet<String> = listed
            .filter_map(|change| change.split(' ').next().map(str::to_owned))
            .collect();
        if Value::Bool(compatible) != row["backward_compatible"] || !found.is_subset(&listed) {
            println!("{name}: {found:?} against {listed:?}");
            differing.push(name);
        }
    }
    println!(
        "{} of {} rows agree",
        rows.len() - differing.len(),
        rows.len()
    );
    assert_eq!(differing, [""; 0]);
}

/// Texts that the contract prints and we do not read, since `protoc` refuses them.
const NO_TEXTS: [&str; 6] = [
    // `10f` is no number.
    "testComplexCustomOptions3#1",
    "testComplexCustomOptions3#2",
    // An option that is set twice.
    "testComplexCustomOptions2#2",
    // An extension of a message that is not imported.
    "testComplexEnum#2",
    // An extension that is not there.
    "testNormalizationWithExtensions2#2",
    // A part of an element of a repeated option.
    "testNormalizationWithRepeatedNestedCustomOptions#1",
];

#[test]
fn the_contracts_texts_are_printed() {
    let (mut differing, mut unread) = (Vec::new(), BTreeSet::new());
    let mut counted = 0;
    for row in rows("confluent-canonical.jsonl") {
        if row["format"] != "PROTOBUF" {
            continue;
        }
        let name = string(&row["name"]);
        counted += 1;
        let source = Source::new("t", string(&row["input"]));
        let printed = if row["normalize"] == true {
            let input = SchemaInput::new(Format::Protobuf, source);
            Schema::parse(&input).map(|schema| schema.normalized_text())
        } else {
            // The contract does not link what it prints.
            syntax::parse(&source).map(|_| print::written_text(&source))
        };
        match printed {
            Ok(text) if text == string(&row["expected"]) => {}
            Ok(text) => {
                println!("{name}:\n{text}\nexpected:\n{}", string(&row["expected"]));
                differing.push(name);
            }
            Err(problems) => {
                println!("{name}: {}", problems[0]);
                unread.insert(name);
            }
        }
    }
    println!("{} of {counted} rows differ", differing.len());
    assert_eq!(differing, [""; 0]);
    let known = NO_TEXTS.iter().filter(|_| counted > 0);
    let known: BTreeSet<String> = known.map(|name| (*name).to_owned()).collect();
    assert_eq!(unread, known);
}

/// The text that a part of a generated input stands for.
fn generated(parts: &Value) -> String {
    parts.as_array().into_iter().flatten().map(part).collect()
}

fn part(part: &Value) -> String {
    let Some(text) = part.get("text").and_then(Value::as_str) else {
        return string(part);
    };
    let from = part["from"].as_u64().unwrap_or(0);
    let repeat = part["repeat"].as_u64().unwrap_or(0);
    (from..from + repeat)
        .map(|number| substituted(text, number))
        .collect()
}

fn substituted(text: &str, number: u64) -> String {
    let mut text = text
        .replace("{i}", &number.to_string())
        .replace("{2i+1}", &(2 * number + 1).to_string())
        .replace("{prev}", &number.saturating_sub(1).to_string());
    while let Some(start) = text.find("{i+") {
        let end = start + text[start..].find('}').expect("is closed");
        let more: u64 = text[start + 3..end].parse().expect("is a number");
        text.replace_range(start..=end, &(number + more).to_string());
    }
    text
}

fn files(row: &Value) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (path, text) in row["files"].as_object().into_iter().flatten() {
        files.push((path.clone(), string(text)));
    }
    for (path, parts) in row["generator"].as_object().into_iter().flatten() {
        files.push((path.clone(), generated(parts)));
    }
    if let Some(more) = row.get("generator_files") {
        let many = more
            .as_array()
            .map_or(std::slice::from_ref(more), Vec::as_slice);
        for pattern in many {
            let repeat = pattern["repeat"].as_u64().unwrap_or(0);
            let from = pattern["from"].as_u64().unwrap_or(0);
            for number in from..from + repeat {
                files.push((
                    substituted(&string(&pattern["path"]), number),
                    substituted(&string(&pattern["text"]), number),
                ));
            }
        }
    }
    files
}

fn tree(files: &[(String, String)]) -> Tree {
    Tree::new(
        files
            .iter()
            .filter(|(path, _)| path != "buf.yaml")
            .map(|(path, text)| TreeFile {
                import_path: path.clone(),
                source: Source::new(path.as_str(), text.as_str()),
                import_only: false,
            }),
    )
}

/// Larger inputs take an unoptimised build too long.
const DEBUG_BYTES_MAX: usize = 2 << 20;

#[test]
fn texts_are_accepted_and_refused_as_protoc_does() {
    let mut differing = Vec::new();
    let mut counted = 0;
    for row in rows("proto-invalid.jsonl") {
        let name = string(&row["name"]);
        let mut files = files(&row);
        let encoded = row.get("files_base64").and_then(Value::as_object);
        files.extend(encoded.into_iter().flatten().map(|(path, bytes)| {
            let bytes = STANDARD.decode(string(bytes)).expect("is base64");
            (path.clone(), crate::protobuf::text_of(bytes))
        }));
        let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
        if cfg!(debug_assertions) && bytes > DEBUG_BYTES_MAX {
            println!("skipped: {name} has {bytes} bytes, run it with --release");
            continue;
        }
        let problems = tree(&files).problems();
        let answer = if problems.is_empty() {
            "accept"
        } else {
            "reject"
        };
        let expected = string(&row["expected"]);
        counted += 1;
        if expected != "bounded" && expected != answer {
            let first = problems.first().map(ToString::to_string);
            println!(
                "{name}: {answer}, protoc says {expected} {}; {first:?}",
                row["protoc"]["errors"]
            );
            differing.push(name);
        }
    }
    println!("{} of {counted} rows agree", counted - differing.len());
    assert_eq!(differing, [""; 0]);
}

/// What `buf` says otherwise than we do, each with its reason.
const BUF_KNOWN: [(&str, &str); 23] = [
    (
        "breaking_enum_same_json_format",
        "looser JSON names hurt no document that was written",
    ),
    (
        "breaking_enum_same_type",
        "looser JSON names hurt no document that was written",
    ),
    (
        "breaking_field_same_java_utf8_validation",
        "looser JSON names hurt no document that was written",
    ),
    (
        "breaking_field_same_jstype",
        "proto2's looser JSON names hurt no document that was written",
    ),
    (
        "breaking_file_same_syntax",
        "the bytes do not know packages, by execution",
    ),
    (
        "breaking_file_same_values",
        "the bytes do not know packages, by execution",
    ),
    (
        "breaking_message_same_json_format",
        "looser JSON names hurt no document that was written",
    ),
    (
        "breaking_policy_empty",
        "nobody reads what was written as the message any more",
    ),
    (
        "breaking_rpc_same_values",
        "GRPC finds it, and it is asked for by default",
    ),
    (
        "edition_add_legacy_required",
        "a required field is one in editions too, by execution",
    ),
    (
        "edition_json_legacy",
        "looser JSON names hurt no document that was written",
    ),
    (
        "enum_delete",
        "the enum is gone from its package, which PACKAGE of buf does not say",
    ),
    (
        "map_field_rename",
        "the bytes of a map do not know its name, by execution",
    ),
    (
        "message_delete_nested",
        "nobody reads what was written as the message any more",
    ),
    (
        "oneof_into_new_single",
        "one field alone in a oneof is read as before, by execution",
    ),
    (
        "package_move_used",
        "the bytes of a message do not know its package, by execution",
    ),
    ("rpc_idempotency_set", "no byte of a call changes"),
    ("rpc_idempotency_unset", "no byte of a call changes"),
    (
        "rpc_request_type",
        "GRPC finds it, and it is asked for by default",
    ),
    (
        "type_enum_to_int32",
        "the number is the same in the bytes, by execution",
    ),
    (
        "type_int32_to_bool",
        "numbers other than 0 and 1 come out as 1, by execution",
    ),
    (
        "type_int32_to_enum",
        "the number is the same in the bytes, by execution",
    ),
    (
        "type_int32_to_int64",
        "old code cuts off what new code writes, by execution",
    ),
];

/// Whether there is any error in each category.
const CATEGORIES: [Category; 4] = [
    Category::Wire,
    Category::WireJson,
    Category::Package,
    Category::File,
];

#[test]
fn every_category_agrees_with_buf_but_for_the_known_points() {
    let (mut differing, mut unread) = (BTreeSet::new(), BTreeSet::new());
    let mut any = false;
    for file in ["proto-probes.jsonl", "buf-breaking.jsonl"] {
        for category in CATEGORIES {
            let (mut agreeing, mut counted) = (0, 0);
            for row in rows(file) {
                let name = string(&row["name"]);
                let Some(theirs) = row["expected"][category.name()].as_array() else {
                    continue;
                };
                let theirs = theirs.iter().map(|finding| string(&finding["rule"]));
                let theirs: BTreeSet<String> = theirs.collect();
                let Some(ours) = errors_of(&row, category) else {
                    unread.insert(name);
                    continue;
                };
                counted += 1;
                if ours.is_empty() == theirs.is_empty() {
                    agreeing += 1;
                } else {
                    println!("{} {name}: {ours:?}, buf says {theirs:?}", category.name());
                    differing.insert(name);
                }
            }
            any |= counted > 0;
            println!(
                "{file} {}: {agreeing} of {counted} rows agree",
                category.name()
            );
        }
    }
    assert_eq!(unread, BTreeSet::new());
    let known = BUF_KNOWN.iter().filter(|_| any);
    let known: BTreeSet<String> = known.map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(differing, known);
}

/// The rules of the errors between the two sides of a row; `None` where one does not compile.
fn errors_of(row: &Value, category: Category) -> Option<BTreeSet<&'static str>> {
    let side = |side: &str| {
        let files = row[side].as_object().into_iter().flatten();
        let files: Vec<_> = files
            .map(|(path, text)| (path.clone(), string(text)))
            .collect();
        tree(&files)
    };
    let options = TreeOptions {
        categories: vec![category],
        errors_only: true,
        ..TreeOptions::default()
    };
    match compare_trees(&side("old"), &side("new"), &options) {
        Ok(comparison) => Some(comparison.errors().map(|finding| finding.rule.id).collect()),
        Err(problems) => {
            let first = problems.old.first().or(problems.new.first());
            println!("{}: {:?}", row["name"], first.map(ToString::to_string));
            None
        }
    }
}

/// A row's schema; the texts that it refers to stand under `resolved`.
fn parsed(row: &Value, text: &Value) -> Result<Schema, Vec<Problem>> {
    let mut input = SchemaInput::new(Format::Protobuf, Source::new("t", string(text)));
    for (name, text) in row["resolved"].as_object().into_iter().flatten() {
        input.references.push(Reference {
            name: name.clone(),
            source: Source::new(name.as_str(), string(text)),
        });
    }
    Schema::parse(&input)
}

fn protobuf_rows(name: &str) -> Vec<Value> {
    let mut found = rows(name);
    found.retain(|row| row["format"] == "PROTOBUF");
    found
}

#[test]
fn the_rows_of_validity_agree() {
    for row in protobuf_rows("confluent-parse.jsonl") {
        let valid = parsed(&row, &row["input"]).is_ok();
        assert_eq!(valid, row["valid"] == true, "{}", row["name"]);
    }
}

#[test]
fn the_rows_of_properties_agree() {
    for row in protobuf_rows("confluent-properties.jsonl") {
        let schema = parsed(&row, &row["input"]).expect("valid");
        let property = string(&row["property"]);
        let found: Value = match property.split_once(':') {
            Some(("hasTopLevelField", field)) => schema.has_top_level_field(field).into(),
            None if property == "name" => schema.name().into(),
            _ => panic!("{}: the property {property} is not known", row["name"]),
        };
        assert_eq!(found, row["expected"], "{}", row["name"]);
    }
}

/// The tags of the texts in which the rows end, which have to be those that other rows of the same case
/// expect.
#[test]
fn the_rows_of_tags_are_read() {
    let rows = protobuf_rows("confluent-tags.jsonl");
    let case = |row: &Value| string(&row["name"]).split('#').next().map(str::to_owned);
    for row in rows.iter().filter(|row| row["expected"].is_string()) {
        // What `protoc` refuses in the texts: an enum that does not start at 0, options without import.
        let import = "\nimport \"confluent/meta.proto\";\nmessage ";
        let mut text = string(&row["expected"]).replace("APPLE = 6", "APPLE = 0");
        if !text.contains("import \"confluent/meta.proto\"") {
            text = text.replacen("\nmessage ", import, 1);
        }
        let schema = parsed(row, &text.into()).expect("valid");
        for other in rows.iter().filter(|other| case(other) == case(row)) {
            if let Some(expected) = other["expected_tags"].as_array() {
                let expected = expected.iter().map(string).collect();
                assert_eq!(schema.tags(), expected, "{}", row["name"]);
            }
            if let Some(expected) = other["expected_entities"].as_array() {
                assert_eq!(entities(&schema), entities_of(expected), "{}", row["name"]);
            }
        }
    }
}

/// Paths with their tags.
type Entities = std::collections::BTreeMap<String, BTreeSet<String>>;

fn entities(schema: &Schema) -> Entities {
    let tagged = schema.tagged_entities().into_iter();
    tagged
        .map(|tagged| {
            let path = format!("{} {}", tagged.entity.kind.name(), tagged.entity.path);
            (path, tagged.tags.into_iter().collect())
        })
        .collect()
}

/// The dot in front is not part of a path; what is said of it last counts.
fn entities_of(expected: &[Value]) -> Entities {
    let entity = |entry: &Value| {
        let path = string(&entry["entityPath"]);
        let kind = string(&entry["entityType"]);
        let tags = entry["tags"].as_array().into_iter().flatten();
        let path = path.strip_prefix('.').unwrap_or(&path);
        (format!("{kind} {path}"), tags.map(string).collect())
    };
    expected.iter().map(entity).collect()
}

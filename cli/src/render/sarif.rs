//! SARIF 2.1.0, the exchange format for results of static analysis. Rules come with their pages.

use checker::Severity;
use checker::model::{Edit, Rule};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Document, Kind, Note, Place, Region};

/// The schema of the format, by the name that the standard gives it.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What a path keeps in a URI.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The log.
pub fn render(document: &Document) -> serde_json::Result<String> {
    let rules = rules(document);
    let index = |note: &Note| rules.iter().position(|rule| rule.0 == note.rule_id());
    let told = document.notes().map(|note| result(note, index(note)));
    let accepted = document.accepted.iter().map(|(note, reason)| {
        let mut result = result(note, index(note));
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
        result
    });
    let results: Vec<Value> = told.chain(accepted).collect();
    let rules: Vec<Value> = rules.iter().map(descriptor).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "schemactl",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "automationDetails": {"id": format!("{}/", document.command)},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log)?;
    text.push('\n');
    Ok(text)
}

/// The rules that judged, by id, each once.
fn rules(document: &Document) -> Vec<(&'static str, Option<&'static Rule>)> {
    let accepted = document.accepted.iter().map(|(note, _)| note);
    let mut rules: Vec<_> = document
        .notes()
        .chain(accepted)
        .map(|note| (note.rule_id(), note.rule))
        .collect();
    rules.sort_by_key(|rule| rule.0);
    rules.dedup_by_key(|rule| rule.0);
    rules
}

fn descriptor((id, rule): &(&'static str, Option<&'static Rule>)) -> Value {
    let Some(rule) = rule else {
        let about = match *id {
            "schema/undecided" => "Compatibility could not be decided.",
            "buf/breaking" => "`buf breaking` reports it; the message begins with its rule.",
            "schema/invalid" => "A text is not a valid schema.",
            _ => "Something is legal and probably not meant.",
        };
        return json!({"id": id, "shortDescription": {"text": about}});
    };
    let categories = rule.categories.iter().map(|category| category.name());
    let level = match rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    json!({
        "id": id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": format!("{} See {}.", rule.summary, rule.reference)},
        "help": {"text": rule.docs, "markdown": rule.docs},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": categories.collect::<Vec<_>>()},
    })
}

fn result(note: &Note, rule_index: Option<usize>) -> Value {
    let (kind, level) = match note.kind {
        Kind::Error | Kind::Invalid => ("fail", "error"),
        Kind::Warning | Kind::Doubtful => ("fail", "warning"),
        // The format's own word for it, which goes with no level.
        Kind::Undecided => ("open", "none"),
    };
    let mut result = json!({
        "ruleId": note.rule_id(),
        "ruleIndex": rule_index,
        "kind": kind,
        "level": level,
        "message": {"text": note.lines().join("\n")},
        "locations": [location(note)],
        // The name is GitHub's, which otherwise takes a fingerprint of the line.
        "partialFingerprints": {"primaryLocationLineHash": note.fingerprint},
    });
    if let Some(fix) = fix(note) {
        result["fixes"] = fix;
    }
    result
}

fn location(note: &Note) -> Value {
    let mut location = json!({"physicalLocation": physical(&note.place)});
    if !note.element.is_empty() {
        location["logicalLocations"] = json!([{"fullyQualifiedName": note.element}]);
    }
    location
}

fn physical(place: &Place) -> Value {
    // GitHub refuses results without a line.
    let region = place
        .region
        .map_or_else(|| json!({"startLine": 1}), |at| region(&at));
    json!({"artifactLocation": artifact(&place.file), "region": region})
}

fn artifact(file: &str) -> Value {
    let path = utf8_percent_encode(file, PATH).to_string();
    if file.starts_with('/') {
        json!({"uri": format!("file://{path}")})
    } else {
        json!({"uri": path, "uriBaseId": "%SRCROOT%"})
    }
}

fn region(at: &Region) -> Value {
    json!({
        "startLine": at.line,
        "startColumn": at.column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
    })
}

/// The remedy, where it is mechanical.
fn fix(note: &Note) -> Option<Value> {
    let first = note.edits.first()?;
    let replacements: Vec<Value> = note.edits.iter().map(replacement).collect();
    let change = json!({
        "artifactLocation": artifact(&first.span.file),
        "replacements": replacements,
    });
    let help = note.details.iter().find(|(word, _)| *word == "help");
    let text = help.map_or("", |(_, text)| text.as_str());
    Some(json!([{"description": {"text": text}, "artifactChanges": [change]}]))
}

fn replacement(edit: &Edit) -> Value {
    json!({
        "deletedRegion": region(&Region {
            line: edit.span.line,
            column: edit.span.column,
            end_line: edit.span.end_line,
            end_column: edit.span.end_column,
        }),
        "insertedContent": {"text": edit.replacement},
    })
}

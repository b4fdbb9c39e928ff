//! One direction of a comparison as the rules see it: who reads, who writes, where things stand.

use std::fmt::Display;

use crate::json::change::{Change, Kind};
use crate::json::contract::{self, Text};
use crate::json::model::Place;
use crate::json::numbers;
use crate::json::parse::Meaning;
use crate::model::{Direction, Finding, Hint, Path, Rule, Source, Span, Witness, WitnessKind};
use crate::text::json;

/// What a rule says about a change.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) message: String,
    /// Beside the reader's assertion.
    pub(crate) reader_label: String,
    /// Beside what the writer says.
    pub(crate) writer_label: String,
    pub(crate) hint: String,
    /// In the words of the wire contract.
    pub(crate) wire: String,
}

/// One direction of a comparison.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(crate) direction: Direction,
    pub(crate) reader: &'a Meaning,
    pub(crate) writer: &'a Meaning,
}

impl View<'_> {
    /// `new` or `old`.
    pub(crate) const fn reader_name(&self) -> &'static str {
        match self.direction {
            Direction::Backward => "new",
            Direction::Forward => "old",
        }
    }

    /// `old` or `new`.
    pub(crate) const fn writer_name(&self) -> &'static str {
        match self.direction {
            Direction::Backward => "old",
            Direction::Forward => "new",
        }
    }

    /// Brings what the reader and the writer have into the order of time.
    pub(crate) fn old_new<T>(&self, reader: T, writer: T) -> (T, T) {
        match self.direction {
            Direction::Backward => (writer, reader),
            Direction::Forward => (reader, writer),
        }
    }

    /// What the keyword says in the old and in the new schema.
    pub(crate) fn old_new_text(&self, change: &Change, absent: &str) -> (String, String) {
        let writer = change
            .writer_text
            .clone()
            .unwrap_or_else(|| absent.to_owned());
        self.old_new(change.reader_text.clone(), writer)
    }

    /// A wording per direction.
    pub(crate) fn either(&self, backward: String, forward: String) -> String {
        match self.direction {
            Direction::Backward => backward,
            Direction::Forward => forward,
        }
    }

    /// A message of the contract about the reader's keyword.
    pub(crate) fn wire(&self, change: &Change, kind: &str, text: Text) -> String {
        contract::message(kind, text, &change.reader.path, self.direction)
    }

    /// The same about the schema that has the keyword.
    pub(crate) fn wire_at_parent(
        &self,
        change: &Change,
        kind: &str,
        text: Text,
        keyword: &str,
    ) -> String {
        let path = parent(&change.reader.path, keyword);
        contract::message(kind, text, &path, self.direction)
    }

    /// The same about a required key: the contract's paths end in the key, not in its index.
    pub(crate) fn wire_required(
        &self,
        change: &Change,
        kind: &str,
        text: Text,
        key: &str,
    ) -> String {
        let list = change
            .reader
            .path
            .as_str()
            .rsplit_once('/')
            .map_or("", |(list, _)| list);
        let list = list.strip_suffix("/required").unwrap_or(list);
        let tail = match text {
            Text::RequiredInUnopen => "properties",
            _ => "required",
        };
        let path = Path::name(list).key(tail).key(key);
        contract::message(kind, text, &path, self.direction)
    }

    /// The same about a property that only the writer has.
    pub(crate) fn wire_closed(&self, change: &Change, kind: &str) -> String {
        let path = change
            .writer
            .as_ref()
            .map_or(&change.reader.path, |writer| &writer.path);
        contract::message(kind, Text::Closed, path, self.direction)
    }

    /// Whether the writer has a property of that name beside the place of the change.
    pub(crate) fn writer_declares(&self, change: &Change, key: &str) -> bool {
        let Some(place) = &change.writer else {
            return false;
        };
        let wanted = place.path.key("properties").key(key);
        let nodes = &self.writer.model.nodes;
        nodes
            .iter()
            .any(|node| node.place.document == place.document && node.place.path == wanted)
    }

    /// Puts a finding together.
    pub(crate) fn finding(&self, rule: &'static Rule, change: &Change, words: Words) -> Finding {
        let reader_span = span(self.reader, &change.reader);
        let writer_span = change
            .writer
            .as_ref()
            .and_then(|place| span(self.writer, place));
        let (old, new) = self.old_new(reader_span, writer_span);
        let (old_label, new_label) = self.old_new(words.reader_label, words.writer_label);
        Finding {
            rule,
            severity: rule.severity,
            direction: self.direction,
            path: element(change),
            old,
            new,
            message: words.message,
            new_label: Some(new_label),
            old_label: Some(old_label),
            hint: Some(Hint {
                text: words.hint,
                edits: Vec::new(),
            }),
            witness: self.witness(change),
            wire_message: Some(words.wire),
            audience: Vec::new(),
        }
    }

    fn witness(&self, change: &Change) -> Option<Witness> {
        let input = change.document.to_text()?;
        let node = json::parse(&Source::new("witness", input.as_str())).ok()?;
        let why = self.reader.rejection(&node, &change.reader.path)?;
        let (writer, reader) = (self.writer_name(), self.reader_name());
        Some(Witness {
            kind: WitnessKind::JsonDocument,
            input,
            bytes_hex: None,
            outcome: format!(
                "the {writer} schema admits it, the {reader} schema refuses it: {why}"
            ),
            output: None,
        })
    }
}

/// The pointer of the element that breaks: the reader's, but for a property that it lacks.
fn element(change: &Change) -> Path {
    match (&change.kind, &change.writer) {
        (Kind::RemovedFromClosed(_), Some(writer)) => writer.path.clone(),
        _ => change.reader.path.clone(),
    }
}

/// The contract's kind for a bound, the keyword in capitals with what became of it: `MIN_ITEMS_ADDED`.
pub(crate) fn bound_kind(change: &Change) -> (String, Text) {
    let is_minimum = ["min", "exclusiveMin"]
        .iter()
        .any(|start| change.keyword.starts_with(start));
    let (tail, text) = match &change.writer_text {
        None => ("ADDED", Text::Added),
        Some(writer) => {
            let wider = numbers::parse(writer) < numbers::parse(&change.reader_text);
            if is_minimum || wider {
                ("INCREASED", Text::Increased)
            } else {
                ("DECREASED", Text::Decreased)
            }
        }
    };
    let mut kind = String::new();
    for c in change.keyword.chars() {
        if c.is_ascii_uppercase() {
            kind.push('_');
        }
        kind.push(c.to_ascii_uppercase());
    }
    (format!("{kind}_{tail}"), text)
}

fn span(meaning: &Meaning, place: &Place) -> Option<Span> {
    let document = meaning.documents.get(place.document)?;
    Some(document.source.span(place.range.clone()))
}

/// The pointer without its last token, if that is the keyword.
fn parent(path: &Path, keyword: impl Display) -> Path {
    let text = path.as_str();
    Path::name(text.strip_suffix(&format!("/{keyword}")).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use crate::{Direction, Format, Options, Schema, SchemaInput, Source, compare};

    fn schema(text: &str) -> Schema {
        let input = SchemaInput::new(Format::Json, Source::new("schema", text));
        Schema::parse(&input).expect("is a schema")
    }

    #[test]
    fn bounds_go_by_the_contracts_names() {
        for (old, new, kind) in [
            ("{}", r#"{"minimum": 1}"#, "MINIMUM_ADDED"),
            (
                r#"{"minimum": 1}"#,
                r#"{"minimum": 2}"#,
                "MINIMUM_INCREASED",
            ),
            (
                r#"{"maximum": 2}"#,
                r#"{"maximum": 1}"#,
                "MAXIMUM_DECREASED",
            ),
            (
                "{}",
                r#"{"exclusiveMinimum": 1}"#,
                "EXCLUSIVE_MINIMUM_ADDED",
            ),
            (
                r#"{"exclusiveMaximum": 2}"#,
                r#"{"exclusiveMaximum": 1}"#,
                "EXCLUSIVE_MAXIMUM_DECREASED",
            ),
            (
                r#"{"minItems": 1}"#,
                r#"{"minItems": 2}"#,
                "MIN_ITEMS_INCREASED",
            ),
            ("{}", r#"{"maxLength": 1}"#, "MAX_LENGTH_ADDED"),
            (
                r#"{"maxProperties": 2}"#,
                r#"{"maxProperties": 1}"#,
                "MAX_PROPERTIES_DECREASED",
            ),
        ] {
            let directions = [Direction::Backward];
            let comparison = compare(&schema(old), &schema(new), &directions, &Options::default());
            let line = comparison.findings[0].wire_message.as_deref();
            let start = format!("{{errorType:\"{kind}\"");
            assert!(
                line.is_some_and(|line| line.starts_with(&start)),
                "{line:?}"
            );
        }
    }
}

//! Laws that hold for every pair of schemas, on generated ones.
//!
//! A schema is grown from random choices, the other one of a pair is the same with a few of the
//! choices changed, or another one. Data are grown from the writer schema.

use proptest::prelude::*;

use crate::Options;
use crate::model::{Direction, Reader, Verdict, Writer};

use super::super::datum::{self, Datum};
use super::super::decode::{self, Reading};
use super::super::diff::{self, Silent};
use super::super::encode::encode;
use super::super::fuzzing;
use super::super::model::Schema;
use super::super::rules;
use super::compare;
use super::parse_as;

/// Data per pair of schemas.
const SAMPLES: u64 = 24;

/// A stream of random choices (splitmix64).
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).expect("is small")
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// Grows the text of a schema. `shape` decides on the structure, `detail` on what a new version
/// would change.
pub(super) struct Grower {
    shape: Choices,
    detail: Choices,
    /// One of so many details is changed; 0 changes none.
    rate: usize,
    names: Vec<String>,
    count: usize,
}

impl Grower {
    pub(super) fn grow(shape: u64, detail: u64, rate: usize) -> String {
        let mut grower = Self {
            shape: Choices(shape),
            detail: Choices(detail),
            rate,
            names: Vec::new(),
            count: 0,
        };
        grower.ty(3, true)
    }

    fn changed(&mut self) -> bool {
        self.rate > 0 && self.detail.below(self.rate) == 0
    }

    fn primitive(&mut self) -> String {
        let all = [
            "null", "boolean", "int", "long", "float", "double", "bytes", "string",
        ];
        let plain = self.shape.one(&all);
        let name = if self.changed() {
            self.detail.one(&all)
        } else {
            plain
        };
        format!("\"{name}\"")
    }

    fn ty(&mut self, depth: usize, union: bool) -> String {
        let kind = self.shape.below(if depth == 0 { 4 } else { 10 });
        match kind {
            0..=2 => self.primitive(),
            3 if !self.names.is_empty() => {
                let at = self.shape.below(self.names.len());
                format!("\"{}\"", self.names[at])
            }
            4 => format!(
                r#"{{"type": "array", "items": {}}}"#,
                self.ty(depth - 1, true)
            ),
            5 => format!(
                r#"{{"type": "map", "values": {}}}"#,
                self.ty(depth - 1, true)
            ),
            6 => self.enumeration(),
            7 => {
                let head = self.head("fixed");
                let size = self.shape.below(3) + usize::from(self.changed());
                format!("{head}, \"size\": {size}}}")
            }
            8 if union => self.union(depth - 1),
            _ if depth == 0 => self.primitive(),
            _ => self.record(depth - 1),
        }
    }

    fn head(&mut self, kind: &str) -> String {
        self.count += 1;
        let plain = format!("N{}", self.count);
        let (name, alias) = match (self.changed(), self.detail.below(3)) {
            (true, 0) => (
                format!("M{}", self.count),
                format!(", \"aliases\": [\"{plain}\"]"),
            ),
            (true, 1) => (format!("x.{plain}"), String::new()),
            (true, _) => (format!("M{}", self.count), String::new()),
            (false, _) => (plain, String::new()),
        };
        self.names.push(name.clone());
        format!(r#"{{"type": "{kind}", "name": "{name}"{alias}"#)
    }

    fn enumeration(&mut self) -> String {
        let head = self.head("enum");
        let mut symbols = vec!["\"A\"", "\"B\"", "\"C\""];
        if self.changed() {
            symbols.remove(self.detail.below(3));
        }
        let default = if self.changed() {
            format!(", \"default\": {}", symbols[0])
        } else {
            String::new()
        };
        format!("{head}, \"symbols\": [{}]{default}}}", symbols.join(", "))
    }

    fn union(&mut self, depth: usize) -> String {
        let mut branches = vec!["\"null\"".to_owned()];
        for _ in 0..=self.shape.below(3) {
            let branch = self.ty(depth, false);
            let kind = |text: &str| text.split(',').next().unwrap_or_default().to_owned();
            let named = branch.contains("\"name\"");
            let seen = branches.iter().any(|seen| kind(seen) == kind(&branch));
            if named || !seen {
                branches.push(branch);
            }
        }
        if self.changed() {
            branches.rotate_left(1);
        }
        if self.changed() {
            branches.remove(0);
        }
        format!("[{}]", branches.join(", "))
    }

    fn record(&mut self, depth: usize) -> String {
        let head = self.head("record");
        let mut fields = Vec::new();
        for index in 0..self.shape.below(4) {
            let ty = self.ty(depth, true);
            if self.changed() && !ty.contains("\"name\"") {
                continue;
            }
            let alias = match self.changed() {
                true if self.detail.below(2) == 0 => {
                    format!("\"renamed{index}\", \"aliases\": [\"f{index}\"]")
                }
                true => format!("\"renamed{index}\""),
                false => format!("\"f{index}\""),
            };
            fields.push(format!("{{\"name\": {alias}, \"type\": {ty}}}"));
        }
        if self.changed() {
            let default = self
                .detail
                .one(&["", ", \"default\": null", ", \"default\": 1"]);
            fields.push(format!(
                "{{\"name\": \"added\", \"type\": [\"null\", \"int\"]{default}}}"
            ));
        }
        format!("{head}, \"fields\": [{}]}}", fields.join(", "))
    }
}

/// Grows a datum of the schema; `None` where it gets too deep.
fn some_datum(schema: &Schema, choices: &mut Choices) -> Option<Datum> {
    let root = schema.root.id;
    fuzzing::some_datum(schema, root, &mut |limit| choices.below(limit), 12)
}

fn pair() -> impl Strategy<Value = (String, String)> {
    let seeds = (any::<u64>(), any::<u64>(), 2usize..12, any::<bool>());
    seeds.prop_map(|(shape, detail, rate, related)| {
        let other = if related { shape } else { detail };
        (Grower::grow(shape, 0, 0), Grower::grow(other, detail, rate))
    })
}

/// A pair of related schemas, the same for the same seed.
pub(super) fn related(seed: u64) -> (String, String) {
    let detail = seed.wrapping_mul(7).wrapping_add(1);
    (Grower::grow(seed, 0, 0), Grower::grow(seed, detail, 6))
}

pub(super) fn parsed(text: &str) -> Option<Schema> {
    let source = crate::Source::new("t", text);
    Schema::parse(&crate::SchemaInput::new(crate::Format::Avro, source)).ok()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1500,
        // A failure prints its schemas: they become a test by name, not a seed in a file.
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_compatible_is_read((writer_text, reader_text) in pair(), seed in any::<u64>()) {
        let (Some(writer), Some(reader)) = (parsed(&writer_text), parsed(&reader_text)) else {
            return Ok(());
        };
        let comparison = compare(&writer, &reader, &[Direction::Backward], &Options::default());
        if comparison.verdict() != Verdict::Compatible {
            return Ok(());
        }
        for sample in 0..SAMPLES {
            let mut choices = Choices(seed.wrapping_add(sample));
            let Some(datum) = some_datum(&writer, &mut choices) else {
                continue;
            };
            let bytes = encode(&datum);
            let read = decode::decode(Reader(&reader), Writer(&writer), &bytes, Reading::Usual);
            let json = datum::to_json(&writer, writer.root.id, &datum);
            prop_assert!(read.is_ok(), "{writer_text}\n{reader_text}\n{json}\n{read:?}");
        }
    }

    #[test]
    fn what_is_incompatible_has_a_witness((old_text, new_text) in pair()) {
        let (Some(old), Some(new)) = (parsed(&old_text), parsed(&new_text)) else {
            return Ok(());
        };
        let both = [Direction::Backward, Direction::Forward];
        // Types without any datum have none to show.
        if ![&old, &new].into_iter().all(fuzzing::all_inhabited) {
            return Ok(());
        }
        for finding in compare(&old, &new, &both, &Options::default()).errors() {
            let message = &finding.message;
            prop_assert!(finding.witness.is_some(), "{old_text}\n{new_text}\n{message}");
        }
    }

    #[test]
    fn directions_mirror_each_other((old_text, new_text) in pair()) {
        let (Some(old), Some(new)) = (parsed(&old_text), parsed(&new_text)) else {
            return Ok(());
        };
        let one = compare(&old, &new, &[Direction::Backward], &Options::default());
        let other = compare(&new, &old, &[Direction::Forward], &Options::default());
        let rows = |comparison: &crate::Comparison| -> Vec<_> {
            // Only who loses a default is warned.
            let removed = &rules::default_removed::RULE;
            let findings = comparison.findings.iter().filter(|finding| finding.rule != removed);
            findings.map(|f| (f.severity, f.witness.as_ref().map(|w| w.bytes_hex.clone()))).collect()
        };
        prop_assert_eq!(one.verdict(), other.verdict());
        prop_assert_eq!(rows(&one), rows(&other));
    }

    #[test]
    fn what_is_passed_over_has_nothing_to_say((old, new) in pair(), (third, _) in pair()) {
        let (Some(old), Some(new), Some(third)) = (parsed(&old), parsed(&new), parsed(&third)) else {
            return Ok(());
        };
        for profile in [crate::Profile::Proven, crate::Profile::Contract] {
            let mut silent = Silent::default();
            for (reader, writer) in [(&new, &third), (&new, &old), (&new, &old), (&new, &new)] {
                let walk = |silent| {
                    let roles = (Reader(reader), Writer(writer));
                    let walk = diff::walk(roles.0, roles.1, Direction::Backward, profile, silent);
                    let facts = walk.changes.into_iter().map(|fact| {
                        (fact.kind, fact.reader.site, fact.writer.site, fact.route)
                    });
                    facts.collect::<Vec<_>>()
                };
                prop_assert_eq!(walk(Some(&mut silent)), walk(None));
            }
        }
    }

    #[test]
    fn every_schema_reads_its_own_data((text, _) in pair(), seed in any::<u64>()) {
        let Some(schema) = parsed(&text) else {
            return Ok(());
        };
        let walk = diff::walk(
            Reader(&schema), Writer(&schema), Direction::Backward, crate::Profile::Proven, None,
        );
        prop_assert!(walk.changes.is_empty(), "{text}\n{:?}", walk.changes);
        let mut choices = Choices(seed);
        if let Some(datum) = some_datum(&schema, &mut choices) {
            let read = decode::decode(
                Reader(&schema), Writer(&schema), &encode(&datum), Reading::Usual,
            );
            prop_assert_eq!(read, Ok(datum));
        }
    }

    #[test]
    fn no_text_and_no_pair_panics(
        (one, other) in pair(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12), 1..6),
    ) {
        let pieces = [
            "", "{", "]", ",", "\"", "\\u00e9", "-1e999", "null", "\"int\"", "[]", "{\"type\": \"map\"}",
            "\"default\": {}",
        ];
        let mut text: Vec<char> = one.chars().collect();
        for (at, piece) in edits {
            let at = at.index(text.len());
            let end = (at + 1 + pieces[piece].len() % 3).min(text.len());
            text.splice(at..end, pieces[piece].chars());
            if text.is_empty() {
                break;
            }
        }
        let text: String = text.into_iter().collect();
        if let (Some(edited), Some(whole)) = (parsed(&text), parsed(&other)) {
            let both = [Direction::Backward, Direction::Forward];
            compare(&edited, &whole, &both, &Options::default());
        }
    }

    #[test]
    fn canonical_texts_are_fixed_points((text, _) in pair()) {
        let Some(schema) = parsed(&text) else {
            return Ok(());
        };
        let again = parse_as("t", schema.canonical_text());
        prop_assert_eq!(again.canonical_text(), schema.canonical_text());
        let normal = parse_as("t", &schema.normalized_text());
        prop_assert_eq!(normal.normalized_text(), schema.normalized_text());
    }
}

#[test]
fn most_grown_schemas_are_valid_and_both_verdicts_are_common() {
    let (mut valid, mut compatible, mut incompatible) = (0, 0, 0);
    for seed in 0..500 {
        let (old, new) = (
            Grower::grow(seed, 0, 0),
            Grower::grow(seed, seed * 7 + 1, 6),
        );
        if let (Some(old), Some(new)) = (parsed(&old), parsed(&new)) {
            valid += 1;
            match compare(&old, &new, &[Direction::Backward], &Options::default()).verdict() {
                Verdict::Compatible => compatible += 1,
                Verdict::Incompatible => incompatible += 1,
                Verdict::Undecided => {}
            }
        }
    }
    assert!(valid > 300, "{valid} of 500 pairs are valid");
    assert!(compatible > 50, "{compatible} are compatible");
    assert!(incompatible > 50, "{incompatible} are incompatible");
}

//! Verdicts against data that cover the writer's schema: what is compatible is read, each datum, by
//! both readings of the specification; what is incompatible has a datum that is not.
//!
//! The pairs are every kind of type against every other one in each context, grown ones, and the
//! fixtures.

use crate::Options;
use crate::model::{Comparison, Direction, Reader, Verdict, Writer};

use super::super::cover::{Covering, cover};
use super::super::datum::{Datum, to_json};
use super::super::decode::{self, Attempt, Reading};
use super::super::encode::encode;
use super::super::fuzzing;
use super::super::model::{Kind, Primitive, Record, Schema, TypeId};
use super::property::{Grower, parsed, related};
use super::{compare, parse_as};

/// Where libraries differ, as these warnings say: what one reading reads the other may refuse.
const UNCLEAR: [&str; 2] = ["avro/union-branch-unclear", "avro/field-alias-unclear"];

/// Bytes that are no text fail, as this warning says.
const NO_TEXT: &str = "avro/bytes-read-as-string";

/// What came up.
#[derive(Debug, Default)]
struct Counts {
    compatible: usize,
    /// Compatible without any finding: the values are compared.
    silent: usize,
    incompatible: usize,
    read: usize,
    /// Failures that a warning announced.
    announced: usize,
}

/// One question.
struct Case<'s> {
    writer: &'s Schema,
    reader: &'s Schema,
    comparison: Comparison,
    counts: &'s mut Counts,
}

#[track_caller]
fn executed(writer: &Schema, reader: &Schema, counts: &mut Counts) {
    let comparison = compare(writer, reader, &[Direction::Backward], &Options::default());
    let mut case = Case {
        writer,
        reader,
        comparison,
        counts,
    };
    match case.comparison.verdict() {
        Verdict::Compatible => case.compatible(),
        Verdict::Incompatible => case.incompatible(),
        Verdict::Undecided => {}
    }
}

impl Case<'_> {
    fn compatible(&mut self) {
        let unclear = UNCLEAR.iter().any(|rule| self.found(rule));
        let silent = self.comparison.findings.is_empty();
        self.counts.compatible += 1;
        self.counts.silent += usize::from(silent);
        for covering in cover(self.writer).data {
            for reading in [Reading::Usual, Reading::Letter] {
                if reading == Reading::Letter && (unclear || !self.clear_to_itself(&covering)) {
                    continue;
                }
                let attempt = self.attempt(&covering, reading);
                for failure in &attempt.failures {
                    let announced = self.found(NO_TEXT)
                        && !covering.is_text
                        && failure.reason == "the bytes are not UTF-8";
                    assert!(announced, "{} {failure:?}", self.show(&covering));
                    self.counts.announced += 1;
                }
                if silent {
                    let ids = (self.writer.root.id, self.reader.root.id);
                    let same = self.same(ids, &covering.datum, &attempt.datum);
                    assert!(same, "{} {:?}", self.show(&covering), attempt.datum);
                }
                self.counts.read += 1;
            }
        }
    }

    /// Whether the letter lets the writer's schema read its own datum. In the union of string and
    /// bytes it does not: bytes match the string before. Where such a union stays as it is nothing
    /// changed, and nothing is said.
    fn clear_to_itself(&self, covering: &Covering) -> bool {
        let bytes = encode(&covering.datum);
        let roles = (Reader(self.writer), Writer(self.writer));
        let own = decode::decode(roles.0, roles.1, &bytes, Reading::Letter);
        // As bytes, since NaN is not equal to itself.
        own.is_ok_and(|own| encode(&own) == bytes)
    }

    fn incompatible(&mut self) {
        let cover = cover(self.writer);
        // A change inside of what has no datum, or is too large, has none to show.
        if !fuzzing::all_inhabited(self.writer) || cover.partial {
            return;
        }
        self.counts.incompatible += 1;
        let fails = |covering: &Covering| {
            let both = [Reading::Usual, Reading::Letter].into_iter();
            both.map(|reading| self.attempt(covering, reading))
                .any(|it| !it.failures.is_empty())
        };
        let rules: Vec<_> = self
            .comparison
            .errors()
            .map(|finding| &finding.message)
            .collect();
        let texts = [self.writer, self.reader].map(Schema::canonical_text);
        assert!(
            cover.data.iter().any(fails),
            "all is read: {rules:?} {texts:#?}"
        );
    }

    fn attempt(&self, covering: &Covering, reading: Reading) -> Attempt {
        let bytes = encode(&covering.datum);
        let roles = (Reader(self.reader), Writer(self.writer));
        match decode::attempt(roles.0, roles.1, None, &bytes, reading) {
            Ok(attempt) => attempt,
            Err(error) => panic!("{} {error:?}", self.show(covering)),
        }
    }

    fn found(&self, rule: &str) -> bool {
        let findings = &mut self.comparison.findings.iter();
        findings.any(|finding| finding.rule.id == rule)
    }

    fn show(&self, covering: &Covering) -> String {
        let [writer, reader] = [self.writer, self.reader].map(Schema::canonical_text);
        let json = to_json(self.writer, self.writer.root.id, &covering.datum);
        format!("\n{writer}\n{reader}\n{json}")
    }

    /// Whether what was read means what was written: the fields that both know, and nothing of how
    /// many bits a number has or of which branch of a union it is.
    fn same(&self, (w, r): (TypeId, TypeId), written: &Datum, read: &Datum) -> bool {
        match (self.writer.kind(w), self.reader.kind(r), written, read) {
            (Kind::Union(branches), _, Datum::Union(at, inner), _) => {
                self.same((branches[*at].id, r), inner, read)
            }
            (_, Kind::Union(branches), _, Datum::Union(at, inner)) => {
                self.same((w, branches[*at].id), written, inner)
            }
            (Kind::Array(ws), Kind::Array(rs), Datum::Array(written), Datum::Array(read)) => {
                let mut pairs = written.iter().zip(read);
                written.len() == read.len()
                    && pairs.all(|(one, two)| self.same((ws.id, rs.id), one, two))
            }
            (Kind::Map(ws), Kind::Map(rs), Datum::Map(written), Datum::Map(read)) => {
                let mut pairs = written.iter().zip(read);
                written.len() == read.len()
                    && pairs.all(|(one, two)| {
                        one.0 == two.0 && self.same((ws.id, rs.id), &one.1, &two.1)
                    })
            }
            (Kind::Record(ws), Kind::Record(rs), Datum::Record(written), Datum::Record(read)) => {
                ws.fields.iter().zip(written).all(|(field, one)| {
                    let Some(at) = reader_field(rs, ws, &field.name) else {
                        return true;
                    };
                    self.same((field.ty.id, rs.fields[at].ty.id), one, &read[at])
                })
            }
            (Kind::Enum(ws), Kind::Enum(rs), Datum::Enum(written), Datum::Enum(read)) => {
                ws.symbols[*written].name == rs.symbols[*read].name
            }
            _ => same_leaf(written, read),
        }
    }
}

/// The reader's field for a field of the writer: by name, else by alias.
fn reader_field(reader: &Record, writer: &Record, name: &str) -> Option<usize> {
    let by_alias = || {
        reader.fields.iter().position(|field| {
            writer.field(&field.name).is_none() && field.aliases.iter().any(|alias| alias == name)
        })
    };
    reader.field(name).or_else(by_alias)
}

fn same_leaf(written: &Datum, read: &Datum) -> bool {
    // The digits of a whole number are exact, however large it is.
    let digits = |whole: i64, float: f64| whole.to_string() == format!("{float:.0}");
    match (written, read) {
        (Datum::Int(one), Datum::Long(two)) => i64::from(*one) == *two,
        (Datum::Int(one), Datum::Float(two)) => digits(i64::from(*one), f64::from(*two)),
        (Datum::Int(one), Datum::Double(two)) => digits(i64::from(*one), *two),
        (Datum::Long(one), Datum::Float(two)) => digits(*one, f64::from(*two)),
        (Datum::Long(one), Datum::Double(two)) => digits(*one, *two),
        (Datum::Float(one), Datum::Float(two)) => one.to_bits() == two.to_bits(),
        (Datum::Float(one), Datum::Double(two)) => same_double(f64::from(*one), *two),
        (Datum::Double(one), Datum::Double(two)) => same_double(*one, *two),
        (Datum::String(text), Datum::Bytes(bytes)) | (Datum::Bytes(bytes), Datum::String(text)) => {
            text.as_bytes() == bytes
        }
        _ => written == read,
    }
}

fn same_double(one: f64, two: f64) -> bool {
    one.to_bits() == two.to_bits() || (one.is_nan() && two.is_nan())
}

/// One of each kind of type, and of what matters about them.
fn kinds() -> Vec<String> {
    let primitives = [
        Primitive::Null,
        Primitive::Boolean,
        Primitive::Int,
        Primitive::Long,
        Primitive::Float,
        Primitive::Double,
        Primitive::Bytes,
        Primitive::String,
    ];
    let others = [
        r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}"#,
        r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 3}"#,
        r#"{"type": "long", "logicalType": "timestamp-millis"}"#,
        r#"{"type": "enum", "name": "N", "symbols": ["A", "B", "C"]}"#,
        r#"{"type": "enum", "name": "N", "symbols": ["C", "A"]}"#,
        r#"{"type": "enum", "name": "N", "symbols": ["B"], "default": "B"}"#,
        r#"{"type": "enum", "name": "M", "aliases": ["N"], "symbols": ["A", "B", "C"]}"#,
        r#"{"type": "fixed", "name": "N", "size": 2}"#,
        r#"{"type": "fixed", "name": "x.N", "size": 2}"#,
        r#"{"type": "fixed", "name": "N", "size": 3}"#,
        r#"{"type": "array", "items": "int"}"#,
        r#"{"type": "array", "items": ["null", "double"]}"#,
        r#"{"type": "map", "values": "int"}"#,
        r#"{"type": "map", "values": "bytes"}"#,
        r#"{"type": "record", "name": "N", "fields": []}"#,
        r#"{"type": "record", "name": "N", "fields": [{"name": "a", "type": "int"}]}"#,
        r#"{"type": "record", "name": "M", "fields": [{"name": "a", "type": "int"}]}"#,
        r#"{"type": "record", "name": "N", "fields": [
            {"name": "b", "type": "string", "default": "é"}, {"name": "a", "type": "long"}]}"#,
        r#"{"type": "record", "name": "N", "fields": [
            {"name": "c", "type": "int", "aliases": ["a"]},
            {"name": "again", "type": ["null", "N"], "default": null}]}"#,
    ];
    let primitives = primitives
        .iter()
        .map(|primitive| format!("\"{}\"", primitive.name()));
    primitives.chain(others.map(str::to_owned)).collect()
}

/// A type where types may stand.
fn contexts(ty: &str) -> [String; 5] {
    [
        ty.to_owned(),
        format!(r#"{{"type": "array", "items": {ty}}}"#),
        format!(r#"{{"type": "map", "values": {ty}}}"#),
        format!(r#"[{ty}, {{"type": "fixed", "name": "Other", "size": 1}}]"#),
        format!(
            r#"{{"type": "record", "name": "Outer", "fields": [
                {{"name": "f", "type": {ty}}}, {{"name": "again", "type": ["null", "Outer"]}}]}}"#
        ),
    ]
}

#[test]
fn verdicts_hold_for_every_kind_against_every_other() {
    let kinds: Vec<Vec<Schema>> = kinds()
        .iter()
        .map(|ty| {
            contexts(ty)
                .iter()
                .map(|text| parse_as("t.avsc", text))
                .collect()
        })
        .collect();
    let mut counts = Counts::default();
    for writers in &kinds {
        for readers in &kinds {
            for (writer, reader) in writers.iter().zip(readers) {
                executed(writer, reader, &mut counts);
            }
            // A type against a union that may hold it, and the other way round.
            executed(&writers[0], &readers[3], &mut counts);
            executed(&writers[3], &readers[0], &mut counts);
        }
    }
    assert!(counts.compatible > 300 && counts.silent > 200, "{counts:?}");
    assert!(
        counts.incompatible > 3_000 && counts.read > 5_000,
        "{counts:?}"
    );
    assert!(counts.announced > 0, "{counts:?}");
}

#[test]
fn verdicts_hold_for_grown_pairs() {
    let mut counts = Counts::default();
    for seed in 0..1_000 {
        let (old, new) = related(seed);
        let (_, other) = related(seed + 1);
        let schemas = [&old, &new, &other].map(|text| parsed(text));
        for (writer, reader) in [(0, 1), (1, 0), (1, 2)] {
            if let (Some(writer), Some(reader)) = (&schemas[writer], &schemas[reader]) {
                executed(writer, reader, &mut counts);
            }
        }
    }
    assert!(counts.compatible > 300 && counts.silent > 100, "{counts:?}");
    assert!(
        counts.incompatible > 500 && counts.read > 10_000,
        "{counts:?}"
    );
}

#[test]
fn verdicts_hold_for_the_fixtures() {
    let mut counts = Counts::default();
    for (old, new) in super::fixtures::pairs() {
        executed(&old, &new, &mut counts);
        executed(&new, &old, &mut counts);
    }
    assert!(
        counts.compatible > 5 && counts.incompatible > 5,
        "{counts:?}"
    );
}

#[test]
fn every_schema_reads_what_covers_it() {
    for seed in 0..1_000 {
        let detail = seed * 3 + 1;
        let Some(schema) = parsed(&Grower::grow(seed, detail, 4)) else {
            continue;
        };
        let comparison = compare(
            &schema,
            &schema,
            &[Direction::Backward],
            &Options::default(),
        );
        assert_eq!(comparison.verdict(), Verdict::Compatible);
        executed(&schema, &schema, &mut Counts::default());
    }
}

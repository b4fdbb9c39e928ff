//! What the checker costs on Avro, beside `apache-avro` in the same run: parsing and comparing wide
//! records in both directions, a text of 1 MB, and a long history.
//!
//! Time is compared, verdicts are not: those differ where `apache-avro` is wrong.

#[path = "support/figures.rs"]
mod figures;

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use apache_avro::schema_compatibility::SchemaCompatibility;
use checker::{Format, Level, Options, Schema, SchemaInput, Source, check};

use figures::{Figure, median, report};

/// How often each is measured; the median counts.
const ROUNDS: usize = 9;
/// The versions of the long history.
const VERSIONS: usize = 1_000;
/// The fields of each of its versions.
const VERSION_FIELDS: usize = 50;
/// The size of the large text.
const LARGE_BYTES: usize = 1_000_000;

fn main() -> Result<()> {
    let mut figures = Vec::new();
    for count in [1_000, 10_000] {
        figures.extend(pair(
            &format!("{count} fields"),
            &wide(count, 0),
            &wide(count, 1),
        )?);
    }
    figures.extend(pair("1 MB", &large(0), &large(1))?);
    figures.extend(history()?);
    report("avro", "apache-avro", &figures)
}

/// A pair of texts: parsed, and then compared in both directions.
fn pair(name: &str, old: &str, new: &str) -> Result<Vec<Figure>> {
    let mut times = Times::default();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let schemas = (parse(old)?, parse(new)?);
        times.ours_parse.push(ms(start));
        black_box(check(
            &schemas.1,
            &[&schemas.0],
            Level::Full,
            &Options::default(),
        ));
        times.ours.push(ms(start));
        drop(black_box(schemas));

        let start = Instant::now();
        let schemas = (parse_theirs(old)?, parse_theirs(new)?);
        times.theirs_parse.push(ms(start));
        let verdict = SchemaCompatibility::mutual_read(&schemas.0, &schemas.1);
        times.theirs.push(ms(start));
        drop(black_box((schemas, verdict)));
    }
    Ok(vec![
        times_figure(
            format!("{name}: parse both"),
            &times.ours_parse,
            &times.theirs_parse,
        ),
        times_figure(format!("{name}: and compare"), &times.ours, &times.theirs),
    ])
}

/// A candidate against a long history, which is parsed before.
fn history() -> Result<Vec<Figure>> {
    let texts: Vec<String> = (0..=VERSIONS).map(version).collect();
    let (mut ours_parse, mut theirs_parse) = (Vec::new(), Vec::new());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut schemas = texts
            .iter()
            .map(|text| parse(text))
            .collect::<Result<Vec<_>>>()?;
        ours_parse.push(ms(start));
        let candidate = schemas.pop().context("there is a version")?;
        let earlier: Vec<&Schema> = schemas.iter().collect();
        let start = Instant::now();
        black_box(check(
            &candidate,
            &earlier,
            Level::FullTransitive,
            &Options::default(),
        ));
        ours.push(ms(start));

        let start = Instant::now();
        let mut schemas = texts
            .iter()
            .map(|text| parse_theirs(text))
            .collect::<Result<Vec<_>>>()?;
        theirs_parse.push(ms(start));
        let candidate = schemas.pop().context("there is a version")?;
        let start = Instant::now();
        for old in schemas.iter().rev() {
            let _verdict = black_box(SchemaCompatibility::mutual_read(old, &candidate));
        }
        theirs.push(ms(start));
    }
    Ok(vec![
        times_figure(
            format!("{VERSIONS} versions: parse"),
            &ours_parse,
            &theirs_parse,
        ),
        times_figure(format!("{VERSIONS} versions: compare"), &ours, &theirs),
    ])
}

#[derive(Default)]
struct Times {
    ours_parse: Vec<f64>,
    ours: Vec<f64>,
    theirs_parse: Vec<f64>,
    theirs: Vec<f64>,
}

fn times_figure(metric: String, ours: &[f64], theirs: &[f64]) -> Figure {
    Figure {
        metric,
        value: median(ours.iter().copied()).unwrap_or(f64::NAN),
        unit: "ms",
        baseline: median(theirs.iter().copied()),
    }
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

fn parse(text: &str) -> Result<Schema> {
    let source = Source::new("bench.avsc", text);
    let schema = Schema::parse(&SchemaInput::new(Format::Avro, source));
    schema.map_err(|problems| anyhow!("not a schema: {problems:?}"))
}

fn parse_theirs(text: &str) -> Result<apache_avro::Schema> {
    apache_avro::Schema::parse_str(text).context("not a schema to apache-avro")
}

/// A record of `count` fields of everyday types. Versions differ in one field in a hundred.
fn wide(count: usize, version: usize) -> String {
    let fields = (0..count).map(|index| field(index, if index % 100 == 7 { version } else { 0 }));
    record("Wide", &fields.collect::<Vec<_>>().join(","))
}

/// The everyday field of that number: what type it has depends on the number, what else on the
/// version.
fn field(index: usize, version: usize) -> String {
    let ty = match index % 6 {
        0 => r#""string""#,
        1 if version == 0 => r#""int""#,
        1 => r#""long""#,
        2 => r#"["null", "string"], "default": null"#,
        3 => r#"{"type": "long", "logicalType": "timestamp-millis"}"#,
        4 => r#"{"type": "array", "items": "string"}, "default": []"#,
        _ => r#""double", "default": 0"#,
    };
    format!(r#"{{"name": "field_{index}", "type": {ty}, "doc": "The field of number {index}."}}"#)
}

fn record(name: &str, fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "{name}", "namespace": "bench", "fields": [{fields}]}}"#)
}

/// A text of about [`LARGE_BYTES`]: a record of records of twenty fields.
fn large(version: usize) -> String {
    let mut fields = Vec::new();
    let mut bytes = 0;
    for number in 0.. {
        let own: Vec<String> = (0..20)
            .map(|index| field(index, if number % 50 == 0 { version } else { 0 }))
            .collect();
        let inner = record(&format!("Part{number}"), &own.join(","));
        let part = format!(r#"{{"name": "part_{number}", "type": {inner}}}"#);
        bytes += part.len();
        fields.push(part);
        if bytes >= LARGE_BYTES {
            break;
        }
    }
    record("Large", &fields.join(","))
}

/// A version of a long history: each adds a field with a default, drops the oldest one that was
/// added, and changes the documentation of another.
fn version(number: usize) -> String {
    let fields = (0..VERSION_FIELDS).map(|index| {
        let name = if index < VERSION_FIELDS / 2 {
            index
        } else {
            number + index
        };
        format!(
            r#"{{"name": "field_{name}", "type": ["null", "long"], "default": null, "doc": "{}"}}"#,
            if index == number % VERSION_FIELDS {
                "mended"
            } else {
                "as before"
            }
        )
    });
    record("Version", &fields.collect::<Vec<_>>().join(","))
}

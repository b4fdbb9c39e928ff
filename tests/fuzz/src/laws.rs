//! What holds for every schema and every pair of schemas. Each function panics where it does not.

use std::collections::BTreeSet;

use checker::avro::fuzzing;
use checker::report::Sources;
use checker::report::text::{Renderer, Styles};
use checker::{
    Comparison, Direction, Finding, Format, Options, Problem, Profile, Schema, SchemaInput,
    Severity, Source, Span, compare,
};

const BOTH: [Direction; 2] = [Direction::Backward, Direction::Forward];

/// The schema of a text; `None` if it is not valid.
pub fn parse(format: Format, file: &str, text: &str) -> Option<Schema> {
    Schema::parse(&SchemaInput::new(format, Source::new(file, text))).ok()
}

/// A text is a schema whose text forms are fixed points, or something is wrong with it that has a place.
///
/// # Panics
///
/// If that does not hold.
pub fn hold_for_text(format: Format, source: &Source) {
    match Schema::parse(&SchemaInput::new(format, source.clone())) {
        Ok(schema) => texts_are_fixed_points(&schema),
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in &problems {
                problem_is_placed(source, problem);
            }
        }
    }
}

/// Its text forms are schemas, and printing them again changes nothing.
///
/// # Panics
///
/// If that does not hold.
pub fn texts_are_fixed_points(schema: &Schema) {
    let format = schema.format();
    let read = |text: &str| parse(format, "t", text).unwrap_or_else(|| panic!("no schema: {text}"));
    let canonical = schema.canonical_text();
    assert_eq!(read(canonical).canonical_text(), canonical);
    let normalized = schema.normalized_text();
    assert_eq!(read(&normalized).normalized_text(), normalized);
    if let Schema::Avro(avro) = schema
        && let Some(resolved) = avro.resolved_text()
    {
        read(&resolved);
    }
    // The parsing form cannot say that a name inside of a namespace has none.
    if let Schema::Avro(avro) = schema
        && !canonical.contains("\"namespace\":\"\"")
        && let Some(form) = avro.parsing_canonical_form()
    {
        let Schema::Avro(again) = read(&form) else {
            panic!("another language: {form}");
        };
        assert_eq!(again.parsing_canonical_form(), Some(form));
    }
}

/// A problem has words, and its place is one of the text.
///
/// # Panics
///
/// If that does not hold.
pub fn problem_is_placed(source: &Source, problem: &Problem) {
    assert!(!problem.message.is_empty());
    if let Some(span) = &problem.span {
        span_is_inside(source, span);
    }
    render(&[source], |renderer| renderer.problem(problem));
}

fn span_is_inside(source: &Source, span: &Span) {
    let lines: Vec<&str> = source.text().split('\n').collect();
    for (line, column) in [(span.line, span.column), (span.end_line, span.end_column)] {
        let at = (line as usize)
            .checked_sub(1)
            .and_then(|index| lines.get(index));
        let text = at.unwrap_or_else(|| panic!("{span:?}: line {line} of {}", lines.len()));
        let columns = 1..=text.chars().count() + 2;
        assert!(
            columns.contains(&(column as usize)),
            "{span:?}: column of {text:?}"
        );
    }
    assert!(
        (span.line, span.column) <= (span.end_line, span.end_column),
        "{span:?}"
    );
}

/// What the report for people makes of it.
fn render(texts: &[&Source], what: impl FnOnce(Renderer<'_>) -> String) {
    let mut sources = Sources::new();
    for text in texts {
        sources.insert(text);
    }
    let styles = Styles::default();
    let renderer = Renderer {
        sources: &sources,
        styles: &styles,
        directions: &BOTH,
    };
    let report = what(renderer);
    assert!(report.ends_with('\n') || report.is_empty(), "{report}");
}

/// Whatever two schemas are: a comparison comes to an end, gives the same twice, is right about
/// equal schemas, and means the same in either order.
///
/// # Panics
///
/// If that does not hold.
pub fn hold_for_pair(old: &Schema, new: &Schema) {
    for profile in [Profile::Proven, Profile::Contract] {
        let options = Options {
            profile,
            ..Options::default()
        };
        let both = compare(old, new, &BOTH, &options);
        assert_eq!(lines(&both), lines(&compare(old, new, &BOTH, &options)));
        findings_are_placed(old, new, &both);
        directions_mirror(old, new, &both, &options);
    }
    let options = Options::default();
    for schema in [old, new] {
        reads_itself(schema, &options);
    }
    let again = parse(old.format(), "t", old.canonical_text())
        .map(|old| compare(&old, new, &BOTH, &options));
    let verdict = compare(old, new, &BOTH, &options).verdict();
    assert_eq!(again.map(|comparison| comparison.verdict()), Some(verdict));
}

/// Not so in the profile `contract`: the contract's check can refuse a schema beside itself.
fn reads_itself(schema: &Schema, options: &Options) {
    let Schema::Avro(avro) = schema else {
        return;
    };
    let comparison = fuzzing::compare_in_full(avro, avro, &BOTH, options);
    let errors: Vec<&str> = comparison
        .errors()
        .map(|finding| finding.message.as_str())
        .collect();
    assert!(errors.is_empty(), "with itself: {errors:?}");
}

fn directions_mirror(old: &Schema, new: &Schema, both: &Comparison, options: &Options) {
    for direction in BOTH {
        let mirrored = match direction {
            Direction::Backward => Direction::Forward,
            Direction::Forward => Direction::Backward,
        };
        let one = compare(old, new, &[direction], options);
        let other = compare(new, old, &[mirrored], options);
        if ![&one, &other].into_iter().any(order_matters) {
            assert_eq!(one.verdict(), other.verdict());
            assert_eq!(rows(&one, direction), rows(&other, mirrored));
        }
        assert_eq!(rows(&one, direction), rows(both, direction));
    }
}

/// Whether it depends on which schema came first. Of `string name = 1` beside `string old_name = 1; string
/// name = 2` one order is a rename, after which a new field took the old name; the other gives the number to
/// another field.
fn order_matters(comparison: &Comparison) -> bool {
    let mut findings = comparison.findings.iter();
    findings.any(|finding| finding.rule.id == "protobuf/field-number-reused")
}

/// What a comparison says in one direction, whatever the order of the schemas.
/// What is said of one direction, but for a default that was removed: seen from the other side one was
/// added, which hurts nobody. So are most warnings about `.proto` files, which have no counterpart.
fn rows(comparison: &Comparison, direction: Direction) -> BTreeSet<(Severity, Option<&str>)> {
    let findings = comparison.findings.iter();
    let own = findings.filter(|finding| {
        let one_sided = finding.rule.id == "avro/default-removed"
            || (finding.rule.format == Some(Format::Protobuf)
                && finding.severity == Severity::Warning);
        finding.direction == direction && !one_sided
    });
    own.map(|finding| (finding.severity, witness_bytes(finding)))
        .collect()
}

fn witness_bytes(finding: &Finding) -> Option<&str> {
    finding.witness.as_ref()?.bytes_hex.as_deref()
}

/// All that a comparison says.
fn lines(comparison: &Comparison) -> Vec<String> {
    let findings = comparison.findings.iter().map(|f| {
        format!(
            "{} {:?} {:?} {:?} {:?} {:?} {} {:?} {:?} {:?}",
            f.rule.id,
            f.severity,
            f.direction,
            f.path,
            f.old,
            f.new,
            f.message,
            f.hint,
            f.witness,
            f.wire_message,
        )
    });
    let undecided = comparison.undecided.iter().map(|open| format!("{open:?}"));
    findings.chain(undecided).collect()
}

fn findings_are_placed(old: &Schema, new: &Schema, comparison: &Comparison) {
    let (Schema::Avro(old), Schema::Avro(new)) = (old, new) else {
        return;
    };
    for finding in &comparison.findings {
        assert!(!finding.message.is_empty());
        for (schema, span) in [(old, &finding.old), (new, &finding.new)] {
            if let Some(span) = span {
                span_is_inside(schema.source(), span);
            }
        }
    }
    edits_keep_it_a_schema(new.source(), comparison);
    render(&[old.source(), new.source()], |renderer| {
        renderer.comparison(comparison)
    });
}

/// A hint that tools can carry out leads to a text that is a schema.
fn edits_keep_it_a_schema(new: &Source, comparison: &Comparison) {
    let hints = comparison
        .findings
        .iter()
        .filter_map(|finding| finding.hint.as_ref());
    for hint in hints.filter(|hint| !hint.edits.is_empty()) {
        let mut text = new.text().to_owned();
        let mut edits: Vec<_> = hint.edits.iter().collect();
        edits.sort_by_key(|edit| (edit.span.line, edit.span.column));
        for edit in edits.into_iter().rev() {
            let Span {
                line,
                column,
                end_line,
                end_column,
                ..
            } = edit.span;
            let range = offset(new.text(), line, column)..offset(new.text(), end_line, end_column);
            text.replace_range(range, &edit.replacement);
        }
        let edited = SchemaInput::new(Format::Avro, Source::new("edited", text.as_str()));
        if let Err(problems) = Schema::parse(&edited) {
            panic!("{}: {text}\n{problems:?}", hint.text);
        }
    }
}

/// The byte of a place in a text.
fn offset(text: &str, line: u32, column: u32) -> usize {
    let lines = text.split_inclusive('\n');
    let before: usize = lines.take(line as usize - 1).map(str::len).sum();
    let own = text[before..].char_indices().nth(column as usize - 1);
    own.map_or(text.len(), |(at, _)| before + at)
}

/// Each error is shown by data. Only for small schemas whose types all have data.
///
/// # Panics
///
/// If that does not hold.
pub fn errors_have_witnesses(comparison: &Comparison) {
    for finding in comparison.errors() {
        let Finding { rule, message, .. } = finding;
        // A larger precision changes no value: it is an error by the letter of the specification.
        let by_the_letter = rule.id == "avro/decimal-changed";
        assert!(
            finding.witness.is_some() || by_the_letter,
            "no witness: {} {message}",
            rule.id
        );
    }
}

//! The helper of the rules' tests: one pair of schemas, both directions, every witness executed again.

use crate::model::{Direction, Rule, Source};
use crate::{Format, Options, Schema, SchemaInput, compare};

/// Which directions a change breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breaks {
    None,
    Backward,
    Forward,
    Both,
}

fn parse(file: &str, text: &str) -> Schema {
    let input = SchemaInput::new(Format::Json, Source::new(file, text));
    Schema::parse(&input).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

/// Compares, and expects the rule to find something in just these directions, and nothing undecided.
#[track_caller]
pub(crate) fn check(rule: &'static Rule, old: &str, new: &str, breaks: Breaks) {
    let (old_schema, new_schema) = (parse("old", old), parse("new", new));
    for direction in [Direction::Backward, Direction::Forward] {
        let comparison = compare(&old_schema, &new_schema, &[direction], &Options::default());
        assert!(
            comparison.undecided.is_empty(),
            "{:?}",
            comparison.undecided
        );
        let expected = matches!(
            (breaks, direction),
            (Breaks::Both, _)
                | (Breaks::Backward, Direction::Backward)
                | (Breaks::Forward, Direction::Forward)
        );
        let ids: Vec<_> = comparison
            .findings
            .iter()
            .map(|finding| finding.rule.id)
            .collect();
        if expected {
            assert!(!ids.is_empty(), "{direction:?} should break");
        } else {
            assert_eq!(ids, Vec::<&str>::new(), "{direction:?}");
        }
        execute(&old_schema, &new_schema, direction, &comparison);
    }
    if breaks != Breaks::None {
        let both = [Direction::Backward, Direction::Forward];
        let comparison = compare(&old_schema, &new_schema, &both, &Options::default());
        assert!(
            comparison
                .findings
                .iter()
                .any(|finding| finding.rule == rule),
            "{:?}",
            comparison
                .findings
                .iter()
                .map(|f| (f.rule.id, &f.message))
                .collect::<Vec<_>>()
        );
    }
}

#[track_caller]
fn execute(old: &Schema, new: &Schema, direction: Direction, comparison: &crate::Comparison) {
    let (Schema::Json(old), Schema::Json(new)) = (old, new) else {
        panic!("these are JSON Schemas");
    };
    let (reader, writer) = direction.roles(old, new);
    for finding in &comparison.findings {
        let witness = finding
            .witness
            .as_ref()
            .expect("every finding has a document");
        assert_eq!(writer.0.admits(&witness.input), Some(true), "{witness:?}");
        assert_eq!(reader.0.admits(&witness.input), Some(false), "{witness:?}");
    }
}

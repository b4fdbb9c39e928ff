//! Aliases by which a field takes another value in some libraries than in others.
//!
//! Where only one of the two readings can be read at all, nothing is decided.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::advice;
use super::super::model::Kind;
use super::super::words::field_path;

/// `avro/field-alias-unclear`
pub static RULE: Rule = Rule {
    id: "avro/field-alias-unclear",
    format: Some(Format::Avro),
    summary: "An alias gives a field another value in some libraries than in others.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Aliases",
    docs: include_str!("field_alias_unclear.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    let (ChangeKind::AliasUnclear(index), Kind::Record(record)) =
        (&change.kind, change.reader.kind())
    else {
        return None;
    };
    let reader = &change.reader;
    let field = record.fields.get(*index)?;
    let message = format!(
        "libraries differ on the value that field `{}` takes: an alias goes before a name in some, \
         after it in others",
        field.name
    );
    let mut finding = change.finding(&RULE, message);
    finding.path = field_path(reader.schema, reader.id, *index);
    let place = reader.schema.span(&field.name_place);
    match change.direction {
        Direction::Backward => finding.new = place,
        Direction::Forward => finding.old = place,
    }
    finding.hint = Some(advice(
        "remove aliases that are names of other fields, then or now",
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::avro::tests::{check, findings, witness};
    use crate::model::Direction;

    const OLD: &str = r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": "int"}, {"name": "b", "type": "int"}]}"#;

    #[test]
    fn exchanged_names_are_a_warning() {
        let new = r#"{"type": "record", "name": "R", "fields": [
            {"name": "b", "aliases": ["a"], "type": "int"}, {"name": "a", "aliases": ["b"], "type": "int"}]}"#;
        let message = |name: &str| {
            format!(
                "libraries differ on the value that field `{name}` takes: an alias goes before a name in some, after it in others"
            )
        };
        check(
            OLD,
            new,
            &[
                &*format!(
                    "backward avro/field-alias-unclear `/fields/0`: {}",
                    message("b")
                ),
                &*format!(
                    "backward avro/field-alias-unclear `/fields/1`: {}",
                    message("a")
                ),
            ],
        );
        assert_eq!(
            witness(OLD, new, Direction::Backward),
            r#"{"a": 1, "b": 0} = 0200: reading it with the new schema gives {"b": 1, "a": 0} if aliases rewrite the data"#
        );
    }

    #[test]
    fn an_error_of_another_field_is_not_taken_for_its_own() {
        let record = |id: &str, names: [&str; 2], aliases: [&str; 2]| {
            format!(
                r#"{{"type": "record", "name": "R", "fields": [{{"name": "id", "type": "{id}"}},
                {{"name": "{}", "type": "string"{}}}, {{"name": "{}", "type": "string"{}}}]}}"#,
                names[0], aliases[0], names[1], aliases[1]
            )
        };
        let old = record("string", ["a", "b"], ["", ""]);
        let new = record(
            "int",
            ["b", "a"],
            [r#", "aliases": ["a"]"#, r#", "aliases": ["b"]"#],
        );
        let comparison = findings(&old, &new);
        let outcomes: Vec<&str> = comparison
            .findings
            .iter()
            .filter(|finding| finding.rule == &RULE && finding.direction == Direction::Backward)
            .filter_map(|finding| finding.witness.as_ref().map(|it| &*it.outcome))
            .collect();
        assert_eq!(
            outcomes,
            [
                r#"reading it with the new schema gives `b` = "a" if aliases rewrite the data, once the rest can be read"#,
                r#"reading it with the new schema gives `a` = "a" if aliases rewrite the data, once the rest can be read"#,
            ]
        );
    }
}

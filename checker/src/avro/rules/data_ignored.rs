//! A record of whose data nothing is read: every field of the reader's is filled with its default.

use crate::Format;
use crate::model::{Direction, Finding, Hint, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{advice, alias, renamed, with_edit};
use super::super::model::Kind;
use super::super::words::describe;

/// `avro/data-ignored`
pub static RULE: Rule = Rule {
    id: "avro/data-ignored",
    format: Some(Format::Avro),
    summary: "A reader takes no field of a record that was written, and gets defaults alone.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: records, fields by name and defaults",
    docs: include_str!("data_ignored.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    if change.kind != ChangeKind::DataIgnored {
        return None;
    }
    let message = format!(
        "{} of the {} schema has no field in common with the {} schema: its data are ignored, and \
         defaults are read",
        describe(change.writer.schema, change.writer.id),
        change.writer_word(),
        change.reader_word()
    );
    let mut finding = change.finding(&RULE, message);
    let new = change.new_side();
    finding.path = new.definition_path();
    [finding.old, finding.new] = change.spans(|kind| kind.name().map(|name| &name.place));
    finding.hint = Some(alias_hint(change).unwrap_or_else(|| {
        advice("keep the fields that were written, or give the other record another name")
    }));
    Some(finding)
}

/// A field that was renamed needs an alias, which is the reader's.
fn alias_hint(change: &Change<'_>) -> Option<Hint> {
    let (Direction::Backward, Kind::Record(record)) = (change.direction, change.reader.kind())
    else {
        return None;
    };
    let mut fields = record.fields.iter();
    let (field, old) = fields.find_map(|field| Some((field, renamed(change, field)?)))?;
    Some(with_edit(
        format!(
            "if `{}` is `{old}` under a new name, add `\"aliases\": [\"{old}\"]`; else give the record \
             another name",
            field.name
        ),
        alias(change.reader.schema, field, old),
    ))
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    fn union(field: &str, default: &str) -> String {
        format!(
            r#"["null", {{"type": "record", "name": "A", "fields": [
                {{"name": "{field}", "type": "string", "default": "{default}"}}]}}]"#
        )
    }

    #[test]
    fn a_record_that_another_one_takes_for_its_own_is_a_warning() {
        let (old, new) = (union("x", "d"), union("y", "e"));
        check(
            &old,
            &new,
            &[
                "backward avro/data-ignored `/1`: record `A` of the old schema has no field in common with the new schema: its data are ignored, and defaults are read",
                "forward avro/data-ignored `/1`: record `A` of the new schema has no field in common with the old schema: its data are ignored, and defaults are read",
            ],
        );
        assert_eq!(
            witness(&old, &new, Direction::Backward),
            r#"{"A": {"x": ""}} = 0200: reading it with the new schema gives {"A": {"y": "e"}}, which holds defaults in its place"#
        );
    }

    #[test]
    fn look_alikes_are_silent() {
        let without = r#"["null", {"type": "record", "name": "A", "fields": []}]"#;
        check(&union("x", "d"), without, &[]);
        let both = union("x", "d").replace(
            "}]}]",
            r#"}, {"name": "y", "type": "int", "default": 0}]}]"#,
        );
        check(&union("x", "d"), &both, &[]);
        let aliased = union("y", "d").replace(r#""name": "y""#, r#""name": "y", "aliases": ["x"]"#);
        let back = crate::avro::tests::findings(&union("x", "d"), &aliased);
        assert!(
            back.findings
                .iter()
                .all(|f| f.direction == Direction::Forward)
        );
    }
}

//! A field that the reader needs and the data lack: old readers, newer data.

use crate::Format;
use crate::model::{Direction, Edit, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{MAX_SEARCHED_FIELDS, field_with_default, insert_after, with_edit};
use super::super::model::{Field, Kind};
use super::super::words::field_path;

/// `avro/field-removed-without-default`
pub static RULE: Rule = Rule {
    id: "avro/field-removed-without-default",
    format: Some(Format::Avro),
    summary: "A field was removed for which older readers have no default.",
    directions: &[Direction::Forward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: \"if the reader's record schema has a field with no default value\"",
    docs: include_str!("field_removed_without_default.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    let (ChangeKind::FieldMissing(index), Direction::Forward) = (&change.kind, change.direction)
    else {
        return None;
    };
    let old = change.old_side();
    let Kind::Record(record) = old.kind() else {
        return None;
    };
    let field = record.fields.get(*index)?;
    let lack = match field.default {
        Some(_) => "the default that old readers have for it does not fit its type",
        None => "old readers have no default for it",
    };
    let message = format!("field `{}` was removed, and {lack}", field.name);
    let mut finding = change.finding(&RULE, message);
    finding.path = field_path(old.schema, old.id, *index);
    finding.old = old.schema.span(&field.name_place);
    finding.new = None;
    finding.old_label = Some("readers with this schema find no value in new data".to_owned());
    finding.hint = Some(with_edit(
        format!(
            "keep `{name}` in this version, with a default; remove it when no reader without that \
             default is left",
            name = field.name
        ),
        put_back(change, field),
    ));
    Some(finding)
}

/// Appends the field to those of the new record.
fn put_back(change: &Change<'_>, field: &Field) -> Option<Edit> {
    let new = change.new_side();
    let Kind::Record(record) = new.kind() else {
        return None;
    };
    if record.fields.len() > MAX_SEARCHED_FIELDS {
        return None;
    }
    // Two fields may not have one alias, nor one the other's name.
    let clashes = |other: &Field| {
        let shared = other
            .aliases
            .iter()
            .any(|alias| field.aliases.contains(alias));
        shared || other.name == field.name || other.aliases.contains(&field.name)
    };
    if record.fields.iter().any(clashes) {
        return None;
    }
    let text = field_with_default(change.old_side().schema, field)?;
    insert_after(
        new.schema,
        &record.fields.last()?.place,
        format!(", {text}"),
    )
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    const OLD: &str = r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": "int"}, {"name": "b", "type": "string"}]}"#;
    const NEW: &str =
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#;

    #[test]
    fn only_old_readers_break() {
        check(
            OLD,
            NEW,
            &[
                "forward avro/field-removed-without-default `/fields/1`: field `b` was removed, and old readers have no default for it",
            ],
        );
        assert_eq!(
            witness(OLD, NEW, Direction::Forward),
            r#"{"a": 0} = 00: reading it with the old schema fails, field `b` is missing and has no default"#
        );
    }

    #[test]
    fn what_would_clash_is_not_put_back() {
        let old = OLD.replace(r#""name": "b""#, r#""name": "b", "aliases": ["c"]"#);
        let edits = |new: &str| {
            let comparison = crate::avro::tests::findings(&old, new);
            let hint = comparison
                .findings
                .first()
                .and_then(|finding| finding.hint.clone());
            hint.map(|hint| hint.edits.len())
        };
        assert_eq!(edits(NEW), Some(1));
        let new = NEW.replace(r#""name": "a""#, r#""name": "a", "aliases": ["c"]"#);
        assert_eq!(edits(&new), Some(0));
    }

    #[test]
    fn a_field_with_a_default_may_go() {
        let old = OLD.replace("\"string\"", "\"string\", \"default\": \"\"");
        check(&old, NEW, &[]);
    }
}

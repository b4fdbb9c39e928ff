//! A field that the reader needs and the data lack: new readers, older data.

use crate::Format;
use crate::model::{Direction, Finding, Hint, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{advice, alias, default_json, insert_after, renamed, with_edit};
use super::super::model::{Field, Kind};
use super::super::words::field_path;

/// `avro/field-added-without-default`
pub static RULE: Rule = Rule {
    id: "avro/field-added-without-default",
    format: Some(Format::Avro),
    summary: "A field was added without a default, so that older data cannot be read.",
    directions: &[Direction::Backward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: \"if the reader's record schema has a field with no default value\"",
    docs: include_str!("field_added_without_default.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    let (ChangeKind::FieldMissing(index), Direction::Backward) = (&change.kind, change.direction)
    else {
        return None;
    };
    let new = change.new_side();
    let Kind::Record(record) = new.kind() else {
        return None;
    };
    let field = record.fields.get(*index)?;
    let lack = match field.default {
        Some(_) => "with a default that does not fit its type",
        None => "without a default",
    };
    let message = format!("field `{}` was added {lack}", field.name);
    let mut finding = change.finding(&RULE, message);
    finding.path = field_path(new.schema, new.id, *index);
    finding.new = new.schema.span(&field.name_place);
    finding.old = None;
    finding.new_label = Some("a reader with this schema finds no value in older data".to_owned());
    finding.hint = Some(hint(change, field));
    Some(finding)
}

fn hint(change: &Change<'_>, field: &Field) -> Hint {
    let schema = change.new_side().schema;
    if field.default.is_some() {
        return advice("give the field a default that stands for the value in older data");
    }
    let default = default_json(schema, field.ty.id);
    if let Some(old) = renamed(change, field) {
        let otherwise = default.map_or_else(String::new, |default| {
            format!("; else add a default, such as `\"default\": {default}`")
        });
        return with_edit(
            format!("if it is `{old}` under a new name, add `\"aliases\": [\"{old}\"]`{otherwise}"),
            alias(schema, field, old),
        );
    }
    match default {
        Some(default) => with_edit(
            format!("add a default, such as `\"default\": {default}`"),
            insert_after(schema, &field.ty.place, format!(", \"default\": {default}")),
        ),
        None => advice("add a `default` that stands for the value in older data"),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::avro::tests::{check, findings, witness};
    use crate::model::Direction;

    const OLD: &str =
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#;

    fn with(field: &str) -> String {
        OLD.replace("}]}", &format!("}}, {field}]}}"))
    }

    #[test]
    fn only_data_without_the_field_break() {
        let new = with(r#"{"name": "b", "type": ["null", "int"]}"#);
        check(
            OLD,
            &new,
            &[
                "backward avro/field-added-without-default `/fields/1`: field `b` was added without a default",
            ],
        );
        assert_eq!(
            witness(OLD, &new, Direction::Backward),
            r#"{"a": 0} = 00: reading it with the new schema fails, field `b` is missing and has no default"#
        );
    }

    #[test]
    fn a_field_that_may_have_been_renamed_is_named_in_the_hint() {
        let new = OLD.replace("\"a\"", "\"b\"");
        let comparison = findings(OLD, &new);
        let added = comparison
            .findings
            .iter()
            .find(|finding| finding.rule == &RULE);
        let hint = added.and_then(|finding| finding.hint.as_ref());
        assert_eq!(
            hint.map(|hint| &*hint.text),
            Some(
                r#"if it is `a` under a new name, add `"aliases": ["a"]`; else add a default, such as `"default": 0`"#
            )
        );
    }

    #[test]
    fn look_alikes_are_silent() {
        check(
            OLD,
            &with(r#"{"name": "b", "type": ["null", "int"], "default": null}"#),
            &[],
        );
        check(
            OLD,
            &with(r#"{"name": "b", "type": ["null", "int"], "default": 1}"#),
            &[],
        );
        let renamed = OLD.replace("\"a\"", "\"b\", \"aliases\": [\"a\"]");
        check(
            OLD,
            &renamed,
            &[
                "forward avro/field-removed-without-default `/fields/0`: field `a` was removed, and old readers have no default for it",
            ],
        );
    }
}

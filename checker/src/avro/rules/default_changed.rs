//! Defaults that differ. Data that hold the field are not concerned.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};
use crate::text::json::{Node, Value};

use super::super::change::{Change, ChangeKind, Side};
use super::super::defaults;
use super::super::hint::{advice, replace, with_edit};
use super::super::model::{Field, Kind};
use super::super::words::{field_path, subject};

/// `avro/default-changed`
pub static RULE: Rule = Rule {
    id: "avro/default-changed",
    format: Some(Format::Avro),
    summary: "A default changed: data without the field, or unknown symbols, are read differently.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Complex Types, Records: default",
    docs: include_str!("default_changed.md"),
};

/// The longest default that a message shows.
const MAX_SHOWN: usize = 40;

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    match change.kind {
        ChangeKind::DefaultChanged(reader, writer) => of_field(change, reader, writer),
        ChangeKind::EnumDefaultChanged => of_enum(change),
        _ => None,
    }
}

fn of_enum(change: &Change<'_>) -> Option<Finding> {
    let (old, new) = (change.old_side(), change.new_side());
    let (Kind::Enum(old_enum), Kind::Enum(new_enum)) = (old.kind(), new.kind()) else {
        return None;
    };
    let (was, is) = (old_enum.default_symbol()?, new_enum.default_symbol()?);
    let message = format!(
        "the default of the enum of {} was `{was}` and is now `{is}`: symbols that a reader does not \
         know are read differently",
        subject(new.schema, new.site)
    );
    let mut finding = change.finding(&RULE, message);
    finding.hint = Some(advice(format!(
        "keep `\"default\": \"{was}\"`, unless all readers change at once"
    )));
    Some(finding)
}

fn of_field(change: &Change<'_>, reader_index: usize, writer_index: usize) -> Option<Finding> {
    let (old, new) = (change.old_side(), change.new_side());
    let (Kind::Record(old_record), Kind::Record(new_record)) = (old.kind(), new.kind()) else {
        return None;
    };
    let (old_index, new_index) = match change.direction {
        Direction::Backward => (writer_index, reader_index),
        Direction::Forward => (reader_index, writer_index),
    };
    let old_field = old_record.fields.get(old_index)?;
    let new_field = new_record.fields.get(new_index)?;
    let (old_default, new_default) = (shown(old_field)?, shown(new_field)?);
    let message = format!(
        "the default of field `{}` was {old_default} and is now {new_default}: data without the \
         field are read differently",
        new_field.name
    );
    let mut finding = change.finding(&RULE, message);
    finding.path = field_path(new.schema, new.id, new_index).key("default");
    let (old_place, new_place) = (old_field.default_place()?, new_field.default_place()?);
    finding.old = old.schema.span(&old_place);
    finding.new = new.schema.span(&new_place);
    let old_text = old.schema.text(&old_place).to_owned();
    let edit = if can_be_kept(&new, new_field, old_field.default.as_ref()?) {
        replace(new.schema, &new_place, old_text)
    } else {
        None
    };
    finding.hint = Some(with_edit(
        "keep the default, unless all readers change at once",
        edit,
    ));
    Some(finding)
}

/// The field may have another type now, and an object that stands for a record may never end.
pub(super) fn can_be_kept(new: &Side<'_>, field: &Field, default: &Node) -> bool {
    let may_be_record = match &default.value {
        Value::Object(members) => {
            !members.is_empty() || !matches!(new.schema.kind(field.ty.id), Kind::Map(_))
        }
        Value::Array(items) => items
            .iter()
            .any(|item| item.is_object() || item.as_array().is_some()),
        _ => false,
    };
    !may_be_record && defaults::fits(new.schema, &field.ty, default)
}

fn shown(field: &Field) -> Option<String> {
    let text = field.default.as_ref()?.to_compact();
    let short = text.chars().count() <= MAX_SHOWN;
    Some(if short {
        format!("`{text}`")
    } else {
        "another one".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, findings, witness};
    use crate::model::Direction;

    fn field(rest: &str) -> String {
        format!(
            r#"{{"type": "record", "name": "R", "fields": [{{"name": "a", "type": "int"{rest}}}]}}"#
        )
    }

    #[test]
    fn another_default_is_a_warning_both_ways() {
        let message = "the default of field `a` was `0` and is now `1`: data without the field are read differently";
        check(
            &field(r#", "default": 0"#),
            &field(r#", "default": 1"#),
            &[
                &*format!("backward avro/default-changed `/fields/0/default`: {message}"),
                &*format!("forward avro/default-changed `/fields/0/default`: {message}"),
            ],
        );
    }

    #[test]
    fn data_without_the_field_show_it() {
        let (old, new) = (field(r#", "default": 0"#), field(r#", "default": 1"#));
        assert_eq!(
            witness(&old, &new, Direction::Backward),
            "{} = : field `a` is 1 to a reader with the new schema, and 0 to one with the old schema"
        );
        assert_eq!(
            witness(&old, &new, Direction::Forward),
            "{} = : field `a` is 0 to a reader with the old schema, and 1 to one with the new schema"
        );
    }

    #[test]
    fn another_spelling_is_no_other_default() {
        let field = |default: &str| {
            format!(
                r#"{{"type": "record", "name": "R", "fields": [
                    {{"name": "a", "type": "double", "default": {default}}}]}}"#
            )
        };
        check(&field("1"), &field("10e-1"), &[]);
    }

    #[test]
    fn the_keys_of_a_map_have_no_order() {
        let field = |default: &str| {
            format!(
                r#"{{"type": "record", "name": "R", "fields": [{{"name": "a", "default": {default},
                    "type": {{"type": "map", "values": {{"type": "map", "values": "int"}}}}}}]}}"#
            )
        };
        let one = field(r#"{"x": {"a": 1, "b": 2}, "y": {}}"#);
        check(&one, &field(r#"{"y": {}, "x": {"b": 2, "a": 1}}"#), &[]);
        let other = findings(&one, &field(r#"{"y": {}, "x": {"b": 1, "a": 2}}"#));
        assert_eq!(other.findings.len(), 2);
    }

    #[test]
    fn another_default_of_an_enum_is_a_warning_both_ways() {
        let of = |default: &str| {
            format!(
                r#"{{"type": "enum", "name": "E", "symbols": ["A", "B"], "default": "{default}"}}"#
            )
        };
        let message = "the default of the enum of the schema was `A` and is now `B`: symbols that a reader does not know are read differently";
        check(
            &of("A"),
            &of("B"),
            &[
                &*format!("backward avro/default-changed ``: {message}"),
                &*format!("forward avro/default-changed ``: {message}"),
            ],
        );
    }

    #[test]
    fn look_alikes_are_silent() {
        check(
            &field(r#", "default": 0"#),
            &field(r#", "default":  0"#),
            &[],
        );
        check(&field(""), &field(""), &[]);
        check(
            &field(r#", "order": "ignore", "doc": "a""#),
            &field(""),
            &[],
        );
    }
}

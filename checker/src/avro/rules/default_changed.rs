//! Defaults that differ. Data that hold the field are not concerned.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};
use crate::text::json::{Node, Value};

use super::super::change::{Change, ChangeKind, Side};
use super::super::defaults;
use super::super::hint::{replace, with_edit};
use super::super::model::{Field, Kind, Place};
use super::super::words::field_path;

/// `avro/default-changed`
pub static RULE: Rule = Rule {
    id: "avro/default-changed",
    format: Some(Format::Avro),
    summary: "The default of a field changed: data without the field are read differently.",
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
    let ChangeKind::DefaultChanged(reader_index, writer_index) = change.kind else {
        return None;
    };
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
    finding.old = old.schema.span(&place(old_field)?);
    finding.new = new.schema.span(&place(new_field)?);
    let old_text = old.schema.text(&place(old_field)?).to_owned();
    let edit = if can_be_kept(&new, new_field, old_field.default.as_ref()?) {
        replace(new.schema, &place(new_field)?, old_text)
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
fn can_be_kept(new: &Side<'_>, field: &Field, default: &Node) -> bool {
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

fn place(field: &Field) -> Option<Place> {
    let default = field.default.as_ref()?;
    Some(Place {
        source: field.place.source,
        range: default.range.clone(),
    })
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
    use crate::avro::tests::{check, witness};
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
    fn look_alikes_are_silent() {
        check(
            &field(r#", "default": 0"#),
            &field(r#", "default":  0"#),
            &[],
        );
        check(&field(r#", "default": 0"#), &field(""), &[]);
        check(
            &field(r#", "order": "ignore", "doc": "a""#),
            &field(""),
            &[],
        );
    }
}

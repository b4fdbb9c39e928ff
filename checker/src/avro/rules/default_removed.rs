//! Defaults that are gone. Data that hold the field are not concerned.
//!
//! Only new readers lose something, so it is told of them alone: a default that is added is no finding
//! in the other direction.

use crate::Format;
use crate::model::{Direction, Edit, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{insert_after, with_edit};
use super::super::model::Kind;
use super::super::words::{field_path, subject};
use super::default_changed::can_be_kept;

/// `avro/default-removed`
pub static RULE: Rule = Rule {
    id: "avro/default-removed",
    format: Some(Format::Avro),
    summary: "A default was removed: data older than the field cannot be read any more.",
    directions: &[Direction::Backward],
    categories: &[],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: \"if the reader's record schema has a field with no default value\"",
    docs: include_str!("default_removed.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    match (&change.kind, change.direction) {
        (ChangeKind::DefaultRemoved(new, old), Direction::Backward) => of_field(change, *new, *old),
        (ChangeKind::EnumDefaultRemoved, Direction::Backward) => of_enum(change),
        _ => None,
    }
}

fn of_field(change: &Change<'_>, new_index: usize, old_index: usize) -> Option<Finding> {
    let (old, new) = (change.old_side(), change.new_side());
    let (Kind::Record(old_record), Kind::Record(new_record)) = (old.kind(), new.kind()) else {
        return None;
    };
    let old_field = old_record.fields.get(old_index)?;
    let new_field = new_record.fields.get(new_index)?;
    let place = old_field.default_place()?;
    let message = format!(
        "field `{}` has no default any more: data without the field cannot be read any more",
        new_field.name
    );
    let mut finding = change.finding(&RULE, message);
    finding.path = field_path(new.schema, new.id, new_index);
    finding.old = old.schema.span(&place);
    finding.new = new.schema.span(&new_field.name_place);
    let default = old_field.default.as_ref()?;
    let fits = can_be_kept(&new, new_field, default);
    let put_back = || -> Option<Edit> {
        let text = format!(", \"default\": {}", old.schema.text(&place));
        insert_after(new.schema, &new_field.ty.place, text)
    };
    finding.hint = Some(with_edit(
        "keep the default, unless no data without the field are left",
        fits.then(put_back).flatten(),
    ));
    Some(finding)
}

fn of_enum(change: &Change<'_>) -> Option<Finding> {
    let (old, new) = (change.old_side(), change.new_side());
    let Kind::Enum(content) = old.kind() else {
        return None;
    };
    let symbol = content.default_symbol()?;
    let message = format!(
        "the enum of {} has no default any more: symbols that it does not know were read as \
         `{symbol}` and cannot be read now",
        subject(new.schema, new.site)
    );
    let mut finding = change.finding(&RULE, message);
    finding.hint = Some(with_edit(
        format!("keep `\"default\": \"{symbol}\"`, unless no writer has other symbols"),
        None,
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{findings, witness};
    use crate::model::{Direction, Verdict};

    fn field(ty: &str, rest: &str) -> String {
        format!(
            r#"{{"type": "record", "name": "R", "fields": [{{"name": "a", "type": {ty}{rest}}}]}}"#
        )
    }

    fn lines(old: &str, new: &str) -> Vec<String> {
        let comparison = findings(old, new);
        assert_eq!(comparison.verdict(), Verdict::Compatible);
        let findings = comparison.findings.iter();
        findings
            .map(|it| {
                format!(
                    "{} {} {}",
                    it.direction.level_name(),
                    it.rule.id,
                    it.message
                )
            })
            .collect()
    }

    #[test]
    fn a_default_that_is_gone_is_a_warning_to_new_readers() {
        let (with, without) = (field("\"int\"", r#", "default": 1"#), field("\"int\"", ""));
        assert_eq!(
            lines(&with, &without),
            [
                "BACKWARD avro/default-removed field `a` has no default any more: data without the field cannot be read any more"
            ]
        );
        assert_eq!(
            witness(&with, &without, Direction::Backward),
            "{} = : reading it with the new schema fails, field `a` is missing and has no default; with the old schema it is 1"
        );
        assert_eq!(lines(&without, &with), [""; 0]);
    }

    #[test]
    fn the_default_is_put_back() {
        let (with, without) = (field("\"int\"", r#", "default": 1"#), field("\"int\"", ""));
        let comparison = findings(&with, &without);
        let hint = comparison.findings.first().and_then(|it| it.hint.as_ref());
        let edits: Vec<&str> = hint
            .iter()
            .flat_map(|hint| &hint.edits)
            .map(|edit| &*edit.replacement)
            .collect();
        assert_eq!(edits, [", \"default\": 1"]);
    }

    #[test]
    fn an_enum_s_default_that_is_gone_is_a_warning_to_new_readers() {
        let of =
            |rest: &str| format!(r#"{{"type": "enum", "name": "E", "symbols": ["A", "B"]{rest}}}"#);
        let (with, without) = (of(r#", "default": "A""#), of(""));
        assert_eq!(
            lines(&with, &without),
            [
                "BACKWARD avro/default-removed the enum of the schema has no default any more: symbols that it does not know were read as `A` and cannot be read now"
            ]
        );
        assert_eq!(lines(&without, &with), [""; 0]);
    }
}

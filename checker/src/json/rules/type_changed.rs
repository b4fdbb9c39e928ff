//! The reader does not accept a type that the writer may write.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/type-changed`
pub(super) static RULE: Rule = super::rule(
    "json/type-changed",
    "The reader does not accept a type that the writer may write.",
    "JSON Schema 2020-12 validation §6.1.1",
    include_str!("type_changed.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    let (old, new) = view.old_new(change.reader_types, change.writer_types);
    let narrowed = change.reader_types.meets(change.writer_types);
    let (kind, path) = if narrowed {
        ("TYPE_NARROWED", "type")
    } else {
        ("TYPE_CHANGED", "type")
    };
    Words {
        message: format!("{} was {old} and is now {new}", change.subject()),
        reader_label: format!("a reader with this schema expects {}", change.reader_types),
        writer_label: format!("data may hold {} here", change.writer_types),
        hint: "keep the type; or add a new property of the new type and retire the old one when nobody reads it".to_owned(),
        wire: view.wire_at_parent(change, kind, Text::Type, path),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn breaks() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"amount":{"type":"integer"}}}"#,
            r#"{"type":"object","properties":{"amount":{"type":"string"}}}"#,
            Breaks::Both,
        );
    }

    #[test]
    fn widening_integer_to_number_breaks_only_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"integer"}"#,
            r#"{"type":"number"}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn allowing_null_breaks_only_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"string"}"#,
            r#"{"type":["string","null"]}"#,
            Breaks::Forward,
        );
    }
}

//! A document of the writer is refused by the reader, and no single keyword is to blame.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/not-contained`
pub(super) static RULE: Rule = super::rule(
    "json/not-contained",
    "A document of the writer is refused by the reader, and no single keyword is to blame.",
    "JSON Schema 2020-12 core §4.3",
    include_str!("not_contained.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    Words {
        message: format!(
            "some documents of the {} schema are refused by the {} schema",
            view.writer_name(),
            view.reader_name()
        ),
        reader_label: "a reader with this schema refuses the document below".to_owned(),
        writer_label: "data may hold the document below".to_owned(),
        hint: "compare the two schemas for the document below".to_owned(),
        wire: view.wire(change, "TYPE_CHANGED", Text::Type),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn the_schema_false_breaks_every_reader() {
        check(&RULE, r#"{"type":"string"}"#, "false", Breaks::Backward);
    }

    #[test]
    fn true_breaks_only_the_old_readers() {
        check(&RULE, "false", r#"{"type":"string"}"#, Breaks::Forward);
    }

    #[test]
    fn nothing_is_contained_in_everything() {
        check(&RULE, "false", r#"{"not":{}}"#, Breaks::None);
    }
}

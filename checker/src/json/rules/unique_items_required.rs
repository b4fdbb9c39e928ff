//! The reader demands that items differ; the writer does not.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/unique-items-required`
pub(super) static RULE: Rule = super::rule(
    "json/unique-items-required",
    "The reader demands that items differ; the writer does not.",
    "JSON Schema 2020-12 validation §6.4.3",
    include_str!("unique_items_required.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    Words {
        message: view.either(
            format!(
                "the items of {} must now differ from each other",
                change.subject()
            ),
            format!(
                "the items of {} need no longer differ from each other",
                change.subject()
            ),
        ),
        reader_label: "a reader with this schema refuses equal items".to_owned(),
        writer_label: "data may hold equal items".to_owned(),
        hint: "remove duplicates where arrays are made, without demanding it in the schema"
            .to_owned(),
        wire: view.wire(change, "UNIQUE_ITEMS_ADDED", Text::Added),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn demanding_it_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"array"}"#,
            r#"{"type":"array","uniqueItems":true}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn giving_it_up_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"array","uniqueItems":true}"#,
            r#"{"type":"array"}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn a_single_item_is_unique() {
        check(
            &RULE,
            r#"{"type":"array","maxItems":1}"#,
            r#"{"type":"array","maxItems":1,"uniqueItems":true}"#,
            Breaks::None,
        );
    }
}

//! The reader demands items that an array of the writer need not have.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/contains-tightened`
pub(super) static RULE: Rule = super::rule(
    "json/contains-tightened",
    "The reader demands items that an array of the writer need not have.",
    "JSON Schema 2020-12 core §10.3.1.3",
    include_str!("contains_tightened.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    Words {
        message: view.either(
            format!("{} must now contain other items", change.subject()),
            format!("{} need no longer contain the same items", change.subject()),
        ),
        reader_label: "a reader with this schema counts these items".to_owned(),
        writer_label: "data may lack them, or have too many".to_owned(),
        hint: "keep `contains`, `minContains` and `maxContains` at least as wide as they were"
            .to_owned(),
        wire: view.wire(change, "MIN_CONTAINS_INCREASED", Text::Increased),
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
            r#"{"type":"array","contains":{"type":"integer"}}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn a_wider_kind_of_item_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"array","contains":{"type":"integer"}}"#,
            r#"{"type":"array","contains":{"type":"number"}}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn what_the_items_are_anyway_is_contained() {
        check(
            &RULE,
            r#"{"type":"array","minItems":1,"items":{"type":"integer"}}"#,
            r#"{"type":"array","minItems":1,"items":{"type":"integer"},"contains":{"type":"integer"}}"#,
            Breaks::None,
        );
    }
}

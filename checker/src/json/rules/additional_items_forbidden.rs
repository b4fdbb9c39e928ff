//! The reader admits no further items; the writer does.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/additional-items-forbidden`
pub(super) static RULE: Rule = super::rule(
    "json/additional-items-forbidden",
    "The reader admits no further items; the writer does.",
    "JSON Schema 2020-12 core §10.3.1",
    include_str!("additional_items_forbidden.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    Words {
        message: view.either(
            format!("{} may no longer have further items", change.subject()),
            format!("{} may now have further items", change.subject()),
        ),
        reader_label: "a reader with this schema refuses further items".to_owned(),
        writer_label: "data may hold further items".to_owned(),
        hint: "leave the tuple open".to_owned(),
        wire: view.wire(change, "ADDITIONAL_ITEMS_REMOVED", Text::Added),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn closing_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"array","items":[{"type":"string"}]}"#,
            r#"{"type":"array","items":[{"type":"string"}],"additionalItems":false}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn opening_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"array","items":[{"type":"string"}],"additionalItems":false}"#,
            r#"{"type":"array","items":[{"type":"string"}]}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn without_a_tuple_it_does_nothing() {
        check(
            &RULE,
            r#"{"type":"array"}"#,
            r#"{"type":"array","additionalItems":false}"#,
            Breaks::None,
        );
    }
}

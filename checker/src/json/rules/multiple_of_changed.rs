//! The reader demands multiples that a number of the writer need not be.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/multiple-of-changed`
pub(super) static RULE: Rule = super::rule(
    "json/multiple-of-changed",
    "The reader demands multiples that a number of the writer need not be.",
    "JSON Schema 2020-12 validation §6.2.1",
    include_str!("multiple_of_changed.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    let (old, new) = view.old_new_text(change, "anything");
    let (kind, text) = if change.writer_text.is_some() {
        ("MULTIPLE_OF_CHANGED", Text::Changed)
    } else {
        ("MULTIPLE_OF_ADDED", Text::Added)
    };
    Words {
        message: format!(
            "{} was to be a multiple of {old} and is now to be one of {new}",
            change.subject()
        ),
        reader_label: "a reader with this schema refuses other numbers".to_owned(),
        writer_label: "data may hold other numbers".to_owned(),
        hint: "keep the step, or choose one that divides the old one".to_owned(),
        wire: view.wire(change, kind, text),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn a_coarser_step_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"integer","multipleOf":2}"#,
            r#"{"type":"integer","multipleOf":4}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn a_finer_step_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"number","multipleOf":3}"#,
            r#"{"type":"number","multipleOf":0.3}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn an_integer_is_a_multiple_of_one() {
        check(
            &RULE,
            r#"{"type":"integer"}"#,
            r#"{"type":"number","multipleOf":1.0}"#,
            Breaks::None,
        );
    }
}

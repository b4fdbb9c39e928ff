//! The reader does not list a value that the writer may write.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/enum-value-removed`
pub(super) static RULE: Rule = super::rule(
    "json/enum-value-removed",
    "The reader does not list a value that the writer may write.",
    "JSON Schema 2020-12 validation §6.1.2",
    include_str!("enum_value_removed.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    let (old, new) = view.old_new_text(change, "any value");
    let kind = if change.writer_text.is_some() {
        "ENUM_ARRAY_NARROWED"
    } else {
        "ENUM_ARRAY_ADDED"
    };
    let text = if change.writer_text.is_some() {
        Text::Narrowed
    } else {
        Text::Added
    };
    Words {
        message: format!(
            "the values of {} were {old} and are now {new}",
            change.subject()
        ),
        reader_label: "a reader with this schema accepts only these values".to_owned(),
        writer_label: "data may hold other values".to_owned(),
        hint: "keep every value that was ever written; stop writing one before it is removed"
            .to_owned(),
        wire: view.wire(change, kind, text),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn removing_a_value_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"enum":["red","green"]}"#,
            r#"{"enum":["red"]}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn adding_a_value_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"enum":["red"]}"#,
            r#"{"enum":["red","green"]}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn the_order_of_values_means_nothing() {
        check(
            &RULE,
            r#"{"enum":["red",1]}"#,
            r#"{"enum":[1.0,"red"]}"#,
            Breaks::None,
        );
    }
}

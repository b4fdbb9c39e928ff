//! The reader accepts one value only, and the writer may write another.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/const-changed`
pub(super) static RULE: Rule = super::rule(
    "json/const-changed",
    "The reader accepts one value only, and the writer may write another.",
    "JSON Schema 2020-12 validation §6.1.3",
    include_str!("const_changed.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    let (old, new) = view.old_new_text(change, "any value");
    let kind = if change.writer_text.is_some() {
        "ENUM_ARRAY_CHANGED"
    } else {
        "ENUM_ARRAY_ADDED"
    };
    let text = if change.writer_text.is_some() {
        Text::Changed
    } else {
        Text::Added
    };
    Words {
        message: format!(
            "the value of {} was {old} and is now {new}",
            change.subject()
        ),
        reader_label: "a reader with this schema accepts only this value".to_owned(),
        writer_label: "data may hold another value".to_owned(),
        hint: "list the old and the new value in an `enum`".to_owned(),
        wire: view.wire(change, kind, text),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn another_constant_breaks_both_directions() {
        check(
            &RULE,
            r#"{"const":"v1"}"#,
            r#"{"const":"v2"}"#,
            Breaks::Both,
        );
    }

    #[test]
    fn a_constant_that_becomes_a_list_breaks_only_the_old_readers() {
        check(
            &RULE,
            r#"{"const":"v1"}"#,
            r#"{"enum":["v1","v2"]}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn one_is_one_point_zero() {
        check(&RULE, r#"{"const":1}"#, r#"{"const":1.0}"#, Breaks::None);
    }
}

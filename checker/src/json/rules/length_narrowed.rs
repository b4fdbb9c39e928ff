//! The reader limits the length of a text more than the writer does.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::view::bound_kind;
use crate::model::Rule;

/// `json/length-narrowed`
pub(super) static RULE: Rule = super::rule(
    "json/length-narrowed",
    "The reader limits the length of a text more than the writer does.",
    "JSON Schema 2020-12 validation §6.3",
    include_str!("length_narrowed.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    let (old, new) = view.old_new_text(change, "without limit");
    let (kind, text) = bound_kind(change);
    Words {
        message: format!(
            "`{}` of {} was {old} and is now {new}",
            change.keyword,
            change.subject()
        ),
        reader_label: "a reader with this schema refuses other lengths".to_owned(),
        writer_label: "data may hold texts of other lengths".to_owned(),
        hint: "keep the wider limit in the schema and check the narrower one where texts are made"
            .to_owned(),
        wire: view.wire(change, &kind, text),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn tightening_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"string","maxLength":3}"#,
            r#"{"type":"string","maxLength":2}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn relaxing_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"string","minLength":3}"#,
            r#"{"type":"string"}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn a_limit_that_the_values_keep_means_nothing() {
        check(
            &RULE,
            r#"{"enum":["ab","cd"]}"#,
            r#"{"enum":["ab","cd"],"maxLength":2}"#,
            Breaks::None,
        );
    }
}

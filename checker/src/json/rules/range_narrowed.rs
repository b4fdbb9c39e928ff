//! The reader sets a bound that a number of the writer may exceed.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::view::bound_kind;
use crate::model::Rule;

/// `json/range-narrowed`
pub(super) static RULE: Rule = super::rule(
    "json/range-narrowed",
    "The reader sets a bound that a number of the writer may exceed.",
    "JSON Schema 2020-12 validation §6.2",
    include_str!("range_narrowed.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    let (old, new) = view.old_new_text(change, "without bound");
    let (kind, text) = bound_kind(change);
    Words {
        message: format!(
            "`{}` of {} was {old} and is now {new}",
            change.keyword,
            change.subject()
        ),
        reader_label: "a reader with this schema refuses numbers beyond this".to_owned(),
        writer_label: "data may hold numbers beyond the reader's bound".to_owned(),
        hint: "keep the wider range in the schema and check the narrower one where values are made"
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
            r#"{"type":"integer","maximum":10}"#,
            r#"{"type":"integer","maximum":5}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn relaxing_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"integer","minimum":10}"#,
            r#"{"type":"integer","minimum":5}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn bounds_of_integers_are_rounded() {
        check(
            &RULE,
            r#"{"type":"integer","minimum":1.1}"#,
            r#"{"type":"integer","exclusiveMinimum":1}"#,
            Breaks::None,
        );
    }
}

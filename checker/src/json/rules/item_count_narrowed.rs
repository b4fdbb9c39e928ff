//! The reader limits the number of items more than the writer does.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::view::bound_kind;
use crate::model::Rule;

/// `json/item-count-narrowed`
pub(super) static RULE: Rule = super::rule(
    "json/item-count-narrowed",
    "The reader limits the number of items more than the writer does.",
    "JSON Schema 2020-12 validation §6.4",
    include_str!("item_count_narrowed.md"),
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
        reader_label: "a reader with this schema refuses other numbers of items".to_owned(),
        writer_label: "data may hold other numbers of items".to_owned(),
        hint: "keep the wider limit in the schema".to_owned(),
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
            r#"{"type":"array"}"#,
            r#"{"type":"array","minItems":1}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn relaxing_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"array","maxItems":1}"#,
            r#"{"type":"array","maxItems":2}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn a_limit_that_a_closed_tuple_keeps_means_nothing() {
        check(
            &RULE,
            r#"{"type":"array","items":[{},{}],"additionalItems":false}"#,
            r#"{"type":"array","items":[{},{}],"additionalItems":false,"maxItems":2}"#,
            Breaks::None,
        );
    }
}

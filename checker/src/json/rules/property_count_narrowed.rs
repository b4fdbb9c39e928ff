//! The reader limits the number of properties more than the writer does.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::view::bound_kind;
use crate::model::Rule;

/// `json/property-count-narrowed`
pub(super) static RULE: Rule = super::rule(
    "json/property-count-narrowed",
    "The reader limits the number of properties more than the writer does.",
    "JSON Schema 2020-12 validation §6.5",
    include_str!("property_count_narrowed.md"),
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
        reader_label: "a reader with this schema refuses other numbers of properties".to_owned(),
        writer_label: "data may hold other numbers of properties".to_owned(),
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
            r#"{"type":"object"}"#,
            r#"{"type":"object","minProperties":1}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn relaxing_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"object","maxProperties":1}"#,
            r#"{"type":"object","maxProperties":2}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn a_limit_that_the_properties_keep_means_nothing() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#,
            r#"{"type":"object","properties":{"a":{}},"additionalProperties":false,"maxProperties":1}"#,
            Breaks::None,
        );
    }
}

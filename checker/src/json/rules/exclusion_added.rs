//! The reader excludes documents that the writer may write.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/exclusion-added`
pub(super) static RULE: Rule = super::rule(
    "json/exclusion-added",
    "The reader excludes documents that the writer may write.",
    "JSON Schema 2020-12 core §10.2.1.4",
    include_str!("exclusion_added.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    Words {
        message: view.either(
            format!(
                "`not` of {} now excludes documents that were valid",
                change.subject()
            ),
            format!(
                "`not` of {} no longer excludes all that it did",
                change.subject()
            ),
        ),
        reader_label: "a reader with this schema refuses what this describes".to_owned(),
        writer_label: "data may hold what the reader excludes".to_owned(),
        hint: "exclude only what never was valid".to_owned(),
        wire: view.wire(change, "NOT_TYPE_EXTENDED", Text::Extended),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn excluding_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"object"}"#,
            r#"{"type":"object","not":{"required":["a"]}}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn narrowing_the_excluded_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"not":{"type":"number"}}"#,
            r#"{"not":{"type":"integer"}}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn excluding_what_the_type_excludes_means_nothing() {
        check(
            &RULE,
            r#"{"type":"string"}"#,
            r#"{"type":"string","not":{"type":"null"}}"#,
            Breaks::None,
        );
    }
}

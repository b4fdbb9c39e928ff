//! A document of the writer fits no branch of the reader's union, or more than one where only one may fit.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/union-narrowed`
pub(super) static RULE: Rule = super::rule(
    "json/union-narrowed",
    "A document of the writer fits no branch of the reader's union, or more than one where only one may fit.",
    "JSON Schema 2020-12 core §10.2.1",
    include_str!("union_narrowed.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    let (kind, text) = if change.writer_text.is_some() {
        ("COMBINED_TYPE_SUBSCHEMAS_CHANGED", Text::Changed)
    } else {
        ("COMBINED_TYPE_CHANGED", Text::Changed)
    };
    let reader_label = if change.keyword == "oneOf" {
        "a reader with this schema wants exactly one of these to fit"
    } else {
        "a reader with this schema wants one of these to fit"
    };
    Words {
        message: format!("`{}` of {} changed: some documents no longer fit", change.keyword, change.subject()),
        reader_label: reader_label.to_owned(),
        writer_label: "data may hold such a value".to_owned(),
        hint: "keep a branch for everything that was valid so far; with `oneOf` also keep the branches disjoint".to_owned(),
        wire: view.wire_at_parent(change, kind, text, change.keyword),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn a_branch_that_overlaps_breaks_one_of() {
        check(
            &RULE,
            r#"{"oneOf":[{"type":"integer"}]}"#,
            r#"{"oneOf":[{"type":"integer"},{"type":"number","minimum":0}]}"#,
            Breaks::Both,
        );
    }

    #[test]
    fn removing_a_branch_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#,
            r#"{"anyOf":[{"type":"string"}]}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn any_of_types_is_a_list_of_types() {
        check(
            &RULE,
            r#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#,
            r#"{"type":["null","string"]}"#,
            Breaks::None,
        );
    }
}

//! The reader demands a pattern that a text of the writer need not match.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/pattern-changed`
pub(super) static RULE: Rule = super::rule(
    "json/pattern-changed",
    "The reader demands a pattern that a text of the writer need not match.",
    "JSON Schema 2020-12 validation §6.3.3",
    include_str!("pattern_changed.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    let (old, new) = view.old_new_text(change, "none");
    let (kind, text) = if change.writer_text.is_some() {
        ("PATTERN_CHANGED", Text::Changed)
    } else {
        ("PATTERN_ADDED", Text::Added)
    };
    Words {
        message: format!(
            "the pattern of {} was {old} and is now {new}",
            change.subject()
        ),
        reader_label: "a reader with this schema refuses texts in which this is not found"
            .to_owned(),
        writer_label: "data may hold such texts".to_owned(),
        hint: "choose a pattern that also matches every text that was valid so far".to_owned(),
        wire: view.wire(change, kind, text),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn a_narrower_pattern_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"string","pattern":"^a*$"}"#,
            r#"{"type":"string","pattern":"^a+$"}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn a_wider_pattern_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"string","pattern":"^[ab]$"}"#,
            r#"{"type":"string","pattern":"^[abc]$"}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn a_pattern_that_matches_everything_means_nothing() {
        check(
            &RULE,
            r#"{"type":"string"}"#,
            r#"{"type":"string","pattern":"[a-z]*"}"#,
            Breaks::None,
        );
    }
}

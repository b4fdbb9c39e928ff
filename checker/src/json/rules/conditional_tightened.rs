//! A condition of the reader demands more than the writer keeps.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/conditional-tightened`
pub(super) static RULE: Rule = super::rule(
    "json/conditional-tightened",
    "A condition of the reader demands more than the writer keeps.",
    "JSON Schema 2020-12 core §10.2.2",
    include_str!("conditional_tightened.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    Words {
        message: view.either(
            format!("the condition on {} now demands more", change.subject()),
            format!("the condition on {} demands less", change.subject()),
        ),
        reader_label:
            "a reader with this schema demands more where the condition holds, or where it does not"
                .to_owned(),
        writer_label: "data may fail that".to_owned(),
        hint: "keep `then` and `else` at least as wide as they were".to_owned(),
        wire: view.wire(change, "TYPE_CHANGED", Text::Type),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn a_new_condition_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"integer"}"#,
            r#"{"type":"integer","if":{"minimum":10},"then":{"maximum":20}}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn dropping_it_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"if":{"type":"string"},"then":{"minLength":1}}"#,
            "{}",
            Breaks::Forward,
        );
    }

    #[test]
    fn a_condition_without_consequence_means_nothing() {
        check(
            &RULE,
            r#"{"type":"integer"}"#,
            r#"{"type":"integer","if":{"minimum":10}}"#,
            Breaks::None,
        );
    }
}

//! The reader admits no further properties; the writer does.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/additional-properties-forbidden`
pub(super) static RULE: Rule = super::rule(
    "json/additional-properties-forbidden",
    "The reader admits no further properties; the writer does.",
    "JSON Schema 2020-12 core §10.3.2.3",
    include_str!("additional_properties_forbidden.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    Words {
        message: view.either(format!("{} may no longer have further properties", change.subject()), format!("{} may now have further properties", change.subject())),
        reader_label: "a reader with this schema refuses properties that it does not declare".to_owned(),
        writer_label: "data may hold further properties".to_owned(),
        hint: "leave the content model as it was; or set compatibilityPolicy LENIENT if writers produce only declared properties".to_owned(),
        wire: view.wire(change, "ADDITIONAL_PROPERTIES_REMOVED", Text::Added),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn closing_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"a":{}}}"#,
            r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn opening_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#,
            r#"{"type":"object","properties":{"a":{}}}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn true_is_the_same_as_nothing() {
        check(
            &RULE,
            r#"{"type":"object","additionalProperties":true}"#,
            r#"{"type":"object"}"#,
            Breaks::None,
        );
    }
}

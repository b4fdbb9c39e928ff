//! The reader is closed and does not declare a property that the writer may write.

use super::{View, Words};
use crate::json::change::Change;
use crate::model::Rule;

/// `json/property-removed-from-closed-model`
pub(super) static RULE: Rule = super::rule(
    "json/property-removed-from-closed-model",
    "The reader is closed and does not declare a property that the writer may write.",
    "JSON Schema 2020-12 core §10.3.2.3",
    include_str!("property_removed_from_closed_model.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>, key: &str) -> Words {
    let property = change.property(key);
    Words {
        message: view.either(
            format!("{property} was removed from a closed content model"),
            format!("{property} was added, and the old schema is a closed content model"),
        ),
        reader_label: "a reader with this schema refuses properties that it does not declare"
            .to_owned(),
        writer_label: "data may hold this property".to_owned(),
        hint: format!(
            "keep {property} declared until no data holds it, or open the reader's model"
        ),
        wire: view.wire_closed(change, "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL"),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn removing_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"a":{},"b":{}},"additionalProperties":false}"#,
            r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn adding_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#,
            r#"{"type":"object","properties":{"a":{},"b":{"type":"string"}},"additionalProperties":false}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn a_property_that_nothing_satisfies_is_not_missed() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"a":{},"b":false},"additionalProperties":false}"#,
            r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#,
            Breaks::None,
        );
    }
}

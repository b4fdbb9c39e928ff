//! The reader refuses property names that the writer may use.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/property-names-restricted`
pub(super) static RULE: Rule = super::rule(
    "json/property-names-restricted",
    "The reader refuses property names that the writer may use.",
    "JSON Schema 2020-12 core §10.3.2.4",
    include_str!("property_names_restricted.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    Words {
        message: view.either(
            format!(
                "{} may no longer have all the property names that it had",
                change.subject()
            ),
            format!("{} may now have further property names", change.subject()),
        ),
        reader_label: "a reader with this schema refuses other names".to_owned(),
        writer_label: "data may use other names".to_owned(),
        hint: "let `propertyNames` admit every name that was valid so far".to_owned(),
        wire: view.wire(change, "TYPE_CHANGED", Text::Type),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn restricting_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"object"}"#,
            r#"{"type":"object","propertyNames":{"pattern":"^a"}}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn relaxing_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"object","propertyNames":{"maxLength":2}}"#,
            r#"{"type":"object","propertyNames":{"maxLength":3}}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn names_of_a_closed_model_are_known() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"ab":{}},"additionalProperties":false}"#,
            r#"{"type":"object","properties":{"ab":{}},"additionalProperties":false,"propertyNames":{"pattern":"^a"}}"#,
            Breaks::None,
        );
    }
}

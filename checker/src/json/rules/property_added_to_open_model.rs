//! The reader constrains a property of which the writer says nothing and which it may therefore write with any value.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/property-added-to-open-model`
pub(super) static RULE: Rule = super::rule(
    "json/property-added-to-open-model",
    "The reader constrains a property of which the writer says nothing and which it may therefore write with any value.",
    "JSON Schema 2020-12 core §10.3.2",
    include_str!("property_added_to_open_model.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>, key: &str) -> Words {
    let property = change.property(key);
    Words {
        message: view.either(
            format!("{property} was added to an open content model: the old schema admits any value under this name"),
            format!("{property} was removed from an open content model: the new schema admits any value under this name"),
        ),
        reader_label: "a reader with this schema checks the value".to_owned(),
        writer_label: "this schema says nothing of further properties, so data may hold anything there".to_owned(),
        hint: "the open content model is the reason: close the model with `\"additionalProperties\": false` in every version, or set compatibilityPolicy LENIENT, which reads writers as producing only declared properties".to_owned(),
        wire: view.wire(change, "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", Text::Open),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn adding_a_property_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#,
            r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}}}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn removing_a_property_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}}}"#,
            r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn a_property_without_demands_breaks_nothing() {
        check(
            &RULE,
            r#"{"type":"object"}"#,
            r#"{"type":"object","properties":{"b":{"title":"B"}}}"#,
            Breaks::None,
        );
    }
}

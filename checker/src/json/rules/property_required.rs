//! The reader requires a property that the writer need not write.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/property-required`
pub(super) static RULE: Rule = super::rule(
    "json/property-required",
    "The reader requires a property that the writer need not write.",
    "JSON Schema 2020-12 validation §6.5.3",
    include_str!("property_required.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>, key: &str) -> Words {
    let property = change.property(key);
    let (kind, text) = if view.writer_declares(change, key) {
        ("REQUIRED_ATTRIBUTE_ADDED", Text::Added)
    } else {
        (
            "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL",
            Text::RequiredInUnopen,
        )
    };
    Words {
        message: view.either(
            format!("{property} is now required"),
            format!("{property} is no longer required"),
        ),
        reader_label: "a reader with this schema refuses objects without it".to_owned(),
        writer_label: "data may lack it".to_owned(),
        hint: format!(
            "keep {property} optional in the schema; a `default` does not fill it in, validators ignore defaults"
        ),
        wire: view.wire_required(change, kind, text, key),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn requiring_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"a":{"type":"string"}}}"#,
            r#"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn no_longer_requiring_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"object","required":["a"]}"#,
            r#"{"type":"object"}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn a_default_does_not_help() {
        check(
            &RULE,
            r#"{"type":"object","properties":{"a":{"type":"string"}}}"#,
            r#"{"type":"object","properties":{"a":{"type":"string","default":"x"}},"required":["a"]}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn the_order_of_required_means_nothing() {
        check(
            &RULE,
            r#"{"type":"object","required":["a","b"]}"#,
            r#"{"type":"object","required":["b","a"]}"#,
            Breaks::None,
        );
    }
}

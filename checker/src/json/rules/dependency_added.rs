//! The reader demands something of objects with a certain property; the writer does not.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/dependency-added`
pub(super) static RULE: Rule = super::rule(
    "json/dependency-added",
    "The reader demands something of objects with a certain property; the writer does not.",
    "JSON Schema 2020-12 validation §6.5.4",
    include_str!("dependency_added.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    Words {
        message: view.either(
            format!(
                "a property of {} now demands more of the object",
                change.subject()
            ),
            format!(
                "a property of {} demands less of the object",
                change.subject()
            ),
        ),
        reader_label: "a reader with this schema refuses the property without what it depends on"
            .to_owned(),
        writer_label: "data may hold the property alone".to_owned(),
        hint: "drop the dependency, or write what it demands first".to_owned(),
        wire: view.wire(change, "DEPENDENCY_ARRAY_ADDED", Text::Added),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn adding_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"object"}"#,
            r#"{"type":"object","dependencies":{"a":["b"]}}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn removing_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"object","dependencies":{"a":["b","c"]}}"#,
            r#"{"type":"object","dependencies":{"a":["b"]}}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn what_is_required_anyway_may_be_depended_on() {
        check(
            &RULE,
            r#"{"type":"object","required":["b"]}"#,
            r#"{"type":"object","required":["b"],"dependencies":{"a":["b"]}}"#,
            Breaks::None,
        );
    }
}

//! The reader admits no value at a place where the writer may write one.

use super::{View, Words};
use crate::json::change::Change;
use crate::json::contract::Text;
use crate::model::Rule;

/// `json/value-forbidden`
pub(super) static RULE: Rule = super::rule(
    "json/value-forbidden",
    "The reader admits no value at a place where the writer may write one.",
    "JSON Schema 2020-12 core §4.3.2",
    include_str!("value_forbidden.md"),
);

/// Words the change.
pub(super) fn words(change: &Change, view: &View<'_>) -> Words {
    Words {
        message: view.either(
            format!("{} may no longer be there", change.subject()),
            format!("{} may now be there", change.subject()),
        ),
        reader_label: "a reader with this schema refuses every value here".to_owned(),
        writer_label: "data may hold a value here".to_owned(),
        hint: "admit what data holds".to_owned(),
        wire: view.wire(change, "TYPE_CHANGED", Text::Type),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::json::rules::testing::{Breaks, check};

    #[test]
    fn forbidding_breaks_the_new_readers() {
        check(
            &RULE,
            r#"{"type":"object","patternProperties":{"^x":{"type":"string"}}}"#,
            r#"{"type":"object","patternProperties":{"^x":false}}"#,
            Breaks::Backward,
        );
    }

    #[test]
    fn admitting_breaks_the_old_readers() {
        check(
            &RULE,
            r#"{"type":"object","patternProperties":{"^x":false}}"#,
            r#"{"type":"object","patternProperties":{"^x":{"type":"string"}}}"#,
            Breaks::Forward,
        );
    }

    #[test]
    fn what_was_forbidden_may_stay_so() {
        check(
            &RULE,
            r#"{"type":"object","patternProperties":{"^x":false}}"#,
            r#"{"type":"object","patternProperties":{"^x":{"not":{}}}}"#,
            Breaks::None,
        );
    }
}

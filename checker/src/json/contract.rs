//! The words of the wire contract for a change, as its registry lists them in `messages`.
//!
//! The verdicts are the checker's own; only the wording is the contract's, with the kind that comes
//! nearest. Its quotes are kept as clients know them: `"` opens the description, `'` closes it.

use crate::Direction;
use crate::model::Path;

/// The contract's sentences.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Text {
    /// A keyword that was not there.
    Added,
    /// A larger value.
    Increased,
    /// A smaller value.
    Decreased,
    /// Another value.
    Changed,
    /// Fewer elements or branches.
    Narrowed,
    /// More elements or branches.
    Extended,
    /// Another type.
    Type,
    /// Something more in an open content model.
    Open,
    /// A required property more in a content model that is not open.
    RequiredInUnopen,
    /// Something less in a closed content model.
    Closed,
}

/// `{errorType:"TYPE_CHANGED", description:"A type at path '#/' is different …'}`
pub(crate) fn message(kind: &str, text: Text, path: &Path, direction: Direction) -> String {
    let (reader, writer) = match direction {
        Direction::Backward => ("new", "old"),
        Direction::Forward => ("old", "new"),
    };
    let root = if path.as_str().is_empty() { "/" } else { "" };
    let path = format!("#{root}{path}");
    let description = match text {
        Text::Added => format!(
            "The keyword at path '{path}' in the {reader} schema is not present in the {writer} schema"
        ),
        Text::Increased => format!(
            "The value at path '{path}' in the {reader} schema is more than its value in the {writer} schema"
        ),
        Text::Decreased => format!(
            "The value at path '{path}' in the {reader} schema is less than its value in the {writer} schema"
        ),
        Text::Changed => format!(
            "The value at path '{path}' is different between the {reader} and {writer} schema"
        ),
        Text::Narrowed => format!(
            "An array or combined type at path '{path}' has fewer elements in the {reader} schema than the {writer} schema"
        ),
        Text::Extended => format!(
            "An array or combined type at path '{path}' has more elements in the {reader} schema than the {writer} schema"
        ),
        Text::Type => format!(
            "A type at path '{path}' is different between the {reader} schema and the {writer} schema"
        ),
        Text::Open => format!(
            "The {reader} schema has an open content model and has a property or item at path '{path}' which is missing in the {writer} schema"
        ),
        Text::RequiredInUnopen => format!(
            "The {reader} schema has an unopen content model and has a required property at path '{path}' which is missing in the {writer} schema"
        ),
        Text::Closed => format!(
            "The {reader} has a closed content model and is missing a property or item present at path '{path}' in the {writer} schema"
        ),
    };
    format!("{{errorType:\"{kind}\", description:\"{description}'}}")
}

//! The wire contract's words for Protobuf differences, as they stand in its `messages`.

use super::diff::relative;
use super::model::{Field, Message, Model};
use crate::model::Direction;

/// The kinds of differences that the contract counts as incompatible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    PackageChanged,
    MessageRemoved,
    FieldKindChanged,
    FieldScalarKindChanged,
    FieldNamedTypeChanged,
    FieldNumericLabelChanged,
    RequiredFieldAdded,
    RequiredFieldRemoved,
    OneofFieldRemoved,
    MultipleFieldsMovedToOneof,
    FieldMovedToExistingOneof,
}

impl Kind {
    /// Name and text; `%p` is the path, `%r` and `%w` are the reader's and the writer's word.
    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::PackageChanged => (
                "PACKAGE_CHANGED",
                "The package at '%p' in the %r schema does not match the package in the %w schema",
            ),
            Self::MessageRemoved => (
                "MESSAGE_REMOVED",
                "The %r schema is missing a MESSAGE type at path '%p' in the %w schema",
            ),
            Self::FieldKindChanged => (
                "FIELD_KIND_CHANGED",
                "The type of a field at path '%p' in the %r schema does not match the %w schema",
            ),
            Self::FieldScalarKindChanged => (
                "FIELD_SCALAR_KIND_CHANGED",
                "The kind of a SCALAR field at path '%p' in the %r schema does not match its kind \
                 in the %w schema",
            ),
            Self::FieldNamedTypeChanged => (
                "FIELD_NAMED_TYPE_CHANGED",
                "The type of a MESSAGE field at path '%p' in the %r schema does not match its type \
                 in the %w schema",
            ),
            Self::FieldNumericLabelChanged => (
                "FIELD_NUMERIC_LABEL_CHANGED",
                "The label for a NUMERIC field at path '%p' in the %r schema does not match its \
                 label in the %w schema",
            ),
            // Two spaces: the contract's own.
            Self::RequiredFieldAdded => (
                "REQUIRED_FIELD_ADDED",
                "A required field  at path '%p' in the %r schema is missing in the %w schema",
            ),
            Self::RequiredFieldRemoved => (
                "REQUIRED_FIELD_REMOVED",
                "The %r schema is missing a required field at path: '%p' in the %w schema",
            ),
            Self::OneofFieldRemoved => (
                "ONEOF_FIELD_REMOVED",
                "The %r schema is missing a oneof field at path '%p' in the %w schema",
            ),
            Self::MultipleFieldsMovedToOneof => (
                "MULTIPLE_FIELDS_MOVED_TO_ONEOF",
                "Multiple fields in the oneof at path '%p' in the %r schema are outside a oneof in \
                 the %w schema",
            ),
            Self::FieldMovedToExistingOneof => (
                "FIELD_MOVED_TO_EXISTING_ONEOF",
                "A field in the oneof at path '%p' in the %r schema is outside an existing oneof \
                 in the %w schema",
            ),
        }
    }

    /// The whole message, as it stands in a list of differences.
    pub(crate) fn message(self, path: &str, direction: Direction) -> String {
        let description = self.description(path, direction);
        format!(
            "{{errorType:\"{}\", description:\"{description}\"}}",
            self.row().0
        )
    }

    /// The text alone.
    pub(crate) fn description(self, path: &str, direction: Direction) -> String {
        let (reader, writer) = match direction {
            Direction::Backward => ("new", "old"),
            Direction::Forward => ("old", "new"),
        };
        let text = self.row().1.replace("%r", reader).replace("%w", writer);
        // The path comes last: it may hold any text.
        text.replace("%p", path)
    }
}

/// `#/Outer/Inner`
pub(crate) fn message_path(model: &Model, message: &Message) -> String {
    let name = relative(&message.name, model.package(message.file)).unwrap_or(&message.name);
    format!("#/{}", name.replace('.', "/"))
}

/// `#/Outer/Inner/3`
pub(crate) fn field_path(model: &Model, message: &Message, field: &Field) -> String {
    format!("{}/{}", message_path(model, message), field.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reader_and_writer_trade_words_with_the_direction() {
        let kind = Kind::MessageRemoved;
        assert_eq!(
            kind.message("#/A", Direction::Backward),
            "{errorType:\"MESSAGE_REMOVED\", description:\"The new schema is missing a MESSAGE type \
             at path '#/A' in the old schema\"}"
        );
        assert!(
            kind.message("#/A", Direction::Forward)
                .contains("The old schema is missing")
        );
    }
}

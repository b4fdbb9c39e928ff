//! Resolved features: what proto2, proto3 and the editions say by other means, as one set of facts.
//!
//! A file starts from the defaults of its edition; every element takes those of the element around it
//! and sets its own. proto2 and proto3 are rows of the same table, and what they spell with keywords
//! (`required`, `optional`, `group`, `[packed]`) is read as the feature that it stands for. Features of
//! single languages (`(pb.cpp)` and others) are not part of it: they are options like any other.
//!
//! Source: "Feature Settings for Editions" and `FeatureSet` in `google/protobuf/descriptor.proto`.

use super::descriptor::{
    Edition, FieldDescriptorProto, FileDescriptorProto, Label, Options, SymbolVisibility, Type,
    last_varint,
};

/// The field of each `…Options` message that holds its features.
pub(crate) mod of {
    pub(crate) const FILE: u32 = 50;
    pub(crate) const MESSAGE: u32 = 12;
    pub(crate) const FIELD: u32 = 21;
    pub(crate) const ONEOF: u32 = 1;
    pub(crate) const ENUM: u32 = 7;
    pub(crate) const ENUM_VALUE: u32 = 2;
    pub(crate) const SERVICE: u32 = 34;
    pub(crate) const METHOD: u32 = 35;
}

/// `FieldOptions.packed`.
const PACKED: u32 = 2;

/// Whether a field that is not set differs from one that has its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldPresence {
    Explicit,
    Implicit,
    LegacyRequired,
}

/// What a reader does with a number that the enum does not declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EnumType {
    Open,
    Closed,
}

/// How repeated numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RepeatedFieldEncoding {
    Packed,
    Expanded,
}

/// Whether a string that is not UTF-8 is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Utf8Validation {
    Verify,
    None,
}

/// How a message in a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageEncoding {
    LengthPrefixed,
    /// As a group.
    Delimited,
}

/// Whether a JSON form is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonFormat {
    Allow,
    LegacyBestEffort,
}

/// Whether names have to follow the style guide (edition 2024).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EnforceNamingStyle {
    Style2024,
    Legacy,
}

/// Who may name a type that says nothing of it (edition 2024).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DefaultSymbolVisibility {
    ExportAll,
    ExportTopLevel,
    LocalAll,
    Strict,
}

impl DefaultSymbolVisibility {
    /// Whether other files may name a type of this visibility.
    pub(crate) const fn exports(self, visibility: SymbolVisibility, nested: bool) -> bool {
        match (visibility, self) {
            (SymbolVisibility::Export, _) | (SymbolVisibility::Unset, Self::ExportAll) => true,
            (SymbolVisibility::Unset, Self::ExportTopLevel) => !nested,
            (SymbolVisibility::Local, _)
            | (SymbolVisibility::Unset, Self::LocalAll | Self::Strict) => false,
        }
    }
}

/// The features of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Features {
    pub field_presence: FieldPresence,
    pub enum_type: EnumType,
    pub repeated_field_encoding: RepeatedFieldEncoding,
    pub utf8_validation: Utf8Validation,
    pub message_encoding: MessageEncoding,
    pub json_format: JsonFormat,
    pub enforce_naming_style: EnforceNamingStyle,
    pub default_symbol_visibility: DefaultSymbolVisibility,
}

impl Features {
    /// The defaults of an edition.
    pub(crate) fn of_edition(edition: Edition) -> Self {
        let proto2 = Self {
            field_presence: FieldPresence::Explicit,
            enum_type: EnumType::Closed,
            repeated_field_encoding: RepeatedFieldEncoding::Expanded,
            utf8_validation: Utf8Validation::None,
            message_encoding: MessageEncoding::LengthPrefixed,
            json_format: JsonFormat::LegacyBestEffort,
            enforce_naming_style: EnforceNamingStyle::Legacy,
            default_symbol_visibility: DefaultSymbolVisibility::ExportAll,
        };
        let proto3 = Self {
            field_presence: FieldPresence::Implicit,
            enum_type: EnumType::Open,
            repeated_field_encoding: RepeatedFieldEncoding::Packed,
            utf8_validation: Utf8Validation::Verify,
            json_format: JsonFormat::Allow,
            ..proto2
        };
        let edition2023 = Self {
            field_presence: FieldPresence::Explicit,
            ..proto3
        };
        match edition {
            Edition::Unknown | Edition::Legacy | Edition::Proto2 => proto2,
            Edition::Proto3 => proto3,
            Edition::Edition2023 => edition2023,
            Edition::Edition2024 => Self {
                enforce_naming_style: EnforceNamingStyle::Style2024,
                default_symbol_visibility: DefaultSymbolVisibility::ExportTopLevel,
                ..edition2023
            },
        }
    }

    /// The features of a file.
    pub(crate) fn of_file(file: &FileDescriptorProto) -> Self {
        Self::of_edition(edition(file)).with(file.options.as_ref(), of::FILE)
    }

    /// These features and those that an element's options set; `number` is one of [`of`].
    pub(crate) fn with(self, options: Option<&Options>, number: u32) -> Self {
        let mut features = self;
        for set in options.iter().flat_map(|options| options.lengths(number)) {
            features.merge(set);
        }
        features
    }

    /// The features of a field, given those of the element around it.
    pub(crate) fn of_field(self, field: &FieldDescriptorProto) -> Self {
        let mut features = self.with(field.options.as_ref(), of::FIELD);
        match field.label() {
            Label::Required => features.field_presence = FieldPresence::LegacyRequired,
            Label::Optional if field.proto3_optional() => {
                features.field_presence = FieldPresence::Explicit;
            }
            Label::Optional | Label::Repeated => {}
        }
        if field.r#type == Some(i32::from(Type::Group)) {
            features.message_encoding = MessageEncoding::Delimited;
        }
        let packed = field
            .options
            .as_ref()
            .and_then(|found| found.varint(PACKED));
        match packed {
            Some(0) => features.repeated_field_encoding = RepeatedFieldEncoding::Expanded,
            Some(_) => features.repeated_field_encoding = RepeatedFieldEncoding::Packed,
            None => {}
        }
        features
    }

    /// Takes over what an encoded `FeatureSet` says. A number that means nothing changes nothing.
    fn merge(&mut self, set: &[u8]) {
        let take = |number| last_varint(set, number);
        match take(1) {
            Some(1) => self.field_presence = FieldPresence::Explicit,
            Some(2) => self.field_presence = FieldPresence::Implicit,
            Some(3) => self.field_presence = FieldPresence::LegacyRequired,
            _ => {}
        }
        match take(2) {
            Some(1) => self.enum_type = EnumType::Open,
            Some(2) => self.enum_type = EnumType::Closed,
            _ => {}
        }
        match take(3) {
            Some(1) => self.repeated_field_encoding = RepeatedFieldEncoding::Packed,
            Some(2) => self.repeated_field_encoding = RepeatedFieldEncoding::Expanded,
            _ => {}
        }
        match take(4) {
            Some(2) => self.utf8_validation = Utf8Validation::Verify,
            Some(3) => self.utf8_validation = Utf8Validation::None,
            _ => {}
        }
        match take(5) {
            Some(1) => self.message_encoding = MessageEncoding::LengthPrefixed,
            Some(2) => self.message_encoding = MessageEncoding::Delimited,
            _ => {}
        }
        match take(6) {
            Some(1) => self.json_format = JsonFormat::Allow,
            Some(2) => self.json_format = JsonFormat::LegacyBestEffort,
            _ => {}
        }
        self.merge_source_features(set);
    }

    /// Features that count for the source only.
    fn merge_source_features(&mut self, set: &[u8]) {
        match last_varint(set, 7) {
            Some(1) => self.enforce_naming_style = EnforceNamingStyle::Style2024,
            Some(2) => self.enforce_naming_style = EnforceNamingStyle::Legacy,
            _ => {}
        }
        match last_varint(set, 8) {
            Some(1) => self.default_symbol_visibility = DefaultSymbolVisibility::ExportAll,
            Some(2) => self.default_symbol_visibility = DefaultSymbolVisibility::ExportTopLevel,
            Some(3) => self.default_symbol_visibility = DefaultSymbolVisibility::LocalAll,
            Some(4) => self.default_symbol_visibility = DefaultSymbolVisibility::Strict,
            _ => {}
        }
    }
}

/// The edition of a file; proto2 and proto3 are editions too.
pub(crate) fn edition(file: &FileDescriptorProto) -> Edition {
    match file.syntax() {
        "proto3" => Edition::Proto3,
        "editions" => file.edition(),
        _ => Edition::Proto2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_read_as_the_features_that_they_stand_for() {
        let proto2 = Features::of_edition(Edition::Proto2);
        let mut field = FieldDescriptorProto::default();
        field.set_label(Label::Required);
        field.set_type(Type::Group);
        let mut options = Options::default();
        options.push_varint(PACKED, 1);
        field.options = Some(options);
        let features = proto2.of_field(&field);
        assert_eq!(features.field_presence, FieldPresence::LegacyRequired);
        assert_eq!(features.message_encoding, MessageEncoding::Delimited);
        assert_eq!(
            features.repeated_field_encoding,
            RepeatedFieldEncoding::Packed
        );
    }

    #[test]
    fn an_element_takes_what_is_set_around_it_and_sets_its_own() {
        let mut closed = Options::default();
        closed.encoded.extend([0x92, 0x03, 2, 0x10, 2]);
        let file = FileDescriptorProto {
            syntax: Some("editions".to_owned()),
            edition: Some(i32::from(Edition::Edition2023)),
            options: Some(closed),
            ..FileDescriptorProto::default()
        };
        let features = Features::of_file(&file);
        assert_eq!(features.enum_type, EnumType::Closed);
        assert_eq!(features.field_presence, FieldPresence::Explicit);
        let mut open = Options::default();
        open.encoded.extend([0x3a, 2, 0x10, 1]);
        let features = features.with(Some(&open), of::ENUM);
        assert_eq!(features.enum_type, EnumType::Open);
    }
}

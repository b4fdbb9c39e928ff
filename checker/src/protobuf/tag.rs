//! Field numbers of `descriptor.proto`, of which descriptor paths are made.

/// Of messages, fields, enums, values, services and methods.
pub(super) const NAME: i32 = 1;
pub(super) const PACKAGE: i32 = 2;
pub(super) const IMPORT: i32 = 3;
pub(super) const FILE_MESSAGE: i32 = 4;
pub(super) const FILE_ENUM: i32 = 5;
pub(super) const FILE_SERVICE: i32 = 6;
pub(super) const FILE_OPTIONS: i32 = 8;
pub(super) const FILE_EXTENSION: i32 = 7;
pub(super) const PUBLIC_IMPORT: i32 = 10;
pub(super) const WEAK_IMPORT: i32 = 11;
/// Of the syntax, which is also the place of the edition.
pub(super) const SYNTAX: i32 = 12;
pub(super) const OPTION_IMPORT: i32 = 15;
pub(super) const MESSAGE_FIELD: i32 = 2;
pub(super) const MESSAGE_NESTED: i32 = 3;
pub(super) const MESSAGE_ENUM: i32 = 4;
pub(super) const MESSAGE_RANGES: i32 = 5;
pub(super) const MESSAGE_EXTENSION: i32 = 6;
pub(super) const MESSAGE_OPTIONS: i32 = 7;
pub(super) const MESSAGE_ONEOF: i32 = 8;
pub(super) const MESSAGE_RESERVED: i32 = 9;
pub(super) const FIELD_EXTENDEE: i32 = 2;
pub(super) const FIELD_NUMBER: i32 = 3;
pub(super) const FIELD_TYPE: i32 = 5;
pub(super) const FIELD_TYPE_NAME: i32 = 6;
pub(super) const FIELD_DEFAULT: i32 = 7;
pub(super) const FIELD_OPTIONS: i32 = 8;
pub(super) const FIELD_JSON_NAME: i32 = 10;
pub(super) const ENUM_VALUE: i32 = 2;
pub(super) const ENUM_VALUE_NUMBER: i32 = 2;
pub(super) const ENUM_OPTIONS: i32 = 3;
pub(super) const ENUM_RESERVED: i32 = 4;
pub(super) const METHOD: i32 = 2;
pub(super) const METHOD_INPUT: i32 = 2;
pub(super) const METHOD_OUTPUT: i32 = 3;
pub(super) const METHOD_OPTIONS: i32 = 4;

/// Of all options; an option's name is its field 2.
pub(super) const UNINTERPRETED: i32 = 999;
pub(super) const UNINTERPRETED_NAME: i32 = 2;

/// No field: the place where the element ends.
pub(super) const END: i32 = -1;

/// A longer path.
pub(super) fn join(path: &[i32], more: &[i32]) -> Vec<i32> {
    [path, more].concat()
}

/// An index in a path, which counts in 32 bits.
pub(super) fn index(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

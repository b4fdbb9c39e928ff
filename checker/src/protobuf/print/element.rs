//! What a canonical text consists of: the declarations of a file in words, without comments and places.
//!
//! Elements come from a text as it is written (`written`) or from a linked descriptor (`described`);
//! [`super::layout`] puts them on lines.

/// A file.
#[derive(Debug, Default)]
pub(super) struct FileElement {
    /// `syntax = "proto3"`, without the `;`.
    pub syntax: Option<String>,
    pub package: Option<String>,
    /// With their keyword, without the `;`.
    pub imports: Vec<String>,
    pub public_imports: Vec<String>,
    pub options: Vec<OptionElement>,
    pub messages: Vec<MessageElement>,
    pub enums: Vec<EnumElement>,
    pub extends: Vec<ExtendElement>,
    pub services: Vec<ServiceElement>,
}

/// A message, or what stands between the braces of a group.
#[derive(Debug, Default)]
pub(super) struct MessageElement {
    /// `export ` or `local `, or nothing.
    pub visibility: &'static str,
    pub name: String,
    /// What stands behind `reserved`, one for each statement.
    pub reserved: Vec<String>,
    pub options: Vec<OptionElement>,
    pub fields: Vec<FieldElement>,
    pub oneofs: Vec<OneofElement>,
    pub groups: Vec<FieldElement>,
    pub extensions: Vec<RangesElement>,
    pub extends: Vec<ExtendElement>,
    pub messages: Vec<MessageElement>,
    pub enums: Vec<EnumElement>,
}

/// The ranges of an `extensions` statement.
#[derive(Debug)]
pub(super) struct RangesElement {
    pub ranges: String,
    pub options: Vec<OptionElement>,
}

/// A field, or a group with its body.
#[derive(Debug)]
pub(super) struct FieldElement {
    /// Label, type and name.
    pub declaration: String,
    pub number: i32,
    pub options: Vec<OptionElement>,
    pub group: Option<Box<MessageElement>>,
}

/// A oneof.
#[derive(Debug, Default)]
pub(super) struct OneofElement {
    pub name: String,
    pub options: Vec<OptionElement>,
    pub fields: Vec<FieldElement>,
    pub groups: Vec<FieldElement>,
}

/// An `extend` block.
#[derive(Debug)]
pub(super) struct ExtendElement {
    pub extendee: String,
    pub fields: Vec<FieldElement>,
}

/// An enum.
#[derive(Debug, Default)]
pub(super) struct EnumElement {
    pub visibility: &'static str,
    pub name: String,
    pub reserved: Vec<String>,
    pub options: Vec<OptionElement>,
    pub values: Vec<EnumValueElement>,
}

/// A value of an enum.
#[derive(Debug)]
pub(super) struct EnumValueElement {
    pub name: String,
    pub number: i32,
    pub options: Vec<OptionElement>,
}

/// A service.
#[derive(Debug, Default)]
pub(super) struct ServiceElement {
    pub name: String,
    pub options: Vec<OptionElement>,
    pub methods: Vec<MethodElement>,
}

/// An RPC.
#[derive(Debug)]
pub(super) struct MethodElement {
    /// `Get (Request) returns (Response)`.
    pub declaration: String,
    pub options: Vec<OptionElement>,
}

/// An option with its value.
#[derive(Debug)]
pub(super) struct OptionElement {
    /// As it is printed, with parentheses.
    pub name: String,
    pub value: Value,
}

/// The value of an option.
#[derive(Debug)]
pub(super) enum Value {
    /// A number, a `bool` or the name of an enum's value.
    Word(String),
    /// A string, without quotes and escapes.
    Text(Vec<u8>),
    List(Vec<Value>),
    /// Each key once.
    Map(Vec<(String, Value)>),
}

//! Where options stand in a file: every element that has an options message, in the order of the
//! descriptor, with the path, the scope and the type of the message.

use super::super::super::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, Options,
    ServiceDescriptorProto,
};
use super::super::super::tag;

/// What an options message belongs to: its type, and its number in `FieldOptions.OptionTargetType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    File = 1,
    ExtensionRange = 2,
    Message = 3,
    Field = 4,
    Oneof = 5,
    Enum = 6,
    EnumValue = 7,
    Service = 8,
    Method = 9,
}

impl Target {
    /// The full name of the options message.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::File => "google.protobuf.FileOptions",
            Self::ExtensionRange => "google.protobuf.ExtensionRangeOptions",
            Self::Message => "google.protobuf.MessageOptions",
            Self::Field => "google.protobuf.FieldOptions",
            Self::Oneof => "google.protobuf.OneofOptions",
            Self::Enum => "google.protobuf.EnumOptions",
            Self::EnumValue => "google.protobuf.EnumValueOptions",
            Self::Service => "google.protobuf.ServiceOptions",
            Self::Method => "google.protobuf.MethodOptions",
        }
    }

    /// The number in `OptionTargetType`.
    pub(super) const fn number(self) -> u64 {
        self as u64
    }

    /// As one says it.
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::ExtensionRange => "extension range",
            Self::Message => "message",
            Self::Field => "field",
            Self::Oneof => "oneof",
            Self::Enum => "enum",
            Self::EnumValue => "enum value",
            Self::Service => "service",
            Self::Method => "method",
        }
    }
}

/// The place of an options message.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub target: Target,
    /// The descriptor path of the options.
    pub path: &'a [i32],
    /// The full name of the element that they belong to; names are searched in the scope around it.
    pub scope: &'a str,
}

/// Calls `visit` with all options of a file.
pub(super) fn each(file: &mut FileDescriptorProto, visit: &mut dyn FnMut(Site, &mut Options)) {
    let mut walker = Walker {
        visit,
        path: Vec::new(),
        scope: file.package().to_owned(),
    };
    walker.file(file);
}

struct Walker<'v> {
    visit: &'v mut dyn FnMut(Site, &mut Options),
    path: Vec<i32>,
    /// The scope around the current element.
    scope: String,
}

impl Walker<'_> {
    fn file(&mut self, file: &mut FileDescriptorProto) {
        // What a file says of itself stands within its package.
        self.options(Target::File, tag::FILE_OPTIONS, "_", &mut file.options);
        for (index, message) in file.message_type.iter_mut().enumerate() {
            self.at(tag::FILE_MESSAGE, index, |this| this.message(message));
        }
        for (index, found) in file.enum_type.iter_mut().enumerate() {
            self.at(tag::FILE_ENUM, index, |this| this.enumeration(found));
        }
        for (index, service) in file.service.iter_mut().enumerate() {
            self.at(tag::FILE_SERVICE, index, |this| this.service(service));
        }
        self.fields(&mut file.extension, tag::FILE_EXTENSION);
    }

    /// Recursion is bounded by [`super::super::super::MAX_NESTING`].
    fn message(&mut self, message: &mut DescriptorProto) {
        self.options(
            Target::Message,
            tag::MESSAGE_OPTIONS,
            message.name.as_deref().unwrap_or_default(),
            &mut message.options,
        );
        // Options of a range are searched for as those of the message.
        for (index, range) in message.extension_range.iter_mut().enumerate() {
            let name = message.name.as_deref().unwrap_or_default();
            self.at(tag::MESSAGE_RANGES, index, |this| {
                this.options(Target::ExtensionRange, 3, name, &mut range.options);
            });
        }
        let length = self.enter(message.name());
        self.fields(&mut message.field, tag::MESSAGE_FIELD);
        self.fields(&mut message.extension, tag::MESSAGE_EXTENSION);
        for (index, oneof) in message.oneof_decl.iter_mut().enumerate() {
            let name = oneof.name.as_deref().unwrap_or_default();
            self.at(tag::MESSAGE_ONEOF, index, |this| {
                this.options(Target::Oneof, 2, name, &mut oneof.options);
            });
        }
        for (index, nested) in message.nested_type.iter_mut().enumerate() {
            self.at(tag::MESSAGE_NESTED, index, |this| this.message(nested));
        }
        for (index, nested) in message.enum_type.iter_mut().enumerate() {
            self.at(tag::MESSAGE_ENUM, index, |this| this.enumeration(nested));
        }
        self.scope.truncate(length);
    }

    fn fields(&mut self, fields: &mut [FieldDescriptorProto], number: i32) {
        for (index, field) in fields.iter_mut().enumerate() {
            let name = field.name.as_deref().unwrap_or_default();
            self.at(number, index, |this| {
                this.options(Target::Field, 8, name, &mut field.options);
            });
        }
    }

    /// Values are named beside their enum.
    fn enumeration(&mut self, found: &mut EnumDescriptorProto) {
        self.options(
            Target::Enum,
            3,
            found.name.as_deref().unwrap_or_default(),
            &mut found.options,
        );
        for (index, value) in found.value.iter_mut().enumerate() {
            let name = value.name.as_deref().unwrap_or_default();
            self.at(tag::ENUM_VALUE, index, |this| {
                this.options(Target::EnumValue, 3, name, &mut value.options);
            });
        }
    }

    fn service(&mut self, service: &mut ServiceDescriptorProto) {
        self.options(
            Target::Service,
            3,
            service.name.as_deref().unwrap_or_default(),
            &mut service.options,
        );
        let length = self.enter(service.name());
        for (index, method) in service.method.iter_mut().enumerate() {
            let name = method.name.as_deref().unwrap_or_default();
            self.at(tag::METHOD, index, |this| {
                this.options(Target::Method, 4, name, &mut method.options);
            });
        }
        self.scope.truncate(length);
    }

    fn options(&mut self, target: Target, number: i32, name: &str, options: &mut Option<Options>) {
        let Some(options) = options else { return };
        self.path.push(number);
        let length = self.enter(name);
        let site = Site {
            target,
            path: &self.path,
            scope: &self.scope,
        };
        (self.visit)(site, options);
        self.scope.truncate(length);
        self.path.pop();
    }

    fn at(&mut self, number: i32, index: usize, visit: impl FnOnce(&mut Self)) {
        self.path.extend([number, tag::index(index)]);
        visit(self);
        self.path.truncate(self.path.len() - 2);
    }

    /// Goes into a scope; the length of the one around it is given back.
    fn enter(&mut self, name: &str) -> usize {
        let length = self.scope.len();
        if length > 0 {
            self.scope.push('.');
        }
        self.scope.push_str(name);
        length
    }
}

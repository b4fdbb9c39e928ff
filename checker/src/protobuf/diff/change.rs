//! What differs: plain data, which rules judge and change logs tell.

use super::Types;
use crate::model::Span;
use crate::protobuf::model::{
    Enum, EnumValue, Extension, Field, File, FileId, Kind, Message, Method, Model, Service,
};
use crate::protobuf::places::Spot;
use crate::protobuf::settings::Setting;

/// One difference. `old` and `new` are the elements on the two sides.
#[derive(Clone, Debug)]
pub(crate) enum Change<'a> {
    /// A file is gone.
    FileRemoved { old: &'a File },
    /// A file is new.
    FileAdded { new: &'a File },
    /// Two versions of a file, as a whole.
    File { old: &'a File, new: &'a File },
    /// No file names the package any more.
    PackageRemoved { old: &'a File },
    /// A file names another package.
    Package { old: &'a File, new: &'a File },
    /// A declaration has kept its full name and stands in another file.
    FileOf {
        element: Element<'a>,
        old: &'a File,
        new: &'a File,
    },
    /// Nothing reads what was of this type; `embedded`: it only travelled inside other messages.
    MessageRemoved { old: &'a Message, embedded: bool },
    /// Nothing of the old side reads this type.
    MessageAdded { new: &'a Message, embedded: bool },
    /// A message has another full name. Its fields are compared all the same.
    MessageMoved { old: &'a Message, new: &'a Message },
    /// Two versions of a message, as a whole.
    Message { old: &'a Message, new: &'a Message },
    /// No field has the number any more.
    FieldRemoved { message: Pair<'a>, old: &'a Field },
    /// The number is new.
    FieldAdded { message: Pair<'a>, new: &'a Field },
    /// Two versions of a field that need not be equal.
    ///
    /// `retyped`: the messages or enums that it holds where the one is not what became of the other.
    Field {
        message: Pair<'a>,
        old: &'a Field,
        new: &'a Field,
        retyped: Option<Types<'a>>,
    },
    /// No oneof has the name any more.
    OneofRemoved { message: Pair<'a>, oneof: &'a str },
    /// The oneof is new.
    OneofAdded { message: Pair<'a>, oneof: &'a str },
    /// An extension is gone.
    ExtensionRemoved { old: &'a Extension },
    /// An extension is new.
    ExtensionAdded { new: &'a Extension },
    /// An enum is gone.
    EnumRemoved { old: &'a Enum },
    /// An enum is new.
    EnumAdded { new: &'a Enum },
    /// An enum has another full name. Its values are compared all the same.
    EnumMoved { old: &'a Enum, new: &'a Enum },
    /// Two versions of an enum.
    Enum { old: &'a Enum, new: &'a Enum },
    /// No value of this name is left.
    EnumValueRemoved {
        old: &'a Enum,
        new: &'a Enum,
        value: &'a EnumValue,
    },
    /// The name is new.
    EnumValueAdded {
        old: &'a Enum,
        new: &'a Enum,
        value: &'a EnumValue,
    },
    /// A service is gone.
    ServiceRemoved {
        old: &'a Service,
        moved_to: Option<&'a Service>,
    },
    /// A service is new.
    ServiceAdded { new: &'a Service },
    /// An RPC is gone.
    MethodRemoved {
        old: &'a Service,
        new: &'a Service,
        method: &'a Method,
    },
    /// An RPC is new.
    MethodAdded {
        new: &'a Service,
        method: &'a Method,
    },
    /// Two versions of an RPC. `input`, `output`: its messages, where the new one is not what became of
    /// the old one.
    Method {
        service: &'a Service,
        old: &'a Method,
        new: &'a Method,
        input: Option<Types<'a>>,
        output: Option<Types<'a>>,
    },
    /// An option has another value; `None` where it is not set.
    Setting {
        element: Box<Element<'a>>,
        option: &'a str,
        old: Option<&'a Setting>,
        new: Option<&'a Setting>,
    },
}

/// Two versions of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<'a> {
    pub old: &'a Message,
    pub new: &'a Message,
}

impl Pair<'_> {
    /// Whether two fields of it are numbers, texts and the like, and the same in all but their options:
    /// then there is nothing to say of them, whatever else the models know.
    pub(super) fn has_equal(&self, old: &Field, new: &Field) -> bool {
        let oneof = |of: &'_ Message, field| of.oneof_of(field).map(|oneof| oneof.name.clone());
        matches!((&old.kind, &new.kind), (Kind::Scalar(old), Kind::Scalar(new)) if old == new)
            && (old.number, old.cardinality) == (new.number, new.cardinality)
            && (old.presence, old.utf8) == (new.presence, new.utf8)
            && (&old.name, &old.json_name) == (&new.name, &new.json_name)
            && old.default == new.default
            && oneof(self.old, old) == oneof(self.new, new)
    }
}

/// What kind of element something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ElementKind {
    /// A `.proto` file.
    File,
    /// A package.
    Package,
    /// A message.
    Message,
    /// A field of a message.
    Field,
    /// A oneof of a message.
    Oneof,
    /// A field that extends a message from outside.
    Extension,
    /// An enum.
    Enum,
    /// A value of an enum.
    EnumValue,
    /// A gRPC service.
    Service,
    /// An RPC of a service.
    Rpc,
}

impl ElementKind {
    /// The word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Package => "package",
            Self::Message => "message",
            Self::Field => "field",
            Self::Oneof => "oneof",
            Self::Extension => "extension",
            Self::Enum => "enum",
            Self::EnumValue => "enum value",
            Self::Service => "service",
            Self::Rpc => "RPC",
        }
    }
}

/// Any element that is there on both sides, as far as a message about it needs it.
#[derive(Clone, Debug)]
pub(crate) struct Element<'a> {
    pub kind: ElementKind,
    /// The old full name; of a file its package.
    pub path: String,
    /// Where it stands.
    pub files: (FileId, FileId),
    pub old: Option<&'a Spot>,
    pub new: Option<&'a Spot>,
    /// The message that data come as: itself, or the one that a field belongs to; of a value its enum.
    pub holder: Option<(&'a str, &'a str)>,
}

impl<'a> Element<'a> {
    /// An element without a holder.
    pub(super) const fn new(
        kind: ElementKind,
        path: String,
        files: (FileId, FileId),
        (old, new): (&'a Spot, &'a Spot),
    ) -> Self {
        Self {
            kind,
            path,
            files,
            old: Some(old),
            new: Some(new),
            holder: None,
        }
    }

    /// Where it stands in the old and in the new text.
    pub(crate) fn spans(&self) -> (Option<&'a Span>, Option<&'a Span>) {
        (
            self.old.and_then(Spot::as_ref),
            self.new.and_then(Spot::as_ref),
        )
    }
}

impl Element<'_> {
    /// Where its option is set in the old and in the new text; where it is not, the element.
    pub(crate) fn statements(&self, options: i32, option: &str) -> [Option<Span>; 2] {
        [self.old, self.new].map(|spot| {
            let spot = spot?;
            spot.statement(options, option)
                .or_else(|| spot.as_ref().cloned())
        })
    }
}

/// An element with the values that an option of it had and has.
type OptionChange<'c, 'a> = (&'c Element<'a>, Option<&'a Setting>, Option<&'a Setting>);

/// How far a comparison goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A schema of a registry: its messages are records of their own, and both sides matter.
    Registry,
    /// A repository: what is added hurts nobody.
    Tree,
}

impl<'a> Change<'a> {
    /// If this option is what changed: of what element, its old value and its new one.
    pub(crate) fn option(&self, name: &str) -> Option<OptionChange<'_, 'a>> {
        match self {
            Self::Setting {
                element,
                option,
                old,
                new,
            } if *option == name => Some((element, *old, *new)),
            _ => None,
        }
    }

    /// The files that the change is in: the old one, the new one, as far as there are any.
    pub(crate) fn files(
        &self,
        old: &'a Model,
        new: &'a Model,
    ) -> (Option<&'a File>, Option<&'a File>) {
        let (before, after) = match self {
            Self::FileRemoved { old } | Self::PackageRemoved { old } => return (Some(old), None),
            Self::FileAdded { new } => return (None, Some(new)),
            Self::File { old, new }
            | Self::Package { old, new }
            | Self::FileOf { old, new, .. } => {
                return (Some(old), Some(new));
            }
            Self::MessageRemoved { old, .. } => (Some(old.file), None),
            Self::MessageAdded { new, .. } => (None, Some(new.file)),
            Self::MessageMoved { old, new } | Self::Message { old, new } => {
                (Some(old.file), Some(new.file))
            }
            Self::FieldRemoved { message, .. }
            | Self::FieldAdded { message, .. }
            | Self::Field { message, .. }
            | Self::OneofRemoved { message, .. }
            | Self::OneofAdded { message, .. } => (Some(message.old.file), Some(message.new.file)),
            Self::ExtensionRemoved { old } => (Some(old.file), None),
            Self::ExtensionAdded { new } => (None, Some(new.file)),
            Self::EnumRemoved { old } => (Some(old.file), None),
            Self::EnumAdded { new } => (None, Some(new.file)),
            Self::EnumMoved { old, new }
            | Self::Enum { old, new }
            | Self::EnumValueAdded { old, new, .. }
            | Self::EnumValueRemoved { old, new, .. } => (Some(old.file), Some(new.file)),
            Self::ServiceRemoved { old, moved_to } => {
                (Some(old.file), moved_to.map(|new| new.file))
            }
            Self::ServiceAdded { new } | Self::MethodAdded { new, .. } => (None, Some(new.file)),
            Self::MethodRemoved { old, new, .. } => (Some(old.file), Some(new.file)),
            Self::Method { service, .. } => (Some(service.file), None),
            Self::Setting { element, .. } => (Some(element.files.0), Some(element.files.1)),
        };
        let file = |model: &'a Model, id: Option<FileId>| model.files.get(id?);
        (file(old, before), file(new, after))
    }
}

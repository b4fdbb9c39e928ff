//! The grammar of `.proto` files: from a text to an unlinked descriptor with places and comments.
//!
//! proto2, proto3 and editions are read alike. What a descriptor says is what `protoc` would make of the
//! text before it links it: names are as written, options are not interpreted. Nothing is looked up.
//!
//! All mistakes of a text are reported: after one, reading goes on behind the statement. No input costs
//! stack: what nests is bounded ([`MAX_NESTING`], [`MAX_VALUE_NESTING`]), and option values are copied in a loop.

mod bytes;
mod comments;
pub(crate) mod lexer;
pub(crate) mod literal;
mod parser;
mod places;
pub(crate) mod strings;
pub(crate) mod tree;

use crate::protobuf::descriptor::FileDescriptorProto;

pub use bytes::text_of;
pub use lexer::MAX_WORD_BYTES;
pub(crate) use lexer::{Kind, Lexer, say_the_same};
#[cfg(test)]
pub(crate) use parser::MAX_MISTAKES;
#[cfg(test)]
pub(crate) use parser::parse;
pub(crate) use parser::parse_with;
pub use parser::{MAX_NESTING, MAX_RANGE_OPTIONS, MAX_TEXT_BYTES, MAX_VALUE_NESTING};
pub(crate) use places::{Detail, Place, Places};

/// A file as it is written.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// Without name and source info.
    pub(crate) proto: FileDescriptorProto,
    /// The elements in the order in which they begin.
    pub(crate) places: Places,
}

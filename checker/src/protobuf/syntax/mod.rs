//! The grammar of `.proto` files: from a text to an unlinked descriptor with places and comments.
//!
//! proto2, proto3 and editions are read alike. What a descriptor says is what `protoc` would make of the
//! text before it links it: names are as written, options are not interpreted. Nothing is looked up.
//!
//! All mistakes of a text are reported: after one, reading goes on behind the statement. No input costs
//! stack: what nests is bounded ([`MAX_NESTING`], [`MAX_VALUE_NESTING`]), and option values are copied in a loop.

mod comments;
mod lexer;
mod parser;
pub(crate) mod strings;

use std::ops::Range;

use crate::protobuf::descriptor::FileDescriptorProto;

use comments::Comments;
pub use lexer::MAX_WORD_BYTES;
#[cfg(test)]
pub(crate) use parser::MAX_MISTAKES;
pub(crate) use parser::parse;
pub use parser::{MAX_NESTING, MAX_TEXT_BYTES, MAX_VALUE_NESTING};

/// A file as it is written.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// Without name and source info.
    pub(crate) proto: FileDescriptorProto,
    /// The elements in the order in which they begin.
    pub(crate) places: Vec<Place>,
}

/// Where an element stands, and what is said about it.
#[derive(Debug)]
pub(crate) struct Place {
    /// As in `SourceCodeInfo.Location`: numbers of fields and indices.
    pub(crate) path: Vec<i32>,
    pub(crate) range: Range<usize>,
    pub(crate) comments: Comments,
}

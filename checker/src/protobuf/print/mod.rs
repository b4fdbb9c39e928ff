//! Prints a schema as `.proto` text, in the order and layout of the wire contract.
//!
//! The canonical text holds what is meant in the words in which it is written: no comments, no layout,
//! one order of sections. That of a descriptor, which was never written, has the shortest words. The
//! normalised text settles names, spellings and orders as well. What cannot be printed faithfully is not
//! printed at all ([`Unprintable`]); the caller has a lossless form.
//!
//! Not part of it: texts for people, with their comments ([`super::format()`]).

mod described;
mod element;
mod layout;
mod names;
mod options;
mod reduced;
pub(crate) mod same;
mod values;
mod written;

use super::descriptor::Type;
use super::pool::{File, Pool};
use super::syntax::tree;
use crate::model::Source;

/// How much is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// The order of the descriptor, short names.
    Canonical,
    /// Also the order of what has no order, and full names.
    Normalized,
}

/// The descriptor holds something that no text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unprintable;

/// Prints a linked file.
pub(crate) fn described(pool: &Pool, file: &File, style: Style) -> Result<String, Unprintable> {
    Ok(layout::file(&described::file(pool, file, style)?))
}

/// Prints the text of a linked file in its own words.
pub(crate) fn written(file: &File) -> Result<String, Unprintable> {
    // The message of a group that extends stands among the others, and its place, which is an index on
    // the wire of some clients, would be another.
    let extensions = &file.proto.extension;
    if extensions.iter().any(|field| field.r#type() == Type::Group) {
        return Err(Unprintable);
    }
    Ok(written_text(&file.source))
}

/// Prints a linked file without what only serves extensions ([`reduced`] says what goes), in its own words
/// where it is a text.
pub(crate) fn without_extensions(pool: &Pool, file: &File) -> Result<String, Unprintable> {
    let mut content = if file.encoded {
        described::file(pool, file, Style::Canonical)?
    } else {
        written::file(&tree::tree_of_parsed(&file.source))
    };
    reduced::file(&mut content);
    Ok(layout::file(&content))
}

/// Prints a text that was parsed before in its own words.
pub(crate) fn written_text(source: &Source) -> String {
    layout::file(&written::file(&tree::tree_of_parsed(source)))
}

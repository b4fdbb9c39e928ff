//! The layout of `.proto` texts for people: `schemactl protos format`.
//!
//! Only white space changes, and what has no meaning: `;` that end nothing, commas in the values of
//! options, the order of imports within a group. Every comment stays and belongs to what it belonged to;
//! the descriptor is the same. Formatting a formatted text changes nothing.
//!
//! The look is the field's: two spaces, one statement on a line, at most one empty line, several options
//! one below the other. [`super::print`] prints for registries, without comments.

mod comments;
mod items;
mod statement;
mod value;
mod words;

use crate::model::{Problem, Source};

use super::syntax::tree::{self, Body, End};
use comments::Own;
use items::{Block, Item};

/// Lines that would be longer are broken where the grammar has a list.
pub const LINE_WIDTH: usize = 100;

/// How far a block stands inside of its statement.
const INDENT: usize = 2;

/// Formats a text; nothing is linked. `Err` with what is wrong where it is no `.proto` text.
pub fn format(source: &Source) -> Result<String, Vec<Problem>> {
    let tree = tree::tree(source)?;
    let block = items::file(&tree);
    let mut printer = Printer { out: String::new() };
    printer.block(&block, 0);
    Ok(printer.out)
}

struct Printer {
    out: String,
}

impl Printer {
    /// Statements from the start of a line on. Recursion is bounded: texts nest to
    /// [`super::MAX_NESTING`].
    fn block(&mut self, block: &Block, indent: usize) {
        for item in &block.items {
            self.item(item, indent);
        }
        self.own(&block.end, indent);
    }

    fn item(&mut self, item: &Item, indent: usize) {
        self.own(&item.own, indent);
        self.blank(item.blank);
        self.indent(indent);
        let statement = item.statement;
        let body = match &statement.end {
            End::Semicolon(gap) => {
                self.out
                    .push_str(&statement::line(&statement.head, gap, indent));
                None
            }
            End::Body(body) => {
                let head = statement::head(&statement.head, &body.open, indent);
                self.out.push_str(&head);
                Some(body)
            }
        };
        if let Some(body) = body {
            self.body(body, indent);
        }
        self.trailing(&item.trailing, indent);
        self.out.push('\n');
    }

    fn body(&mut self, body: &Body, indent: usize) {
        let block = items::body(body);
        self.out.push('{');
        self.trailing(&block.opening, indent);
        if block.items.is_empty() && block.end.is_empty() && block.opening.is_empty() {
            self.out.push('}');
            return;
        }
        self.out.push('\n');
        self.block(&block, indent + INDENT);
        self.indent(indent);
        self.out.push('}');
    }

    /// Comments on lines of their own.
    fn own(&mut self, comments: &[Own], indent: usize) {
        for own in comments {
            self.blank(own.blank);
            self.indent(indent);
            self.out.push_str(&comments::text(&own.comment, indent));
            self.out.push('\n');
        }
    }

    /// Comments behind a statement.
    fn trailing(&mut self, comments: &[tree::Comment], indent: usize) {
        for comment in comments {
            self.out.push(' ');
            self.out.push_str(&comments::behind(comment, indent));
        }
    }

    fn blank(&mut self, blank: bool) {
        if blank {
            self.out.push('\n');
        }
    }

    fn indent(&mut self, indent: usize) {
        self.out.push_str(&" ".repeat(indent));
    }
}

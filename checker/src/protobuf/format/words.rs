//! Tokens on a line, with spaces where the field has them.

use super::super::syntax::tree::{Gap, Leaf};
use super::comments;

/// How far a line that is continued stands behind its start.
const CONTINUED: usize = 4;

/// A line, or several where a comment ends one.
#[derive(Debug)]
pub(super) struct Words<'a, 't> {
    out: String,
    indent: usize,
    previous: Option<&'a Leaf<'t>>,
    count: usize,
}

impl<'a, 't> Words<'a, 't> {
    pub(super) const fn new(indent: usize) -> Self {
        Self {
            out: String::new(),
            indent,
            previous: None,
            count: 0,
        }
    }

    /// All tokens on one line; the comments before the first are somebody else's.
    pub(super) fn line(leaves: &'a [Leaf<'t>], indent: usize) -> String {
        let mut words = Self::new(indent);
        for leaf in leaves {
            words.push(leaf);
        }
        words.out
    }

    pub(super) fn push(&mut self, leaf: &'a Leaf<'t>) {
        let first = self.previous.is_none();
        if !first {
            self.comments(&leaf.before);
        }
        let fresh = self.out.is_empty() || self.out.ends_with([' ', '\n']);
        if !first && !fresh && !self.is_glued(leaf) {
            self.out.push(' ');
        }
        self.out.push_str(leaf.text());
        self.previous = Some(leaf);
        self.count += 1;
    }

    /// The comments in front of a token that is pushed by another; a space follows them.
    pub(super) fn comments(&mut self, gap: &Gap) {
        for comment in &gap.comments {
            if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
                self.out.push(' ');
            }
            self.out.push_str(&comments::behind(comment, self.indent));
            if comment.is_line() {
                self.out.push('\n');
                self.out.push_str(&" ".repeat(self.indent + CONTINUED));
            }
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Whether no space stands before a token.
    fn is_glued(&self, leaf: &Leaf) -> bool {
        let Some(previous) = self.previous else {
            return true;
        };
        if !leaf.before.comments.is_empty() {
            return matches!(leaf.text(), "," | ";" | ")" | "]" | ">");
        }
        let behind_opening = matches!(previous.text(), "(" | "[" | "<" | "." | "/" | "-");
        match leaf.text() {
            "," | ";" | ":" | ")" | "]" | ">" | "<" | "/" => true,
            "." => behind_opening || !self.begins_name(previous),
            "(" => behind_opening || !matches!(previous.text(), "option" | "returns" | "=" | ","),
            _ => behind_opening,
        }
    }

    /// Whether a dot behind a token is the first of a name, which no token says of itself.
    fn begins_name(&self, previous: &Leaf) -> bool {
        match previous.text() {
            "optional" | "required" | "repeated" | "extend" => self.count == 1,
            "stream" => self.out.ends_with("(stream"),
            "," | "=" | ":" => true,
            _ => false,
        }
    }
}

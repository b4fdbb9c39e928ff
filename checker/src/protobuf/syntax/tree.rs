//! The statements of a `.proto` text as they are written: every token, and every comment between.
//!
//! It is for printers, which need the text's own words and layout; what a text means is in
//! [`super::Parsed`]. Only texts that [`super::parse_with`] accepts have a tree, so what nests is bounded.

use std::cell::Cell;
use std::ops::Range;

use super::lexer::{Kind, Lexer, Token};
use super::{Detail, parse_with};
use crate::model::{Problem, Source};

/// A whole text.
#[derive(Debug)]
pub(crate) struct Tree<'t> {
    pub(crate) statements: Vec<Statement<'t>>,
    /// What stands behind the last statement.
    pub(crate) end: Gap<'t>,
}

/// A statement: a head that ends with `;` or in front of the `{` of its body.
#[derive(Debug)]
pub(crate) struct Statement<'t> {
    /// Without the `;`. An empty statement has none.
    pub(crate) head: Vec<Leaf<'t>>,
    pub(crate) end: End<'t>,
}

/// How a statement ends.
#[derive(Debug)]
pub(crate) enum End<'t> {
    /// What stands in front of the `;`.
    Semicolon(Gap<'t>),
    Body(Body<'t>),
}

/// What stands between braces.
#[derive(Debug)]
pub(crate) struct Body<'t> {
    /// In front of the `{`.
    pub(crate) open: Gap<'t>,
    pub(crate) statements: Vec<Statement<'t>>,
    /// In front of the `}`.
    pub(crate) close: Gap<'t>,
}

/// A token with what stands before it.
#[derive(Clone, Debug)]
pub(crate) struct Leaf<'t> {
    pub(crate) token: Token<'t>,
    pub(crate) before: Gap<'t>,
}

impl<'t> Leaf<'t> {
    pub(crate) const fn text(&self) -> &'t str {
        self.token.text
    }

    /// Whether it is this word or symbol.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.token.text == text
    }
}

/// The comments and line ends between two tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gap<'t> {
    pub(crate) comments: Vec<Comment<'t>>,
    /// How many lines end behind the last comment.
    pub(crate) lines: usize,
}

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Comment<'t> {
    /// With its marks, without the end of the line.
    pub(crate) text: &'t str,
    /// How many lines end between it and what stands before.
    pub(crate) lines: usize,
    /// How far it is from the start of its line, in characters.
    pub(crate) column: usize,
}

impl Comment<'_> {
    pub(crate) fn is_line(&self) -> bool {
        self.text.starts_with("//")
    }
}

/// Reads a whole text.
pub(crate) fn tree(source: &Source) -> Result<Tree<'_>, Vec<Problem>> {
    parse_with(source, Detail::Nothing)?;
    Ok(tree_of_parsed(source))
}

/// Reads a text that was parsed before.
pub(crate) fn tree_of_parsed(source: &Source) -> Tree<'_> {
    let text = source.text();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::new(text);
    let statements = reader.statements();
    Tree {
        statements,
        end: reader.gap(),
    }
}

struct Reader<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    columns: Columns,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        let mut lexer = Lexer::new(text);
        lexer.next();
        Self {
            text,
            lexer,
            columns: Columns::default(),
        }
    }

    /// Up to the `}` of their body, or the end of the text. Recursion is bounded: the text was parsed.
    fn statements(&mut self) -> Vec<Statement<'t>> {
        let mut all = Vec::new();
        while self.lexer.current.kind != Kind::End && !self.looking_at("}") {
            let statement = self.statement();
            if !all.last_mut().is_some_and(|last| join(last, &statement)) {
                all.push(statement);
            }
        }
        all
    }

    fn statement(&mut self) -> Statement<'t> {
        let mut head: Vec<Leaf<'t>> = Vec::new();
        // Within braces is text format, of which nothing is known but braces.
        let (mut braces, mut brackets) = (0_usize, 0_usize);
        loop {
            let token = self.lexer.current;
            let depth = braces + brackets;
            let value = depth > 0 || head.last().is_some_and(|leaf| leaf.is("="));
            match token.text {
                _ if token.kind == Kind::End => break,
                ";" if depth == 0 => break,
                "{" if !value => return self.with_body(head),
                "{" => braces += 1,
                "}" => braces = braces.saturating_sub(1),
                "[" if braces == 0 => brackets += 1,
                "]" if braces == 0 => brackets = brackets.saturating_sub(1),
                _ => {}
            }
            head.push(self.leaf());
        }
        let end = End::Semicolon(self.gap());
        self.lexer.next();
        Statement { head, end }
    }

    fn with_body(&mut self, head: Vec<Leaf<'t>>) -> Statement<'t> {
        let open = self.gap();
        self.lexer.next();
        let statements = self.statements();
        let close = self.gap();
        self.lexer.next();
        let end = End::Body(Body {
            open,
            statements,
            close,
        });
        Statement { head, end }
    }

    fn looking_at(&self, text: &str) -> bool {
        self.lexer.current.text == text
    }

    fn leaf(&mut self) -> Leaf<'t> {
        let leaf = Leaf {
            token: self.lexer.current,
            before: self.gap(),
        };
        self.lexer.next();
        leaf
    }

    /// What stands in front of the current token.
    fn gap(&self) -> Gap<'t> {
        let range = self.lexer.previous_end..self.lexer.current.start;
        gap(self.text, range, &self.columns)
    }
}

/// Makes one of two empty statements between which nothing is said: a text may hold millions. Returns
/// whether they are such.
fn join<'t>(last: &mut Statement<'t>, next: &Statement<'t>) -> bool {
    let (End::Semicolon(before), End::Semicolon(gap)) = (&mut last.end, &next.end) else {
        return false;
    };
    let empty = last.head.is_empty() && next.head.is_empty() && gap.comments.is_empty();
    if empty {
        before.lines = before.lines.max(gap.lines);
    }
    empty
}

/// Takes white space and comments apart.
fn gap<'t>(text: &'t str, range: Range<usize>, columns: &Columns) -> Gap<'t> {
    let mut gap = Gap::default();
    let mut at = range.start;
    while let Some(rest) = text.get(at..range.end).filter(|rest| !rest.is_empty()) {
        let length = comment_length(rest);
        if length == 0 {
            gap.lines += usize::from(rest.starts_with('\n'));
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let comment = rest.get(..length).unwrap_or(rest);
        gap.comments.push(Comment {
            text: comment.trim_end(),
            lines: std::mem::take(&mut gap.lines),
            column: columns.of(text, at),
        });
        at += length;
    }
    gap
}

/// How long the comment is that begins here, without the end of its line; 0 for none.
fn comment_length(text: &str) -> usize {
    if text.starts_with("//") {
        text.find('\n').unwrap_or(text.len())
    } else if let Some(inner) = text.strip_prefix("/*") {
        inner.find("*/").map_or(text.len(), |at| at + 4)
    } else {
        0
    }
}

/// Counts columns from the place that was asked for before, so that a long line is read once.
#[derive(Default)]
struct Columns {
    /// An offset and its column.
    last: Cell<(usize, usize)>,
}

impl Columns {
    fn of(&self, text: &str, at: usize) -> usize {
        let (from, start) = Some(self.last.get())
            .filter(|(from, _)| *from <= at)
            .unwrap_or_default();
        let between = text.get(from..at).unwrap_or_default();
        let column = match between.rsplit_once('\n') {
            Some((_, line)) => line.chars().count(),
            None => start + between.chars().count(),
        };
        self.last.set((at, column));
        column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(head: &[Leaf]) -> Vec<String> {
        head.iter().map(|leaf| leaf.text().to_owned()).collect()
    }

    #[test]
    fn braces_of_values_are_part_of_the_head_and_others_open_a_body() {
        let source = Source::new(
            "t",
            "option (a) = { b { c: [1] } };\nmessage M { optional M m = 1 [(a) = {}, (b) = 2]; ; }\n",
        );
        let tree = tree(&source).expect("is valid");
        assert_eq!(
            words(&tree.statements[0].head).concat(),
            "option(a)={b{c:[1]}}"
        );
        let End::Body(body) = &tree.statements[1].end else {
            panic!("has a body");
        };
        assert_eq!(
            words(&body.statements[0].head).concat(),
            "optionalMm=1[(a)={},(b)=2]"
        );
        assert!(body.statements[1].head.is_empty());
        assert_eq!(tree.end.lines, 1);
    }

    /// What stands behind a `#` is a comment of text format, brackets that are not closed among it.
    #[test]
    fn brackets_within_braces_need_no_partner() {
        let source = Source::new("t", "option (a) = { # ] b { [ } }; message M {}");
        let tree = tree(&source).expect("is valid");
        assert_eq!(
            words(&tree.statements[0].head).concat(),
            "option(a)={#]b{[}}"
        );
        assert_eq!(tree.statements.len(), 2);
    }

    /// Minutes where the column of each comment is counted from the start of its line.
    #[test]
    fn a_long_line_of_comments_is_read_once() {
        let comments = "/*b*/".repeat(400_000);
        let text = format!("{comments}\nmessage M {{}} // c");
        let source = Source::new("t", text.as_str());
        let tree = tree(&source).expect("is valid");
        let gap = &tree.statements[0].head[0].before;
        let last = gap.comments.last().map(|comment| comment.column);
        assert_eq!(last, Some(comments.len() - 5));
        assert_eq!(tree.end.comments[0].column, 13);
    }

    #[test]
    fn empty_statements_with_nothing_between_are_one() {
        let source = Source::new("t", ";;\n\n;;// a\n; // b\n;message M {;;}");
        let tree = tree(&source).expect("is valid");
        let gaps = tree
            .statements
            .iter()
            .map(|statement| match &statement.end {
                End::Semicolon(gap) => Some((gap.comments.len(), gap.lines)),
                End::Body(body) => {
                    assert_eq!(body.statements.len(), 1);
                    None
                }
            });
        let gaps: Vec<_> = gaps.collect();
        assert_eq!(gaps, [Some((0, 2)), Some((1, 1)), Some((1, 1)), None]);
    }

    #[test]
    fn comments_have_their_lines_and_columns() {
        let source = Source::new("t", "/* a */ // b  \n\n  /* c\n d */\nmessage M {}");
        let tree = tree(&source).expect("is valid");
        let gap = &tree.statements[0].head[0].before;
        let found: Vec<(&str, usize, usize)> = gap
            .comments
            .iter()
            .map(|comment| (comment.text, comment.lines, comment.column))
            .collect();
        assert_eq!(
            found,
            [("/* a */", 0, 0), ("// b", 0, 8), ("/* c\n d */", 2, 2)]
        );
        assert_eq!(gap.lines, 1);
    }
}

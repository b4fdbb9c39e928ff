//! Values of options: on one line where they are short, else each part on its own.

use super::super::syntax::lexer::Kind;
use super::super::syntax::literal::{Bracketed, Field, Item, Literal};
use super::super::syntax::tree::{Comment, Gap, Leaf};
use super::comments;
use super::statement::{inside, is_too_long};
use super::words::Words;

/// Appends a value behind its sign. `behind` is how much follows on its last line.
///
/// Recursion is bounded by [`super::super::MAX_VALUE_NESTING`].
pub(super) fn push(literal: &Literal, indent: usize, behind: usize, out: &mut String) {
    if let Some(short) = short(literal) {
        let line = format!("{out} {short}");
        if !has_parts(literal) || !is_too_long(&line, indent, behind) {
            *out = line;
            return;
        }
    }
    match literal {
        Literal::Scalar(leaves) => scalar(leaves, indent, out),
        Literal::List(list) => {
            comments_before(list.open, indent, out);
            out.push_str(" [");
            lines(&list.items, list.open, list.close, indent, out);
        }
        Literal::Message(message) => {
            comments_before(message.open, indent, out);
            out.push_str(" {");
            lines(&message.items, message.open, message.close, indent, out);
        }
    }
}

/// Options in brackets behind what stands in front of them.
pub(super) fn options(before: String, options: &Bracketed<Field>, indent: usize) -> String {
    let mut out = before;
    comments_before(options.open, indent, &mut out);
    if let [only] = &*options.items
        && !has_comments_around(only, options.close)
    {
        let mut line = format!("{out} [");
        line.push_str(&Words::line(only.name, indent));
        line.push_str(" =");
        push(&only.value, indent, 2, &mut line);
        if is_multi_line(&only.value) || !is_too_long(&line, indent, 2) {
            line.push(']');
            return line;
        }
    }
    out.push_str(" [");
    let items: Vec<InBrackets> = options.items.iter().map(InBrackets).collect();
    lines(&items, options.open, options.close, indent, &mut out);
    out
}

/// Whether a comment stands by the only option, so that it needs lines.
fn has_comments_around(option: &Field, close: &Leaf) -> bool {
    let first = option.name.first();
    let leaves = first.into_iter().chain(option.separator).chain([close]);
    leaves
        .into_iter()
        .any(|leaf| !leaf.before.comments.is_empty())
}

/// Whether its last line is not its first, however short it is.
fn is_multi_line(literal: &Literal) -> bool {
    short(literal).is_none()
}

/// A part of a bracketed value.
trait Element {
    fn first(&self) -> Option<&Leaf<'_>>;
    fn separator(&self) -> Option<&Leaf<'_>>;
    /// What separates it from the next one.
    const COMMA: &'static str;
    fn print(&self, indent: usize) -> String;
}

/// An option in brackets, which unlike the field of a message is followed by a comma.
struct InBrackets<'b, 'a, 't>(&'b Field<'a, 't>);

impl Element for InBrackets<'_, '_, '_> {
    const COMMA: &'static str = ",";

    fn first(&self) -> Option<&Leaf<'_>> {
        self.0.name.first()
    }

    fn separator(&self) -> Option<&Leaf<'_>> {
        self.0.separator
    }

    fn print(&self, indent: usize) -> String {
        let mut out = Words::line(self.0.name, indent);
        sign(self.0.sign, " =", indent, &mut out);
        push(&self.0.value, indent, 1, &mut out);
        out
    }
}

impl Element for Field<'_, '_> {
    const COMMA: &'static str = "";

    fn first(&self) -> Option<&Leaf<'_>> {
        self.name.first()
    }

    fn separator(&self) -> Option<&Leaf<'_>> {
        self.separator
    }

    fn print(&self, indent: usize) -> String {
        let mut out = Words::line(self.name, indent);
        sign(self.sign, ":", indent, &mut out);
        push(&self.value, indent, 0, &mut out);
        out
    }
}

impl Element for Item<'_, '_> {
    const COMMA: &'static str = ",";

    fn first(&self) -> Option<&Leaf<'_>> {
        first_leaf(&self.value)
    }

    fn separator(&self) -> Option<&Leaf<'_>> {
        self.separator
    }

    fn print(&self, indent: usize) -> String {
        let mut out = String::new();
        match &self.value {
            // Their comments stand before the item.
            Literal::Message(message) => element(&self.value, message, indent, &mut out),
            Literal::List(list) => element(&self.value, list, indent, &mut out),
            Literal::Scalar(leaves) => out = Words::line(leaves, indent),
        }
        out
    }
}

fn element<T: Element>(
    literal: &Literal,
    brackets: &Bracketed<T>,
    indent: usize,
    out: &mut String,
) {
    if let Some(short) = short(literal).filter(|short| !is_too_long(short, indent, 1)) {
        *out = short;
        return;
    }
    let Bracketed { open, items, close } = brackets;
    out.push(if open.is("[") { '[' } else { '{' });
    lines(items, open, close, indent, out);
}

fn sign(written: Option<&Leaf>, sign: &str, indent: usize, out: &mut String) {
    if let Some(leaf) = written {
        comments_before(leaf, indent, out);
    }
    out.push_str(if out.ends_with(' ') {
        sign.trim_start()
    } else {
        sign
    });
}

/// Each element on a line, up to the closing bracket.
fn lines<T: Element>(items: &[T], open: &Leaf, close: &Leaf, indent: usize, out: &mut String) {
    let inner = inside(indent);
    let gaps = Gaps { inner };
    for (index, item) in items.iter().enumerate() {
        gaps.write(item.first().map(|leaf| &leaf.before), out);
        out.push('\n');
        out.push_str(&" ".repeat(inner));
        out.push_str(&item.print(inner));
        if index + 1 < items.len() {
            out.push_str(T::COMMA);
        }
        gaps.trailing(item.separator().map(|leaf| &leaf.before), out);
    }
    gaps.write(Some(&close.before), out);
    let is_empty = items.is_empty() && close.before.comments.is_empty();
    if !is_empty {
        out.push('\n');
        out.push_str(&" ".repeat(indent));
    }
    out.push_str(match open.text() {
        "[" => "]",
        _ => "}",
    });
}

/// Writes the comments between elements.
#[derive(Clone, Copy)]
struct Gaps {
    inner: usize,
}

impl Gaps {
    /// Those on the line of what was written before stay there.
    fn write(self, gap: Option<&Gap>, out: &mut String) {
        let Some(gap) = gap else { return };
        let parts = comments::parts(gap, true, true);
        for comment in &parts.trailing {
            same_line(comment, self.inner, out);
        }
        for own in &parts.own {
            self.own_line(&own.comment, out);
        }
    }

    /// Those in front of a separator, which is written already.
    fn trailing(self, gap: Option<&Gap>, out: &mut String) {
        for comment in gap.iter().flat_map(|gap| &gap.comments) {
            if comment.lines == 0 {
                same_line(comment, self.inner, out);
            } else {
                self.own_line(comment, out);
            }
        }
    }

    fn own_line(self, comment: &Comment, out: &mut String) {
        out.push('\n');
        out.push_str(&" ".repeat(self.inner));
        out.push_str(&comments::text(comment, self.inner));
    }
}

fn same_line(comment: &Comment, indent: usize, out: &mut String) {
    out.push(' ');
    out.push_str(&comments::behind(comment, indent));
}

/// Comments in front of a token, behind what is written.
fn comments_before(leaf: &Leaf, indent: usize, out: &mut String) {
    if leaf.before.comments.is_empty() {
        return;
    }
    let mut words = Words::new(indent);
    words.comments(&leaf.before);
    out.push(' ');
    out.push_str(&words.finish());
}

/// Several strings stand below each other; another value has a comment within.
fn scalar(leaves: &[Leaf], indent: usize, out: &mut String) {
    let is_text = leaves.iter().all(|leaf| leaf.token.kind == Kind::Text);
    if !is_text || leaves.len() == 1 {
        if let Some(first) = leaves.first() {
            comments_before(first, indent, out);
        }
        if !out.ends_with(' ') {
            out.push(' ');
        }
        out.push_str(&Words::line(leaves, indent));
        return;
    }
    let inner = inside(indent);
    for leaf in leaves {
        for comment in &leaf.before.comments {
            same_line(comment, inner, out);
        }
        out.push('\n');
        out.push_str(&" ".repeat(inner));
        out.push_str(leaf.text());
    }
}

/// The value on one line, if it is one without comments and with one part at most.
fn short(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Scalar(leaves) => {
            let texts = leaves.iter().filter(|leaf| leaf.token.kind == Kind::Text);
            let commented = leaves.iter().any(|leaf| !leaf.before.comments.is_empty());
            (texts.count() < 2 && !commented).then(|| Words::line(leaves, 0))
        }
        Literal::List(list) => {
            let parts = match &*list.items {
                [] => String::new(),
                [only] => scalar_only(&only.value)?,
                _ => return None,
            };
            let commented = has_comments(list.items.first().and_then(Item::separator), list);
            (!commented).then(|| format!("[{parts}]"))
        }
        Literal::Message(message) => {
            let parts = match &*message.items {
                [] => String::new(),
                [only] => {
                    let leaves = only.name.iter().chain(only.sign);
                    let mut leaves = leaves.filter(|leaf| !leaf.before.comments.is_empty());
                    let commented = leaves.next().is_some();
                    let value = scalar_only(&only.value).filter(|_| !commented)?;
                    format!("{}: {value}", Words::line(only.name, 0))
                }
                _ => return None,
            };
            let commented = has_comments(message.items.first().and_then(Field::separator), message);
            (!commented).then(|| format!("{{{parts}}}"))
        }
    }
}

fn scalar_only(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Scalar(_) => short(literal),
        Literal::List(_) | Literal::Message(_) => None,
    }
}

fn has_comments<T>(separator: Option<&Leaf>, brackets: &Bracketed<T>) -> bool {
    let close = &brackets.close.before.comments;
    let separator = separator.is_some_and(|leaf| !leaf.before.comments.is_empty());
    separator || !close.is_empty() || !brackets.open.before.comments.is_empty()
}

/// Whether it can be put on several lines.
const fn has_parts(literal: &Literal) -> bool {
    match literal {
        Literal::Scalar(_) => false,
        Literal::List(list) => !list.items.is_empty(),
        Literal::Message(message) => !message.items.is_empty(),
    }
}

fn first_leaf<'l>(literal: &'l Literal<'_, '_>) -> Option<&'l Leaf<'l>> {
    match literal {
        Literal::Scalar(leaves) => leaves.first(),
        Literal::List(list) => Some(list.open),
        Literal::Message(message) => Some(message.open),
    }
}

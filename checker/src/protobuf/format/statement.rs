//! A statement on its lines: the head, and the options in it.

use super::super::syntax::literal;
use super::super::syntax::tree::{Gap, Leaf};
use super::words::Words;
use super::{INDENT, LINE_WIDTH, value};

/// How far the lines of a broken list or signature stand inside.
const BROKEN: usize = 4;

/// A statement with the `;` that ends it.
pub(super) fn line(head: &[Leaf], end: &Gap, indent: usize) -> String {
    let mut text = whole(head, indent, 1);
    if !end.comments.is_empty() {
        let mut words = Words::new(indent);
        words.comments(end);
        text.push(' ');
        text.push_str(&words.finish());
    }
    text.push(';');
    text
}

/// A head up to the `{` behind it.
pub(super) fn head(head: &[Leaf], open: &Gap, indent: usize) -> String {
    let mut text = whole(head, indent, 2);
    text.push(' ');
    if !open.comments.is_empty() {
        let mut words = Words::new(indent);
        words.comments(open);
        text.push_str(&words.finish());
        if !text.ends_with(' ') {
            text.push(' ');
        }
    }
    text
}

/// `behind` is how much stands behind it on its last line.
fn whole(head: &[Leaf], indent: usize, behind: usize) -> String {
    let first = head.first().map(Leaf::text);
    let structured = match first {
        Some("option") => option(head, indent),
        Some("reserved") => list(head, indent, behind),
        _ => with_options(head, indent),
    };
    let text = structured.unwrap_or_else(|| Words::line(head, indent));
    if first == Some("rpc") && is_too_long(&text, indent, behind) {
        return text.replacen(
            " returns (",
            &format!("\n{}returns (", " ".repeat(indent + BROKEN)),
            1,
        );
    }
    text
}

/// `option name = value`.
fn option(head: &[Leaf], indent: usize) -> Option<String> {
    let sign = head.iter().position(|leaf| leaf.is("="))?;
    let (name, written) = head.split_at_checked(sign + 1)?;
    let literal = literal::value(written)?;
    let mut out = Words::line(name, indent);
    value::push(&literal, indent, 1, &mut out);
    Some(out)
}

/// What may have options in brackets.
fn with_options(head: &[Leaf], indent: usize) -> Option<String> {
    let open = head.iter().position(|leaf| leaf.is("["))?;
    let (before, brackets) = head.split_at_checked(open)?;
    let options = literal::options(brackets)?;
    let before = if before.first().is_some_and(|leaf| leaf.is("extensions")) {
        list(before, indent, 2)?
    } else {
        Words::line(before, indent)
    };
    Some(value::options(before, &options, indent))
}

/// `reserved` or `extensions` with ranges or names, broken where the line would be too long.
fn list(head: &[Leaf], indent: usize, behind: usize) -> Option<String> {
    let line = Words::line(head, indent);
    let has_comments = head
        .iter()
        .skip(1)
        .any(|leaf| !leaf.before.comments.is_empty());
    if has_comments || !is_too_long(&line, indent, behind) {
        return Some(line);
    }
    let (keyword, rest) = head.split_first()?;
    let mut out = keyword.text().to_owned();
    let mut width = indent + out.len();
    let parts: Vec<&[Leaf]> = rest.split(|leaf| leaf.is(",")).collect();
    for (index, part) in parts.iter().enumerate() {
        let comma = if index + 1 < parts.len() { "," } else { "" };
        let text = format!("{}{comma}", Words::line(part, indent));
        let length = text.chars().count();
        if width + 1 + length + behind > LINE_WIDTH {
            width = indent + BROKEN;
            out.push('\n');
            out.push_str(&" ".repeat(width));
        } else {
            width += 1;
            out.push(' ');
        }
        out.push_str(&text);
        width += length;
    }
    Some(out)
}

/// Whether the last line of a text is too long.
pub(super) fn is_too_long(text: &str, indent: usize, behind: usize) -> bool {
    let line = text.rsplit('\n').next().unwrap_or_default();
    let start = if line.len() == text.len() { indent } else { 0 };
    start + line.chars().count() + behind > LINE_WIDTH
}

/// The indentation of what stands inside.
pub(super) const fn inside(indent: usize) -> usize {
    indent + INDENT
}

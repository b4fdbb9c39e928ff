//! Making foreign text safe to show: a schema, a file name or a server's message must not be able to
//! move the cursor, colour the terminal, reorder what is read, or start a line of its own.

use std::borrow::Cow;

/// The text with control characters and characters that reorder text written as `\u{…}`.
///
/// ```
/// assert_eq!(checker::report::escape("plain"), "plain");
/// assert_eq!(checker::report::escape("red \u{1b}[31m"), "red \\u{1b}[31m");
/// assert_eq!(checker::report::escape("two\nlines"), "two\\nlines");
/// ```
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        push_escaped(c, &mut out);
    }
    Cow::Owned(out)
}

/// One character, escaped where it must be.
pub(super) fn push_escaped(c: char, out: &mut String) {
    if is_unsafe(c) {
        out.extend(c.escape_debug());
    } else {
        out.push(c);
    }
}

fn is_unsafe(c: char) -> bool {
    c.is_control() || is_reordering(c)
}

/// Bidirectional controls, line and paragraph separators: they make a text look like another one.
const fn is_reordering(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How many columns of a terminal a character takes: an approximation that covers what schemas
/// hold, so that the mark under a place stands where it should.
pub(super) const fn width(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_reorders_or_controls_is_spelled_out() {
        assert_eq!(escape("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(escape("a\u{7}b\u{9b}"), "a\\u{7}b\\u{9b}");
        assert_eq!(escape("tab\there"), "tab\\there");
    }

    #[test]
    fn other_text_stays_as_it_is() {
        assert!(matches!(escape("größe 数 \"quoted\" \\"), Cow::Borrowed(_)));
    }
}

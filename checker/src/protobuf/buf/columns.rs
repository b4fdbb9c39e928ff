//! Columns as a terminal shows them, which is how buf counts: a tab goes to the next multiple of four,
//! wide characters take two columns, combining ones and those without a glyph none.

use unicode_width::UnicodeWidthStr;

/// The distance of tab stops.
const TAB: usize = 4;

/// How many columns a piece of a line takes that starts the line.
pub(super) fn width(text: &str) -> usize {
    let mut column = 0;
    for (index, piece) in text.split('\t').enumerate() {
        if index > 0 {
            column += TAB - column % TAB;
        }
        column += without_tabs(piece);
    }
    column
}

fn without_tabs(text: &str) -> usize {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.len();
    }
    let shown = text.split(char::is_control);
    shown.map(UnicodeWidthStr::width).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_go_to_multiples_of_four() {
        assert_eq!(width("\t"), 4);
        assert_eq!(width("a\t"), 4);
        assert_eq!(width("abcd\t\tx"), 13);
    }

    #[test]
    fn characters_are_as_wide_as_they_are_shown() {
        assert_eq!(width("/* ü */ "), 8);
        assert_eq!(width("/* 語 */ "), 9);
        assert_eq!(width("e\u{301}"), 1);
        assert_eq!(width("a\u{200b}\rb"), 2);
    }
}

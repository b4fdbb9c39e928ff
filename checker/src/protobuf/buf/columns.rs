//! Columns as a terminal shows them, which is how buf counts: a tab goes to the next multiple of four,
//! wide characters take two columns, combining ones none, and what cannot be shown is written out.

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
    let mut width = 0;
    for piece in text.split_inclusive(is_hidden) {
        let hidden = piece.chars().next_back().filter(|last| is_hidden(*last));
        let shown = piece.trim_end_matches(is_hidden);
        width += UnicodeWidthStr::width(shown);
        // As in `<U+200B>`.
        width += hidden.map_or(0, |hidden| format!("<U+{:04X}>", u32::from(hidden)).len());
    }
    width
}

/// Whether a character has no glyph: those of control, of format, and other spaces than the plain one.
fn is_hidden(character: char) -> bool {
    if matches!(character, '\r' | '\n') {
        return false;
    }
    let invisible = matches!(character,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{8e2}'
        | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}'
        | '\u{e0001}'..='\u{e007f}' | '\u{f0000}'..);
    character.is_control() || invisible || (character.is_whitespace() && character != ' ')
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
        assert_eq!(width("a\u{200b}b"), 10);
    }
}

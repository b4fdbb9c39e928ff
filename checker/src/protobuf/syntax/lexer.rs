//! Tokens of a `.proto` text, and the comments between them.
//!
//! It goes forward only and keeps one token. What is no token is reported and left out, so that the
//! parser sees all of the rest. Escapes in strings are undone by [`super::strings`].

use std::ops::Range;

use super::comments::{Collector, Comments};
use super::parser::MAX_MISTAKES;
use super::strings;

/// The longest word, in bytes; `protoc` has the same limit.
pub const MAX_WORD_BYTES: usize = 65_535;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Before the first one.
    Start,
    /// Behind the last one.
    End,
    Word,
    /// Digits: decimal, octal or hexadecimal.
    Integer,
    Float,
    /// A string with its quotes.
    Text,
    /// A single character.
    Symbol,
}

/// A token and its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'t> {
    pub(crate) kind: Kind,
    pub(crate) text: &'t str,
    pub(crate) start: usize,
}

impl Token<'_> {
    pub(crate) const fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(crate) const fn range(&self) -> Range<usize> {
        self.start..self.end()
    }
}

/// Something that is no token.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) range: Range<usize>,
    pub(crate) message: String,
}

/// Goes through a text.
pub(crate) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    pub(crate) current: Token<'t>,
    /// Where the token before ends.
    pub(crate) previous_end: usize,
    pub(crate) mistakes: Vec<Mistake>,
}

/// What stands between two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    Line,
    Block,
    Nothing,
}

impl<'t> Lexer<'t> {
    /// Stands before the first token.
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            current: Token {
                kind: Kind::Start,
                text: "",
                start: 0,
            },
            previous_end: 0,
            mistakes: Vec::new(),
        }
    }

    /// Goes to the next token, over comments.
    pub(crate) fn next(&mut self) {
        self.skip_space_and_comments();
        self.token();
    }

    /// Goes to the next token and says which comments belong to the one before, to the next one, and
    /// to neither. The rules are those of `SourceCodeInfo.Location` in `descriptor.proto`.
    pub(crate) fn next_with_comments(&mut self) -> Comments {
        let mut collector = Collector::new();
        if self.current.kind == Kind::Start {
            collector.detach_from_previous();
        } else {
            self.skip_while(is_space);
            match self.gap() {
                Gap::Line => {
                    let comment = self.line_comment();
                    collector.line(comment);
                    collector.flush();
                }
                Gap::Block => {
                    collector.block(self.block_comment());
                    self.skip_while(is_space);
                    if !self.eat(b'\n') {
                        // A comment between two tokens of a line belongs to neither.
                        self.next();
                        return Comments::default();
                    }
                    collector.flush();
                }
                Gap::Nothing if self.eat(b'\n') => {}
                Gap::Nothing => {
                    self.token();
                    return Comments::default();
                }
            }
        }
        self.comments_of_lines(collector)
    }

    /// At the start of a line.
    fn comments_of_lines(&mut self, mut collector: Collector) -> Comments {
        loop {
            self.skip_while(is_space);
            match self.gap() {
                Gap::Line => {
                    let comment = self.line_comment();
                    collector.line(comment);
                }
                Gap::Block => {
                    collector.block(self.block_comment());
                    self.skip_while(is_space);
                    self.eat(b'\n');
                }
                Gap::Nothing if self.eat(b'\n') => {
                    collector.flush();
                    collector.detach_from_previous();
                }
                Gap::Nothing => {
                    self.token();
                    let ends = self.current.kind == Kind::End
                        || matches!(self.current.text, "}" | "]" | ")");
                    if ends {
                        // At the end of a scope nothing follows that it could belong to.
                        collector.flush();
                    }
                    return collector.finish();
                }
            }
        }
    }

    fn gap(&self) -> Gap {
        match (self.byte(), self.byte_after()) {
            (Some(b'/'), Some(b'/')) => Gap::Line,
            (Some(b'/'), Some(b'*')) => Gap::Block,
            _ => Gap::Nothing,
        }
    }

    /// The text behind `//` with the end of the line.
    fn line_comment(&mut self) -> &'t str {
        let start = self.at + 2;
        let rest = &self.text[start..];
        let end = memchr::memchr(b'\n', rest.as_bytes());
        let length = end.map_or(rest.len(), |at| at + 1);
        self.at = start + length;
        &rest[..length]
    }

    /// The text between `/*` and `*/`, without the white space and the star that begin its lines.
    fn block_comment(&mut self) -> String {
        let start = self.at;
        self.at += 2;
        let mut content = String::new();
        let mut copied = self.at;
        loop {
            match self.byte() {
                Some(b'\n') => {
                    self.at += 1;
                    content.push_str(&self.text[copied..self.at]);
                    self.skip_while(is_space);
                    let ends = self.eat(b'*') && self.eat(b'/');
                    copied = self.at;
                    if ends {
                        return content;
                    }
                }
                Some(b'*') if self.byte_after() == Some(b'/') => {
                    content.push_str(&self.text[copied..self.at]);
                    self.at += 2;
                    return content;
                }
                Some(b'/') if self.byte_after() == Some(b'*') => {
                    let star = self.at + 1;
                    self.mistake(
                        star..star + 1,
                        "`/*` inside of a block comment: they cannot be nested",
                    );
                    self.at += 1;
                }
                Some(_) => self.at += 1,
                None => {
                    self.mistake(
                        start..start + 2,
                        "the comment that starts here is not closed",
                    );
                    content.push_str(&self.text[copied..]);
                    return content;
                }
            }
        }
    }

    /// Reads a token where there is no space and no comment.
    fn token(&mut self) {
        self.previous_end = self.current.end();
        loop {
            let start = self.at;
            let kind = match self.byte() {
                None => Kind::End,
                Some(b'_' | b'a'..=b'z' | b'A'..=b'Z') => self.word(),
                Some(b'0'..=b'9') => self.number(),
                Some(b'.') if self.byte_after().is_some_and(|byte| byte.is_ascii_digit()) => {
                    self.point()
                }
                Some(quote @ (b'"' | b'\'')) => self.string(quote),
                Some(byte) if byte < b' ' => {
                    self.skip_while(|byte| byte < b' ' && byte != b'\n' && !is_space(byte));
                    self.mistake(start..self.at, "a control character, remove it");
                    self.skip_space_and_comments();
                    continue;
                }
                Some(_) => self.symbol(),
            };
            self.current = Token {
                kind,
                text: &self.text[start..self.at],
                start,
            };
            return;
        }
    }

    fn skip_space_and_comments(&mut self) {
        loop {
            self.skip_while(|byte| is_space(byte) || byte == b'\n');
            match self.gap() {
                Gap::Line => {
                    self.line_comment();
                }
                Gap::Block => {
                    self.block_comment();
                }
                Gap::Nothing => return,
            }
        }
    }

    fn word(&mut self) -> Kind {
        let start = self.at;
        self.skip_while(is_word);
        if self.at - start > MAX_WORD_BYTES {
            let message = format!("the name is longer than {MAX_WORD_BYTES} bytes");
            self.mistake(start..self.at, message);
        }
        Kind::Word
    }

    fn symbol(&mut self) -> Kind {
        let start = self.at;
        let c = self.character();
        self.at += c.map_or(1, char::len_utf8);
        if c == Some('\x7f') {
            self.mistake(start..self.at, "a control character, remove it");
        } else if let Some(c) = c.filter(|c| !c.is_ascii()) {
            let message = format!("`{c}` cannot stand here; only strings and comments hold it");
            self.mistake(start..self.at, message);
        }
        Kind::Symbol
    }

    /// `.5`, which may not follow a word at once.
    fn point(&mut self) -> Kind {
        let start = self.at;
        let glued = self.current.kind == Kind::Word && self.current.end() == start;
        if glued {
            self.mistake(
                start..start + 1,
                "a space is missing between the name and the number",
            );
        }
        self.at += 1;
        self.skip_while(|byte| byte.is_ascii_digit());
        self.exponent();
        self.end_of_number(true);
        Kind::Float
    }

    fn number(&mut self) -> Kind {
        let zero = self.eat(b'0');
        let mut float = false;
        if zero && (self.eat(b'x') || self.eat(b'X')) {
            let digits = self.at;
            self.skip_while(|byte| byte.is_ascii_hexdigit());
            if self.at == digits {
                self.mistake(
                    self.at..self.at,
                    "hexadecimal digits are missing behind `0x`",
                );
            }
        } else if zero && self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.skip_while(|byte| (b'0'..=b'7').contains(&byte));
            if self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
                let wrong = self.at;
                self.skip_while(|byte| byte.is_ascii_digit());
                self.mistake(
                    wrong..self.at,
                    "a number that starts with 0 is octal: digits from 0 to 7",
                );
            }
        } else {
            self.skip_while(|byte| byte.is_ascii_digit());
            if self.eat(b'.') {
                float = true;
                self.skip_while(|byte| byte.is_ascii_digit());
            }
            float |= self.exponent();
        }
        self.end_of_number(float);
        if float { Kind::Float } else { Kind::Integer }
    }

    fn exponent(&mut self) -> bool {
        if !(self.eat(b'e') || self.eat(b'E')) {
            return false;
        }
        let _signed = self.eat(b'-') || self.eat(b'+');
        let digits = self.at;
        self.skip_while(|byte| byte.is_ascii_digit());
        if self.at == digits {
            self.mistake(digits..digits, "digits are missing in the exponent");
        }
        true
    }

    fn end_of_number(&mut self, float: bool) {
        let (at, next) = (self.at, self.byte());
        if next.is_some_and(is_word) {
            self.mistake(
                at..at + 1,
                "a space is missing between the number and the name",
            );
        } else if next == Some(b'.') {
            let message = if float {
                "a number has one decimal point"
            } else {
                "hexadecimal and octal numbers have no fraction"
            };
            self.mistake(at..at + 1, message);
        }
    }

    fn string(&mut self, quote: u8) -> Kind {
        self.at += 1;
        loop {
            self.skip_while(|byte| byte != quote && !matches!(byte, b'\\' | b'\n'));
            match self.byte() {
                Some(b'\\') => {
                    self.at += 1;
                    self.escape();
                }
                Some(b'\n') | None => {
                    let end = self.at..self.at;
                    self.mistake(end, "the string is not closed on its line");
                    return Kind::Text;
                }
                Some(_) => {
                    self.at += 1;
                    return Kind::Text;
                }
            }
        }
    }

    /// Behind the backslash. What is wrong in an escape is read on as part of the string.
    fn escape(&mut self) {
        match strings::escape_length(&self.text[self.at..]) {
            Ok(length) => self.at += length,
            Err(wrong) => {
                self.at += wrong.right;
                let end = self.at + self.character().map_or(0, char::len_utf8);
                self.mistake(self.at..end, wrong.message);
            }
        }
    }

    /// Whether something was wrong in a token that was read.
    pub(crate) fn is_broken(&self, token: Token<'_>) -> bool {
        let mut mistakes = self.mistakes.iter();
        let range = token.start..=token.end();
        mistakes.any(|mistake| range.contains(&mistake.range.start))
    }

    fn mistake(&mut self, range: Range<usize>, message: impl Into<String>) {
        if self.mistakes.len() < MAX_MISTAKES {
            self.mistakes.push(Mistake {
                range,
                message: message.into(),
            });
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn character(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn byte_after(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at + 1).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.byte() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Goes over bytes of a kind. It stops at the start of a character, since `skipped` takes the bytes
    /// of one beyond ASCII all or none.
    #[inline]
    fn skip_while(&mut self, skipped: impl Fn(u8) -> bool) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let count = rest.iter().position(|byte| !skipped(*byte));
        self.at += count.unwrap_or(rest.len());
    }
}

/// White space that ends no line.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c)
}

fn is_word(byte: u8) -> bool {
    WORD[usize::from(byte)]
}

/// Which bytes words have: a table, since there is a word every eight bytes.
static WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
        byte += 1;
    }
    table
};

/// Whether two texts differ in comments and white space at most. Texts with mistakes do not say the same.
pub(crate) fn say_the_same(one: &str, other: &str) -> bool {
    let mut lexers = [one, other].map(Lexer::new);
    loop {
        for lexer in &mut lexers {
            lexer.next();
        }
        let [one, other] = &lexers;
        let (token, same) = (one.current, other.current);
        let right = one.mistakes.is_empty() && other.mistakes.is_empty();
        if !right || token.kind != same.kind || token.text != same.text {
            return false;
        }
        if token.kind == Kind::End {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::say_the_same;

    #[test]
    fn comments_and_white_space_say_nothing() {
        let text = "message A { string a = 1 [default = \"// b\"]; }";
        let other = "/* new */ message A {\n  string a = 1 // one\n [default = \"// b\"];\n}\n";
        assert!(say_the_same(text, other));
        for other in [
            "message A { string a = 1 [default = \"// c\"]; }",
            "message A { string a = 1 [default = \"//b\"]; }",
            "message A { string a = 1 [default = \"// b\"]; };",
            "message A { string a = 0x1 [default = \"// b\"]; }",
            "messageA { string a = 1 [default = \"// b\"]; }",
            "message A { string a = 1 [default = \"// b\"];",
            "",
        ] {
            assert!(!say_the_same(text, other), "{other}");
            assert!(!say_the_same(other, text), "{other}");
        }
        let open = "option a = \"b";
        assert!(!say_the_same(open, open), "a mistake");
    }
}

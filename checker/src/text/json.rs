//! A JSON reader (RFC 8259) for schema texts: every value knows its byte range, numbers keep their
//! text, objects keep the order of their keys and their duplicates.
//!
//! It is strict where a lenient reader would change a meaning (no `NaN`, no comments, no trailing
//! commas) and bounded: nesting deeper than [`MAX_DEPTH`] is an error with a place. Lone surrogates
//! in `\u` escapes are refused, since no text can hold them.
//!
//! It does not know schemas; [`crate::avro`] and [`crate::json`] read those from a [`Node`].

use std::fmt::Write as _;
use std::ops::Range;

use compact_str::CompactString;

use crate::model::{Problem, Source};

/// The deepest nesting of arrays and objects that is read. Recursive walks over a [`Node`] are
/// bounded by it: at this depth they fit into a stack of 2 MiB, the usual size of a thread's.
pub const MAX_DEPTH: usize = 256;

/// A value and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The byte range of the value in the text.
    pub range: Range<usize>,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as its text: `1e400` and `123456789012345678901234567890` stay what they are.
    Number(CompactString),
    /// A string, with escapes undone.
    String(CompactString),
    /// An array.
    Array(Vec<Node>),
    /// An object, in the order of the text, duplicates included.
    Object(Vec<Member>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The key, with escapes undone.
    pub key: CompactString,
    /// The byte range of the key with its quotes.
    pub key_range: Range<usize>,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The value of the member `key` of an object. The last one counts where a key stands twice,
    /// as most JSON readers have it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.member(key).map(|member| &member.value)
    }

    /// The member `key` of an object; the last one where a key stands twice.
    pub fn member(&self, key: &str) -> Option<&Member> {
        self.members()
            .iter()
            .rev()
            .find(|member| &*member.key == key)
    }

    /// The members of an object; none for anything else.
    pub fn members(&self) -> &[Member] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self.value, Value::Object(_))
    }

    /// The value in compact form: no white space, keys in the order of the text, numbers as they
    /// were written, strings with only the escapes that JSON demands.
    pub fn to_compact(&self) -> String {
        let mut out = String::new();
        write_compact(self, &mut out);
        out
    }

    /// Whether both say the same, in whatever layout: numbers by their text, keys in their order.
    pub fn same_value(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Array(own), Value::Array(others)) => {
                own.len() == others.len() && own.iter().zip(others).all(|(a, b)| a.same_value(b))
            }
            (Value::Object(own), Value::Object(others)) => {
                let same =
                    |(a, b): (&Member, &Member)| a.key == b.key && a.value.same_value(&b.value);
                own.len() == others.len() && own.iter().zip(others).all(same)
            }
            (own, others) => own == others,
        }
    }

    /// What kind of value it is, for messages: `a string`.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }
}

/// Writes `text` as a JSON string with its quotes, escaping only what JSON demands.
pub fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    // What needs no escape, nearly always all of it, is copied as a whole.
    while let Some(at) = rest.bytes().position(needs_escape) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = special.chars();
        if let Some(c) = chars.next() {
            write_escape(c, out);
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Whether a byte cannot stand in a string as it is. All of them are characters of their own.
const fn needs_escape(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..=0x1f)
}

fn write_escape(c: char, out: &mut String) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        c => {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "\\u{:04X}", u32::from(c));
        }
    }
}

fn write_compact(node: &Node, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(text) => out.push_str(text),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_compact(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, member) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(&member.key, out);
                out.push(':');
                write_compact(&member.value, out);
            }
            out.push('}');
        }
    }
}

/// Reads a whole text as one JSON value.
///
/// A syntax error ends the reading, since what follows it cannot be trusted: there is at most one
/// [`Problem`].
pub fn parse(source: &Source) -> Result<Node, Problem> {
    let mut parser = Parser {
        text: source.text(),
        at: 0,
        depth: 0,
    };
    let parsed = parser.document();
    parsed.map_err(|Failure { at, message }| {
        let end = source.text()[at..]
            .chars()
            .next()
            .map_or(at, |c| at + c.len_utf8());
        Problem::at(source.span(at..end), message)
    })
}

struct Failure {
    at: usize,
    message: String,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn document(&mut self) -> Result<Node, Failure> {
        if self.text.starts_with('\u{feff}') {
            return Err(self.failure("the text starts with a byte order mark, remove it"));
        }
        self.skip_space();
        if self.at == self.text.len() {
            return Err(self.failure("the text is empty, a JSON value is expected"));
        }
        let node = self.value()?;
        self.skip_space();
        if self.at < self.text.len() {
            return Err(self.failure("the JSON value ends before this, remove what follows it"));
        }
        Ok(node)
    }

    fn value(&mut self) -> Result<Node, Failure> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            _ if self.eat("null") => Value::Null,
            _ if self.eat("true") => Value::Bool(true),
            _ if self.eat("false") => Value::Bool(false),
            None => return Err(self.failure("the text ends where a JSON value is expected")),
            Some(_) => return Err(self.failure("a JSON value is expected here")),
        };
        Ok(Node {
            value,
            range: start..self.at,
        })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Failure>) -> Result<Value, Failure> {
        if self.depth == MAX_DEPTH {
            return Err(self.failure(&format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, Failure> {
        let mut members = Vec::new();
        let open = self.at;
        self.at += 1;
        self.skip_space();
        if self.eat("}") {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.unclosed(open, "a key in double quotes is expected here"));
            }
            let start = self.at;
            let key = self.string()?;
            let key_range = start..self.at;
            self.skip_space();
            if !self.eat(":") {
                return Err(self.unclosed(open, "`:` is expected between a key and its value"));
            }
            self.skip_space();
            let value = self.part(open)?;
            members.push(Member {
                key,
                key_range,
                value,
            });
            self.skip_space();
            if self.eat("}") {
                return Ok(Value::Object(members));
            }
            self.comma(open, b'}', "`,` or `}` is expected here")?;
        }
    }

    fn array(&mut self) -> Result<Value, Failure> {
        let mut items = Vec::new();
        let open = self.at;
        self.at += 1;
        self.skip_space();
        if self.eat("]") {
            return Ok(Value::Array(items));
        }
        loop {
            self.skip_space();
            items.push(self.part(open)?);
            self.skip_space();
            if self.eat("]") {
                return Ok(Value::Array(items));
            }
            self.comma(open, b']', "`,` or `]` is expected here")?;
        }
    }

    /// A value within the object or array that begins at `open`.
    fn part(&mut self, open: usize) -> Result<Node, Failure> {
        if self.peek().is_none() {
            return Err(self.unclosed(open, ""));
        }
        self.value()
    }

    /// What separates two parts of the object or array that begins at `open`.
    fn comma(&mut self, open: usize, close: u8, otherwise: &str) -> Result<(), Failure> {
        let comma = self.at;
        if !self.eat(",") {
            return Err(self.unclosed(open, otherwise));
        }
        self.skip_space();
        if self.peek() == Some(close) {
            let close = char::from(close);
            return Err(Failure {
                at: comma,
                message: format!("nothing follows before `{close}`, remove the comma"),
            });
        }
        Ok(())
    }

    /// Says that the text ended within the object or array that begins at `open`, if it did.
    fn unclosed(&self, open: usize, otherwise: &str) -> Failure {
        if self.at < self.text.len() {
            return self.failure(otherwise);
        }
        let (before, rest) = self.text.split_at_checked(open).unwrap_or_default();
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        let bracket = rest.chars().next().unwrap_or('{');
        self.failure(&format!(
            "the text ends here, and the `{bracket}` of line {line} is still open"
        ))
    }

    fn string(&mut self) -> Result<CompactString, Failure> {
        self.at += 1;
        let plain = self.plain();
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(plain.into());
        }
        let mut out = CompactString::from(plain);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => {
                    return Err(self.failure("control characters in a string must be escaped"));
                }
                None => return Err(self.failure("the string is not closed")),
            }
            out.push_str(self.plain());
        }
    }

    /// What follows of a string that stands for itself.
    fn plain(&mut self) -> &'a str {
        let text: &'a str = self.text;
        let rest = &text[self.at..];
        let length = rest.bytes().position(needs_escape).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn escape(&mut self) -> Result<char, Failure> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += usize::from(letter.is_some_and(|byte| byte.is_ascii()));
        let plain = match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start),
            _ => {
                return Err(Failure {
                    at: start,
                    message: "no such escape in JSON".into(),
                });
            }
        };
        Ok(plain)
    }

    fn unicode_escape(&mut self, start: usize) -> Result<char, Failure> {
        let lone = |at| Failure {
            at,
            message: "a lone surrogate is no character".into(),
        };
        let first = self.hex4()?;
        let code = match first {
            0xD800..=0xDBFF => {
                if !self.eat("\\u") {
                    return Err(lone(start));
                }
                let second = self.hex4()?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return Err(lone(start));
                }
                0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| lone(start))
    }

    fn hex4(&mut self) -> Result<u32, Failure> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(code) = digits.and_then(|text| u32::from_str_radix(text, 16).ok()) else {
            return Err(self.failure("four hexadecimal digits are expected here"));
        };
        self.at += 4;
        Ok(code)
    }

    fn number(&mut self) -> Result<CompactString, Failure> {
        let start = self.at;
        self.eat("-");
        if !self.eat("0") {
            self.digits()?;
        }
        if self.eat(".") {
            self.digits()?;
        }
        if self.eat("e") || self.eat("E") {
            let _signed = self.eat("+") || self.eat("-");
            self.digits()?;
        }
        Ok(self.text[start..self.at].into())
    }

    fn digits(&mut self) -> Result<(), Failure> {
        let start = self.at;
        self.skip(|byte| byte.is_ascii_digit());
        if self.at == start {
            return Err(self.failure("a digit is expected here"));
        }
        Ok(())
    }

    fn skip_space(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
    }

    /// Goes behind bytes of a kind, each of which is a character.
    fn skip(&mut self, skipped: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&skipped) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.text.as_bytes().get(self.at..);
        let found = rest.is_some_and(|rest| rest.starts_with(token.as_bytes()));
        if found {
            self.at += token.len();
        }
        found
    }

    fn failure(&self, message: &str) -> Failure {
        Failure {
            at: self.at,
            message: message.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn compact(text: &str, expected: &str) {
        let node = parse(&Source::new("t.json", text)).expect("is JSON");
        assert_eq!(node.to_compact(), expected);
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let problem = parse(&Source::new("t.json", text)).expect_err("is no JSON");
        assert_eq!(problem.to_string(), expected);
    }

    #[test]
    fn numbers_keys_and_duplicates_stay_as_they_were_written() {
        compact(
            "{ \"b\" : 123456789012345678901234567890, \"a\": [1.50, -0, 1E+400], \"b\": null }",
            "{\"b\":123456789012345678901234567890,\"a\":[1.50,-0,1E+400],\"b\":null}",
        );
    }

    #[test]
    fn escapes_are_undone() {
        compact(r#""\u0041\/\ud83d\ude00\n""#, "\"A/😀\\n\"");
    }

    #[test]
    fn control_characters_are_written_with_upper_case_digits() {
        compact(r#""\u001f\u0000""#, r#""\u001F\u0000""#);
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        let node = parse(&Source::new("t", r#"{"a": 1, "a": 2}"#)).expect("is JSON");
        assert_eq!(node.get("a").map(Node::to_compact).as_deref(), Some("2"));
    }

    #[test]
    fn every_error_has_a_place() {
        refused(
            "",
            "t.json:1:1: the text is empty, a JSON value is expected",
        );
        refused(
            "{\n  \"a\": 1,\n}",
            "t.json:2:9: nothing follows before `}`, remove the comma",
        );
        refused(
            "[1, ]",
            "t.json:1:3: nothing follows before `]`, remove the comma",
        );
        refused("{1}", "t.json:1:2: a key in double quotes is expected here");
        for text in [
            "{\n[",
            "{\n\"a\": [",
            "{\n\"a\": [1",
            "{\n\"a\": [1,",
            "{\n\"a\": [{}, ",
        ] {
            let problem = parse(&Source::new("t.json", text)).expect_err("it ends early");
            let open = "the text ends here, and the `[` of line 2 is still open";
            let ends = problem.message == open;
            assert_eq!(ends, text != "{\n[", "{text:?}: {problem}");
        }
        for text in ["{", "{\"a\"", "{\"a\":", "{\"a\": 1", "{\"a\": 1,"] {
            let problem = parse(&Source::new("t.json", text)).expect_err("it ends early");
            let open = "the text ends here, and the `{` of line 1 is still open";
            assert_eq!(problem.message, open, "{text:?}");
        }
        refused("[1 2]", "t.json:1:4: `,` or `]` is expected here");
        refused("[01]", "t.json:1:3: `,` or `]` is expected here");
        refused("NaN", "t.json:1:1: a JSON value is expected here");
        refused("\"a", "t.json:1:3: the string is not closed");
        refused(
            r#""\ud800x""#,
            "t.json:1:2: a lone surrogate is no character",
        );
        refused(
            "1 1",
            "t.json:1:3: the JSON value ends before this, remove what follows it",
        );
        refused(
            "\"a\u{1}\"",
            "t.json:1:3: control characters in a string must be escaped",
        );
        refused(
            "\u{feff}1",
            "t.json:1:1: the text starts with a byte order mark, remove it",
        );
        refused("\"\\é\"", "t.json:1:2: no such escape in JSON");
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&Source::new("t", deep(MAX_DEPTH))).is_ok());
        refused(
            &deep(MAX_DEPTH + 1),
            "t.json:1:257: nested deeper than 256 levels",
        );
        refused(
            &"[".repeat(1_000_000),
            "t.json:1:257: nested deeper than 256 levels",
        );
    }
}

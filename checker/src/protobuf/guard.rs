//! Looks over a `.proto` text before the parser does, and refuses what would hurt it.
//!
//! The parser recurses over nested values and has no limits of its own: text from the outside only
//! reaches it through [`check`]. This is no parser: it knows comments, strings and brackets.

use crate::model::{Problem, Source};

/// The longest text that is read, in bytes.
pub const MAX_TEXT_BYTES: usize = 32 << 20;

/// The deepest nesting of brackets of all kinds: messages, option values, lists. `protoc` nests
/// messages to 32 and dies of option values that nest to 100.
pub const MAX_NESTING: usize = 100;

/// The longest word, in bytes; `protoc` has the same limit.
pub const MAX_WORD_BYTES: usize = 65_535;

/// What is wrong with the text at first sight. An empty answer means that it may be parsed.
pub(crate) fn check(source: &Source) -> Vec<Problem> {
    let text = source.text();
    if text.len() > MAX_TEXT_BYTES {
        return vec![Problem::whole(format!(
            "`{}` is longer than {MAX_TEXT_BYTES} bytes, split it into several files",
            source.file()
        ))];
    }
    let scan = Scanner::new(text).run();
    let mut problems = Vec::new();
    let mut report = |at: Option<usize>, message: String| {
        if let Some(at) = at {
            let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
            problems.push(Problem::at(source.span(at..end), message));
        }
    };
    report(
        scan.nul,
        "a NUL byte cannot stand in a schema, remove it".to_owned(),
    );
    report(
        scan.too_deep,
        format!("nested deeper than {MAX_NESTING} levels"),
    );
    report(
        scan.long_word,
        format!("a name is longer than {MAX_WORD_BYTES} bytes"),
    );
    report(
        scan.edition,
        "editions are not supported yet, use `syntax = \"proto2\"` or `syntax = \"proto3\"`"
            .to_owned(),
    );
    problems
}

/// What a file says about its place among others, read without parsing it.
#[derive(Debug, Default)]
pub(crate) struct Outline<'a> {
    /// The imports; `None` where one is spelled in a way that only a parser understands.
    pub imports: Option<Vec<&'a str>>,
    /// The package, empty where none is named.
    pub package: String,
}

/// Reads imports and package.
pub(crate) fn outline(text: &str) -> Outline<'_> {
    let scan = Scanner::new(text).run();
    let imports = scan
        .imports
        .iter()
        .map(|(start, end)| text.get(*start..*end));
    let package = scan.package.and_then(|(start, end)| text.get(start..end));
    let package = package.unwrap_or_default();
    Outline {
        imports: if scan.odd_import {
            None
        } else {
            imports.collect()
        },
        package: package.chars().filter(|c| !c.is_whitespace()).collect(),
    }
}

/// Byte offsets of the first thing of each kind.
#[derive(Default)]
struct Scan {
    nul: Option<usize>,
    too_deep: Option<usize>,
    long_word: Option<usize>,
    edition: Option<usize>,
    imports: Vec<(usize, usize)>,
    odd_import: bool,
    package: Option<(usize, usize)>,
}

/// The statements at the top that matter here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Statement {
    /// Nothing was read of it yet.
    Open,
    /// `import`, and how many strings followed.
    Import(usize),
    /// `package`, and where its name starts.
    Package(usize),
    Other,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    words: usize,
    statement: Statement,
    found: Scan,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            depth: 0,
            words: 0,
            statement: Statement::Open,
            found: Scan::default(),
        }
    }

    fn run(mut self) -> Scan {
        while let Some(byte) = self.byte(0) {
            match byte {
                0 => {
                    self.found.nul.get_or_insert(self.at);
                    self.at += 1;
                }
                b'/' if self.byte(1) == Some(b'/') => self.skip_line(),
                b'/' if self.byte(1) == Some(b'*') => self.skip_block(),
                b'"' | b'\'' => self.skip_string(byte),
                b'{' | b'[' | b'(' | b'<' => self.open(),
                b'}' | b']' | b')' | b'>' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.at += 1;
                    self.end_statement(byte == b'}');
                }
                b';' => {
                    self.end_statement(true);
                    self.at += 1;
                }
                b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => self.word(),
                _ => self.at += 1,
            }
        }
        self.found
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn open(&mut self) {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            self.found.too_deep.get_or_insert(self.at);
        }
        self.at += 1;
    }

    fn word(&mut self) {
        let start = self.at;
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        self.at += self.rest().iter().take_while(|byte| inside(byte)).count();
        if self.at - start > MAX_WORD_BYTES {
            self.found.long_word.get_or_insert(start);
        }
        self.words += 1;
        if self.statement == Statement::Open {
            self.statement = match self.bytes.get(start..self.at) {
                Some(b"import") => Statement::Import(0),
                Some(b"package") => Statement::Package(self.at),
                _ => Statement::Other,
            };
        }
        // Only as the first statement `edition` is a keyword.
        if self.words == 1 && self.bytes.get(start..self.at) == Some(b"edition") {
            self.found.edition = Some(start);
        }
    }

    /// Statements inside of brackets do not matter, so only their ends at the top count.
    fn end_statement(&mut self, ends: bool) {
        if !ends || self.depth > 0 {
            return;
        }
        if let Statement::Package(start) = self.statement {
            self.found.package.get_or_insert((start, self.at));
        }
        self.statement = Statement::Open;
    }

    /// An import has one plain string; another spelling is left to the parser.
    fn string_of_import(&mut self, start: usize) {
        if let Statement::Import(strings) = self.statement {
            let end = self.at.saturating_sub(1).max(start);
            let plain = !self
                .bytes
                .get(start..end)
                .unwrap_or_default()
                .contains(&b'\\');
            self.found.odd_import |= strings > 0 || !plain;
            self.found.imports.push((start, end));
            self.statement = Statement::Import(strings + 1);
        }
    }

    fn skip_line(&mut self) {
        self.skip_to(|bytes| bytes.starts_with(b"\n"), 1);
    }

    fn skip_block(&mut self) {
        self.at += 2;
        self.skip_to(|bytes| bytes.starts_with(b"*/"), 2);
    }

    /// A string ends with its quote or, in a broken text, with the line.
    fn skip_string(&mut self, quote: u8) {
        self.at += 1;
        let start = self.at;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'\\' => self.at += 2,
                // The tokenizer of the parser refuses NUL in strings; it is reported all the same.
                0 => {
                    self.found.nul.get_or_insert(self.at);
                    self.at += 1;
                }
                b'\n' => return,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        self.string_of_import(start);
                        return;
                    }
                }
            }
        }
    }

    fn skip_to(&mut self, end: impl Fn(&[u8]) -> bool, length: usize) {
        while self.at < self.bytes.len() {
            if end(self.rest()) {
                self.at += length;
                return;
            }
            if self.byte(0) == Some(0) {
                self.found.nul.get_or_insert(self.at);
            }
            self.at += 1;
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        let problems = check(&Source::new("t.proto", text));
        problems.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn brackets_in_comments_and_strings_do_not_nest() {
        let text = format!(
            "// {0}\n/* {0} */ option java_package = \"\\\"{0}\"; message M {{}}",
            "{".repeat(500)
        );
        assert_eq!(messages(&text), [""; 0]);
    }

    #[test]
    fn imports_and_package_are_found_without_a_parser() {
        let outline = outline(
            "// import \"no\";\nsyntax = \"proto3\"; package a . b;\nimport \"x\"; import public 'y'; \
             message M { string import = 1 [json_name = \"z\"]; } import/**/\"w\";",
        );
        assert_eq!(outline.imports, Some(vec!["x", "y", "w"]));
        assert_eq!(outline.package, "a.b");
        assert_eq!(super::outline("import \"a\" \"b\";").imports, None);
        assert_eq!(super::outline("import \"\\x61\";").imports, None);
    }

    #[test]
    fn nesting_is_bounded() {
        assert_eq!(messages(&"{".repeat(MAX_NESTING)), [""; 0]);
        assert_eq!(
            messages(&"[".repeat(1_000_000)),
            ["t.proto:1:101: nested deeper than 100 levels"]
        );
        assert_eq!(messages(&"[]".repeat(1_000)), [""; 0]);
    }

    #[test]
    fn nul_bytes_are_found_wherever_they_stand() {
        for text in ["\0", "// \0\n", "/* \0 */", "option a = \"\0\";"] {
            assert_eq!(messages(text).len(), 1, "{text:?}");
        }
    }

    #[test]
    fn words_and_texts_are_bounded() {
        assert_eq!(messages(&"a".repeat(MAX_WORD_BYTES)), [""; 0]);
        assert_eq!(messages(&"a".repeat(MAX_WORD_BYTES + 1)).len(), 1);
        assert_eq!(messages(&" ".repeat(MAX_TEXT_BYTES)), [""; 0]);
        assert_eq!(messages(&" ".repeat(MAX_TEXT_BYTES + 1)).len(), 1);
    }

    #[test]
    fn editions_are_refused_with_a_remedy_but_the_word_is_free() {
        assert!(messages("// c\nedition = \"2023\";")[0].starts_with("t.proto:2:1: editions"));
        assert_eq!(
            messages("syntax = \"proto3\"; message M { string edition = 1; }"),
            [""; 0]
        );
    }
}

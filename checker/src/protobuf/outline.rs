//! Imports and package of a `.proto` text, read without parsing it.
//!
//! A repository has thousands of files, of which a change reaches a few: this tells which. It is no
//! parser: it knows comments, strings and brackets.

use super::link;

/// What a file says about its place among others, read without parsing it.
#[derive(Debug, Default)]
pub(crate) struct Outline<'a> {
    /// The imports; `None` where one is spelled in a way that only a parser understands, or the file is
    /// an encoded descriptor.
    pub imports: Option<Vec<&'a str>>,
    /// The package, empty where none is named.
    pub package: String,
}

/// Reads imports and package.
pub(crate) fn of(text: &str) -> Outline<'_> {
    let scan = Scanner::new(text).run();
    let imports = scan
        .imports
        .iter()
        .map(|(start, end)| text.get(*start..*end));
    let package = scan.package.and_then(|(start, end)| text.get(start..end));
    let package = package.unwrap_or_default();
    Outline {
        imports: if scan.odd_import || link::is_encoded(text) {
            None
        } else {
            imports.collect()
        },
        package: package.chars().filter(|c| !c.is_whitespace()).collect(),
    }
}

/// Byte offsets.
#[derive(Default)]
struct Scan {
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
    statement: Statement,
    found: Scan,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            depth: 0,
            statement: Statement::Open,
            found: Scan::default(),
        }
    }

    fn run(mut self) -> Scan {
        loop {
            self.skip_dull();
            let Some(byte) = self.byte(0) else {
                return self.found;
            };
            match byte {
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
    }

    /// Goes over what does not matter: nearly all of a text stands inside of a statement, where only
    /// brackets, strings, comments and the end count.
    fn skip_dull(&mut self) {
        let words_matter = self.statement == Statement::Open && self.depth == 0;
        let dull = if words_matter { &SPACE } else { &INSIDE };
        let rest = self.rest().iter();
        let count = rest.take_while(|byte| dull[usize::from(**byte)]).count();
        self.at += count;
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn open(&mut self) {
        self.depth += 1;
        self.at += 1;
    }

    fn word(&mut self) {
        let start = self.at;
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        self.at += self.rest().iter().take_while(|byte| inside(byte)).count();
        if self.statement == Statement::Open {
            self.statement = match self.bytes.get(start..self.at) {
                Some(b"import") => Statement::Import(0),
                Some(b"package") => Statement::Package(self.at),
                _ => Statement::Other,
            };
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
        let end = memchr::memchr(b'\n', self.rest());
        self.at = end.map_or(self.bytes.len(), |end| self.at + end + 1);
    }

    fn skip_block(&mut self) {
        self.at += 2;
        let end = memchr::memmem::find(self.rest(), b"*/");
        self.at = end.map_or(self.bytes.len(), |end| self.at + end + 2);
    }

    /// A string ends with its quote or, in a broken text, with the line.
    fn skip_string(&mut self, quote: u8) {
        self.at += 1;
        let start = self.at;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'\\' => self.at += 2,
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

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}

/// The bytes that mean nothing between statements.
static SPACE: [bool; 256] = table(b" \t\r\n", false);

/// The bytes that mean nothing inside of one.
static INSIDE: [bool; 256] = table(b"/\"'{[(<}])>;", true);

/// Whether each byte is listed, or the reverse.
const fn table(listed: &[u8], reverse: bool) -> [bool; 256] {
    let mut table = [reverse; 256];
    let mut at = 0;
    while at < listed.len() {
        table[listed[at] as usize] = !reverse;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_and_package_are_found_without_a_parser() {
        let outline = of(
            "// import \"no\";\nsyntax = \"proto3\"; package a . b;\nimport \"x\"; import public 'y'; \
             message M { string import = 1 [json_name = \"z\"]; } import/**/\"w\";",
        );
        assert_eq!(outline.imports, Some(vec!["x", "y", "w"]));
        assert_eq!(outline.package, "a.b");
        assert_eq!(of("import \"a\" \"b\";").imports, None);
        assert_eq!(of("CgdhLnByb3RvEgFw\n").imports, None, "a descriptor");
        assert_eq!(of("import \"\\x61\";").imports, None);
    }

    #[test]
    fn brackets_in_comments_and_strings_do_not_nest() {
        let text = format!(
            "// {0}\n/* {0} */ option java_package = \"\\\"{0}\"; import \"x\";",
            "{".repeat(500)
        );
        assert_eq!(of(&text).imports, Some(vec!["x"]));
    }
}

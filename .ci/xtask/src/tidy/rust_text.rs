//! Source text with comments and literals blanked out, so that the other checks can look for code by
//! searching. It is no parser: macros are text like any other.

use std::ops::Range;

/// Marks what exists for tests only.
const TEST_ONLY: &str = "#[cfg(test)]";

/// One source file.
#[derive(Debug)]
pub(super) struct RustText<'a> {
    /// The text as it is.
    pub(super) original: &'a str,
    /// The same number of bytes and lines, with comments and the inside of literals as spaces.
    pub(super) code: String,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// From the word `fn` to the closing brace.
    pub(super) range: Range<usize>,
}

impl<'a> RustText<'a> {
    pub(super) fn new(original: &'a str) -> Self {
        Self {
            original,
            code: blank_out(original),
        }
    }

    /// The line, from 1, in which this byte stands.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        let before = self.code.bytes().take(offset);
        before.filter(|byte| *byte == b'\n').count() + 1
    }

    /// Where the word stands as a word of the code.
    pub(super) fn words<'w>(&'w self, word: &'w str) -> impl Iterator<Item = usize> + 'w {
        let bytes = self.code.as_bytes();
        let is_part = move |at: Option<usize>| {
            let byte = at.and_then(|at| bytes.get(at));
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        let found = self.code.match_indices(word).map(|(at, _)| at);
        found.filter(move |at| !is_part(at.checked_sub(1)) && !is_part(Some(at + word.len())))
    }

    /// Every function that has a body, outer ones before those within them.
    pub(super) fn functions(&self) -> Vec<Function> {
        let functions = self.words("fn").filter_map(|at| {
            let rest = self.code.get(at + 2..)?;
            let name: String = rest
                .trim_start()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            let body = body_start(rest)? + at + 2;
            let end = self.block_end(body)?;
            // `fn(u8)` is a type.
            (!name.is_empty()).then_some(Function {
                name,
                range: at..end,
            })
        });
        functions.collect()
    }

    /// The code without the modules that exist for tests only.
    pub(super) fn production(&self) -> String {
        let mut production = self.code.clone();
        for (at, attribute) in self.code.match_indices(TEST_ONLY) {
            let after = at + attribute.len();
            let Some(rest) = self.code.get(after..) else {
                continue;
            };
            let Some(end) = body_start(rest).and_then(|body| self.block_end(after + body)) else {
                continue;
            };
            if let Some(part) = self.code.get(at..end) {
                production.replace_range(at..end, &spaces(part));
            }
        }
        production
    }

    /// The names of modules in files of their own that exist for tests only.
    pub(super) fn test_modules(&self) -> impl Iterator<Item = &str> {
        let attributes = self.code.match_indices(TEST_ONLY);
        attributes.filter_map(|(at, attribute)| {
            let (item, _) = self.code.get(at + attribute.len()..)?.split_once(';')?;
            let (visibility, name) = item.split_once("mod ")?;
            let is_declaration = !visibility.contains('{') && !name.contains('{');
            is_declaration.then_some(name.trim())
        })
    }

    /// Just past the brace that closes the one at `open`.
    fn block_end(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, byte) in self.code.bytes().enumerate().skip(open) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return Some(at + 1);
            }
        }
        None
    }
}

/// Where the body of an item begins; `None` where a semicolon ends the item first.
fn body_start(item: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, byte) in item.bytes().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(at),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn blank_out(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let in_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let length = hidden_length(rest, in_word).unwrap_or(0);
        let (hidden, shown) = rest.split_at(length);
        code.push_str(&spaces(hidden));
        rest = shown;
        if length == 0 {
            code.push(first);
            rest = shown.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    code
}

/// How many bytes the comment or literal takes that begins here; `None` where none begins.
fn hidden_length(rest: &str, in_word: bool) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment_length(rest));
    }
    if rest.starts_with('\'') {
        return char_length(rest);
    }
    if in_word {
        return rest.starts_with('"').then(|| string_length(rest));
    }
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        let after = rest.strip_prefix(prefix).unwrap_or_default();
        let after = if prefix.contains('r') {
            after.trim_start_matches('#')
        } else {
            after
        };
        after.starts_with('"')
    })?;
    let literal = rest.get(prefix.len()..)?;
    let length = if prefix.contains('r') {
        let hashes = literal.len() - literal.trim_start_matches('#').len();
        let closing = format!("\"{}", "#".repeat(hashes));
        let inside = literal.get(hashes + 1..)?;
        inside
            .find(&closing)
            .map_or(literal.len(), |at| hashes + 1 + at + closing.len())
    } else {
        string_length(literal)
    };
    Some(prefix.len() + length)
}

fn block_comment_length(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += tail.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `None` for a lifetime.
fn char_length(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        let (escaped_at, escaped) = chars.next()?;
        let from = escaped_at + escaped.len_utf8();
        return rest.get(from..)?.find('\'').map(|at| from + at + 1);
    }
    let (at, second) = chars.next()?;
    (second == '\'').then_some(at + 1)
}

fn spaces(text: &str) -> String {
    let blank = |byte| if byte == b'\n' { '\n' } else { ' ' };
    text.bytes().map(blank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_no_code() {
        let text = concat!(
            "let a = \"fn x() {\"; // fn y\n",
            "let b = r#\"fn \"z\"\"#; /* fn /* w */ fn */ let c = '{';\n",
            "let d: &'static str = b\"\\\"fn\"; let e = '\\''; fn real() {}",
        );
        let source = RustText::new(text);
        assert_eq!(source.code.len(), text.len());
        let functions = source.functions();
        assert_eq!(functions.len(), 1, "{}", source.code);
        assert_eq!(functions[0].name, "real");
        assert!(source.code.contains("&'static str"));
    }

    #[test]
    fn a_function_goes_to_its_closing_brace() {
        let text = "fn a(x: [u8; 2]) -> fn(u8) { if true { b() } }\ntrait T { fn c(); }";
        let functions = RustText::new(text).functions();
        assert_eq!(functions.len(), 1);
        assert_eq!(
            &text[functions[0].range.clone()],
            text.lines().next().unwrap()
        );
    }

    #[test]
    fn test_modules_are_no_production_code() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        let production = RustText::new(text).production();
        assert!(production.contains("fn c") && !production.contains("fn b"));
        assert_eq!(production.lines().count(), text.lines().count());
    }

    #[test]
    fn test_modules_in_files_of_their_own_are_named() {
        let text =
            "#[cfg(test)]\npub(super) mod property;\nmod other;\n#[cfg(test)]\nmod tests { a; }\n";
        let source = RustText::new(text);
        assert_eq!(source.test_modules().collect::<Vec<_>>(), ["property"]);
        assert!(source.production().contains("mod other;"));
    }
}

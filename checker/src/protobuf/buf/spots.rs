//! Where buf says that elements stand. Mostly that is where `protoc` does; of options buf also knows
//! the parts, and `default` and `json_name` stand there with name and value.

use std::ops::Range;

use crate::protobuf::places::Places;
use crate::protobuf::syntax::{Kind, Lexer};
use crate::protobuf::tag;

/// How many names lead to a part of an option that is looked for: the features of a language stand two
/// levels deep. Of a deeper part the message around it is the place.
const MAX_PART_NAMES: usize = 4;

/// The places of a file.
pub(super) struct Spots<'p> {
    places: &'p Places,
}

/// A part of an option as it is written.
#[derive(Debug, PartialEq)]
struct Written<'t> {
    /// The names that lead to it; those of extensions without parentheses.
    name: Vec<&'t str>,
    range: Range<usize>,
}

impl<'p> Spots<'p> {
    pub(super) const fn new(places: &'p Places) -> Self {
        Self { places }
    }

    /// The bytes of the element at a descriptor path.
    pub(super) fn get(&self, path: &[i32]) -> Option<Range<usize>> {
        self.places.range(path)
    }

    /// The bytes of `default = …` or `json_name = …` of the field at a path; `part` is the step to it.
    pub(super) fn named_value(&self, field: &[i32], part: i32) -> Option<Range<usize>> {
        let value = self.get(&tag::join(field, &[part]))?;
        let options = self.get(&tag::join(field, &[tag::FIELD_OPTIONS]))?;
        let name = match part {
            tag::FIELD_DEFAULT => "default",
            _ => "json_name",
        };
        let mut lexer = Lexer::new(self.places.text().get(options.start..value.end)?);
        let mut start = None;
        lexer.next();
        while lexer.current.kind != Kind::End {
            if lexer.current.text == name {
                start = Some(options.start + lexer.current.start);
            }
            lexer.next();
        }
        Some(start.unwrap_or(value.start)..value.end)
    }

    /// The bytes of an option, given the path of the `…Options`: of exactly what the names say if
    /// that is written, else of the smallest message around it that is.
    pub(super) fn option(&self, options: &[i32], names: &[&str]) -> Option<Range<usize>> {
        let mut around: Option<(usize, Range<usize>)> = None;
        for statement in self.statements(options) {
            let text = self.places.text().get(statement.clone())?;
            for written in written(text, statement.start) {
                let length = written.name.len();
                if length > names.len() || !same(&written.name, &names[..length]) {
                    continue;
                }
                if length == names.len() {
                    return Some(written.range);
                }
                if around.as_ref().is_none_or(|(longest, _)| *longest < length) {
                    around = Some((length, written.range));
                }
            }
        }
        around.map(|(_, range)| range)
    }

    /// The places of the options that are written, each with name and value.
    fn statements(&self, options: &[i32]) -> Vec<Range<usize>> {
        let inside = self.places.below(options);
        let mut found: Vec<Range<usize>> = inside
            .filter(|(path, _)| match &path[options.len()..] {
                [] => false,
                // Below such a path stand the parts of the option.
                [tag::UNINTERPRETED, rest @ ..] => rest.len() == 1,
                _ => true,
            })
            .map(|(_, range)| range)
            .collect();
        found.sort_by_key(|range| (range.start, range.end));
        found
    }
}

/// Whether names mean the same; a name may have a scope and a leading dot.
fn same(written: &[&str], asked: &[&str]) -> bool {
    let same = |(written, asked): (&&str, &&str)| {
        let written = written.trim_start_matches('.');
        written == *asked
            || asked
                .rsplit_once('.')
                .is_some_and(|(_, last)| last == written)
    };
    written.iter().zip(asked).all(same)
}

/// An option with its parts. `text` is all of it, from `option` to `;` where it is a statement.
fn written(text: &str, offset: usize) -> Vec<Written<'_>> {
    let mut reader = Reader {
        lexer: Lexer::new(text),
        text,
        offset,
        found: Vec::new(),
    };
    reader.lexer.next();
    if reader.lexer.current.text == "option" {
        reader.lexer.next();
    }
    let name = reader.name("=");
    reader.lexer.next();
    reader.found.push(Written {
        name: name.clone(),
        range: offset..offset + text.len(),
    });
    if reader.lexer.current.text == "{" {
        reader.message(&name);
    }
    reader.found
}

/// Reads an option whose syntax is known to be right; in what is not it finds less.
struct Reader<'t> {
    lexer: Lexer<'t>,
    text: &'t str,
    offset: usize,
    found: Vec<Written<'t>>,
}

impl<'t> Reader<'t> {
    /// The parts of a name up to a symbol, which becomes the current token.
    fn name(&mut self, end: &str) -> Vec<&'t str> {
        let mut parts = Vec::new();
        while self.lexer.current.kind != Kind::End && self.lexer.current.text != end {
            match self.lexer.current.text {
                "(" => parts.push(self.until(")")),
                "." => {}
                part => parts.push(part),
            }
            self.lexer.next();
        }
        parts
    }

    /// What stands between the current token and a symbol, which becomes the current token.
    fn until(&mut self, end: &str) -> &'t str {
        let start = self.lexer.current.end();
        while self.lexer.current.kind != Kind::End && self.lexer.current.text != end {
            self.lexer.next();
        }
        let text = self.text.get(start..self.lexer.current.start);
        text.unwrap_or_default().trim()
    }

    /// The fields of a message from its `{` to its `}`, which becomes the current token.
    fn message(&mut self, around: &[&'t str]) {
        self.lexer.next();
        while !matches!(self.lexer.current.text, "}" | ">") && self.lexer.current.kind != Kind::End
        {
            match self.lexer.current.text {
                "," | ";" => self.lexer.next(),
                _ => self.field(around),
            }
        }
    }

    fn field(&mut self, around: &[&'t str]) {
        let start = self.lexer.current.start;
        let last = match self.lexer.current.text {
            "[" => self.until("]"),
            word => word,
        };
        self.lexer.next();
        if self.lexer.current.text == ":" {
            self.lexer.next();
        }
        let name = [around, &[last]].concat();
        let is_message = matches!(self.lexer.current.text, "{" | "<");
        if is_message && name.len() < MAX_PART_NAMES {
            self.message(&name);
        } else {
            self.skip_value();
        }
        let end = self.lexer.current.end();
        self.lexer.next();
        if !is_message {
            self.found.push(Written {
                name,
                range: self.offset + start..self.offset + end,
            });
        }
    }

    /// Goes to the last token of a value.
    fn skip_value(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.lexer.current.text {
                "{" | "<" | "[" => depth += 1,
                "}" | ">" | "]" => depth = depth.saturating_sub(1),
                "-" => {
                    self.lexer.next();
                    continue;
                }
                _ => {}
            }
            if depth == 0 || self.lexer.current.kind == Kind::End {
                return;
            }
            self.lexer.next();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(String, &str)> {
        let parts = written(text, 0).into_iter();
        parts
            .map(|part| (part.name.join("/"), &text[part.range]))
            .collect()
    }

    #[test]
    fn an_option_has_its_name_and_all_of_its_text() {
        let text = "option features.(pb . java).utf8_validation = VERIFY;";
        let name = "features/pb . java/utf8_validation".to_owned();
        assert_eq!(parts(text), [(name, text)]);
        assert_eq!(parts("jstype = JS_STRING").len(), 1);
    }

    #[test]
    fn the_fields_of_a_message_are_parts() {
        let text =
            "features = { enum_type: OPEN, [pb.java] { utf8_validation: VERIFY } x: [-1, 2] }";
        let found = parts(text);
        assert_eq!(found[0], ("features".to_owned(), text));
        assert_eq!(
            found[1..],
            [
                ("features/enum_type".to_owned(), "enum_type: OPEN"),
                (
                    "features/pb.java/utf8_validation".to_owned(),
                    "utf8_validation: VERIFY"
                ),
                ("features/x".to_owned(), "x: [-1, 2]"),
            ]
        );
    }

    #[test]
    fn values_that_nest_deeply_and_texts_that_are_cut_off_end() {
        let deep = format!("a = {}{}", "{ a: ".repeat(10_000), "}".repeat(10_000));
        assert!(!written(&deep, 0).is_empty());
        let deepest = |levels: usize| {
            let (open, close) = ("{ a: ".repeat(levels), "}".repeat(levels));
            let text = format!("a = {open}1{close}");
            let names = written(&text, 0).into_iter().map(|part| part.name.len());
            names.max()
        };
        assert_eq!(deepest(MAX_PART_NAMES - 1), Some(MAX_PART_NAMES));
        assert_eq!(deepest(MAX_PART_NAMES), Some(1), "only the option itself");
        for end in 0..60 {
            let text = "features = { a: { b: [1, { c: 2 }] } [x.y]: <z: 1> d: -5.0 }";
            written(&text[..end], 0);
        }
    }
}

//! The parser: statements of a file, and what all statements have in common.

mod enums;
mod fields;
mod messages;
mod options;
mod ranges;
mod services;

use std::ops::Range;

pub use ranges::MAX_RANGE_OPTIONS;

use crate::protobuf::descriptor::{Edition, FileDescriptorProto, SymbolVisibility};
use crate::protobuf::tag;

use super::comments::Comments;
use super::lexer::{Kind, Lexer, Token};
use super::places::{Detail, Open, Places};
use super::{Parsed, strings};
use crate::model::{LineIndex, Problem, Source};

/// How deep messages nest, groups and the entries of maps among them; as in `protoc`.
pub const MAX_NESTING: usize = 31;

/// The longest text that is read, in bytes.
pub const MAX_TEXT_BYTES: usize = 32 << 20;

/// How deep the brackets of an option's value nest. `protoc` dies of a hundred.
pub const MAX_VALUE_NESTING: usize = 100;

/// The most mistakes of a file that are reported.
pub(crate) const MAX_MISTAKES: usize = 100;

/// A statement that cannot be read on; it was reported why.
pub(super) struct Stop;

type Read<T = ()> = Result<T, Stop>;

/// Reads a whole text, with places and comments.
#[cfg(test)]
pub(crate) fn parse(source: &Source) -> Result<Parsed, Vec<Problem>> {
    parse_with(source, Detail::Comments)
}

/// Reads a whole text, with no more detail than asked for. Mistakes have their places in any case.
pub(crate) fn parse_with(source: &Source, detail: Detail) -> Result<Parsed, Vec<Problem>> {
    if source.text().len() > MAX_TEXT_BYTES {
        let message = format!(
            "`{}` is longer than {MAX_TEXT_BYTES} bytes, split it into several files",
            source.file()
        );
        return Err(vec![Problem::whole(message)]);
    }
    if let Some(nul) = source.text().find('\0') {
        let message = "a NUL byte cannot stand in a schema, remove it";
        return Err(vec![Problem::at(source.span(nul..nul + 1), message)]);
    }
    let text = source.text().strip_prefix('\u{feff}');
    let skipped = source.text().len() - text.map_or(source.text().len(), str::len);
    let mut parser = Parser::new(text.unwrap_or(source.text()), detail);
    parser.file();
    parser.finish(source, skipped)
}

/// Which language a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Syntax {
    Proto2,
    Proto3,
    Editions,
}

fn edition(name: &str) -> Option<Edition> {
    match name {
        "2023" => Some(Edition::Edition2023),
        "2024" => Some(Edition::Edition2024),
        _ => None,
    }
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    syntax: Syntax,
    parsed: Parsed,
    path: Vec<i32>,
    /// The comments in front of the current token.
    upcoming: Comments,
    mistakes: Vec<(Range<usize>, String)>,
    /// How many messages the current statement stands in.
    depth: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, detail: Detail) -> Self {
        Self {
            lexer: Lexer::new(text),
            syntax: Syntax::Proto2,
            parsed: Parsed {
                proto: FileDescriptorProto::default(),
                places: Places::new(detail),
            },
            path: Vec::new(),
            upcoming: Comments::default(),
            mistakes: Vec::new(),
            depth: 0,
        }
    }

    fn finish(self, source: &Source, skipped: usize) -> Result<Parsed, Vec<Problem>> {
        let Self {
            mut parsed,
            mut mistakes,
            lexer,
            ..
        } = self;
        let of_tokens = lexer.mistakes.into_iter();
        mistakes.extend(of_tokens.map(|mistake| (mistake.range, mistake.message)));
        if mistakes.is_empty() {
            parsed.places.finish(skipped);
            return Ok(parsed);
        }
        mistakes.sort_by_key(|(range, _)| range.start);
        let lines = LineIndex::new(source);
        let problems = mistakes.into_iter().take(MAX_MISTAKES);
        let problems = problems.map(|(range, message)| {
            Problem::at(
                lines.span(range.start + skipped..range.end + skipped),
                message,
            )
        });
        Err(problems.collect())
    }

    // Statements of a file.

    fn file(&mut self) {
        let comments = self.lexer.next_with_comments();
        self.upcoming = Comments {
            trailing: None,
            ..comments
        };
        let whole = self.begin(&[]);
        if matches!(self.current().text, "syntax" | "edition") && self.syntax().is_err() {
            self.skip_statement();
        }
        while !self.at_end() {
            if self.top_level().is_err() {
                self.skip_statement();
                if self.looking_at("}") {
                    self.mistake("this `}` closes nothing, remove it");
                    self.upcoming = self.lexer.next_with_comments();
                }
            }
        }
        self.end(whole);
    }

    fn syntax(&mut self) -> Read {
        let editions = self.looking_at("edition");
        let start = self.current().start;
        // An edition has the place of the syntax too, as `protoc` has it.
        let place = self.begin_declaration(&[tag::SYNTAX]);
        self.advance();
        self.consume("=")?;
        let named = self.current();
        let value = self.string("the syntax in quotes, such as \"proto3\", is expected here")?;
        let value = String::from_utf8_lossy(&value).into_owned();
        self.end_of_declaration(";", Some(place))?;
        self.end(place);
        self.syntax = match (&*value, editions) {
            ("proto2", false) => Syntax::Proto2,
            ("proto3", false) => Syntax::Proto3,
            (_, true) => Syntax::Editions,
            (_, false) => {
                let message = format!(
                    "the syntax `{value}` is not known; there are \"proto2\" and \"proto3\", and \
                     `edition = \"2023\";`"
                );
                self.mistake_at(named.range(), message);
                Syntax::Proto2
            }
        };
        match self.syntax {
            Syntax::Proto2 => {}
            Syntax::Proto3 => self.parsed.proto.syntax = Some("proto3".to_owned()),
            Syntax::Editions => {
                self.parsed.proto.syntax = Some("editions".to_owned());
                let edition = edition(&value);
                if edition.is_none() {
                    let message = format!(
                        "the edition `{value}` is not known; there are \"2023\" and \"2024\""
                    );
                    // `protoc` knows its name and refuses the file as a whole.
                    let range = if value == "2026" {
                        start..named.range().end
                    } else {
                        named.range()
                    };
                    self.mistake_at(range, message);
                }
                self.parsed.proto.edition = edition.map(i32::from);
            }
        }
        Ok(())
    }

    fn top_level(&mut self) -> Read {
        if self.try_end_of_declaration(";", None) {
            return Ok(());
        }
        let visibility = self.visibility()?;
        match self.current().text {
            "message" => self.top_level_message(visibility),
            "enum" => self.top_level_enum(visibility),
            "service" => self.service(),
            "extend" => self.top_level_extend(),
            "import" => self.import(),
            "package" => self.package(),
            "option" => {
                let options = self.begin(&[tag::FILE_OPTIONS]);
                let mut all = self.parsed.proto.options.take().unwrap_or_default();
                let read = self.option_statement(&mut all.uninterpreted_option);
                self.parsed.proto.options = Some(all);
                self.end(options);
                read
            }
            _ => Err(self.stop(
                "a statement such as `message`, `enum`, `service` or `import` is expected here",
            )),
        }
    }

    /// Who may name the type that follows. The words are there from edition 2024 on, and before that
    /// they are names.
    fn visibility(&mut self) -> Read<Option<SymbolVisibility>> {
        let visibility = match self.current().text {
            "export" => SymbolVisibility::Export,
            "local" => SymbolVisibility::Local,
            _ => return Ok(None),
        };
        if !self.is_edition_2024() {
            return Ok(None);
        }
        self.advance();
        if matches!(self.current().text, "message" | "enum") {
            return Ok(Some(visibility));
        }
        Err(self
            .stop("`export` and `local` stand in front of `message` and `enum` only, remove it"))
    }

    /// One that is not known is a later one.
    fn is_edition_2024(&self) -> bool {
        let edition = self.parsed.proto.edition;
        self.syntax == Syntax::Editions && edition != Some(i32::from(Edition::Edition2023))
    }

    fn top_level_message(&mut self, visibility: Option<SymbolVisibility>) -> Read {
        let index = self.parsed.proto.message_type.len();
        let place = self.begin_declaration(&[tag::FILE_MESSAGE, tag::index(index)]);
        let (mut message, read) = self.message(place);
        message.visibility = visibility.map(i32::from);
        self.parsed.proto.message_type.push(message);
        self.end(place);
        read
    }

    fn top_level_enum(&mut self, visibility: Option<SymbolVisibility>) -> Read {
        let index = self.parsed.proto.enum_type.len();
        let place = self.begin_declaration(&[tag::FILE_ENUM, tag::index(index)]);
        let (mut content, read) = self.enumeration(place);
        content.visibility = visibility.map(i32::from);
        self.parsed.proto.enum_type.push(content);
        self.end(place);
        read
    }

    fn top_level_extend(&mut self) -> Read {
        let place = self.begin(&[tag::FILE_EXTENSION]);
        let mut extensions = std::mem::take(&mut self.parsed.proto.extension);
        let mut messages = std::mem::take(&mut self.parsed.proto.message_type);
        let read = self.extend(place, &mut extensions, &mut messages, tag::FILE_MESSAGE);
        self.parsed.proto.extension = extensions;
        self.parsed.proto.message_type = messages;
        self.end(place);
        read
    }

    fn package(&mut self) -> Read {
        if self.parsed.proto.package.is_some() {
            self.mistake("the file has a second package; one of the two has to go");
        }
        let place = self.begin_declaration(&[tag::PACKAGE]);
        self.advance();
        let mut package = self
            .word("the name of the package is expected here")?
            .to_owned();
        while self.eat(".") {
            package.push('.');
            package.push_str(self.word("a part of the package's name is expected here")?);
        }
        self.parsed.proto.package = Some(package);
        self.end_of_declaration(";", Some(place))?;
        self.end(place);
        Ok(())
    }

    fn import(&mut self) -> Read {
        let proto = &self.parsed.proto;
        let index = tag::index(proto.dependency.len());
        let (public, weak) = (proto.public_dependency.len(), proto.weak_dependency.len());
        let place = self.begin(&[tag::IMPORT, index]);
        self.advance();
        let kind = self.current().text;
        if let Some(mistake) = self.wrong_import(kind) {
            self.mistake(mistake);
        }
        match kind {
            "public" => {
                self.import_kind(&[tag::PUBLIC_IMPORT, tag::index(public)]);
                self.parsed.proto.public_dependency.push(index);
            }
            "weak" => {
                self.import_kind(&[tag::WEAK_IMPORT, tag::index(weak)]);
                self.parsed.proto.weak_dependency.push(index);
            }
            "option" => {
                let count = tag::index(self.parsed.proto.option_dependency.len());
                let steps = [tag::OPTION_IMPORT, count];
                self.parsed.places.rename_last(&[], &steps);
                self.advance();
            }
            _ => {}
        }
        let path = self.string("the path of the imported file in quotes is expected here")?;
        let path = String::from_utf8_lossy(&path).into_owned();
        match kind {
            "option" => self.parsed.proto.option_dependency.push(path),
            _ => self.parsed.proto.dependency.push(path),
        }
        self.end_of_declaration(";", Some(place))?;
        self.end(place);
        Ok(())
    }

    fn wrong_import(&self, kind: &str) -> Option<&'static str> {
        match kind {
            "option" if !self.is_edition_2024() => {
                Some("`import option` is there since edition 2024, write `import`")
            }
            "weak" if self.is_edition_2024() => {
                Some("edition 2024 has no weak imports, write `import` or `import option`")
            }
            "option" => None,
            _ if self.parsed.proto.option_dependency.is_empty() => None,
            _ => Some("imports come before those of options, move it up"),
        }
    }

    fn import_kind(&mut self, path: &[i32]) {
        let place = self.begin(&[]);
        self.parsed.places.rename_last(&[], path);
        self.advance();
        self.end(place);
    }

    // Places.

    /// A place that starts here, whose path is the current one and `steps`.
    fn begin(&mut self, steps: &[i32]) -> Open {
        let start = self.current().start;
        self.parsed.places.begin(&self.path, steps, start)
    }

    /// The same of what declares others, or of a declaration's name.
    fn begin_declaration(&mut self, steps: &[i32]) -> Open {
        let start = self.current().start;
        let places = &mut self.parsed.places;
        places.begin_from(Detail::Names, &self.path, steps, start)
    }

    /// It ends where the token before ends.
    fn end(&mut self, place: Open) {
        self.parsed.places.end(place, self.lexer.previous_end);
    }

    /// A place of one token or a few that were read.
    fn at(&mut self, steps: &[i32], range: Range<usize>) {
        let place = self.parsed.places.begin(&self.path, steps, range.start);
        self.parsed.places.end(place, range.end);
    }

    /// Reads something whose place is the current path and `steps`.
    fn placed<T>(&mut self, steps: &[i32], read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let place = self.begin(steps);
        let value = read(self);
        self.end(place);
        value
    }

    /// Reads the name of a declaration, under its number in the declaration's descriptor.
    fn named<T>(&mut self, number: i32, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let place = self.begin_declaration(&[number]);
        let value = read(self);
        self.end(place);
        value
    }

    /// Reads something inside of an element, whose path is that of its place: the current one and more.
    fn within<T>(&mut self, place: Open, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.path.len();
        let steps = self.parsed.places.path_from(place, outer);
        self.path.extend_from_slice(steps);
        let value = read(self);
        self.path.truncate(outer);
        value
    }

    // Tokens.

    const fn current(&self) -> Token<'t> {
        self.lexer.current
    }

    fn at_end(&self) -> bool {
        self.current().kind == Kind::End
    }

    #[inline]
    fn looking_at(&self, text: &str) -> bool {
        self.current().text == text
    }

    fn advance(&mut self) -> Token<'t> {
        let token = self.current();
        self.lexer.next();
        token
    }

    #[inline]
    fn eat(&mut self, text: &str) -> bool {
        let found = self.looking_at(text);
        if found {
            self.lexer.next();
        }
        found
    }

    /// Goes over a word or symbol that has to stand here.
    fn consume(&mut self, text: &str) -> Read {
        if self.eat(text) {
            return Ok(());
        }
        Err(self.expected(text))
    }

    fn expected(&mut self, text: &str) -> Stop {
        let found = self.found();
        self.stop(format!("`{text}` is expected here, not {found}"))
    }

    /// What stands here, for messages.
    fn found(&self) -> String {
        match self.current().kind {
            Kind::Start | Kind::End => "the end of the text".to_owned(),
            Kind::Word | Kind::Integer | Kind::Float | Kind::Symbol => {
                format!("`{}`", self.current().text)
            }
            Kind::Text => "a string".to_owned(),
        }
    }

    fn word(&mut self, otherwise: &str) -> Read<&'t str> {
        match self.current().kind {
            Kind::Word => Ok(self.advance().text),
            _ => Err(self.stop(otherwise)),
        }
    }

    /// Strings that follow each other are one.
    fn string(&mut self, otherwise: &str) -> Read<Vec<u8>> {
        if self.current().kind != Kind::Text {
            return Err(self.stop(otherwise));
        }
        let mut value = Vec::new();
        while self.current().kind == Kind::Text {
            // What is no escape was reported with the token.
            value.extend(strings::unescape(self.advance().text).unwrap_or_default());
        }
        Ok(value)
    }

    /// A whole number without a sign.
    fn integer(&mut self, max: u64, otherwise: &str) -> Read<u64> {
        if self.current().kind != Kind::Integer {
            return Err(self.stop(otherwise));
        }
        let token = self.advance();
        if let Some(value) = strings::integer(token.text, max) {
            return Ok(value);
        }
        if !self.lexer.is_broken(token) {
            self.mistake_at(token.range(), format!("the number is larger than {max}"));
        }
        Ok(0)
    }

    /// A whole number of 32 bits without a sign.
    fn i32(&mut self, otherwise: &str) -> Read<i32> {
        let value = self.integer(u64::from(i32::MAX.unsigned_abs()), otherwise)?;
        Ok(i32::try_from(value).unwrap_or_default())
    }

    fn signed_i32(&mut self, otherwise: &str) -> Read<i32> {
        if !self.eat("-") {
            return self.i32(otherwise);
        }
        let value = self.integer(u64::from(i32::MIN.unsigned_abs()), otherwise)?;
        let value = i64::try_from(value).unwrap_or_default();
        Ok(i32::try_from(-value).unwrap_or_default())
    }

    fn number(&mut self, otherwise: &str) -> Read<f64> {
        let token = self.current();
        let value = match token.kind {
            Kind::Float => strings::float(token.text),
            Kind::Integer => match strings::integer(token.text, u64::MAX) {
                #[expect(clippy::cast_precision_loss, reason = "the nearest double is meant")]
                Some(value) => Some(value as f64),
                None if token.text.starts_with('0') => None,
                None => strings::float(token.text),
            },
            Kind::Word if token.text == "inf" => Some(f64::INFINITY),
            Kind::Word if token.text == "nan" => Some(f64::NAN),
            Kind::Start | Kind::End | Kind::Word | Kind::Text | Kind::Symbol => {
                return Err(self.stop(otherwise));
            }
        };
        self.advance();
        if value.is_none() && !self.lexer.is_broken(token) {
            self.mistake_at(token.range(), "the number has more than 64 bits");
        }
        Ok(value.unwrap_or_default())
    }

    /// The end of a declaration or the start of its block, to which comments belong.
    fn end_of_declaration(&mut self, text: &str, place: Option<Open>) -> Read {
        if self.try_end_of_declaration(text, place) {
            return Ok(());
        }
        Err(self.expected(text))
    }

    #[inline]
    fn try_end_of_declaration(&mut self, text: &str, place: Option<Open>) -> bool {
        let found = self.looking_at(text);
        if found && self.parsed.places.has_comments() {
            self.comments_around(text, place);
        } else if found {
            self.lexer.next();
        }
        found
    }

    /// Goes over the end of a declaration, and gives it and the next one their comments.
    fn comments_around(&mut self, text: &str, place: Option<Open>) {
        let Comments {
            trailing,
            detached,
            leading,
        } = self.lexer.next_with_comments();
        let own_leading = std::mem::replace(&mut self.upcoming.leading, leading);
        match place {
            Some(place) => {
                let own = Comments {
                    trailing,
                    detached: std::mem::replace(&mut self.upcoming.detached, detached),
                    leading: own_leading,
                };
                self.parsed.places.comment(place, own);
            }
            // At the end of a scope what belongs to nothing is dropped.
            None if text == "}" => self.upcoming.detached = detached,
            None => self.upcoming.detached.extend(detached),
        }
    }

    // Mistakes.

    fn mistake(&mut self, message: impl Into<String>) {
        let range = self.current().range();
        self.mistake_at(range, message);
    }

    fn mistake_at(&mut self, range: Range<usize>, message: impl Into<String>) {
        if self.mistakes.len() < MAX_MISTAKES {
            self.mistakes.push((range, message.into()));
        }
    }

    fn stop(&mut self, message: impl Into<String>) -> Stop {
        self.mistake(message);
        Stop
    }

    /// Goes behind a statement that cannot be read, with its block if it has one.
    fn skip_statement(&mut self) {
        while !self.at_end() {
            if self.try_end_of_declaration(";", None) || self.looking_at("}") {
                return;
            }
            if self.try_end_of_declaration("{", None) {
                self.skip_block();
                return;
            }
            self.advance();
        }
    }

    fn skip_block(&mut self) {
        let mut depth = 1_usize;
        while !self.at_end() && depth > 0 {
            if self.try_end_of_declaration("}", None) {
                depth -= 1;
            } else if self.try_end_of_declaration("{", None) {
                depth += 1;
            } else {
                self.advance();
            }
        }
    }
}

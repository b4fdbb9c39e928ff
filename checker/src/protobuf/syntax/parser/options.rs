//! Options, uninterpreted: names and values as they are written.

use crate::protobuf::descriptor::{NamePart, UninterpretedOption};
use crate::protobuf::tag;

use super::super::lexer::Kind;
use super::super::places::Open;
use super::super::strings;
use super::{MAX_VALUE_NESTING, Parser, Read};

/// The field of every `…Options` that holds what is not interpreted.
const UNINTERPRETED: i32 = 999;

/// Field numbers of `UninterpretedOption` and its `NamePart`.
const NAME: i32 = 2;
const IDENTIFIER: i32 = 3;
const POSITIVE: i32 = 4;
const NEGATIVE: i32 = 5;
const DOUBLE: i32 = 6;
const STRING: i32 = 7;
const AGGREGATE: i32 = 8;
const NAME_PART: i32 = 1;

impl Parser<'_> {
    /// `option name = value;` The place that was begun last is that of the options.
    pub(super) fn option_statement(&mut self, options: &mut Vec<UninterpretedOption>) -> Read {
        let owner = self.parsed.places.last();
        let place = self.within(owner, |this| {
            this.begin(&[UNINTERPRETED, tag::index(options.len())])
        });
        self.advance();
        let mut option = UninterpretedOption::default();
        let read = self.within(place, |this| this.option_content(&mut option));
        push(options, option);
        read?;
        self.end_of_declaration(";", Some(place))?;
        self.end(place);
        Ok(())
    }

    /// A list in brackets, from the `[` on; its place is the current path and `steps`. `read` reads an
    /// element, given the place of the list.
    pub(super) fn bracketed(
        &mut self,
        steps: &[i32],
        mut read: impl FnMut(&mut Self, Open) -> Read,
    ) -> Read {
        let place = self.begin(steps);
        self.advance();
        loop {
            read(self, place)?;
            if !self.eat(",") {
                break;
            }
        }
        self.consume("]")?;
        self.end(place);
        Ok(())
    }

    /// `name = value` in brackets. The path is that of the options.
    pub(super) fn option(&mut self, options: &mut Vec<UninterpretedOption>) -> Read {
        let place = self.begin(&[UNINTERPRETED, tag::index(options.len())]);
        let mut option = UninterpretedOption::default();
        let read = self.within(place, |this| this.option_content(&mut option));
        push(options, option);
        self.end(place);
        read
    }

    fn option_content(&mut self, option: &mut UninterpretedOption) -> Read {
        let name = self.begin(&[NAME]);
        loop {
            let index = tag::index(option.name.len());
            let part = self.within(name, |this| this.begin(&[index]));
            let read = self.within(part, Self::name_part)?;
            option.name.push(read);
            self.end(part);
            if !self.eat(".") {
                break;
            }
        }
        self.end(name);
        self.consume("=")?;
        let place = self.begin(&[]);
        let number = self.option_value(option)?;
        self.parsed.places.rename_last(&self.path, &[number]);
        self.end(place);
        Ok(())
    }

    fn name_part(&mut self) -> Read<NamePart> {
        if !self.eat("(") {
            let name = self.placed(&[NAME_PART], |this| {
                this.word("the name of an option is expected here")
            })?;
            return Ok(NamePart {
                name_part: name.to_owned(),
                is_extension: false,
            });
        }
        let name_part = self.placed(&[NAME_PART], |this| {
            let mut name = String::new();
            if this.current().kind == Kind::Word {
                name.push_str(this.advance().text);
            }
            while this.eat(".") {
                name.push('.');
                name.push_str(this.word("a part of the option's name is expected here")?);
            }
            Ok(name)
        })?;
        if name_part.is_empty() {
            return Err(self.stop("the name of an option is expected here"));
        }
        self.consume(")")?;
        Ok(NamePart {
            name_part,
            is_extension: true,
        })
    }

    /// Reads the value and says which field of `UninterpretedOption` holds it.
    fn option_value(&mut self, option: &mut UninterpretedOption) -> Read<i32> {
        let negative = self.eat("-");
        match self.current().kind {
            Kind::Start | Kind::End => {
                Err(self.stop("the text ends where the value of an option is expected"))
            }
            Kind::Word if negative => match self.current().text {
                "inf" | "nan" => {
                    option.double_value = Some(self.signed(negative)?);
                    Ok(DOUBLE)
                }
                _ => Err(self.stop("`inf`, `nan` or a number is expected behind `-`")),
            },
            Kind::Word => {
                option.identifier_value = Some(self.advance().text.to_owned());
                Ok(IDENTIFIER)
            }
            Kind::Integer => self.whole_value(option, negative),
            Kind::Float => {
                option.double_value = Some(self.signed(negative)?);
                Ok(DOUBLE)
            }
            Kind::Text if negative => Err(self.stop("a string has no sign, remove the `-`")),
            Kind::Text => {
                option.string_value = Some(self.string("")?);
                Ok(STRING)
            }
            Kind::Symbol if self.looking_at("{") => {
                option.aggregate_value = Some(self.aggregate()?);
                Ok(AGGREGATE)
            }
            Kind::Symbol => Err(self.stop("the value of an option is expected here")),
        }
    }

    /// As in `protoc`, `nan` has no sign here.
    fn signed(&mut self, negative: bool) -> Read<f64> {
        let value = self.number("")?;
        Ok(if negative && !value.is_nan() {
            -value
        } else {
            value
        })
    }

    fn whole_value(&mut self, option: &mut UninterpretedOption, negative: bool) -> Read<i32> {
        let max = if negative {
            i64::MIN.unsigned_abs()
        } else {
            u64::MAX
        };
        let Some(value) = strings::integer(self.current().text, max) else {
            // Too large for an integer: the nearest double.
            option.double_value = Some(self.signed(negative)?);
            return Ok(DOUBLE);
        };
        self.advance();
        if negative {
            option.negative_int_value = Some(0_i64.wrapping_sub_unsigned(value));
            return Ok(NEGATIVE);
        }
        option.positive_int_value = Some(value);
        Ok(POSITIVE)
    }

    /// The tokens between braces, joined by spaces: text format, which is read when the option's type
    /// is known.
    fn aggregate(&mut self) -> Read<String> {
        self.advance();
        let (mut depth, mut inner) = (1_usize, 0_usize);
        let mut value = String::new();
        while !self.at_end() {
            match self.current().text {
                "{" => depth += 1,
                "}" => depth -= 1,
                "[" | "<" => inner += 1,
                "]" | ">" => inner = inner.saturating_sub(1),
                _ => {}
            }
            if depth + inner > MAX_VALUE_NESTING {
                let message = format!("the value nests deeper than {MAX_VALUE_NESTING} levels");
                return Err(self.stop(message));
            }
            let token = self.advance();
            if depth == 0 {
                return Ok(value);
            }
            if !value.is_empty() {
                value.push(' ');
            }
            value.push_str(token.text);
        }
        Err(self.stop("the text ends within the value of an option, a `}` is missing"))
    }
}

/// Most elements that have options have one, and an option is large.
fn push(options: &mut Vec<UninterpretedOption>, option: UninterpretedOption) {
    if options.is_empty() {
        options.reserve_exact(1);
    }
    options.push(option);
}

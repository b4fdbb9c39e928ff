//! Extension ranges and what is reserved.

use crate::protobuf::descriptor::{
    DescriptorProto, EnumDescriptorProto, EnumReservedRange, ExtensionRange, Options, ReservedRange,
};
use crate::protobuf::tag;

use super::super::lexer::{Kind, Token};
use super::super::places::Open;
use super::{Parser, Read, Syntax, messages};

/// Field numbers of `DescriptorProto`, `EnumDescriptorProto` and their ranges.
const RESERVED_RANGE: i32 = 9;
const RESERVED_NAME: i32 = 10;
const ENUM_RESERVED_RANGE: i32 = 4;
const ENUM_RESERVED_NAME: i32 = 5;
const START: i32 = 1;
const END: i32 = 2;
const OPTIONS: i32 = 3;

/// The largest number of a field, and of one in a message set.
const LARGEST_NUMBER: i32 = 536_870_911;
const LARGEST_SET_NUMBER: i32 = i32::MAX - 1;
/// How many options the ranges of one `extensions` statement have together: each has them all.
pub const MAX_RANGE_OPTIONS: usize = 100_000;

/// Stands for `max` until it is known which of the two counts.
const OPEN_END: i32 = -1;

/// What `reserved` lists.
enum Reserved {
    Names,
    Ranges,
}

/// A range with both ends included.
struct Range {
    start: i32,
    end: i32,
}

impl Parser<'_> {
    /// `extensions`, whose place is begun and is the last one.
    pub(super) fn extension_ranges(&mut self, message: &mut DescriptorProto) -> Read {
        let place = self.parsed.places.last();
        self.advance();
        let first = message.extension_range.len();
        loop {
            let index = tag::index(message.extension_range.len());
            let range = self.within(place, |this| this.range(index, OPEN_END - 1, Self::i32))?;
            if range.end == i32::MAX {
                let written = self.lexer.previous_end - 1..self.lexer.previous_end;
                let text = format!("the number is larger than {LARGEST_SET_NUMBER}");
                self.mistake_at(written, text);
            }
            message.extension_range.push(ExtensionRange {
                start: Some(range.start),
                end: Some(range.end.wrapping_add(1)),
                options: None,
            });
            if !self.eat(",") {
                break;
            }
        }
        if self.looking_at("[") {
            let options = self.range_options(place, first, message.extension_range.len())?;
            for range in message.extension_range.iter_mut().skip(first) {
                range.options = Some(options.clone());
            }
        }
        self.end_of_declaration(";", Some(place))
    }

    /// The options count for every range of the statement, and so do their places.
    fn range_options(&mut self, place: Open, first: usize, count: usize) -> Read<Options> {
        let mut options = Options::default();
        let position = self.path.len() + 1;
        let begun = self.parsed.places.len();
        self.within(place, |this| {
            this.bracketed(&[tag::index(first), OPTIONS], |this, own| {
                this.within(own, |this| this.option(&mut options.uninterpreted_option))
            })
        })?;
        let ranges = count - first;
        if options.uninterpreted_option.len().saturating_mul(ranges) > MAX_RANGE_OPTIONS {
            let message = format!(
                "the options count for each of {ranges} ranges, more than {MAX_RANGE_OPTIONS} options in \
                 all; give fewer ranges options"
            );
            return Err(self.stop(message));
        }
        let copied = self.parsed.places.len() - begun;
        for index in first + 1..count {
            let places = &mut self.parsed.places;
            places.repeat(begun, position, tag::index(index), copied);
        }
        Ok(options)
    }

    pub(super) fn reserved_in_message(&mut self, message: &mut DescriptorProto) -> Read {
        let start = self.current().start;
        match self.reserved_kind()? {
            Reserved::Names => {
                self.reserved_names(start, RESERVED_NAME, &mut message.reserved_name)
            }
            Reserved::Ranges => self.reserved_ranges(
                start,
                RESERVED_RANGE,
                message.reserved_range.len(),
                |this, index| this.range(index, OPEN_END - 1, Self::i32),
                |range| {
                    message.reserved_range.push(ReservedRange {
                        start: Some(range.start),
                        end: Some(range.end.wrapping_add(1)),
                    });
                },
            ),
        }
    }

    pub(super) fn reserved_in_enum(&mut self, content: &mut EnumDescriptorProto) -> Read {
        let start = self.current().start;
        match self.reserved_kind()? {
            Reserved::Names => {
                self.reserved_names(start, ENUM_RESERVED_NAME, &mut content.reserved_name)
            }
            Reserved::Ranges => self.reserved_ranges(
                start,
                ENUM_RESERVED_RANGE,
                content.reserved_range.len(),
                |this, index| this.range(index, i32::MAX, Self::signed_i32),
                |range| {
                    content.reserved_range.push(EnumReservedRange {
                        start: Some(range.start),
                        end: Some(range.end),
                    });
                },
            ),
        }
    }

    fn reserved_kind(&mut self) -> Read<Reserved> {
        self.advance();
        match (self.current().kind, self.syntax) {
            (Kind::Text, Syntax::Editions) => {
                Err(self.stop("editions reserve names without quotes, remove them"))
            }
            (Kind::Word, Syntax::Proto2 | Syntax::Proto3) => {
                Err(self.stop("reserved names stand in quotes; only editions have them without"))
            }
            (Kind::Text | Kind::Word, _) => Ok(Reserved::Names),
            _ => Ok(Reserved::Ranges),
        }
    }

    fn reserved_names(&mut self, start: usize, number: i32, names: &mut Vec<String>) -> Read {
        let place = self.begin(&[number]);
        self.parsed.places.set_start(place, start);
        loop {
            let index = tag::index(names.len());
            let name = self.within(place, |this| {
                this.placed(&[index], |this| {
                    if this.current().kind == Kind::Word {
                        return Ok(this.advance().text.to_owned());
                    }
                    let name = this.string("a reserved name is expected here")?;
                    Ok(String::from_utf8_lossy(&name).into_owned())
                })
            })?;
            names.push(name);
            if !self.eat(",") {
                break;
            }
        }
        self.end_of_declaration(";", Some(place))?;
        self.end(place);
        Ok(())
    }

    fn reserved_ranges(
        &mut self,
        start: usize,
        number: i32,
        count: usize,
        read: impl Fn(&mut Self, i32) -> Read<Range>,
        mut push: impl FnMut(Range),
    ) -> Read {
        let place = self.begin(&[number]);
        self.parsed.places.set_start(place, start);
        for index in count.. {
            let range = self.within(place, |this| read(this, tag::index(index)))?;
            push(range);
            if !self.eat(",") {
                break;
            }
        }
        self.end_of_declaration(";", Some(place))?;
        self.end(place);
        Ok(())
    }

    /// `4`, `4 to 7` or `4 to max`.
    fn range(
        &mut self,
        index: i32,
        max: i32,
        number: impl Fn(&mut Self, &str) -> Read<i32>,
    ) -> Read<Range> {
        let place = self.begin(&[index]);
        let first: Token<'_> = self.current();
        let range = self.within(place, |this| {
            let start = this.placed(&[START], |this| number(this, "a number is expected here"))?;
            let written = first.start..this.lexer.previous_end;
            if !this.eat("to") {
                this.at(&[END], written);
                return Ok(Range { start, end: start });
            }
            let end = this.placed(&[END], |this| {
                if this.eat("max") {
                    return Ok(max);
                }
                number(this, "a number or `max` is expected here")
            })?;
            Ok(Range { start, end })
        })?;
        self.end(place);
        Ok(range)
    }
}

/// Gives `max` its number, once all options of the message are known.
pub(super) fn settle_max(message: &mut DescriptorProto) {
    let largest = if messages::is_message_set(message.options.as_ref()) {
        LARGEST_SET_NUMBER
    } else {
        LARGEST_NUMBER
    };
    let ends = message
        .extension_range
        .iter_mut()
        .map(|range| &mut range.end);
    let ends = ends.chain(
        message
            .reserved_range
            .iter_mut()
            .map(|range| &mut range.end),
    );
    for end in ends {
        if *end == Some(OPEN_END) {
            *end = Some(largest.wrapping_add(1));
        }
    }
}

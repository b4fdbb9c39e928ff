//! Enums.

use crate::protobuf::descriptor::{EnumDescriptorProto, EnumValueDescriptorProto, Options};
use crate::protobuf::tag;

use super::super::places::Open;
use super::{Parser, Read};

/// Field numbers of `EnumDescriptorProto` and `EnumValueDescriptorProto`.
const NAME: i32 = 1;
const VALUE: i32 = 2;
const OPTIONS: i32 = 3;
const NUMBER: i32 = 2;
const VALUE_OPTIONS: i32 = 3;

impl Parser<'_> {
    /// An enum from its keyword on. What could be read of it is there whatever went wrong.
    pub(super) fn enumeration(&mut self, place: Open) -> (EnumDescriptorProto, Read) {
        let mut content = EnumDescriptorProto::default();
        self.advance();
        let read = self.within(place, |this| {
            let name = this.named(NAME, |this| {
                this.word("the name of the enum is expected here")
            });
            content.name = Some(name?.to_owned());
            this.end_of_declaration("{", Some(place))?;
            while !this.try_end_of_declaration("}", None) {
                if this.at_end() {
                    return Err(this.stop("the text ends within an enum, a `}` is missing"));
                }
                if this.enum_statement(&mut content).is_err() {
                    this.skip_statement();
                }
            }
            Ok(())
        });
        (content, read)
    }

    fn enum_statement(&mut self, content: &mut EnumDescriptorProto) -> Read {
        if self.try_end_of_declaration(";", None) {
            return Ok(());
        }
        match self.current().text {
            "option" => {
                let options = content.options.get_or_insert_with(Options::default);
                self.options_statement(OPTIONS, &mut options.uninterpreted_option)
            }
            "reserved" => self.reserved_in_enum(content),
            _ => self.enum_value(content),
        }
    }

    fn enum_value(&mut self, content: &mut EnumDescriptorProto) -> Read {
        let place = self.begin(&[VALUE, tag::index(content.value.len())]);
        let mut value = EnumValueDescriptorProto::default();
        let read = self.within(place, |this| this.enum_value_head(&mut value));
        content.value.push(value);
        read?;
        self.end_of_declaration(";", Some(place))?;
        self.end(place);
        Ok(())
    }

    fn enum_value_head(&mut self, value: &mut EnumValueDescriptorProto) -> Read {
        let name = self.placed(&[NAME], |this| {
            this.word("the name of a value of the enum is expected here")
        })?;
        value.name = Some(name.to_owned());
        self.consume("=")?;
        let number = self.placed(&[NUMBER], |this| {
            this.signed_i32("the number of the value is expected here")
        })?;
        value.number = Some(number);
        if !self.looking_at("[") {
            return Ok(());
        }
        let options = value.options.get_or_insert_default();
        self.bracketed(&[VALUE_OPTIONS], |this, place| {
            this.within(place, |this| this.option(&mut options.uninterpreted_option))
        })
    }
}

//! Messages, groups, oneofs and extensions.

use crate::protobuf::descriptor::{
    DescriptorProto, FieldDescriptorProto, Label, OneofDescriptorProto, Options,
    UninterpretedOption,
};
use crate::protobuf::tag;

use super::super::lexer::Token;
use super::super::places::Open;
use super::{MAX_NESTING, Parser, Read, Stop, Syntax, ranges};

/// Field numbers of `DescriptorProto` and `OneofDescriptorProto`.
const NAME: i32 = 1;
const FIELD: i32 = 2;
const NESTED: i32 = 3;
const ENUM: i32 = 4;
const EXTENSION_RANGE: i32 = 5;
const EXTENSION: i32 = 6;
const OPTIONS: i32 = 7;
const ONEOF: i32 = 8;
const ONEOF_OPTIONS: i32 = 2;
const FIELD_EXTENDEE: i32 = 2;

impl Parser<'_> {
    /// A message from its keyword on. What could be read of it is there whatever went wrong.
    pub(super) fn message(&mut self, place: Open) -> (DescriptorProto, Read) {
        let mut message = DescriptorProto::default();
        self.advance();
        let read = self.within(place, |this| {
            let name = this.named(NAME, |this| {
                this.word("the name of the message is expected here")
            });
            message.name = Some(name?.to_owned());
            this.message_block(place, &mut message)
        });
        if self.syntax == Syntax::Proto3 {
            synthetic_oneofs(&mut message);
        }
        (message, read)
    }

    /// There is room for a message more, whose first token is this.
    pub(super) fn nested(&mut self, first: Token<'_>) -> Read {
        if self.depth < MAX_NESTING {
            return Ok(());
        }
        let message = format!("messages nest deeper than {MAX_NESTING} levels, the limit");
        self.mistake_at(first.range(), message);
        Err(Stop)
    }

    /// The block of a message or a group. The path is the message's.
    pub(super) fn message_block(&mut self, place: Open, message: &mut DescriptorProto) -> Read {
        self.end_of_declaration("{", Some(place))?;
        self.depth += 1;
        let read = self.message_statements(message);
        self.depth -= 1;
        ranges::settle_max(message);
        read
    }

    fn message_statements(&mut self, message: &mut DescriptorProto) -> Read {
        while !self.try_end_of_declaration("}", None) {
            if self.at_end() {
                return Err(self.stop("the text ends within a message, a `}` is missing"));
            }
            if self.message_statement(message).is_err() {
                self.skip_statement();
            }
        }
        Ok(())
    }

    fn message_statement(&mut self, message: &mut DescriptorProto) -> Read {
        if self.try_end_of_declaration(";", None) {
            return Ok(());
        }
        let visibility = self.visibility()?.map(i32::from);
        match self.current().text {
            "message" => {
                self.nested(self.current())?;
                let place =
                    self.begin_declaration(&[NESTED, tag::index(message.nested_type.len())]);
                let (mut nested, read) = self.message(place);
                nested.visibility = visibility;
                message.nested_type.push(nested);
                self.end(place);
                read
            }
            "enum" => {
                let place = self.begin_declaration(&[ENUM, tag::index(message.enum_type.len())]);
                let (mut content, read) = self.enumeration(place);
                content.visibility = visibility;
                message.enum_type.push(content);
                self.end(place);
                read
            }
            "extensions" => self.placed(&[EXTENSION_RANGE], |this| this.extension_ranges(message)),
            "reserved" => self.reserved_in_message(message),
            "extend" => {
                let place = self.begin(&[EXTENSION]);
                let read = self.extend(
                    place,
                    &mut message.extension,
                    &mut message.nested_type,
                    NESTED,
                );
                self.end(place);
                read
            }
            "option" => {
                let options = message.options.get_or_insert_default();
                self.options_statement(OPTIONS, &mut options.uninterpreted_option)
            }
            "oneof" => self.oneof(message),
            _ => self.message_field(message),
        }
    }

    /// An `option` statement; `number` is the field of the options in their owner.
    pub(super) fn options_statement(
        &mut self,
        number: i32,
        options: &mut Vec<UninterpretedOption>,
    ) -> Read {
        let place = self.begin(&[number]);
        let read = self.option_statement(options);
        self.end(place);
        read
    }

    fn message_field(&mut self, message: &mut DescriptorProto) -> Read {
        let place = self.begin(&[FIELD, tag::index(message.field.len())]);
        let mut field = FieldDescriptorProto::default();
        let read = self.field(place, &mut field, &mut message.nested_type, NESTED);
        message.field.push(field);
        self.end(place);
        read
    }

    fn oneof(&mut self, message: &mut DescriptorProto) -> Read {
        let index = tag::index(message.oneof_decl.len());
        let place = self.begin(&[ONEOF, index]);
        self.advance();
        let mut oneof = OneofDescriptorProto::default();
        let name = self.within(place, |this| {
            this.placed(&[NAME], |this| {
                this.word("the name of the oneof is expected here")
            })
        });
        oneof.name = name.as_ref().ok().map(|name| (*name).to_owned());
        message.oneof_decl.push(oneof);
        name?;
        self.end_of_declaration("{", Some(place))?;
        loop {
            if self.at_end() {
                return Err(self.stop("the text ends within a oneof, a `}` is missing"));
            }
            if self.looking_at("option") {
                self.oneof_option(place, message)?;
            } else {
                self.oneof_field(index, message);
            }
            if self.try_end_of_declaration("}", None) {
                self.end(place);
                return Ok(());
            }
        }
    }

    fn oneof_option(&mut self, place: Open, message: &mut DescriptorProto) -> Read {
        let mut options = Vec::new();
        let read = self.within(place, |this| {
            this.options_statement(ONEOF_OPTIONS, &mut options)
        });
        if let Some(oneof) = message.oneof_decl.last_mut() {
            let all = oneof.options.get_or_insert_with(Options::default);
            all.uninterpreted_option.extend(options);
        }
        read
    }

    fn oneof_field(&mut self, index: i32, message: &mut DescriptorProto) {
        if matches!(self.current().text, "required" | "optional" | "repeated") {
            self.mistake("a field of a oneof has no label, remove it");
            self.advance();
        }
        let place = self.begin(&[FIELD, tag::index(message.field.len())]);
        let mut field = FieldDescriptorProto {
            oneof_index: Some(index),
            ..FieldDescriptorProto::default()
        };
        field.set_label(Label::Optional);
        let read = self.field_without_label(place, &mut field, &mut message.nested_type, NESTED);
        message.field.push(field);
        self.end(place);
        if read.is_err() {
            self.skip_statement();
        }
    }

    /// Extensions from their keyword on; groups among them become messages of the scope.
    pub(super) fn extend(
        &mut self,
        place: Open,
        extensions: &mut Vec<FieldDescriptorProto>,
        messages: &mut Vec<DescriptorProto>,
        message_number: i32,
    ) -> Read {
        self.advance();
        let start = self.current().start;
        let extendee = self.type_name()?;
        let range = start..self.lexer.previous_end;
        self.end_of_declaration("{", Some(place))?;
        loop {
            if self.at_end() {
                return Err(self.stop("the text ends within an `extend`, a `}` is missing"));
            }
            let mut field = FieldDescriptorProto::default();
            let own = self.within(place, |this| {
                let own = this.begin(&[tag::index(extensions.len())]);
                this.within(own, |this| this.at(&[FIELD_EXTENDEE], range.clone()));
                own
            });
            field.extendee = Some(extendee.clone());
            let read = self.field(own, &mut field, messages, message_number);
            extensions.push(field);
            self.end(own);
            if read.is_err() {
                self.skip_statement();
            }
            if self.try_end_of_declaration("}", None) {
                return Ok(());
            }
        }
    }
}

/// The oneofs that stand for the presence of proto3's `optional` fields.
fn synthetic_oneofs(message: &mut DescriptorProto) {
    if message.field.iter().all(|field| !field.proto3_optional()) {
        return;
    }
    let fields = message.field.iter().map(|field| field.name().to_owned());
    let oneofs = message
        .oneof_decl
        .iter()
        .map(|oneof| oneof.name().to_owned());
    let mut names: std::collections::HashSet<String> = fields.chain(oneofs).collect();
    for field in message
        .field
        .iter_mut()
        .filter(|field| field.proto3_optional())
    {
        let mut name = field.name().to_owned();
        if !name.starts_with('_') {
            name.insert(0, '_');
        }
        while names.contains(&name) {
            name.insert(0, 'X');
        }
        field.oneof_index = Some(tag::index(message.oneof_decl.len()));
        names.insert(name.clone());
        message.oneof_decl.push(OneofDescriptorProto {
            name: Some(name),
            options: None,
        });
    }
}

/// Whether the options say that extensions are numbered as in message sets.
pub(super) fn is_message_set(options: Option<&Options>) -> bool {
    let all = options.map(|options| &*options.uninterpreted_option);
    all.unwrap_or_default().iter().any(|option| {
        let name: Vec<&str> = option.name.iter().map(|part| &*part.name_part).collect();
        name == ["message_set_wire_format"]
            && option.name.iter().all(|part| !part.is_extension)
            && option.identifier_value.as_deref() == Some("true")
    })
}

//! Fields: label, type, name, number, options, and the messages that groups and maps bring along.

use crate::protobuf::descriptor::{
    DescriptorProto, FieldDescriptorProto, Label, Options, Type, UninterpretedOption,
};
use crate::protobuf::tag;

use super::super::lexer::Kind;
use super::super::places::Open;
use super::super::strings;
use super::{Parser, Read, Syntax};

/// Field numbers of `FieldDescriptorProto`.
const NAME: i32 = 1;
const NUMBER: i32 = 3;
const LABEL: i32 = 4;
const TYPE: i32 = 5;
const TYPE_NAME: i32 = 6;
const DEFAULT: i32 = 7;
const OPTIONS: i32 = 8;
const JSON_NAME: i32 = 10;

/// `MessageOptions.map_entry`.
const MAP_ENTRY: u32 = 7;

/// What a field's type is written as.
enum Written {
    Scalar(Type),
    Named(String),
}

/// Key and value of a map field.
struct Map {
    key: Written,
    value: Written,
}

impl Parser<'_> {
    /// A field. `messages` is where a group or a map's entry is added, under `message_number` of the
    /// current path.
    pub(super) fn field(
        &mut self,
        place: Open,
        field: &mut FieldDescriptorProto,
        messages: &mut Vec<DescriptorProto>,
        message_number: i32,
    ) -> Read {
        self.label(place, field);
        self.field_without_label(place, field, messages, message_number)
    }

    fn label(&mut self, place: Open, field: &mut FieldDescriptorProto) {
        let (label, problem) = match self.current().text {
            "optional" => (
                Label::Optional,
                "editions have no `optional`: fields have presence unless \
                 `features.field_presence` says otherwise; remove it",
            ),
            "required" => (
                Label::Required,
                "editions have no `required`: write `[features.field_presence = LEGACY_REQUIRED]`",
            ),
            "repeated" => (Label::Repeated, ""),
            _ => return,
        };
        if self.syntax == Syntax::Editions && label != Label::Repeated {
            self.mistake(problem);
        }
        self.within(place, |this| {
            let own = this.begin(&[LABEL]);
            this.advance();
            this.end(own);
        });
        field.set_label(label);
        if label == Label::Optional && self.syntax == Syntax::Proto3 {
            field.proto3_optional = Some(true);
        }
    }

    pub(super) fn field_without_label(
        &mut self,
        place: Open,
        field: &mut FieldDescriptorProto,
        messages: &mut Vec<DescriptorProto>,
        message_number: i32,
    ) -> Read {
        let (name_range, map) = self.within(place, |this| this.field_head(field))?;
        if field.r#type == Some(Type::Group as i32) && field.type_name.is_none() {
            return self.group(place, field, name_range, messages, message_number);
        }
        self.end_of_declaration(";", Some(place))?;
        if let Some(map) = map {
            messages.push(map_entry(map, field));
        }
        Ok(())
    }

    /// Up to the options. The path is the field's.
    fn field_head(
        &mut self,
        field: &mut FieldDescriptorProto,
    ) -> Read<(std::ops::Range<usize>, Option<Map>)> {
        let map = self.field_type(field)?;
        let name = self.current();
        let text = self.placed(&[NAME], |this| {
            this.word("the name of the field is expected here")
        })?;
        field.name = Some(text.to_owned());
        self.consume("=")?;
        let number = self.placed(&[NUMBER], |this| {
            this.i32("the number of the field is expected here")
        })?;
        field.number = Some(number);
        self.field_options(field)?;
        Ok((name.range(), map))
    }

    fn field_type(&mut self, field: &mut FieldDescriptorProto) -> Read<Option<Map>> {
        let place = self.begin(&[]);
        let word = self.current();
        let named_map = word.text == "map" && {
            self.advance();
            true
        };
        if named_map && self.looking_at("<") {
            self.nested(word)?;
            let map = self.map(field)?;
            self.name_place(place, TYPE_NAME);
            return Ok(Some(map));
        }
        if field.label.is_none() {
            if self.syntax == Syntax::Proto2 {
                let message =
                    "a label is expected before the type: `optional`, `required` or `repeated`";
                self.mistake_at(word.range(), message);
            }
            field.set_label(Label::Optional);
        }
        let written = if named_map {
            Written::Named("map".to_owned())
        } else {
            self.written_type()?
        };
        match written {
            Written::Scalar(scalar) => {
                if scalar == Type::Group {
                    self.nested(word)?;
                }
                self.name_place(place, TYPE);
                field.set_type(scalar);
            }
            Written::Named(name) => {
                self.name_place(place, TYPE_NAME);
                field.type_name = Some(name);
            }
        }
        Ok(None)
    }

    /// Ends a place whose path could not be known when it began.
    fn name_place(&mut self, place: Open, number: i32) {
        self.parsed.places.rename_last(&self.path, &[number]);
        self.end(place);
    }

    fn map(&mut self, field: &mut FieldDescriptorProto) -> Read<Map> {
        if field.oneof_index.is_some() {
            return Err(self.stop("a map cannot stand in a oneof; wrap it in a message"));
        }
        if field.label.is_some() {
            return Err(self.stop("a map has no label, remove it"));
        }
        if field.extendee.is_some() {
            return Err(self.stop("a map cannot be an extension; wrap it in a message"));
        }
        field.set_label(Label::Repeated);
        self.consume("<")?;
        let key = self.written_type()?;
        self.consume(",")?;
        let value = self.map_value()?;
        self.consume(">")?;
        Ok(Map { key, value })
    }

    /// A group has a block, which has no place between the angle brackets.
    fn map_value(&mut self) -> Read<Written> {
        if self.looking_at("group") && self.syntax != Syntax::Editions {
            self.mistake("a group cannot be in a map, declare a message and name it");
        }
        self.written_type()
    }

    fn written_type(&mut self) -> Read<Written> {
        let Some(scalar) = scalar(self.current().text) else {
            return self.type_name().map(Written::Named);
        };
        if scalar == Type::Group && self.syntax == Syntax::Editions {
            self.mistake(
                "editions have no groups: declare a message, and write \
                 `[features.message_encoding = DELIMITED]` at the field",
            );
        }
        self.advance();
        Ok(Written::Scalar(scalar))
    }

    /// The name of a message or an enum, as it is written.
    pub(super) fn type_name(&mut self) -> Read<String> {
        if scalar(self.current().text).is_some() {
            self.mistake("the name of a message is expected here");
            return Ok(self.advance().text.to_owned());
        }
        let mut name = String::new();
        if self.eat(".") {
            name.push('.');
        }
        name.push_str(self.word("the name of a type is expected here")?);
        while self.eat(".") {
            name.push('.');
            name.push_str(self.word("a part of the type's name is expected here")?);
        }
        Ok(name)
    }

    fn field_options(&mut self, field: &mut FieldDescriptorProto) -> Read {
        if !self.looking_at("[") {
            return Ok(());
        }
        self.bracketed(&[OPTIONS], |this, place| match this.current().text {
            "default" => this.default(field),
            "json_name" => this.json_name(field),
            _ => {
                let options = field.options.get_or_insert_default();
                this.within(place, |this| this.option(&mut options.uninterpreted_option))
            }
        })
    }

    fn json_name(&mut self, field: &mut FieldDescriptorProto) -> Read {
        if field.json_name.is_some() {
            self.mistake("`json_name` is set a second time, remove one of the two");
        }
        self.placed(&[JSON_NAME], |this| {
            this.advance();
            this.consume("=")?;
            let value = this.placed(&[JSON_NAME], |this| {
                this.string("a name in quotes is expected here")
            })?;
            field.json_name = Some(String::from_utf8_lossy(&value).into_owned());
            Ok(())
        })
    }

    fn default(&mut self, field: &mut FieldDescriptorProto) -> Read {
        if field.default_value.is_some() {
            self.mistake("`default` is set a second time, remove one of the two");
        }
        self.advance();
        self.consume("=")?;
        let value = self.placed(&[DEFAULT], |this| this.default_value(field))?;
        field.default_value = Some(value);
        Ok(())
    }

    fn default_value(&mut self, field: &FieldDescriptorProto) -> Read<Vec<u8>> {
        let Some(scalar) = field.r#type.and_then(|number| Type::try_from(number).ok()) else {
            // The symbol of an enum, or a mistake that linking finds.
            return Ok(self.advance().text.as_bytes().to_vec());
        };
        if scalar == Type::String {
            return self.string("a string is expected here");
        }
        self.default_text(scalar).map(String::into_bytes)
    }

    /// A default other than of a `string`, as descriptors spell it.
    fn default_text(&mut self, scalar: Type) -> Read<String> {
        match scalar {
            Type::Int32 | Type::Sint32 | Type::Sfixed32 => self.default_integer(0x7fff_ffff, true),
            Type::Int64 | Type::Sint64 | Type::Sfixed64 => {
                self.default_integer(0x7fff_ffff_ffff_ffff, true)
            }
            Type::Uint32 | Type::Fixed32 => self.default_integer(u64::from(u32::MAX), false),
            Type::Uint64 | Type::Fixed64 => self.default_integer(u64::MAX, false),
            Type::Float => {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "the nearest float is meant"
                )]
                let value = self.default_number().map(|value| value as f32)?;
                Ok(strings::spell_float(value))
            }
            Type::Double => Ok(strings::spell_double(self.default_number()?)),
            Type::Bool => match self.current().text {
                "true" | "false" => Ok(self.advance().text.to_owned()),
                _ => Err(self.stop("`true` or `false` is expected here")),
            },
            Type::String | Type::Bytes => self
                .string("a string is expected here")
                .map(|bytes| strings::escape(&bytes)),
            Type::Enum => self
                .word("a value of the enum is expected here")
                .map(str::to_owned),
            Type::Message | Type::Group => Err(self.stop("a message has no default, remove it")),
        }
    }

    fn default_integer(&mut self, max: u64, signed: bool) -> Read<String> {
        if !self.looking_at("-") {
            let value = self.integer(max, "a whole number is expected here")?;
            return Ok(value.to_string());
        }
        self.advance();
        if !signed {
            return Err(self.stop("an unsigned field has no negative default"));
        }
        let value = self.integer(max.saturating_add(1), "a whole number is expected here")?;
        let sign = if value == 0 { "" } else { "-" };
        Ok(format!("{sign}{value}"))
    }

    fn default_number(&mut self) -> Read<f64> {
        let negative = self.eat("-");
        let value = self.number("a number is expected here")?;
        Ok(if negative { -value } else { value })
    }

    /// A group: a field and a message in one. The message's place overlaps the field's.
    fn group(
        &mut self,
        place: Open,
        field: &mut FieldDescriptorProto,
        name_range: std::ops::Range<usize>,
        messages: &mut Vec<DescriptorProto>,
        message_number: i32,
    ) -> Read {
        let name = field.name().to_owned();
        let own = self.begin_declaration(&[message_number, tag::index(messages.len())]);
        let start = self.parsed.places.start(place);
        self.parsed.places.set_start(own, start);
        let mut group = DescriptorProto {
            name: Some(name.clone()),
            ..DescriptorProto::default()
        };
        self.within(own, |this| this.at(&[NAME], name_range.clone()));
        self.within(place, |this| this.at(&[TYPE_NAME], name_range.clone()));
        if !name.starts_with(|c: char| c.is_ascii_uppercase()) {
            self.mistake_at(
                name_range,
                "the name of a group starts with a capital letter",
            );
        }
        field.name = Some(name.to_ascii_lowercase());
        field.type_name = Some(name);
        let read = if self.looking_at("{") {
            self.within(own, |this| this.message_block(own, &mut group))
        } else if self.current().kind == Kind::End {
            Err(self.stop("the text ends where the block of the group is expected"))
        } else {
            Err(self.expected("{"))
        };
        messages.push(group);
        self.end(own);
        read
    }
}

/// The message that a map's entries have on the wire.
fn map_entry(map: Map, field: &mut FieldDescriptorProto) -> DescriptorProto {
    let mut name = String::new();
    let mut upper = true;
    for c in field.name().chars() {
        if c == '_' {
            upper = true;
        } else if upper {
            name.push(c.to_ascii_uppercase());
            upper = false;
        } else {
            name.push(c);
        }
    }
    name.push_str("Entry");
    field.type_name = Some(name.clone());
    let features = features_of(field);
    let part = |name: &str, number, written| {
        let mut part = FieldDescriptorProto {
            name: Some(name.to_owned()),
            number: Some(number),
            options: features.clone(),
            ..FieldDescriptorProto::default()
        };
        part.set_label(Label::Optional);
        match written {
            Written::Scalar(scalar) => part.set_type(scalar),
            Written::Named(name) => part.type_name = Some(name),
        }
        part
    };
    let mut options = Options::default();
    options.push_varint(MAP_ENTRY, 1);
    DescriptorProto {
        name: Some(name),
        field: vec![part("key", 1, map.key), part("value", 2, map.value)],
        options: Some(options),
        ..DescriptorProto::default()
    }
}

/// The features that a map field sets, which count for its keys and values.
fn features_of(field: &FieldDescriptorProto) -> Option<Options> {
    let options = field.options.iter();
    let all = options.flat_map(|options| &options.uninterpreted_option);
    let is_feature = |option: &&UninterpretedOption| {
        let first = option.name.first();
        first.is_some_and(|part| !part.is_extension && part.name_part == "features")
    };
    let features: Vec<UninterpretedOption> = all.filter(is_feature).cloned().collect();
    (!features.is_empty()).then(|| Options {
        uninterpreted_option: features,
        ..Options::default()
    })
}

fn scalar(word: &str) -> Option<Type> {
    Some(match word {
        "double" => Type::Double,
        "float" => Type::Float,
        "int32" => Type::Int32,
        "int64" => Type::Int64,
        "uint32" => Type::Uint32,
        "uint64" => Type::Uint64,
        "sint32" => Type::Sint32,
        "sint64" => Type::Sint64,
        "fixed32" => Type::Fixed32,
        "fixed64" => Type::Fixed64,
        "sfixed32" => Type::Sfixed32,
        "sfixed64" => Type::Sfixed64,
        "bool" => Type::Bool,
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "group" => Type::Group,
        _ => return None,
    })
}

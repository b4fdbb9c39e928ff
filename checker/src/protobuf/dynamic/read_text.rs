//! Reads text format, as Google's parsers do: `name: "a" items { id: 1 } [p.ext]: 5`.
//!
//! What they refuse is refused: a field that is set twice, a number out of range, a name that is not known.
//! Values of options are written in it. The first mistake ends it.

use std::ops::Range;

use super::{Message, Value};
use crate::protobuf::descriptor::EnumValueDescriptorProto;
use crate::protobuf::features::EnumType;
use crate::protobuf::model::Scalar;
use crate::protobuf::pool::{EnumRef, FieldRef, MessageRef, TypeRef};
use crate::protobuf::syntax::{MAX_VALUE_NESTING, strings};

/// What a text is read no further for, with a remedy.
pub(crate) type TextError = String;

type Read<T = ()> = Result<T, TextError>;

/// Finds what is named in brackets.
#[derive(Clone, Copy)]
pub(crate) struct TextNames<'a, 'p> {
    /// An extension of a message.
    pub extension: &'a dyn Fn(MessageRef<'p>, &str) -> Result<FieldRef<'p>, String>,
    /// The type that an `Any` holds, by its full name.
    pub any: &'a dyn Fn(&str) -> Option<MessageRef<'p>>,
}

/// What may stand before the name of a type that an `Any` holds.
const ANY_PREFIXES: [&str; 2] = ["type.googleapis.com/", "type.googleprod.com/"];

impl<'p> Message<'p> {
    /// Reads a message from its text. Required fields may be missing ([`Message::missing`]).
    pub(crate) fn from_text(
        ty: MessageRef<'p>,
        text: &str,
        names: TextNames<'_, 'p>,
    ) -> Read<Self> {
        let mut reader = Reader::new(text, names)?;
        let mut message = Self::new(ty);
        while reader.kind != Kind::End {
            reader.field(&mut message)?;
        }
        Ok(message)
    }
}

/// The value of a default as descriptors spell it.
pub(super) fn default_value<'p>(kind: TypeRef<'p>, default: &[u8]) -> Option<Value<'p>> {
    if matches!(kind, TypeRef::Scalar(Scalar::String)) {
        return Some(Value::String(default.to_vec()));
    }
    let text = str::from_utf8(default).ok()?;
    Some(match kind {
        TypeRef::Enum(found) => {
            let mut values = found.proto.value.iter();
            let value = values.find(|value| value.name() == text)?;
            Value::Enum(value.number())
        }
        TypeRef::Message(_) | TypeRef::Group(_) => return None,
        TypeRef::Scalar(scalar) => match scalar {
            Scalar::Double => Value::Double(text.parse().ok()?),
            Scalar::Float => Value::Float(text.parse().ok()?),
            Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => Value::Int32(text.parse().ok()?),
            Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => Value::Int64(text.parse().ok()?),
            Scalar::Uint32 | Scalar::Fixed32 => Value::Uint32(text.parse().ok()?),
            Scalar::Uint64 | Scalar::Fixed64 => Value::Uint64(text.parse().ok()?),
            Scalar::Bool => Value::Bool(text.parse().ok()?),
            Scalar::String | Scalar::Bytes => {
                Value::Bytes(strings::unescape(&format!("\"{text}\""))?)
            }
        },
    })
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Integer,
    Float,
    Text,
    Symbol,
    End,
}

/// Goes through a text; one token is kept.
struct Reader<'a, 'p> {
    text: &'a str,
    names: TextNames<'a, 'p>,
    kind: Kind,
    token: Range<usize>,
    depth: usize,
}

impl<'a, 'p> Reader<'a, 'p> {
    fn new(text: &'a str, names: TextNames<'a, 'p>) -> Read<Self> {
        let mut reader = Self {
            text,
            names,
            kind: Kind::End,
            token: 0..0,
            depth: 0,
        };
        reader.advance()?;
        Ok(reader)
    }

    // Fields.

    fn field(&mut self, message: &mut Message<'p>) -> Read {
        if self.eat("[")? {
            let name = self.bracketed_name()?;
            if is_any(message.ty) {
                self.any(message, &name)?;
                return self.separator();
            }
            let field = (self.names.extension)(message.ty, &name)?;
            self.field_value(message, field)?;
            return self.separator();
        }
        let name = self.word("the name of a field")?;
        match field_named(message.ty, name) {
            Some(field) => self.field_value(message, field)?,
            None if message
                .ty
                .proto
                .reserved_name
                .iter()
                .any(|found| found == name) =>
            {
                self.skip_value()?;
            }
            None => {
                return Err(format!(
                    "message `{}` has no field `{name}`, remove or correct it",
                    message.ty.name
                ));
            }
        }
        self.separator()
    }

    /// What stands in brackets: an extension, or where an `Any`'s type is found. Spaces do not count.
    fn bracketed_name(&mut self) -> Read<String> {
        let mut name = String::new();
        while !self.at("]") {
            let part = matches!(self.kind, Kind::Word | Kind::Integer | Kind::Float)
                || matches!(self.current(), "." | "/" | "-");
            if !part {
                return Err(self.unexpected("a name and `]`"));
            }
            name.push_str(self.current());
            self.advance()?;
        }
        self.advance()?;
        if name.is_empty() {
            return Err("a name is missing between `[` and `]`".to_owned());
        }
        Ok(name)
    }

    /// Fields may be set off by a comma or a semicolon.
    fn separator(&mut self) -> Read {
        if !self.eat(";")? {
            self.eat(",")?;
        }
        Ok(())
    }

    fn field_value(&mut self, message: &mut Message<'p>, field: FieldRef<'p>) -> Read {
        let Some(kind) = field.kind() else {
            return Err(format!("the type of `{}` is not known", field.proto.name()));
        };
        Self::check_not_set(message, field)?;
        let holds_message = matches!(kind, TypeRef::Message(_) | TypeRef::Group(_));
        let colon = self.eat(":")?;
        if !colon && !holds_message {
            return Err(self.unexpected("`:`"));
        }
        if !field.is_repeated() {
            let value = self.value(field, kind)?;
            message.set(field, value);
            return Ok(());
        }
        if !self.eat("[")? {
            let value = self.value(field, kind)?;
            append(message, field, value);
            return Ok(());
        }
        if self.eat("]")? {
            return Ok(());
        }
        loop {
            let value = self.value(field, kind)?;
            append(message, field, value);
            if !self.eat(",")? {
                return self.consume("]");
            }
        }
    }

    fn check_not_set(message: &Message<'p>, field: FieldRef<'p>) -> Read {
        let name = super::name_of(field);
        if field.is_repeated() {
            return Ok(());
        }
        if message.has(field.proto.number()) {
            return Err(format!("`{name}` is set twice, remove one of them"));
        }
        let (Some(oneof), None) = (field.proto.oneof_index, field.extension) else {
            return Ok(());
        };
        let sibling = message
            .fields()
            .find(|(found, _)| found.extension.is_none() && found.proto.oneof_index == Some(oneof));
        match sibling {
            Some((sibling, _)) => Err(format!(
                "`{name}` and `{}` are members of the same oneof, remove one of them",
                sibling.proto.name()
            )),
            None => Ok(()),
        }
    }

    /// `[url/full.name] { … }`: the message is encoded into the fields of the `Any`.
    fn any(&mut self, message: &mut Message<'p>, url: &str) -> Read {
        let (Some(url_field), Some(value_field)) = (message.ty.field(1), message.ty.field(2))
        else {
            return Err("`google.protobuf.Any` is not the one of Google".to_owned());
        };
        let name = ANY_PREFIXES
            .iter()
            .find_map(|prefix| url.strip_prefix(prefix));
        let ty = name.and_then(|name| (self.names.any)(name));
        let Some(ty) = ty else {
            return Err(format!(
                "the type `{url}` is not known; it is written `type.googleapis.com/full.name` and \
                 the file that declares it is imported"
            ));
        };
        if message.has(1) || message.has(2) {
            return Err("an `Any` holds one message, remove the other one".to_owned());
        }
        self.eat(":")?;
        let within = self.message(ty)?;
        let missing = within.missing();
        if !missing.is_empty() {
            return Err(lacking(&missing));
        }
        message.set(url_field, Value::String(url.as_bytes().to_vec()));
        message.set(value_field, Value::Bytes(within.encode()));
        Ok(())
    }

    // Values.

    fn value(&mut self, field: FieldRef<'p>, kind: TypeRef<'p>) -> Read<Value<'p>> {
        match kind {
            TypeRef::Message(ty) | TypeRef::Group(ty) => {
                Ok(Value::Message(Box::new(self.message(ty)?)))
            }
            TypeRef::Enum(found) => self.enum_value(field, found),
            TypeRef::Scalar(scalar) => self.scalar(field, scalar),
        }
    }

    fn message(&mut self, ty: MessageRef<'p>) -> Read<Message<'p>> {
        let close = if self.eat("<")? {
            ">"
        } else {
            self.consume("{")?;
            "}"
        };
        if self.depth >= MAX_VALUE_NESTING {
            return Err(format!(
                "the value nests deeper than {MAX_VALUE_NESTING} levels"
            ));
        }
        self.depth += 1;
        let mut message = Message::new(ty);
        while !self.at("}") && !self.at(">") {
            self.field(&mut message)?;
        }
        self.depth -= 1;
        self.consume(close)?;
        Ok(message)
    }

    fn enum_value(&mut self, field: FieldRef<'p>, found: EnumRef<'p>) -> Read<Value<'p>> {
        let mut values = found.proto.value.iter();
        if self.kind == Kind::Word {
            let name = self.word("")?;
            let value = values.find(|value| value.name() == name);
            let number = value.map(EnumValueDescriptorProto::number);
            return number.map(Value::Enum).ok_or_else(|| {
                format!(
                    "enum `{}` has no value `{name}`, which `{}` is set to",
                    found.name,
                    field.proto.name()
                )
            });
        }
        let number = self.signed(i64::from(i32::MAX))?;
        let number = i32::try_from(number).unwrap_or_default();
        let closed = found.features.enum_type == EnumType::Closed;
        if closed && values.all(|value| value.number() != number) {
            return Err(format!("enum `{}` has no value {number}", found.name));
        }
        Ok(Value::Enum(number))
    }

    fn scalar(&mut self, field: FieldRef<'p>, scalar: Scalar) -> Read<Value<'p>> {
        Ok(match scalar {
            Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => {
                let value = self.signed(i64::from(i32::MAX))?;
                Value::Int32(i32::try_from(value).unwrap_or_default())
            }
            Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => {
                Value::Int64(self.signed(i64::MAX)?)
            }
            Scalar::Uint32 | Scalar::Fixed32 => {
                let value = self.unsigned(u64::from(u32::MAX))?;
                Value::Uint32(u32::try_from(value).unwrap_or_default())
            }
            Scalar::Uint64 | Scalar::Fixed64 => Value::Uint64(self.unsigned(u64::MAX)?),
            Scalar::Float => Value::Float(strings::to_float(self.double()?)),
            Scalar::Double => Value::Double(self.double()?),
            Scalar::Bool => Value::Bool(self.boolean(field)?),
            Scalar::String => Value::String(self.string()?),
            Scalar::Bytes => Value::Bytes(self.string()?),
        })
    }

    /// A whole number from `-max - 1` to `max`.
    fn signed(&mut self, max: i64) -> Read<i64> {
        let negative = self.eat("-")?;
        let limit = max.cast_unsigned() + u64::from(negative);
        let value = self.unsigned(limit)?;
        Ok(if negative {
            0_i64.wrapping_sub_unsigned(value)
        } else {
            value.cast_signed()
        })
    }

    fn unsigned(&mut self, max: u64) -> Read<u64> {
        if self.kind != Kind::Integer {
            return Err(self.unexpected("a whole number"));
        }
        let value = strings::integer(self.current(), max)
            .ok_or_else(|| format!("{} is out of range, at most {max} fits", self.current()))?;
        self.advance()?;
        Ok(value)
    }

    fn double(&mut self) -> Read<f64> {
        let negative = self.eat("-")?;
        let text = self.current();
        let value = match self.kind {
            Kind::Integer if text.len() > 1 && text.starts_with('0') => {
                return Err(format!("`{text}` is no decimal number, write it as one"));
            }
            Kind::Integer | Kind::Float => strings::float(text.trim_end_matches(['f', 'F'])),
            Kind::Word => match text.to_ascii_lowercase().as_str() {
                "inf" | "infinity" => Some(f64::INFINITY),
                "nan" => Some(f64::NAN),
                _ => None,
            },
            Kind::Text | Kind::Symbol | Kind::End => None,
        };
        let value = value.ok_or_else(|| self.unexpected("a number"))?;
        self.advance()?;
        // `nan` has a sign too.
        Ok(if negative { -value } else { value })
    }

    fn boolean(&mut self, field: FieldRef<'p>) -> Read<bool> {
        if self.kind == Kind::Integer {
            return Ok(self.unsigned(1)? == 1);
        }
        let value = match self.current() {
            "true" | "True" | "t" => true,
            "false" | "False" | "f" => false,
            _ => {
                let expected = format!("`true` or `false` for `{}`", field.proto.name());
                return Err(self.unexpected(&expected));
            }
        };
        self.advance()?;
        Ok(value)
    }

    /// One string or several, which are joined.
    fn string(&mut self) -> Read<Vec<u8>> {
        if self.kind != Kind::Text {
            return Err(self.unexpected("a string in quotes"));
        }
        let mut value = Vec::new();
        while self.kind == Kind::Text {
            let part = strings::unescape(self.current());
            value.extend(part.ok_or_else(|| format!("{} holds no escape", self.current()))?);
            self.advance()?;
        }
        Ok(value)
    }

    /// Goes over the value of a field whose name is reserved.
    fn skip_value(&mut self) -> Read {
        self.eat(":")?;
        let mut depth = 0_usize;
        loop {
            match self.current() {
                "{" | "<" | "[" => depth += 1,
                "}" | ">" | "]" => {
                    depth = depth
                        .checked_sub(1)
                        .ok_or_else(|| self.unexpected("a value"))?;
                }
                _ if self.kind == Kind::End => return Err(self.unexpected("a value")),
                _ => {}
            }
            let sign = self.at("-");
            let text = self.kind == Kind::Text;
            self.advance()?;
            if sign && !self.at_number() {
                return Err(self.unexpected("a number"));
            }
            if depth == 0 && !sign && !(text && self.kind == Kind::Text) {
                return Ok(());
            }
        }
    }

    fn at_number(&self) -> bool {
        let word = || self.current().to_ascii_lowercase();
        match self.kind {
            Kind::Integer | Kind::Float => true,
            Kind::Word => matches!(word().as_str(), "inf" | "infinity" | "nan"),
            Kind::Text | Kind::Symbol | Kind::End => false,
        }
    }

    // Tokens.

    fn current(&self) -> &'a str {
        self.text.get(self.token.clone()).unwrap_or_default()
    }

    fn at(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.current() == symbol
    }

    fn eat(&mut self, symbol: &str) -> Read<bool> {
        let found = self.at(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn consume(&mut self, symbol: &str) -> Read {
        if self.eat(symbol)? {
            Ok(())
        } else {
            Err(self.unexpected(&format!("`{symbol}`")))
        }
    }

    fn word(&mut self, expected: &str) -> Read<&'a str> {
        if self.kind != Kind::Word {
            return Err(self.unexpected(expected));
        }
        let word = self.current();
        self.advance()?;
        Ok(word)
    }

    fn unexpected(&self, expected: &str) -> TextError {
        match self.kind {
            Kind::End => format!("the value ends where {expected} is expected"),
            Kind::Text => format!("{expected} is expected and not {}", self.current()),
            _ => format!("{expected} is expected and not `{}`", self.current()),
        }
    }

    /// Goes to the next token, over space and comments.
    fn advance(&mut self) -> Read {
        let bytes = self.text.as_bytes();
        let mut at = self.token.end;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => at += 1,
                b'#' => at += length_while(bytes, at, |byte| byte != b'\n'),
                _ => break,
            }
        }
        let (kind, length) = match bytes.get(at) {
            None => (Kind::End, 0),
            Some(b'"' | b'\'') => (Kind::Text, string_length(bytes, at)?),
            Some(b'_' | b'a'..=b'z' | b'A'..=b'Z') => {
                (Kind::Word, length_while(bytes, at, is_word))
            }
            Some(b'0'..=b'9') => number(bytes, at),
            Some(b'.') if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => number(bytes, at),
            Some(_) => {
                let rest = self.text.get(at..).unwrap_or_default();
                (Kind::Symbol, rest.chars().next().map_or(1, char::len_utf8))
            }
        };
        self.kind = kind;
        self.token = at..at + length;
        Ok(())
    }
}

/// The message that lacks required fields.
pub(crate) fn lacking(missing: &[String]) -> String {
    let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
    format!("required fields are missing, set {}", names.join(", "))
}

/// A group goes by the name of its type.
fn field_named<'p>(ty: MessageRef<'p>, name: &str) -> Option<FieldRef<'p>> {
    ty.field_named(name).or_else(|| {
        let field = ty.field_named(&name.to_ascii_lowercase())?;
        match field.kind()? {
            TypeRef::Group(group) if group.proto.name() == name => {
                super::text::is_group_like(field, name).then_some(field)
            }
            _ => None,
        }
    })
}

fn is_any(ty: MessageRef) -> bool {
    ty.name == "google.protobuf.Any"
}

/// Appends to a list. Entries of a map stand in it as they were written.
fn append<'p>(message: &mut Message<'p>, field: FieldRef<'p>, value: Value<'p>) {
    if let Value::List(values) = message.slot(field, || Value::List(Vec::new())) {
        values.push(value);
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn length_while(bytes: &[u8], at: usize, matches: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let end = rest.iter().position(|byte| !matches(*byte));
    end.unwrap_or(rest.len())
}

fn string_length(bytes: &[u8], at: usize) -> Read<usize> {
    let rest = bytes.get(at..).unwrap_or_default();
    let quote = rest.first().copied().unwrap_or(b'"');
    let mut length = 1;
    while let Some(byte) = rest.get(length) {
        match byte {
            b'\\' => length += 2,
            b'\n' => break,
            byte => {
                length += 1;
                if *byte == quote {
                    return Ok(length);
                }
            }
        }
    }
    Err("a string is not closed on its line".to_owned())
}

/// Kind and length of a number: decimal, octal, hexadecimal, with a fraction, with an exponent, with `f`.
fn number(bytes: &[u8], at: usize) -> (Kind, usize) {
    let hexadecimal = matches!(
        (bytes.get(at), bytes.get(at + 1)),
        (Some(b'0'), Some(b'x' | b'X'))
    );
    if hexadecimal {
        let digits = length_while(bytes, at + 2, |byte| byte.is_ascii_hexdigit());
        return (Kind::Integer, 2 + digits);
    }
    let digits = |at: usize| length_while(bytes, at, |byte| byte.is_ascii_digit());
    let mut end = at + digits(at);
    let mut kind = Kind::Integer;
    if bytes.get(end) == Some(&b'.') {
        end += 1 + digits(end + 1);
        kind = Kind::Float;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        end += 1 + sign + digits(end + 1 + sign);
        kind = Kind::Float;
    }
    if matches!(bytes.get(end), Some(b'f' | b'F')) {
        end += 1;
        kind = Kind::Float;
    }
    (kind, end - at)
}

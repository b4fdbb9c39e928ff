//! The values of interpreted options in words.
//!
//! A field that the type does not know has no words, and so there is no text.

use super::super::descriptor::{EnumValueDescriptorProto, Type};
use super::super::dynamic::{Message, Value as Held};
use super::super::pool::{FieldRef, MessageRef, TypeRef};
use super::element::Value;
use super::names::{Names, outer};
use super::{Style, Unprintable};

/// A field with its values in words; several only where it is repeated.
pub(super) struct Member<'p> {
    pub field: FieldRef<'p>,
    pub values: Vec<Value>,
}

/// The fields that a message's bytes set, by number.
pub(super) fn members<'p>(
    bytes: &[u8],
    ty: MessageRef<'p>,
    names: &Names,
) -> Result<Vec<Member<'p>>, Unprintable> {
    let message = Message::decode(ty, bytes).map_err(|_| Unprintable)?;
    members_of(&message, names)
}

/// Recursion is bounded: no message nests deeper than [`MAX_MESSAGE_DEPTH`](crate::protobuf::dynamic::MAX_MESSAGE_DEPTH).
fn members_of<'p>(message: &Message<'p>, names: &Names) -> Result<Vec<Member<'p>>, Unprintable> {
    if !message.unknown().is_empty() {
        return Err(Unprintable);
    }
    let members = message.fields().map(|(field, held)| {
        let values = match held {
            Held::List(all) => all
                .iter()
                .map(|held| value(held, field, names))
                .collect::<Result<_, _>>()?,
            Held::Map(entries) => entries
                .iter()
                .map(|(key, held)| entry(field, &key.to_value(), held, names))
                .collect::<Result<_, _>>()?,
            held => vec![value(held, field, names)?],
        };
        Ok(Member { field, values })
    });
    members.collect()
}

/// An entry of a map, as the message that it is.
fn entry(field: FieldRef, key: &Held, held: &Held, names: &Names) -> Result<Value, Unprintable> {
    let ty = field.map_entry().ok_or(Unprintable)?;
    let part = |number, held| value(held, ty.field(number).ok_or(Unprintable)?, names);
    Ok(Value::Map(vec![
        ("key".to_owned(), part(1, key)?),
        ("value".to_owned(), part(2, held)?),
    ]))
}

fn value(held: &Held, field: FieldRef, names: &Names) -> Result<Value, Unprintable> {
    let word = match held {
        Held::Bool(value) => value.to_string(),
        Held::Int32(value) => value.to_string(),
        Held::Int64(value) => value.to_string(),
        Held::Uint32(value) => value.to_string(),
        Held::Uint64(value) => value.to_string(),
        Held::Float(value) => float(&format!("{value:?}")),
        Held::Double(value) => float(&format!("{value:?}")),
        Held::String(bytes) | Held::Bytes(bytes) => return Ok(Value::Text(bytes.clone())),
        Held::Enum(number) => named(field, *number, names).ok_or(Unprintable)?,
        Held::Message(message) => return braced(message, names),
        Held::List(_) | Held::Map(_) => return Err(Unprintable),
    };
    Ok(Value::Word(word))
}

/// The name of a value of the field's enum. Of aliases it is the first, or where orders are settled the
/// least.
fn named(field: FieldRef, number: i32, names: &Names) -> Option<String> {
    let TypeRef::Enum(found) = field.kind()? else {
        return None;
    };
    let values = found.proto.value.iter();
    let mut aliases = values
        .filter(|value| value.number() == number)
        .map(EnumValueDescriptorProto::name);
    let name = match names.style {
        Style::Canonical => aliases.next(),
        Style::Normalized => aliases.min(),
    };
    name.map(str::to_owned)
}

/// A message between braces.
fn braced(message: &Message, names: &Names) -> Result<Value, Unprintable> {
    let members = members_of(message, names)?.into_iter().map(|member| {
        let name = key(member.field, message.ty, names)?;
        Ok((name, joined(member.values)))
    });
    Ok(Value::Map(members.collect::<Result<_, _>>()?))
}

/// One value alone, several as a list.
fn joined(mut values: Vec<Value>) -> Value {
    match (values.pop(), values.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            values.extend(last);
            Value::List(values)
        }
    }
}

/// What a field of a message is called in text format. A group goes by the name of its type.
fn key(field: FieldRef, of: MessageRef, names: &Names) -> Result<String, Unprintable> {
    if let Some(extension) = field.extension {
        // A name in brackets is looked up from the message; there is no leading dot to prevent it.
        let found = names.finds_extension(extension, outer(of.name));
        return found.then(|| format!("[{extension}]")).ok_or(Unprintable);
    }
    if field.proto.r#type() == Type::Group {
        let name = field.proto.type_name().rsplit('.').next();
        return Ok(name.unwrap_or_default().to_owned());
    }
    Ok(field.proto.name().to_owned())
}

/// Rust and `.proto` spell infinities and no numbers alike but for the case.
fn float(text: &str) -> String {
    text.strip_suffix(".0")
        .map_or_else(|| text.to_ascii_lowercase(), str::to_owned)
}

//! The value of an option: from what is written to what the option's field holds.

use super::super::super::descriptor::UninterpretedOption;
use super::super::super::dynamic::{Message, TextNames, Value, lacking};
use super::super::super::model::Scalar;
use super::super::super::pool::{EnumRef, FieldRef, MessageRef, TypeRef};
use super::super::super::syntax::strings;

type Read<T> = Result<T, String>;

/// Reads the value of an option whose field is known.
pub(super) fn read<'p>(
    written: &UninterpretedOption,
    name: &str,
    field: FieldRef<'p>,
    names: TextNames<'_, 'p>,
) -> Read<Value<'p>> {
    match field.kind() {
        None => Err(format!("the type of option `{name}` is not known")),
        Some(TypeRef::Message(ty) | TypeRef::Group(ty)) => message(written, name, ty, names),
        Some(TypeRef::Enum(found)) => enumeration(written, name, found),
        Some(TypeRef::Scalar(kind)) => scalar(written, name, kind),
    }
}

fn message<'p>(
    written: &UninterpretedOption,
    name: &str,
    ty: MessageRef<'p>,
    names: TextNames<'_, 'p>,
) -> Read<Value<'p>> {
    let Some(text) = &written.aggregate_value else {
        return Err(format!(
            "option `{name}` is the message `{}`: write `{name} = {{ … }}`, or set a field of it by \
             `{name}.field = …`",
            ty.name
        ));
    };
    let wrong = |error| format!("in the value of option `{name}`: {error}");
    let message = Message::from_text(ty, text, names).map_err(wrong)?;
    let missing = message.missing();
    if missing.is_empty() {
        Ok(Value::Message(Box::new(message)))
    } else {
        Err(wrong(lacking(&missing)))
    }
}

fn enumeration<'p>(
    written: &UninterpretedOption,
    name: &str,
    found: EnumRef<'p>,
) -> Read<Value<'p>> {
    let Some(wanted) = &written.identifier_value else {
        return Err(format!(
            "option `{name}` takes the name of a value of enum `{}`",
            found.name
        ));
    };
    let mut values = found.proto.value.iter();
    let value = values.find(|value| value.name() == wanted);
    let unknown = || {
        let known = found.proto.value.iter().take(NAMED_VALUES);
        let known: Vec<String> = known.map(|value| format!("`{}`", value.name())).collect();
        let more = if found.proto.value.len() > NAMED_VALUES {
            " …"
        } else {
            ""
        };
        format!(
            "enum `{}` has no value `{wanted}` for option `{name}`; there are {}{more}",
            found.name,
            known.join(", ")
        )
    };
    value
        .map(|value| Value::Enum(value.number()))
        .ok_or_else(unknown)
}

/// How many values of an enum a message lists.
const NAMED_VALUES: usize = 10;

fn scalar<'p>(written: &UninterpretedOption, name: &str, kind: Scalar) -> Read<Value<'p>> {
    Ok(match kind {
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => {
            Value::Int32(integer(written, name, (i32::MIN, i32::MAX))?)
        }
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => {
            Value::Int64(integer(written, name, (i64::MIN, i64::MAX))?)
        }
        Scalar::Uint32 | Scalar::Fixed32 => {
            Value::Uint32(integer(written, name, (u32::MIN, u32::MAX))?)
        }
        Scalar::Uint64 | Scalar::Fixed64 => {
            Value::Uint64(integer(written, name, (u64::MIN, u64::MAX))?)
        }
        Scalar::Float => Value::Float(strings::to_float(number(written, name)?)),
        Scalar::Double => Value::Double(number(written, name)?),
        Scalar::Bool => Value::Bool(match written.identifier_value.as_deref() {
            Some("true") => true,
            Some("false") => false,
            _ => return Err(format!("option `{name}` takes `true` or `false`")),
        }),
        Scalar::String => Value::String(text(written, name)?),
        Scalar::Bytes => Value::Bytes(text(written, name)?),
    })
}

fn integer<T: TryFrom<i128> + std::fmt::Display + Default + PartialEq>(
    written: &UninterpretedOption,
    name: &str,
    (min, max): (T, T),
) -> Read<T> {
    let positive = written.positive_int_value.map(i128::from);
    // What is unsigned takes no sign, not even that of `-0`.
    let negative = written.negative_int_value.filter(|_| min != T::default());
    let value = positive.or(negative.map(i128::from));
    let value = value.and_then(|value| T::try_from(value).ok());
    value.ok_or_else(|| format!("option `{name}` takes a whole number from {min} to {max}"))
}

fn number(written: &UninterpretedOption, name: &str) -> Read<f64> {
    if let Some(value) = written.double_value {
        return Ok(value);
    }
    let positive = written.positive_int_value.map(|value| value.to_string());
    let whole = positive.or(written.negative_int_value.map(|value| value.to_string()));
    if let Some(value) = whole.and_then(|text| strings::float(&text)) {
        return Ok(value);
    }
    match written.identifier_value.as_deref() {
        Some("inf") => Ok(f64::INFINITY),
        Some("nan") => Ok(f64::NAN),
        _ => Err(format!("option `{name}` takes a number")),
    }
}

fn text(written: &UninterpretedOption, name: &str) -> Read<Vec<u8>> {
    let value = written.string_value.clone();
    value.ok_or_else(|| format!("option `{name}` takes a string in quotes"))
}

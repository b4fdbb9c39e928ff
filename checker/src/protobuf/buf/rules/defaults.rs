//! Defaults: a reader that finds nothing assumes another value.

use std::cmp::Ordering;

use super::super::image::Field;
use super::{At, Pair, Report};
use crate::protobuf::descriptor::Type;
use crate::protobuf::pool::TypeRef;
use crate::protobuf::tag;

/// A default as it is compared: types may change with it, so all numbers are comparable.
#[derive(Clone, Debug)]
enum Value {
    Int(i128),
    Float(f32),
    Double(f64),
    Bytes(Vec<u8>),
}

/// A default with what messages show of it.
struct Default {
    value: Value,
    shown: String,
}

pub(in super::super) fn changed<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Field<'p>>) {
    let (Some(old), Some(new)) = (default_of(pair.old), default_of(pair.new)) else {
        return;
    };
    if (old.value.is_zero() && new.value.is_zero()) || old.value.equals(&new.value) {
        return;
    }
    let field = pair.new;
    let place = report.new.named_value(field, tag::FIELD_DEFAULT);
    let message = format!(
        "{} changed default value from {} to {}.",
        field.describe(),
        old.shown,
        new.shown,
    );
    let at = At::place(place, field.view.file.path());
    report.add(at, Some(pair.old.view.file.path()), message);
}

/// The default that counts, also where none is written; `None` for what can have none.
fn default_of(field: &Field) -> Option<Default> {
    if field.view.is_repeated() {
        return None;
    }
    let written = field.view.proto.default_text();
    let written = written.as_deref();
    match field.view.kind()? {
        TypeRef::Message(_) | TypeRef::Group(_) => None,
        TypeRef::Enum(found) => {
            let values = &found.proto.value;
            let value = match written {
                Some(name) => values.iter().find(|value| value.name() == name),
                None => values.first(),
            }?;
            // Of aliases the first one is shown.
            let first = values.iter().find(|other| other.number() == value.number());
            Some(Default {
                value: Value::Int(value.number().into()),
                shown: format!("{}.{}", found.proto.name(), first.unwrap_or(value).name()),
            })
        }
        TypeRef::Scalar(_) => scalar(field.view.proto.r#type(), written.unwrap_or_default()),
    }
}

/// The default of a scalar as a descriptor has it; empty for none.
fn scalar(kind: Type, text: &str) -> Option<Default> {
    let value = match kind {
        Type::String => Value::Bytes(text.as_bytes().to_vec()),
        Type::Bytes => {
            let bytes = unescape(text);
            let shown: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:X}")).collect();
            return Some(Default {
                shown: format!("[{}]", shown.join(",")),
                value: Value::Bytes(bytes),
            });
        }
        Type::Bool => Value::Int((text == "true").into()),
        Type::Float => Value::Float(if text.is_empty() {
            0.0
        } else {
            text.parse().ok()?
        }),
        Type::Double => Value::Double(if text.is_empty() {
            0.0
        } else {
            text.parse().ok()?
        }),
        _ => Value::Int(if text.is_empty() {
            0
        } else {
            text.parse().ok()?
        }),
    };
    let shown = match (&value, kind) {
        (Value::Int(value), Type::Bool) => (*value != 0).to_string(),
        (Value::Int(value), _) => value.to_string(),
        (Value::Float(value), _) => value.to_string(),
        (Value::Double(value), _) => value.to_string(),
        (Value::Bytes(_), _) => format!("{text:?}"),
    };
    Some(Default { value, shown })
}

impl Value {
    fn is_zero(&self) -> bool {
        match self {
            Self::Int(value) => *value == 0,
            Self::Float(value) => value.to_bits() == 0,
            Self::Double(value) => value.to_bits() == 0,
            Self::Bytes(value) => value.is_empty(),
        }
    }

    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bytes(one), Self::Bytes(other)) => one == other,
            (Self::Bytes(_), _) | (_, Self::Bytes(_)) => false,
            (Self::Int(one), Self::Int(other)) => one == other,
            (Self::Double(one), Self::Double(other)) => same(*one, *other),
            (Self::Float(one), Self::Float(other)) => same((*one).into(), (*other).into()),
            // What a double has more than a float can hold does not count.
            (Self::Float(float), Self::Double(double))
            | (Self::Double(double), Self::Float(float)) => {
                same((*float).into(), to_float(*double).into())
            }
            (Self::Int(int), Self::Float(float)) | (Self::Float(float), Self::Int(int)) => {
                is_int(f64::from(*float), *int)
            }
            (Self::Int(int), Self::Double(double)) | (Self::Double(double), Self::Int(int)) => {
                is_int(*double, *int)
            }
        }
    }
}

/// Whether two numbers are equal, or both none.
fn same(one: f64, other: f64) -> bool {
    let none = one.is_nan() && other.is_nan();
    one.partial_cmp(&other).map_or(none, Ordering::is_eq)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the nearest float is meant"
)]
fn to_float(value: f64) -> f32 {
    value as f32
}

/// Whether a number is exactly this integer, which has at most 64 bits.
fn is_int(value: f64, int: i128) -> bool {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float that is whole and so small is an integer"
    )]
    let whole = (value.fract() == 0.0 && value.abs() < 2f64.powi(70)).then_some(value as i128);
    whole == Some(int)
}

/// The bytes that a descriptor escapes as C does.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let escaped = rest.next().unwrap_or(b'\\');
        bytes.push(match escaped {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'0'..=b'7' => {
                let mut value = u32::from(escaped - b'0');
                for _ in 0..2 {
                    let Some(digit) = rest.next_if(|digit| (b'0'..=b'7').contains(digit)) else {
                        break;
                    };
                    value = value * 8 + u32::from(digit - b'0');
                }
                u8::try_from(value & 0xff).unwrap_or_default()
            }
            b'x' => {
                let mut value = 0_u8;
                while let Some(digit) = rest.next_if(u8::is_ascii_hexdigit) {
                    let digit = char::from(digit)
                        .to_digit(16)
                        .and_then(|digit| u8::try_from(digit).ok());
                    value = value
                        .wrapping_mul(16)
                        .wrapping_add(digit.unwrap_or_default());
                }
                value
            }
            other => other,
        });
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(kind: Type, text: &str) -> Value {
        scalar(kind, text).expect("is a default").value
    }

    #[test]
    fn numbers_are_the_same_whatever_their_type() {
        let same = |one: (Type, &str), other: (Type, &str)| {
            value(one.0, one.1).equals(&value(other.0, other.1))
        };
        assert!(same((Type::Int32, "5"), (Type::Double, "5")));
        assert!(same((Type::Bool, "true"), (Type::Uint64, "1")));
        assert!(same((Type::Float, "0.1"), (Type::Double, "0.1")));
        assert!(same((Type::Float, "nan"), (Type::Double, "nan")));
        assert!(!same(
            (Type::Int64, "9007199254740993"),
            (Type::Double, "9007199254740992")
        ));
        assert!(!same((Type::Int32, "0"), (Type::String, "")));
        assert!(same((Type::String, "a\n"), (Type::Bytes, "a\\n")));
        assert!(same(
            (Type::Bytes, "\\001\\377"),
            (Type::Bytes, "\\x01\\xff")
        ));
        assert!(!same((Type::Double, "inf"), (Type::Double, "-inf")));
    }

    #[test]
    fn a_negative_zero_is_not_the_default_of_numbers_but_equals_it() {
        let negative = value(Type::Double, "-0");
        assert!(!negative.is_zero());
        assert!(negative.equals(&value(Type::Double, "")));
    }
}

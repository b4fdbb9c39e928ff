//! JSON documents with exact numbers: members of `enum`, and witnesses.
//!
//! Equality is JSON Schema's: `1` and `1.0` are the same number, the order of keys means nothing.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::numbers::{self, Rational};
use super::types::Types;
use crate::text::json::{Node, Value, write_string};

/// A document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

/// A number; draft 4 alone cares how it was written.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    /// The number.
    pub(crate) value: Rational,
    /// Whether it was written with a point or an exponent, so that draft 4 has it as no integer.
    pub(crate) written_as_fraction: bool,
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
impl Eq for Number {}
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl Number {
    /// A number as its shortest text has it.
    pub(crate) const fn new(value: Rational) -> Self {
        Self {
            value,
            written_as_fraction: false,
        }
    }
}

impl Json {
    /// The value of a text; `None` where a number is behind the limits of [`numbers`].
    pub(crate) fn read(node: &Node) -> Option<Self> {
        Some(match &node.value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(text) => Self::Number(Number {
                value: numbers::parse(text)?,
                written_as_fraction: text.contains(['.', 'e', 'E']),
            }),
            Value::String(text) => Self::String(text.to_string()),
            Value::Array(items) => {
                Self::Array(items.iter().map(Self::read).collect::<Option<_>>()?)
            }
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|member| Some((member.key.to_string(), Self::read(&member.value)?)))
                    .collect::<Option<_>>()?,
            ),
        })
    }

    /// The type of the value; integers apart from other numbers.
    pub(crate) fn types(&self) -> Types {
        match self {
            Self::Null => Types::NULL,
            Self::Bool(_) => Types::BOOLEAN,
            Self::Number(number) if number.value.is_integer() => Types::INTEGER,
            Self::Number(_) => Types::FRACTION,
            Self::String(_) => Types::STRING,
            Self::Array(_) => Types::ARRAY,
            Self::Object(_) => Types::OBJECT,
        }
    }

    /// The compact text; `None` where a number has no finite decimal text.
    pub(crate) fn to_text(&self) -> Option<String> {
        let mut out = String::new();
        self.write(&mut out)?;
        Some(out)
    }

    fn write(&self, out: &mut String) -> Option<()> {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => {
                out.push_str(&numbers::to_text(&number.value)?);
                if number.written_as_fraction && number.value.is_integer() {
                    out.push_str(".0");
                }
            }
            Self::String(text) => write_string(text, out),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write(out)?;
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_string(key, out);
                    out.push(':');
                    value.write(out)?;
                }
                out.push('}');
            }
        }
        Some(())
    }
}

/// A text as the value that `jsonschema` works on, and whether nothing was lost on the way: it
/// keeps numbers as 64-bit integers or floats.
pub(crate) fn for_validator(node: &Node) -> (serde_json::Value, bool) {
    let mut exact = true;
    let value = convert(node, &mut exact);
    (value, exact)
}

fn convert(node: &Node, exact: &mut bool) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => serde_json::Value::Bool(*value),
        Value::Number(text) => convert_number(text, exact),
        Value::String(text) => serde_json::Value::String(text.to_string()),
        Value::Array(items) => items.iter().map(|item| convert(item, exact)).collect(),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|member| (member.key.to_string(), convert(&member.value, exact)));
            serde_json::Value::Object(members.collect())
        }
    }
}

fn convert_number(text: &str, exact: &mut bool) -> serde_json::Value {
    if let Ok(value) = text.parse::<i64>() {
        return value.into();
    }
    if let Ok(value) = text.parse::<u64>() {
        return value.into();
    }
    let float = text.parse::<f64>().unwrap_or(0.0).clamp(f64::MIN, f64::MAX);
    // A float stands for the decimal that it is printed as: that one must be the number meant.
    let printed = serde_json::Number::from_f64(float);
    let same = printed
        .as_ref()
        .and_then(|printed| numbers::parse(&printed.to_string()))
        .is_some_and(|printed| numbers::parse(text) == Some(printed));
    *exact &= same;
    printed.map_or(serde_json::Value::Null, serde_json::Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;

    fn node(text: &str) -> Node {
        crate::text::json::parse(&Source::new("t", text)).expect("is JSON")
    }

    #[test]
    fn numbers_that_a_float_cannot_hold_are_seen() {
        for (text, exact) in [
            ("1", true),
            ("0.1", true),
            ("18446744073709551615", true),
            ("123456789012345678901234567890", false),
            ("1e400", false),
            ("0.1000000000000000000000001", false),
        ] {
            assert_eq!(for_validator(&node(text)).1, exact, "{text}");
        }
    }

    #[test]
    fn values_are_written_as_they_were_read() {
        let text = r#"{"a":[1,2.0,0.5,null,true],"b":"\"x\""}"#;
        let value = Json::read(&node(text)).expect("within the limits");
        assert_eq!(value.to_text().as_deref(), Some(text));
    }

    #[test]
    fn one_equals_one_point_zero() {
        assert_eq!(Json::read(&node("[1]")), Json::read(&node("[1.0]")));
    }
}

//! Sets of JSON types, with integers apart from the numbers between them.

use std::fmt;
use std::ops::{BitAnd, BitOr, Not};

/// A set of types.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    /// Numbers that are no integers.
    pub(crate) const FRACTION: Self = Self(8);
    pub(crate) const STRING: Self = Self(16);
    pub(crate) const ARRAY: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);
    pub(crate) const NUMBER: Self = Self(12);
    pub(crate) const ALL: Self = Self(127);

    /// The set that a `type` keyword names.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    /// Whether there is no type in it.
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the two have a type in common.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitAnd for Types {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
impl BitOr for Types {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
impl Not for Types {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }
}

impl fmt::Debug for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Types {
    /// `string`, `string or null`, `anything`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ALL {
            return f.write_str("anything");
        }
        let number = if self.0 & Self::NUMBER.0 == Self::NUMBER.0 {
            "number"
        } else if self.meets(Self::INTEGER) {
            "integer"
        } else if self.meets(Self::FRACTION) {
            "non-integer"
        } else {
            ""
        };
        let words = [
            (self.meets(Self::STRING), "string"),
            (!number.is_empty(), number),
            (self.meets(Self::BOOLEAN), "boolean"),
            (self.meets(Self::OBJECT), "object"),
            (self.meets(Self::ARRAY), "array"),
            (self.meets(Self::NULL), "null"),
        ];
        let names: Vec<&str> = words
            .into_iter()
            .filter_map(|(present, word)| present.then_some(word))
            .collect();
        match names.split_last() {
            None => f.write_str("nothing"),
            Some((last, [])) => f.write_str(last),
            Some((last, rest)) => write!(f, "{} or {last}", rest.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_named_in_words() {
        assert_eq!((Types::STRING | Types::NULL).to_string(), "string or null");
        assert_eq!(Types::NUMBER.to_string(), "number");
        assert_eq!(
            (!Types::NUMBER & !Types::NULL).to_string(),
            "string, boolean, object or array"
        );
        assert_eq!(Types::ALL.to_string(), "anything");
    }
}

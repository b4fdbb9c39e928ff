//! Where in a schema, independent of its text.

use std::fmt;

use serde::Serialize;

/// An element of a schema: a JSON Pointer (RFC 6901) into an Avro or JSON schema, for Protobuf a
/// full name such as `orders.v1.Order.amount`. The root of a JSON text is the empty path.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Path(String);

impl Path {
    /// The whole JSON document.
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// A Protobuf element by its full name.
    pub fn name(full_name: impl Into<String>) -> Self {
        Self(full_name.into())
    }

    /// The member `key` of the object at this pointer.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + 1 + key.len());
        text.push_str(&self.0);
        text.push('/');
        for c in key.chars() {
            match c {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                c => text.push(c),
            }
        }
        Self(text)
    }

    /// The element `index` of the array at this pointer.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The text of the path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_escaped_as_rfc_6901_says() {
        assert_eq!(
            Path::root().key("a/b").key("m~n").index(2).as_str(),
            "/a~1b/m~0n/2"
        );
    }
}

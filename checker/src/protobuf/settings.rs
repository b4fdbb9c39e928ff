//! The options of an element as values that can be compared and looked into.
//!
//! Standard options go by their name (`deprecated`), custom ones by their full name in parentheses
//! (`(google.api.http)`). What does not come from a known extension goes by its number.

use std::collections::BTreeMap;
use std::fmt;

/// The options of an element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings(BTreeMap<String, Setting>);

/// The value of an option, or of a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// A number, a truth value or the name of an enum value.
    Word(String),
    /// A string or bytes, without quotes.
    Text(String),
    /// A repeated field; a map is a list of its entries, sorted.
    List(Vec<Setting>),
    /// A message: its fields by name, extensions in brackets.
    Message(BTreeMap<String, Setting>),
}

impl Settings {
    pub(crate) fn new(all: BTreeMap<String, Setting>) -> Self {
        Self(all)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Setting> {
        self.0.get(name)
    }

    /// Whether a truth value is set.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.get(name).is_some_and(|set| set.text() == "true")
    }

    pub(crate) fn is_deprecated(&self) -> bool {
        self.is("deprecated")
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Setting {
    /// A word or a text; empty for what has parts.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Text(text) => text,
            Self::List(_) | Self::Message(_) => "",
        }
    }

    /// The elements of a list; what is no list is one element.
    pub(crate) fn items(&self) -> &[Setting] {
        match self {
            Self::List(items) => items,
            one => std::slice::from_ref(one),
        }
    }

    /// A field of a message.
    pub(crate) fn field(&self, name: &str) -> Option<&Setting> {
        match self {
            Self::Message(fields) => fields.get(name),
            Self::Word(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// The fields of a message.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &Setting)> {
        let fields = match self {
            Self::Message(fields) => Some(fields),
            Self::Word(_) | Self::Text(_) | Self::List(_) => None,
        };
        let fields = fields.into_iter().flatten();
        fields.map(|(name, value)| (name.as_str(), value))
    }
}

impl fmt::Display for Setting {
    /// As the text format has it, on one line. The depth is bounded by the parser's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
            Self::Message(fields) => {
                f.write_str("{")?;
                for (index, (name, value)) in fields.iter().enumerate() {
                    let space = if index == 0 { "" } else { ", " };
                    write!(f, "{space}{name}: {value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_told_on_one_line() {
        let get = ("get".to_owned(), Setting::Text("/v1/{name=a/*}".to_owned()));
        let codes = Setting::List(["A", "B"].map(|word| Setting::Word(word.to_owned())).into());
        let value = Setting::Message([get, ("codes".to_owned(), codes)].into());
        assert_eq!(
            value.to_string(),
            "{codes: [A, B], get: \"/v1/{name=a/*}\"}"
        );
        assert_eq!(
            value.field("get").map(Setting::text),
            Some("/v1/{name=a/*}")
        );
        assert_eq!(value.items().len(), 1);
    }
}

//! The options of an element as values that can be compared and looked into.
//!
//! Standard options go by their name (`deprecated`), custom ones by their full name in parentheses
//! (`(google.api.http)`). What does not come from a known extension goes by its number.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::descriptor::{Options, each_field};
use super::dynamic::{self, Value, value_text};
use super::pool::{FieldRef, Pool, TypeRef};
use super::syntax::strings::escape;

/// The options of an element. Cheap to clone: many elements have the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings(Option<Arc<BTreeMap<String, Setting>>>);

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
        Self((!all.is_empty()).then(|| Arc::new(all)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Setting> {
        self.0.as_ref()?.get(name)
    }

    /// Whether a truth value is set.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.get(name).is_some_and(|set| set.text() == "true")
    }

    pub(crate) fn is_deprecated(&self) -> bool {
        self.is("deprecated")
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|all| all.keys()).map(String::as_str)
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

/// Whose options they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum OptionsOf {
    File,
    Message,
    Field,
    Enum,
    EnumValue,
    Service,
    Method,
}

impl OptionsOf {
    /// The full name of the options message.
    const fn message(self) -> &'static str {
        match self {
            Self::File => "google.protobuf.FileOptions",
            Self::Message => "google.protobuf.MessageOptions",
            Self::Field => "google.protobuf.FieldOptions",
            Self::Enum => "google.protobuf.EnumOptions",
            Self::EnumValue => "google.protobuf.EnumValueOptions",
            Self::Service => "google.protobuf.ServiceOptions",
            Self::Method => "google.protobuf.MethodOptions",
        }
    }
}

/// Reads the options of elements; the same bytes are read once.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    known: HashMap<OptionsOf, HashMap<Box<[u8]>, Settings, RandomState>, RandomState>,
}

impl Reader {
    /// The options of an element of the pool.
    pub(crate) fn read(
        &mut self,
        pool: &Pool,
        of: OptionsOf,
        options: Option<&Options>,
    ) -> Settings {
        let Some(options) = options.filter(|options| !options.encoded.is_empty()) else {
            return Settings::default();
        };
        let known = self.known.entry(of).or_default();
        if let Some(known) = known.get(&*options.encoded) {
            return known.clone();
        }
        let settings = read(pool, of.message(), options);
        known.insert(options.encoded.as_slice().into(), settings.clone());
        settings
    }
}

/// The options of an element; `ty` is the full name of their message.
fn read(pool: &Pool, ty: &str, options: &Options) -> Settings {
    let Some(message) = dynamic::options(pool, ty, options) else {
        // Of a descriptor that is not what it says it is.
        let raw = Setting::Text(format!("{:02x?}", options.encoded));
        return Settings::new(BTreeMap::from([("()".to_owned(), raw)]));
    };
    let mut settings = BTreeMap::new();
    for (field, value) in message.fields() {
        let name = match field.extension {
            Some(name) => format!("({name})"),
            None => field.proto.name().to_owned(),
        };
        settings.insert(name, setting(value, field.kind()));
    }
    add_unknown(&message, &mut settings, |number| format!("({number})"));
    Settings::new(settings)
}

/// What no type explains, by its number.
fn add_unknown(
    message: &dynamic::Message,
    settings: &mut BTreeMap<String, Setting>,
    name: impl Fn(u32) -> String,
) {
    let mut raw: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    each_field(message.unknown(), |number, _, value| {
        raw.entry(number).or_default().extend(value);
    });
    let raw = raw.into_iter();
    settings.extend(raw.map(|(number, value)| {
        let value = Setting::Text(format!("{value:02x?}"));
        (name(number), value)
    }));
}

/// A value that is equal for equal values; entries of maps come in the order of their keys. Recursion is
/// bounded as deep as messages nest.
fn setting(value: &Value, kind: Option<TypeRef>) -> Setting {
    match value {
        Value::Map(entries) => {
            let of_value = match kind {
                Some(TypeRef::Message(entry)) => entry.field(2).and_then(FieldRef::kind),
                _ => None,
            };
            let entries = entries.iter().map(|(key, value)| {
                let value = value_text(of_value, value);
                Setting::Text(format!("{key}: {value}"))
            });
            Setting::List(entries.collect())
        }
        Value::Message(message) => {
            let fields = message.fields().map(|(field, value)| {
                let name = match field.extension {
                    Some(name) => format!("[{name}]"),
                    None => field.proto.name().to_owned(),
                };
                (name, setting(value, field.kind()))
            });
            let mut fields: BTreeMap<String, Setting> = fields.collect();
            add_unknown(message, &mut fields, |number| format!("[{number}]"));
            Setting::Message(fields)
        }
        Value::List(values) => {
            Setting::List(values.iter().map(|value| setting(value, kind)).collect())
        }
        Value::String(bytes) => Setting::Text(String::from_utf8_lossy(bytes).into_owned()),
        Value::Bytes(bytes) => Setting::Text(escape(bytes)),
        value => Setting::Word(value_text(kind, value)),
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

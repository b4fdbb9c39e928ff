//! What the walker finds: an assertion of the reader that some document of the writer fails.

use super::model::{Keys, Place, Positions};
use super::types::Types;
use super::value::Json;

/// A step from a document into a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Property(Keys),
    Item(Positions),
}

/// What kind of assertion fails. One rule judges each kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Type,
    Enum,
    Const,
    Range,
    MultipleOf,
    Length,
    Pattern,
    ItemCount,
    UniqueItems,
    Contains,
    AdditionalItems,
    PropertyCount,
    PropertyNames,
    /// The reader requires this key.
    Required(String),
    /// The reader constrains this key, of which the writer says nothing.
    AddedToOpen(String),
    /// The reader is closed and does not declare this key, which the writer does.
    RemovedFromClosed(String),
    /// The reader admits no further keys, the writer does.
    AdditionalProperties,
    Dependency,
    Union,
    Exclusion,
    Conditional,
    /// `false`.
    Forbidden,
    /// Nothing of the above: only the whole is known to fail.
    Unlocated,
}

/// A change, seen in one direction.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    /// The reader's keyword that fails.
    pub(crate) keyword: &'static str,
    /// The way from the document to the part that it fails on.
    pub(crate) steps: Vec<Step>,
    /// The reader's assertion.
    pub(crate) reader: Place,
    /// What it says.
    pub(crate) reader_text: String,
    /// The same keyword in the writer, or the writer's subschema at that part.
    pub(crate) writer: Option<Place>,
    /// What the same keyword says in the writer; `None` where it is not there.
    pub(crate) writer_text: Option<String>,
    /// The types that the reader's assertions allow there.
    pub(crate) reader_types: Types,
    /// The types that the writer allows there.
    pub(crate) writer_types: Types,
    /// The document: the writer admits it, the reader does not; confirmed.
    pub(crate) document: Json,
}

impl Change {
    /// The part in words: "property `order.amount`".
    pub(crate) fn subject(&self) -> String {
        let path = self.part();
        match self.steps.last() {
            None => "the document".to_owned(),
            Some(Step::Property(_)) => format!("property `{path}`"),
            Some(Step::Item(_)) => format!("items `{path}`"),
        }
    }

    /// A property of the part in words.
    pub(crate) fn property(&self, key: &str) -> String {
        let path = self.part();
        let dot = if path.is_empty() { "" } else { "." };
        format!("property `{path}{dot}{key}`")
    }

    fn part(&self) -> String {
        let mut path = String::new();
        for step in &self.steps {
            match step {
                Step::Property(keys) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    match keys {
                        Keys::One(key) => path.push_str(key),
                        Keys::Matching(pattern) => {
                            path.push('/');
                            path.push_str(pattern);
                            path.push('/');
                        }
                        Keys::Others { .. } => path.push('*'),
                    }
                }
                Step::Item(Positions::At(index)) => path.extend(["[", &index.to_string(), "]"]),
                Step::Item(Positions::From(_)) => path.push_str("[]"),
            }
        }
        path
    }
}

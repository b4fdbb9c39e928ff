//! What a document is asked to be.

use std::collections::BTreeSet;

use super::super::model::{Keys, Positions};
use super::super::space::{AssertionId, ClassId};
use super::super::types::Types;
use super::super::value::Json;

/// One demand on a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Demand {
    /// It is valid under the class.
    Is(ClassId),
    /// It is not.
    IsNot(ClassId),
    /// The assertion holds.
    Holds(AssertionId),
    /// The assertion fails.
    Fails(AssertionId),
    /// It has one of the types.
    Type(Types),
    /// If it is an object it has the key.
    Present(String),
    /// If it is an object it lacks the key.
    Absent(String),
    /// It is an object with a property, its key among these, whose value is as demanded.
    SomeProperty(Keys, BTreeSet<Demand>),
    /// It is an object with a property whose *key* is as demanded.
    SomeKey(BTreeSet<Demand>),
    /// It is an array with an item at one of these positions that is as demanded.
    SomeItem(Positions, BTreeSet<Demand>),
    /// If it is an array, so many of its items are valid under the class.
    Count { class: ClassId, min: u64, max: u64 },
    /// If it is a string, the pattern is found in it, or is not.
    Matches(String, bool),
    /// It equals none of these (sorted).
    NoneOf(Vec<Json>),
}

impl Demand {
    /// How much it is to copy or to compare, roughly.
    pub(crate) fn size(&self) -> usize {
        let all = |demands: &BTreeSet<Self>| demands.iter().map(Self::size).sum::<usize>();
        1 + match self {
            Self::SomeProperty(keys, inner) => all(inner) + keys.size(),
            Self::SomeKey(inner) | Self::SomeItem(_, inner) => all(inner),
            Self::NoneOf(values) => values.len(),
            Self::Is(_)
            | Self::IsNot(_)
            | Self::Holds(_)
            | Self::Fails(_)
            | Self::Type(_)
            | Self::Present(_)
            | Self::Absent(_)
            | Self::Count { .. }
            | Self::Matches(..) => 0,
        }
    }

    /// The demand that contradicts this one, where there is a single one.
    pub(crate) fn negation(&self) -> Option<Self> {
        Some(match self {
            Self::Is(class) => Self::IsNot(*class),
            Self::IsNot(class) => Self::Is(*class),
            Self::Holds(assertion) => Self::Fails(*assertion),
            Self::Fails(assertion) => Self::Holds(*assertion),
            Self::Matches(pattern, sense) => Self::Matches(pattern.clone(), !sense),
            Self::Type(_)
            | Self::Present(_)
            | Self::Absent(_)
            | Self::SomeProperty(..)
            | Self::SomeKey(_)
            | Self::SomeItem(..)
            | Self::Count { .. }
            | Self::NoneOf(_) => return None,
        })
    }
}

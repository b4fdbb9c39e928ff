//! Does a document meet a demand? Evaluated exactly, and with "unknown" where something is not
//! understood.
//!
//! This is a second validator beside the one that confirms witnesses: the two must agree.

use std::collections::BTreeSet;

use super::super::model::{Assertion, Keys, Opaque, Positions};
use super::super::numbers::is_multiple;
use super::super::patterns;
use super::super::space::{Class, ClassId};
use super::super::types::Types;
use super::super::value::Json;
use super::{Demand, Solver};

/// The deepest nesting of subschemas, in place and in parts of the document, that is evaluated; what
/// is deeper is unknown. Bounds the stack.
pub(crate) const MAX_EVALUATION_DEPTH: usize = 400;

/// Whether all are true; a false one decides, an unknown one spoils.
fn all(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

fn not(answer: Option<bool>) -> Option<bool> {
    answer.map(|answer| !answer)
}

fn length(text: &str) -> u64 {
    text.chars().count() as u64
}

impl Solver<'_> {
    /// Whether the value meets all demands.
    pub(super) fn evaluate_all(
        &mut self,
        value: &Json,
        demands: &BTreeSet<Demand>,
    ) -> Option<bool> {
        all(demands.iter().map(|demand| self.evaluate(value, demand)))
    }

    /// What is not understood in these demands.
    pub(super) fn opaque_reason(&mut self, demands: &BTreeSet<Demand>) -> String {
        let named = demands.iter().find_map(|demand| match demand {
            Demand::Holds(id) | Demand::Fails(id) => match self.space.assertion(*id) {
                Assertion::Opaque { what, .. } => {
                    let Opaque {
                        keyword, reason, ..
                    } = what;
                    Some(format!("`{keyword}` is not understood here: {reason}"))
                }
                _ => None,
            },
            Demand::Matches(pattern, _) if self.patterns.matches(pattern, "").is_none() => {
                Some(patterns::no_automaton(pattern))
            }
            _ => None,
        });
        named.unwrap_or_else(|| "the document that was found could not be confirmed".to_owned())
    }

    fn evaluate(&mut self, value: &Json, demand: &Demand) -> Option<bool> {
        match demand {
            Demand::Is(class) => self.is(value, *class),
            Demand::IsNot(class) => not(self.is(value, *class)),
            Demand::Holds(id) => self.holds(value, self.space.assertion(*id)),
            Demand::Fails(id) => not(self.holds(value, self.space.assertion(*id))),
            Demand::Type(types) => Some(types.meets(value.types())),
            Demand::Present(key) => Some(object(value).is_none_or(|map| map.contains_key(key))),
            Demand::Absent(key) => Some(object(value).is_none_or(|map| !map.contains_key(key))),
            Demand::SomeProperty(keys, inner) => {
                let Some(map) = object(value) else {
                    return Some(false);
                };
                not(all(map.iter().map(|(key, value)| {
                    not(all([
                        self.contains(keys, key),
                        self.evaluate_all(value, inner),
                    ]))
                })))
            }
            Demand::SomeKey(inner) => {
                let keys: Vec<_> = object(value)
                    .into_iter()
                    .flat_map(|map| map.keys())
                    .collect();
                not(all(keys.into_iter().map(|key| {
                    not(self.evaluate_all(&Json::String(key.clone()), inner))
                })))
            }
            Demand::SomeItem(positions, inner) => {
                let items = array(value).unwrap_or(&[]);
                not(all(at(items, *positions)
                    .iter()
                    .map(|item| not(self.evaluate_all(item, inner)))))
            }
            Demand::Count { class, min, max } => {
                let Json::Array(items) = value else {
                    return Some(true);
                };
                self.count(items, *class, *min, *max)
            }
            Demand::Matches(pattern, sense) => match value {
                Json::String(text) => Some(self.patterns.matches(pattern, text)? == *sense),
                _ => Some(true),
            },
            Demand::NoneOf(values) => Some(values.binary_search(value).is_err()),
        }
    }

    /// Whether the value is valid under the class.
    pub(crate) fn is(&mut self, value: &Json, class: ClassId) -> Option<bool> {
        if self.evaluating >= MAX_EVALUATION_DEPTH || !self.work(0) {
            return None;
        }
        self.evaluating += 1;
        let answer = self.is_valid(value, class);
        self.evaluating -= 1;
        answer
    }

    fn is_valid(&mut self, value: &Json, class: ClassId) -> Option<bool> {
        match self.space.class(class) {
            Class::Always(answer) => Some(*answer),
            Class::All(assertions) => all(assertions
                .iter()
                .map(|id| self.holds(value, self.space.assertion(*id)))),
        }
    }

    /// Whether the key is one of the keys.
    pub(super) fn contains(&mut self, keys: &Keys, key: &str) -> Option<bool> {
        if !self.work(keys.size()) {
            return None;
        }
        match keys {
            Keys::One(name) => Some(name == key),
            Keys::Matching(pattern) => self.patterns.matches(pattern, key),
            Keys::Others { names, patterns } => {
                if names.iter().any(|name| name == key) {
                    return Some(false);
                }
                all(patterns
                    .iter()
                    .map(|pattern| not(self.patterns.matches(pattern, key))))
            }
        }
    }

    fn count(&mut self, items: &[Json], class: ClassId, min: u64, max: u64) -> Option<bool> {
        let mut valid = 0;
        let mut unknown = 0;
        for item in items {
            match self.is(item, class) {
                Some(true) => valid += 1,
                Some(false) => {}
                None => unknown += 1,
            }
        }
        if valid > max || valid + unknown < min {
            return Some(false);
        }
        (valid >= min && valid + unknown <= max).then_some(true)
    }

    fn holds(&mut self, value: &Json, assertion: &Assertion<ClassId>) -> Option<bool> {
        if !self.work(0) {
            return None;
        }
        match assertion {
            Assertion::Also(class) => self.is(value, *class),
            Assertion::AnyOf(classes) => {
                not(all(classes.iter().map(|class| not(self.is(value, *class)))))
            }
            Assertion::OneOf(classes) => {
                let answers: Option<Vec<bool>> =
                    classes.iter().map(|class| self.is(value, *class)).collect();
                Some(answers?.into_iter().filter(|valid| *valid).count() == 1)
            }
            Assertion::Not(class) => not(self.is(value, *class)),
            Assertion::If {
                condition,
                then,
                otherwise,
            } => {
                let branch = if self.is(value, *condition)? {
                    then
                } else {
                    otherwise
                };
                branch.map_or(Some(true), |class| self.is(value, class))
            }
            Assertion::Opaque { .. } => None,
            Assertion::Enum(values) => Some(values.binary_search(value).is_ok()),
            Assertion::Type {
                types,
                integer_as_written,
            } => Some(has_type(value, *types, *integer_as_written)),
            simple => match value {
                Json::Null | Json::Bool(_) => Some(true),
                Json::Number(number) => Some(match simple {
                    Assertion::Minimum { bound, exclusive } => {
                        number.value > *bound || (number.value == *bound && !exclusive)
                    }
                    Assertion::Maximum { bound, exclusive } => {
                        number.value < *bound || (number.value == *bound && !exclusive)
                    }
                    Assertion::MultipleOf(step) => is_multiple(&number.value, step),
                    _ => true,
                }),
                Json::String(text) => match simple {
                    Assertion::MinLength(n) => Some(length(text) >= *n),
                    Assertion::MaxLength(n) => Some(length(text) <= *n),
                    Assertion::Pattern(pattern) => self.patterns.matches(pattern, text),
                    _ => Some(true),
                },
                Json::Array(items) => self.array_holds(items, simple),
                Json::Object(_) => self.object_holds(value, simple),
            },
        }
    }

    fn array_holds(&mut self, items: &[Json], assertion: &Assertion<ClassId>) -> Option<bool> {
        match assertion {
            Assertion::MinItems(n) => Some(items.len() as u64 >= *n),
            Assertion::MaxItems(n) => Some(items.len() as u64 <= *n),
            Assertion::UniqueItems => {
                Some(items.iter().collect::<BTreeSet<_>>().len() == items.len())
            }
            Assertion::Items { positions, schema } => all(at(items, *positions)
                .iter()
                .map(|item| self.is(item, *schema))),
            Assertion::Contains { schema, min, max } => {
                self.count(items, *schema, *min, max.unwrap_or(u64::MAX))
            }
            _ => Some(true),
        }
    }

    fn object_holds(&mut self, value: &Json, assertion: &Assertion<ClassId>) -> Option<bool> {
        let Some(map) = object(value) else {
            return Some(true);
        };
        match assertion {
            Assertion::MinProperties(n) => Some(map.len() as u64 >= *n),
            Assertion::MaxProperties(n) => Some(map.len() as u64 <= *n),
            Assertion::Required(key) => Some(map.contains_key(key)),
            Assertion::DependentRequired { key, needs } => {
                Some(!map.contains_key(key) || map.contains_key(needs))
            }
            Assertion::DependentSchema { key, schema } if map.contains_key(key) => {
                self.is(value, *schema)
            }
            Assertion::PropertyNames(schema) => all(map
                .keys()
                .map(|key| self.is(&Json::String(key.clone()), *schema))),
            Assertion::Properties { keys, schema } => all(map.iter().map(|(key, value)| {
                let answers = [self.contains(keys, key), not(self.is(value, *schema))];
                not(all(answers))
            })),
            _ => Some(true),
        }
    }
}

fn has_type(value: &Json, types: Types, integer_as_written: bool) -> bool {
    let fraction = matches!(value, Json::Number(number) if number.written_as_fraction);
    types.meets(value.types()) && !(integer_as_written && fraction)
}

fn object(value: &Json) -> Option<&std::collections::BTreeMap<String, Json>> {
    match value {
        Json::Object(map) => Some(map),
        _ => None,
    }
}

fn array(value: &Json) -> Option<&[Json]> {
    match value {
        Json::Array(items) => Some(items),
        _ => None,
    }
}

fn at(items: &[Json], positions: Positions) -> &[Json] {
    match positions {
        Positions::At(index) => items.get(index..=index).unwrap_or(&[]),
        Positions::From(index) => items.get(index..).unwrap_or(&[]),
    }
}

//! Which types a demand lets through at most: a bound that is cheap and settles most questions.

use std::collections::BTreeMap;

use super::super::model::Assertion;
use super::super::space::{Class, ClassId, Space};
use super::super::types::Types;
use super::super::value::Json;
use super::Demand;

/// Remembered bounds: per class the types that some valid document can have, and the types of which
/// every document is valid.
#[derive(Debug, Default)]
pub(crate) struct Masks {
    known: BTreeMap<ClassId, Bounds>,
}

/// A bound from above and one from below.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// Types that a valid document may have; never too few.
    some: Types,
    /// Types of which all documents are valid; never too many.
    every: Types,
}

const ALL: Bounds = Bounds {
    some: Types::ALL,
    every: Types::ALL,
};

impl Masks {
    /// The types that documents which meet the demand can have; never too few.
    pub(crate) fn of(&mut self, space: &Space, demand: &Demand) -> Types {
        match demand {
            Demand::Is(class) => self.class(space, *class).some,
            Demand::IsNot(class) => !self.class(space, *class).every,
            Demand::Holds(id) => self.assertion(space, space.assertion(*id)).some,
            Demand::Fails(id) => !self.assertion(space, space.assertion(*id)).every,
            Demand::Type(types) => *types,
            Demand::SomeProperty(..) | Demand::SomeKey(_) => Types::OBJECT,
            Demand::SomeItem(..) => Types::ARRAY,
            Demand::Present(_)
            | Demand::Absent(_)
            | Demand::Count { .. }
            | Demand::Matches(..)
            | Demand::NoneOf(_) => Types::ALL,
        }
    }

    /// The types that valid documents of a class can have; never too few.
    pub(crate) fn some(&mut self, space: &Space, class: ClassId) -> Types {
        self.class(space, class).some
    }

    fn class(&mut self, space: &Space, class: ClassId) -> Bounds {
        if let Some(known) = self.known.get(&class) {
            return *known;
        }
        let bounds = match space.class(class) {
            Class::Always(true) => ALL,
            Class::Always(false) => Bounds {
                some: Types::NONE,
                every: Types::NONE,
            },
            Class::All(assertions) => assertions.iter().fold(ALL, |bounds, id| {
                let one = self.assertion(space, space.assertion(*id));
                Bounds {
                    some: bounds.some & one.some,
                    every: bounds.every & one.every,
                }
            }),
        };
        self.known.insert(class, bounds);
        bounds
    }

    fn assertion(&mut self, space: &Space, assertion: &Assertion<ClassId>) -> Bounds {
        let all_but = |types: Types| Bounds {
            some: Types::ALL,
            every: !types,
        };
        match assertion {
            Assertion::Type {
                types,
                integer_as_written,
            } => Bounds {
                some: *types,
                every: if *integer_as_written {
                    *types & !Types::INTEGER
                } else {
                    *types
                },
            },
            Assertion::Enum(values) => of_values(values),
            Assertion::Minimum { .. } | Assertion::Maximum { .. } | Assertion::MultipleOf(_) => {
                all_but(Types::NUMBER)
            }
            Assertion::MinLength(_) | Assertion::MaxLength(_) | Assertion::Pattern(_) => {
                all_but(Types::STRING)
            }
            Assertion::MinItems(_)
            | Assertion::MaxItems(_)
            | Assertion::UniqueItems
            | Assertion::Items { .. }
            | Assertion::Contains { .. } => all_but(Types::ARRAY),
            Assertion::MinProperties(_)
            | Assertion::MaxProperties(_)
            | Assertion::Required(_)
            | Assertion::Properties { .. }
            | Assertion::PropertyNames(_)
            | Assertion::DependentRequired { .. }
            | Assertion::DependentSchema { .. } => all_but(Types::OBJECT),
            Assertion::Also(class) => self.class(space, *class),
            Assertion::AnyOf(classes) => self.any(space, classes),
            Assertion::OneOf(classes) => self.one(space, classes),
            Assertion::Not(class) => {
                let inner = self.class(space, *class);
                Bounds {
                    some: !inner.every,
                    every: !inner.some,
                }
            }
            Assertion::If { .. } | Assertion::Opaque { .. } => Bounds {
                some: Types::ALL,
                every: Types::NONE,
            },
        }
    }

    fn any(&mut self, space: &Space, classes: &[ClassId]) -> Bounds {
        let none = Bounds {
            some: Types::NONE,
            every: Types::NONE,
        };
        classes.iter().fold(none, |bounds, class| {
            let one = self.class(space, *class);
            Bounds {
                some: bounds.some | one.some,
                every: bounds.every | one.every,
            }
        })
    }

    /// A type is admitted whole where one branch admits it whole and no other admits any of it.
    fn one(&mut self, space: &Space, classes: &[ClassId]) -> Bounds {
        let any = self.any(space, classes);
        let mut seen = Types::NONE;
        let mut twice = Types::NONE;
        for class in classes {
            let some = self.class(space, *class).some;
            twice = twice | (seen & some);
            seen = seen | some;
        }
        Bounds {
            some: any.some,
            every: any.every & !twice,
        }
    }
}

fn of_values(values: &[Json]) -> Bounds {
    let some = values
        .iter()
        .fold(Types::NONE, |types, value| types | value.types());
    let null = if values.contains(&Json::Null) {
        Types::NULL
    } else {
        Types::NONE
    };
    let both = values.contains(&Json::Bool(true)) && values.contains(&Json::Bool(false));
    let boolean = if both { Types::BOOLEAN } else { Types::NONE };
    Bounds {
        some,
        every: null | boolean,
    }
}

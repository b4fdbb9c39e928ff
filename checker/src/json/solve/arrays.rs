//! Arrays: a length, a demand per position, items that must be there, and counted items.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Assertion, Positions};
use super::super::space::ClassId;
use super::super::value::Json;
use super::branch::Branch;
use super::{Confirm, Demand, Outcome, Solver};

/// The longest array that is written out as a witness.
pub(crate) const MAX_ITEMS: usize = 2_048;

/// The most positions that are told apart.
pub(crate) const MAX_POSITIONS: usize = 256;

/// Items of some class are counted: at least, at most.
#[derive(Debug)]
struct Counted {
    class: ClassId,
    min: u64,
    max: u64,
}

/// What the demands say about an array.
#[derive(Debug)]
struct Shape {
    min: u64,
    max: u64,
    every: Vec<(Positions, ClassId)>,
    some: Vec<(Positions, BTreeSet<Demand>)>,
    counted: Vec<Counted>,
    distinct: bool,
    repeated: bool,
    /// From here on all positions are alike.
    alike: usize,
}

/// Looks for an array in a branch without choices.
pub(super) fn solve(
    solver: &mut Solver<'_>,
    branch: &Branch,
    confirm: Option<Confirm<'_>>,
) -> Outcome {
    let mut shape = Shape::read(solver, &branch.demands);
    if shape.min > shape.max
        || shape
            .counted
            .iter()
            .any(|c| c.min > c.max || c.min > shape.max)
    {
        return Outcome::Empty;
    }
    if shape.alike >= MAX_POSITIONS {
        return Outcome::Unknown(format!(
            "more than {MAX_POSITIONS} positions are told apart"
        ));
    }
    match shape.build(solver) {
        Ok(items) => solver.candidate(Json::Array(items), &branch.demands, confirm),
        Err(outcome) => outcome,
    }
}

impl Shape {
    fn read(solver: &Solver<'_>, demands: &BTreeSet<Demand>) -> Self {
        let mut shape = Self {
            min: 0,
            max: u64::MAX,
            every: Vec::new(),
            some: Vec::new(),
            counted: Vec::new(),
            distinct: false,
            repeated: false,
            alike: 0,
        };
        for demand in demands {
            shape.read_one(solver, demand);
        }
        let cells = shape.every.iter().map(|(positions, _)| positions);
        let cells = cells.chain(shape.some.iter().map(|(positions, _)| positions));
        shape.alike = cells
            .map(|positions| match positions {
                Positions::At(index) => index.saturating_add(1),
                Positions::From(index) => *index,
            })
            .max()
            .unwrap_or(0);
        if shape.repeated {
            shape.min = shape.min.max(2);
        }
        shape
    }

    /// Fewer than a minimum; nothing is fewer than none.
    fn at_most(&mut self, most: Option<u64>) {
        if let Some(most) = most {
            self.max = self.max.min(most);
        } else {
            (self.min, self.max) = (1, 0);
        }
    }

    /// More than a maximum; nothing is more than the largest count.
    fn at_least(&mut self, least: Option<u64>) {
        if let Some(least) = least {
            self.min = self.min.max(least);
        } else {
            (self.min, self.max) = (1, 0);
        }
    }

    fn read_one(&mut self, solver: &Solver<'_>, demand: &Demand) {
        match demand {
            Demand::Holds(id) => match solver.space.assertion(*id) {
                Assertion::MinItems(n) => self.min = self.min.max(*n),
                Assertion::MaxItems(n) => self.max = self.max.min(*n),
                Assertion::UniqueItems => self.distinct = true,
                Assertion::Items { positions, schema } => self.every.push((*positions, *schema)),
                _ => {}
            },
            Demand::Fails(id) => match solver.space.assertion(*id) {
                Assertion::MinItems(n) => self.at_most(n.checked_sub(1)),
                Assertion::MaxItems(n) => self.at_least(n.checked_add(1)),
                Assertion::UniqueItems => self.repeated = true,
                _ => {}
            },
            Demand::SomeItem(positions, inner) => {
                if let Positions::At(index) = positions {
                    self.min = self.min.max(*index as u64 + 1);
                }
                self.some.push((*positions, inner.clone()));
            }
            Demand::Count { class, min, max } => self.counted.push(Counted {
                class: *class,
                min: *min,
                max: *max,
            }),
            _ => {}
        }
    }

    /// What an item at this position must meet.
    fn demands_at(&self, index: usize) -> BTreeSet<Demand> {
        let here = |positions: &Positions| match positions {
            Positions::At(at) => *at == index,
            Positions::From(from) => index >= *from,
        };
        let every = self.every.iter().filter(|(positions, _)| here(positions));
        let mut demands: BTreeSet<Demand> = every.map(|(_, class)| Demand::Is(*class)).collect();
        let never = self.counted.iter().filter(|counted| counted.max == 0);
        demands.extend(never.map(|counted| Demand::IsNot(counted.class)));
        demands
    }

    /// Builds an array, or says why there is none. [`Outcome::Empty`] is only said for what is
    /// necessary: one position that must be there and can hold nothing.
    fn build(&mut self, solver: &mut Solver<'_>) -> Result<Vec<Json>, Outcome> {
        self.limit_length(solver)?;
        let mut placed: BTreeMap<usize, BTreeSet<Demand>> = BTreeMap::new();
        for (positions, inner) in std::mem::take(&mut self.some) {
            self.place(solver, positions, &inner, &mut placed)?;
        }
        for index in 0..self.counted.len() {
            self.place_counted(solver, index, &mut placed)?;
        }
        if self.repeated {
            return self.build_repeated(solver, &placed);
        }
        let length = placed
            .keys()
            .max()
            .map_or(0, |last| *last as u64 + 1)
            .max(self.min);
        self.fill(solver, length, &placed)
    }

    /// A position that can hold nothing ends the array before it.
    fn limit_length(&mut self, solver: &mut Solver<'_>) -> Result<(), Outcome> {
        for index in 0..=self.alike {
            if self.max <= index as u64 {
                break;
            }
            let demands = self.demands_at(index);
            if !demands.is_empty() && solver.solve(demands) == Outcome::Empty {
                self.max = index as u64;
            }
        }
        if self.min > self.max {
            Err(Outcome::Empty)
        } else {
            Ok(())
        }
    }

    /// Puts a demanded item where it fits first.
    fn place(
        &self,
        solver: &mut Solver<'_>,
        positions: Positions,
        inner: &BTreeSet<Demand>,
        placed: &mut BTreeMap<usize, BTreeSet<Demand>>,
    ) -> Result<(), Outcome> {
        let candidates = match positions {
            Positions::At(index) => index..=index,
            Positions::From(from) => from..=self.alike.max(from),
        };
        let mut alone = Outcome::Empty;
        for index in candidates {
            if index as u64 >= self.max {
                break;
            }
            let mut demands = self.demands_at(index);
            demands.extend(inner.iter().cloned());
            let outcome = solver.solve(demands.clone());
            let fits = matches!(outcome, Outcome::Found(_) | Outcome::Maybe(..));
            alone = alone.or(outcome);
            if !fits {
                continue;
            }
            let taken = placed.get(&index).cloned().unwrap_or_default();
            demands.extend(taken.iter().cloned());
            let together = taken.is_empty()
                || matches!(
                    solver.solve(demands),
                    Outcome::Found(_) | Outcome::Maybe(..)
                );
            if together {
                placed
                    .entry(index)
                    .or_default()
                    .extend(inner.iter().cloned());
                return Ok(());
            }
        }
        match alone {
            Outcome::Empty => Err(Outcome::Empty),
            Outcome::Unknown(reason) => Err(Outcome::Unknown(reason)),
            Outcome::Found(_) | Outcome::Maybe(..) => {
                self.place_behind(solver, positions, inner, placed)
            }
        }
    }

    /// Where the alike positions begin there is always one more.
    fn place_behind(
        &self,
        solver: &mut Solver<'_>,
        positions: Positions,
        inner: &BTreeSet<Demand>,
        placed: &mut BTreeMap<usize, BTreeSet<Demand>>,
    ) -> Result<(), Outcome> {
        let next = placed
            .keys()
            .max()
            .map_or(0, |last| last + 1)
            .max(self.alike);
        let mut demands = self.demands_at(next);
        demands.extend(inner.iter().cloned());
        let fits = (next as u64) < self.max
            && matches!(positions, Positions::From(_))
            && matches!(
                solver.solve(demands),
                Outcome::Found(_) | Outcome::Maybe(..)
            );
        if !fits {
            let reason = "items that the schemas demand together could not be arranged";
            return Err(Outcome::Unknown(reason.to_owned()));
        }
        placed.insert(next, inner.clone());
        Ok(())
    }

    /// Marks as many positions as the count needs.
    fn place_counted(
        &self,
        solver: &mut Solver<'_>,
        which: usize,
        placed: &mut BTreeMap<usize, BTreeSet<Demand>>,
    ) -> Result<(), Outcome> {
        let counted = &self.counted[which];
        if counted.min == 0 {
            return Ok(());
        }
        let mut found = 0;
        let mut doubt = None;
        let mut index = 0;
        while found < counted.min && (index as u64) < self.max {
            if index >= MAX_ITEMS {
                return Err(too_many());
            }
            let mut demands = self.demands_at(index);
            demands.insert(Demand::Is(counted.class));
            demands.extend(placed.get(&index).into_iter().flatten().cloned());
            match solver.solve(demands) {
                Outcome::Empty if index >= self.alike && !placed.contains_key(&index) => break,
                Outcome::Empty => {
                    if placed.contains_key(&index) {
                        doubt = Some("counted items could not be arranged".to_owned());
                    }
                }
                Outcome::Unknown(reason) => {
                    doubt = Some(reason);
                    if index >= self.alike {
                        break;
                    }
                }
                Outcome::Found(_) | Outcome::Maybe(..) => {
                    placed
                        .entry(index)
                        .or_default()
                        .insert(Demand::Is(counted.class));
                    found += 1;
                }
            }
            index += 1;
        }
        match doubt {
            _ if found >= counted.min => Ok(()),
            None => Err(Outcome::Empty),
            Some(reason) => Err(Outcome::Unknown(reason)),
        }
    }

    /// Two equal items, the rest as it comes.
    fn build_repeated(
        &mut self,
        solver: &mut Solver<'_>,
        placed: &BTreeMap<usize, BTreeSet<Demand>>,
    ) -> Result<Vec<Json>, Outcome> {
        let last = usize::try_from(self.max.saturating_sub(1))
            .unwrap_or(usize::MAX)
            .min(self.alike + 1);
        let mut best = Outcome::Empty;
        for second in 1..=last {
            for first in 0..second {
                let mut demands = self.demands_at(first);
                demands.extend(self.demands_at(second));
                let outcome = solver.solve(demands);
                if let Outcome::Found(value) | Outcome::Maybe(value, _) = &outcome {
                    let length = self.min.max(second as u64 + 1);
                    let mut items = self.fill(solver, length, placed)?;
                    for index in [first, second] {
                        if let Some(item) = items.get_mut(index) {
                            *item = value.clone();
                        }
                    }
                    return Ok(items);
                }
                best = best.or(outcome);
            }
        }
        Err(best)
    }

    /// Gives every position a value.
    fn fill(
        &self,
        solver: &mut Solver<'_>,
        length: u64,
        placed: &BTreeMap<usize, BTreeSet<Demand>>,
    ) -> Result<Vec<Json>, Outcome> {
        let length = usize::try_from(length)
            .ok()
            .filter(|length| *length <= MAX_ITEMS)
            .ok_or_else(too_many)?;
        let mut items: Vec<Json> = Vec::with_capacity(length);
        for index in 0..length {
            let mut demands = self.demands_at(index);
            demands.extend(placed.get(&index).into_iter().flatten().cloned());
            let necessary =
                !placed.contains_key(&index) && !self.distinct && (index as u64) < self.min;
            let bare = demands.clone();
            if self.distinct && !items.is_empty() {
                let mut others = items.clone();
                others.sort();
                demands.insert(Demand::NoneOf(others));
            }
            if !placed.contains_key(&index) {
                self.avoid_counted(&mut demands);
            }
            let outcome = match solver.solve(demands) {
                Outcome::Empty if !necessary || self.counted.is_empty() => Outcome::Empty,
                Outcome::Empty => solver.solve(bare),
                other => other,
            };
            match outcome {
                Outcome::Found(value) | Outcome::Maybe(value, _) => items.push(value),
                Outcome::Empty if necessary && self.counted.is_empty() => {
                    return Err(Outcome::Empty);
                }
                Outcome::Empty => {
                    let reason = "items that differ from each other could not be found";
                    return Err(Outcome::Unknown(reason.to_owned()));
                }
                unknown @ Outcome::Unknown(_) => return Err(unknown),
            }
        }
        Ok(items)
    }

    /// Items beyond the counted ones should not be counted where there is a maximum.
    fn avoid_counted(&self, demands: &mut BTreeSet<Demand>) {
        let limited = self.counted.iter().filter(|counted| counted.max < u64::MAX);
        demands.extend(limited.map(|counted| Demand::IsNot(counted.class)));
    }
}

fn too_many() -> Outcome {
    Outcome::Unknown(format!("the array would need more than {MAX_ITEMS} items"))
}

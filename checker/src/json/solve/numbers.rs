//! Numbers: an interval, steps, and what is left out. Exact.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_rational::Ratio;

use super::super::model::Assertion;
use super::super::numbers::{Rational, int, is_multiple, lcm};
use super::super::types::Types;
use super::super::value::{Json, Number};
use super::branch::Branch;
use super::{Confirm, Demand, Outcome, Solver};

/// The most multiples of a step that are tried one after the other.
pub(crate) const MAX_MULTIPLES: usize = 2_000;

/// One end of an interval.
#[derive(Clone, Debug)]
struct End {
    at: Rational,
    open: bool,
}

/// What the demands say about a number.
#[derive(Debug, Default)]
struct Range {
    low: Option<End>,
    high: Option<End>,
    step: Option<Rational>,
    not_multiples: Vec<Rational>,
    excluded: BTreeSet<Rational>,
    as_fraction: bool,
    as_integer: bool,
}

/// Looks for a number in a branch without choices.
pub(super) fn solve(
    solver: &mut Solver<'_>,
    branch: &Branch,
    confirm: Option<Confirm<'_>>,
) -> Outcome {
    let mut range = Range::default();
    for demand in &branch.demands {
        range.read(solver, demand);
    }
    if !branch.types.meets(Types::FRACTION) {
        range.restrict(&int(1));
    } else if !branch.types.meets(Types::INTEGER) {
        range.not_multiples.push(int(1));
    }
    if range.as_fraction && range.as_integer {
        range.not_multiples.push(int(1));
    }
    let (candidates, complete) = range.candidates();
    let mut best = Outcome::Empty;
    let mut tried = 0;
    for value in candidates {
        if !range.contains(&value) {
            continue;
        }
        tried += 1;
        let mut number = Number::new(value);
        number.written_as_fraction = range.as_fraction && !range.as_integer;
        best = best.or(solver.candidate(Json::Number(number), &branch.demands, confirm));
        // A few refusals are enough: what refuses them is not about the value.
        if matches!(best, Outcome::Found(_)) || tried == 8 {
            return best;
        }
    }
    if tried == 0 && !complete {
        let limit = format!("more than {MAX_MULTIPLES} numbers would have to be tried");
        return Outcome::Unknown(limit);
    }
    best
}

impl Range {
    fn read(&mut self, solver: &Solver<'_>, demand: &Demand) {
        match demand {
            Demand::Holds(id) => match solver.space.assertion(*id) {
                Assertion::Minimum { bound, exclusive } => self.above(bound, *exclusive),
                Assertion::Maximum { bound, exclusive } => self.below(bound, *exclusive),
                Assertion::MultipleOf(step) => self.restrict(step),
                Assertion::Type {
                    integer_as_written, ..
                } => self.as_integer |= integer_as_written,
                _ => {}
            },
            Demand::Fails(id) => match solver.space.assertion(*id) {
                Assertion::Minimum { bound, exclusive } => self.below(bound, !exclusive),
                Assertion::Maximum { bound, exclusive } => self.above(bound, !exclusive),
                Assertion::MultipleOf(step) => self.not_multiples.push(step.clone()),
                Assertion::Type {
                    types,
                    integer_as_written: true,
                } => self.as_fraction |= types.meets(Types::INTEGER),
                _ => {}
            },
            Demand::NoneOf(values) => {
                self.excluded
                    .extend(values.iter().filter_map(|value| match value {
                        Json::Number(number) => Some(number.value.clone()),
                        _ => None,
                    }));
            }
            _ => {}
        }
    }

    fn above(&mut self, at: &Rational, open: bool) {
        let tighter = self
            .low
            .as_ref()
            .is_none_or(|low| *at > low.at || (*at == low.at && open));
        if tighter {
            self.low = Some(End {
                at: at.clone(),
                open,
            });
        }
    }

    fn below(&mut self, at: &Rational, open: bool) {
        let tighter = self
            .high
            .as_ref()
            .is_none_or(|high| *at < high.at || (*at == high.at && open));
        if tighter {
            self.high = Some(End {
                at: at.clone(),
                open,
            });
        }
    }

    fn restrict(&mut self, step: &Rational) {
        self.step = Some(match &self.step {
            Some(old) => lcm(old, step),
            None => step.clone(),
        });
    }

    fn contains(&self, value: &Rational) -> bool {
        let low = self.low.as_ref();
        let high = self.high.as_ref();
        low.is_none_or(|low| *value > low.at || (*value == low.at && !low.open))
            && high.is_none_or(|high| *value < high.at || (*value == high.at && !high.open))
            && self
                .step
                .as_ref()
                .is_none_or(|step| is_multiple(value, step))
            && !self
                .not_multiples
                .iter()
                .any(|step| is_multiple(value, step))
            && !self.excluded.contains(value)
    }

    /// Numbers to try, pleasant ones first, and whether there is no other if none of them will do.
    fn candidates(&self) -> (Vec<Rational>, bool) {
        if let (Some(low), Some(high)) = (&self.low, &self.high)
            && (low.at > high.at || (low.at == high.at && (low.open || high.open)))
        {
            return (Vec::new(), true);
        }
        match &self.step {
            Some(step) => self.multiples(step),
            None => self.points(),
        }
    }

    /// Consecutive multiples of the step. Whether one is a multiple of something else repeats after
    /// a period; when a whole period failed (one more for each number left out) all will.
    fn multiples(&self, step: &Rational) -> (Vec<Rational>, bool) {
        let period = self
            .not_multiples
            .iter()
            .fold(step.clone(), |period, other| lcm(&period, other));
        let period = (period / step).to_integer();
        let enough = period * BigInt::from(self.excluded.len() + 1) + BigInt::from(1);
        let (first, up) = match (&self.low, &self.high) {
            (Some(low), Some(high)) if low.at < int(0) && high.at >= int(0) => (int(0), None),
            (Some(low), _) => ((&low.at / step).floor(), Some(true)),
            (None, Some(high)) => ((&high.at / step).ceil(), Some(false)),
            (None, None) => (int(0), Some(true)),
        };
        let limit = BigInt::from(MAX_MULTIPLES);
        let count = if enough > limit {
            limit.clone()
        } else {
            enough.clone()
        };
        let count = usize::try_from(count).unwrap_or(MAX_MULTIPLES) + 2;
        let at = |index: usize, up: bool| {
            let offset = Ratio::from_integer(BigInt::from(index));
            let factor = if up { &first + offset } else { &first - offset };
            factor * step
        };
        let found: Vec<Rational> = match up {
            Some(up) => (0..count).map(|index| at(index, up)).collect(),
            None => (0..count)
                .flat_map(|index| [at(index, true), at(index, false)])
                .collect(),
        };
        let width = match (&self.low, &self.high) {
            (Some(low), Some(high)) => Some(((&high.at - &low.at) / step).ceil().to_integer()),
            _ => None,
        };
        let exhausted = width.is_some_and(|width| width + BigInt::from(2) <= BigInt::from(count));
        (found, exhausted || enough <= limit)
    }

    /// Points of a dense interval. If it has more than one point, all but countably many are good.
    fn points(&self) -> (Vec<Rational>, bool) {
        let mut points: Vec<Rational> = [0, 1, -1, 2, 10].into_iter().map(int).collect();
        let half = Ratio::new(BigInt::from(1), BigInt::from(2));
        let (from, width) = match (&self.low, &self.high) {
            (Some(low), Some(high)) => {
                points.push(low.at.clone());
                points.push(high.at.clone());
                (low.at.clone(), &high.at - &low.at)
            }
            (Some(low), None) => (low.at.clone(), int(1)),
            (None, Some(high)) => (&high.at - int(1), int(1)),
            (None, None) => (int(0), int(1)),
        };
        let single = width == int(0);
        points.extend([&from + int(1), &from - int(1)]);
        points.push(&from + &width * &half);
        for divisor in [2, 5, 10, 100, 1_000, 7, 11, 13, 10_007] {
            for count in 1..8 {
                let fraction = Ratio::new(BigInt::from(count), BigInt::from(divisor));
                points.push(&from + &width * fraction);
            }
        }
        (points, single)
    }
}

//! Strings: a window of lengths, patterns that match or fail, and what is left out.

use std::collections::BTreeSet;

use super::super::model::Assertion;
use super::super::patterns::{Search, Wanted};
use super::super::space::Space;
use super::super::value::Json;
use super::branch::Branch;
use super::{Confirm, Demand, Outcome, Solver};

/// The longest text that is written out as a witness.
pub(crate) const MAX_TEXT: u64 = 20_000;

/// Texts that are tried before any search, since people read them with ease.
const PLEASANT: [&str; 8] = ["a", "x", "", "other", "A", "0", "1", "abc"];

/// Looks for a string in a branch without choices.
pub(super) fn solve(
    solver: &mut Solver<'_>,
    branch: &Branch,
    confirm: Option<Confirm<'_>>,
) -> Outcome {
    let demands = &branch.demands;
    let wanted = read(solver.space, demands);
    if wanted.min > wanted.max {
        return Outcome::Empty;
    }
    let mut best = Outcome::Empty;
    for text in pleasant(&wanted) {
        let value = Json::String(text);
        if solver.evaluate_all(&value, demands) != Some(false) {
            best = best.or(solver.candidate(value, demands, confirm));
        }
        if matches!(best, Outcome::Found(_)) {
            return best;
        }
    }
    match search(solver, &wanted) {
        Search::Nothing => Outcome::Empty,
        Search::Text(text) => best.or(solver.candidate(Json::String(text), demands, confirm)),
        Search::Unknown(reason) => best.or(Outcome::Unknown(reason)),
    }
}

fn search(solver: &mut Solver<'_>, wanted: &Wanted<'_>) -> Search {
    let no_pattern = wanted.matching.is_empty() && wanted.failing.is_empty();
    if no_pattern && wanted.excluded.is_empty() && wanted.min > MAX_TEXT {
        let limit = format!("the text would be longer than {MAX_TEXT} characters");
        return Search::Unknown(limit);
    }
    if wanted
        .matching
        .iter()
        .any(|pattern| wanted.failing.contains(pattern))
    {
        return Search::Nothing;
    }
    solver.patterns.search(wanted)
}

fn read<'d>(space: &'d Space, demands: &'d BTreeSet<Demand>) -> Wanted<'d> {
    let mut wanted = Wanted {
        max: u64::MAX,
        ..Wanted::default()
    };
    for demand in demands {
        match demand {
            Demand::Holds(id) => match space.assertion(*id) {
                Assertion::MinLength(n) => wanted.min = wanted.min.max(*n),
                Assertion::MaxLength(n) => wanted.max = wanted.max.min(*n),
                _ => {}
            },
            Demand::Fails(id) => match space.assertion(*id) {
                Assertion::MinLength(n) => at_most(&mut wanted, n.checked_sub(1)),
                Assertion::MaxLength(n) => at_least(&mut wanted, n.checked_add(1)),
                _ => {}
            },
            Demand::Matches(pattern, true) => wanted.matching.push(pattern),
            Demand::Matches(pattern, false) => wanted.failing.push(pattern),
            Demand::NoneOf(values) => {
                wanted
                    .excluded
                    .extend(values.iter().filter_map(|value| match value {
                        Json::String(text) => Some(text.as_str()),
                        _ => None,
                    }));
            }
            _ => {}
        }
    }
    wanted
}

/// Shorter than a minimum; nothing is shorter than 0.
fn at_most(wanted: &mut Wanted<'_>, most: Option<u64>) {
    if let Some(most) = most {
        wanted.max = wanted.max.min(most);
    } else {
        (wanted.min, wanted.max) = (1, 0);
    }
}

/// Longer than a maximum; nothing is longer than the largest count.
fn at_least(wanted: &mut Wanted<'_>, least: Option<u64>) {
    if let Some(least) = least {
        wanted.min = wanted.min.max(least);
    } else {
        (wanted.min, wanted.max) = (1, 0);
    }
}

fn pleasant(wanted: &Wanted<'_>) -> Vec<String> {
    let mut texts: Vec<String> = PLEASANT.iter().map(ToString::to_string).collect();
    if wanted.min > 1 && wanted.min <= MAX_TEXT {
        let length = usize::try_from(wanted.min).unwrap_or(0);
        texts.extend(["a", "x", "0"].map(|one| one.repeat(length)));
    }
    texts
}

//! Is there a document that meets these demands?
//!
//! One question serves everything: `old ⊆ new` holds if no document *is* the one and *is not* the
//! other. A conjunction of [`Demand`]s is taken apart (a tableau): `allOf` adds demands, `anyOf` and
//! every negation opens a choice, a choice is tried branch by branch and dropped as soon as types or
//! a plain contradiction forbid it. What is left concerns one type; numbers, strings, arrays and
//! objects are decided in their own files, which ask the same question about their parts.
//!
//! **Invariants.** [`Outcome::Empty`] is a proof: whatever is not understood is read as *no demand*,
//! which only lets more documents through. [`Outcome::Found`] was evaluated against every demand.
//! Recursion ends because a smallest document holds no smaller one that meets the same demands: a
//! question that comes up inside itself is answered with "none", and remembered only when nothing
//! rests on that assumption any more. All limits count steps, never time.

mod arrays;
mod branch;
mod demand;
mod evaluate;
mod mask;
mod numbers;
mod objects;
mod strings;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use demand::Demand;

use super::patterns::Patterns;
use super::space::{ClassId, Space};
use super::types::Types;
use super::value::Json;
use branch::Branch;

/// The most branches that one question may look into.
pub(crate) const MAX_STEPS: usize = 20_000;

/// The most branches that all questions of one comparison may look into in one direction.
pub(crate) const MAX_STEPS_TOGETHER: usize = 200_000;

/// The most work that one comparison does in one direction. Steps differ in size with the schemas;
/// a unit is a demand that is looked at or copied, a subschema that is evaluated, or the like.
pub(crate) const MAX_WORK: u64 = 4_000_000;

/// The reason why nothing more is asked.
const SPENT: &str = "the schemas are too large or too entangled: the comparison takes more work than \
                     its limit allows";

/// The deepest nesting of questions, choices included; bounds the stack.
pub(crate) const MAX_DEPTH: usize = 96;

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// There is none; proven.
    Empty,
    /// This one.
    Found(Json),
    /// Perhaps this one: something on the way was not understood.
    Maybe(Json, String),
    /// Why there is no answer.
    Unknown(String),
}

impl Outcome {
    /// The better answer to "is there one in either".
    #[must_use]
    fn or(self, other: Self) -> Self {
        const fn rank(outcome: &Outcome) -> u8 {
            match outcome {
                Outcome::Found(_) => 3,
                Outcome::Maybe(..) => 2,
                Outcome::Unknown(_) => 1,
                Outcome::Empty => 0,
            }
        }
        if rank(&other) > rank(&self) {
            other
        } else {
            self
        }
    }
}

/// Judges a document that a question found; the outermost question asks it.
pub(crate) type Confirm<'a> = &'a dyn Fn(&Json) -> bool;

/// Answers questions about one space.
pub(crate) struct Solver<'a> {
    pub(crate) space: &'a Space,
    pub(crate) patterns: Patterns,
    steps: usize,
    steps_together: usize,
    work: u64,
    depth: usize,
    evaluating: usize,
    open: Vec<BTreeSet<Demand>>,
    /// The outermost open question that the current one rests on.
    rests_on: usize,
    known: BTreeMap<BTreeSet<Demand>, Outcome>,
    /// What the current question could not answer already; asking again would cost the same.
    given_up: BTreeMap<BTreeSet<Demand>, Outcome>,
    masks: mask::Masks,
}

impl std::fmt::Debug for Solver<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Solver")
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

impl<'a> Solver<'a> {
    /// A solver with nothing known yet.
    pub(crate) fn new(space: &'a Space) -> Self {
        Self {
            space,
            patterns: Patterns::default(),
            steps: 0,
            steps_together: 0,
            work: 0,
            depth: 0,
            evaluating: 0,
            open: Vec::new(),
            rests_on: usize::MAX,
            known: BTreeMap::new(),
            given_up: BTreeMap::new(),
            masks: mask::Masks::default(),
        }
    }

    /// Asks for a document that meets all demands and that `confirm` accepts. What was found but
    /// not accepted is given as [`Outcome::Maybe`].
    pub(crate) fn ask(&mut self, demands: BTreeSet<Demand>, confirm: Confirm<'_>) -> Outcome {
        self.steps = 0;
        self.depth = 0;
        self.open.clear();
        self.given_up.clear();
        self.rests_on = usize::MAX;
        self.open.push(demands.clone());
        let outcome = match Branch::new(self, demands) {
            Some(branch) => self.branch(branch, Some(confirm)),
            None => Outcome::Empty,
        };
        self.open.clear();
        outcome
    }

    /// The types that documents of a class can have; never too few.
    pub(crate) fn types_of(&mut self, class: ClassId) -> Types {
        self.masks.some(self.space, class)
    }

    /// Asks about a part of a document.
    fn solve(&mut self, demands: BTreeSet<Demand>) -> Outcome {
        let size = demands.iter().map(Demand::size).sum::<usize>();
        self.work(size.saturating_mul(2).saturating_add(self.open.len()));
        if let Some(known) = self
            .known
            .get(&demands)
            .or_else(|| self.given_up.get(&demands))
        {
            return known.clone();
        }
        if let Some(at) = self.open.iter().position(|open| *open == demands) {
            self.rests_on = self.rests_on.min(at);
            return Outcome::Empty;
        }
        let index = self.open.len();
        let outer = std::mem::replace(&mut self.rests_on, usize::MAX);
        self.open.push(demands.clone());
        let outcome = match Branch::new(self, demands.clone()) {
            Some(branch) => self.branch(branch, None),
            None => Outcome::Empty,
        };
        self.open.pop();
        let rests_outside = self.rests_on < index;
        let certain = matches!(outcome, Outcome::Found(_));
        let settled = !matches!(outcome, Outcome::Unknown(_));
        if certain || (settled && !rests_outside) {
            self.known.insert(demands, outcome.clone());
        } else if !settled {
            self.given_up.insert(demands, outcome.clone());
        }
        let inner = if rests_outside {
            self.rests_on
        } else {
            usize::MAX
        };
        self.rests_on = outer.min(inner);
        outcome
    }

    /// Counts work; whether there may be more.
    fn work(&mut self, units: usize) -> bool {
        let units = u64::try_from(units).unwrap_or(u64::MAX);
        self.work = self.work.saturating_add(units).saturating_add(1);
        !self.is_spent()
    }

    /// Whether all further questions remain without an answer.
    pub(crate) const fn is_spent(&self) -> bool {
        self.work > MAX_WORK
    }

    /// Counts a step; says which limit is reached.
    fn step(&mut self) -> Result<(), Outcome> {
        self.steps += 1;
        self.steps_together += 1;
        if self.steps_together > MAX_STEPS_TOGETHER {
            let limit = format!("the comparison takes more than {MAX_STEPS_TOGETHER} steps");
            return Err(Outcome::Unknown(limit));
        }
        if self.is_spent() {
            return Err(Outcome::Unknown(SPENT.to_owned()));
        }
        if self.steps > MAX_STEPS {
            let limit = format!("it takes more than {MAX_STEPS} steps");
            return Err(Outcome::Unknown(limit));
        }
        if self.depth >= MAX_DEPTH {
            let limit = format!("it is nested deeper than {MAX_DEPTH} levels");
            return Err(Outcome::Unknown(limit));
        }
        Ok(())
    }

    /// A candidate for all demands of a branch: evaluated, and confirmed where someone wants that.
    fn candidate(
        &mut self,
        value: Json,
        demands: &BTreeSet<Demand>,
        confirm: Option<Confirm<'_>>,
    ) -> Outcome {
        let evaluated = self.evaluate_all(&value, demands);
        if evaluated == Some(false) {
            return Outcome::Unknown("no small document was found".to_owned());
        }
        if let Some(confirm) = confirm {
            return if confirm(&value) {
                Outcome::Found(value)
            } else {
                Outcome::Maybe(value, self.opaque_reason(demands))
            };
        }
        match evaluated {
            Some(true) => Outcome::Found(value),
            _ => Outcome::Maybe(value, self.opaque_reason(demands)),
        }
    }
}

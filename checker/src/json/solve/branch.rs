//! Taking demands apart, and trying choices.

use std::collections::BTreeSet;

use super::super::model::Assertion;
use super::super::space::{AssertionId, Class, ClassId};
use super::super::types::Types;
use super::super::value::Json;
use super::{Confirm, Demand, Outcome, SPENT, Solver, arrays, numbers, objects, strings};

/// An alternative of a choice: all of these.
type Alternative = Vec<Demand>;

/// Demands that must all be met, and choices between further ones.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) types: Types,
    /// All demands met so far, the composite ones too.
    pub(crate) demands: BTreeSet<Demand>,
    choices: Vec<Vec<Alternative>>,
}

impl Branch {
    /// `None` where the demands contradict each other plainly.
    pub(crate) fn new(solver: &mut Solver<'_>, demands: BTreeSet<Demand>) -> Option<Self> {
        let mut branch = Self {
            types: Types::ALL,
            demands: BTreeSet::new(),
            choices: Vec::new(),
        };
        branch.add_all(solver, demands).then_some(branch)
    }

    /// Adds demands and what follows from them; `false` on a plain contradiction.
    fn add_all(
        &mut self,
        solver: &mut Solver<'_>,
        demands: impl IntoIterator<Item = Demand>,
    ) -> bool {
        let mut queue: Vec<Demand> = demands.into_iter().collect();
        while let Some(demand) = queue.pop() {
            if self.demands.contains(&demand) {
                continue;
            }
            // Demands that are left out only let more documents through.
            if !solver.work(demand.size()) {
                return true;
            }
            self.types = self.types & solver.masks.of(solver.space, &demand);
            let contradicted = demand
                .negation()
                .is_some_and(|not| self.demands.contains(&not));
            if self.types.is_empty() || contradicted {
                return false;
            }
            self.demands.insert(demand.clone());
            if !self.expand(solver, &demand, &mut queue) {
                return false;
            }
        }
        true
    }

    fn expand(
        &mut self,
        solver: &mut Solver<'_>,
        demand: &Demand,
        queue: &mut Vec<Demand>,
    ) -> bool {
        match demand {
            Demand::Is(class) => match solver.space.class(*class) {
                Class::Always(value) => return *value,
                Class::All(assertions) => {
                    queue.extend(assertions.iter().copied().map(Demand::Holds));
                }
            },
            Demand::IsNot(class) => match solver.space.class(*class) {
                Class::Always(value) => return !value,
                Class::All(assertions) => {
                    let fails = |id: &AssertionId| vec![Demand::Fails(*id)];
                    self.choices.push(assertions.iter().map(fails).collect());
                }
            },
            Demand::Holds(id) if solver.work(fan_out(solver.space.assertion(*id))) => {
                self.holds(solver.space.assertion(*id), queue);
            }
            Demand::Fails(id) if solver.work(fan_out(solver.space.assertion(*id))) => {
                self.fails(solver.space.assertion(*id), queue);
            }
            Demand::Holds(_)
            | Demand::Fails(_)
            | Demand::Type(_)
            | Demand::Present(_)
            | Demand::Absent(_)
            | Demand::SomeProperty(..)
            | Demand::SomeKey(_)
            | Demand::SomeItem(..)
            | Demand::Count { .. }
            | Demand::Matches(..)
            | Demand::NoneOf(_) => {}
        }
        true
    }

    fn holds(&mut self, assertion: &Assertion<ClassId>, queue: &mut Vec<Demand>) {
        match assertion {
            Assertion::Also(class) => queue.push(Demand::Is(*class)),
            Assertion::Not(class) => queue.push(Demand::IsNot(*class)),
            Assertion::Required(key) => queue.push(Demand::Present(key.clone())),
            Assertion::Pattern(pattern) => queue.push(Demand::Matches(pattern.clone(), true)),
            Assertion::Contains { schema, min, max } => queue.push(Demand::Count {
                class: *schema,
                min: *min,
                max: max.unwrap_or(u64::MAX),
            }),
            Assertion::AnyOf(classes) => {
                self.choices.push(
                    classes
                        .iter()
                        .map(|class| vec![Demand::Is(*class)])
                        .collect(),
                );
            }
            Assertion::OneOf(classes) => {
                let only = |index: usize| {
                    let branch = |(other, class): (usize, &ClassId)| {
                        if other == index {
                            Demand::Is(*class)
                        } else {
                            Demand::IsNot(*class)
                        }
                    };
                    classes.iter().enumerate().map(branch).collect()
                };
                self.choices.push((0..classes.len()).map(only).collect());
            }
            Assertion::If {
                condition,
                then,
                otherwise,
            } => {
                let mut met = vec![Demand::Is(*condition)];
                met.extend(then.map(Demand::Is));
                let mut unmet = vec![Demand::IsNot(*condition)];
                unmet.extend(otherwise.map(Demand::Is));
                self.choices.push(vec![met, unmet]);
            }
            Assertion::DependentRequired { key, needs } => self.choices.push(vec![
                vec![Demand::Absent(key.clone())],
                vec![Demand::Present(needs.clone())],
            ]),
            Assertion::DependentSchema { key, schema } => self.choices.push(vec![
                vec![Demand::Absent(key.clone())],
                vec![Demand::Is(*schema)],
            ]),
            _ => {}
        }
    }

    fn fails(&mut self, assertion: &Assertion<ClassId>, queue: &mut Vec<Demand>) {
        match assertion {
            Assertion::Also(class) => queue.push(Demand::IsNot(*class)),
            Assertion::Not(class) => queue.push(Demand::Is(*class)),
            Assertion::Required(key) => queue.push(Demand::Absent(key.clone())),
            Assertion::Pattern(pattern) => queue.push(Demand::Matches(pattern.clone(), false)),
            Assertion::Enum(values) => queue.push(Demand::NoneOf(values.clone())),
            Assertion::Properties { keys, schema } => queue.push(Demand::SomeProperty(
                keys.clone(),
                BTreeSet::from([Demand::IsNot(*schema)]),
            )),
            Assertion::PropertyNames(schema) => {
                queue.push(Demand::SomeKey(BTreeSet::from([Demand::IsNot(*schema)])));
            }
            Assertion::Items { positions, schema } => queue.push(Demand::SomeItem(
                *positions,
                BTreeSet::from([Demand::IsNot(*schema)]),
            )),
            Assertion::Contains { schema, min, max } => self.miscounted(*schema, *min, *max),
            Assertion::AnyOf(classes) => queue.extend(classes.iter().copied().map(Demand::IsNot)),
            Assertion::OneOf(classes) => self.none_or_two(classes),
            Assertion::If {
                condition,
                then,
                otherwise,
            } => {
                let failing = |sense: Demand, class: &Option<ClassId>| {
                    class.map(|class| vec![sense, Demand::IsNot(class)])
                };
                let then = failing(Demand::Is(*condition), then);
                let otherwise = failing(Demand::IsNot(*condition), otherwise);
                self.choices
                    .push(then.into_iter().chain(otherwise).collect());
            }
            Assertion::DependentRequired { key, needs } => {
                queue.push(Demand::Present(key.clone()));
                queue.push(Demand::Absent(needs.clone()));
            }
            Assertion::DependentSchema { key, schema } => {
                queue.push(Demand::Present(key.clone()));
                queue.push(Demand::IsNot(*schema));
            }
            _ => {}
        }
    }

    fn miscounted(&mut self, class: ClassId, min: u64, max: Option<u64>) {
        let count = |min, max| vec![Demand::Count { class, min, max }];
        let fewer = min.checked_sub(1).map(|most| count(0, most));
        let more = max
            .and_then(|max| max.checked_add(1))
            .map(|least| count(least, u64::MAX));
        self.choices.push(fewer.into_iter().chain(more).collect());
    }

    fn none_or_two(&mut self, classes: &[ClassId]) {
        let mut alternatives = vec![classes.iter().copied().map(Demand::IsNot).collect()];
        for (index, first) in classes.iter().enumerate() {
            for second in &classes[index + 1..] {
                alternatives.push(vec![Demand::Is(*first), Demand::Is(*second)]);
            }
        }
        self.choices.push(alternatives);
    }

    /// Drops alternatives that are plainly impossible, takes the last one left of a choice, until
    /// nothing changes; `false` where a choice has none left.
    fn simplify(&mut self, solver: &mut Solver<'_>) -> bool {
        loop {
            let mut forced = Vec::new();
            let mut kept = Vec::new();
            for choice in std::mem::take(&mut self.choices) {
                let met = |alternative: &Alternative| {
                    alternative
                        .iter()
                        .all(|demand| self.demands.contains(demand))
                };
                if choice.iter().any(met) {
                    continue;
                }
                let mut choice = choice;
                choice.retain(|alternative| self.is_possible(solver, alternative));
                match choice.len() {
                    0 => return false,
                    1 => forced.extend(choice.into_iter().flatten()),
                    _ => kept.push(choice),
                }
            }
            self.choices = kept;
            if forced.is_empty() {
                return true;
            }
            if !self.add_all(solver, forced) {
                return false;
            }
        }
    }

    /// How much it is to copy.
    fn size(&self) -> usize {
        let demands = self.demands.iter().map(Demand::size);
        let choices = self.choices.iter().flatten().map(Vec::len);
        demands.sum::<usize>() + choices.sum::<usize>()
    }

    fn is_possible(&self, solver: &mut Solver<'_>, alternative: &Alternative) -> bool {
        if !solver.work(alternative.len()) {
            return true;
        }
        let mut types = self.types;
        for demand in alternative {
            types = types & solver.masks.of(solver.space, demand);
            let contradicted = demand
                .negation()
                .is_some_and(|not| self.demands.contains(&not));
            if types.is_empty() || contradicted {
                return false;
            }
        }
        true
    }
}

/// How many demands an assertion brings with it, its negation included.
fn fan_out(assertion: &Assertion<ClassId>) -> usize {
    match assertion {
        Assertion::OneOf(classes) => classes.len().saturating_mul(classes.len()),
        Assertion::AnyOf(classes) => classes.len(),
        Assertion::Enum(values) => values.len(),
        Assertion::Properties { keys, .. } => keys.size(),
        _ => 1,
    }
}

impl Solver<'_> {
    /// Looks for a document in a branch.
    pub(super) fn branch(&mut self, mut branch: Branch, confirm: Option<Confirm<'_>>) -> Outcome {
        if let Err(limit) = self.step() {
            return limit;
        }
        if !branch.simplify(self) {
            return Outcome::Empty;
        }
        self.depth += 1;
        let outcome = self.simplified(branch, confirm);
        self.depth -= 1;
        outcome
    }

    fn simplified(&mut self, mut branch: Branch, confirm: Option<Confirm<'_>>) -> Outcome {
        if let Some(values) = self.listed(&branch.demands) {
            return self.first_of(values, &branch, confirm);
        }
        let mut best = self.constants(&mut branch, confirm);
        if matches!(best, Outcome::Found(_)) || branch.types.is_empty() {
            return best;
        }
        let kinds = [Types::NUMBER, Types::STRING, Types::ARRAY, Types::OBJECT];
        let kinds: Vec<Types> = kinds
            .into_iter()
            .filter(|kind| branch.types.meets(*kind))
            .collect();
        for kind in &kinds {
            if !self.work(branch.size()) {
                return best.or(Outcome::Unknown(SPENT.to_owned()));
            }
            let mut part = branch.clone();
            part.types = part.types & *kind;
            let outcome = if kinds.len() > 1 && !part.simplify(self) {
                Outcome::Empty
            } else {
                self.one_kind(part, confirm)
            };
            best = best.or(outcome);
            if matches!(best, Outcome::Found(_)) {
                break;
            }
        }
        best
    }

    fn one_kind(&mut self, mut branch: Branch, confirm: Option<Confirm<'_>>) -> Outcome {
        let smallest = (0..branch.choices.len()).min_by_key(|index| branch.choices[*index].len());
        let Some(smallest) = smallest else {
            return self.leaf(&branch, confirm);
        };
        let choice = branch.choices.swap_remove(smallest);
        let mut best = Outcome::Empty;
        for alternative in choice {
            if !self.work(branch.size()) {
                return best.or(Outcome::Unknown(SPENT.to_owned()));
            }
            let mut next = branch.clone();
            if next.add_all(self, alternative) {
                best = best.or(self.branch(next, confirm));
            }
            if matches!(best, Outcome::Found(_)) {
                break;
            }
        }
        best
    }

    fn leaf(&mut self, branch: &Branch, confirm: Option<Confirm<'_>>) -> Outcome {
        if let Err(limit) = self.step() {
            return limit;
        }
        if branch.types.meets(Types::NUMBER) {
            numbers::solve(self, branch, confirm)
        } else if branch.types.meets(Types::STRING) {
            strings::solve(self, branch, confirm)
        } else if branch.types.meets(Types::ARRAY) {
            arrays::solve(self, branch, confirm)
        } else {
            objects::solve(self, branch, confirm)
        }
    }

    /// The shortest list of values that the demands allow.
    fn listed(&self, demands: &BTreeSet<Demand>) -> Option<Vec<Json>> {
        let lists = demands.iter().filter_map(|demand| match demand {
            Demand::Holds(id) => match self.space.assertion(*id) {
                Assertion::Enum(values) => Some(values),
                _ => None,
            },
            _ => None,
        });
        lists.min_by_key(|values| values.len()).cloned()
    }

    fn first_of(
        &mut self,
        values: Vec<Json>,
        branch: &Branch,
        confirm: Option<Confirm<'_>>,
    ) -> Outcome {
        let mut best = Outcome::Empty;
        for value in values {
            if self.is_spent() {
                return best.or(Outcome::Unknown(SPENT.to_owned()));
            }
            if !branch.types.meets(value.types())
                || self.evaluate_all(&value, &branch.demands) == Some(false)
            {
                continue;
            }
            best = best.or(self.candidate(value, &branch.demands, confirm));
            if matches!(best, Outcome::Found(_)) {
                break;
            }
        }
        best
    }

    /// Tries `null`, `false` and `true`, and takes their types out of the branch.
    fn constants(&mut self, branch: &mut Branch, confirm: Option<Confirm<'_>>) -> Outcome {
        let constants = vec![Json::Null, Json::Bool(false), Json::Bool(true)];
        let outcome = self.first_of(constants, branch, confirm);
        branch.types = branch.types & !(Types::NULL | Types::BOOLEAN);
        outcome
    }
}

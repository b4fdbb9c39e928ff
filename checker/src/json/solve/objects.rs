//! Objects: the key space in cells, each with what its values must be; required keys; sizes.
//!
//! Every key that a demand names is a cell of its own. The other keys are told apart by the patterns
//! that match them; up to [`MAX_PATTERNS`] patterns all combinations are looked into.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Assertion, Keys};
use super::super::space::ClassId;
use super::super::types::Types;
use super::super::value::Json;
use super::branch::Branch;
use super::{Confirm, Demand, Outcome, Solver};

/// The most patterns whose combinations are looked into.
pub(crate) const MAX_PATTERNS: usize = 6;

/// The most properties that a witness is given.
pub(crate) const MAX_PROPERTIES: u64 = 256;

/// Why an object could not be built.
const NO_ROOM: &str = "the number of properties leaves no room for a counterexample";

/// What the demands say about an object.
#[derive(Debug)]
struct Shape {
    min: u64,
    max: u64,
    present: BTreeSet<String>,
    absent: BTreeSet<String>,
    every: Vec<(Keys, ClassId)>,
    some: Vec<(Keys, BTreeSet<Demand>)>,
    some_key: Vec<BTreeSet<Demand>>,
    names: Vec<ClassId>,
    /// All keys that a demand names.
    named: BTreeSet<String>,
    /// All patterns of keys.
    patterns: Vec<String>,
}

/// Keys that no demand names: all with this pattern of matches.
#[derive(Clone, Debug)]
struct Region {
    matching: BTreeSet<String>,
    key: Option<String>,
}

/// Looks for an object in a branch without choices.
pub(super) fn solve(
    solver: &mut Solver<'_>,
    branch: &Branch,
    confirm: Option<Confirm<'_>>,
) -> Outcome {
    let shape = Shape::read(solver, &branch.demands);
    if shape.min > shape.max || !shape.present.is_disjoint(&shape.absent) {
        return Outcome::Empty;
    }
    let mut builder = Builder {
        shape: &shape,
        forced: BTreeMap::new(),
        necessary: 0,
        regions: None,
        doubt: None,
    };
    match builder.build(solver) {
        Ok(members) => solver.candidate(Json::Object(members), &branch.demands, confirm),
        Err(outcome) => outcome,
    }
}

impl Shape {
    fn read(solver: &Solver<'_>, demands: &BTreeSet<Demand>) -> Self {
        let mut shape = Self {
            min: 0,
            max: u64::MAX,
            present: BTreeSet::new(),
            absent: BTreeSet::new(),
            every: Vec::new(),
            some: Vec::new(),
            some_key: Vec::new(),
            names: Vec::new(),
            named: BTreeSet::new(),
            patterns: Vec::new(),
        };
        for demand in demands {
            shape.read_one(solver, demand);
        }
        shape.name_cells();
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
                Assertion::MinProperties(n) => self.min = self.min.max(*n),
                Assertion::MaxProperties(n) => self.max = self.max.min(*n),
                Assertion::Properties { keys, schema } => self.every.push((keys.clone(), *schema)),
                Assertion::PropertyNames(schema) => self.names.push(*schema),
                _ => {}
            },
            Demand::Fails(id) => match solver.space.assertion(*id) {
                Assertion::MinProperties(n) => self.at_most(n.checked_sub(1)),
                Assertion::MaxProperties(n) => self.at_least(n.checked_add(1)),
                _ => {}
            },
            Demand::Present(key) => {
                self.present.insert(key.clone());
            }
            Demand::Absent(key) => {
                self.absent.insert(key.clone());
            }
            Demand::SomeProperty(keys, inner) => self.some.push((keys.clone(), inner.clone())),
            Demand::SomeKey(inner) => self.some_key.push(inner.clone()),
            _ => {}
        }
    }

    fn name_cells(&mut self) {
        self.named.extend(self.present.iter().cloned());
        self.named.extend(self.absent.iter().cloned());
        let mut patterns = BTreeSet::new();
        let every = self.every.iter().map(|(keys, _)| keys);
        for keys in every.chain(self.some.iter().map(|(keys, _)| keys)) {
            match keys {
                Keys::One(name) => {
                    self.named.insert(name.clone());
                }
                Keys::Matching(pattern) => {
                    patterns.insert(pattern.clone());
                }
                Keys::Others {
                    names,
                    patterns: ps,
                } => {
                    self.named.extend(names.iter().cloned());
                    patterns.extend(ps.iter().cloned());
                }
            }
        }
        self.patterns = patterns.into_iter().collect();
    }

    /// What the value under a named key must meet; `None` where the key cannot be there.
    fn demands_for(&self, solver: &mut Solver<'_>, key: &str) -> Option<BTreeSet<Demand>> {
        if self.absent.contains(key) {
            return None;
        }
        let text = Json::String(key.to_owned());
        if self
            .names
            .iter()
            .any(|class| solver.is(&text, *class) == Some(false))
        {
            return None;
        }
        // Where it is unknown whether a pattern matches, nothing is demanded: that lets more through.
        let every = self.every.iter();
        let here = every.filter(|(keys, _)| solver.contains(keys, key) == Some(true));
        Some(here.map(|(_, class)| Demand::Is(*class)).collect())
    }

    /// What the values in a region must meet.
    fn demands_in(&self, region: &Region) -> BTreeSet<Demand> {
        let here = self.every.iter().filter(|(keys, _)| region.is_within(keys));
        here.map(|(_, class)| Demand::Is(*class)).collect()
    }
}

impl Region {
    fn is_within(&self, keys: &Keys) -> bool {
        match keys {
            Keys::One(_) => false,
            Keys::Matching(pattern) => self.matching.contains(pattern),
            Keys::Others { patterns, .. } => !patterns
                .iter()
                .any(|pattern| self.matching.contains(pattern)),
        }
    }
}

struct Builder<'s> {
    shape: &'s Shape,
    /// Keys that must be there, with what is demanded of their values beyond the cells.
    forced: BTreeMap<String, BTreeSet<Demand>>,
    /// How many of them no choice put there.
    necessary: usize,
    regions: Option<Vec<Region>>,
    doubt: Option<String>,
}

impl Builder<'_> {
    /// Builds an object, or says why there is none. [`Outcome::Empty`] is only said for what is
    /// necessary.
    fn build(&mut self, solver: &mut Solver<'_>) -> Result<BTreeMap<String, Json>, Outcome> {
        for key in &self.shape.present {
            self.forced.entry(key.clone()).or_default();
        }
        for (keys, inner) in &self.shape.some {
            if let Keys::One(key) = keys {
                self.forced
                    .entry(key.clone())
                    .or_default()
                    .extend(inner.iter().cloned());
            }
        }
        if self.forced.len() as u64 > self.shape.max {
            return Err(Outcome::Empty);
        }
        self.necessary = self.forced.len();
        self.check_forced(solver)?;
        for inner in &self.shape.some_key {
            self.place_key(solver, inner)?;
        }
        for (keys, inner) in &self.shape.some {
            if !matches!(keys, Keys::One(_)) {
                self.place(solver, keys, inner)?;
            }
        }
        self.fill(solver)?;
        let mut members = BTreeMap::new();
        for (key, inner) in &self.forced {
            members.insert(key.clone(), self.value(solver, key, inner)?);
        }
        Ok(members)
    }

    /// One key that must be there and can hold nothing settles it, whatever the others are.
    fn check_forced(&self, solver: &mut Solver<'_>) -> Result<(), Outcome> {
        let mut open = None;
        for (key, inner) in &self.forced {
            match self.value(solver, key, inner) {
                Ok(_) => {}
                Err(Outcome::Empty) => return Err(Outcome::Empty),
                Err(other) => open = Some(other),
            }
        }
        open.map_or(Ok(()), Err)
    }

    /// A value for a key that must be there.
    fn value(
        &self,
        solver: &mut Solver<'_>,
        key: &str,
        inner: &BTreeSet<Demand>,
    ) -> Result<Json, Outcome> {
        let Some(mut demands) = self.shape.demands_for(solver, key) else {
            return Err(Outcome::Empty);
        };
        demands.extend(inner.iter().cloned());
        match solver.solve(demands) {
            Outcome::Found(value) | Outcome::Maybe(value, _) => Ok(value),
            other => Err(other),
        }
    }

    /// Puts a demanded property where it fits first: a forced key, a named key, any other key.
    fn place(
        &mut self,
        solver: &mut Solver<'_>,
        keys: &Keys,
        inner: &BTreeSet<Demand>,
    ) -> Result<(), Outcome> {
        let mut alone = Outcome::Empty;
        let full = self.forced.len() as u64 >= self.shape.max;
        if full && self.forced.len() > self.necessary {
            self.doubt = Some(NO_ROOM.to_owned());
        }
        let forced: Vec<String> = self.forced.keys().cloned().collect();
        let named = self
            .shape
            .named
            .iter()
            .filter(|key| !full && !self.forced.contains_key(*key));
        let candidates: Vec<String> = forced.into_iter().chain(named.cloned()).collect();
        for key in candidates {
            if solver.contains(keys, &key) == Some(false) {
                continue;
            }
            let alone_here = self.outcome(solver, &key, inner);
            let fits = matches!(alone_here, Outcome::Found(_) | Outcome::Maybe(..));
            alone = alone.or(alone_here);
            let mut together = self.forced.get(&key).cloned().unwrap_or_default();
            together.extend(inner.iter().cloned());
            if fits && self.value(solver, &key, &together).is_ok() {
                self.forced.insert(key, together);
                return Ok(());
            }
        }
        if !full {
            alone = alone.or(self.place_anew(solver, keys, inner));
            if let Outcome::Found(Json::String(key)) = alone {
                self.forced.insert(key, inner.clone());
                return Ok(());
            }
        }
        Err(self.failure(alone))
    }

    fn outcome(&self, solver: &mut Solver<'_>, key: &str, inner: &BTreeSet<Demand>) -> Outcome {
        match self.value(solver, key, inner) {
            Ok(value) => Outcome::Found(value),
            Err(outcome) => outcome,
        }
    }

    /// What cannot be placed is impossible only if it is so alone and nothing was in doubt.
    fn failure(&self, alone: Outcome) -> Outcome {
        match (alone, &self.doubt) {
            (Outcome::Empty, None) => Outcome::Empty,
            (Outcome::Unknown(reason), _) => Outcome::Unknown(reason),
            (Outcome::Empty, Some(reason)) => Outcome::Unknown(reason.clone()),
            (Outcome::Found(_) | Outcome::Maybe(..), _) => Outcome::Unknown(
                "properties that the schemas demand together could not be arranged".to_owned(),
            ),
        }
    }

    /// A key that no demand names: found as a string.
    fn place_anew(
        &mut self,
        solver: &mut Solver<'_>,
        keys: &Keys,
        inner: &BTreeSet<Demand>,
    ) -> Outcome {
        let mut best = Outcome::Empty;
        for region in self.regions(solver) {
            let Some(key) = region.key.clone().filter(|_| region.is_within(keys)) else {
                continue;
            };
            let mut demands = self.shape.demands_in(&region);
            demands.extend(inner.iter().cloned());
            match solver.solve(demands) {
                Outcome::Found(_) | Outcome::Maybe(..) => {
                    let key = if self.forced.contains_key(&key) {
                        self.another_key(solver, &region)
                    } else {
                        Some(key)
                    };
                    return key.map_or_else(
                        || Outcome::Unknown("no further key was found".to_owned()),
                        |key| Outcome::Found(Json::String(key)),
                    );
                }
                other => best = best.or(other),
            }
        }
        best
    }

    /// The regions that have a key, each with one.
    fn regions(&mut self, solver: &mut Solver<'_>) -> Vec<Region> {
        if let Some(regions) = &self.regions {
            return regions.clone();
        }
        let patterns = &self.shape.patterns;
        if patterns.len() > MAX_PATTERNS {
            self.doubt = Some(format!(
                "more than {MAX_PATTERNS} patterns of property names meet"
            ));
        }
        let looked_at = &patterns[..patterns.len().min(MAX_PATTERNS)];
        let mut regions = Vec::new();
        for signature in 0..(1_u32 << looked_at.len()) {
            let bit = |index: usize| signature >> index & 1 == 1;
            let matching = looked_at
                .iter()
                .enumerate()
                .filter(|(index, _)| bit(*index));
            let mut region = Region {
                matching: matching.map(|(_, pattern)| pattern.clone()).collect(),
                key: None,
            };
            let excluded = self.shape.named.clone();
            match self.key_in(solver, &region, excluded, &BTreeSet::new()) {
                Outcome::Found(Json::String(key)) => {
                    region.key = Some(key);
                    regions.push(region);
                }
                Outcome::Unknown(reason) => self.doubt = Some(reason),
                Outcome::Maybe(Json::String(key), reason) => {
                    self.doubt = Some(reason);
                    region.key = Some(key);
                    regions.push(region);
                }
                Outcome::Empty | Outcome::Found(_) | Outcome::Maybe(..) => {}
            }
        }
        self.regions = Some(regions.clone());
        regions
    }

    fn another_key(&self, solver: &mut Solver<'_>, region: &Region) -> Option<String> {
        let mut excluded = self.shape.named.clone();
        excluded.extend(self.forced.keys().cloned());
        match self.key_in(solver, region, excluded, &BTreeSet::new()) {
            Outcome::Found(Json::String(key)) | Outcome::Maybe(Json::String(key), _) => Some(key),
            _ => None,
        }
    }

    /// A key of the region, none of the excluded ones, that meets further demands.
    fn key_in(
        &self,
        solver: &mut Solver<'_>,
        region: &Region,
        excluded: BTreeSet<String>,
        further: &BTreeSet<Demand>,
    ) -> Outcome {
        let mut demands = BTreeSet::from([Demand::Type(Types::STRING)]);
        for pattern in self.shape.patterns.iter().take(MAX_PATTERNS) {
            let sense = region.matching.contains(pattern);
            demands.insert(Demand::Matches(pattern.clone(), sense));
        }
        demands.extend(self.shape.names.iter().copied().map(Demand::Is));
        demands.extend(further.iter().cloned());
        if !excluded.is_empty() {
            demands.insert(Demand::NoneOf(
                excluded.into_iter().map(Json::String).collect(),
            ));
        }
        solver.solve(demands)
    }

    /// A property whose key is as demanded.
    fn place_key(
        &mut self,
        solver: &mut Solver<'_>,
        inner: &BTreeSet<Demand>,
    ) -> Result<(), Outcome> {
        let mut best = Outcome::Empty;
        for key in self.shape.named.clone() {
            let text = Json::String(key.clone());
            if solver.evaluate_all(&text, inner) == Some(false) {
                continue;
            }
            let held = self.forced.get(&key).cloned().unwrap_or_default();
            match self.outcome(solver, &key, &held) {
                Outcome::Found(_) | Outcome::Maybe(..) => {
                    self.forced.insert(key, held);
                    return self.fits();
                }
                other => best = best.or(other),
            }
        }
        for region in self.regions(solver) {
            let excluded = self.shape.named.clone();
            let key = match self.key_in(solver, &region, excluded, inner) {
                Outcome::Found(Json::String(key)) | Outcome::Maybe(Json::String(key), _) => key,
                other => {
                    best = best.or(other);
                    continue;
                }
            };
            match solver.solve(self.shape.demands_in(&region)) {
                Outcome::Found(_) | Outcome::Maybe(..) => {
                    self.forced.insert(key, BTreeSet::new());
                    return self.fits();
                }
                other => best = best.or(other),
            }
        }
        Err(self.failure(best))
    }

    fn fits(&self) -> Result<(), Outcome> {
        if self.forced.len() as u64 <= self.shape.max {
            return Ok(());
        }
        Err(if self.shape.max == 0 {
            Outcome::Empty
        } else {
            Outcome::Unknown(NO_ROOM.to_owned())
        })
    }

    /// Adds properties up to the minimum.
    fn fill(&mut self, solver: &mut Solver<'_>) -> Result<(), Outcome> {
        if self.forced.len() as u64 >= self.shape.min {
            return Ok(());
        }
        if self.shape.min > MAX_PROPERTIES {
            return Err(Outcome::Unknown(format!(
                "the object would need more than {MAX_PROPERTIES} properties"
            )));
        }
        for key in &self.shape.named {
            if self.forced.len() as u64 >= self.shape.min {
                return Ok(());
            }
            if self.forced.contains_key(key) {
                continue;
            }
            match self.outcome(solver, key, &BTreeSet::new()) {
                Outcome::Found(_) | Outcome::Maybe(..) => {
                    self.forced.insert(key.clone(), BTreeSet::new());
                }
                Outcome::Unknown(reason) => self.doubt = Some(reason),
                Outcome::Empty => {}
            }
        }
        self.fill_anew(solver)
    }

    fn fill_anew(&mut self, solver: &mut Solver<'_>) -> Result<(), Outcome> {
        let mut best = Outcome::Empty;
        let mut open = false;
        for region in self.regions(solver) {
            match solver.solve(self.shape.demands_in(&region)) {
                Outcome::Found(_) | Outcome::Maybe(..) => open = true,
                other => {
                    best = best.or(other);
                    continue;
                }
            }
            while (self.forced.len() as u64) < self.shape.min {
                let Some(key) = self.another_key(solver, &region) else {
                    break;
                };
                self.forced.insert(key, BTreeSet::new());
            }
        }
        if self.forced.len() as u64 >= self.shape.min {
            return Ok(());
        }
        // Keys that were placed for a choice of several may have been the wrong ones.
        let free = self
            .shape
            .some
            .iter()
            .all(|(keys, _)| matches!(keys, Keys::One(_)));
        if free && self.shape.some_key.is_empty() && !open {
            return Err(self.failure(best));
        }
        Err(self.failure(best.or(Outcome::Unknown("too few keys were found".to_owned()))))
    }
}

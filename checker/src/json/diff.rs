//! The walker: goes through the reader's schema beside the writer's and asks of each assertion
//! whether a document of the writer fails it. What it finds are [`Change`]s, each with such a
//! document, and what it could not find out.
//!
//! It words nothing and judges nothing; see [`super::rules`]. It follows the structure only to say
//! *where*; the verdict rests on the question about the whole.

use std::collections::BTreeSet;

use super::change::{Change, Kind, Step};
use super::model::{Assertion, Keys, Located, Meaning, Model, NodeId, Place, Positions};
use super::patterns::Patterns;
use super::solve::{Demand, Outcome, Solver};
use super::space::{AssertionId, Side, Space};
use super::types::Types;
use super::value::Json;

/// The most changes that one comparison reports in one direction.
pub(crate) const MAX_CHANGES: usize = 64;

/// How many assertions may stay undecided before no more of them are looked at.
pub(crate) const MAX_OPEN: usize = 16;

/// The deepest part of a document in which changes are located.
pub(crate) const MAX_STEPS_DEEP: usize = 24;

/// The deepest nesting of subschemas, in place and in parts, that the walker follows; bounds the
/// stack.
pub(crate) const MAX_WALK_DEPTH: usize = 100;

/// The most questions that one comparison asks in one direction.
pub(crate) const MAX_QUESTIONS: usize = 2_000;

/// What could not be found out.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) place: Place,
    pub(crate) keyword: &'static str,
    pub(crate) reason: String,
}

/// All that one direction brought.
#[derive(Debug, Default)]
pub(crate) struct Differences {
    pub(crate) changes: Vec<Change>,
    pub(crate) open: Vec<Open>,
}

/// Whether a document is admitted by the writer and rejected by the reader, by execution.
pub(crate) type Judge<'a> = dyn Fn(&Json) -> bool + 'a;

/// Compares; nothing in the result means that every document of the writer is one of the reader.
pub(crate) fn diff(reader: &Model, writer: &Model, judge: &Judge<'_>) -> Differences {
    let space = Space::new(reader, writer);
    let mut walker = Walker {
        reader,
        writer,
        space: &space,
        solver: Solver::new(&space),
        patterns: Patterns::default(),
        judge,
        questions: 0,
        depth: 0,
        seen: BTreeSet::new(),
        found: Differences::default(),
    };
    let is_not = Demand::IsNot(space.class_of(Side::Reader, reader.root));
    let whole = walker.ask(&Context::default(), is_not);
    if whole == Outcome::Empty {
        return Differences::default();
    }
    walker.walk(reader.root, &[writer.root], &Context::default());
    walker.conclude(whole);
    walker.found
}

/// How to get from the whole document to a part, and what else is known of the values on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Context {
    outer: Vec<(BTreeSet<Demand>, Step)>,
    here: BTreeSet<Demand>,
}

impl Context {
    fn step(&self, step: Step) -> Self {
        let mut outer = self.outer.clone();
        outer.push((self.here.clone(), step));
        Self {
            outer,
            here: BTreeSet::new(),
        }
    }

    fn with(&self, demands: impl IntoIterator<Item = Demand>) -> Self {
        let mut context = self.clone();
        context.here.extend(demands);
        context
    }

    fn steps(&self) -> Vec<Step> {
        self.outer.iter().map(|(_, step)| step.clone()).collect()
    }

    /// The demand on the part, as a demand on the whole.
    fn whole(&self, demand: Demand) -> BTreeSet<Demand> {
        let mut demands = self.here.clone();
        demands.insert(demand);
        for (around, step) in self.outer.iter().rev() {
            let inner = match step {
                Step::Property(keys) => Demand::SomeProperty(keys.clone(), demands),
                Step::Item(positions) => Demand::SomeItem(*positions, demands),
            };
            demands = around.iter().cloned().chain([inner]).collect();
        }
        demands
    }
}

struct Walker<'a> {
    reader: &'a Model,
    writer: &'a Model,
    space: &'a Space,
    solver: Solver<'a>,
    patterns: Patterns,
    judge: &'a Judge<'a>,
    questions: usize,
    depth: usize,
    seen: BTreeSet<(NodeId, Vec<NodeId>, BTreeSet<Demand>)>,
    found: Differences,
}

impl<'a> Walker<'a> {
    fn ask(&mut self, context: &Context, demand: Demand) -> Outcome {
        self.questions += 1;
        if self.questions > MAX_QUESTIONS {
            let limit = format!("locating the change takes more than {MAX_QUESTIONS} questions");
            return Outcome::Unknown(limit);
        }
        let mut demands = context.whole(demand);
        demands.insert(Demand::Is(
            self.space.class_of(Side::Writer, self.writer.root),
        ));
        let judge = self.judge;
        self.solver.ask(demands, judge)
    }

    /// What remains to be said where no change was located.
    fn conclude(&mut self, whole: Outcome) {
        if !self.found.changes.is_empty() {
            return;
        }
        let root = self.reader.node(self.reader.root);
        match whole {
            Outcome::Found(document) => {
                let change = self.unlocated(document);
                self.found.changes.push(change);
            }
            Outcome::Maybe(_, reason) | Outcome::Unknown(reason) if self.found.open.is_empty() => {
                self.found.open.push(Open {
                    place: root.place.clone(),
                    keyword: "",
                    reason,
                });
            }
            Outcome::Empty | Outcome::Maybe(..) | Outcome::Unknown(_) => {}
        }
    }

    fn unlocated(&self, document: Json) -> Change {
        Change {
            kind: Kind::Unlocated,
            keyword: "",
            steps: Vec::new(),
            reader: self.reader.node(self.reader.root).place.clone(),
            reader_text: String::new(),
            writer: Some(self.writer.node(self.writer.root).place.clone()),
            writer_text: None,
            reader_types: Types::ALL,
            writer_types: Types::ALL,
            document,
        }
    }

    /// Looks through the assertions of a reader node; whether something was reported (or is known
    /// to be, where the same pair was looked through before).
    fn walk(&mut self, reader: NodeId, writer: &[NodeId], context: &Context) -> bool {
        let key = (reader, writer.to_vec(), context.here.clone());
        if !self.seen.insert(key) {
            return true;
        }
        if self.found.open.len() >= MAX_OPEN || self.solver.is_spent() {
            return true;
        }
        let too_deep = context.outer.len() > MAX_STEPS_DEEP || self.depth >= MAX_WALK_DEPTH;
        if too_deep || self.found.changes.len() >= MAX_CHANGES {
            return false;
        }
        self.depth += 1;
        let reported = self.walk_node(reader, writer, context);
        self.depth -= 1;
        reported
    }

    fn walk_node(&mut self, reader: NodeId, writer: &[NodeId], context: &Context) -> bool {
        let before = self.found.changes.len() + self.found.open.len();
        let model = self.reader;
        for located in model.node(reader).assertions() {
            let Some(id) = self.space.find(Side::Reader, reader, &located.assertion) else {
                if let Assertion::Also(target) = &located.assertion {
                    self.walk(*target, writer, context);
                }
                continue;
            };
            let outcome = self.ask(context, Demand::Fails(id));
            if outcome != Outcome::Empty {
                self.locate(located, id, outcome, writer, context);
            }
        }
        self.found.changes.len() + self.found.open.len() > before
    }

    /// Reports a failing assertion: at the parts that it is about, or as it stands.
    fn locate(
        &mut self,
        located: &'a Located,
        id: AssertionId,
        outcome: Outcome,
        writer: &[NodeId],
        context: &Context,
    ) {
        let deeper = match &located.assertion {
            Assertion::Also(target) => self.walk(*target, writer, context),
            Assertion::Properties { keys, schema } => {
                self.properties(located, keys, *schema, writer, context)
            }
            Assertion::Items { positions, schema } => {
                self.items(*positions, *schema, writer, context)
            }
            Assertion::AnyOf(branches) | Assertion::OneOf(branches) => {
                self.union(located, id, branches, writer, context)
            }
            _ => false,
        };
        if !deeper {
            self.report(located, kind_of(located), outcome, writer, context);
        }
    }

    fn properties(
        &mut self,
        located: &'a Located,
        keys: &Keys,
        schema: NodeId,
        writer: &[NodeId],
        context: &Context,
    ) -> bool {
        let mut reported = false;
        for keys in self.parts(keys, writer) {
            let context = context.step(Step::Property(keys.clone()));
            let is_not = Demand::IsNot(self.space.class_of(Side::Reader, schema));
            let outcome = self.ask(&context, is_not);
            if outcome == Outcome::Empty {
                continue;
            }
            let below = self.below(writer, &Step::Property(keys.clone()));
            let kind = self.property_kind(located, &keys, schema, &below);
            if kind.is_none() && self.walk(schema, &below, &context) {
                reported = true;
                continue;
            }
            let kind = kind.unwrap_or(Kind::Forbidden);
            let outer = Context {
                outer: context.outer[..context.outer.len() - 1].to_vec(),
                here: BTreeSet::new(),
            };
            reported |= self.report(located, kind, outcome, writer, &outer);
        }
        reported
    }

    /// The keys that the writer declares one by one, then the others.
    fn parts(&mut self, keys: &Keys, writer: &[NodeId]) -> Vec<Keys> {
        if matches!(keys, Keys::One(_)) {
            return vec![keys.clone()];
        }
        let declared = self.declared(writer);
        let mut inside: Vec<String> = Vec::new();
        for key in declared {
            let is_inside = match keys {
                Keys::One(name) => *name == key,
                Keys::Matching(pattern) => self.patterns.matches(pattern, &key) == Some(true),
                Keys::Others { names, patterns } => {
                    !names.contains(&key)
                        && patterns
                            .iter()
                            .all(|p| self.patterns.matches(p, &key) == Some(false))
                }
            };
            if is_inside {
                inside.push(key);
            }
        }
        let rest = match keys {
            Keys::Others { names, patterns } => {
                let mut names = names.clone();
                names.extend(inside.iter().cloned());
                names.sort();
                Keys::Others {
                    names,
                    patterns: patterns.clone(),
                }
            }
            other => other.clone(),
        };
        inside.into_iter().map(Keys::One).chain([rest]).collect()
    }

    fn declared(&self, writer: &[NodeId]) -> BTreeSet<String> {
        let mut declared = BTreeSet::new();
        for node in self.flattened(writer) {
            for located in self.writer.node(node).assertions() {
                if let Assertion::Properties {
                    keys: Keys::One(key),
                    ..
                } = &located.assertion
                {
                    declared.insert(key.clone());
                }
            }
        }
        declared
    }

    /// A kind of its own for what has one; `None` where the change is in the property's schema.
    fn property_kind(
        &self,
        located: &Located,
        keys: &Keys,
        schema: NodeId,
        below: &[NodeId],
    ) -> Option<Kind> {
        let forbidden = matches!(self.reader.node(schema).meaning, Meaning::Always(false));
        let says_nothing = below
            .iter()
            .all(|node| matches!(self.writer.node(*node).meaning, Meaning::Always(true)));
        match (located.keyword, keys) {
            ("additionalProperties" | "unevaluatedProperties", Keys::One(key)) if forbidden => {
                Some(Kind::RemovedFromClosed(key.clone()))
            }
            ("additionalProperties" | "unevaluatedProperties", _) if forbidden => {
                Some(Kind::AdditionalProperties)
            }
            ("properties", Keys::One(key)) if says_nothing => Some(Kind::AddedToOpen(key.clone())),
            _ => None,
        }
    }

    fn items(
        &mut self,
        positions: Positions,
        schema: NodeId,
        writer: &[NodeId],
        context: &Context,
    ) -> bool {
        let mut reported = false;
        for positions in self.position_parts(positions, writer) {
            let step = Step::Item(positions);
            let below = self.below(writer, &step);
            let context = context.step(step);
            let is_not = Demand::IsNot(self.space.class_of(Side::Reader, schema));
            if self.ask(&context, is_not) == Outcome::Empty {
                continue;
            }
            let forbidden = matches!(self.reader.node(schema).meaning, Meaning::Always(false));
            if forbidden {
                return false;
            }
            reported |= self.walk(schema, &below, &context);
        }
        reported
    }

    fn position_parts(&self, positions: Positions, writer: &[NodeId]) -> Vec<Positions> {
        let Positions::From(from) = positions else {
            return vec![positions];
        };
        let mut until = from;
        for node in self.flattened(writer) {
            for located in self.writer.node(node).assertions() {
                if let Assertion::Items {
                    positions: Positions::At(index),
                    ..
                } = &located.assertion
                {
                    until = until.max(index + 1);
                }
            }
        }
        (from..until)
            .map(Positions::At)
            .chain([Positions::From(until)])
            .collect()
    }

    /// Follows a branch of the writer's own union into the reader's branch of the same types.
    fn union(
        &mut self,
        located: &'a Located,
        id: AssertionId,
        branches: &[NodeId],
        writer: &[NodeId],
        context: &Context,
    ) -> bool {
        let mut reported = false;
        let mut cases = Vec::new();
        for node in self.conjuncts(writer) {
            for other in self.writer.node(node).assertions() {
                if other.keyword == located.keyword
                    && let Assertion::AnyOf(own) | Assertion::OneOf(own) = &other.assertion
                {
                    cases.extend(own.iter().copied());
                }
            }
        }
        if cases.is_empty() {
            // A single schema that became a union: the branch of its types, if there is one.
            return match self.partner(branches, writer) {
                Some(partner) => self.walk(partner, writer, &context.with([Demand::Fails(id)])),
                None => false,
            };
        }
        for case in cases {
            let is_case = Demand::Is(self.space.class_of(Side::Writer, case));
            let context = context.with([is_case, Demand::Fails(id)]);
            if self.ask(&context, Demand::Fails(id)) == Outcome::Empty {
                continue;
            }
            let Some(partner) = self.partner(branches, &[case]) else {
                return false;
            };
            reported |= self.walk(partner, &[case], &context);
        }
        reported
    }

    /// The only branch that admits a type which the writer has, `null` apart.
    fn partner(&mut self, branches: &[NodeId], writer: &[NodeId]) -> Option<NodeId> {
        let types = self.types(Side::Writer, writer) & !Types::NULL;
        let mut fitting = Vec::new();
        for branch in branches {
            if self.types(Side::Reader, &[*branch]).meets(types) {
                fitting.push(*branch);
            }
        }
        match fitting[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    fn types(&mut self, side: Side, nodes: &[NodeId]) -> Types {
        nodes.iter().fold(Types::ALL, |types, node| {
            let class = self.space.class_of(side, *node);
            types & self.solver.types_of(class)
        })
    }

    /// The writer's nodes for a part: those of all its nodes that may say something of it.
    fn below(&mut self, writer: &[NodeId], step: &Step) -> Vec<NodeId> {
        let mut below = Vec::new();
        for node in self.flattened(writer) {
            let model = self.writer;
            for located in model.node(node).assertions() {
                let target = match (&located.assertion, step) {
                    (Assertion::Properties { keys, schema }, Step::Property(wanted)) => {
                        self.meets(keys, wanted).then_some(*schema)
                    }
                    (Assertion::Items { positions, schema }, Step::Item(wanted)) => {
                        covers(*positions, *wanted).then_some(*schema)
                    }
                    _ => None,
                };
                below.extend(target);
            }
        }
        below.dedup();
        below
    }

    fn meets(&mut self, keys: &Keys, wanted: &Keys) -> bool {
        match (keys, wanted) {
            (Keys::One(a), Keys::One(b)) | (Keys::Matching(a), Keys::Matching(b)) => a == b,
            (Keys::Matching(pattern), Keys::One(key)) => {
                self.patterns.matches(pattern, key) == Some(true)
            }
            (Keys::Others { names, patterns }, Keys::One(key)) => {
                !names.contains(key)
                    && patterns
                        .iter()
                        .all(|p| self.patterns.matches(p, key) == Some(false))
            }
            (Keys::Others { .. }, Keys::Others { .. }) => true,
            (Keys::One(_) | Keys::Matching(_) | Keys::Others { .. }, _) => false,
        }
    }

    /// The nodes and all that they are conjunctions of.
    fn conjuncts(&self, nodes: &[NodeId]) -> Vec<NodeId> {
        self.reach(nodes, |assertion| matches!(assertion, Assertion::Also(_)))
    }

    /// The nodes and all that applies to the same value, in some branch.
    fn flattened(&self, nodes: &[NodeId]) -> Vec<NodeId> {
        self.reach(nodes, |assertion| !matches!(assertion, Assertion::Not(_)))
    }

    fn reach(&self, nodes: &[NodeId], follow: fn(&Assertion<NodeId>) -> bool) -> Vec<NodeId> {
        let mut reached: Vec<NodeId> = nodes.to_vec();
        let mut seen: BTreeSet<NodeId> = nodes.iter().copied().collect();
        let mut at = 0;
        while let Some(node) = reached.get(at).copied() {
            for located in self.writer.node(node).assertions() {
                if follow(&located.assertion) {
                    let targets = located.assertion.in_place();
                    reached.extend(targets.into_iter().copied().filter(|id| seen.insert(*id)));
                }
            }
            at += 1;
        }
        reached
    }

    fn report(
        &mut self,
        located: &Located,
        kind: Kind,
        outcome: Outcome,
        writer: &[NodeId],
        context: &Context,
    ) -> bool {
        match outcome {
            Outcome::Empty => return false,
            Outcome::Maybe(_, reason) | Outcome::Unknown(reason) => self.found.open.push(Open {
                place: located.place.clone(),
                keyword: located.keyword,
                reason,
            }),
            Outcome::Found(document) => {
                let change = self.change(located, kind, document, writer, context);
                let same =
                    |other: &Change| other.kind == change.kind && other.reader == change.reader;
                if !self.found.changes.iter().any(same) {
                    self.found.changes.push(change);
                }
            }
        }
        true
    }

    fn change(
        &mut self,
        located: &Located,
        kind: Kind,
        document: Json,
        writer: &[NodeId],
        context: &Context,
    ) -> Change {
        let (writer_place, same) = self.counterpart(located, &kind, writer);
        let reader_types = match &located.assertion {
            Assertion::Type { types, .. } => *types,
            _ => Types::ALL,
        };
        Change {
            keyword: located.keyword,
            steps: context.steps(),
            reader: located.place.clone(),
            reader_text: assertion_text(&located.assertion),
            writer: writer_place,
            writer_text: same,
            reader_types,
            writer_types: self.types(Side::Writer, writer),
            document,
            kind,
        }
    }

    /// The writer's assertion of the same keyword (for a removed property: the property).
    fn counterpart(
        &self,
        located: &Located,
        kind: &Kind,
        writer: &[NodeId],
    ) -> (Option<Place>, Option<String>) {
        let removed = match kind {
            Kind::RemovedFromClosed(key) => Some(key),
            _ => None,
        };
        for node in self.flattened(writer) {
            for other in self.writer.node(node).assertions() {
                let is_it = match (&other.assertion, removed) {
                    (
                        Assertion::Properties {
                            keys: Keys::One(key),
                            ..
                        },
                        Some(removed),
                    ) => key == removed,
                    (_, Some(_))
                    | (Assertion::Required(_) | Assertion::Properties { .. }, None) => false,
                    (_, None) => other.keyword == located.keyword,
                };
                if is_it {
                    return (
                        Some(other.place.clone()),
                        Some(assertion_text(&other.assertion)),
                    );
                }
            }
        }
        let first = writer
            .first()
            .map(|node| self.writer.node(*node).place.clone());
        (first, None)
    }
}

fn covers(positions: Positions, wanted: Positions) -> bool {
    match (positions, wanted) {
        (Positions::At(a), Positions::At(b)) => a == b,
        (Positions::From(from), Positions::At(at) | Positions::From(at)) => at >= from,
        (Positions::At(_), Positions::From(_)) => false,
    }
}

fn kind_of(located: &Located) -> Kind {
    match &located.assertion {
        Assertion::Type { .. } => Kind::Type,
        Assertion::Enum(_) if located.keyword == "const" => Kind::Const,
        Assertion::Enum(_) => Kind::Enum,
        Assertion::Minimum { .. } | Assertion::Maximum { .. } => Kind::Range,
        Assertion::MultipleOf(_) => Kind::MultipleOf,
        Assertion::MinLength(_) | Assertion::MaxLength(_) => Kind::Length,
        Assertion::Pattern(_) => Kind::Pattern,
        Assertion::MinItems(_) | Assertion::MaxItems(_) => Kind::ItemCount,
        Assertion::UniqueItems => Kind::UniqueItems,
        Assertion::Contains { .. } => Kind::Contains,
        Assertion::Items { .. } => Kind::AdditionalItems,
        Assertion::MinProperties(_) | Assertion::MaxProperties(_) => Kind::PropertyCount,
        Assertion::PropertyNames(_) => Kind::PropertyNames,
        Assertion::Required(key) => Kind::Required(key.clone()),
        Assertion::DependentRequired { .. } | Assertion::DependentSchema { .. } => Kind::Dependency,
        Assertion::AnyOf(_) | Assertion::OneOf(_) => Kind::Union,
        Assertion::Not(_) => Kind::Exclusion,
        Assertion::If { .. } => Kind::Conditional,
        Assertion::Properties { .. } | Assertion::Also(_) => Kind::Forbidden,
        Assertion::Opaque { .. } => Kind::Unlocated,
    }
}

/// What an assertion says, where that is short.
fn assertion_text(assertion: &Assertion<NodeId>) -> String {
    let number = |value| super::numbers::to_text(value).unwrap_or_default();
    match assertion {
        Assertion::Type { types, .. } => types.to_string(),
        Assertion::Enum(values) => {
            let texts: Vec<String> = values.iter().filter_map(Json::to_text).collect();
            texts.join(", ")
        }
        Assertion::Minimum { bound, .. } | Assertion::Maximum { bound, .. } => number(bound),
        Assertion::MultipleOf(step) => number(step),
        Assertion::MinLength(n)
        | Assertion::MaxLength(n)
        | Assertion::MinItems(n)
        | Assertion::MaxItems(n)
        | Assertion::MinProperties(n)
        | Assertion::MaxProperties(n) => n.to_string(),
        Assertion::Pattern(pattern) => format!("`{pattern}`"),
        _ => String::new(),
    }
}

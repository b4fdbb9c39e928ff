//! The wire contract's own check of two schemas, and its lines of `messages`.
//!
//! The contract's registry asks Avro Java (`SchemaCompatibility`, 1.12.1), so this gives the answers
//! of that check: which pairs it refuses, and the type, text, path and order of each line. Clients
//! show these lines to people and match on the error type. What is peculiar about them is kept:
//!
//! - a pair of types is checked once, and met again its lines are repeated, with the path of the
//!   first time;
//! - inside of a union nothing is reported but the branch that is lacking, and paths start anew
//!   there, which shows where such a pair is met again outside;
//! - a pair that is being checked counts as compatible, and what was concluded from that stays;
//! - a field that matches two fields of the writer, by its name and an alias, ends the check.
//!
//! It is a depth-first walk with a stack of its own, since chains of references are longer than any
//! nesting. [`super::diff`] is what finds changes; it follows the specification.

use std::collections::HashMap;

use crate::model::{Direction, Reader, Writer};

use super::canonical;
use super::change::{Change, ChangeKind, Side};
use super::diff::{MAX_PAIRS, MAX_ROUTE};
use super::model::{Field, Kind, Record, Schema, TypeId};

/// The most lines of one direction. Types that are met again repeat their lines, so that there can
/// be exponentially many.
pub const MAX_LINES: usize = 1_000;

/// The most bytes of the lines of one direction. A line names all symbols that an enum lacks, and
/// each use of the enum repeats it.
pub const MAX_LINES_BYTES: usize = 1 << 20;

/// What the contract's check says of one direction.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// Whether the reader is refused.
    pub(crate) incompatible: bool,
    /// The contract's lines, in its order.
    pub(crate) lines: Vec<String>,
    /// The pair of records and the reader's field that end the check.
    pub(crate) ambiguous: Option<Ambiguous>,
}

/// A reader's field that matches more than one of the writer's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ambiguous {
    pub(crate) reader: TypeId,
    pub(crate) writer: TypeId,
    /// The index of the reader's field.
    pub(crate) field: usize,
}

impl Ambiguous {
    /// The change that the finding of ours is made of.
    pub(crate) fn change<'s>(
        self,
        (reader, writer): (Reader<'s, Schema>, Writer<'s, Schema>),
        direction: Direction,
    ) -> Change<'s> {
        let side = |schema: &'s Schema, id| Side {
            schema,
            site: schema.get(id).site,
            id,
        };
        Change {
            direction,
            kind: ChangeKind::AliasUnclear(self.field),
            reader: side(reader.0, self.reader),
            writer: side(writer.0, self.writer),
            route: None,
        }
    }
}

/// Checks in one direction. `None` where there are more than [`MAX_PAIRS`] pairs of types.
pub(crate) fn check(
    reader: Reader<'_, Schema>,
    writer: Writer<'_, Schema>,
    direction: Direction,
) -> Option<Answer> {
    let mut walk = Walk {
        reader: reader.0,
        writer: writer.0,
        known: HashMap::new(),
        frames: Vec::new(),
        places: Vec::new(),
        nodes: vec![Node::Unshown],
    };
    match walk.run() {
        Ok(found) => Some(Answer {
            incompatible: found.is_some(),
            lines: walk.lines(found, direction),
            ambiguous: None,
        }),
        Err(Stop::TooManyPairs) => None,
        Err(Stop::Ambiguous(ambiguous)) => Some(Answer {
            incompatible: true,
            lines: vec![walk.failure(ambiguous)],
            ambiguous: Some(ambiguous),
        }),
    }
}

/// What ends the whole check.
enum Stop {
    Ambiguous(Ambiguous),
    TooManyPairs,
}

/// A place in the reader's schema or, at branches, in the writer's: the last step to it.
#[derive(Clone, Copy)]
enum Place {
    Root,
    /// Index into the walk's places.
    Step(usize),
}

/// A place that is not the root.
struct Stepped {
    from: Place,
    step: Step,
    /// How many steps it is from where its path starts.
    steps: usize,
}

#[derive(Clone, Copy)]
enum Step {
    /// A field that is missing.
    Field(usize),
    /// The type of a field.
    FieldType(usize),
    Items,
    Values,
    Branch(usize),
    Name,
    Size,
    Symbols,
}

/// One incompatibility.
#[derive(Clone, Copy)]
struct Fact {
    kind: FactKind,
    place: Place,
    reader: TypeId,
    writer: TypeId,
}

#[derive(Clone, Copy)]
enum FactKind {
    Type,
    Name,
    Size,
    Symbols,
    Field(usize),
    /// The reader's union lacks the writer's type.
    Branch,
}

/// Incompatibilities in order, shared between the pairs that report them: an index into the walk's
/// nodes. `None` is compatible.
type Found = Option<usize>;

#[derive(Clone, Copy)]
enum Node {
    /// Facts whose path is too long to show. They are told apart from the others here, and not when
    /// lines are made, so that every fact that is met then is a line and [`MAX_LINES`] is an end.
    Unshown,
    Fact(Fact),
    Both(usize, usize),
}

/// The index of [`Node::Unshown`].
const UNSHOWN: usize = 0;

/// What a pair of types depends on, in order.
#[derive(Clone, Copy)]
enum Item {
    Fact(Fact),
    /// Ends the whole check.
    Stop(Ambiguous),
    Pair {
        reader: TypeId,
        writer: TypeId,
        place: Place,
    },
    /// A branch of the writer's union before a reader's union: the fact stands for all that is found.
    Branch {
        reader: TypeId,
        writer: TypeId,
        lacking: Fact,
    },
}

/// A pair that is being checked.
struct Frame {
    key: (TypeId, TypeId),
    items: std::vec::IntoIter<Item>,
    /// The last item, whose outcome is awaited.
    awaited: Option<Item>,
    found: Found,
    /// For a reader's union before a type that is none: one compatible item suffices, and where there
    /// is none this is what is found.
    lacking: Option<Fact>,
}

struct Walk<'s> {
    reader: &'s Schema,
    writer: &'s Schema,
    /// `None` while the pair is being checked.
    known: HashMap<(TypeId, TypeId), Option<Found>>,
    frames: Vec<Frame>,
    places: Vec<Stepped>,
    nodes: Vec<Node>,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<Found, Stop> {
        let mut outcome = self.enter(self.reader.root.id, self.writer.root.id, Place::Root)?;
        while let Some(mut frame) = self.frames.pop() {
            if let Some(found) = outcome.take() {
                self.receive(&mut frame, found);
            }
            let Some(item) = frame.items.next() else {
                outcome = Some(self.leave(&frame));
                continue;
            };
            frame.awaited = Some(item);
            self.frames.push(frame);
            outcome = match item {
                Item::Fact(fact) => Some(Some(self.fact(fact))),
                Item::Stop(ambiguous) => return Err(Stop::Ambiguous(ambiguous)),
                Item::Pair {
                    reader,
                    writer,
                    place,
                } => self.enter(reader, writer, place)?,
                Item::Branch { reader, writer, .. } => self.enter(reader, writer, Place::Root)?,
            };
        }
        Ok(outcome.flatten())
    }

    /// What is known of a pair; `None` after a frame was pushed that will find out.
    fn enter(
        &mut self,
        reader: TypeId,
        writer: TypeId,
        place: Place,
    ) -> Result<Option<Found>, Stop> {
        let key = (reader, writer);
        if let Some(known) = self.known.get(&key) {
            return Ok(Some(known.unwrap_or_default()));
        }
        if self.known.len() == MAX_PAIRS {
            return Err(Stop::TooManyPairs);
        }
        self.known.insert(key, None);
        let (items, lacking) = self.items(reader, writer, place);
        self.frames.push(Frame {
            key,
            items: items.into_iter(),
            awaited: None,
            found: None,
            lacking,
        });
        Ok(None)
    }

    /// Takes the outcome of the item that was awaited into account.
    fn receive(&mut self, frame: &mut Frame, outcome: Found) {
        let awaited = frame.awaited.take();
        if frame.lacking.is_some() {
            if outcome.is_none() {
                frame.lacking = None;
                frame.items = Vec::new().into_iter();
            }
            return;
        }
        let outcome = match awaited {
            Some(Item::Branch { lacking, .. }) if outcome.is_some() => Some(self.fact(lacking)),
            _ => outcome,
        };
        frame.found = self.both(frame.found, outcome);
    }

    fn leave(&mut self, frame: &Frame) -> Found {
        let found = match frame.lacking {
            Some(lacking) => Some(self.fact(lacking)),
            None => frame.found,
        };
        self.known.insert(frame.key, Some(found));
        found
    }

    fn fact(&mut self, fact: Fact) -> usize {
        if self.steps(fact.place) > MAX_ROUTE {
            return UNSHOWN;
        }
        self.nodes.push(Node::Fact(fact));
        self.nodes.len() - 1
    }

    fn both(&mut self, one: Found, other: Found) -> Found {
        let (Some(first), Some(second)) = (one, other) else {
            return one.or(other);
        };
        if first == UNSHOWN || second == UNSHOWN {
            return Some(first.max(second));
        }
        self.nodes.push(Node::Both(first, second));
        Some(self.nodes.len() - 1)
    }

    fn step(&mut self, from: Place, step: Step) -> Place {
        let steps = self.steps(from) + 1;
        self.places.push(Stepped { from, step, steps });
        Place::Step(self.places.len() - 1)
    }

    fn steps(&self, place: Place) -> usize {
        match place {
            Place::Root => 0,
            Place::Step(index) => self.places.get(index).map_or(0, |place| place.steps),
        }
    }

    /// What a pair depends on; with a fact where one compatible item is enough.
    fn items(&mut self, reader: TypeId, writer: TypeId, place: Place) -> (Vec<Item>, Option<Fact>) {
        let fact = |kind, place| Fact {
            kind,
            place,
            reader,
            writer,
        };
        let pair = |reader, writer, place| Item::Pair {
            reader,
            writer,
            place,
        };
        let items = match (self.reader.kind(reader), self.writer.kind(writer)) {
            (Kind::Union(_), Kind::Union(branches)) => {
                let branches = branches.iter().enumerate().map(|(index, branch)| {
                    let place = self.step(place, Step::Branch(index));
                    Item::Branch {
                        reader,
                        writer: branch.id,
                        lacking: Fact {
                            writer: branch.id,
                            ..fact(FactKind::Branch, place)
                        },
                    }
                });
                branches.collect()
            }
            (_, Kind::Union(branches)) => {
                let branches = branches.iter().enumerate();
                let pairs = branches.map(|(index, branch)| {
                    pair(reader, branch.id, self.step(place, Step::Branch(index)))
                });
                pairs.collect()
            }
            (Kind::Union(branches), _) => {
                let branches = branches.iter();
                let pairs = branches.map(|branch| pair(branch.id, writer, Place::Root));
                return (pairs.collect(), Some(fact(FactKind::Branch, place)));
            }
            (Kind::Array(r), Kind::Array(w)) => {
                vec![pair(r.id, w.id, self.step(place, Step::Items))]
            }
            (Kind::Map(r), Kind::Map(w)) => {
                vec![pair(r.id, w.id, self.step(place, Step::Values))]
            }
            (Kind::Record(r), Kind::Record(w)) => self.record([reader, writer], r, w, place),
            (r, w) => self.simple([reader, writer], r, w, place),
        };
        (items, None)
    }

    /// Types that have no parts, and types of different kinds.
    fn simple(
        &mut self,
        [reader, writer]: [TypeId; 2],
        r: &Kind,
        w: &Kind,
        place: Place,
    ) -> Vec<Item> {
        let fact = |kind, place| {
            Item::Fact(Fact {
                kind,
                place,
                reader,
                writer,
            })
        };
        match (r, w) {
            (Kind::Primitive(r), Kind::Primitive(w)) if r.reads(*w) => Vec::new(),
            (Kind::Enum(r), Kind::Enum(w)) => {
                let mut items = self.names([reader, writer], place);
                let mut symbols = w.symbols.iter();
                let lacks = symbols.any(|symbol| !r.by_name.contains_key(&symbol.name));
                if lacks && r.default.is_none() {
                    items.push(fact(FactKind::Symbols, self.step(place, Step::Symbols)));
                }
                items
            }
            (Kind::Fixed(r), Kind::Fixed(w)) => {
                let mut items = self.names([reader, writer], place);
                if r.size != w.size {
                    items.push(fact(FactKind::Size, self.step(place, Step::Size)));
                }
                items
            }
            _ => vec![fact(FactKind::Type, place)],
        }
    }

    fn names(&mut self, [reader, writer]: [TypeId; 2], place: Place) -> Vec<Item> {
        let names = (
            self.reader.kind(reader).name(),
            self.writer.kind(writer).name(),
        );
        match names {
            (Some(r), Some(w)) if !r.reads(w) => vec![Item::Fact(Fact {
                kind: FactKind::Name,
                place: self.step(place, Step::Name),
                reader,
                writer,
            })],
            _ => Vec::new(),
        }
    }

    fn record(
        &mut self,
        [reader, writer]: [TypeId; 2],
        r: &Record,
        w: &Record,
        place: Place,
    ) -> Vec<Item> {
        let mut items = self.names([reader, writer], place);
        for (index, field) in r.fields.iter().enumerate() {
            items.extend(match lookup(field, w) {
                Ok(source) => self.field([reader, writer], index, field, source, place),
                Err(Several) => Some(Item::Stop(Ambiguous {
                    reader,
                    writer,
                    field: index,
                })),
            });
        }
        items
    }

    fn field(
        &mut self,
        [reader, writer]: [TypeId; 2],
        index: usize,
        field: &Field,
        source: Option<&Field>,
        place: Place,
    ) -> Option<Item> {
        let of_type = match source {
            Some(source) => source.ty.id,
            None if field.default.is_some() => return None,
            None => match self.reader.kind(field.ty.id) {
                // Java means to let the enum's default stand in, and compares the enum with the
                // whole record of the writer.
                Kind::Enum(content) if content.default.is_some() => writer,
                _ => {
                    return Some(Item::Fact(Fact {
                        kind: FactKind::Field(index),
                        place: self.step(place, Step::Field(index)),
                        reader,
                        writer,
                    }));
                }
            },
        };
        Some(Item::Pair {
            reader: field.ty.id,
            writer: of_type,
            place: self.step(place, Step::FieldType(index)),
        })
    }
}

/// More than one field matches.
struct Several;

/// The writer's field for a reader's.
fn lookup<'w>(field: &Field, writer: &'w Record) -> Result<Option<&'w Field>, Several> {
    let names = std::iter::once(&field.name).chain(&field.aliases);
    let mut found = names.filter_map(|name| writer.fields.get(writer.field(name)?));
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        _ => Err(Several),
    }
}

/// The contract's words.
impl Walk<'_> {
    /// The lines of what was found, in order; those whose path is too long to show are left out.
    fn lines(&self, found: Found, direction: Direction) -> Vec<String> {
        let (mut lines, mut bytes) = (Vec::new(), 0);
        let mut open: Vec<usize> = found.into_iter().collect();
        while let Some(at) = open.pop() {
            match self.nodes.get(at) {
                Some(Node::Both(first, second)) => open.extend([*second, *first]),
                Some(Node::Fact(fact)) => {
                    let line = self.line(fact, direction);
                    bytes += line.len();
                    if bytes > MAX_LINES_BYTES {
                        break;
                    }
                    lines.push(line);
                }
                Some(Node::Unshown) | None => {}
            }
            if lines.len() == MAX_LINES {
                break;
            }
        }
        lines
    }

    fn line(&self, fact: &Fact, direction: Direction) -> String {
        let (r, w) = match direction {
            Direction::Backward => ("new", "old"),
            Direction::Forward => ("old", "new"),
        };
        let path = self.path(fact.place);
        let info = self.info(fact);
        let (error_type, description) = match fact.kind {
            FactKind::Type => (
                "TYPE_MISMATCH",
                format!(
                    "The type (path '{path}') of a field in the {r} schema does not match with the {w} schema"
                ),
            ),
            FactKind::Name => (
                "NAME_MISMATCH",
                format!("The name of the schema has changed (path '{path}')"),
            ),
            FactKind::Size => (
                "FIXED_SIZE_MISMATCH",
                format!(
                    "The size of FIXED type field at path '{path}' in the {r} schema does not match with the {w} schema"
                ),
            ),
            FactKind::Symbols => (
                "MISSING_ENUM_SYMBOLS",
                format!(
                    "The {r} schema is missing enum symbols '{info}' at path '{path}' in the {w} schema"
                ),
            ),
            FactKind::Field(_) => (
                "READER_FIELD_MISSING_DEFAULT_VALUE",
                format!(
                    "The field '{info}' at path '{path}' in the {r} schema has no default value and is missing in the {w} schema"
                ),
            ),
            FactKind::Branch => (
                "MISSING_UNION_BRANCH",
                format!(
                    "The {r} schema is missing a type inside a union field at path '{path}' in the {w} schema"
                ),
            ),
        };
        format!(
            "{{errorType:'{error_type}', description:'{description}', additionalInfo:'{info}'}}"
        )
    }

    fn info(&self, fact: &Fact) -> String {
        let (reader, writer) = (self.reader.kind(fact.reader), self.writer.kind(fact.writer));
        match (fact.kind, reader, writer) {
            (FactKind::Type, ..) => format!(
                "reader type: {} not compatible with writer type: {}",
                reader.word().to_uppercase(),
                writer.word().to_uppercase()
            ),
            (FactKind::Name, ..) => {
                let name = writer.name().map_or("", |name| &*name.full);
                format!("expected: {name}")
            }
            (FactKind::Size, Kind::Fixed(reader), Kind::Fixed(writer)) => {
                format!("expected: {}, found: {}", writer.size, reader.size)
            }
            (FactKind::Symbols, Kind::Enum(reader), Kind::Enum(writer)) => {
                let symbols = writer.symbols.iter().map(|symbol| &*symbol.name);
                let lacking = symbols.filter(|symbol| !reader.by_name.contains_key(*symbol));
                let mut lacking: Vec<&str> = lacking.collect();
                lacking.sort_unstable();
                format!("[{}]", lacking.join(", "))
            }
            (FactKind::Field(index), Kind::Record(reader), _) => {
                let field = reader.fields.get(index);
                field.map_or_else(String::new, |field| field.name.to_string())
            }
            (FactKind::Branch, ..) => format!(
                "reader union lacking writer type: {}",
                writer.word().to_uppercase()
            ),
            _ => String::new(),
        }
    }

    /// `/fields/0/type`, the root is `/`.
    fn path(&self, place: Place) -> String {
        let mut steps = Vec::new();
        let mut at = place;
        while let Place::Step(index) = at {
            let Some(Stepped { from, step, .. }) = self.places.get(index) else {
                break;
            };
            steps.push(match step {
                Step::Field(index) => format!("/fields/{index}"),
                Step::FieldType(index) => format!("/fields/{index}/type"),
                Step::Items => "/items".to_owned(),
                Step::Values => "/values".to_owned(),
                Step::Branch(index) => format!("/{index}"),
                Step::Name => "/name".to_owned(),
                Step::Size => "/size".to_owned(),
                Step::Symbols => "/symbols".to_owned(),
            });
            at = *from;
        }
        if steps.is_empty() {
            return "/".to_owned();
        }
        steps.reverse();
        steps.concat()
    }

    /// The line of a check that ended early.
    fn failure(&self, ambiguous: Ambiguous) -> String {
        let Kind::Record(record) = self.reader.kind(ambiguous.reader) else {
            return String::new();
        };
        let field = record.fields.get(ambiguous.field);
        let (name, ty) = field.map_or(("", "null"), |field| {
            (&*field.name, self.reader.kind(field.ty.id).word())
        });
        format!(
            "Unexpected exception during compatibility check: Reader record field {name} type:{} \
             pos:{} matches multiple fields in writer record schema {}",
            ty.to_uppercase(),
            ambiguous.field,
            canonical::of_type(self.writer, ambiguous.writer)
        )
    }
}

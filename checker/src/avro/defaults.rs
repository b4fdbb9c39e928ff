//! Defaults: whether a field's default fits its type, and the datum that it stands for.
//!
//! A union's default may fit any branch, as Avro has it since 1.12. A record's default may leave
//! out fields that have defaults of their own; that must come to an end.
//!
//! In a stored schema a default may stand for no value: then it is none to whoever needs one.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::text::json::{Node, Value};

use super::datum::{self, Datum, MAX_DATUM_DEPTH};
use super::model::{Field, Fixed, Kind, Place, Primitive, Record, Schema, TypeId, Use};
use super::notes::{MAX_PROBLEMS, Notes};

/// How many steps it may take to check the defaults of a schema: a value against a type, a field of
/// a record that a value is held against. `{}` stands for all fields of a record, so that a short
/// text can take as many steps as it has fields, squared.
pub const MAX_DEFAULT_STEPS: usize = 2_000_000;

/// How many parts the changed defaults of one direction may stand for together, so that they are
/// compared by what they mean. Further ones are compared as they are written.
pub const MAX_COMPARED_PARTS: usize = 200_000;

/// So many bytes of a text count as another step or part.
const BYTES_OF_A_STEP: usize = 64;

/// A field by its record and index.
type FieldKey = (TypeId, usize);

/// Reports all that is wrong with the defaults of a schema, and gives the fields whose defaults stand
/// for no value. Types that could not be read fit everything.
pub(crate) fn check(
    schema: &Schema,
    broken: &HashSet<TypeId>,
    notes: &mut Notes,
) -> HashSet<FieldKey> {
    let mut needs = Vec::new();
    let mut unusable = HashSet::new();
    let mut validator = Validator::new(schema, broken);
    for (owner, index, field, default) in all(schema) {
        let mut misfits = Vec::new();
        validator.known = HashMap::new();
        validator.check(&field.ty, default, &mut misfits);
        if misfits.is_empty() {
            validator.needs((owner, index), &field.ty, default, &mut needs);
        } else {
            unusable.insert((owner, index));
        }
        if validator.steps.is_none() {
            too_many_steps(field, default, notes);
            return unusable;
        }
        for misfit in misfits {
            misfit.report(field, notes);
        }
    }
    if !notes.has_errors() {
        spread(schema, &needs, &mut unusable, notes);
        endless(schema, needs, &mut unusable, notes);
    }
    unusable
}

/// An error also of a schema that is stored: its defaults were not looked at.
fn too_many_steps(field: &Field, default: &Node, notes: &mut Notes) {
    let place = Place {
        source: field.place.source,
        range: default.range.clone(),
    };
    let message = format!(
        "the default of field `{}`: with it the defaults take more than {MAX_DEFAULT_STEPS} steps \
         to check, the limit; use fewer defaults that leave out fields of large records",
        field.name
    );
    notes.error(place, message);
}

/// Whether a value of another schema could be the default of a field of this type; `false` where
/// that takes too many steps to tell.
pub(crate) fn fits(schema: &Schema, ty: &Use, node: &Node) -> bool {
    let broken = HashSet::new();
    let mut validator = Validator::new(schema, &broken);
    validator.fits(ty, node) && validator.steps.is_some()
}

/// The types that the defaults of a schema have values of, so that an edit can leave them alone.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Whether a default has parts, which are of further types.
    parts: bool,
    types: HashSet<TypeId>,
}

impl Held {
    fn new(schema: &Schema) -> Self {
        let mut held = Self::default();
        for (_, _, field, default) in all(schema) {
            held.parts |= match &default.value {
                Value::Array(items) => !items.is_empty(),
                Value::Object(members) => !members.is_empty(),
                _ => false,
            };
            held.types.insert(field.ty.id);
            if let Kind::Union(branches) = schema.kind(field.ty.id) {
                held.types.extend(branches.iter().map(|branch| branch.id));
            }
        }
        held
    }

    /// Whether a value within a default may be of any type.
    pub(crate) const fn has_parts(&self) -> bool {
        self.parts
    }

    /// Whether a default may be, or hold, a value of the type.
    pub(crate) fn may_hold(&self, id: TypeId) -> bool {
        self.parts || self.types.contains(&id)
    }
}

impl Schema {
    pub(crate) fn held_by_defaults(&self) -> &Held {
        self.held_by_defaults.get_or_init(|| Held::new(self))
    }
}

fn all(schema: &Schema) -> impl Iterator<Item = (TypeId, usize, &Field, &Node)> {
    let records = (0u32..)
        .zip(&schema.types)
        .filter_map(|(id, ty)| match &ty.kind {
            Kind::Record(record) => Some((TypeId(id), record)),
            _ => None,
        });
    records.flat_map(|(id, record)| {
        let fields = record.fields.iter().enumerate();
        fields.filter_map(move |(index, field)| Some((id, index, field, field.default.as_ref()?)))
    })
}

/// Why a default does not fit, and where.
#[derive(Clone, Debug)]
struct Misfit {
    range: Range<usize>,
    message: String,
}

impl Misfit {
    fn report(self, field: &Field, notes: &mut Notes) {
        let place = Place {
            source: field.place.source,
            range: self.range,
        };
        let message = format!("the default of field `{}`: {}", field.name, self.message);
        notes.error_if_new(place, message);
    }
}

struct Validator<'s> {
    schema: &'s Schema,
    broken: &'s HashSet<TypeId>,
    /// What was found for a value (by its start, within one default) and a type: unions of records
    /// of unions would otherwise be tried exponentially often.
    known: HashMap<(usize, TypeId), bool>,
    /// How many of [`MAX_DEFAULT_STEPS`] are left; `None` once one more was needed. Then nothing is
    /// looked into any more, and what is found says nothing.
    steps: Option<usize>,
}

impl<'s> Validator<'s> {
    fn new(schema: &'s Schema, broken: &'s HashSet<TypeId>) -> Self {
        Self {
            schema,
            broken,
            known: HashMap::new(),
            steps: Some(MAX_DEFAULT_STEPS),
        }
    }

    /// Counts the steps of holding a value against a type; whether that many were left.
    fn step(&mut self, ty: &Use, node: &Node) -> bool {
        let fields = match self.schema.kind(ty.id) {
            Kind::Record(record) => record.fields.len() + node.members().len(),
            _ => 0,
        };
        let text = node.as_str().map_or(0, str::len) / BYTES_OF_A_STEP;
        self.steps = self
            .steps
            .and_then(|left| left.checked_sub(1 + fields + text));
        self.steps.is_some()
    }

    fn check(&mut self, ty: &Use, node: &Node, misfits: &mut Vec<Misfit>) {
        if self.broken.contains(&ty.id) || misfits.len() >= MAX_PROBLEMS || !self.step(ty, node) {
            return;
        }
        match self.schema.kind(ty.id) {
            Kind::Union(branches) => {
                if !branches.iter().any(|branch| self.fits(branch, node)) {
                    let message = format!("{} fits no branch of the union", shorten(node));
                    misfits.push(misfit(node, message));
                }
            }
            Kind::Array(items) => match node.as_array() {
                Some(elements) => {
                    for element in elements {
                        self.check(items, element, misfits);
                    }
                }
                None => misfits.push(expected("an array", node)),
            },
            Kind::Map(_) if !node.is_object() => {
                misfits.push(expected("an object (a map)", node));
            }
            Kind::Map(values) => {
                for member in node.members() {
                    self.check(values, &member.value, misfits);
                }
            }
            Kind::Record(_) if !node.is_object() => {
                misfits.push(expected("an object (a record)", node));
            }
            Kind::Record(record) => {
                let members = by_key(node);
                for field in &record.fields {
                    let value = members.get(&*field.name).copied();
                    self.check_field(field, node, value, misfits);
                }
            }
            Kind::Enum(content) => {
                let symbol = node.as_str();
                if !symbol.is_some_and(|text| content.by_name.contains_key(text)) {
                    let what = format!("a symbol of `{}`", content.name.full);
                    misfits.push(expected(&what, node));
                }
            }
            Kind::Fixed(fixed) => misfits.extend(fixed_misfit(fixed, node)),
            Kind::Primitive(primitive) => {
                if primitive_datum(*primitive, node).is_none() {
                    misfits.push(expected(words(*primitive), node));
                }
            }
        }
    }

    fn check_field(
        &mut self,
        field: &Field,
        object: &Node,
        value: Option<&Node>,
        misfits: &mut Vec<Misfit>,
    ) {
        match value {
            Some(value) => self.check(&field.ty, value, misfits),
            None if field.usable_default().is_some() => {}
            None => {
                let message = format!(
                    "field `{}` is missing and has no default itself",
                    field.name
                );
                misfits.push(misfit(object, message));
            }
        }
    }

    fn fits(&mut self, ty: &Use, node: &Node) -> bool {
        let key = (node.range.start, ty.id);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let mut misfits = Vec::new();
        self.check(ty, node, &mut misfits);
        self.known.insert(key, misfits.is_empty());
        misfits.is_empty()
    }

    /// Lists the defaults of other fields that a default needs where it leaves fields out.
    fn needs(
        &mut self,
        of: FieldKey,
        ty: &Use,
        node: &Node,
        needs: &mut Vec<(FieldKey, FieldKey)>,
    ) {
        if !self.step(ty, node) {
            return;
        }
        match self.schema.kind(ty.id) {
            Kind::Union(branches) => {
                let chosen = branches.iter().find(|branch| self.fits(branch, node));
                if let Some(branch) = chosen {
                    self.needs(of, branch, node, needs);
                }
            }
            Kind::Array(items) => {
                for element in node.as_array().unwrap_or_default() {
                    self.needs(of, items, element, needs);
                }
            }
            Kind::Map(values) => {
                for member in node.members() {
                    self.needs(of, values, &member.value, needs);
                }
            }
            Kind::Record(record) => {
                let members = by_key(node);
                for (index, field) in record.fields.iter().enumerate() {
                    match members.get(&*field.name) {
                        Some(value) => self.needs(of, &field.ty, value, needs),
                        None => needs.push((of, (ty.id, index))),
                    }
                }
            }
            Kind::Enum(_) | Kind::Fixed(_) | Kind::Primitive(_) => {}
        }
    }
}

/// Defaults that need one which stands for no value. Only stored schemas have such.
fn spread(
    schema: &Schema,
    needs: &[(FieldKey, FieldKey)],
    unusable: &mut HashSet<FieldKey>,
    notes: &mut Notes,
) {
    let mut needed_by: HashMap<FieldKey, Vec<FieldKey>> = HashMap::new();
    for (of, needed) in needs {
        needed_by.entry(*needed).or_default().push(*of);
    }
    let mut reached = HashSet::new();
    let mut queue: Vec<FieldKey> = unusable.iter().copied().collect();
    while let Some(key) = queue.pop() {
        for of in needed_by.get(&key).into_iter().flatten() {
            if unusable.insert(*of) {
                reached.insert(*of);
                queue.push(*of);
            }
        }
    }
    let message = "it leaves out a field whose own default does not fit";
    report(schema, &reached, message, notes);
}

/// Defaults that need themselves, or another one that never ends: `R{r: R = {}}`.
fn endless(
    schema: &Schema,
    mut needs: Vec<(FieldKey, FieldKey)>,
    unusable: &mut HashSet<FieldKey>,
    notes: &mut Notes,
) {
    needs.retain(|(of, _)| !unusable.contains(of));
    let mut open: HashMap<FieldKey, usize> = HashMap::new();
    let mut needed_by: HashMap<FieldKey, Vec<FieldKey>> = HashMap::new();
    for (of, needed) in needs {
        *open.entry(of).or_default() += 1;
        open.entry(needed).or_default();
        needed_by.entry(needed).or_default().push(of);
    }
    let closed = |(key, count): (&FieldKey, &usize)| (*count == 0).then_some(*key);
    let mut ready: Vec<FieldKey> = open.iter().filter_map(closed).collect();
    while let Some(key) = ready.pop() {
        open.remove(&key);
        for of in needed_by.get(&key).into_iter().flatten() {
            if let Some(count) = open.get_mut(of) {
                *count -= 1;
                if *count == 0 {
                    ready.push(*of);
                }
            }
        }
    }
    let endless = open.into_keys().collect();
    let message = "it never ends: it leaves out a field whose default leads back to it";
    report(schema, &endless, message, notes);
    unusable.extend(endless);
}

/// Reports the same of several defaults, in the order of the types.
fn report(schema: &Schema, fields: &HashSet<FieldKey>, message: &str, notes: &mut Notes) {
    for (owner, index, field, default) in all(schema) {
        if fields.contains(&(owner, index)) {
            misfit(default, message.to_owned()).report(field, notes);
        }
    }
}

fn fixed_misfit(fixed: &Fixed, node: &Node) -> Option<Misfit> {
    let Some(bytes) = bytes(node) else {
        return Some(expected("a string of U+0000 to U+00FF (bytes)", node));
    };
    (bytes.len() != fixed.size).then(|| {
        let message = format!(
            "it has {} bytes, `{}` has {}",
            bytes.len(),
            fixed.name.full,
            fixed.size
        );
        misfit(node, message)
    })
}

fn misfit(node: &Node, message: String) -> Misfit {
    Misfit {
        range: node.range.clone(),
        message,
    }
}

fn expected(what: &str, node: &Node) -> Misfit {
    misfit(
        node,
        format!("{} stands where {what} is expected", shorten(node)),
    )
}

/// The value, or what kind of value it is where it is long.
fn shorten(node: &Node) -> String {
    const MAX_CHARS: usize = 40;
    match &node.value {
        Value::Array(_) | Value::Object(_) => node.kind().to_owned(),
        Value::String(text) if text.chars().count() > MAX_CHARS => node.kind().to_owned(),
        Value::Number(text) if text.len() > MAX_CHARS => node.kind().to_owned(),
        _ => format!("`{}`", node.to_compact()),
    }
}

const fn words(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Null => "null",
        Primitive::Boolean => "a boolean",
        Primitive::Int => "a whole number of 32 bits (int)",
        Primitive::Long => "a whole number of 64 bits (long)",
        Primitive::Float => "a number (float)",
        Primitive::Double => "a number (double)",
        Primitive::Bytes => "a string of U+0000 to U+00FF (bytes)",
        Primitive::String => "a string",
    }
}

/// Whether two fields have defaults that do not stand for the same, however they are spelt: `1`, `1.0`
/// and `10e-1` are one number. `budget` is lowered by their parts.
pub(crate) fn differ([own, other]: [(&Schema, &Field); 2], budget: &mut usize) -> bool {
    let defaults = (own.1.usable_default(), other.1.usable_default());
    let (Some(one), Some(another)) = defaults else {
        return false;
    };
    !one.same_value(another) && spelt_out(own, one, budget) != spelt_out(other, another, budget)
}

fn spelt_out((schema, field): (&Schema, &Field), default: &Node, budget: &mut usize) -> String {
    match datum(schema, field.ty.id, default, budget) {
        Some(mut datum) => {
            sort_maps(&mut datum);
            let text = datum::to_json(schema, field.ty.id, &datum);
            text.trim_end_matches(".0").to_owned()
        }
        None => default.to_compact(),
    }
}

/// A map has no order. Data are at most [`MAX_DATUM_DEPTH`] deep.
fn sort_maps(datum: &mut Datum) {
    match datum {
        Datum::Map(entries) => {
            entries.sort_by(|one, other| one.0.cmp(&other.0));
            for (_, value) in entries {
                sort_maps(value);
            }
        }
        Datum::Array(items) | Datum::Record(items) => items.iter_mut().for_each(sort_maps),
        Datum::Union(_, inner) => sort_maps(inner),
        _ => {}
    }
}

/// The datum of a default. `None` if it does not fit, takes more than `budget` steps or is deeper
/// than [`MAX_DATUM_DEPTH`].
pub(crate) fn datum(schema: &Schema, ty: TypeId, node: &Node, budget: &mut usize) -> Option<Datum> {
    Maker { schema, budget }.datum(ty, node, MAX_DATUM_DEPTH)
}

struct Maker<'s> {
    schema: &'s Schema,
    budget: &'s mut usize,
}

impl Maker<'_> {
    /// `depth` bounds the recursion: a branch that is tried before the right one can lead back to
    /// the default that it was tried for.
    fn datum(&mut self, ty: TypeId, node: &Node, depth: usize) -> Option<Datum> {
        self.spend(1)?;
        self.value(ty, node, depth)
    }

    fn spend(&mut self, parts: usize) -> Option<()> {
        *self.budget = self.budget.checked_sub(parts)?;
        Some(())
    }

    /// The same where the part is counted already.
    fn value(&mut self, ty: TypeId, node: &Node, depth: usize) -> Option<Datum> {
        let depth = depth.checked_sub(1)?;
        self.spend(node.as_str().map_or(0, str::len) / BYTES_OF_A_STEP)?;
        match self.schema.kind(ty) {
            Kind::Union(branches) => {
                let mut tries = branches.iter().enumerate();
                tries.find_map(|(index, branch)| {
                    let inner = self.datum(branch.id, node, depth)?;
                    Some(Datum::Union(index, Box::new(inner)))
                })
            }
            Kind::Array(items) => {
                let elements = node.as_array()?.iter();
                let data = elements.map(|element| self.datum(items.id, element, depth));
                data.collect::<Option<_>>().map(Datum::Array)
            }
            Kind::Map(values) if node.is_object() => {
                let entries = node.members().iter().map(|member| {
                    let value = self.datum(values.id, &member.value, depth)?;
                    Some((member.key.to_string(), value))
                });
                entries.collect::<Option<_>>().map(Datum::Map)
            }
            Kind::Record(record) if node.is_object() => self.record(record, node, depth),
            Kind::Map(_) | Kind::Record(_) => None,
            Kind::Enum(content) => {
                let symbol = content.by_name.get(node.as_str()?);
                symbol.copied().map(Datum::Enum)
            }
            Kind::Fixed(fixed) => bytes(node)
                .filter(|bytes| bytes.len() == fixed.size)
                .map(Datum::Fixed),
            Kind::Primitive(primitive) => primitive_datum(*primitive, node),
        }
    }

    fn record(&mut self, record: &Record, node: &Node, depth: usize) -> Option<Datum> {
        // Also of a record that turns out not to fit.
        self.spend(record.fields.len().max(node.members().len()))?;
        let members = by_key(node);
        let values = record.fields.iter().map(|field| {
            let given = members.get(&*field.name).copied();
            given.or(field.usable_default())
        });
        // Before any of them is looked into: most records that do not fit lack a field.
        let values: Vec<&Node> = values.collect::<Option<_>>()?;
        let fields = record.fields.iter().zip(values);
        let data = fields.map(|(field, value)| self.value(field.ty.id, value, depth));
        data.collect::<Option<_>>().map(Datum::Record)
    }
}

fn primitive_datum(primitive: Primitive, node: &Node) -> Option<Datum> {
    match (primitive, &node.value) {
        (Primitive::Null, Value::Null) => Some(Datum::Null),
        (Primitive::Boolean, Value::Bool(value)) => Some(Datum::Boolean(*value)),
        (Primitive::Int, Value::Number(text)) => text.parse().ok().map(Datum::Int),
        (Primitive::Long, Value::Number(text)) => text.parse().ok().map(Datum::Long),
        (Primitive::Float, Value::Number(text)) => text.parse().ok().map(Datum::Float),
        (Primitive::Double, Value::Number(text)) => text.parse().ok().map(Datum::Double),
        (Primitive::Bytes, Value::String(_)) => bytes(node).map(Datum::Bytes),
        (Primitive::String, Value::String(text)) => Some(Datum::String(text.to_string())),
        _ => None,
    }
}

/// The members of an object, so that a record with as many fields costs no square; the last of equal
/// keys counts.
fn by_key(node: &Node) -> HashMap<&str, &Node> {
    let members = node.members().iter();
    members
        .map(|member| (&*member.key, &member.value))
        .collect()
}

fn bytes(node: &Node) -> Option<Vec<u8>> {
    let chars = node.as_str()?.chars();
    chars.map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

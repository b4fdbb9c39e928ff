//! The smallest datum of every type, and data that lead to a given place.
//!
//! A recursive type without a way out has no datum at all: what breaks about it has no witness. The
//! sizes are settled smallest first, so each type is settled once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::datum::{Datum, MAX_DATUM_DEPTH};
use super::decode::Without;
use super::model::{Kind, Logical, Primitive, Schema, Slot, TypeId};

/// The largest fixed that a witness may contain.
pub(crate) const MAX_FIXED_BYTES: usize = 64 * 1024;

/// A UUID of version 4 (RFC 9562), as text and as bytes.
const UUID: &str = "00000000-0000-4000-8000-000000000001";
const UUID_BYTES: [u8; 16] = [0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1];

/// How many parts the smallest datum of each type has.
#[derive(Debug)]
pub(crate) struct Samples {
    sizes: Vec<Option<u64>>,
    /// For a union: its branch with the smallest datum.
    branches: Vec<usize>,
}

/// What the datum at the end of a route is to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Focus {
    /// Any small one that is not trivial: 1 rather than 0.
    Any,
    /// This one.
    Exactly(Datum),
}

impl Samples {
    fn new(schema: &Schema) -> Self {
        let count = schema.types.len();
        let mut samples = Self {
            sizes: vec![None; count],
            branches: vec![0; count],
        };
        let mut open = Open {
            users: vec![Vec::new(); count],
            missing: vec![0; count],
            sums: vec![1; count],
            ready: BinaryHeap::new(),
        };
        for (id, ty) in (0u32..).zip(&schema.types) {
            open.add(TypeId(id), &ty.kind);
        }
        while let Some(Reverse((size, id, branch))) = open.ready.pop() {
            let at = id.0 as usize;
            if samples.sizes[at].is_some() {
                continue;
            }
            samples.sizes[at] = Some(size);
            samples.branches[at] = branch;
            open.settle(schema, id, size);
        }
        samples
    }

    /// Whether the type has any datum.
    pub(crate) fn inhabited(&self, id: TypeId) -> bool {
        self.size(id).is_some()
    }

    fn size(&self, id: TypeId) -> Option<u64> {
        self.sizes.get(id.0 as usize).copied().flatten()
    }
}

struct Open {
    /// Who contains a type: a record (0), or a union with the branch.
    users: Vec<Vec<(TypeId, usize)>>,
    missing: Vec<usize>,
    sums: Vec<u64>,
    ready: BinaryHeap<Reverse<(u64, TypeId, usize)>>,
}

impl Open {
    fn add(&mut self, id: TypeId, kind: &Kind) {
        match kind {
            Kind::Record(record) if !record.fields.is_empty() => {
                self.missing[id.0 as usize] = record.fields.len();
                for field in &record.fields {
                    self.users[field.ty.id.0 as usize].push((id, 0));
                }
            }
            Kind::Union(branches) => {
                for (index, branch) in branches.iter().enumerate() {
                    self.users[branch.id.0 as usize].push((id, index));
                }
            }
            Kind::Enum(content) if content.symbols.is_empty() => {}
            _ => self.ready.push(Reverse((1, id, 0))),
        }
    }

    fn settle(&mut self, schema: &Schema, id: TypeId, size: u64) {
        for (user, branch) in std::mem::take(&mut self.users[id.0 as usize]) {
            let at = user.0 as usize;
            if matches!(schema.kind(user), Kind::Union(_)) {
                self.ready
                    .push(Reverse((size.saturating_add(1), user, branch)));
                continue;
            }
            self.sums[at] = self.sums[at].saturating_add(size);
            self.missing[at] -= 1;
            if self.missing[at] == 0 {
                self.ready.push(Reverse((self.sums[at], user, 0)));
            }
        }
    }
}

impl Schema {
    pub(crate) fn samples(&self) -> &Samples {
        self.samples.get_or_init(|| Samples::new(self))
    }
}

/// A datum of the schema that takes `route` from the root and ends in `focus`. `None` if there is
/// none within the limits. One field may be left out. `budget` is lowered by the number of parts.
pub(crate) fn along(
    schema: &Schema,
    route: &[Slot],
    focus: &Focus,
    without: Without,
    budget: &mut usize,
) -> Option<Datum> {
    if without.is_none() && !begins(schema, *budget) {
        return None;
    }
    let mut maker = Maker {
        schema,
        without,
        budget,
    };
    maker.along(schema.root.id, route, focus, 0)
}

/// Whether any datum of the schema is within the budget; what is too large anyway is not begun.
pub(crate) fn begins(schema: &Schema, budget: usize) -> bool {
    let least = schema.samples().size(schema.root.id);
    least.is_some_and(|least| least <= u64::try_from(budget).unwrap_or(u64::MAX))
}

struct Maker<'s> {
    schema: &'s Schema,
    without: Without,
    budget: &'s mut usize,
}

impl Maker<'_> {
    fn along(&mut self, ty: TypeId, route: &[Slot], focus: &Focus, depth: usize) -> Option<Datum> {
        let Some((step, rest)) = route.split_first() else {
            return match focus {
                Focus::Any => self.some(ty, depth),
                Focus::Exactly(datum) => Some(datum.clone()),
            };
        };
        self.spend(depth)?;
        match (self.schema.kind(ty), step) {
            (Kind::Record(record), Slot::Field(chosen)) => {
                let mut data = Vec::with_capacity(record.fields.len());
                for (index, field) in record.fields.iter().enumerate() {
                    data.push(if self.without == Some((ty, index)) {
                        Datum::Absent
                    } else if index == *chosen {
                        self.along(field.ty.id, rest, focus, depth + 1)?
                    } else {
                        self.smallest(field.ty.id, depth + 1)?
                    });
                }
                Some(Datum::Record(data))
            }
            (Kind::Array(items), Slot::Items) => {
                let item = self.along(items.id, rest, focus, depth + 1)?;
                Some(Datum::Array(vec![item]))
            }
            (Kind::Map(values), Slot::Values) => {
                let value = self.along(values.id, rest, focus, depth + 1)?;
                Some(Datum::Map(vec![("k".to_owned(), value)]))
            }
            (Kind::Union(branches), Slot::Branch(index)) => {
                let inner = self.along(branches.get(*index)?.id, rest, focus, depth + 1)?;
                Some(Datum::Union(*index, Box::new(inner)))
            }
            _ => None,
        }
    }

    /// A small datum that is not trivial, where the type has one of the same size.
    fn some(&mut self, ty: TypeId, depth: usize) -> Option<Datum> {
        if let Some(datum) = meant(self.schema, ty) {
            return Some(datum);
        }
        match self.schema.kind(ty) {
            Kind::Primitive(primitive) => Some(match primitive {
                Primitive::Null => Datum::Null,
                Primitive::Boolean => Datum::Boolean(true),
                Primitive::Int => Datum::Int(1),
                Primitive::Long => Datum::Long(1),
                Primitive::Float => Datum::Float(1.0),
                Primitive::Double => Datum::Double(1.0),
                Primitive::Bytes => Datum::Bytes(vec![b'a']),
                Primitive::String => Datum::String("a".to_owned()),
            }),
            _ => self.smallest(ty, depth),
        }
    }

    fn smallest(&mut self, ty: TypeId, depth: usize) -> Option<Datum> {
        self.spend(depth)?;
        if let Some(datum) = meant(self.schema, ty) {
            return Some(datum);
        }
        Some(match self.schema.kind(ty) {
            Kind::Primitive(primitive) => zero(*primitive),
            Kind::Enum(content) if content.symbols.is_empty() => return None,
            Kind::Enum(_) => Datum::Enum(0),
            Kind::Fixed(fixed) if fixed.size > MAX_FIXED_BYTES => return None,
            Kind::Fixed(fixed) => Datum::Fixed(vec![0; fixed.size]),
            Kind::Array(_) => Datum::Array(Vec::new()),
            Kind::Map(_) => Datum::Map(Vec::new()),
            Kind::Union(branches) => {
                let samples = self.schema.samples();
                let index = samples.branches.get(ty.0 as usize).copied()?;
                let inner = self.smallest(branches.get(index)?.id, depth + 1)?;
                Datum::Union(index, Box::new(inner))
            }
            Kind::Record(record) => {
                if !self.schema.samples().inhabited(ty) {
                    return None;
                }
                let mut data = Vec::with_capacity(record.fields.len());
                for (at, field) in record.fields.iter().enumerate() {
                    data.push(match self.without {
                        Some(left_out) if left_out == (ty, at) => Datum::Absent,
                        _ => self.smallest(field.ty.id, depth + 1)?,
                    });
                }
                Datum::Record(data)
            }
        })
    }

    fn spend(&mut self, depth: usize) -> Option<()> {
        *self.budget = self.budget.checked_sub(1)?;
        (depth < MAX_DATUM_DEPTH).then_some(())
    }
}

/// A value of a logical type for which not every raw value is one, so that its writer could have
/// written the datum.
fn meant(schema: &Schema, ty: TypeId) -> Option<Datum> {
    let ty = schema.get(ty);
    let Some(Logical::Other(name)) = ty.logical else {
        return None;
    };
    match (name, &ty.kind) {
        ("uuid", Kind::Primitive(Primitive::String)) => Some(Datum::String(UUID.to_owned())),
        ("uuid", Kind::Fixed(_)) => Some(Datum::Fixed(UUID_BYTES.to_vec())),
        // The unscaled number 1, as bytes with their length, and the scale 0.
        ("big-decimal", _) => Some(Datum::Bytes(vec![2, 1, 0])),
        _ => None,
    }
}

fn zero(primitive: Primitive) -> Datum {
    match primitive {
        Primitive::Null => Datum::Null,
        Primitive::Boolean => Datum::Boolean(false),
        Primitive::Int => Datum::Int(0),
        Primitive::Long => Datum::Long(0),
        Primitive::Float => Datum::Float(0.0),
        Primitive::Double => Datum::Double(0.0),
        Primitive::Bytes => Datum::Bytes(Vec::new()),
        Primitive::String => Datum::String(String::new()),
    }
}

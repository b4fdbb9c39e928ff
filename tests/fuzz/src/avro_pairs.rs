//! Pairs of Avro schemas, nearly all valid: one that is grown, and the same with some changes.
//!
//! They hold what makes comparing hard: recursion, unions of everything, the same simple name in two
//! namespaces, aliases of types and fields (also such that exchange two), defaults of every shape,
//! logical types.

use std::fmt::Write as _;

use crate::choices::Choices;

/// How deep types are grown.
const MAX_DEPTH: usize = 4;

/// The most types of one schema.
const MAX_TYPES: usize = 40;

/// Few names, so that they meet.
const NAMES: &[&str] = &["A", "B", "n.A", "n.B", "C", "m.A", "D", "E"];
const FIELDS: &[&str] = &["a", "b", "c", "d", "e"];
const SYMBOLS: &[&str] = &["X", "Y", "Z", "W"];
const PRIMITIVES: &[&str] = &[
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];

/// Primitive types with what they may mean.
const LOGICAL: &[(&str, &str)] = &[
    ("int", "\"logicalType\": \"date\""),
    ("int", "\"logicalType\": \"time-millis\""),
    ("long", "\"logicalType\": \"timestamp-millis\""),
    ("long", "\"logicalType\": \"timestamp-micros\""),
    ("long", "\"logicalType\": \"local-timestamp-millis\""),
    ("string", "\"logicalType\": \"uuid\""),
    (
        "bytes",
        "\"logicalType\": \"decimal\", \"precision\": 4, \"scale\": 2",
    ),
    (
        "bytes",
        "\"logicalType\": \"decimal\", \"precision\": 4, \"scale\": 1",
    ),
    (
        "bytes",
        "\"logicalType\": \"decimal\", \"precision\": 9, \"scale\": 2",
    ),
    ("int", "\"logicalType\": \"uuid\""),
];

/// A type, by its shape.
#[derive(Clone, Debug)]
enum Type {
    Primitive(&'static str),
    Logical(&'static str, &'static str),
    /// By name; written out where it was not defined before.
    Named(&'static str),
    Array(Box<Type>),
    Map(Box<Type>),
    Union(Vec<Type>),
}

/// A type with a name.
#[derive(Clone, Debug)]
struct Definition {
    name: &'static str,
    /// The name that is written, after a renaming.
    written: &'static str,
    aliases: Vec<&'static str>,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Record(Vec<Field>),
    Enum {
        symbols: Vec<&'static str>,
        default: Option<&'static str>,
    },
    Fixed {
        size: usize,
        decimal: bool,
    },
}

#[derive(Clone, Debug)]
struct Field {
    name: &'static str,
    aliases: Vec<&'static str>,
    ty: Type,
    /// Whether it has a default, and which of those that fit.
    default: Option<usize>,
}

/// A schema before it is a text.
#[derive(Clone, Debug)]
struct Plan {
    root: Type,
    definitions: Vec<Definition>,
    types: usize,
}

/// The texts of an old and a new schema.
pub fn grow(choices: &mut Choices<'_>, edits: &mut Choices<'_>) -> [String; 2] {
    let mut old = Plan {
        root: Type::Primitive("null"),
        definitions: Vec::new(),
        types: 0,
    };
    old.root = old.ty(choices, MAX_DEPTH, true);
    let mut new = old.clone();
    while !edits.is_empty() {
        new.edit(edits);
    }
    [old.text(), new.text()]
}

impl Plan {
    fn ty(&mut self, choices: &mut Choices<'_>, depth: usize, union: bool) -> Type {
        self.types += 1;
        let deep = depth > 0 && self.types < MAX_TYPES;
        match choices.below(if deep { 12 } else { 4 }) {
            1 => {
                let (base, meaning) = choices.one(LOGICAL);
                Type::Logical(base, meaning)
            }
            2 | 3 if !self.definitions.is_empty() => {
                let index = choices.below(self.definitions.len());
                Type::Named(self.definitions[index].name)
            }
            4 => Type::Array(Box::new(self.ty(choices, depth - 1, true))),
            5 => Type::Map(Box::new(self.ty(choices, depth - 1, true))),
            6 | 7 if union => self.union(choices, depth - 1),
            kind @ 8..=11 => self.define(choices, kind, depth - 1),
            _ => Type::Primitive(choices.one(PRIMITIVES)),
        }
    }

    fn union(&mut self, choices: &mut Choices<'_>, depth: usize) -> Type {
        let count = choices.below(5);
        let mut branches: Vec<Type> = Vec::new();
        for _ in 0..count {
            let branch = self.ty(choices, depth, false);
            if branches.iter().all(|other| other.key() != branch.key()) {
                branches.push(branch);
            }
        }
        Type::Union(branches)
    }

    /// A new named type, or one that was defined under the same name.
    fn define(&mut self, choices: &mut Choices<'_>, kind: usize, depth: usize) -> Type {
        let name = choices.one(NAMES);
        if self
            .definitions
            .iter()
            .any(|definition| definition.name == name)
        {
            return Type::Named(name);
        }
        let index = self.definitions.len();
        let body = match kind {
            8 => Body::Enum {
                symbols: some(choices, SYMBOLS),
                default: None,
            },
            9 => Body::Fixed {
                size: choices.one(&[4, 16, 12, 0, 5]),
                decimal: choices.one_in(3),
            },
            _ => Body::Record(Vec::new()),
        };
        self.definitions.push(Definition {
            name,
            written: name,
            aliases: Vec::new(),
            body,
        });
        if matches!(kind, 10 | 11) {
            // After the definition, so that a field can be of the record itself.
            let fields = some(choices, FIELDS);
            let fields = fields
                .into_iter()
                .map(|name| self.field(choices, name, depth));
            self.definitions[index].body = Body::Record(fields.collect());
        }
        Type::Named(name)
    }

    fn field(&mut self, choices: &mut Choices<'_>, name: &'static str, depth: usize) -> Field {
        let ty = self.ty(choices, depth, true);
        let default = choices.one_in(3).then(|| choices.below(4));
        Field {
            name,
            aliases: Vec::new(),
            ty,
            default,
        }
    }

    /// One change of a version by the next.
    fn edit(&mut self, edits: &mut Choices<'_>) {
        let mut count = self.definitions.len();
        let at = edits.below(count + 1);
        if at == count {
            self.root = changed(self.root.clone(), edits);
            return;
        }
        let Some(definition) = self.definitions.get_mut(at) else {
            return;
        };
        count = edits.below(8);
        match (&mut definition.body, count) {
            (_, 0) => definition.rename(edits),
            (_, 1) => definition.aliases.push(edits.one(NAMES)),
            (Body::Record(fields), operation) => edit_fields(fields, operation, edits),
            (Body::Enum { symbols, .. }, 2 | 3) => *symbols = some(edits, SYMBOLS),
            (Body::Enum { symbols, default }, _) => *default = symbols.first().copied(),
            (Body::Fixed { decimal, .. }, 2 | 3) => *decimal = !*decimal,
            (Body::Fixed { size, .. }, _) => *size = edits.one(&[4, 16, 12, 0, 5]),
        }
    }

    fn text(&self) -> String {
        let mut printer = Printer {
            plan: self,
            defined: Vec::new(),
            out: String::new(),
        };
        printer.ty(&self.root);
        printer.out
    }
}

impl Type {
    /// What no union may have twice.
    fn key(&self) -> &'static str {
        match self {
            Self::Primitive(name) | Self::Logical(name, _) | Self::Named(name) => name,
            Self::Array(_) => "array",
            Self::Map(_) => "map",
            Self::Union(_) => "union",
        }
    }
}

impl Definition {
    fn rename(&mut self, edits: &mut Choices<'_>) {
        let old = self.written;
        self.written = edits.one(NAMES);
        if edits.one_in(2) {
            self.aliases.push(old);
        }
    }
}

/// Another type near this one.
fn changed(ty: Type, edits: &mut Choices<'_>) -> Type {
    match (edits.below(6), ty) {
        (0, _) => Type::Primitive(edits.one(PRIMITIVES)),
        (1, _) => {
            let (base, meaning) = edits.one(LOGICAL);
            Type::Logical(base, meaning)
        }
        (2, Type::Union(mut branches)) if !branches.is_empty() => {
            branches.remove(edits.below(branches.len()));
            Type::Union(branches)
        }
        (3, Type::Union(mut branches)) => {
            branches.reverse();
            Type::Union(branches)
        }
        (4, Type::Union(mut branches)) => {
            let branch = Type::Primitive(edits.one(PRIMITIVES));
            if branches.iter().all(|other| other.key() != branch.key()) {
                branches.push(branch);
            }
            Type::Union(branches)
        }
        (_, Type::Union(mut branches)) => {
            let index = edits.below(branches.len());
            if let Some(branch) = branches.get_mut(index)
                && !matches!(branch, Type::Named(_))
            {
                *branch = changed(branch.clone(), edits);
            }
            Type::Union(branches)
        }
        (2, ty) => Type::Union(vec![ty]),
        (3, ty) if !matches!(ty, Type::Primitive("null")) => {
            Type::Union(vec![Type::Primitive("null"), ty])
        }
        (_, Type::Array(items)) => Type::Array(Box::new(changed(*items, edits))),
        (_, Type::Map(values)) => Type::Map(Box::new(changed(*values, edits))),
        (_, ty) => ty,
    }
}

fn edit_fields(fields: &mut Vec<Field>, operation: usize, edits: &mut Choices<'_>) {
    let at = edits.below(fields.len());
    let name = edits.one(FIELDS);
    let Some(field) = fields.get_mut(at) else {
        let ty = changed(Type::Primitive("int"), edits);
        fields.push(Field {
            name,
            aliases: Vec::new(),
            ty,
            default: Some(0),
        });
        return;
    };
    match operation {
        2 => field.ty = changed(field.ty.clone(), edits),
        3 => {
            fields.remove(at);
        }
        4 => field.aliases.push(name),
        5 => {
            field.aliases.push(field.name);
            field.name = name;
        }
        6 => field.default = edits.one(&[None, Some(0), Some(1)]),
        _ => {
            let ty = changed(Type::Primitive("long"), edits);
            let default = edits.one(&[None, Some(0), Some(1)]);
            fields.insert(
                at,
                Field {
                    name,
                    aliases: Vec::new(),
                    ty,
                    default,
                },
            );
        }
    }
}

/// Some of the words, in an order.
fn some(choices: &mut Choices<'_>, of: &[&'static str]) -> Vec<&'static str> {
    let mut words = Vec::new();
    for _ in 0..choices.below(of.len()) + usize::from(of == SYMBOLS) {
        let word = choices.one(of);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

struct Printer<'p> {
    plan: &'p Plan,
    defined: Vec<&'static str>,
    out: String,
}

impl Printer<'_> {
    fn ty(&mut self, ty: &Type) {
        // Writing to a `String` cannot fail.
        let _ = match ty {
            Type::Primitive(name) => write!(self.out, "\"{name}\""),
            Type::Logical(base, meaning) => write!(self.out, "{{\"type\": \"{base}\", {meaning}}}"),
            Type::Named(name) => {
                self.named(name);
                Ok(())
            }
            Type::Array(items) => {
                self.wrapped("{\"type\": \"array\", \"items\": ", items);
                Ok(())
            }
            Type::Map(values) => {
                self.wrapped("{\"type\": \"map\", \"values\": ", values);
                Ok(())
            }
            Type::Union(branches) => {
                self.separated('[', ']', branches, Self::ty);
                Ok(())
            }
        };
    }

    fn wrapped(&mut self, head: &str, inner: &Type) {
        self.out.push_str(head);
        self.ty(inner);
        self.out.push('}');
    }

    fn separated<T>(&mut self, open: char, close: char, parts: &[T], print: fn(&mut Self, &T)) {
        self.out.push(open);
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            print(self, part);
        }
        self.out.push(close);
    }

    fn named(&mut self, name: &'static str) {
        let definition = self
            .plan
            .definitions
            .iter()
            .find(|definition| definition.name == name);
        let Some(definition) = definition else {
            return;
        };
        // A name without a namespace would take that of the type around it.
        let namespace = if definition.written.contains('.') {
            ""
        } else {
            ", \"namespace\": \"\""
        };
        if self.defined.contains(&name) {
            let _ = write!(self.out, "\"{}\"", definition.written);
            return;
        }
        self.defined.push(name);
        let _ = write!(
            self.out,
            "{{\"name\": \"{}\"{namespace}",
            definition.written
        );
        self.aliases(&definition.aliases);
        self.body(&definition.body);
        self.out.push('}');
    }

    fn aliases(&mut self, aliases: &[&str]) {
        if !aliases.is_empty() {
            let _ = write!(self.out, ", \"aliases\": {aliases:?}");
        }
    }

    fn body(&mut self, body: &Body) {
        let _ = match body {
            Body::Enum { symbols, default } => {
                let default = default.map(|symbol| format!(", \"default\": \"{symbol}\""));
                let default = default.unwrap_or_default();
                write!(
                    self.out,
                    ", \"type\": \"enum\", \"symbols\": {symbols:?}{default}"
                )
            }
            Body::Fixed { size, decimal } => {
                let decimal = if *decimal {
                    ", \"logicalType\": \"decimal\", \"precision\": 3"
                } else {
                    ""
                };
                write!(self.out, ", \"type\": \"fixed\", \"size\": {size}{decimal}")
            }
            Body::Record(fields) => {
                self.out.push_str(", \"type\": \"record\", \"fields\": ");
                self.separated('[', ']', fields, Self::field);
                Ok(())
            }
        };
    }

    fn field(&mut self, field: &Field) {
        let _ = write!(self.out, "{{\"name\": \"{}\"", field.name);
        self.aliases(&field.aliases);
        self.out.push_str(", \"type\": ");
        self.ty(&field.ty);
        if let Some(default) = field
            .default
            .and_then(|which| self.default(&field.ty, which, 4))
        {
            let _ = write!(self.out, ", \"default\": {default}");
        }
        self.out.push('}');
    }

    /// A value of the type; `None` if it has none of this shape.
    fn default(&self, ty: &Type, which: usize, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        Some(match ty {
            Type::Primitive(name) | Type::Logical(name, _) => match *name {
                "null" => "null".to_owned(),
                "boolean" => (which == 0).to_string(),
                "bytes" | "string" => ["\"\"", "\"\\u00ff\"", "\"a\"", "\"é\""]
                    .get(which)?
                    .to_string(),
                _ => which.to_string(),
            },
            Type::Array(items) if which > 0 => {
                format!("[{}]", self.default(items, which - 1, depth)?)
            }
            Type::Array(_) => "[]".to_owned(),
            Type::Map(values) if which > 0 => {
                format!("{{\"k\": {}}}", self.default(values, which - 1, depth)?)
            }
            Type::Map(_) => "{}".to_owned(),
            Type::Union(branches) => {
                let branch = branches.get(which).or_else(|| branches.first())?;
                self.default(branch, which, depth)?
            }
            Type::Named(name) => {
                let mut definitions = self.plan.definitions.iter();
                let definition = definitions.find(|definition| definition.name == *name)?;
                self.named_default(&definition.body, which, depth)?
            }
        })
    }

    fn named_default(&self, body: &Body, which: usize, depth: usize) -> Option<String> {
        Some(match body {
            Body::Enum { symbols, .. } => {
                format!("\"{}\"", symbols.get(which).or(symbols.first())?)
            }
            Body::Fixed { size, .. } => format!("\"{}\"", "\\u0001".repeat(*size)),
            Body::Record(fields) => {
                let mut values = Vec::new();
                for field in fields {
                    // A default of its own may take its place.
                    if field.default.is_none() || which > 1 {
                        let value = self.default(&field.ty, which, depth)?;
                        values.push(format!("\"{}\": {value}", field.name));
                    }
                }
                format!("{{{}}}", values.join(", "))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use checker::{Direction, Format, Options, Verdict, compare};

    use super::*;
    use crate::laws::parse;

    /// Bytes as a fuzzer would come to them (splitmix64).
    fn bytes(seed: u64, count: usize) -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ (z >> 31)).to_le_bytes()[0]
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn most_pairs_are_valid_and_every_verdict_is_common() {
        let mut counts = std::collections::BTreeMap::new();
        for seed in 0..1000 {
            let (shape, edits) = (bytes(seed, 200), bytes(seed + 5000, 6));
            let [old, new] = grow(&mut Choices::new(&shape), &mut Choices::new(&edits));
            let pair = parse(Format::Avro, "old", &old).zip(parse(Format::Avro, "new", &new));
            let verdict = pair.map(|(old, new)| {
                let options = Options::default();
                compare(&old, &new, &[Direction::Backward], &options).verdict()
            });
            let word = match verdict {
                None => "invalid",
                Some(Verdict::Compatible) => "compatible",
                Some(Verdict::Incompatible) => "incompatible",
                Some(Verdict::Undecided) => "undecided",
            };
            *counts.entry(word).or_insert(0) += 1;
        }
        assert!(counts["invalid"] < 500, "{counts:?}");
        assert!(
            counts["compatible"] > 100 && counts["incompatible"] > 100,
            "{counts:?}"
        );
    }
}

//! The text forms that give a schema its identity, as the wire contract has them.
//!
//! The canonical text is compact JSON with a fixed order of keys; a namespace is written only where
//! it differs from the one around it, a type that stands elsewhere by its name. Documentation,
//! defaults, aliases and attributes stay, so it is *not* Avro's "parsing canonical form". In the
//! normalised text also attributes and aliases are sorted.
//!
//! The resolved text has the definition of a referenced type where it is first used.
//!
//! The walk recurses along the nesting of the text, which the JSON reader bounds; inlining can nest
//! deeper, and has a limit of its own.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::text::json::{MAX_DEPTH, Node, Value, write_string};

use super::model::{
    Attribute, Enum, Field, Fixed, Kind, Name, Primitive, Record, Schema, Type, TypeId, Use,
};

/// The canonical text.
pub(crate) fn text(schema: &Schema) -> String {
    write(schema, false)
}

/// The normalised text.
pub(crate) fn normalized(schema: &Schema) -> String {
    write(schema, true)
}

/// The canonical text with all references resolved; `None` if it would nest too deeply to be read.
pub(crate) fn resolved(schema: &Schema) -> Option<String> {
    let mut printer = Printer {
        inline: Some(HashSet::new()),
        ..Printer::new(schema, false)
    };
    printer.type_use(&schema.root, "");
    (!printer.too_deep).then_some(printer.out)
}

/// The canonical text of one type, defined where it is first used.
pub(crate) fn of_type(schema: &Schema, ty: TypeId) -> String {
    let mut printer = Printer {
        inline: Some(HashSet::from([ty])),
        ..Printer::new(schema, false)
    };
    printer.definition(schema.get(ty), "");
    printer.out
}

fn write(schema: &Schema, normalize: bool) -> String {
    let mut printer = Printer::new(schema, normalize);
    printer.type_use(&schema.root, "");
    printer.out
}

/// The deepest nesting of types in a resolved text. Each costs at most three levels of JSON.
pub(super) const MAX_INLINE_DEPTH: usize = MAX_DEPTH / 3;

struct Printer<'s> {
    schema: &'s Schema,
    normalize: bool,
    out: String,
    /// The types that were defined, where references are to be inlined.
    inline: Option<HashSet<TypeId>>,
    depth: usize,
    too_deep: bool,
}

impl<'s> Printer<'s> {
    fn new(schema: &'s Schema, normalize: bool) -> Self {
        Self {
            schema,
            normalize,
            out: String::new(),
            inline: None,
            depth: 0,
            too_deep: false,
        }
    }

    fn type_use(&mut self, ty: &Use, space: &str) {
        let definition = self.schema.get(ty.id);
        let by_name = match &mut self.inline {
            Some(defined) => !defined.insert(ty.id),
            None => ty.by_name,
        };
        match definition.kind.name() {
            Some(name) if by_name => self.string(unqualify(&name.full, space)),
            _ => self.nested(definition, space),
        }
    }

    fn nested(&mut self, definition: &Type, space: &str) {
        if self.inline.is_some() && self.depth == MAX_INLINE_DEPTH {
            self.too_deep = true;
            return;
        }
        self.depth += 1;
        self.definition(definition, space);
        self.depth -= 1;
    }

    fn definition(&mut self, ty: &Type, space: &str) {
        match &ty.kind {
            Kind::Union(branches) => {
                self.list('[', ']', branches, |this, branch| {
                    this.type_use(branch, space);
                });
                return;
            }
            Kind::Primitive(primitive) if ty.attributes.is_empty() => {
                self.string(primitive.name());
                return;
            }
            _ => {}
        }
        self.out.push_str("{\"type\":");
        self.string(match &ty.kind {
            Kind::Record(record) if record.error => "error",
            kind => kind.word(),
        });
        match &ty.kind {
            Kind::Record(record) => self.record(record, space),
            Kind::Enum(content) => self.enumeration(content, space),
            Kind::Fixed(fixed) => self.fixed(fixed, space),
            Kind::Array(content) => {
                self.key("items");
                self.type_use(content, space);
            }
            Kind::Map(content) => {
                self.key("values");
                self.type_use(content, space);
            }
            Kind::Primitive(_) | Kind::Union(_) => {}
        }
        self.attributes(&ty.attributes, ty.logical.is_some());
        if let Some(name) = ty.kind.name() {
            let mut aliases: Vec<&str> = name.aliases.iter().map(|alias| &**alias).collect();
            if self.normalize {
                aliases.sort_unstable();
            }
            let shown = aliases
                .iter()
                .map(|alias| unqualify(alias, name.namespace()));
            self.aliases(shown.collect());
        }
        self.out.push('}');
    }

    fn record(&mut self, record: &Record, space: &str) {
        self.name(&record.name, space);
        self.optional("doc", record.doc.as_deref());
        self.key("fields");
        let inner = record.name.namespace();
        self.list('[', ']', &record.fields, |this, field| {
            this.field(field, inner);
        });
    }

    fn field(&mut self, field: &Field, space: &str) {
        self.out.push_str("{\"name\":");
        self.string(&field.name);
        self.key("type");
        self.type_use(&field.ty, space);
        self.optional("doc", field.doc.as_deref());
        if let Some(default) = &field.default {
            self.key("default");
            self.json(default);
        }
        let order = field.order.as_deref().filter(|order| *order != "ascending");
        self.optional("order", order);
        let mut aliases: Vec<&str> = field.aliases.iter().map(|alias| &**alias).collect();
        if self.normalize {
            aliases.sort_unstable();
        }
        self.aliases(aliases);
        self.attributes(&field.attributes, false);
        self.out.push('}');
    }

    fn enumeration(&mut self, content: &Enum, space: &str) {
        self.name(&content.name, space);
        self.optional("doc", content.doc.as_deref());
        self.key("symbols");
        self.list('[', ']', &content.symbols, |this, symbol| {
            this.string(&symbol.name);
        });
        let default = content.default.and_then(|index| content.symbols.get(index));
        self.optional("default", default.map(|symbol| &*symbol.name));
    }

    fn fixed(&mut self, fixed: &Fixed, space: &str) {
        self.name(&fixed.name, space);
        self.optional("doc", fixed.doc.as_deref());
        self.key("size");
        // Writing to a `String` cannot fail.
        let _ = write!(self.out, "{}", fixed.size);
    }

    fn name(&mut self, name: &Name, space: &str) {
        self.key("name");
        self.string(name.simple());
        if name.namespace() != space {
            self.key("namespace");
            self.string(name.namespace());
        }
    }

    /// Each once: a type's alias can be given with its namespace and without.
    fn aliases(&mut self, mut aliases: Vec<&str>) {
        if aliases.is_empty() {
            return;
        }
        let mut seen = HashSet::new();
        aliases.retain(|alias| seen.insert(*alias));
        self.key("aliases");
        self.list('[', ']', aliases, Self::string);
    }

    fn attributes(&mut self, attributes: &[Attribute], logical: bool) {
        let mut attributes: Vec<&Attribute> = attributes.iter().collect();
        if self.normalize {
            attributes.sort_by_key(|attribute| (rank(&attribute.key, logical), &attribute.key));
        }
        for attribute in attributes {
            self.key(&attribute.key);
            self.json(&attribute.value);
        }
    }

    fn optional(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.key(key);
            self.string(text);
        }
    }

    /// A key that is not the first one of its object.
    fn key(&mut self, key: &str) {
        self.out.push(',');
        self.string(key);
        self.out.push(':');
    }

    fn string(&mut self, text: &str) {
        write_string(text, &mut self.out);
    }

    fn list<T>(
        &mut self,
        open: char,
        close: char,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        self.out.push(open);
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write(self, item);
        }
        self.out.push(close);
    }

    fn json(&mut self, node: &Node) {
        match &node.value {
            Value::Number(text) => self.out.push_str(&number(text)),
            Value::Array(items) => self.list('[', ']', items, Self::json),
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                if self.normalize {
                    members.sort_by_key(|member| &member.key);
                }
                self.list('{', '}', members, |this, member| {
                    this.string(&member.key);
                    this.out.push(':');
                    this.json(&member.value);
                });
            }
            Value::Null | Value::Bool(_) | Value::String(_) => {
                self.out.push_str(&node.to_compact());
            }
        }
    }
}

/// Normalised texts begin a type's attributes with those of its logical type.
fn rank(key: &str, logical: bool) -> usize {
    let first = ["logicalType", "precision", "scale"];
    let found = first.iter().position(|name| logical && *name == key);
    found.unwrap_or(first.len())
}

/// A full name as it is written within a namespace.
fn unqualify<'n>(full: &'n str, space: &str) -> &'n str {
    let (own, simple) = full.rsplit_once('.').unwrap_or(("", full));
    if own == space && !is_type_word(simple) {
        simple
    } else {
        full
    }
}

/// Words that the specification has for types. Alone they would be read as a primitive, or are taken
/// for one by Avro Java, which then writes the full name.
fn is_type_word(text: &str) -> bool {
    Primitive::named(text).is_some()
        || ["record", "enum", "array", "map", "union", "fixed"].contains(&text)
}

/// A number as the contract's own registry prints it: whole numbers as they are, others as the
/// shortest double, in Java's notation.
fn number(text: &str) -> String {
    if text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        return if text == "-0" { "0" } else { text }.to_owned();
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => java_double(value),
        _ => text.to_owned(),
    }
}

/// `Double.toString`: decimal from 10⁻³ to 10⁷, beyond that with an exponent.
fn java_double(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{value:?}");
    }
    let text = format!("{value:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_as_java_prints_them() {
        for (text, expected) in [
            ("1.50", "1.5"),
            ("-0", "0"),
            ("1e2", "100.0"),
            ("12345678.0", "1.2345678E7"),
            ("1e10", "1.0E10"),
            ("0.0001", "1.0E-4"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567890",
            ),
        ] {
            assert_eq!(number(text), expected);
        }
    }
}

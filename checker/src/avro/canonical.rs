//! The text forms that give a schema its identity, as the wire contract has them.
//!
//! The canonical text is compact JSON with a fixed order of keys; a namespace is written only where
//! it differs from the one around it, a type that stands elsewhere by its name. Documentation,
//! defaults, aliases and attributes stay, so it is *not* Avro's "parsing canonical form". In the
//! normalised text also attributes and aliases are sorted, and numbers of defaults have one notation.
//!
//! The resolved text has the definition of a referenced type where it is first used.
//!
//! The walk recurses along the nesting of the text, which the JSON reader bounds; inlining can nest
//! deeper, and has a limit of its own.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;

use crate::text::json::{MAX_DEPTH, Member, Node, Value, write_string};

use super::datum::MAX_DATUM_PARTS;
use super::model::{
    Attribute, Enum, Field, Fixed, Kind, Logical, Name, Primitive, Record, Schema, Type, TypeId,
    Use,
};
use super::{defaults, names, numbers};

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
    /// The full names of all types, once they are asked for.
    names: Option<HashSet<&'s str>>,
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
            names: None,
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
            Some(name) if by_name && self.is_hidden(&name.full, space) => {
                self.string(&written(&name.full, space));
            }
            Some(name) if by_name => self.string(unqualify(&name.full, space)),
            _ => self.nested(definition, space),
        }
    }

    /// Whether a name of the null namespace would be read as that of another type within `space`.
    fn is_hidden(&mut self, full: &str, space: &str) -> bool {
        if space.is_empty() || full.contains('.') {
            return false;
        }
        let schema = self.schema;
        let names = self.names.get_or_insert_with(|| {
            let names = schema.types.iter().filter_map(|ty| ty.kind.name());
            names.map(|name| &*name.full).collect()
        });
        names.contains(&*names::full(full, space))
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
        self.attributes(&ty.attributes, leading(ty));
        if let Some(name) = ty.kind.name() {
            let mut aliases: Vec<&str> = name.aliases.iter().map(|alias| &**alias).collect();
            if self.normalize {
                aliases.sort_unstable();
            }
            let shown = aliases.iter().map(|alias| written(alias, name.namespace()));
            let shown: Vec<Cow<'_, str>> = shown.collect();
            self.aliases(shown.iter().map(|alias| &**alias).collect());
        }
        self.out.push('}');
    }

    fn record(&mut self, record: &Record, space: &str) {
        self.name(&record.name, space);
        self.doc(record.doc.as_deref());
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
            if self.normalize {
                self.default(field.ty.id, default);
            } else {
                self.json(default);
            }
        }
        let order = field.order.as_deref().filter(|order| *order != "ascending");
        self.optional("order", order);
        let mut aliases: Vec<&str> = field.aliases.iter().map(|alias| &**alias).collect();
        if self.normalize {
            aliases.sort_unstable();
        }
        self.aliases(aliases);
        self.attributes(&field.attributes, &[]);
        self.out.push('}');
    }

    fn enumeration(&mut self, content: &Enum, space: &str) {
        self.name(&content.name, space);
        self.doc(content.doc.as_deref());
        self.key("symbols");
        self.list('[', ']', &content.symbols, |this, symbol| {
            this.string(&symbol.name);
        });
        let default = content.default.and_then(|index| content.symbols.get(index));
        self.optional("default", default.map(|symbol| &*symbol.name));
    }

    fn fixed(&mut self, fixed: &Fixed, space: &str) {
        self.name(&fixed.name, space);
        self.doc(fixed.doc.as_deref());
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

    /// In a normalised text those that are `leading` come first.
    fn attributes(&mut self, attributes: &[Attribute], leading: &[&str]) {
        let mut attributes: Vec<&Attribute> = attributes.iter().collect();
        if self.normalize {
            attributes.sort_by_key(|attribute| {
                let key = &*attribute.key;
                let rank = leading.iter().position(|name| *name == key);
                (rank.unwrap_or(leading.len()), key)
            });
        }
        for attribute in attributes {
            self.key(&attribute.key);
            self.json(&attribute.value);
        }
    }

    /// The documentation of a type; an empty one says nothing.
    fn doc(&mut self, doc: Option<&str>) {
        self.optional("doc", doc.filter(|doc| !self.normalize || !doc.is_empty()));
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

    fn object(&mut self, members: &[Member], mut write: impl FnMut(&mut Self, &Member)) {
        let mut members: Vec<&Member> = members.iter().collect();
        if self.normalize {
            members.sort_by_key(|member| &member.key);
        }
        self.list('{', '}', members, |this, member| {
            this.string(&member.key);
            this.out.push(':');
            write(this, member);
        });
    }

    /// A default whose numbers are written as values of the type: `1` and `1.0` are one double.
    fn default(&mut self, ty: TypeId, node: &Node) {
        match (self.schema.kind(ty), &node.value) {
            (Kind::Primitive(Primitive::Float), Value::Number(text)) => {
                self.out.push_str(&numbers::float(text));
            }
            (Kind::Primitive(Primitive::Double), Value::Number(text)) => {
                self.out.push_str(&numbers::double(text));
            }
            (Kind::Array(content), Value::Array(items)) => {
                self.list('[', ']', items, |this, item| this.default(content.id, item));
            }
            (Kind::Map(content), Value::Object(members)) => {
                self.object(members, |this, member| {
                    this.default(content.id, &member.value);
                });
            }
            (Kind::Record(record), Value::Object(members)) => {
                self.object(members, |this, member| {
                    let index = record.field(&member.key);
                    match index.and_then(|index| record.fields.get(index)) {
                        Some(field) => this.default(field.ty.id, &member.value),
                        None => this.json(&member.value),
                    }
                });
            }
            (Kind::Union(branches), _) => {
                let mut budget = MAX_DATUM_PARTS;
                let mut branches = branches.iter();
                match branches.find(|branch| {
                    defaults::datum(self.schema, branch.id, node, &mut budget).is_some()
                }) {
                    Some(branch) => self.default(branch.id, node),
                    None => self.json(node),
                }
            }
            _ => self.json(node),
        }
    }

    fn json(&mut self, node: &Node) {
        match &node.value {
            Value::Number(text) => self.out.push_str(&numbers::any(text)),
            Value::Array(items) => self.list('[', ']', items, Self::json),
            Value::Object(members) => {
                self.object(members, |this, member| this.json(&member.value));
            }
            Value::Null | Value::Bool(_) | Value::String(_) => {
                self.out.push_str(&node.to_compact());
            }
        }
    }
}

/// Normalised texts begin a type's attributes with those of its logical type.
fn leading(ty: &Type) -> &'static [&'static str] {
    match ty.logical {
        Some(Logical::Decimal { scale: 0, .. }) => &["logicalType", "precision"],
        Some(Logical::Decimal { .. }) => &["logicalType", "precision", "scale"],
        Some(Logical::Other(_)) => &["logicalType"],
        None => &[],
    }
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

/// An alias as it is written within a namespace. A name of the null namespace gets a dot in front, or it
/// would be read as one of the namespace around it.
fn written<'n>(full: &'n str, space: &str) -> Cow<'n, str> {
    if space.is_empty() || full.contains('.') {
        Cow::Borrowed(unqualify(full, space))
    } else {
        Cow::Owned(format!(".{full}"))
    }
}

/// Words that the specification has for types. Alone they would be read as a primitive, or are taken
/// for one by Avro Java, which then writes the full name.
fn is_type_word(text: &str) -> bool {
    Primitive::named(text).is_some()
        || ["record", "enum", "array", "map", "union", "fixed"].contains(&text)
}

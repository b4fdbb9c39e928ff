//! Reads a schema text into the model, and says all that is wrong with it, each with its place.
//!
//! It follows the specification, not an implementation: names are strict, a name is defined before
//! it is used, a union has no branch twice, defaults fit their types (see [`super::defaults`]).
//! Attributes that Avro does not define are kept; so are logical types that do not fit their
//! underlying type, which Avro tells readers to ignore.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use crate::SchemaInput;
use crate::model::{LineIndex, Problem, Source};
use crate::text::json::{self, Node, Value};

use super::model::{
    Attribute, Enum, Field, Fixed, Kind, Name, Place, Primitive, Record, Schema, Site, Slot,
    Symbol, Type, TypeId, Use,
};
use super::{canonical, defaults, logical};

/// The longest text that is read: far beyond any schema, and small enough to hold in memory.
pub const MAX_TEXT_BYTES: usize = 16 * 1024 * 1024;

/// The most types that a schema with its references may contain, every occurrence counted.
pub const MAX_TYPES: usize = 500_000;

/// The most branches that a union may have: choosing one costs a comparison with each.
pub const MAX_UNION_BRANCHES: usize = 1_000;

/// The most problems that are reported: nobody mends more at once.
pub const MAX_PROBLEMS: usize = 100;

/// The largest size of a fixed, as the implementations have it (a 32-bit signed integer).
pub const MAX_FIXED_SIZE: usize = 0x7fff_ffff;

/// Keys that mean something in a type and are therefore no attributes.
const TYPE_KEYS: [&str; 10] = [
    "type",
    "name",
    "namespace",
    "doc",
    "fields",
    "items",
    "values",
    "symbols",
    "size",
    "aliases",
];

/// Keys that mean something in a field.
const FIELD_KEYS: [&str; 6] = ["name", "type", "doc", "default", "order", "aliases"];

/// Reads a schema with its references.
pub(crate) fn parse(input: &SchemaInput) -> Result<Schema, Vec<Problem>> {
    let mut parser = Parser::default();
    parser.sources.push(LineIndex::new(&input.source));
    let mut seen = HashSet::new();
    for reference in &input.references {
        if seen.insert(&*reference.name) {
            parser.sources.push(LineIndex::new(&reference.source));
            let _ = parser.document(&reference.source, parser.sources.len() - 1);
        }
    }
    let root = parser.document(&input.source, 0);
    match root {
        Some(root) if parser.problems.is_empty() => parser.finish(input, root),
        _ => Err(parser.problems),
    }
}

#[derive(Default)]
struct Parser {
    sources: Vec<LineIndex>,
    /// The index of the text that is being read.
    source: usize,
    types: Vec<Type>,
    names: HashMap<Box<str>, TypeId>,
    problems: Vec<Problem>,
}

impl Parser {
    fn document(&mut self, source: &Source, index: usize) -> Option<Use> {
        self.source = index;
        if source.text().len() > MAX_TEXT_BYTES {
            self.problems.push(Problem::whole(format!(
                "`{}` is longer than {MAX_TEXT_BYTES} bytes, the limit of a schema text",
                source.file()
            )));
            return None;
        }
        match json::parse(source) {
            Ok(node) => self.type_use(&node, "", Site::ROOT),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn finish(self, input: &SchemaInput, root: Use) -> Result<Schema, Vec<Problem>> {
        let mut schema = Schema {
            sources: self.sources,
            source: input.source.clone(),
            types: self.types,
            root,
            canonical: String::new(),
            samples: OnceLock::new(),
        };
        let problems = defaults::validate(&schema);
        if !problems.is_empty() {
            return Err(problems);
        }
        schema.canonical = canonical::text(&schema);
        Ok(schema)
    }

    fn place(&self, range: &Range<usize>) -> Place {
        Place {
            source: self.source,
            range: range.clone(),
        }
    }

    fn problem(&mut self, range: &Range<usize>, message: impl Into<String>) {
        if self.problems.len() < MAX_PROBLEMS {
            let index = self.sources.get(self.source);
            let span = index.map(|index| index.span(range.clone()));
            self.problems.push(Problem {
                message: message.into(),
                span,
            });
        }
    }

    fn add(&mut self, node: &Node, site: Site, kind: Kind) -> Option<Use> {
        if self.types.len() >= MAX_TYPES {
            if self.types.len() == MAX_TYPES {
                self.problem(
                    &node.range,
                    format!("the schema has more than {MAX_TYPES} types, the limit"),
                );
            }
            return None;
        }
        let id = TypeId(u32::try_from(self.types.len()).ok()?);
        let keys: &[&str] = match kind {
            Kind::Enum(_) => &["default"],
            _ => &[],
        };
        self.types.push(Type {
            logical: logical::of(node, &kind),
            kind,
            place: self.place(&node.range),
            site,
            attributes: attributes(node, &[&TYPE_KEYS, keys]),
        });
        Some(Use {
            id,
            place: self.place(&node.range),
            by_name: false,
        })
    }

    fn type_use(&mut self, node: &Node, space: &str, site: Site) -> Option<Use> {
        match &node.value {
            Value::String(text) => self.named_type(node, text, node, space, site),
            Value::Array(branches) => self.union(node, branches, space, site),
            Value::Object(_) => self.object(node, space, site),
            _ => {
                self.problem(
                    &node.range,
                    format!(
                        "a type is a name, an object, or an array (a union), not {}",
                        node.kind()
                    ),
                );
                None
            }
        }
    }

    /// A primitive, or a name that was defined before: `text` stands at `at` within `node`.
    fn named_type(
        &mut self,
        node: &Node,
        text: &str,
        at: &Node,
        space: &str,
        site: Site,
    ) -> Option<Use> {
        if let Some(primitive) = Primitive::named(text) {
            return self.add(node, site, Kind::Primitive(primitive));
        }
        if let Some(id) = self.lookup(text, space) {
            return Some(Use {
                id,
                place: self.place(&node.range),
                by_name: true,
            });
        }
        self.problem(&at.range, unknown_type(text));
        None
    }

    /// A name without a dot is meant in the enclosing namespace; the null namespace cannot be
    /// written otherwise, so it is tried next.
    fn lookup(&self, text: &str, space: &str) -> Option<TypeId> {
        let qualified = qualify(text, space);
        let found = self.names.get(&*qualified);
        found.or_else(|| self.names.get(text)).copied()
    }

    fn object(&mut self, node: &Node, space: &str, site: Site) -> Option<Use> {
        let Some(kind) = node.get("type") else {
            self.problem(
                &node.range,
                "an object that is a type needs a `type`, such as `\"type\": \"record\"`",
            );
            return None;
        };
        let Some(word) = kind.as_str() else {
            self.problem(
                &kind.range,
                format!(
                    "`type` is {} here, a name is expected; put its content in the place of the \
                     object around it",
                    kind.kind()
                ),
            );
            return None;
        };
        match word {
            "record" => self.record(node, space, site),
            "enum" => self.enumeration(node, space, site),
            "fixed" => self.fixed(node, space, site),
            "array" => self.container(node, "items", space, site, Slot::Items, Kind::Array),
            "map" => self.container(node, "values", space, site, Slot::Values, Kind::Map),
            "error" => {
                self.problem(
                    &kind.range,
                    "`error` types belong to protocols; in a schema write `record`",
                );
                None
            }
            _ => self.named_type(node, word, kind, space, site),
        }
    }

    fn container(
        &mut self,
        node: &Node,
        key: &str,
        space: &str,
        site: Site,
        slot: Slot,
        kind: fn(Use) -> Kind,
    ) -> Option<Use> {
        let Some(inner) = node.get(key) else {
            self.problem(
                &node.range,
                format!("`{key}` is missing: the type of what it holds"),
            );
            return None;
        };
        let placeholder = Kind::Primitive(Primitive::Null);
        let made = self.add(node, site, placeholder)?;
        let content = self.type_use(inner, space, Site::of(made.id, slot))?;
        self.set(made.id, kind(content));
        Some(made)
    }

    /// Gives a type that was added before its parts were known its content.
    fn set(&mut self, id: TypeId, kind: Kind) {
        if let Some(ty) = self.types.get_mut(id.0 as usize) {
            ty.kind = kind;
        }
    }

    fn union(&mut self, node: &Node, branches: &[Node], space: &str, site: Site) -> Option<Use> {
        if branches.len() > MAX_UNION_BRANCHES {
            self.problem(
                &node.range,
                format!("the union has more than {MAX_UNION_BRANCHES} branches, the limit"),
            );
            return None;
        }
        let made = self.add(node, site, Kind::Union(Vec::new()))?;
        let mut uses = Vec::with_capacity(branches.len());
        let mut seen = HashSet::new();
        for (index, branch) in branches.iter().enumerate() {
            let slot = Slot::Branch(index);
            let Some(branch_use) = self.type_use(branch, space, Site::of(made.id, slot)) else {
                continue;
            };
            self.check_branch(branch, &branch_use, &mut seen);
            uses.push(branch_use);
        }
        self.set(made.id, Kind::Union(uses));
        Some(made)
    }

    fn check_branch(&mut self, node: &Node, branch: &Use, seen: &mut HashSet<Box<str>>) {
        let Some(ty) = self.types.get(branch.id.0 as usize) else {
            return;
        };
        if matches!(ty.kind, Kind::Union(_)) {
            self.problem(
                &node.range,
                "a union may not directly contain a union; list the inner branches in the outer",
            );
            return;
        }
        let key: Box<str> = ty
            .kind
            .name()
            .map_or_else(|| ty.kind.word().into(), |name| name.full.clone());
        if !seen.insert(key.clone()) {
            self.problem(
                &node.range,
                format!("the union has a second branch `{key}`; remove one of the two"),
            );
        }
    }

    fn record(&mut self, node: &Node, space: &str, site: Site) -> Option<Use> {
        let name = self.name(node, space, "record")?;
        let inner_space: Box<str> = name.namespace().into();
        let fields_node = node.get("fields");
        let Some(nodes) = fields_node.and_then(Node::as_array) else {
            self.problem(
                fields_node.map_or(&name.place.range, |f| &f.range),
                format!("record `{}` needs `fields`, an array", name.full),
            );
            return None;
        };
        let record = Record {
            name,
            doc: text_of(node, "doc"),
            fields: Vec::new(),
            by_name: HashMap::new(),
        };
        let made = self.define(node, site, Kind::Record(record))?;
        self.fields(made.id, nodes, &inner_space);
        Some(made)
    }

    /// Adds a named type, so that it can be referred to from here on.
    fn define(&mut self, node: &Node, site: Site, kind: Kind) -> Option<Use> {
        let name = kind.name()?.clone();
        if let Some(first) = self.names.get(&name.full) {
            let first = self.types.get(first.0 as usize)?.place.clone();
            let index = self.sources.get(first.source)?;
            let message = format!(
                "`{}` is already defined at {}; refer to it by its name, or choose another one",
                name.full,
                index.span(first.range)
            );
            self.problem(&name.place.range, message);
            return None;
        }
        let made = self.add(node, site, kind)?;
        self.names.insert(name.full, made.id);
        Some(made)
    }

    fn fields(&mut self, owner: TypeId, nodes: &[Node], space: &str) {
        let mut fields: Vec<Field> = Vec::with_capacity(nodes.len());
        let mut by_name: HashMap<Box<str>, usize> = HashMap::with_capacity(nodes.len());
        for node in nodes {
            let Some(field) = self.field(owner, fields.len(), node, space) else {
                continue;
            };
            if by_name.contains_key(&field.name) {
                self.problem(
                    &field.name_place.range,
                    format!("the record has a second field `{}`; rename one", field.name),
                );
                continue;
            }
            by_name.insert(field.name.clone(), fields.len());
            fields.push(field);
        }
        if let Some(Type {
            kind: Kind::Record(record),
            ..
        }) = self.types.get_mut(owner.0 as usize)
        {
            record.fields = fields;
            record.by_name = by_name;
        }
    }

    fn field(&mut self, owner: TypeId, index: usize, node: &Node, space: &str) -> Option<Field> {
        if !node.is_object() {
            let message = format!(
                "a field is an object with `name` and `type`, not {}",
                node.kind()
            );
            self.problem(&node.range, message);
            return None;
        }
        let name = self.required_text(node, "name", "a field")?;
        self.check_name(name);
        let name_text = name.as_str()?;
        let Some(type_node) = node.get("type") else {
            self.problem(&node.range, format!("field `{name_text}` needs a `type`"));
            return None;
        };
        let ty = self.type_use(type_node, space, Site::of(owner, Slot::Field(index)));
        let aliases = self.strings(node, "aliases");
        let order = self.order(node);
        Some(Field {
            name: name_text.into(),
            name_place: self.place(&name.range),
            place: self.place(&node.range),
            ty: ty?,
            default: node.get("default").cloned(),
            aliases: aliases.iter().map(|(_, alias)| (*alias).into()).collect(),
            order,
            doc: text_of(node, "doc"),
            attributes: attributes(node, &[&FIELD_KEYS]),
        })
    }

    fn order(&mut self, node: &Node) -> Option<Box<str>> {
        let order = node.get("order")?;
        if let Some(word @ ("ascending" | "descending" | "ignore")) = order.as_str() {
            return Some(word.into());
        }
        self.problem(
            &order.range,
            "`order` is `ascending`, `descending` or `ignore`",
        );
        None
    }

    fn enumeration(&mut self, node: &Node, space: &str, site: Site) -> Option<Use> {
        let name = self.name(node, space, "enum")?;
        let symbols_node = node.get("symbols");
        let Some((symbols_node, nodes)) = symbols_node.and_then(|s| Some((s, s.as_array()?)))
        else {
            self.problem(
                symbols_node.map_or(&name.place.range, |s| &s.range),
                format!("enum `{}` needs `symbols`, an array of strings", name.full),
            );
            return None;
        };
        let (symbols, by_name) = self.symbols(nodes);
        let default = self.enum_default(node, &by_name);
        let content = Enum {
            name,
            doc: text_of(node, "doc"),
            symbols,
            by_name,
            default,
            symbols_place: self.place(&symbols_node.range),
        };
        self.define(node, site, Kind::Enum(content))
    }

    fn symbols(&mut self, nodes: &[Node]) -> (Vec<Symbol>, HashMap<Box<str>, usize>) {
        let mut symbols = Vec::with_capacity(nodes.len());
        let mut by_name = HashMap::with_capacity(nodes.len());
        for node in nodes {
            self.check_name(node);
            let Some(text) = node.as_str() else {
                continue;
            };
            if by_name.insert(text.into(), symbols.len()).is_some() {
                let message = format!("the enum has symbol `{text}` twice; remove one");
                self.problem(&node.range, message);
            }
            symbols.push(Symbol {
                name: text.into(),
                place: self.place(&node.range),
            });
        }
        (symbols, by_name)
    }

    fn enum_default(&mut self, node: &Node, by_name: &HashMap<Box<str>, usize>) -> Option<usize> {
        let default = node.get("default")?;
        let found = default.as_str().and_then(|text| by_name.get(text)).copied();
        if found.is_none() {
            let message = format!(
                "the default {} of the enum is none of its symbols",
                default.to_compact()
            );
            self.problem(&default.range, message);
        }
        found
    }

    fn fixed(&mut self, node: &Node, space: &str, site: Site) -> Option<Use> {
        let name = self.name(node, space, "fixed")?;
        let given = node.get("size");
        let bytes = given.and_then(|given| match &given.value {
            Value::Number(text) => text.parse().ok().filter(|bytes| *bytes <= MAX_FIXED_SIZE),
            _ => None,
        });
        let (Some(given), Some(bytes)) = (given, bytes) else {
            self.problem(
                given.map_or(&name.place.range, |given| &given.range),
                format!(
                    "fixed `{}` needs a `size`, a whole number from 0 to {MAX_FIXED_SIZE}",
                    name.full
                ),
            );
            return None;
        };
        let content = Fixed {
            name,
            doc: text_of(node, "doc"),
            size: bytes,
            size_place: self.place(&given.range),
        };
        self.define(node, site, Kind::Fixed(content))
    }

    fn name(&mut self, node: &Node, space: &str, what: &str) -> Option<Name> {
        let name_node = self.required_text(node, "name", &format!("a type `{what}`"))?;
        let text = name_node.as_str()?;
        let own_space = node.get("namespace").and_then(Node::as_str);
        if let Some(namespace) = node.get("namespace") {
            self.check_namespace(namespace);
        }
        let full = qualify(text, own_space.unwrap_or(space));
        let full = full.strip_prefix('.').unwrap_or(&full);
        if let Some(part) = full.split('.').find(|part| !is_name(part)) {
            let message = not_a_name(part);
            self.problem(&name_node.range, message);
            return None;
        }
        if Primitive::named(full).is_some() {
            let message = format!("`{full}` is a primitive type; choose another name");
            self.problem(&name_node.range, message);
            return None;
        }
        let inner = full.rsplit_once('.').map_or("", |(space, _)| space);
        let aliases = self.strings(node, "aliases");
        Some(Name {
            full: full.into(),
            place: self.place(&name_node.range),
            aliases: aliases
                .iter()
                .map(|(_, alias)| qualify(alias, inner).into())
                .collect(),
        })
    }

    fn check_namespace(&mut self, node: &Node) {
        let valid = match node.as_str() {
            Some(text) => text.is_empty() || text.split('.').all(is_name),
            None => matches!(node.value, Value::Null),
        };
        if !valid {
            let message = format!(
                "{} is no namespace: names joined by dots, or an empty string",
                node.to_compact()
            );
            self.problem(&node.range, message);
        }
    }

    fn check_name(&mut self, node: &Node) {
        match node.as_str() {
            Some(text) if is_name(text) => {}
            Some(text) => self.problem(&node.range, not_a_name(text)),
            None => {
                let message = format!("a name is expected here, not {}", node.kind());
                self.problem(&node.range, message);
            }
        }
    }

    fn required_text<'n>(&mut self, node: &'n Node, key: &str, what: &str) -> Option<&'n Node> {
        match node.get(key) {
            Some(value) if value.as_str().is_some() => Some(value),
            Some(value) => {
                let message = format!("`{key}` of {what} is a string, not {}", value.kind());
                self.problem(&value.range, message);
                None
            }
            None => {
                self.problem(&node.range, format!("{what} needs a `{key}`"));
                None
            }
        }
    }

    /// The strings of an array, each once.
    fn strings<'n>(&mut self, node: &'n Node, key: &str) -> Vec<(&'n Node, &'n str)> {
        let Some(list) = node.get(key) else {
            return Vec::new();
        };
        let items = list.as_array();
        let strings: Option<Vec<_>> = items
            .map(|items| {
                items
                    .iter()
                    .map(|item| Some((item, item.as_str()?)))
                    .collect()
            })
            .unwrap_or_default();
        let Some(mut strings) = strings else {
            self.problem(&list.range, format!("`{key}` is an array of strings"));
            return Vec::new();
        };
        let mut seen = HashSet::new();
        strings.retain(|(_, text)| seen.insert(*text));
        strings
    }
}

fn attributes(node: &Node, known: &[&[&str]]) -> Vec<Attribute> {
    let mut at: HashMap<&str, usize> = HashMap::new();
    let mut attributes: Vec<Attribute> = Vec::new();
    for member in node.members() {
        if known.iter().any(|keys| keys.contains(&&*member.key)) {
            continue;
        }
        let attribute = Attribute {
            key: member.key.clone(),
            value: member.value.clone(),
        };
        // Where a key stands twice, the last value counts, in the place of the first.
        let first = at.get(&*member.key).copied();
        if let Some(first) = first.and_then(|index| attributes.get_mut(index)) {
            *first = attribute;
        } else {
            at.insert(&member.key, attributes.len());
            attributes.push(attribute);
        }
    }
    attributes
}

fn text_of(node: &Node, key: &str) -> Option<Box<str>> {
    node.get(key).and_then(Node::as_str).map(Into::into)
}

/// The full name of what is called `name` in a namespace.
pub(crate) fn qualify(name: &str, space: &str) -> String {
    if space.is_empty() || name.contains('.') {
        name.to_owned()
    } else {
        format!("{space}.{name}")
    }
}

fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next();
    first.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn not_a_name(text: &str) -> String {
    format!("`{text}` is no name: letters, digits and `_` only, and no digit first")
}

fn unknown_type(text: &str) -> String {
    match text {
        "record" | "enum" | "fixed" | "array" | "map" => format!(
            "`{text}` stands for a whole type: write an object, `\"type\": {{\"type\": \"{text}\", …}}`"
        ),
        _ => format!(
            "type `{text}` is not defined up to here; define it before its first use, or add a \
             reference to the schema that does"
        ),
    }
}

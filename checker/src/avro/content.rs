//! What a named type says to whoever reads or writes with it, as a digest.
//!
//! Equal digests are equal definitions, in whatever schemas they stand: names, aliases, fields,
//! defaults, symbols, sizes, logical types, and the same of every type that they lead to. What no
//! reader looks at (documentation, order, unknown attributes) does not count. So the walker need not
//! look into what did not change, and what it found out once holds wherever the same two meet.
//!
//! It is not Avro's fingerprint, which forgets what readers need: see [`super::fingerprint`].
//!
//! Types that lead to each other have a digest together. A type is *open* while its parts are being
//! looked at; one that leads back to an open type is *waiting* for it, and gets its digest from the
//! outermost type of the cycle. The recursion follows the nesting of the text, which the JSON reader
//! bounds: names refer to what was defined, and so looked at, before.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use sha2::{Digest as _, Sha256};

use crate::text::json::{Node, Value};

use super::model::{Field, Kind, Logical, Name, Schema, Type, TypeId, Use};

/// A SHA-256 digest: whoever finds two definitions of the same one has broken more than this.
pub(crate) type Digest = [u8; 32];

/// What is known of a named type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) digest: Digest,
    /// Whether aliases within make libraries differ even where nothing changed: a field's alias is
    /// the name of another field.
    pub(crate) unclear: bool,
}

/// The contents of all named types of a schema.
#[derive(Debug)]
pub(crate) struct Contents(HashMap<TypeId, Content, RandomState>);

impl Contents {
    fn new(schema: &Schema) -> Self {
        let mut maker = Maker {
            schema,
            done: HashMap::default(),
            open: HashMap::default(),
            partial: HashMap::default(),
            waiting: Vec::new(),
        };
        for (id, ty) in (0u32..).zip(&schema.types) {
            if ty.kind.name().is_some() && !maker.seen(TypeId(id)) {
                maker.visit(TypeId(id));
            }
        }
        Self(maker.done)
    }

    /// The content of a record, enum or fixed.
    pub(crate) fn of(&self, id: TypeId) -> Option<&Content> {
        self.0.get(&id)
    }
}

impl Schema {
    pub(crate) fn contents(&self) -> &Contents {
        self.contents.get_or_init(|| Contents::new(self))
    }
}

struct Maker<'s> {
    schema: &'s Schema,
    done: HashMap<TypeId, Content, RandomState>,
    /// The types that are being looked at, with their depth.
    open: HashMap<TypeId, usize, RandomState>,
    /// Types that lead back to an open one, with the depth of the outermost such.
    partial: HashMap<TypeId, (Digest, usize), RandomState>,
    /// The same in the order in which they were left.
    waiting: Vec<TypeId>,
}

/// What the parts of a type told about it.
struct Parts {
    /// What makes up the digest; every part says how long it is, so that no two are mixed up.
    message: Vec<u8>,
    /// The depth of the outermost open type that a part leads back to.
    lowest: usize,
    unclear: bool,
}

impl Maker<'_> {
    fn seen(&self, id: TypeId) -> bool {
        self.done.contains_key(&id) || self.partial.contains_key(&id)
    }

    fn visit(&mut self, id: TypeId) {
        let depth = self.open.len();
        let first_waiting = self.waiting.len();
        self.open.insert(id, depth);
        let parts = self.parts(self.schema.get(id));
        self.open.remove(&id);
        let digest: Digest = Sha256::digest(&parts.message).into();
        if parts.lowest < depth {
            self.partial.insert(id, (digest, parts.lowest));
            self.waiting.push(id);
            return;
        }
        let unclear = parts.unclear;
        for member in self.waiting.split_off(first_waiting) {
            if let Some((partial, _)) = self.partial.remove(&member) {
                let digest = Sha256::digest([digest, partial].concat()).into();
                self.done.insert(member, Content { digest, unclear });
            }
        }
        self.done.insert(id, Content { digest, unclear });
    }

    fn parts(&mut self, ty: &Type) -> Parts {
        let mut parts = Parts {
            message: Vec::with_capacity(256),
            lowest: usize::MAX,
            unclear: false,
        };
        parts.kind(ty);
        match &ty.kind {
            Kind::Record(record) => {
                parts.name(&record.name);
                parts.count(record.fields.len());
                for field in &record.fields {
                    parts.field(field);
                    let aliases = &mut field.aliases.iter();
                    parts.unclear |= aliases.any(|alias| record.field(alias).is_some());
                    self.part(&field.ty, &mut parts);
                }
            }
            Kind::Enum(content) => {
                parts.name(&content.name);
                parts.count(content.symbols.len());
                for symbol in &content.symbols {
                    parts.text(&symbol.name);
                }
                parts.optional(content.default, Parts::count);
            }
            Kind::Fixed(fixed) => {
                parts.name(&fixed.name);
                parts.count(fixed.size);
            }
            Kind::Primitive(_) | Kind::Array(_) | Kind::Map(_) | Kind::Union(_) => {}
        }
        parts
    }

    fn part(&mut self, ty: &Use, parts: &mut Parts) {
        let definition = self.schema.get(ty.id);
        let Some(name) = definition.kind.name() else {
            self.unnamed(definition, parts);
            return;
        };
        if !self.open.contains_key(&ty.id) && !self.seen(ty.id) {
            self.visit(ty.id);
        }
        if let Some(content) = self.done.get(&ty.id) {
            parts.message.push(b'=');
            parts.message.extend(content.digest);
            parts.unclear |= content.unclear;
        } else if let Some((digest, lowest)) = self.partial.get(&ty.id) {
            parts.message.push(b'~');
            parts.message.extend(digest);
            parts.lowest = parts.lowest.min(*lowest);
        } else if let Some(depth) = self.open.get(&ty.id) {
            parts.message.push(b'^');
            parts.text(&name.full);
            parts.lowest = parts.lowest.min(*depth);
        }
    }

    fn unnamed(&mut self, ty: &Type, parts: &mut Parts) {
        parts.kind(ty);
        match &ty.kind {
            Kind::Array(content) | Kind::Map(content) => self.part(content, parts),
            Kind::Union(branches) => {
                parts.count(branches.len());
                for branch in branches {
                    self.part(branch, parts);
                }
            }
            Kind::Primitive(_) | Kind::Record(_) | Kind::Enum(_) | Kind::Fixed(_) => {}
        }
    }
}

impl Parts {
    fn kind(&mut self, ty: &Type) {
        self.text(ty.kind.word());
        self.optional(ty.logical, |this, logical| match logical {
            Logical::Decimal { precision, scale } => {
                this.text("decimal");
                this.count(precision);
                this.count(scale);
            }
            Logical::Other(name) => this.text(name),
        });
    }

    fn name(&mut self, name: &Name) {
        self.text(&name.full);
        self.count(name.aliases.len());
        for alias in &name.aliases {
            self.text(alias);
        }
    }

    fn field(&mut self, field: &Field) {
        self.text(&field.name);
        self.count(field.aliases.len());
        for alias in &field.aliases {
            self.text(alias);
        }
        self.optional(field.default.as_ref(), Self::json);
    }

    fn json(&mut self, node: &Node) {
        match &node.value {
            Value::Null => self.message.push(b'n'),
            Value::Bool(value) => self.message.extend([b'b', u8::from(*value)]),
            Value::Number(text) => {
                self.message.push(b'#');
                self.text(text);
            }
            Value::String(text) => {
                self.message.push(b'"');
                self.text(text);
            }
            Value::Array(items) => {
                self.message.push(b'[');
                self.count(items.len());
                for item in items {
                    self.json(item);
                }
            }
            Value::Object(members) => {
                self.message.push(b'{');
                self.count(members.len());
                for member in members {
                    self.text(&member.key);
                    self.json(&member.value);
                }
            }
        }
    }

    fn optional<T>(&mut self, part: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.message.push(u8::from(part.is_some()));
        if let Some(part) = part {
            write(self, part);
        }
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.message.extend(text.as_bytes());
    }

    fn count(&mut self, count: usize) {
        self.message.extend((count as u64).to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use crate::avro::model::{Schema, TypeId};
    use crate::avro::tests::parse_as;

    /// The digest of the root, and whether aliases within are unclear.
    fn root(text: &str) -> ([u8; 32], bool) {
        let schema: Schema = parse_as("t.avsc", text);
        let content = schema.contents().of(schema.root.id).copied();
        let content = content.expect("the root is a named type");
        (content.digest, content.unclear)
    }

    /// A record with two others that lead to each other and to it.
    fn cycle(leaf: &str) -> String {
        format!(
            r#"{{"type": "record", "name": "A", "fields": [
                {{"name": "b", "type": ["null", {{"type": "record", "name": "B", "fields": [
                    {{"name": "a", "type": ["null", "A"]}},
                    {{"name": "c", "type": {{"type": "record", "name": "C", "fields": [
                        {{"name": "b", "type": ["null", "B"]}}, {{"name": "x", "type": "{leaf}"}}]}}}}]}}]}},
                {{"name": "c", "type": "C"}}]}}"#
        )
    }

    #[test]
    fn what_no_reader_looks_at_does_not_count() {
        let plain = r#"{"type": "record", "name": "R", "fields": [{"name": "f", "type": "int"}]}"#;
        let talkative = r#"{"doc": "A", "type": "record", "name": "R", "x": 1, "fields": [
            {"name": "f", "type": {"type": "int", "y": []}, "doc": "B", "order": "ignore"}]}"#;
        assert_eq!(root(plain), root(talkative));
    }

    #[test]
    fn everything_that_a_reader_looks_at_counts() {
        let record = |text: &str| {
            format!(r#"{{"type": "record", "name": "R", "fields": [{{"name": "f", {text}}}]}}"#)
        };
        let different = [
            record(r#""type": "int""#),
            record(r#""type": "long""#),
            record(r#""type": "int", "default": 1"#),
            record(r#""type": "int", "default": 2"#),
            record(r#""type": "int", "aliases": ["g"]"#),
            record(r#""type": {"type": "int", "logicalType": "date"}"#),
            record(r#""type": ["int"]"#),
            record(r#""type": ["int", "null"]"#),
            record(r#""type": ["null", "int"]"#),
            record(r#""type": {"type": "array", "items": "int"}"#),
            record(r#""type": {"type": "map", "values": "int"}"#),
            record(r#""type": {"type": "fixed", "name": "F", "size": 1}"#),
            record(r#""type": {"type": "fixed", "name": "F", "size": 2}"#),
            record(r#""type": {"type": "fixed", "name": "F", "size": 2, "aliases": ["G"]}"#),
            record(r#""type": {"type": "enum", "name": "F", "symbols": ["A", "B"]}"#),
            record(
                r#""type": {"type": "enum", "name": "F", "symbols": ["A", "B"], "default": "A"}"#,
            ),
            cycle("int"),
            cycle("long"),
        ];
        for (index, one) in different.iter().enumerate() {
            for other in &different[..index] {
                assert_ne!(root(one).0, root(other).0, "{one} {other}");
            }
        }
    }

    #[test]
    fn types_of_a_cycle_depend_on_all_of_it() {
        let [ints, longs] = ["int", "long"].map(|leaf| parse_as("t.avsc", &cycle(leaf)));
        let named = ints
            .types
            .iter()
            .zip(0u32..)
            .filter(|(ty, _)| ty.kind.name().is_some());
        for (ty, id) in named {
            let of = |schema: &Schema| schema.contents().of(TypeId(id)).map(|c| c.digest);
            assert!(of(&ints).is_some());
            assert_ne!(of(&ints), of(&longs), "{:?}", ty.kind.name());
            assert_eq!(of(&ints), of(&parse_as("t.avsc", &cycle("int"))));
        }
    }

    #[test]
    fn an_alias_that_is_another_fields_name_is_unclear_to_all_around_it() {
        let text = |alias: &str| {
            format!(
                r#"{{"type": "record", "name": "R", "fields": [
                    {{"name": "r", "type": {{"type": "record", "name": "I", "fields": [
                        {{"name": "a", "type": "int"}}, {{"name": "b", "type": "int", "aliases": ["{alias}"]}}]}}}}]}}"#
            )
        };
        assert!(root(&text("a")).1);
        assert!(!root(&text("c")).1);
    }
}

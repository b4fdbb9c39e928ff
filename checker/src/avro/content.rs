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
    /// Types that lead back to an open one.
    partial: HashMap<TypeId, Partial, RandomState>,
    /// The same in the order in which they were left.
    waiting: Vec<TypeId>,
}

/// What is known of a type that waits.
#[derive(Clone, Copy)]
struct Partial {
    /// Of the type without the open ones that it leads back to.
    content: Content,
    /// The depth of the outermost open type that it leads back to, itself or through others.
    lowest: usize,
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
        let unclear = parts.unclear;
        if parts.lowest < depth {
            let (content, lowest) = (Content { digest, unclear }, parts.lowest);
            self.partial.insert(id, Partial { content, lowest });
            self.waiting.push(id);
            // What waited for this type waits for whatever this type waits for.
            for member in self.waiting.get(first_waiting..).unwrap_or_default() {
                if let Some(partial) = self.partial.get_mut(member) {
                    partial.lowest = partial.lowest.min(lowest);
                }
            }
            return;
        }
        for member in self.waiting.split_off(first_waiting) {
            if let Some(partial) = self.partial.remove(&member) {
                let both = [digest, partial.content.digest].concat();
                let digest = Sha256::digest(both).into();
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
        } else if let Some(partial) = self.partial.get(&ty.id) {
            parts.message.push(b'~');
            parts.message.extend(partial.content.digest);
            parts.lowest = parts.lowest.min(partial.lowest);
            parts.unclear |= partial.content.unclear;
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
    fn a_type_outside_of_a_cycle_depends_on_all_that_it_leads_to() {
        // `Z` leads to `X`, which leads to `Y`, which leads back to `R`; `Z` stands as deep as `Y`.
        let text = |leaf: &str| {
            format!(
                r#"{{"type": "record", "name": "R", "fields": [
                    {{"name": "y", "type": ["null", {{"type": "record", "name": "Y", "fields": [
                        {{"name": "x", "type": ["null", {{"type": "record", "name": "X", "fields": [
                            {{"name": "y", "type": ["null", "Y"]}}]}}]}},
                        {{"name": "r", "type": ["null", "R"]}}, {{"name": "v", "type": "{leaf}"}}]}}]}},
                    {{"name": "z", "type": {{"type": "record", "name": "Z", "fields": [
                        {{"name": "x", "type": ["null", "X"]}}]}}}}]}}"#
            )
        };
        let [ints, strings] = ["int", "string"].map(|leaf| parse_as("t.avsc", &text(leaf)));
        let named = ints.types.iter().zip(0u32..);
        for (ty, id) in named.filter(|(ty, _)| ty.kind.name().is_some()) {
            let of = |schema: &Schema| schema.contents().of(TypeId(id)).map(|c| c.digest);
            assert_ne!(of(&ints), of(&strings), "{:?}", ty.kind.name());
        }
    }

    /// Records that lead to each other at random: for each the records that it leads to, and its text.
    struct Web {
        seed: u64,
        links: Vec<Vec<usize>>,
    }

    impl Web {
        fn below(&mut self, limit: usize) -> usize {
            self.seed ^= self.seed << 13;
            self.seed ^= self.seed >> 7;
            self.seed ^= self.seed << 17;
            usize::try_from(self.seed % limit as u64).expect("is small")
        }

        /// A record with what it defines; the leaf of the record of index `odd` is another one.
        fn record(&mut self, depth: usize, odd: usize) -> String {
            let own = self.links.len();
            self.links.push(Vec::new());
            let leaf = if own == odd { "string" } else { "int" };
            let mut fields = vec![format!(r#"{{"name": "v", "type": "{leaf}"}}"#)];
            for index in 0..self.below(4) {
                let ty = if depth > 0 && self.below(2) == 0 {
                    let inner = self.links.len();
                    self.links[own].push(inner);
                    self.record(depth - 1, odd)
                } else {
                    let known = self.links.len();
                    let other = self.below(known);
                    self.links[own].push(other);
                    format!("\"R{other}\"")
                };
                fields.push(format!(r#"{{"name": "f{index}", "type": ["null", {ty}]}}"#));
            }
            let fields = fields.join(", ");
            format!(r#"{{"type": "record", "name": "R{own}", "fields": [{fields}]}}"#)
        }

        fn leads(&self, from: usize, to: usize) -> bool {
            let mut seen = vec![from];
            let mut next = 0;
            while let Some(at) = seen.get(next).copied() {
                let new = self.links[at].iter().filter(|link| !seen.contains(link));
                let new: Vec<usize> = new.copied().collect();
                seen.extend(new);
                next += 1;
            }
            seen.contains(&to)
        }
    }

    #[test]
    fn a_digest_changes_where_and_only_where_a_change_can_be_reached() {
        for seed in 1..1_000 {
            let grow = |odd| {
                let mut web = Web {
                    seed,
                    links: Vec::new(),
                };
                let text = web.record(4, odd);
                (parse_as("t.avsc", &text), web)
            };
            let (plain, web) = grow(usize::MAX);
            let odd = usize::try_from(seed).expect("is small") % web.links.len();
            let (changed, _) = grow(odd);
            let digest = |schema: &Schema, name: &str| {
                let named = schema.types.iter().zip(0u32..);
                let mut named =
                    named.filter(|(ty, _)| ty.kind.name().is_some_and(|n| &*n.full == name));
                let (_, id) = named.next().expect("is defined");
                schema
                    .contents()
                    .of(TypeId(id))
                    .map(|content| content.digest)
            };
            for record in 0..web.links.len() {
                let name = format!("R{record}");
                let same = digest(&plain, &name) == digest(&changed, &name);
                // The members of a cycle have their digests together.
                let reached = web.leads(record, odd);
                assert_eq!(same, !reached, "seed {seed}: {name}, {odd} changed");
            }
        }
    }

    #[test]
    fn unclear_aliases_in_a_cycle_are_unclear_to_all_of_it() {
        let text = r#"{"type": "record", "name": "R", "fields": [
            {"name": "c", "type": ["null", {"type": "record", "name": "N", "fields": [
                {"name": "parent", "type": ["null", "R"]}, {"name": "a", "type": "int"},
                {"name": "b", "type": "int", "aliases": ["a"]}]}]}]}"#;
        assert!(root(text).1);
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

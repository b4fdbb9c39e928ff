//! Avro schemas with everything in them that the specification has, and what people do to them.
//!
//! Names come from few, so that they meet again. Most of what is made is valid; where a change
//! leaves a name without its definition, both sides have to refuse it.

use crate::oracle::random::Random;

const SPACES: &[&str] = &["", "n", "n.m", "p"];
const NAMES: &[&str] = &["A", "B", "C", "D", "E", "F", "G", "array", "union"];
const FIELDS: &[&str] = &["a", "b", "c", "d", "e", "f"];
const SYMBOLS: &[&str] = &["X", "Y", "Z", "W"];
const PRIMITIVES: &[&str] = &[
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];
const DOCS: &[&str] = &[
    r#""plain""#,
    r#""""#,
    r#""\u00e9\n\"\\\/\b\u001f\u007f""#,
    r#""\ud83d\ude00 \u2028""#,
];
const VALUES: &[&str] = &[
    "1",
    "1.0",
    "1E3",
    "-0.0",
    "null",
    "true",
    r#""x""#,
    r#"{"b": [1.50, 1e-7], "a": {}}"#,
    "1234567890123",
    "0.1",
    "100000000.5",
];
const LOGICAL: &[(&str, &str)] = &[
    ("int", "date"),
    ("int", "time-millis"),
    ("long", "timestamp-millis"),
    ("long", "timestamp-micros"),
    ("long", "local-timestamp-micros"),
    ("string", "uuid"),
    ("bytes", "big-decimal"),
    ("string", "unheard-of"),
    ("string", "date"),
];

/// A type, where it is defined or used.
#[derive(Clone)]
pub(super) struct Type {
    kind: Kind,
    /// Members that the specification does not define, or logical types.
    extra: Vec<(String, String)>,
}

#[derive(Clone)]
enum Kind {
    Primitive(String),
    /// The full name of a type that is defined before.
    Name(String),
    Array(Box<Type>),
    Map(Box<Type>),
    Union(Vec<Type>),
    Record(Named, Vec<Field>),
    Enum(Named, Vec<String>, Option<String>),
    Fixed(Named, usize),
}

#[derive(Clone)]
struct Named {
    space: String,
    name: String,
    aliases: Vec<String>,
    doc: Option<String>,
}

impl Named {
    fn full(&self) -> String {
        qualified(&self.space, &self.name)
    }
}

#[derive(Clone)]
struct Field {
    name: String,
    ty: Type,
    default: Option<String>,
    aliases: Vec<String>,
    order: Option<String>,
    doc: Option<String>,
    extra: Vec<(String, String)>,
}

fn qualified(space: &str, name: &str) -> String {
    if space.is_empty() {
        name.to_owned()
    } else {
        format!("{space}.{name}")
    }
}

const fn plain(kind: Kind) -> Type {
    Type {
        kind,
        extra: Vec::new(),
    }
}

/// Makes schemas.
pub(super) struct Maker {
    random: Random,
    /// The named types of the schema that is being made, those that are complete.
    defined: Vec<(String, Type)>,
    /// The names of those that are not complete yet.
    open: Vec<String>,
    next_name: usize,
}

impl Maker {
    pub(super) const fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            defined: Vec::new(),
            open: Vec::new(),
            next_name: 0,
        }
    }

    /// A schema and a changed one, as texts.
    pub(super) fn pair(&mut self) -> [String; 2] {
        self.defined.clear();
        self.open.clear();
        self.next_name = 0;
        let old = self.ty(4, "");
        let mut new = old.clone();
        for _ in 0..=self.random.below(3) {
            self.change(&mut new, 4);
        }
        [self.text(&old, ""), self.text(&new, "")]
    }

    fn ty(&mut self, depth: usize, space: &str) -> Type {
        let named = if depth == 4 { 90 } else { 45 };
        if depth == 0 || !self.random.percent(named + 20) {
            return self.leaf();
        }
        if self.next_name < NAMES.len() && self.random.percent(named) {
            return self.named(depth, space);
        }
        match self.random.below(3) {
            0 => {
                let items = Box::new(self.ty(depth - 1, space));
                self.with_extra(Kind::Array(items))
            }
            1 => {
                let values = Box::new(self.ty(depth - 1, space));
                self.with_extra(Kind::Map(values))
            }
            _ => self.union(depth, space),
        }
    }

    fn leaf(&mut self) -> Type {
        let names: Vec<&str> = self.defined.iter().map(|(name, _)| &**name).collect();
        if !names.is_empty() && self.random.percent(40) {
            return plain(Kind::Name(self.random.pick(&names).to_owned()));
        }
        let primitive = self.random.pick(PRIMITIVES).to_owned();
        let mut ty = self.with_extra(Kind::Primitive(primitive.clone()));
        if self.random.percent(20) {
            self.logical(&mut ty, &primitive);
        }
        ty
    }

    fn logical(&mut self, ty: &mut Type, primitive: &str) {
        let fitting = LOGICAL.iter().filter(|(on, _)| *on == primitive);
        let names: Vec<&str> = fitting.map(|(_, name)| *name).collect();
        if primitive == "bytes" && self.random.percent(70) {
            let [precision, scale] = [1 + self.random.below(9), self.random.below(4)];
            ty.extra.push(("scale".to_owned(), scale.to_string()));
            ty.extra
                .push(("logicalType".to_owned(), "\"decimal\"".to_owned()));
            ty.extra
                .push(("precision".to_owned(), precision.to_string()));
        } else if !names.is_empty() {
            let name = format!("\"{}\"", self.random.pick(&names));
            ty.extra.push(("logicalType".to_owned(), name));
        }
    }

    fn with_extra(&mut self, kind: Kind) -> Type {
        let extra = self.extra();
        Type { kind, extra }
    }

    fn extra(&mut self) -> Vec<(String, String)> {
        let mut extra = Vec::new();
        for key in ["z", "x y", "m\\u006eo"] {
            if self.random.percent(6) {
                extra.push((key.to_owned(), self.random.pick(VALUES).to_owned()));
            }
        }
        extra
    }

    fn union(&mut self, depth: usize, space: &str) -> Type {
        let mut branches: Vec<Type> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for _ in 0..self.random.below(5) {
            let branch = self.ty(depth - 1, space);
            let key = union_key(&branch);
            if key != "union" && !seen.contains(&key) {
                seen.push(key);
                branches.push(branch);
            }
        }
        plain(Kind::Union(branches))
    }

    fn named(&mut self, depth: usize, space: &str) -> Type {
        let named = self.new_name(space);
        let full = named.full();
        let kind = match self.random.below(if depth == 4 { 1 } else { 4 }) {
            2 => Kind::Fixed(named, self.random.below(20)),
            3 => {
                let count = 1 + self.random.below(SYMBOLS.len());
                let symbols: Vec<String> = SYMBOLS
                    .iter()
                    .take(count)
                    .map(|s| (*s).to_owned())
                    .collect();
                let default = self.random.percent(40).then(|| symbols[0].clone());
                Kind::Enum(named, symbols, default)
            }
            _ => self.record(named, depth),
        };
        let ty = self.with_extra(kind);
        self.defined.push((full, ty.clone()));
        ty
    }

    fn new_name(&mut self, space: &str) -> Named {
        let name = NAMES[self.next_name].to_owned();
        self.next_name += 1;
        let own = if self.random.percent(50) {
            space
        } else {
            self.random.pick(SPACES)
        };
        Named {
            space: own.to_owned(),
            name,
            aliases: self.type_aliases(),
            doc: self
                .random
                .percent(20)
                .then(|| self.random.pick(DOCS).to_owned()),
        }
    }

    fn type_aliases(&mut self) -> Vec<String> {
        let mut aliases = Vec::new();
        while self.random.percent(15) && aliases.len() < 3 {
            let name = self.random.pick(&["Old", "Older", "A", "array"]);
            let alias = qualified(self.random.pick(SPACES), name);
            aliases.push(alias);
        }
        aliases
    }

    fn record(&mut self, named: Named, depth: usize) -> Kind {
        let space = named.space.clone();
        self.open.push(named.full());
        let count = self.random.below(5);
        let mut fields: Vec<Field> = Vec::new();
        for name in FIELDS.iter().take(count) {
            let field = self.field(name, depth, &space);
            fields.push(field);
        }
        self.open.pop();
        Kind::Record(named, fields)
    }

    fn field(&mut self, name: &str, depth: usize, space: &str) -> Field {
        // A type without a namespace has no name that means it within another.
        let mut names = self.open.clone();
        names.retain(|name| space.is_empty() || name.contains('.'));
        let ty = if !names.is_empty() && self.random.percent(10) {
            let name = names[self.random.below(names.len())].clone();
            let branches = vec![
                plain(Kind::Primitive("null".to_owned())),
                plain(Kind::Name(name)),
            ];
            plain(Kind::Union(branches))
        } else {
            self.ty(depth - 1, space)
        };
        let default = if self.random.percent(45) {
            self.default(&ty, 3)
        } else {
            None
        };
        let order = ["\"ascending\"", "\"descending\"", "\"ignore\""];
        Field {
            name: name.to_owned(),
            ty,
            default,
            aliases: if self.random.percent(8) {
                vec![self.random.pick(&["g", "h", "i"]).to_owned()]
            } else {
                Vec::new()
            },
            order: self
                .random
                .percent(10)
                .then(|| self.random.pick(&order).to_owned()),
            doc: self
                .random
                .percent(10)
                .then(|| self.random.pick(DOCS).to_owned()),
            extra: self.extra(),
        }
    }

    /// A value of the type as JSON, where one is found easily.
    fn default(&mut self, ty: &Type, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        match &ty.kind {
            Kind::Primitive(name) => Some(self.primitive_default(name)),
            Kind::Name(name) => {
                let found = self.defined.iter().find(|(defined, _)| defined == name);
                let found = found.map(|(_, ty)| ty.clone())?;
                self.default(&found, depth)
            }
            Kind::Array(items) => {
                let items: Option<Vec<String>> = (0..self.random.below(3))
                    .map(|_| self.default(items, depth))
                    .collect();
                Some(format!("[{}]", items?.join(", ")))
            }
            Kind::Map(values) => {
                let keys = ["k", "j", "\\u00e9"];
                let entries: Option<Vec<String>> = (0..self.random.below(3))
                    .map(|at| {
                        Some(format!(
                            "\"{}\": {}",
                            keys[at],
                            self.default(values, depth)?
                        ))
                    })
                    .collect();
                Some(format!("{{{}}}", entries?.join(", ")))
            }
            Kind::Union(branches) => {
                let at = self.random.below(branches.len());
                self.default(branches.get(at)?, depth)
            }
            Kind::Record(_, fields) => {
                let mut entries = Vec::new();
                for field in fields {
                    if field.default.is_none() || self.random.percent(50) {
                        let value = self.default(&field.ty, depth)?;
                        entries.push(format!("\"{}\": {value}", field.name));
                    }
                }
                self.random.shuffle(&mut entries);
                Some(format!("{{{}}}", entries.join(", ")))
            }
            Kind::Enum(_, symbols, _) => Some(format!("\"{}\"", symbols.last()?)),
            Kind::Fixed(_, size) => Some(format!("\"{}\"", "\\u00ff".repeat(*size))),
        }
    }

    fn primitive_default(&mut self, name: &str) -> String {
        let choices: &[&str] = match name {
            "null" => &["null"],
            "boolean" => &["true", "false"],
            "int" => &["0", "-1", "2147483647", "-0"],
            "long" => &[
                "0",
                "9223372036854775807",
                "-9223372036854775808",
                "3000000000",
            ],
            "float" => &["0", "1.0", "1.5", "1e3", "-0.0", "0.1", "16777217"],
            "double" => &[
                "0",
                "1",
                "1.0",
                "1.50",
                "1E10",
                "1E-7",
                "-0.0",
                "12345678.9",
                "0.001",
                "0.0001",
                "1e22",
                "100",
                "123456789012345678901234567890",
            ],
            "bytes" => &[r#""""#, r#""\u0000\u00ff""#, r#""a""#],
            _ => &[r#""""#, r#""\u0041\u00e9\"""#, r#""\ud83d\ude00""#],
        };
        self.random.pick(choices).to_owned()
    }
}

/// What may not stand twice in a union.
fn union_key(ty: &Type) -> String {
    match &ty.kind {
        Kind::Primitive(name) | Kind::Name(name) => name.clone(),
        Kind::Array(_) => "array".to_owned(),
        Kind::Map(_) => "map".to_owned(),
        Kind::Union(_) => "union".to_owned(),
        Kind::Record(named, _) | Kind::Enum(named, ..) | Kind::Fixed(named, _) => named.full(),
    }
}

/// What people do to schemas.
impl Maker {
    fn change(&mut self, ty: &mut Type, depth: usize) {
        let deeper = depth > 0 && self.random.percent(70);
        match &mut ty.kind {
            Kind::Array(inner) | Kind::Map(inner) if deeper => self.change(inner, depth - 1),
            Kind::Union(branches) if deeper && !branches.is_empty() => {
                let at = self.random.below(branches.len());
                self.change(&mut branches[at], depth - 1);
            }
            Kind::Record(_, fields) if deeper && !fields.is_empty() => {
                let at = self.random.below(fields.len());
                self.change(&mut fields[at].ty, depth - 1);
            }
            _ => self.change_here(ty),
        }
    }

    fn change_here(&mut self, ty: &mut Type) {
        if self.random.percent(12) {
            let null = plain(Kind::Primitive("null".to_owned()));
            let inner = std::mem::replace(ty, null.clone());
            ty.kind = match inner.kind {
                Kind::Union(_) | Kind::Primitive(_) => Kind::Array(Box::new(inner)),
                _ => Kind::Union(vec![null, inner]),
            };
            return;
        }
        match &mut ty.kind {
            Kind::Primitive(name) => {
                let promotions = ["int", "long", "float", "double", "bytes", "string"];
                self.random.pick(&promotions).clone_into(name);
            }
            Kind::Name(_) => *ty = self.leaf(),
            Kind::Array(inner) => ty.kind = Kind::Map(inner.clone()),
            Kind::Map(inner) => *ty = (**inner).clone(),
            Kind::Union(branches) => self.change_union(branches),
            Kind::Record(named, fields) => {
                if self.random.percent(25) {
                    self.rename(named);
                } else {
                    let space = named.space.clone();
                    self.change_fields(fields, &space);
                }
            }
            Kind::Enum(named, symbols, default) => match self.random.below(4) {
                0 => self.rename(named),
                1 => symbols.rotate_left(1),
                2 => *default = default.is_none().then(|| symbols[0].clone()),
                _ if symbols.len() > 1 => {
                    symbols.pop();
                    *default = default.take().filter(|symbol| symbols.contains(symbol));
                }
                _ => symbols.push("NEW".to_owned()),
            },
            Kind::Fixed(named, size) => match self.random.below(3) {
                0 => self.rename(named),
                _ => *size += 1,
            },
        }
    }

    /// Uses of the old name stay, so this may leave a text that is no schema.
    fn rename(&mut self, named: &mut Named) {
        let old = named.full();
        if self.random.percent(50) {
            "Renamed".clone_into(&mut named.name);
        } else {
            self.random.pick(SPACES).clone_into(&mut named.space);
        }
        if self.random.percent(60) {
            named.aliases.push(old);
        }
    }

    fn change_union(&mut self, branches: &mut Vec<Type>) {
        match self.random.below(4) {
            0 if !branches.is_empty() => {
                let at = self.random.below(branches.len());
                branches.remove(at);
            }
            1 => self.random.shuffle(branches),
            _ => {
                let new = self.leaf();
                let seen: Vec<String> = branches.iter().map(union_key).collect();
                if !seen.contains(&union_key(&new)) {
                    branches.push(new);
                }
            }
        }
    }

    fn change_fields(&mut self, fields: &mut Vec<Field>, space: &str) {
        let count = fields.len();
        let at = self.random.below(count);
        match self.random.below(6) {
            0 if count > 0 => {
                fields.remove(at);
            }
            1 if count > 0 => {
                let old = std::mem::replace(&mut fields[at].name, "renamed".to_owned());
                if self.random.percent(70) {
                    fields[at].aliases.push(old);
                }
            }
            2 if count > 0 => {
                fields[at].default = match fields[at].default {
                    Some(_) => None,
                    None => self.default(&fields[at].ty, 3),
                };
            }
            3 => self.random.shuffle(fields),
            4 if count > 1 => {
                let other = fields[(at + 1) % count].name.clone();
                fields[at].aliases.push(other);
            }
            _ => {
                self.next_name = NAMES.len();
                let field = self.field("added", 2, space);
                fields.retain(|field| field.name != "added");
                fields.push(field);
            }
        }
    }
}

/// Texts: members in any order, names in any of the ways in which they can be written.
impl Maker {
    fn text(&mut self, ty: &Type, space: &str) -> String {
        let mut members: Vec<String> = Vec::new();
        let word = match &ty.kind {
            Kind::Primitive(name) => {
                if ty.extra.is_empty() && self.random.percent(80) {
                    return format!("\"{name}\"");
                }
                name.clone()
            }
            Kind::Name(full) => return self.reference(full, space),
            Kind::Union(branches) => {
                let branches: Vec<String> = branches
                    .iter()
                    .map(|branch| self.text(branch, space))
                    .collect();
                return format!("[{}]", branches.join(", "));
            }
            Kind::Array(items) => {
                members.push(format!("\"items\": {}", self.text(items, space)));
                "array".to_owned()
            }
            Kind::Map(values) => {
                members.push(format!("\"values\": {}", self.text(values, space)));
                "map".to_owned()
            }
            Kind::Record(named, fields) => {
                self.name(named, space, &mut members);
                let fields: Vec<String> = fields
                    .iter()
                    .map(|field| self.field_text(field, &named.space))
                    .collect();
                members.push(format!("\"fields\": [{}]", fields.join(", ")));
                "record".to_owned()
            }
            Kind::Enum(named, symbols, default) => {
                self.name(named, space, &mut members);
                members.push(format!("\"symbols\": {}", strings(symbols)));
                members.extend(default.as_ref().map(|it| format!("\"default\": \"{it}\"")));
                "enum".to_owned()
            }
            Kind::Fixed(named, size) => {
                self.name(named, space, &mut members);
                members.push(format!("\"size\": {size}"));
                "fixed".to_owned()
            }
        };
        members.push(format!("\"type\": \"{word}\""));
        self.object(members, &ty.extra)
    }

    fn reference(&mut self, full: &str, space: &str) -> String {
        let (own, simple) = full.rsplit_once('.').unwrap_or(("", full));
        let clash = ["array", "union"].contains(&simple);
        if own == space && !clash && self.random.percent(60) {
            return format!("\"{simple}\"");
        }
        format!("\"{full}\"")
    }

    fn name(&mut self, named: &Named, space: &str, members: &mut Vec<String>) {
        let Named {
            name, space: own, ..
        } = named;
        if own == space && self.random.percent(60) {
            members.push(format!("\"name\": \"{name}\""));
        } else if !own.is_empty() && self.random.percent(50) {
            members.push(format!("\"name\": \"{own}.{name}\""));
        } else {
            members.push(format!("\"name\": \"{name}\""));
            members.push(format!("\"namespace\": \"{own}\""));
        }
        if !named.aliases.is_empty() {
            members.push(format!("\"aliases\": {}", strings(&named.aliases)));
        }
        members.extend(named.doc.as_ref().map(|doc| format!("\"doc\": {doc}")));
    }

    fn field_text(&mut self, field: &Field, space: &str) -> String {
        let ty = self.text(&field.ty, space);
        let mut members = vec![
            format!("\"name\": \"{}\"", field.name),
            format!("\"type\": {ty}"),
        ];
        let optional = [
            ("default", &field.default),
            ("order", &field.order),
            ("doc", &field.doc),
        ];
        for (key, value) in optional {
            members.extend(value.as_ref().map(|value| format!("\"{key}\": {value}")));
        }
        if !field.aliases.is_empty() {
            members.push(format!("\"aliases\": {}", strings(&field.aliases)));
        }
        self.object(members, &field.extra)
    }

    fn object(&mut self, mut members: Vec<String>, extra: &[(String, String)]) -> String {
        let extra = extra
            .iter()
            .map(|(key, value)| format!("\"{key}\": {value}"));
        members.extend(extra);
        self.random.shuffle(&mut members);
        format!("{{{}}}", members.join(", "))
    }
}

fn strings(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

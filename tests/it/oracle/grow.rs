//! Pairs of Avro schemas that are grown from a seed: a schema, and the same one with a few changes of
//! the kinds that people make.
//!
//! Both are valid by construction. What a change means is not said here: libraries of others tell.

use super::random::Random;

const PRIMITIVES: [&str; 8] = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];

/// Logical types by the primitive that they are for.
const LOGICAL: [(&str, &str); 6] = [
    ("int", r#""logicalType": "date""#),
    ("int", r#""logicalType": "time-millis""#),
    ("long", r#""logicalType": "timestamp-millis""#),
    ("long", r#""logicalType": "local-timestamp-micros""#),
    (
        "bytes",
        r#""logicalType": "decimal", "precision": 6, "scale": 2"#,
    ),
    (
        "bytes",
        r#""logicalType": "decimal", "precision": 9, "scale": 2"#,
    ),
];

#[derive(Clone)]
enum Type {
    Primitive(usize),
    Logical(usize),
    Array(Box<Type>),
    Map(Box<Type>),
    Union(Vec<Type>),
    /// Index into the definitions: written out where it comes first, else named.
    Named(usize),
}

#[derive(Clone)]
struct Definition {
    name: String,
    space: &'static str,
    aliases: Vec<String>,
    body: Body,
}

#[derive(Clone)]
enum Body {
    Record(Vec<Field>),
    Enum(Vec<String>, Option<String>),
    Fixed(usize),
}

#[derive(Clone)]
struct Field {
    name: String,
    aliases: Vec<String>,
    ty: Type,
    default: Option<String>,
}

#[derive(Clone)]
struct Schema {
    root: Type,
    definitions: Vec<Definition>,
}

/// The pair of a seed.
pub(super) fn pair(seed: u64) -> (String, String) {
    let mut choices = Random::new(seed);
    let mut old = Schema {
        root: Type::Primitive(0),
        definitions: Vec::new(),
    };
    old.root = old.grow(&mut choices, 3);
    old.settle();
    let mut new = old.clone();
    for _ in 0..=choices.below(3) {
        new.change(&mut choices);
    }
    (old.text(), new.text())
}

impl Schema {
    fn grow(&mut self, choices: &mut Random, depth: usize) -> Type {
        match choices.below(if depth == 0 { 4 } else { 11 }) {
            0 | 1 => Type::Primitive(choices.below(PRIMITIVES.len())),
            2 => Type::Logical(choices.below(LOGICAL.len())),
            3 if !self.definitions.is_empty() => Type::Named(choices.below(self.definitions.len())),
            4 => Type::Array(Box::new(self.grow(choices, depth - 1))),
            5 => Type::Map(Box::new(self.grow(choices, depth - 1))),
            6 => self.union(choices, depth - 1),
            7 => self.define(Body::Enum(symbols(choices.below(3) + 1), None)),
            8 => self.define(Body::Fixed(choices.below(3) + 1)),
            9 | 10 => self.record(choices, depth - 1),
            _ => Type::Primitive(2),
        }
    }

    fn define(&mut self, body: Body) -> Type {
        let at = self.definitions.len();
        self.definitions.push(Definition {
            name: format!("N{at}"),
            space: "a",
            aliases: Vec::new(),
            body,
        });
        Type::Named(at)
    }

    fn record(&mut self, choices: &mut Random, depth: usize) -> Type {
        let ty = self.define(Body::Record(Vec::new()));
        let Type::Named(at) = ty else { return ty };
        let mut fields: Vec<Field> = (0..=choices.below(3))
            .map(|index| self.field(choices, &format!("f{index}"), depth))
            .collect();
        if choices.one_in(4) {
            // It contains itself, with a way out.
            let itself = match choices.below(3) {
                0 => Type::Array(Box::new(Type::Named(at))),
                1 => Type::Map(Box::new(Type::Named(at))),
                _ => Type::Union(vec![Type::Primitive(0), Type::Named(at)]),
            };
            fields.push(field("again", itself));
        }
        self.definitions[at].body = Body::Record(fields);
        ty
    }

    fn field(&mut self, choices: &mut Random, name: &str, depth: usize) -> Field {
        let ty = self.grow(choices, depth);
        let default = if choices.one_in(3) {
            self.default(&ty, choices)
        } else {
            None
        };
        Field {
            default,
            ..field(name, ty)
        }
    }

    fn union(&mut self, choices: &mut Random, depth: usize) -> Type {
        let mut branches: Vec<Type> = Vec::new();
        for _ in 0..=choices.below(3) {
            let branch = self.grow(choices, depth);
            self.add_branch(&mut branches, branch);
        }
        Type::Union(branches)
    }

    fn add_branch(&self, branches: &mut Vec<Type>, branch: Type) {
        let new = self.branch_key(&branch);
        let taken = branches.iter().any(|other| self.branch_key(other) == new);
        if !matches!(branch, Type::Union(_)) && !taken {
            branches.push(branch);
        }
    }

    fn branch_key(&self, ty: &Type) -> String {
        match ty {
            Type::Primitive(at) => PRIMITIVES[*at].to_owned(),
            Type::Logical(at) => LOGICAL[*at].0.to_owned(),
            Type::Array(_) => "array".to_owned(),
            Type::Map(_) => "map".to_owned(),
            Type::Union(_) => "union".to_owned(),
            // By the simple name: libraries differ on namesakes of other namespaces.
            Type::Named(at) => format!(".{}", self.definitions[*at].name),
        }
    }

    fn default(&self, ty: &Type, choices: &mut Random) -> Option<String> {
        let number = choices.below(3);
        Some(match ty {
            Type::Primitive(at) => primitive_default(PRIMITIVES[*at], number),
            Type::Logical(at) => primitive_default(LOGICAL[*at].0, number),
            Type::Array(_) => "[]".to_owned(),
            Type::Map(_) => "{}".to_owned(),
            Type::Union(branches) => {
                let branch = branches.get(choices.below(branches.len().max(1)))?;
                return self.default(branch, choices);
            }
            Type::Named(at) => match &self.definitions[*at].body {
                Body::Enum(symbols, _) => format!("\"{}\"", symbols[number % symbols.len()]),
                Body::Fixed(size) => format!("\"{}\"", number.to_string().repeat(*size)),
                // Whether it ends would have to be found out.
                Body::Record(_) => return None,
            },
        })
    }

    /// One change somewhere.
    fn change(&mut self, choices: &mut Random) {
        let target = choices.below(self.definitions.len() + 1);
        if target == self.definitions.len() {
            let mut root = self.root.clone();
            self.change_type(&mut root, choices);
            self.root = root;
            return;
        }
        let mut definition = self.definitions[target].clone();
        if choices.one_in(6) {
            rename(&mut definition, choices);
        }
        match &mut definition.body {
            Body::Fixed(size) => *size += choices.below(2),
            Body::Enum(symbols, default) => change_symbols(symbols, default, choices),
            Body::Record(fields) => self.change_fields(fields, choices),
        }
        self.definitions[target] = definition;
        self.settle();
    }

    /// A default must still be one of the type that it is for.
    fn settle(&mut self) {
        for at in 0..self.definitions.len() {
            let mut definition = self.definitions[at].clone();
            if let Body::Record(fields) = &mut definition.body {
                for field in fields {
                    self.settle_default(field);
                }
            }
            self.definitions[at] = definition;
        }
    }

    fn settle_default(&self, field: &mut Field) {
        let mut choices = Random::new(0);
        let names_enum = |ty: &Type| matches!(ty, Type::Named(_));
        let through_name = match &field.ty {
            Type::Union(branches) => branches.iter().any(names_enum),
            ty => names_enum(ty),
        };
        if through_name && field.default.is_some() {
            field.default = self.default(&field.ty, &mut choices);
        }
    }

    fn change_fields(&mut self, fields: &mut Vec<Field>, choices: &mut Random) {
        let at = choices.below(fields.len().max(1));
        match choices.below(8) {
            0 => {
                let name = format!("g{}", choices.below(10));
                let added = self.field(choices, &name, 1);
                if fields.iter().all(|field| field.name != added.name) {
                    fields.push(added);
                }
            }
            1 if fields.len() > 1 => {
                fields.remove(at);
            }
            2 => fields.reverse(),
            3 if at < fields.len() => {
                let old = fields[at].name.clone();
                let taken = fields.iter().any(|f| f.name == format!("{old}x"));
                if !taken {
                    fields[at].name += "x";
                    if choices.one_in(2) {
                        fields[at].aliases.push(old);
                    }
                }
            }
            4 if at < fields.len() => {
                fields[at].default = self.default(&fields[at].ty.clone(), choices);
            }
            _ if at < fields.len() => {
                let mut ty = fields[at].ty.clone();
                self.change_type(&mut ty, choices);
                fields[at].default = fields[at]
                    .default
                    .as_ref()
                    .and_then(|_| self.default(&ty, choices));
                fields[at].ty = ty;
            }
            _ => {}
        }
    }

    fn change_type(&mut self, ty: &mut Type, choices: &mut Random) {
        match ty {
            Type::Array(inner) | Type::Map(inner) if choices.one_in(2) => {
                self.change_type(inner, choices);
            }
            Type::Union(branches) => match choices.below(4) {
                0 => branches.reverse(),
                1 if branches.len() > 1 => {
                    branches.remove(choices.below(branches.len()));
                }
                2 => {
                    let branch = self.grow(choices, 1);
                    self.add_branch(branches, branch);
                }
                _ => {
                    if let Some(only) = branches.first() {
                        *ty = only.clone();
                    }
                }
            },
            _ => match choices.below(4) {
                0 => {
                    let mut branches = vec![Type::Primitive(0)];
                    self.add_branch(&mut branches, ty.clone());
                    *ty = Type::Union(branches);
                }
                1 => *ty = Type::Logical(choices.below(LOGICAL.len())),
                2 => *ty = self.grow(choices, 1),
                _ => *ty = Type::Primitive(choices.below(PRIMITIVES.len())),
            },
        }
    }

    fn text(&self) -> String {
        let mut written = vec![false; self.definitions.len()];
        self.write(&self.root, &mut written)
    }

    fn write(&self, ty: &Type, written: &mut [bool]) -> String {
        match ty {
            Type::Primitive(at) => format!("\"{}\"", PRIMITIVES[*at]),
            Type::Logical(at) => {
                let (raw, attributes) = LOGICAL[*at];
                format!("{{\"type\": \"{raw}\", {attributes}}}")
            }
            Type::Array(items) => {
                format!(
                    "{{\"type\": \"array\", \"items\": {}}}",
                    self.write(items, written)
                )
            }
            Type::Map(values) => {
                format!(
                    "{{\"type\": \"map\", \"values\": {}}}",
                    self.write(values, written)
                )
            }
            Type::Union(branches) => {
                let branches = branches.iter().map(|branch| self.write(branch, written));
                format!("[{}]", branches.collect::<Vec<_>>().join(", "))
            }
            Type::Named(at) => self.write_named(*at, written),
        }
    }

    fn write_named(&self, at: usize, written: &mut [bool]) -> String {
        let definition = &self.definitions[at];
        let full = format!("{}.{}", definition.space, definition.name);
        if std::mem::replace(&mut written[at], true) {
            return format!("\"{full}\"");
        }
        let aliases = aliases(&definition.aliases);
        let head = |kind: &str| format!("\"type\": \"{kind}\", \"name\": \"{full}\"{aliases}");
        match &definition.body {
            Body::Fixed(size) => format!("{{{}, \"size\": {size}}}", head("fixed")),
            Body::Enum(symbols, default) => {
                let default = default.as_ref().map_or(String::new(), |symbol| {
                    format!(", \"default\": \"{symbol}\"")
                });
                let symbols = symbols.join("\", \"");
                format!(
                    "{{{}, \"symbols\": [\"{symbols}\"]{default}}}",
                    head("enum")
                )
            }
            Body::Record(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|field| self.write_field(field, written))
                    .collect();
                format!(
                    "{{{}, \"fields\": [{}]}}",
                    head("record"),
                    fields.join(", ")
                )
            }
        }
    }

    fn write_field(&self, field: &Field, written: &mut [bool]) -> String {
        let ty = self.write(&field.ty, written);
        let default = field
            .default
            .as_ref()
            .map_or(String::new(), |value| format!(", \"default\": {value}"));
        let aliases = aliases(&field.aliases);
        format!(
            "{{\"name\": \"{}\", \"type\": {ty}{default}{aliases}}}",
            field.name
        )
    }
}

fn field(name: &str, ty: Type) -> Field {
    Field {
        name: name.to_owned(),
        aliases: Vec::new(),
        ty,
        default: None,
    }
}

fn aliases(names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    format!(", \"aliases\": [\"{}\"]", names.join("\", \""))
}

fn symbols(count: usize) -> Vec<String> {
    ["A", "B", "C", "D"]
        .iter()
        .take(count)
        .map(|name| (*name).to_owned())
        .collect()
}

fn primitive_default(primitive: &str, number: usize) -> String {
    match primitive {
        "null" => "null".to_owned(),
        "boolean" => (number == 0).to_string(),
        "float" | "double" => format!("{number}.5"),
        "bytes" | "string" => format!("\"{number}\""),
        _ => number.to_string(),
    }
}

fn rename(definition: &mut Definition, choices: &mut Random) {
    match choices.below(3) {
        0 => definition.space = "b",
        aliased => {
            let old = format!("{}.{}", definition.space, definition.name);
            definition.name += "x";
            if aliased == 1 {
                definition.aliases.push(old);
            }
        }
    }
}

fn change_symbols(symbols: &mut Vec<String>, default: &mut Option<String>, choices: &mut Random) {
    match choices.below(4) {
        0 if symbols.len() > 1 => {
            symbols.remove(choices.below(symbols.len()));
        }
        1 => symbols.push(format!("S{}", choices.below(1000))),
        2 => symbols.reverse(),
        _ => *default = symbols.first().cloned(),
    }
    symbols.dedup();
    if default
        .as_ref()
        .is_some_and(|symbol| !symbols.contains(symbol))
    {
        *default = None;
    }
}

//! The crate apache-avro as a judge: what it reads of data that cover a grown schema, and which texts
//! it takes for schemas.
//!
//! Its own check of compatibility is no judge, and neither is its decoder where a pair is
//! incompatible: it compares no names and reads a double as a float. Logical types are left out, since
//! it refuses to read most of them as the raw value. What else it gets wrong is excused here by a
//! reason that has a name and is counted.

use std::collections::BTreeMap;

use apache_avro::Schema as Theirs;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::schema::{NamesRef, ResolvedSchema};
use apache_avro::types::Value as TheirValue;
use checker::avro::Schema as Ours;
use checker::avro::fuzzing::{self, Covering};
use checker::model::{Reader, Writer};
use checker::{Direction, Format, Options, SchemaInput, Source, Verdict};
use serde_json::{Map, Value, json};

use super::grow;

/// How many pairs are read, each in both directions.
const PAIRS: u64 = 1_500;

/// How many texts each mistake is made in.
const TEXTS: u64 = 1_000;

#[test]
fn apache_avro_reads_what_is_compatible() {
    let mut found = Found::default();
    for seed in 0..PAIRS {
        let (old, new) = grow::pair(seed);
        let [old, new] = [old, new].map(|text| Side::of(&text));
        found.execute(&old, &new);
        found.execute(&new, &old);
    }
    println!("{:#?}", found.counts);
    found.none();
    for (kind, at_least) in [
        ("written", 5_000),
        ("read", 1_000),
        (FIELD_ALIAS, 1),
        (NAMES, 1),
    ] {
        let count = found.counts.get(kind).copied().unwrap_or_default();
        assert!(count >= at_least, "only {count} of `{kind}`");
    }
}

#[test]
fn apache_avro_agrees_on_what_is_a_schema() {
    let mut found = Found::default();
    let kinds = [(MISTAKES, false), (HARMLESS, true)];
    let kinds = kinds
        .iter()
        .flat_map(|(edits, valid)| edits.iter().map(move |it| (it, *valid)));
    for ((name, edit), valid) in kinds {
        for seed in 0..TEXTS {
            let mut schema = raw(&serde_json::from_str(&grow::pair(seed).0).unwrap());
            let mut skip = seed % 3;
            if !edited(&mut schema, &mut skip, *edit) {
                continue;
            }
            let text = schema.to_string();
            let answers = [ours(&text).is_ok(), Theirs::parse_str(&text).is_ok()];
            found.count(name);
            if answers != [valid, valid] {
                let what = format!("{name}: ours, theirs valid: {answers:?}\n  {text}");
                found.disagreements.push(what);
            }
        }
        assert!(
            found.counts.get(name).is_some_and(|count| *count >= 20),
            "{name}"
        );
    }
    println!("{:#?}", found.counts);
    found.none();
}

/// A schema of both sides.
struct Side {
    text: String,
    ours: Ours,
    theirs: Theirs,
}

impl Side {
    fn of(text: &str) -> Self {
        let text = raw(&serde_json::from_str(text).unwrap()).to_string();
        let theirs = Theirs::parse_str(&text);
        Self {
            ours: ours(&text).unwrap_or_else(|problem| panic!("{problem}\n{text}")),
            theirs: theirs.unwrap_or_else(|error| panic!("{error}\n{text}")),
            text,
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

fn ours(text: &str) -> Result<Ours, String> {
    let input = SchemaInput::new(Format::Avro, Source::new("t", text));
    Ours::parse(&input).map_err(|problems| problems[0].to_string())
}

/// The schema without logical types.
fn raw(schema: &Value) -> Value {
    match schema {
        Value::Array(branches) => branches.iter().map(raw).collect(),
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|(key, _)| !["logicalType", "precision", "scale"].contains(&&***key));
            // A default keeps what it has: data of grown schemas have none of these keys.
            let raw = kept.map(|(key, value)| (key.clone(), raw(value)));
            let raw: Map<String, Value> = raw.collect();
            match raw.get("type") {
                Some(Value::String(ty)) if raw.len() == 1 => Value::String(ty.clone()),
                _ => Value::Object(raw),
            }
        }
        other => other.clone(),
    }
}

#[derive(Default)]
struct Found {
    counts: BTreeMap<&'static str, usize>,
    disagreements: Vec<String>,
}

impl Found {
    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn disagree(&mut self, [writer, reader]: [&Side; 2], covering: &Covering, what: &str) {
        let (writer, reader, json) = (&writer.text, &reader.text, &covering.json);
        self.disagreements
            .push(format!("{what}\n  {writer}\n  {reader}\n  {json}"));
    }

    fn none(&self) {
        let count = self.disagreements.len();
        let some = &self.disagreements[..count.min(5)];
        assert!(some.is_empty(), "{count}, among them:\n{}", some.join("\n"));
    }

    /// Whether the data of the writer are written as they say, and read where they should be.
    fn execute(&mut self, writer: &Side, reader: &Side) {
        let schemas = (&writer.ours, &reader.ours);
        let directions = [Direction::Backward];
        let comparison =
            fuzzing::compare_in_full(schemas.0, schemas.1, &directions, &Options::default());
        let compatible = comparison.verdict() == Verdict::Compatible;
        let findings = &mut comparison.findings.iter();
        let announced = findings.any(|finding| finding.rule.id == "avro/bytes-read-as-string");
        for covering in fuzzing::cover(schemas.0) {
            self.count("written");
            let written = decode(&writer.theirs, None, &covering.bytes);
            if !written.is_ok_and(|value| is(&writer.theirs, &covering.json, &value)) {
                self.disagree([writer, writer], &covering, "it is written otherwise");
            }
            if compatible && (covering.is_text || !announced) {
                self.read([writer, reader], &covering);
            }
        }
    }

    fn read(&mut self, [writer, reader]: [&Side; 2], covering: &Covering) {
        let roles = (Reader(&reader.ours), Writer(&writer.ours));
        let Some(json) = fuzzing::read_as_json(roles.0, roles.1, &covering.bytes) else {
            return self.disagree([writer, reader], covering, "we do not read it");
        };
        self.count("read");
        let value = decode(&writer.theirs, Some(&reader.theirs), &covering.bytes);
        match &value {
            Ok(value) if is(&reader.theirs, &json, value) => {}
            _ if any(&reader.json(), &aliases_field) => self.count(FIELD_ALIAS),
            _ if any(&reader.json(), &holds_names) => self.count(NAMES),
            _ => self.disagree([writer, reader], covering, &format!("{json} is {value:?}")),
        }
    }
}

fn decode(
    writer: &Theirs,
    reader: Option<&Theirs>,
    bytes: &[u8],
) -> Result<TheirValue, apache_avro::Error> {
    let decoder = GenericDatumReader::builder(writer).maybe_reader_schema(reader);
    decoder.build()?.read_value(&mut &*bytes)
}

/// It never applies aliases of fields: it finds nothing, or takes the default.
const FIELD_ALIAS: &str = "aliases of fields";

fn aliases_field(part: &Value) -> bool {
    // Types are called by their full names here, fields never.
    let name = part.get("name").and_then(Value::as_str);
    name.is_some_and(|name| !name.contains('.')) && part.get("aliases").is_some()
}

/// It compares no names, so of a union's named types it takes the first whose structure fits.
const NAMES: &str = "names in unions";

fn holds_names(part: &Value) -> bool {
    let named = |branch: &&Value| {
        branch.get("name").is_some() || branch.as_str().is_some_and(|name| name.contains('.'))
    };
    part.as_array()
        .is_some_and(|branches| branches.iter().filter(named).count() > 1)
}

/// Whether a part of the schema is so.
fn any(schema: &Value, is: &dyn Fn(&Value) -> bool) -> bool {
    let inner = match schema {
        Value::Array(items) => items.iter().any(|item| any(item, is)),
        Value::Object(members) => members.values().any(|member| any(member, is)),
        _ => false,
    };
    inner || is(schema)
}

/// Whether a value is what Avro's JSON encoding says.
fn is(schema: &Theirs, json: &str, value: &TheirValue) -> bool {
    // What is no number in JSON becomes a text.
    let mut json = json.to_owned();
    for (word, text) in [("NaN", "\"NaN\""), ("-inf", "\"-INF\""), ("inf", "\"INF\"")] {
        json = json.replace(word, text);
    }
    let json = serde_json::from_str(&json).unwrap();
    let resolved = ResolvedSchema::new(schema).unwrap();
    same(schema, resolved.get_names(), &json, value)
}

fn same(schema: &Theirs, names: &NamesRef<'_>, json: &Value, value: &TheirValue) -> bool {
    match (schema, value, json) {
        (Theirs::Ref { name }, ..) => same(names[name], names, json, value),
        (Theirs::Union(_), TheirValue::Union(_, inner), Value::Null) => **inner == TheirValue::Null,
        (Theirs::Union(union), TheirValue::Union(at, inner), Value::Object(members)) => {
            let branch = &union.variants()[*at as usize];
            let json = members.get(&branch_name(branch));
            json.is_some_and(|json| same(branch, names, json, inner))
        }
        (Theirs::Record(record), TheirValue::Record(fields), Value::Object(members)) => {
            let mut pairs = record.fields.iter().zip(fields);
            members.len() == fields.len()
                && pairs.all(|(field, (name, value))| {
                    field.name == *name && same(&field.schema, names, &members[name], value)
                })
        }
        (Theirs::Array(array), TheirValue::Array(items), Value::Array(json)) => {
            let mut pairs = json.iter().zip(items);
            json.len() == items.len()
                && pairs.all(|(json, item)| same(&array.items, names, json, item))
        }
        (Theirs::Map(map), TheirValue::Map(entries), Value::Object(json)) => {
            let mut pairs = entries.iter();
            json.len() == entries.len()
                && pairs.all(|(key, item)| same(&map.types, names, &json[key], item))
        }
        _ => same_leaf(json, value),
    }
}

fn branch_name(branch: &Theirs) -> String {
    match branch.name() {
        Some(name) => name.to_string(),
        None => branch.to_string().to_lowercase(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float is written with its own digits"
)]
fn same_leaf(json: &Value, value: &TheirValue) -> bool {
    let number = |double: f64| match json.as_str() {
        Some("NaN") => double.is_nan(),
        Some(word) => word == double.to_string().to_uppercase(),
        None => json.as_f64().map(f64::to_bits) == Some(double.to_bits()),
    };
    match value {
        TheirValue::Null => json.is_null(),
        TheirValue::Boolean(value) => json.as_bool() == Some(*value),
        TheirValue::Int(value) => json.as_i64() == Some(i64::from(*value)),
        TheirValue::Long(value) => json.as_i64() == Some(*value),
        TheirValue::Double(value) => number(*value),
        TheirValue::Float(value) => match json.as_f64() {
            Some(double) => (double as f32).to_bits() == value.to_bits(),
            None => number(f64::from(*value)),
        },
        TheirValue::Bytes(bytes) | TheirValue::Fixed(_, bytes) => {
            let text: String = bytes.iter().copied().map(char::from).collect();
            json.as_str() == Some(&text)
        }
        TheirValue::String(text) | TheirValue::Enum(_, text) => json.as_str() == Some(text),
        _ => false,
    }
}

/// An edit of a type; `false` where it does not apply.
type Edit = fn(&mut Value) -> bool;

/// What makes a text no schema, and apache-avro refuses too.
const MISTAKES: &[(&str, Edit)] = &[
    ("two fields of one name", |ty| {
        add_field(ty, json!({"name": "zz", "type": "int"}))
            && add_field(ty, json!({"name": "zz", "type": "long"}))
    }),
    ("a name with a dash", |ty| put(ty, "name", json!("a-b"))),
    ("a union in a union", |ty| add_branch(ty, json!(["null"]))),
    ("a branch twice", |ty| {
        add_branch(ty, json!("int")) && add_branch(ty, json!("int"))
    }),
    ("two arrays in a union", |ty| {
        let array = json!({"type": "array", "items": "int"});
        add_branch(ty, array.clone()) && add_branch(ty, array)
    }),
    ("a size below zero", |ty| put(ty, "size", json!(-1))),
    ("a default of another type", |ty| {
        with_default(ty, &json!("int"), &json!("x"))
    }),
    ("a default out of range", |ty| {
        with_default(ty, &json!("int"), &json!(3_000_000_000_u32))
    }),
    ("a fraction for an int", |ty| {
        with_default(ty, &json!("int"), &json!(1.0))
    }),
    ("a default of no branch", |ty| {
        with_default(ty, &json!(["null", "int"]), &json!("x"))
    }),
    ("a default for no symbol", |ty| {
        is_enum(ty) && put_new(ty, "default", json!("Unknown"))
    }),
    ("a symbol twice", |ty| {
        add_symbol(ty, "Z") && add_symbol(ty, "Z")
    }),
    ("a symbol with a space", |ty| add_symbol(ty, "a b")),
    ("a record without fields", |ty| remove(ty, "fields")),
    ("an array without items", |ty| remove(ty, "items")),
    ("a map without values", |ty| remove(ty, "values")),
    ("a fixed without size", |ty| remove(ty, "size")),
    ("an unknown type", |ty| {
        add_field(ty, json!({"name": "zz", "type": "Unknown"}))
    }),
    ("a field without name", |ty| {
        add_field(ty, json!({"type": "int"}))
    }),
    ("a field without type", |ty| {
        add_field(ty, json!({"name": "zz"}))
    }),
];

/// What may be said about a type, or leaves a schema a schema.
const HARMLESS: &[(&str, Edit)] = &[
    ("a documentation", |ty| {
        is_named(ty) && put_new(ty, "doc", json!("é"))
    }),
    ("an unknown attribute", |ty| {
        put_new(ty, "x-owner", json!({"a": [1, null]}))
    }),
    ("a default of a later branch", |ty| {
        with_default(ty, &json!(["null", "int"]), &json!(7))
    }),
    ("a default of a string", |ty| {
        with_default(ty, &json!("string"), &json!("é"))
    }),
    ("a default of an array", |ty| {
        with_default(
            ty,
            &json!({"type": "array", "items": "int"}),
            &json!([1, 2]),
        )
    }),
    ("a default of a map", |ty| {
        with_default(
            ty,
            &json!({"type": "map", "values": "int"}),
            &json!({"k": 1}),
        )
    }),
    ("a default of a record", |ty| {
        let fields =
            json!([{"name": "a", "type": "int"}, {"name": "b", "type": ["null"], "default": null}]);
        let record = json!({"type": "record", "name": "a.Added", "fields": fields});
        with_default(ty, &record, &json!({"a": 1, "b": null}))
    }),
    ("an order", |ty| {
        add_field(
            ty,
            json!({"name": "zz", "type": "int", "order": "descending"}),
        )
    }),
    ("an alias", |ty| {
        is_named(ty) && put_new(ty, "aliases", json!(["b.Old", "Older"]))
    }),
    ("one symbol more", |ty| add_symbol(ty, "Z")),
    ("an empty enum", |ty| {
        let empty = json!({"type": "enum", "name": "a.Empty", "symbols": []});
        add_field(ty, json!({"name": "zz", "type": empty}))
    }),
    ("a fixed without bytes", |ty| {
        let empty = json!({"type": "fixed", "name": "a.Empty", "size": 0});
        add_field(ty, json!({"name": "zz", "type": empty}))
    }),
];

/// Makes an edit at the type that it applies to after `skip` others; where there are fewer, at none.
fn edited(ty: &mut Value, skip: &mut u64, edit: Edit) -> bool {
    let mut copy = ty.clone();
    if edit(&mut copy) {
        if *skip == 0 {
            *ty = copy;
            return true;
        }
        *skip -= 1;
    }
    match ty {
        Value::Array(branches) => branches.iter_mut().any(|branch| edited(branch, skip, edit)),
        Value::Object(members) => {
            let inner = ["items", "values", "type"];
            let fields = members.get("fields").is_some();
            members.iter_mut().any(|(key, value)| match value {
                Value::Array(fields) if key == "fields" => fields
                    .iter_mut()
                    .any(|field| edited(&mut field["type"], skip, edit)),
                value => inner.contains(&&**key) && !fields && edited(value, skip, edit),
            })
        }
        _ => false,
    }
}

fn add_field(ty: &mut Value, field: Value) -> bool {
    let fields = ty.get_mut("fields").and_then(Value::as_array_mut);
    fields.is_some_and(|fields| {
        fields.push(field);
        true
    })
}

fn with_default(ty: &mut Value, of: &Value, default: &Value) -> bool {
    add_field(ty, json!({"name": "zz", "type": of, "default": default}))
}

fn add_branch(ty: &mut Value, branch: Value) -> bool {
    ty.as_array_mut().is_some_and(|branches| {
        branches.push(branch);
        true
    })
}

fn add_symbol(ty: &mut Value, symbol: &str) -> bool {
    let symbols = ty.get_mut("symbols").and_then(Value::as_array_mut);
    symbols.is_some_and(|symbols| {
        symbols.push(json!(symbol));
        true
    })
}

/// Puts another value where there is one.
fn put(ty: &mut Value, key: &str, value: Value) -> bool {
    ty.get_mut(key).is_some_and(|old| {
        *old = value;
        true
    })
}

fn put_new(ty: &mut Value, key: &str, value: Value) -> bool {
    ty.as_object_mut().is_some_and(|members| {
        members.insert(key.to_owned(), value);
        true
    })
}

fn remove(ty: &mut Value, key: &str) -> bool {
    ty.as_object_mut()
        .is_some_and(|members| members.remove(key).is_some())
}

fn is_enum(ty: &Value) -> bool {
    ty.get("symbols").is_some()
}

fn is_named(ty: &Value) -> bool {
    ty.get("name").is_some()
}

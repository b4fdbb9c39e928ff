//! Avro's own Java library as a judge: texts, fingerprints, validity, the contract's verdicts and
//! messages, and what its decoder reads (`tests/clients/java/AvroOracle.java`).
//!
//! Schemas are made up, always the same ones. Where Java itself departs from the specification, which
//! `docs/DESIGN.md` lists, an answer is excused here for a reason that has a name and is counted.

mod schemas;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use checker::avro::FingerprintKind;
use checker::report::json::Answer;
use checker::{
    Format, Level, Options, Profile, Reference, Schema, SchemaInput, Severity, Source, Verdict,
};
use harness::{java_libraries, run_java};
use serde_json::{Value, json};

use self::schemas::Maker;
use self::texts::{REFUSED, TEXTS, Text};

/// How many pairs are made; `ORACLE_PAIRS` asks for more, `ORACLE_SEED` for others.
const PAIRS: usize = 1_500;

#[test]
fn java_agrees_on_texts_fingerprints_verdicts_messages_and_data() {
    let Some(libraries) = java_libraries() else {
        return;
    };
    let pairs = pairs();
    let ours: Vec<Ours> = pairs.iter().map(Ours::of).collect();
    let questions = pairs.iter().zip(&ours).map(|([old, new], ours)| {
        json!({"reader": new, "writer": old, "data": ours.data(), "samples": 5})
    });
    let answers = ask(&libraries, &super::lines(questions));
    let mut found = Found::default();
    for ((pair, ours), java) in pairs.iter().zip(&ours).zip(&answers) {
        found.compare(pair, ours, java);
    }
    println!("{:#?}", found.counts);
    found.none();
    // What never came up would show nothing.
    for kind in [
        "texts",
        "refused by both",
        "compatible",
        "incompatible",
        "witnesses",
        PROVEN,
    ] {
        let count = found.counts.get(kind).copied().unwrap_or(0);
        assert!(count >= PAIRS / 10, "only {count} of `{kind}`");
    }
}

#[test]
fn java_agrees_on_notation_and_references() {
    let Some(libraries) = java_libraries() else {
        return;
    };
    let refused = REFUSED.iter().map(|text| (*text, &[][..]));
    let texts: Vec<Text> = TEXTS.iter().copied().chain(refused).collect();
    let questions = texts.iter().map(|(text, references)| {
        json!({"reader": text, "reader_references": references, "writer": "\"int\""})
    });
    let answers = ask(&libraries, &super::lines(questions));
    let mut found = Found::default();
    for ((text, references), java) in texts.iter().zip(&answers) {
        found.texts(text, &parse(text, references), &java["reader"]);
    }
    found.none();
    assert_eq!(found.counts.get("texts"), Some(&TEXTS.len()));
    assert_eq!(found.counts.get("refused by both"), Some(&REFUSED.len()));
}

/// One answer of Java for each line.
fn ask(libraries: &Path, questions: &str) -> Vec<Value> {
    let answers = run_java(libraries, "AvroOracle.java", questions);
    let answers = answers.unwrap().success().stdout;
    let answers: Vec<Value> = answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), questions.lines().count());
    answers
}

/// The references are called after their types, whose names nothing here depends on.
fn parse(text: &str, references: &[&str]) -> Result<Schema, String> {
    let mut input = SchemaInput::new(Format::Avro, Source::new("t", text));
    input.references = references
        .iter()
        .enumerate()
        .map(|(index, text)| Reference {
            name: format!("r{index}"),
            source: Source::new("reference", *text),
        })
        .collect();
    Schema::parse(&input).map_err(|problems| problems[0].to_string())
}

fn pairs() -> Vec<[String; 2]> {
    let given = |name| std::env::var(name).map(|text| text.parse().unwrap());
    let mut maker = Maker::new(given("ORACLE_SEED").unwrap_or(1));
    let count = given("ORACLE_PAIRS").map_or(PAIRS, |count| usize::try_from(count).unwrap());
    (0..count).map(|_| maker.pair()).collect()
}

/// What is compatible, and was read by Java.
const PROVEN: &str = "compatible by proof";

/// The rule that Java's decoder knows nothing of: it gives the raw value.
const LOGICAL: &str = "avro/decimal-changed";

/// What the checker says of a pair.
struct Ours {
    schemas: [Result<Schema, String>; 2],
    /// Whether the contract's rules let the new schema read the old one's data, in their words.
    contract: Option<(Verdict, Vec<String>)>,
    proven: Option<Verdict>,
    /// Bytes of the old schema that the new one does not read as what they are: rule, hex.
    witnesses: Vec<(String, String, Value)>,
}

impl Ours {
    fn of(pair: &[String; 2]) -> Self {
        let schemas = pair.each_ref().map(|text| parse(text, &[]));
        let mut ours = Self {
            schemas,
            contract: None,
            proven: None,
            witnesses: Vec::new(),
        };
        if let [Ok(old), Ok(new)] = &ours.schemas {
            let report = |profile| {
                let options = Options {
                    profile,
                    ..Options::default()
                };
                checker::check(new, &[old], Level::Backward, &options)
            };
            let contract = report(Profile::Contract);
            let answer = Answer::of(&contract);
            let messages = answer
                .messages
                .iter()
                .map(|line| (*line).to_owned())
                .collect();
            ours.contract = Some((answer.verdict, messages));
            let proven = report(Profile::Proven);
            ours.proven = Some(proven.verdict());
            for finding in proven.findings() {
                if finding.severity == Severity::Error
                    && finding.rule.id != LOGICAL
                    && let Some(witness) = &finding.witness
                    && let Some(hex) = &witness.bytes_hex
                {
                    let output = json!(witness);
                    ours.witnesses
                        .push((finding.rule.id.to_owned(), hex.clone(), output));
                }
            }
        }
        ours
    }

    fn data(&self) -> Vec<&str> {
        self.witnesses.iter().map(|(_, hex, _)| &**hex).collect()
    }
}

#[derive(Default)]
struct Found {
    counts: BTreeMap<&'static str, usize>,
    disagreements: Vec<String>,
}

impl Found {
    fn compare(&mut self, pair: &[String; 2], ours: &Ours, java: &Value) {
        for ((text, ours), side) in pair.iter().zip(&ours.schemas).zip(["writer", "reader"]) {
            self.texts(text, ours, &java[side]);
        }
        if java["reader"]["error"].is_null() && java["writer"]["error"].is_null() {
            self.contract(pair, ours, java);
            self.data(pair, ours, java);
        }
    }

    fn texts(&mut self, text: &str, ours: &Result<Schema, String>, java: &Value) {
        match (ours, java["error"].as_str()) {
            (Err(_), Some(_)) => self.count("refused by both"),
            (Ok(_), Some(error)) if error.starts_with("Undefined schema") => {
                self.count("excused: within a namespace, an enclosing type that has none");
            }
            (Ok(_), Some(error)) => self.tell(format!("only Java refuses {text}\n{error}")),
            (Err(error), None) => match excuse(error) {
                Some(reason) => self.count(reason),
                None => self.tell(format!("only we refuse {text}\n{error}")),
            },
            (Ok(schema), None) => {
                let Schema::Avro(avro) = schema else { return };
                self.count("texts");
                let form = avro.parsing_canonical_form().unwrap_or_default();
                self.equal(text, "canonical", schema.canonical_text(), java);
                self.equal(text, "form", &form, java);
                for kind in FingerprintKind::ALL {
                    let hex = avro.fingerprint(kind).map(|it| it.to_string());
                    self.equal(text, kind.name(), &hex.unwrap_or_default(), java);
                }
            }
        }
    }

    fn equal(&mut self, text: &str, key: &str, ours: &str, java: &Value) {
        if java[key] != ours {
            let java = &java[key];
            self.tell(format!("{key} of {text}\nours {ours}\njava {java}"));
        }
    }

    fn contract(&mut self, pair: &[String; 2], ours: &Ours, java: &Value) {
        let Some((verdict, ours)) = &ours.contract else {
            return;
        };
        let expected = expected_messages(java);
        self.count(if expected.is_empty() {
            "compatible"
        } else {
            "incompatible"
        });
        let compatible = *verdict == Verdict::Compatible;
        if compatible != expected.is_empty() || *ours != expected {
            self.tell(format!(
                "contract: {verdict:?}\nold {}\nnew {}\nours {ours:#?}\njava {expected:#?}",
                pair[0], pair[1]
            ));
        }
    }

    fn data(&mut self, pair: &[String; 2], ours: &Ours, java: &Value) {
        let [old, new] = [names(&java["writer"]), names(&java["reader"])];
        for ((rule, hex, witness), decoded) in ours
            .witnesses
            .iter()
            .zip(java["decoded"].as_array().unwrap())
        {
            let (written, read) = (&decoded["written"], &decoded["read"]);
            if written["value"].is_null() || written["whole"] == false {
                self.tell(format!(
                    "{rule}: no datum of {}: {hex} {witness}\n{written}",
                    pair[0]
                ));
            } else if read["error"].is_string() || written != read {
                self.count("witnesses");
            } else if old.records != new.records {
                self.count("excused: a record is read whatever its name");
            } else {
                self.tell(format!(
                    "{rule}: {hex} reads the same\nold {}\nnew {}\n{witness}\n{read}",
                    pair[0], pair[1]
                ));
            }
        }
        if ours.proven != Some(Verdict::Compatible) {
            return;
        }
        if old.moved(&new) {
            self.count("excused: a namespace has changed");
            return;
        }
        self.count(PROVEN);
        for unread in java["unread"].as_array().unwrap() {
            let error = unread["error"].as_str().unwrap();
            if UNION_DEFAULT.iter().any(|start| error.starts_with(start)) {
                self.count("excused: a default for a union with an array, a map or a record");
                continue;
            }
            self.tell(format!(
                "proven, yet\nold {}\nnew {}\n{unread}",
                pair[0], pair[1]
            ));
        }
    }

    fn none(&self) {
        let shown: Vec<&str> = self.disagreements.iter().take(10).map(|it| &**it).collect();
        let count = self.disagreements.len();
        assert!(count == 0, "{count} disagreements\n{}", shown.join("\n\n"));
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn tell(&mut self, what: String) {
        self.disagreements.push(what);
    }
}

/// Why Java takes what the specification does not allow: part of our message, and the reason.
const LAX: &[(&str, &str)] = &[
    (
        "is used before its definition",
        "excused: a name is used before it is defined",
    ),
    ("has the alias", "excused: aliases clash"),
    (" bytes, `", STRING_DEFAULT),
    ("stands where a symbol of", STRING_DEFAULT),
    ("U+0000 to U+00FF", STRING_DEFAULT),
    ("\"` fits no branch", STRING_DEFAULT),
];

const STRING_DEFAULT: &str = "excused: any string is a default of enum, fixed and bytes";

/// How Java's decoder fails over defaults that it took: it looks for the union's own items, values and
/// fields.
const UNION_DEFAULT: &[&str] = &[
    "StackOverflowError: null",
    "AvroRuntimeException: Not an array: [",
    "AvroRuntimeException: Not a map: [",
    "AvroRuntimeException: Not a record: [",
    "AvroTypeException: No default value for: ",
];

fn excuse(error: &str) -> Option<&'static str> {
    let found = LAX.iter().find(|(part, _)| error.contains(part));
    found.map(|(_, reason)| *reason)
}

/// The names of a schema, from its parsing canonical form.
#[derive(Default)]
struct Names {
    /// Unqualified.
    records: BTreeSet<String>,
    /// By unqualified name.
    full: BTreeMap<String, BTreeSet<String>>,
}

impl Names {
    fn collect(&mut self, form: &Value) {
        for part in form.as_array().into_iter().flatten() {
            self.collect(part);
        }
        for part in form
            .as_object()
            .into_iter()
            .flat_map(|object| object.values())
        {
            self.collect(part);
        }
        // A field's type may be a word too, but never one of these.
        let named = ["record", "enum", "fixed"];
        let kind = form["type"].as_str().filter(|kind| named.contains(kind));
        let is_field =
            form["size"].is_null() && form["symbols"].is_null() && form["fields"].is_null();
        if let (Some(kind), Some(full), false) = (kind, form["name"].as_str(), is_field) {
            let simple = full.rsplit('.').next().unwrap_or(full).to_owned();
            if kind == "record" {
                self.records.insert(simple.clone());
            }
            self.full.entry(simple).or_default().insert(full.to_owned());
        }
    }

    /// Whether a type of the same unqualified name has another namespace.
    fn moved(&self, other: &Self) -> bool {
        self.full
            .iter()
            .any(|(simple, full)| other.full.get(simple).is_some_and(|others| others != full))
    }
}

fn names(side: &Value) -> Names {
    let form: Value = serde_json::from_str(side["form"].as_str().unwrap()).unwrap();
    let mut names = Names::default();
    names.collect(&form);
    names
}

/// Java's incompatibilities as the contract's registry prints them.
fn expected_messages(java: &Value) -> Vec<String> {
    if let Some(failure) = java["failure"].as_str() {
        return vec![format!(
            "Unexpected exception during compatibility check: {failure}"
        )];
    }
    let list = java["incompatibilities"].as_array().unwrap();
    list.iter().map(message).collect()
}

fn message(found: &Value) -> String {
    let text = |key: &str| found[key].as_str().unwrap();
    let (kind, path, info) = (text("type"), text("location"), text("message"));
    let description = match kind {
        "FIXED_SIZE_MISMATCH" => format!(
            "The size of FIXED type field at path '{path}' in the new schema does not match with the old schema"
        ),
        "TYPE_MISMATCH" => format!(
            "The type (path '{path}') of a field in the new schema does not match with the old schema"
        ),
        "NAME_MISMATCH" => format!("The name of the schema has changed (path '{path}')"),
        "MISSING_ENUM_SYMBOLS" => format!(
            "The new schema is missing enum symbols '{info}' at path '{path}' in the old schema"
        ),
        "MISSING_UNION_BRANCH" => format!(
            "The new schema is missing a type inside a union field at path '{path}' in the old schema"
        ),
        "READER_FIELD_MISSING_DEFAULT_VALUE" => format!(
            "The field '{info}' at path '{path}' in the new schema has no default value and is missing in the old schema"
        ),
        other => panic!("an unknown type of incompatibility: {other}"),
    };
    format!("{{errorType:'{kind}', description:'{description}', additionalInfo:'{info}'}}")
}

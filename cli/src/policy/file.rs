//! Reading `protos.toml`: what it says, and all that is wrong with it, with places.

use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use checker::acceptance::Acceptance;
use checker::protobuf::{Packages, Weight};
use checker::{Problem, RuleSeverity, Source, Span};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::{Asked, Past, off};
use crate::tables::{Tables, Value};

/// The tables of a file.
const TABLES: [&str; 4] = ["check", "severity", "stability", "allow"];
/// The keys of `[check]`.
const CHECK: [&str; 7] = [
    "use",
    "except",
    "errors-only",
    "deprecated-for",
    "history",
    "roots",
    "includes",
];
/// The keys of `[[stability]]`.
const STABILITY: [&str; 2] = ["packages", "weight"];
/// The keys of `[[allow]]`.
const ALLOW: [&str; 4] = ["element", "rule", "reason", "expires"];

/// The most versions for which something can be asked to be deprecated.
const MAX_DEPRECATED_FOR: usize = 1_000;

/// A rule that may weigh anything, to try the words beside a rule.
const LIGHT: &str = "protobuf/field-renamed";

/// What a file says, as far as it can be understood.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// `check.use`
    pub uses: Option<Vec<Asked>>,
    /// `check.except`
    pub except: Vec<RuleSeverity>,
    /// `check.errors-only`
    pub errors_only: bool,
    /// `check.deprecated-for`
    pub deprecated_for: Option<usize>,
    /// `check.history`
    pub history: Option<Past>,
    /// `check.roots`
    pub roots: Vec<String>,
    /// `check.includes`
    pub includes: Vec<String>,
    /// `[severity]`
    pub severities: Vec<RuleSeverity>,
    /// `[[stability]]`
    pub stability: Vec<(Packages, Weight)>,
    /// `[[allow]]`, each with its place.
    pub allow: Vec<(Acceptance, Span)>,
}

/// Reads a file; an error has all that is wrong with it.
pub(super) fn read(source: &Source) -> Result<Config, Vec<Problem>> {
    let (config, problems) = Tables::read(source, |tables, table| {
        let mut reader = Reader {
            tables,
            config: Config::default(),
        };
        reader.document(table);
        reader.config
    });
    if problems.is_empty() {
        Ok(config)
    } else {
        Err(problems)
    }
}

/// Stands before the keys that there are.
const KNOWN: &str = "known are";

/// What a value that is no text gets to hear.
const A_TEXT: &str = "a text is expected, in quotes";

struct Reader<'t> {
    tables: &'t mut Tables,
    config: Config,
}

impl Reader<'_> {
    fn document(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match &**key.get_ref() {
                "check" => self.table("check", value, Self::check),
                "severity" => self.table("severity", value, Self::severity),
                "stability" => self.tables("stability", value, Self::stability),
                "allow" => self.tables("allow", value, Self::allow),
                other => self.tables.unknown(other, key.span(), &TABLES, KNOWN),
            }
        }
    }

    fn table(&mut self, name: &str, value: &Value<'_>, read: fn(&mut Self, &DeTable<'_>)) {
        match value.get_ref() {
            DeValue::Table(table) => read(self, table),
            _ => self.tables.problem(
                value.span(),
                format!("`{name}` is a table; write it as [{name}]"),
            ),
        }
    }

    /// A list of tables.
    fn tables(
        &mut self,
        name: &str,
        value: &Value<'_>,
        read: fn(&mut Self, &DeTable<'_>, Range<usize>),
    ) {
        let DeValue::Array(entries) = value.get_ref() else {
            let message = format!("`{name}` is a list of tables; write each as [[{name}]]");
            return self.tables.problem(value.span(), message);
        };
        for entry in entries {
            match entry.get_ref() {
                DeValue::Table(table) => read(self, table, entry.span()),
                _ => self.tables.problem(
                    entry.span(),
                    format!("an entry of `{name}` is a table; write it as [[{name}]]"),
                ),
            }
        }
    }

    fn check(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match &**key.get_ref() {
                "use" => {
                    let uses = self.parsed::<Asked>(value);
                    self.config.uses = Some(uses);
                }
                "except" => {
                    for (text, span) in self.tables.texts(value, A_TEXT) {
                        match off(&text) {
                            Ok(rule) => self.config.except.push(rule),
                            Err(message) => self.tables.problem(span, message),
                        }
                    }
                }
                "errors-only" => match value.get_ref() {
                    DeValue::Boolean(yes) => self.config.errors_only = *yes,
                    _ => self
                        .tables
                        .problem(value.span(), "true or false is expected"),
                },
                "deprecated-for" => self.config.deprecated_for = self.count(value),
                "history" => self.config.history = self.history(value),
                "roots" => self.config.roots = self.parsed(value),
                "includes" => self.config.includes = self.parsed(value),
                other => self.tables.unknown(other, key.span(), &CHECK, KNOWN),
            }
        }
    }

    /// `"protobuf/field-renamed" = "error"`
    fn severity(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let Some(word) = self.tables.text(value, A_TEXT) else {
                continue;
            };
            match format!("{}={word}", key.get_ref()).parse() {
                Ok(severity) => self.config.severities.push(severity),
                Err(_) => self.no_severity(key, &word, value.span()),
            }
        }
    }

    /// Says all that is wrong with a row of `[severity]`.
    fn no_severity(&mut self, key: &Spanned<DeString<'_>>, word: &str, at: Range<usize>) {
        let parse = |text: String| text.parse::<RuleSeverity>().err();
        let rule = parse(format!("{}=error", key.get_ref()));
        let severity = parse(format!("{LIGHT}={word}"));
        if rule.is_none() && severity.is_none() {
            let message = format!(
                "`{}` tells of data that the reader refuses and stays an error; accept single \
                 breaks by [[allow]]",
                key.get_ref()
            );
            self.tables.problem(key.span(), message);
        }
        for (error, at) in [(rule, key.span()), (severity, at)] {
            if let Some(error) = error {
                self.tables.problem(at, error.to_string());
            }
        }
    }

    fn stability(&mut self, table: &DeTable<'_>, at: Range<usize>) {
        let (mut packages, mut weight) = (Vec::new(), None);
        for (key, value) in table {
            match &**key.get_ref() {
                "packages" => packages = self.parsed::<Packages>(value),
                "weight" => weight = self.parsed::<Weight>(value).pop(),
                other => self.tables.unknown(other, key.span(), &STABILITY, KNOWN),
            }
        }
        if self.has_all(table, &STABILITY, "stability", at)
            && let Some(weight) = weight
        {
            let rows = packages.into_iter().map(|packages| (packages, weight));
            self.config.stability.extend(rows);
        }
    }

    fn allow(&mut self, table: &DeTable<'_>, at: Range<usize>) {
        let mut parts = [const { String::new() }; ALLOW.len()];
        for (key, value) in table {
            let known = ALLOW.iter().zip(&mut parts);
            let slot = known.into_iter().find(|(name, _)| **name == *key.get_ref());
            match (slot, value.get_ref()) {
                // A date needs no quotes.
                (Some((_, slot)), DeValue::Datetime(date)) => *slot = date.to_string(),
                (Some((_, slot)), _) => *slot = self.tables.text(value, A_TEXT).unwrap_or_default(),
                (None, _) => self
                    .tables
                    .unknown(key.get_ref(), key.span(), &ALLOW, KNOWN),
            }
        }
        let all = self.has_all(table, &ALLOW, "allow", at.clone());
        let right = self.parts_are_right(table, &parts);
        if !all || !right {
            return;
        }
        let [element, rule, reason, expires] = &parts;
        match Acceptance::new(rule, element, reason, expires) {
            Ok(acceptance) => {
                let span = self.tables.span(at);
                self.config.allow.push((acceptance, span));
            }
            Err(error) => self.tables.problem(at, error.to_string()),
        }
    }

    /// Whether each part of an `[[allow]]` that is there is right by itself.
    fn parts_are_right(&mut self, table: &DeTable<'_>, parts: &[String; ALLOW.len()]) -> bool {
        let before = self.tables.problem_count();
        for (at, (name, part)) in ALLOW.iter().zip(parts).enumerate() {
            // What is no text has been told.
            let Some(value) = table.get(*name).filter(|value| is_text(value)) else {
                continue;
            };
            let mut probe = ["**", LIGHT, "a reason", "2026-12-31"];
            if let Some(slot) = probe.get_mut(at) {
                *slot = part;
            }
            let [element, rule, reason, expires] = probe;
            if let Err(error) = Acceptance::new(rule, element, reason, expires) {
                self.tables.problem(value.span(), error.to_string());
            }
        }
        before == self.tables.problem_count()
    }

    /// Whether an entry has every key that it needs.
    fn has_all(
        &mut self,
        table: &DeTable<'_>,
        keys: &[&str],
        name: &str,
        at: Range<usize>,
    ) -> bool {
        let missing: Vec<&str> = keys
            .iter()
            .copied()
            .filter(|key| table.get(*key).is_none())
            .collect();
        if !missing.is_empty() {
            let message = format!("this [[{name}]] says no `{}`", missing.join("`, no `"));
            self.tables.problem(at, message);
        }
        missing.is_empty()
    }

    /// A text or a list of texts, read.
    fn parsed<T>(&mut self, value: &Value<'_>) -> Vec<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        let mut all = Vec::new();
        for (text, span) in self.tables.texts(value, A_TEXT) {
            match text.parse::<T>() {
                Ok(read) => all.push(read),
                Err(error) => self.tables.problem(span, error.to_string()),
            }
        }
        all
    }

    /// A number needs no quotes.
    fn history(&mut self, value: &Value<'_>) -> Option<Past> {
        let Some(count) = value.get_ref().as_integer() else {
            return self.parsed(value).pop();
        };
        let past = count.as_str().parse::<Past>();
        past.map_err(|error| self.tables.problem(value.span(), error))
            .ok()
    }

    fn count(&mut self, value: &Value<'_>) -> Option<usize> {
        let number = value.get_ref().as_integer();
        let number = number.and_then(|number| number.as_str().parse::<usize>().ok());
        let count = number.filter(|count| (1..=MAX_DEPRECATED_FOR).contains(count));
        if count.is_none() {
            let message = format!("a number of versions is expected, 1 to {MAX_DEPRECATED_FOR}");
            self.tables.problem(value.span(), message);
        }
        count
    }
}

fn is_text(value: &Value<'_>) -> bool {
    matches!(value.get_ref(), DeValue::String(_) | DeValue::Datetime(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let read = read(&Source::new("protos.toml", text));
        let problems = read.err().unwrap_or_default();
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_key_is_read() {
        let text = r#"
[check]
use = ["WIRE", "protobuf/rpc-removed"]
except = "protobuf/field-renamed"
errors-only = true
deprecated-for = 3
history = "tags:v*"
roots = "api"
includes = ["third_party", "../common"]

[severity]
"protobuf/field-json-name-changed" = "error"

[[stability]]
packages = ["@unstable", "shop.internal.**"]
weight = "off"

[[allow]]
element = "shop.v1.Orders.Cancel"
rule = "protobuf/rpc-removed"
reason = "nobody calls it"
expires = 2030-12-31
"#;
        let config = read(&Source::new("protos.toml", text)).expect("is right");
        let uses: Vec<String> = config.uses.iter().flatten().map(Asked::to_string).collect();
        assert_eq!(uses, ["WIRE", "protobuf/rpc-removed"]);
        assert_eq!(config.except[0].to_string(), "protobuf/field-renamed=off");
        assert!(config.errors_only);
        assert_eq!(config.deprecated_for, Some(3));
        assert_eq!(config.history, Some(Past::Tags("v*".to_owned())));
        assert_eq!(
            config.severities[0].to_string(),
            "protobuf/field-json-name-changed=error"
        );
        let stability: Vec<String> = config
            .stability
            .iter()
            .map(|(packages, weight)| format!("{packages} {}", weight.name()))
            .collect();
        assert_eq!(stability, ["@unstable off", "shop.internal.** off"]);
        let (acceptance, span) = &config.allow[0];
        assert_eq!(acceptance.expires.to_string(), "2030-12-31");
        assert_eq!(span.line, 18);
        assert_eq!(config.roots, ["api"]);
        assert_eq!(config.includes, ["third_party", "../common"]);
    }

    #[test]
    fn mistakes_are_told_with_place_and_remedy() {
        for (text, expected) in [
            (
                "[chek]",
                "protos.toml:1:2: `chek` is unknown here; is `check` meant?",
            ),
            (
                "[check]\nuses = \"WIRE\"",
                "protos.toml:2:1: `uses` is unknown here; is `use` meant?",
            ),
            (
                "[check]\nuse = [\"WIRE\", \"WIRES\"]",
                "protos.toml:2:16: `WIRES` is neither a category nor a rule; categories are WIRE, \
                 WIRE_JSON, GRPC, PACKAGE and FILE, and `schemactl explain protobuf` lists the rules",
            ),
            (
                "[check]\nexcept = \"protobuf/field-type-changed\"",
                "protos.toml:2:10: `protobuf/field-type-changed` tells of data that the reader \
                 refuses and cannot be left out; accept single breaks by [[allow]]",
            ),
            (
                "[check]\ndeprecated-for = 0",
                "protos.toml:2:18: a number of versions is expected, 1 to 1000",
            ),
            (
                "[check]\ndeprecated-for = 1001",
                "protos.toml:2:18: a number of versions is expected, 1 to 1000",
            ),
            (
                "[check]\nerrors-only = \"yes\"",
                "protos.toml:2:15: true or false is expected",
            ),
            (
                "[severity]\n\"protobuf/rpc-removd\" = \"error\"",
                "protos.toml:2:1: there is no rule `protobuf/rpc-removd`; is \
                 `protobuf/rpc-removed` meant?",
            ),
            (
                "[stability]\npackages = \"@alpha\"",
                "protos.toml:1:1: `stability` is a list of tables; write each as [[stability]]",
            ),
            (
                "[[stability]]\npackages = \"@gamma\"\nweight = \"off\"",
                "protos.toml:2:12: `@gamma` is no level; they are @alpha, @beta, @test and @unstable",
            ),
            (
                "[[allow]]\nelement = \"a.B\"\nrule = \"protobuf/rpc-removed\"",
                "protos.toml:1:1: this [[allow]] says no `reason`, no `expires`",
            ),
            (
                "[[allow]]\nelement = \"a.B\"\nrule = \"protobuf/rpc-removed\"\nreason = \"x\"\n\
                 expires = \"soon\"",
                "protos.toml:5:11: `soon` is no day of the calendar; write it as 2026-12-31",
            ),
            (
                "check = 1",
                "protos.toml:1:9: `check` is a table; write it as [check]",
            ),
        ] {
            assert_eq!(problems(text), [expected]);
        }
        assert!(problems("[check\n")[0].starts_with("protos.toml:1:7: this is no TOML: "));
    }

    #[test]
    fn all_mistakes_are_told_at_once_and_in_the_order_of_lines() {
        let text = "[[stability]]\npackages = \"@alpha\"\nweight = \"heavy\"\n\
                    [severity]\n\"protobuf/nope\" = \"loud\"\n\
                    \"protobuf/field-type-changed\" = \"off\"\n\
                    [[allow]]\nelement = \"a.B\"\nrule = \"protobuf/nope\"\nexpires = \"soon\"\n\
                    [check]\nhistory = \"x\"\n";
        let found = problems(text);
        let places: Vec<&str> = found
            .iter()
            .map(|it| it.split(": ").next().unwrap_or(""))
            .collect();
        let lines = ["3:10", "5:1", "5:19", "6:1", "7:1", "9:8", "10:11", "12:11"];
        let lines: Vec<String> = lines.iter().map(|at| format!("protos.toml:{at}")).collect();
        assert_eq!(places, lines, "{found:#?}");
        assert!(
            found[3].ends_with("accept single breaks by [[allow]]"),
            "{found:#?}"
        );
    }
}

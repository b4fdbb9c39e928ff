//! Reading the files that name consumers: TOML, with places.

use std::ops::Range;
use std::path::PathBuf;

use checker::pattern::MAX_PATTERN_BYTES;
use checker::protobuf::impact::{Role, Use, Used};
use checker::{Problem, Source, Span};
use toml::de::{DeTable, DeValue};

use crate::tables::{Tables, Value};

/// The keys of a consumer.
const KEYS: [&str; 7] = [
    "name", "owner", "client", "server", "messages", "uses", "protos",
];

/// The keys that say what a consumer uses.
const USES: [&str; 5] = ["client", "server", "messages", "uses", "protos"];

/// The table that lists consumers.
const LIST: &str = "consumers";

/// One consumer as a file names it.
#[derive(Debug)]
pub(super) struct Entry {
    pub name: String,
    pub owner: Option<String>,
    pub uses: Vec<Use>,
    /// Folders with `.proto` files of its own, relative to `folder`.
    pub protos: Vec<(PathBuf, Option<Span>)>,
    pub folder: PathBuf,
    /// Where it is named; `None` for one of the command line.
    pub span: Option<Span>,
}

impl Entry {
    /// A consumer that is known by its `.proto` files alone.
    pub(super) fn of_tree(name: &str, path: PathBuf) -> Self {
        Self {
            name: name.to_owned(),
            owner: None,
            uses: Vec::new(),
            protos: vec![(path, None)],
            folder: PathBuf::new(),
            span: None,
        }
    }
}

/// What a file says, as far as it can be understood.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub entries: Vec<Entry>,
    pub problems: Vec<Problem>,
}

/// Reads a file. With a name, the file is one consumer of that name unless it lists some.
pub(super) fn read(source: &Source, single: Option<&str>) -> Read {
    let (entries, problems) = Tables::read(source, |tables, table| {
        let entries = Vec::new();
        let mut reader = Reader { tables, entries };
        reader.document(table, single);
        reader.entries
    });
    Read { entries, problems }
}

struct Reader<'t> {
    tables: &'t mut Tables,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    fn document(&mut self, table: &DeTable<'_>, single: Option<&str>) {
        if let (Some(name), None) = (single, table.get(LIST)) {
            return self.consumer(name, table, 0..0);
        }
        for (key, value) in table {
            if key.get_ref() != LIST {
                let message = format!(
                    "`{}` is unknown here; a consumer is a table such as [{LIST}.checkout]",
                    key.get_ref()
                );
                self.tables.problem(key.span(), message);
                continue;
            }
            match value.get_ref() {
                DeValue::Table(list) => self.list(list),
                _ => self.tables.problem(
                    value.span(),
                    format!("a consumer is a table such as [{LIST}.checkout]"),
                ),
            }
        }
    }

    fn list(&mut self, list: &DeTable<'_>) {
        for (name, value) in list {
            match value.get_ref() {
                DeValue::Table(table) => self.consumer(name.get_ref(), table, name.span()),
                _ => self.tables.problem(
                    value.span(),
                    format!(
                        "`{0}` is a consumer, so a table: [{LIST}.{0}]",
                        name.get_ref()
                    ),
                ),
            }
        }
    }

    fn consumer(&mut self, name: &str, table: &DeTable<'_>, at: Range<usize>) {
        let mut entry = Entry {
            span: Some(self.tables.span(at.clone())),
            protos: Vec::new(),
            ..Entry::of_tree(name, PathBuf::new())
        };
        for (key, value) in table {
            match &**key.get_ref() {
                "name" => entry.name = self.text(value).unwrap_or(entry.name),
                "owner" => entry.owner = self.text(value),
                "client" => self.uses(value, Role::Client, &mut entry.uses),
                "server" => self.uses(value, Role::Server, &mut entry.uses),
                "messages" => self.uses(value, Role::Messages, &mut entry.uses),
                "uses" => self.uses(value, Role::Any, &mut entry.uses),
                "protos" => {
                    let paths = self.texts(value).into_iter();
                    let paths = paths.map(|(path, span)| (path.into(), Some(span)));
                    entry.protos.extend(paths);
                }
                other => self
                    .tables
                    .unknown(other, key.span(), &KEYS, "a consumer has"),
            }
        }
        if entry.name.trim().is_empty() || entry.name.contains(char::is_control) {
            return self
                .tables
                .problem(at, "a consumer needs a name, of one line");
        }
        let all_known = table
            .iter()
            .all(|(key, _)| KEYS.contains(&&**key.get_ref()));
        if all_known && !USES.iter().any(|key| table.get(*key).is_some()) {
            let message = format!(
                "consumer `{}` uses nothing; say what it uses: {}",
                entry.name,
                USES.join(", ")
            );
            self.tables.problem(at, message);
        }
        self.entries.push(entry);
    }

    fn uses(&mut self, value: &Value<'_>, role: Role, uses: &mut Vec<Use>) {
        for (name, span) in self.texts(value) {
            uses.push(Use {
                what: Used::Named(name),
                role,
                span: Some(span),
            });
        }
    }

    fn text(&mut self, value: &Value<'_>) -> Option<String> {
        self.tables
            .text(value, "a text is expected, such as \"team-orders\"")
    }

    /// A text, or a list of texts, each with its place.
    fn texts(&mut self, value: &Value<'_>) -> Vec<(String, Span)> {
        let expected = "a name or a list of names is expected, such as [\"orders.v1.Orders\"]";
        let mut texts = Vec::new();
        for (text, at) in self.tables.texts(value, expected) {
            if text.is_empty() {
                self.tables
                    .problem(at, "an empty name says nothing; remove it");
            } else if text.len() > MAX_PATTERN_BYTES {
                let message = format!("the name is longer than {MAX_PATTERN_BYTES} bytes");
                self.tables.problem(at, message);
            } else {
                texts.push((text, self.tables.span(at)));
            }
        }
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str, single: Option<&str>) -> Read {
        read(&Source::new("c.toml", text), single)
    }

    fn problems(text: &str, single: Option<&str>) -> Vec<String> {
        let read = read_text(text, single);
        read.problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_list_and_a_file_of_one_say_the_same() {
        let body = "owner = \"team\"\nclient = [\"a.S\", \"b.*\"]\nmessages = \"a.M\"\n";
        let list = read_text(&format!("[consumers.shop]\n{body}"), None);
        let alone = read_text(body, Some("shop"));
        let named = read_text(&format!("name = \"shop\"\n{body}"), Some("x"));
        for read in [list, alone, named] {
            assert_eq!(read.problems, []);
            let [entry] = &read.entries[..] else {
                panic!("{read:?}");
            };
            assert_eq!(
                (&*entry.name, entry.owner.as_deref()),
                ("shop", Some("team"))
            );
            let mut uses: Vec<_> = entry
                .uses
                .iter()
                .map(|used| (used.role, &used.what))
                .collect();
            uses.sort_by_key(|(role, _)| *role);
            let named = |name: &str| Used::Named(name.to_owned());
            assert_eq!(
                uses,
                [
                    (Role::Client, &named("a.S")),
                    (Role::Client, &named("b.*")),
                    (Role::Messages, &named("a.M"))
                ]
            );
        }
    }

    #[test]
    fn mistakes_are_told_with_place_and_remedy() {
        for (text, expected) in [
            (
                "[consumers.shop]\nclints = [\"a.S\"]",
                "c.toml:2:1: `clints` is unknown here; is `client` meant?",
            ),
            (
                "[consumers.shop]\nfoo = 1",
                "c.toml:2:1: `foo` is unknown here; a consumer has name, owner, client, server, \
                 messages, uses, protos",
            ),
            (
                "[shop]\nclient = \"a.S\"",
                "c.toml:1:2: `shop` is unknown here; a consumer is a table such as \
                 [consumers.checkout]",
            ),
            (
                "[consumers]\nshop = 1",
                "c.toml:2:8: `shop` is a consumer, so a table: [consumers.shop]",
            ),
            (
                "consumers = 1",
                "c.toml:1:13: a consumer is a table such as [consumers.checkout]",
            ),
            (
                "[consumers.shop]\nclient = [\"a.S\", 1]",
                "c.toml:2:18: a name or a list of names is expected, such as \
                 [\"orders.v1.Orders\"]",
            ),
            (
                "[consumers.shop]\nclient = \"\"",
                "c.toml:2:10: an empty name says nothing; remove it",
            ),
            (
                "[consumers.shop]\nowner = \"team\"",
                "c.toml:1:12: consumer `shop` uses nothing; say what it uses: client, server, \
                 messages, uses, protos",
            ),
            (
                "[consumers.shop]\nclient = \"a.S\"\nowner = 7",
                "c.toml:3:9: a text is expected, such as \"team-orders\"",
            ),
            (
                &format!("[consumers.shop]\nclient = \"{}\"", "**.".repeat(171)),
                "c.toml:2:10: the name is longer than 512 bytes",
            ),
            (
                "[consumers.\"\"]\nowner = \"x\"",
                "c.toml:1:12: a consumer needs a name, of one line",
            ),
        ] {
            assert_eq!(problems(text, None), [expected]);
        }
    }

    #[test]
    fn what_is_no_toml_is_told_in_all_places() {
        let found = problems("[consumers.shop\n[consumers.b]\nclient = \n", None);
        let [table, value] = &found[..] else {
            panic!("{found:?}");
        };
        assert!(table.starts_with("c.toml:1:16: this is no TOML: "));
        assert!(
            value.starts_with("c.toml:3:10: this is no TOML: "),
            "{value}"
        );
        let deep = format!("x = {}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(!problems(&deep, None).is_empty());
    }
}

//! How messages name types and places.

use crate::model::Path;

use super::datum::branch_name;
use super::model::{Kind, Schema, Site, Slot, TypeId};

/// The most branches of a union that a message lists.
const MAX_LISTED: usize = 6;

/// `a long`, `an array`, `null`.
pub(crate) fn a_kind(kind: &Kind) -> String {
    a_word(kind.word())
}

/// A word with its article.
pub(crate) fn a_word(word: &str) -> String {
    match word.as_bytes().first() {
        _ if word == "null" => word.to_owned(),
        Some(b'a' | b'e' | b'i' | b'o') => format!("an {word}"),
        _ => format!("a {word}"),
    }
}

/// `a, b and c`; long lists are cut.
pub(crate) fn listed<'w>(words: impl ExactSizeIterator<Item = &'w str>) -> String {
    let count = words.len();
    let mut words: Vec<&str> = words.take(MAX_LISTED).collect();
    let last = if count > MAX_LISTED {
        format!("{} more", count - MAX_LISTED)
    } else {
        match words.pop() {
            Some(last) => last.to_owned(),
            None => return "nothing".to_owned(),
        }
    };
    if words.is_empty() {
        last
    } else {
        format!("{} and {last}", words.join(", "))
    }
}

/// A type as a message names it: `long`, ``record `shop.Order` ``, `a union of null and long`.
pub(crate) fn describe(schema: &Schema, ty: TypeId) -> String {
    match schema.kind(ty) {
        Kind::Primitive(primitive) => primitive.name().to_owned(),
        kind @ (Kind::Record(_) | Kind::Enum(_) | Kind::Fixed(_)) => {
            let name = kind.name().map_or("", |name| &name.full);
            format!("{} `{name}`", kind.word())
        }
        Kind::Array(items) => format!("an array of {}", short(schema, items.id)),
        Kind::Map(values) => format!("a map of {}", short(schema, values.id)),
        Kind::Union(branches) if branches.is_empty() => "an empty union".to_owned(),
        Kind::Union(branches) => {
            let names = branches
                .iter()
                .map(|branch| branch_name(schema.kind(branch.id)));
            format!("a union of {}", listed(names))
        }
    }
}

fn short(schema: &Schema, ty: TypeId) -> &str {
    branch_name(schema.kind(ty))
}

/// The element at a site, as the subject of a sentence: ``field `amount` ``, `the schema`,
/// ``an item of field `tags` ``.
pub(crate) fn subject(schema: &Schema, site: Site) -> String {
    let mut prefix = String::new();
    let mut site = site;
    loop {
        let Some(owner) = site.owner else {
            return format!("{prefix}the schema");
        };
        match (schema.kind(owner), site.slot) {
            (Kind::Record(record), Slot::Field(index)) => {
                let name = record.fields.get(index).map_or("", |field| &field.name);
                return format!("{prefix}field `{name}`");
            }
            (_, Slot::Items) => prefix.push_str("an item of "),
            (_, Slot::Values) => prefix.push_str("a value of "),
            (Kind::Union(branches), Slot::Branch(index)) => {
                let branch = branches.get(index);
                let name = branch.map_or("", |branch| branch_name(schema.kind(branch.id)));
                prefix = format!("{prefix}branch `{name}` of ");
            }
            _ => {}
        }
        site = schema.get(owner).site;
    }
}

/// The record around a type, if there is one, for sentences about fields.
pub(crate) fn field_path(schema: &Schema, record: TypeId, index: usize) -> Path {
    schema.path_of(record).key("fields").index(index)
}

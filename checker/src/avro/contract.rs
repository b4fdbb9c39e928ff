//! A change in the words of the wire contract: one line of `messages`.
//!
//! Types, texts and paths are those of Avro Java's compatibility check as the contract prints them,
//! its quotes included. Clients show these lines to people and match on the error type.

use super::change::{Change, ChangeKind};
use super::model::{Enum, Kind};

/// The contract's line, or `None` where its rules see nothing.
pub(crate) fn message(change: &Change<'_>) -> Option<String> {
    let (reader, writer) = (change.reader.kind(), change.writer.kind());
    let (r, w) = (change.reader_word(), change.writer_word());
    let place = change.contract.as_ref()?;
    let path = &place.path;
    if let Some(branch) = place.branch {
        stops(&change.kind)?;
        let path = rooted(path, "");
        return Some(line(
            "MISSING_UNION_BRANCH",
            &format!(
                "The {r} schema is missing a type inside a union field at path '{path}' in the {w} schema"
            ),
            &format!(
                "reader union lacking writer type: {}",
                branch.to_uppercase()
            ),
        ));
    }
    match (&change.kind, reader, writer) {
        (ChangeKind::Type, ..) => Some(mismatch(r, w, path, reader.word(), writer.word())),
        (ChangeKind::Branch, ..) => Some(mismatch(r, w, path, reader.word(), "union")),
        (ChangeKind::Name, ..) => Some(line(
            "NAME_MISMATCH",
            &format!(
                "The name of the schema has changed (path '{}')",
                rooted(path, "/name")
            ),
            &format!("expected: {}", writer.name().map_or("", |name| &name.full)),
        )),
        (ChangeKind::FixedSize, Kind::Fixed(reader), Kind::Fixed(writer)) => Some(line(
            "FIXED_SIZE_MISMATCH",
            &format!(
                "The size of FIXED type field at path '{}' in the {r} schema does not match with the {w} schema",
                rooted(path, "/size")
            ),
            &format!("expected: {}, found: {}", writer.size, reader.size),
        )),
        (ChangeKind::Symbols(missing), _, Kind::Enum(writer)) => {
            let symbols = sorted(writer, missing);
            Some(line(
                "MISSING_ENUM_SYMBOLS",
                &format!(
                    "The {r} schema is missing enum symbols '{symbols}' at path '{}' in the {w} schema",
                    rooted(path, "/symbols")
                ),
                &symbols,
            ))
        }
        (ChangeKind::FieldMissing(index), Kind::Record(reader), _) => {
            let name = &reader.fields.get(*index)?.name;
            Some(line(
                "READER_FIELD_MISSING_DEFAULT_VALUE",
                &format!(
                    "The field '{name}' at path '{}' in the {r} schema has no default value and is missing in the {w} schema",
                    rooted(path, &format!("/fields/{index}"))
                ),
                name,
            ))
        }
        _ => None,
    }
}

/// `Some` for what the contract's rules look at.
fn stops(kind: &ChangeKind) -> Option<()> {
    match kind {
        ChangeKind::Type
        | ChangeKind::Branch
        | ChangeKind::Name
        | ChangeKind::FixedSize
        | ChangeKind::Symbols(_)
        | ChangeKind::FieldMissing(_) => Some(()),
        ChangeKind::SymbolsSwallowed(_)
        | ChangeKind::AliasUnclear(_)
        | ChangeKind::AliasUndecided(_)
        | ChangeKind::BranchUnclear(_)
        | ChangeKind::Decimal
        | ChangeKind::Logical
        | ChangeKind::BytesAsString
        | ChangeKind::Rounded
        | ChangeKind::DefaultChanged(..) => None,
    }
}

fn mismatch(r: &str, w: &str, path: &str, reader: &str, writer: &str) -> String {
    let path = rooted(path, "");
    line(
        "TYPE_MISMATCH",
        &format!(
            "The type (path '{path}') of a field in the {r} schema does not match with the {w} schema"
        ),
        &format!(
            "reader type: {} not compatible with writer type: {}",
            reader.to_uppercase(),
            writer.to_uppercase()
        ),
    )
}

fn line(error_type: &str, description: &str, info: &str) -> String {
    format!("{{errorType:'{error_type}', description:'{description}', additionalInfo:'{info}'}}")
}

/// The root is `/`.
fn rooted(path: &str, tail: &str) -> String {
    match (path, tail) {
        ("", "") => "/".to_owned(),
        _ => format!("{path}{tail}"),
    }
}

/// `[A, C]`, as Java prints a sorted set.
fn sorted(writer: &Enum, missing: &[usize]) -> String {
    let symbols = missing
        .iter()
        .filter_map(|index| writer.symbols.get(*index));
    let mut names: Vec<&str> = symbols.map(|symbol| &*symbol.name).collect();
    names.sort_unstable();
    format!("[{}]", names.join(", "))
}

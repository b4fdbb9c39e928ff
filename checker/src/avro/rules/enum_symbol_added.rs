//! Symbols that the writer has and the reader lacks: old readers, newer data.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{take_out_symbols, with_edit};
use super::super::model::Kind;
use super::code;

/// `avro/enum-symbol-added`
pub static RULE: Rule = Rule {
    id: "avro/enum-symbol-added",
    format: Some(Format::Avro),
    summary: "A symbol was added to an enum for which older readers have no default.",
    directions: &[Direction::Forward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: enums",
    docs: include_str!("enum_symbol_added.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    let (ChangeKind::Symbols(missing), Direction::Forward) = (&change.kind, change.direction)
    else {
        return None;
    };
    let (Kind::Enum(reader), Kind::Enum(writer)) = (change.reader.kind(), change.writer.kind())
    else {
        return None;
    };
    let names: Vec<&str> = missing
        .iter()
        .filter_map(|index| writer.symbols.get(*index))
        .map(|symbol| &*symbol.name)
        .collect();
    let message = match &*names {
        [one] => format!(
            "symbol `{one}` was added to enum `{}`, and old readers have no default for it",
            writer.name.full
        ),
        _ => format!(
            "symbols {} were added to enum `{}`, and old readers have no default for them",
            code(&names),
            writer.name.full
        ),
    };
    let mut finding = change.finding(&RULE, message);
    let new = change.new_side();
    finding.path = new.definition_path().key("symbols");
    let symbol = writer.symbols.get(*missing.first()?)?;
    let written = change.writer.schema.span(&symbol.place);
    let known = change.reader.schema.span(&reader.symbols_place);
    (finding.old, finding.new) = (known, written);
    finding.hint = Some(with_edit(
        format!(
            "leave {} out until all readers have adopted a version of the enum with a `default`",
            code(&names)
        ),
        take_out_symbols(&new, missing),
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    const OLD: &str = r#"{"type": "enum", "name": "E", "symbols": ["A"]}"#;
    const NEW: &str = r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#;

    #[test]
    fn old_readers_without_a_default_break() {
        check(
            OLD,
            NEW,
            &[
                "forward avro/enum-symbol-added `/symbols`: symbol `B` was added to enum `E`, and old readers have no default for it",
            ],
        );
        assert_eq!(
            witness(OLD, NEW, Direction::Forward),
            r#""B" = 02: reading it with the old schema fails, `B` is no symbol of `E`"#
        );
    }
}

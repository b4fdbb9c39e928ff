//! Symbols that the writer has and the reader lacks: new readers, older data.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{add_symbols, with_edit};
use super::super::model::Kind;
use super::code;

/// `avro/enum-symbol-removed`
pub static RULE: Rule = Rule {
    id: "avro/enum-symbol-removed",
    format: Some(Format::Avro),
    summary: "A symbol was removed from an enum without a default, so that older data cannot be read.",
    directions: &[Direction::Backward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: enums",
    docs: include_str!("enum_symbol_removed.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    let (ChangeKind::Symbols(missing), Direction::Backward) = (&change.kind, change.direction)
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
            "symbol `{one}` was removed from enum `{}`",
            writer.name.full
        ),
        _ => format!(
            "symbols {} were removed from enum `{}`",
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
    (finding.old, finding.new) = (written, known);
    let edit = add_symbols(new.schema, reader, &names);
    finding.hint = Some(with_edit(
        format!(
            "keep {}; or give the enum a `default` for symbols that it does not know",
            code(&names)
        ),
        edit,
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    const OLD: &str = r#"{"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}"#;
    const NEW: &str = r#"{"type": "enum", "name": "E", "symbols": ["A"]}"#;

    #[test]
    fn data_that_hold_the_symbol_break() {
        check(
            OLD,
            NEW,
            &[
                "backward avro/enum-symbol-removed `/symbols`: symbols `B`, `C` were removed from enum `E`",
            ],
        );
        assert_eq!(
            witness(OLD, NEW, Direction::Backward),
            r#""B" = 02: reading it with the new schema fails, `B` is no symbol of `E`"#
        );
    }

    #[test]
    fn the_order_of_symbols_is_free() {
        check(OLD, &OLD.replace(r#""A", "B""#, r#""B", "A""#), &[]);
    }

    #[test]
    fn the_default_of_the_field_does_not_help() {
        let field = |symbols: &str, default: &str| {
            format!(
                r#"{{"type": "record", "name": "R", "fields": [{{"name": "e", "type":
                    {{"type": "enum", "name": "E", "symbols": [{symbols}]}}{default}}}]}}"#
            )
        };
        check(
            &field(r#""A", "B""#, ""),
            &field(r#""A""#, r#", "default": "A""#),
            &[
                "backward avro/enum-symbol-removed `/fields/0/type/symbols`: symbol `B` was removed from enum `E`",
            ],
        );
    }
}

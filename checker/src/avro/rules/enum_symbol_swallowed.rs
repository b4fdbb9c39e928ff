//! Symbols that the reader lacks and its enum's default stands in for.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{add_symbols, take_out_symbols, with_edit};
use super::super::model::Kind;
use super::code;

/// `avro/enum-symbol-swallowed`
pub static RULE: Rule = Rule {
    id: "avro/enum-symbol-swallowed",
    format: Some(Format::Avro),
    summary: "A symbol that the reader does not know is read as its default symbol.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: enums",
    docs: include_str!("enum_symbol_swallowed.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    let (ChangeKind::SymbolsSwallowed(missing), Kind::Enum(reader), Kind::Enum(writer)) =
        (&change.kind, change.reader.kind(), change.writer.kind())
    else {
        return None;
    };
    let names: Vec<&str> = missing
        .iter()
        .filter_map(|index| writer.symbols.get(*index))
        .map(|symbol| &*symbol.name)
        .collect();
    let default = &reader.symbols.get(reader.default?)?.name;
    let message = format!(
        "{} of enum `{}` is read as `{default}` by the {} schema",
        code(&names),
        writer.name.full,
        change.reader_word()
    );
    let mut finding = change.finding(&RULE, message);
    finding.path = change.new_side().definition_path().key("symbols");
    let written = change
        .writer
        .schema
        .span(&writer.symbols.get(*missing.first()?)?.place);
    let known = change.reader.schema.span(&reader.symbols_place);
    (finding.old, finding.new) = match change.direction {
        Direction::Backward => (written, known),
        Direction::Forward => (known, written),
    };
    finding.hint = Some(match change.direction {
        Direction::Backward => with_edit(
            format!("keep {} to read it as what it is", code(&names)),
            add_symbols(change.reader.schema, reader, &names),
        ),
        Direction::Forward => with_edit(
            format!("leave {} out until all readers know it", code(&names)),
            take_out_symbols(&change.writer, missing),
        ),
    });
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    const OLD: &str = r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#;
    const NEW: &str = r#"{"type": "enum", "name": "E", "symbols": ["A"], "default": "A"}"#;

    #[test]
    fn a_default_of_the_enum_reads_and_loses_the_symbol() {
        check(
            OLD,
            NEW,
            &[
                "backward avro/enum-symbol-swallowed `/symbols`: `B` of enum `E` is read as `A` by the new schema",
            ],
        );
        assert_eq!(
            witness(OLD, NEW, Direction::Backward),
            r#""B" = 02: reading it with the new schema gives `A` where `B` was written"#
        );
    }

    #[test]
    fn the_writer_s_default_does_not_help() {
        check(
            r#"{"type": "enum", "name": "E", "symbols": ["A", "B"], "default": "A"}"#,
            r#"{"type": "enum", "name": "E", "symbols": ["A"]}"#,
            &[
                "backward avro/default-removed ``: the enum of the schema has no default any more: symbols that it does not know were read as `A` and cannot be read now",
                "backward avro/enum-symbol-removed `/symbols`: symbol `B` was removed from enum `E`",
            ],
        );
    }
}

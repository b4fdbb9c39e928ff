//! A number that is not reserved will be used again some day, for something else. Until then data
//! is read well: a reader skips what it does not know.

use super::{BOTH, Context, finding, names};
use crate::Format;
use crate::model::{Category, Direction, Edit, Finding, Hint, Rule, Severity, Span};
use crate::protobuf::diff::{Change, Pair};
use crate::protobuf::model::Field;
use crate::protobuf::witness;
use crate::protobuf::wording;

/// `protobuf/field-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/field-removed",
    format: Some(Format::Protobuf),
    summary: "A field is removed and its number is not reserved.",
    // The profile `contract` has it both ways.
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: deleting fields",
    docs: include_str!("field_removed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::FieldRemoved { message, old } = change else {
        return Vec::new();
    };
    if message.new.reserved.has_number(old.number) {
        return Vec::new();
    }
    let name_free =
        !message.new.reserved.has_name(&old.name) && message.new.fields.named(&old.name).is_none();
    let mut statement = format!("reserved {};", old.number);
    if name_free {
        statement = format!("{statement} reserved \"{}\";", old.name);
    }
    vec![Finding {
        old_label: Some("stored data and old code have this field".to_owned()),
        new_label: Some("the number is free to be used again".to_owned()),
        hint: Some(Hint {
            text: format!("reserve the number: `{statement}`"),
            edits: insertion(message.new.name_span.as_ref(), &statement, cx, message),
        }),
        wire_message: removed_from_oneof(cx, message, old),
        witness: witness::field(cx, Direction::Backward, names(message), old.number),
        ..finding(
            &RULE,
            Direction::Backward,
            message.old.path_of(old),
            (old.span.as_ref(), message.new.name_span.as_ref()),
            format!(
                "field `{}` ({}) is removed and its number {} is not reserved",
                old.name, old.kind, old.number
            ),
        )
    }]
}

/// The edit that puts a statement at the start of a message.
pub(super) fn insertion(
    name: Option<&Span>,
    statement: &str,
    cx: &Context,
    message: &Pair,
) -> Vec<Edit> {
    let file = cx.new.model.files.get(message.new.file);
    let at = name
        .zip(file)
        .and_then(|(name, file)| after_brace(name, file.source.text()));
    let edit = at.map(|(mut span, same_line)| {
        span.end_line = span.line;
        span.end_column = span.column;
        let replacement = if same_line {
            format!(" {statement}")
        } else {
            format!("\n{}{statement}", " ".repeat(indent(name)))
        };
        Edit { span, replacement }
    });
    edit.into_iter().collect()
}

/// The place behind the brace that follows a name on its line, and whether more follows there.
fn after_brace(name: &Span, text: &str) -> Option<(Span, bool)> {
    let line = text
        .split('\n')
        .nth(usize::try_from(name.line).ok()?.checked_sub(1)?)?;
    let end = usize::try_from(name.end_column).ok()?.checked_sub(1)?;
    let behind: String = line.chars().skip(end).collect();
    let brace = behind.chars().position(|c| c == '{')?;
    // Anything but space before the brace is a comment: nothing mechanical then.
    if !behind.chars().take(brace).all(char::is_whitespace) {
        return None;
    }
    let rest: String = behind.chars().skip(brace + 1).collect();
    let column = name.end_column + u32::try_from(brace).ok()? + 1;
    let span = Span {
        column,
        line: name.end_line,
        ..name.clone()
    };
    Some((span, !rest.trim().is_empty()))
}

/// Two spaces deeper than the message, whose keyword and a space stand before its name.
fn indent(name: Option<&Span>) -> usize {
    let column = name.map_or(1, |name| name.column.saturating_sub(KEYWORD));
    usize::try_from(column.saturating_sub(1)).unwrap_or(0) + 2
}

/// The length of `message` and a space.
const KEYWORD: u32 = 8;

/// The contract counts members of a oneof that stays.
fn removed_from_oneof(cx: &Context, pair: &Pair, old: &Field) -> Option<String> {
    let oneof = pair.old.oneof_of(old)?;
    pair.new
        .oneofs
        .iter()
        .find(|kept| kept.name == oneof.name)?;
    let path = wording::message_path(cx.old.model, pair.old);
    let path = format!("{path}/{}/{}", oneof.name, old.number);
    Some(wording::Kind::OneofFieldRemoved.message(&path, Direction::Backward))
}

#[cfg(test)]
mod tests {
    use crate::model::Severity;
    use crate::protobuf::testing::{findings, message, only, schema};

    const ID: &str = "protobuf/field-removed";

    #[test]
    fn an_unreserved_number_is_named() {
        only(
            ID,
            &message("int32 a = 1; int32 b = 2;"),
            &message("int32 a = 1;"),
            &["backward p.M.b"],
        );
    }

    #[test]
    fn a_reserved_number_is_well_and_so_is_an_added_field() {
        for new in ["reserved 2; int32 a = 1;", "reserved 2 to 5; int32 a = 1;"] {
            only(
                ID,
                &message("int32 a = 1; int32 b = 2;"),
                &message(new),
                &[],
            );
        }
        only(
            ID,
            &message("int32 a = 1;"),
            &message("int32 a = 1; int32 b = 2;"),
            &[],
        );
    }

    #[test]
    fn it_is_a_danger_not_a_break() {
        let found = findings(&message("int32 a = 1;"), &message(""));
        assert!(
            found
                .iter()
                .all(|finding| finding.severity == Severity::Warning)
        );
    }

    #[test]
    fn the_edit_gives_a_schema_that_reserves_number_and_name() {
        let old = "syntax = \"proto3\";\nmessage M {\n  int32 a = 1;\n  int32 b = 2;\n}\n";
        let new = "syntax = \"proto3\";\nmessage M {\n  int32 a = 1;\n}\n";
        let found = findings(old, new);
        let edit = &found[0].hint.as_ref().expect("has a hint").edits[0];
        assert_eq!((edit.span.line, edit.span.column), (2, 12));
        let edited = new.replacen("M {", &format!("M {{{}", edit.replacement), 1);
        assert_eq!(
            edited,
            "syntax = \"proto3\";\nmessage M {\n  reserved 2; reserved \"b\";\n  int32 a = 1;\n}\n"
        );
        schema(&edited);
        only(ID, old, &edited, &[]);
    }
}

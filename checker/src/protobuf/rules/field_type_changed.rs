//! The new type reads other bytes than the old one writes.

use super::{BOTH, Context, finding, kept, names, versions};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Reader, Rule, Severity, Writer};
use crate::protobuf::descriptor::Edition;
use crate::protobuf::diff::{Change, Pair};
use crate::protobuf::judges::inside::{Cause, Harm};
use crate::protobuf::model::{Field, Kind, Message, Model, Scalar};
use crate::protobuf::wire::{Reading, reading};
use crate::protobuf::{witness, wording};

/// `protobuf/field-type-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/field-type-changed",
    format: Some(Format::Protobuf),
    summary: "A field has a type that does not read what the other type writes.",
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: updating a message type; encoding: wire types",
    docs: include_str!("field_type_changed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Some((message, old, new, retyped)) = kept(change, cx) else {
        return Vec::new();
    };
    let report = |direction| {
        let severity = severity(cx, change, direction)?;
        let cause = cx.causes.between(retyped, direction);
        let found = report(cx, message, old, new, direction);
        Some(Finding {
            severity,
            message: format!("{}{}", found.message, Cause::told(cause)),
            witness: found.witness.or_else(|| cause?.witness.clone()),
            ..found
        })
    };
    BOTH.into_iter().filter_map(report).collect()
}

/// What a reader that finds something else weighs; of another message or enum, what the worst of it
/// weighs inside.
fn severity(cx: &Context, change: &Change, direction: Direction) -> Option<Severity> {
    let (message, old, new, retyped) = versions(change)?;
    let (Reader(reader), Writer(writer)) = direction.roles(old, new);
    let (readers, writers) = cx.roles(direction);
    let (_, Writer(holder)) = direction.roles(message.old, message.new);
    match reading(&writer.kind, &reader.kind, writers, readers) {
        Reading::Lost | Reading::Refused => Some(Severity::Error),
        Reading::Same if unchecked(writer, holder, writers) && checked(reader) => {
            Some(Severity::Error)
        }
        Reading::Same | Reading::Altered => match cx.causes.harm(retyped, direction)? {
            Harm::Broken => Some(Severity::Error),
            Harm::Dropped => Some(Severity::Warning),
            Harm::Json => None,
        },
    }
}

/// Whether a string may hold bytes that are no UTF-8, by a feature that says so. That parsers of proto2
/// do not look is no such leave: `utf8-validation-changed` speaks.
fn unchecked(field: &Field, holder: &Message, model: &Model) -> bool {
    let file = model.files.get(holder.file);
    let by_feature = file.is_some_and(|file| file.edition >= Edition::Edition2023);
    field.kind == Kind::Scalar(Scalar::String) && !field.utf8 && by_feature
}

fn checked(field: &Field) -> bool {
    field.kind == Kind::Scalar(Scalar::String) && field.utf8
}

/// The type with what tells it from one of the same name.
fn word(field: &Field, other: &Field) -> String {
    if field.kind != other.kind || field.utf8 == other.utf8 {
        field.kind.to_string()
    } else if field.utf8 {
        format!("{} (UTF-8)", field.kind)
    } else {
        format!("{} (any bytes)", field.kind)
    }
}

fn report(cx: &Context, pair: &Pair, old: &Field, new: &Field, direction: Direction) -> Finding {
    let (before, now) = (word(old, new), word(new, old));
    let (Reader(reader), Writer(writer)) = direction.roles(old, new);
    let (readers, _) = cx.roles(direction);
    let (Reader(message), _) = direction.roles(pair.old, pair.new);
    Finding {
        new_label: Some(format!("code with this schema expects {now}")),
        old_label: Some(format!("stored data and old code have {before}")),
        hint: Some(Hint {
            text: format!(
                "keep `{before}`; or add a new field with a new number, write both, and retire `{}` when \
                 nobody reads it",
                old.name
            ),
            edits: new
                .type_span
                .as_ref()
                .cloned()
                .filter(|_| simple(&old.kind) && old.kind != new.kind)
                .map_or_else(Vec::new, |span| {
                    vec![crate::model::Edit {
                        span,
                        replacement: old.kind.to_string(),
                    }]
                }),
        }),
        witness: witness::field(cx, direction, names(pair), old.number),
        wire_message: kind_of_change(&writer.kind, &reader.kind)
            .filter(|_| old.kind != new.kind || old.utf8 == new.utf8)
            .map(|kind| kind.message(&wording::field_path(readers, message, reader), direction)),
        ..finding(
            &RULE,
            direction,
            pair.old.path_of(old),
            (
                old.type_span.as_ref().or(old.span.as_ref()),
                new.type_span.as_ref().or(new.span.as_ref()),
            ),
            format!("field `{}` was {before} and is now {now}", old.name),
        )
    }
}

/// Whether the type can be put back by its name alone.
fn simple(kind: &Kind) -> bool {
    matches!(kind, Kind::Scalar(_))
}

/// The contract's kind of a changed type.
pub(super) fn kind_of_change(writer: &Kind, reader: &Kind) -> Option<wording::Kind> {
    match (writer, reader) {
        (Kind::Scalar(_) | Kind::Enum(_), Kind::Scalar(_) | Kind::Enum(_)) => {
            Some(wording::Kind::FieldScalarKindChanged)
        }
        (Kind::Message(_), Kind::Message(_)) => Some(wording::Kind::FieldNamedTypeChanged),
        (
            Kind::Map { key, value, .. },
            Kind::Map {
                key: reader_key,
                value: reader_value,
                ..
            },
        ) => {
            if key == reader_key {
                kind_of_change(value, reader_value)
            } else {
                Some(wording::Kind::FieldScalarKindChanged)
            }
        }
        _ => Some(wording::Kind::FieldKindChanged),
    }
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, message, only, proto};

    const ID: &str = "protobuf/field-type-changed";

    #[test]
    fn another_wire_type_breaks_both_directions() {
        only(
            ID,
            &message("int64 amount = 1;"),
            &message("string amount = 1;"),
            &["backward p.M.amount", "forward p.M.amount"],
        );
    }

    #[test]
    fn a_string_that_need_not_be_utf8_is_no_string_to_who_checks() {
        let text = |feature: &str| {
            let field = format!("string a = 1 [features.utf8_validation = {feature}];");
            format!("edition = \"2023\"; package p; message M {{ {field} }}")
        };
        let (verify, none) = (text("VERIFY"), text("NONE"));
        only(ID, &verify, &none, &["forward p.M.a"]);
        only(ID, &none, &verify, &["backward p.M.a"]);
        let found = findings(&verify, &none);
        let found = found.iter().find(|found| found.rule.id == ID);
        let witness = found.and_then(|found| found.witness.as_ref());
        assert_eq!(
            witness.and_then(|witness| witness.bytes_hex.as_deref()),
            Some("0a01ff")
        );
        // In proto2 parsers do not look, and strings are UTF-8 all the same.
        let proto2 = message("string a = 1;").replace("proto3", "proto2");
        let proto2 = proto2.replace("string a", "optional string a");
        only(ID, &message("string a = 1;"), &proto2, &[]);
    }

    #[test]
    fn bytes_are_no_string_but_a_string_is_bytes() {
        only(
            ID,
            &message("bytes a = 1;"),
            &message("string a = 1;"),
            &["backward p.M.a"],
        );
        only(
            ID,
            &message("string a = 1;"),
            &message("bytes a = 1;"),
            &["forward p.M.a"],
        );
    }

    #[test]
    fn zigzag_and_fixed_numbers_are_other_encodings() {
        for changed in [
            "sint32 a = 1;",
            "fixed32 a = 1;",
            "float a = 1;",
            "fixed64 a = 1;",
        ] {
            let found = findings(&message("int32 a = 1;"), &message(changed));
            let count = found.iter().filter(|finding| finding.rule.id == ID).count();
            assert_eq!(count, 2, "{changed}");
        }
    }

    #[test]
    fn a_renamed_type_is_no_other_type() {
        only(
            ID,
            &proto("message M { A a = 1; } message A { int32 x = 1; }"),
            &proto("message M { B a = 1; } message B { int32 x = 1; }"),
            &[],
        );
    }

    #[test]
    fn extensions_are_fields_too() {
        let extended = |kind: &str| {
            format!(
                "syntax = \"proto2\"; package p; message M {{ extensions 5; }} \
                 extend M {{ optional {kind} x = 5; }}"
            )
        };
        only(
            ID,
            &extended("int32"),
            &extended("string"),
            &["backward p.x", "forward p.x"],
        );
    }

    #[test]
    fn another_message_that_lacks_the_members_loses_them() {
        only(
            ID,
            &proto("message M { A a = 1; } message A { int32 x = 1; } message B { int32 y = 2; }"),
            &proto("message M { B a = 1; } message A { int32 x = 1; } message B { int32 y = 2; }"),
            &["backward p.M.a", "forward p.M.a"],
        );
    }

    #[test]
    fn every_break_has_an_executed_witness() {
        for (old, new) in [
            ("int64 a = 1;", "string a = 1;"),
            ("string a = 1;", "int64 a = 1;"),
            ("int32 a = 1;", "sint64 a = 1;"),
            ("double a = 1;", "float a = 1;"),
            ("repeated int32 a = 1;", "repeated fixed32 a = 1;"),
            ("map<string, int32> a = 1;", "map<string, string> a = 1;"),
            ("M a = 1;", "int32 a = 1;"),
        ] {
            let found = findings(&message(old), &message(new));
            let broken: Vec<_> = found
                .iter()
                .filter(|finding| finding.rule.id == ID)
                .collect();
            assert_eq!(broken.len(), 2, "{old} {new}");
            for finding in broken {
                assert!(
                    finding.witness.is_some(),
                    "{old} {new} {:?}",
                    finding.direction
                );
            }
        }
    }

    #[test]
    fn the_message_stands_at_the_type_and_the_edit_puts_it_back() {
        let found = findings(
            &message("int64 amount = 1;"),
            &message("string amount = 1;"),
        );
        let finding = found
            .iter()
            .find(|finding| finding.rule.id == ID)
            .expect("is found");
        assert_eq!(
            finding.message,
            "field `amount` was int64 and is now string"
        );
        let span = finding.new.as_ref().expect("has a place");
        let hint = finding.hint.as_ref().expect("has a hint");
        assert_eq!(
            (&hint.edits[0].span, &*hint.edits[0].replacement),
            (span, "int64")
        );
        assert_eq!(
            finding
                .witness
                .as_ref()
                .map(|witness| witness.bytes_hex.as_deref()),
            Some(Some("0801"))
        );
    }
}

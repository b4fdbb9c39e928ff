//! Fields that one version sets together exclude each other in the other one: the reader keeps the
//! last. One field alone in a new oneof, or together with fields that did not exist, is safe.

use super::{BOTH, Context, finding, names};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Reader, Rule, Severity, Writer};
use crate::protobuf::diff::{Change, Pair};
use crate::protobuf::model::{Field, Message};
use crate::protobuf::{witness, wording};

/// `protobuf/field-moved-into-oneof`
pub static RULE: Rule = Rule {
    id: "protobuf/field-moved-into-oneof",
    format: Some(Format::Protobuf),
    summary: "Fields that can be set together in one version exclude each other in the other.",
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: oneof, backwards-compatibility issues",
    docs: include_str!("field_moved_into_oneof.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::Message { old, new } = change else {
        return Vec::new();
    };
    let pair = Pair { old, new };
    let judge = |direction| judge_direction(cx, &pair, direction);
    BOTH.into_iter().flat_map(judge).collect()
}

fn judge_direction(cx: &Context, pair: &Pair, direction: Direction) -> Vec<Finding> {
    let (Reader(reader), Writer(writer)) = direction.roles(pair.old, pair.new);
    let mut members: Vec<Vec<(&Field, &Field)>> = vec![Vec::new(); reader.oneofs.len()];
    for read in &reader.fields {
        let slot = read.oneof.and_then(|oneof| members.get_mut(oneof));
        if let (Some(slot), Some(written)) = (slot, writer.field(read.number)) {
            slot.push((read, written));
        }
    }
    let joined = members.iter().filter_map(|members| {
        let (_, first) = members.first()?;
        // The first member that the writer can set beside the first one.
        let (_, second) = members
            .iter()
            .skip(1)
            .find(|(_, other)| apart(first, other))?;
        let moved = if first.oneof.is_none() { first } else { second };
        Some(report(cx, pair, direction, (first, second), moved, members))
    });
    joined.collect()
}

/// Whether the writer can set both.
fn apart(a: &Field, b: &Field) -> bool {
    a.oneof.is_none() || b.oneof.is_none() || a.oneof != b.oneof
}

fn report(
    cx: &Context,
    pair: &Pair,
    direction: Direction,
    (first, second): (&Field, &Field),
    moved: &Field,
    members: &[(&Field, &Field)],
) -> Finding {
    let (Reader(reader), Writer(writer)) = direction.roles(pair.old, pair.new);
    let read = reader.field(moved.number);
    let oneof = read.and_then(|read| reader.oneof_of(read));
    let oneof_name = oneof.map_or("", |oneof| oneof.name.as_str());
    let (readers, _) = cx.roles(direction);
    let path = format!("{}/{oneof_name}", wording::message_path(readers, reader));
    let (old, new) = match direction {
        Direction::Backward => (Some(moved), read),
        Direction::Forward => (read, Some(moved)),
    };
    let message = match direction {
        Direction::Backward => format!(
            "fields `{}` and `{}` could be set together and now exclude each other in oneof `{oneof_name}`",
            first.name, second.name
        ),
        Direction::Forward => format!(
            "fields `{}` and `{}` excluded each other in oneof `{oneof_name}` and can now be set together",
            first.name, second.name
        ),
    };
    Finding {
        hint: Some(Hint {
            text: "leave the fields where they were, and put new ones into the oneof".to_owned(),
            edits: Vec::new(),
        }),
        witness: witness::together(cx, direction, names(pair), (first.number, second.number)),
        wire_message: Some(contract_kind(writer, members).message(&path, direction)),
        ..finding(
            &RULE,
            direction,
            format!("{}.{}", pair.old.name, moved.name),
            (
                old.and_then(|f| f.span.as_ref()),
                new.and_then(|f| f.span.as_ref()),
            ),
            message,
        )
    }
}

/// What the contract calls it: it knows moves into oneofs, not out of them.
fn contract_kind(writer: &Message, members: &[(&Field, &Field)]) -> wording::Kind {
    let inside = |(_, written): &&(&Field, &Field)| writer.oneof_of(written).is_some();
    if members.iter().any(|member| inside(&member)) {
        wording::Kind::FieldMovedToExistingOneof
    } else {
        wording::Kind::MultipleFieldsMovedToOneof
    }
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, message, only};

    const ID: &str = "protobuf/field-moved-into-oneof";

    #[test]
    fn two_fields_that_were_apart_exclude_each_other() {
        let apart = message("string a = 1; string b = 2;");
        let joined = message("oneof x { string a = 1; string b = 2; }");
        only(ID, &apart, &joined, &["backward p.M.a"]);
        only(ID, &joined, &apart, &["forward p.M.a"]);
        let witness = findings(&apart, &joined)[0]
            .witness
            .clone()
            .expect("was executed");
        assert_eq!(
            witness.outcome,
            "reading it with the new schema keeps `b` and drops `a`"
        );
    }

    #[test]
    fn a_field_that_joins_an_existing_oneof_breaks() {
        only(
            ID,
            &message("oneof x { string a = 1; } string b = 2;"),
            &message("oneof x { string a = 1; string b = 2; }"),
            &["backward p.M.b"],
        );
    }

    #[test]
    fn alone_or_with_new_fields_a_oneof_is_safe_and_so_is_its_name() {
        let old = message("string a = 1;");
        only(ID, &old, &message("oneof x { string a = 1; }"), &[]);
        only(
            ID,
            &old,
            &message("oneof x { string a = 1; string b = 2; }"),
            &[],
        );
        only(
            ID,
            &message("oneof x { string a = 1; string b = 2; }"),
            &message("oneof y { string a = 1; string b = 2; }"),
            &[],
        );
        only(ID, &old, &message("optional string a = 1;"), &[]);
    }
}

//! The bytes stay readable, the JSON form does not: `true` is no number, a name is no number, an
//! array is no single value.

use super::{BOTH, Context, finding, reused};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Reader, Rule, Severity, Writer};
use crate::protobuf::diff::Change;
use crate::protobuf::model::{Cardinality, Field, Kind};
use crate::protobuf::wire::{Reading, json_reads, reading};

/// `protobuf/field-json-type-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/field-json-type-changed",
    format: Some(Format::Protobuf),
    summary: "A field's bytes are still read, but its JSON form is another one.",
    directions: &BOTH,
    categories: &[Category::WireJson],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, ProtoJSON format",
    docs: include_str!("field_json_type_changed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::Field {
        message,
        old,
        new,
        unrelated,
    } = change
    else {
        return Vec::new();
    };
    if reused(cx, message, old, new, *unrelated) {
        return Vec::new();
    }
    let breaks = |direction: &Direction| {
        let (Reader(reader), Writer(writer)) = direction.roles(*old, *new);
        let (readers, writers) = cx.roles(*direction);
        let bytes = reading(&writer.kind, &reader.kind, writers, readers);
        matches!(bytes, Reading::Same | Reading::Altered)
            && (!json_reads(&writer.kind, &reader.kind) || list(writer) != list(reader))
    };
    let report = |direction| Finding {
        hint: Some(Hint {
            text: "add a new field instead, if the message is ever written as JSON".to_owned(),
            edits: Vec::new(),
        }),
        ..finding(
            &RULE,
            direction,
            message.old.path_of(old),
            (
                old.type_span.as_ref().or(old.span.as_ref()),
                new.type_span.as_ref().or(new.span.as_ref()),
            ),
            format!(
                "field `{}` was {} and is now {} in JSON",
                old.name,
                form(old),
                form(new)
            ),
        )
    };
    BOTH.into_iter().filter(breaks).map(report).collect()
}

fn list(field: &Field) -> bool {
    field.cardinality == Cardinality::Repeated && !matches!(field.kind, Kind::Map { .. })
}

/// What the value looks like in JSON.
fn form(field: &Field) -> String {
    let form = match &field.kind {
        Kind::Map { .. } => "an object of keys and values".to_owned(),
        Kind::Message(_) | Kind::Group(_) => "an object".to_owned(),
        Kind::Enum(_) => "a name".to_owned(),
        Kind::Scalar(scalar) => match scalar {
            crate::protobuf::model::Scalar::Bool => "true or false".to_owned(),
            crate::protobuf::model::Scalar::String => "a string".to_owned(),
            crate::protobuf::model::Scalar::Bytes => "a string of base64".to_owned(),
            _ => "a number".to_owned(),
        },
    };
    if list(field) {
        format!("an array of {form}")
    } else {
        form
    }
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{message, only};

    const ID: &str = "protobuf/field-json-type-changed";

    #[test]
    fn a_bool_and_a_number_differ() {
        only(
            ID,
            &message("bool a = 1;"),
            &message("int32 a = 1;"),
            &["backward p.M.a"],
        );
    }

    #[test]
    fn numbers_of_all_sizes_agree() {
        only(ID, &message("int32 a = 1;"), &message("uint64 a = 1;"), &[]);
    }

    #[test]
    fn a_single_value_is_no_array() {
        only(
            ID,
            &message("string a = 1;"),
            &message("repeated string a = 1;"),
            &["backward p.M.a", "forward p.M.a"],
        );
    }
}

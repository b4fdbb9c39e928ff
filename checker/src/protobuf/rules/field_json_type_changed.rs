//! The bytes stay readable, the JSON form does not: `true` is no number, a name is no number, an
//! array is no single value.

use super::{BOTH, Context, finding, renumbered, reused};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Reader, Rule, Severity, Writer};
use crate::protobuf::diff::{Change, Pair};
use crate::protobuf::json;
use crate::protobuf::judges::inside::{Cause, Harm};
use crate::protobuf::model::{Cardinality, Field, Kind, Model};
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
    let (message, old, new, breaks, types): (Pair, &Field, &Field, &Breaks, _) = match change {
        Change::Field {
            message,
            old,
            new,
            retyped,
        } if !reused(cx, message, old, new, *retyped) => {
            (*message, old, new, &same_number, *retyped)
        }
        // To JSON a field is its name, whatever its number.
        _ => match renumbered(change) {
            Some((message, old, new)) => (message, old, new, &same_name, None),
            None => return Vec::new(),
        },
    };
    let (before, now) = match (form(old), form(new)) {
        (before, now) if before == now => (old.kind.to_string(), new.kind.to_string()),
        forms => forms,
    };
    let report = |direction: Direction| {
        let (Reader(reader), Writer(writer)) = direction.roles(old, new);
        let inside = cx.causes.between(types, direction);
        let inside = inside.filter(|cause| cause.harm == Harm::Json);
        let breaks = inside.is_some() || breaks(writer, reader, cx.roles(direction));
        breaks.then(|| Finding {
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
                    "field `{}` was {before} and is now {now} in JSON{}",
                    old.name,
                    Cause::told(inside)
                ),
            )
        })
    };
    BOTH.into_iter().filter_map(report).collect()
}

/// Whether the JSON of a writer breaks a reader, given the models of reader and writer.
type Breaks = dyn Fn(&Field, &Field, (&Model, &Model)) -> bool;

/// Where the bytes are not read either, other rules speak.
fn same_number(writer: &Field, reader: &Field, (readers, writers): (&Model, &Model)) -> bool {
    let bytes = reading(&writer.kind, &reader.kind, writers, readers);
    matches!(bytes, Reading::Same | Reading::Altered)
        && (!json_reads(&writer.kind, &reader.kind) || list(writer) != list(reader))
}

fn same_name(writer: &Field, reader: &Field, models: (&Model, &Model)) -> bool {
    !json::reads(&writer.kind, &reader.kind, models) || list(writer) != list(reader)
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

//! What is legal in a valid schema as a whole, and probably not meant: defaults that are the text
//! `"null"`, or fit a later branch of a union only, and records of which no datum exists.

use std::collections::HashSet;

use crate::text::json::{Node, Value};

use super::defaults;
use super::model::{Field, Kind, Place, Primitive, Record, Schema, Type, TypeId, Use};
use super::notes::Notes;

/// Adds warnings.
pub(crate) fn check(schema: &Schema, notes: &mut Notes) {
    for ty in &schema.types {
        let Kind::Record(record) = &ty.kind else {
            continue;
        };
        for field in &record.fields {
            if let (Some(default), Kind::Union(branches)) =
                (&field.default, schema.kind(field.ty.id))
            {
                of_default(schema, field, default, branches, notes);
            }
        }
    }
    if let Some(record) = endless(schema) {
        let message = format!(
            "record `{}` contains itself with no way out, so that no datum of it exists; make the \
             field that leads back a union with `null`",
            record.name.full
        );
        notes.warning(record.name.place.clone(), message);
    }
}

fn of_default(schema: &Schema, field: &Field, default: &Node, branches: &[Use], notes: &mut Notes) {
    let has_null = branches
        .iter()
        .any(|branch| matches!(schema.kind(branch.id), Kind::Primitive(Primitive::Null)));
    let message = if has_null && matches!(&default.value, Value::String(text) if text == "null") {
        format!(
            "the default of field `{}` is the text `\"null\"`; if null is meant, write it without \
             quotes",
            field.name
        )
    } else if let Some(first) = branches.first()
        && !defaults::fits(schema, first, default)
    {
        format!(
            "the default of field `{}` does not fit the first branch of its union: libraries before \
             Avro 1.12 refuse that; put the branch that it fits first",
            field.name
        )
    } else {
        return;
    };
    let place = Place {
        source: field.place.source,
        range: default.range.clone(),
    };
    notes.warning(place, message);
}

/// A record that cannot but contain itself. One is told, since others may only lead there.
fn endless(schema: &Schema) -> Option<&Record> {
    // Most schemas are not recursive, and need no samples for this.
    schema
        .types
        .iter()
        .find(|ty| names_what_is_around(schema, ty))?;
    let samples = schema.samples();
    let mut records = (0u32..).map(TypeId).zip(&schema.types);
    let (start, _) =
        records.find(|(id, ty)| matches!(ty.kind, Kind::Record(_)) && !samples.inhabited(*id))?;
    let mut seen = HashSet::new();
    let mut at = start;
    while seen.insert(at) {
        let parts: Vec<TypeId> = match schema.kind(at) {
            Kind::Record(record) => record.fields.iter().map(|field| field.ty.id).collect(),
            Kind::Union(branches) => branches.iter().map(|branch| branch.id).collect(),
            _ => return None,
        };
        at = parts.into_iter().find(|part| !samples.inhabited(*part))?;
    }
    // Every circle goes through a record.
    match schema.kind(at) {
        Kind::Record(record) => Some(record),
        Kind::Union(branches) => match schema.kind(branches.first()?.id) {
            Kind::Record(record) => Some(record),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a type names one that it stands in.
fn names_what_is_around(schema: &Schema, ty: &Type) -> bool {
    let is_around = |part: &Use| {
        let around = &schema.get(part.id).place;
        part.by_name
            && around.source == part.place.source
            && around.range.contains(&part.place.range.start)
    };
    match &ty.kind {
        Kind::Record(record) => record.fields.iter().any(|field| is_around(&field.ty)),
        Kind::Union(branches) => branches.iter().any(is_around),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::parse_as;

    #[track_caller]
    fn warned(text: &str, expected: &[&str]) {
        let schema = parse_as("t", text);
        let warnings: Vec<&str> = schema.warnings().iter().map(|it| &*it.message).collect();
        assert_eq!(warnings, expected, "{text}");
    }

    fn field(ty: &str, rest: &str) -> String {
        format!(
            r#"{{"type": "record", "name": "R", "fields": [{{"name": "f", "type": {ty}{rest}}}]}}"#
        )
    }

    #[test]
    fn a_default_that_is_the_text_null_is_a_warning() {
        warned(
            &field(r#"["null", "string"]"#, r#", "default": "null""#),
            &[
                "the default of field `f` is the text `\"null\"`; if null is meant, write it without quotes",
            ],
        );
        warned(&field(r#"["null", "string"]"#, r#", "default": null"#), &[]);
        warned(
            &field(r#"["string", "int"]"#, r#", "default": "null""#),
            &[],
        );
    }

    #[test]
    fn a_default_of_a_later_branch_is_a_warning() {
        warned(
            &field(r#"["null", "int"]"#, r#", "default": 1"#),
            &[
                "the default of field `f` does not fit the first branch of its union: libraries before Avro 1.12 refuse that; put the branch that it fits first",
            ],
        );
        warned(&field(r#"["int", "null"]"#, r#", "default": 1"#), &[]);
    }

    #[test]
    fn a_record_that_has_no_datum_is_a_warning() {
        let message = |name: &str| {
            format!(
                "record `{name}` contains itself with no way out, so that no datum of it exists; make the field that leads back a union with `null`"
            )
        };
        warned(&field("\"R\"", ""), &[&message("R")]);
        let inner = field("[\"R\"]", "").replace("\"R\", \"fields", "\"S\", \"fields");
        warned(&field(&inner, ""), &[&message("R")]);
        for way_out in [r#"["null", "R"]"#, r#"{"type": "array", "items": "R"}"#] {
            warned(&field(way_out, ""), &[]);
        }
    }
}

//! Advice, and the edits of the new text that carry it out.
//!
//! An edit is offered only where it is mechanical: it moves no named type and invents nothing that
//! the text of the hint does not name.

use crate::model::{Edit, Hint};

use super::change::Side;
use super::model::{Kind, Place, Primitive, Schema, TypeId};
use super::words::describe;

/// The deepest type whose text is copied or for which a default is made up.
const MAX_DEPTH: usize = 8;

/// Advice that needs judgement.
pub(crate) fn advice(text: impl Into<String>) -> Hint {
    Hint {
        text: text.into(),
        edits: Vec::new(),
    }
}

/// Advice with the edit that carries it out, if there is one.
pub(crate) fn with_edit(text: impl Into<String>, edit: Option<Edit>) -> Hint {
    Hint {
        text: text.into(),
        edits: edit.into_iter().collect(),
    }
}

/// Puts text behind a place.
pub(crate) fn insert_after(schema: &Schema, place: &Place, text: String) -> Option<Edit> {
    let end = place.range.end;
    let place = Place {
        source: place.source,
        range: end..end,
    };
    replace(schema, &place, text)
}

/// Replaces what stands at a place of the schema's own text.
pub(crate) fn replace(schema: &Schema, place: &Place, text: String) -> Option<Edit> {
    if place.source != 0 {
        return None;
    }
    Some(Edit {
        span: schema.span(place)?,
        replacement: text,
    })
}

/// Replaces the new type by the old one, if neither defines or names other types.
pub(crate) fn restore(old: &Side<'_>, new: &Side<'_>) -> Option<Edit> {
    let text = nameless_text(old)?;
    nameless_text(new)?;
    replace(new.schema, &new.occurrence()?.place, text)
}

/// The text of a type that stands for itself.
pub(crate) fn nameless_text(side: &Side<'_>) -> Option<String> {
    let occurrence = side.occurrence()?;
    let nameless = is_nameless(side.schema, occurrence.id, MAX_DEPTH);
    nameless.then(|| side.schema.text(&occurrence.place).to_owned())
}

/// How a hint names a type: by its text where that is one word.
pub(crate) fn quoted(side: &Side<'_>) -> String {
    match side.kind() {
        Kind::Primitive(primitive) => format!("`{}`", primitive.name()),
        _ => describe(side.schema, side.id),
    }
}

fn is_nameless(schema: &Schema, id: TypeId, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match schema.kind(id) {
        Kind::Primitive(_) => true,
        Kind::Array(inner) | Kind::Map(inner) => is_nameless(schema, inner.id, depth),
        Kind::Union(branches) => branches
            .iter()
            .all(|branch| is_nameless(schema, branch.id, depth)),
        Kind::Record(_) | Kind::Enum(_) | Kind::Fixed(_) => false,
    }
}

/// The smallest default of a type, as JSON; `None` where one would have to be invented.
pub(crate) fn default_json(schema: &Schema, id: TypeId) -> Option<String> {
    match schema.kind(id) {
        Kind::Primitive(primitive) => Some(
            match primitive {
                Primitive::Null => "null",
                Primitive::Boolean => "false",
                Primitive::Int | Primitive::Long => "0",
                Primitive::Float | Primitive::Double => "0.0",
                Primitive::Bytes | Primitive::String => "\"\"",
            }
            .to_owned(),
        ),
        Kind::Array(_) => Some("[]".to_owned()),
        Kind::Map(_) => Some("{}".to_owned()),
        Kind::Enum(content) => {
            let symbol = content.symbols.get(content.default.unwrap_or_default())?;
            Some(format!("\"{}\"", symbol.name))
        }
        // Libraries before 1.12 accept a default of the first branch only.
        Kind::Union(branches) => match schema.kind(branches.first()?.id) {
            Kind::Union(_) => None,
            _ => default_json(schema, branches.first()?.id),
        },
        Kind::Record(record) => {
            let filled = record.fields.iter().all(|field| field.default.is_some());
            filled.then(|| "{}".to_owned())
        }
        Kind::Fixed(_) => None,
    }
}

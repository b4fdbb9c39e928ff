//! Advice, and the edits of the new text that carry it out.
//!
//! An edit is offered only where it is mechanical: it moves no named type and invents nothing that
//! the text of the hint does not name.

use crate::model::{Edit, Hint};
use crate::text::json::{Node, Value};

use super::change::{Change, Side};
use super::defaults;
use super::model::{Enum, Field, Kind, Place, Primitive, Schema, Slot, TypeId, Use};
use super::words::describe;

/// The deepest type whose text is copied or for which a default is made up.
const MAX_DEPTH: usize = 8;

/// The most fields of a record that are searched for another name of a missing field: each missing
/// one searches all of them.
pub(crate) const MAX_SEARCHED_FIELDS: usize = 1_000;

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

/// Replaces the new type by the old one, if neither defines or names other types and the text stays
/// a schema.
///
/// A branch of a union that another branch was read with stays: it is there for its own kind.
pub(crate) fn restore(old: &Side<'_>, new: &Side<'_>) -> Option<Edit> {
    let branches = [old, new].map(|side| matches!(side.site.slot, Slot::Branch(_)));
    if branches == [true, true] && old.kind().word() != new.kind().word() {
        return None;
    }
    let text = nameless_text(old)?;
    nameless_text(new)?;
    if !takes(new, old) {
        return None;
    }
    replace(new.schema, &new.occurrence()?.place, text)
}

/// Whether the old type can stand where the new one does: the defaults around it must fit it, and a
/// union must not get a branch twice.
fn takes(new: &Side<'_>, old: &Side<'_>) -> bool {
    let schema = new.schema;
    let (Some(owner), Some(ty)) = (new.site.owner, old.occurrence()) else {
        return true;
    };
    if schema.held_by_defaults().has_parts() {
        return false;
    }
    match (schema.kind(owner), new.site.slot) {
        (Kind::Record(record), Slot::Field(index)) => {
            let default = record.fields.get(index).and_then(|f| f.default.as_ref());
            default.is_none_or(|default| defaults::fits(old.schema, ty, default))
        }
        (Kind::Union(branches), Slot::Branch(index)) => {
            let word = old.kind().word();
            let others = branches.iter().enumerate().filter(|(at, _)| *at != index);
            let others: Vec<&Use> = others.map(|(_, branch)| branch).collect();
            let kept = |default: &Node| {
                defaults::fits(old.schema, ty, default)
                    || others
                        .iter()
                        .any(|branch| defaults::fits(schema, branch, default))
            };
            let is_new = others
                .iter()
                .all(|branch| schema.kind(branch.id).word() != word);
            let is_branch = is_new && !matches!(old.kind(), Kind::Union(_));
            is_branch && default_around(schema, owner).is_none_or(kept)
        }
        _ => true,
    }
}

/// The default of the field whose type it is.
fn default_around(schema: &Schema, id: TypeId) -> Option<&Node> {
    let site = schema.get(id).site;
    match (schema.kind(site.owner?), site.slot) {
        (Kind::Record(record), Slot::Field(index)) => record.fields.get(index)?.default.as_ref(),
        _ => None,
    }
}

/// The text of a type that stands for itself.
pub(crate) fn nameless_text(side: &Side<'_>) -> Option<String> {
    let occurrence = side.occurrence()?;
    let nameless = is_nameless(side.schema, occurrence.id, MAX_DEPTH);
    nameless.then(|| side.schema.text(&occurrence.place).to_owned())
}

/// The field of the old record that a field of the new one may be under another name: the only one
/// that is gone, of exactly the same type, where the new field is the only one that came.
pub(crate) fn renamed<'s>(change: &Change<'s>, field: &Field) -> Option<&'s str> {
    let (old, new) = (change.old_side(), change.new_side());
    let (Kind::Record(old_record), Kind::Record(new_record)) = (old.kind(), new.kind()) else {
        return None;
    };
    if old_record.fields.len().max(new_record.fields.len()) > MAX_SEARCHED_FIELDS {
        return None;
    }
    let aliased = |name: &str| {
        let mut fields = new_record.fields.iter();
        fields.any(|field| field.aliases.iter().any(|alias| **alias == *name))
    };
    let mut gone = old_record.fields.iter().filter(|candidate| {
        new_record.field(&candidate.name).is_none() && !aliased(&candidate.name)
    });
    let mut came = new_record.fields.iter().filter(|candidate| {
        let mut names = candidate.aliases.iter().chain([&candidate.name]);
        names.all(|name| old_record.field(name).is_none())
    });
    let (only, other) = (gone.next()?, gone.next());
    let (came, another) = (came.next()?, came.next());
    if other.is_some() || another.is_some() || came.name != field.name {
        return None;
    }
    let nameless = is_nameless(old.schema, only.ty.id, MAX_DEPTH);
    let (old_type, new_type) = (
        old.schema.text(&only.ty.place),
        new.schema.text(&field.ty.place),
    );
    (nameless && old_type == new_type).then_some(&*only.name)
}

/// Gives a field an alias.
pub(crate) fn alias(schema: &Schema, field: &Field, name: &str) -> Option<Edit> {
    let list = field.aliases_place.as_deref();
    add_alias(
        schema,
        list,
        field.aliases.is_empty(),
        &field.ty.place,
        name,
    )
}

/// Adds an alias to the `list` that stands there, or a list with it `behind` something else.
pub(crate) fn add_alias(
    schema: &Schema,
    list: Option<&Place>,
    is_first: bool,
    behind: &Place,
    name: &str,
) -> Option<Edit> {
    match list {
        None => insert_after(schema, behind, format!(", \"aliases\": [\"{name}\"]")),
        Some(list) if is_first => replace(schema, list, format!("[\"{name}\"]")),
        Some(list) => {
            let end = list.range.end.checked_sub(1)?;
            let place = Place {
                source: list.source,
                range: end..end,
            };
            replace(schema, &place, format!(", \"{name}\""))
        }
    }
}

/// Adds symbols behind the last one.
pub(crate) fn add_symbols(schema: &Schema, content: &Enum, names: &[&str]) -> Option<Edit> {
    let last = content.symbols.last()?;
    insert_after(
        schema,
        &last.place,
        format!(", \"{}\"", names.join("\", \"")),
    )
}

/// Takes added symbols out again, if they stand side by side and no default is one of them.
pub(crate) fn take_out_symbols(side: &Side<'_>, added: &[usize]) -> Option<Edit> {
    let Kind::Enum(content) = side.kind() else {
        return None;
    };
    let (first, last) = (*added.iter().min()?, *added.iter().max()?);
    let is_default = content.default.is_some_and(|at| added.contains(&at));
    let side_by_side = last - first + 1 == added.len();
    if is_default || !side_by_side || side.schema.held_by_defaults().may_hold(side.id) {
        return None;
    }
    let places: Vec<&Place> = content.symbols.iter().map(|symbol| &symbol.place).collect();
    take_out(side.schema, &places, first, last)
}

/// Takes a branch out of its union, if it defines no type and no default is one of its kind.
pub(crate) fn take_out_branch(side: &Side<'_>) -> Option<Edit> {
    let (owner, Slot::Branch(index)) = (side.site.owner?, side.site.slot) else {
        return None;
    };
    let Kind::Union(branches) = side.schema.kind(owner) else {
        return None;
    };
    let branch = branches.get(index)?;
    let defines = !branch.by_name && !is_nameless(side.schema, branch.id, MAX_DEPTH);
    if defines || side.schema.held_by_defaults().has_parts() {
        return None;
    }
    let mut others = branches.iter().enumerate().filter(|(at, _)| *at != index);
    let default = default_around(side.schema, owner);
    let kept = default
        .is_none_or(|default| others.any(|(_, other)| defaults::fits(side.schema, other, default)));
    let places: Vec<&Place> = branches.iter().map(|branch| &branch.place).collect();
    kept.then(|| take_out(side.schema, &places, index, index))?
}

/// Takes items out of a list, with the comma beside them; one item stays at least.
fn take_out(schema: &Schema, places: &[&Place], first: usize, last: usize) -> Option<Edit> {
    let before = first.checked_sub(1).and_then(|at| places.get(at));
    let (start, end) = (places.get(first)?, places.get(last)?);
    let range = match (before, places.get(last + 1)) {
        (Some(before), _) => before.range.end..end.range.end,
        (None, Some(after)) => start.range.start..after.range.start,
        (None, None) => return None,
    };
    let place = Place {
        source: start.source,
        range,
    };
    replace(schema, &place, String::new())
}

/// Gives a type the unqualified name of another one, if nothing refers to it and nothing else has
/// the name.
pub(crate) fn rename(side: &Side<'_>, simple: &str) -> Option<Edit> {
    let name = side.kind().name()?;
    let full = match name.namespace() {
        "" => simple.to_owned(),
        space => format!("{space}.{simple}"),
    };
    let mut names = side.schema.types.iter().filter_map(|ty| ty.kind.name());
    let taken =
        names.any(|other| *other.full == *full || other.aliases.iter().any(|a| **a == *full));
    let primitive = Primitive::named(&full).is_some();
    if taken || primitive || is_named_elsewhere(side.schema, side.id) {
        return None;
    }
    let dotted = side.schema.text(&name.place).contains('.');
    let text = if dotted { &full } else { simple };
    replace(side.schema, &name.place, format!("\"{text}\""))
}

fn is_named_elsewhere(schema: &Schema, id: TypeId) -> bool {
    let names = |ty: &Use| ty.by_name && ty.id == id;
    names(&schema.root)
        || schema.types.iter().any(|ty| match &ty.kind {
            Kind::Record(record) => record.fields.iter().any(|field| names(&field.ty)),
            Kind::Array(inner) | Kind::Map(inner) => names(inner),
            Kind::Union(branches) => branches.iter().any(names),
            Kind::Primitive(_) | Kind::Enum(_) | Kind::Fixed(_) => false,
        })
}

/// A field of the old schema as it is written there, with a default if it has none and one is easily
/// found.
pub(crate) fn field_with_default(schema: &Schema, field: &Field) -> Option<String> {
    if !is_nameless(schema, field.ty.id, MAX_DEPTH) {
        return None;
    }
    let text = schema.text(&field.place);
    let default = default_json(schema, field.ty.id)?;
    let at = field
        .ty
        .place
        .range
        .end
        .checked_sub(field.place.range.start)?;
    let (head, tail) = text.split_at_checked(at)?;
    Some(match field.default {
        Some(_) if field.usable => text.to_owned(),
        Some(_) => return None,
        None => format!("{head}, \"default\": {default}{tail}"),
    })
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
        // A default that holds a record might lead back to the field that gets this one.
        Kind::Record(record) => {
            let mut fields = record.fields.iter();
            let filled = fields.all(|field| {
                let default = field.usable_default();
                default.is_some_and(|default| !may_hold_a_record(schema, field, default))
            });
            filled.then(|| "{}".to_owned())
        }
        Kind::Fixed(_) => None,
    }
}

fn may_hold_a_record(schema: &Schema, field: &Field, default: &Node) -> bool {
    match (&default.value, schema.kind(field.ty.id)) {
        (Value::Array(items), _) => !items.is_empty(),
        (Value::Object(members), Kind::Map(_)) => !members.is_empty(),
        (Value::Object(_), _) => true,
        _ => false,
    }
}

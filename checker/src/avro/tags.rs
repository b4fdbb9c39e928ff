//! Inline tags: the attribute `confluent:tags` of records and fields.
//!
//! An entity is named by its path: a record by its full name, a field by that of its record and its
//! own. Where a record stands (in an array, a map, a union, another record) makes no difference.
//! Only records of the schema's own text count; a referenced one is tagged where it is registered.
//!
//! Tags are changed in the text as it was sent, so layout and order stay.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use crate::model::{Entity, EntityKind, Problem, Tagged};
use crate::text::json::{self, Member, Node, write_string};

use super::model::{Attribute, Kind, Place, Record, Schema, Type};
use super::notes::MAX_PROBLEMS;
use super::words::{a_kind, listed};

/// The key of the attribute.
const KEY: &str = "confluent:tags";

/// What counts for a tag that is both added and removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagOrder {
    /// It is gone.
    AddBeforeRemove,
    /// It is there.
    RemoveBeforeAdd,
}

impl Schema {
    /// All inline tags, sorted.
    pub fn tags(&self) -> BTreeSet<String> {
        let tagged = self.tagged_entities().into_iter();
        tagged.flat_map(|tagged| tagged.tags).collect()
    }

    /// The entities that have tags, in the order of the text: a record before its fields.
    pub fn tagged_entities(&self) -> Vec<Tagged> {
        let mut found = Vec::new();
        for (ty, record) in self.own_records() {
            let path = record.name.full.to_string();
            let kind = EntityKind::Record;
            found.push((Entity { kind, path }, tags_of(&ty.attributes)));
            for field in &record.fields {
                let path = format!("{}.{}", record.name.full, field.name);
                let kind = EntityKind::Field;
                found.push((Entity { kind, path }, tags_of(&field.attributes)));
            }
        }
        found.retain(|(_, tags)| !tags.is_empty());
        let tagged = found.into_iter();
        tagged
            .map(|(entity, tags)| Tagged { entity, tags })
            .collect()
    }

    /// The text with tags added and removed: what stays keeps its place, what is new comes last.
    /// `Err` with each path that names nothing.
    pub fn with_tags(
        &self,
        add: &[Tagged],
        remove: &[Tagged],
        order: TagOrder,
    ) -> Result<String, Vec<Problem>> {
        let mut wanted: BTreeMap<&Entity, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
        for tagged in add {
            let (added, _) = wanted.entry(&tagged.entity).or_default();
            added.extend(tagged.tags.iter().map(String::as_str));
        }
        for tagged in remove {
            let (_, removed) = wanted.entry(&tagged.entity).or_default();
            removed.extend(tagged.tags.iter().map(String::as_str));
        }
        let (mut edits, mut problems) = (Vec::new(), Vec::new());
        // The text was read before, so this cannot fail.
        let document = json::parse(&self.source).map_err(|problem| vec![problem])?;
        let own: OwnRecords<'_> = self
            .own_records()
            .map(|(ty, record)| (&*record.name.full, (ty, record)))
            .collect();
        for (entity, (added, removed)) in wanted {
            if problems.len() == MAX_PROBLEMS {
                break;
            }
            match self.find(entity, &own) {
                Ok((place, attributes)) => {
                    let before = tags_of(attributes);
                    let after = changed(&before, &added, &removed, order);
                    if let Some(object) = object_at(&document, &place.range)
                        && before != after
                    {
                        edit(self.source.text(), object, &after, &mut edits);
                    }
                }
                Err(message) => problems.push(Problem::whole(message)),
            }
        }
        if problems.is_empty() {
            Ok(apply(self.source.text(), edits))
        } else {
            Err(problems)
        }
    }

    fn own_records(&self) -> impl Iterator<Item = (&Type, &Record)> {
        let own = self.types.iter().filter(|ty| ty.place.source == 0);
        own.filter_map(|ty| match &ty.kind {
            Kind::Record(record) => Some((ty, &**record)),
            _ => None,
        })
    }

    /// The object and the attributes of an entity, or why there is none.
    fn find<'s>(
        &'s self,
        entity: &Entity,
        own: &OwnRecords<'s>,
    ) -> Result<(&'s Place, &'s [Attribute]), String> {
        let path = &*entity.path;
        let (place, attributes) = self.place_of(entity.kind, path, own)?;
        let found = attributes.iter().find(|attribute| &*attribute.key == KEY);
        let strings = |items: &[Node]| items.iter().all(|item| item.as_str().is_some());
        if found.is_some_and(|found| !found.value.as_array().is_some_and(strings)) {
            return Err(format!(
                "the `{KEY}` of `{path}` is no array of strings; mend it first"
            ));
        }
        Ok((place, attributes))
    }

    fn place_of<'s>(
        &'s self,
        kind: EntityKind,
        path: &str,
        own: &OwnRecords<'s>,
    ) -> Result<(&'s Place, &'s [Attribute]), String> {
        match kind {
            EntityKind::Record => self
                .own_record(path, own)
                .map(|(ty, _)| (&ty.place, &*ty.attributes)),
            EntityKind::Field => {
                let Some((of, name)) = path.rsplit_once('.') else {
                    return Err(format!(
                        "`{path}` is no path of a field; write the full name of its record, a dot, \
                         and its name"
                    ));
                };
                let (_, record) = self.own_record(of, own)?;
                let field = record
                    .field(name)
                    .and_then(|index| record.fields.get(index));
                let field = field.ok_or_else(|| {
                    let names: Vec<&str> = record.fields.iter().map(|field| &*field.name).collect();
                    let names = listed(names.into_iter());
                    format!("record `{of}` has no field `{name}`; it has {names}")
                })?;
                Ok((&field.place, &field.attributes))
            }
        }
    }

    fn own_record<'s>(
        &'s self,
        full: &str,
        own: &OwnRecords<'s>,
    ) -> Result<(&'s Type, &'s Record), String> {
        own.get(full).copied().ok_or_else(|| {
            let is_it = |ty: &&Type| ty.kind.name().is_some_and(|name| &*name.full == full);
            match self.types.iter().find(is_it) {
                Some(ty) if ty.place.source > 0 => {
                    format!("`{full}` is defined in a referenced schema; tag it there")
                }
                Some(ty) => format!("`{full}` is no record, it is {}", a_kind(&ty.kind)),
                None => {
                    let records = self.own_records();
                    let names: Vec<&str> = records.map(|(_, record)| &*record.name.full).collect();
                    let names = listed(names.into_iter());
                    format!("the schema defines no record `{full}`; it defines {names}")
                }
            }
        })
    }
}

/// The records of a schema's own text by name.
type OwnRecords<'s> = HashMap<&'s str, (&'s Type, &'s Record)>;

/// The tags among the attributes; what is no array of strings is none.
fn tags_of(attributes: &[Attribute]) -> Vec<String> {
    let found = attributes.iter().find(|attribute| &*attribute.key == KEY);
    let items = found.and_then(|found| found.value.as_array());
    let mut tags: Vec<String> = Vec::new();
    for tag in items.unwrap_or_default().iter().filter_map(Node::as_str) {
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

fn changed(before: &[String], add: &[&str], remove: &[&str], order: TagOrder) -> Vec<String> {
    let mut tags = before.to_vec();
    if order == TagOrder::RemoveBeforeAdd {
        tags.retain(|tag| !remove.contains(&tag.as_str()));
    }
    for tag in add {
        if !tags.iter().any(|known| known == tag) {
            tags.push((*tag).to_owned());
        }
    }
    if order == TagOrder::AddBeforeRemove {
        tags.retain(|tag| !remove.contains(&tag.as_str()));
    }
    tags
}

/// The object that stands at a range of the text.
fn object_at<'n>(node: &'n Node, range: &Range<usize>) -> Option<&'n Node> {
    if node.range == *range {
        return Some(node);
    }
    // Parts of a value stand in order: the first that ends no earlier is the only one that may do.
    let ends_before = |inner: &Node| inner.range.end < range.end;
    let within = if let Some(items) = node.as_array() {
        items.get(items.partition_point(ends_before))
    } else {
        let members = node.members();
        let index = members.partition_point(|member| ends_before(&member.value));
        members.get(index).map(|member| &member.value)
    };
    object_at(within?, range)
}

/// A range of the text with what comes into its place.
type Edit = (Range<usize>, String);

fn edit(text: &str, object: &Node, tags: &[String], edits: &mut Vec<Edit>) {
    let members = object.members();
    let last = members.iter().rposition(|member| &*member.key == KEY);
    match (last.and_then(|index| members.get(index)), members.last()) {
        (Some(_), _) if tags.is_empty() => removal(members, edits),
        (Some(member), _) => {
            let spaced = text
                .get(member.value.range.clone())
                .is_some_and(|t| t.contains(' '));
            edits.push((member.value.range.clone(), printed(tags, spaced)));
        }
        (None, Some(before)) => {
            let at = before.value.range.end;
            edits.push((at..at, insertion(text, before, tags)));
        }
        // A record or a field has members.
        (None, None) => {}
    }
}

/// The key stands twice in some texts; with the last one gone the first would count.
fn removal(members: &[Member], edits: &mut Vec<Edit>) {
    let mut kept: Option<&Member> = None;
    let mut first_removed = None;
    for member in members {
        if &*member.key == KEY {
            match kept {
                Some(kept) => {
                    edits.push((kept.value.range.end..member.value.range.end, String::new()));
                }
                None => first_removed = first_removed.or(Some(member.key_range.start)),
            }
            if kept.is_some() {
                kept = Some(member);
            }
        } else {
            if let Some(start) = first_removed.take() {
                edits.push((start..member.key_range.start, String::new()));
            }
            kept = Some(member);
        }
    }
}

/// A further member in the layout of the one before.
fn insertion(text: &str, before: &Member, tags: &[String]) -> String {
    let key_start = before.key_range.start;
    let line = text.get(..key_start).unwrap_or_default();
    let line = line.rsplit_once('\n').map(|(_, line)| line);
    let indent = line.filter(|line| line.chars().all(char::is_whitespace));
    let between = text.get(before.key_range.end..before.value.range.start);
    let spaced = between != Some(":");
    let gap = match indent {
        Some(indent) => format!("\n{indent}"),
        None if spaced => " ".to_owned(),
        None => String::new(),
    };
    let colon = if spaced { ": " } else { ":" };
    format!(",{gap}\"{KEY}\"{colon}{}", printed(tags, spaced))
}

fn printed(tags: &[String], spaced: bool) -> String {
    let mut out = String::from("[");
    for (index, tag) in tags.iter().enumerate() {
        if index > 0 {
            out.push_str(if spaced { ", " } else { "," });
        }
        write_string(tag, &mut out);
    }
    out.push(']');
    out
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, replacement) in edits {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(&replacement);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

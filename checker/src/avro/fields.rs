//! Which field of the data each field of a reader takes its value from.
//!
//! Without aliases that is a matter of names. The specification lets a reader's aliases *rewrite* the
//! writer's schema: then an alias goes before a name, and two fields can exchange their values.
//! Most libraries look for the name first, and for an alias only where there is none.

use std::collections::HashMap;

use super::model::Record;

/// For each of the reader's fields the index of the writer's.
pub(crate) type Sources = Vec<Option<usize>>;

/// A name goes before an alias, and no value is taken twice.
pub(crate) fn by_name(reader: &Record, writer: &Record) -> Sources {
    let mut sources = by_own_name(reader, writer);
    let renamed = reader.fields.iter().enumerate();
    let mut renamed = renamed
        .filter(|(_, field)| !field.aliases.is_empty())
        .peekable();
    if renamed.peek().is_none() {
        return sources;
    }
    let mut taken = vec![false; writer.fields.len()];
    for source in sources.iter().flatten() {
        taken[*source] = true;
    }
    for (index, field) in renamed {
        if sources[index].is_none() {
            let mut aliased = field.aliases.iter().filter_map(|alias| writer.field(alias));
            sources[index] = aliased.find(|source| !std::mem::replace(&mut taken[*source], true));
        }
    }
    sources
}

fn by_own_name(reader: &Record, writer: &Record) -> Sources {
    let mut next = 0;
    let sources = reader.fields.iter().map(|field| {
        let found = writer.field_near(next, &field.name);
        next = found.map_or(next, |found| found + 1);
        found
    });
    sources.collect()
}

/// An alias goes before a name. `Err` with the reader's field that two of the data would become.
pub(crate) fn by_rewriting(reader: &Record, writer: &Record) -> Result<Sources, usize> {
    let fields = reader.fields.iter().enumerate();
    let targets: HashMap<&str, usize> = fields
        .flat_map(|(index, field)| field.aliases.iter().map(move |alias| (&**alias, index)))
        .collect();
    let mut sources = vec![None; reader.fields.len()];
    for (index, field) in writer.fields.iter().enumerate() {
        let by_alias = targets.get(&*field.name).copied();
        let Some(target) = by_alias.or_else(|| reader.field(&field.name)) else {
            continue;
        };
        if sources[target].replace(index).is_some() {
            return Err(target);
        }
    }
    Ok(sources)
}

/// As the wire contract's check looks fields up: a name goes before an alias, and a value may be
/// taken twice.
pub(crate) fn by_lookup(reader: &Record, writer: &Record) -> Sources {
    let fields = reader.fields.iter();
    let sources = fields.map(|field| {
        let own = writer.field(&field.name);
        own.or_else(|| field.aliases.iter().find_map(|alias| writer.field(alias)))
    });
    sources.collect()
}

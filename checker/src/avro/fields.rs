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
    let mut taken: Vec<bool> = writer
        .fields
        .iter()
        .map(|field| reader.field(&field.name).is_some())
        .collect();
    let sources = reader.fields.iter().map(|field| {
        writer.field(&field.name).or_else(|| {
            let aliased = field.aliases.iter().filter_map(|alias| writer.field(alias));
            let free = aliased.into_iter().find(|index| !taken[*index])?;
            taken[free] = true;
            Some(free)
        })
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

//! Aliases that cannot all be meant: two fields of a record, or two types, that claim one alias.
//!
//! An alias that is also the name of a sibling is legal: two fields that exchange their names need
//! it. Libraries differ on what they read then, so it is a warning here, and a comparison with the
//! data says more (`avro/field-alias-unclear`).

use std::collections::HashMap;

use compact_str::CompactString;

use super::model::{ByName, Kind, Place, Schema, TypeId};
use super::notes::Notes;

/// Among what an alias has to be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// All types of a schema.
    Types,
    /// The fields of a record.
    Fields(TypeId),
}

impl Scope {
    const fn word(self) -> &'static str {
        match self {
            Self::Types => "type",
            Self::Fields(_) => "field",
        }
    }
}

/// An alias as it stands in a text.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) scope: Scope,
    /// The name of the type or field that it is for.
    pub(crate) by: CompactString,
    pub(crate) alias: CompactString,
    pub(crate) place: Place,
}

/// Reports aliases that clash.
pub(crate) fn check(schema: &Schema, names: &ByName<TypeId>, claims: &[Claim], notes: &mut Notes) {
    let mut first: HashMap<(Scope, &str), &Claim> = HashMap::new();
    // What is called as before is a harmless alias.
    for claim in claims.iter().filter(|claim| claim.alias != claim.by) {
        let earlier = *first.entry((claim.scope, &claim.alias)).or_insert(claim);
        if earlier.by != claim.by {
            clash(schema, earlier, claim, notes);
        } else if is_name(schema, names, claim) {
            let (word, alias) = (claim.scope.word(), &claim.alias);
            let message = format!(
                "the alias `{alias}` of {word} `{}` is the name of another {word}: libraries \
                 differ on which of the two takes what was written as `{alias}`",
                claim.by
            );
            notes.warning(claim.place.clone(), message);
        }
    }
}

/// Two referenced schemas may be at odds without any fault of the one that refers to them.
fn clash(schema: &Schema, earlier: &Claim, claim: &Claim, notes: &mut Notes) {
    let (here, there) = match (claim.place.source, earlier.place.source) {
        (0, _) => (claim, earlier),
        (_, 0) => (earlier, claim),
        _ => return,
    };
    let word = here.scope.word();
    let place = schema.span(&there.place);
    let place = place.map_or_else(String::new, |span| format!(" at {span}"));
    let message = format!(
        "{word} `{}` has the alias `{}`, which {word} `{}` has too{place}; remove one of the two",
        here.by, here.alias, there.by
    );
    notes.error(here.place.clone(), message);
}

fn is_name(schema: &Schema, names: &ByName<TypeId>, claim: &Claim) -> bool {
    match claim.scope {
        Scope::Types => names.contains_key(&claim.alias),
        Scope::Fields(record) => match schema.kind(record) {
            Kind::Record(record) => record.field(&claim.alias).is_some(),
            _ => false,
        },
    }
}

//! What a registry tags inside of a schema: records and fields, by path.

/// What can be tagged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    /// A record; in Protobuf a message.
    Record,
    /// A field of a record.
    Field,
}

impl EntityKind {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "sr_record",
            Self::Field => "sr_field",
        }
    }
}

/// A record or a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// `shop.Order` or `shop.Order.amount`; what a name is said from is each format's own.
    pub path: String,
}

/// An entity with tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// The entity.
    pub entity: Entity,
    /// Its tags, in the order of the text, each once.
    pub tags: Vec<String>,
}

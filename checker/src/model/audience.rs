//! Who is hit by a break: the parties that a change sets against each other.

/// A party that a finding hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Clients of the old version that call servers of the new one.
    OldClients,
    /// Clients of the new version that call servers of the old one.
    NewClients,
    /// Who reads records that the other version wrote: stored data, events.
    StoredData,
    /// Who reads the JSON form, such as callers of a gateway.
    Json,
    /// Only who compiles against generated code: nothing that is deployed breaks.
    SourceCode,
}

impl Audience {
    /// All parties, in the order in which reports name them.
    pub const ALL: [Self; 5] = [
        Self::OldClients,
        Self::NewClients,
        Self::StoredData,
        Self::Json,
        Self::SourceCode,
    ];

    /// A key for machines, such as `old-clients`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OldClients => "old-clients",
            Self::NewClients => "new-clients",
            Self::StoredData => "stored-data",
            Self::Json => "json",
            Self::SourceCode => "source-code",
        }
    }

    /// For people: `old clients with new servers`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OldClients => "old clients with new servers",
            Self::NewClients => "new clients with old servers",
            Self::StoredData => "stored data",
            Self::Json => "JSON",
            Self::SourceCode => "source code only",
        }
    }
}

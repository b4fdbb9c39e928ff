//! The versions of JSON Schema, and what each of them reads differently.

use serde::{Deserialize, Serialize};

/// A version of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Draft {
    /// Draft 4.
    Draft4,
    /// Draft 6.
    Draft6,
    /// Draft 7.
    #[default]
    Draft7,
    /// Draft 2019-09.
    #[serde(rename = "draft2019-09", alias = "draft201909")]
    Draft201909,
    /// Draft 2020-12.
    #[serde(rename = "draft2020-12", alias = "draft202012")]
    Draft202012,
}

impl Draft {
    /// All drafts, oldest first.
    pub const ALL: [Self; 5] = [
        Self::Draft4,
        Self::Draft6,
        Self::Draft7,
        Self::Draft201909,
        Self::Draft202012,
    ];

    /// The draft whose meta-schema a `$schema` names; `None` for any other text.
    pub(crate) fn named(uri: &str) -> Option<Self> {
        let uri = uri.trim_end_matches('#');
        let plain = uri.split_once("://").map_or(uri, |(_, rest)| rest);
        Self::ALL
            .into_iter()
            .find(|draft| draft.location() == plain)
    }

    /// Where the meta-schema stands, without the scheme.
    const fn location(self) -> &'static str {
        match self {
            Self::Draft4 => "json-schema.org/draft-04/schema",
            Self::Draft6 => "json-schema.org/draft-06/schema",
            Self::Draft7 => "json-schema.org/draft-07/schema",
            Self::Draft201909 => "json-schema.org/draft/2019-09/schema",
            Self::Draft202012 => "json-schema.org/draft/2020-12/schema",
        }
    }

    /// The keyword that names a schema.
    pub(crate) const fn id_keyword(self) -> &'static str {
        match self {
            Self::Draft4 => "id",
            Self::Draft6 | Self::Draft7 | Self::Draft201909 | Self::Draft202012 => "$id",
        }
    }

    /// Whether `$ref` makes its siblings meaningless (up to draft 7).
    pub(crate) fn ref_hides_siblings(self) -> bool {
        self <= Self::Draft7
    }

    /// The same draft for the validator.
    pub(crate) const fn for_validator(self) -> jsonschema::Draft {
        match self {
            Self::Draft4 => jsonschema::Draft::Draft4,
            Self::Draft6 => jsonschema::Draft::Draft6,
            Self::Draft7 => jsonschema::Draft::Draft7,
            Self::Draft201909 => jsonschema::Draft::Draft201909,
            Self::Draft202012 => jsonschema::Draft::Draft202012,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_known_by_its_meta_schema_with_and_without_a_fragment() {
        for (uri, draft) in [
            (
                "http://json-schema.org/draft-04/schema#",
                Some(Draft::Draft4),
            ),
            (
                "https://json-schema.org/draft-07/schema",
                Some(Draft::Draft7),
            ),
            (
                "https://json-schema.org/draft/2020-12/schema",
                Some(Draft::Draft202012),
            ),
            ("https://example.com/schema", None),
        ] {
            assert_eq!(Draft::named(uri), draft, "{uri}");
        }
    }

    #[test]
    fn names_are_read_in_both_spellings() {
        for (name, draft) in [
            ("draft4", Draft::Draft4),
            ("draft7", Draft::Draft7),
            ("draft2019-09", Draft::Draft201909),
            ("draft2020-12", Draft::Draft202012),
            ("draft202012", Draft::Draft202012),
        ] {
            let read: Draft = serde_json::from_value(name.into()).expect("is a draft");
            assert_eq!(read, draft);
        }
    }
}

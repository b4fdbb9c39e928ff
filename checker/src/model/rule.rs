//! What a rule is: data that documentation, help texts and reports are printed from.

use super::{Direction, Severity};
use crate::Format;

/// A named set of rules that a struct repository can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// The binary encoding.
    Wire,
    /// The JSON form.
    WireJson,
    /// What a deployed client or server of the other version would hit when it calls.
    Grpc,
    /// Generated code, per package.
    Package,
    /// Generated code, per file.
    File,
}

impl Category {
    /// The name in options and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wire => "WIRE",
            Self::WireJson => "WIRE_JSON",
            Self::Grpc => "GRPC",
            Self::Package => "PACKAGE",
            Self::File => "FILE",
        }
    }

    /// Whether asking for this category asks for the rules of the other one. `FILE`, `PACKAGE`,
    /// `WIRE_JSON` and `WIRE` contain each other in that order: who promises that code compiles
    /// promises that data are read.
    pub const fn contains(self, other: Self) -> bool {
        match self {
            Self::Wire => matches!(other, Self::Wire),
            Self::WireJson => matches!(other, Self::Wire | Self::WireJson),
            Self::Grpc => matches!(other, Self::Grpc),
            Self::Package => matches!(other, Self::Wire | Self::WireJson | Self::Package),
            Self::File => !matches!(other, Self::Grpc),
        }
    }
}

/// The static description of a rule. Its judgement stands beside it, in the rule's own file, and
/// takes the format's own kind of change.
#[derive(Debug)]
pub struct Rule {
    /// `<format>/<what-is-wrong>`, such as `avro/field-type-changed`; stable for ever.
    pub id: &'static str,
    /// The format whose changes it judges; `None` for what concerns all.
    pub format: Option<Format>,
    /// One sentence.
    pub summary: &'static str,
    /// The directions that it can break.
    pub directions: &'static [Direction],
    /// The categories that contain it; empty outside Protobuf.
    pub categories: &'static [Category],
    /// How severe it is unless configured otherwise.
    pub severity: Severity,
    /// The version of this project that brought it.
    pub since: &'static str,
    /// The section of the specification that it rests on.
    pub reference: &'static str,
    /// Its page, in Markdown: what happens, a pair of schemas, a witness, the remedy.
    pub docs: &'static str,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
impl Eq for Rule {}

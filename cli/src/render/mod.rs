//! Reports for other programs: annotations of a pull request, code quality reports, test reports,
//! comments. One file per format; each turns a [`Document`] into text and knows nothing of schemas,
//! files or git.
//!
//! The form for people and the JSON of the machine interface are the commands' own
//! ([`crate::results`], [`crate::commands::validate`]): they have more to say than a list of notes.

pub mod collect;
pub mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod junit;
pub mod markdown;
pub mod places;
pub mod print;
pub mod sarif;

#[cfg(test)]
mod tests;

pub use collect::Collector;
pub use places::Places;
pub use print::{Printable, print};

use checker::model::{Edit, Rule};
use checker::report::escape;

/// What a command found, as other programs are told it.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The command, such as `schemactl protos check`.
    pub command: &'static str,
    /// What was looked at, each file or schema once.
    pub units: Vec<Unit>,
    /// What would break and is accepted, each with the reason.
    pub accepted: Vec<(Note, String)>,
    /// What else there is to say, a line each: who is affected, what the version number needs.
    pub remarks: Vec<String>,
    /// Everything that changed, as Markdown; empty unless it was asked for.
    pub changes: String,
    /// The closing line of the form for people.
    pub summary: String,
}

/// A file or a schema.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// Its path from the top of the repository, or its name where it is no file.
    pub name: String,
    /// What there is to tell of it; nothing where all is well.
    pub notes: Vec<Note>,
}

/// One thing that is told.
#[derive(Clone, Debug)]
pub struct Note {
    /// What kind of thing, which says how much it weighs.
    pub kind: Kind,
    /// The rule that judged, for findings.
    pub rule: Option<&'static Rule>,
    /// The element in the schema; empty where there is none.
    pub element: String,
    /// One line, readable alone. Foreign text in it is not escaped.
    pub message: String,
    /// Where to show it.
    pub place: Place,
    /// What there is to add, each with a word for what it is. Foreign text is not escaped.
    pub details: Vec<(&'static str, String)>,
    /// Edits of the new text that would mend it, with paths like those of places.
    pub edits: Vec<Edit>,
    /// The same in every run that finds the same, wherever the lines have moved; of no two notes
    /// of a document the same.
    pub fingerprint: String,
}

/// The kinds of notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A finding that makes the verdict incompatible; without a rule it is one of buf's.
    Error,
    /// A finding that does not.
    Warning,
    /// What could not be decided.
    Undecided,
    /// Why a text is no valid schema.
    Invalid,
    /// What is legal and probably not meant, or was not compared.
    Doubtful,
}

/// A place in the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The path from the top of the repository.
    pub file: String,
    /// The place in the file as it is now; `None` for the file as a whole, and for one that is gone.
    pub region: Option<Region>,
}

/// A range of a text: 1-based, end exclusive, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The line of the first character.
    pub line: u32,
    /// The column of the first character.
    pub column: u32,
    /// The line of the character after the last one.
    pub end_line: u32,
    /// The column of the character after the last one.
    pub end_column: u32,
}

impl Document {
    /// All notes with their units.
    pub fn notes(&self) -> impl Iterator<Item = &Note> {
        self.units.iter().flat_map(|unit| &unit.notes)
    }
}

impl Kind {
    /// Whether it makes the command fail.
    pub const fn fails(self) -> bool {
        match self {
            Self::Error | Self::Undecided | Self::Invalid => true,
            Self::Warning | Self::Doubtful => false,
        }
    }

    /// The word in the form for people.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error | Self::Invalid => "error",
            Self::Warning | Self::Doubtful => "warning",
            Self::Undecided => "undecided",
        }
    }
}

impl Note {
    /// The id of the rule; what no rule judged has one as well, since other programs sort by it.
    pub fn rule_id(&self) -> &'static str {
        match (self.rule, self.kind) {
            (Some(rule), _) => rule.id,
            (None, Kind::Undecided) => "schema/undecided",
            (None, Kind::Error) => "buf/breaking",
            (None, Kind::Invalid) => "schema/invalid",
            (None, Kind::Warning | Kind::Doubtful) => "schema/doubtful",
        }
    }

    /// The message and all details, a line each: what is foreign in them cannot start another one.
    pub fn lines(&self) -> Vec<String> {
        let details = self.details.iter();
        let details = details.map(|(word, text)| format!("{word}: {}", escape(text)));
        let message = escape(&self.message).into_owned();
        std::iter::once(message).chain(details).collect()
    }
}

impl Place {
    /// `order.proto:7:3`
    pub fn shown(&self) -> String {
        match self.region {
            Some(region) => format!("{}:{}:{}", self.file, region.line, region.column),
            None => self.file.clone(),
        }
    }
}

//! The texts that reports quote, by the names under which spans know them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::model::{LineIndex, Source};

/// A lookup from the name of a source to its lines. What it does not have is reported without a
/// quotation.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    by_file: BTreeMap<String, Text>,
}

/// A text, and its lines once one of them is quoted: of thousands of files few are.
#[derive(Clone, Debug)]
struct Text {
    source: Source,
    lines: OnceLock<LineIndex>,
}

impl Sources {
    /// Without any text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text; where a name comes twice the first one counts.
    pub fn insert(&mut self, source: &Source) {
        if !self.by_file.contains_key(source.file()) {
            let name = source.file().to_owned();
            let text = Text {
                source: source.clone(),
                lines: OnceLock::new(),
            };
            self.by_file.insert(name, text);
        }
    }

    /// A line of a text, 1-based, without its end.
    pub(super) fn line(&self, file: &str, line: u32) -> Option<&str> {
        let text = self.by_file.get(file)?;
        let lines = text.lines.get_or_init(|| LineIndex::new(&text.source));
        lines.line(line)
    }
}

impl<'a> FromIterator<&'a Source> for Sources {
    fn from_iter<I: IntoIterator<Item = &'a Source>>(sources: I) -> Self {
        let mut all = Self::new();
        for source in sources {
            all.insert(source);
        }
        all
    }
}

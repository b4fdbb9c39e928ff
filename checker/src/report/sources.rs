//! The texts that reports quote, by the names under which spans know them.

use std::collections::BTreeMap;

use crate::model::{LineIndex, Source};

/// A lookup from the name of a source to its lines. What it does not have is reported without a
/// quotation.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    by_file: BTreeMap<String, LineIndex>,
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
            self.by_file.insert(name, LineIndex::new(source));
        }
    }

    /// A line of a text, 1-based, without its end.
    pub(super) fn line(&self, file: &str, line: u32) -> Option<&str> {
        self.by_file.get(file)?.line(line)
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

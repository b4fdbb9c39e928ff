//! What a file may name: what it declares, what its imports declare, and what those import publicly.

use super::super::pool::{Pool, Symbol, SymbolKind};

/// The imports of a file, as indices of the pool.
#[derive(Debug, Default)]
pub(super) struct Edges {
    /// All but those of options.
    pub plain: Vec<usize>,
    /// Those that are handed on to whoever imports the file.
    pub public: Vec<usize>,
    /// Those that only options are taken from.
    pub options: Vec<usize>,
}

/// The files that a file sees.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// The file that sees.
    file: usize,
    package: String,
    seen: Seen,
    seen_for_options: Seen,
    /// By file of the pool: what it imports publicly.
    public: Vec<Vec<usize>>,
}

/// A set of files that is emptied at once.
#[derive(Debug, Default)]
struct Seen {
    /// By file: the round in which it was added last.
    rounds: Vec<usize>,
    round: usize,
    files: Vec<usize>,
}

impl Imports {
    /// Begins with the file that is added to the pool next.
    pub(super) fn enter(&mut self, file: usize, package: &str, edges: Edges) {
        self.file = file;
        package.clone_into(&mut self.package);
        self.seen.fill(edges.plain, &self.public);
        self.seen_for_options.fill(edges.options, &self.public);
        self.public.push(edges.public);
    }

    /// Whether the file may use a name. A package is shared by many files.
    pub(super) fn see(&self, pool: &Pool, name: &str, symbol: Symbol) -> bool {
        let file = symbol.file as usize;
        let seen = file == self.file || self.seen.has(file);
        match symbol.kind {
            SymbolKind::Package => seen || self.is_package(pool, name),
            SymbolKind::Field | SymbolKind::Extension => seen || self.seen_for_options.has(file),
            SymbolKind::Message
            | SymbolKind::Enum
            | SymbolKind::Value
            | SymbolKind::Oneof
            | SymbolKind::Service
            | SymbolKind::Method => seen,
        }
    }

    fn is_package(&self, pool: &Pool, name: &str) -> bool {
        let is_within = |package: &str| {
            let rest = package.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let mut files = self.seen.files.iter().chain(&self.seen_for_options.files);
        is_within(&self.package)
            || files.any(|file| {
                let file = pool.files().get(*file);
                file.is_some_and(|file| is_within(file.proto.package()))
            })
    }
}

impl Seen {
    fn has(&self, file: usize) -> bool {
        self.rounds.get(file) == Some(&self.round)
    }

    /// The files and what they hand on.
    fn fill(&mut self, files: Vec<usize>, public: &[Vec<usize>]) {
        self.round += 1;
        self.rounds.resize(public.len(), 0);
        self.files.clear();
        let mut open = files;
        while let Some(file) = open.pop() {
            let Some(round) = self.rounds.get_mut(file) else {
                continue;
            };
            if *round != self.round {
                *round = self.round;
                self.files.push(file);
                open.extend(public.get(file).into_iter().flatten());
            }
        }
    }
}

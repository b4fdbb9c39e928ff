//! What a name means at a place: from the innermost scope outwards, as in C++.
//!
//! The first part of a name decides: where a scope of that name is found, the rest has to be in it, even if
//! a scope further out has all of it.

use super::super::pool::{File, Pool, Symbol, SymbolKind};
use super::imports::Imports;

/// What is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sought {
    Anything,
    /// A message or an enum; other names that are met on the way do not count.
    Types,
}

/// A name that was found.
pub(super) struct Found {
    pub symbol: Symbol,
    /// Without a leading dot.
    pub full_name: String,
}

/// Why nothing was found.
#[derive(Debug, Default)]
pub(super) struct Unknown {
    /// What would have been meant, but is in a file that is not imported.
    hidden: Option<(String, u32)>,
    /// What the name has to mean, and which does not exist.
    nearest: Option<String>,
}

/// Finds what a name means in a scope, which is a full name and may be empty.
pub(super) fn find(
    pool: &Pool,
    imports: &Imports,
    name: &str,
    scope: &str,
    sought: Sought,
) -> Result<Found, Unknown> {
    let mut search = Search {
        pool,
        imports,
        unknown: Unknown::default(),
    };
    let found = match name.strip_prefix('.') {
        Some(full_name) => search.exactly(full_name).map(|symbol| Found {
            symbol,
            full_name: full_name.to_owned(),
        }),
        None => search.outwards(name, scope, sought),
    };
    found.ok_or(search.unknown)
}

struct Search<'a> {
    pool: &'a Pool,
    imports: &'a Imports,
    unknown: Unknown,
}

impl Search<'_> {
    fn exactly(&mut self, full_name: &str) -> Option<Symbol> {
        let symbol = self.pool.symbols().get(full_name)?;
        if self.imports.see(self.pool, full_name, symbol) {
            return Some(symbol);
        }
        self.unknown.hidden = Some((full_name.to_owned(), symbol.file));
        None
    }

    fn outwards(&mut self, name: &str, scope: &str, sought: Sought) -> Option<Found> {
        let first = name.split('.').next().unwrap_or(name);
        let rest = name.get(first.len()..).unwrap_or_default();
        let mut full_name = String::with_capacity(scope.len() + 1 + name.len());
        full_name.push_str(scope);
        let mut length = scope.len();
        while length > 0 {
            full_name.truncate(length);
            full_name.push('.');
            full_name.push_str(first);
            if let Some(symbol) = self.exactly(&full_name) {
                if rest.is_empty() && (sought == Sought::Anything || symbol.kind.is_type()) {
                    return Some(Found { symbol, full_name });
                }
                if !rest.is_empty() && symbol.kind.is_scope() {
                    return self.within(full_name, rest);
                }
            }
            length = scope
                .get(..length)
                .and_then(|scope| scope.rfind('.'))
                .unwrap_or(0);
        }
        name.clone_into(&mut full_name);
        let symbol = self.exactly(name)?;
        Some(Found { symbol, full_name })
    }

    /// The rest of a name, whose first part is found.
    fn within(&mut self, mut full_name: String, rest: &str) -> Option<Found> {
        full_name.push_str(rest);
        let symbol = self.exactly(&full_name);
        if symbol.is_none() {
            self.unknown.nearest = Some(full_name.clone());
        }
        symbol.map(|symbol| Found { symbol, full_name })
    }
}

impl Unknown {
    /// What is wrong with a name, and what helps.
    pub(super) fn message(&self, pool: &Pool, name: &str) -> String {
        if let Some((full_name, file)) = &self.hidden {
            let path = pool.files().get(*file as usize).map(File::path);
            let path = path.unwrap_or_default();
            return format!(
                "`{name}` is not imported: `{full_name}` is declared in `{path}`, add \
                 `import \"{path}\";`"
            );
        }
        match &self.nearest {
            Some(nearest) => format!(
                "`{name}` means `{nearest}` here, which is not defined: the innermost scope counts; \
                 write `.{name}` to start from the outermost one"
            ),
            None => format!("`{name}` is not defined; declare it, or import the file that does"),
        }
    }
}

/// What a kind of name is called.
pub(super) const fn noun(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Package => "a package",
        SymbolKind::Message => "a message",
        SymbolKind::Enum => "an enum",
        SymbolKind::Value => "a value of an enum",
        SymbolKind::Field => "a field",
        SymbolKind::Extension => "an extension",
        SymbolKind::Oneof => "a oneof",
        SymbolKind::Service => "a service",
        SymbolKind::Method => "an RPC",
    }
}

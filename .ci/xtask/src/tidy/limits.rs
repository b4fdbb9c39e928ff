//! Every limit of the checker and the command line stands in `docs/DESIGN.md`, with its value.
//!
//! A limit is a constant whose name starts or ends with `MAX`.

use super::rust_text::RustText;

/// The document that lists them, a row each: file, name, value, what happens.
pub(super) const DOCUMENT: &str = "docs/DESIGN.md";

/// Limits that the document does not list with this value.
pub(super) fn check(path: &str, source: &RustText<'_>, document: &str) -> Vec<String> {
    if !path.starts_with("checker/src/") && !path.starts_with("cli/src/") {
        return Vec::new();
    }
    let limits = source.code.lines().filter_map(limit);
    let rows = limits.map(|(name, value)| (name, format!("| `{path}` | `{name}` | `{value}` |")));
    rows.filter(|(_, row)| !document.contains(row))
        .map(|(name, row)| {
            format!("{path}: `{name}` is not in {DOCUMENT}, or with another value: {row}")
        })
        .collect()
}

/// The name and the value of a constant that is a limit.
fn limit(line: &str) -> Option<(&str, &str)> {
    let (_, constant) = line.split_once("const ")?;
    let (name, rest) = constant.split_once(':')?;
    let (_, value) = rest.split_once('=')?;
    let is_limit = name.starts_with("MAX_") || name.ends_with("_MAX");
    is_limit.then(|| (name, value.trim().trim_end_matches(';')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_is_not_listed_with_its_value_is_reported() {
        let text = "pub(crate) const MAX_DEPTH: usize = 2 << 5;\nconst BYTES_MAX: u64 = 7;\nconst A: u8 = 1;\n";
        let check = |path, document| check(path, &RustText::new(text), document);
        let listed = "| `cli/src/a.rs` | `MAX_DEPTH` | `2 << 5` | x |\n| `cli/src/a.rs` | `BYTES_MAX` | `7` | x |";
        assert_eq!(check("cli/src/a.rs", listed), Vec::<String>::new());
        assert_eq!(check("checker/src/a.rs", listed).len(), 2);
        assert_eq!(check("server/src/a.rs", ""), Vec::<String>::new());
        let stale = listed.replace("2 << 5", "64");
        assert_eq!(check("cli/src/a.rs", &stale).len(), 1);
    }
}

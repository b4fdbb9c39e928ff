//! Which code may name which: the server's layers each know only the one below, and the checker
//! knows nothing of the world around it.

use super::rust_text::RustText;

/// Paths that the production code under a directory may not name.
struct Layer {
    under: &'static str,
    forbidden: &'static [&'static str],
    because: &'static str,
}

const LAYERS: &[Layer] = &[
    Layer {
        under: "server/src/store/",
        forbidden: &["crate::api", "crate::registry", "axum", "hyper", "tower"],
        because: "the store remembers: it decides nothing and speaks no HTTP",
    },
    Layer {
        under: "server/src/registry/",
        forbidden: &["crate::api", "axum", "hyper", "tower", "sqlx"],
        because: "the registry decides: it speaks neither HTTP nor SQL",
    },
    Layer {
        under: "server/src/api/",
        forbidden: &["crate::store", "sqlx"],
        because: "the api maps HTTP to the registry: what is below that is not its affair",
    },
    Layer {
        under: "checker/src/",
        forbidden: &[
            "std::env",
            "std::fs",
            "std::net",
            "std::process",
            "std::thread::sleep",
            "std::thread::spawn",
            "std::time",
            "tokio",
        ],
        because: "the checker is pure: what it says depends on its arguments alone",
    },
];

/// Forbidden paths that the file names in production code, in `use` declarations or in place.
pub(super) fn check(path: &str, source: &RustText<'_>) -> Vec<String> {
    let Some(layer) = LAYERS.iter().find(|layer| path.starts_with(layer.under)) else {
        return Vec::new();
    };
    let production = source.production();
    let mut violations = Vec::new();
    for (offset, named) in paths(&production, path) {
        let forbidden = layer.forbidden.iter().find(|forbidden| {
            let rest = named.strip_prefix(**forbidden);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        });
        if let Some(forbidden) = forbidden {
            let line = source.line_of(offset);
            violations.push(format!(
                "{path}:{line}: names `{forbidden}`: {}",
                layer.because
            ));
        }
    }
    violations
}

/// Every path with `::` or in a `use`, groups spelt out and `super` resolved, with its place.
fn paths(code: &str, file: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = code.get(at..).filter(|rest| !rest.is_empty()) {
        let length = path_length(rest);
        if length == 0 {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let head = rest.get(..length).unwrap_or_default();
        let is_use = code
            .get(..at)
            .unwrap_or_default()
            .trim_end()
            .ends_with("use");
        if let Some(prefix) = head.strip_suffix("::") {
            let group = rest.get(length..).unwrap_or_default();
            for tail in expand_group(group) {
                found.push((at, absolute(&format!("{prefix}::{tail}"), file)));
            }
        } else if is_use || head.contains("::") {
            found.push((at, absolute(head, file)));
        }
        at += length;
    }
    found
}

/// The bytes of the path at the start of the text, 0 where there is none.
fn path_length(text: &str) -> usize {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    let path = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    // A single colon at the end belongs to what comes after: `name: Type`.
    match path.strip_suffix(':') {
        Some(name) if !name.ends_with(':') => name.len(),
        _ => path.len(),
    }
}

/// The members of the group `{a, b::{c, d}}` at the start of the text; none where it is no group.
fn expand_group(text: &str) -> Vec<String> {
    let mut members = Vec::new();
    let mut prefixes: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        match c {
            '{' => prefixes.push(std::mem::take(&mut word)),
            '}' | ',' => {
                if !word.is_empty() {
                    members.push(format!("{}{word}", prefixes.concat()));
                    word.clear();
                }
                if c == '}' {
                    prefixes.pop();
                }
            }
            c if c.is_whitespace() => {}
            c => word.push(c),
        }
        if prefixes.is_empty() {
            break;
        }
    }
    members
}

/// The path with leading `super`s replaced by the modules they mean.
fn absolute(path: &str, file: &str) -> String {
    let Some((_, inside)) = file.split_once("src/") else {
        return path.to_owned();
    };
    let mut modules: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
    if matches!(modules.last(), Some(&("mod" | "lib" | "main"))) {
        modules.pop();
    }
    let mut rest = path.trim_start_matches("::");
    if let Some(own) = rest.strip_prefix("self::") {
        rest = own;
    } else if !rest.starts_with("super::") {
        return rest.to_owned();
    }
    while let Some(outer) = rest.strip_prefix("super::") {
        modules.pop();
        rest = outer;
    }
    modules.insert(0, "crate");
    modules.push(rest);
    modules.join("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(path: &str, text: &str) -> Vec<String> {
        check(path, &RustText::new(text))
    }

    #[test]
    fn the_store_may_not_name_what_is_above_it_however_it_is_spelt() {
        for text in [
            "use crate::registry::Subject;",
            "use crate::{config, api};",
            "use crate::{config::{A, B}, registry::{Subject, Version}};",
            "use super::super::api::Error;",
            "fn a() -> crate::api::Error { b() }",
            "use axum;",
        ] {
            let found = check_text("server/src/store/sqlite/mod.rs", text);
            assert_eq!(found.len().min(1), 1, "{text}");
        }
        for text in [
            "use super::model::Row;\nuse sqlx::Row;\nuse crate::store::api_key;",
            "// crate::api is above\nlet registry = 1;",
            "#[cfg(test)]\nmod tests { use crate::registry::Subject; }",
        ] {
            let found = check_text("server/src/store/sqlite/mod.rs", text);
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }

    #[test]
    fn the_registry_speaks_no_http_and_the_api_no_sql() {
        let text = "use axum::http::StatusCode;\n";
        assert_eq!(check_text("server/src/registry/error.rs", text).len(), 1);
        assert!(check_text("server/src/api/error.rs", text).is_empty());
        let text = "use crate::store::StoreError;\n";
        assert_eq!(check_text("server/src/api/error.rs", text).len(), 1);
        assert!(check_text("server/src/registry/error.rs", text).is_empty());
        assert_eq!(
            check_text("server/src/api/error.rs", "sqlx::query(a)").len(),
            1
        );
    }

    #[test]
    fn the_checker_may_not_read_files_or_the_clock() {
        let found = check_text(
            "checker/src/lib.rs",
            "use std::{fmt, fs};\nfn a() { std::time::Instant::now(); }",
        );
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[1].starts_with("checker/src/lib.rs:2: names `std::time`"));
    }
}

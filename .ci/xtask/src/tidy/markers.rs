//! What every source file must say, and what none may.

use super::rust_text::RustText;

/// Attributes that no file may have, and why.
const FORBIDDEN: &[(&str, &str)] = &[
    ("#[ignore", "a test that does not run tests nothing"),
    ("#[should_panic", "catch the panic and look at its message"),
    ("#[allow(", "use `#[expect(…, reason = \"…\")]`"),
    ("#![allow(", "use `#![expect(…, reason = \"…\")]`"),
];

/// A missing header, and forbidden attributes.
pub(super) fn check(path: &str, source: &RustText<'_>) -> Vec<String> {
    let mut violations = Vec::new();
    if !source.original.starts_with("//!") {
        violations.push(format!(
            "{path}: does not open with `//!`, which says what the file is"
        ));
    }
    for (attribute, remedy) in FORBIDDEN {
        for (at, _) in source.code.match_indices(attribute) {
            let line = source.line_of(at);
            let name = attribute.trim_matches(['#', '!', '[', '(']);
            violations.push(format!(
                "{path}:{line}: `{name}` is not used here: {remedy}"
            ));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_header_is_reported() {
        let found = check("a.rs", &RustText::new("/// Not a header.\nfn a() {}\n"));
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("a.rs: does not open with"));
    }

    #[test]
    fn forbidden_attributes_are_reported_but_not_their_names_in_texts() {
        let text = "//! a\n#[test]\n#[ignore = \"slow\"]\nfn a() { b(\"#[ignore]\") }\n#[allow(unused)]\nfn b() {}\n";
        let found = check("a.rs", &RustText::new(text));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("a.rs:3: `ignore`"));
        assert!(found[1].starts_with("a.rs:5: `allow`"));
    }
}

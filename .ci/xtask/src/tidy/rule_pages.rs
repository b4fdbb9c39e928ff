//! A rule of the checker is a pair of files: what it judges, and the page that explains it.

use std::collections::BTreeSet;

/// Rules without a page and pages without a rule.
pub(super) fn check(files: &BTreeSet<&str>) -> Vec<String> {
    let mut violations = Vec::new();
    for path in files.iter().filter(|path| is_rule_file(path)) {
        let (twin, what) = match path.rsplit_once('.') {
            Some((stem, "rs")) => (format!("{stem}.md"), "the rule has no page"),
            Some((stem, "md")) => (format!("{stem}.rs"), "the page has no rule"),
            _ => continue,
        };
        if !files.contains(twin.as_str()) {
            violations.push(format!("{path}: {what}, {twin} is missing"));
        }
    }
    violations
}

/// `checker/src/rules/…` and `checker/src/FORMAT/rules/…`.
fn is_rule_file(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        ["checker", "src", "rules", file] | ["checker", "src", _, "rules", file] => {
            file != "mod.rs"
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_needs_its_page_and_a_page_its_rule() {
        let files = [
            "checker/src/rules/mod.rs",
            "checker/src/rules/whole.md",
            "checker/src/rules/whole.rs",
            "checker/src/avro/rules/no_page.rs",
            "checker/src/json/rules/no_rule.md",
            "docs/rules/other.md",
        ];
        let violations = check(&files.into());
        assert_eq!(violations.len(), 2, "{violations:?}");
        assert!(violations[0].starts_with("checker/src/avro/rules/no_page.rs: the rule"));
        assert!(violations[1].starts_with("checker/src/json/rules/no_rule.md: the page"));
    }
}

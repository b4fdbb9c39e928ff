//! The top level of the repository shows what there is: it has the agreed entries and no others.

use std::collections::BTreeSet;

/// What is there, no more and no less.
const ENTRIES: &[&str] = &[
    ".cargo",
    ".ci",
    ".clippy.toml",
    ".gitignore",
    ".pre-commit-hooks.yaml",
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "action.yml",
    "checker",
    "cli",
    "docs",
    "fixtures",
    "server",
    "tests",
];

/// Entries that are missing or too many.
pub(super) fn check(files: &BTreeSet<String>) -> Vec<String> {
    let present: BTreeSet<&str> = files
        .iter()
        .filter_map(|path| path.split('/').next())
        .collect();
    let wanted: BTreeSet<&str> = ENTRIES.iter().copied().collect();
    let missing = wanted.difference(&present);
    let extra = present.difference(&wanted);
    missing
        .map(|entry| format!("{entry}: missing at the top level"))
        .chain(extra.map(|entry| format!("{entry}: does not belong at the top level")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_are_missing_or_too_many_are_reported() {
        let mut files: BTreeSet<String> =
            ENTRIES.iter().map(|entry| format!("{entry}/a")).collect();
        assert!(check(&files).is_empty());
        files.remove("docs/a");
        files.insert("scripts/run.sh".to_owned());
        assert_eq!(
            check(&files),
            [
                "docs: missing at the top level",
                "scripts: does not belong at the top level"
            ]
        );
    }
}

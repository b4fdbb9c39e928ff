//! `docs/rules/` is generated from the rules, and stays equal to them.
//!
//! `UPDATE_DOCS=1 cargo test -p tests docs::` writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use checker::model::Rule;

#[test]
fn the_rule_pages_are_those_of_the_rules() {
    let expected = pages();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        write(&folder, &expected);
    }
    let found = read(&folder);
    let stale: Vec<&PathBuf> = expected
        .keys()
        .chain(found.keys())
        .filter(|page| expected.get(*page) != found.get(*page))
        .collect();
    assert!(
        stale.is_empty(),
        "docs/rules differs from the rules in {stale:?}; UPDATE_DOCS=1 cargo test -p tests docs:: writes it anew"
    );
}

/// All pages by their path below `docs/rules`.
fn pages() -> BTreeMap<PathBuf, String> {
    let rules = checker::rules::all();
    let mut pages: BTreeMap<PathBuf, String> = rules
        .iter()
        .map(|rule| {
            (
                PathBuf::from(format!("{}.md", rule.id)),
                rule.docs.to_owned(),
            )
        })
        .collect();
    pages.insert("README.md".into(), index(&rules));
    pages
}

fn index(rules: &[&'static Rule]) -> String {
    let mut text = String::from(
        "# Rules\n\nGenerated from the rules themselves; `schemactl explain RULE` prints the same pages.\n\n\
         | rule | severity | breaks | what is wrong |\n|---|---|---|---|\n",
    );
    for rule in rules {
        let directions: Vec<&str> = rule
            .directions
            .iter()
            .map(|direction| direction.level_name())
            .collect();
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "| [{id}]({id}.md) | {severity} | {directions} | {summary} |",
            id = rule.id,
            severity = rule.severity.name(),
            directions = directions.join(", "),
            summary = rule.summary,
        );
    }
    text
}

fn write(folder: &Path, pages: &BTreeMap<PathBuf, String>) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    for (page, text) in pages {
        let path = folder.join(page);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn read(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let (Ok(page), Ok(text)) =
                (path.strip_prefix(folder), fs::read_to_string(&path))
            {
                found.insert(page.to_path_buf(), text);
            }
        }
    }
    found
}

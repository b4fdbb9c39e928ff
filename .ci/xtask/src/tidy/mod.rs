//! `cargo xtask tidy`: promises about structure that the compiler does not check, one file per
//! promise. Every check is a pure function over texts, with a test that shows it fail.

mod dependencies;
mod layers;
mod limits;
mod lock_files;
mod markers;
mod rule_pages;
mod rust_text;
mod sizes;
mod top_level;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use self::rust_text::RustText;
use crate::{shell, workspace};

/// Runs every check and prints all violations.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    if let Some(other) = arguments.first() {
        bail!("`tidy` takes no `{other}`; `cargo xtask help tidy` says what it checks");
    }
    let files = tracked_files()?;
    let mut violations = top_level::check(&files);
    violations.extend(dependencies::check()?);
    violations.extend(lock_files::check());
    if !files.contains("checker/clippy.toml") {
        violations.push("checker/clippy.toml: missing; it forbids calls that do I/O".to_owned());
    }
    let sources = read_sources(&files)?;
    let for_tests: Vec<String> = sources
        .iter()
        .flat_map(|(path, text)| test_only_files(path, text))
        .collect();
    let is_for_tests = |path: &str| for_tests.iter().any(|module| belongs_to(path, module));
    let design = fs::read_to_string(workspace::root().join(limits::DOCUMENT))
        .with_context(|| format!("reading {}", limits::DOCUMENT))?;
    for (path, text) in &sources {
        violations.extend(check_source(path, text, is_for_tests(path)));
        if !is_for_tests(path) {
            violations.extend(limits::check(path, &RustText::new(text), &design));
        }
    }
    let real = files
        .iter()
        .map(String::as_str)
        .filter(|path| !is_for_tests(path));
    violations.extend(rule_pages::check(&real.collect()));
    for violation in &violations {
        println!("{violation}");
    }
    match violations.len() {
        0 => println!(
            "tidy: {} source files, nothing to complain about",
            sources.len()
        ),
        count => bail!("tidy: {count} violations in {} source files", sources.len()),
    }
    Ok(())
}

/// Every check that looks at one source file. Code for tests may reach for files, and across layers.
fn check_source(path: &str, text: &str, is_for_tests: bool) -> Vec<String> {
    let source = RustText::new(text);
    let mut violations = markers::check(path, &source);
    violations.extend(sizes::check(path, &source));
    if !is_for_tests {
        violations.extend(layers::check(path, &source));
    }
    violations
}

/// The test-only modules that the file declares, as paths without `.rs`.
fn test_only_files(path: &str, text: &str) -> Vec<String> {
    let source = RustText::new(text);
    let (dir, file) = path.rsplit_once('/').unwrap_or(("", path));
    let dir = match file.trim_end_matches(".rs") {
        "mod" | "lib" | "main" => dir.to_owned(),
        module => format!("{dir}/{module}"),
    };
    let modules = source.test_modules();
    modules.map(|module| format!("{dir}/{module}")).collect()
}

/// Whether the file is that module, given without `.rs`, or within it.
fn belongs_to(path: &str, module: &str) -> bool {
    let rest = path.strip_prefix(module);
    rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn read_sources(files: &BTreeSet<String>) -> Result<Vec<(&str, String)>> {
    let rust = files.iter().map(String::as_str).filter(|path| {
        let extension = Path::new(path).extension();
        extension.is_some_and(|extension| extension == "rs")
    });
    let read = |path| {
        let text = fs::read_to_string(workspace::root().join(path));
        Ok((path, text.with_context(|| format!("reading {path}"))?))
    };
    rust.map(read).collect()
}

/// The files of the working tree that git tracks or would, with `/` between their parts.
fn tracked_files() -> Result<BTreeSet<String>> {
    let listed = shell::read(
        Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(workspace::root()),
    )?;
    let paths = listed.split('\0').filter(|path| !path.is_empty());
    // Git still lists a file that was deleted and not yet committed.
    let present = paths.filter(|path| workspace::root().join(path).is_file());
    Ok(present.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_source_is_reported_by_every_check_that_looks_at_sources() {
        let long = "    a();\n".repeat(71);
        let text = format!("use std::fs;\nfn a() {{\n{long}}}\n");
        let found = check_source("checker/src/a.rs", &text, false);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(check_source("checker/src/a.rs", &text, true).len(), 2);
    }

    #[test]
    fn a_module_for_tests_is_found_beside_the_file_that_declares_it() {
        let text = "#[cfg(test)]\nmod property;\n";
        assert!(belongs_to(
            "checker/src/avro/property.rs",
            "checker/src/avro/property"
        ));
        assert!(belongs_to(
            "checker/src/avro/property/a.rs",
            "checker/src/avro/property"
        ));
        assert!(!belongs_to(
            "checker/src/avro/property_2.rs",
            "checker/src/avro/property"
        ));
        assert_eq!(
            test_only_files("checker/src/avro/mod.rs", text),
            ["checker/src/avro/property"]
        );
        assert_eq!(
            test_only_files("checker/src/avro.rs", text),
            ["checker/src/avro/property"]
        );
    }
}

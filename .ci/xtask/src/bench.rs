//! `cargo xtask bench`: builds for release, runs the benchmark programs one after the other.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{corpus, shell, workspace};

/// The benchmarks that call the checker itself. Building the programs takes minutes.
const LIBRARY_ONLY: &[&str] = &["avro"];
/// The benchmark that reads what `cargo xtask corpus` fetches.
const CORPUS_USER: &str = "protos";

/// Runs the named benchmark programs, or all.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let known = names()?;
    let (chosen, json) = parse(arguments, &known)?;
    if chosen.iter().any(|name| !LIBRARY_ONLY.contains(name)) {
        let programs = ["build", "--release", "--bins", "-p", "server", "-p", "cli"];
        shell::run(&mut shell::cargo(&programs))?;
    }
    if chosen.contains(&CORPUS_USER) {
        for line in corpus::fetch() {
            println!("skipped: {line}");
        }
    }
    let release = workspace::target_dir().join("release");
    for name in chosen {
        let mut command = shell::cargo(&["bench", "-q", "-p", "tests", "--bench", name]);
        if let Some(file) = json {
            let here = std::env::current_dir().context("finding the working directory")?;
            command.arg("--").arg("--json").arg(here.join(file));
        }
        command
            .env("TEST_SCHEMAD", release.join("schemad"))
            .env("TEST_SCHEMACTL", release.join("schemactl"))
            .env("BENCH_CORPUS", corpus::directory());
        shell::run(&mut command)?;
    }
    Ok(())
}

/// The names of the benchmark programs, sorted.
pub(crate) fn names() -> Result<Vec<String>> {
    let dir = workspace::root().join("tests/bench");
    let mut names = Vec::new();
    for entry in dir
        .read_dir()
        .with_context(|| format!("reading {}", dir.display()))?
    {
        let path = entry.context("reading tests/bench")?.path();
        let is_program = path.extension().is_some_and(|extension| extension == "rs");
        if let Some(stem) = path.file_stem().filter(|_| is_program) {
            names.push(stem.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn parse<'a>(
    arguments: &[&'a str],
    known: &'a [String],
) -> Result<(Vec<&'a str>, Option<&'a Path>)> {
    let (mut chosen, mut json) = (Vec::new(), None);
    let mut words = arguments.iter().copied();
    while let Some(word) = words.next() {
        if word == "--json" {
            json = Some(Path::new(words.next().context("`--json` needs a file")?));
        } else if known.iter().any(|name| name == word) {
            chosen.push(word);
        } else {
            bail!(
                "there is no benchmark `{word}`; there are: {}",
                known.join(", ")
            );
        }
    }
    if chosen.is_empty() {
        chosen = known.iter().map(String::as_str).collect();
    }
    Ok((chosen, json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_name_all_run_and_an_unknown_name_is_refused() {
        let known = ["lookup".to_owned(), "register".to_owned()];
        let (chosen, json) = parse(&["--json", "out.jsonl"], &known).unwrap();
        assert_eq!(chosen, ["lookup", "register"]);
        assert_eq!(json, Some(Path::new("out.jsonl")));
        assert_eq!(parse(&["register"], &known).unwrap().0, ["register"]);
        assert!(parse(&["speed"], &known).is_err());
        assert!(parse(&["--json"], &known).is_err());
    }
}

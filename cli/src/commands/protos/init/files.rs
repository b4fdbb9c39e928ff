//! The files that make a struct repository of a directory, and how they are written: nothing that
//! exists is overwritten, and nothing is written unless all can be.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::Error;

/// What git ignores.
const IGNORED: &str = "target/";

/// What to do where a file is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existing {
    /// It is somebody's own text: it stays.
    Keep,
    /// It has to say what we need.
    Refuse,
}

/// A file to write.
#[derive(Debug)]
pub(super) struct File {
    /// Relative to the directory, with `/`.
    pub path: String,
    pub bytes: Vec<u8>,
    pub existing: Existing,
}

/// What is known about a new struct repository.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    /// The name of the directory.
    pub name: &'a str,
    /// The dependency on our library, as `Cargo.toml` has it.
    pub dependency: String,
    /// The folder of the `.proto` files; empty for the directory itself.
    pub root: &'a str,
}

/// The files around the `.proto` files.
pub(super) fn around(facts: &Facts<'_>) -> Vec<File> {
    let call = if facts.root == "proto" {
        "cli::struct_repo::main(env!(\"CARGO_MANIFEST_DIR\"))".to_owned()
    } else {
        let root = facts.root.escape_default();
        format!("cli::struct_repo::main_in(env!(\"CARGO_MANIFEST_DIR\"), \"{root}\")")
    };
    let folder = if facts.root.is_empty() {
        "."
    } else {
        facts.root
    };
    let filled = |text: &str| {
        text.replace("{{dependency}}", &facts.dependency)
            .replace("{{name}}", &crate_name(facts.name))
            .replace("{{folder}}", folder)
            .replace("{{call}}", &call)
    };
    let file = |path: &str, text: &str, existing| File {
        path: path.to_owned(),
        bytes: filled(text).into_bytes(),
        existing,
    };
    let workflow = include_str!("templates/workflow.yml.txt");
    vec![
        file(
            "Cargo.toml",
            include_str!("templates/Cargo.toml.txt"),
            Existing::Refuse,
        ),
        file(
            ".cargo/config.toml",
            include_str!("templates/config.toml.txt"),
            Existing::Refuse,
        ),
        file(
            "xtask/Cargo.toml",
            include_str!("templates/xtask.toml.txt"),
            Existing::Refuse,
        ),
        file(
            "xtask/src/main.rs",
            include_str!("templates/main.rs.txt"),
            Existing::Refuse,
        ),
        file(
            "README.md",
            include_str!("templates/README.md.txt"),
            Existing::Keep,
        ),
        file(".github/workflows/protos.yml", workflow, Existing::Keep),
    ]
}

/// A name that cargo accepts for a program.
fn crate_name(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name: String = name
        .chars()
        .map(|c| if allowed(c) { c } else { '-' })
        .collect();
    let name = name.trim_matches('-');
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => name.to_ascii_lowercase(),
        Some(_) => format!("protos-{name}").to_ascii_lowercase(),
        None => "protos".to_owned(),
    }
}

/// What became of the files.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub written: Vec<String>,
    pub kept: Vec<String>,
}

/// Writes files below a directory.
pub(super) fn write(directory: &Path, files: &[File], context: &Context) -> Result<Written, Error> {
    let mut done = Written::default();
    let mut wanted = Vec::new();
    for file in files {
        let path = context.path(&directory.join(&file.path));
        match fs::read(&path) {
            Ok(known) if known == file.bytes => done.kept.push(file.path.clone()),
            Ok(_) if file.existing == Existing::Keep => done.kept.push(file.path.clone()),
            Ok(_) => return Err(in_the_way(directory, &file.path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => wanted.push((path, file)),
            Err(source) => {
                return Err(Error::Read {
                    path: directory.join(&file.path),
                    source,
                });
            }
        }
    }
    for (path, file) in wanted {
        save(&path, &file.bytes).map_err(|source| Error::Save {
            path: directory.join(&file.path),
            source,
        })?;
        done.written.push(file.path.clone());
    }
    Ok(done)
}

fn in_the_way(directory: &Path, path: &str) -> Error {
    let shown = directory.join(path);
    Error::usage(
        format!(
            "`{}` is there already and says something else",
            shown.display()
        ),
        "nothing was written; move it away, or add the xtask by hand: docs/STRUCT_REPOS.md",
    )
}

fn save(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}

/// Adds `target/` to `.gitignore`, and says whether it had to.
pub(super) fn ignore_target(directory: &Path, context: &Context) -> Result<bool, Error> {
    let shown: PathBuf = directory.join(".gitignore");
    let path = context.path(&shown);
    let mut text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(source) => {
            return Err(Error::Read {
                path: shown,
                source,
            });
        }
    };
    let names = |line: &str| line.trim().trim_matches('/') == IGNORED.trim_matches('/');
    if text.lines().any(names) {
        return Ok(false);
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(IGNORED);
    text.push('\n');
    let saved = fs::write(&path, text);
    saved.map_err(|source| Error::Save {
        path: shown,
        source,
    })?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_gets_a_name_that_cargo_accepts() {
        for (name, expected) in [
            ("structs", "structs"),
            ("Our Structs!", "our-structs"),
            ("2026", "protos-2026"),
            ("…", "protos"),
        ] {
            assert_eq!(crate_name(name), expected);
        }
    }

    #[test]
    fn the_sample_repository_has_what_is_written() {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/struct-repo");
        let files = around(&Facts {
            name: "struct-repo",
            dependency: "{ path = \"../../../cli\" }".to_owned(),
            root: "proto",
        });
        for file in files
            .iter()
            .filter(|file| file.existing == Existing::Refuse)
        {
            let there = fs::read(sample.join(&file.path)).expect("is there");
            let (there, ours) = (
                String::from_utf8_lossy(&there),
                String::from_utf8_lossy(&file.bytes),
            );
            assert_eq!(there, ours, "{}", file.path);
        }
    }
}

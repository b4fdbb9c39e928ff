//! `cargo xtask corpus`: real `.proto` trees and the real `buf`, under the target directory.
//!
//! npm has both: a package that ships googleapis, in versions about a year apart, and `buf` as it is
//! built for this machine. Each is pinned to the bytes. Nothing is fetched that is there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{shell, workspace};

/// A package of npm.
struct Package {
    /// What its folder is called here.
    folder: &'static str,
    name: &'static str,
    version: &'static str,
    integrity: &'static str,
    /// What is of no use: tests of compilers that cannot be linked together, copies of built-in files.
    without: &'static [&'static str],
}

/// googleapis of August 2026.
const NEW: Package = Package {
    folder: "googleapis-new",
    name: "google-proto-files",
    version: "6.0.1",
    integrity: "sha512-fbvUWVNh3rKGlVFWwlUNF7Sk1Tah0a89q02rLTXsWjbKKHGeuURAa8tl9rvu5TyWny1YiSIo5eDqF260Tai6vQ==",
    without: &["google/protobuf", "build"],
};

/// googleapis of August 2025.
const OLD: Package = Package {
    folder: "googleapis-old",
    version: "5.0.1",
    integrity: "sha512-DM5x0D1QM/kTQ12p57lG14+aL3PMPtbzYf+oekPMkUweUjrrT4crzV7O9LakZF5/rdl+SVBeSiA/sfTu/dAWvw==",
    ..NEW
};

/// `buf`, by operating system and processor as Rust calls them.
const BUF: [(&str, &str, Package); 4] = [
    (
        "linux",
        "x86_64",
        buf(
            "@bufbuild/buf-linux-x64",
            "sha512-YGGJAx0lpMCE7aMWjNOJcfoEaG/e+iYHnTC4SZ0P5eS4IffMryA9Z4/bb1m1wNXAEJ8ATFMEZOAk/5x9VE47ig==",
        ),
    ),
    (
        "linux",
        "aarch64",
        buf(
            "@bufbuild/buf-linux-aarch64",
            "sha512-eX+XyokzJDqsNIFo8b1O3DBvbnksOozPJX4QVsNn61JqSUtWspyTNeYqwg8lRDancML+bDqZEDFPABjAsVCQGQ==",
        ),
    ),
    (
        "macos",
        "x86_64",
        buf(
            "@bufbuild/buf-darwin-x64",
            "sha512-U2W+MRE9jJ7Am7x02ZWt87U5lfPrjKMdB1aZDslsuyOHo+fEUvZolupmhoW30v6syNAWBOfkoi0k5TLc2FNGqQ==",
        ),
    ),
    (
        "macos",
        "aarch64",
        buf(
            "@bufbuild/buf-darwin-arm64",
            "sha512-QiQYSmtVUcKy9DK/d+zJ3+D4iUQmmiDQ3i8/yBr8cf7Nr28lqKMAIKznJE/uGRsjr90fHaUQO+Xsedec0ArN5g==",
        ),
    ),
];

const fn buf(name: &'static str, integrity: &'static str) -> Package {
    Package {
        folder: "buf",
        name,
        version: "1.75.0",
        integrity,
        without: &[],
    }
}

/// Fetches what is missing and says where everything is.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    if let Some(word) = arguments.first() {
        bail!("`cargo xtask corpus` takes no argument, such as `{word}`");
    }
    let missing = fetch();
    println!("{}", directory().display());
    if missing.is_empty() {
        return Ok(());
    }
    bail!("{}", missing.join("\n"))
}

/// The folder that holds the packages.
pub(crate) fn directory() -> PathBuf {
    workspace::target_dir().join("corpus")
}

/// Fetches `buf` unless it is there, and gives its path.
pub(crate) fn program() -> Result<String> {
    let package = buf_for_here()?;
    package.get(&directory()).context("no buf")?;
    let program = directory().join(package.folder).join("bin/buf");
    Ok(program.display().to_string())
}

/// Fetches what is missing, and gives a line for each package that cannot be had.
pub(crate) fn fetch() -> Vec<String> {
    let got = [Ok(&OLD), Ok(&NEW), buf_for_here()].map(|package| {
        let package = package?;
        let got = package.get(&directory());
        got.with_context(|| format!("no {} {} here", package.name, package.version))
    });
    let missing = got.into_iter().filter_map(Result::err);
    missing.map(|error| format!("{error:#}")).collect()
}

/// The `buf` that runs on this machine.
fn buf_for_here() -> Result<&'static Package> {
    let here = (std::env::consts::OS, std::env::consts::ARCH);
    let mut all = BUF.iter();
    let found = all.find(|(system, processor, _)| (*system, *processor) == here);
    let (_, _, package) = found.context("npm has no buf for this machine")?;
    Ok(package)
}

impl Package {
    /// Fetches the package unless its folder is there.
    fn get(&self, directory: &Path) -> Result<()> {
        let target = directory.join(self.folder);
        // Written last, so that a half-fetched package is never taken for a whole one.
        let stamp = target.join(".integrity");
        if fs::read_to_string(&stamp).is_ok_and(|integrity| integrity == self.integrity) {
            return Ok(());
        }
        if target.exists() {
            fs::remove_dir_all(&target)
                .with_context(|| format!("removing {}", target.display()))?;
        }
        fs::create_dir_all(&target).with_context(|| format!("creating {}", target.display()))?;
        println!(
            "fetching {} {} to {}",
            self.name,
            self.version,
            target.display()
        );
        self.unpack(&target)?;
        for part in self.without {
            let part = target.join(part);
            fs::remove_dir_all(&part).with_context(|| format!("removing {}", part.display()))?;
        }
        fs::write(&stamp, self.integrity).with_context(|| format!("writing {}", stamp.display()))
    }

    fn unpack(&self, target: &Path) -> Result<()> {
        let package = format!("{}@{}", self.name, self.version);
        let mut pack = Command::new("npm");
        pack.args(["pack", "--json", &package, "--pack-destination"])
            .arg(target);
        // npm counts the integrity of what it has fetched.
        if !shell::read(&mut pack)?.contains(self.integrity) {
            bail!("{package} is not what it was: its integrity differs from the pinned one");
        }
        let archive = fs::read_dir(target)
            .with_context(|| format!("reading {}", target.display()))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
            .with_context(|| format!("npm left no archive in {}", target.display()))?;
        let mut tar = Command::new("tar");
        tar.args(["--extract", "--gzip", "--strip-components=1", "--file"])
            .arg(&archive)
            .arg("--directory")
            .arg(target);
        shell::read(&mut tar)?;
        fs::remove_file(&archive).with_context(|| format!("removing {}", archive.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_pinned_integrity_is_not_fetched_again() {
        let directory = std::env::temp_dir().join(format!("xtask-corpus-{}", std::process::id()));
        let folder = directory.join("here");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(".integrity"), "sha512-x").unwrap();
        let package = Package {
            folder: "here",
            name: "no such package",
            version: "0",
            integrity: "sha512-x",
            without: &[],
        };
        let got = package.get(&directory);
        fs::remove_dir_all(&directory).unwrap();
        got.unwrap();
    }
}

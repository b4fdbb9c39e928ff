//! Avro's Java libraries, under the target directory, and a JDK to run them with.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{shell, workspace};

/// What the libraries are, to the version.
const PINS: &str = "tests/clients/java/pom.xml";
/// The oldest Java that runs the programs in `tests/clients/java`.
const OLDEST_JAVA: u32 = 17;

/// Fetches the libraries unless they are there for these very pins; gives their directory.
pub(super) fn prepare() -> Result<String> {
    let pins = workspace::root().join(PINS);
    let wanted = fs::read_to_string(&pins).with_context(|| format!("reading {PINS}"))?;
    java().context("no Java (Debian's package `default-jdk-headless`)")?;
    let dir = workspace::target_dir().join("test-java");
    // Written last, so that a half-fetched set is never taken for a whole one.
    let stamp = dir.join("made-from.txt");
    if !fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == wanted) {
        println!("fetching Avro's Java libraries to {}", dir.display());
        fetch(&pins, &dir).context("no Java libraries (Maven could not fetch them)")?;
        fs::write(&stamp, &wanted).with_context(|| format!("writing {}", stamp.display()))?;
    }
    Ok(dir.display().to_string())
}

/// Sees to it that there is a `java` that compiles what it runs.
fn java() -> Result<()> {
    let Err(first) = check_java() else {
        return Ok(());
    };
    println!("{first:#}; installing a JDK");
    shell::apt_install(&["default-jdk-headless"])?;
    check_java()
}

fn check_java() -> Result<()> {
    // Not `java`: a runtime without a compiler cannot start a source file.
    let said = shell::read(Command::new("javac").arg("-version"))?;
    match major(&said) {
        Some(version) if version >= OLDEST_JAVA => Ok(()),
        _ => bail!("Java {OLDEST_JAVA} or newer is needed, `javac -version` says {said:?}"),
    }
}

/// `17` of `javac 17.0.15`.
fn major(said: &str) -> Option<u32> {
    let version = said.trim().strip_prefix("javac ")?;
    version.split(['.', '-']).next()?.parse().ok()
}

fn fetch(pins: &Path, dir: &Path) -> Result<()> {
    if shell::find("mvn").is_none() {
        println!("installing Maven");
        shell::apt_install(&["maven"])?;
    }
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("removing {}", dir.display()))?;
    }
    shell::run(
        Command::new("mvn")
            .args(["--quiet", "--batch-mode", "--file"])
            .arg(pins)
            .arg("dependency:copy-dependencies")
            .arg(format!("-DoutputDirectory={}", dir.display()))
            .stdin(Stdio::null()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_releases_and_previews() {
        assert_eq!(major("javac 17.0.15\n"), Some(17));
        assert_eq!(major("javac 25-ea"), Some(25));
        assert_eq!(major("javac 1.8.0_402"), Some(1));
        assert_eq!(major("not found"), None);
    }
}

//! Every workspace has a lock file that fits its manifests. The root's own is held by the commands
//! that run with `--locked`; nothing else looks at that of the sample repository.

use std::process::Command;

use crate::shell;

/// The manifests of workspaces besides the root's.
const MANIFESTS: &[&str] = &["fixtures/struct-repo/Cargo.toml"];

/// Lock files that cargo would have to change.
pub(super) fn check() -> Vec<String> {
    MANIFESTS
        .iter()
        .filter_map(|manifest| violation(manifest, &mut metadata(manifest)))
        .collect()
}

/// Asks cargo for all packages of a workspace, which it refuses where the lock file is stale.
fn metadata(manifest: &str) -> Command {
    let options = ["metadata", "--locked", "--format-version", "1"];
    let mut command = shell::cargo(&options);
    command.args(["--manifest-path", manifest]);
    command
}

fn violation(manifest: &str, metadata: &mut Command) -> Option<String> {
    let error = shell::read(metadata).err()?;
    Some(format!(
        "{manifest}: its Cargo.lock is stale; `cargo update --workspace --manifest-path {manifest}` \
         mends it, else: {error:#}"
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_workspace_whose_lock_file_lacks_a_package_is_reported() {
        let dir = std::env::temp_dir().join(format!("xtask-lock-{}", std::process::id()));
        fs::create_dir_all(dir.join("src")).unwrap();
        fs::write(dir.join("src/lib.rs"), "").unwrap();
        let package = "[package]\nname = \"a\"\nedition = \"2024\"\n[workspace]\n";
        fs::write(dir.join("Cargo.toml"), package).unwrap();
        let manifest = dir.join("Cargo.toml").display().to_string();
        let before = violation(&manifest, &mut metadata(&manifest));
        fs::write(
            dir.join("Cargo.lock"),
            "version = 4\n[[package]]\nname = \"a\"\nversion = \"0.0.0\"\n",
        )
        .unwrap();
        let after = violation(&manifest, &mut metadata(&manifest));
        fs::remove_dir_all(&dir).unwrap();
        assert!(before.is_some_and(|text| text.contains("is stale")));
        assert_eq!(after, None);
    }
}

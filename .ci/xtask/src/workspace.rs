//! Where things are.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The root of the repository: that of the checkout in which cargo runs this, which is not the one
/// where it was compiled if several share a target directory.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let at_run_time = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let xtask = at_run_time.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        xtask.ancestors().nth(2).unwrap_or(&xtask).to_path_buf()
    })
}

/// Where cargo builds, absolute.
pub(crate) fn target_dir() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    // Joining an absolute path gives that path.
    root().join(named.unwrap_or_else(|| PathBuf::from("target")))
}

/// Whether this is CI, where nothing may be skipped.
pub(crate) fn is_ci() -> bool {
    std::env::var_os("CI").is_some()
}

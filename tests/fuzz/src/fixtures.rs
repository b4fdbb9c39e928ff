//! The project's own sample schemas, to start from. No corpus is kept beside them: what a run finds
//! worth keeping stays in the target directory, and what it finds wrong becomes a test.

use std::fs;
use std::path::Path;

/// The pairs `old` and `new` of the cases under `fixtures/FORMAT`, in the order of their names.
///
/// # Panics
///
/// If they cannot be read.
pub fn pairs(format: &str, extension: &str) -> Vec<[String; 2]> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures")
        .join(format);
    let entries = fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut cases: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    cases.sort();
    let text =
        |case: &Path, side: &str| fs::read_to_string(case.join(side).with_extension(extension));
    let pair = |case: &Path| Some([text(case, "old").ok()?, text(case, "new").ok()?]);
    cases.iter().filter_map(|case| pair(case)).collect()
}

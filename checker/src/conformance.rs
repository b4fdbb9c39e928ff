//! Data of other implementations for tests, read in place where `CONFORMANCE_DIR` says: evidence,
//! not truth. What the rows mean stands with the tests that read them.

/// The rows of a file; none, with a line that says so, where the variable is not set.
#[expect(
    clippy::disallowed_methods,
    reason = "conformance data are files outside of the project"
)]
pub(crate) fn rows(file: &str) -> Vec<serde_json::Value> {
    let Ok(folder) = std::env::var("CONFORMANCE_DIR") else {
        println!("skipped: CONFORMANCE_DIR is not set, so {file} is not read");
        return Vec::new();
    };
    let text = std::fs::read_to_string(format!("{folder}/{file}")).expect("conformance data");
    let rows = text.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>()
        .expect("a JSON object a line")
}

//! No file and no function grows past what a reader can hold.

use super::rust_text::RustText;

/// The most lines of production code in a file: lines that hold code, outside of test modules.
const FILE_LINES_MAX: usize = 700;
/// The most lines of a function, from its signature to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;
/// What a longer one must say, with the reason.
const EXCUSE: &str = "// tidy: long because ";
/// In which of its first lines a file must say it.
const FILE_EXCUSE_LINES: usize = 30;

/// The file and the functions of it that are too long.
pub(super) fn check(path: &str, source: &RustText<'_>) -> Vec<String> {
    let mut violations = Vec::new();
    let production = source.production();
    let lines = production
        .lines()
        .filter(|line| !line.trim().is_empty())
        .count();
    let mut head = source.original.lines().take(FILE_EXCUSE_LINES);
    if lines > FILE_LINES_MAX && !head.any(|line| line.starts_with(EXCUSE)) {
        violations.push(format!(
            "{path}: {lines} lines of production code, more than {FILE_LINES_MAX}: split it"
        ));
    }
    for function in source.functions() {
        let text = source
            .original
            .get(function.range.clone())
            .unwrap_or_default();
        let lines = text.lines().count();
        if lines > FUNCTION_LINES_MAX && !text.contains(EXCUSE) {
            let line = source.line_of(function.range.start);
            violations.push(format!(
                "{path}:{line}: `{}` has {lines} lines, more than {FUNCTION_LINES_MAX}: split it",
                function.name
            ));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str) -> Vec<String> {
        check("a.rs", &RustText::new(text))
    }

    #[test]
    fn a_long_function_is_reported_unless_it_says_why() {
        let body = "    call();\n".repeat(FUNCTION_LINES_MAX);
        let violations = check_text(&format!("//! a\n\nfn long() {{\n{body}}}\n"));
        assert_eq!(
            violations,
            ["a.rs:3: `long` has 72 lines, more than 70: split it"]
        );
        let excused = format!("fn long() {{\n    // tidy: long because of a table\n{body}}}\n");
        assert!(check_text(&excused).is_empty());
    }

    #[test]
    fn a_long_file_is_reported_but_neither_its_comments_nor_its_tests_count() {
        let code = "use a;\n".repeat(FILE_LINES_MAX);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "use b;\n".repeat(50));
        assert!(check_text(&format!("{code}// why\n\n{tests}")).is_empty());
        assert_eq!(check_text(&format!("{code}use c;\n{tests}")).len(), 1);
        let excused = format!("// tidy: long because it is a table\n{code}use c;\n");
        assert!(check_text(&excused).is_empty());
    }
}

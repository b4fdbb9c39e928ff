//! proto2, proto3 and editions generate other code, even where every feature stays the same.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity, Span};
use crate::protobuf::descriptor::Edition;
use crate::protobuf::diff::Change;
use crate::protobuf::model::File;

/// `protobuf/syntax-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/syntax-changed",
    format: Some(Format::Protobuf),
    summary: "A file is written in another syntax.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: FILE_SAME_SYNTAX",
    docs: include_str!("syntax_changed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::File { old, new } = change else {
        return Vec::new();
    };
    let (before, now) = (syntax(old.edition), syntax(new.edition));
    if before == now {
        return Vec::new();
    }
    vec![finding(
        &RULE,
        Direction::Backward,
        old.package.clone(),
        (place(old), place(new)),
        format!(
            "file `{}` was written in {before} and is now in {now}",
            old.path
        ),
    )]
}

/// Where the syntax is named, or else the package.
fn place(file: &File) -> Option<&Span> {
    let syntax = file.syntax_span.as_ref();
    syntax.or_else(|| file.package_span.as_ref())
}

/// One edition is as good as another.
const fn syntax(edition: Edition) -> &'static str {
    match edition {
        Edition::Unknown | Edition::Legacy | Edition::Proto2 => "proto2",
        Edition::Proto3 => "proto3",
        Edition::Edition2023 | Edition::Edition2024 => "an edition",
    }
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, only};

    #[test]
    fn the_place_is_the_syntax_and_the_package_where_there_is_none() {
        let found = findings("\n\npackage p;", "// A.\nsyntax = \"proto3\";\npackage p;");
        let lines = [&found[0].old, &found[0].new].map(|span| span.as_ref().map(|at| at.line));
        assert_eq!(lines, [Some(3), Some(2)]);
    }

    #[test]
    fn another_syntax_is_named_and_none_at_all_is_proto2() {
        let id = "protobuf/syntax-changed";
        let text = |syntax: &str| format!("{syntax} package p; message M {{}}");
        let (two, three) = (text("syntax = \"proto2\";"), text("syntax = \"proto3\";"));
        only(id, &two, &three, &["backward p"]);
        only(id, &two, &text(""), &[]);
    }
}

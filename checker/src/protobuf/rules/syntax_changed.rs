//! proto2, proto3 and editions generate other code, even where every feature stays the same.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::descriptor::Edition;
use crate::protobuf::diff::Change;

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
        (old.package_span.as_ref(), new.package_span.as_ref()),
        format!(
            "file `{}` was written in {before} and is now in {now}",
            old.path
        ),
    )]
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
    use crate::protobuf::testing::only;

    #[test]
    fn another_syntax_is_named_and_none_at_all_is_proto2() {
        let id = "protobuf/syntax-changed";
        let text = |syntax: &str| format!("{syntax} package p; message M {{}}");
        let (two, three) = (text("syntax = \"proto2\";"), text("syntax = \"proto3\";"));
        only(id, &two, &three, &["backward p"]);
        only(id, &two, &text(""), &[]);
    }
}

//! What a file declared is judged by itself; who imports the file breaks.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::{Change, Scope};

/// `protobuf/file-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/file-removed",
    format: Some(Format::Protobuf),
    summary: "A file is removed.",
    directions: &[Direction::Backward],
    categories: &[Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: FILE_NO_DELETE",
    docs: include_str!("file_removed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::FileRemoved { old } = change else {
        return Vec::new();
    };
    if cx.scope == Scope::Registry {
        return Vec::new();
    }
    vec![finding(
        &RULE,
        Direction::Backward,
        old.package.clone(),
        (old.package_span.as_ref(), None),
        format!(
            "file `{}` is removed; files that import it do not compile",
            old.path
        ),
    )]
}

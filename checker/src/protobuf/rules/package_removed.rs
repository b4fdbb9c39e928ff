//! What a package declared is judged by itself; this names the whole.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::{Change, Scope};

/// `protobuf/package-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/package-removed",
    format: Some(Format::Protobuf),
    summary: "The last file of a package is removed.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: PACKAGE_NO_DELETE",
    docs: include_str!("package_removed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::PackageRemoved { old } = change else {
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
        format!("package `{}` is removed", old.package),
    )]
}

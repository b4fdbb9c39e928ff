//! The bytes do not know packages; names of types, `Any` values and gRPC addresses do.

use super::{BOTH, Context, finding};
use crate::Format;
use crate::model::{Category, Edit, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::wording;

/// `protobuf/package-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/package-changed",
    format: Some(Format::Protobuf),
    summary: "A file names another package.",
    directions: &BOTH,
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Confluent Schema Registry, Protobuf differences: PACKAGE_CHANGED",
    docs: include_str!("package_changed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::Package { old, new } = change else {
        return Vec::new();
    };
    let edits = new.package_span.as_ref().cloned().map(|span| Edit {
        span,
        replacement: format!("package {};", old.package),
    });
    let report = |direction| Finding {
        hint: Some(Hint {
            text: format!("keep `package {};`", old.package),
            edits: edits
                .clone()
                .into_iter()
                .filter(|_| !old.package.is_empty())
                .collect(),
        }),
        wire_message: Some(wording::Kind::PackageChanged.message("#/", direction)),
        ..finding(
            &RULE,
            direction,
            new.package.clone(),
            (old.package_span.as_ref(), new.package_span.as_ref()),
            format!(
                "the package was `{}` and is now `{}`",
                old.package, new.package
            ),
        )
    };
    BOTH.into_iter().map(report).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, only};

    #[test]
    fn a_changed_package_is_named_and_hides_nothing() {
        let old = "syntax = \"proto3\"; package a; message M { int32 x = 1; }";
        let new = "syntax = \"proto3\"; package b; message M { string x = 1; }";
        only(
            "protobuf/package-changed",
            old,
            new,
            &["backward b", "forward b"],
        );
        let found = findings(old, new);
        assert!(
            found
                .iter()
                .any(|finding| finding.rule.id == "protobuf/field-type-changed")
        );
        assert!(
            !found
                .iter()
                .any(|finding| finding.rule.id.contains("message-removed"))
        );
    }
}

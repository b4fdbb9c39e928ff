//! A declaration keeps its full name, so nothing that runs notices; code is generated file by file.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/moved-to-another-file`
pub static RULE: Rule = Rule {
    id: "protobuf/moved-to-another-file",
    format: Some(Format::Protobuf),
    summary: "A message, enum or service stands in another file.",
    directions: &[Direction::Backward],
    categories: &[Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: MESSAGE_NO_DELETE, ENUM_NO_DELETE, SERVICE_NO_DELETE",
    docs: include_str!("moved_to_another_file.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::FileOf { element, old, new } = change else {
        return Vec::new();
    };
    vec![Finding {
        hint: Some(Hint {
            text: format!(
                "let `{}` import `{}` with `import public`",
                old.path, new.path
            ),
            edits: Vec::new(),
        }),
        ..finding(
            &RULE,
            Direction::Backward,
            element.path.clone(),
            element.spans(),
            format!(
                "{} `{}` moved from `{}` to `{}`; what includes the old file does not find it",
                element.kind.name(),
                element.path,
                old.path,
                new.path
            ),
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::model::Category;
    use crate::protobuf::testing::trees;

    #[test]
    fn only_the_category_file_minds_where_something_stands() {
        let old = [(
            "a.proto",
            "syntax = \"proto3\"; package p; message A { int32 x = 1; } message B {}",
        )];
        let new = [
            ("a.proto", "syntax = \"proto3\"; package p; message B {}"),
            (
                "b.proto",
                "syntax = \"proto3\"; package p; message A { int32 x = 1; }",
            ),
        ];
        let errors = |category| trees(&old, &new, category);
        assert_eq!(
            errors(Category::File),
            ["protobuf/moved-to-another-file p.A"]
        );
        assert_eq!(errors(Category::Package), [""; 0]);
    }
}

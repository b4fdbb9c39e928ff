//! Where generated code lands: its package, namespace, prefix or class.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::{Change, ElementKind};
use crate::protobuf::settings::Setting;
use crate::protobuf::tag;

/// `protobuf/file-option-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/file-option-changed",
    format: Some(Format::Protobuf),
    summary: "An option of a file places generated code elsewhere, or generates other code.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: FILE_SAME_GO_PACKAGE and its like",
    docs: include_str!("file_option_changed.md"),
};

/// The options that generated code depends on, each with what it is if it is not set.
const OPTIONS: [(&str, &str); 17] = [
    ("cc_enable_arenas", "true"),
    ("cc_generic_services", "false"),
    ("csharp_namespace", ""),
    ("go_package", ""),
    ("java_generic_services", "false"),
    ("java_multiple_files", "false"),
    ("java_outer_classname", ""),
    ("java_package", ""),
    ("java_string_check_utf8", "false"),
    ("objc_class_prefix", ""),
    ("optimize_for", "SPEED"),
    ("php_class_prefix", ""),
    ("php_metadata_namespace", ""),
    ("php_namespace", ""),
    ("py_generic_services", "false"),
    ("ruby_package", ""),
    ("swift_prefix", ""),
];

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::Setting {
        element,
        option,
        old,
        new,
    } = change
    else {
        return Vec::new();
    };
    let known = OPTIONS.iter().find(|(name, _)| name == option);
    let Some((_, unset)) = known.filter(|_| element.kind == ElementKind::File) else {
        return Vec::new();
    };
    let value = |set: Option<&Setting>| set.map_or(*unset, Setting::text).to_owned();
    let (before, now) = (value(*old), value(*new));
    if before == now {
        return Vec::new();
    }
    let [was, is] = element.statements(tag::FILE_OPTIONS, option);
    let file = cx.old.model.files.get(element.files.0);
    vec![finding(
        &RULE,
        Direction::Backward,
        element.path.clone(),
        (was.as_ref(), is.as_ref()),
        format!(
            "option `{option}` of file `{}` was `{before}` and is now `{now}`",
            file.map_or("", |file| &file.path)
        ),
    )]
}

#[cfg(test)]
mod tests {
    use super::OPTIONS;
    use crate::protobuf::testing::{findings, only};

    #[test]
    fn the_place_is_the_option_and_the_package_where_there_is_none() {
        let old = "syntax = \"proto3\";\npackage p;";
        let more = "option java_package = \"x\";\noption go_package = \"a/c\";";
        let found = findings(old, &format!("{old}\n{more}"));
        let go = found
            .iter()
            .find(|found| found.message.contains("go_package"));
        let lines = go.map(|go| [&go.old, &go.new].map(|span| span.as_ref().map(|at| at.line)));
        assert_eq!(lines, Some([Some(2), Some(4)]));
    }

    #[test]
    fn code_that_lands_elsewhere_is_named_and_a_default_that_is_written_is_not() {
        let id = "protobuf/file-option-changed";
        let text = |option: &str| format!("syntax = \"proto3\"; package p; {option}");
        let go = |path: &str| text(&format!("option go_package = \"{path}\";"));
        only(id, &go("a/b"), &go("a/c"), &["backward p"]);
        only(id, &text(""), &go("a/c"), &["backward p"]);
        only(
            id,
            &text(""),
            &text("option java_multiple_files = false;"),
            &[],
        );
        only(id, &text(""), &text("option optimize_for = SPEED;"), &[]);
        only(
            id,
            &text(""),
            &text("option optimize_for = LITE_RUNTIME;"),
            &["backward p"],
        );
        only(id, &text(""), &text("option cc_enable_arenas = true;"), &[]);
    }

    #[test]
    fn options_are_sorted() {
        assert!(OPTIONS.is_sorted());
    }
}

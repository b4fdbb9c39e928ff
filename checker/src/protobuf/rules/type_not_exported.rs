//! Edition 2024: a type that is local may be named in its own file only.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity, Span};
use crate::protobuf::diff::Change;

/// `protobuf/type-not-exported`
pub static RULE: Rule = Rule {
    id: "protobuf/type-not-exported",
    format: Some(Format::Protobuf),
    summary: "A message or enum that other files could name is local to its file now.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide (editions): export and local; feature settings: default_symbol_visibility",
    docs: include_str!("type_not_exported.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    match change {
        Change::Message { old, new } if old.exported && !new.exported => report(
            "message",
            &old.name,
            (old.name_span.as_ref(), new.name_span.as_ref()),
        ),
        Change::Enum { old, new } if old.exported && !new.exported => report(
            "enum",
            &old.name,
            (old.name_span.as_ref(), new.name_span.as_ref()),
        ),
        _ => Vec::new(),
    }
}

fn report(what: &str, name: &str, spans: (Option<&Span>, Option<&Span>)) -> Vec<Finding> {
    vec![Finding {
        hint: Some(Hint {
            text: format!("write `export {what}`, or set `features.default_symbol_visibility`"),
            edits: Vec::new(),
        }),
        ..finding(
            &RULE,
            Direction::Backward,
            name,
            spans,
            format!(
                "{what} `{name}` is local to its file now; files that import it do not compile"
            ),
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::TreeOptions;
    use crate::protobuf::testing::{over, review};

    const ID: &str = "protobuf/type-not-exported";

    fn text(declarations: &str) -> String {
        format!("edition = \"2024\"; package p; {declarations}")
    }

    #[test]
    fn a_type_that_others_cannot_name_any_more_is_named() {
        let check = |old: &str, new: &str, expected: &[&str]| {
            assert_eq!(over(ID, &[&text(old), &text(new)]), expected, "{old} {new}");
        };
        let (local, export) = ("local message M {}", "export message M {}");
        check(export, local, &["backward p.M"]);
        check("message M {}", local, &["backward p.M"]);
        check(
            "enum E { A = 0; }",
            "local enum E { A = 0; }",
            &["backward p.E"],
        );
        check(local, export, &[]);
        check(export, "message M {}", &[]);
        // What is nested is local unless it says otherwise.
        let nested = |word: &str| format!("message M {{ {word} message N {{}} }}");
        check(&nested("export"), &nested(""), &["backward p.M.N"]);
        let all = "option features.default_symbol_visibility = LOCAL_ALL; message M {}";
        check("message M {}", all, &["backward p.M"]);
    }

    #[test]
    fn an_edition_that_hides_what_is_nested_is_told() {
        let declarations = "package p; message M { message N {} }";
        let old = format!("edition = \"2023\"; {declarations}");
        let new = format!("edition = \"2024\"; {declarations}");
        assert_eq!(over(ID, &[&old, &new]), ["backward p.M.N"]);
    }

    #[test]
    fn the_change_log_tells_both_ways() {
        let log = |old: &str, new: &str| {
            let review = review(&[&text(old), &text(new)], &TreeOptions::default());
            let log = review.log.into_iter().map(|entry| entry.text);
            log.collect::<Vec<_>>()
        };
        let (local, export) = ("local message M {}", "export message M {}");
        assert_eq!(
            log(export, local),
            ["message `p.M`: is local to its file now"]
        );
        assert_eq!(log(local, export), ["message `p.M`: is exported now"]);
    }
}

//! Who uses an element learns from `deprecated = true` that it will go; what goes unannounced breaks them
//! by surprise.

use super::{Context, finding};
use crate::Format;
use crate::Span;
use crate::model::{Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::{Change, ElementKind};
use crate::protobuf::model::FileId;
use crate::protobuf::settings::Settings;

/// `protobuf/removed-without-deprecation`
pub static RULE: Rule = Rule {
    id: "protobuf/removed-without-deprecation",
    format: Some(Format::Protobuf),
    summary: "An element is removed that was not marked as deprecated for long enough.",
    directions: &[Direction::Backward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: options, deprecated",
    docs: include_str!("removed_without_deprecation.md"),
};

/// Something that is gone.
struct Removed<'a> {
    kind: ElementKind,
    path: String,
    deprecated: bool,
    file: FileId,
    old: Option<&'a Span>,
    new: Option<&'a Span>,
}

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let (Some(versions), Some(removed)) = (cx.deprecated_for, removed(change)) else {
        return Vec::new();
    };
    if is_deprecated(&removed, cx, versions) {
        return Vec::new();
    }
    vec![Finding {
        hint: Some(Hint {
            text: format!(
                "put it back, mark it with `deprecated = true`, and remove it {versions} version{} \
                 later",
                if versions == 1 { "" } else { "s" }
            ),
            edits: Vec::new(),
        }),
        ..finding(
            &RULE,
            Direction::Backward,
            removed.path.clone(),
            (removed.old, removed.new),
            format!(
                "{} `{}` is removed and was not deprecated in {}",
                removed.kind.name(),
                removed.path,
                match versions {
                    1 => "the last version".to_owned(),
                    many => format!("each of the last {many} versions"),
                }
            ),
        )
    }]
}

/// Whether the change removes something that was deprecated for as long as is asked for.
pub(crate) fn is_retired(change: &Change, cx: &Context) -> bool {
    let removed = cx.deprecated_for.zip(removed(change));
    removed.is_some_and(|(versions, removed)| is_deprecated(&removed, cx, versions))
}

fn is_deprecated(removed: &Removed, cx: &Context, versions: usize) -> bool {
    // The old state is one of the versions.
    let before = versions.saturating_sub(1);
    let history = cx.history;
    (removed.deprecated || is_around_deprecated(removed, cx))
        && (before == 0 || history.is_some_and(|history| history.deprecated(&removed.path, before)))
}

/// Whether something that the element stands in is marked: a message, an enum, a service, the file.
fn is_around_deprecated(removed: &Removed, cx: &Context) -> bool {
    let model = cx.old.model;
    let mut path = removed.path.as_str();
    while let Some((around, _)) = path.rsplit_once('.') {
        let message = model.messages.get(around).map(|found| &found.options);
        let found = message.or_else(|| model.enums.get(around).map(|found| &found.options));
        let found = found.or_else(|| model.services.get(around).map(|found| &found.options));
        if found.is_some_and(Settings::is_deprecated) {
            return true;
        }
        path = around;
    }
    let file = model.files.get(removed.file);
    file.is_some_and(|file| file.options.is_deprecated())
}

fn removed<'a>(change: &Change<'a>) -> Option<Removed<'a>> {
    let (kind, path, (options, file), old, new) = match change {
        Change::FieldRemoved { message, old } => (
            ElementKind::Field,
            message.old.path_of(old),
            (&old.options, message.old.file),
            old.span.as_ref(),
            message.new.name_span.as_ref(),
        ),
        // Where the number has another name, the value is renamed.
        Change::EnumValueRemoved { old, new, value } if !new.has_number(value.number) => (
            ElementKind::EnumValue,
            format!("{}.{}", old.name, value.name),
            (&value.options, old.file),
            value.span.as_ref(),
            new.name_span.as_ref(),
        ),
        Change::MessageRemoved { old, .. } => {
            let span = old.name_span.as_ref();
            (
                ElementKind::Message,
                old.name.clone(),
                (&old.options, old.file),
                span,
                None,
            )
        }
        Change::EnumRemoved { old } => {
            let span = old.name_span.as_ref();
            (
                ElementKind::Enum,
                old.name.clone(),
                (&old.options, old.file),
                span,
                None,
            )
        }
        Change::ServiceRemoved {
            old,
            moved_to: None,
        } => {
            let span = old.name_span.as_ref();
            (
                ElementKind::Service,
                old.name.clone(),
                (&old.options, old.file),
                span,
                None,
            )
        }
        Change::MethodRemoved { old, new, method } => (
            ElementKind::Rpc,
            format!("{}.{}", old.name, method.name),
            (&method.options, old.file),
            method.span.as_ref(),
            new.name_span.as_ref(),
        ),
        _ => return None,
    };
    Some(Removed {
        kind,
        path,
        deprecated: options.is_deprecated(),
        file,
        old,
        new,
    })
}

#[cfg(test)]
mod tests {
    use crate::model::{Category, Severity};
    use crate::protobuf::TreeOptions;
    use crate::protobuf::testing::review;

    const SERVICE: &str = "syntax = \"proto3\"; package p; message A {}
        service S { rpc R(A) returns (A); rpc Q(A) returns (A) { } }";

    fn severities(texts: &[&str], versions: usize) -> Vec<(&'static str, Severity)> {
        let options = TreeOptions {
            deprecated_for: Some(versions),
            categories: vec![Category::Grpc],
            ..TreeOptions::default()
        };
        let found = review(texts, &options).comparison.findings;
        found
            .iter()
            .map(|found| (found.rule.id, found.severity))
            .collect()
    }

    #[test]
    fn what_was_deprecated_for_long_enough_may_go() {
        let marked = SERVICE.replace("{ }", "{ option deprecated = true; }");
        let gone = SERVICE.replace("rpc Q(A) returns (A) { }", "");
        let (removed, rule) = (
            "protobuf/rpc-removed",
            "protobuf/removed-without-deprecation",
        );
        let error = Severity::Error;
        assert_eq!(
            severities(&[SERVICE, &gone], 1),
            [(rule, error), (removed, error)]
        );
        let warned = [(removed, Severity::Warning)];
        assert_eq!(severities(&[&marked, &gone], 1), warned);
        assert_eq!(
            severities(&[&marked, &gone], 2),
            [(rule, error), (removed, error)]
        );
        assert_eq!(severities(&[SERVICE, &marked, &gone], 2).len(), 2);
        assert_eq!(severities(&[SERVICE, &marked, &marked, &gone], 2), warned);
    }

    #[test]
    fn what_stands_in_something_deprecated_is_deprecated_too() {
        let gone = SERVICE.replace("rpc Q(A) returns (A) { }", "");
        let warned = [("protobuf/rpc-removed", Severity::Warning)];
        for (place, marked) in [
            ("service S {", "service S { option deprecated = true;"),
            ("package p;", "package p; option deprecated = true;"),
        ] {
            let marked = SERVICE.replace(place, marked);
            assert_eq!(severities(&[&marked, &gone], 1), warned, "{place}");
            assert_eq!(severities(&[&marked, &marked, &gone], 2), warned, "{place}");
            assert_eq!(severities(&[SERVICE, &marked, &gone], 2).len(), 2);
        }
    }

    #[test]
    fn what_was_renamed_keeps_its_mark() {
        let text = |name: &str, field: &str| {
            let fields = "string b = 2; string c = 3; string d = 4;";
            format!("syntax = \"proto3\"; package p; message {name} {{ {field} {fields} }}")
        };
        let marked = "string a = 1 [deprecated = true];";
        let gone = text("N", "reserved 1; reserved \"a\";");
        let missing = |first: &str| {
            let found = severities(&[first, &text("N", marked), &gone], 2);
            let id = "protobuf/removed-without-deprecation";
            found.iter().filter(|(rule, _)| *rule == id).count()
        };
        assert_eq!(missing(&text("M", marked)), 0);
        assert_ne!(missing(&text("M", "string a = 1;")), 0);
        // Another message had the mark.
        let other =
            "syntax = \"proto3\"; package p; message M { string a = 1 [deprecated = true]; }";
        assert_ne!(missing(other), 0);
    }

    #[test]
    fn a_number_that_is_not_reserved_stays_an_error() {
        let text = |field: &str| format!("syntax = \"proto3\"; package p; message M {{ {field} }}");
        let old = text("string a = 1 [deprecated = true];");
        let options = TreeOptions {
            deprecated_for: Some(1),
            categories: vec![Category::File],
            ..TreeOptions::default()
        };
        let errors = |new: &str| {
            review(&[&old, &text(new)], &options)
                .comparison
                .errors()
                .count()
        };
        assert_ne!(errors(""), 0);
        assert_eq!(errors("reserved 1; reserved \"a\";"), 0);
    }
}

//! The encoding does not know the annotation; the server that checks it does.

use super::{Context, finding};
use crate::Format;
use crate::Span;
use crate::model::{Audience, Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::settings::Setting;

/// `protobuf/field-required-by-server`
pub static RULE: Rule = Rule {
    id: "protobuf/field-required-by-server",
    format: Some(Format::Protobuf),
    summary: "A field of a request becomes `REQUIRED`, so that calls of old clients are refused.",
    directions: &[Direction::Backward],
    categories: &[Category::Grpc],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "google/api/field_behavior.proto: REQUIRED; AIP-203",
    docs: include_str!("field_required_by_server.md"),
};

/// The option of a field.
pub(super) const OPTION: &str = "(google.api.field_behavior)";

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    match change {
        Change::FieldAdded { message, new } if requires(new.options.get(OPTION)) => {
            let spans = (message.old.name_span.as_ref(), new.span.as_ref());
            let holder = (message.old.name.as_str(), message.new.name.as_str());
            let text = format!("field `{}` is added and is required", new.name);
            report(cx, holder, message.new.path_of(new), spans, &text)
        }
        Change::Setting {
            element,
            option: OPTION,
            old,
            new,
        } if requires(*new) && !requires(*old) => {
            let text = "the field is now required";
            let spans = element.spans();
            let holder = element.holder.unwrap_or_default();
            report(cx, holder, element.path.clone(), spans, text)
        }
        _ => Vec::new(),
    }
}

fn requires(option: Option<&Setting>) -> bool {
    option.is_some_and(|option| has(option, "REQUIRED"))
}

/// Whether a behavior is among those of a field.
pub(super) fn has(option: &Setting, behavior: &str) -> bool {
    option.items().iter().any(|item| item.text() == behavior)
}

/// What only responses hold a server always sets.
fn report(
    cx: &Context,
    holder: (&str, &str),
    path: String,
    spans: (Option<&Span>, Option<&Span>),
    text: &str,
) -> Vec<Finding> {
    if cx
        .usages
        .is_some_and(|usages| usages.is_response_only(holder))
    {
        return Vec::new();
    }
    vec![Finding {
        hint: Some(Hint {
            text: "let the server go on without the field, with the meaning that its absence had"
                .to_owned(),
            edits: Vec::new(),
        }),
        audience: vec![Audience::OldClients],
        ..finding(
            &RULE,
            Direction::Backward,
            path,
            spans,
            format!("{text}: calls without it are refused with INVALID_ARGUMENT"),
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::only;

    const ID: &str = "protobuf/field-required-by-server";

    fn api(field: &str, input: &str, output: &str) -> String {
        format!(
            "syntax = \"proto3\"; package p; import \"google/api/field_behavior.proto\"; \
             message A {{ B b = 1; }} message B {{ string x = 1; {field} }} message C {{}} \
             service S {{ rpc R({input}) returns ({output}); }}"
        )
    }

    #[test]
    fn a_request_that_must_have_more_is_refused() {
        let required = "string y = 2 [(google.api.field_behavior) = REQUIRED];";
        let plain = "string y = 2;";
        let broken = ["backward p.B.y"];
        only(ID, &api(plain, "A", "C"), &api(required, "A", "C"), &broken);
        only(ID, &api("", "A", "C"), &api(required, "A", "C"), &broken);
        only(ID, &api(required, "A", "C"), &api(plain, "A", "C"), &[]);
    }

    #[test]
    fn a_response_always_has_it() {
        let required = "string y = 2 [(google.api.field_behavior) = REQUIRED];";
        only(ID, &api("", "C", "A"), &api(required, "C", "A"), &[]);
        only(
            ID,
            &api("", "A", "A"),
            &api(required, "A", "A"),
            &["backward p.B.y"],
        );
    }
}

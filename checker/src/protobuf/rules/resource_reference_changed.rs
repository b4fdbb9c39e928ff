//! What a string names: clients pass the name of that resource, and of no other.

use super::Context;
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::judges::promises::{self, Broken, Promise};
use crate::protobuf::settings::Setting;

/// `protobuf/resource-reference-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/resource-reference-changed",
    format: Some(Format::Protobuf),
    summary: "A field refers to another type of resource, or to none.",
    directions: &[Direction::Backward],
    categories: &[Category::Grpc, Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "google/api/resource.proto: ResourceReference; AIP-4231",
    docs: include_str!("resource_reference_changed.md"),
};

/// The option of a field.
pub(super) const OPTION: &str = "(google.api.resource_reference)";

static PROMISE: Promise = Promise {
    rule: &RULE,
    options: &[OPTION],
    broken,
    audience: &[],
    statement: None,
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    promises::judge(change, &PROMISE)
}

fn broken(old: &Setting, new: &Setting) -> Vec<Broken> {
    let (Some(before), now) = (referred(old), referred(new)) else {
        return Vec::new();
    };
    let now = now.unwrap_or_else(|| "nothing".to_owned());
    // A reference to anything takes the names of all types.
    if before == now || now == "`*`" {
        return Vec::new();
    }
    vec![Broken {
        text: format!("the field referred to {before} and now refers to {now}"),
        help: "keep the reference, and add a field for the other type".to_owned(),
    }]
}

fn referred(option: &Setting) -> Option<String> {
    let text = |name: &str| option.field(name).map(Setting::text);
    let kind = text("type").map(|kind| format!("`{kind}`"));
    kind.or_else(|| text("child_type").map(|child| format!("a parent of `{child}`")))
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::only;

    #[test]
    fn another_type_is_named_and_any_type_is_well() {
        let id = "protobuf/resource-reference-changed";
        let field = |option: &str| {
            format!(
                "syntax = \"proto3\"; package p; import \"google/api/resource.proto\"; \
                 message M {{ string a = 1 {option}; }}"
            )
        };
        let to = |part: &str, kind: &str| {
            field(&format!(
                "[(google.api.resource_reference).{part} = \"{kind}\"]"
            ))
        };
        let old = to("type", "a/M");
        only(id, &old, &to("type", "a/N"), &["backward p.M.a"]);
        only(id, &old, &to("child_type", "a/M"), &["backward p.M.a"]);
        only(id, &old, &field(""), &["backward p.M.a"]);
        only(id, &old, &to("type", "*"), &[]);
        only(id, &field(""), &old, &[]);
    }
}

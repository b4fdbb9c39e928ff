//! Names of resources are strings; their patterns are the contract of whoever takes them apart.

use super::Context;
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::judges::promises::{self, Broken, Promise};
use crate::protobuf::settings::Setting;

/// `protobuf/resource-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/resource-changed",
    format: Some(Format::Protobuf),
    summary: "A resource loses its annotation, its type or a pattern of its names.",
    directions: &[Direction::Backward],
    categories: &[Category::Grpc, Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "google/api/resource.proto: ResourceDescriptor; AIP-123",
    docs: include_str!("resource_changed.md"),
};

/// The options of a message and of a file.
pub(super) const OPTION: &str = "(google.api.resource)";
pub(super) const OF_FILE: &str = "(google.api.resource_definition)";

static PROMISE: Promise = Promise {
    rule: &RULE,
    options: &[OPTION, OF_FILE],
    broken,
    audience: &[],
    statement: None,
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    promises::judge(change, &PROMISE)
}

fn broken(old: &Setting, new: &Setting) -> Vec<Broken> {
    let texts = old.items().iter().flat_map(|old| lost(old, new.items()));
    let broken = |text| Broken {
        text,
        help: "keep type and patterns, and add a new pattern behind the old ones".to_owned(),
    };
    texts.map(broken).collect()
}

/// What a resource had that none has now.
fn lost(old: &Setting, now: &[Setting]) -> Vec<String> {
    let text = |of: &Setting, name: &str| of.field(name).map_or("", Setting::text).to_owned();
    let kind = text(old, "type");
    let Some(new) = now.iter().find(|new| text(new, "type") == kind) else {
        return vec![format!("the resource type `{kind}` is gone")];
    };
    let patterns = |of: &Setting| -> Vec<String> {
        let patterns = of.field("pattern").into_iter().flat_map(Setting::items);
        patterns.map(|pattern| pattern.text().to_owned()).collect()
    };
    let (before, after) = (patterns(old), patterns(new));
    let gone = before.iter().filter(|pattern| !after.contains(pattern));
    let mut texts: Vec<String> = gone
        .map(|pattern| format!("names of `{kind}` have the pattern `{pattern}` no more"))
        .collect();
    // Generators name the classes of patterns by their order.
    if texts.is_empty() && !after.starts_with(&before) {
        texts.push(format!("the patterns of `{kind}` have another order"));
    }
    texts
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::only;

    #[test]
    fn a_type_or_pattern_that_is_gone_is_named() {
        let id = "protobuf/resource-changed";
        let message = |option: &str| {
            format!(
                "syntax = \"proto3\"; package p; import \"google/api/resource.proto\"; \
                 message M {{ {option} string name = 1; }}"
            )
        };
        let resource = |kind: &str, patterns: &[&str]| {
            let patterns: Vec<String> = patterns
                .iter()
                .map(|text| format!("pattern: \"{text}\""))
                .collect();
            let patterns = patterns.join(" ");
            message(&format!(
                "option (google.api.resource) = {{ type: \"{kind}\" {patterns} }};"
            ))
        };
        let old = resource("a/M", &["m/{m}", "n/{m}"]);
        let broken = ["backward p.M"];
        only(
            id,
            &old,
            &resource("a/M", &["m/{m}", "n/{m}", "o/{m}"]),
            &[],
        );
        only(id, &old, &resource("a/M", &["m/{m}"]), &broken);
        only(id, &old, &resource("a/M", &["n/{m}", "m/{m}"]), &broken);
        only(id, &old, &resource("a/N", &["m/{m}", "n/{m}"]), &broken);
        only(id, &old, &message(""), &broken);
        only(id, &message(""), &old, &[]);
    }
}

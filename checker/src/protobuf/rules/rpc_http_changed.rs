//! Who calls through a gateway knows an RPC by verb and URL; the annotation is their contract.

use std::collections::BTreeSet;

use super::Context;
use crate::Format;
use crate::model::{Audience, Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::judges::promises::{self, Broken, Promise};
use crate::protobuf::settings::Setting;
use crate::protobuf::tag;

/// `protobuf/rpc-http-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/rpc-http-changed",
    format: Some(Format::Protobuf),
    summary: "An RPC is no longer reached by an HTTP verb and path, or takes or gives another body.",
    directions: &[Direction::Backward],
    categories: &[Category::Grpc],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "google/api/http.proto: HttpRule",
    docs: include_str!("rpc_http_changed.md"),
};

/// The option of an RPC.
pub(super) const OPTION: &str = "(google.api.http)";

/// No more bindings are named; the others are counted.
const MAX_NAMED: usize = 3;

/// One way to reach an RPC.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Binding {
    verb: String,
    /// The path template as it is written.
    path: String,
    body: String,
    response_body: String,
}

static PROMISE: Promise = Promise {
    rule: &RULE,
    options: &[OPTION],
    broken,
    audience: &[Audience::OldClients, Audience::Json],
    statement: Some(tag::METHOD_OPTIONS),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    promises::judge(change, &PROMISE)
}

fn broken(old: &Setting, new: &Setting) -> Vec<Broken> {
    let (before, now) = (bindings(old), bindings(new));
    let help = if now.is_empty() {
        "keep the annotation until nobody calls the URL"
    } else {
        "keep the binding, and put the new one beside it in `additional_bindings`"
    };
    let mut told = BTreeSet::new();
    let texts = before.iter().filter_map(|binding| unserved(binding, &now));
    let broken = |text| Broken {
        text,
        help: help.to_owned(),
    };
    texts
        .filter(|text| told.insert(text.clone()))
        .map(broken)
        .collect()
}

/// What callers of a binding meet now; `None` if they are served as before.
fn unserved(old: &Binding, now: &[Binding]) -> Option<String> {
    let same = |new: &&Binding| new.verb == old.verb && shape(&new.path) == shape(&old.path);
    let served: Vec<&Binding> = now.iter().filter(same).collect();
    let Some(first) = served.first() else {
        let instead = match now {
            [] => "the RPC has no HTTP binding now".to_owned(),
            now => format!("the RPC is reached by {}", listed(now)),
        };
        return Some(format!(
            "`{} {}` is answered no more; {instead}",
            old.verb, old.path
        ));
    };
    let word = |body: &str| {
        if body.is_empty() {
            "none".to_owned()
        } else {
            format!("`{body}`")
        }
    };
    if served.iter().all(|new| new.body != old.body) {
        return Some(format!(
            "the body of `{} {}` was {} and is now {}",
            old.verb,
            old.path,
            word(&old.body),
            word(&first.body)
        ));
    }
    if served
        .iter()
        .all(|new| new.response_body != old.response_body)
    {
        return Some(format!(
            "the body of the answer to `{} {}` was {} and is now {}",
            old.verb,
            old.path,
            word(&old.response_body),
            word(&first.response_body)
        ));
    }
    None
}

fn listed(bindings: &[Binding]) -> String {
    let named = bindings.iter().take(MAX_NAMED);
    let mut named: Vec<String> = named
        .map(|binding| format!("`{} {}`", binding.verb, binding.path))
        .collect();
    if bindings.len() > MAX_NAMED {
        named.push(format!("{} more", bindings.len() - MAX_NAMED));
    }
    named.join(", ")
}

fn bindings(rule: &Setting) -> Vec<Binding> {
    // Additional bindings have none of their own.
    let more = rule.field("additional_bindings").into_iter();
    let more = more.flat_map(Setting::items);
    std::iter::once(rule)
        .chain(more)
        .filter_map(binding)
        .collect()
}

fn binding(rule: &Setting) -> Option<Binding> {
    let text = |of: &Setting, name: &str| of.field(name).map(|set| set.text().to_owned());
    let plain = ["get", "put", "post", "delete", "patch"];
    let plain = plain
        .iter()
        .find_map(|verb| Some((verb.to_uppercase(), text(rule, verb)?)));
    let custom = || {
        let custom = rule.field("custom")?;
        Some((text(custom, "kind")?, text(custom, "path")?))
    };
    let (verb, path) = plain.or_else(custom)?;
    Some(Binding {
        verb,
        path,
        body: text(rule, "body").unwrap_or_default(),
        response_body: text(rule, "response_body").unwrap_or_default(),
    })
}

/// A template without the names of its variables, which no URL shows: `/v1/{name=shelves/*}` as
/// `/v1/shelves/*`, `/v1/{id}` as `/v1/*`.
fn shape(template: &str) -> String {
    let mut shape = String::new();
    let mut rest = template;
    while let Some((before, variable)) = rest.split_once('{') {
        shape.push_str(before);
        let (variable, behind) = variable.split_once('}').unwrap_or((variable, ""));
        shape.push_str(
            variable
                .split_once('=')
                .map_or("*", |(_, segments)| segments),
        );
        rest = behind;
    }
    shape.push_str(rest);
    shape
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, only};

    const ID: &str = "protobuf/rpc-http-changed";

    fn rpc(http: &str) -> String {
        format!(
            "syntax = \"proto3\"; package p; import \"google/api/annotations.proto\"; \
             message A {{ string name = 1; }} service S {{ rpc R(A) returns (A) {{ {http} }} }}"
        )
    }

    fn http(rule: &str) -> String {
        rpc(&format!("option (google.api.http) = {{ {rule} }};"))
    }

    #[test]
    fn verbs_paths_and_bodies_are_the_contract_of_those_who_call_a_gateway() {
        let old = http("post: \"/v1/{name=a/*}\" body: \"*\"");
        let broken = ["backward p.S.R"];
        only(
            ID,
            &old,
            &http("put: \"/v1/{name=a/*}\" body: \"*\""),
            &broken,
        );
        only(
            ID,
            &old,
            &http("post: \"/v2/{name=a/*}\" body: \"*\""),
            &broken,
        );
        only(ID, &old, &http("post: \"/v1/{name=a/*}\""), &broken);
        only(ID, &old, &rpc(""), &broken);
        only(ID, &rpc(""), &old, &[]);
        let found = |new: &str| {
            let found = findings(&old, new).swap_remove(0);
            let new = found.new.map(|span| span.column);
            (found.message, found.hint.map(|hint| hint.text), new)
        };
        let gone = "`POST /v1/{name=a/*}` is answered no more";
        let (message, help, _) = found(&rpc(""));
        assert_eq!(message, format!("{gone}; the RPC has no HTTP binding now"));
        assert_eq!(
            help.as_deref(),
            Some("keep the annotation until nobody calls the URL")
        );
        let moved = http("put: \"/v2\"");
        let (message, _, column) = found(&moved);
        assert_eq!(message, format!("{gone}; the RPC is reached by `PUT /v2`"));
        let at = moved.find("option (google.api.http)").map(|at| at + 1);
        assert_eq!(column.and_then(|column| usize::try_from(column).ok()), at);
    }

    #[test]
    fn names_of_variables_and_further_bindings_hurt_nobody() {
        let old = http("get: \"/v1/{name=a/*}\"");
        only(ID, &old, &http("get: \"/v1/{id=a/*}\""), &[]);
        let more = "get: \"/v2/{name=b/*}\" additional_bindings { get: \"/v1/{name=a/*}\" }";
        only(ID, &old, &http(more), &[]);
        only(ID, &http(more), &old, &["backward p.S.R"]);
        let custom = http("custom { kind: \"HEAD\" path: \"/v1/x\" }");
        only(ID, &custom, &old, &["backward p.S.R"]);
    }
}

//! Clients, proxies and gateways retry, cache and choose GET by the level.

use super::{BOTH, Context, about};
use crate::Format;
use crate::model::{Audience, Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::settings::Setting;

/// `protobuf/rpc-idempotency-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/rpc-idempotency-changed",
    format: Some(Format::Protobuf),
    summary: "An RPC promises less about calls that are repeated, or may newly be sent as GET.",
    directions: &BOTH,
    categories: &[Category::Grpc, Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "google/protobuf/descriptor.proto: MethodOptions.idempotency_level",
    docs: include_str!("rpc_idempotency_changed.md"),
};

/// What a level promises, the more the higher.
const LEVELS: [&str; 3] = ["IDEMPOTENCY_UNKNOWN", "IDEMPOTENT", "NO_SIDE_EFFECTS"];

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Some((element, old, new)) = change.option("idempotency_level") else {
        return Vec::new();
    };
    let (before, now) = (level(old), level(new));
    let word = |level: usize| LEVELS.get(level).copied().unwrap_or_default();
    let (direction, what, hint) = match () {
        () if now < before => (
            Direction::Backward,
            "deployed clients and proxies still repeat, cache or send it as GET",
            "add a new RPC for what may not be repeated",
        ),
        // Only this level lets a protocol choose GET.
        () if now > before && now == LEVELS.len() - 1 => (
            Direction::Forward,
            "new clients of protocols that know GET may send it so, and deployed servers take POST \
             only",
            "deploy the servers before the clients",
        ),
        () => return Vec::new(),
    };
    vec![Finding {
        hint: Some(Hint {
            text: hint.to_owned(),
            edits: Vec::new(),
        }),
        audience: vec![match direction {
            Direction::Backward => Audience::OldClients,
            Direction::Forward => Audience::NewClients,
        }],
        ..about(
            &RULE,
            direction,
            element,
            format!(
                "the RPC was {} and is now {}: {what}",
                word(before),
                word(now)
            ),
        )
    }]
}

fn level(set: Option<&Setting>) -> usize {
    let text = set.map_or("", Setting::text);
    let level = LEVELS.iter().position(|level| *level == text);
    level.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::only;

    #[test]
    fn a_promise_that_is_taken_back_is_named() {
        let id = "protobuf/rpc-idempotency-changed";
        let rpc = |level: &str| {
            format!(
                "syntax = \"proto3\"; package p; message A {{}} \
                 service S {{ rpc R(A) returns (A) {{ {level} }} }}"
            )
        };
        let (none, once) = (rpc(""), rpc("option idempotency_level = NO_SIDE_EFFECTS;"));
        let again = rpc("option idempotency_level = IDEMPOTENT;");
        only(id, &once, &none, &["backward p.S.R"]);
        only(id, &once, &again, &["backward p.S.R"]);
        only(id, &none, &again, &[]);
        only(id, &none, &once, &["forward p.S.R"]);
        only(
            id,
            &none,
            &rpc("option idempotency_level = IDEMPOTENCY_UNKNOWN;"),
            &[],
        );
    }
}

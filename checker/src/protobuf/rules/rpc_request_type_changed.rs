//! The request of an RPC is another message: clients send it, servers read it.

use super::generated_type_changed::is_same_message;
use super::{BOTH, Context, finding};
use crate::Format;
use crate::model::{Category, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::witness::grpc;

/// `protobuf/rpc-request-type-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/rpc-request-type-changed",
    format: Some(Format::Protobuf),
    summary: "An RPC has another request type.",
    directions: &BOTH,
    categories: &[Category::Grpc, Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "gRPC: service definition; Protocol Buffers, language guide: services",
    docs: include_str!("rpc_request_type_changed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::Method {
        service,
        old,
        new,
        renamed,
    } = change
    else {
        return Vec::new();
    };
    // The same message under another name has the same bytes. What code sees of it, where both are
    // there, `generated-type-changed` tells.
    let same = renamed.input || is_same_message(cx, &old.input, &new.input);
    if old.input == new.input || same {
        return Vec::new();
    }
    let report = |direction| Finding {
        hint: Some(Hint {
            text: format!("keep `{}`, or add a new RPC for `{}`", old.input, new.input),
            edits: Vec::new(),
        }),
        witness: grpc::request(cx, direction, service, (old, new)),
        ..finding(
            &RULE,
            direction,
            format!("{}.{}", service.name, old.name),
            (old.input_span.as_ref(), new.input_span.as_ref()),
            format!(
                "the request of RPC `{}` was `{}` and is now `{}`",
                old.name, old.input, new.input
            ),
        )
    };
    BOTH.into_iter().map(report).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    const ID: &str = "protobuf/rpc-request-type-changed";

    fn rpc(messages: &str, input: &str) -> String {
        let (input, output) = (input, "X");
        proto(&format!(
            "message X {{}} {messages} service S {{ rpc R({input}) returns ({output}); }}"
        ))
    }

    #[test]
    fn another_message_breaks_both_directions() {
        let messages = "message A { int32 x = 1; } message B { string y = 1; }";
        only(
            ID,
            &rpc(messages, "A"),
            &rpc(messages, "B"),
            &["backward p.S.R", "forward p.S.R"],
        );
    }

    #[test]
    fn the_same_message_under_another_name_is_well() {
        let old = rpc("message A { int32 x = 1; }", "A");
        only(ID, &old, &rpc("message B { int32 x = 1; }", "B"), &[]);
    }
}

//! The response of an RPC is another message: servers send it, clients read it.

use super::{BOTH, Context};
use crate::Format;
use crate::model::{Category, Finding, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::judges::rpc_types::{self, Part};
use crate::protobuf::witness::grpc;

/// `protobuf/rpc-response-type-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/rpc-response-type-changed",
    format: Some(Format::Protobuf),
    summary: "An RPC has another response type.",
    directions: &BOTH,
    categories: &[Category::Grpc, Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "gRPC: service definition; Protocol Buffers, language guide: services",
    docs: include_str!("rpc_response_type_changed.md"),
};

static PART: Part = Part {
    rule: &RULE,
    word: "response",
    types: |carried| carried.output,
    span: |method| &method.output_span,
    witness: grpc::response,
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    rpc_types::judge(change, cx, &PART)
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    const ID: &str = "protobuf/rpc-response-type-changed";

    fn rpc(messages: &str, output: &str) -> String {
        let (input, output) = ("X", output);
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
        let messages = "message A { int32 x = 1; } message B { int32 x = 1; }";
        only(ID, &rpc(messages, "A"), &rpc(messages, "B"), &[]);
    }

    #[test]
    fn a_message_with_more_fields_is_read_as_one_that_got_them() {
        let messages = "message A { int32 x = 1; } message B { int32 x = 1; int32 y = 2; }";
        let (less, more) = (rpc(messages, "A"), rpc(messages, "B"));
        only(ID, &less, &more, &[]);
        only(ID, &more, &less, &["backward p.S.R"]);
    }
}

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

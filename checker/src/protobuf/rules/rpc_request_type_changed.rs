//! The request of an RPC is another message: clients send it, servers read it.

use super::{BOTH, Context};
use crate::Format;
use crate::model::{Category, Finding, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::judges::rpc_types::{self, Part};
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

static PART: Part = Part {
    rule: &RULE,
    word: "request",
    types: |carried| carried.input,
    span: |method| &method.input_span,
    witness: grpc::request,
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    rpc_types::judge(change, cx, &PART)
}

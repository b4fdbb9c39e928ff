//! One message or a stream of them: the two sides of a call must agree.

use super::{BOTH, Context, finding};
use crate::Format;
use crate::model::{Category, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::model::Method;
use crate::protobuf::witness::grpc;

/// `protobuf/rpc-streaming-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/rpc-streaming-changed",
    format: Some(Format::Protobuf),
    summary: "An RPC streams where it did not, or the reverse.",
    directions: &BOTH,
    categories: &[Category::Grpc, Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "gRPC core concepts: RPC life cycle",
    docs: include_str!("rpc_streaming_changed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::Method {
        service, old, new, ..
    } = change
    else {
        return Vec::new();
    };
    if streaming(old) == streaming(new) {
        return Vec::new();
    }
    let report = |direction| Finding {
        hint: Some(Hint {
            text: "add a new RPC that streams otherwise, and keep this one".to_owned(),
            edits: Vec::new(),
        }),
        witness: grpc::streaming(direction, service, old, new),
        ..finding(
            &RULE,
            direction,
            format!("{}.{}", service.name, old.name),
            (old.span.as_ref(), new.span.as_ref()),
            format!(
                "RPC `{}` was {} and is now {}",
                old.name,
                word(old),
                word(new)
            ),
        )
    };
    BOTH.into_iter().map(report).collect()
}

const fn streaming(method: &Method) -> (bool, bool) {
    (method.client_streaming, method.server_streaming)
}

const fn word(method: &Method) -> &'static str {
    match streaming(method) {
        (false, false) => "unary",
        (true, false) => "client streaming",
        (false, true) => "server streaming",
        (true, true) => "streaming both ways",
    }
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{only, proto};

    #[test]
    fn streaming_is_part_of_the_contract() {
        let rpc = |rpc: &str| proto(&format!("message A {{}} service S {{ rpc R{rpc}; }}"));
        let unary = rpc("(A) returns (A)");
        let broken = ["backward p.S.R", "forward p.S.R"];
        for changed in ["(stream A) returns (A)", "(A) returns (stream A)"] {
            only(
                "protobuf/rpc-streaming-changed",
                &unary,
                &rpc(changed),
                &broken,
            );
        }
    }
}

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
    // A single message is a stream of one: who sends one where several may come is well.
    let broken = BOTH.into_iter().filter_map(|direction| {
        let witness = grpc::streaming(direction, service, old, new)?;
        Some((direction, witness))
    });
    let report = |(direction, witness)| Finding {
        hint: Some(Hint {
            text: "add a new RPC that streams otherwise, and keep this one".to_owned(),
            edits: Vec::new(),
        }),
        witness: Some(witness),
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
    broken.map(report).collect()
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
    fn only_who_takes_one_message_is_broken_by_several() {
        let rpc = |rpc: &str| proto(&format!("message A {{}} service S {{ rpc R{rpc}; }}"));
        let check = |old: &str, new: &str, expected: &[&str]| {
            only(
                "protobuf/rpc-streaming-changed",
                &rpc(old),
                &rpc(new),
                expected,
            );
        };
        let (backward, forward) = ("backward p.S.R", "forward p.S.R");
        // Old clients take one response, and new servers send several.
        check("(A) returns (A)", "(A) returns (stream A)", &[backward]);
        check("(A) returns (stream A)", "(A) returns (A)", &[forward]);
        // New clients send several requests, and old servers take one.
        check("(A) returns (A)", "(stream A) returns (A)", &[forward]);
        check("(stream A) returns (A)", "(A) returns (A)", &[backward]);
        check(
            "(stream A) returns (A)",
            "(A) returns (stream A)",
            &[backward],
        );
        check(
            "(stream A) returns (stream A)",
            "(A) returns (A)",
            &[backward, forward],
        );
    }
}

//! A long-running operation carries its result in an `Any`; the annotation says of which type.

use super::{BOTH, Context};
use crate::Format;
use crate::model::{Category, Finding, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::judges::promises::{self, Broken, Promise};
use crate::protobuf::model::short_name;
use crate::protobuf::settings::Setting;

/// `protobuf/rpc-operation-info-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/rpc-operation-info-changed",
    format: Some(Format::Protobuf),
    summary: "A long-running operation has another type of result or metadata.",
    directions: &BOTH,
    categories: &[Category::Grpc],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "google/longrunning/operations.proto: OperationInfo; AIP-151",
    docs: include_str!("rpc_operation_info_changed.md"),
};

/// The option of an RPC.
pub(super) const OPTION: &str = "(google.longrunning.operation_info)";

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
    let mut broken = Vec::new();
    for (part, word) in [("response_type", "result"), ("metadata_type", "metadata")] {
        let (before, now) = (named(old, part), named(new, part));
        // A short name is looked up beside the service.
        if before.is_empty() || short_name(before) == short_name(now) {
            continue;
        }
        let now = if now.is_empty() { "not said" } else { now };
        broken.push(Broken {
            text: format!("the {word} of the operation was `{before}` and is now `{now}`"),
            help: format!("keep `{part}: \"{before}\"`, or add a new RPC"),
        });
    }
    broken
}

fn named<'s>(info: &'s Setting, part: &str) -> &'s str {
    info.field(part).map_or("", Setting::text)
}

#[cfg(test)]
mod tests {
    use crate::model::Category;
    use crate::protobuf::testing::trees;

    /// The annotation as its users import it, as far as it matters here.
    const OPERATIONS: &str = "syntax = \"proto3\"; package google.longrunning; \
        import \"google/protobuf/descriptor.proto\"; \
        extend google.protobuf.MethodOptions { OperationInfo operation_info = 1049; } \
        message OperationInfo { string response_type = 1; string metadata_type = 2; }";

    #[test]
    fn another_result_is_named_and_the_same_by_its_full_name_is_not() {
        let rpc = |info: &str| {
            format!(
                "syntax = \"proto3\"; package p; import \"operations.proto\"; message A {{}} \
                 service S {{ rpc R(A) returns (A) {{ \
                 option (google.longrunning.operation_info) = {{ {info} }}; }} }}"
            )
        };
        let errors = |old: &str, new: &str| {
            let (old, new) = (rpc(old), rpc(new));
            let old = [("operations.proto", OPERATIONS), ("s.proto", old.as_str())];
            let new = [("operations.proto", OPERATIONS), ("s.proto", new.as_str())];
            trees(&old, &new, Category::Grpc)
        };
        let broken = ["protobuf/rpc-operation-info-changed p.S.R"; 2];
        assert_eq!(
            errors("response_type: \"A\"", "response_type: \"B\""),
            broken
        );
        assert_eq!(errors("response_type: \"A\"", ""), broken);
        assert_eq!(
            errors("response_type: \"A\"", "response_type: \"p.A\""),
            [""; 0]
        );
    }
}

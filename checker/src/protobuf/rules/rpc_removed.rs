//! A client of the old version calls an RPC that the server does not know.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::witness::grpc;

/// `protobuf/rpc-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/rpc-removed",
    format: Some(Format::Protobuf),
    summary: "An RPC is removed or has another name.",
    directions: &[Direction::Backward],
    categories: &[Category::Grpc, Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "gRPC over HTTP/2: Path; status UNIMPLEMENTED",
    docs: include_str!("rpc_removed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::MethodRemoved { old, new, method } = change else {
        return Vec::new();
    };
    let renamed = new.methods.iter().find(|added| {
        old.methods.named(&added.name).is_none()
            && (&added.input, &added.output) == (&method.input, &method.output)
    });
    let message = match renamed {
        Some(added) => format!(
            "RPC `{}` of `{}` is removed; `{}` looks like its new name",
            method.name, old.name, added.name
        ),
        None => format!("RPC `{}` of `{}` is removed", method.name, old.name),
    };
    vec![Finding {
        old_label: Some("clients of this version get UNIMPLEMENTED".to_owned()),
        hint: Some(Hint {
            text: "keep the RPC, mark it `deprecated`, and remove it when nobody calls it"
                .to_owned(),
            edits: Vec::new(),
        }),
        witness: Some(grpc::removed(old, method)),
        ..finding(
            &RULE,
            Direction::Backward,
            format!("{}.{}", old.name, method.name),
            (
                method.name_span.as_ref(),
                renamed.map_or(new.name_span.as_ref(), |added| added.name_span.as_ref()),
            ),
            message,
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, only, proto};

    const ID: &str = "protobuf/rpc-removed";

    #[test]
    fn a_removed_rpc_breaks_old_clients_and_an_added_one_nobody() {
        let two = proto("message A {} service S { rpc R(A) returns (A); rpc Q(A) returns (A); }");
        let one = proto("message A {} service S { rpc R(A) returns (A); }");
        only(ID, &two, &one, &["backward p.S.Q"]);
        only(ID, &one, &two, &[]);
    }

    #[test]
    fn a_new_name_is_suggested() {
        let old = proto("message A {} service S { rpc R(A) returns (A); }");
        let new = proto("message A {} service S { rpc Q(A) returns (A); }");
        assert!(
            findings(&old, &new)[0]
                .message
                .ends_with("`Q` looks like its new name")
        );
    }
}

//! A client of the old version calls an address that no server answers any more.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::model::Service;
use crate::protobuf::witness::grpc;

/// `protobuf/service-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/service-removed",
    format: Some(Format::Protobuf),
    summary: "A gRPC service is removed or has another full name.",
    directions: &[Direction::Backward],
    categories: &[Category::Grpc, Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "gRPC over HTTP/2: Path; status UNIMPLEMENTED",
    docs: include_str!("service_removed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::ServiceRemoved { old, moved_to } = change else {
        return Vec::new();
    };
    let alike = successor(old, cx);
    let message = match (moved_to, alike) {
        (Some(new), _) => format!("service `{}` is now called `{}`", old.name, new.name),
        (None, Some(new)) => format!(
            "service `{}` is removed; `{}` is new and has the same RPCs",
            old.name, new.name
        ),
        (None, None) => format!("service `{}` is removed", old.name),
    };
    vec![Finding {
        old_label: Some("clients of this version get UNIMPLEMENTED for every call".to_owned()),
        hint: Some(Hint {
            text: "serve the old name beside the new one until no client of it is left".to_owned(),
            edits: Vec::new(),
        }),
        witness: old
            .methods
            .iter()
            .next()
            .map(|method| grpc::removed(old, method)),
        ..finding(
            &RULE,
            Direction::Backward,
            old.name.clone(),
            (
                old.name_span.as_ref(),
                moved_to.or(alike).and_then(|new| new.name_span.as_ref()),
            ),
            message,
        )
    }]
}

/// The RPCs of a service, in an order of their own.
type Signatures<'a> = Vec<(&'a str, &'a str, &'a str, [bool; 2])>;

/// Services that are new, by their RPCs: of several with the same ones the first.
pub(in crate::protobuf) type Added<'a> = HashMap<Signatures<'a>, &'a Service, RandomState>;

/// A new service with the very same RPCs. A service without RPCs says nothing.
fn successor<'a>(old: &Service, cx: &Context<'a>) -> Option<&'a Service> {
    if old.methods.is_empty() {
        return None;
    }
    let added = cx.added.get_or_init(|| {
        let all = cx.new.model.services.iter().filter(|(name, new)| {
            !cx.old.model.services.contains_key(*name) && cx.new.model.compares(new.file)
        });
        let mut added = Added::default();
        for (_, new) in all {
            added.entry(signatures(new)).or_insert(new);
        }
        added
    });
    added.get(&signatures(old)).copied()
}

fn signatures(service: &Service) -> Signatures<'_> {
    let methods = service.methods.iter();
    let signatures = methods.map(|method| {
        (
            method.name.as_str(),
            method.input.as_str(),
            method.output.as_str(),
            [method.client_streaming, method.server_streaming],
        )
    });
    let mut signatures: Vec<_> = signatures.collect();
    signatures.sort_unstable();
    signatures
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, only, proto};

    const ID: &str = "protobuf/service-removed";

    #[test]
    fn a_removed_service_breaks_old_clients_and_an_added_one_nobody() {
        let with = proto("message A {} service S { rpc R(A) returns (A); }");
        let without = proto("message A {}");
        only(ID, &with, &without, &["backward p.S"]);
        only(ID, &without, &with, &[]);
    }

    #[test]
    fn a_new_service_with_the_same_rpcs_is_named() {
        let with = |text: &str| proto(&format!("message A {{}} {text}"));
        let old = with("service S { rpc R(A) returns (A); }");
        let message = |new: &str| findings(&old, &with(new))[0].message.clone();
        assert_eq!(
            message("service T { rpc R(A) returns (A); }"),
            "service `p.S` is removed; `p.T` is new and has the same RPCs"
        );
        assert_eq!(
            message("service T { rpc R(A) returns (stream A); }"),
            "service `p.S` is removed"
        );
    }

    #[test]
    fn a_service_of_another_package_is_another_address_and_its_rpcs_are_compared() {
        let old =
            "syntax = \"proto3\"; package a; message M {} service S { rpc R(M) returns (M); }";
        let new =
            "syntax = \"proto3\"; package b; message M {} service S { rpc Q(M) returns (M); }";
        only(ID, old, new, &["backward a.S"]);
        assert!(
            findings(old, new)
                .iter()
                .any(|found| found.rule.id == "protobuf/rpc-removed")
        );
    }
}

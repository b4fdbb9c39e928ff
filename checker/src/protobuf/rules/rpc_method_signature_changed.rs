//! Client generators make an overload of each signature; who calls one does not compile without it.

use super::Context;
use crate::Format;
use crate::model::{Audience, Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::judges::promises::{self, Broken, Promise};
use crate::protobuf::settings::Setting;

/// `protobuf/rpc-method-signature-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/rpc-method-signature-changed",
    format: Some(Format::Protobuf),
    summary: "A client of an RPC loses an overload that `google.api.method_signature` asked for.",
    directions: &[Direction::Backward],
    categories: &[Category::Grpc, Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "google/api/client.proto: method_signature; AIP-4232",
    docs: include_str!("rpc_method_signature_changed.md"),
};

/// The option of an RPC.
pub(super) const OPTION: &str = "(google.api.method_signature)";

static PROMISE: Promise = Promise {
    rule: &RULE,
    options: &[OPTION],
    broken,
    audience: &[Audience::SourceCode],
    statement: None,
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    promises::judge(change, &PROMISE)
}

fn broken(old: &Setting, new: &Setting) -> Vec<Broken> {
    let now = signatures(new);
    let gone = signatures(old)
        .into_iter()
        .filter(|signature| !now.contains(signature));
    let broken = |signature: String| Broken {
        text: format!("generated clients lose the overload for `{signature}`"),
        help: format!("keep `option {OPTION} = \"{signature}\";`"),
    };
    gone.map(broken).collect()
}

/// The order of signatures says nothing, that of the fields in one does.
fn signatures(option: &Setting) -> Vec<String> {
    let spaceless = |item: &Setting| item.text().replace(' ', "");
    option.items().iter().map(spaceless).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::only;

    #[test]
    fn an_overload_that_is_gone_is_named() {
        let id = "protobuf/rpc-method-signature-changed";
        let rpc = |signatures: &[&str]| {
            let options: Vec<String> = signatures
                .iter()
                .map(|text| format!("option (google.api.method_signature) = \"{text}\"; "))
                .collect();
            let options = options.concat();
            format!(
                "syntax = \"proto3\"; package p; import \"google/api/client.proto\"; \
                 message A {{}} service S {{ rpc R(A) returns (A) {{ {options} }} }}"
            )
        };
        let broken = ["backward p.S.R"];
        only(id, &rpc(&["a,b", "c"]), &rpc(&["c", "a, b"]), &[]);
        only(id, &rpc(&["a,b", "c"]), &rpc(&["c"]), &broken);
        only(id, &rpc(&["a,b"]), &rpc(&["b,a"]), &broken);
        only(id, &rpc(&["a,b"]), &rpc(&[]), &broken);
        only(id, &rpc(&[]), &rpc(&["a"]), &[]);
    }
}

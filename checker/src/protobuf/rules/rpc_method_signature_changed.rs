//! Client generators make an overload of each signature; who calls one does not compile without it.

use super::{Context, about};
use crate::Format;
use crate::model::{Audience, Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
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

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Some((element, Some(old), new)) = change.option(OPTION) else {
        return Vec::new();
    };
    let now: Vec<String> = new.map(signatures).unwrap_or_default();
    let gone = signatures(old)
        .into_iter()
        .filter(|signature| !now.contains(signature));
    let report = |signature: String| Finding {
        hint: Some(Hint {
            text: format!("keep `option {OPTION} = \"{signature}\";`"),
            edits: Vec::new(),
        }),
        audience: vec![Audience::SourceCode],
        ..about(
            &RULE,
            Direction::Backward,
            element,
            format!("generated clients lose the overload for `{signature}`"),
        )
    };
    gone.map(report).collect()
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

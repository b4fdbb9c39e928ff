//! What a custom option means is known to the code that reads it, not to this project: it never touches the encoding, and it may matter.

use super::{Context, about};
use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/custom-option-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/custom-option-changed",
    format: Some(Format::Protobuf),
    summary: "A custom option has another value.",
    directions: &[Direction::Backward],
    categories: &[],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: custom options",
    docs: include_str!("custom_option_changed.md"),
};

/// Options with rules of their own.
const JUDGED: [&str; 7] = [
    super::field_required_by_server::OPTION,
    super::resource_changed::OF_FILE,
    super::resource_changed::OPTION,
    super::resource_reference_changed::OPTION,
    super::rpc_http_changed::OPTION,
    super::rpc_method_signature_changed::OPTION,
    super::rpc_operation_info_changed::OPTION,
];

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::Setting {
        element, option, ..
    } = change
    else {
        return Vec::new();
    };
    if !option.starts_with('(') || JUDGED.contains(option) {
        return Vec::new();
    }
    vec![about(
        &RULE,
        Direction::Backward,
        element,
        format!(
            "option `{option}` changed; the encoding is the same, what its readers make of it is \
             not checked"
        ),
    )]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::only;

    #[test]
    fn a_changed_custom_option_is_named() {
        let with = |value: &str| {
            format!(
                "syntax = \"proto3\"; package p; import \"google/protobuf/descriptor.proto\"; \
                 extend google.protobuf.FieldOptions {{ string note = 50001; }} \
                 message M {{ int32 a = 1 [(note) = \"{value}\"]; }}"
            )
        };
        only(
            "protobuf/custom-option-changed",
            &with("x"),
            &with("y"),
            &["backward p.M.a"],
        );
    }
}

//! What a server does with a field that a client sets, or whether it sends it.

use super::Context;
use super::field_required_by_server::{OPTION, has};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::judges::promises::{self, Broken, Promise};
use crate::protobuf::settings::Setting;

/// `protobuf/field-behavior-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/field-behavior-changed",
    format: Some(Format::Protobuf),
    summary: "A field becomes output only, immutable, or otherwise treated by the server.",
    directions: &[Direction::Backward],
    categories: &[Category::Grpc],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "google/api/field_behavior.proto; AIP-203",
    docs: include_str!("field_behavior_changed.md"),
};

/// Behaviors that take something from old clients when they come.
const ADDED: [(&str, &str); 4] = [
    (
        "IDENTIFIER",
        "the server ignores or refuses a value that clients set",
    ),
    ("IMMUTABLE", "the server refuses to change it"),
    ("INPUT_ONLY", "the server does not send it any more"),
    ("OUTPUT_ONLY", "the server ignores what clients set"),
];

/// Behaviors that promised something which goes with them.
const REMOVED: [(&str, &str); 3] = [
    (
        "IMMUTABLE",
        "its value may change under clients that keep it",
    ),
    ("UNORDERED_LIST", "its order now matters"),
    (
        "OUTPUT_ONLY",
        "what clients send back unchanged is now taken as their wish",
    ),
];

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
    let came = ADDED
        .iter()
        .filter(|(word, _)| has(new, word) && !has(old, word));
    let came = came.map(|(word, what)| format!("the field is now {word}: {what}"));
    let went = REMOVED
        .iter()
        .filter(|(word, _)| has(old, word) && !has(new, word));
    let went = went.map(|(word, what)| format!("the field is no longer {word}: {what}"));
    let broken = |text| Broken {
        text,
        help: "keep the behavior, and add a field that behaves otherwise".to_owned(),
    };
    came.chain(went).map(broken).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::only;

    #[test]
    fn what_the_server_does_otherwise_is_named() {
        let id = "protobuf/field-behavior-changed";
        let field = |behavior: &str| {
            let option = match behavior {
                "" => String::new(),
                _ => format!(" [(google.api.field_behavior) = {behavior}]"),
            };
            format!(
                "syntax = \"proto3\"; package p; import \"google/api/field_behavior.proto\"; \
                 message M {{ string a = 1{option}; }}"
            )
        };
        let broken = ["backward p.M.a"];
        only(id, &field(""), &field("OUTPUT_ONLY"), &broken);
        only(id, &field(""), &field("IMMUTABLE"), &broken);
        only(id, &field("IMMUTABLE"), &field(""), &broken);
        only(id, &field(""), &field("OPTIONAL"), &[]);
        only(id, &field(""), &field("REQUIRED"), &[]);
    }
}

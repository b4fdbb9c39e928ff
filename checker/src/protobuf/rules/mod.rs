//! The rules for `.proto` files, one file each: a static description and a judgement of changes.
//!
//! A rule looks at one change and says what it breaks in which direction. It does not walk, and it
//! does not know whether its finding is an error: that is the caller's table, in
//! [`compare`](crate::compare) for registries and [`super::compare_trees`] for repositories.

pub mod closed_enum_value_unknown;
pub mod custom_option_changed;
pub mod deleted_name_reused;
pub mod deleted_number_reused;
pub mod embedded_message_removed;
pub mod enum_openness_changed;
pub mod enum_removed;
pub mod enum_renamed;
pub mod enum_value_name_not_reserved;
pub mod enum_value_number_changed;
pub mod enum_value_removed;
pub mod enum_value_renamed;
pub mod extension_range_removed;
pub mod extension_removed;
pub mod field_behavior_changed;
pub mod field_cardinality_changed;
pub mod field_default_changed;
pub mod field_json_name_changed;
pub mod field_json_type_changed;
pub mod field_moved_into_oneof;
pub mod field_name_not_reserved;
pub mod field_number_reused;
pub mod field_oneof_changed;
pub mod field_presence_changed;
pub mod field_range_narrowed;
pub mod field_removed;
pub mod field_renamed;
pub mod field_renumbered;
pub mod field_required_by_server;
pub mod field_type_changed;
pub mod file_option_changed;
pub mod file_removed;
pub mod generated_name_removed;
pub mod generated_type_changed;
pub mod json_format_changed;
pub mod message_added;
pub mod message_removed;
pub mod message_renamed;
pub mod message_set_format_changed;
pub mod moved_to_another_file;
pub mod package_changed;
pub mod package_removed;
pub mod removed_without_deprecation;
pub mod required_field_added;
pub mod required_field_removed;
pub mod reserved_removed;
pub mod resource_changed;
pub mod resource_reference_changed;
pub mod rpc_http_changed;
pub mod rpc_idempotency_changed;
pub mod rpc_method_signature_changed;
pub mod rpc_operation_info_changed;
pub mod rpc_removed;
pub mod rpc_request_type_changed;
pub mod rpc_response_type_changed;
pub mod rpc_streaming_changed;
pub mod service_removed;
pub mod syntax_changed;
pub mod type_not_exported;
pub mod utf8_validation_changed;

use std::sync::OnceLock;

use super::audience::Usages;
use super::diff::{Change, Element, Insides, Pair, Scope, Types};
use super::judges::inside::{Causes, Harm};
use super::linked::Linked;
use super::model::{Field, Model};
use super::past::{Between, History};
use super::pool::MessageRef;
use super::witness::{Holders, Names};
use crate::model::{Direction, Finding, Path, Rule, Span};

type Judge = fn(&Change, &Context) -> Vec<Finding>;

/// All rules with their judgements, sorted by id.
static TABLE: [(&Rule, Judge); 60] = [
    (
        &closed_enum_value_unknown::RULE,
        closed_enum_value_unknown::judge,
    ),
    (&custom_option_changed::RULE, custom_option_changed::judge),
    (&deleted_name_reused::RULE, deleted_name_reused::judge),
    (&deleted_number_reused::RULE, deleted_number_reused::judge),
    (
        &embedded_message_removed::RULE,
        embedded_message_removed::judge,
    ),
    (&enum_openness_changed::RULE, enum_openness_changed::judge),
    (&enum_removed::RULE, enum_removed::judge),
    (&enum_renamed::RULE, enum_renamed::judge),
    (
        &enum_value_name_not_reserved::RULE,
        enum_value_name_not_reserved::judge,
    ),
    (
        &enum_value_number_changed::RULE,
        enum_value_number_changed::judge,
    ),
    (&enum_value_removed::RULE, enum_value_removed::judge),
    (&enum_value_renamed::RULE, enum_value_renamed::judge),
    (
        &extension_range_removed::RULE,
        extension_range_removed::judge,
    ),
    (&extension_removed::RULE, extension_removed::judge),
    (&field_behavior_changed::RULE, field_behavior_changed::judge),
    (
        &field_cardinality_changed::RULE,
        field_cardinality_changed::judge,
    ),
    (&field_default_changed::RULE, field_default_changed::judge),
    (
        &field_json_name_changed::RULE,
        field_json_name_changed::judge,
    ),
    (
        &field_json_type_changed::RULE,
        field_json_type_changed::judge,
    ),
    (&field_moved_into_oneof::RULE, field_moved_into_oneof::judge),
    (
        &field_name_not_reserved::RULE,
        field_name_not_reserved::judge,
    ),
    (&field_number_reused::RULE, field_number_reused::judge),
    (&field_oneof_changed::RULE, field_oneof_changed::judge),
    (&field_presence_changed::RULE, field_presence_changed::judge),
    (&field_range_narrowed::RULE, field_range_narrowed::judge),
    (&field_removed::RULE, field_removed::judge),
    (&field_renamed::RULE, field_renamed::judge),
    (&field_renumbered::RULE, field_renumbered::judge),
    (
        &field_required_by_server::RULE,
        field_required_by_server::judge,
    ),
    (&field_type_changed::RULE, field_type_changed::judge),
    (&file_option_changed::RULE, file_option_changed::judge),
    (&file_removed::RULE, file_removed::judge),
    (&generated_name_removed::RULE, generated_name_removed::judge),
    (&generated_type_changed::RULE, generated_type_changed::judge),
    (&json_format_changed::RULE, json_format_changed::judge),
    (&message_added::RULE, message_added::judge),
    (&message_removed::RULE, message_removed::judge),
    (&message_renamed::RULE, message_renamed::judge),
    (
        &message_set_format_changed::RULE,
        message_set_format_changed::judge,
    ),
    (&moved_to_another_file::RULE, moved_to_another_file::judge),
    (&package_changed::RULE, package_changed::judge),
    (&package_removed::RULE, package_removed::judge),
    (
        &removed_without_deprecation::RULE,
        removed_without_deprecation::judge,
    ),
    (&required_field_added::RULE, required_field_added::judge),
    (&required_field_removed::RULE, required_field_removed::judge),
    (&reserved_removed::RULE, reserved_removed::judge),
    (&resource_changed::RULE, resource_changed::judge),
    (
        &resource_reference_changed::RULE,
        resource_reference_changed::judge,
    ),
    (&rpc_http_changed::RULE, rpc_http_changed::judge),
    (
        &rpc_idempotency_changed::RULE,
        rpc_idempotency_changed::judge,
    ),
    (
        &rpc_method_signature_changed::RULE,
        rpc_method_signature_changed::judge,
    ),
    (
        &rpc_operation_info_changed::RULE,
        rpc_operation_info_changed::judge,
    ),
    (&rpc_removed::RULE, rpc_removed::judge),
    (
        &rpc_request_type_changed::RULE,
        rpc_request_type_changed::judge,
    ),
    (
        &rpc_response_type_changed::RULE,
        rpc_response_type_changed::judge,
    ),
    (&rpc_streaming_changed::RULE, rpc_streaming_changed::judge),
    (&service_removed::RULE, service_removed::judge),
    (&syntax_changed::RULE, syntax_changed::judge),
    (&type_not_exported::RULE, type_not_exported::judge),
    (
        &utf8_validation_changed::RULE,
        utf8_validation_changed::judge,
    ),
];

/// All rules.
pub fn all() -> Vec<&'static Rule> {
    TABLE.iter().map(|(rule, _)| *rule).collect()
}

/// Both directions, as rules judge them.
pub(crate) const BOTH: [Direction; 2] = [Direction::Backward, Direction::Forward];

/// One side of a comparison.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub model: &'a Model,
    pub linked: Linked<'a>,
}

impl<'a> Side<'a> {
    /// A message by its full name, for a witness.
    pub(crate) fn message(self, name: &str) -> Option<MessageRef<'a>> {
        self.linked.message(self.model, name)
    }
}

/// What a rule may look up beside the change.
pub(crate) struct Context<'a> {
    pub old: Side<'a>,
    pub new: Side<'a>,
    pub scope: Scope,
    /// What RPCs carry, where that is known.
    pub usages: Option<&'a Usages<'a>>,
    /// Earlier versions than the old one of a repository.
    pub history: Option<&'a History>,
    /// The versions of a subject between the old one and the candidate.
    pub between: Between<'a>,
    /// For how many versions something has to be deprecated before it may go.
    pub deprecated_for: Option<usize>,
    /// What tells the types apart that a field holds one after the other.
    pub causes: Causes<'a>,
    /// Which messages hold which enums, made when a witness first asks for it.
    pub holders: OnceLock<Holders<'a>>,
    /// The services that are new, by their RPCs, made when the first one is gone.
    pub(super) added: OnceLock<service_removed::Added<'a>>,
}

impl<'a> Context<'a> {
    /// Two sides, of which nothing else is known.
    pub(crate) fn new(old: Side<'a>, new: Side<'a>, scope: Scope) -> Self {
        Self {
            old,
            new,
            scope,
            usages: None,
            history: None,
            between: Between::default(),
            deprecated_for: None,
            causes: Causes::default(),
            holders: OnceLock::new(),
            added: OnceLock::new(),
        }
    }

    /// The same, knowing what differs between types that a field holds one after the other.
    pub(crate) fn looking_into(self, insides: &Insides<'a>) -> Self {
        Self {
            causes: Causes::of(&self, insides),
            ..self
        }
    }

    /// The models of reader and writer.
    pub(crate) fn roles(&self, direction: Direction) -> (&'a Model, &'a Model) {
        match direction {
            Direction::Backward => (self.new.model, self.old.model),
            Direction::Forward => (self.old.model, self.new.model),
        }
    }

    /// Whether something was looked for since the last call that is not linked yet.
    pub(super) fn lacked(&self) -> bool {
        // Both are asked, since asking forgets.
        self.old.linked.lacked() | self.new.linked.lacked()
    }

    /// What every rule says about a change.
    pub(super) fn judge(&self, change: &Change) -> Vec<Finding> {
        let judges = TABLE.iter().map(|(_, judge)| judge);
        judges.flat_map(|judge| judge(change, self)).collect()
    }

    /// The same with who is hit.
    pub(crate) fn named(&self, change: &Change) -> Vec<Finding> {
        let mut findings = self.judge(change);
        if let Some(usages) = self.usages {
            usages.name(change, &mut findings);
        }
        findings
    }
}

/// A finding with what every finding has.
pub(crate) fn finding(
    rule: &'static Rule,
    direction: Direction,
    path: impl Into<String>,
    (old, new): (Option<&Span>, Option<&Span>),
    message: impl Into<String>,
) -> Finding {
    Finding {
        rule,
        severity: rule.severity,
        direction,
        path: Path::name(path),
        old: old.cloned(),
        new: new.cloned(),
        message: message.into(),
        new_label: None,
        old_label: None,
        hint: None,
        witness: None,
        wire_message: None,
        audience: Vec::new(),
    }
}

/// A finding about an element that is there on both sides, at its places.
pub(crate) fn about(
    rule: &'static Rule,
    direction: Direction,
    element: &Element,
    message: impl Into<String>,
) -> Finding {
    finding(
        rule,
        direction,
        element.path.clone(),
        element.spans(),
        message,
    )
}

/// The names under which witnesses find a message.
pub(crate) fn names<'a>(pair: &Pair<'a>) -> Names<'a> {
    Names {
        old: &pair.old.name,
        new: &pair.new.name,
    }
}

/// The message of a field, its old and its new version, and the types that it holds where the new one is
/// not what became of the old one.
type Versions<'c> = (&'c Pair<'c>, &'c Field, &'c Field, Option<Types<'c>>);

/// Two versions of a field under one number.
fn versions<'c>(change: &'c Change) -> Option<Versions<'c>> {
    match change {
        Change::Field {
            message,
            old,
            new,
            retyped,
        } => Some((message, old, new, *retyped)),
        _ => None,
    }
}

/// Two versions of a field whose number belongs to it as before.
fn kept<'c>(change: &'c Change, cx: &Context) -> Option<Versions<'c>> {
    let found = versions(change);
    found.filter(|(message, old, new, retyped)| !reused(cx, message, old, new, *retyped))
}

/// Whether the number went from one field to another, rather than the field being renamed: the new
/// name had another number before, the type reads something else, or the old name and type went on
/// to another number and left this one to a field of another type.
///
/// `string name = 1` that becomes `string old_name = 1; string name = 2` is a rename: what was
/// written is still read, under its new name.
pub(crate) fn reused(
    cx: &Context,
    pair: &Pair,
    old: &Field,
    new: &Field,
    retyped: Option<Types>,
) -> bool {
    if old.name == new.name {
        return false;
    }
    let came_from = pair.old.fields.named(&new.name).is_some();
    let backward = super::wire::reading(&old.kind, &new.kind, cx.old.model, cx.new.model);
    let lost = matches!(
        backward,
        super::wire::Reading::Lost | super::wire::Reading::Refused
    );
    let kept = pair.new.fields.named(&old.name);
    let went_on = old.kind != new.kind && kept.is_some_and(|kept| kept.kind == old.kind);
    let harm = |direction| cx.causes.harm(retyped, direction);
    let apart = BOTH
        .into_iter()
        .any(|direction| harm(direction) > Some(Harm::Json));
    came_from || went_on || lost || apart
}

/// The field of an old number and the new field of the same name, where that has another number.
pub(crate) fn renumbered<'a>(change: &Change<'a>) -> Option<(Pair<'a>, &'a Field, &'a Field)> {
    let (pair, old) = match change {
        Change::FieldRemoved { message, old } => (*message, *old),
        Change::Field {
            message, old, new, ..
        } if old.name != new.name => (*message, *old),
        _ => return None,
    };
    let new = pair.new.fields.named(&old.name)?;
    (new.number != old.number).then_some((pair, old, new))
}

#[cfg(test)]
mod tests {
    use super::all;
    use crate::protobuf::testing::tree;
    use crate::protobuf::{Tree, TreeOptions, Version, review_trees};

    /// Whether a file names its syntax or edition.
    fn is_named(text: &str) -> bool {
        text.starts_with("syntax =") || text.starts_with("edition =")
    }

    /// The files of a block of a page: what stands below `// a.proto` is that file. A file that names
    /// none is proto3, and of the package `shop`.
    fn files(block: &str) -> Tree {
        let mut files: Vec<(String, String)> = vec![("shop.proto".to_owned(), String::new())];
        for line in block.lines() {
            match line.strip_prefix("// ") {
                Some(path) => files.push((path.to_owned(), String::new())),
                None => {
                    if let Some((_, text)) = files.last_mut() {
                        text.push_str(line);
                        text.push('\n');
                    }
                }
            }
        }
        files.retain(|(_, text)| !text.trim().is_empty());
        for (_, text) in &mut files {
            if !text.contains("package ") {
                let behind = text
                    .find(";\n")
                    .filter(|_| is_named(text))
                    .map_or(0, |at| at + 2);
                text.insert_str(behind, "package shop;\n");
            }
            if !is_named(text) {
                text.insert_str(0, "syntax = \"proto3\";\n");
            }
        }
        // Of the files that others bring only this one stands on a page.
        files.push((
            "google/longrunning/operations.proto".to_owned(),
            "syntax = \"proto3\"; package google.longrunning;
             import \"google/protobuf/descriptor.proto\";
             extend google.protobuf.MethodOptions { OperationInfo operation_info = 1049; }
             message Operation { string name = 1; }
             message OperationInfo { string response_type = 1; string metadata_type = 2; }"
                .to_owned(),
        ));
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        tree(&files)
    }

    fn block(page: &str, title: &str) -> Option<Tree> {
        let rest = page.split(&format!("**{title}**\n```proto\n")).nth(1)?;
        rest.split("```").next().map(files)
    }

    #[test]
    fn the_pair_on_a_page_breaks_the_rule() {
        let options = TreeOptions {
            deprecated_for: Some(2),
            ..TreeOptions::default()
        };
        // Both judge schemas of a registry only.
        let registry = ["protobuf/message-added", "protobuf/format-changed"];
        let mut silent = Vec::new();
        for rule in all()
            .into_iter()
            .filter(|rule| !registry.contains(&rule.id))
        {
            let (Some(old), Some(new)) = (block(rule.docs, "Old"), block(rule.docs, "New")) else {
                silent.push(format!("{}: no pair", rule.id));
                continue;
            };
            let before = block(rule.docs, "Before");
            let before = before.iter().map(|tree| Version { name: "v1", tree });
            let old = Version {
                name: "v2",
                tree: &old,
            };
            let review = review_trees(&before.collect::<Vec<_>>(), old, &new, &options);
            match review {
                Err(problems) => silent.push(format!("{}: {problems:?}", rule.id)),
                Ok(review) => {
                    let mut found = review.comparison.findings.iter();
                    if !found.any(|found| found.rule == rule) {
                        silent.push(rule.id.to_owned());
                    }
                }
            }
        }
        assert_eq!(silent, [""; 0], "{}", silent.join("\n"));
    }
}

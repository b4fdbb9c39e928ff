//! Who is hit by a finding: what its rule is about (the categories say it), in which direction, and
//! whether RPCs carry the message there or back.
//!
//! A message that only requests hold is written by clients and read by servers, one that only
//! responses hold the other way round; one that no RPC carries is stored or sent by other means.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::diff::{Change, held_by};
use super::model::{Kind, Model};
use crate::model::{Audience, Category, Direction, Finding};

/// Rules whose categories speak of code only, since the encoding stays as it is, while data are read
/// otherwise all the same.
const DATA: [&str; 6] = [
    "protobuf/enum-openness-changed",
    "protobuf/extension-removed",
    "protobuf/field-renumbered",
    "protobuf/message-renamed",
    "protobuf/package-changed",
    "protobuf/utf8-validation-changed",
];

/// Of these the rules about names of messages, which no data have but values of `Any`.
const ANY_NAMES: [&str; 2] = ["protobuf/message-renamed", "protobuf/package-changed"];

const ANY: &str = "google.protobuf.Any";

/// What RPCs carry, messages and enums by full name.
#[derive(Debug, Default)]
pub(crate) struct Usage<'a> {
    requests: HashSet<&'a str, RandomState>,
    responses: HashSet<&'a str, RandomState>,
}

impl<'a> Usage<'a> {
    fn of(model: &'a Model) -> Self {
        let methods = model.services.values().flat_map(|service| &service.methods);
        let (inputs, outputs): (Vec<&str>, Vec<&str>) = methods
            .map(|method| (method.input.as_str(), method.output.as_str()))
            .unzip();
        Self {
            requests: reached(model, inputs),
            responses: reached(model, outputs),
        }
    }

    fn parties(&self, name: &str, direction: Direction) -> Vec<Audience> {
        let (request, response) = match direction {
            Direction::Backward => (Audience::OldClients, Audience::NewClients),
            Direction::Forward => (Audience::NewClients, Audience::OldClients),
        };
        let parties = [
            self.requests.contains(name).then_some(request),
            self.responses.contains(name).then_some(response),
        ];
        parties.into_iter().flatten().collect()
    }
}

/// What fields lead to from some messages, these included.
fn reached<'a>(model: &'a Model, mut open: Vec<&'a str>) -> HashSet<&'a str, RandomState> {
    let mut reached: HashSet<&str, RandomState> = open.iter().copied().collect();
    while let Some(name) = open.pop() {
        let fields = model.messages.get(name).map(|message| &message.fields);
        for field in fields.into_iter().flatten() {
            if let Some(held) = held_by(&field.kind).or_else(|| enum_of(&field.kind))
                && reached.insert(held)
            {
                open.push(held);
            }
        }
    }
    reached
}

fn enum_of(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Enum(name) => Some(name),
        Kind::Map { value, .. } => enum_of(value),
        Kind::Scalar(_) | Kind::Message(_) | Kind::Group(_) => None,
    }
}

/// Both states.
#[derive(Debug)]
pub(crate) struct Usages<'a> {
    old: Usage<'a>,
    new: Usage<'a>,
}

impl<'a> Usages<'a> {
    pub(crate) fn of(old: &'a Model, new: &'a Model) -> Self {
        Self {
            old: Usage::of(old),
            new: Usage::of(new),
        }
    }

    /// Whether RPCs carry a message back only, on both sides.
    pub(crate) fn is_response_only(&self, (old, new): (&str, &str)) -> bool {
        let requests = self.old.requests.contains(old) || self.new.requests.contains(new);
        let responses = self.old.responses.contains(old) || self.new.responses.contains(new);
        responses && !requests
    }

    /// Names the parties of what the rules say about a change.
    pub(crate) fn name(&self, change: &Change, findings: &mut [Finding]) {
        let holder = holder(change);
        // Some rules know better.
        for finding in findings
            .iter_mut()
            .filter(|finding| finding.audience.is_empty())
        {
            finding.audience = self.audience(finding, holder);
        }
    }

    fn audience(&self, finding: &Finding, holder: Option<(&str, &str)>) -> Vec<Audience> {
        let is = |category| finding.rule.categories.contains(&category);
        let carried = DATA.contains(&finding.rule.id);
        let data = carried || is(Category::Wire) || finding.rule.categories.is_empty();
        let holder = if ANY_NAMES.contains(&finding.rule.id) {
            Some((ANY, ANY))
        } else {
            holder
        };
        let mut parties = Vec::new();
        if data || is(Category::WireJson) {
            if let Some((old, new)) = holder {
                parties.extend(self.old.parties(old, finding.direction));
                parties.extend(self.new.parties(new, finding.direction));
            }
            if parties.is_empty() {
                parties.push(Audience::StoredData);
            }
            // What the bytes do not know only JSON shows.
            if !data {
                parties.push(Audience::Json);
            }
        } else if is(Category::Grpc) {
            parties.push(match finding.direction {
                Direction::Backward => Audience::OldClients,
                Direction::Forward => Audience::NewClients,
            });
        } else {
            parties.push(Audience::SourceCode);
        }
        parties.sort_unstable();
        parties.dedup();
        parties
    }
}

/// The message or enum that travels, by its old and its new name.
fn holder<'a>(change: &'a Change) -> Option<(&'a str, &'a str)> {
    match change {
        Change::Message { old, new } | Change::MessageMoved { old, new } => {
            Some((&old.name, &new.name))
        }
        Change::MessageRemoved { old, .. } => Some((&old.name, &old.name)),
        Change::MessageAdded { new, .. } => Some((&new.name, &new.name)),
        Change::FieldRemoved { message, .. }
        | Change::FieldAdded { message, .. }
        | Change::Field { message, .. }
        | Change::OneofRemoved { message, .. }
        | Change::OneofAdded { message, .. } => Some((&message.old.name, &message.new.name)),
        Change::Enum { old, new }
        | Change::EnumMoved { old, new }
        | Change::EnumValueAdded { old, new, .. }
        | Change::EnumValueRemoved { old, new, .. } => Some((&old.name, &new.name)),
        Change::EnumAdded { new } => Some((&new.name, &new.name)),
        Change::EnumRemoved { old } => Some((&old.name, &old.name)),
        Change::Setting { element, .. } => element.holder,
        Change::FileRemoved { .. }
        | Change::FileAdded { .. }
        | Change::File { .. }
        | Change::FileOf { .. }
        | Change::PackageRemoved { .. }
        | Change::Package { .. }
        | Change::ExtensionRemoved { .. }
        | Change::ExtensionAdded { .. }
        | Change::ServiceRemoved { .. }
        | Change::ServiceAdded { .. }
        | Change::MethodRemoved { .. }
        | Change::MethodAdded { .. }
        | Change::Method { .. } => None,
    }
}

//! What earlier versions had: numbers and names that were given up, and what was deprecated when.
//!
//! Of a tree's earlier versions only what can differ from the new one is read, and not linked: names
//! and numbers stand in the text. A file that cannot be read says nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::descriptor::{
    DescriptorProto, EnumDescriptorProto, FileDescriptorProto, Label, Options,
};
use super::model::{Cardinality, Field, Kind, Model, Scalar, short_name};
use super::pool::join;
use super::review::Version;
use super::syntax;
use super::tree::Tree;
use crate::model::Source;

/// One member of a message or an enum, as far as it matters whether its number or name comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub number: i32,
    pub name: String,
    /// Label and short name of the type; empty for values of enums.
    pub kind: String,
}

/// What one version has.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// Members by the full name of their message or enum.
    members: BTreeMap<String, Vec<Member>>,
    /// Full names of what is marked as deprecated.
    deprecated: BTreeSet<String>,
}

/// A member that an earlier version had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Past<'a> {
    pub member: &'a Member,
    /// The last version that had it.
    pub last: &'a str,
    /// The first one after it, which had not.
    pub gone_in: &'a str,
}

/// The earlier versions of a tree, oldest first, up to the old one of a comparison.
#[derive(Debug, Default)]
pub(crate) struct History {
    versions: Vec<(String, Vec<Arc<State>>)>,
    /// The name of the version that is compared.
    base: String,
}

impl History {
    /// Reads what earlier versions have where it can differ from `new`.
    pub(crate) fn of(versions: &[Version<'_>], base: &str, new: &Tree) -> Self {
        let mut states: BTreeMap<&str, (&str, Arc<State>)> = BTreeMap::new();
        let mut history = Self {
            versions: Vec::new(),
            base: base.to_owned(),
        };
        for version in versions {
            let mut found = Vec::new();
            for file in version.tree.files().filter(|file| !file.import_only) {
                let path = file.import_path.as_str();
                let text = file.source.text();
                if new.text(path) == Some(text) {
                    continue;
                }
                let known = states.get(path).filter(|(known, _)| *known == text);
                let known = known.map(|(_, state)| Arc::clone(state));
                let state = known.unwrap_or_else(|| Arc::new(State::of_text(&file.source)));
                states.insert(path, (text, Arc::clone(&state)));
                found.push(state);
            }
            history.versions.push((version.name.to_owned(), found));
        }
        history
    }

    /// The newest version that had such a member in a message or enum of one of these names.
    pub(crate) fn find(
        &self,
        holders: [&str; 2],
        wanted: impl Fn(&Member) -> bool,
    ) -> Option<Past<'_>> {
        let mut gone_in = self.base.as_str();
        for (name, files) in self.versions.iter().rev() {
            let mut members = files
                .iter()
                .flat_map(|state| holders.map(|holder| state.members.get(holder)))
                .flatten()
                .flatten();
            if let Some(member) = members.find(|member| wanted(member)) {
                return Some(Past {
                    member,
                    last: name,
                    gone_in,
                });
            }
            gone_in = name;
        }
        None
    }

    /// Whether an element is marked as deprecated in each of the last versions, so many of them.
    /// What stands in a file that is as it was is not looked for.
    pub(crate) fn deprecated(&self, path: &str, versions: usize) -> bool {
        let last = self.versions.iter().rev().take(versions);
        let marked =
            last.filter(|(_, files)| files.iter().any(|state| state.deprecated.contains(path)));
        marked.count() == versions
    }
}

impl State {
    /// The messages and enums of a model that are compared.
    pub(crate) fn of_model(model: &Model) -> Self {
        let mut state = Self::default();
        for message in model
            .messages
            .values()
            .filter(|found| model.compares(found.file))
        {
            let fields = message.fields.iter().map(|field| Member {
                number: field.number,
                name: field.name.clone(),
                kind: kind_of(field),
            });
            state.members.insert(message.name.clone(), fields.collect());
        }
        for found in model
            .enums
            .values()
            .filter(|found| model.compares(found.file))
        {
            let values = found.values.iter().map(|value| Member {
                number: value.number,
                name: value.name.clone(),
                kind: String::new(),
            });
            state.members.insert(found.name.clone(), values.collect());
        }
        state
    }

    /// Whether a message or enum is there and has no member of the number.
    pub(crate) fn lacks(&self, holder: &str, number: i32) -> bool {
        let members = self.members.get(holder);
        members.is_some_and(|all| all.iter().all(|member| member.number != number))
    }

    fn of_text(source: &Source) -> Self {
        let parsed = syntax::parse(source).ok();
        parsed.map_or_else(Self::default, |parsed| Self::of_file(&parsed.proto))
    }

    fn of_file(proto: &FileDescriptorProto) -> Self {
        let mut state = Self::default();
        let package = proto.package();
        let around = is_deprecated(proto.options.as_ref());
        for message in &proto.message_type {
            state.message(message, package, around);
        }
        for found in &proto.enum_type {
            state.enumeration(found, package, around);
        }
        for service in &proto.service {
            let name = join(package, service.name());
            let around = state.mark(&name, service.options.as_ref(), around);
            for method in &service.method {
                state.mark(&join(&name, method.name()), method.options.as_ref(), around);
            }
        }
        state
    }

    /// Recursion is bounded by what the parser nests.
    fn message(&mut self, proto: &DescriptorProto, scope: &str, around: bool) {
        let name = join(scope, proto.name());
        let around = self.mark(&name, proto.options.as_ref(), around);
        let mut members = Vec::new();
        for field in &proto.field {
            self.mark(&join(&name, field.name()), field.options.as_ref(), around);
            let label = label(field.label() == Label::Repeated);
            let kind = match field.type_name() {
                "" => Scalar::of(field.r#type()).map_or("", Scalar::name),
                name => short_name(name),
            };
            members.push(Member {
                number: field.number(),
                name: field.name().to_owned(),
                kind: format!("{label}{kind}"),
            });
        }
        for nested in &proto.nested_type {
            self.message(nested, &name, around);
        }
        for nested in &proto.enum_type {
            self.enumeration(nested, &name, around);
        }
        self.members.insert(name, members);
    }

    fn enumeration(&mut self, proto: &EnumDescriptorProto, scope: &str, around: bool) {
        let name = join(scope, proto.name());
        let around = self.mark(&name, proto.options.as_ref(), around);
        let mut members = Vec::new();
        for value in &proto.value {
            self.mark(&join(&name, value.name()), value.options.as_ref(), around);
            members.push(Member {
                number: value.number(),
                name: value.name().to_owned(),
                kind: String::new(),
            });
        }
        self.members.insert(name, members);
    }

    /// Notes an element that is marked as deprecated, or stands in one that is. Returns whether it is.
    fn mark(&mut self, path: &str, options: Option<&Options>, around: bool) -> bool {
        let deprecated = around || is_deprecated(options);
        if deprecated {
            self.deprecated.insert(path.to_owned());
        }
        deprecated
    }
}

fn is_deprecated(options: Option<&Options>) -> bool {
    let written = options
        .into_iter()
        .flat_map(|options| &options.uninterpreted_option);
    let mut deprecated = written.filter(|option| {
        let plain = matches!(&*option.name, [part] if part.name_part == "deprecated");
        plain && option.identifier_value() == "true"
    });
    deprecated.next().is_some()
}

const fn label(repeated: bool) -> &'static str {
    if repeated { "repeated " } else { "" }
}

/// Label and short type of a field, as they are compared with those of earlier versions.
pub(crate) fn kind_of(field: &Field) -> String {
    let label = label(field.cardinality == Cardinality::Repeated);
    let kind = match &field.kind {
        Kind::Scalar(scalar) => scalar.name(),
        Kind::Enum(name) | Kind::Message(name) | Kind::Group(name) => short_name(name),
        Kind::Map { entry, .. } => short_name(entry),
    };
    format!("{label}{kind}")
}

//! What earlier versions had: numbers and names that were given up, and what was deprecated when.
//!
//! Of a tree's earlier versions only what can differ from the new one is read, and not linked: names
//! and numbers stand in the text. A file that cannot be read says nothing. What was renamed from one
//! version to the next is found as the walker finds it, by what is inside.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::descriptor::{
    DescriptorProto, EnumDescriptorProto, FileDescriptorProto, Label, Options,
};
use super::diff::{Similar, similar};
use super::model::{Cardinality, Field, Kind, Model, Scalar, short_name};
use super::pool::join;
use super::review::Version;
use super::syntax::{self, Detail};
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
#[derive(Clone, Debug)]
pub(crate) struct Past<'a> {
    pub member: &'a Member,
    /// The last version that had it.
    pub last: Cow<'a, str>,
    /// The first one after it, which had not.
    pub gone_in: Cow<'a, str>,
}

/// A member of the old version of a subject that a later one had not.
#[derive(Clone, Debug)]
pub(crate) struct Gap<'a> {
    /// The last one that was there; `None` if no version after the old one had any.
    pub member: Option<&'a Member>,
    /// The last version that had it.
    pub last: &'a str,
    /// A later one, which had not.
    pub gone_in: &'a str,
}

/// The versions of a subject from an old one to the candidate.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Between<'a> {
    /// Those between, newest first.
    pub newer: &'a [Earlier],
    /// What the old one is called.
    pub old: &'a str,
}

impl<'a> Between<'a> {
    /// Looks for a member that a version between has not, in a message or enum of one of these names, the
    /// candidate's and the old one's, or what it was called then.
    pub(crate) fn gap(
        &self,
        holders: [&str; 2],
        wanted: impl Fn(&Member) -> bool,
    ) -> Option<Gap<'a>> {
        let mut holders = holders.map(str::to_owned);
        let mut gone_in = None;
        for version in self.newer {
            holders = holders.map(|holder| version.called(holder));
            let Some(members) = version.members(&holders) else {
                continue;
            };
            match (members.iter().find(|member| wanted(member)), gone_in) {
                (None, _) => gone_in = Some(version.name.as_str()),
                (Some(_), None) => {}
                (Some(member), Some(gone_in)) => {
                    return Some(Gap {
                        member: Some(member),
                        last: &version.name,
                        gone_in,
                    });
                }
            }
        }
        gone_in.map(|gone_in| Gap {
            member: None,
            last: self.old,
            gone_in,
        })
    }
}

/// What a version of a subject is called: by its number, or where that is not known by how many are newer,
/// the candidate aside.
pub(crate) fn version_name(number: Option<u32>, newer: usize) -> String {
    match (number, newer) {
        (Some(number), _) => format!("version {number}"),
        (None, 0) => "the latest version".to_owned(),
        (None, newer) => format!("the latest version but {newer}"),
    }
}

/// The earlier versions of a tree, oldest first, up to the old one of a comparison.
#[derive(Debug, Default)]
pub(crate) struct History {
    versions: Vec<Earlier>,
    /// The name of the version that is compared.
    base: String,
}

/// A version of a tree or of a subject, before the newest one.
#[derive(Debug)]
pub(crate) struct Earlier {
    name: String,
    files: Vec<Arc<State>>,
    /// What messages and enums are called here, by their names in the next version.
    called: Names,
}

/// Full names by other full names.
type Names = BTreeMap<String, String>;

impl History {
    /// Reads what earlier versions have where it can differ from `new`.
    pub(crate) fn of(versions: &[Version<'_>], base: Version<'_>, new: &Tree) -> Self {
        let mut touched: BTreeSet<&str> = BTreeSet::new();
        for version in versions.iter().chain([&base]) {
            let files = version.tree.files().filter(|file| !file.import_only);
            let changed =
                files.filter(|file| new.text(&file.import_path) != Some(file.source.text()));
            touched.extend(changed.map(|file| file.import_path.as_str()));
        }
        let mut reader = Reader::default();
        let mut all: Vec<Earlier> = Vec::new();
        for version in versions.iter().chain([&base]) {
            let files = reader.read(version.tree, &touched);
            if let Some(before) = all.last_mut() {
                before.called = called(&before.files, &files);
            }
            all.push(Earlier {
                name: version.name.to_owned(),
                files,
                called: Names::new(),
            });
        }
        let base = all.pop().map(|base| base.name).unwrap_or_default();
        Self {
            versions: all,
            base,
        }
    }

    /// The newest version that had such a member in a message or enum of one of these names, or what it
    /// was called then.
    pub(crate) fn find(
        &self,
        holders: [&str; 2],
        wanted: impl Fn(&Member) -> bool,
    ) -> Option<Past<'_>> {
        let mut gone_in = self.base.as_str();
        let mut holders = holders.map(str::to_owned);
        for version in self.versions.iter().rev() {
            holders = holders.map(|holder| version.called(holder));
            let states = version.files.iter();
            let mut members = states
                .flat_map(|state| holders.iter().map(|holder| state.members.get(holder)))
                .flatten()
                .flatten();
            if let Some(member) = members.find(|member| wanted(member)) {
                return Some(Past {
                    member,
                    last: version.name.as_str().into(),
                    gone_in: gone_in.into(),
                });
            }
            gone_in = &version.name;
        }
        None
    }

    /// Whether an element is marked as deprecated in each of the last versions, so many of them.
    /// What stands in a file that is as it was is not looked for.
    pub(crate) fn deprecated(&self, path: &str, versions: usize) -> bool {
        let mut path = path.to_owned();
        let mut marked = 0;
        for version in self.versions.iter().rev().take(versions) {
            path = version.called(path);
            let is_marked = |state: &Arc<State>| state.deprecated.contains(&path);
            marked += usize::from(version.files.iter().any(is_marked));
        }
        marked == versions
    }
}

impl Earlier {
    /// A version of a subject, and what it has; `next` is what the next version has.
    pub(crate) fn new(name: String, state: Arc<State>, next: &Arc<State>) -> Self {
        let files = vec![state];
        let called = called(&files, std::slice::from_ref(next));
        Self {
            name,
            files,
            called,
        }
    }

    /// What a version of a subject has.
    pub(crate) fn state(&self) -> Arc<State> {
        self.files.first().cloned().unwrap_or_default()
    }

    /// The members of the first message or enum of these names that it has.
    fn members(&self, holders: &[String]) -> Option<&[Member]> {
        let mut found = holders.iter().flat_map(|holder| {
            let states = self.files.iter();
            states.filter_map(move |state| state.members.get(holder))
        });
        found.next().map(Vec::as_slice)
    }

    /// What an element is called here, given its name in the next version.
    fn called(&self, path: String) -> String {
        if let Some(name) = self.called.get(&path) {
            return name.clone();
        }
        let holder = path.rsplit_once('.');
        let member = holder.and_then(|(holder, name)| Some(join(self.called.get(holder)?, name)));
        member.unwrap_or(path)
    }
}

/// Reads files, the same text of one path once.
#[derive(Default)]
struct Reader<'t> {
    /// By path.
    states: BTreeMap<&'t str, (&'t str, Arc<State>)>,
}

impl<'t> Reader<'t> {
    fn read(&mut self, tree: &'t Tree, touched: &BTreeSet<&str>) -> Vec<Arc<State>> {
        let mut found = Vec::new();
        for file in tree.files().filter(|file| !file.import_only) {
            let path = file.import_path.as_str();
            let text = file.source.text();
            if !touched.contains(path) {
                continue;
            }
            let known = self.states.get(path).filter(|(known, _)| *known == text);
            let known = known.map(|(_, state)| Arc::clone(state));
            let state = known.unwrap_or_else(|| Arc::new(State::of_text(&file.source)));
            self.states.insert(path, (text, Arc::clone(&state)));
            found.push(state);
        }
        found
    }
}

/// What messages and enums were called in the older of two versions, by their names in the newer one,
/// where that is another and what is inside says that they are the same.
fn called(older: &[Arc<State>], newer: &[Arc<State>]) -> Names {
    let (before, now) = (Holder::only(older, newer), Holder::only(newer, older));
    let (gone, added) = (
        Holder::without(&before, &now),
        Holder::without(&now, &before),
    );
    let pairs = similar(&gone, &added).into_iter();
    pairs
        .map(|(old, new)| (new.name.to_owned(), old.name.to_owned()))
        .collect()
}

/// A message or enum of a state.
#[derive(Clone, Copy, Debug)]
struct Holder<'s> {
    name: &'s str,
    members: &'s [Member],
}

impl<'s> Holder<'s> {
    /// Those of the states that the other version has not.
    fn only(states: &'s [Arc<State>], others: &[Arc<State>]) -> Vec<Self> {
        let others: BTreeSet<*const State> = others.iter().map(Arc::as_ptr).collect();
        let own = states
            .iter()
            .filter(|state| !others.contains(&Arc::as_ptr(state)));
        let holders = own.flat_map(|state| &state.members);
        holders
            .map(|(name, members)| Self { name, members })
            .collect()
    }

    /// Those of them whose names are none of the others'.
    fn without<'h>(all: &'h [Self], others: &[Self]) -> Vec<&'h Self> {
        let others: BTreeSet<&str> = others.iter().map(|holder| holder.name).collect();
        let missing = all.iter().filter(|holder| !others.contains(holder.name));
        missing.collect()
    }
}

impl Similar for Holder<'_> {
    fn full_name(&self) -> &str {
        self.name
    }

    fn members(&self) -> Vec<(i32, &str)> {
        let members = self.members.iter();
        members
            .map(|member| (member.number, member.name.as_str()))
            .collect()
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

    fn of_text(source: &Source) -> Self {
        let parsed = syntax::parse_with(source, Detail::Nothing).ok();
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

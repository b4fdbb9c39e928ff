//! What the comparison knows of `.proto` files: plain data of our own, linked and with places.
//!
//! It does not depend on how the files were parsed; [`super::build`] fills it from descriptors.
//! Places are `None` where the schema came as a descriptor, which has no text.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::descriptor::{Edition, Type};
use super::places::Spot;
use super::settings::Settings;
use crate::model::Source;

/// Things by full name (without the leading dot), in the order of the names. Found without comparing
/// names, which are long and begin alike.
pub(crate) type Named<T> = IndexMap<String, T, RandomState>;

/// Everything of a set of linked files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub files: Vec<File>,
    pub messages: Named<Message>,
    pub enums: Named<Enum>,
    pub services: Named<Service>,
    /// Extension fields, by the message that they extend and their number.
    pub extensions: BTreeMap<(String, i32), Extension>,
}

/// The index of a file in [`Model::files`].
pub(crate) type FileId = usize;

#[derive(Clone, Debug)]
pub(crate) struct File {
    pub path: String,
    pub package: String,
    pub edition: Edition,
    pub source: Source,
    /// Where the package is named.
    pub package_span: Spot,
    /// Where the syntax or the edition is named.
    pub syntax_span: Spot,
    /// Whether its changes are reported; imports from elsewhere are not.
    pub compared: bool,
    pub options: Settings,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an answer of its own to a rule's question"
)]
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub name: String,
    pub file: FileId,
    pub name_span: Spot,
    pub fields: Members<Field>,
    /// Names of the oneofs that were written; those of proto3's `optional` are left out.
    pub oneofs: Vec<Oneof>,
    pub reserved: Reserved,
    /// The numbers that extensions may have.
    pub extendable: Reserved,
    pub map_entry: bool,
    pub set_format: bool,
    /// Whether its JSON form is promised, as `features.json_format = ALLOW` says.
    pub json: bool,
    /// Whether other files may name it (edition 2024).
    pub exported: bool,
    pub options: Settings,
}

#[derive(Clone, Debug)]
pub(crate) struct Oneof {
    pub name: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub name: String,
    pub number: i32,
    pub json_name: String,
    pub cardinality: Cardinality,
    pub kind: Kind,
    /// Whether a reader can tell the default from an absent value.
    pub presence: bool,
    /// Whether a parser refuses bytes that are not UTF-8; of strings only.
    pub utf8: bool,
    /// The index in [`Message::oneofs`].
    pub oneof: Option<usize>,
    /// The explicit default of proto2, as the descriptor spells it.
    pub default: Option<String>,
    pub span: Spot,
    pub name_span: Spot,
    pub type_span: Spot,
    pub options: Settings,
}

/// A field that stands outside of the message that it belongs to. Its name is a full one.
#[derive(Clone, Debug)]
pub(crate) struct Extension {
    pub field: Field,
    pub file: FileId,
}

impl std::ops::Deref for Extension {
    type Target = Field;

    fn deref(&self) -> &Field {
        &self.field
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Cardinality {
    /// At most one, present or not.
    Optional,
    /// proto2: exactly one.
    Required,
    /// Any number, maps included.
    Repeated,
}

impl Cardinality {
    /// The keyword.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Required => "required",
            Self::Repeated => "repeated",
        }
    }
}

/// A field's type. Names are full and have no leading dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar(Scalar),
    Enum(String),
    Message(String),
    Group(String),
    /// The message is the synthetic entry type.
    Map {
        key: Scalar,
        value: Box<Kind>,
        entry: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
}

/// Numbers and names that must not be used again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reserved {
    /// First and last number, both included, in the order of the text.
    pub ranges: Vec<(i32, i32)>,
    pub names: BTreeSet<String>,
    /// The ranges sorted, and joined where they touch.
    joined: Vec<(i32, i32)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Enum {
    pub name: String,
    pub file: FileId,
    /// A closed enum (proto2) reads an undeclared number as absent; an open one keeps it.
    pub closed: bool,
    /// Whether its JSON form is promised.
    pub json: bool,
    /// Whether other files may name it (edition 2024).
    pub exported: bool,
    pub name_span: Spot,
    pub values: Members<EnumValue>,
    pub reserved: Reserved,
    pub options: Settings,
}

#[derive(Clone, Debug)]
pub(crate) struct EnumValue {
    pub name: String,
    pub number: i32,
    pub span: Spot,
    pub options: Settings,
}

#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub name: String,
    pub file: FileId,
    pub name_span: Spot,
    pub methods: Members<Method>,
    pub options: Settings,
}

#[derive(Clone, Debug)]
pub(crate) struct Method {
    pub name: String,
    pub input: String,
    pub output: String,
    pub client_streaming: bool,
    pub server_streaming: bool,
    pub span: Spot,
    pub name_span: Spot,
    pub input_span: Spot,
    pub output_span: Spot,
    pub options: Settings,
}

impl Model {
    /// Puts names in order, once all are there.
    pub(super) fn sort(&mut self) {
        self.messages.sort_unstable_keys();
        self.enums.sort_unstable_keys();
        self.services.sort_unstable_keys();
    }

    /// Whether changes of the file are reported.
    pub(crate) fn compares(&self, file: FileId) -> bool {
        self.files.get(file).is_some_and(|file| file.compared)
    }

    /// The package of a file.
    pub(crate) fn package(&self, file: FileId) -> &str {
        self.files.get(file).map_or("", |file| &file.package)
    }
}

/// What has a name and, where it matters, a number.
pub(crate) trait Member {
    fn name(&self) -> &str;
    fn number(&self) -> i32;
}

/// Members in the order of the text, found by name and number without a walk: a message may have
/// 65,535 fields. Most have few, so sorted indices, which cost 8 bytes a member, and no tables.
#[derive(Clone, Debug)]
pub(crate) struct Members<T> {
    all: Box<[T]>,
    /// Indices, sorted by name.
    by_name: Box<[u32]>,
    /// Indices, sorted by number; members of one number in the order of the text.
    by_number: Box<[u32]>,
}

impl<T: Member> Members<T> {
    pub(crate) fn new(all: Vec<T>) -> Self {
        Self {
            by_name: sorted(&all, |one, other| one.name().cmp(other.name())),
            by_number: sorted(&all, |one, other| one.number().cmp(&other.number())),
            all: all.into(),
        }
    }

    /// Of several with the name the last one.
    pub(crate) fn named(&self, name: &str) -> Option<&T> {
        let upto = |at: &u32| self.at(*at).is_some_and(|member| member.name() <= name);
        let last = self.by_name.partition_point(upto).checked_sub(1)?;
        let found = self.at(*self.by_name.get(last)?)?;
        (found.name() == name).then_some(found)
    }

    /// Several enum values may share a number.
    pub(crate) fn numbered(&self, number: i32) -> impl Iterator<Item = &T> {
        let before = |at: &u32| self.at(*at).is_some_and(|member| member.number() < number);
        let start = self.by_number.partition_point(before);
        let found = self.by_number.get(start..).unwrap_or_default();
        let found = found.iter().filter_map(|at| self.at(*at));
        found.take_while(move |member| member.number() == number)
    }

    /// Of those with a number in a range, ends included, the first one in the text.
    pub(crate) fn within(&self, (first, last): (i32, i32)) -> Option<&T> {
        let number = |at: &u32| self.at(*at).map(Member::number);
        let before = |at: &u32| number(at).is_some_and(|number| number < first);
        let upto = |at: &u32| number(at).is_some_and(|number| number <= last);
        let start = self.by_number.partition_point(before);
        let end = self.by_number.partition_point(upto);
        self.at(*self.by_number.get(start..end)?.iter().min()?)
    }

    fn at(&self, index: u32) -> Option<&T> {
        self.all.get(index as usize)
    }
}

/// The indices of members in an order; equal ones stay in the order of the text.
fn sorted<T>(all: &[T], order: impl Fn(&T, &T) -> Ordering) -> Box<[u32]> {
    let mut members: Vec<(u32, &T)> = (0..).zip(all).collect();
    members.sort_by(|(_, one), (_, other)| order(one, other));
    members.into_iter().map(|(index, _)| index).collect()
}

impl<T> std::ops::Deref for Members<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.all
    }
}

impl<'a, T> IntoIterator for &'a Members<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}

impl Member for Field {
    fn name(&self) -> &str {
        &self.name
    }

    fn number(&self) -> i32 {
        self.number
    }
}

impl Member for EnumValue {
    fn name(&self) -> &str {
        &self.name
    }

    fn number(&self) -> i32 {
        self.number
    }
}

impl Member for Method {
    fn name(&self) -> &str {
        &self.name
    }

    /// RPCs have no numbers.
    fn number(&self) -> i32 {
        0
    }
}

impl Message {
    pub(crate) fn field(&self, number: i32) -> Option<&Field> {
        self.fields.numbered(number).next()
    }

    /// Whether it is an entry of a map or written like one.
    pub(crate) fn is_like_entry(&self) -> bool {
        let named = |number, name| self.field(number).is_some_and(|field| field.name == name);
        self.fields.len() == 2 && named(1, "key") && named(2, "value")
    }

    /// The name of the oneof that the field stands in.
    pub(crate) fn oneof_of(&self, field: &Field) -> Option<&Oneof> {
        self.oneofs.get(field.oneof?)
    }

    /// The field's full name, as paths have it.
    pub(crate) fn path_of(&self, field: &Field) -> String {
        if field.name.contains('.') {
            // An extension has a full name of its own.
            return field.name.clone();
        }
        format!("{}.{}", self.name, field.name)
    }
}

impl Reserved {
    pub(crate) fn new(ranges: Vec<(i32, i32)>, names: &[String]) -> Self {
        let mut sorted = ranges.clone();
        sorted.sort_unstable();
        let mut joined: Vec<(i32, i32)> = Vec::new();
        for (first, last) in sorted {
            match joined.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => joined.push((first, last)),
            }
        }
        Self {
            ranges,
            names: names.iter().cloned().collect(),
            joined,
        }
    }

    pub(crate) fn has_number(&self, number: i32) -> bool {
        self.missing_of((number, number)).is_empty()
    }

    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The parts of a range that are not reserved here.
    pub(crate) fn missing_of(&self, (first, last): (i32, i32)) -> Vec<(i32, i32)> {
        let start = self.joined.partition_point(|(_, end)| *end < first);
        let touching = self
            .joined
            .iter()
            .skip(start)
            .take_while(|(start, _)| *start <= last);
        let mut missing = Vec::new();
        let mut next = Some(first);
        for (start, end) in touching {
            if let Some(from) = next.filter(|from| from < start) {
                missing.push((from, start - 1));
            }
            // `None`: behind the last number that there is.
            next = end.checked_add(1);
        }
        if let Some(from) = next.filter(|from| *from <= last) {
            missing.push((from, last));
        }
        missing
    }
}

impl Enum {
    pub(crate) fn has_number(&self, number: i32) -> bool {
        self.values.numbered(number).next().is_some()
    }
}

impl Scalar {
    /// The scalar of a field whose type has no name of its own.
    pub(crate) const fn of(ty: Type) -> Option<Self> {
        Some(match ty {
            Type::Double => Self::Double,
            Type::Float => Self::Float,
            Type::Int64 => Self::Int64,
            Type::Uint64 => Self::Uint64,
            Type::Int32 => Self::Int32,
            Type::Fixed64 => Self::Fixed64,
            Type::Fixed32 => Self::Fixed32,
            Type::Bool => Self::Bool,
            Type::String => Self::String,
            Type::Bytes => Self::Bytes,
            Type::Uint32 => Self::Uint32,
            Type::Sfixed32 => Self::Sfixed32,
            Type::Sfixed64 => Self::Sfixed64,
            Type::Sint32 => Self::Sint32,
            Type::Sint64 => Self::Sint64,
            Type::Group | Type::Message | Type::Enum => return None,
        })
    }

    /// The keyword.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Float => "float",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Sint32 => "sint32",
            Self::Sint64 => "sint64",
            Self::Fixed32 => "fixed32",
            Self::Fixed64 => "fixed64",
            Self::Sfixed32 => "sfixed32",
            Self::Sfixed64 => "sfixed64",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Bytes => "bytes",
        }
    }
}

impl std::fmt::Display for Kind {
    /// As people write it: `int32`, `orders.v1.Status`, `map<string, int32>`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Scalar(scalar) => f.write_str(scalar.name()),
            Self::Enum(name) | Self::Message(name) => f.write_str(name),
            Self::Group(name) => write!(f, "group {name}"),
            Self::Map { key, value, .. } => write!(f, "map<{}, {value}>", key.name()),
        }
    }
}

/// The last part of a full name.
pub(crate) fn short_name(full_name: &str) -> &str {
    full_name.rsplit('.').next().unwrap_or(full_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Member for (&str, i32) {
        fn name(&self) -> &str {
            self.0
        }

        fn number(&self) -> i32 {
            self.1
        }
    }

    #[test]
    fn members_are_found_by_name_and_those_of_one_number_in_the_order_of_the_text() {
        let all = [("C", 1), ("A", -1), ("B", 1), ("D", 1)];
        let members = Members::new(all.to_vec());
        let numbered = |number| {
            let found = members.numbered(number);
            found.map(|member| member.0).collect::<Vec<_>>()
        };
        assert_eq!(numbered(1), ["C", "B", "D"]);
        assert_eq!(numbered(-1), ["A"]);
        assert_eq!(numbered(0), [""; 0]);
        for (name, number) in all {
            assert_eq!(members.named(name).map(|member| member.1), Some(number));
        }
        assert!(members.named("BB").is_none() && members.named("").is_none());
        assert!(members.named("E").is_none());
    }

    #[test]
    fn of_the_members_in_a_range_the_first_one_of_the_text_is_found() {
        let all = [("C", 7), ("A", 3), ("B", 5), ("D", 9)];
        let members = Members::new(all.to_vec());
        let within = |first, last| members.within((first, last)).map(|member| member.0);
        assert_eq!(within(3, 7), Some("C"));
        assert_eq!(within(3, 6), Some("A"));
        assert_eq!(within(9, i32::MAX), Some("D"));
        assert_eq!(within(i32::MIN, 2), None);
        assert_eq!(within(8, 8), None);
        assert_eq!(within(7, 3), None);
    }

    #[test]
    fn what_is_missing_of_a_range_is_found_across_neighbours_and_overlaps() {
        let reserved = Reserved::new(vec![(8, 9), (2, 3), (3, 5)], &[]);
        assert_eq!(reserved.missing_of((2, 5)), []);
        assert_eq!(reserved.missing_of((1, 10)), [(1, 1), (6, 7), (10, 10)]);
        assert_eq!(
            reserved.missing_of((i32::MAX, i32::MAX)),
            [(i32::MAX, i32::MAX)]
        );
        let all = Reserved::new(vec![(i32::MIN, i32::MAX)], &[]);
        assert_eq!(all.missing_of((i32::MIN, i32::MAX)), []);
        assert!(all.has_number(i32::MAX) && !reserved.has_number(7) && reserved.has_number(4));
    }
}

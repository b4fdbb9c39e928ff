//! Enums: their values, aliases and reserved numbers.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::super::super::descriptor::{Edition, EnumDescriptorProto};
use super::super::super::features::{EnumType, Features, of};
use super::super::super::tag;
use super::numbers::Ranges;
use super::{At, Checker, at, is_set};

/// Field numbers of `EnumOptions`.
const ALLOW_ALIAS: u32 = 2;
const LEGACY_JSON_CONFLICTS: u32 = 6;

/// Whether a reader keeps numbers that an enum does not have apart.
pub(super) fn is_closed(features: Features) -> bool {
    features.enum_type == EnumType::Closed
}

/// `EnumValueOptions.feature_support`.
const FEATURE_SUPPORT: u32 = 4;

impl Checker<'_> {
    pub(super) fn enumeration(&mut self, proto: &EnumDescriptorProto, features: Features, own: At) {
        if proto.value.is_empty() {
            let message = "an enum has at least one value, add one";
            self.report(own.path(tag::NAME), message);
        }
        let path = own.around();
        self.known_features(proto.options.as_ref(), of::ENUM, own.path(tag::NAME));
        self.reserved_in_enum(proto, &path);
        if !self.options_known {
            return;
        }
        self.aliases(proto, &path);
        self.short_names(proto, &path);
        for (index, value) in proto.value.iter().enumerate() {
            let own = || at(&path, tag::ENUM_VALUE, index).path(tag::NAME);
            self.feature_support(value.options.as_ref(), FEATURE_SUPPORT, own);
        }
        let first = proto.value.first().filter(|_| !is_closed(features));
        if let Some(first) = first.filter(|first| first.number() != 0) {
            let message = format!(
                "the first value of an open enum is 0, but `{}` is {}; put a value 0 first",
                first.name(),
                first.number()
            );
            self.report(
                at(&path, tag::ENUM_VALUE, 0).path(tag::ENUM_VALUE_NUMBER),
                message,
            );
        }
    }

    fn reserved_in_enum(&mut self, proto: &EnumDescriptorProto, path: &[i32]) {
        let ranges = proto.reserved_range.iter();
        let ranges = Ranges::new(ranges.map(|range| {
            let start = i64::from(range.start.unwrap_or_default());
            (start, i64::from(range.end.unwrap_or_default()) + 1)
        }));
        for (index, range) in proto.reserved_range.iter().enumerate() {
            if range.start > range.end {
                let message = "the end of the reserved range is less than its start, swap them";
                self.report(at(path, tag::ENUM_RESERVED, index).around(), message);
            }
        }
        for (first, _) in ranges.overlaps() {
            let message = "the reserved range overlaps another one, take the numbers out of one";
            self.report(at(path, tag::ENUM_RESERVED, first.index).around(), message);
        }
        let mut names = HashSet::new();
        for name in &proto.reserved_name {
            if !names.insert(&**name) {
                let message = format!("the name `{name}` is reserved twice, remove one of the two");
                self.report(tag::join(path, &[tag::NAME]), message);
            }
        }
        for (index, value) in proto.value.iter().enumerate() {
            if let Some(range) = ranges.find(i64::from(value.number())) {
                let message = format!(
                    "`{}` uses the reserved number {}, choose another one",
                    value.name(),
                    value.number()
                );
                self.report(at(path, tag::ENUM_RESERVED, range.index).around(), message);
            }
            if names.contains(value.name()) {
                let message = format!(
                    "the name `{}` is reserved, choose another one",
                    value.name()
                );
                self.report(at(path, tag::ENUM_VALUE, index).path(tag::NAME), message);
            }
        }
    }

    /// Two values have one number if the enum says so, and it says so only then.
    fn aliases(&mut self, proto: &EnumDescriptorProto, path: &[i32]) {
        let allowed = is_set(proto.options.as_ref(), ALLOW_ALIAS);
        let said = proto
            .options
            .as_ref()
            .and_then(|options| options.varint(ALLOW_ALIAS));
        let mut taken: HashMap<i32, usize, RandomState> = HashMap::default();
        let mut aliases = false;
        for (index, value) in proto.value.iter().enumerate() {
            let first = *taken.entry(value.number()).or_insert(index);
            let other = proto.value.get(first).filter(|_| first != index);
            // A value that is there twice was reported.
            let Some(other) = other.filter(|other| other.name() != value.name()) else {
                continue;
            };
            aliases = true;
            if !allowed {
                let message = format!(
                    "`{}` has the number {} of `{}`; use another one, or write `option allow_alias = \
                     true;` if both mean the same",
                    value.name(),
                    value.number(),
                    other.name(),
                );
                let path = at(path, tag::ENUM_VALUE, index).path(tag::ENUM_VALUE_NUMBER);
                self.report(path, message);
            }
        }
        // Descriptors may say what is of no use.
        if self.file.encoded {
            return;
        }
        let end = tag::join(path, &[tag::END]);
        if allowed && !aliases {
            let message = format!(
                "enum `{}` has no aliases, remove `allow_alias`",
                proto.name()
            );
            self.report(end, message);
        } else if said == Some(0) {
            self.report(end, "`allow_alias = false` says nothing, remove it");
        }
    }

    /// Values are told apart without the prefix of the enum and in any case, as code generators may name
    /// them.
    fn short_names(&mut self, proto: &EnumDescriptorProto, path: &[i32]) {
        let lenient = is_set(proto.options.as_ref(), LEGACY_JSON_CONFLICTS);
        if lenient && self.edition == Edition::Proto2 {
            return;
        }
        let mut taken: HashMap<String, (&str, i32), RandomState> = HashMap::default();
        for (index, value) in proto.value.iter().enumerate() {
            let own = (value.name(), value.number());
            let key = without_prefix(value.name(), proto.name());
            let (other, number) = *taken.entry(key).or_insert(own);
            if other != value.name() && number != value.number() {
                let message = format!(
                    "`{}` and `{other}` are the same name without the prefix of the enum and in any \
                     case, rename one",
                    value.name()
                );
                self.report(at(path, tag::ENUM_VALUE, index).path(tag::NAME), message);
            }
        }
    }
}

/// The name of an enum value as generators for other languages shorten it: without the enum's name
/// before it, words joined. Names that become equal collide there.
fn without_prefix(value: &str, name: &str) -> String {
    let prefix = name
        .chars()
        .filter(|c| *c != '_')
        .map(|c| c.to_ascii_lowercase());
    let mut rest = value.chars();
    for expected in prefix {
        let found = rest
            .by_ref()
            .find(|c| *c != '_')
            .map(|c| c.to_ascii_lowercase());
        if found != Some(expected) {
            return joined(value);
        }
    }
    let rest = rest.as_str().trim_start_matches('_');
    if rest.is_empty() {
        joined(value)
    } else {
        joined(rest)
    }
}

/// `SOME_NAME` as `SomeName`.
fn joined(name: &str) -> String {
    let words = name.split('_');
    let word = |word: &str| {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
    };
    words.map(word).collect()
}

//! Maps: their keys, their values, and the messages that stand for their entries.

use super::super::super::descriptor::{DescriptorProto, FieldDescriptorProto, Label, Type};
use super::super::super::pool::MessageRef;
use super::super::super::tag;
use super::super::json_name::entry_name;
use super::{Checker, Field};

impl<'p> Checker<'p> {
    /// Checks a field whose type is the entry of a map.
    pub(super) fn map(&mut self, field: &Field<'p, '_>) {
        if !matches!(field.sort, Some(Type::Message | Type::Group)) {
            return;
        }
        let entry = self.message_named(field.proto.type_name());
        let Some(entry) = entry.filter(|entry| entry.is_map_entry()) else {
            return;
        };
        let path = || field.at.path(tag::FIELD_TYPE_NAME);
        if field.sort == Some(Type::Group) {
            self.report(path(), "a group cannot be a map, write `map<…>`");
        } else if field.is_extension || !is_own(field, entry) {
            let message = format!(
                "`{}` is the type of a map's entries, which no other field has; write `map<…>`",
                entry.name
            );
            self.report(path(), message);
        } else if let Some((key, value)) = parts(entry.proto) {
            self.key(field, key);
            self.value(field, value);
        } else {
            let message = "`map_entry` is not set by hand, write `map<…>`";
            self.report(path(), message);
        }
    }

    /// A key is compared, so it is no message, no number with a fraction, no bytes, and no enum.
    fn key(&mut self, field: &Field, key: &FieldDescriptorProto) {
        let sort = super::sort(key);
        let wrong = matches!(
            sort,
            Some(
                Type::Double | Type::Float | Type::Bytes | Type::Message | Type::Group | Type::Enum
            )
        );
        if wrong {
            let message = "the key of a map is a whole number, a bool or a string";
            self.report(field.at.path(tag::FIELD_TYPE_NAME), message);
        }
    }

    /// An absent value is the enum's first, which must be zero.
    fn value(&mut self, field: &Field, value: &FieldDescriptorProto) {
        if value.r#type() != Type::Enum {
            return;
        }
        let name = value.type_name().trim_start_matches('.');
        let found = self.pool.enumeration(name);
        let first = found.and_then(|found| found.proto.value.first());
        if first.is_some_and(|first| first.number() != 0) {
            let message = format!("the first value of enum `{name}` must be 0 in a map");
            self.report(field.at.path(tag::FIELD_TYPE_NAME), message);
        }
    }
}

/// Whether the entry is the one that the map itself brings along.
fn is_own(field: &Field, entry: MessageRef) -> bool {
    let beside = field.scope.is_some_and(|scope| {
        let outer = entry.name.strip_suffix(entry.proto.name());
        outer.and_then(|outer| outer.strip_suffix('.')) == Some(&scope.full_name)
    });
    beside
        && field.proto.label() == Label::Repeated
        && entry.proto.name() == entry_name(field.proto.name())
}

/// Key and value of an entry that is as maps have it.
fn parts(entry: &DescriptorProto) -> Option<(&FieldDescriptorProto, &FieldDescriptorProto)> {
    let bare = entry.extension.is_empty()
        && entry.extension_range.is_empty()
        && entry.nested_type.is_empty()
        && entry.enum_type.is_empty();
    let [key, value] = &*entry.field else {
        return None;
    };
    let is = |field: &FieldDescriptorProto, name: &str, number: i32| {
        field.label() == Label::Optional && field.number() == number && field.name() == name
    };
    (bare && is(key, "key", 1) && is(value, "value", 2)).then_some((key, value))
}

//! What the language forbids and the linker lets through.
//!
//! Each check names the rule of the language that it stands for. They look at linked descriptors, so
//! types are known by full name.

use std::collections::{BTreeMap, BTreeSet};

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};

use super::parse::{Linked, Loaded};
use super::tag;
use crate::model::Problem;

/// The most fields of a message, as `protoc` has it.
pub const MAX_FIELDS: usize = 65_535;

/// What proto3 files may extend.
const OPTIONS: [&str; 9] = [
    ".google.protobuf.EnumOptions",
    ".google.protobuf.EnumValueOptions",
    ".google.protobuf.ExtensionRangeOptions",
    ".google.protobuf.FieldOptions",
    ".google.protobuf.FileOptions",
    ".google.protobuf.MessageOptions",
    ".google.protobuf.MethodOptions",
    ".google.protobuf.OneofOptions",
    ".google.protobuf.ServiceOptions",
];

/// Checks all files that were linked.
pub(crate) fn check(linked: &Linked) -> Vec<Problem> {
    let mut checker = Checker {
        linked,
        extensions: BTreeMap::new(),
        problems: Vec::new(),
    };
    for file in linked.reflected.files() {
        let proto = file.file_descriptor_proto();
        if let Some(loaded) = linked.files.get(file.name()) {
            checker.file(loaded, proto);
        }
    }
    checker.problems
}

struct Checker<'a> {
    linked: &'a Linked,
    /// Who extends a message under a number.
    extensions: BTreeMap<(String, i32), String>,
    problems: Vec<Problem>,
}

/// A file and its syntax.
#[derive(Clone, Copy)]
struct In<'a> {
    loaded: &'a Loaded,
    proto3: bool,
}

impl Checker<'_> {
    fn file(&mut self, loaded: &Loaded, proto: &FileDescriptorProto) {
        let place = In {
            loaded,
            proto3: proto.syntax() == "proto3",
        };
        for (index, message) in proto.message_type.iter().enumerate() {
            self.message(place, message, &[tag::FILE_MESSAGE, tag::index(index)]);
        }
        for (index, found) in proto.enum_type.iter().enumerate() {
            self.enumeration(place, found, &[tag::FILE_ENUM, tag::index(index)]);
        }
        self.extends(place, &proto.extension, &[tag::FILE_EXTENSION]);
    }

    fn report(&mut self, place: In, path: &[i32], message: String) {
        let span = place.loaded.places.get(path);
        let message = match span {
            Some(_) => message,
            None => format!("{}: {message}", place.loaded.source.file()),
        };
        self.problems.push(Problem { message, span });
    }

    fn message(&mut self, place: In, proto: &DescriptorProto, path: &[i32]) {
        if proto.field.len() > MAX_FIELDS {
            let message = format!(
                "message `{}` has more than {MAX_FIELDS} fields",
                proto.name()
            );
            self.report(place, &tag::join(path, &[tag::NAME]), message);
            return;
        }
        if place.proto3 && !proto.extension_range.is_empty() {
            let message = "proto3 has no extension ranges, use `google.protobuf.Any` or proto2";
            self.report(
                place,
                &tag::join(path, &[tag::MESSAGE_RANGES]),
                message.to_owned(),
            );
        }
        self.reserved(place, proto, path);
        for (index, field) in proto.field.iter().enumerate() {
            self.field(
                place,
                field,
                &tag::join(path, &[tag::MESSAGE_FIELD, tag::index(index)]),
            );
        }
        for (index, nested) in proto.nested_type.iter().enumerate() {
            self.message(
                place,
                nested,
                &tag::join(path, &[tag::MESSAGE_NESTED, tag::index(index)]),
            );
        }
        for (index, nested) in proto.enum_type.iter().enumerate() {
            self.enumeration(
                place,
                nested,
                &tag::join(path, &[tag::MESSAGE_ENUM, tag::index(index)]),
            );
        }
        self.extends(
            place,
            &proto.extension,
            &tag::join(path, &[tag::MESSAGE_EXTENSION]),
        );
    }

    fn reserved(&mut self, place: In, proto: &DescriptorProto, path: &[i32]) {
        let reserved: BTreeSet<&str> = proto.reserved_name.iter().map(String::as_str).collect();
        for (index, field) in proto.field.iter().enumerate() {
            if reserved.contains(field.name()) {
                let path = tag::join(path, &[tag::MESSAGE_FIELD, tag::index(index), tag::NAME]);
                let message = format!(
                    "the name `{}` is reserved, choose another one",
                    field.name()
                );
                self.report(place, &path, message);
            }
        }
        let reserved = proto
            .reserved_range
            .iter()
            .enumerate()
            .map(|(index, range)| Range {
                first: range.start(),
                end: i64::from(range.end()),
                path: tag::join(path, &[tag::MESSAGE_RESERVED, tag::index(index)]),
            });
        let extensions = proto
            .extension_range
            .iter()
            .enumerate()
            .map(|(index, range)| Range {
                first: range.start(),
                end: i64::from(range.end()),
                path: tag::join(path, &[tag::MESSAGE_RANGES, tag::index(index)]),
            });
        self.ranges(place, reserved.chain(extensions).collect());
    }

    /// Ranges run upwards and do not overlap.
    fn ranges(&mut self, place: In, mut ranges: Vec<Range>) {
        for range in ranges
            .iter()
            .filter(|range| range.end <= i64::from(range.first))
        {
            let message = "the end of the range is less than its start".to_owned();
            self.report(place, &range.path, message);
        }
        ranges.sort_by_key(|range| (range.first, range.end));
        let mut end = i64::MIN;
        for range in &ranges {
            if i64::from(range.first) < end {
                let message =
                    "the range overlaps another one, leave it out of one of them".to_owned();
                self.report(place, &range.path, message);
            }
            end = end.max(range.end);
        }
    }

    fn field(&mut self, place: In, proto: &FieldDescriptorProto, path: &[i32]) {
        let json_name = proto.json_name();
        if proto.extendee.is_none() && json_name.starts_with('[') && json_name.ends_with(']') {
            let message = format!("`{json_name}` is no JSON name: brackets mark extensions");
            self.report(place, &tag::join(path, &[tag::FIELD_JSON_NAME]), message);
        }
        self.declaration(place, proto, path);
        self.packed(place, proto, path);
        if proto.r#type() == Type::Enum {
            self.enum_of(place, proto, path);
        } else if proto.r#type() == Type::Message && proto.label() == Label::Repeated {
            self.map(place, proto, path);
        }
    }

    /// What a field or an extension may say of itself.
    fn declaration(&mut self, place: In, proto: &FieldDescriptorProto, path: &[i32]) {
        let (ty, label) = (proto.r#type(), proto.label());
        let default = tag::join(path, &[tag::FIELD_DEFAULT]);
        let name = tag::join(path, &[tag::NAME]);
        let mut report = |wrong: bool, path: &[i32], message: &str| {
            if wrong {
                self.report(place, path, message.to_owned());
            }
        };
        let has_default = proto.default_value.is_some();
        let is_message = matches!(ty, Type::Message | Type::Group);
        if place.proto3 {
            report(has_default, &default, "proto3 has no defaults, remove it");
            let group = ty == Type::Group;
            report(
                group,
                &name,
                "proto3 has no groups, declare a message and a field",
            );
            let required = label == Label::Required;
            report(required, &name, "proto3 has no `required`, remove it");
        } else {
            let many = has_default && label == Label::Repeated;
            report(many, &default, "a repeated field has no default, remove it");
            let message = has_default && is_message && !many;
            report(message, &default, "a message has no default, remove it");
        }
        if proto.extendee.is_some() {
            let required = label == Label::Required;
            report(
                required,
                &name,
                "an extension cannot be required, write `optional`",
            );
            let json_name = tag::join(path, &[tag::FIELD_JSON_NAME]);
            let named = place.loaded.places.get(&json_name).is_some();
            report(
                named,
                &json_name,
                "an extension has no `json_name`, remove it",
            );
        }
    }

    fn packed(&mut self, place: In, proto: &FieldDescriptorProto, path: &[i32]) {
        let packed = proto
            .options
            .as_ref()
            .is_some_and(prost_types::FieldOptions::packed);
        let kind = !matches!(
            proto.r#type(),
            Type::String | Type::Bytes | Type::Message | Type::Group
        );
        if packed && !(kind && proto.label() == Label::Repeated) {
            let message = "only repeated numbers, bools and enums can be packed".to_owned();
            self.report(place, path, message);
        }
    }

    /// proto3 fields hold open enums only.
    fn enum_of(&mut self, place: In, proto: &FieldDescriptorProto, path: &[i32]) {
        let found = self
            .linked
            .reflected
            .get_enum_by_name(proto.type_name().trim_start_matches('.'));
        let closed = found
            .is_some_and(|found| found.parent_file().syntax() == prost_reflect::Syntax::Proto2);
        if place.proto3 && closed && proto.extendee.is_none() {
            let message = format!(
                "enum `{}` is declared in a proto2 file and cannot be used in proto3",
                proto.type_name().trim_start_matches('.')
            );
            self.report(place, &tag::join(path, &[tag::FIELD_TYPE_NAME]), message);
        }
    }

    /// A key is compared, so it is no message, no number with a fraction, no bytes, and no enum. An absent
    /// value is the enum's first, which must be zero.
    fn map(&mut self, place: In, proto: &FieldDescriptorProto, path: &[i32]) {
        use prost_reflect::Kind;
        let name = proto.type_name().trim_start_matches('.');
        let entry = self
            .linked
            .reflected
            .get_message_by_name(name)
            .filter(prost_reflect::MessageDescriptor::is_map_entry);
        let Some(entry) = entry else {
            return;
        };
        let key = entry.map_entry_key_field().kind();
        if matches!(
            key,
            Kind::Double | Kind::Float | Kind::Bytes | Kind::Message(_) | Kind::Enum(_)
        ) {
            let message = "the key of a map is a whole number, a bool or a string".to_owned();
            self.report(place, &tag::join(path, &[tag::FIELD_TYPE_NAME]), message);
        }
        let Kind::Enum(found) = entry.map_entry_value_field().kind() else {
            return;
        };
        let first = found.enum_descriptor_proto().value.first();
        if first.is_some_and(|first| first.number() != 0) {
            let message = format!(
                "the first value of enum `{}` must be 0 in a map",
                found.full_name()
            );
            self.report(place, &tag::join(path, &[tag::FIELD_TYPE_NAME]), message);
        }
    }

    fn extends(&mut self, place: In, fields: &[FieldDescriptorProto], path: &[i32]) {
        for (index, field) in fields.iter().enumerate() {
            let path = tag::join(path, &[tag::index(index)]);
            if place.proto3 && !OPTIONS.contains(&field.extendee()) {
                let message = "proto3 extends only the options of descriptor.proto".to_owned();
                self.report(place, &tag::join(&path, &[tag::FIELD_EXTENDEE]), message);
            }
            let key = (field.extendee().to_owned(), field.number());
            if let Some(other) = self.extensions.insert(key, field.name().to_owned()) {
                let message = format!(
                    "extension number {} of `{}` is taken by `{other}`",
                    field.number(),
                    field.extendee().trim_start_matches('.')
                );
                self.report(place, &tag::join(&path, &[tag::FIELD_NUMBER]), message);
            }
            self.field(place, field, &path);
        }
    }

    fn enumeration(&mut self, place: In, proto: &EnumDescriptorProto, path: &[i32]) {
        let numbers: BTreeSet<i32> = proto
            .value
            .iter()
            .map(prost_types::EnumValueDescriptorProto::number)
            .collect();
        let alias = proto
            .options
            .as_ref()
            .is_some_and(prost_types::EnumOptions::allow_alias);
        if alias && numbers.len() == proto.value.len() {
            let message = format!(
                "enum `{}` has no aliases, remove `allow_alias`",
                proto.name()
            );
            self.report(place, &tag::join(path, &[tag::NAME]), message);
        }
        let reserved: BTreeSet<&str> = proto.reserved_name.iter().map(String::as_str).collect();
        let mut json_names: BTreeMap<String, (&str, i32)> = BTreeMap::new();
        for (index, value) in proto.value.iter().enumerate() {
            let path = tag::join(path, &[tag::ENUM_VALUE, tag::index(index)]);
            if reserved.contains(value.name()) {
                let message = format!(
                    "the name `{}` is reserved, choose another one",
                    value.name()
                );
                self.report(place, &tag::join(&path, &[tag::NAME]), message);
            }
            let key = without_prefix(value.name(), proto.name());
            let (other, number) = *json_names
                .entry(key)
                .or_insert((value.name(), value.number()));
            if place.proto3 && other != value.name() && number != value.number() {
                let message = format!(
                    "`{}` and `{other}` are the same name without the prefix of the enum and in \
                     any case, rename one",
                    value.name()
                );
                self.report(place, &tag::join(&path, &[tag::NAME]), message);
            }
        }
        let ranges = proto
            .reserved_range
            .iter()
            .enumerate()
            .map(|(index, range)| Range {
                first: range.start(),
                end: i64::from(range.end()) + 1,
                path: tag::join(path, &[tag::ENUM_RESERVED, tag::index(index)]),
            });
        self.ranges(place, ranges.collect());
    }
}

/// A range of numbers, its end excluded.
struct Range {
    first: i32,
    end: i64,
    path: Vec<i32>,
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
    if rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit()) {
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

#[cfg(test)]
mod tests {
    use super::super::Schema;
    use crate::model::Source;
    use crate::{Format, SchemaInput};

    #[track_caller]
    fn problems(text: &str, expected: &[&str]) {
        let input = SchemaInput::new(Format::Protobuf, Source::new("t.proto", text));
        let problems = Schema::parse(&input).err().unwrap_or_default();
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems, expected);
    }

    #[track_caller]
    fn proto3(text: &str, expected: &[&str]) {
        problems(&format!("syntax = \"proto3\";\n{text}"), expected);
    }

    #[track_caller]
    fn proto2(text: &str, expected: &[&str]) {
        problems(&format!("syntax = \"proto2\";\n{text}"), expected);
    }

    #[test]
    fn reserved_names_are_not_used() {
        let message = "the name `a` is reserved, choose another one";
        proto3(
            "message M { reserved \"a\"; int32 a = 1; }",
            &[&format!("t.proto:2:33: {message}")],
        );
        proto3("message M { reserved \"b\"; int32 a = 1; }", &[]);
        proto3(
            "enum E { reserved \"a\"; a = 0; }",
            &[&format!("t.proto:2:24: {message}")],
        );
    }

    #[test]
    fn ranges_run_upwards_and_do_not_overlap() {
        let overlap = "the range overlaps another one, leave it out of one of them";
        proto3(
            "message M { reserved 1 to 5, 5; }",
            &[&format!("t.proto:2:30: {overlap}")],
        );
        proto3("message M { reserved 1 to 4, 5; }", &[]);
        proto2(
            "message M { reserved 1 to 5; extensions 5 to 9; }",
            &[&format!("t.proto:2:41: {overlap}")],
        );
        proto3(
            "enum E { A = 0; reserved 5 to 9, 7; }",
            &[&format!("t.proto:2:34: {overlap}")],
        );
    }

    #[test]
    fn enums_have_aliases_if_they_say_so_and_distinct_short_names() {
        proto3(
            "enum E { option allow_alias = true; A = 0; B = 1; }",
            &["t.proto:2:6: enum `E` has no aliases, remove `allow_alias`"],
        );
        proto3("enum E { option allow_alias = true; A = 0; B = 0; }", &[]);
        proto3(
            "enum Foo { FOO_BAR = 0; BAR = 1; }",
            &[
                "t.proto:2:25: `BAR` and `FOO_BAR` are the same name without the prefix of the enum \
               and in any case, rename one",
            ],
        );
        proto3(
            "enum Foo { FOO_1 = 0; BAR_1 = 1; FOO = 2; F_OO_x = 3; }",
            &[],
        );
        proto2("enum Foo { FOO_BAR = 0; BAR = 1; }", &[]);
    }

    #[test]
    fn fields_say_only_what_they_may() {
        proto3(
            "message M { int32 a = 1 [default = 1]; }",
            &["t.proto:2:36: proto3 has no defaults, remove it"],
        );
        proto3(
            "message M { required int32 a = 1; }",
            &["t.proto:2:28: proto3 has no `required`, remove it"],
        );
        proto3(
            "message M { repeated group A = 1 {} }",
            &["t.proto:2:28: proto3 has no groups, declare a message and a field"],
        );
        proto2(
            "message M { repeated int32 a = 1 [default = 1]; }",
            &["t.proto:2:45: a repeated field has no default, remove it"],
        );
        proto2(
            "message M { extensions 5 to 9; } extend M { required int32 a = 5 [json_name = \"b\"]; }",
            &[
                "t.proto:2:60: an extension cannot be required, write `optional`",
                "t.proto:2:79: an extension has no `json_name`, remove it",
            ],
        );
        for key in ["float", "bytes", "M", "E"] {
            proto3(
                &format!("message M {{ map<{key}, int32> a = 1; }} enum E {{ A = 0; }}"),
                &["t.proto:2:13: the key of a map is a whole number, a bool or a string"],
            );
        }
    }

    #[test]
    fn proto3_keeps_to_open_enums_and_options() {
        proto3(
            "message M { extensions 5; }",
            &["t.proto:2:13: proto3 has no extension ranges, use `google.protobuf.Any` or proto2"],
        );
        proto2(
            "message M { map<int32, E> a = 1; } enum E { A = 1; }",
            &["t.proto:2:13: the first value of enum `E` must be 0 in a map"],
        );
    }

    #[test]
    fn extension_numbers_and_json_names_are_free_to_use() {
        proto2(
            "message M { extensions 5 to 9; } extend M { optional int32 a = 5; optional int32 b = 5; }",
            &["t.proto:2:86: extension number 5 of `M` is taken by `a`"],
        );
        proto3(
            "message M { int32 a = 1 [json_name = \"[x]\"]; }",
            &["t.proto:2:38: `[x]` is no JSON name: brackets mark extensions"],
        );
    }

    #[test]
    fn only_repeated_numbers_are_packed() {
        let message = "only repeated numbers, bools and enums can be packed";
        for field in ["string a", "int32 a", "repeated string a", "repeated M a"] {
            proto3(
                &format!("message M {{ {field} = 1 [packed = true]; }}"),
                &[&format!("t.proto:2:13: {message}")],
            );
        }
        proto3("message M { repeated bool a = 1 [packed = true]; }", &[]);
    }

    #[test]
    fn fields_are_counted() {
        let message = |count: usize| {
            let mut text = String::from("syntax = \"proto3\"; message M {");
            for number in 1..=count {
                let number = if number < 19_000 {
                    number
                } else {
                    number + 1_000
                };
                text.extend(["bool f", &number.to_string(), "=", &number.to_string(), ";"]);
            }
            text + "}"
        };
        problems(&message(super::MAX_FIELDS), &[]);
        problems(
            &message(super::MAX_FIELDS + 1),
            &["t.proto:1:28: message `M` has more than 65535 fields"],
        );
    }
}

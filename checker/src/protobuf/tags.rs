//! Inline tags: `tags` of the options `(confluent.message_meta)`, `(confluent.field_meta)` and their like
//! for files, enums and their values.
//!
//! An entity is named by its path within the package, as the wire contract has it: `Order.Line` for a
//! nested message, `Order.id` for a field, those of a oneof included. Only the schema's own file counts;
//! what it imports is tagged where it is registered.

use std::collections::BTreeSet;

use super::Schema;
use super::descriptor::{DescriptorProto, EnumDescriptorProto, Options};
use super::dynamic::{self, Message, Value};
use super::pool::{Pool, is_map_entry, join};
use crate::model::{Entity, EntityKind, Tagged};

/// The type of an element's options, and the option that has its tags.
struct Meta {
    options: &'static str,
    option: &'static str,
}

const FILE: Meta = Meta {
    options: "google.protobuf.FileOptions",
    option: "confluent.file_meta",
};
const MESSAGE: Meta = Meta {
    options: "google.protobuf.MessageOptions",
    option: "confluent.message_meta",
};
const FIELD: Meta = Meta {
    options: "google.protobuf.FieldOptions",
    option: "confluent.field_meta",
};
const ENUM: Meta = Meta {
    options: "google.protobuf.EnumOptions",
    option: "confluent.enum_meta",
};
const ENUM_VALUE: Meta = Meta {
    options: "google.protobuf.EnumValueOptions",
    option: "confluent.enum_value_meta",
};

impl Schema {
    /// All inline tags, sorted.
    pub fn tags(&self) -> BTreeSet<String> {
        self.collected().tags.into_iter().collect()
    }

    /// The messages and fields that have tags, in the order of the file: a message before its fields,
    /// and those before what is nested in it.
    pub fn tagged_entities(&self) -> Vec<Tagged> {
        self.collected().entities
    }

    fn collected(&self) -> Collector<'_> {
        let mut collector = Collector {
            pool: &self.pool,
            tags: Vec::new(),
            entities: Vec::new(),
        };
        if let Some(file) = self.pool.file(&self.root) {
            collector.note(file.proto.options.as_ref(), &FILE);
            for message in &file.proto.message_type {
                collector.message(message, "");
            }
            for ty in &file.proto.enum_type {
                collector.enumeration(ty);
            }
        }
        collector
    }
}

struct Collector<'s> {
    pool: &'s Pool,
    tags: Vec<String>,
    entities: Vec<Tagged>,
}

impl Collector<'_> {
    /// Recursion is bounded: messages nest to [`super::MAX_NESTING`].
    fn message(&mut self, message: &DescriptorProto, around: &str) {
        if is_map_entry(message) {
            return;
        }
        let path = join(around, message.name());
        self.entity(EntityKind::Record, &path, message.options.as_ref());
        for field in &message.field {
            let path = join(&path, field.name());
            self.entity(EntityKind::Field, &path, field.options.as_ref());
        }
        for nested in &message.nested_type {
            self.message(nested, &path);
        }
        for ty in &message.enum_type {
            self.enumeration(ty);
        }
    }

    fn enumeration(&mut self, ty: &EnumDescriptorProto) {
        self.note(ty.options.as_ref(), &ENUM);
        for value in &ty.value {
            self.note(value.options.as_ref(), &ENUM_VALUE);
        }
    }

    fn entity(&mut self, kind: EntityKind, path: &str, options: Option<&Options>) {
        let meta = match kind {
            EntityKind::Record => &MESSAGE,
            EntityKind::Field => &FIELD,
        };
        let tags = self.note(options, meta);
        if !tags.is_empty() {
            let path = path.to_owned();
            self.entities.push(Tagged {
                entity: Entity { kind, path },
                tags,
            });
        }
    }

    fn note(&mut self, options: Option<&Options>, meta: &Meta) -> Vec<String> {
        let tags = options.map_or_else(Vec::new, |options| tags(self.pool, options, meta));
        self.tags.extend(tags.iter().cloned());
        tags
    }
}

/// The tags of an element, each once.
fn tags(pool: &Pool, options: &Options, meta: &Meta) -> Vec<String> {
    let Some(options) = dynamic::options(pool, meta.options, options) else {
        return Vec::new();
    };
    let mut set = options.fields();
    let found = set.find(|(field, _)| field.extension == Some(meta.option));
    let Some(written) = found.and_then(|(_, value)| tags_field(value.as_message()?)) else {
        return Vec::new();
    };
    let mut tags: Vec<String> = Vec::new();
    for tag in written.elements() {
        if let Value::String(bytes) = tag {
            let tag = String::from_utf8_lossy(bytes).into_owned();
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }
    tags
}

fn tags_field<'m, 'p>(meta: &'m Message<'p>) -> Option<&'m Value<'p>> {
    let mut set = meta.fields();
    let found = set.find(|(field, _)| field.proto.name() == "tags");
    found.map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protobuf::testing::schema;

    fn tagged(kind: EntityKind, path: &str, tags: &[&str]) -> Tagged {
        let path = path.to_owned();
        Tagged {
            entity: Entity { kind, path },
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        }
    }

    #[test]
    fn tags_are_found_however_they_are_written() {
        let found = schema(
            r#"syntax = "proto3"; package p; import "confluent/meta.proto";
            option (confluent.file_meta).tags = "F";
            message A {
              option (confluent.message_meta) = { tags: ["M", "N", "M"] doc: "d" };
              message B { oneof o { int32 x = 1 [(confluent.field_meta).tags = "X"]; } }
              map<string, B> m = 1 [(confluent.field_meta).tags = "Y",
                (confluent.field_meta).tags = "X"];
              int32 untagged = 2 [(confluent.field_meta).doc = "d", deprecated = true];
              enum E { option (.confluent.enum_meta) = { tags: "E" };
                Z = 0 [(confluent.enum_value_meta).tags = "V"]; }
            }"#,
        );
        assert!(found.tags().iter().eq(["E", "F", "M", "N", "V", "X", "Y"]));
        assert_eq!(
            found.tagged_entities(),
            [
                tagged(EntityKind::Record, "A", &["M", "N"]),
                tagged(EntityKind::Field, "A.m", &["Y", "X"]),
                tagged(EntityKind::Field, "A.B.x", &["X"]),
            ]
        );
    }

    #[test]
    fn another_option_called_tags_is_none() {
        let found = schema(
            r#"syntax = "proto3"; import "google/protobuf/descriptor.proto";
            extend google.protobuf.FieldOptions { repeated string tags = 50000; }
            message A { int32 x = 1 [(tags) = "X"]; }"#,
        );
        assert!(found.tags().is_empty() && found.tagged_entities().is_empty());
    }
}

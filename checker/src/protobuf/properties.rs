//! What a registry asks of a schema besides its meaning: its name, and its top-level fields.
//!
//! They are those of the first message. A file without types of its own stands for those that it
//! imports publicly.

use std::collections::HashSet;

use super::Schema;
use super::descriptor::{DescriptorProto, FieldDescriptorProto};
use super::pool::{File, join};

impl Schema {
    /// The full name of the first message, or of the first enum where there is no message; `None` for a
    /// file without types.
    pub fn name(&self) -> Option<String> {
        let file = self.file_of_types()?;
        let message = file.proto.message_type.first().map(DescriptorProto::name);
        let name = message.or_else(|| Some(file.proto.enum_type.first()?.name()))?;
        Some(join(file.proto.package(), name))
    }

    /// The fields of the first message, in order.
    pub fn top_level_fields(&self) -> impl Iterator<Item = &str> {
        let file = self.file_of_types();
        let message = file.and_then(|file| file.proto.message_type.first());
        let fields = message.map_or(&[][..], |message| &message.field);
        fields.iter().map(FieldDescriptorProto::name)
    }

    /// Whether the first message has a field of that name. JSON names are no names.
    pub fn has_top_level_field(&self, name: &str) -> bool {
        self.top_level_fields().any(|field| field == name)
    }

    /// The schema's own file, or else the first that has types of those which it imports publicly.
    fn file_of_types(&self) -> Option<&File> {
        let mut open = vec![self.pool.file(&self.root)?];
        let mut seen = HashSet::new();
        while let Some(file) = open.pop() {
            if !file.proto.message_type.is_empty() || !file.proto.enum_type.is_empty() {
                return Some(file);
            }
            if seen.insert(file.path()) {
                let public = file.proto.public_dependency.iter().rev();
                let paths = public.filter_map(|index| {
                    let index = usize::try_from(*index).ok()?;
                    file.proto.dependency.get(index)
                });
                open.extend(paths.filter_map(|path| self.pool.file(path)));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::schema;

    #[test]
    fn the_first_message_gives_name_and_fields() {
        let found = schema(
            "syntax = \"proto3\"; package p; enum E { Z = 0; } \
             message A { int32 x = 1 [json_name = \"y\"]; oneof o { B b = 2; } } message B {}",
        );
        assert_eq!(found.name().as_deref(), Some("p.A"));
        assert!(found.top_level_fields().eq(["x", "b"]));
        assert!(found.has_top_level_field("b") && !found.has_top_level_field("y"));
    }

    #[test]
    fn a_file_of_enums_has_a_name_and_an_empty_one_has_none() {
        let enums = schema("syntax = \"proto3\"; enum E { Z = 0; }");
        assert_eq!(enums.name().as_deref(), Some("E"));
        assert_eq!(enums.top_level_fields().count(), 0);
        assert_eq!(schema("syntax = \"proto3\"; package p;").name(), None);
    }
}

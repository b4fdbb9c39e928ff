//! The files that every schema may import without bringing them: `google/protobuf`, `google/api`,
//! `google/rpc`, `google/type` and `confluent`.
//!
//! They are linked descriptors with interpreted options, without texts and places; where they come from
//! and how they are written anew stands in `NOTICE.md` beside them. Only what is asked for is decoded. A
//! file that the user brings under such a path wins; that is for the caller to see to.

use prost::Message as _;
use prost::encoding::decode_varint;

use super::descriptor::FileDescriptorProto;

/// A `FileDescriptorSet`, imports before what imports them.
static SET: &[u8] = include_bytes!("bundled.binpb");

/// The descriptor of a bundled file.
pub(crate) fn file(path: &str) -> Option<FileDescriptorProto> {
    let (_, encoded) = all().find(|(found, _)| *found == path)?;
    FileDescriptorProto::decode(encoded).ok()
}

/// Whether a path is that of a bundled file.
pub(crate) fn has(path: &str) -> bool {
    all().any(|(found, _)| found == path)
}

/// The paths of all files, for tests.
#[cfg(test)]
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    all().map(|(path, _)| path)
}

/// Paths and encoded descriptors of all files. The name is the first field of a descriptor, so nothing
/// else of it is read.
fn all() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let mut rest = SET;
    std::iter::from_fn(move || {
        let encoded = field(&mut rest)?;
        let mut within = encoded;
        let path = std::str::from_utf8(field(&mut within)?).ok()?;
        Some((path, encoded))
    })
}

/// The content of field 1, which holds bytes.
fn field(rest: &mut &'static [u8]) -> Option<&'static [u8]> {
    let behind_tag = rest.strip_prefix(&[0x0a])?;
    *rest = behind_tag;
    let length = usize::try_from(decode_varint(rest).ok()?).ok()?;
    let (content, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(content)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_bundled_file_is_found_and_imports_only_bundled_files_before_it() {
        let mut before = BTreeSet::new();
        let mut length = 0;
        for (path, encoded) in all() {
            let found = file(path).expect("decodes");
            assert_eq!(found.name(), path);
            assert!(has(path));
            for import in &found.dependency {
                assert!(before.contains(import), "{path} imports {import}");
            }
            before.insert(path.to_owned());
            length += encoded.len();
        }
        assert!(before.len() >= 70, "{before:?}");
        assert!(
            SET.len() - length < before.len() * 5,
            "something was left over"
        );
        assert!(!has("google/protobuf") && file("other.proto").is_none());
    }

    #[test]
    fn bundled_files_hold_what_schemas_import_most() {
        for path in [
            "google/protobuf/descriptor.proto",
            "google/protobuf/compiler/plugin.proto",
            "google/protobuf/timestamp.proto",
            "google/protobuf/cpp_features.proto",
            "google/protobuf/go_features.proto",
            "google/protobuf/java_features.proto",
            "google/api/annotations.proto",
            "google/api/field_behavior.proto",
            "google/api/resource.proto",
            "google/rpc/status.proto",
            "google/type/money.proto",
            "confluent/meta.proto",
            "confluent/type/decimal.proto",
        ] {
            assert!(has(path), "{path}");
        }
    }
}

//! Whether two descriptors mean the same: what printing promises to keep.

use prost::Message as _;
use prost_reflect::{DynamicMessage, FileDescriptor, ReflectMessage, Value};
use prost_types::FileDescriptorProto;

/// The descriptor as bytes that are equal for descriptors that differ only in what a text does not
/// say: the file's name, places, the order of imports, fields and nested messages, and options
/// messages that set nothing.
pub(crate) fn meaning(file: &FileDescriptor) -> Option<Vec<u8>> {
    let bytes = file.encode_to_vec();
    let schema = FileDescriptorProto::default().descriptor();
    let mut message = DynamicMessage::decode(schema, &*bytes).ok()?;
    let imports = imports(file.file_descriptor_proto());
    for field in [
        "name",
        "source_code_info",
        "dependency",
        "public_dependency",
        "weak_dependency",
    ] {
        message.clear_field_by_name(field);
    }
    if file.file_descriptor_proto().syntax() == "proto2" {
        message.clear_field_by_name("syntax");
    }
    settle(&mut message);
    Some([message.encode_to_vec(), imports.into_bytes()].concat())
}

fn imports(proto: &FileDescriptorProto) -> String {
    let listed = |indexes: &[i32], at: usize| indexes.iter().any(|i| usize::try_from(*i) == Ok(at));
    let mut imports: Vec<String> = proto
        .dependency
        .iter()
        .enumerate()
        .map(|(at, import)| {
            let public = listed(&proto.public_dependency, at);
            let weak = listed(&proto.weak_dependency, at);
            format!("{import} {public} {weak}\n")
        })
        .collect();
    imports.sort_unstable();
    imports.concat()
}

/// Recursion is bounded: descriptors nest to 100.
fn settle(message: &mut DynamicMessage) {
    let empty = message
        .get_field_by_name("options")
        .and_then(|options| Some(options.as_message()?.encode_to_vec().is_empty()));
    if empty == Some(true) {
        message.clear_field_by_name("options");
    }
    for (field, value) in message.fields_mut() {
        match value {
            Value::Message(message) if field.name() != "options" => settle(message),
            Value::List(values) => {
                values
                    .iter_mut()
                    .filter_map(Value::as_message_mut)
                    .for_each(settle);
                let key = |value: &Value, name: &str| {
                    let message = value.as_message();
                    message.and_then(|message| Some(message.get_field_by_name(name)?.to_string()))
                };
                match field.full_name() {
                    "google.protobuf.DescriptorProto.field" => {
                        values.sort_by_cached_key(|value| key(value, "number"));
                    }
                    "google.protobuf.DescriptorProto.nested_type" => {
                        values.sort_by_cached_key(|value| key(value, "name"));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

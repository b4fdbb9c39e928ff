//! Whether two descriptors mean the same: what printing promises to keep.

use super::super::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, Options,
    ServiceDescriptorProto,
};
use super::super::dynamic::{Message, options_type};
use super::super::pool::Pool;
use super::options;

/// The descriptor of a linked file without what a text does not say: the file's name, places, the order of
/// imports, fields and nested messages, how often parts of an option are set, and options messages
/// that set nothing.
pub(crate) fn meaning(pool: &Pool, file: &FileDescriptorProto) -> FileDescriptorProto {
    let mut file = FileDescriptorProto {
        name: None,
        source_code_info: None,
        syntax: file.syntax.clone().filter(|syntax| syntax != "proto2"),
        package: file.package.clone().filter(|package| !package.is_empty()),
        ..file.clone()
    };
    imports(&mut file);
    let settler = Settler { pool };
    settler.options(&mut file.options, options::FILE);
    let messages = file.message_type.iter_mut();
    messages.for_each(|message| settler.message(message));
    let enums = file.enum_type.iter_mut();
    enums.for_each(|found| settler.enumeration(found));
    let extensions = file.extension.iter_mut();
    extensions.for_each(|field| settler.field(field));
    let services = file.service.iter_mut();
    services.for_each(|service| settler.service(service));
    file
}

fn imports(file: &mut FileDescriptorProto) {
    let listed = |indexes: &[i32], at: usize| indexes.iter().any(|i| usize::try_from(*i) == Ok(at));
    let imports = file.dependency.iter().enumerate().map(|(at, import)| {
        let public = listed(&file.public_dependency, at);
        let weak = listed(&file.weak_dependency, at);
        format!("{import} {public} {weak}")
    });
    file.dependency = imports.collect();
    file.dependency.sort_unstable();
    file.option_dependency.sort_unstable();
    file.public_dependency.clear();
    file.weak_dependency.clear();
}

struct Settler<'p> {
    pool: &'p Pool,
}

impl Settler<'_> {
    /// Recursion is bounded: descriptors nest to 100.
    fn message(&self, proto: &mut DescriptorProto) {
        self.options(&mut proto.options, options::MESSAGE);
        for field in proto.field.iter_mut().chain(&mut proto.extension) {
            self.field(field);
        }
        proto.field.sort_by_key(FieldDescriptorProto::number);
        for nested in &mut proto.nested_type {
            self.message(nested);
        }
        proto.nested_type.sort_by(|a, b| a.name().cmp(b.name()));
        for found in &mut proto.enum_type {
            self.enumeration(found);
        }
        for range in &mut proto.extension_range {
            self.options(&mut range.options, options::EXTENSION_RANGE);
        }
        for oneof in &mut proto.oneof_decl {
            self.options(&mut oneof.options, options::ONEOF);
        }
    }

    fn field(&self, proto: &mut FieldDescriptorProto) {
        self.options(&mut proto.options, options::FIELD);
        let label = proto.label();
        proto.set_label(label);
    }

    fn enumeration(&self, proto: &mut EnumDescriptorProto) {
        self.options(&mut proto.options, options::ENUM);
        for value in &mut proto.value {
            self.options(&mut value.options, options::ENUM_VALUE);
        }
    }

    fn service(&self, service: &mut ServiceDescriptorProto) {
        self.options(&mut service.options, options::SERVICE);
        for method in &mut service.method {
            self.options(&mut method.options, options::METHOD);
            // Left out they are false.
            method.client_streaming.get_or_insert(false);
            method.server_streaming.get_or_insert(false);
        }
    }

    /// What is set in parts is merged, in the order of the numbers.
    fn options(&self, options: &mut Option<Options>, message: &str) {
        let Some(found) = options else { return };
        let ty = options_type(self.pool, message);
        let decoded = ty.and_then(|ty| Message::decode(ty, &found.encoded).ok());
        if let Some(message) = decoded {
            found.encoded = message.encode();
        }
        if found.encoded.is_empty() && found.uninterpreted_option.is_empty() {
            *options = None;
        }
    }
}

//! Names in descriptors, and how deep their messages nest: a text has identifiers only and is bounded, a
//! descriptor may say anything.
//!
//! As in `protoc`, a name may start with a digit here, although no text says so. What a name means, and
//! whether it is taken, is not looked at.

use super::super::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};
use super::super::pool;
use super::super::syntax::MAX_NESTING;

/// What is wrong with the names of a descriptor, up to `most` mistakes.
pub(super) fn wrong_names(proto: &FileDescriptorProto, most: usize) -> Vec<String> {
    let mut names = Names {
        most,
        wrong: Vec::new(),
    };
    names.file(proto);
    names.wrong
}

struct Names {
    most: usize,
    wrong: Vec<String>,
}

impl Names {
    fn file(&mut self, proto: &FileDescriptorProto) {
        let package = proto.package();
        if !package.is_empty() && !package.split('.').all(is_identifier) {
            self.push(format!("the package `{package}` is no list of identifiers"));
        }
        for message in &proto.message_type {
            self.message(package, 1, message);
        }
        for found in &proto.enum_type {
            self.enumeration(package, found);
        }
        for service in &proto.service {
            self.name(package, "a service", service.name());
            let scope = pool::join(package, service.name());
            for method in &service.method {
                self.name(&scope, "a method", method.name());
            }
        }
        self.fields(package, "an extension", &proto.extension);
    }

    /// Recursion is bounded by [`MAX_NESTING`].
    fn message(&mut self, scope: &str, depth: usize, message: &DescriptorProto) {
        if depth > MAX_NESTING {
            return self.push(format!(
                "messages nest deeper than {MAX_NESTING} levels in `{scope}`, the limit"
            ));
        }
        self.name(scope, "a message", message.name());
        let scope = &*pool::join(scope, message.name());
        self.fields(scope, "a field", &message.field);
        self.fields(scope, "an extension", &message.extension);
        for oneof in &message.oneof_decl {
            self.name(scope, "a oneof", oneof.name());
        }
        for nested in &message.nested_type {
            self.message(scope, depth + 1, nested);
        }
        for found in &message.enum_type {
            self.enumeration(scope, found);
        }
    }

    fn fields(&mut self, scope: &str, noun: &str, fields: &[FieldDescriptorProto]) {
        for field in fields {
            self.name(scope, noun, field.name());
        }
    }

    fn enumeration(&mut self, scope: &str, found: &EnumDescriptorProto) {
        self.name(scope, "an enum", found.name());
        for value in &found.value {
            self.name(scope, "an enum value", value.name());
        }
    }

    fn name(&mut self, scope: &str, noun: &str, name: &str) {
        if is_identifier(name) {
            return;
        }
        let around = if scope.is_empty() {
            "the file".to_owned()
        } else {
            format!("`{scope}`")
        };
        self.push(if name.is_empty() {
            format!("{noun} in {around} has no name, add it")
        } else {
            format!(
                "the name `{name}` of {noun} in {around} is no identifier: letters, digits and `_`"
            )
        });
    }

    fn push(&mut self, message: String) {
        if self.wrong.len() < self.most {
            self.wrong.push(message);
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    !name.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

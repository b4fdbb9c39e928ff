//! Takes out of a file what only serves extensions: `extend` blocks, ranges for extensions, and custom
//! options but those of the package `confluent`, which mean something to clients of a registry.
//!
//! Imports stay, so that the text has the references of its schema.

use super::element::{
    EnumElement, FieldElement, FileElement, MessageElement, OptionElement, ServiceElement,
};

/// Where the custom options are that stay, as their names are printed.
const KEPT: [&str; 2] = ["(confluent.", "(.confluent."];

pub(super) fn file(file: &mut FileElement) {
    file.extends.clear();
    options(&mut file.options);
    file.messages.iter_mut().for_each(message);
    file.enums.iter_mut().for_each(enumeration);
    file.services.iter_mut().for_each(service);
}

/// Recursion is bounded: texts and descriptors nest to 100 at most.
fn message(content: &mut MessageElement) {
    content.extends.clear();
    content.extensions.clear();
    options(&mut content.options);
    fields(&mut content.fields);
    fields(&mut content.groups);
    for oneof in &mut content.oneofs {
        options(&mut oneof.options);
        fields(&mut oneof.fields);
        fields(&mut oneof.groups);
    }
    content.messages.iter_mut().for_each(message);
    content.enums.iter_mut().for_each(enumeration);
}

fn fields(fields: &mut [FieldElement]) {
    for field in fields {
        options(&mut field.options);
        if let Some(group) = &mut field.group {
            message(group);
        }
    }
}

fn enumeration(content: &mut EnumElement) {
    options(&mut content.options);
    for value in &mut content.values {
        options(&mut value.options);
    }
}

fn service(content: &mut ServiceElement) {
    options(&mut content.options);
    for method in &mut content.methods {
        options(&mut method.options);
    }
}

/// A part in parentheses makes an option custom, as in `features.(pb.go).api_level`.
fn options(options: &mut Vec<OptionElement>) {
    let is_kept = |name: &str| KEPT.iter().any(|kept| name.starts_with(kept));
    options.retain(|option| !option.name.contains('(') || is_kept(&option.name));
}

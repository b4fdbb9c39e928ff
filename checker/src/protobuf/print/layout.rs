//! Puts elements on lines, in the order and layout of the wire contract.
//!
//! Lines that look empty inside of a nested message hold its indentation, as the contract has it: the
//! text is hashed, so every byte counts.

use std::fmt::Write as _;

use super::element::{
    EnumElement, ExtendElement, FieldElement, FileElement, MessageElement, MethodElement,
    OneofElement, OptionElement, RangesElement, ServiceElement, Value,
};

/// The text of a file.
pub(super) fn file(file: &FileElement) -> String {
    let mut out = String::new();
    if let Some(syntax) = &file.syntax {
        out.extend([syntax, ";\n"]);
    }
    if let Some(package) = &file.package {
        out.extend(["package ", package, ";\n"]);
    }
    let imports = file.imports.iter().chain(&file.public_imports);
    let types = file.messages.iter().map(message);
    let types = types.chain(file.enums.iter().map(enumeration));
    let sections: [String; 5] = [
        imports.flat_map(|import| [import, ";\n"]).collect(),
        statements(&file.options),
        types.collect(),
        file.extends.iter().map(extend).collect(),
        file.services.iter().map(service).collect(),
    ];
    for text in sections.iter().filter(|text| !text.is_empty()) {
        out.push('\n');
        out.push_str(text);
    }
    out
}

/// Options as statements of their own.
fn statements(options: &[OptionElement]) -> String {
    let mut out = String::new();
    for written in options {
        out.extend(["option ", &option(written), ";\n"]);
    }
    out
}

/// Recursion is bounded: texts and descriptors nest to 100 at most.
fn message(message: &MessageElement) -> String {
    let MessageElement {
        visibility, name, ..
    } = message;
    format!("{visibility}message {name} {{{}}}\n", body(message))
}

fn body(content: &MessageElement) -> String {
    let types = content.messages.iter().map(message);
    let types = types.chain(content.enums.iter().map(enumeration));
    sections(&[
        reserved(&content.reserved),
        statements(&content.options),
        content.fields.iter().map(field).collect(),
        content.oneofs.iter().map(oneof).collect(),
        content.groups.iter().map(field).collect(),
        content.extensions.iter().map(extensions).collect(),
        content.extends.iter().map(extend).collect(),
        types.collect(),
    ])
}

/// What stands between braces, with an empty line between its sections.
fn sections(sections: &[String]) -> String {
    let mut out = String::new();
    for text in sections.iter().filter(|text| !text.is_empty()) {
        out.push('\n');
        out.push_str(&indented(text));
    }
    out
}

fn reserved(reserved: &[String]) -> String {
    let reserved = reserved.iter();
    reserved
        .flat_map(|what| ["reserved ", what, ";\n"])
        .collect()
}

fn extensions(RangesElement { ranges, options }: &RangesElement) -> String {
    format!("extensions {ranges}{};\n", bracketed(options))
}

fn field(field: &FieldElement) -> String {
    let FieldElement {
        declaration,
        number,
        options,
        group,
    } = field;
    let options = bracketed(options);
    match group {
        Some(group) => format!("{declaration} = {number}{options} {{{}}}\n", body(group)),
        None => format!("{declaration} = {number}{options};\n"),
    }
}

fn oneof(oneof: &OneofElement) -> String {
    let body = sections(&[
        statements(&oneof.options),
        oneof.fields.iter().map(field).collect(),
        oneof.groups.iter().map(field).collect(),
    ]);
    format!("oneof {} {{{body}}}\n", oneof.name)
}

fn extend(extend: &ExtendElement) -> String {
    let fields: String = extend.fields.iter().map(field).collect();
    format!("extend {} {{\n{}}}\n", extend.extendee, indented(&fields))
}

fn enumeration(content: &EnumElement) -> String {
    let mut body = reserved(&content.reserved);
    body.push_str(&statements(&content.options));
    for value in &content.values {
        let options = bracketed(&value.options);
        // Writing to a `String` cannot fail.
        let _ = writeln!(body, "{} = {}{options};", value.name, value.number);
    }
    let EnumElement {
        visibility, name, ..
    } = content;
    format!("{visibility}enum {name} {{\n{}}}\n", indented(&body))
}

fn service(service: &ServiceElement) -> String {
    let body = sections(&[
        statements(&service.options),
        service.methods.iter().map(method).collect(),
    ]);
    format!("service {} {{{body}}}\n", service.name)
}

fn method(method: &MethodElement) -> String {
    let options = statements(&method.options);
    let body = if options.is_empty() {
        String::new()
    } else {
        format!(" {{\n{}}}", indented(&options))
    };
    format!("rpc {}{body};\n", method.declaration)
}

/// The options of a field or value, in brackets.
fn bracketed(options: &[OptionElement]) -> String {
    let options: Vec<String> = options.iter().map(option).collect();
    match &*options {
        [] => String::new(),
        [only] => format!(" [{only}]"),
        several => format!(" [\n{}\n]", indented(&several.join(",\n"))),
    }
}

fn option(OptionElement { name, value }: &OptionElement) -> String {
    format!("{name} = {}", text_of(value))
}

/// Recursion is bounded by [`super::super::MAX_VALUE_NESTING`].
fn text_of(value: &Value) -> String {
    match value {
        Value::Word(word) => word.clone(),
        Value::Text(bytes) => quoted_bytes(bytes),
        Value::List(values) => {
            let values: Vec<String> = values.iter().map(text_of).collect();
            between('[', &values, ']')
        }
        Value::Map(members) => {
            let members = members.iter();
            let members: Vec<String> = members
                .map(|(key, value)| format!("{key}: {}", text_of(value)))
                .collect();
            between('{', &members, '}')
        }
    }
}

fn between(open: char, parts: &[String], close: char) -> String {
    if parts.is_empty() {
        return format!("{open}\n{close}");
    }
    format!("{open}\n{}\n{close}", indented(&parts.join(",\n")))
}

/// Every line two spaces to the right, empty ones too.
fn indented(text: &str) -> String {
    text.split_inclusive('\n')
        .flat_map(|line| ["  ", line])
        .collect()
}

/// A string literal of bytes: as text where they are some.
pub(super) fn quoted_bytes(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return quoted(text);
    }
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b' '..=b'~' => escaped(char::from(*byte), &mut out),
            byte => octal(u32::from(*byte), &mut out),
        }
    }
    out.push('"');
    out
}

/// A string literal.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    text.chars().for_each(|c| escaped(c, &mut out));
    out.push('"');
    out
}

fn escaped(c: char, out: &mut String) {
    match c {
        '\\' | '"' | '\'' => out.extend(['\\', c]),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if c.is_ascii_control() => octal(u32::from(c), out),
        c => out.push(c),
    }
}

fn octal(byte: u32, out: &mut String) {
    // Writing to a `String` cannot fail.
    let _ = write!(out, "\\{byte:03o}");
}

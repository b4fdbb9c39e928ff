//! Prints a linked descriptor as `.proto` text, in the order and layout of the wire contract.
//!
//! The canonical text holds meaning only: no comments, no positions, nothing of how it was written.
//! So a text and its descriptor print alike, and a comment never makes a version. What cannot be
//! printed faithfully is not printed at all ([`Unprintable`]); the caller has a lossless form.
//!
//! Not part of it: option values (`options`), short names (`names`).

mod names;
mod options;
pub(crate) mod same;

use prost_reflect::{DynamicMessage, ExtensionDescriptor, FileDescriptor, MessageDescriptor};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto};

use names::Names;

/// How much is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// The order of the descriptor, short names.
    Canonical,
    /// Also the order of what has no order, and full names.
    Normalized,
}

/// The descriptor holds something that no text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unprintable;

type Printed = Result<String, Unprintable>;

/// Prints a file.
pub(crate) fn print(file: &FileDescriptor, style: Style) -> Printed {
    let proto = file.file_descriptor_proto();
    let printer = Printer {
        names: Names::new(file.parent_pool(), style),
        style,
        proto3: proto.syntax() == "proto3",
    };
    printer.file(file, proto)
}

/// The number behind the last field number, which `max` stands for.
const FIELD_END: i32 = 536_870_912;

struct Printer {
    names: Names,
    style: Style,
    proto3: bool,
}

/// What extends what, with the scope in which it is written.
struct Extension<'a> {
    proto: &'a FieldDescriptorProto,
    descriptor: ExtensionDescriptor,
}

impl Printer {
    fn file(&self, file: &FileDescriptor, proto: &FileDescriptorProto) -> Printed {
        let mut out = String::new();
        if self.proto3 {
            out.push_str("syntax = \"proto3\";\n");
        } else if self.style == Style::Canonical {
            out.push_str("syntax = \"proto2\";\n");
        }
        let package = proto.package();
        if !package.is_empty() {
            out.extend(["package ", package, ";\n"]);
        }
        section(&mut out, &self.imports(proto));
        let options = proto.options.as_ref().map(|_| file.options());
        section(&mut out, &self.statements(options, package)?);
        // The message of a group that extends stands among the others, and its place, which is an
        // index on the wire of some clients, cannot be said.
        if proto
            .extension
            .iter()
            .any(|field| field.r#type() == Type::Group)
        {
            return Err(Unprintable);
        }
        let mut types = String::new();
        for message in file.messages() {
            types.push_str(&self.message(&message)?);
        }
        for found in file.enums() {
            types.push_str(&self.enumeration(&found)?);
        }
        section(&mut out, &types);
        let extensions = file.extensions().zip(&proto.extension);
        let extensions = extensions.map(|(descriptor, proto)| Extension { proto, descriptor });
        section(&mut out, &self.extends(extensions.collect(), package)?);
        let mut services = String::new();
        for service in file.services() {
            services.push_str(&self.service(&service)?);
        }
        section(&mut out, &services);
        Ok(out)
    }

    fn imports(&self, proto: &FileDescriptorProto) -> String {
        let mut plain = Vec::new();
        let mut public = Vec::new();
        for (index, import) in proto.dependency.iter().enumerate() {
            let listed = |indexes: &[i32]| indexes.iter().any(|i| usize::try_from(*i) == Ok(index));
            let import = options::quoted(import);
            if listed(&proto.public_dependency) {
                public.push(format!("import public {import};\n"));
            } else if listed(&proto.weak_dependency) {
                plain.push(format!("import weak {import};\n"));
            } else {
                plain.push(format!("import {import};\n"));
            }
        }
        if self.style == Style::Normalized {
            plain.sort_unstable();
            public.sort_unstable();
        }
        plain.extend(public);
        plain.concat()
    }

    /// Options as statements of their own.
    fn statements(&self, options: Option<DynamicMessage>, scope: &str) -> Printed {
        let options = self.options(options, scope)?;
        let statements = options.iter().map(|option| format!("option {option};\n"));
        Ok(statements.collect())
    }

    fn options(
        &self,
        options: Option<DynamicMessage>,
        scope: &str,
    ) -> Result<Vec<String>, Unprintable> {
        match options {
            Some(options) => options::print(&options, &self.names, scope, self.style),
            None => Ok(Vec::new()),
        }
    }

    /// Recursion is bounded: descriptors nest to 100 at most.
    fn message(&self, message: &MessageDescriptor) -> Printed {
        Ok(format!(
            "message {} {{{}}}\n",
            message.name(),
            self.body(message)?
        ))
    }

    /// What stands between the braces of a message or group: sections with an empty line between.
    fn body(&self, message: &MessageDescriptor) -> Printed {
        let proto = message.descriptor_proto();
        let scope = message.full_name();
        let options = proto.options.as_ref().map(|_| message.options());
        let mut members: Vec<(&FieldDescriptorProto, String)> = Vec::new();
        let mut groups = Vec::new();
        for field in &proto.field {
            if field.oneof_index.is_none() || field.proto3_optional() {
                let printed = self.field(message, field)?;
                if field.r#type() == Type::Group {
                    groups.push((field, printed));
                } else {
                    members.push((field, printed));
                }
            }
        }
        let extensions = message.child_extensions().zip(&proto.extension);
        let extensions = extensions.map(|(descriptor, proto)| Extension { proto, descriptor });
        let extensions = self.extends(extensions.collect(), scope)?;
        let sections = [
            self.reserved(proto),
            self.statements(options, scope)?,
            self.by_number(members),
            self.oneofs(message)?,
            self.by_number(groups),
            self.extension_ranges(proto)?,
            extensions,
            self.nested(message)?,
        ];
        let mut out = String::new();
        for text in sections.iter().filter(|text| !text.is_empty()) {
            out.push('\n');
            out.push_str(&indented(text));
        }
        Ok(out)
    }

    fn by_number(&self, mut fields: Vec<(&FieldDescriptorProto, String)>) -> String {
        if self.style == Style::Normalized {
            fields.sort_by_key(|(field, _)| field.number());
        }
        fields.into_iter().map(|(_, printed)| printed).collect()
    }

    fn reserved(&self, proto: &DescriptorProto) -> String {
        let ranges = proto
            .reserved_range
            .iter()
            .map(|range| (range.start(), range.end()));
        let mut ranges: Vec<(i32, i32)> = ranges.collect();
        let mut names = proto.reserved_name.clone();
        if self.style == Style::Normalized {
            ranges.sort_unstable();
            names.sort_unstable();
        }
        let ranges = ranges
            .into_iter()
            .map(|range| format!("reserved {};\n", field_range(range)));
        let names = names
            .iter()
            .map(|name| format!("reserved {};\n", options::quoted(name)));
        ranges.chain(names).collect()
    }

    fn extension_ranges(&self, proto: &DescriptorProto) -> Printed {
        // Their custom options cannot be seen through the descriptors that we have.
        if proto
            .extension_range
            .iter()
            .any(|range| range.options.is_some())
        {
            return Err(Unprintable);
        }
        let ranges = proto
            .extension_range
            .iter()
            .map(|range| (range.start(), range.end()));
        let mut ranges: Vec<(i32, i32)> = ranges.collect();
        if self.style == Style::Normalized {
            ranges.sort_unstable();
        }
        let ranges = ranges
            .into_iter()
            .map(|range| format!("extensions {};\n", field_range(range)));
        Ok(ranges.collect())
    }

    fn oneofs(&self, message: &MessageDescriptor) -> Printed {
        let mut printed: Vec<(Option<i32>, String)> = Vec::new();
        let proto = message.descriptor_proto();
        let mut members: Vec<Vec<(&FieldDescriptorProto, String)>> =
            proto.oneof_decl.iter().map(|_| Vec::new()).collect();
        for field in &proto.field {
            let index = field
                .oneof_index
                .and_then(|index| usize::try_from(index).ok());
            if let Some(members) = index.and_then(|index| members.get_mut(index)) {
                members.push((field, self.field(message, field)?));
            }
        }
        for (oneof, members) in message.oneofs().zip(members) {
            if oneof.is_synthetic() {
                continue;
            }
            let options = oneof
                .oneof_descriptor_proto()
                .options
                .as_ref()
                .map(|_| oneof.options());
            let first = members.iter().map(|(field, _)| field.number()).min();
            let sections = [
                self.statements(options, message.full_name())?,
                self.by_number(members),
            ];
            let mut body = String::new();
            for text in sections.iter().filter(|text| !text.is_empty()) {
                body.push('\n');
                body.push_str(&indented(text));
            }
            printed.push((first, format!("oneof {} {{{body}}}\n", oneof.name())));
        }
        if self.style == Style::Normalized {
            printed.sort_by_key(|(first, _)| *first);
        }
        Ok(printed.into_iter().map(|(_, printed)| printed).collect())
    }

    /// Messages and enums inside, but for those that fields bring along.
    fn nested(&self, message: &MessageDescriptor) -> Printed {
        let groups: Vec<&str> = message
            .descriptor_proto()
            .field
            .iter()
            .chain(&message.descriptor_proto().extension)
            .filter(|field| field.r#type() == Type::Group)
            .map(|field| field.type_name().trim_start_matches('.'))
            .collect();
        let mut out = String::new();
        for nested in message.child_messages() {
            if !nested.is_map_entry() && !groups.contains(&nested.full_name()) {
                out.push_str(&self.message(&nested)?);
            }
        }
        for nested in message.child_enums() {
            out.push_str(&self.enumeration(&nested)?);
        }
        Ok(out)
    }

    fn field(&self, message: &MessageDescriptor, proto: &FieldDescriptorProto) -> Printed {
        let number = u32::try_from(proto.number()).map_err(|_| Unprintable)?;
        let field = message.get_field(number).ok_or(Unprintable)?;
        let options = proto.options.as_ref().map(|_| field.options());
        let json_name = Some(proto.json_name()).filter(|name| *name != lower_camel(proto.name()));
        let options = self.field_options(proto, options, json_name, message.full_name())?;
        let label = self.label(proto);
        if let Type::Group = proto.r#type() {
            let group = field.kind();
            let group = group.as_message().ok_or(Unprintable)?;
            return self.group(proto, group, label, &options);
        }
        let kind = match field.kind().as_message().filter(|_| field.is_map()) {
            Some(entry) => self.map(entry, message.full_name())?,
            None => format!("{label}{}", self.kind(proto, message.full_name())),
        };
        Ok(format!(
            "{kind} {} = {}{options};\n",
            proto.name(),
            proto.number()
        ))
    }

    fn group(
        &self,
        proto: &FieldDescriptorProto,
        group: &MessageDescriptor,
        label: &str,
        options: &str,
    ) -> Printed {
        let name = group.name();
        // The text knows one name for both.
        if name.to_ascii_lowercase() != proto.name() {
            return Err(Unprintable);
        }
        Ok(format!(
            "{label}group {name} = {}{options} {{{}}}\n",
            proto.number(),
            self.body(group)?
        ))
    }

    fn map(&self, entry: &MessageDescriptor, scope: &str) -> Printed {
        let side = |name: &str| {
            let fields = &entry.descriptor_proto().field;
            let field = fields.iter().find(|field| field.name() == name);
            field
                .map(|field| self.kind(field, scope))
                .ok_or(Unprintable)
        };
        Ok(format!("map<{}, {}>", side("key")?, side("value")?))
    }

    const fn label(&self, proto: &FieldDescriptorProto) -> &'static str {
        let in_oneof = proto.oneof_index.is_some();
        match proto.label {
            Some(label) if label == Label::Repeated as i32 => "repeated ",
            Some(label) if label == Label::Required as i32 => "required ",
            _ if matches!(proto.proto3_optional, Some(true)) => "optional ",
            _ if self.proto3 || in_oneof => "",
            _ => "optional ",
        }
    }

    fn kind(&self, proto: &FieldDescriptorProto, scope: &str) -> String {
        let scalar = match proto.r#type() {
            Type::Enum | Type::Group | Type::Message => {
                return self
                    .names
                    .of(proto.type_name().trim_start_matches('.'), scope);
            }
            Type::Double => "double",
            Type::Float => "float",
            Type::Int32 => "int32",
            Type::Int64 => "int64",
            Type::Uint32 => "uint32",
            Type::Uint64 => "uint64",
            Type::Sint32 => "sint32",
            Type::Sint64 => "sint64",
            Type::Fixed32 => "fixed32",
            Type::Fixed64 => "fixed64",
            Type::Sfixed32 => "sfixed32",
            Type::Sfixed64 => "sfixed64",
            Type::Bool => "bool",
            Type::String => "string",
            Type::Bytes => "bytes",
        };
        scalar.to_owned()
    }

    fn field_options(
        &self,
        proto: &FieldDescriptorProto,
        options: Option<DynamicMessage>,
        json_name: Option<&str>,
        scope: &str,
    ) -> Printed {
        let mut printed = self.options(options, scope)?;
        if let Some(default) = &proto.default_value {
            let default = match proto.r#type() {
                Type::String => options::quoted(default),
                // Bytes are escaped in the descriptor.
                Type::Bytes => format!("\"{default}\""),
                _ => default.clone(),
            };
            printed.push(format!("default = {default}"));
        }
        if let Some(json_name) = json_name {
            printed.push(format!("json_name = {}", options::quoted(json_name)));
        }
        if self.style == Style::Normalized {
            printed.sort_unstable();
        }
        Ok(bracketed(&printed))
    }

    /// Extensions, those of one message that follow each other together.
    fn extends(&self, extensions: Vec<Extension>, scope: &str) -> Printed {
        let mut out = String::new();
        let mut open: Option<(String, String)> = None;
        for Extension { proto, descriptor } in extensions {
            let options = proto.options.as_ref().map(|_| descriptor.options());
            let options = self.field_options(proto, options, None, scope)?;
            let label = self.label(proto);
            let printed = if proto.r#type() == Type::Group {
                let group = descriptor.kind();
                self.group(
                    proto,
                    group.as_message().ok_or(Unprintable)?,
                    label,
                    &options,
                )?
            } else {
                let kind = self.kind(proto, scope);
                format!(
                    "{label}{kind} {} = {}{options};\n",
                    proto.name(),
                    proto.number()
                )
            };
            let extendee = proto.extendee().trim_start_matches('.');
            match &mut open {
                Some((name, fields)) if name == extendee => fields.push_str(&printed),
                _ => {
                    out.push_str(&self.extend(open.take(), scope));
                    open = Some((extendee.to_owned(), printed));
                }
            }
        }
        out.push_str(&self.extend(open, scope));
        Ok(out)
    }

    fn extend(&self, open: Option<(String, String)>, scope: &str) -> String {
        open.map_or_else(String::new, |(name, fields)| {
            format!(
                "extend {} {{\n{}}}\n",
                self.names.of(&name, scope),
                indented(&fields)
            )
        })
    }

    fn enumeration(&self, found: &prost_reflect::EnumDescriptor) -> Printed {
        let proto = found.enum_descriptor_proto();
        // Values live beside their enum, and so do the names in their options.
        let scope = found.full_name();
        let mut ranges: Vec<(i32, i32)> = proto
            .reserved_range
            .iter()
            .map(|range| (range.start(), range.end()))
            .collect();
        let mut names = proto.reserved_name.clone();
        let mut values = Vec::new();
        for value in &proto.value {
            let options = value
                .options
                .as_ref()
                .and_then(|_| Some(found.get_value_by_name(value.name())?.options()));
            let options = bracketed(&self.options(options, scope)?);
            let printed = format!("{} = {}{options};\n", value.name(), value.number());
            values.push(((value.number(), value.name().to_owned()), printed));
        }
        if self.style == Style::Normalized {
            ranges.sort_unstable();
            names.sort_unstable();
            // The first value is the default and stays in front.
            if let Some((_, others)) = values.split_first_mut() {
                others.sort();
            }
        }
        let ranges = ranges.into_iter().map(enum_range);
        let mut body: String = ranges.map(|range| statement("reserved", &range)).collect();
        body.extend(
            names
                .iter()
                .map(|name| format!("reserved {};\n", options::quoted(name))),
        );
        let options = proto.options.as_ref().map(|_| found.options());
        body.push_str(&self.statements(options, scope)?);
        body.extend(values.into_iter().map(|(_, printed)| printed));
        Ok(format!("enum {} {{\n{}}}\n", found.name(), indented(&body)))
    }

    fn service(&self, service: &prost_reflect::ServiceDescriptor) -> Printed {
        let scope = service.full_name();
        let proto = service.service_descriptor_proto();
        let options = proto.options.as_ref().map(|_| service.options());
        let mut methods = String::new();
        for (method, proto) in service.methods().zip(&proto.method) {
            let options = proto.options.as_ref().map(|_| method.options());
            let options = self.statements(options, scope)?;
            let body = if options.is_empty() {
                String::new()
            } else {
                format!(" {{\n{}}}", indented(&options))
            };
            let stream = |stream: bool| if stream { "stream " } else { "" };
            let input = self.names.of(method.input().full_name(), scope);
            let output = self.names.of(method.output().full_name(), scope);
            let (before, behind) = (
                stream(method.is_client_streaming()),
                stream(method.is_server_streaming()),
            );
            let name = method.name();
            let types = format!("({before}{input}) returns ({behind}{output})");
            methods.extend(["rpc ", name, " ", &types, &body, ";\n"]);
        }
        let mut body = String::new();
        for text in [self.statements(options, scope)?, methods] {
            if !text.is_empty() {
                body.push('\n');
                body.push_str(&indented(&text));
            }
        }
        Ok(format!("service {} {{{body}}}\n", service.name()))
    }
}

/// Appends a section of a file, with an empty line before it.
fn section(out: &mut String, text: &str) {
    if !text.is_empty() {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(text);
    }
}

/// Every line two spaces to the right, empty ones too, as the contract has it.
fn indented(text: &str) -> String {
    text.split_inclusive('\n')
        .flat_map(|line| ["  ", line])
        .collect()
}

fn statement(keyword: &str, what: &str) -> String {
    format!("{keyword} {what};\n")
}

/// The options of a field or value, in brackets.
fn bracketed(options: &[String]) -> String {
    match options {
        [] => String::new(),
        [only] => format!(" [{only}]"),
        several => format!(" [\n{}\n]", indented(&several.join(",\n"))),
    }
}

/// A range of field numbers, whose end is excluded in the descriptor.
fn field_range((first, end): (i32, i32)) -> String {
    if end == FIELD_END && first != FIELD_END - 1 {
        return format!("{first} to max");
    }
    enum_range((first, end.saturating_sub(1)))
}

fn enum_range((first, last): (i32, i32)) -> String {
    if first == last {
        first.to_string()
    } else if last == i32::MAX {
        format!("{first} to max")
    } else {
        format!("{first} to {last}")
    }
}

/// The JSON name that a field has if none is given.
fn lower_camel(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for c in name.chars() {
        if c == '_' {
            upper = true;
        } else if std::mem::take(&mut upper) {
            out.push(c.to_ascii_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}

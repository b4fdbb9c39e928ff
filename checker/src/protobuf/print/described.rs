//! The elements of a linked descriptor, which says more than a text can and less than one does.
//!
//! What no text says is not printed at all ([`Unprintable`]). Where several texts say the same the
//! shortest is chosen: short names, no JSON name that is the default one.

use super::super::descriptor::{
    DescriptorProto, EnumDescriptorProto, ExtensionRange, FieldDescriptorProto,
    FileDescriptorProto, Label, MethodDescriptorProto, OneofDescriptorProto, Options,
    ServiceDescriptorProto, SymbolVisibility, Type,
};
use super::super::model::Scalar;
use super::super::pool::{File, Pool, is_map_entry, join};
use super::super::syntax::strings;
use super::element::{
    EnumElement, EnumValueElement, ExtendElement, FieldElement, FileElement, MessageElement,
    MethodElement, OneofElement, OptionElement, RangesElement, ServiceElement, Value,
};
use super::layout::quoted;
use super::names::{Names, outer};
use super::options;
use super::{Style, Unprintable};

/// The number behind the last field number, which `max` stands for.
const FIELD_END: i32 = 536_870_912;

/// Elements, or what no text says.
type Found<T> = Result<T, Unprintable>;

/// The elements of a file.
pub(super) fn file(pool: &Pool, file: &File, style: Style) -> Found<FileElement> {
    let proto = &file.proto;
    let describer = Describer {
        pool,
        names: Names::new(pool, file, style),
        language: Language::of(proto)?,
        style,
    };
    describer.file(proto)
}

/// What a file is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Proto2,
    Proto3,
    Edition(&'static str),
}

impl Language {
    fn of(proto: &FileDescriptorProto) -> Found<Self> {
        use super::super::descriptor::Edition;
        match (proto.syntax(), proto.edition()) {
            ("" | "proto2", Edition::Unknown) => Ok(Self::Proto2),
            ("proto3", Edition::Unknown) => Ok(Self::Proto3),
            ("editions", Edition::Edition2023) => Ok(Self::Edition("2023")),
            ("editions", Edition::Edition2024) => Ok(Self::Edition("2024")),
            _ => Err(Unprintable),
        }
    }

    fn statement(self, style: Style) -> Option<String> {
        match self {
            Self::Proto2 if style == Style::Normalized => None,
            Self::Proto2 => Some("syntax = \"proto2\"".to_owned()),
            Self::Proto3 => Some("syntax = \"proto3\"".to_owned()),
            Self::Edition(edition) => Some(format!("edition = \"{edition}\"")),
        }
    }
}

pub(super) struct Describer<'p> {
    pub pool: &'p Pool,
    pub names: Names,
    language: Language,
    pub style: Style,
}

impl Describer<'_> {
    fn file(&self, proto: &FileDescriptorProto) -> Found<FileElement> {
        // The message of a group that extends stands among the others, and its place, which is an
        // index on the wire of some clients, cannot be said.
        let mut extensions = proto.extension.iter();
        if extensions.any(|field| field.r#type() == Type::Group) {
            return Err(Unprintable);
        }
        let package = proto.package();
        let (imports, public_imports) = self.imports(proto);
        let messages = proto.message_type.iter();
        let enums = proto.enum_type.iter();
        let services = proto.service.iter();
        Ok(FileElement {
            syntax: self.language.statement(self.style),
            package: Some(package.to_owned()).filter(|package| !package.is_empty()),
            imports,
            public_imports,
            options: self.options(proto.options.as_ref(), options::FILE, package)?,
            messages: messages
                .map(|message| self.message(message, package))
                .collect::<Found<_>>()?,
            enums: enums
                .map(|found| self.enumeration(found, package))
                .collect::<Found<_>>()?,
            extends: self.extends(&proto.extension, &[], package)?,
            services: services
                .map(|service| self.service(service, package))
                .collect::<Found<_>>()?,
        })
    }

    fn imports(&self, proto: &FileDescriptorProto) -> (Vec<String>, Vec<String>) {
        let (mut plain, mut public) = (Vec::new(), Vec::new());
        for (index, import) in proto.dependency.iter().enumerate() {
            let listed = |indexes: &[i32]| indexes.iter().any(|i| usize::try_from(*i) == Ok(index));
            let import = quoted(import);
            if listed(&proto.public_dependency) {
                public.push(format!("import public {import}"));
            } else if listed(&proto.weak_dependency) {
                plain.push(format!("import weak {import}"));
            } else {
                plain.push(format!("import {import}"));
            }
        }
        let of_options = proto.option_dependency.iter();
        plain.extend(of_options.map(|import| format!("import option {}", quoted(import))));
        if self.style == Style::Normalized {
            plain.sort_unstable();
            public.sort_unstable();
            plain.dedup();
            public.dedup();
        }
        (plain, public)
    }

    pub(super) fn options(
        &self,
        options: Option<&Options>,
        message: &str,
        scope: &str,
    ) -> Found<Vec<OptionElement>> {
        match options {
            Some(options) => options::of(self, options, message, scope),
            None => Ok(Vec::new()),
        }
    }

    /// Recursion is bounded: descriptors nest to 100 at most.
    fn message(&self, proto: &DescriptorProto, around: &str) -> Found<MessageElement> {
        let scope = join(around, proto.name());
        let (mut fields, mut groups) = (Vec::new(), Vec::new());
        for field in &proto.field {
            if field.oneof_index.is_none() || field.proto3_optional() {
                self.member(field, proto, &scope, &mut fields, &mut groups)?;
            }
        }
        self.by_number(&mut fields);
        self.by_number(&mut groups);
        let nested = Self::nested(proto);
        let nested = nested.map(|nested| self.message(nested, &scope));
        let enums = proto.enum_type.iter();
        let options = self.options(proto.options.as_ref(), options::MESSAGE, around)?;
        Ok(MessageElement {
            visibility: visibility(proto.visibility),
            name: proto.name().to_owned(),
            reserved: self.reserved(proto),
            options,
            fields,
            oneofs: self.oneofs(proto, &scope)?,
            groups,
            extensions: self.extension_ranges(proto, around)?,
            extends: self.extends(&proto.extension, &proto.nested_type, &scope)?,
            messages: nested.collect::<Found<_>>()?,
            enums: enums
                .map(|found| self.enumeration(found, &scope))
                .collect::<Found<_>>()?,
        })
    }

    /// Messages inside, but for those that fields bring along.
    fn nested(proto: &DescriptorProto) -> impl Iterator<Item = &DescriptorProto> {
        let fields = proto.field.iter().chain(&proto.extension);
        let groups = fields.filter(|field| field.r#type() == Type::Group);
        let groups: Vec<&str> = groups.map(|field| last_part(field.type_name())).collect();
        let nested = proto.nested_type.iter();
        nested.filter(move |nested| !is_map_entry(nested) && !groups.contains(&nested.name()))
    }

    fn member(
        &self,
        field: &FieldDescriptorProto,
        of: &DescriptorProto,
        scope: &str,
        fields: &mut Vec<FieldElement>,
        groups: &mut Vec<FieldElement>,
    ) -> Found<()> {
        let element = self.field(field, &of.nested_type, scope)?;
        if element.group.is_some() {
            groups.push(element);
        } else {
            fields.push(element);
        }
        Ok(())
    }

    fn by_number(&self, fields: &mut [FieldElement]) {
        if self.style == Style::Normalized {
            fields.sort_by_key(|field| field.number);
        }
    }

    fn reserved(&self, proto: &DescriptorProto) -> Vec<String> {
        let ranges = proto.reserved_range.iter();
        let ranges = ranges.map(|range| (range.start(), range.end()));
        self.all_reserved(ranges.collect(), &proto.reserved_name, field_range)
    }

    fn all_reserved(
        &self,
        mut ranges: Vec<(i32, i32)>,
        names: &[String],
        print: fn((i32, i32)) -> String,
    ) -> Vec<String> {
        let mut names: Vec<&String> = names.iter().collect();
        if self.style == Style::Normalized {
            ranges.sort_unstable();
            names.sort_unstable();
        }
        let names = names.into_iter().map(|name| match self.language {
            Language::Edition(_) => name.clone(),
            Language::Proto2 | Language::Proto3 => quoted(name),
        });
        ranges.into_iter().map(print).chain(names).collect()
    }

    fn extension_ranges(&self, proto: &DescriptorProto, scope: &str) -> Found<Vec<RangesElement>> {
        let mut ranges: Vec<&ExtensionRange> = proto.extension_range.iter().collect();
        if self.style == Style::Normalized {
            ranges.sort_by_key(|range| (range.start(), range.end()));
        }
        let ranges = ranges.into_iter().map(|range| {
            Ok(RangesElement {
                ranges: field_range((range.start(), range.end())),
                options: self.options(range.options.as_ref(), options::EXTENSION_RANGE, scope)?,
            })
        });
        ranges.collect()
    }

    fn oneofs(&self, proto: &DescriptorProto, scope: &str) -> Found<Vec<OneofElement>> {
        let mut oneofs = Vec::new();
        for oneof in &proto.oneof_decl {
            oneofs.push(OneofElement {
                name: oneof.name().to_owned(),
                options: self.oneof_options(oneof, scope)?,
                ..OneofElement::default()
            });
        }
        for field in proto.field.iter().filter(|field| !field.proto3_optional()) {
            let index = field.oneof_index.map(usize::try_from);
            if let Some(Ok(index)) = index
                && let Some(oneof) = oneofs.get_mut(index)
            {
                let (fields, groups) = (&mut oneof.fields, &mut oneof.groups);
                self.member(field, proto, scope, fields, groups)?;
            }
        }
        // Those that stand for the presence of a field have no members here.
        oneofs.retain(|oneof| !oneof.fields.is_empty() || !oneof.groups.is_empty());
        for oneof in &mut oneofs {
            self.by_number(&mut oneof.fields);
            self.by_number(&mut oneof.groups);
        }
        if self.style == Style::Normalized {
            oneofs.sort_by_key(|oneof| {
                let fields = oneof.fields.iter().chain(&oneof.groups);
                fields.map(|field| field.number).min()
            });
        }
        Ok(oneofs)
    }

    fn oneof_options(
        &self,
        oneof: &OneofDescriptorProto,
        scope: &str,
    ) -> Found<Vec<OptionElement>> {
        self.options(oneof.options.as_ref(), options::ONEOF, scope)
    }

    fn field(
        &self,
        proto: &FieldDescriptorProto,
        siblings: &[DescriptorProto],
        scope: &str,
    ) -> Found<FieldElement> {
        let label = self.label(proto)?;
        let entry = siblings.iter().find(|message| {
            is_map_entry(message) && join(scope, message.name()) == undotted(proto.type_name())
        });
        let entry = entry.filter(|_| proto.r#type() == Type::Message);
        let is_group = proto.r#type() == Type::Group;
        let group = is_group.then(|| self.group(proto, siblings, scope));
        let group = group.transpose()?;
        let declaration = match (&group, entry) {
            (Some(group), _) => format!("{label}group {}", group.name),
            (None, Some(entry)) => format!("{} {}", self.map(entry, scope)?, proto.name()),
            (None, None) => format!("{label}{} {}", self.kind(proto, scope), proto.name()),
        };
        Ok(FieldElement {
            declaration,
            number: proto.number(),
            options: self.field_options(proto, scope)?,
            group: group.map(Box::new),
        })
    }

    fn group(
        &self,
        proto: &FieldDescriptorProto,
        siblings: &[DescriptorProto],
        scope: &str,
    ) -> Found<MessageElement> {
        let name = last_part(proto.type_name());
        let same_scope = join(scope, name) == undotted(proto.type_name());
        let group = siblings.iter().find(|message| message.name() == name);
        // The text knows one name for both, and one place.
        let group = group.filter(|_| same_scope && name.to_ascii_lowercase() == proto.name());
        self.message(group.ok_or(Unprintable)?, scope)
    }

    fn map(&self, entry: &DescriptorProto, scope: &str) -> Found<String> {
        let side = |number: i32| {
            let field = entry.field.iter().find(|field| field.number() == number);
            let field = field.ok_or(Unprintable)?;
            Ok(self.kind(field, scope))
        };
        Ok(format!("map<{}, {}>", side(1)?, side(2)?))
    }

    fn label(&self, proto: &FieldDescriptorProto) -> Found<&'static str> {
        let in_oneof = proto.oneof_index.is_some() && !proto.proto3_optional();
        Ok(match (proto.label(), self.language) {
            (Label::Repeated, _) => "repeated ",
            (Label::Required, Language::Proto2) => "required ",
            (Label::Required, _) => return Err(Unprintable),
            (Label::Optional, Language::Proto2) if !in_oneof => "optional ",
            (Label::Optional, _) if proto.proto3_optional() => "optional ",
            (Label::Optional, _) => "",
        })
    }

    fn kind(&self, proto: &FieldDescriptorProto, scope: &str) -> String {
        match Scalar::of(proto.r#type()) {
            Some(scalar) => scalar.name().to_owned(),
            None => self.names.of_type(undotted(proto.type_name()), scope),
        }
    }

    fn field_options(
        &self,
        proto: &FieldDescriptorProto,
        scope: &str,
    ) -> Found<Vec<OptionElement>> {
        let mut all = self.options(proto.options.as_ref(), options::FIELD, scope)?;
        let mut push = |name: &str, value: Value| {
            all.push(OptionElement {
                name: name.to_owned(),
                value,
            });
        };
        if let (Some(default), Some(text)) = (&proto.default_value, proto.default_text()) {
            push(
                "default",
                match proto.r#type() {
                    Type::String => Value::Text(default.clone()),
                    // Bytes are escaped in the descriptor.
                    Type::Bytes => {
                        let bytes = strings::unescape(&format!("\"{text}\""));
                        Value::Text(bytes.ok_or(Unprintable)?)
                    }
                    _ => Value::Word(text.into_owned()),
                },
            );
        }
        let json_name = proto.json_name.as_ref();
        // Extensions have none that could be written.
        let json_name = json_name.filter(|_| proto.extendee.is_none());
        if let Some(name) = json_name.filter(|name| **name != lower_camel(proto.name())) {
            push("json_name", Value::Text(name.clone().into_bytes()));
        }
        if self.style == Style::Normalized {
            options::sort(&mut all);
        }
        Ok(all)
    }

    /// Extensions, those of one message that follow each other together.
    fn extends(
        &self,
        extensions: &[FieldDescriptorProto],
        siblings: &[DescriptorProto],
        scope: &str,
    ) -> Found<Vec<ExtendElement>> {
        let mut all: Vec<ExtendElement> = Vec::new();
        for extension in extensions {
            let field = self.field(extension, siblings, scope)?;
            let extendee = self.names.of_message(undotted(extension.extendee()), scope);
            match all.last_mut().filter(|last| last.extendee == extendee) {
                Some(last) => last.fields.push(field),
                None => all.push(ExtendElement {
                    extendee,
                    fields: vec![field],
                }),
            }
        }
        Ok(all)
    }

    /// Values live beside their enum, and so do the names in their options.
    fn enumeration(&self, found: &EnumDescriptorProto, scope: &str) -> Found<EnumElement> {
        let ranges = found.reserved_range.iter();
        let ranges = ranges.map(|range| (range.start(), range.end()));
        let mut values = Vec::new();
        for value in &found.value {
            values.push(EnumValueElement {
                name: value.name().to_owned(),
                number: value.number(),
                options: self.options(value.options.as_ref(), options::ENUM_VALUE, scope)?,
            });
        }
        // The first value is the default and stays in front.
        if self.style == Style::Normalized
            && let Some((_, others)) = values.split_first_mut()
        {
            others.sort_by(|a, b| (a.number, &a.name).cmp(&(b.number, &b.name)));
        }
        Ok(EnumElement {
            visibility: visibility(found.visibility),
            name: found.name().to_owned(),
            reserved: self.all_reserved(ranges.collect(), &found.reserved_name, enum_range),
            options: self.options(found.options.as_ref(), options::ENUM, scope)?,
            values,
        })
    }

    fn service(&self, service: &ServiceDescriptorProto, package: &str) -> Found<ServiceElement> {
        let scope = join(package, service.name());
        let methods = service.method.iter();
        Ok(ServiceElement {
            name: service.name().to_owned(),
            options: self.options(service.options.as_ref(), options::SERVICE, package)?,
            methods: methods
                .map(|method| self.method(method, &scope))
                .collect::<Found<_>>()?,
        })
    }

    fn method(&self, method: &MethodDescriptorProto, scope: &str) -> Found<MethodElement> {
        let ty = |streams: bool, name: &str| {
            let stream = if streams { "stream " } else { "" };
            format!("({stream}{})", self.names.of_message(undotted(name), scope))
        };
        Ok(MethodElement {
            declaration: format!(
                "{} {} returns {}",
                method.name(),
                ty(method.client_streaming(), method.input_type()),
                ty(method.server_streaming(), method.output_type()),
            ),
            options: self.options(method.options.as_ref(), options::METHOD, scope)?,
        })
    }
}

fn visibility(visibility: Option<i32>) -> &'static str {
    match visibility.map(SymbolVisibility::try_from) {
        Some(Ok(SymbolVisibility::Export)) => "export ",
        Some(Ok(SymbolVisibility::Local)) => "local ",
        _ => "",
    }
}

/// A full name without the leading dot that it has in descriptors.
fn undotted(name: &str) -> &str {
    name.strip_prefix('.').unwrap_or(name)
}

fn last_part(name: &str) -> &str {
    name.strip_prefix(outer(name))
        .map_or(name, |last| undotted(last))
}

/// A range of field numbers, whose end is excluded in the descriptor.
fn field_range((first, end): (i32, i32)) -> String {
    let beyond = end >= FIELD_END && first < FIELD_END - 1;
    if beyond {
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

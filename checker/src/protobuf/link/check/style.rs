//! The names that edition 2024 demands, unless `features.enforce_naming_style` is `STYLE_LEGACY`.

use super::super::super::features::{EnforceNamingStyle, Features, of};
use super::super::super::tag;
use super::{At, Checker, Scope, at};

/// How a name is to be written.
#[derive(Clone, Copy)]
enum Style {
    Title,
    LowerSnake,
    UpperSnake,
}

impl Checker<'_> {
    pub(super) fn style(&mut self, scopes: &[Scope]) {
        use Style::{LowerSnake, Title};
        let file = self.file;
        let package = file.proto.package();
        if !package.is_empty() && enforced(file.features) {
            self.styled("package", package, LowerSnake, vec![tag::PACKAGE]);
        }
        for scope in scopes {
            self.style_of_message(scope);
        }
        for (index, found) in file.proto.enum_type.iter().enumerate() {
            let features = file.features.with(found.options.as_ref(), of::ENUM);
            self.style_of_enum(found, features, at(&[], tag::FILE_ENUM, index));
        }
        for (index, field) in file.proto.extension.iter().enumerate() {
            if enforced(file.features.of_field(field)) {
                let path = at(&[], tag::FILE_EXTENSION, index).path(tag::NAME);
                self.styled("extension", field.name(), LowerSnake, path);
            }
        }
        for (index, service) in file.proto.service.iter().enumerate() {
            let features = file.features.with(service.options.as_ref(), of::SERVICE);
            let own = at(&[], tag::FILE_SERVICE, index);
            if enforced(features) {
                self.styled("service", service.name(), Title, own.path(tag::NAME));
            }
            for (index, method) in service.method.iter().enumerate() {
                if enforced(features.with(method.options.as_ref(), of::METHOD)) {
                    let path = at(&own.around(), tag::METHOD, index).path(tag::NAME);
                    self.styled("RPC", method.name(), Title, path);
                }
            }
        }
    }

    fn style_of_message(&mut self, scope: &Scope) {
        use Style::{LowerSnake, Title};
        let message = scope.message;
        // The entries of maps are named by nobody.
        if enforced(scope.features) && !super::pool::is_map_entry(message) {
            let path = tag::join(&scope.path, &[tag::NAME]);
            self.styled("message", message.name(), Title, path);
        }
        let lists = [
            ("field", &message.field, tag::MESSAGE_FIELD),
            ("extension", &message.extension, tag::MESSAGE_EXTENSION),
        ];
        for (noun, fields, number) in lists {
            for (index, field) in fields.iter().enumerate() {
                if enforced(scope.features.of_field(field)) {
                    let path = at(&scope.path, number, index).path(tag::NAME);
                    self.styled(noun, field.name(), LowerSnake, path);
                }
            }
        }
        for (index, oneof) in message.oneof_decl.iter().enumerate() {
            if enforced(scope.features.with(oneof.options.as_ref(), of::ONEOF)) {
                let path = at(&scope.path, tag::MESSAGE_ONEOF, index).path(tag::NAME);
                self.styled("oneof", oneof.name(), LowerSnake, path);
            }
        }
        for (index, found) in message.enum_type.iter().enumerate() {
            let features = scope.features.with(found.options.as_ref(), of::ENUM);
            self.style_of_enum(found, features, at(&scope.path, tag::MESSAGE_ENUM, index));
        }
    }

    fn style_of_enum(
        &mut self,
        found: &super::super::super::descriptor::EnumDescriptorProto,
        features: Features,
        own: At,
    ) {
        if enforced(features) {
            self.styled("enum", found.name(), Style::Title, own.path(tag::NAME));
        }
        for (index, value) in found.value.iter().enumerate() {
            if enforced(features.with(value.options.as_ref(), of::ENUM_VALUE)) {
                let path = at(&own.around(), tag::ENUM_VALUE, index).path(tag::NAME);
                self.styled("value", value.name(), Style::UpperSnake, path);
            }
        }
    }

    fn styled(&mut self, noun: &str, name: &str, style: Style, path: Vec<i32>) {
        if let Some(wrong) = style.wrong(name) {
            let message = format!(
                "the name of the {noun} `{name}` {wrong} (`features.enforce_naming_style = \
                 STYLE_LEGACY` allows it)"
            );
            self.report(path, message);
        }
    }
}

fn enforced(features: Features) -> bool {
    features.enforce_naming_style == EnforceNamingStyle::Style2024
}

impl Style {
    /// What is wrong with a name.
    fn wrong(self, name: &str) -> Option<&'static str> {
        let allowed = |byte: u8| match self {
            Self::Title => byte.is_ascii_alphanumeric(),
            Self::LowerSnake => {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.')
            }
            Self::UpperSnake => byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_',
        };
        let bytes = name.as_bytes();
        if !bytes.iter().all(|byte| allowed(*byte)) {
            return Some(match self {
                Self::Title => "has to be in TitleCase",
                Self::LowerSnake => "has to be in lower_snake_case",
                Self::UpperSnake => "has to be in UPPER_SNAKE_CASE",
            });
        }
        if bytes
            .first()
            .is_some_and(|first| !first.is_ascii_alphabetic())
        {
            return Some("has to begin with a letter");
        }
        if matches!(self, Self::Title) {
            let lower = bytes.first().is_some_and(u8::is_ascii_lowercase);
            return lower.then_some("has to begin with a capital letter");
        }
        let odd = |pair: &[u8]| matches!(pair, [b'_', next] if !next.is_ascii_alphabetic());
        let odd = name.ends_with('_') || bytes.windows(2).any(odd);
        odd.then_some("has an underscore that no letter follows")
    }
}

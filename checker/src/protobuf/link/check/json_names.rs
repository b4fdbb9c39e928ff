//! The names that fields have in JSON, which are told apart within a message.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::super::super::descriptor::FieldDescriptorProto;
use super::super::super::features::JsonFormat;
use super::super::super::tag;
use super::super::json_name::{is_json_name, json_name};
use super::{Checker, Scope, at, is_set};

/// `MessageOptions.deprecated_legacy_json_field_conflicts`.
const LEGACY_JSON_CONFLICTS: u32 = 11;

/// The name of a field in JSON.
struct Name<'f> {
    name: Cow<'f, str>,
    /// Whether the field gives it to itself.
    custom: bool,
}

impl Checker<'_> {
    /// Names are compared twice: those that fields have by themselves, which field masks use, and those
    /// that they give themselves.
    pub(super) fn json_names(&mut self, scope: &Scope) {
        if is_set(scope.message.options.as_ref(), LEGACY_JSON_CONFLICTS) {
            return;
        }
        self.compare(scope, false);
        let custom = scope
            .message
            .field
            .iter()
            .any(|field| custom_name(field).is_some());
        if custom {
            self.compare(scope, true);
        }
    }

    fn compare(&mut self, scope: &Scope, with_custom: bool) {
        let fields = &scope.message.field;
        let lenient = scope.features.json_format == JsonFormat::LegacyBestEffort;
        let mut taken: HashMap<Cow<str>, (usize, bool), RandomState> =
            HashMap::with_capacity_and_hasher(fields.len(), RandomState::default());
        for (index, field) in fields.iter().enumerate() {
            let Name { name, custom } = name_of(field, with_custom);
            let path = || at(&scope.path, tag::MESSAGE_FIELD, index).path(tag::NAME);
            if custom && name.starts_with('[') && name.ends_with(']') {
                let text = format!("`{name}` is no JSON name: brackets mark extensions");
                self.report(path(), text);
                continue;
            }
            let (first, other_custom) = *taken.entry(name).or_insert((index, custom));
            let Some(other) = fields.get(first).filter(|_| first != index) else {
                continue;
            };
            let told = with_custom && !custom && !other_custom;
            let forgiven = lenient && !(custom && other_custom);
            // Fields of one name were reported.
            if told || forgiven || other.name() == field.name() {
                continue;
            }
            let Name { name, .. } = name_of(field, with_custom);
            let text = format!(
                "the fields `{}` and `{}` are both called `{name}` in JSON, rename one",
                field.name(),
                other.name()
            );
            self.report(path(), text);
        }
    }
}

fn name_of(field: &FieldDescriptorProto, with_custom: bool) -> Name<'_> {
    let custom = custom_name(field);
    match (custom, field.json_name.as_deref()) {
        (Some(name), _) if with_custom => Name {
            name: Cow::Borrowed(name),
            custom: true,
        },
        (None, Some(name)) => Name {
            name: Cow::Borrowed(name),
            custom: false,
        },
        _ => Name {
            name: Cow::Owned(json_name(field.name())),
            custom: false,
        },
    }
}

/// The name that a field gives itself, if it is another one than it would have.
fn custom_name(field: &FieldDescriptorProto) -> Option<&str> {
    let name = field.json_name.as_deref()?;
    (!is_json_name(name, field.name())).then_some(name)
}

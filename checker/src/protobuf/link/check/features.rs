//! Features that contradict what they are set on.

use super::super::super::descriptor::{Edition, Label, Options, Type, last_varint};
use super::super::super::features::{FieldPresence, of};
use super::super::super::tag;
use super::fields::is_packable;
use super::{Checker, Field, enums};

/// Field numbers of `FeatureSet`.
const FIELD_PRESENCE: u32 = 1;
const REPEATED_FIELD_ENCODING: u32 = 3;
const UTF8_VALIDATION: u32 = 4;
const MESSAGE_ENCODING: u32 = 5;

/// Those with values of enums.
const FEATURES: std::ops::RangeInclusive<u32> = 1..=8;

/// `FieldOptions.packed`.
const PACKED: u32 = 2;

/// Values of features.
const IMPLICIT: u64 = 2;
const LEGACY_REQUIRED: u64 = 3;
const PACKED_ENCODING: u64 = 1;

impl<'p> Checker<'p> {
    /// A feature that is set has a value. `own` is the place of the element.
    pub(super) fn known_features(&mut self, options: Option<&Options>, number: u32, own: Vec<i32>) {
        let sets = options.iter().flat_map(|options| options.lengths(number));
        let unknown = |set: &[u8]| {
            FEATURES
                .clone()
                .any(|feature| last_varint(set, feature) == Some(0))
        };
        if self.edition >= Edition::Edition2023 && sets.into_iter().any(unknown) {
            self.report(
                own,
                "a feature is set to `…_UNKNOWN`, which is no value; choose one",
            );
        }
    }

    pub(super) fn field_features(&mut self, field: &Field<'p, '_>) {
        if self.edition < Edition::Edition2023 {
            return;
        }
        let Some(sort) = field.sort else { return };
        for message in self.resolved(field, sort) {
            self.report(field.at.path(tag::NAME), message);
        }
        if !field.is_in_map_entry() {
            for message in self.explicit(field, sort) {
                self.report(field.at.path(tag::NAME), message);
            }
        }
    }

    /// What does not go with the features that a field has, whoever set them.
    fn resolved(&self, field: &Field, sort: Type) -> Vec<&'static str> {
        let presence = field.features.field_presence;
        let singular = field.proto.label() != Label::Repeated;
        let always = field.is_extension
            || field.proto.oneof_index.is_some()
            || matches!(sort, Type::Message | Type::Group);
        let implicit = singular && !always && presence == FieldPresence::Implicit;
        let required = field.proto.label() == Label::Required;
        let mut all = Vec::new();
        let mut wrong = |holds: bool, message| {
            if holds {
                all.push(message);
            }
        };
        wrong(
            required,
            "editions have no `required`, write `[features.field_presence = LEGACY_REQUIRED]`",
        );
        wrong(
            field.proto.r#type() == Type::Group,
            "editions have no groups, write `[features.message_encoding = DELIMITED]`",
        );
        wrong(
            field.option(PACKED).is_some(),
            "editions have no `packed`, write `features.repeated_field_encoding`",
        );
        wrong(
            implicit && field.proto.default_value.is_some(),
            "a field with implicit presence has no default, remove one of the two",
        );
        wrong(
            implicit && self.is_closed_enum(field, sort),
            "a field with implicit presence cannot hold a closed enum; give the field explicit presence",
        );
        let required = presence == FieldPresence::LegacyRequired;
        wrong(
            field.is_extension && singular && required,
            "an extension cannot be required",
        );
        all
    }

    fn is_closed_enum(&self, field: &Field, sort: Type) -> bool {
        let name = field.proto.type_name().trim_start_matches('.');
        let found = self.pool.enumeration(name).filter(|_| sort == Type::Enum);
        found.is_some_and(|found| enums::is_closed(found.features))
    }

    /// What does not go with the features that the field itself sets.
    fn explicit(&self, field: &Field<'p, '_>, sort: Type) -> Vec<&'static str> {
        let set = |number| own_feature(field, number);
        let repeated = field.proto.label() == Label::Repeated;
        let is_message = matches!(sort, Type::Message | Type::Group);
        let entry = self.message_named(field.proto.type_name());
        let entry = entry.filter(|entry| is_message && entry.is_map_entry());
        let of_strings = entry.is_some_and(|entry| {
            let mut fields = entry.proto.field.iter();
            fields.any(|field| field.r#type() == Type::String)
        });
        let mut all = Vec::new();
        let presence = set(FIELD_PRESENCE);
        if field.proto.oneof_index.is_some() && presence.is_some() {
            all.push("a field of a oneof always has presence, remove `field_presence`");
        } else if repeated && presence.is_some() {
            all.push("a repeated field has no presence, remove `field_presence`");
        } else if field.is_extension && presence.is_some_and(|value| value != LEGACY_REQUIRED) {
            all.push("an extension always has presence, remove `field_presence`");
        } else if is_message && presence == Some(IMPLICIT) {
            all.push("a message always has presence, remove `field_presence`");
        }
        let mut wrong = |holds: bool, message| {
            if holds {
                all.push(message);
            }
        };
        let encoding = set(REPEATED_FIELD_ENCODING);
        wrong(
            !repeated && encoding.is_some(),
            "only repeated fields have a `repeated_field_encoding`, remove it",
        );
        wrong(
            sort != Type::String && !of_strings && set(UTF8_VALIDATION).is_some(),
            "only strings have a `utf8_validation`, remove it",
        );
        wrong(
            repeated && !is_packable(field, sort) && encoding == Some(PACKED_ENCODING),
            "only repeated numbers, bools and enums can be packed",
        );
        wrong(
            (!is_message || entry.is_some()) && set(MESSAGE_ENCODING).is_some(),
            "only messages have a `message_encoding`, and those of maps have none; remove it",
        );
        all
    }
}

/// A feature that a field sets itself.
fn own_feature(field: &Field, number: u32) -> Option<u64> {
    let options = field.proto.options.as_ref()?;
    let sets = options.lengths(of::FIELD);
    sets.iter().rev().find_map(|set| last_varint(set, number))
}

//! Messages as a whole: that they stay, what they reserve and what they require.

use std::collections::{BTreeMap, BTreeSet};

use super::super::image::{Field, File, Message};
use super::{At, Pair, Report, left_of, ranges};
use crate::protobuf::descriptor::{DescriptorProto, FieldDescriptorProto, Label};
use crate::protobuf::tag;

/// The greatest field number, and the greatest extension of a message set.
const LAST_NUMBER: i64 = 536_870_911;

/// `MessageOptions.no_standard_descriptor_accessor`.
const NO_ACCESSOR: u32 = 2;

pub(in super::super) fn deleted<'p>(report: &mut Report<'_, 'p>, pair: Pair<&File<'p>>) {
    let gone = pair.old.messages.keys();
    for nested in gone.filter(|nested| !pair.new.messages.contains_key(*nested)) {
        let at = left_of(nested, &pair.new.messages, report, pair.new.path());
        let message = format!("Previously present message {nested:?} was deleted from file.");
        report.add(at, Some(pair.old.path()), message);
    }
}

pub(in super::super) fn extension_range_deleted<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Message<'p>>,
) {
    let ranges = |message: &Message| {
        let ranges = message.view.proto.extension_range.iter();
        ranges
            .map(|range| (i64::from(range.start()), i64::from(range.end()) - 1))
            .collect::<Vec<_>>()
    };
    let (old, new) = (ranges(pair.old), ranges(pair.new));
    for message in ranges::lost("extension range", &owner(pair.new), &old, &new, LAST_NUMBER) {
        at_message(report, pair, message);
    }
}

pub(in super::super) fn reserved_deleted<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Message<'p>>,
) {
    let owner = owner(pair.new);
    let (old, new) = (pair.old.view.proto, pair.new.view.proto);
    let lost = ranges::lost(
        "reserved range",
        &owner,
        &reserved_ranges(old),
        &reserved_ranges(new),
        LAST_NUMBER,
    );
    for message in lost {
        at_message(report, pair, message);
    }
    let kept = |name: &&String| !new.reserved_name.contains(name);
    let gone: BTreeSet<&String> = old.reserved_name.iter().filter(kept).collect();
    for name in gone {
        let message = format!("Previously present reserved name {name:?} on {owner} was deleted.");
        at_message(report, pair, message);
    }
}

/// The option may be taken away but not set.
pub(in super::super) fn accessor_removed<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Message<'p>>,
) {
    let is_set = |message: &Message| {
        let options = message.view.proto.options.as_ref();
        options.is_some_and(|options| options.is_set(NO_ACCESSOR))
    };
    if is_set(pair.old) || !is_set(pair.new) {
        return;
    }
    let name = "no_standard_descriptor_accessor";
    let new = pair.new.view;
    let options = tag::join(new.path, &[tag::MESSAGE_OPTIONS]);
    let at = At::place(
        report.new.option_place(new.file, &options, &[name]),
        new.file.path(),
    );
    let old = pair.old.view;
    let options = tag::join(old.path, &[tag::MESSAGE_OPTIONS]);
    let against = report.old.option_place(old.file, &options, &[name]);
    let message = format!("Message option \"{name}\" changed from \"false\" to \"true\".");
    report.add(at, against.map(|place| place.file), message);
}

/// Oneofs are known by name; those that stand for `optional` are none.
pub(in super::super) fn oneof_deleted<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Message<'p>>) {
    let (old, new) = (pair.old.view.proto, pair.new.view.proto);
    for (index, oneof) in old.oneof_decl.iter().enumerate() {
        let name = oneof.name();
        let is_there = new.oneof_decl.iter().any(|found| found.name() == name);
        if !is_there && !is_synthetic(old, index) {
            let message = format!(
                "Previously present oneof {name:?} on {} was deleted.",
                owner(pair.new)
            );
            at_message(report, pair, message);
        }
    }
}

/// Whether a oneof stands for the `optional` of a proto3 field.
pub(super) fn is_synthetic(message: &DescriptorProto, oneof: usize) -> bool {
    let oneof = i32::try_from(oneof).ok();
    let mut fields = message
        .field
        .iter()
        .filter(|field| field.oneof_index == oneof);
    fields
        .next()
        .is_some_and(FieldDescriptorProto::proto3_optional)
}

/// By the word `required`: features of editions do not count here.
pub(in super::super) fn required_fields<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Message<'p>>) {
    let (old, new) = (required(*pair.old), required(*pair.new));
    let effect = "Every sender must send a required field, so a side that does not know it breaks.";
    for number in old.keys().filter(|number| !new.contains_key(number)) {
        let name = pair.old.view.proto.name();
        let message = format!("Message {name:?} had required field \"{number}\" deleted. {effect}");
        at_message(report, pair, message);
    }
    for (number, field) in new.iter().filter(|(number, _)| !old.contains_key(number)) {
        let name = pair.new.view.proto.name();
        let message = format!("Message {name:?} had required field \"{number}\" added. {effect}");
        let place = report.new.field_place(field, &[]);
        report.add(At::place(place, field.view.file.path()), None, message);
    }
}

fn required(message: Message) -> BTreeMap<i32, Field> {
    let mut fields = message.by_number();
    fields.retain(|_, field| field.view.proto.label() == Label::Required);
    fields
}

fn reserved_ranges(message: &DescriptorProto) -> Vec<ranges::Range> {
    let ranges = message.reserved_range.iter();
    ranges
        .map(|range| (i64::from(range.start()), i64::from(range.end()) - 1))
        .collect()
}

fn owner(message: &Message) -> String {
    format!("message {:?}", message.view.proto.name())
}

pub(super) fn at_message<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Message<'p>>,
    message: String,
) {
    let place = report.new.message_place(pair.new);
    let at = At::place(place, pair.new.view.file.path());
    report.add(at, Some(pair.old.view.file.path()), message);
}

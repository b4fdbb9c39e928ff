//! Enums and their values, which are known by number.

use std::collections::{BTreeMap, BTreeSet};

use super::super::image::{Enum, File};
use super::{At, Pair, Report, left_of, ranges};
use crate::protobuf::tag;

/// `EnumValueDescriptorProto.number`.
const NUMBER: i32 = 2;

/// The indices of an enum's values, by number and name.
type ByNumber<'p> = BTreeMap<i32, BTreeMap<&'p str, usize>>;

pub(in super::super) fn deleted<'p>(report: &mut Report<'_, 'p>, pair: Pair<&File<'p>>) {
    let gone = pair.old.enums.keys();
    for nested in gone.filter(|nested| !pair.new.enums.contains_key(*nested)) {
        let at = left_of(nested, &pair.new.messages, report, pair.new.path());
        let message = format!("Previously present enum {nested:?} was deleted from file.");
        report.add(at, Some(pair.old.path()), message);
    }
}

pub(in super::super) fn value_deleted<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Enum<'p>>) {
    values_deleted(report, pair, &|_, _| Some(String::new()));
}

pub(in super::super) fn value_deleted_unless_name_reserved<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Enum<'p>>,
) {
    let reserved = &pair.new.view.proto.reserved_name;
    values_deleted(report, pair, &|_, names| {
        let is_reserved = |name: &&str| reserved.iter().any(|found| found == name);
        if names.iter().all(is_reserved) {
            return None;
        }
        let plural = if names.len() > 1 { "s" } else { "" };
        Some(format!(
            " without reserving the name{plural} {}",
            quoted(names)
        ))
    });
}

pub(in super::super) fn value_deleted_unless_number_reserved<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Enum<'p>>,
) {
    let reserved = reserved_ranges(pair.new);
    values_deleted(report, pair, &|number, _| {
        let number = i64::from(number);
        let is_reserved = |(from, to): &ranges::Range| (*from..=*to).contains(&number);
        if reserved.iter().any(is_reserved) {
            return None;
        }
        Some(format!(" without reserving the number \"{number}\""))
    });
}

/// `excuse` says what is missing for a deletion to be allowed, given number and names.
fn values_deleted<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&Enum<'p>>,
    excuse: &dyn Fn(i32, &[&str]) -> Option<String>,
) {
    let new = by_number(pair.new);
    for (number, names) in by_number(pair.old) {
        if new.contains_key(&number) {
            continue;
        }
        let names: Vec<&str> = names.into_keys().collect();
        if let Some(suffix) = excuse(number, &names) {
            let message = format!(
                "Previously present enum value \"{number}\" on enum {:?} was deleted{suffix}.",
                pair.new.view.proto.name(),
            );
            at_enum(report, pair, message);
        }
    }
}

pub(in super::super) fn value_renamed<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Enum<'p>>) {
    let new = by_number(pair.new);
    for (number, old_names) in by_number(pair.old) {
        let Some(names) = new.get(&number) else {
            continue;
        };
        if old_names.keys().all(|name| names.contains_key(name)) {
            continue;
        }
        let list =
            |names: &BTreeMap<&str, usize>| quoted(&names.keys().copied().collect::<Vec<_>>());
        let plural = if old_names.len() > 1 && names.len() > 1 {
            "s"
        } else {
            ""
        };
        let message = format!(
            "Enum value \"{number}\" on enum {:?} changed name{plural} from {} to {}.",
            pair.new.view.proto.name(),
            list(&old_names),
            list(names),
        );
        for (name, index) in names {
            let view = pair.new.view;
            let path = [tag::ENUM_VALUE, tag::index(*index), NUMBER];
            let place = report.new.place(view.file, &tag::join(view.path, &path));
            let against = old_names
                .contains_key(name)
                .then(|| pair.old.view.file.path());
            report.add(At::place(place, view.file.path()), against, message.clone());
        }
    }
}

pub(in super::super) fn reserved_deleted<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Enum<'p>>) {
    let name = pair.new.view.proto.name();
    let (old, new) = (reserved_ranges(pair.old), reserved_ranges(pair.new));
    let owner = format!("enum {name:?}");
    for message in ranges::lost("reserved range", &owner, &old, &new, i64::from(i32::MAX)) {
        at_enum(report, pair, message);
    }
    let (old, new) = (
        &pair.old.view.proto.reserved_name,
        &pair.new.view.proto.reserved_name,
    );
    let gone: BTreeSet<&String> = old.iter().filter(|name| !new.contains(name)).collect();
    for reserved in gone {
        let message =
            format!("Previously present reserved name {reserved:?} on enum {name:?} was deleted.");
        at_enum(report, pair, message);
    }
}

fn at_enum<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Enum<'p>>, message: String) {
    let place = report.new.enum_place(pair.new);
    let at = At::place(place, pair.new.view.file.path());
    report.add(at, Some(pair.old.view.file.path()), message);
}

fn by_number<'p>(found: &Enum<'p>) -> ByNumber<'p> {
    let mut by_number = ByNumber::new();
    for (index, value) in found.view.proto.value.iter().enumerate() {
        let names = by_number.entry(value.number()).or_default();
        names.insert(value.name(), index);
    }
    by_number
}

fn reserved_ranges(found: &Enum) -> Vec<ranges::Range> {
    let all = found.view.proto.reserved_range.iter();
    all.map(|range| (i64::from(range.start()), i64::from(range.end())))
        .collect()
}

/// Names in quotes, as messages list them.
fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    names.join(", ")
}

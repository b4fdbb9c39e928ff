//! Files: that they stay, and what they say of themselves.

use super::super::image::{File, Place};
use super::{At, Pair, Report};
use crate::protobuf::descriptor::FileDescriptorProto;
use crate::protobuf::tag;

pub(in super::super) fn deleted(report: &mut Report) {
    let (old, new) = (report.old, report.new);
    for path in old
        .files
        .keys()
        .filter(|path| !new.files.contains_key(*path))
    {
        let message = format!("Previously present file {path:?} was deleted.");
        report.add(At::Nowhere, Some(path), message);
    }
}

pub(in super::super) fn package<'p>(report: &mut Report<'_, 'p>, pair: Pair<&File<'p>>) {
    let value = |file: &FileDescriptorProto| file.package().to_owned();
    same(
        report,
        pair,
        "package",
        |file| file.place(&[tag::PACKAGE]),
        value,
    );
}

pub(in super::super) fn syntax<'p>(report: &mut Report<'_, 'p>, pair: Pair<&File<'p>>) {
    let value = |file: &FileDescriptorProto| match file.syntax() {
        "" => "proto2".to_owned(),
        syntax => syntax.to_owned(),
    };
    same(
        report,
        pair,
        "syntax",
        |file| file.place(&[tag::SYNTAX]),
        value,
    );
}

/// An option of text keeps its value; unset is empty.
pub(super) fn text<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&File<'p>>,
    name: &'static str,
    number: u32,
) {
    same_option(report, pair, name, |file| {
        let set = file.options.as_ref().map(|options| options.lengths(number));
        let last = set.and_then(|values| values.last().copied());
        String::from_utf8_lossy(last.unwrap_or_default()).into_owned()
    });
}

/// A switch keeps its position; unset is off.
pub(super) fn switch<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&File<'p>>,
    name: &'static str,
    number: u32,
) {
    same_option(report, pair, name, |file| {
        let options = file.options.as_ref();
        options
            .is_some_and(|options| options.is_set(number))
            .to_string()
    });
}

/// On unless it is set otherwise.
pub(in super::super) fn cc_enable_arenas<'p>(report: &mut Report<'_, 'p>, pair: Pair<&File<'p>>) {
    same_option(report, pair, "cc_enable_arenas", |file| {
        let set = file.options.as_ref().and_then(|options| options.varint(31));
        (set != Some(0)).to_string()
    });
}

pub(in super::super) fn optimize_for<'p>(report: &mut Report<'_, 'p>, pair: Pair<&File<'p>>) {
    same_option(report, pair, "optimize_for", |file| {
        let set = file.options.as_ref().and_then(|options| options.varint(9));
        let name = match set.unwrap_or(1) {
            1 => "SPEED",
            2 => "CODE_SIZE",
            3 => "LITE_RUNTIME",
            other => return other.to_string(),
        };
        name.to_owned()
    });
}

fn same_option<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&File<'p>>,
    name: &str,
    value: impl Fn(&FileDescriptorProto) -> String,
) {
    let place = |file: &File<'p>| file.option_place(&[tag::FILE_OPTIONS], &[name]);
    same(report, pair, &format!("option \"{name}\""), place, value);
}

fn same<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<&File<'p>>,
    name: &str,
    place: impl Fn(&File<'p>) -> Option<Place<'p>>,
    value: impl Fn(&FileDescriptorProto) -> String,
) {
    let (old, new) = (value(&pair.old.linked.proto), value(&pair.new.linked.proto));
    if old == new {
        return;
    }
    let message = format!("File {name} changed from {old:?} to {new:?}.");
    let against = place(pair.old).map(|old| old.file);
    let at = At::place(place(pair.new), pair.new.path());
    report.add(at, against, message);
}
